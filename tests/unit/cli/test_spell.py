"""``malgil spell``: a corpus corrected, one word asked for, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from malgil.corpus import read
from tests.unit.cli.test_commands import Run, run  # noqa: F401


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "raw.jsonl"
    rows = [{"id": "a", "text": "안녕하새요 친구", "stars": 1}, {"id": "b", "text": "그대로", "stars": 2}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_corpus_is_corrected(source: Path, run: Run, tmp_path: Path) -> None:  # noqa: F811
    target = tmp_path / "spelled.jsonl"
    done = run("spell", source, "-o", target, "--show", 3, "--explain")
    assert done.code == 0
    assert "2 texts, 1 corrections in 1 of them" in done.out
    assert "[안녕하새요 > 안녕하세요] 친구" in done.out
    assert "slip ㅔ > ㅐ" in done.out
    table = read(target).to_table()
    assert table["text"].to_pylist() == ["안녕하세요 친구", "그대로"]
    assert table["stars"].to_pylist() == [1, 2]


def test_one_word_is_asked_for(run: Run) -> None:  # noqa: F811
    done = run("spell", "--word", "하지반", "-k", 2, "--json")
    assert [row["word"] for row in json.loads(done.out)] == ["하지만", "하지안"]
    reasons = json.loads(run("spell", "--word", "하지반", "-k", 1, "--json", "--explain").out)
    assert reasons[0]["reason"]["combine"] == "sum"
    assert run("spell", "--word", "하지반", "-k", 1).out.startswith("하지만\t-")


def test_what_is_asked_must_be_one_thing(source: Path, run: Run) -> None:  # noqa: F811
    for words in (["spell"], ["spell", source], ["spell", source, "--word", "말"]):
        done = run(*words)
        assert (done.code, "--word" in done.err) == (2, True)
    assert run("spell", "--word", "두 말").code == 2


def test_a_word_without_suggestions_says_so(run: Run) -> None:  # noqa: F811
    pytest.importorskip("symspellpy")
    done = run("spell", "--word", "zqxjkvbzqxw", "--language", "en")
    assert (done.code, "No suggestion" in done.out) == (0, True)
