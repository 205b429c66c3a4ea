"""Filters over columns of every type, and their errors."""

from __future__ import annotations

import datetime
import importlib.util
import subprocess
import sys
import unicodedata
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from malgil.errors import DataError, ParameterError
from malgil.search import where

TABLE = pa.table(
    {
        "rating": pa.array([9, 3, None, 10], pa.int8()),
        "label": ["긍정", "부정", "긍정", None],
        "shop": ["a", "c", None, "b"],
        "date": [
            datetime.datetime(2014, 3, 1, 10),
            datetime.datetime(2013, 12, 31, 23, 59),
            None,
            datetime.datetime(2014, 4, 1),
        ],
        "ok": [True, False, None, True],
        "내 열`": [1.5, float("nan"), None, 0.1],
        "tags": [[1], [2], None, [3]],
        "nothing": pa.nulls(4),
    }
)


def rows(text: str, table: pa.Table = TABLE) -> list[int]:
    mask = where.compile(text, table.schema).mask(table)
    assert mask.dtype == np.bool_ and mask.shape == (len(table),)
    return np.flatnonzero(mask).tolist()


def rows_of(text: str, values: list[Any], kind: pa.DataType) -> list[int]:
    return rows(text, pa.table({"x": pa.array(values, kind)}))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('rating >= 9 and (label == "긍정" or not shop in ("a", "b")) and date >= 2014', [0]),
        ("rating == 9", [0]),
        ("rating = 9", [0]),
        ("rating <> 9", [1, 3]),
        ("rating != 9", [1, 3]),
        ("rating >= 9.5", [3]),
        ("rating < 9.5", [0, 1]),
        ("rating == 9.5", []),
        ("rating != 9.5", [0, 1, 3]),
        ("rating < 1e30", [0, 1, 3]),
        ("rating > 1e30", []),
        ("rating > -1e30", [0, 1, 3]),
        ("rating == 300", []),
        ("rating between 3 and 9", [0, 1]),
        ("rating not between 3 and 9", [3]),
        ("rating in (3, 10, 4.5)", [1, 3]),
        ("NOT rating IN (3)", [0, 3]),
        ("rating ＞＝ ９", [0, 3]),
        ("rating ≥ 9 and rating ≠ 10 and rating ≤ 9", [0]),
        ("rating is null", [2]),
        ("not rating is null", [0, 1, 3]),
        ("rating is not null", [0, 1, 3]),
        ("label == '긍정'", [0, 2]),
        ("label == “긍정”", [0, 2]),
        ("label == 「긍정」", [0, 2]),
        ("label > '긍정'", [1]),
        ("label between '긍' and '긍정'", [0, 2]),
        ("label contains '정'", [0, 1, 2]),
        ("label startswith '부'", [1]),
        ("label not startswith '부'", [0, 2]),
        ("shop in ('a')", [0]),
        ("not shop in ('a')", [1, 3]),
        ("shop not in ('a', 'b')", [1]),
        ("ok", [0, 3]),
        ("not ok", [1]),
        ("ok == false", [1]),
        ("ok != false", [0, 3]),
        ("ok in (true, false)", [0, 1, 3]),
        ("`내 열``` > 1", [0]),
        ("`내 열``` != 1.5", [3]),
        ("not `내 열``` == 1.5", [3]),
        ("`내 열``` is null", [1, 2]),
        ("`내 열``` == 0.1", [3]),
        ("tags is null", [2]),
        ("nothing == 3 or nothing > 'a' or not nothing contains 'a'", []),
        ("nothing is null", [0, 1, 2, 3]),
        # and before or, not before and; unknown or true is true, unknown and false is false
        ("ok or not ok and rating == 3", [0, 1, 3]),
        ("not ok and rating == 3 or rating == 10", [1, 3]),
        ("rating > 5 or label == '긍정'", [0, 2, 3]),
        ("not (rating > 5 and label == '긍정')", [1]),
        ("((rating == 3))", [1]),
    ],
)
def test_rows_that_fit(text: str, wanted: list[int]) -> None:
    assert rows(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("date >= 2014", [0, 3]),
        ("date > 2014", []),
        ("date <= 2013", [1]),
        ("date == 2014-03", [0]),
        ("date == 2014-3", [0]),
        ("date == 2014년", [0, 3]),
        ("date == 2014년 3월", [0]),
        ("date == 2014년 3월 1일 10:00", [0]),
        ("date == '2014. 3. 1.'", [0]),
        ("date == '2014/3/1'", [0]),
        ("date == 2014-03-01 10:00", [0]),
        ("date == 2014-03-01T10:00:00.0", [0]),
        ("date > 2014-03-01 10:00:00.999", [3]),
        ("date == 2014-03-01T19:00+09:00", [0]),
        ("date == 2014-03-01 04:30 -0530", [0]),
        ("date == 2014-03-01 10:00Z and rating > 3", [0]),
        ("date in (2013, 2014-04-01)", [1, 3]),
        ("date between 2013 and 2014-03", [0, 1]),
        ("date != 2014", [1]),
        ("date < 9999", [0, 1, 3]),
        ("date <= 9999-12-31", [0, 1, 3]),
        ("date > 0001-01-01 00:00", [0, 1, 3]),
    ],
)
def test_dates_mean_all_of_what_they_say(text: str, wanted: list[int]) -> None:
    assert rows(text) == wanted


@pytest.mark.parametrize(
    "kind", [pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns"), pa.date32(), pa.date64()]
)
def test_every_type_of_time(kind: pa.DataType) -> None:
    days = [
        datetime.date(2014, 2, 28),
        datetime.date(2014, 3, 1),
        datetime.date(2014, 3, 31),
        datetime.date(2014, 4, 1),
        None,
    ]
    values = pa.array(days, pa.date32()).cast(kind)
    table = pa.table({"x": values})
    assert rows("x == 2014-03", table) == [1, 2]
    assert rows("x < 2014-03-01", table) == [0]
    assert rows("x > 2014-03-01", table) == [2, 3]
    assert rows("x >= 2014-03-31 00:00:00.000000001", table) == [3]
    assert rows("x > 1677-09-22 and x < 2262-04-11", table) == [0, 1, 2, 3]
    assert rows("x > 0001 and x < 9999", table) == [0, 1, 2, 3]


@pytest.mark.parametrize("zone", ["Asia/Seoul", "+09:00"])
def test_a_day_is_that_of_the_clock_of_the_column(zone: str) -> None:
    utc = [
        datetime.datetime(2014, 2, 28, 14, 59),
        datetime.datetime(2014, 2, 28, 15, 0),
        datetime.datetime(2014, 3, 1, 15, 0),
    ]
    table = pa.table({"x": pa.array(utc, pa.timestamp("us")).cast(pa.timestamp("us", zone))})
    assert rows("x == 2014-03-01", table) == [1]
    assert rows("x == 2014-02-28 15:00Z", table) == [1]


@pytest.mark.parametrize(
    ("values", "kind", "text", "wanted"),
    [
        ([0, 2**64 - 1, None], pa.uint64(), "x > 18446744073709551614", [1]),
        ([0, 2**64 - 1, None], pa.uint64(), "x >= -1", [0, 1]),
        ([0, 2**64 - 1, None], pa.uint64(), "x < 99999999999999999999", [0, 1]),
        ([-(2**63), 2**63 - 1], pa.int64(), "x <= -9223372036854775808", [0]),
        ([-(2**63), 2**63 - 1], pa.int64(), "x >= 9223372036854775807", [1]),
        ([-(2**63), 2**63 - 1], pa.int64(), "x > 9223372036854775807", []),
        ([2**53, 2**53 + 1], pa.int64(), "x == 9007199254740993", [1]),
        ([0.1, 0.5], pa.float32(), "x == 0.1", [0]),
        ([0.1, 0.5], pa.float32(), "x > 0.1", [1]),
        ([-0.0, 5e-324], pa.float64(), "x == 0", [0]),
        ([1e308, float("inf"), -float("inf")], pa.float64(), "x < 1e400", [0, 2]),
        ([1e308, float("inf"), -float("inf")], pa.float64(), "x >= 1e308", [0, 1]),
        ([np.float16(0.1), np.float16(1), None], pa.float16(), "x == 0.1", [0]),
        ([Decimal("1.10"), Decimal("1.11"), None], pa.decimal128(5, 2), "x == 1.1", [0]),
        ([Decimal("1.10"), Decimal("1.11"), None], pa.decimal128(5, 2), "x > 1.105", [1]),
        ([Decimal("1.10"), Decimal("-9.99"), None], pa.decimal128(3, 2), "x < 100 and x > -100", [0, 1]),
        ([Decimal("1.10"), None], pa.decimal256(60, 40), "x in (1.1, 3)", [0]),
        (["가", "나", None], pa.dictionary(pa.int32(), pa.string()), "x != '가'", [1]),
        (["가", "나", None], pa.string_view(), "x == '가'", [0]),
        ([9, 3, None], pa.dictionary(pa.int8(), pa.int64()), "x > 3", [0]),
        ([b"a", None], pa.binary(), "x is null", [1]),
        ([datetime.time(1), None], pa.time32("s"), "x is null", [1]),
    ],
)
def test_types_at_their_borders(values: list[Any], kind: pa.DataType, text: str, wanted: list[int]) -> None:
    assert rows_of(text, values, kind) == wanted


def test_texts_and_names_are_compared_in_nfc() -> None:
    nfd = unicodedata.normalize("NFD", "긍정")
    table = pa.table({nfd: [nfd, "긍정", "é", "부정"]})
    assert rows("긍정 == '긍정'", table) == [0, 1]
    assert rows(f"`{nfd}` contains '{nfd}'", table) == [0, 1]
    assert rows("`긍정` == 'e\u0301'", table) == [2]
    mixed = ["긍정", None, nfd, "부정", unicodedata.normalize("NFD", "부정"), None, "a\u0323\u0301"] * 5
    assert rows_of("x == '긍정' or x is null", mixed[1:], pa.string()) == [
        i for i in range(34) if (i + 1) % 7 in (0, 1, 2, 5)
    ]
    assert rows_of("x == 'ạ\u0301' or x == 'a\u0301\u0323'", mixed, pa.string()) == list(range(6, 35, 7))
    assert where.compile("긍정 is null", table.schema).columns == [nfd]


def test_escapes_and_odd_characters_in_texts() -> None:
    odd = ['a"b', "a\\b", "a'b\n", "\ufffd", "👍🏽"]
    assert rows_of(r'x == "a\"b"', odd, pa.string()) == [0]
    assert rows_of(r'x == "a\\b" or x == "a\b"', odd, pa.string()) == [1]
    assert rows_of('x contains "\'b\n"', odd, pa.string()) == [2]
    assert rows_of("x == '\ud800'", odd, pa.string()) == [3]
    assert rows_of("x startswith '👍'", odd, pa.string()) == [4]


def test_columns_are_named() -> None:
    assert where.compile("rating > 3 and (label == 'a' or not rating is null)", TABLE.schema).columns == [
        "label",
        "rating",
    ]


def test_a_column_that_a_table_lacks_has_no_values() -> None:
    condition = where.compile("rating > 3 or not ok or label is null", TABLE.schema)
    assert condition.mask(TABLE.select(["ok"])).tolist() == [True] * 4
    assert where.compile("not rating > 3", TABLE.schema).mask(TABLE.select(["ok"])).tolist() == [False] * 4


def test_other_types_are_cast_or_refused() -> None:
    condition = where.compile("rating > 3", pa.schema({"rating": pa.int64()}))
    assert condition.mask(TABLE).tolist() == [True, False, False, True]
    with pytest.raises(DataError, match="rating"):
        condition.mask(pa.table({"rating": ["많음"]}))


def test_tables_of_no_rows_and_of_many_pieces() -> None:
    assert rows("rating > 3 and label == '긍정'", TABLE.slice(0, 0)) == []
    pieces = pa.concat_tables([TABLE.slice(1, 2), TABLE.slice(0, 0), TABLE.slice(3), TABLE.slice(0, 3)])
    assert rows("not ok", pieces) == [0, 4]
    assert rows("rating >= 9 and date >= 2014", pieces) == [2, 3]


@pytest.mark.parametrize(
    ("text", "key", "marked"),
    [
        ('rating >= "9"', "where_other_kind", '"9"'),
        ("rating == 2014-03", "where_other_kind", "2014-03"),
        ("rating == true", "where_other_kind", "true"),
        ("label == 9", "where_other_kind", "9"),
        ("date >= 9", "where_other_kind", "9"),
        ("ok == 1", "where_other_kind", "1"),
        ("label == 긍정", "where_bare_word", "긍정"),
        ("ratng > 3", "where_no_column", "ratng"),
        ("`rating ` > 3", "where_no_column", "`rating `"),
        ("ok < true", "where_other_operator", "<"),
        ("rating contains '9'", "where_other_operator", "contains"),
        ("tags == 3", "where_other_operator", "=="),
        ("date == 2014-13", "where_bad_time", "2014-13"),
        ("date == 2014-02-29", "where_bad_time", "2014-02-29"),
        ("date == 2014-02-01 25:00", "where_bad_time", "2014-02-01 25:00"),
        ("date == 2014-02-01 10:00+99:00", "where_bad_time", "2014-02-01 10:00+99:00"),
        ("date == '곧'", "where_bad_time", "'곧'"),
        ("date == 0000", "where_bad_time", "0000"),
        ("(rating > 3", "where_unclosed_bracket", "("),
        ("label == '긍", "where_unclosed_quote", "'"),
        ("`rating > 3", "where_unclosed_quote", "`"),
        ("rating > 3 & ok", "where_bad_sign", "&"),
        ("rating > 3;", "where_bad_sign", ";"),
        ("rating > " + "9" * 61, "where_long_number", "9" * 61),
        ("rating > 1e401", "where_long_number", "1e401"),
        ("rating >", "where_too_short", ""),
        ("not", "where_too_short", ""),
        ("rating", "where_too_short", ""),
        ("shop in ('a',", "where_too_short", ""),
        ("9 < rating", "where_unexpected", "9"),
        ("rating 3", "where_unexpected", "3"),
        ("rating > 3 label", "where_unexpected", "label"),
        ("rating > 3)", "where_unexpected", ")"),
        ("(rating > 3 label)", "where_unexpected", "label"),
        ("shop in ()", "where_unexpected", ")"),
        ("shop in 'a'", "where_unexpected", "'a'"),
        ("shop in ('a' 'b')", "where_unexpected", "'b'"),
        ("rating between 3 or 9", "where_unexpected", "or"),
        ("label not '가'", "where_unexpected", "'가'"),
        ("label is 3", "where_unexpected", "3"),
        ("rating => 9", "where_unexpected", ">"),
        ("and rating > 3", "where_unexpected", "and"),
    ],
)
def test_an_error_points_at_the_place(text: str, key: str, marked: str) -> None:
    with pytest.raises(ParameterError) as caught:
        where.compile(text, TABLE.schema)
    error = caught.value
    start, end = error.fields["start"], error.fields["end"]
    assert (error.key, text[start:end]) == (f"query.{key}", marked)  # type: ignore[misc]
    for lang in ("en", "ko"):
        assert len(error.sentence(lang).splitlines()) == 3


def test_sentences_name_column_type_and_value() -> None:
    with pytest.raises(ParameterError) as caught:
        where.compile('ok and rating >= "9"', TABLE.schema)
    assert str(caught.value) == (
        "Character 18 of the filter: column 'rating' holds numbers (int8) and cannot be compared with \"9\"; "
        'write a number without quotes.\n  ok and rating >= "9"\n                   ^^^'
    )
    assert caught.value.sentence("ko").startswith("필터의 18번째 글자: 'rating' 열에는 수(int8) 값이 있어")
    with pytest.raises(ParameterError, match=r"there are: rating, label, shop.*Did you mean 'rating'\?"):
        where.compile("ratng > 3", TABLE.schema)


def test_nesting_has_an_end() -> None:
    assert rows("(" * 64 + "ok" + ")" * 64) == [0, 3]
    assert rows("not " * 64 + "ok") == [0, 3]
    for text in ("(" * 100_000 + "ok", "not " * 25_000 + "ok", "(not " * 20_000 + "ok"):
        with pytest.raises(ParameterError, match="64"):
            where.compile(text, TABLE.schema)


def test_a_very_long_filter() -> None:
    assert rows(" or ".join(["rating == 9"] * 3_000)) == [0]
    assert rows("shop in (" + ", ".join(["'a'"] * 20_000) + ")") == [0]
    with pytest.raises(ParameterError) as caught:
        where.compile(f"rating == '{'가' * 100_000}'", TABLE.schema)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("text", ["", "  \n", None, 9])
def test_a_filter_is_a_text_that_says_something(text: Any) -> None:
    with pytest.raises(ParameterError, match="filter"):
        where.compile(text, TABLE.schema)


@pytest.mark.skipif(importlib.util.find_spec("pandas") is None, reason="pandas is not installed")
def test_a_filter_does_not_load_pandas() -> None:
    code = (
        "import sys, pyarrow as pa\n"
        "from malgil.search import where\n"
        "from malgil.strings import string_array\n"
        "table = pa.table([string_array(['가', '나']), pa.nulls(2, pa.int64()), pa.nulls(2, pa.timestamp('us')),\n"
        "    pa.nulls(2, pa.float64())], names=['a', 'b', 'c', 'd'])\n"
        'text = \'a == "가" or a in ("다") or b > 3 or c >= 2014 or d < 0.5 or a contains "라" or b is null\'\n'
        "assert where.compile(text, table.schema).mask(table).tolist() == [True, True]\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
