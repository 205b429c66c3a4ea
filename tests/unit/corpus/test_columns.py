"""The choice of columns: by name, by content, and not at all where it is not clear."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest

from malgil.corpus.columns import Roles, choose_roles
from malgil.corpus.names import ends_as_text_name, is_id_name, is_time_name, may_be_id_name
from malgil.errors import DataError

PROSE = ["오늘 본 영화는 정말 재미있었다", "배우의 연기가 조금 아쉬웠습니다", "the plot was rather thin, I thought"]


def roles(**columns: list[object]) -> Roles:
    return choose_roles(pa.RecordBatch.from_pydict(columns), "x")


@pytest.mark.parametrize(
    "name", ["text", "Document", " review ", "본문", "내용", "리뷰", "sentence1", "review_text", "상품 리뷰"]
)
def test_a_telling_name_is_enough(name: str) -> None:
    assert roles(**{"이름": ["긴 이름이 붙어 있는 사람 " * 9] * 3, name: ["가", "나", "나"]}).text == name


def test_an_exact_name_goes_before_a_longer_one() -> None:
    assert roles(text_2=PROSE, text=PROSE, review_text=PROSE).text == "text"


def test_a_name_does_not_make_numbers_text() -> None:
    assert roles(comments=["3", "12", "1,000"], memo=PROSE).text == "memo"


def test_the_long_and_varied_column_is_the_text() -> None:
    columns = {"도시": ["서울", "부산", "대구"], "종류": ["아주 길지만 늘 같은 종류의 이름입니다"] * 3, "말": PROSE}
    assert roles(**columns).text == "말"


def test_the_only_column_is_the_text() -> None:
    assert roles(도시=["서울", "서울", "1"]).text == "도시"


def test_short_names_are_no_text() -> None:
    with pytest.raises(DataError, match="no column looks like text"):
        roles(도시=["서울", "부산", "대구"], 값=[1, 2, 3])


def test_dates_are_no_text() -> None:
    with pytest.raises(DataError, match="no column looks like text"):
        roles(a=["2024-03-01 10:00:00", "2024-03-02 10:00:00"], b=["1", "2"])


def test_two_telling_names_are_one_too_many() -> None:
    with pytest.raises(DataError, match=r"\(본문, 댓글\)"):
        roles(본문=PROSE, 댓글=PROSE)


def test_the_plain_label_goes_before_other_labels() -> None:
    assert roles(text=PROSE, category=["a"] * 3, label=[1, 0, 1]).label == "label"


def test_labels_that_are_not_clear_are_left_and_told() -> None:
    found = roles(text=PROSE, category=["a"] * 3, sentiment=["b"] * 3)
    assert (found.label, found.unclear) == (None, {"label": ["category", "sentiment"]})


def test_the_only_date_is_the_time_whatever_its_name() -> None:
    assert roles(text=PROSE, 언제=[datetime.date(2024, 3, 1)] * 3).time == "언제"
    assert roles(text=PROSE, 언제=["2024-03-01", "", None]).time == "언제"


def test_a_named_time_goes_before_others() -> None:
    assert roles(text=PROSE, begin=["2024-03-01"] * 3, 작성일=["24.3.1"] * 3).time == "작성일"


def test_short_years_and_bare_digits_need_a_name() -> None:
    assert roles(text=PROSE, version=["24.3.1"] * 3, code=["20240301"] * 3).time is None
    assert roles(text=PROSE, date=["20240301"] * 3).time == "date"


def test_times_that_are_not_clear_are_left_and_told() -> None:
    found = roles(text=PROSE, begin=["2024-03-01"] * 3, end=["2024-03-02"] * 3)
    assert (found.time, found.unclear) == (None, {"time": ["begin", "end"]})


def test_ids_come_in_the_order_of_their_names() -> None:
    found = roles(user_id=[1, 2, 3], text=PROSE, doc_id=["a", "b", "c"], 번호=[1, 2, 3], x_id=[0.5, 1.5, 2.5])
    assert (found.ids, found.must_be_id) == (("doc_id", "user_id", "번호"), True)


@pytest.mark.parametrize(
    ("test", "yes", "no"),
    [
        (ends_as_text_name, ["review_text", "리뷰내용", "movie-review"], ["text_length", "text_id", "context"]),
        (is_time_name, ["Date", "created_at", "등록일시", "작성 시간"], ["update", "timeline", "runtime", "일"]),
        (is_id_name, ["ID", "doc_id", "문서 번호", "Id "], ["user_id", "idea"]),
        (may_be_id_name, ["user_id", "reviewId", "petition_idx", "번호", "UUID"], ["valid", "paid", "전화번호", "id2"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_names(test: object, yes: list[str], no: list[str]) -> None:
    assert callable(test)
    assert [name for name in yes + no if test(name)] == yes
