"""What the architecture promises of tokens, for every tokeniser that there is, on any text."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from malgil.tokenizers import TOKENIZERS, encode_blocks, tokenizer
from malgil.tokens import Tokens
from tests import strategies
from tests.property.tokenizer_table import CORPUS, made

ODD = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "שלום עולם",
    "مرحبا",
    "가",
    "ᄒ\u1161ᆫ글",
    "ㅋㅋㅎㅠ",
    "👨‍👩‍👧 🇰🇷",
    "▁ ▁가",
    "İ ẞ",
    "\u0301a",
    "한a中",
]
every = pytest.mark.parametrize("name", list(TOKENIZERS))
slow = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def check(cut: object, texts: list[str], tokens: Tokens) -> None:
    """Hold tokens against the promises."""
    assert tokens.n_docs == len(texts)
    assert tokens.start is not None and tokens.end is not None
    assert len(tokens.start) == len(tokens.end) == tokens.n_tokens == tokens.indptr[-1]
    for doc, (text, forms) in enumerate(zip(texts, tokens.to_lists(), strict=True)):
        spans = tokens.spans(doc)
        assert all(0 <= low < high <= len(text) for low, high in spans), spans
        assert [low for low, _ in spans] == sorted(low for low, _ in spans)
        assert all(forms)
        if cut.covers_all:  # type: ignore[attr-defined]
            covered = {at for low, high in spans for at in range(low, high)}
            assert {at for at, char in enumerate(text) if not char.isspace()} <= covered
        if not cut.normalises:  # type: ignore[attr-defined]
            assert forms == [text[low:high] for low, high in spans]


@every
@slow
@given(texts=st.lists(st.one_of(strategies.texts, st.sampled_from(ODD)), max_size=5))
@example(texts=ODD)
@example(texts=[unicodedata.normalize("NFD", "한글을 각각 읽었다"), "가 " * 50])
def test_spans_lie_inside_rise_and_cover(name: str, texts: list[str]) -> None:
    cut = made(name)
    check(cut, texts, cut.tokenize_block(pa.array(texts, pa.large_string())))


@every
@slow
@given(text=strategies.texts)
def test_split_finds_the_same_forms(name: str, text: str) -> None:
    cut = made(name)
    assert cut.split(text) == cut.tokenize_block(pa.array([text], pa.large_string())).to_lists()[0]


@every
def test_the_parameters_make_an_equal_one(name: str) -> None:
    cut = made(name)
    again = tokenizer(**cut.params)
    assert again == cut
    assert again.tokenize(ODD).to_lists() == cut.tokenize(ODD).to_lists()


@every
def test_threads_and_blocks_leave_no_trace(name: str) -> None:
    cut, texts = made(name), [*CORPUS, *ODD] * 3
    whole = pa.array(texts, pa.large_string())
    results = []
    for n_jobs, size in ((1, 100), (2, 7), (3, 1)):
        blocks = (whole.slice(low, size) for low in range(0, len(texts), size))
        tokens, vocabulary = encode_blocks(cut, blocks, n_jobs)
        arrays = (tokens.ids, tokens.indptr, tokens.start, tokens.end, vocabulary.counts)
        results.append([np.asarray(array).tobytes() for array in arrays] + tokens.forms.to_pylist())
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("name", [name for name in TOKENIZERS if not name.startswith("kiwi")])
def test_ten_megabytes_on_one_line(name: str) -> None:
    cut = made(name)
    for text in ("가나다라마바 " * 200_000, "뷁" * 1_200_000):
        tokens = cut.tokenize_block(pa.array([text], pa.large_string()))
        assert tokens.end is not None
        assert int(tokens.end[-1]) == len(text.rstrip())
