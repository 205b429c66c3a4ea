"""What the fast way leaves out: short words and stop words, and n-grams that lead nowhere."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.codepoints import BLANK
from malgil.tokenizers.runs import Run
from malgil.vectorize.plan import Plan


def is_left_out(forms: pa.LargeStringArray, plan: Plan) -> NDArray[np.bool_]:
    """Tell which words are too short or stop words.

    Parameters
    ----------
    forms : pa.LargeStringArray
        Words.
    plan : Plan
        Says how short, and which.

    Returns
    -------
    ndarray of bool, shape (n_forms,)
        Whether each is left out.
    """
    left_out: NDArray[np.bool_] = np.zeros(len(forms), np.bool_)
    if plan.shortest > 1:
        left_out |= np.asarray(pc.less(pc.utf8_length(forms), plan.shortest)).astype(bool)
    words = [word for word in plan.stop_words if not any(0xD800 <= ord(char) < 0xE000 for char in word)]
    if words:
        left_out |= np.asarray(pc.is_in(forms, value_set=pa.array(words, pa.large_string()))).astype(bool)
    return left_out


def sorts_otherwise(run: Run) -> bool:
    """Tell whether joined words may sort otherwise than their parts, for a character that comes before the blank.

    Parameters
    ----------
    run : Run
        Words.

    Returns
    -------
    bool
        Whether some word is empty or has such a character.
    """
    octets = run.words.view(np.uint8)
    n_low = int(np.count_nonzero(octets <= BLANK)) - int((-run.lengths % 8).sum())  # padding is zero
    return n_low > 0 or int((run.lengths == 0).sum()) > 0


def without_dead_ends(
    run: NDArray[np.int32], columns: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Leave out n-grams that have no column and begin none that has.

    Parameters
    ----------
    run : ndarray of int32, shape (2, n_grams)
        Depth and last symbol of each, right before those that prolong it.
    columns : ndarray of int32, shape (n_grams,)
        Column of each, -1 where there is none.

    Returns
    -------
    run, columns : ndarray of int32
        Of those that stay.
    """
    alive = columns >= 0
    if bool(alive.all()):
        return run, columns
    for depth in range(int(run[0].max()) - 1, 0, -1):
        level = np.flatnonzero(run[0] <= depth)  # an n-gram of this depth owns what follows up to the next of these
        owned = np.logical_or.reduceat(alive, level)
        is_here = run[0][level] == depth
        alive[level[is_here]] |= owned[is_here]
    return np.ascontiguousarray(run[:, alive]), columns[alive]
