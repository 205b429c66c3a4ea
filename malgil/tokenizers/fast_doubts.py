"""Where the fast tagger hardly knew which label to choose, Kiwi may be asked: sentence by sentence.

What counts as doubtful depends on the sentence alone, so that no order of texts, no batch and no thread changes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, encode
from malgil.tokenizers.morphemes import Morphemes

CLOSE = 8
"""A label that wins by less is a close choice: some seven of a hundred; half of all win by 19 or more."""
MOST_CLOSE_RATIO = 0.3
"""Kiwi is asked about a sentence with more close choices a morpheme: a twelfth of the text of film reviews, which
brings agreement from 0.949 to 0.964; at 0.2 it is a fifth, and 0.975 (6,000 held-out reviews)."""
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
    close = np.concatenate([[0], np.cumsum(leads < CLOSE)])
    n_close = np.bincount(sentence, close[end] - close[start])
    asked = n_close > MOST_CLOSE_RATIO * np.bincount(sentence)
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
