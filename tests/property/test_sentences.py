"""Sentences: nothing lost, spans exact, and the kernels beside their slow twins."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from malgil import sentences
from malgil.codepoints import decode, to_str
from malgil.compose import compose_texts
from malgil.tokenizers import _border_kernels as kernels
from malgil.tokenizers.borders import score_places
from malgil.tokenizers.places import Places, find_places
from malgil.tokenizers.sentences import split_block
from tests import strategies
from tests.naive import tokenizers_sentences as naive

NAMES = "SPACE LINE SYMBOL HANGUL JAMO LOWER UPPER DIGIT LETTER".split()
NAMES += "PERIOD BANG DOTS TILDE FACE COMMA OPEN CLOSE OPEN_QUOTE CLOSE_QUOTE QUOTE TICK".split()
BITS = "HARD ONE_PERIOD ELLIPSIS JAMO_RUN TILDES FACES QUOTED BRACKETED NEW_LINE BLANK_LINE INNER".split()
PARTS = st.sampled_from(
    [
        "갔다",
        "했어요",
        "음",
        "Mr",
        "U.S.",
        "a",
        "B",
        "3.5",
        "1",
        ". ",
        ".",
        "!",
        "?",
        "..",
        "…",
        "~",
        "ㅋㅋ",
        "😀",
        ", ",
        " ",
        "\n",
        *[
            '"',
            "'",
            "`",
            "(",
            ")",
            "[2]",
            "“",
            "”",
            "<",
            ">",
            "「",
            "」",
            "라고 ",
            "^^",
            ";;",
            "\u1100\u1161",
            "أ",
            "\x00",
        ],
    ]
)
MESSY = st.lists(PARTS, max_size=14).map("".join)
TEXTS = st.one_of(strategies.texts, MESSY)


def places_of(texts: list[str]) -> Places:
    return find_places(decode(compose_texts(pa.array(texts, pa.large_string())).texts))


@given(texts=st.lists(TEXTS, max_size=5), lang=st.sampled_from(["auto", "ko", "en"]))
def test_every_visible_character_is_in_one_sentence(texts: list[str], lang: str) -> None:
    found = sentences(texts, lang)  # type: ignore[arg-type]
    assert len(found) == len(texts)
    for text, rows in zip(texts, found, strict=True):
        at = 0
        for sentence in rows:
            assert sentence.text == text[sentence.start : sentence.end] == sentence.text.strip()
            assert sentence.text
            assert not text[at : sentence.start].strip()
            at = sentence.end
        assert not text[at:].strip()


@given(texts=st.lists(TEXTS, max_size=5))
def test_neighbours_and_threads_change_nothing(texts: list[str]) -> None:
    together = sentences(texts, n_jobs=1)
    assert together == [sentences([text], n_jobs=2)[0] for text in texts]


@given(text=MESSY)
def test_decomposed_text_is_cut_at_the_same_places(text: str) -> None:
    composed, apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    cut = [unicodedata.normalize("NFC", sentence.text) for sentence in sentences([apart])[0]]
    assert cut == [sentence.text for sentence in sentences([composed])[0]]


@given(texts=st.lists(MESSY, min_size=1, max_size=4))
def test_find_places(texts: list[str]) -> None:
    places = places_of(texts)
    wanted = []
    for row in range(len(texts)):
        low, high = places.texts.indptr[row], places.texts.indptr[row + 1]
        kinds = [NAMES[kind] for kind in places.kinds[low:high]]
        wanted += [(row, *place) for place in naive.find_places(places.texts.text(row), kinds)]
    base = places.texts.indptr[places.rows]
    marks = [frozenset(name for name in BITS if bits & getattr(kernels, name)) for bits in places.marks.tolist()]
    columns = (places.rows.tolist(), (places.left - base).tolist(), (places.right - base).tolist(), marks)
    assert list(zip(*columns, strict=True)) == wanted


@given(text=MESSY, seed=st.integers(0, 9))
def test_add_weights_and_hash_features(text: str, seed: int) -> None:
    places = places_of([text])
    weights = np.random.default_rng(seed).integers(-100, 100, 1 << 10).astype(np.int16)
    folded = to_str(places.folded)
    found = [
        naive.Place(left, right, frozenset())
        for left, right in zip(places.left.tolist(), places.right.tolist(), strict=True)
    ]
    assert score_places(places, weights).tolist() == naive.add_weights(folded, found, weights.tolist())
    out = np.empty(kernels.N_FEATURES, np.int64)
    for place in found:
        kernels.hash_features(places.folded, places.kinds, 0, len(folded), place.left, place.right, 1023, out)
        assert out.tolist() == naive.hash_features(folded, place.left, place.right, 1023)


def test_an_empty_block() -> None:
    assert len(split_block(pa.array([], pa.large_string())).rows) == 0
