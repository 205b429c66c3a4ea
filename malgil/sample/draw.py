"""Random draws for the sample corpus: one seeded stream, served to plain Python code in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_BULK = 65_536


class Draw:
    """Uniform numbers of one NumPy generator, handed out one at a time without NumPy's cost per call.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source; the draws depend on its state only.
    bulk : int
        Numbers that are drawn at a time; few for a stream that is soon thrown away. The draws are the same.

    Attributes
    ----------
    unit : callable
        Returns the next number in [0, 1).
    """

    def __init__(self, rng: np.random.Generator, bulk: int = _BULK) -> None:
        # The bare iterator's step: a method around it would double the cost of a draw.
        self.unit: Callable[[], float] = chain.from_iterable(_bulks(rng, bulk)).__next__

    def pick(self, items: Sequence[T]) -> T:
        """Return one of `items` (not empty), each equally likely.

        Parameters
        ----------
        items : sequence
            Not empty.

        Returns
        -------
        object
            One of the items.
        """
        return items[int(self.unit() * len(items))]

    def below(self, n: int) -> int:
        """Return a whole number in [0, n).

        Parameters
        ----------
        n : int
            At least 1.

        Returns
        -------
        int
            Each number equally likely.
        """
        return int(self.unit() * n)

    def chance(self, p: float) -> bool:
        """Return True with probability `p`.

        Parameters
        ----------
        p : float
            In [0, 1].

        Returns
        -------
        bool
            Whether it happened.
        """
        return self.unit() < p


def _bulks(rng: np.random.Generator, n: int) -> Iterator[list[float]]:
    while True:
        yield rng.random(n).tolist()
