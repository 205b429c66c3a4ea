"""Blocks, lines, ids: the fast versions say what the slow ones say, however the input is cut."""

from __future__ import annotations

from itertools import pairwise
from unittest import mock

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from malgil.corpus import as_texts, blocks
from malgil.corpus.encodings import Encoding, _first_fault, to_utf8
from malgil.corpus.ids import first_duplicate, hash_strings, suspects
from malgil.corpus.lines import whole_lines
from tests.naive import corpus as naive
from tests.strategies import corpora, texts

cuts = st.lists(st.integers(0, 200), max_size=6)


def cut(data: bytes, at: list[int]) -> list[bytes]:
    borders = sorted({0, len(data), *(position for position in at if position < len(data))})
    return [data[start:end] for start, end in pairwise(borders)]


def strings(values: list[str]) -> pa.LargeStringArray:
    return pa.array(values, pa.large_string())


@given(st.lists(texts, max_size=20), cuts, st.integers(1, 5), st.integers(1, 60))
def test_blocks_depend_on_the_documents_alone(values: list[str], at: list[int], rows: int, n_bytes: int) -> None:
    whole = pa.RecordBatch.from_arrays([strings(values)], ["text"])
    borders = sorted({0, len(values), *(position for position in at if position < len(values))})
    parts = [whole.slice(start, end - start) for start, end in pairwise(borders)]
    with mock.patch.multiple(blocks, BLOCK_ROWS=rows, BLOCK_BYTES=n_bytes):
        found = [block.column("text").to_pylist() for block in blocks.rechunk(parts)]
    assert [text for block in found for text in block] == values
    sizes = [[len(text.encode()) for text in block] for block in found]
    assert sizes == naive.rechunk([len(text.encode()) for text in values], rows, n_bytes)


@given(st.lists(texts, max_size=10).map("\n".join), cuts)
def test_lines_are_never_split_and_nothing_is_lost(text: str, at: list[int]) -> None:
    data = text.encode()
    found = list(whole_lines(cut(data, at)))
    assert b"".join(found) == data
    assert all(block.endswith(b"\n") for block in found[:-1])


@given(st.binary(max_size=40) | texts.map(str.encode), cuts, st.sampled_from(["utf-8", "cp949", "utf-16-le"]))
def test_the_first_byte_that_does_not_decode_is_found(data: bytes, at: list[int], codec: str) -> None:
    found = _first_fault(cut(data, at), Encoding(codec, 0))
    expected = naive.first_undecodable(data, codec)
    assert (None if found is None else found[0]) == expected
    assert found is None or data[found[0]] == found[1]


@given(texts.map(lambda text: text.encode("cp949", "ignore")), cuts)
def test_recoding_in_pieces_is_recoding_the_whole(data: bytes, at: list[int]) -> None:
    assert b"".join(to_utf8(cut(data, at), Encoding("cp949", 0))).decode() == data.decode("cp949")


@given(st.lists(st.sampled_from(["", "a", "가", "가나다라마바사", "0" * 8, "0" * 9, "0\0", "0"]) | texts, max_size=30))
def test_the_first_duplicate_is_found(ids: list[str]) -> None:
    parts = [strings(ids[:7]), strings(ids[7:])]
    suspected = suspects([hash_strings(part) for part in parts])
    assert first_duplicate(parts, suspected) == naive.first_duplicate(ids)


def test_hashes_see_all_of_a_string() -> None:
    values = ["", "\0", "\0\0", "01234567", "01234567\0", "01234567가", "01234567나", "가01234567", "나01234567"]
    assert len(set(hash_strings(strings(values)).tolist())) == len(values)


@given(corpora, st.integers(0, 8))
def test_hashes_do_not_depend_on_where_a_string_lies(values: list[str], start: int) -> None:
    array = strings(values)
    assert hash_strings(array)[start:].tolist() == hash_strings(array[start:]).tolist()


@given(corpora, st.integers(0, 8))
def test_texts_come_through_unchanged(values: list[str], start: int) -> None:
    assert as_texts(values).to_pylist() == values
    assert as_texts(strings(values)[start:]).to_pylist() == values[start:]
    assert as_texts(pa.array(values)[start:]).to_pylist() == values[start:]
