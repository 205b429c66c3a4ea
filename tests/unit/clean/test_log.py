"""The log of edits: what it says, and what a damaged or foreign one is answered with."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest

from malgil.clean import Cleaner, EditLog, log_edits, undo
from malgil.clean.log_file import LogFile, undo_blocks
from malgil.errors import DataError, MissingError

RAW = [" 가\u200b나", "그대로", unicodedata.normalize("NFD", "한국") + "  말", ""]


def strings(texts: list[str]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, pa.LargeStringArray]:
    path = tmp_path / "edits.jsonl"
    cleaned = Cleaner().clean_block(strings(RAW))
    file = LogFile(path, len(RAW))
    file.add(cleaned.texts, log_edits(strings(RAW), cleaned), strings(list("abcd")))
    assert not path.exists()
    file.commit()
    file.discard()
    return path, cleaned.texts


def test_an_edit_names_its_place_and_what_stood_there() -> None:
    log = log_edits(strings(RAW), Cleaner().clean_block(strings(RAW)))
    rows = zip(log.doc.tolist(), log.start.tolist(), log.end.tolist(), log.raw.to_pylist(), strict=True)
    assert list(rows) == [
        (0, 0, 0, " "),
        (0, 1, 1, "\u200b"),
        (2, 0, 3, unicodedata.normalize("NFD", "한국") + "  "),
    ]


def test_the_file_can_be_read_by_people(written: tuple[Path, pa.LargeStringArray]) -> None:
    lines = [json.loads(line) for line in written[0].read_bytes().splitlines()]
    assert lines[0] == {"malgil": "log of edits", "format": 1, "n_docs": 4}
    assert lines[1] == {"doc": 0, "id": "a", "edits": [[0, 0, " "], [1, 1, "\u200b"]]}
    assert [line.get("id") for line in lines] == [None, "a", "c", None]


@pytest.mark.parametrize("size", [1, 2, 4])
def test_undo_works_in_any_blocks(size: int, written: tuple[Path, pa.LargeStringArray]) -> None:
    path, texts = written
    blocks = [texts.slice(low, size) for low in range(0, len(texts), size)]
    assert [text for block in undo_blocks(blocks, path) for text in block.to_pylist()] == RAW


@pytest.mark.parametrize(
    "texts",
    [
        ["가나", "그대로", "한국 말"],
        ["가나", "그대로", "한국 말", "", ""],
        ["가다", "그대로", "한국 말", ""],
        ["", "", "", ""],
    ],
)
def test_a_log_of_other_texts_is_refused(texts: list[str], written: tuple[Path, pa.LargeStringArray]) -> None:
    with pytest.raises(DataError, match="does not fit"):
        list(undo_blocks([strings(texts)], written[0]))


@pytest.mark.parametrize(
    ("line", "broken", "part"),
    [
        (0, b"{}", "no log of edits"),
        (0, b"id,text", "no log of edits"),
        (0, b"\xff\xfe", "no log of edits"),
        (0, b'{"malgil": "log of edits", "format": 2, "n_docs": 4}', "no log of edits"),
        (1, b"[1]", "line 2"),
        (1, b'{"doc": 0', "line 2"),
        (1, b'{"doc": "0", "edits": []}', "line 2"),
        (1, b'{"doc": -1, "edits": []}', "line 2"),
        (1, b'{"doc": 0}', "line 2"),
        (1, b'{"doc": 0, "edits": [[0, 1]]}', "line 2"),
        (1, b'{"doc": 0, "edits": [[0, 1, null]]}', "line 2"),
        (1, b'{"doc": 0, "edits": [[0, 1, 5]]}', "line 2"),
        (1, b'{"doc": 0, "edits": [[0, 9.5, "x"]]}', "line 2"),
        (1, b'{"doc": 0, "edits": [[0, 1, "\\ud800"]]}', "line 2"),
        (1, b'{"doc": 0, "edits": [[0, 99, "x"]]}', "does not fit"),
        (1, b'{"doc": 0, "edits": [[2, 1, "x"]]}', "does not fit"),
        (1, b'{"doc": 0, "edits": [[1, 2, "x"], [0, 1, "x"]]}', "does not fit"),
        (2, b'{"doc": 9, "edits": []}', "does not fit"),
        (3, b"", "does not fit"),
        (3, b'{"hash": "0"}', "does not fit"),
    ],
)
def test_a_damaged_log_is_one_clear_error(
    line: int, broken: bytes, part: str, written: tuple[Path, pa.LargeStringArray]
) -> None:
    path, texts = written
    lines = path.read_bytes().split(b"\n")[:-1]
    lines[line] = broken
    path.write_bytes(b"\n".join(line for line in lines if line))
    with pytest.raises(DataError) as caught:
        list(undo_blocks([texts], path))
    assert part in str(caught.value)


def test_a_log_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"no\.jsonl"):
        list(undo_blocks([strings(["가"])], tmp_path / "no.jsonl"))


def test_a_log_that_was_not_finished_leaves_nothing(tmp_path: Path) -> None:
    LogFile(tmp_path / "edits.jsonl", 1).discard()
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_undo_gives_the_same_array() -> None:
    texts = strings(["가"])
    assert undo(texts, log_edits(texts, Cleaner().clean_block(texts))) is texts


def test_a_text_outside_the_block_is_refused() -> None:
    log = log_edits(strings([" 가"]), Cleaner().clean_block(strings([" 가"])))
    with pytest.raises(DataError, match="does not fit"):
        undo(strings([]), EditLog(log.doc + 3, log.start, log.end, log.raw))
