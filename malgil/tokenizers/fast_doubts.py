"""Where the fast tagger hardly knew which label to choose, Kiwi may be asked: sentence by sentence.

What counts as doubtful depends on the sentence alone, so that no order of texts, no batch and no thread changes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, encode
from malgil.tokenizers.morphemes import Morphemes

SURE = 11
"""A label that wins by this much or more is right in all but a few cases in a hundred."""
WRONG_RATIO = 0.055
"""What each point less adds to the chance that a morpheme is wrong: 0.6 for a tie (20,000 held-out film reviews)."""
MOST_WRONG_RATIO = 0.08
"""Kiwi is asked about a sentence that is thought to have more wrong morphemes than this share, and one besides: of a
short one there is little to gain. A twelfth of the text, in film reviews and petitions alike."""
_STOPS = np.frombuffer(".!?…\n".encode("utf-32-le"), np.uint32)


def replace_doubtful(found: Morphemes, texts: CodePoints, leads: NDArray[np.int32], kiwi: Any) -> Morphemes:
    """Put Kiwi's morphemes in the place of those of doubtful sentences.

    Parameters
    ----------
    found : Morphemes
        Of the fast tagger.
    texts : CodePoints
        What it was given.
    leads : ndarray of int32, shape (n_points,)
        By how much each label won.
    kiwi : kiwipiepy.Kiwi
        Who is asked.

    Returns
    -------
    Morphemes
        In the order of the texts; together they cover what `found` covers.
    """
    from malgil.tokenizers.kiwi import analyse_distinct

    row = np.repeat(np.arange(len(found.lengths)), found.lengths)
    base = texts.indptr[row].astype(np.int64)
    start, end = found.start + base, found.end + base
    first = _sentence_starts(start, end, row, texts.points)
    sentence = np.cumsum(first) - 1
    doubts = np.concatenate([[0], np.cumsum(np.maximum(SURE - leads, 0))])
    n_wrong = WRONG_RATIO * np.bincount(sentence, doubts[end] - doubts[start])
    asked = n_wrong > MOST_WRONG_RATIO * np.bincount(sentence) + 1
    if not asked.any():
        return found
    low, last_row = start[first], row[first]
    high = np.minimum(np.append(low[1:], len(texts.points)), texts.indptr[last_row + 1])
    pieces = [texts.points[a:b] for a, b in zip(low[asked].tolist(), high[asked].tolist(), strict=True)]
    indptr = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(np.int64)
    told = analyse_distinct(encode(CodePoints(np.concatenate(pieces), indptr)), kiwi)
    shift, told_row = np.repeat(low[asked], told.lengths), np.repeat(last_row[asked], told.lengths)
    stays = ~asked[sentence]
    return _merge(found, (start, end, row), stays, told, (told.start + shift, told.end + shift, told_row), texts)


def _sentence_starts(
    start: NDArray[np.int64], end: NDArray[np.int64], row: NDArray[np.int64], points: NDArray[np.uint32]
) -> NDArray[np.bool_]:
    """Tell which morphemes begin a sentence: after a stop and white space, with no morpheme across the border."""
    if not len(start):
        return np.zeros(0, np.bool_)
    reach = np.maximum.accumulate(end)[:-1]
    apart = (row[1:] > row[:-1]) | (
        (reach < start[1:]) & (np.isin(points[reach - 1], _STOPS) | np.isin(points[start[1:] - 1], _STOPS))
    )
    return np.concatenate([[True], apart])


_Places = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def _merge(
    found: Morphemes, at: _Places, stays: NDArray[np.bool_], told: Morphemes, told_at: _Places, texts: CodePoints
) -> Morphemes:
    """Sort what stays and what was told into one; `at` are starts and ends in all texts, and rows."""
    place = {form: i for i, form in enumerate(found.forms)}
    new = np.array([place.setdefault(form, len(place)) for form in told.forms], np.int32)
    start, end, row = (np.concatenate([one[stays], other]) for one, other in zip(at, told_at, strict=True))
    ids, tags = np.concatenate([found.ids[stays], new[told.ids]]), np.concatenate([found.tags[stays], told.tags])
    order = np.argsort(start, kind="stable")
    start, end, row = start[order], end[order], row[order]
    base = texts.indptr[row].astype(np.int64)
    lengths = np.bincount(row, minlength=len(found.lengths)).astype(np.int64)
    return Morphemes(list(place), ids[order].astype(np.int32), tags[order], start - base, end - base, lengths)
