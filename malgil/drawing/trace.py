"""What a network did with one example: every state, gate and answer as arrays, ready to be drawn or computed with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError

Array = NDArray[np.floating]
Shape = Literal["one_to_one", "one_to_many", "many_to_one", "aligned", "unaligned"]
SHAPES: tuple[Shape, ...] = ("one_to_one", "one_to_many", "many_to_one", "aligned", "unaligned")

STATELESS = ("input", "mlp", "cnn")
"""Kinds of layer whose steps do not hear from one another."""


class CellWeights(NamedTuple):
    """The numbers of a recurrent layer in one direction, gates stacked as in `torch.nn`.

    Parameters
    ----------
    w_x : ndarray, shape (G * H, E)
        Weights of the input, G gates.
    w_h : ndarray, shape (G * H, H)
        Weights of the previous state; no rows where the gates do not see it (minimal cells).
    b : ndarray, shape (G * H,)
        Biases.
    b_n : ndarray, shape (H,), optional
        GRU: the bias that the reset gate multiplies.
    peepholes : ndarray, shape (3, H), optional
        LSTM: what the gates i, f and o see of the cell.
    is_plain : bool
        False where layer norm or zoneout stand between these numbers and the states.
    """

    w_x: Array
    w_h: Array
    b: Array
    b_n: Array | None = None
    peepholes: Array | None = None
    is_plain: bool = True


@dataclass(frozen=True, eq=False)
class Walk:
    """One layer, read in one direction.

    Parameters
    ----------
    kind : str
        ``"rnn_tanh"``, ``"rnn_relu"``, ``"rnn_sigmoid"``, ``"lstm"``, ``"gru"``, ``"mingru"``, ``"minlstm"``, or one
        of `STATELESS`.
    h : ndarray, shape (T, H)
        The state after each step, in reading order; for a stateless layer its output.
    layer : int
        From 0, at the input.
    reverse : bool
        Whether it walked from the last step to the first.
    start : ndarray, shape (H,), optional
        The state before the first step it took.
    gates : mapping of str to ndarray, shape (T, H)
        By the letter of the formula: ``i f g o`` and the cell ``c`` (LSTM), ``r z n`` (GRU).
    x : ndarray, shape (T, E), optional
        What it read, for the formula with numbers.
    c_start : ndarray, shape (H,), optional
        LSTM: the cell before the first step.
    weights : CellWeights, optional
        For the formula with numbers.
    """

    kind: str
    h: Array
    layer: int = 0
    reverse: bool = False
    start: Array | None = None
    gates: Mapping[str, Array] = field(default_factory=dict)
    x: Array | None = None
    c_start: Array | None = None
    weights: CellWeights | None = None

    @property
    def n_units(self) -> int:
        """Numbers in the state."""
        return int(self.h.shape[1])

    def before(self, t: int, name: str = "h") -> Array:
        """Give the state that a step started from.

        Parameters
        ----------
        t : int
            The step, from 0 in reading order.
        name : {"h", "c"}
            Hidden state or cell.

        Returns
        -------
        ndarray, shape (H,)
            Zeros before the first step where no start is known.
        """
        course, start = (self.h, self.start) if name == "h" else (self.gates["c"], self.c_start)
        earlier = t + 1 if self.reverse else t - 1
        if 0 <= earlier < len(course):
            found: Array = course[earlier]
            return found
        return np.zeros(self.n_units) if start is None else start


@dataclass(frozen=True, eq=False)
class Trace:
    """What a network did with one example.

    Parameters
    ----------
    shape : {"one_to_one", "one_to_many", "many_to_one", "aligned", "unaligned"}
        How inputs and outputs stand to one another.
    tokens : tuple of str
        The T inputs x_1 ... x_T; one where the input is no sequence.
    walks : tuple of Walk
        The layers that read them.
    outputs : tuple of str
        The outputs y.
    probabilities : ndarray, shape (n_outputs,), optional
        Of the outputs, as the model gave them.
    classes : tuple of str
        One output only: all that it chose from.
    class_probabilities : ndarray, shape (n_classes,), optional
        Of `classes`.
    decoder : tuple of Walk
        The layers that wrote the outputs, a step for each, where writing is a walk of its own.
    fed : tuple of str
        What the decoder read at each of its steps; empty where only the state goes on.
    attention : ndarray, shape (n_outputs, T), optional
        Share of each input in the context of each output; rows sum to 1.
    pooling : ndarray, shape (T,), optional
        Share of each step in the pooled state; all of it at the last step by default.
    contributions : ndarray, shape (T,), optional
        What each input adds to the score of the output.
    name : str
        Of the model, for the title.

    Raises
    ------
    ParameterError
        If the lengths of the parts do not fit together, or the shape is not known.
    """

    shape: Shape
    tokens: tuple[str, ...]
    walks: tuple[Walk, ...]
    outputs: tuple[str, ...]
    probabilities: Array | None = None
    classes: tuple[str, ...] = ()
    class_probabilities: Array | None = None
    decoder: tuple[Walk, ...] = ()
    fed: tuple[str, ...] = ()
    attention: Array | None = None
    pooling: Array | None = None
    contributions: Array | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise ParameterError("house.bad_choice", name="shape", value=self.shape, choices=", ".join(SHAPES), hint="")
        n_in, n_out = len(self.tokens), len(self.outputs)
        lengths = [("walks", len(walk.h), n_in) for walk in self.walks]
        lengths += [("decoder", len(walk.h), n_out) for walk in self.decoder]
        if self.shape == "aligned":
            lengths.append(("outputs", n_out, n_in))
        optional = (
            ("probabilities", self.probabilities, n_out),
            ("class_probabilities", self.class_probabilities, len(self.classes)),
            ("pooling", self.pooling, n_in),
            ("contributions", self.contributions, n_in),
            ("attention", self.attention, n_out),
            ("fed", self.fed or None, n_out),
        )
        lengths += [(name, len(value), wanted) for name, value, wanted in optional if value is not None]
        for name, found, wanted in lengths:
            if found != wanted:
                raise ParameterError("drawing.unequal", name=name, found=found, wanted=wanted)

    @property
    def top(self) -> Walk | None:
        """The walk whose state the outputs are read from: the last layer of the writing part, walked forwards."""
        walks = [walk for walk in self.decoder or self.walks if not walk.reverse]
        return max(walks, key=lambda walk: walk.layer, default=None)

    @property
    def has_input_box(self) -> bool:
        """Whether the input is drawn as a box of numbers, which is then layer 0."""
        return any(walk.kind == "input" for walk in self.walks)
