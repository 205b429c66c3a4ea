"""Whatever the text, Kiwi's tokens keep the promises about spans."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from malgil.tokenizers.kiwi import KiwiTokenizer
from tests.strategies import texts as plain_texts

HARD = st.sampled_from(
    ["3다", "한다고 해", "ᆫ다", "됐다", "\u2800", "\u2800\u2800", "먹었어욥", "a\u0323\u0301", "豈", "각ᆨ"]
)
texts = st.lists(st.one_of(HARD, plain_texts), max_size=6).map("".join)


@given(st.lists(texts, max_size=4))
def test_spans_lie_inside_never_go_back_and_cover_what_is_visible(raw: list[str]) -> None:
    found = KiwiTokenizer().tokenize_block(pa.array(raw, pa.large_string()))
    assert found.n_docs == len(raw)
    for doc, text in enumerate(raw):
        spans = found.spans(doc)
        assert all(0 <= low < high <= len(text) for low, high in spans)
        assert all(before[0] <= after[0] for before, after in pairwise(spans))
        covered = {i for low, high in spans for i in range(low, high)}
        assert all(i in covered or char.isspace() for i, char in enumerate(text))


@given(st.lists(texts, max_size=3))
def test_a_block_is_its_texts_one_by_one(raw: list[str]) -> None:
    kiwi = KiwiTokenizer()
    found = kiwi.tokenize_block(pa.array(raw * 2, pa.large_string()))
    assert found.to_lists() == [kiwi.split(text) for text in raw] * 2


@given(texts)
def test_the_form_of_composition_does_not_show_in_the_tokens(raw: str) -> None:
    kiwi = KiwiTokenizer()
    assert kiwi.split(unicodedata.normalize("NFD", raw)) == kiwi.split(unicodedata.normalize("NFC", raw))


@given(texts)
def test_a_filter_only_takes_tokens_away(raw: str) -> None:
    block = pa.array([raw], pa.large_string())
    everything, content = (KiwiTokenizer(tags=tags).tokenize_block(block) for tags in ("all", "content"))
    assert everything.tags is not None and content.tags is not None
    rows = zip(everything.to_lists()[0], everything.tags.tolist(), everything.spans(0), strict=True)
    kept = set(content.tags.tolist())
    assert list(zip(content.to_lists()[0], content.tags.tolist(), content.spans(0), strict=True)) == [
        row for row in rows if row[1] in kept
    ]
