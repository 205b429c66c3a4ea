"""How weights follow the gradient: AdamW and SGD of torch, and SGD with averaging once it stops improving."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from malgil.training.interrupts import whole
from malgil.training.layers import Layers
from malgil.training.rowwise import SGD, AdamW

if TYPE_CHECKING:
    from malgil.training.settings import Settings


def _groups(network: nn.Module, settings: Settings) -> list[dict[str, object]]:
    """Weights that shrink and those that do not, for each layer with the factor of its rate."""
    groups: list[dict[str, object]] = []
    for scale, weights in Layers(network, settings).scaled():
        shrunk = [weight for weight in weights if weight.dim() > 1]
        spared = [weight for weight in weights if weight.dim() < 2]
        groups.append({"params": shrunk, "weight_decay": settings.weight_decay, "scale": scale})
        groups.append({"params": spared, "weight_decay": 0.0, "scale": scale})
    return [group for group in groups if group["params"]]


def _is_fusible(network: nn.Module) -> bool:
    return all(weight.is_floating_point() and weight.device.type in ("cpu", "cuda") for weight in network.parameters())


def adamw(network: nn.Module, settings: Settings) -> torch.optim.Optimizer:
    """Adam with decoupled weight decay.

    Parameters
    ----------
    network : torch.nn.Module
        Whose weights; those of one dimension (biases, gains) do not decay.
    settings : Settings
        Rate and decay.

    Returns
    -------
    AdamW
        With one pass over the weights a step, over the touched rows of a table.

    References
    ----------
    .. [1] Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2.
    """
    groups = _groups(network, settings)
    return AdamW(groups, lr=settings.learning_rate, fused=_is_fusible(network))


def sgd(network: nn.Module, settings: Settings) -> torch.optim.Optimizer:
    """Stochastic gradient descent, with momentum where asked.

    Parameters
    ----------
    network : torch.nn.Module
        Whose weights; those of one dimension (biases, gains) do not decay.
    settings : Settings
        Rate, decay and momentum.

    Returns
    -------
    torch.optim.SGD
        With one pass over the weights a step, over the touched rows of a table where there is no momentum.
    """
    momentum = settings.momentum
    groups = _groups(network, settings)
    return SGD(groups, lr=settings.learning_rate, momentum=momentum, fused=_is_fusible(network))


OPTIMIZERS: dict[str, Callable[[nn.Module, Settings], torch.optim.Optimizer]] = {
    "adamw": adamw,
    "sgd": sgd,
    "ntasgd": sgd,  # the steps of SGD; `Average` does the rest
}


def has_stalled(losses: Sequence[float], interval: int) -> bool:
    r"""Whether the newest loss is no longer among the improving ones.

    Parameters
    ----------
    losses : sequence of float
        Validation losses after each epoch, the newest last.
    interval : int
        Epochs of patience, n below, >= 1.

    Returns
    -------
    bool
        False as long as there are not more than `interval` older ones. Equal is not worse.

    Notes
    -----
    .. math:: t > n \quad \text{and} \quad v_t > \min_{l < t - n} v_l

    with :math:`t` losses before the newest one, :math:`v_0 ... v_{t-1}`.

    References
    ----------
    .. [1] Merity, Keskar & Socher, "Regularizing and Optimizing LSTM Language Models", ICLR 2018, algorithm 1.
    """
    older = len(losses) - 1
    return older > interval and losses[-1] > min(losses[: older - interval])


class Average:
    r"""Mean of the weights after each step since averaging began.

    Parameters
    ----------
    weights : sequence of Tensor
        The weights, changed by the optimizer.

    Notes
    -----
    .. math:: \bar w_k = \bar w_{k-1} + (w_k - \bar w_{k-1}) / k

    References
    ----------
    .. [1] Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM J. Control Optim. 30, 1992.
    """

    def __init__(self, weights: Sequence[Tensor]) -> None:
        self._weights = list(weights)
        self.means: list[Tensor] = []
        self.count = 0

    @property
    def has_begun(self) -> bool:
        """Whether steps are averaged."""
        return bool(self.means)

    @torch.no_grad()
    def begin(self) -> None:
        """Average all steps from now on; without any, the mean is the weights as they are."""
        self.means, self.count = [weight.detach().clone() for weight in self._weights], 0

    @torch.no_grad()
    def update(self) -> None:
        """Take the weights after a step into the mean, where averaging has begun."""
        if self.has_begun:
            self.count += 1
            for mean, weight in zip(self.means, self._weights, strict=True):
                mean.lerp_(weight, 1 / self.count)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange weights and means, where there are any."""
        for mean, weight in zip(self.means, self._weights, strict=False):  # no means before averaging began
            kept = weight.detach().clone()
            weight.copy_(mean)
            mean.copy_(kept)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the network have the means in a block.

        Yields
        ------
        None
            The block; afterwards the weights are what they were, bit by bit.
        """
        with whole():
            self.swap()
        try:
            yield
        finally:
            with whole():
                self.swap()
