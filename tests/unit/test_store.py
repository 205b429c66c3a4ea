"""Artefacts: whole or not there, checked when opened, equal bytes for equal content."""

from __future__ import annotations

import json
import mmap
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import xxhash

from malgil import files, store
from malgil.errors import ArtefactError, StorageError
from malgil.strings import string_buffers

TERMS = pa.array(["말", "길", "the", ""], pa.large_string())


def save(path: Path, numbers: list[int]) -> None:
    with store.Writer(path, "thing") as writer:
        writer.meta["이름"] = "값"
        writer.array("numbers", np.array(numbers, np.int32))
        writer.strings("terms", TERMS)
        writer.file("page.txt", lambda file: file.write("말길".encode()))
        with writer.stream("grown", np.int64) as stream:
            for number in numbers:
                stream.append(np.array([number], np.int32))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    save(tmp_path / "a", [3, 1, 2])
    artefact = store.open_artefact(tmp_path / "a", "thing")
    assert artefact["numbers"].tolist() == [3, 1, 2]
    assert artefact["grown"].tolist() == [3, 1, 2]
    assert artefact.strings("terms") == TERMS
    assert artefact.path_of("page.txt").read_text(encoding="utf-8") == "말길"
    assert artefact.meta == {"이름": "값"}


def test_arrays_without_items_are_kept(tmp_path: Path) -> None:
    save(tmp_path / "a", [])
    artefact = store.open_artefact(tmp_path / "a", "thing")
    assert (artefact["numbers"].shape, artefact["grown"].dtype) == ((0,), np.dtype(np.int64))


def test_arrays_are_read_only_maps(tmp_path: Path) -> None:
    save(tmp_path / "a", [1])
    numbers = store.open_artefact(tmp_path / "a", "thing")["numbers"]
    assert isinstance(numbers, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        numbers[0] = 5


def test_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        save(tmp_path / name, [3, 1, 2])
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in "ab")
    assert first == second


def test_a_failed_writer_leaves_the_old_artefact(tmp_path: Path) -> None:
    save(tmp_path / "a", [1])
    before = {p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()}
    with pytest.raises(RuntimeError), store.Writer(tmp_path / "a", "thing") as writer:
        writer.array("numbers", np.arange(9))
        raise RuntimeError
    assert {p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()} == before


def test_a_new_version_sweeps_the_old_files_but_not_the_users(tmp_path: Path) -> None:
    save(tmp_path / "a", [1])
    (tmp_path / "a" / "my notes.txt").write_text("메모", encoding="utf-8")
    save(tmp_path / "a", [2])
    names = {p.name for p in (tmp_path / "a").iterdir()}
    assert "my notes.txt" in names
    assert len([name for name in names if name.startswith("numbers-")]) == 1


def test_every_flipped_byte_is_found(tmp_path: Path) -> None:
    save(tmp_path / "a", [1, 2])
    for path in sorted((tmp_path / "a").iterdir()):
        sound = path.read_bytes()
        for place in range(0, len(sound), 7):
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
            assert store.check(tmp_path / "a"), f"{path.name} byte {place}"
        path.write_bytes(sound)
    assert store.check(tmp_path / "a") == []


def test_a_manifest_that_lost_its_last_byte_is_found(tmp_path: Path) -> None:
    save(tmp_path / "a", [1])
    manifest = tmp_path / "a" / store.MANIFEST
    manifest.write_bytes(manifest.read_bytes()[:-1])
    assert store.check(tmp_path / "a")


def damaged(path: Path, **changes: object) -> None:
    """Change a manifest and seal it again, as a newer or hostile writer would."""
    manifest = json.loads((path / store.MANIFEST).read_text(encoding="utf-8")) | changes
    manifest["seal"] = store._seal(manifest)
    (path / store.MANIFEST).write_bytes(store._to_bytes(manifest))


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "a", [1])
    damaged(tmp_path / "a", format=store.FORMAT + 1)
    with pytest.raises(ArtefactError, match="Upgrade malgil"):
        store.open_artefact(tmp_path / "a", "thing")


def test_a_part_may_not_leave_the_folder(tmp_path: Path) -> None:
    save(tmp_path / "a", [1])
    part = {"file": "../secret.npy", "n_bytes": 1, "checksum": "", "dtype": None, "shape": None}
    damaged(tmp_path / "a", parts={"numbers": part})
    with pytest.raises(ArtefactError, match="may not leave"):
        store.open_artefact(tmp_path / "a", "thing")


def test_the_manifests_shape_must_be_the_arrays(tmp_path: Path) -> None:
    save(tmp_path / "a", [1, 2])
    manifest = json.loads((tmp_path / "a" / store.MANIFEST).read_text(encoding="utf-8"))
    manifest["parts"]["numbers"]["shape"] = [3]
    damaged(tmp_path / "a", parts=manifest["parts"])
    with pytest.raises(ArtefactError, match="damaged"):
        store.open_artefact(tmp_path / "a", "thing")["numbers"]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": "x"}', '{"format": 1, "parts": 3}'])
def test_an_unreadable_manifest_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / store.MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(ArtefactError, match=r"manifest\.json cannot be read"):
        store.open_artefact(tmp_path, "thing")


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="no malgil artefact"):
        store.open_artefact(tmp_path / "no", "thing")


def test_another_kind_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "a", [1])
    with pytest.raises(ArtefactError, match="holds 'thing'"):
        store.open_artefact(tmp_path / "a", "other")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    save(tmp_path / "a", [1])
    path = store.open_artefact(tmp_path / "a", "thing").path_of("numbers")
    path.unlink()
    with pytest.raises(ArtefactError, match=path.name):
        store.open_artefact(tmp_path / "a", "thing")


@pytest.mark.parametrize("kind", [np.int32, np.float64, np.uint64])
def test_borders_of_strings_of_another_type_are_refused(tmp_path: Path, kind: type) -> None:
    with store.Writer(tmp_path / "a", "thing") as writer:
        writer.array("terms.offsets", np.array([0, 1, 2], kind))
        writer.array("terms.data", np.frombuffer(b"ab", np.uint8))
    with pytest.raises(ArtefactError, match="do not fit together"):
        store.open_artefact(tmp_path / "a", "thing").strings("terms")


def test_names_of_the_files_are_on_the_disk_before_the_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, bool]] = []

    def look(folder: Path) -> None:
        seen.append((len(list(folder.glob("*.npy"))), (folder / store.MANIFEST).exists()))

    monkeypatch.setattr(files, "sync_folder", look)
    save(tmp_path / "a", [1])
    assert seen == [(4, False), (4, True)]


def test_objects_are_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Object arrays"), store.Writer(tmp_path / "a", "thing") as writer:
        writer.array("numbers", np.array([object()]))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def full(handle: int) -> None:
        real(handle)
        Path("/dev/full").write_bytes(b"x")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        save(tmp_path / "a", [1])


def test_a_file_in_the_way_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be written"):
        save(tmp_path / "file" / "a", [1])


@pytest.mark.parametrize("begin", [0, 1, 3])
def test_string_buffers_of_a_slice(begin: int) -> None:
    offsets, data = string_buffers(TERMS[begin:])
    found = [data[low:high].tobytes().decode() for low, high in pairwise(offsets)]
    assert found == TERMS.to_pylist()[begin:]


@pytest.mark.parametrize("extra", [-1, 0, 1])
@pytest.mark.parametrize("n_windows", [0, 1, 3])
def test_a_checksum_is_that_of_the_whole_file(
    n_windows: int, extra: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_WINDOW", mmap.ALLOCATIONGRANULARITY)
    content = np.arange(max(0, n_windows * mmap.ALLOCATIONGRANULARITY + extra)).astype(np.uint8).tobytes()
    path = tmp_path / "가.bin"
    path.write_bytes(content)
    assert files.checksum(path) == xxhash.xxh3_128_hexdigest(content)
