"""Watch a network while it answers: what its encoder read, what came out, what was pooled; and read something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from malgil.drawing import Walk
from malgil.nn.encoded import Encoded
from malgil.nn.encoders import CausalCNNEncoder, FeedForwardEncoder, RecurrentEncoder
from malgil.nn.pooling import ConcatPooling, Pooling
from malgil.tasks.walks import Array, pooling_shares, walks_of

_ENCODERS = (RecurrentEncoder, FeedForwardEncoder, CausalCNNEncoder)


@dataclass
class Record:
    """What was seen of one row.

    Parameters
    ----------
    encoder : nn.Module
        The encoder of the network.
    x : Tensor, shape (T, E)
        What it read, without padding.
    pooling : Pooling, optional
        What made one vector of its outputs.
    encoded : Encoded, optional
        What went into `pooling`.
    """

    encoder: nn.Module
    x: Tensor
    pooling: Pooling | None = None
    encoded: Encoded | None = None

    @property
    def walks(self) -> tuple[Walk, ...]:
        """The layers of the encoder, walked over what it read."""
        return walks_of(self.encoder, self.x)

    @property
    def shares(self) -> Array | None:
        """How much each step counts in the pooled vector; None where nothing is pooled."""
        if self.pooling is None or self.encoded is None:
            return None
        is_two_way = isinstance(self.encoder, RecurrentEncoder) and self.encoder.bidirectional
        with torch.no_grad():
            return pooling_shares(self.pooling, self.encoded, is_two_way)


def find_encoder(network: nn.Module) -> nn.Module:
    """Find the encoder of a network.

    Parameters
    ----------
    network : nn.Module
        With one of the modules that `malgil.nn.encoders.build_encoder` makes.

    Returns
    -------
    nn.Module
        The first one.
    """
    return next(module for module in network.modules() if isinstance(module, _ENCODERS))


def _reader(encoder: nn.Module) -> nn.Module:
    """Find what reads the vectors: a language model calls the cell of its encoder by itself."""
    return encoder.cell if isinstance(encoder, RecurrentEncoder) else encoder


def record(network: nn.Module, run: Callable[[], object]) -> Record:
    """Watch a network read one row.

    Parameters
    ----------
    network : nn.Module
        With an encoder.
    run : callable
        Lets the network answer for one row.

    Returns
    -------
    Record
        What its encoder and its pooling saw.
    """
    encoder = find_encoder(network)
    inner = {part for module in network.modules() if isinstance(module, ConcatPooling) for part in module.parts}
    poolings = [module for module in network.modules() if isinstance(module, Pooling) and module not in inner]
    seen: list[Tensor] = []
    pooled: list[tuple[Pooling, Encoded]] = []

    def at_encoder(_: nn.Module, inputs: tuple[Any, ...]) -> None:
        x, keep = inputs[:2]
        seen.append((x[0] if keep is None else x[0][keep[0]]).detach())

    def at_pooling(module: nn.Module, inputs: tuple[Any, ...]) -> None:
        encoded, keep = inputs[:2]
        pooled.append((module, Encoded(encoded.y[:1, keep[0]], encoded.last[:1], ())))  # type: ignore[arg-type]

    handles = [_reader(encoder).register_forward_pre_hook(at_encoder)]
    handles += [module.register_forward_pre_hook(at_pooling) for module in poolings]
    try:
        with torch.no_grad():
            run()
    finally:
        for handle in handles:
            handle.remove()
    pooling, encoded = pooled[0] if pooled else (None, None)
    return Record(encoder, seen[0], pooling, encoded)


@contextmanager
def reading(network: nn.Module, x: Tensor) -> Iterator[None]:
    """Let the encoder of a network read given vectors, whatever else it is given.

    Parameters
    ----------
    network : nn.Module
        With an encoder.
    x : Tensor, shape (B, T, E)
        What it is to read at its T real steps.

    Yields
    ------
    None
        The block that runs the network, on B rows with the same padding.
    """

    def instead(_: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        keep = inputs[1]
        if keep is None:
            return (x, *inputs[1:])
        whole = x.new_zeros(*keep.shape, x.shape[2])
        whole[:, keep[0]] = x
        return (whole, *inputs[1:])

    handle = _reader(find_encoder(network)).register_forward_pre_hook(instead)
    try:
        yield
    finally:
        handle.remove()
