"""Writing: every format, whole or not at all, the same bytes each time."""

from __future__ import annotations

import errno
import os
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

import malgil
from malgil.corpus import write
from malgil.errors import DataError, StorageError

ROWS = {
    "text": ['쉼표, "따옴표"', "나", "다"],
    "label": ["긍정", None, "부정"],
    "time": [datetime(2024, 3, 1, 15, 5), None, datetime(2024, 3, 2)],
}


@pytest.fixture
def corpus() -> malgil.Corpus:
    return malgil.read(ROWS)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet", ".arrow"])
def test_all_columns_come_back(tmp_path: Path, corpus: malgil.Corpus, suffix: str) -> None:
    write(corpus, tmp_path / f"x{suffix}")
    assert malgil.read(tmp_path / f"x{suffix}").to_table().to_pylist() == corpus.to_table().to_pylist()


@pytest.mark.parametrize("suffix", [".csv.gz", ".jsonl.zst", ".parquet", ".arrow"])
def test_the_same_documents_give_the_same_bytes(tmp_path: Path, corpus: malgil.Corpus, suffix: str) -> None:
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        write(corpus, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_gzip_holds_neither_time_nor_name(tmp_path: Path, corpus: malgil.Corpus) -> None:
    write(corpus, tmp_path / "x.txt.gz")
    assert (tmp_path / "x.txt.gz").read_bytes()[3:8] == bytes(5)


def test_a_text_file_holds_the_texts_alone(tmp_path: Path, corpus: malgil.Corpus) -> None:
    write(corpus, tmp_path / "x.txt")
    assert (tmp_path / "x.txt").read_text(encoding="utf-8") == '쉼표, "따옴표"\n나\n다\n'


def test_json_lines_keep_hangul_readable(tmp_path: Path) -> None:
    write(pa.table({"text": ["가"], "더": [[1, 2]]}), tmp_path / "x.jsonl")
    assert (tmp_path / "x.jsonl").read_text(encoding="utf-8") == '{"text": "가", "더": [1, 2]}\n'


def test_nested_columns_become_json_in_csv(tmp_path: Path) -> None:
    write(pa.table({"text": ["가"], "더": [{"a": [1]}]}), tmp_path / "x.csv")
    assert malgil.read(tmp_path / "x.csv", text="text").to_table()["더"].to_pylist() == ['{"a": [1]}']


@pytest.mark.parametrize(
    ("name", "text"), [("x.txt", "가\n나"), ("x.txt", "가\r"), ("x.tsv", "가\t나"), ("x.tsv", "가\r")]
)
def test_what_a_line_cannot_hold_is_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text("old", encoding="utf-8")
    with pytest.raises(DataError, match=r"row 2: 'text' holds a line end or tab"):
        write(pa.table({"text": ["가", text]}), path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_suffix(tmp_path: Path, corpus: malgil.Corpus) -> None:
    with pytest.raises(DataError, match="cannot be told from the name"):
        write(corpus, tmp_path / "x.docx")


def test_a_folder_that_is_not_there(tmp_path: Path, corpus: malgil.Corpus) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        write(corpus, tmp_path / "no" / "x.csv")


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow", ".jsonl.gz", ".txt.zst"])
def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, corpus: malgil.Corpus, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_text("old", encoding="utf-8")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        write(corpus, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
