from __future__ import annotations

from pathlib import Path

import pytest

from malgil.cli.build import default_workspace


@pytest.mark.parametrize(
    ("corpus", "name"),
    [
        ("reviews.csv", "reviews.malgil"),
        ("data/리뷰.jsonl.gz", "리뷰.malgil"),
        ("data/folder/", "folder.malgil"),
        ("-", "corpus.malgil"),
        ("logs/*.csv", "corpus.malgil"),
        (".hidden", "corpus.malgil"),
    ],
)
def test_a_workspace_is_named_after_its_corpus(corpus: str, name: str) -> None:
    assert default_workspace(corpus) == Path(name)


def test_the_current_folder_gives_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "나의글").mkdir()
    monkeypatch.chdir(tmp_path / "나의글")
    assert default_workspace(".") == Path("나의글.malgil")
