"""A batch walked in parts, one for each of torch's threads.

All the work but the last products is done on the threads of the parts: threads that torch would wake for a product go
on spinning for a while, in the way of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import torch
from torch import Tensor

from malgil.nn.fused_cells import MakeSteps
from malgil.nn.fused_frame import Call, Frame, from_rows, make_frame, padded
from malgil.nn.fused_part import Part
from malgil.nn.fused_room import Room
from malgil.nn.fused_threads import each_on_its_thread, share_rows
from malgil.nn.sweep import Weights

MakePart: TypeAlias = Callable[[MakeSteps, Frame, Sequence[Tensor], Weights], Part]
"""Makes a part of a batch."""
_PART = 32
"""Rows that make a part worth its thread; fewer are walked as one, and products use all threads instead."""


def parts_of(n_rows: int) -> int:
    """Count the parts that a batch is walked in on this thread.

    Parameters
    ----------
    n_rows : int
        B, at least 1.

    Returns
    -------
    int
        At most one for each thread of torch.
    """
    return max(1, min(torch.get_num_threads(), n_rows // _PART))


class Walk:
    """A batch walked forward, and back if gradients are wanted.

    Parameters
    ----------
    make_steps : callable
        Makes the steps of the cell for a part.
    call : Call
        What is asked for.
    x : Tensor, shape (B, T, E)
        Input.
    states : sequence of Tensor, shape (B, H)
        First states.
    weights : Weights
        Of the cell.
    make_part : callable
        Makes a part of its steps, frame, first states and weights.
    """

    def __init__(
        self,
        make_steps: MakeSteps,
        call: Call,
        x: Tensor,
        states: Sequence[Tensor],
        weights: Weights,
        make_part: MakePart = Part,
    ) -> None:
        n_rows, n_steps, _ = x.shape
        size = padded(-(-n_rows // parts_of(n_rows)))
        slices = [slice(at, min(at + size, n_rows)) for at in range(0, n_rows, size)]
        self.room = Room()

        def make(rows: slice) -> Part:
            frame = make_frame(call, rows, n_steps, weights.hidden_size, self.room)
            return make_part(make_steps, frame, [s[rows] for s in states], weights)

        self.parts = each_on_its_thread([partial(make, rows) for rows in slices])
        self.x, self.keep, self.is_normed = x.detach(), call.course.keep, weights.norm is not None
        steps = self.parts[0].steps
        self.on_x, self.on_h, self.n_rolled = steps.on_x, steps.on_h, steps.n_rolled * weights.hidden_size
        self.w_x, self.w_h = weights.w_x.detach(), weights.w_h.detach()
        self.low = call.low
        if self.low != self.w_x.dtype or self.n_rolled:
            self._narrow_weights()
        self.spans: list[slice] = []
        for part in self.parts:
            begin = self.spans[-1].stop if self.spans else 0
            self.spans.append(slice(begin, begin + n_steps * part.frame.width))
        self.rows = self._empty(self.spans[-1].stop, x.shape[2])

    def _narrow_weights(self) -> None:
        w_x, w_h = self.w_x, self.w_h
        self.w_x, self.w_h = self._empty(*w_x.shape), self._empty(*w_h.shape)

        def convert(rows: slice) -> None:
            _roll(w_x, rows, -self.n_rolled, self.w_x)
            self.w_h[rows] = w_h[rows]

        share_rows(len(w_h), len(self.parts), convert)

    def _empty(self, *shape: int) -> Tensor:
        return self.room.empty(*shape, dtype=self.low)

    def forward(self) -> tuple[Tensor, ...]:
        """Walk all steps.

        Returns
        -------
        tuple of Tensor
            Outputs, (B, T, H), and the last states, (B, H) each.
        """
        y = torch.empty(self.x.shape[1], self.x.shape[0], self.w_h.shape[1])
        works = []
        for part, span in zip(self.parts, self.spans, strict=True):
            weights, rows = (self.w_x, self.w_h), self.rows[span]
            works.append(partial(part.forward, self.x, self.keep, weights, rows, y[:, part.frame.rows]))
        each_on_its_thread(works)
        lasts = zip(*(part.last() for part in self.parts), strict=True)
        return (y.transpose(0, 1), *(torch.cat(last) for last in lasts))

    def backward(self, d_y: Tensor, d_states: Sequence[Tensor]) -> tuple[Tensor, list[Tensor], dict[str, Tensor]]:
        """Walk back.

        Parameters
        ----------
        d_y : Tensor, shape (B, T, H)
            Gradient of the outputs.
        d_states : sequence of Tensor, shape (B, H)
            Gradients of the last states.

        Returns
        -------
        tuple of (Tensor, list of Tensor, dict of str to Tensor)
            Gradients of the input, of the first states, and of the weights by the names of their fields.
        """
        hidden, n_cols = self.w_h.shape[1], self.spans[-1].stop
        gradients = [self._empty(max(self.on_x.stop, self.on_h.stop), hidden, n_cols)]
        d_x, d_h = gradients[0][self.on_x], gradients[0][self.on_h]
        if self.is_normed:
            gradients = [d_x, d_h] = [self._empty(*d_x.shape), self._empty(*d_h.shape)]
        masked = self._empty(hidden, n_cols)
        w_h = self._empty(hidden, self.w_h.shape[0])
        share_rows(len(self.w_h), len(self.parts), partial(_turn_rows, self.w_h, w_h))
        works = []
        for part, span in zip(self.parts, self.spans, strict=True):
            into = (masked[:, span], *(d[:, :, span] for d in gradients))
            rows = part.frame.rows
            works.append(partial(part.backward, d_y[rows], [d[rows] for d in d_states], w_h, into))
        each_on_its_thread(works)
        d_input, d_w_x, d_w_h = self._large_gradients(d_x.flatten(0, 1), d_h.flatten(0, 1), masked)
        d_first = [torch.cat(each) for each in zip(*(part.d_first for part in self.parts), strict=True)]
        return d_input, d_first, self._small_gradients() | {"w_x": d_w_x, "w_h": d_w_h}

    def _large_gradients(self, d_x: Tensor, d_h: Tensor, masked: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Multiply over all steps, once each for the input and both matrices; nothing stands in torch's way now."""
        d_input = torch.empty(self.x.shape)
        rows = torch.mm(self.w_x.t().contiguous(), d_x).t()  # faster than to turn the larger matrix
        for part, span in zip(self.parts, self.spans, strict=True):
            from_rows(rows[span], part.frame, d_input)
        d_w_x = torch.mm(d_x, self.rows)
        d_w_x = d_w_x.roll(-self.n_rolled, 0) if self.n_rolled else d_w_x
        return d_input, d_w_x.float(), torch.mm(d_h, masked.t()).float()

    def _small_gradients(self) -> dict[str, Tensor]:
        """Add up what the parts found, in their order."""
        found = self.parts[0].found
        for part in self.parts[1:]:
            found = {name: d + part.found[name] for name, d in found.items()}
        return {name: d.roll(-self.n_rolled) if name in ("b", "gain_x") else d for name, d in found.items()}


def _roll(source: Tensor, rows: slice, shift: int, target: Tensor) -> None:
    """Fill a run of rows of a matrix whose rows are those of another, rolled."""
    n = len(source)
    begin = (rows.start + shift) % n
    size = min(rows.stop - rows.start, n - begin)
    target[rows.start : rows.start + size] = source[begin : begin + size]
    target[rows.start + size : rows.stop] = source[: rows.stop - rows.start - size]


def _turn_rows(source: Tensor, target: Tensor, rows: slice) -> None:
    target[:, rows] = source[rows].t()
