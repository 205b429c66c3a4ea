"""Counting under a bound of memory: the same model, and nothing left in the temporary folder."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import malgil
from malgil.errors import DataError, ParameterError, StorageError
from malgil.ngram import NgramLM, runs, spilling
from malgil.ngram.parts import read_parts
from malgil.ngram.settings import bytes_of
from malgil.ngram.spilling import Plan, count_in_parts
from malgil.tokenizers import tokenizer

TEXTS = [f"이 영화 {word}{i % 7} 참 좋다 ㅋㅋ" for i in range(300) for word in ("배우", "음악", "😀")]
SPACES = tokenizer("whitespace")
TINY = Plan(3, 40_000)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("16M", 16 << 20), ("2G", 2 << 30), ("1.5 GiB", 3 << 29), ("20000k", 20_000 << 10), (1 << 25, 1 << 25)],
)
def test_an_amount_of_memory(given: int | str, wanted: int) -> None:
    assert bytes_of(given) == wanted


@pytest.mark.parametrize("given", ["", "G", "-2G", "2X", "15M", 1000, 0, 1e9, True, "１６M", "2G\n3", "nan", b"2G"])
def test_no_amount_of_memory(given: Any) -> None:
    with pytest.raises(ParameterError, match=r"memory=.*'2G'"):
        NgramLM(memory=given).fit(TEXTS)


def test_a_corpus_of_files_gives_the_same_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "corpus.txt").write_text("\n".join(TEXTS), encoding="utf-8")
    corpus = malgil.read(tmp_path / "corpus.txt")
    made: list[int] = []

    class Counted(runs.SortedRun):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            made.append(1)

    monkeypatch.setattr(spilling, "SortedRun", Counted)
    monkeypatch.setattr(spilling, "_PER_TOKEN", 1 << 15)  # 16 MiB are then some 500 tokens
    models: list[Any] = [
        NgramLM(order=3, memory=memory, discount_fallback=(0.5, 1.0, 1.5), n_jobs=n_jobs).fit(corpus)
        for memory, n_jobs in ((None, 1), ("16M", 1), (1 << 24, 2), ("16M", 4))
    ]
    assert len(made) > 20
    first = models[0].model_
    for lm in models[1:]:
        assert lm.model_.words.strings.equals(first.words.strings)
        pairs = zip((*lm.model_.table.trie, *lm.model_.table[1:5]), (*first.table.trie, *first.table[1:5]), strict=True)
        assert all(one.tobytes() == other.tobytes() for one, other in pairs)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus.txt"]


def test_a_model_that_was_bound_grows_as_any_other() -> None:
    bound: Any = NgramLM(order=2, smoothing="witten_bell", memory="16M").fit(TEXTS[:500]).partial_fit(TEXTS[500:])
    whole: Any = NgramLM(order=2, smoothing="witten_bell").fit(TEXTS)
    assert np.array_equal(bound.model_.table.log10_probs, whole.model_.table.log10_probs)


def test_the_bound_is_of_the_machine_and_not_of_the_model(tmp_path: Path) -> None:
    NgramLM(order=2, smoothing="witten_bell", memory="16M").fit(TEXTS).save(tmp_path / "lm")
    assert NgramLM.open(tmp_path / "lm").memory is None


def test_a_corpus_that_fits_never_touches_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spilling, "SortedRun", None)
    assert count_in_parts(TEXTS, SPACES, Plan(3, 1 << 30)).n_sentences == len(TEXTS)


def test_one_long_document_is_a_part_of_its_own() -> None:
    texts = ["짧다", "길다 " * 500, "짧다", ""]
    sizes = [part.n_sentences for part, _ in read_parts(texts, SPACES, 20)]
    assert sizes == [1, 1, 2]


def test_the_row_of_a_bad_document_is_that_of_the_corpus() -> None:
    with pytest.raises(DataError, match="Document 700 holds the word '</s>'"):
        count_in_parts([*TEXTS[:700], "참 </s> 좋다"], SPACES, TINY)
    bad = pa.Array.from_buffers(
        pa.large_string(), 2, [None, pa.py_buffer(np.array([0, 3, 5])), pa.py_buffer("가".encode() + b"\xff\xfe")]
    )
    with pytest.raises(DataError, match=r"Text 1 .*UTF-8"):
        list(read_parts(bad, SPACES, 4))


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), MemoryError])
@pytest.mark.parametrize("when", [0, 3])
def test_nothing_is_left_behind(temporary: Path, monkeypatch: pytest.MonkeyPatch, error: Any, when: int) -> None:
    made: list[int] = []

    class Failing(runs.SortedRun):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            assert any(temporary.rglob("labels"))
            made.append(1)
            if len(made) > when:
                raise error

    monkeypatch.setattr(spilling, "SortedRun", Failing)
    wanted = StorageError if isinstance(error, OSError) else error
    with pytest.raises(wanted) as caught:
        count_in_parts(TEXTS, SPACES, TINY)
    if wanted is StorageError:
        assert str(temporary) in str(caught.value)
        assert "TMPDIR" in str(caught.value)
        assert "No space left" in str(caught.value)
        assert "TMPDIR" in caught.value.sentence("ko")
    assert list(temporary.iterdir()) == []


def test_a_source_that_fails_leaves_nothing_behind(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def blocks(texts: object) -> Iterator[pa.LargeStringArray]:
        yield pa.array(TEXTS, pa.large_string())
        assert list(temporary.iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr("malgil.ngram.parts.text_blocks", blocks)
    with pytest.raises(KeyboardInterrupt):
        count_in_parts(TEXTS, SPACES, TINY)
    assert list(temporary.iterdir()) == []


_FULL = """
import resource, sys, tempfile
from malgil.errors import StorageError
from malgil.ngram.spilling import Plan, count_in_parts
from malgil.tokenizers import tokenizer

tempfile.tempdir = sys.argv[1]
texts = [f"말{i % 97} 글{i % 89} 길{i % 83}" for i in range(4000)]
plan = Plan(3, 300_000, n_jobs=2)
count_in_parts(texts, tokenizer("whitespace"), plan)  # also compiles what is to be compiled
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    count_in_parts(texts, tokenizer("whitespace"), plan)
except StorageError as error:
    print(error.sentence("en"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("limit", [1000, 30_000])  # a run does not fit; the runs do, what they merge to does not
def test_a_full_disk_is_said_in_one_sentence(temporary: Path, limit: int) -> None:
    done = subprocess.run([sys.executable, "-c", _FULL, temporary, str(limit)], capture_output=True, text=True)
    assert done.stderr == ""
    assert str(temporary) in done.stdout
    assert "File too large" in done.stdout
    assert list(temporary.iterdir()) == []
