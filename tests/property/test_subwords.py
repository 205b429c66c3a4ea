"""Subword kernels do what plain strings do, and learned tokenisers keep their promises on any text."""

from __future__ import annotations

import unicodedata
from itertools import accumulate, pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.tokenizers import _subword_kernels as kernels
from malgil.tokenizers.subword_tables import MARK, MergeTable, PieceTable
from tests import strategies
from tests.naive import tokenizers_subwords as naive
from tests.property.tokenizer_table import made

LETTERS = "가나다a▁"
WORDS = st.lists(st.text(st.sampled_from(LETTERS + "鬱"), max_size=9), max_size=6)


@st.composite
def merges(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Draw merges of characters and of what was merged before."""
    pieces, found = list(LETTERS), []
    for _ in range(draw(st.integers(0, 7))):
        pair = draw(st.sampled_from(pieces)), draw(st.sampled_from(pieces))
        if pair not in found:
            found.append(pair)
            pieces.append("".join(pair))
    return found


def flat(words: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Code points behind a mark each, and borders."""
    marked = [f"▁{word}" for word in words]
    points = np.array([ord(char) for word in marked for char in word], np.uint32)
    return points, np.array([0, *accumulate(map(len, marked))], np.int64)


def cut_by(opens: np.ndarray, words: list[str]) -> list[list[str]]:
    """Pieces between the places that open."""
    out, first = [], 0
    for word in words:
        marked = f"▁{word}"
        places = [at for at in range(len(marked)) if opens[first + at]]
        out.append([marked[low:high] for low, high in pairwise([*places, len(marked)])])
        first += len(marked)
    return out


@given(words=WORDS, rules=merges())
def test_merging_is_that_of_strings(words: list[str], rules: list[tuple[str, str]]) -> None:
    points, borders = flat(words)
    opens = MergeTable.of([" ".join(rule) for rule in rules]).cut(points, borders)
    hidden = ["▁" + word.replace("▁", "\0") for word in words]  # a mark inside a word merges with nothing
    wanted = naive.merge_pairs(hidden, rules, kernels.LONGEST)
    assert cut_by(opens, words) == [[piece.replace("\0", "▁") for piece in word] for word in wanted]


@given(
    words=WORDS,
    pieces=st.dictionaries(st.text(st.sampled_from(LETTERS), min_size=1, max_size=4), st.integers(-9, -1), max_size=9),
)
def test_the_best_path_is_found(words: list[str], pieces: dict[str, int]) -> None:
    points, borders = flat(words)
    opens = PieceTable.of([[piece, score] for piece, score in pieces.items()]).cut(points, borders)
    hidden = ["▁" + word.replace("▁", "\0") for word in words]
    unknown = min(pieces.values(), default=0.0) - 10.0
    found = [[piece.replace("\0", "▁") for piece in word] for word in naive.best_path(hidden, pieces, unknown, 256)]

    def total(cut: list[str]) -> float:
        return sum(pieces.get(piece, unknown) if piece != "▁" or "▁" in pieces else unknown for piece in cut)

    for mine, theirs in zip(cut_by(opens, words), found, strict=True):
        assert "".join(mine) == "".join(theirs)
        if "▁" not in "".join(theirs)[1:]:
            assert total(mine) == total(theirs)


@given(
    docs=st.lists(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), max_size=4), max_size=4),
    pieces=st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(3, 5)), max_size=3), min_size=3, max_size=3
    ),
)
def test_pieces_are_laid_out(docs: list[list[tuple[int, int]]], pieces: list[list[tuple[int, int, int]]]) -> None:
    words = np.array([pair for doc in docs for pair in doc], np.int32).reshape(-1, 2)
    parts = np.array([part for word in pieces for part in word], np.int32).reshape(-1, 3)
    wanted = naive.lay_out(docs, pieces)
    n = sum(map(len, wanted))
    ids, spans, borders = np.zeros(n, np.int32), np.zeros((2, n), np.int32), np.zeros(len(docs) + 1, np.int64)
    columns = [np.ascontiguousarray(column) for column in (*words.T, *parts.T)]
    indptr, first = (np.array([0, *accumulate(map(len, rows))], np.int64) for rows in (docs, pieces))
    kernels.lay_out(*columns[:2], indptr, first, *columns[2:], ids, spans, borders)
    flat_wanted = [part for doc in wanted for part in doc]
    assert list(zip(ids.tolist(), *spans.tolist(), strict=True)) == flat_wanted
    assert borders.tolist() == [0, *accumulate(map(len, wanted))]


@pytest.mark.parametrize("table", [MergeTable.of(["▁ 가", "가 가"]), PieceTable.of([["▁가", -1.0], ["가", -2.0]])])
def test_a_word_longer_than_a_stretch_is_cut(table: MergeTable | PieceTable) -> None:
    n = 3 * kernels.LONGEST + 5
    points, borders = flat(["가" * n])
    opens = table.cut(points, borders)
    assert points[0] == MARK and opens[0] and not opens[1]
    assert opens[:: kernels.LONGEST].all()


@settings(max_examples=50)
@given(texts=st.lists(strategies.texts, max_size=5))
@pytest.mark.parametrize("name", ["bpe", "unigram"])
def test_pieces_put_together_are_the_eojeols(name: str, texts: list[str]) -> None:
    cut = made(name)
    for text, forms in zip(texts, cut.tokenize_block(pa.array(texts, pa.large_string())).to_lists(), strict=True):
        words, pieces = [unicodedata.normalize("NFC", word) for word in text.split()], iter(forms)
        for word in words:
            joined = next(pieces)
            while len(joined) < len(word) + 1:
                joined += next(pieces)
            assert joined == f"▁{word}"
        assert next(pieces, None) is None
