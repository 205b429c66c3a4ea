"""Where sentences end: the places that come into question, and the decision on each.

A full stop, a question mark or an exclamation mark ends a sentence unless English or a number says otherwise
(`malgil.tokenizers.stops`). Where there is none, Korean still shows the end of a sentence by its verb's ending: a
logistic regression weighs the characters on both sides of the gap, and softer marks (ㅋㅋ, ~, ..., emoji, a new line)
add their share. Nothing ends within a pair of brackets or quotation marks.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import CodePoints
from malgil.errors import ArtefactError
from malgil.tokenizers.endings import add_endings
from malgil.tokenizers.places import Places, find_places
from malgil.tokenizers.stops import goes_on

WEIGHTS = Path(__file__).parent / "data" / "sentence_borders.npz"
"""Made by ``tools/sentence_borders.py``."""

SCALE = 1000
"""Weights are whole numbers, so that every machine finds the same borders: thousandths of a nat."""

SHARES = {"ELLIPSIS": 4000, "JAMO_RUN": 2500, "TILDES": 2500, "FACES": 2500, "NEW_LINE": 1500, "INNER": -500}
"""What a mark that may or may not end a sentence adds to the score of its place, thousandths of a nat."""
INNER_STOP = 4000
"""What a full stop with no white space behind it adds: 했다.그래서 ends there, 전.후 does not."""

CONFIDENT = 1500
"""Score from which on a gap without a mark counts as a full stop left out."""
USUAL_OMISSION = 0.35
"""Share of full stops that the writers of the model's examples leave out."""
STRICT = -1500
"""Habit from which on downwards endings of dialects are not looked for: a careful writer's text is standard Korean."""
STRICTEST, LOOSEST = -3000, 1000
"""Bounds of what a writer's habit adds to each place."""

_FIRST_SYLLABLE, _LAST_SYLLABLE, _BIEUP = ord("가"), ord("힣"), 17
_QUOTING = tuple(map(ord, "라고하는이만란며"))
"""How 라고, 하며, 이라는 and their like begin, which take what stands before them as somebody's words."""


def score_places(places: Places, weights: NDArray[np.int16]) -> NDArray[np.int64]:
    """Sum up what the characters around each place say.

    Parameters
    ----------
    places : Places
        From `find_places`.
    weights : ndarray of int16
        From `load_weights`.

    Returns
    -------
    ndarray of int64, shape (n_places,)
        Log-odds of a border as if no mark stood there, thousandths of a nat.
    """
    from malgil.tokenizers import _border_kernels as kernels

    scores = np.empty(len(places.rows), np.int64)
    kernels.add_weights(
        places.folded,
        places.kinds,
        places.texts.indptr,
        places.rows,
        places.left,
        places.right,
        weights,
        scores,
    )
    return scores


class Model(NamedTuple):
    """The logistic regression, in thousandths of a nat.

    Parameters
    ----------
    weights : ndarray of int16, shape (a power of two,)
        Of what stands on both sides of a place.
    bias : int
        What every place gets.
    """

    weights: NDArray[np.int16]
    bias: int


@cache
def load_weights() -> Model:
    """Read the model that ships with the package, once a process.

    Returns
    -------
    Model
        Read only.

    Raises
    ------
    ArtefactError
        If the file is damaged or missing.
    """
    try:
        with WEIGHTS.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            model = _unpack(arrays)
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        raise ArtefactError("sentences.weights_damaged", path=WEIGHTS, reason=error) from error
    model.weights.flags.writeable = False
    return model


def _unpack(arrays: Mapping[str, NDArray[Any]]) -> Model:
    """Lay the weights out that are not zero."""
    values, size = arrays["values"], int(arrays["size"])
    places = np.cumsum(arrays["steps"].astype(np.int64))
    if size <= 0 or size & (size - 1) or places.shape != values.shape or (len(places) and places[-1] >= size):
        raise ValueError(f"{len(values)} weights do not fit a table of {size}")
    weights = np.zeros(size, np.int16)
    weights[places] = values.astype(np.int16) * int(arrays["step"])
    return Model(weights, int(arrays["bias"]))


def find_borders(texts: CodePoints, *, korean: bool = True) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find where sentences begin, the first of each text aside.

    Parameters
    ----------
    texts : CodePoints
        Composed (NFC) texts.
    korean : bool
        Whether Korean endings may end a sentence without a full stop.

    Returns
    -------
    rows : ndarray of int64, shape (n_borders,)
        Texts, rising.
    right : ndarray of int64, shape (n_borders,)
        First code point of a sentence, on the flat axis, rising.
    """
    places = find_places(texts)
    ends = decide(places, korean=korean)
    return places.rows[ends], places.right[ends]


def decide(places: Places, *, korean: bool = True) -> NDArray[np.bool_]:
    """Decide on each place.

    Parameters
    ----------
    places : Places
        From `find_places`.
    korean : bool
        Whether Korean endings may end a sentence without a full stop.

    Returns
    -------
    ndarray of bool, shape (n_places,)
        Whether a sentence ends there.
    """
    from malgil.tokenizers import _border_kernels as kernels

    marks, kinds = places.marks, places.kinds
    before, after = kinds[places.left - 1], kinds[places.right]
    hard, quoted, inner = ((marks & bit) != 0 for bit in (kernels.HARD, kernels.QUOTED, kernels.INNER))
    soft = (marks & (kernels.ELLIPSIS | kernels.JAMO_RUN | kernels.TILDES | kernels.FACES)) != 0
    hangul = before == kernels.HANGUL
    sure = hard & ~inner | soft & ~hangul & ~inner & (after == kernels.UPPER)
    open_ = ~hard & ~quoted & (hangul | soft & (after == kernels.HANGUL)) | hard & inner & ~quoted & hangul
    open_ &= (before != kernels.COMMA) & korean
    blank = (marks & kernels.BLANK_LINE) != 0
    reported = np.isin(places.texts.points[places.right], (ord("라"), ord("이")))
    doubtful = (sure | open_) & (hard | soft) & ~blank
    doubtful &= quoted | reported | ~hangul | _lone(places) | (after == kernels.LOWER)
    on = np.flatnonzero(doubtful)
    on = on[goes_on(places, on)]
    sure[on] = open_[on] = False
    sure |= blank
    if not korean:
        return np.asarray(sure)
    model = load_weights()
    score = score_places(places, model.weights) + model.bias
    missing = hangul & open_ & ~hard & ~soft & (score > CONFIDENT)
    habit = _habit(places, hard & ~inner, missing)
    habit = np.where(_is_formal(places), np.maximum(habit, 0), habit)
    score += _shares(marks) + np.where((marks & (kernels.ELLIPSIS | kernels.JAMO_RUN | kernels.FACES)) != 0, 0, habit)
    score += np.where(hard & inner, INNER_STOP, 0)
    add_endings(places.texts.points, places.left, places.texts.indptr[places.rows], score, open_ & (habit > STRICT))
    ends: NDArray[np.bool_] = sure | open_ & (score > 0)
    return ends


def _lone(places: Places) -> NDArray[np.bool_]:
    """Tell whether one character stands alone before the place, as in 가. 나. 다."""
    from malgil.tokenizers import _border_kernels as kernels

    starts = places.texts.indptr[places.rows]
    before = np.where(places.left - 2 < starts, kernels.SPACE, places.kinds[np.maximum(places.left - 2, 0)])
    lone: NDArray[np.bool_] = before <= kernels.LINE
    return lone


def _is_formal(places: Places) -> NDArray[np.bool_]:
    """Tell which places follow -ㅂ니다, -ㅂ니까, -세요 or -십시오 and no word that quotes begins there.

    These endings join no clauses: however careful the writer, the sentence is over, or somebody is quoted.
    """
    from malgil.tokenizers import _border_kernels as kernels

    points, left, right = places.texts.points, places.left, places.right
    starts = places.texts.indptr[places.rows]
    last, second, third = (np.where(left - k >= starts, points[np.maximum(left - k, 0)], 0) for k in (1, 2, 3))
    has_bieup = (third >= _FIRST_SYLLABLE) & (third <= _LAST_SYLLABLE) & ((third - _FIRST_SYLLABLE) % 28 == _BIEUP)
    formal = (second == ord("니")) & np.isin(last, (ord("다"), ord("까"))) & has_bieup
    formal |= (last == ord("요")) & (second == ord("세"))
    formal |= (last == ord("오")) & (second == ord("시")) & (third == ord("십"))
    is_word = places.kinds[right] < kernels.PERIOD
    is_formal: NDArray[np.bool_] = formal & is_word & ~np.isin(points[right], _QUOTING)
    return is_formal


def _habit(places: Places, hard: NDArray[np.bool_], missing: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Tell what the writer's way with full stops says: log-odds of leaving one out, against what is usual.

    Who has not left out one in a whole article does not mean the end of a sentence by the next ending either; who
    writes none at all does.
    """
    from malgil.tokenizers import _border_kernels as kernels

    indptr, kinds = places.texts.indptr, places.kinds
    n_rows = places.texts.n_rows
    n_missing = np.bincount(places.rows, missing, n_rows)
    n_hard = np.bincount(places.rows, hard, n_rows)
    last = np.maximum.accumulate(np.where(kinds > kernels.LINE, np.arange(len(kinds)), 0))
    full = np.diff(indptr) > 0
    n_hard[full] += np.isin(kinds[last[indptr[1:][full] - 1]], (kernels.PERIOD, kernels.BANG))
    omission = (n_missing + 0.5) / (n_missing + n_hard + 1)
    share = np.rint(SCALE * np.log(omission / USUAL_OMISSION)).astype(np.int64)
    shares: NDArray[np.int64] = np.clip(share, STRICTEST, LOOSEST)[places.rows]
    return shares


def _shares(marks: NDArray[np.int64]) -> NDArray[np.int64]:
    from malgil.tokenizers import _border_kernels as kernels

    total = np.zeros(len(marks), np.int64)
    for name, share in SHARES.items():
        total += np.where(marks & getattr(kernels, name), share, 0)
    return total
