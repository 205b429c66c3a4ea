"""Padding and cutting: types, percentiles, numeric series, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from malgil.errors import DataError, ParameterError
from malgil.ragged import Ragged
from malgil.sequences import length_for, pad, truncate, unpad


def _ragged(*rows: list[int]) -> Ragged:
    indptr = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return Ragged(np.array([i for row in rows for i in row], np.int32), indptr)


def test_nothing_to_pad() -> None:
    assert pad([]).values.shape == (0, 0)
    assert pad([[], []]).values.shape == (2, 0)
    assert pad(_ragged(), length=3).values.shape == (0, 3)
    assert pad([[], []], length=2).padding_ratio == 1.0


def test_a_ragged_comes_back_as_one() -> None:
    back = unpad(pad(_ragged([1, 2], [], [3])))
    assert isinstance(back, Ragged)
    assert [row.tolist() for row in back] == [[1, 2], [], [3]]


def test_numbers_keep_their_type_and_channels() -> None:
    series = [np.ones((2, 3), np.float64), np.zeros((4, 3))]
    batch = pad(series, "pre", value=-1.5)
    assert batch.values.shape == (2, 4, 3)
    assert batch.values.dtype == np.float64
    assert (batch.values[0, :2] == -1.5).all()
    assert batch.mask.tolist() == [[False, False, True, True], [True] * 4]
    assert pad([[0.5], [1.0, 2.0]]).values.dtype == np.float32
    assert pad([np.array([1, 2], np.int64)]).values.dtype == np.int64


def test_the_parts_of_a_batch_are_counted() -> None:
    batch = pad([[1, 2, 3], [4]], length=2)
    assert batch.n_cut.tolist() == [1, 0]
    assert (batch.cut_ratio, batch.padding_ratio) == (0.25, 0.25)


@pytest.mark.parametrize(("wanted", "length"), [("p25", 1), ("p50", 2), ("p51", 3), ("p100", 9), (None, 9), (4, 4)])
def test_percentiles_are_lengths_that_occur(wanted: int | str | None, length: int) -> None:
    assert length_for([9, 1, 3, 2], wanted) == length


def test_document_frequencies_may_be_given() -> None:
    rows = [[0, 1, 2], [0], [0]]
    assert pad(rows, truncate="low_idf", length=2).values[0].tolist() == [1, 2]
    assert pad(rows, truncate="low_idf", length=2, df=[1, 9, 1]).values[0].tolist() == [0, 2]


def test_equally_frequent_tokens_are_cut_from_the_end() -> None:
    assert truncate([[3, 1, 2]], 2, "low_idf").sequences[0].tolist() == [3, 1]


@pytest.mark.parametrize(
    ("sequences", "options"),
    [
        ([[1]], {"side": "left"}),
        ([[1]], {"truncate": "end"}),
        ([[1]], {"length": -1}),
        ([[1]], {"length": "95"}),
        ([[1]], {"length": "p0"}),
        ([[1]], {"length": "p101"}),
        ([[1]], {"length": 1.5}),
        ([[1]], {"value": 0.5}),
        ([[1]], {"value": 2**40}),
        (["가나다"], {}),
        ([["말", "길"]], {}),
        ([[[[1]]]], {}),
        ([[2**40]], {}),
        ([[0.5, 1.5]], {"truncate": "low_idf", "length": 1}),
    ],
)
def test_what_cannot_be_is_said(sequences: list[object], options: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        pad(sequences, **options)  # type: ignore[arg-type]


def test_sequences_that_do_not_fit_each_other() -> None:
    with pytest.raises(DataError, match="channels"):
        pad([np.zeros((2, 3)), np.zeros((2, 4))])
    with pytest.raises(DataError):
        pad(Ragged(np.zeros(3, np.int32), np.array([0, 2])))
    with pytest.raises(DataError):
        pad([[0, 5, 1]], truncate="low_idf", length=2, df=[1, 1])
    with pytest.raises(DataError):
        pad([[0, -5, 1]], truncate="low_idf", length=2)
