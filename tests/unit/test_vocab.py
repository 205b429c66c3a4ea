"""The vocabulary: terms are found without a dictionary, also on a memory map."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.errors import ArtefactError
from malgil.store import Writer
from malgil.strings import find, sorting_order
from malgil.vocab import Vocabulary
from tests.strategies import texts

WORDS = ["영화", "the", "안", "영", "ㅋㅋ", "각", "😀", ""]


def vocabulary() -> Vocabulary:
    terms = pa.array(WORDS, pa.large_string())
    counts = np.arange(len(WORDS), 0, -1, dtype=np.int64)
    return Vocabulary(terms, counts, counts, sorting_order(terms), n_docs=9, n_tokens=int(counts.sum()))


@pytest.mark.parametrize("word", WORDS)
def test_every_term_is_found(word: str) -> None:
    assert vocabulary().id_of(word) == WORDS.index(word)


@pytest.mark.parametrize("word", ["영화관", "The", "\u1100\u1161\u11a8", "\ud800", "\U0010ffff", "0"])
def test_an_unknown_term_is_none(word: str) -> None:
    assert vocabulary().id_of(word) is None
    assert word not in vocabulary()


def test_saved_is_loaded(tmp_path: Path) -> None:
    vocabulary().save(tmp_path / "v", {"note": "가"})
    loaded = Vocabulary.open(tmp_path / "v")
    assert [loaded.term(i) for i in range(len(loaded))] == WORDS
    assert loaded.ids_of(["안", "없음"]) == [2, None]
    assert (loaded.n_docs, loaded.counts.tolist()) == (9, vocabulary().counts.tolist())


def test_parts_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    v = vocabulary()
    with Writer(tmp_path / "v", "vocabulary") as writer:
        writer.meta = {"n_docs": 9, "n_tokens": 36}
        writer.strings("terms", v.terms)
        for name in ("counts", "df"):
            writer.array(name, getattr(v, name))
        writer.array("order", v.order + 1)
    with pytest.raises(ArtefactError, match="do not fit together"):
        Vocabulary.open(tmp_path / "v")


def test_offsets_outside_the_bytes_are_refused(tmp_path: Path) -> None:
    vocabulary().save(tmp_path / "v")
    with Writer(tmp_path / "w", "vocabulary") as writer:
        writer.meta = json.loads((tmp_path / "v" / "manifest.json").read_text(encoding="utf-8"))["meta"]
        writer.array("terms.offsets", np.array([0, 99]))
        writer.array("terms.data", np.zeros(3, np.uint8))
        for name in ("counts", "df"):
            writer.array(name, np.zeros(1, np.int64))
        writer.array("order", np.zeros(1, np.int32))
    with pytest.raises(ArtefactError):
        Vocabulary.open(tmp_path / "w")


@given(st.lists(texts, unique=True, max_size=20), texts)
def test_find_agrees_with_a_search_in_a_list(strings: list[str], other: str) -> None:
    array = pa.array(strings, pa.large_string())
    order = sorting_order(array)
    assert [strings[i] for i in order] == sorted(strings)
    for wanted in [*strings, other]:
        assert find(array, order, wanted) == (strings.index(wanted) if wanted in strings else None)
