"""How long the documents are: a histogram with whole-number bins, and the numbers people ask for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_BINS = 40
SHORT_CHARS = 5
"""A document of fewer characters, but not blank, counts as very short."""

LONG_MEDIANS = 10
"""A document of more characters than this many medians counts as very long."""


@dataclass(frozen=True)
class Histogram:
    """Counts of whole numbers in bins of equal width.

    Parameters
    ----------
    width : int
        Numbers a bin covers; bin ``i`` covers ``i * width`` to ``(i + 1) * width - 1``.
    counts : list of int
        Documents in each bin.
    n_beyond : int
        Documents beyond the last bin.
    mean, median, p90, longest : float
        Of all documents; 0 where there are none. `median` and `p90` are values that occur (the lower ones).
    """

    width: int
    counts: list[int]
    n_beyond: int
    mean: float
    median: float
    p90: float
    longest: float


def histogram(values: NDArray[np.int32] | NDArray[np.int64]) -> Histogram:
    """Sort lengths into bins that reach to the 99.5 % quantile.

    Parameters
    ----------
    values : ndarray of int, shape (n_docs,)
        Lengths, >= 0.

    Returns
    -------
    Histogram
        At most `MAX_BINS` bins of width 1, 2, 5, 10, 20, 50 and so on.
    """
    if len(values) == 0:
        return Histogram(1, [0], 0, 0.0, 0.0, 0.0, 0.0)
    median, p90, far, longest = (
        int(value) for value in np.quantile(values, [0.5, 0.9, 0.995, 1.0], method="inverted_cdf")
    )
    width = _bin_width(far + 1)
    n_bins = far // width + 1
    counts = np.bincount(np.minimum(values // width, n_bins), minlength=n_bins + 1)
    mean = float(values.mean(dtype=np.float64))
    return Histogram(width, counts[:n_bins].tolist(), int(counts[n_bins]), mean, median, p90, longest)


def _bin_width(n_values: int) -> int:
    width, steps = 1, (2, 5, 10)
    scale = 1
    while n_values > MAX_BINS * width:
        for step in steps:
            width = scale * step
            if n_values <= MAX_BINS * width:
                break
        else:
            scale *= 10
    return width


def count_short_long(n_chars: NDArray[np.int32], is_blank: NDArray[np.bool_]) -> tuple[int, int, int]:
    """Count the very short and the very long documents.

    Parameters
    ----------
    n_chars : ndarray of int32, shape (n_docs,)
        Lengths in code points.
    is_blank : ndarray of bool, shape (n_docs,)
        Documents of nothing but white space, which are not counted as short.

    Returns
    -------
    n_short, n_long : int
        Documents shorter than `SHORT_CHARS`, documents longer than the third value.
    long_chars : int
        `LONG_MEDIANS` times the median, or times `SHORT_CHARS` where the median is below that.
    """
    if len(n_chars) == 0:
        return 0, 0, 0
    long_chars = LONG_MEDIANS * max(int(np.quantile(n_chars, 0.5, method="inverted_cdf")), SHORT_CHARS)
    n_short = int(np.count_nonzero((n_chars < SHORT_CHARS) & ~is_blank))
    return n_short, int(np.count_nonzero(n_chars > long_chars)), long_chars
