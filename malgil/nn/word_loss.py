"""Cross entropy over a large vocabulary, without ever holding the scores of all places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from malgil.nn.fused_frame import bits
from malgil.nn.fused_threads import share_rows

_CELLS = 1 << 23  # scores of a part: 16 MB in bfloat16
_FEWEST = 64  # places of a part, however many words there are


def word_loss(x: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, *, smoothing: float = 0.0) -> Tensor:
    r"""Sum of the cross entropies of many places.

    Parameters
    ----------
    x : Tensor, shape (n, E)
        What the words are scored by.
    weight : Tensor, shape (V, E)
        The words' vectors.
    bias : Tensor, shape (V,)
        Theirs; minus infinity for what never comes.
    targets : Tensor of int64, shape (n,)
        The right words.
    smoothing : float
        Share of the target that goes to all V words alike [2]_, in [0, 1); above 0 only with finite biases.

    Returns
    -------
    Tensor, shape ()
        In nats; at least float32.

    Notes
    -----
    .. math:: \sum_i \log \sum_v e^{z_{iv}} - (1 - \epsilon) z_{i y_i} - \epsilon \bar z_i, \quad
       z_{iv} = w_v \cdot x_i + b_v

    The mean of all scores is that of the mean vector, so that smoothing asks for no further score.

    Gradients are computed on the way, some places at a time: the scores of a part become its exponentials where they
    lie, and these are the left side of both products that the gradients need. Products are those of autocast, sums
    float32.

    References
    ----------
    .. [1] Hsu et al., "Liger Kernel: Efficient Triton Kernels for LLM Training", 2024: gradients of a cross entropy in
       the forward pass, part by part.
    .. [2] Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, section 7.
    """
    found: Tensor = _WordLoss.apply(x, weight, bias, targets, torch.is_grad_enabled())
    if not smoothing:
        return found
    above = (x * (weight[targets] - weight.mean(0))).sum() + (bias[targets] - bias.mean()).sum()
    return found + smoothing * above


class _Job(NamedTuple):
    """What all parts read, products' numbers being narrow; the sums; where asked for, those of the gradients."""

    x: Tensor
    weight: Tensor
    bias: Tensor
    targets: Tensor
    loss: Tensor
    gradients: tuple[Tensor, Tensor, Tensor] | None


class _WordLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, learns: bool) -> Tensor:
        kind = x.device.type
        narrow = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else weight.dtype
        learns = learns and any(ctx.needs_input_grad)
        loss, ctx.gradients = _judged((x, weight, bias, targets), narrow, learns)
        ctx.narrow = narrow
        ctx.save_for_backward(x, weight, bias, targets)
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_loss: Tensor) -> tuple[Tensor | None, ...]:
        gradients, ctx.gradients = ctx.gradients, None  # large, and whoever gets them may keep them
        if gradients is None:  # a second time through the same graph
            _, gradients = _judged(ctx.saved_tensors, ctx.narrow, True)
        return *(gradient.mul_(d_loss) for gradient in gradients), None, None


def _judged(given: Sequence[Tensor], narrow: torch.dtype, learns: bool) -> tuple[Tensor, list[Tensor]]:
    """Sum the losses of all places; where asked for, with the gradients of vectors, words and biases."""
    x, weight, bias, targets = (part.detach() for part in given)
    if len(targets) and not 0 <= int(targets.min()) <= int(targets.max()) < len(weight):
        raise IndexError(f"a target lies outside the {len(weight)} words")  # kernels do not look
    wide, gradients = torch.promote_types(weight.dtype, torch.float32), None
    if learns:
        make = torch.empty_like if len(x) else torch.zeros_like  # the first part fills them
        gradients = torch.empty_like(x, dtype=wide), make(weight, dtype=wide), torch.zeros_like(bias)
    loss = torch.zeros((), dtype=torch.float64, device=x.device)
    job = _Job(x.to(narrow), weight.to(narrow), bias.to(wide), targets, loss, gradients)
    size = max(_FEWEST, _CELLS // len(weight))
    with torch.autocast(x.device.type, enabled=False):
        for low in range(0, len(x), size):
            _add_part(job, slice(low, low + size))
    if gradients is None:
        return loss.to(wide), []
    never = bias == -torch.inf
    gradients[1][never], gradients[2][never] = 0, 0
    return loss.to(wide), [made.to(part.dtype) for made, part in zip(gradients, (x, weight, bias), strict=True)]


def _add_part(job: _Job, part: slice) -> None:
    """Add the loss of some places, and their gradients."""
    x, targets, wide = job.x[part], job.targets[part], job.bias.dtype
    scores = x @ job.weight.T
    sums, losses = _to_exponentials(scores, job.bias, targets)
    job.loss.add_(losses.sum(dtype=torch.float64))
    if job.gradients is None:
        return
    d_x, d_weight, d_bias = job.gradients
    shares = (1 / sums).unsqueeze(1)
    d_x[part] = (scores @ job.weight).to(wide) * shares - job.weight[targets].to(wide)
    pull = scores.T @ (x * shares).to(x.dtype)
    if part.start:
        _add(d_weight, pull)
    else:
        d_weight.copy_(pull)
    d_weight.index_add_(0, targets, x.to(wide), alpha=-1)
    d_bias += (scores.T @ shares.to(x.dtype)).squeeze(1)
    d_bias -= torch.bincount(targets, minlength=len(d_bias))


def _to_exponentials(scores: Tensor, bias: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Replace the scores of some places by exponentials; give their sums, and the losses."""
    if _has_kernel(scores):
        from malgil.nn._softmax_kernels import softmax_rows

        is_half, sums, losses = scores.dtype == torch.bfloat16, torch.empty(len(scores)), torch.empty(len(scores))
        rows, right = bits(scores), targets.numpy()

        def fill(own: slice) -> None:
            softmax_rows(rows[own], is_half, bias.numpy(), right[own], sums.numpy()[own], losses.numpy()[own])

        share_rows(len(scores), torch.get_num_threads(), fill)
        return sums, losses
    z = scores.to(bias.dtype) + bias
    right_scores = z.gather(1, targets.unsqueeze(1)).squeeze(1)
    most = z.amax(1, keepdim=True)
    sums = torch.exp(z.sub_(most), out=z).sum(1)
    scores.copy_(z)
    return sums, sums.log() + most.squeeze(1) - right_scores


def _add(total: Tensor, more: Tensor) -> None:
    """Add narrow numbers to wide ones: torch takes thrice as long where they differ."""
    if not _has_kernel(more):
        total += more
        return
    from malgil.nn._softmax_kernels import add_narrow

    sums, numbers, is_half = total.numpy(), bits(more), more.dtype == torch.bfloat16
    share_rows(len(sums), torch.get_num_threads(), lambda own: add_narrow(sums[own], numbers[own], is_half))


def _has_kernel(numbers: Tensor) -> bool:
    return numbers.device.type == "cpu" and numbers.dtype in (torch.bfloat16, torch.float32)
