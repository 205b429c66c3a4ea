"""Texts and arrays for property tests: Hangul in every form, other scripts, what breaks offsets."""

from __future__ import annotations

import unicodedata

import numpy as np
from hypothesis import strategies as st

from malgil.ragged import Ragged

SYLLABLES = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
LONE_JAMO = st.sampled_from("ㄱㄲㄴㄷㅋㅎㅠㅜㅏㅑᄀ하ᅵᆨᇂ")
EMOJI = st.sampled_from(["😀", "👍🏽", "👨‍👩‍👧", "🇰🇷", "❤️", "☺"])
LETTERS = st.sampled_from("abcXYZİıßΣσςéÉñÅ中文かカдЖאبक्ष０１٣")
MARKS = st.sampled_from(["_", "-", "'", ".", ",", "!", "…", "“", "~", "@", "\u0301", "\u0307", "\u200d", "\ufeff"])
BLANKS = st.sampled_from([" ", "\t", "\n", "\r\n", "\u3000", "\u00a0", "\u2028", "\u200b", "\x1c", "\x00"])
DIGITS = st.sampled_from("0123456789")

_piece = st.one_of(
    st.text(SYLLABLES, min_size=1, max_size=4),
    st.text(SYLLABLES, min_size=1, max_size=3).map(lambda text: unicodedata.normalize("NFD", text)),
    LONE_JAMO,
    EMOJI,
    LETTERS,
    MARKS,
    BLANKS,
    DIGITS,
    st.sampled_from(["ㅋㅋㅋㅋ", "재밌다", "이 영화", "안 좋아요", "the Movie", "A.I.", "http://example.com/가?x=1"]),
    st.characters(codec="utf-8"),
)

texts = st.lists(_piece, max_size=12).map("".join)
corpora = st.lists(texts, max_size=8)


@st.composite
def raggeds(draw: st.DrawFn, max_docs: int = 8, max_terms: int = 6) -> tuple[Ragged, int]:
    """Draw an encoded corpus and the size of its vocabulary; documents may be empty."""
    n_terms = draw(st.integers(1, max_terms))
    docs = draw(st.lists(st.lists(st.integers(0, n_terms - 1), max_size=10), max_size=max_docs))
    indptr = np.cumsum([0, *(len(doc) for doc in docs)], dtype=np.int64)
    ids = np.array([term for doc in docs for term in doc], dtype=np.int32)
    return Ragged(ids, indptr), n_terms
