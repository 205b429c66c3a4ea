"""``malgil augment``: the corpus with new texts behind it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from malgil.cli import main

ROWS = "id,text,label,stars\na,이 영화를 정말 봤다,1,5\na+1,배우 연기가 안 좋다,0,2\nc,또 보고 싶은 영화,1,4\n"


@pytest.fixture
def reviews(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MALGIL_LANG", "ko")
    path = tmp_path / "reviews.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_new_texts_stand_behind_the_corpus(reviews: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lexicon, output = reviews.with_name("lexicon.tsv"), reviews.with_name("more.csv")
    lexicon.write_text("영화\t작품\n", encoding="utf-8")
    words = ["augment", str(reviews), "-o", str(output), "--methods", "synonyms", "--synonyms", str(lexicon)]
    assert main([*words, "--times", "2", "--show", "1"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "synonyms\t이 작품을 정말 봤다\t[영화를 > 작품을]"
    assert "새 글 4건" in printed[1]
    with output.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["a", "a+1", "c", "a+2", "a+3", "c+1", "c+2"]
    assert rows[-1] == {
        **{"id": "c+2", "text": "또 보고 싶은 작품", "label": "1", "stars": "4"},
        **{"source": "c", "method": "synonyms"},
    }
    assert rows[0]["source"] == rows[0]["method"] == ""


def test_vectors_from_a_folder(reviews: Path) -> None:
    from malgil.embeddings import Vectors

    folder, output = reviews.with_name("words.vectors"), reviews.with_name("more.jsonl")
    Vectors(["영화", "작품"], [[1.0, 0.0], [1.0, 0.1]]).save(folder)
    words = ["augment", str(reviews), "-o", str(output), "--methods", "synonyms", "--synonyms", str(folder)]
    assert main([*words, "--label", "stars", "-q"]) == 0
    assert "작품을" in output.read_text(encoding="utf-8")


@pytest.mark.parametrize("options", [["--methods", "fly"], ["--methods", "synonyms"], ["--times", "0"]])
def test_what_cannot_be_is_one_line(reviews: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["augment", str(reviews), "-o", str(reviews.with_name("m.csv")), *options]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_column_of_the_result_is_taken(reviews: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reviews.write_text("id,text,source\na,이 영화,b\n", encoding="utf-8")
    assert main(["augment", str(reviews), "-o", str(reviews.with_name("m.csv"))]) == 2
    assert "'source'" in capsys.readouterr().err
