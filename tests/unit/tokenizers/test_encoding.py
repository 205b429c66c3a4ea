"""From a corpus to ids and a vocabulary."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from malgil.errors import DataError
from malgil.tokenizers import encode, encode_blocks, merge_forms, tokenizer
from malgil.tokens import Tokens

TEXTS = ["배우 연기 배우", "연기 The the", "", "가 나 다"]


def block(texts: list[str]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


class Log:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.calls: list[object] = []

    def start(self, stage: str, total: int | None) -> None:
        self.calls.append((stage, total))

    def advance(self, n: int) -> None:
        self.calls.append(n)

    def done(self) -> None:
        self.calls.append("done")


def test_terms_come_by_count_then_code_point() -> None:
    tokens, vocabulary = encode_blocks(tokenizer("word"), [block(TEXTS)])
    assert vocabulary.terms.to_pylist() == ["the", "배우", "연기", "가", "나", "다"]
    assert vocabulary.counts.tolist() == [2, 2, 2, 1, 1, 1]
    assert vocabulary.df.tolist() == [1, 1, 2, 1, 1, 1]
    assert tokens.ids.tolist() == [1, 2, 1, 2, 0, 0, 3, 4, 5]
    assert tokens.indptr.tolist() == [0, 3, 6, 6, 9]


@pytest.mark.parametrize("blocks", [[], [block([])], [block(["", " !"])]])
def test_a_corpus_without_tokens(blocks: list[pa.LargeStringArray]) -> None:
    tokens, vocabulary = encode_blocks(tokenizer("word"), blocks)
    assert (tokens.n_tokens, len(vocabulary), vocabulary.n_tokens) == (0, 0, 0)
    assert tokens.n_docs == vocabulary.n_docs == sum(map(len, blocks))


def test_terms_are_found_by_binary_search() -> None:
    _, vocabulary = encode_blocks(tokenizer("word"), [block(TEXTS)])
    assert [vocabulary.id_of(term) for term in ("the", "다", "없다")] == [0, 5, None]


def test_spans_are_left_out_on_request() -> None:
    tokens, _ = encode_blocks(tokenizer("word"), [block(TEXTS)], spans=False)
    assert tokens.start is None
    assert tokens.end is None


def test_progress_is_told_of_every_block() -> None:
    log = Log()
    encode_blocks(tokenizer("word"), [block(TEXTS), block(["가"])], 1, log)
    assert log.calls == [("tokens", None), 4, 1, "done"]


def test_progress_ends_where_a_text_is_refused() -> None:
    log = Log()
    broken = pa.LargeStringArray.from_buffers(1, pa.py_buffer(np.array([0, 1])), pa.py_buffer(b"\xff"))
    with pytest.raises(DataError, match="Text 4 "):
        encode_blocks(tokenizer("word"), [block(TEXTS), broken], 1, log)
    assert log.calls[-1] == "done"


def test_forms_that_differ_by_trailing_nul_are_two() -> None:
    tokens, vocabulary = encode_blocks(tokenizer("whitespace"), [block(["a\x00 a abcdefgh abcdefgh\x00"])])
    assert vocabulary.terms.to_pylist() == ["a", "a\x00", "abcdefgh", "abcdefgh\x00"]
    assert tokens.ids.tolist() == [1, 0, 2, 3]


def test_many_forms_with_one_prefix_are_sorted_to_their_ends() -> None:
    words = [f"같은접두사{n:04}" for n in range(3000)]
    _, vocabulary = encode_blocks(tokenizer("word"), [block([" ".join(words[::-1])])])
    assert vocabulary.terms.to_pylist() == words


def test_a_count_beyond_32_bits_still_orders() -> None:
    from malgil.tokenizers.runs import _by_count

    assert _by_count(np.array([1, 1 << 40, 1, 5])).tolist() == [1, 3, 0, 2]


def test_merging_keeps_tags_and_drops_forms_that_no_token_has() -> None:
    def part(forms: list[str], ids: list[int]) -> Tokens:
        n, span = len(ids), np.arange(len(ids), dtype=np.int32)
        tags = np.full(n, 1, np.uint8)
        return Tokens(block(forms), np.array(ids, np.int32), np.array([0, n]), span, span + 1, tags, ("NNG", "VV"))

    tokens, vocabulary = merge_forms([part(["하", "없는", "었"], [0, 2, 0]), part(["었"], [0])])
    assert vocabulary.terms.to_pylist() == ["었", "하"]
    assert tokens.to_lists() == [["하", "었", "하"], ["었"]]
    assert vocabulary.df.tolist() == [2, 1]
    assert tokens.tags is not None
    assert (tokens.tags.tolist(), tokens.tag_names) == ([1, 1, 1, 1], ("NNG", "VV"))
    assert tokens.spans(1) == [(0, 1)]


def test_ids_outside_the_form_table_are_refused() -> None:
    with pytest.raises(DataError):
        merge_forms([Tokens(block(["가"]), np.array([1], np.int32), np.array([0, 1]))])


def test_unknown_forms_become_minus_one() -> None:
    cut = tokenizer("word")
    _, vocabulary = encode_blocks(cut, [block(TEXTS)])
    found = encode(["THE 새 배우", ""], vocabulary, cut)
    assert found.ids.tolist() == [0, -1, 1]
    assert found.indptr.tolist() == [0, 3, 3]


def test_tokenize_takes_a_list() -> None:
    assert tokenizer("word").tokenize(["가 나", "나"], n_jobs=2).to_lists() == [["가", "나"], ["나"]]


def test_a_text_of_two_gigabytes_is_refused_before_it_is_read() -> None:
    n_bytes = 1 << 31
    # zeros that nobody touches take no memory
    buffers = [None, pa.py_buffer(np.array([0, 0, n_bytes])), pa.py_buffer(np.zeros(n_bytes, np.uint8))]
    texts = pa.Array.from_buffers(pa.large_string(), 2, buffers)
    with pytest.raises(DataError, match="Text 1 of its block"):
        tokenizer("word").tokenize_block(texts)
