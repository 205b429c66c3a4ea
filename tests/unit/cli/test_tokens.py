"""``malgil tokens``: what it shows, learns, saves and refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from malgil.cli import main
from tests.property.tokenizer_table import CORPUS


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALGIL_LANG", "en")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("\n".join(CORPUS) + "\n", encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    return (code, *capsys.readouterr())


@pytest.mark.parametrize("show", [["--show"], []])
def test_morphemes_are_shown_with_their_parts_of_speech(
    show: list[str], capsys: pytest.CaptureFixture[str], source: Path
) -> None:
    code, out, err = run(capsys, "tokens", source, "--tokenizer", "kiwi", *show)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[2:4] == ["이 영화 참 재미없다 ㅋㅋㅋ", "  이/MM 영화/NNG 참/MAG 재미없/VA 다/EF ㅋㅋㅋ/SW"]
    assert len(lines) == 11  # five texts, and what the colours mean
    assert "particles" in lines[-1]


def test_korean_legend(capsys: pytest.CaptureFixture[str], source: Path) -> None:
    assert "조사" in run(capsys, "tokens", source, "--tokenizer", "kiwi", "--show", 1, "--lang", "ko")[1]


def test_colours_on_a_terminal() -> None:
    from malgil.cli.tokens import COLOURS, colour_of
    from malgil.tokenizers.morphemes import TAGS

    assert {tag for tag in TAGS if not colour_of(tag)} == set()
    assert colour_of("JKS") == COLOURS["particles"][0]
    assert colour_of("SN") != colour_of("SF")


@pytest.mark.parametrize("name", ["bpe", "unigram"])
def test_pieces_are_learned_saved_and_used_again(
    name: str, capsys: pytest.CaptureFixture[str], source: Path, tmp_path: Path
) -> None:
    learning = ["--tokenizer", name, "--terms", 200, "--save", tmp_path / "t", "-o", tmp_path / "o.txt"]
    code, out, err = run(capsys, "tokens", source, *learning)
    assert (code, err) == (0, "")
    assert f"tokeniser {name}" in out
    first = (tmp_path / "o.txt").read_bytes()
    assert run(capsys, "tokens", source, "--tokenizer", tmp_path / "t", "-o", tmp_path / "p.txt", "-q")[:2] == (0, "")
    assert (tmp_path / "p.txt").read_bytes() == first
    lm = ["-o", tmp_path / "lm", "--tokenizer", tmp_path / "t", "--smoothing", "witten_bell", "-q"]
    assert run(capsys, "lm", "train", source, *lm)[0] == 0
    assert "영화" in run(capsys, "blank", tmp_path / "lm", "이 ___ 참")[1]


@pytest.mark.parametrize("name", ["bpe", "unigram"])
def test_a_model_learns_its_own_pieces(
    name: str, capsys: pytest.CaptureFixture[str], source: Path, tmp_path: Path
) -> None:
    lm = ["lm", "train", source, "-o", tmp_path / "lm", "--tokenizer", name, "--smoothing", "witten_bell", "-q"]
    assert run(capsys, *lm)[0] == 0
    assert "영화" in run(capsys, "next", tmp_path / "lm", "이")[1]
    assert name in run(capsys, "lm", "info", tmp_path / "lm")[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--tokenizer", "kiwi", "--user-words", "{bad}"], "Line 1 of the user dictionary"),
        (["--tokenizer", "kiwi", "--stop-words", "{none}"], "no word list"),
        (["--tokenizer", "word", "--terms", "5"], "has no option 'n_terms'"),
        (["--tokenizer", "bpe", "--terms", "5"], "different characters"),
        (["--tokenizer", "{folder}"], "Check the path"),
        (["--tokenizer", "bpee"], "'bpe'"),
    ],
)
def test_bad_input_is_one_line(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str], source: Path, tmp_path: Path
) -> None:
    from malgil.store import Writer

    (tmp_path / "bad").write_text("가\tQQ\n", encoding="utf-8")
    with Writer(tmp_path / "folder", "vocabulary"):
        pass
    places = {name: tmp_path / name for name in ("bad", "none", "folder")}
    code, out, err = run(capsys, "tokens", source, *(option.format(**places) for option in options))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
