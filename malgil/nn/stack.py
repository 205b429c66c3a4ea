"""A recurrent network: layers one above the other, in one direction or both, over batches with padding."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from malgil.errors import ParameterError
from malgil.nn.dropouts import drop
from malgil.nn.layer import CellConfig, Layer, sweep
from malgil.nn.masks import only
from malgil.nn.sweep import KINDS, Course, States

State: TypeAlias = Tensor | tuple[Tensor, ...]
"""h of shape (layers * directions, B, H) as in `torch.nn`; for an LSTM the tuple (h, c)."""


class Recurrent(nn.Module):
    """What all five networks share: layers, directions, masks, residual sums and dropout between them.

    Parameters
    ----------
    config : CellConfig
        What the network is made of.

    Raises
    ------
    ParameterError
        If a size or the number of layers is below 1, or `residual` could act on no layer.
    """

    def __init__(self, config: CellConfig) -> None:
        super().__init__()
        for name in ("input_size", "hidden_size", "num_layers"):
            if getattr(config, name) < 1:
                raise ParameterError("nn.bad_size", name=name, value=getattr(config, name))
        self.config = config
        if config.residual and config.num_layers == 1 and config.input_size != self.output_size:
            raise ParameterError("nn.no_residual", input_size=config.input_size, output_size=self.output_size)
        for at in range(config.num_layers):
            for name in self._names(at):
                self.add_module(name, Layer(config, self.output_size if at else config.input_size))

    @property
    def output_size(self) -> int:
        """Numbers in an output: H, with two directions 2 * H."""
        return self.config.hidden_size * self.config.n_directions

    def _names(self, at: int) -> list[str]:
        return [f"layer_{at}_{way}" for way in ("forward", "backward")[: self.config.n_directions]]

    def layer(self, at: int, backward: bool = False) -> Layer:
        """Give one layer in one direction.

        Parameters
        ----------
        at : int
            From 0, at the input.
        backward : bool
            The direction that reads from the end.

        Returns
        -------
        Layer
            Its parameters stand in the state dict under ``layer_{at}_forward`` or ``layer_{at}_backward``.
        """
        found: Layer = self.get_submodule(self._names(at)[backward])  # type: ignore[assignment]
        return found

    def extra_repr(self) -> str:
        """Say what the network is made of.

        Returns
        -------
        str
            The configuration.
        """
        return str(self.config)

    def forward(
        self, x: Tensor, lengths: Tensor | None = None, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read a batch of sequences.

        Parameters
        ----------
        x : Tensor, shape (B, T, E)
            Inputs; on padding they may be anything.
        lengths : Tensor, optional
            int64 (B,): real steps of each row, the padding after them; or bool (B, T): True = real, on any side and
            with holes. All steps are real by default.
        state : Tensor, shape (layers * directions, B, H), or for an LSTM a tuple of two
            The states to start from, as a former call returned them; zeros by default.
        resets : Tensor of bool, shape (B, T), optional
            True = a new segment begins at this step: nothing from before reaches it, nor it what is before. On padding
            it counts for nothing.

        Returns
        -------
        tuple of (Tensor of shape (B, T, D), Tensor or tuple of Tensor)
            Outputs of the last layer, 0 on padding, D = H or 2 * H; the states after the last real step, in the form
            of `state`. A row of nothing but padding keeps its states.

        Raises
        ------
        ParameterError
            If a shape or type does not fit, or a length lies outside [0, T].
        """
        keep, reset, states = self._checked(x, lengths, state, resets)
        x = x if keep is None else only(x, keep)
        last: list[States] = []
        for at in range(self.config.num_layers):
            x = self._through(at, x, keep, reset, states, last)
        x = drop(x, self.config.dropouts.output, self.config.dropouts.locked, self.training)
        return x, self._joined(last)

    def _through(
        self, at: int, x: Tensor, keep: Tensor | None, reset: Tensor | None, states: list[States], last: list[States]
    ) -> Tensor:
        """Pass one layer, in each direction; appends the last states to `last`."""
        config = self.config
        read = drop(x, config.dropouts.input, config.dropouts.locked, self.training)
        ways = []
        for reverse in (False, True)[: config.n_directions]:
            state, course = states[len(last) + reverse], _course(keep, reset, reverse)
            ways.append(self.layer(at, reverse).way(state, course, x.shape[1]))
        sides, ends = zip(*sweep(config.kind, read, ways), strict=True)
        last.extend(ends)
        y = sides[0] if len(sides) == 1 else torch.cat(sides, dim=-1)
        return y + x if config.residual and x.shape[-1] == y.shape[-1] else y

    def _joined(self, last: list[States]) -> State:
        joined = tuple(torch.stack(parts) for parts in zip(*last, strict=True))
        return joined if len(joined) > 1 else joined[0]

    @torch.no_grad()
    def trace(
        self, x: Tensor, lengths: Tensor | None = None, state: State | None = None, resets: Tensor | None = None
    ) -> dict[str, NDArray[np.floating[Any]]]:
        """Read a batch as in evaluation and give everything that was computed on the way.

        Parameters
        ----------
        x : Tensor, shape (B, T, E)
            Inputs.
        lengths : Tensor, optional
            As in `forward`.
        state : Tensor or tuple of Tensor, optional
            As in `forward`.
        resets : Tensor of bool, shape (B, T), optional
            As in `forward`.

        Returns
        -------
        dict of str to ndarray, shape (B, T, H)
            ``"layer_0_forward.h"`` and so on: for each layer and direction its gates and its states after each step,
            by their letters in the formula (i f g o h c; r z n h; z n h; f i n h; h), and ``x`` of shape (B, T, E),
            what the layer read. All in reading order. Empty for T = 0.

        Raises
        ------
        ParameterError
            As in `forward`.
        """
        keep, reset, states = self._checked(x, lengths, state, resets)
        x = x if keep is None else only(x, keep)
        was_training = self.training
        self.eval()
        try:
            return self._traced(x, keep, reset, states)
        finally:
            self.train(was_training)

    def _traced(
        self, x: Tensor, keep: Tensor | None, reset: Tensor | None, states: list[States]
    ) -> dict[str, NDArray[np.floating[Any]]]:
        from malgil.nn import plain  # here, since it imports the files of the cells, whose classes are made of this one

        found: dict[str, NDArray[np.floating[Any]]] = {}
        starts = iter(states)
        for at in range(self.config.num_layers):
            sides: list[Tensor] = []
            for name in self._names(at):
                layer, start = self.layer(at, bool(sides)), next(starts)
                course = _course(keep, reset, bool(sides))
                noise = layer.noise(start, x.shape[1])
                walked = plain.walk(self.config.kind, x, start, layer.weights(), course, noise)
                sides.append(walked.y)
                found |= {f"{name}.{letter}": value.numpy(force=True) for letter, value in walked.gates.items()}
                found[f"{name}.x"] = x.numpy(force=True)
            y = torch.cat(sides, dim=-1)
            x = y + x if self.config.residual and x.shape[-1] == y.shape[-1] else y
        return found

    def _checked(
        self, x: Tensor, lengths: Tensor | None, state: State | None, resets: Tensor | None
    ) -> tuple[Tensor | None, Tensor | None, list[States]]:
        """Check what the user gave; returns which steps are real, where segments begin, the states of each layer."""
        if x.dim() != 3 or x.shape[-1] != self.config.input_size:
            raise ParameterError("nn.bad_input", shape=tuple(x.shape), size=self.config.input_size)
        wanted = self.layer(0).b.dtype
        if x.dtype != wanted and not torch.is_autocast_enabled(x.device.type):
            raise ParameterError("nn.bad_dtype", found=x.dtype, wanted=wanted)
        keep = None if lengths is None else _keep(lengths, x)
        if resets is not None:
            if resets.shape != x.shape[:2] or resets.dtype != torch.bool:
                steps = tuple(x.shape[:2])
                raise ParameterError("nn.bad_resets", shape=tuple(resets.shape), dtype=resets.dtype, steps=steps)
            resets = resets if keep is None else resets & keep
        return keep, resets, self._states(x, state)

    def _states(self, x: Tensor, state: State | None) -> list[States]:
        """Give the states of each layer and direction before the first step."""
        config, like = self.config, self.layer(0).b
        n_states, n_layers = len(KINDS[config.kind].states), config.num_layers * config.n_directions
        shape = (n_layers, x.shape[0], config.hidden_size)
        if state is None:
            zeros = like.new_zeros(shape)
            parts: tuple[Tensor, ...] = (zeros,) * n_states
        else:
            parts = (state,) if isinstance(state, Tensor) else tuple(state)
            found = [tuple(part.shape) for part in parts]
            if found != [shape] * n_states:
                raise ParameterError("nn.bad_state", found=found, wanted=[shape] * n_states)
        return [tuple(part[at].to(like.dtype) for part in parts) for at in range(n_layers)]


def _keep(lengths: Tensor, x: Tensor) -> Tensor | None:
    """Which steps are real; None where all are."""
    n_rows, n_steps = x.shape[:2]
    is_mask = lengths.dtype == torch.bool
    if lengths.is_floating_point() or lengths.shape != (x.shape[:2] if is_mask else x.shape[:1]):
        shape = tuple(lengths.shape)
        raise ParameterError("nn.bad_lengths_shape", shape=shape, dtype=lengths.dtype, rows=n_rows, steps=n_steps)
    if is_mask:
        keep = lengths.to(x.device)
    else:
        wrong = (lengths < 0) | (lengths > n_steps)
        if bool(wrong.any()):
            row = int(wrong.nonzero()[0, 0])
            raise ParameterError("nn.bad_length", row=row, value=int(lengths[row]), steps=n_steps)
        keep = torch.arange(n_steps, device=x.device) < lengths.to(x.device).unsqueeze(1)
    return None if bool(keep.all()) else keep


def _course(keep: Tensor | None, reset: Tensor | None, reverse: bool) -> Course:
    """Walk in one direction: read backward, a segment begins at its last step, which stands before the next one."""
    if reset is not None and reverse:
        reset = torch.cat([reset[:, 1:], torch.zeros_like(reset[:, :1])], dim=1)
    return Course(keep, reset, reverse)
