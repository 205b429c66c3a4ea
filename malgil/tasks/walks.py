"""From modules to drawings: what an encoder or a decoder's cell did with one example, as walks of a `Trace`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from malgil.drawing import CellWeights, Walk
from malgil.nn.attention import Memory
from malgil.nn.convolution import CausalConvolution
from malgil.nn.decoder import Decoder, DecoderState
from malgil.nn.encoded import Encoded
from malgil.nn.encoders import CausalCNNEncoder, FeedForwardEncoder, RecurrentEncoder
from malgil.nn.pooling import AttentionPooling, ConcatPooling, LastPooling, MaxPooling, MeanPooling, Pooling
from malgil.nn.stack import Recurrent

Array = NDArray[np.float32]


def array(tensor: Tensor) -> Array:
    """Give a tensor's numbers as an array.

    Parameters
    ----------
    tensor : Tensor
        On any device, of any float type.

    Returns
    -------
    ndarray of float32
        A copy, of the same shape.
    """
    found: Array = tensor.detach().float().cpu().numpy().copy()
    return found


def walks_of(encoder: nn.Module, x: Tensor) -> tuple[Walk, ...]:
    """Walk an encoder over one sequence and keep everything it passed through.

    Parameters
    ----------
    encoder : nn.Module
        As `malgil.nn.encoders.build_encoder` makes it.
    x : Tensor, shape (T, E)
        The steps, none of them padding.

    Returns
    -------
    tuple of Walk
        A walk for each layer and direction, the lowest layer first; none of a stateless encoder without steps.
    """
    if isinstance(encoder, RecurrentEncoder):
        return recurrent_walks(encoder.cell, x)
    if not len(x):
        return ()
    kind = "cnn"
    if isinstance(encoder, FeedForwardEncoder):
        kind = "cnn" if encoder.looks_around else "mlp"
        layers = list(encoder.norms)
    else:
        assert isinstance(encoder, CausalCNNEncoder)  # there is no further encoder
        layers = list(encoder.layers)
    seen: list[Tensor] = []
    hooks = [layer.register_forward_hook(_keep(seen)) for layer in layers]
    try:
        with torch.no_grad():
            encoder(x[None], torch.ones(1, len(x), dtype=torch.bool, device=x.device))
    finally:
        for hook in hooks:
            hook.remove()
    return tuple(Walk(kind, array(y.reshape(len(x), -1)), layer) for layer, y in enumerate(seen))


def _keep(seen: list[Tensor]) -> Callable[[nn.Module, Any, Any], None]:
    def hook(module: nn.Module, _: Any, output: Any) -> None:
        seen.append(output[0] if isinstance(module, CausalConvolution) else output)

    return hook


def recurrent_walks(cell: Recurrent, x: Tensor, state: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Walk, ...]:
    """Walk a recurrent network over one sequence.

    Parameters
    ----------
    cell : Recurrent
        The network.
    x : Tensor, shape (T, E)
        The steps.
    state : Tensor, shape (layers * directions, 1, H), or for an LSTM a tuple of two, optional
        The states to start from; zeros by default.

    Returns
    -------
    tuple of Walk
        A walk for each layer and direction, the lowest layer first, with gates, inputs, start and weights.
    """
    config = cell.config
    found = cell.trace(x[None], state=state)
    starts = (state,) if isinstance(state, Tensor) else state
    walks = []
    for layer in range(config.num_layers):
        for reverse in range(config.n_directions):
            name = f"layer_{layer}_{('forward', 'backward')[reverse]}."
            arrays = {key.removeprefix(name): value[0] for key, value in found.items() if key.startswith(name)}
            at = layer * config.n_directions + reverse
            start = (
                [array(part[at, 0]) for part in starts] if starts else [np.zeros(config.hidden_size, np.float32)] * 2
            )
            h = arrays.pop("h", np.zeros((0, config.hidden_size), np.float32))
            read = arrays.pop("x", np.zeros((0, config.input_size), np.float32))
            if config.kind == "lstm":
                arrays.setdefault("c", np.zeros_like(h))
            c_start = start[1] if config.kind == "lstm" else None
            weights = cell_weights(cell, layer, bool(reverse))
            walks.append(Walk(config.kind, h, layer, bool(reverse), start[0], arrays, read, c_start, weights))
    return tuple(walks)


def cell_weights(cell: Recurrent, layer: int, backward: bool) -> CellWeights:
    """Give the numbers of one layer in one direction.

    Parameters
    ----------
    cell : Recurrent
        The network.
    layer : int
        From 0, at the input.
    backward : bool
        The direction.

    Returns
    -------
    CellWeights
        Copies.
    """
    part = cell.layer(layer, backward)
    w_h = np.zeros((0, cell.config.hidden_size), np.float32) if part.w_h is None else array(part.w_h)
    return CellWeights(
        array(part.w_x),
        w_h,
        array(part.b),
        None if part.b_n is None else array(part.b_n),
        None if part.peepholes is None else array(part.peepholes),
        not (cell.config.layer_norm or cell.config.dropouts.zoneout),
    )


def pooling_shares(pooling: Pooling, encoded: Encoded, is_two_way: bool) -> Array:
    """Find how much each step counts in a pooled vector.

    Parameters
    ----------
    pooling : Pooling
        Any of `malgil.nn.pooling.POOLINGS`.
    encoded : Encoded
        One row, without padding.
    is_two_way : bool
        Whether the second half of the numbers comes from reading backward.

    Returns
    -------
    ndarray of float32, shape (T,)
        Shares that sum to 1: the weights of a mean or of attention; of a maximum the share of the numbers that have
        theirs at the step; of the last state the last step, in two directions the first and the last by halves; of all
        three side by side their mean.
    """
    y = encoded.y[0]
    n_steps = len(y)
    shares = np.zeros(n_steps, np.float32)
    if not n_steps:
        return shares
    if isinstance(pooling, ConcatPooling):
        parts = [pooling_shares(part, encoded, is_two_way) for part in pooling.parts]  # type: ignore[arg-type]
        mean: Array = np.mean(parts, axis=0, dtype=np.float32)
        return mean
    if isinstance(pooling, AttentionPooling):
        return array(pooling.weights(encoded, torch.ones(1, n_steps, dtype=torch.bool, device=y.device))[0])
    if isinstance(pooling, MeanPooling):
        return np.full(n_steps, 1 / n_steps, np.float32)
    if isinstance(pooling, MaxPooling):
        places = np.bincount(y.argmax(dim=0).cpu().numpy(), minlength=n_steps)
        return (places / y.shape[1]).astype(np.float32)
    assert isinstance(pooling, LastPooling)  # there is no further form
    shares[-1] += 0.5 if is_two_way else 1.0
    shares[0] += 0.5 if is_two_way else 0.0
    return shares


class Written(NamedTuple):
    """What a decoder did while it wrote one text.

    Parameters
    ----------
    walks : tuple of Walk
        A walk for each of its layers.
    probabilities : ndarray of float32, shape (S,)
        Of the words written.
    attention : ndarray of float32, shape (S, N), optional
        Share of each step of the memory; None without memory.
    """

    walks: tuple[Walk, ...]
    probabilities: Array
    attention: Array | None


def decoder_walks(
    decoder: Decoder, tokens: Tensor, targets: Tensor, state: DecoderState, memory: Memory | None = None
) -> Written:
    """Let a decoder write a given text and keep everything it passed through.

    Parameters
    ----------
    decoder : Decoder
        In evaluation.
    tokens : Tensor of int64, shape (S,)
        Inputs: ``<s>`` and the words without the last.
    targets : Tensor of int64, shape (S,)
        The word after each.
    state : DecoderState
        Before them, of one row.
    memory : Memory, optional
        What it looks at, of one row.

    Returns
    -------
    Written
        Walks, probabilities and attention.
    """
    read: list[Tensor] = []

    def hook(module: nn.Module, inputs: tuple[Any, ...]) -> None:
        read.append(inputs[0][0])

    judged, looked, now = [], [], state
    handle = decoder.cell.register_forward_pre_hook(hook)  # called for each step
    try:
        with torch.no_grad():
            for token, target in zip(tokens.split(1), targets.tolist(), strict=True):
                log_probs, now, weights = decoder.step(token, now, memory)
                judged.append(log_probs[0, target])
                looked += [] if weights is None else [weights[0]]
    finally:
        handle.remove()
    walks = recurrent_walks(decoder.cell, torch.cat(read), state.cell)  # type: ignore[arg-type]
    return Written(walks, array(torch.stack(judged).exp()), array(torch.stack(looked)) if looked else None)
