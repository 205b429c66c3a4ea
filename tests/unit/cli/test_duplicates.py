"""``malgil duplicates``: groups on the terminal, pairs as JSON and in a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from malgil.cli import main

ROWS = "id,text\na,배송이 정말 빠르고 좋아요\nb,색이 달라요\nc,배송이 정말빠르고 좋아요!!\n"


@pytest.fixture
def reviews(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MALGIL_LANG", "ko")
    path = tmp_path / "reviews.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_groups_are_shown(reviews: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["duplicates", str(reviews)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["a", "배송이"], ["1.0000", "c"]]
    assert "무리 1개" in lines[-1]


def test_pairs_as_json_and_in_a_file(reviews: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = reviews.with_name("pairs.jsonl")
    assert main(["duplicates", str(reviews), "--json", "-o", str(pairs)]) == 0
    wanted = [{"a": "a", "b": "c", "jaccard": 1.0}]
    assert json.loads(capsys.readouterr().out) == wanted
    assert [json.loads(line) for line in pairs.read_text(encoding="utf-8").splitlines()] == wanted


def test_a_threshold_out_of_range(reviews: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["duplicates", str(reviews), "--threshold", "2"]) == 2
    assert "threshold=2.0" in capsys.readouterr().err
