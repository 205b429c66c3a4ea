"""Building: the same bytes however it was done, and never more work than is needed."""

from __future__ import annotations

import errno
import multiprocessing
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import malgil
from malgil.corpus import Corpus
from malgil.errors import ArtefactError, BusyError, DataError, MissingError, StorageError
from malgil.store import Writer, open_artefact
from malgil.strings import string_array
from malgil.workspace import Recipe, Workspace, build
from malgil.workspace.sealing import locked
from malgil.workspace.tokenising import read_tokens

DOCS = {
    "id": ["가", "나", "다", "라", "마", "바"],
    "text": [
        "배우 연기가 정말 좋다 ㅋㅋㅋ",
        "영화가  너무\u200b 길다. 배우는 좋다",
        "\u110b\u1167\u11bc\u1112\u116a \u1103\u116a 음악",  # NFD
        "",
        "the actor is good 😀 배우",
        "정말 정말 좋다",
    ],
    "label": ["긍정", "부정", "긍정", "부정", "긍정", "긍정"],
}
WORD = Recipe().with_values({"tokens.tokenizer": "word"})


def corpus(**columns: list[str]) -> Corpus:
    return malgil.read(pa.table(DOCS | columns))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file but the log, which holds times, and the lock."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in ("build.log", ".lock")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def made(folder: Path) -> dict[str, int]:
    """When each stage was last written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in folder.glob("*/manifest.json")}


def remade(folder: Path, before: dict[str, int]) -> set[str]:
    return {stage for stage, when in made(folder).items() if before.get(stage) != when}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "ws"
    build(corpus(), folder, WORD, n_jobs=1)
    return folder


def test_a_workspace_holds_every_part(built: Path) -> None:
    names = {path.name for path in built.iterdir()}
    assert {"corpus", "tokens", "vocabulary", "counts", "index"} <= names
    assert {"manifest.json", "recipe.toml", "report.html"} <= names
    assert Workspace.open(built).check() == []


def test_the_recipe_is_written_out_with_its_defaults(built: Path) -> None:
    assert Recipe.load(built / "recipe.toml") == WORD


@pytest.mark.parametrize("n_jobs", [1, 2, 4])
def test_same_bytes_for_any_number_of_workers(built: Path, tmp_path: Path, n_jobs: int) -> None:
    build(corpus(), tmp_path / "ws", WORD, n_jobs=n_jobs)
    assert tree(tmp_path / "ws") == tree(built)


def test_nothing_is_done_twice(tmp_path: Path) -> None:
    build(corpus(), tmp_path / "ws", WORD)
    before, page = made(tmp_path / "ws"), (tmp_path / "ws" / "report.html").stat().st_mtime_ns
    build(corpus(), tmp_path / "ws", WORD)
    assert remade(tmp_path / "ws", before) == set()
    assert (tmp_path / "ws" / "report.html").stat().st_mtime_ns == page


@pytest.mark.parametrize(
    ("key", "value", "stages"),
    [
        ("index.k1", 2.0, {"index"}),
        ("counts.weighting", "sklearn", {"counts", "report"}),
        ("vocabulary.min_count", 2, {"vocabulary", "counts", "report"}),
        ("tokens.lowercase", False, {"tokens", "vocabulary", "counts", "index", "report"}),
        ("report.top_words", 5, {"report"}),
    ],
)
def test_a_changed_recipe_redoes_what_depends_on_it(tmp_path: Path, key: str, value: object, stages: set[str]) -> None:
    build(corpus(), tmp_path / "ws", WORD)
    before = made(tmp_path / "ws")
    changed = WORD.with_values({key: value})
    build(corpus(), tmp_path / "ws", changed)
    assert remade(tmp_path / "ws", before) == stages
    build(corpus(), tmp_path / "fresh", changed)
    assert tree(tmp_path / "ws") == tree(tmp_path / "fresh")


def test_a_changed_input_redoes_everything(tmp_path: Path) -> None:
    build(corpus(), tmp_path / "ws", WORD)
    before = made(tmp_path / "ws")
    other = corpus(text=[*DOCS["text"][:-1], "정말 정말 싫다"])
    build(other, tmp_path / "ws", WORD)
    assert remade(tmp_path / "ws", before) == set(before)
    build(other, tmp_path / "fresh", WORD)
    assert tree(tmp_path / "ws") == tree(tmp_path / "fresh")


def test_a_damaged_part_is_made_again(built: Path, tmp_path: Path) -> None:
    build(corpus(), tmp_path / "ws", WORD)
    ids = next((tmp_path / "ws" / "tokens").glob("ids-*.npy"))
    ids.write_bytes(ids.read_bytes()[:-1] + b"\x7f")
    assert len(Workspace.open(tmp_path / "ws").check()) == 1
    build(corpus(), tmp_path / "ws", WORD)
    assert tree(tmp_path / "ws") == tree(built)


def die_at_fsync(folder: Path, moment: int) -> None:
    """Build in a process that is killed when it brings its n-th file to the disk."""
    real, calls = os.fsync, 0

    def fsync(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == moment:
            os.kill(os.getpid(), 9)
        real(handle)

    os.fsync = fsync
    build(corpus(), folder, WORD)


@pytest.mark.parametrize("moment", [1, 6, 15, 30, 45])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")
def test_killed_and_built_again_gives_the_same_bytes(built: Path, tmp_path: Path, moment: int) -> None:
    process = multiprocessing.get_context("spawn").Process(target=die_at_fsync, args=(tmp_path / "ws", moment))
    process.start()
    process.join()
    assert process.exitcode == -9
    with pytest.raises((ArtefactError, MissingError)):
        Workspace.open(tmp_path / "ws")
    finished = made(tmp_path / "ws")
    build(corpus(), tmp_path / "ws", WORD)
    assert tree(tmp_path / "ws") == tree(built)
    assert not remade(tmp_path / "ws", finished) & set(sorted(finished, key=finished.__getitem__)[:-1])


@pytest.mark.parametrize(("name", "length", "value"), [("ids", 4, 0), ("ids", 5, 9), ("start", 3, 0), ("tags", 6, 0)])
def test_tokens_that_do_not_fit_are_refused(tmp_path: Path, name: str, length: int, value: int) -> None:
    arrays = {"ids": np.zeros(5, np.int32), "start": np.zeros(5, np.int32), "tags": np.zeros(5, np.uint8)}
    arrays[name] = np.full(length, value, arrays[name].dtype)
    with Writer(tmp_path / "t", "tokens") as writer:
        writer.meta["tag_names"] = ["NNG"]
        writer.strings("forms", string_array(["말", "길"]))
        for key, array in (arrays | {"indptr": np.array([0, 2, 5])}).items():
            writer.array(key, array)
    with pytest.raises(ArtefactError, match="do not fit together"):
        read_tokens(open_artefact(tmp_path / "t", "tokens"))


def test_two_builds_at_once(tmp_path: Path) -> None:
    with locked(tmp_path / "ws"), pytest.raises(BusyError, match="another malgil is building"):
        build(corpus(), tmp_path / "ws", WORD)


def test_no_tokens(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No token was found in 2 documents"):
        build(malgil.read(["...", "!?"]), tmp_path / "ws", WORD)


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("논문")
    with pytest.raises(StorageError, match="not a workspace"):
        build(corpus(), tmp_path, WORD)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "ws").write_text("x")
    with pytest.raises(StorageError, match="is a file"):
        build(corpus(), tmp_path / "ws", WORD)


def test_a_target_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be written"):
        build(corpus(), tmp_path / "file" / "ws", WORD)


def test_a_full_disk_is_one_sentence_and_the_next_build_goes_on(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.fsync, 0

    def fsync(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 20:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StorageError, match="No space left on device"):
        build(corpus(), tmp_path / "ws", WORD)
    monkeypatch.undo()
    finished = made(tmp_path / "ws")
    build(corpus(), tmp_path / "ws", WORD)
    assert finished
    assert not remade(tmp_path / "ws", finished) & set(finished)
    assert tree(tmp_path / "ws") == tree(built)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_target(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="Permission denied"):
        build(corpus(), tmp_path / "ws", WORD)
    tmp_path.chmod(0o700)


def test_a_rare_term_gets_no_id_but_keeps_its_place_in_the_length(tmp_path: Path) -> None:
    workspace = build(corpus(), tmp_path / "ws", WORD.with_values({"vocabulary.min_count": 3}))
    assert [workspace.vocabulary.term(i) for i in range(len(workspace.vocabulary))] == ["정말", "좋다"]
    assert workspace.weights.counts.n_tokens.tolist() == [5, 5, 3, 0, 5, 3]
    assert workspace.weights.counts.count(5, 0) == 2


def test_spans_point_into_the_raw_text(tmp_path: Path) -> None:
    from malgil.workspace.stages import open_tokens

    build(corpus(), tmp_path / "ws", WORD)
    tokens = open_tokens(tmp_path / "ws")
    for doc, forms in enumerate(tokens.to_lists()):
        raw = [DOCS["text"][doc][start:end] for start, end in tokens.spans(doc)]
        cleaned = [malgil.Cleaner().transform([piece])[0].lower() for piece in raw]
        assert cleaned == forms
