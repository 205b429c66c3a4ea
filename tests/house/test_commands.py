"""Every command is in the manual and shows examples in its help, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT, require_none
from tests.house.test_messages import LANGUAGES, catalogue


def commands() -> list[str]:
    """Name the commands."""
    from malgil.cli.app import COMMANDS

    return list(COMMANDS)


def example_faults(names: list[str], known: dict[str, dict[str, str]]) -> list[str]:
    """Find commands whose help has no example that runs them."""
    return [
        f"malgil {name} --help: no example in {lang}"
        for name in names
        for lang in LANGUAGES
        if not re.search(
            rf"(?m)^malgil {name}\b", known.get(f"cli.{name.replace(' ', '_')}_examples", {}).get(lang, "")
        )
    ]


def manual_faults(names: list[str], docs: Path) -> list[str]:
    """Find commands that the manual never runs."""
    faults = []
    for lang in LANGUAGES:
        text = "".join(path.read_text(encoding="utf-8") for path in sorted((docs / lang).glob("*.md")))
        faults += [
            f"docs/{lang}: no `$ malgil {name}`" for name in names if not re.search(rf"\$ malgil {name}\b", text)
        ]
    return faults


def test_every_command_has_examples() -> None:
    require_none(example_faults(commands(), catalogue(PACKAGE)))


def test_every_command_is_in_the_manual() -> None:
    require_none(manual_faults(commands(), ROOT / "docs"))


def test_both_manuals_have_the_same_pages() -> None:
    english, korean = ({path.name for path in (ROOT / "docs" / lang).glob("*.md")} for lang in LANGUAGES)
    assert english == korean != set()


@pytest.mark.parametrize("text", ["", "malgil builder x", "see malgil build x"])
def test_a_missing_example_is_found(text: str) -> None:
    known = {"cli.build_examples": {"en": "# how\nmalgil build a.csv", "ko": text}}
    assert example_faults(["build"], known) == ["malgil build --help: no example in ko"]


def test_a_command_without_a_page_is_found(tmp_path: Path) -> None:
    for lang in LANGUAGES:
        (tmp_path / lang).mkdir()
        (tmp_path / lang / "a.md").write_text("$ malgil build a.csv\n", encoding="utf-8")
    assert manual_faults(["build"], tmp_path) == []
    assert len(manual_faults(["build", "check"], tmp_path)) == len(LANGUAGES)
