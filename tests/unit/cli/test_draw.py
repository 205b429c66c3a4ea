"""``malgil draw``: a saved network, unrolled over one input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

from malgil.cli import main
from malgil.tasks.captioner import Captioner
from malgil.tasks.translator import Translator

SMALL: dict[str, Any] = {
    "epochs": 1,
    "hidden_size": 4,
    "embedding_size": 3,
    "validation": 0,
    "max_length": 4,
    "beam": 1,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("models")
    Translator(**SMALL).fit(["나는 간다", "너는 간다"], ["I go", "you go"]).save(made / "translator")
    images = np.zeros((2, 8, 8, 3), np.uint8)
    Captioner(**SMALL, channels=(2, 2)).fit(images, ["빨간 원", "파란 원"]).save(made / "captioner")
    np.save(made / "image.npy", images[0])
    return made


def said(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> str:
    assert main([str(word) for word in words]) == code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return out if code == 0 else err


def test_a_text_is_drawn(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "그림.svg"
    told = said(capsys, "draw", folder / "translator", "나는 간다", "-o", target, "--contributions", "--lang", "ko")
    assert str(target) in told
    picture = target.read_text(encoding="utf-8")
    assert "나는" in picture and "어텐션" in picture
    said(capsys, "draw", folder / "translator", "나는 간다", "-o", tmp_path / "a.png", "--unit", "2", "-q")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"


def test_a_picture_is_read_from_a_file(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "draw", folder / "captioner", folder / "image.npy", "-o", tmp_path / "a.svg")
    assert "one to many" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_what_is_wrong_is_said_before_anything_is_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = folder / "translator"
    assert ".svg" in said(capsys, "draw", model, "x", "-o", tmp_path / "a.gif", code=2)
    assert "unit=4" in said(capsys, "draw", model, "나는", "-o", tmp_path / "a.svg", "--unit", 4, code=2)
    assert "no.npy" in said(capsys, "draw", model, "no.npy", "-o", tmp_path / "a.svg", code=2)
    assert "none" in said(capsys, "draw", tmp_path / "none", "x", "-o", tmp_path / "a.svg", code=2)
    assert not list(tmp_path.iterdir())
