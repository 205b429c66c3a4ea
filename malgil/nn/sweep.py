"""What one layer of a recurrent network is given to walk over a sequence in one direction: the types of that seam.

A sweep takes these and returns the output of each step and the last state:

    sweep(kind, x (B, T, E), state: tuple of (B, H), weights, course, noise) -> (y (B, T, H), state)

`plain.sweep` is the definition, step by step; `fused.sweep` gives the same numbers faster. One step, in this order:

1. where ``course.reset`` is true, the old states become 0;
2. the cell makes new states from ``x_t`` and the old ones (each cell's file has the formula); only in the products with
   ``w_h`` is h_{t-1} multiplied by ``noise.recurrent``, nowhere else. Minimal cells have no such product: there the
   mask multiplies the candidate (Semeniuta et al. 2016);
3. zoneout: each new state becomes ``z * old + (1 - z) * new``. The other parts of the step see the new cell state
   before zoneout: h = o * tanh(c), peephole of o;
4. where ``course.keep`` is false, the states go back to those after 1, and the step's output is 0;
5. the output is the state h.

Under autocast ``x`` may be bfloat16; states, sums and outputs have the type of the weights (float32).

The kinds and the order of their gates (blocks of H rows in ``w_x``, ``w_h`` and ``b``):

============================================ ==================================== ==========
kind                                         gates                                states
============================================ ==================================== ==========
``rnn_tanh``, ``rnn_relu``, ``rnn_sigmoid``  one                                  h
``lstm``                                     i, f, g, o as in `torch.nn`          h, c
``gru``                                      r, z, n as in `torch.nn`             h
``mingru``                                   z, n (n is linear)                   h
``minlstm``                                  f, i, n (n is linear)                h
============================================ ==================================== ==========
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from torch import Tensor

EPSILON = 1e-5
"""Added to the variance in layer norm, as in `torch.nn`."""

States: TypeAlias = tuple[Tensor, ...]
"""The state h, for an LSTM h and c; each (B, H)."""


class Kind(NamedTuple):
    """What is fixed for a kind of cell.

    Parameters
    ----------
    gates : str
        One letter a gate, in the order of the blocks in the weights.
    states : str
        One letter a state.
    sees_state : bool
        Whether the gates see the previous state; where they do not, the cell is minimal and has no ``w_h``.
    """

    gates: str
    states: str
    sees_state: bool


KINDS: Mapping[str, Kind] = {
    "rnn_tanh": Kind("a", "h", True),
    "rnn_relu": Kind("a", "h", True),
    "rnn_sigmoid": Kind("a", "h", True),
    "lstm": Kind("ifgo", "hc", True),
    "gru": Kind("rzn", "h", True),
    "mingru": Kind("zn", "h", False),
    "minlstm": Kind("fin", "h", False),
}


class Norm(NamedTuple):
    """Gains of layer norm, LN(a) = (a - mean) / sqrt(variance + 1e-5), taken over the H numbers of each gate.

    The gates are LN(W_x x) * gain_x + LN(W_h h) * gain_h + b (Ba et al. 2016, equations 20 to 22, with one bias for
    the two); the output of an LSTM is o * tanh(LN(c) * gain_c + bias_c).

    Parameters
    ----------
    gain_x : Tensor, shape (G * H,)
        Of the input's products.
    gain_h : Tensor, shape (G * H,)
        Of the state's products; shape (0,) for minimal cells.
    gain_c : Tensor, shape (H,), optional
        LSTM: of the cell state on its way out.
    bias_c : Tensor, shape (H,), optional
        LSTM: added to it.

    References
    ----------
    .. [1] Ba, Kiros, Hinton, "Layer Normalization", 2016, arXiv:1607.06450.
    """

    gain_x: Tensor
    gain_h: Tensor
    gain_c: Tensor | None
    bias_c: Tensor | None


class Weights(NamedTuple):
    """What one layer in one direction has learned.

    Parameters
    ----------
    w_x : Tensor, shape (G * H, E)
        Products with the input.
    w_h : Tensor, shape (G * H, H)
        Products with the state, weight drop done already; shape (0, H) for minimal cells, whose gates do not see it.
    b : Tensor, shape (G * H,)
        Biases.
    b_n : Tensor, shape (H,), optional
        GRU: the bias inside the reset product, n = tanh(W_n x + b + r * (U_n h + b_n)).
    peepholes : Tensor, shape (3, H), optional
        LSTM: p_i and p_f on c_{t-1}, p_o on c_t.
    norm : Norm, optional
        Layer norm, where it is on.
    """

    w_x: Tensor
    w_h: Tensor
    b: Tensor
    b_n: Tensor | None = None
    peepholes: Tensor | None = None
    norm: Norm | None = None

    @property
    def hidden_size(self) -> int:
        """Numbers in a state, H."""
        return int(self.w_h.shape[1])


class Course(NamedTuple):
    """How the sequence is walked.

    Parameters
    ----------
    keep : Tensor of bool, shape (B, T), optional
        False = padding: the states are carried over unchanged, the output is 0.
    reset : Tensor of bool, shape (B, T), optional
        True = the states are 0 before this step, padding or not.
    reverse : bool
        Walk from T - 1 to 0. Then `reset` marks the last step of each segment in reading order.
    """

    keep: Tensor | None = None
    reset: Tensor | None = None
    reverse: bool = False


class Noise(NamedTuple):
    """What training draws, drawn beforehand so that every way to walk sees the same numbers.

    Parameters
    ----------
    recurrent : Tensor, shape (B, H), optional
        Multiplies h_{t-1} before W_h at every step, divided by 1 - p already (Gal & Ghahramani 2016).
    zone : tuple of (Tensor, float or None)
        One for each state. Training: a tensor (B, T, H) of 0 and 1 in the type of the states, 1 = keep the old value;
        evaluation: the chance p to do so (Krueger et al. 2017). None, or ``()`` for all states: no zoneout.
    """

    recurrent: Tensor | None = None
    zone: tuple[Tensor | float | None, ...] = ()


NO_NOISE = Noise()


class Way(NamedTuple):
    """What a layer is walked with in one direction.

    Parameters
    ----------
    state : tuple of Tensor, shape (B, H)
        The states before the first step.
    weights : Weights
        Of the layer.
    course : Course
        Padding, segment borders and direction.
    noise : Noise
        Masks of dropout and zoneout.
    """

    state: States
    weights: Weights
    course: Course
    noise: Noise
