"""The Hangul toolbox beside its slow twins: one string, a whole column, every keystroke."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from string import ascii_letters

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil import hangul
from malgil.codepoints import decode
from malgil.hangul import _kernels as kernels
from malgil.hangul import columns
from tests import strategies
from tests.naive import hangul as naive

FUNCTIONS = ["compose", "decompose", "initials", "strokes", "to_keys"]
JAMO = st.text(st.sampled_from("ㄱㄲㄳㄸㅏㅘㅣㅄㅋ가각값\u1100\u1112\u1161\u1175\u11a8\u11c2\u11a7 a"), max_size=12)
TEXTS = st.one_of(strategies.texts, JAMO)
WORDS = st.text(strategies.SYLLABLES, max_size=8)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(texts=st.lists(TEXTS, max_size=6))
def test_a_column_is_its_strings(name: str, texts: list[str]) -> None:
    one: Callable[[str], str] = getattr(hangul, name)
    column = getattr(columns, name)(pa.array(["x", *texts], pa.large_string()).slice(1))
    assert column.to_pylist() == [one(text) for text in texts]


@given(text=TEXTS)
def test_strings_are_their_characters(text: str) -> None:
    joined = hangul.join_conjoining(text)
    assert hangul.decompose(text) == "".join(map(naive.letters, joined))
    assert hangul.strokes(text) == "".join(map(naive.strokes, joined))
    assert hangul.initials(text) == "".join(naive.letters(char)[0] for char in joined)


@given(text=TEXTS)
def test_joining_changes_hangul_alone(text: str) -> None:
    joined = hangul.join_conjoining(text)
    assert unicodedata.normalize("NFC", joined) == unicodedata.normalize("NFC", text)
    assert hangul.join_conjoining(joined) == joined


@given(keys=st.text(st.sampled_from(ascii_letters), max_size=24))
def test_keys_are_typed_as_by_an_input_method(keys: str) -> None:
    assert hangul.from_keys(keys) == naive.type_keys(keys)


@given(keys=st.text(st.sampled_from("qwertyuiopasdfghjklzxcvbnmQWERTOP"), max_size=24))
def test_what_was_typed_can_be_read_off(keys: str) -> None:
    assert hangul.to_keys(hangul.from_keys(keys)) == keys


@given(text=WORDS)
def test_syllables_come_back_from_everything(text: str) -> None:
    assert hangul.compose(hangul.decompose(text)) == text
    assert hangul.from_keys(hangul.to_keys(text)) == text
    assert hangul.from_strokes(hangul.strokes(text)) == text
    assert hangul.decompose(unicodedata.normalize("NFD", text)) == hangul.decompose(text)


@given(texts=st.lists(st.text(st.sampled_from("ㄱㄲㄳㄸㅏㅘㅣㅄㅋ가각값 a"), max_size=9), max_size=4))
def test_kernels_are_their_twins(texts: list[str]) -> None:
    column = pa.array(texts, pa.large_string())
    assert columns.compose(column).to_pylist() == [naive.join_letters(text) for text in texts]
    assert columns.strokes(column).to_pylist() == [naive.respell(text, naive.strokes) for text in texts]


def test_kernels_see_texts_apart() -> None:
    column = pa.array(["ㄱ", "ㅏ", "가", "ㄱ", "", "ㅏ"], pa.large_string())
    assert columns.compose(column).to_pylist() == column.to_pylist()
    points = decode(column)
    out, indptr = np.empty(2 * len(points.points), np.uint32), np.empty_like(points.indptr)
    n = kernels.join_letters(points.points, points.indptr, columns._places(), out, indptr)
    assert (n, indptr.tolist()) == (len(points.points), points.indptr.tolist())
    lengths, table = columns._spellings(hangul.decompose)
    out = np.empty(len(table) * len(points.points), np.uint32)
    assert kernels.respell(points.points, points.indptr, lengths, table, out, indptr) == indptr[-1] == 6


@given(texts=st.lists(TEXTS, max_size=5))
def test_bytes_are_written_as_python_does(texts: list[str]) -> None:
    points = decode(pa.array(texts, pa.large_string()))
    out, indptr = np.empty(4 * len(points.points), np.uint8), np.empty(len(texts) + 1, np.int64)
    n = kernels.write_utf8(points.points, points.indptr, out, indptr)
    assert out[:n].tobytes() == naive.write_utf8(texts)
    assert np.diff(indptr).tolist() == [len(text.encode()) for text in texts]
    back, borders = np.empty(max(n, 1), np.uint32), np.empty(len(texts) + 1, np.int64)
    m = kernels.read_utf8(out[:n], indptr, back, borders)
    assert back[:m].tolist() == naive.read_utf8(out[:n].tobytes()) == points.points.tolist()
    assert borders.tolist() == points.indptr.tolist()


@given(texts=st.lists(st.one_of(TEXTS, st.text(st.sampled_from("가각갈3a)(\"'. !%L"), max_size=6)), max_size=5))
def test_particles_of_a_column_are_those_of_its_strings(texts: list[str]) -> None:
    column = columns.particle(pa.array(texts, pa.large_string()), "으로/로")
    assert column.to_pylist() == [hangul.particle(text, "으로/로") for text in texts]


@given(texts=st.lists(TEXTS, max_size=5), pattern=st.text(st.sampled_from("ㄱㄳㅎ가ab.["), max_size=4))
def test_questions_of_a_column_are_those_of_its_strings(texts: list[str], pattern: str) -> None:
    column = pa.array(texts, pa.large_string())
    assert columns.match_initials(column, pattern).tolist() == [hangul.match_initials(pattern, text) for text in texts]
    for loose in (True, False):
        assert columns.is_hangul(column, loose=loose).tolist() == [
            hangul.is_hangul(text, loose=loose) for text in texts
        ]
    assert columns.fix_layout(column).to_pylist() == [hangul.fix_layout(text) for text in texts]


@given(text=TEXTS)
def test_scripts_cover_every_text(text: str) -> None:
    runs = hangul.scripts(text)
    assert "".join(run.text for run in runs) == text
    assert [run.start for run in runs] == [0, *(run.end for run in runs)][: len(runs)]


@given(one=WORDS, other=WORDS)
def test_distances_are_metrics_of_keys(one: str, other: str) -> None:
    keys = naive.distance(hangul.strokes(one), hangul.strokes(other))
    assert hangul.jamo_distance(one, other) == keys
    assert hangul.keyboard_distance(one, other) == hangul.keyboard_distance(other, one) <= keys
    assert (hangul.keyboard_distance(one, other) == 0) is (one == other)
