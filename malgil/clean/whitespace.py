"""White space: a run becomes one blank, none is left at the ends of a text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import BLANK, CodePoints, is_space, utf8
from malgil.edits import Edit


def needs_collapse(texts: pa.LargeStringArray) -> NDArray[np.bool_]:
    """Mark the texts with two blanks in a row, or one at an end; other white space is not looked for.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
        True where the text is not as `collapse` would leave it.
    """
    data, offsets = utf8(texts)
    marked = np.zeros(len(texts), np.bool_)
    if not len(data):
        return marked
    blank = data == BLANK
    double = np.flatnonzero(blank[1:] & blank[:-1])
    marked[np.searchsorted(offsets, double, side="right") - 1] = True
    filled = np.diff(offsets) > 0
    marked[filled] |= blank[offsets[:-1][filled]] | blank[offsets[1:][filled] - 1]
    return marked


def collapse(before: CodePoints) -> Edit | None:
    """Make one blank of every run of white space and take it away at the ends of the text.

    Parameters
    ----------
    before : CodePoints
        Any texts.

    Returns
    -------
    Edit or None
        ``None`` where nothing had to change. A blank maps back to its whole run.
    """
    space = is_space(before.points)
    opens = space.copy()
    opens[1:] &= ~space[:-1]
    starts = before.first_places()
    opens[starts] = space[starts]
    at_opens = np.flatnonzero(opens)
    row = before.rows_of(at_opens)
    ends = _run_ends(space, at_opens, before.indptr[row + 1])
    inner = (at_opens > before.indptr[row]) & (ends < before.indptr[row + 1])
    keep = ~space
    keep[at_opens[inner]] = True
    stays = inner & (ends - at_opens == 1) & (before.points[at_opens] == BLANK)
    if stays.all():
        return None
    changed = np.zeros(before.n_rows, np.bool_)
    changed[row[~stays]] = True
    first = np.flatnonzero(keep)
    last = np.arange(len(space))
    last[at_opens] = ends - 1
    points = np.where(space[first], np.uint32(BLANK), before.points[first])
    indptr = np.concatenate([[0], np.cumsum(keep)])[before.indptr]
    return Edit(CodePoints(points, indptr), first, last[first], changed)


def _run_ends(space: NDArray[np.bool_], at_opens: NDArray[np.int64], row_end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Place behind the last code point of each run: the next code point that is none, or the end of the text."""
    others = np.append(np.flatnonzero(~space), len(space))
    ends: NDArray[np.int64] = np.minimum(others[np.searchsorted(others, at_opens)], row_end)
    return ends
