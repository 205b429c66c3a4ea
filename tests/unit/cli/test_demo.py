"""``malgil demo memory`` writes a picture and the figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from malgil.cli import main
from malgil.training import memory


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_demonstration_writes_a_picture_and_figures(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = memory.MemorySettings(lengths=(2, 3), hidden_size=4, batch_size=3, most_steps=2)
    monkeypatch.setattr(memory, "QUICK", tiny)
    folder = tmp_path / "그림" / "memory"
    assert main(["demo", "memory", "--quick", "-o", str(folder), "--seed", "3", "--lang", lang]) == 0
    told = capsys.readouterr().out
    assert "MinGRU" in told and ("복사" in told) == (lang == "ko")
    figures = json.loads((folder / "memory.json").read_text(encoding="utf-8"))
    assert figures["settings"]["seed"] == 3 and len(figures["memories"]) == 8
    assert (folder / "memory.png").read_bytes()[:4] == b"\x89PNG"
    assert ("해결한 최대 길이" in (folder / "memory.svg").read_text(encoding="utf-8")) == (lang == "ko")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["demo", "memory", "--quick", "-o", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
