"""The folder of an index: what is committed is there, whatever happens; what is damaged is named."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from malgil import SearchIndex
from malgil.errors import ArtefactError, BusyError, MissingError, ParameterError, StorageError
from malgil.search import directory, merging
from malgil.search.directory import check_index

TEXTS = ["영화가 참 좋다", "배우 연기가 좋다", "음악이 좋은 영화", "그냥 그랬다"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    table = {"id": ["가", "나", "다", "라"], "text": TEXTS, "rating": [9, 7, 10, 3]}
    SearchIndex.build(table, tmp_path / "색인", {"body": "word"})
    return tmp_path / "색인"


@pytest.fixture
def small_tiers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "FANOUT", 2)
    monkeypatch.setattr(merging, "_SMALLEST", 2)


def ids(index: SearchIndex) -> list[str]:
    return [hit.id for hit in index.search("좋다 영화 배우 새", k=99)]


def files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file())


def test_what_was_saved_is_opened(path: Path) -> None:
    index = SearchIndex.open(path)
    assert len(index) == 4
    assert index.info()["columns"] == {"rating": "int64"}
    assert [hit.text for hit in index.search("좋다", where="rating < 8")] == [TEXTS[1]]


def test_the_same_documents_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    table = {"id": ["가", "나", "다", "라"], "text": TEXTS, "rating": [9, 7, 10, 3]}
    SearchIndex.build(table, tmp_path / "other", {"body": "word"}, n_jobs=1)
    here, there = (
        {file.relative_to(root): file.read_bytes() for file in files(root)} for root in (path, tmp_path / "other")
    )
    assert here == there


def test_building_again_replaces_the_index(path: Path) -> None:
    SearchIndex.build(["새 글"], path, {"body": "word"})
    index = SearchIndex.open(path)
    assert ids(index) == ["0"]
    assert len(list(path.glob("segment-*"))) == 1


def test_a_reader_keeps_its_documents_while_others_write(path: Path) -> None:
    reader, before = SearchIndex.open(path), ids(SearchIndex.open(path))
    with SearchIndex.open(path) as writer:
        writer.update(["새 글"], ["가"])
        writer.delete("나")
        writer.merge()
    assert ids(reader) == before
    assert [hit.text for hit in reader.search("배우")] == [TEXTS[1]]  # read from a file that is gone
    assert sorted(ids(SearchIndex.open(path))) == ["가", "다"]


def test_a_writer_sees_what_another_wrote_before_it_writes(path: Path) -> None:
    one, other = SearchIndex.open(path), SearchIndex.open(path)
    one.add(["새 글"], ids=["마"])
    with pytest.raises(ValueError, match="마"):
        other.add(["또 새 글"], ids=["마"])
    other.add(["또 새 글"], ids=["바"])
    assert {"마", "바"} < set(ids(SearchIndex.open(path)))


def test_two_writers_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "_PATIENCE", 0.01)
    index = SearchIndex.open(path)
    with FileLock(path / directory.LOCK):
        for edit in (lambda: index.add(["새 글"]), lambda: index.delete("가"), index.merge):
            with pytest.raises(BusyError, match="another process"):
                edit()
        assert ids(index) == ["나", "다", "가"]  # searching goes on
    index.add(["새 글"])


@pytest.mark.parametrize("suffix", ["manifest.json", "alive", "texts.frames", "ids.order", "field0.postings", ".arrow"])
def test_a_flipped_byte_is_found(path: Path, suffix: str) -> None:
    SearchIndex.open(path).delete("라")
    file = next(file for file in files(path) if suffix in file.name)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(ArtefactError, match=file.name):
        SearchIndex.open(path)
    assert any(file.name in str(problem) for problem in check_index(path))


def test_every_missing_file_is_named(path: Path) -> None:
    assert check_index(path) == []
    for file in files(path):
        if file.name in (directory.LOCK, "manifest.json"):
            continue
        content = file.read_bytes()
        file.unlink()
        with pytest.raises(ArtefactError, match=file.name):
            SearchIndex.open(path)
        file.write_bytes(content)
    SearchIndex.open(path)


def test_a_missing_segment_is_named(path: Path) -> None:
    segment = next(path.glob("segment-*"))
    shutil.rmtree(segment)
    with pytest.raises(ArtefactError, match=segment.name):
        SearchIndex.open(path)


def test_a_segment_of_another_index_is_refused(path: Path, tmp_path: Path) -> None:
    SearchIndex.build(["가", "나", "다", "라"], tmp_path / "other", {"body": "word"})
    mine, other = next(path.glob("segment-*")), next((tmp_path / "other").glob("segment-*"))
    shutil.rmtree(mine)
    shutil.copytree(other, mine)
    with pytest.raises(ArtefactError, match=mine.name):
        SearchIndex.open(path)


def test_a_newer_format_is_refused(path: Path) -> None:
    manifest = path / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
    with pytest.raises(ArtefactError, match="format 99"):
        SearchIndex.open(path)


def test_no_index_and_other_things(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="malgil index"):
        SearchIndex.open(tmp_path)
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(StorageError, match="not a search index"):
        SearchIndex.build(["가"], tmp_path)
    with pytest.raises(StorageError, match="is a file"):
        SearchIndex.build(["가"], tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").read_text() == "x"


def test_what_a_killed_writer_left_is_swept(path: Path) -> None:
    for name in ("segment-0123456789abcdef", "segment-0.part"):
        (path / name).mkdir()
        (path / name / "texts.npy").write_bytes(b"x" * 100)
    SearchIndex.open(path)
    assert len(list(path.glob("segment-*"))) == 3  # a reader removes nothing
    SearchIndex.open(path).add(["새 글"])
    assert len(list(path.glob("segment-*"))) == 2


def full_disk(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Let the disk be full from the n-th file on."""
    left, sync = [after], os.fsync

    def fsync(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("after", [0, 3, 12])
@pytest.mark.parametrize("edit", ["add", "update", "merge", "behind"])
def test_a_full_disk_leaves_the_old_documents(
    path: Path, small_tiers: None, monkeypatch: pytest.MonkeyPatch, edit: str, after: int
) -> None:
    index = SearchIndex.open(path)
    if edit == "merge":
        index.delete("가")
    if edit == "behind":
        monkeypatch.setattr(merging, "FANOUT", 99)
        index.add(["새 글", "둘", "셋"], ids=["마", "바", "사"])
        monkeypatch.setattr(merging, "FANOUT", 2)
    before = ids(index)
    full_disk(monkeypatch, after)
    with pytest.raises(StorageError, match="cannot be written"):
        if edit == "add":
            index.add(["새 글"])
        elif edit == "update":
            index.update(["새 글"], ["나"])
        elif edit == "merge":
            index.merge()
        else:
            index._editor._merge_behind()
            index.close()
    monkeypatch.undo()
    assert ids(index) == ids(SearchIndex.open(path)) == before
    assert check_index(path) == []
    index.add(["또 새 글"])
    assert len(list(path.glob("*.part"))) == 0


def copies_at_every_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Iterator[Path]]:
    """Copy the folder before each call that changes it: what a process leaves that is killed just then."""
    made: list[Path] = []

    def watched(name: str) -> Callable[..., Any]:
        original = getattr(os, name)

        def call(*arguments: Any, **options: Any) -> Any:
            copy = path.with_name(f"copy {len(made)}")
            made.append(copy)
            with pytest.MonkeyPatch.context() as inside:
                inside.setattr(os, name, original)
                shutil.copytree(path, copy)
            return original(*arguments, **options)

        return call

    for name in ("fsync", "replace", "rename", "unlink", "rmdir"):
        monkeypatch.setattr(os, name, watched(name))
    return lambda: iter(made)


@pytest.mark.parametrize("edit", ["add", "update", "delete", "merge"])
def test_killed_between_any_two_steps(path: Path, monkeypatch: pytest.MonkeyPatch, edit: str) -> None:
    index = SearchIndex.open(path)
    index.delete("라")
    before = ids(index)
    with monkeypatch.context() as patch:
        copies = copies_at_every_step(path, patch)
        if edit == "add":
            index.add(["새 영화"], ids=["마"])
        elif edit == "update":
            index.update(["새 영화"], ["가"])
        elif edit == "delete":
            index.delete("가")
        else:
            index.merge()
    after, seen = ids(index), []
    for copy in copies():
        survivor = SearchIndex.open(copy)
        assert ids(survivor) in (before, after)
        seen.append(ids(survivor))
        survivor.add(["새 것"], ids=["바"])
        assert sorted(ids(SearchIndex.open(copy))) == sorted([*seen[-1], "바"])
        named = {segment.name for segment in survivor.snapshot.segments}
        assert {folder.name for folder in copy.glob("segment-*")} == named
        shutil.rmtree(copy)
    assert len(seen) > 5
    assert seen == sorted(seen, key=lambda state: state == after)  # no way back once it is committed


WRITER = """
import sys
from malgil import SearchIndex
from malgil.search import merging
merging.FANOUT, merging._SMALLEST = 2, 3
index = SearchIndex.open(sys.argv[1])
for number in range(int(sys.argv[2]), 100000):
    if number % 3 == 2:
        index.delete(f"n{number - 2}")
    else:
        index.add([f"영화 {number}"], ids=[f"n{number}"])
    print(number, flush=True)
"""


def state_after(n_edits: int) -> list[str]:
    names = [f"n{number}" for number in range(n_edits) if number % 3 != 2]
    gone = {f"n{number - 2}" for number in range(n_edits) if number % 3 == 2}
    return [name for name in names if name not in gone]


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "index"
    SearchIndex.build([], path, {"body": "word"})
    n_done = 0
    for wait in (0.0, 0.013, 0.031, 0.057):
        command = [sys.executable, "-c", WRITER, str(path), str(n_done)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = [process.stdout.readline()]
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            told += process.stdout.read().splitlines()
        n_told = int(told[-1]) + 1
        survivor = SearchIndex.open(path)
        found = [segment.ids[i] for segment in survivor.snapshot.segments for i in range(segment.n_docs)]
        alive = [id for id in found if any(hit.id == id for hit in survivor.search("영화", k=10**6))]
        states = {n: state_after(n) for n in (n_told, n_told + 1)}
        assert alive in states.values()
        n_done = next(n for n, state in states.items() if state == alive)


def test_an_index_of_a_workspace_is_not_edited(path: Path) -> None:
    part = SearchIndex.open(path)
    part._editor._storage._extra["made_from"] = "0"  # type: ignore[attr-defined]
    part._is_part = True
    with pytest.raises(ParameterError, match="malgil build"):
        part.add(["새 글"])
