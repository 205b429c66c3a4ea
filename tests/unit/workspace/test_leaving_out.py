"""Drop rules in a build: the same bytes however it was done, and nobody forgets who was left out."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import malgil
from malgil.corpus import Corpus
from malgil.errors import ArtefactError, DataError
from malgil.workspace import Recipe, Workspace, build
from malgil.workspace.documents import Documents, write_documents
from malgil.workspace.leaving_out import LeftOut
from tests.unit.workspace.test_build import made, remade, tree

DOCS = {
    "id": ["a", "b", "c", "d", "e", "f", "g"],
    "text": [
        "영화가 정말 좋다",
        " \u200b ",
        "영화가  정말 좋다",
        "the actor is good",
        "배우가 좋다 영화가 길다",
        "영화가 정말좋다",
        "정말 길다",
    ],
}
WORD = Recipe().with_values({"tokens.tokenizer": "word"})
RULES = WORD.with_values({"clean.drop": {"empty": True, "duplicates": "blanks", "languages": ["ko"]}})


def corpus() -> Corpus:
    return malgil.read(pa.table(DOCS))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("left_out") / "ws"
    build(corpus(), folder, RULES, n_jobs=1)
    return folder


def test_what_is_left_out_is_in_no_part_and_kept_by_id(built: Path) -> None:
    workspace = Workspace.open(built)
    assert workspace.documents.ids.to_pylist() == ["a", "e", "g"]
    assert workspace.left_out() == [
        {"id": "b", "reason": "empty"},
        {"id": "c", "reason": "duplicate", "same_as": "a"},
        {"id": "d", "reason": "language"},
        {"id": "f", "reason": "duplicate", "same_as": "a"},
    ]
    assert workspace.info()["left_out"] == {"empty": 1, "language": 1, "duplicate": 2}
    assert workspace.check() == []
    assert [hit.id for hit in workspace.search("배우가")] == ["e"]
    assert Recipe.load(built / "recipe.toml") == RULES


@pytest.mark.parametrize("n_jobs", [2, 4])
def test_same_bytes_for_any_number_of_workers(built: Path, tmp_path: Path, n_jobs: int) -> None:
    build(corpus(), tmp_path / "ws", RULES, n_jobs=n_jobs)
    assert tree(tmp_path / "ws") == tree(built)


def test_nothing_is_done_twice(tmp_path: Path) -> None:
    build(corpus(), tmp_path / "ws", RULES)
    before = made(tmp_path / "ws")
    build(corpus(), tmp_path / "ws", RULES)
    assert remade(tmp_path / "ws", before) == set()


@pytest.mark.parametrize(("first", "second"), [(WORD, RULES), (RULES, WORD)])
def test_changed_rules_build_the_same_as_fresh(first: Recipe, second: Recipe, tmp_path: Path) -> None:
    build(corpus(), tmp_path / "ws", first)
    build(corpus(), tmp_path / "ws", second)
    build(corpus(), tmp_path / "fresh", second)
    assert tree(tmp_path / "ws") == tree(tmp_path / "fresh")


def test_changed_steps_are_obeyed(tmp_path: Path) -> None:
    workspace = build(corpus(), tmp_path / "ws", WORD.with_values({"clean.steps": ["control", {"name": "nfc"}]}))
    assert workspace.left_out() == []
    build(corpus(), tmp_path / "ws", WORD)
    build(corpus(), tmp_path / "fresh", WORD)
    assert tree(tmp_path / "ws") == tree(tmp_path / "fresh")


def test_rules_that_leave_nothing_are_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="leave none of 7 documents"):
        build(corpus(), tmp_path / "ws", WORD.with_values({"clean.drop": {"shorter_than": 99}}))


def die_at_fsync(folder: Path, moment: int) -> None:
    real, calls = os.fsync, 0

    def fsync(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == moment:
            os.kill(os.getpid(), 9)
        real(handle)

    os.fsync = fsync
    build(corpus(), folder, RULES)


@pytest.mark.parametrize("moment", [3, 20])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")
def test_killed_and_built_again_gives_the_same_bytes(built: Path, tmp_path: Path, moment: int) -> None:
    process = multiprocessing.get_context("spawn").Process(target=die_at_fsync, args=(tmp_path / "ws", moment))
    process.start()
    process.join()
    assert process.exitcode == -9
    build(corpus(), tmp_path / "ws", RULES)
    assert tree(tmp_path / "ws") == tree(built)


def test_a_damaged_list_is_refused(tmp_path: Path) -> None:
    class Quiet:
        def start(self, stage: str, total: int | None) -> None: ...
        def advance(self, n: int) -> None: ...
        def done(self) -> None: ...

    ids = pa.array(["x"], pa.large_string())
    left_out = LeftOut(ids, np.array([99], np.int8), ids, {"empty": 1})
    write_documents(tmp_path / "corpus", corpus(), Quiet(), left_out=left_out)
    with pytest.raises(ArtefactError, match="left out is damaged"):
        Documents(tmp_path / "corpus").left_out()
