from __future__ import annotations

import pytest

from malgil.cli.language import language
from malgil.errors import ParameterError


@pytest.mark.parametrize(
    "words", [["--lang", "ko", "--help"], ["search", "w", "q", "--lang=ko"], ["--lang", "en", "--lang", "ko"]]
)
def test_the_last_named_language_is_taken(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALGIL_LANG", "en")
    assert language(words) == "ko"


@pytest.mark.parametrize(("locale", "wanted"), [("ko_KR.UTF-8", "ko"), ("en_US.UTF-8", "en"), ("C", "en")])
def test_the_locale_decides_where_nothing_is_named(locale: str, wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALGIL_LANG", raising=False)
    monkeypatch.setenv("LC_ALL", locale)
    assert language(["search", "w", "q"]) == wanted


def test_words_after_a_bare_dash_dash_are_no_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALGIL_LANG", "en")
    assert language(["search", "w", "--", "--lang=ko"]) == "en"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"--lang='fr'.*en, ko"):
        language(["--lang", "fr"])
