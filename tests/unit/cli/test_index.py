"""The commands about an index: make it, change it, search it, complete words."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from malgil.cli import main
from malgil.search import SearchIndex

ROWS = [
    ("가", "영화가 정말 재미있다", "9", "2014-05-01", "봄날"),
    ("나", "배우 연기가 아쉽다", "3", "2013-01-15", "여름밤"),
    ("다", "영화관에서 또 보고 싶다", "10", "2015-12-31", "봄날"),
    ("라", "", "5", "2014-01-01", "겨울"),
]


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    def call(*words: object) -> Done:
        code = main([str(word) for word in words])
        return Done(code, *capsys.readouterr())

    return call


def write(path: Path, rows: list[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "review", "rating", "date", "title"), *rows])
    return path


@pytest.fixture
def index(tmp_path: Path, run: Any) -> Path:
    path = tmp_path / "리뷰.index"
    fields = ["--field", "body=word", "--field", "pairs=bigram", "--field", "제목=word@title^2"]
    done = run("index", write(tmp_path / "a.csv", ROWS), "-o", path, *fields)
    assert (done.code, done.err) == (0, "")
    assert "4 documents" in done.out and "제목 (word)" in done.out
    return path


def found(run: Any, *words: object) -> list[str]:
    return [row["id"] for row in json.loads(run("search", *words, "--json").out)]


def test_numbers_and_times_of_a_csv_file_are_filtered_by_the_names_it_has(index: Path, run: Any) -> None:
    assert found(run, index, "영화 배우") == ["나", "가", "다"]
    assert found(run, index, "영화 배우", "--where", "rating >= 9 and date >= 2014") == ["가", "다"]
    assert found(run, index, "영화 배우", "--where", 'title == "여름밤"') == ["나"]


def test_a_field_on_a_column_of_its_own(index: Path, run: Any) -> None:
    assert found(run, index, "제목:봄날") == ["가", "다"]
    assert found(run, index, "body:봄날", "--exact") == []
    assert found(run, index, "title:봄날 -관") == ["가"]  # 영화관 has it


def test_ways_can_be_switched_off(index: Path, run: Any) -> None:
    assert "자판" in run("search", index, "dudghk", "--lang", "ko").out
    assert found(run, index, "dudghk") == ["가", "다"]
    assert found(run, index, "dudghk", "--exact") == []


def test_documents_come_and_go(index: Path, tmp_path: Path, run: Any) -> None:
    done = run("add", index, write(tmp_path / "b.csv", [("마", "새 영화", "7", "2016-01-01", "봄날")]))
    assert (done.code, done.out, done.err) == (0, f"{index}: 1 documents added, 5 now\n", "")
    done = run("delete", index, "가", "다", "--lang", "ko")
    assert (done.code, done.out) == (0, f"{index}: 문서 2건을 지웠습니다. 남은 문서는 3건입니다.\n")
    done = run(
        "add", index, write(tmp_path / "c.csv", [("마", "바뀐 영화", "1", "2016-01-01", "봄날")]), "--update", "-q"
    )
    assert (done.code, done.out) == (0, "")
    assert found(run, index, "영화 바뀐") == ["마"]
    assert found(run, index, "영화", "--where", "rating == 1") == ["마"]
    assert run("check", index).code == 0


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["delete", "INDEX", "가", "없음"], "'없음'"),
        (["add", "INDEX", "FILE"], "'가' is in the index already"),
        (["search", "INDEX", "영화", "--where", "ratng > 3"], "Did you mean 'rating'?"),
        (["search", "INDEX", '"영화'], "never closed"),
        (["explain", "INDEX", "--doc", "가", "--word", "영화"], "--query"),
        (["index", "FILE", "-o", "OUT", "--field", "body"], "NAME=TOKENISER"),
        (["index", "FILE", "-o", "OUT", "--field", "body=wrd"], "Did you mean 'word'?"),
        (["index", "FILE", "-o", "OUT", "--field", "body=word@autor"], "'autor'"),
        (["index", "FILE", "-o", "OUT", "--k1", "much"], "must be a number"),
        (["index", "FILE", "-o", "OUT", "--variant", "bm26"], "lucene"),
        (["delete", "FILE", "1"], "Make one with"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(
    words: list[str], part: str, index: Path, tmp_path: Path, run: Any
) -> None:
    before = found(run, index, "영화 배우")
    names = {"INDEX": str(index), "FILE": str(tmp_path / "a.csv"), "OUT": str(tmp_path / "out")}
    done = run(*[names.get(word, word) for word in words])
    assert (done.code, done.out) == (2, "")
    assert part in done.err
    assert found(run, index, "영화 배우") == before
    assert not (tmp_path / "out").exists()


def test_the_place_of_a_mistake_is_pointed_at(index: Path, run: Any) -> None:
    lines = run("search", index, "영화", "--where", "rating >> 3").err.splitlines()
    assert lines[1].startswith("  rating >> 3")
    assert set(lines[2].strip()) == {"^"}


def test_an_explanation_names_field_and_way(index: Path, run: Any) -> None:
    tree = run("explain", index, "--doc", "가", "--query", "dudghk 제목:봄날").out
    assert "제목:봄날" in tree and "pairs:영화" in tree and "keyboard" in tree


def test_words_are_completed(index: Path, run: Any) -> None:
    assert run("suggest", index, "영ㅎ").out.split()[0] in ("영화가", "영화관에서")
    rows = json.loads(run("suggest", index, "재", "--json").out)
    assert rows == [{"term": "재미있다", "df": 1}]
    assert run("suggest", index, "뷁").out == "No word begins like that.\n"


def test_info_tells_what_is_in_it(index: Path, run: Any) -> None:
    facts = json.loads(run("info", index, "--json").out)
    assert facts["n_docs"] == 4
    assert facts["fields"] == {"body": "word", "pairs": "bigram", "제목": "word"}
    assert facts["columns"]["rating"] == "int64"
    assert "세그먼트" in run("info", index, "--lang", "ko").out


def test_an_index_without_fields_of_ones_own_suits_the_language(tmp_path: Path, run: Any) -> None:
    texts = [("1", "the movies were great", "1", "2014-01-01", "x"), ("2", "a boring film", "2", "2014-01-02", "y")]
    run("index", write(tmp_path / "en.csv", texts), "-o", tmp_path / "en", "--text", "review")
    assert found(run, tmp_path / "en", "movie") == ["1"]


def test_a_workspace_is_searched_and_not_edited(tmp_path: Path, run: Any) -> None:
    source = write(tmp_path / "a.csv", ROWS)
    workspace = tmp_path / "ws"
    assert run("build", source, "-o", workspace, "--text", "review", "--tokenizer", "word", "-q").code == 0
    assert found(run, workspace, '"영화가 정말"') == ["가"]
    assert found(run, workspace, "영화가 영화관에서", "--where", "rating > 9") == ["다"]
    assert run("suggest", workspace, "재미").out.startswith("재미있다")
    for words in (["add", workspace, source], ["delete", workspace, "가"]):
        done = run(*words)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        assert "malgil build" in done.err
        assert run(*words, "--lang", "ko").err.startswith(f"{workspace}: 작업 공간은")
    with pytest.raises(ValueError, match="belongs to a workspace"):
        SearchIndex.open(workspace / "index").delete("가")
    assert run("check", workspace).code == 0
