"""A part of a batch, walked step by step on one thread."""

from __future__ import annotations

from collections.abc import Sequence

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
        self.frame, self.is_normed = frame, weights.norm is not None
        self.steps = make_steps(frame, weights, first)
        self.enters = torch.from_numpy(frame.columns)[1, 0] * torch.from_numpy(frame.drops[0])
        n, shape = frame.n_steps if frame.is_training else 1, (frame.hidden, frame.width)
        self.masked = frame.room.empty(n + 1, *shape, dtype=frame.low)
        self.masked[0] = first[0] * self.enters
        n_gates = self.steps.n_gates
        if weights.norm is None:
            self.on_x = Products(self.steps.gates, None)
            self.on_h = Products(frame.room.empty(1, n_gates, *shape, dtype=frame.low), None)
        else:
            rolled = weights.norm.gain_x.roll(self.steps.n_rolled * frame.hidden)
            self.on_x = Products(frame.room.empty(frame.n_steps, n_gates, *shape, dtype=frame.low), rolled)
            self.on_h = Products(frame.room.empty(n, n_gates, *shape, dtype=frame.low), weights.norm.gain_h)

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
        on_x, projected = self.on_x, bits(self.on_x.buffer)
        products, read = on_x.buffer[:, : steps.n_gates].flatten(1, 2), rows.view(frame.n_steps, frame.width, -1)
        for t, (product, step) in enumerate(zip(products, read.transpose(1, 2), strict=True)):
            torch.mm(w_x, step, out=product)  # beforehand, so that W_x stays near
            on_x.normalise(t)
        masked, each, outputs = bits(self.masked), list(self.masked), list(y.numpy())
        for t in range(frame.n_steps):
            torch.mm(w_h, each[t % len(each)], out=on_h.flat[t % len(on_h.flat)])
            h = steps.forward(t, projected, on_h.normalise(t), masked)
            turn(t, h, frame.columns, outputs[frame.place(t)])

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
            Written, time along the last axis: masked states, (H, T * width), and gradients: of the products of W_x and
            of W_h, (G, H, T * width) each, or where there is no norm of the gates, (S, H, T * width).
        """
        frame, steps, on_x, on_h = self.frame, self.steps, self.on_x, self.on_h
        d_last = [as_columns(d, frame.width) for d in d_states]
        steps.start_back(d_last)
        on_x.start_back()
        on_h.start_back()
        product = torch.zeros(frame.hidden, frame.width, dtype=frame.low)
        d_outputs = list(output_gradients(d_y, frame).numpy())
        product_array, of_x = bits(product), list(steps.d_gates[:, steps.on_x])
        of_h = list(steps.d_gates[:, steps.on_h])
        for t in reversed(range(frame.n_steps)):
            steps.backward(t, product_array, d_outputs[t])
            on_x.backward(t, of_x[t])
            torch.mm(w_h, on_h.backward(t, of_h[t]).flatten(0, 1), out=product)
        d_last[0] += self.enters * product
        self.d_first = [d[:, : frame.n_rows].t() for d in d_last]
        self._lay_out(into)

    def _lay_out(self, into: tuple[Tensor, ...]) -> None:
        """Lay out gradients for the products over all steps, and find those of the small weights."""
        steps, over_time, (masked, *gradients) = self.steps, (self.frame.n_steps, self.frame.width), into
        masked.unflatten(1, over_time).copy_(self.masked[:-1].permute(1, 0, 2))
        by_step = (self.on_x.buffer, self.on_h.buffer) if self.is_normed else (steps.d_gates,)
        for laid, d in zip(gradients, by_step, strict=True):
            laid.unflatten(2, over_time).copy_(d.permute(1, 2, 0, 3))
        if self.is_normed:
            (gain_x, b), (gain_h, b_h) = self.on_x.d_vectors, self.on_h.d_vectors
            self.found = {"b": b.flatten(), "b_n": b_h[-1], "gain_x": gain_x.flatten(), "gain_h": gain_h.flatten()}
        else:
            ones = torch.ones(masked.shape[1], _ONES, dtype=masked.dtype)
            (d_gates,) = gradients
            sums = torch.mm(d_gates.flatten(0, 1), ones)[:, 0].float().view(d_gates.shape[:2])
            self.found = {"b": sums[steps.on_x].flatten(), "b_n": sums[-1]}
        self.found |= steps.gradients()
