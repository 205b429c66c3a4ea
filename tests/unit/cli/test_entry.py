from __future__ import annotations

import pytest

from malgil import __version__
from malgil.cli import app, entry, main
from malgil.errors import MissingError

HELP_TITLES = {"en": ("Usage:", "Options", "Examples"), "ko": ("사용법:", "옵션", "예")}


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALGIL_LANG", "en")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"malgil {__version__}\n", "")


def test_without_words_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys)
    assert (code, err) == (0, "")
    assert all(name.split()[0] in out for name in app.COMMANDS)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("command", ["", *app.COMMANDS])
def test_every_command_has_help_and_examples_in_both_languages(
    command: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "--lang", lang, *command.split(), "--help")
    assert (code, err) == (0, "")
    assert all(title in out for title in HELP_TITLES[lang])
    assert f"malgil {command}" in out.split(HELP_TITLES[lang][-1])[-1]
    assert all(title not in out for title in HELP_TITLES["ko" if lang == "en" else "en"][:2])


@pytest.mark.parametrize("width", [70, 76, 80, 81, 90])
def test_no_width_cuts_the_korean_help_short(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for command in app.COMMANDS:
        assert "…" not in run(capsys, "--lang", "ko", command, "--help")[1]


def test_the_environment_chooses_the_language_of_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MALGIL_LANG")
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    assert "사용법:" in run(capsys, "search", "--help")[1]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["serach", "w", "q"], "no command 'serach'. Did you mean 'search'?"),
        (["search"], "malgil search: INDEX is missing. See: malgil search --help"),
        (["search", "w"], "QUERY is missing"),
        (["search", "w", "two", "words"], "too many words: words."),
        (["search", "w", "q", "--jsn"], "there is no option --jsn. Did you mean '--json'?"),
        (["search", "w", "q", "-k"], "the option -k needs a value"),
        (["search", "w", "q", "-k", "many"], "--k must be a whole number"),
        (["search", "w", "q", "--json=yes"], "the option --json takes no value"),
        (["explain", "w", "--word", "x"], "--doc is missing"),
        (["--bogus"], "there is no option --bogus"),
        (["search", "w", "q", "--lang", "fr"], "--lang='fr' is not known; choose one of: en, ko."),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    words: list[str], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert part in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["serach"], "혹시 'search'입니까?"),
        (["search"], "INDEX 값이 필요합니다"),
        (["search", "w", "q", "--jsn"], "--jsn 옵션은 없습니다"),
        (["search", "w", "q", "-k", "x"], "--k 값은 정수여야 합니다"),
    ],
)
def test_wrong_usage_in_korean(words: list[str], part: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "--lang", "ko", *words)
    assert code == 2
    assert part in err


def raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr(entry, "_run", fail)


def test_an_error_of_the_user_is_said_in_their_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = MissingError("workspace.recipe_missing", path="없음.toml")
    raising(error, monkeypatch)
    assert run(capsys, "--lang", "ko", "build", "x") == (2, "", error.sentence("ko") + "\n")


def test_a_sentence_with_line_ends_is_still_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(MissingError("workspace.recipe_missing", path="a\nb\x1b[31m"), monkeypatch)
    _, _, err = run(capsys, "build", "x")
    assert err.count("\n") == 1
    assert "\x1b" not in err


@pytest.mark.parametrize(
    ("words", "part"), [(["build", "x"], "goes on from there"), (["search", "w", "q"], "Stopped.")]
)
def test_ctrl_c_ends_in_one_line(
    words: list[str], part: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(KeyboardInterrupt(), monkeypatch)
    code, out, err = run(capsys, *words)
    assert (code, out, err.count("\n")) == (130, "", 1)
    assert part in err


def test_a_fault_of_ours_shows_where_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(ZeroDivisionError("ours"), monkeypatch)
    code, _, err = run(capsys, "build", "x")
    assert code == 1
    assert "ZeroDivisionError: ours" in err
    assert err.splitlines()[-1].startswith("This is a fault in malgil")
