"""Times as people write them."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest

from malgil.corpus.times import parse_times


def times(*texts: str | None, short_years: bool = True) -> list[datetime | None]:
    found: list[datetime | None] = parse_times(pa.array(texts, pa.large_string()), short_years).to_pylist()
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-01", datetime(2024, 3, 1)),
        (" 2024. 3. 1. ", datetime(2024, 3, 1)),
        ("2024년 3월 1일", datetime(2024, 3, 1)),
        ("2024.03.01(금)", datetime(2024, 3, 1)),
        ("2024년 3월 1일 금요일 오전 12시 5분", datetime(2024, 3, 1, 0, 5)),
        ("2024. 3. 1. 오후 12:05", datetime(2024, 3, 1, 12, 5)),
        ("2024-03-01 PM 3:05", datetime(2024, 3, 1, 15, 5)),
        ("'24.3.1", datetime(2024, 3, 1)),
        ("70.1.1", datetime(1970, 1, 1)),
        ("69.12.31", datetime(2069, 12, 31)),
        ("2024-02-29", datetime(2024, 2, 29)),
        ("2024-03-01T00:30:00+09:00", datetime(2024, 2, 29, 15, 30)),
        ("2024-03-01T15:05:06.1234567Z", datetime(2024, 3, 1, 15, 5, 6, 123456)),
        ("2024-03-01 20:00-0430", datetime(2024, 3, 2, 0, 30)),
        ("2024년 3월 1일 15시 5분 30초", datetime(2024, 3, 1, 15, 5, 30)),
        ("1899-12-31 23:59", datetime(1899, 12, 31, 23, 59)),
    ],
)
def test_forms_that_are_read(text: str, expected: datetime) -> None:
    assert times(text) == [expected]


@pytest.mark.parametrize(
    "text",
    "2023-02-29|2024-13-01|2024-00-01|2024-03-00|24:61|2024-03-01 24:00|2024-03-01 오후 13:00|240301|03/04/2024|2024"
    "|2024-03|곧|1|2024-03-01 10:00 무렵|3.14.15.9".split("|"),
)
def test_forms_that_are_not(text: str) -> None:
    assert times(text) == [None]


def test_blank_and_missing_times_stay_missing_between_others() -> None:
    assert times(None, "", "2024-03-01", " ") == [None, None, datetime(2024, 3, 1), None]
    assert times() == []


def test_short_years_can_be_refused() -> None:
    assert times("24.3.1", "2024.3.1", short_years=False) == [None, datetime(2024, 3, 1)]
