"""Steps of the fused cells: buffers over time, and the kernel calls that fill them.

Gates lie in a buffer (T, S, H, width), which holds in turn products of W_x, gates and gradients: memory that was used
just now is near, and fresh memory costs as much as the kernels do. Of the gradients, a run of G gates belongs to W_x x
and another to W_h h: they are the same but for the GRU, whose new state reads W_h h through the reset gate. Its gates
stand in the order n r z on the side of x and r z n on the side of h, so that both are runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch
from torch import Tensor

from malgil.nn.fused_frame import Frame, bits
from malgil.nn.sweep import Weights


class Steps(Protocol):
    """A cell that can be walked through time, forward once and then backward."""

    n_gates: int
    n_rolled: int
    on_x: slice
    on_h: slice
    gates: Tensor
    d_gates: Tensor

    def forward(self, t: int, projected: Any, product: Any, masked: Any) -> Any:
        """Do one step.

        Parameters
        ----------
        t : int
            Step.
        projected : ndarray of narrow, shape (T, G or S, H, width)
            Products of W_x; may be `gates`.
        product : ndarray of narrow, shape (G, H, width)
            Product of W_h.
        masked : ndarray of narrow, shape (n, H, width)
            Written at t + 1 modulo n.

        Returns
        -------
        ndarray of float32, shape (H, width)
            The state h.
        """

    def last(self) -> list[Tensor]:
        """States behind the last step.

        Returns
        -------
        list of Tensor
            Shape (H, width) each.
        """

    def start_back(self, d_states: Sequence[Tensor]) -> None:
        """Make room for the backward pass.

        Parameters
        ----------
        d_states : sequence of Tensor, shape (H, width)
            Gradients of the last states; changed.
        """

    def backward(self, t: int, product: Any, d_y: Any) -> None:
        """Write the gradients of the gates of one step.

        Parameters
        ----------
        t : int
            Step.
        product : ndarray of narrow, shape (H, width)
            From the step behind.
        d_y : ndarray of float32, shape (H, width)
            Gradient of the output.
        """

    def gradients(self) -> dict[str, Tensor]:
        """Gradients of the weights that only this cell has.

        Returns
        -------
        dict
            By the name of the field of `Weights` or `Norm`.
        """


MakeSteps: TypeAlias = Callable[[Frame, Weights, Sequence[Tensor]], Steps]


def _vectors(weights: Weights, n_gates: int, n_rolled: int, hidden: int, rest: Sequence[Tensor | None]) -> Any:
    """Stack gains of x and h, biases and what else a cell has, one row for each vector; ones and zeros for none."""
    ones = torch.ones(n_gates * hidden)
    norm = weights.norm
    gain_x, gain_h = (ones, ones) if norm is None else (norm.gain_x, norm.gain_h)
    rolled = n_rolled * hidden
    parts = [
        gain_x.roll(rolled),
        gain_h,
        weights.b.roll(rolled),
        *(torch.zeros(hidden) if r is None else r for r in rest),
    ]
    return torch.cat([p.detach().float().reshape(-1, hidden) for p in parts]).numpy()


class _LSTMSteps:
    """Steps of an LSTM.

    Parameters
    ----------
    frame : Frame
        Of the call.
    weights : Weights
        Of the cell.
    states : sequence of Tensor, shape (H, width)
        h and c to begin with; h is changed.
    """

    n_gates, n_rolled, on_x, on_h = 4, 0, slice(0, 4), slice(0, 4)

    def __init__(self, frame: Frame, weights: Weights, states: Sequence[Tensor]) -> None:
        shape, n = (frame.hidden, frame.width), frame.n_steps if frame.is_training else 1
        self.frame = frame
        self.has_norm, self.has_peepholes = weights.norm is not None, weights.peepholes is not None
        peepholes = (None,) * 3 if weights.peepholes is None else weights.peepholes
        ends = (torch.ones(frame.hidden), None) if weights.norm is None else (weights.norm.gain_c, weights.norm.bias_c)
        self.vectors = _vectors(weights, 4, 0, frame.hidden, (*peepholes, *ends))
        self.gates = frame.room.empty(frame.n_steps, 4, *shape, dtype=frame.low)
        self.h, self.c = states[0], frame.room.empty(n + 1, *shape)
        self.c[0] = states[1]
        self.arrays = bits(self.gates)[: frame.n_steps if frame.is_training else 0], (self.h.numpy(), self.c.numpy())
        self.work = np.empty((2, *shape), np.float32)

    def forward(self, t: int, projected: Any, product: Any, masked: Any) -> Any:
        """Do one step; see `Steps`."""
        from malgil.nn._lstm_kernels import lstm_forward

        frame, (gates, states) = self.frame, self.arrays
        around = (self.vectors, frame.columns, frame.drops, states, gates, masked, self.work, self.has_norm)
        lstm_forward(t, frame.is_half, projected, product, *around)
        return states[0]

    def last(self) -> list[Tensor]:
        """States behind the last step; see `Steps`."""
        return [self.h, self.c[self.frame.n_steps % len(self.c)]]

    def start_back(self, d_states: Sequence[Tensor]) -> None:
        """Make room for the backward pass; see `Steps`."""
        self.d_gates = self.gates
        if self.has_peepholes:  # whose gradients need the gates, too
            self.d_gates = self.frame.room.empty(*self.gates.shape, dtype=self.gates.dtype)
        self.d_norm = torch.zeros((2, *self.h.shape) if self.has_norm else (2, 1, 1))
        self.d_arrays = tuple(d.numpy() for d in d_states), bits(self.d_gates), self.d_norm.numpy()

    def backward(self, t: int, product: Any, d_y: Any) -> None:
        """Write the gradients of the gates of one step; see `Steps`."""
        from malgil.nn._lstm_kernels import lstm_backward

        frame, (gates, states) = self.frame, self.arrays
        around = (self.vectors, frame.columns, frame.drops, states[1], gates, d_y, *self.d_arrays)
        lstm_backward(t, frame.is_half, product, *around, self.work, self.has_norm)

    def gradients(self) -> dict[str, Tensor]:
        """Gradients of the peepholes and of the norm of c; see `Steps`."""
        d_gain, d_bias = self.d_norm.sum(2)
        found = {"gain_c": d_gain, "bias_c": d_bias}
        if not self.has_peepholes:
            return found
        goes_on = torch.from_numpy(self.frame.columns)[1, :-1, None]
        old, gates, d = self.c[:-1] * goes_on, self.gates, self.d_gates
        new = gates[:, 1] * old + gates[:, 0] * gates[:, 2]
        peepholes = [(d[:, k] * state).sum((0, 2)) for k, state in ((0, old), (1, old), (3, new))]
        return found | {"peepholes": torch.stack(peepholes)}


class _GRUSteps:
    """Steps of a GRU.

    Parameters
    ----------
    frame : Frame
        Of the call.
    weights : Weights
        Of the cell.
    states : sequence of Tensor, shape (H, width)
        h to begin with.
    """

    n_gates, n_rolled, on_x, on_h = 3, 1, slice(0, 3), slice(1, 4)

    def __init__(self, frame: Frame, weights: Weights, states: Sequence[Tensor]) -> None:
        shape, n = (frame.hidden, frame.width), frame.n_steps if frame.is_training else 1
        self.frame = frame
        self.vectors = _vectors(weights, 3, 1, frame.hidden, (weights.b_n,))
        self.gates = frame.room.empty(frame.n_steps, 4, *shape, dtype=frame.low)
        self.h = frame.room.empty(n + 1, *shape)
        self.h[0] = states[0]
        kept = self.gates if frame.is_training else frame.room.empty(1, 4, *shape, dtype=frame.low)  # stays near
        self.arrays = bits(kept), self.h.numpy(), list(self.h.numpy())

    def forward(self, t: int, projected: Any, product: Any, masked: Any) -> Any:
        """Do one step; see `Steps`."""
        from malgil.nn._gru_kernels import gru_forward

        frame, (gates, h, each) = self.frame, self.arrays
        around = (self.vectors, frame.columns, frame.drops, h, gates, masked)
        gru_forward(t, frame.is_half, projected, product, *around)
        return each[(t + 1) % len(each)]

    def last(self) -> list[Tensor]:
        """State behind the last step; see `Steps`."""
        return [self.h[self.frame.n_steps % len(self.h)]]

    def start_back(self, d_states: Sequence[Tensor]) -> None:
        """Make room for the backward pass; see `Steps`."""
        self.d_gates = self.gates
        self.d_arrays = d_states[0].numpy(), bits(self.d_gates)

    def backward(self, t: int, product: Any, d_y: Any) -> None:
        """Write the gradients of the gates of one step; see `Steps`."""
        from malgil.nn._gru_kernels import gru_backward

        frame, (gates, h, _) = self.frame, self.arrays
        gru_backward(t, frame.is_half, product, frame.columns, frame.drops, h, gates, d_y, *self.d_arrays)

    def gradients(self) -> dict[str, Tensor]:
        """Nothing beyond what every cell has; see `Steps`."""
        return {}


class _RNNSteps:
    """Steps of a cell without gates.

    Parameters
    ----------
    frame : Frame
        Of the call.
    weights : Weights
        Of the cell.
    states : sequence of Tensor, shape (H, width)
        h to begin with; changed.
    activation : int
        0 tanh, 1 ReLU, 2 sigmoid.
    """

    n_gates, n_rolled, on_x, on_h = 1, 0, slice(0, 1), slice(0, 1)

    def __init__(self, frame: Frame, weights: Weights, states: Sequence[Tensor], activation: int) -> None:
        self.frame, self.activation, self.h = frame, activation, states[0]
        self.vectors = _vectors(weights, 1, 0, frame.hidden, ())
        self.gates = frame.room.empty(frame.n_steps, 1, frame.hidden, frame.width, dtype=frame.low)
        self.arrays = bits(self.gates), self.h.numpy()

    def forward(self, t: int, projected: Any, product: Any, masked: Any) -> Any:
        """Do one step; see `Steps`."""
        from malgil.nn._gru_kernels import rnn_forward

        frame, (gates, h) = self.frame, self.arrays
        around = (self.vectors, frame.columns, frame.drops, h, gates, masked)
        rnn_forward(t, frame.is_half, self.activation, projected, product, *around)
        return h

    def last(self) -> list[Tensor]:
        """State behind the last step; see `Steps`."""
        return [self.h]

    def start_back(self, d_states: Sequence[Tensor]) -> None:
        """Make room for the backward pass; see `Steps`."""
        self.d_gates = self.gates
        self.d_arrays = d_states[0].numpy(), bits(self.d_gates)

    def backward(self, t: int, product: Any, d_y: Any) -> None:
        """Write the gradients of one step; see `Steps`."""
        from malgil.nn._gru_kernels import rnn_backward

        frame, (gates, _) = self.frame, self.arrays
        around = (frame.columns, frame.drops, gates, d_y, *self.d_arrays)
        rnn_backward(t, frame.is_half, self.activation, product, *around)

    def gradients(self) -> dict[str, Tensor]:
        """Nothing beyond what every cell has; see `Steps`."""
        return {}


STEPS: dict[str, MakeSteps] = {
    "lstm": _LSTMSteps,
    "gru": _GRUSteps,
    "rnn_tanh": partial(_RNNSteps, activation=0),
    "rnn_relu": partial(_RNNSteps, activation=1),
    "rnn_sigmoid": partial(_RNNSteps, activation=2),
}
"""What makes the steps of each kind of cell."""
