"""Ctrl-C while a network is trained: what was learned is kept, and --resume goes on from it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")

LIMIT_S = 120


def _step(path: Path) -> int:
    """Read the steps of the state that a training has left behind; -1 where there is none yet."""
    manifest = path / "training" / "manifest.json"
    return int(json.loads(manifest.read_text("utf-8"))["meta"]["state"]["step"]) if manifest.exists() else -1


def _hear() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs behind a shell's & ignores it


def _run_until_stopped(path: Path, *more: str) -> tuple[int, str]:
    """Train without an end; press Ctrl-C once the training has begun."""
    words = ["train", "lm", "a.txt", "-o", str(path), "--epochs", "1000000", "--tokenizer", "whitespace", "-q", *more]
    small = ["--set", "hidden_size=8", "--set", "embedding_size=8", "--set", "batch_size=4", "--set", "validation=0"]
    command = [sys.executable, "-m", "malgil", *words, *small]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=_hear) as process:
        last = time.monotonic() + LIMIT_S
        began = (path / "training" / "manifest.json").stat().st_mtime_ns if more else 0
        while process.poll() is None and time.monotonic() < last:
            manifest = path / "training" / "manifest.json"
            if manifest.exists() and manifest.stat().st_mtime_ns > began:
                time.sleep(0 if more else 1)  # the first run gets ahead of what the second could do in its moment
                process.send_signal(signal.SIGINT)
                break
            time.sleep(0.05)
        _, said = process.communicate(timeout=LIMIT_S)
        return process.returncode, said


def test_a_stopped_training_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MALGIL_LANG", "en")
    (tmp_path / "a.txt").write_text("이 영화 재밌다\n이 영화 별로 😀\n저 노래 재밌다\n" * 8, "utf-8")
    path = tmp_path / "lm"
    code, said = _run_until_stopped(path)
    assert (code, said.count("\n")) == (130, 1) and "Stopped" in said and "--resume" in said
    before = _step(path)
    assert before > 0
    code, said = _run_until_stopped(path, "--resume")
    assert code == 130 and _step(path) >= before
