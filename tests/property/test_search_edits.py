"""After any edits, an index answers as one that was built from scratch from the documents that are there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from malgil import SearchIndex
from malgil.search import merging
from tests.naive.search_index import NaiveIndex

WORDS = ["영화", "배우", "연기", "음악", "good", "ㅋㅋ", "말"]
FIELDS = {"body": "word", "pairs": "bigram"}
QUERIES = ["영화 배우", "연기 음악 음악 good", "말 ㅋㅋ 영화", '"영화 배우" 연기', "+배우 -음악 영화"]
texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
batches = st.lists(texts, min_size=1, max_size=4)


def answers(index: SearchIndex) -> list[list[tuple[str, float, str]]]:
    """Ids, scores to the last bit, and texts, in order."""
    return [[(hit.id, hit.score, hit.text) for hit in index.search(query, k=50)] for query in QUERIES]


class Edits(RuleBasedStateMachine):
    """Random edits of one index, side by side with a list of documents."""

    ids = Bundle("ids")

    @initialize(target=ids, first=batches, is_on_disk=st.booleans())
    def build(self, first: list[str], is_on_disk: bool) -> object:
        # two segments of one tier become one, so that a few edits go through many merges
        self.small_tiers = mock.patch.multiple(merging, FANOUT=2, _SMALLEST=3)
        self.small_tiers.start()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "index" if is_on_disk else None
        self.index = SearchIndex.build(first, self.path, FIELDS)
        self.wanted = NaiveIndex()
        self.wanted.add(first)
        return multiple(*self.wanted.ids())

    @rule(target=ids, new=batches)
    def add(self, new: list[str]) -> object:
        before = self.wanted.next_number
        self.index.add(new)
        self.wanted.add(new)
        return multiple(*map(str, range(before, self.wanted.next_number)))

    @rule(target=ids, new=texts, name=st.integers(0, 99))
    def add_named(self, new: str, name: int) -> object:
        id = f"이름 {name}"
        if id in self.wanted.ids():
            with pytest.raises(ValueError, match="already"):
                self.index.add([new], ids=[id])
            return multiple()
        self.index.add([new], ids=[id])
        self.wanted.add([new], [id])
        return id

    @rule(id=consumes(ids))
    def delete(self, id: str) -> None:
        self.index.delete(id)
        self.wanted.delete([id])
        with pytest.raises(KeyError):
            self.index.delete([id])

    @rule(id=ids, new=texts)
    def update(self, id: str, new: str) -> None:
        self.index.update([new], [id])
        self.wanted.update([new], [id])

    @rule()
    def merge(self) -> None:
        self.index.merge()

    @rule()
    def open_again(self) -> None:
        if self.path is not None:
            self.index.close()
            self.index = SearchIndex.open(self.path)

    @rule(target=ids, new=texts)
    def add_by_another(self, new: str) -> object:
        if self.path is None:
            return multiple()
        self.index.close()
        with SearchIndex.open(self.path) as other:
            other.add([new])
        stale = answers(self.index)
        self.wanted.add([new])
        assert answers(self.index) == stale  # a reader keeps what it saw
        self.index = SearchIndex.open(self.path)
        return str(self.wanted.next_number - 1)

    @invariant()
    def answers_as_built_from_scratch(self) -> None:
        documents = self.wanted.documents
        assert len(self.index) == len(documents)
        table = {"id": [document.id for document in documents], "text": [document.text for document in documents]}
        scratch = SearchIndex.build(table if documents else [], fields=FIELDS)
        assert answers(self.index) == answers(scratch)

    @invariant()
    def ranks_as_the_formula_says(self) -> None:
        found = [(hit.doc, hit.id) for hit in self.index.search("body:영화 body:배우", k=50)]
        wanted = self.wanted.search(["영화", "배우"])
        assert sorted(found) == sorted((number, id) for number, id, _ in wanted)

    def teardown(self) -> None:
        self.index.close()
        self.small_tiers.stop()
        shutil.rmtree(self.folder)


TestEdits = Edits.TestCase
TestEdits.settings = settings(max_examples=15, stateful_step_count=15)


@given(st.lists(texts, max_size=8), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.integers(1, 6))
def test_a_batch_answers_as_single_queries(corpus: list[str], words: list[str], k: int) -> None:
    index = SearchIndex.build(corpus, fields=FIELDS)
    queries = [" ".join(words), "+" + words[0], words[0], "모르는낱말", ""]
    docs, scores = index.search_batch(queries, k)
    for query, row, values in zip(queries, docs, scores, strict=True):
        hits = index.search(query, k)
        assert row[row >= 0].tolist() == [hit.doc for hit in hits]
        assert values[row >= 0].tolist() == [float(np.float32(hit.score)) for hit in hits]
        assert (row[len(hits) :] == -1).all()


phrases = st.lists(st.lists(st.sampled_from(WORDS[:4]), min_size=1, max_size=2), max_size=2)


@given(st.lists(texts, max_size=10), st.sampled_from(WORDS[:4]), phrases, phrases, st.integers(0, 5))
def test_wishes_and_filters_keep_what_they_say(
    corpus: list[str], word: str, must: list[list[str]], never: list[list[str]], low: int
) -> None:
    rows = [{"stars": place % 6} for place in range(len(corpus))]
    naive = NaiveIndex()
    naive.add(corpus, rows=rows)
    table = {"text": corpus, "stars": [row["stars"] for row in rows]}
    index = SearchIndex.build(table if corpus else [], fields={"body": "word"})
    signs = [f'+"{" ".join(p)}"' for p in must] + [f'-"{" ".join(p)}"' for p in never]
    where = f"stars >= {low}" if corpus else None
    hits = index.search(" ".join([word, *signs]), k=50, where=where)
    scored = [word, *(w for phrase in must for w in phrase)]
    wanted = naive.search(scored, must=must, never=never, where=lambda row: row["stars"] >= low)
    assert {hit.doc for hit in hits} == {number for number, _, _ in wanted}
    np.testing.assert_allclose([hit.score for hit in hits], [score for *_, score in wanted], rtol=1e-12)
