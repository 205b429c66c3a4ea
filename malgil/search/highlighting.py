"""Where in a raw text the words of a query stand, as spans in code points."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping

from malgil.search.splitting import Splitter, eojeols
from malgil.strings import string_array

_MOST = 2000  # eojeols of a text that are looked at without a hint that a term is in them

Spans = list[tuple[int, int]]


def highlights(text: str, terms: Mapping[str, Collection[str]], splitters: Mapping[str, Splitter]) -> Spans:
    """Find the places of terms in a text.

    Parameters
    ----------
    text : str
        Raw text in any form of composition.
    terms : mapping
        Name of a field -> terms that were looked for.
    splitters : mapping
        Name of a field -> its `Splitter`.

    Returns
    -------
    list of (int, int)
        Half-open spans in code points of the raw text, rising, neither touching nor overlapping. Pairs of syllables,
        which stand in many words, show only where nothing else does.
    """
    composed = unicodedata.normalize("NFC", text)
    words = eojeols(composed)
    lower = composed.lower()
    lower = lower if len(lower) == len(composed) else composed
    found: Spans = []
    for is_exact in (True, False):
        for field in (name for name in terms if splitters[name].shows_words == is_exact):
            found += _of_field(lower, words, set(terms[field]), splitters[field])
        if found:
            break
    spans = _joined(found)
    return spans if composed == text else _to_raw(text, spans)


def _of_field(text: str, words: Spans, terms: Collection[str], splitter: Splitter) -> Spans:
    hinted = [(low, high) for low, high in words if any(term in text[low:high] for term in terms)]
    found = [span for word in hinted for span in _of_word(text, word, terms, splitter)]
    if found or splitter.is_exact:
        return found
    return [span for word in words[:_MOST] for span in _of_word(text, word, terms, splitter)]


def _of_word(text: str, word: tuple[int, int], terms: Collection[str], splitter: Splitter) -> Spans:
    """Find terms in one eojeol; where a term is not written as it is (했 holds 하), all of the eojeol."""
    low, high = word
    found, place = [], low
    for term in splitter.whole(text[low:high]):
        begin = text.find(term, place, high)
        if begin >= 0:
            place = begin
        if term in terms:
            found.append((begin, begin + len(term)) if begin >= 0 else word)
    return found


def _joined(spans: Spans) -> Spans:
    joined: Spans = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _to_raw(text: str, spans: Spans) -> Spans:
    """Turn spans of the composed text into spans of the raw one."""
    from malgil.clean import Cleaner

    if not spans:
        return spans
    cleaned = Cleaner(["nfc"]).clean_block(string_array([text]))
    low, high = cleaned.to_raw([0] * len(spans), [s for s, _ in spans], [e for _, e in spans])
    return list(zip(low.tolist(), high.tolist(), strict=True))
