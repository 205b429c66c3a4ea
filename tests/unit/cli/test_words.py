"""Word vectors on the command line: trained, asked, drawn, judged, converted; and in a workspace."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from malgil import Vectors, build, read
from malgil.cli import main
from malgil.engine import Silent
from malgil.workspace import Recipe, Workspace

SENTENCES = ["배우 연기 정말 좋다", "배우 연기 정말 나쁘다", "배터리 화면 정말 좋다", "배터리 화면 자주 나쁘다"] * 8


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("text\n" + "\n".join(SENTENCES), encoding="utf-8")
    words = ["왕", "여왕", "남자", "여자", "책", "!"]
    rows = [[1, 0, 0.1, 0], [1, 1, 0.1, 0], [0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1], [0.1, 0, 0, 0.9]]
    Vectors(words, np.array(rows)).save(tmp_path / "v")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main([*words]) == code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return out if code == 0 else err


def test_questions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "words", "v", "nearest", "책", "-k", "1") == " 0.9939  !\n"
    assert said(capsys, "words", "v", "analogy", "남자", "왕", "여자", "-k", "1").split()[1] == "여왕"
    assert said(capsys, "words", "v", "odd", "왕", "여왕", "책") == "책\n"
    assert said(capsys, "words", "v", "similar", "왕", "책").strip() == "0.0000"
    found = json.loads(said(capsys, "words", "v", "nearest", "책", "--json"))
    assert found[0]["word"] == "!"
    assert json.loads(said(capsys, "words", "v", "odd", "왕", "여왕", "책", "--json")) == {"word": "책"}


def test_a_map_a_test_and_other_formats(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "5 words, 5 of them" in said(capsys, "words", "v", "map", "-o", "m.svg")
    assert "<text" in Path("m.svg").read_text("utf-8")
    said(capsys, "words", "v", "map", "왕", "책", "남자", "-o", "m.png")
    Path("pairs.csv").write_text("a,b,s\n왕,여왕,9\n왕,책,1\n책,!,10\n없다,책,3\n", encoding="utf-8")
    assert "Spearman 1.000" in said(capsys, "words", "v", "eval", "pairs.csv")
    assert json.loads(said(capsys, "words", "v", "eval", "pairs.csv", "--json"))["n_covered"] == 3
    Path("one.csv").write_text("왕,책,1\n", encoding="utf-8")
    assert json.loads(said(capsys, "words", "v", "eval", "one.csv", "--json"))["spearman"] is None
    Path("q.txt").write_text(": 성별\n남자 왕 여자 여왕\n가 나 다 라\n", encoding="utf-8")
    assert "50.0%" in said(capsys, "words", "v", "eval", "q.txt")
    assert json.loads(said(capsys, "words", "v", "eval", "q.txt", "--json"))[0]["n_correct"] == 1
    said(capsys, "words", "v", "convert", "v.txt")
    assert said(capsys, "words", "v.txt", "nearest", "책", "-k", "1") == " 0.9939  !\n"
    assert "Lost: cosines" in said(capsys, "words", "v", "convert", "small", "--store", "int8")
    assert Vectors.open("small").matrix.dtype == np.int8
    said(capsys, "words", "v", "convert", "x.dat", "--format", "glove")
    assert Path("x.dat").read_text("utf-8").startswith("왕 1.000000")


@pytest.mark.parametrize(
    "words",
    [
        ("v", "nearest"),
        ("v", "nearest", "여황"),
        ("v", "nearest", "왕", "-k", "0"),
        ("v", "closest", "왕"),
        ("v", "similar", "왕"),
        ("v", "analogy", "왕", "책"),
        ("v", "analogy", "왕", "책", "남자", "--method", "x"),
        ("v", "odd", "왕"),
        ("v", "map"),
        ("v", "map", "-o", "m.gif"),
        ("v", "eval", "nothing.csv"),
        ("v", "convert", "v.txt", "--store", "int4"),
        ("v", "convert", "v.xyz"),
        ("nothing", "nearest", "왕"),
        ("a.csv", "nearest", "왕"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_mistakes_are_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], lang: str
) -> None:
    assert said(capsys, "--lang", lang, "words", *words, code=2).count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "v"]


@pytest.mark.parametrize("method", ["glove", "ppmi"])
def test_vectors_are_trained(folder: Path, capsys: pytest.CaptureFixture[str], method: str) -> None:
    options = ("--method", method, "--dim", "4", "--min-count", "2", "--tokenizer", "whitespace")
    assert "words, 4 dimensions" in said(capsys, "embed", "a.csv", "-o", "made", *options)
    said(capsys, "embed", "a.csv", "-o", "again", *options, "--workers", "2", "-q")
    assert Path("made/manifest.json").read_bytes() == Path("again/manifest.json").read_bytes()
    assert Vectors.open("made").nearest("배우", 1)
    assert "method" in said(capsys, "embed", "a.csv", "-o", "x", "--method", "bert", code=2)
    assert said(capsys, "embed", "a.csv", "-o", "x", "--method", method, "--min-count", "999", code=2)
    assert said(capsys, "embed", "a.csv", "-o", "x", "--method", method, "--dim", "0", code=2)
    assert not Path("x").exists()


def test_a_workspace_with_vectors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = '[vectors]\nmethod = "ppmi"\ndim = 4\nmin_count = 2\n[tokens]\ntokenizer = "whitespace"\n'
    Path("r.toml").write_text(recipe, encoding="utf-8")
    for workers in ("1", "2", "4"):
        said(capsys, "build", "a.csv", "-o", f"w{workers}", "-r", "r.toml", "--workers", workers)
    manifests = {Path(f"w{workers}/vectors/manifest.json").read_bytes() for workers in ("1", "2", "4")}
    assert len(manifests) == 1
    workspace = Workspace.open("w1")
    assert "배우" in workspace.vectors
    first = workspace.similar_words("배우", 2)
    assert said(capsys, "similar", "w1", "--word", "배우", "-k", "1").split()[1] == first[0].word
    assert said(capsys, "words", "w1", "nearest", "배우", "-k", "1").split()[1] == first[0].word
    assert "배우" in said(capsys, "similar", "w1", "--word", "배위", code=2)
    assert "--word" in said(capsys, "similar", "w1", "--word", "배우", "--text", "영화", code=2)
    assert "ppmi" in said(capsys, "info", "w1")
    assert workspace.check() == []
    assert Recipe.load("w1/recipe.toml").vectors == workspace.recipe.vectors


def test_a_workspace_without_vectors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "build", "a.csv", "-o", "w", "--tokenizer", "whitespace")
    assert not Path("w/vectors").exists()
    for words in (("similar", "w", "--word", "배우"), ("words", "w", "nearest", "배우")):
        assert "--with vectors" in said(capsys, *words, code=2)
    assert "vectors" in said(capsys, "build", "a.csv", "-o", "w", "--with", "vektors", code=2)
    Path("r.toml").write_text('[vectors]\nmethod = "bert"\n', encoding="utf-8")
    assert "bert" in said(capsys, "build", "a.csv", "-o", "w", "-r", "r.toml", code=2)


class Stopper(Silent):
    """Stops the work at the start of an epoch."""

    n = 0

    def advance(self, n: int) -> None:
        self.n += 1 if n else 0
        if self.n == 3:
            raise KeyboardInterrupt


def test_stopped_training_goes_on(folder: Path) -> None:
    changes = {"vectors.method": "glove", "vectors.dim": 4, "vectors.min_count": 2, "vectors.epochs": 6}
    recipe = Recipe().with_values({**changes, "tokens.tokenizer": "whitespace"})
    build(read("a.csv"), "whole", recipe)
    build(read("a.csv"), "stopped", Recipe().with_values({"tokens.tokenizer": "whitespace"}))
    with pytest.raises(KeyboardInterrupt):
        build(read("a.csv"), "stopped", recipe, progress=Stopper())
    assert any(Path("stopped/unfinished").iterdir())
    build(read("a.csv"), "stopped", recipe)
    assert not Path("stopped/unfinished").exists()
    assert Path("stopped/vectors/manifest.json").read_bytes() == Path("whole/vectors/manifest.json").read_bytes()
