"""``malgil clean``: what it shows, what it leaves out, and the way back."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from malgil.cli.changes import Change, visible
from malgil.corpus import read
from tests.unit.cli.test_commands import Run, run  # noqa: F401

RAW = [
    "  재밌다\t정말 ",
    "ok",
    unicodedata.normalize("NFD", "한글") + "\u200b",
    "",
    "ok",
    '줄\n바꿈, "따옴표" 👨‍👩‍👧 שלום',
]
RECIPE = '[clean]\nsteps = ["control", "nfc", "whitespace"]\n[clean.drop]\nempty = true\nduplicates = "exact"\n'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "raw.jsonl"
    rows = [{"id": f"d{i}", "text": text, "stars": i} for i, text in enumerate(RAW)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def texts(path: Path) -> list[str]:
    return list(read(path).to_table()["text"].to_pylist())


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_the_log_restores_what_was_written(suffix: str, source: Path, run: Run, tmp_path: Path) -> None:  # noqa: F811
    target, log, back = tmp_path / f"clean{suffix}", tmp_path / "edits.jsonl", tmp_path / f"back{suffix}"
    assert run("clean", source, "-o", target, "--log", log, "-q").code == 0
    assert texts(target)[:4] == ["재밌다 정말", "ok", "한글", ""]
    done = run("clean", target, "-o", back, "--undo", log)
    assert (done.code, texts(back)) == (0, RAW)
    assert "6 texts, as they were before cleaning" in done.out


def test_what_is_left_out_is_counted_and_written(source: Path, run: Run, tmp_path: Path) -> None:  # noqa: F811
    recipe, dropped, target = tmp_path / "r.toml", tmp_path / "dropped.jsonl", tmp_path / "clean.jsonl"
    recipe.write_text(RECIPE, encoding="utf-8")
    log, back = tmp_path / "edits.jsonl", tmp_path / "back.jsonl"
    done = run("clean", source, "-o", target, "-r", recipe, "--dropped", dropped, "--log", log)
    assert done.code == 0
    assert "4 texts, 3 of them changed; control 1, nfc 1, whitespace 2" in done.out
    assert "Left out: 2 (empty 1, duplicate 1)" in done.out
    rows = [json.loads(line) for line in dropped.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["reason"], row.get("same_as"), row["stars"]) for row in rows] == [
        ("d3", "empty", None, 3),
        ("d4", "duplicate", "d1", 4),
    ]
    assert run("clean", target, "-o", back, "--undo", log, "-q").code == 0
    assert texts(back) == [RAW[i] for i in (0, 1, 2, 5)]


def test_show_marks_what_went_and_what_came(source: Path, run: Run, tmp_path: Path) -> None:  # noqa: F811
    done = run("clean", source, "-o", tmp_path / "b.csv", "--show", 2, "-q")
    assert done.out.splitlines() == [
        "d0",
        "- ··재밌다\\t정말·",
        "+ 재밌다 정말",
        "d2",
        f"- {unicodedata.normalize('NFD', '한글')}\\u200b(NFD)",
        "+ 한글",
    ]


def test_far_from_the_edits_a_text_is_cut_short() -> None:
    from io import StringIO

    from malgil.cli.changes import show_changes
    from malgil.cli.shell import Shell

    shell = Shell("en", out=StringIO())
    show_changes(shell, [Change("a", "가" * 100 + " " + "나" * 100, [(100, 101, "  ")])])
    before, after = shell.out.getvalue().splitlines()[1:]  # type: ignore[attr-defined]
    assert before == "- …" + "가" * 24 + "··" + "나" * 24 + "…"
    assert after == "+ …" + "가" * 24 + " " + "나" * 24 + "…"


def test_what_cannot_be_seen_is_written_out() -> None:
    assert visible(" \x1b[31m\u202e\n") == "·\\x1b[31m\\u202e\\n"


def test_a_foreign_log_writes_nothing(source: Path, run: Run, tmp_path: Path) -> None:  # noqa: F811
    log = tmp_path / "edits.jsonl"
    assert run("clean", source, "-o", tmp_path / "b.jsonl", "--log", log, "-q").code == 0
    done = run("clean", source, "-o", tmp_path / "back.jsonl", "--undo", log)
    assert done.code == 2 and "does not fit" in done.err
    assert not (tmp_path / "back.jsonl").exists()


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("--log", "b.csv"), "the same file"),
        (("--undo", "no.jsonl"), "no such file"),
        (("--undo", "no.jsonl", "--dropped", "c.csv"), "--undo only"),
        (("--log", "no/log.jsonl"), "cannot be written"),
    ],
)
def test_wrong_options_are_one_sentence(
    options: tuple[str, ...],
    part: str,
    source: Path,
    run: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("clean", source, "-o", "b.csv", *options, "-q")
    assert done.code == 2 and part in done.err and len(done.err.splitlines()) == 1
    assert not (tmp_path / "b.csv").exists()
