"""Fields that suit the language of the documents, for an index of which nothing else was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from malgil.search.fields import TEXT, Field
from malgil.tokenizers.choice import KIWI_FROM, hangul_ratio

MIXED_FROM = 0.02
"""Share of Hangul among the letters above which texts are not English alone."""
BIGRAM_WEIGHT = 1.0
"""What pairs of syllables count beside morphemes."""
WORD_WEIGHT = 0.1
"""What an English word as it is written counts beside its stem."""
LOOKED_AT = 1 << 16
"""Documents that tell the language: the first ones."""


def default_fields(blocks: Iterable[pa.LargeStringArray], column: str = TEXT) -> dict[str, Field]:
    """Choose the fields of an index.

    Parameters
    ----------
    blocks : iterable of pa.LargeStringArray
        The documents; only the first `LOOKED_AT` are read.
    column : str
        The column that they come from.

    Returns
    -------
    dict
        Name -> `Field`. Korean, where more than 30 % of the letters are Hangul: morphemes with a meaning of their own
        (``"morpheme"``) and pairs of syllables (``"bigram"``). English: stems (``"english"``) and words as they are
        written (``"word"``). Mixed: both of these and pairs of syllables.

    Notes
    -----
    Each field has what the other lacks: morphemes bring 갔다 and 가는 together, pairs of syllables find 영화 in
    독립영화제 and names that no dictionary has. Their scores are added up. The weight was chosen on the titles of 3,691
    petitions as queries for their texts, where any from 0.7 to 1.5 is as good, and not on the questions of
    ``bench/search_quality.py``.

    Words as they are written put the exact form first among equals, and can be shown: nobody wants to be offered a
    stem such as "pictur". So they weigh little.

    Examples
    --------
    >>> list(default_fields([pa.array(["영화를 봤다"], pa.large_string())]))
    ['morpheme', 'bigram']
    """
    ratio = hangul_ratio(_first(blocks))
    bigram = Field("bigram", BIGRAM_WEIGHT, column)
    if ratio > KIWI_FROM:
        return {
            "morpheme": Field({"name": "kiwi", "tags": "content", "lowercase": True}, 1.0, column),
            "bigram": bigram,
        }
    english = {"english": Field("english", 1.0, column), "word": Field("word", WORD_WEIGHT, column)}
    return {**english, "bigram": bigram} if ratio > MIXED_FROM else english


def _first(blocks: Iterable[pa.LargeStringArray]) -> Iterator[pa.LargeStringArray]:
    left = LOOKED_AT
    for block in blocks:
        yield block.slice(0, left).drop_null()
        left -= len(block)
        if left <= 0:
            return
