"""What ``malgil.read`` gives: columns in their order, facts, blocks that can be read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import malgil
from malgil.corpus import survey
from malgil.corpus.lines import whole_lines
from malgil.errors import DataError

HEADER = "review_id,movie_id,date,rating,review,text_2\n"
ROWS = '007,1,2024-03-01,10,"재밌다, 정말",가\n008,1,2024-03-02,1,지루하다,나\n'


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    return path


def test_columns_are_found_and_put_in_order(reviews: Path) -> None:
    corpus = malgil.read(reviews)
    assert corpus.schema.names == ["id", "text", "time", "movie_id", "rating", "text_2"]
    assert corpus.to_table().to_pylist()[0] == {
        "id": "007",
        "text": "재밌다, 정말",
        "time": datetime(2024, 3, 1),
        "movie_id": "1",
        "rating": "10",
        "text_2": "가",
    }


def test_facts_say_what_was_chosen(reviews: Path) -> None:
    facts = malgil.read(reviews).facts
    assert facts["columns"] == {"id": "review_id", "text": "review", "label": None, "time": "date"}
    assert facts["sources"] == [
        {"name": "reviews.csv", "format": "csv", "packing": None, "encoding": "utf-8", "n_docs": 2}
    ]
    assert (facts["n_docs"], facts["n_rejected"], facts["n_null_texts"]) == (2, 0, 0)


def test_any_column_serves_as_label(reviews: Path) -> None:
    assert malgil.read(reviews, label="rating").to_table()["label"].to_pylist() == ["10", "1"]


def test_a_name_that_is_taken_gets_a_number(reviews: Path) -> None:
    corpus = malgil.read({"text": ["가", "나"], "id": ["x", "y"], "id_2": [1, 2]}, id="row")
    assert corpus.schema.names == ["id", "text", "id_2", "id_2_2"]
    assert corpus.to_table()["id"].to_pylist() == ["0", "1"]


def test_an_id_that_many_rows_share_is_no_id() -> None:
    corpus = malgil.read([{"text": "가", "user_id": 7}, {"text": "나", "user_id": 7}])
    assert corpus.facts["columns"]["id"] is None
    assert corpus.to_table().to_pylist()[1] == {"id": "1", "text": "나", "user_id": 7}


def test_a_time_that_fails_further_down_is_no_time() -> None:
    rows = [{"text": f"글 {number}", "date": "2024-03-01"} for number in range(3000)]
    rows[2999]["date"] = "곧"
    assert malgil.read(rows).facts["columns"]["time"] is None
    with pytest.raises(DataError, match="row 3000: '곧' in column 'date'"):
        malgil.read(rows, time="date")


def test_a_column_that_comes_late_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "late.jsonl"
    path.write_text('{"글": "가"}\n' * 9000 + '{"글": "나", "감상": "좋음"}\n', encoding="utf-8")
    corpus = malgil.read(path, label="감상")
    assert corpus.to_table()["label"].to_pylist()[-2:] == [None, "좋음"]


def test_a_time_that_comes_late_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("가\n" * 2500, encoding="utf-8")
    (tmp_path / "b.txt").write_text("나\n", encoding="utf-8")
    pq.write_table(pa.table({"text": ["다"], "쓴 날": [date(2024, 3, 1)]}), tmp_path / "c.parquet")
    assert malgil.read(tmp_path).to_table()["time"].to_pylist()[-2:] == [None, datetime(2024, 3, 1)]


def test_numbers_of_both_kinds_are_fractions() -> None:
    assert malgil.read([{"text": "가", "n": 1}, {"text": "나", "n": 2.5}]).to_table()["n"].to_pylist() == [1.0, 2.5]


def test_labels_are_trimmed_and_blank_ones_are_null() -> None:
    corpus = malgil.read({"text": ["가", "나", "다"], "label": ["2   ", "", None]})
    assert corpus.to_table()["label"].to_pylist() == ["2", None, None]


def test_labels_that_pandas_made_floats_lose_their_point() -> None:
    corpus = malgil.read({"text": ["가", "나", "다"], "label": [1.0, None, float("nan")]})
    assert corpus.to_table()["label"].to_pylist() == ["1", None, None]


def test_missing_texts_are_empty_documents_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": ["가", None, ""]}), path)
    corpus = malgil.read(path)
    assert corpus.to_table()["text"].to_pylist() == ["가", "", ""]
    assert (corpus.facts["n_null_texts"], corpus.facts["n_empty_texts"]) == (1, 2)


def test_a_corpus_is_read_as_itself() -> None:
    corpus = malgil.read(["가"])
    assert malgil.read(corpus) is corpus


def test_a_corpus_speaks_arrow() -> None:
    corpus = malgil.read(["말길", "두 번째"])
    assert pa.table(corpus).to_pylist() == corpus.to_table().to_pylist()
    assert repr(corpus) == "Corpus(2 documents: id, text)"


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".txt", ".parquet", ".arrow"])
def test_a_source_that_does_not_stay_in_memory_reads_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"글{suffix}"
    malgil.corpus.write(pa.table({"text": [f"글 {number}" for number in range(40_000)]}), path)
    kept = malgil.read(path)
    with mock.patch.object(survey, "CACHE_BYTES", 0):
        streamed = malgil.read(path)
    assert [block.num_rows for block in streamed.blocks()] == [32_768, 7_232]
    assert list(streamed.blocks()) == list(streamed.blocks()) == list(kept.blocks())


def test_rejects_are_written_once_however_often_the_source_is_read(tmp_path: Path) -> None:
    path, rejects = tmp_path / "x.csv", tmp_path / "rejects.jsonl"
    path.write_text("id,text\n1,가\n2\n3,다\n", encoding="utf-8")
    with mock.patch.object(survey, "CACHE_BYTES", 0):
        corpus = malgil.read(path, rejects=rejects)
    assert len(list(corpus.blocks())) == len(list(corpus.blocks())) == 1
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == corpus.facts["n_rejected"] == 1


def test_a_file_that_changes_between_passes_is_an_error(reviews: Path) -> None:
    corpus = malgil.read(reviews)
    with reviews.open("a", encoding="utf-8") as file:
        file.write("009,1,2024-03-03,5,그저 그렇다,다\n")
    with pytest.raises(DataError, match=r"reviews\.csv: the file was changed while it was being read"):
        list(corpus.blocks())


def test_a_file_that_changes_during_a_pass_is_an_error(reviews: Path) -> None:
    def growing(lines: Iterable[bytes]) -> Iterator[bytes]:
        yield from lines
        with reviews.open("a", encoding="utf-8") as file:
            file.write("009")

    with mock.patch.object(survey, "CACHE_BYTES", 0):
        corpus = malgil.read(reviews)
    with (
        mock.patch("malgil.corpus.sources.whole_lines", lambda chunks: growing(whole_lines(chunks))),
        pytest.raises(DataError, match="was changed"),
    ):
        list(corpus.blocks())


def test_a_file_that_is_gone_has_changed(reviews: Path) -> None:
    corpus = malgil.read(reviews)
    reviews.unlink()
    with pytest.raises(DataError, match="was changed"):
        list(corpus.texts())


def test_a_column_typed_two_ways_is_text(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "가", "n": 1, "x": [1, "둘"], "big": 1e3}\n', encoding="utf-8")
    (tmp_path / "b.csv").write_text("text,n\n나,007\n", encoding="utf-8")
    assert malgil.read(tmp_path).to_table().to_pylist() == [
        {"id": "0", "text": "가", "n": "1", "x": '[1, "둘"]', "big": 1000.0},
        {"id": "1", "text": "나", "n": "007", "x": None, "big": None},
    ]


@pytest.mark.real
def test_movie_reviews_need_no_option(data_dir: Path) -> None:
    corpus = malgil.read(data_dir / "nsmc" / "reviews.parquet")
    assert corpus.facts["columns"] == {"id": "review_id", "text": "review", "label": None, "time": "date"}
    assert (len(corpus), corpus.facts["n_empty_texts"]) == (691_442, 21)
    assert [block.num_rows for block in corpus.blocks()] == [32_768] * 21 + [3_314]


@pytest.mark.real
def test_labelled_reviews_need_no_option(data_dir: Path) -> None:
    corpus = malgil.read(data_dir / "nsmc" / "train.tsv.gz")
    assert corpus.schema.names == ["id", "text", "label"]
    assert len(corpus) == 150_000
    assert sum(block.column("label").to_pylist().count("1") for block in corpus.blocks()) == 75_080
