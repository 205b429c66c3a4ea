"""How many bands of how many rows find the pairs above a threshold, and how surely."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_MOST_ORDERS = 128


class Bands(NamedTuple):
    """The plan of a search for similar sets.

    Parameters
    ----------
    n_bands : int
        Keys of each text.
    n_rows : int
        Random orders whose first shingles make one key.
    """

    n_bands: int
    n_rows: int

    @property
    def n_orders(self) -> int:
        """Random orders in all."""
        return self.n_bands * self.n_rows

    def miss_ratio(self, jaccard: float) -> float:
        r"""Say how likely a pair of some similarity is to be missed.

        Parameters
        ----------
        jaccard : float
            Similarity of the pair, in [0, 1].

        Returns
        -------
        float
            Probability that no key is the same.

        Notes
        -----
        .. math:: (1 - J^r)^b

        References
        ----------
        .. [1] Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3rd edition, 2020, section 3.4.2.

        Examples
        --------
        >>> round(Bands(16, 6).miss_ratio(0.8), 4), round(Bands(16, 6).miss_ratio(0.9), 8)
        (0.0077, 5.4e-06)
        """
        return float((1.0 - jaccard**self.n_rows) ** self.n_bands)

    def orders(self, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Draw the random orders.

        Parameters
        ----------
        seed : int
            The same seed gives the same orders.

        Returns
        -------
        factors, offsets : ndarray of uint32, shape (n_orders,)
            The factors are odd.
        """
        drawn = np.random.default_rng(seed).integers(0, 1 << 32, (2, self.n_orders), np.uint32)
        return drawn[0] | np.uint32(1), drawn[1]


def choose_bands(threshold: float, miss_ratio: float) -> Bands:
    """Choose the longest keys, which give the fewest false candidates, that miss few enough pairs at the threshold.

    Parameters
    ----------
    threshold : float
        Least similarity wanted, in (0, 1].
    miss_ratio : float
        Largest chance to miss a pair at the threshold, in (0, 1).

    Returns
    -------
    Bands
        Of at most 128 orders, unless even keys of one row need more.

    Examples
    --------
    >>> choose_bands(0.8, 0.01), choose_bands(0.5, 0.01)
    (Bands(n_bands=16, n_rows=6), Bands(n_bands=35, n_rows=3))
    """
    chosen = Bands(1, 1)
    for n_rows in range(1, _MOST_ORDERS + 1):
        hit = threshold**n_rows
        n_bands = 1 if hit >= 1.0 else math.ceil(math.log(miss_ratio) / math.log1p(-hit))
        if n_rows > 1 and n_bands * n_rows > _MOST_ORDERS:
            break
        chosen = Bands(max(1, n_bands), n_rows)
    return chosen
