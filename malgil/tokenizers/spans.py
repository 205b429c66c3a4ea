"""Spans that keep the house's promise: inside the text, never empty, never going back, nothing visible left out.

Kiwi puts a morpheme that was contracted away (the 하 of "먹는대") between two characters, as an empty span, and may
start the next one before it; and it takes a few code points for white space that Python does not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]


def straighten(
    start: Places, end: Places, row: Places, borders: Places, space: NDArray[np.bool_]
) -> tuple[Places, Places]:
    """Give every token a span that is not empty and does not begin before the last one.

    The texts follow one another on one axis of code points.

    Parameters
    ----------
    start, end : ndarray of int64, shape (n_tokens,)
        Spans on the axis as they came; every text with a token has a code point.
    row : ndarray of int64, shape (n_tokens,)
        Text of each token, rising.
    borders : ndarray of int64, shape (n_texts + 1,)
        Borders of the texts on the axis.
    space : ndarray of bool, shape (n_points,)
        Which code points are white space.

    Returns
    -------
    start, end : ndarray of int64, shape (n_tokens,)
        An empty span takes in the code point before it, or where there is none or a white space, the one behind it. A
        span that begins too early is cut, down to one code point.
    """
    empty = np.flatnonzero(end <= start)
    if len(empty):
        start, end = start.copy(), end.copy()
        at, low, high = start[empty], borders[row[empty]], borders[row[empty] + 1]
        behind = np.minimum(at, high - 1)
        ahead = np.maximum(at - 1, low)
        start[empty] = np.where(space[ahead] & ~space[behind], behind, ahead)
        end[empty] = start[empty] + 1
    start = np.maximum.accumulate(start)  # texts follow one another, so this never reaches over a border
    return start, np.maximum(end, start + 1)


def uncovered(start: Places, end: Places, borders: Places, visible: NDArray[np.bool_]) -> tuple[Places, Places]:
    """Find the runs of visible code points that no token covers.

    Parameters
    ----------
    start, end : ndarray of int64, shape (n_tokens,)
        Spans on the axis.
    borders : ndarray of int64, shape (n_texts + 1,)
        Borders of the texts on the axis; no run reaches over one.
    visible : ndarray of bool, shape (n_points,)
        Which code points are not white space.

    Returns
    -------
    start, end : ndarray of int64, shape (n_runs,)
        The runs.
    """
    n = len(visible)
    depth = np.bincount(start, minlength=n + 1) - np.bincount(end, minlength=n + 1)
    missing = visible & (np.cumsum(depth[:n]) <= 0)
    if not missing.any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    is_border = np.zeros(n + 1, np.bool_)
    is_border[borders] = True
    opens = missing & ~np.append(False, missing[:-1])
    opens |= missing & is_border[:n]
    closes = missing & ~np.append(missing[1:], False)
    closes |= missing & is_border[1:]
    return np.flatnonzero(opens), np.flatnonzero(closes) + 1
