"""A part of a batch, walked step by step on one thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from malgil.nn.fused_cells import MakeSteps
from malgil.nn.fused_frame import Frame, as_columns, as_rows, bits, output_gradients
from malgil.nn.fused_norm import Products
from malgil.nn.sweep import Weights

_ONES = 16
"""Columns of ones that a product needs to take the fast way when it sums rows."""


class Part:
    """Some rows of a batch.

    Parameters
    ----------
    make_steps : callable
        Makes the steps of the cell.
    frame : Frame
        Of the part.
    states : sequence of Tensor, shape (B, H)
        First states of its rows.
    weights : Weights
        Of the cell.
    """

    def __init__(self, make_steps: MakeSteps, frame: Frame, states: Sequence[Tensor], weights: Weights) -> None:
        first = [as_columns(s, frame.width) for s in states]
        self.frame, self.norm = frame, weights.norm
        self.steps = make_steps(frame, weights, first)
        self.enters = torch.from_numpy(frame.columns)[1, 0] * torch.from_numpy(frame.drops[0])
        n, shape = frame.n_steps if frame.is_training else 1, (frame.hidden, frame.width)
        self.masked = frame.room.empty(n + 1, *shape, dtype=frame.low)
        self.masked[0] = first[0] * self.enters
        norm = weights.norm
        kept = frame.room.empty(1 if norm is None else n, self.steps.n_gates, *shape, dtype=frame.low)
        self.on_h = Products(kept, None if norm is None else norm.gain_h.detach(), frame.room)

    def forward(self, x: Tensor, keep: Tensor | None, weights: tuple[Tensor, Tensor], rows: Tensor, y: Tensor) -> None:
        """Walk all steps.

        Parameters
        ----------
        x : Tensor, shape (whole B, T, E)
            Input.
        keep : Tensor of bool, shape (whole B, T), optional
            False where there is padding.
        weights : (Tensor of narrow, Tensor of narrow), shapes (G * H, E) and (G * H, H)
            W_x and W_h.
        rows : Tensor of narrow, shape (T * width, E)
            The input step by step, written.
        y : Tensor, shape (T, B, H)
            Outputs, written.
        """
        from malgil.nn._norm_kernels import turn

        frame, steps, on_h, (w_x, w_h) = self.frame, self.steps, self.on_h, weights
        as_rows(x, frame, keep, rows.view(frame.n_steps, frame.width, -1))
        gates_x = self._projected(w_x, rows)
        masked, each, outputs = bits(self.masked), list(self.masked), list(y.numpy())
        for t in range(frame.n_steps):
            torch.mm(w_h, each[t % len(each)], out=on_h.flat[t % len(on_h.flat)])
            h = steps.forward(t, gates_x, on_h.normalise(t), masked)
            turn(t, h, frame.columns, outputs[frame.place(t)])

    def _projected(self, w_x: Tensor, rows: Tensor) -> Any:
        """Multiply by W_x, (T, G, H, width): what a step reads must not lie far apart."""
        frame, steps = self.frame, self.steps
        by_step = frame.room.empty(frame.n_steps, steps.n_gates, frame.hidden, frame.width, dtype=frame.low)
        if self.norm is None:
            for product, step in zip(by_step.flatten(1, 2), rows.view(frame.n_steps, frame.width, -1), strict=True):
                torch.mm(w_x, step.t(), out=product)
            return bits(by_step)
        rolled = self.norm.gain_x.detach().roll(steps.n_rolled * frame.hidden)
        products = frame.room.empty(len(w_x), len(rows), dtype=frame.low)
        torch.mm(w_x, rows.t(), out=products)
        self.on_x = Products(products.view(1, steps.n_gates, frame.hidden, -1), rolled, frame.room)
        self.on_x.normalise(0)
        by_step.copy_(self.on_x.buffer[0].unflatten(2, (frame.n_steps, frame.width)).permute(2, 0, 1, 3))
        return bits(by_step)

    def last(self) -> list[Tensor]:
        """States behind the last step.

        Returns
        -------
        list of Tensor
            Shape (B, H) each.
        """
        return [s[:, : self.frame.n_rows].t() for s in self.steps.last()]

    def backward(self, d_y: Tensor, d_states: Sequence[Tensor], w_h: Tensor, into: tuple[Tensor, ...]) -> None:
        """Walk back through all steps.

        Parameters
        ----------
        d_y : Tensor, shape (B, T, H)
            Gradients of the outputs.
        d_states : sequence of Tensor, shape (B, H)
            Gradients of the last states.
        w_h : Tensor of narrow, shape (H, G * H)
            W_h transposed.
        into : tuple of Tensor
            Written, time along the last axis: gradients of the gates, (S, H, T * width); of the products of W_x and
            W_h, (G, H, T * width) each, views of the former where there is no norm; masked states, (H, T * width).
        """
        frame, steps, on_h = self.frame, self.steps, self.on_h
        d_last = [as_columns(d, frame.width) for d in d_states]
        steps.start_back(d_last)
        on_h.start_back()
        product = torch.zeros(frame.hidden, frame.width, dtype=frame.low)
        d_outputs = list(output_gradients(d_y, frame).numpy())
        product_array, each = bits(product), list(steps.d_gates[:, steps.on_h])
        for t in reversed(range(frame.n_steps)):
            steps.backward(t, product_array, d_outputs[t])
            torch.mm(w_h, on_h.backward(t, each[t]).flatten(0, 1), out=product)
        d_last[0] += self.enters * product
        self.d_first = [d[:, : frame.n_rows].t() for d in d_last]
        self._lay_out(into)

    def _lay_out(self, into: tuple[Tensor, ...]) -> None:
        """Lay out gradients for the products over all steps, and find those of the small weights."""
        d_gates, d_x, d_h, masked = into
        steps, over_time = self.steps, (self.frame.n_steps, self.frame.width)
        d_gates.unflatten(2, over_time).copy_(steps.d_gates.permute(1, 2, 0, 3))
        masked.unflatten(1, over_time).copy_(self.masked[:-1].permute(1, 0, 2))
        own = d_gates[steps.on_x]
        ones = torch.ones(d_gates.shape[2], _ONES, dtype=d_gates.dtype)
        sums = torch.mm(d_gates.flatten(0, 1), ones)[:, 0].float().view(d_gates.shape[:2])
        self.found = {"b": sums[steps.on_x].flatten(), "b_n": sums[-1]} | steps.gradients()
        if self.norm is not None:
            self.on_x.start_back()
            at_once = self.frame.room.empty(*own.shape, dtype=own.dtype).copy_(own)
            d_x.copy_(self.on_x.backward(0, at_once))
            d_h.unflatten(2, over_time).copy_(self.on_h.d.permute(1, 2, 0, 3))
            self.found |= {"gain_x": self.on_x.d_gains.flatten(), "gain_h": self.on_h.d_gains.flatten()}
