"""What all bands of one picture share: the trace, its layers, the scale of its colours, the ways to write a name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from malgil.drawing.scene import Mark, Text
from malgil.drawing.trace import Trace, Walk

FLOW = "#4a5a6a"
"""Colour of what flows upwards."""

NAMES = {"rnn_tanh": "RNN tanh", "rnn_relu": "RNN ReLU", "rnn_sigmoid": "RNN σ", "lstm": "LSTM", "gru": "GRU"}
NAMES |= {"mingru": "MinGRU", "minlstm": "MinLSTM", "mlp": "MLP", "cnn": "CNN"}
"""Names of the kinds of layer, as papers write them."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """What all bands of a picture share.

    Parameters
    ----------
    trace : Trace
        What is drawn.
    limit : float
        The number with the strongest colour.
    unit : int or None
        The unit to frame in `Trace.top`.
    lang : str
        ``"en"`` or ``"ko"``, for the names of the layers.
    """

    trace: Trace
    limit: float
    unit: int | None
    lang: str

    @cached_property
    def layers(self) -> list[int]:
        """Numbers of the layers, the highest first."""
        return sorted({walk.layer for walk in (*self.trace.walks, *self.trace.decoder)}, reverse=True)

    @cached_property
    def pitch(self) -> float:
        """Distance of the columns."""
        return 114.0 if any(walk.reverse for walk in self.trace.walks) else 88.0

    def walks(self, part: str) -> tuple[Walk, ...]:
        """Give the layers of a part.

        Parameters
        ----------
        part : {"reads", "writes"}
            Of the network.

        Returns
        -------
        tuple of Walk
            As traced.
        """
        return self.trace.walks if part == "reads" else self.trace.decoder

    def walk(self, part: str, layer: int, reverse: bool) -> Walk | None:
        """Find the layer of a part in one direction.

        Parameters
        ----------
        part : {"reads", "writes"}
            Of the network.
        layer : int
            Its number.
        reverse : bool
            Its direction.

        Returns
        -------
        Walk or None
            None where the part has no such layer.
        """
        found = [w for w in self.walks(part) if w.layer == layer and w.reverse == reverse]
        return found[0] if found else None

    def is_double(self, part: str, layer: int) -> bool:
        """Whether a layer of a part walks in both directions.

        Parameters
        ----------
        part : {"reads", "writes"}
            Of the network.
        layer : int
            Its number.

        Returns
        -------
        bool
            Then its two rows of boxes stand apart.
        """
        return self.walk(part, layer, True) is not None and self.walk(part, layer, False) is not None

    @property
    def is_labelled(self) -> bool:
        """Whether each step has an output of its own."""
        return self.trace.shape not in ("many_to_one", "one_to_one")

    def shares(self) -> NDArray[np.float64]:
        """Find the share of each step in what goes up to the one output.

        Returns
        -------
        ndarray of float64, shape (T,)
            All of it at the last step where the trace does not say.
        """
        trace = self.trace
        if trace.pooling is not None:
            return np.asarray(trace.pooling, np.float64)
        shares = np.zeros(len(trace.tokens))
        if len(shares):
            shares[-1] = 1.0
        return shares


def with_index(name: str, index: int | None, x: float, y: float, size: float = 12.0) -> list[Mark]:
    """Write a letter with a number below its foot, as formulas have it.

    Parameters
    ----------
    name : str
        The letter.
    index : int or None
        The number.
    x, y : float
        Where the letter ends and the number begins, on the baseline.
    size : float
        Of the letter.

    Returns
    -------
    list of mark
        One or two texts.
    """
    letter = Text(x, y, name, size, "middle" if index is None else "end", colour=FLOW)
    return [letter] if index is None else [letter, Text(x + 0.5, y + 3, str(index), size * 0.75, colour=FLOW)]
