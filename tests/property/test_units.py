"""Code points, characters and letters: beside a slow twin, put together again, and beside a peer's clusters."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.codepoints import decode
from malgil.ngram.joining import join_words
from malgil.tokenizers import encode_blocks, tokenizer
from malgil.tokenizers.clusters import cluster_starts
from tests import strategies
from tests.naive import tokenizers as naive

NAMES = ("char", "syllable", "jamo")
HARD = st.text(
    st.sampled_from(
        "가각한ㄱㅏ\u1100\u1112\u115f\u1161\u1176\u11a7\u11a8\u11ff\ua960\ud7b0\ud7cb\u302e▁ \n\u3000\x00\u00ad"
        "aİΣé\u0301\u0323\u0308\u200c\u200d\ufe0f❤👩🏽🇰🇷↔\U000e0067\uff9e\u0f71\u0f80"
    ),
    max_size=14,
)
TEXTS = st.one_of(strategies.texts, HARD)
every_name = pytest.mark.parametrize("name", NAMES)


def strings(texts: list[str]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


@every_name
@given(texts=st.lists(TEXTS, max_size=5), blanks=st.booleans(), lowercase=st.booleans())
def test_units(name: str, texts: list[str], blanks: bool, lowercase: bool) -> None:
    tokens = tokenizer(name, blanks=blanks, lowercase=lowercase).tokenize_block(strings(texts))
    assert tokens.to_lists() == [naive.units(text, name, blanks=blanks, lowercase=lowercase) for text in texts]
    assert len(set(tokens.forms.to_pylist())) == len(tokens.forms)


@every_name
@given(texts=st.lists(TEXTS, max_size=4), blanks=st.booleans())
def test_spans_cover_all_that_can_be_seen_and_never_go_back(name: str, texts: list[str], blanks: bool) -> None:
    cut = tokenizer(name, blanks=blanks)
    tokens = cut.tokenize_block(strings(texts))
    for doc, text in enumerate(texts):
        spans = tokens.spans(doc)
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert [start for start, _ in spans] == sorted(start for start, _ in spans)
        covered = {place for start, end in spans for place in range(start, end)}
        assert covered >= {place for place, char in enumerate(text) if not char.isspace()}
        if not cut.normalises:
            assert [text[start:end] for start, end in spans] == tokens.to_lists()[doc]


@given(text=TEXTS)
def test_a_composed_text_has_its_syllables_in_their_spans(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    tokens = tokenizer("syllable").tokenize_block(strings([text]))
    assert [text[start:end] for start, end in tokens.spans(0)] == tokens.to_lists()[0]


@every_name
@given(text=TEXTS)
def test_split_finds_the_forms_of_a_block(name: str, text: str) -> None:
    cut = tokenizer(name, blanks=True)
    assert cut.split(text) == cut.tokenize_block(strings([text])).to_lists()[0]


@every_name
@given(text=TEXTS)
def test_units_join_to_the_text_with_one_blank_for_white_space(name: str, text: str) -> None:
    cut = tokenizer(name, blanks=True)
    wanted = text if name == "char" else unicodedata.normalize("NFC", text)
    assert join_words(cut, cut.split(text)).text == " ".join(wanted.split())


@every_name
@given(text=TEXTS, data=st.data())
def test_a_text_can_be_written_on_from_any_unit(name: str, text: str, data: st.DataObject) -> None:
    cut = tokenizer(name, blanks=True)
    forms = cut.split(unicodedata.normalize("NFC", text).strip())
    at = data.draw(st.integers(0, len(forms)))
    left = join_words(cut, forms[:at]).text
    whole = join_words(cut, forms[at:], forms[:at]).after(left)
    assert unicodedata.normalize("NFC", whole) == join_words(cut, forms).text


@given(text=TEXTS, name=st.sampled_from(["syllable", "jamo"]))
def test_composed_and_decomposed_texts_have_the_same_forms(text: str, name: str) -> None:
    cut = tokenizer(name, blanks=True)
    assert cut.split(unicodedata.normalize("NFD", text)) == cut.split(unicodedata.normalize("NFC", text))


@every_name
@given(texts=st.lists(TEXTS, max_size=8), cuts=st.lists(st.integers(0, 8), max_size=3), n_jobs=st.integers(1, 3))
def test_neither_blocks_nor_workers_change_the_result(
    name: str, texts: list[str], cuts: list[int], n_jobs: int
) -> None:
    borders = sorted([0, *(min(cut, len(texts)) for cut in cuts), len(texts)])
    whole = strings(texts)
    one, vocabulary = encode_blocks(tokenizer(name), [whole], 1)
    blocks = [whole.slice(low, high - low) for low, high in pairwise(borders)]
    other, same = encode_blocks(tokenizer(name), blocks, n_jobs)
    assert vocabulary.terms.to_pylist() == same.terms.to_pylist()
    assert (one.ids.tolist(), one.indptr.tolist()) == (other.ids.tolist(), other.indptr.tolist())
    assert [one.spans(doc) for doc in range(len(texts))] == [other.spans(doc) for doc in range(len(texts))]


@every_name
@given(data=st.lists(st.one_of(st.binary(max_size=4), st.just("가".encode())), min_size=1, max_size=4))
def test_bytes_that_are_not_utf8_are_refused_with_their_row(name: str, data: list[bytes]) -> None:
    offsets = np.cumsum([0, *map(len, data)], dtype=np.int64)
    raw = pa.LargeStringArray.from_buffers(len(data), pa.py_buffer(offsets), pa.py_buffer(b"".join(data)))
    texts: list[str] = []
    try:
        texts += [text.decode() for text in data]
    except UnicodeDecodeError:
        bad = next(row for row, text in enumerate(data) if text.decode(errors="ignore").encode() != text)
        with pytest.raises(ValueError, match=f"Text {bad} .*UTF-8"):
            tokenizer(name).tokenize_block(raw)
    else:
        assert tokenizer(name).tokenize_block(raw).to_lists() == [naive.units(text, name) for text in texts]


@given(
    text=st.text(
        st.sampled_from(
            "가각한ㄱ\u1100\u1112\u115f\u1161\u1176\u11a7\u11a8\u11ff\ua960\ud7b0\ud7cb\u302ea中\u0301\u0308👩🏽🇰🇷\uff9e"
        ),
        max_size=14,
    )
)
def test_clusters_are_those_of_unicode(text: str) -> None:
    regex = pytest.importorskip("regex")
    starts = np.flatnonzero(cluster_starts(decode(strings([text])))).tolist()
    assert starts == [found.start() for found in regex.finditer(r"\X", text)]


@given(
    st.lists(st.sampled_from(["👨\u200d👩\u200d👧", "👍🏽", "🇰🇷", "❤️", "🏴\U000e0067\U000e007f", "🙂\u200d↔️", "한"]))
)
def test_emoji_stay_whole(parts: list[str]) -> None:
    assert tokenizer("syllable").split("".join(parts)) == [unicodedata.normalize("NFC", part) for part in parts]
