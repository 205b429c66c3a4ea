"""The manual tells the truth: its examples run, its links lead somewhere, both languages show the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.pages import blocks, links, run_page
from tests.house.source import ROOT, require_none

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]


def _is_korean(path: Path) -> bool:
    return path.parent.name == "ko" or path.name.endswith(".ko.md")


def _english_twin(path: Path) -> Path:
    if path.parent.name == "ko":
        return path.parent.parent / "en" / path.name
    return path.with_name(path.name.replace(".ko.md", ".md"))


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_examples_of_a_page_hold(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MALGIL_LANG", "ko" if _is_korean(path) else "en")
    monkeypatch.setenv("COLUMNS", "100")
    require_none(run_page(path.read_text(encoding="utf-8"), path.name))


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_links_of_a_page_lead_somewhere(path: Path) -> None:
    targets = links(path.read_text(encoding="utf-8"))
    require_none([target for target in targets if not (path.parent / target).exists()])


@pytest.mark.parametrize("path", [p for p in PAGES if _is_korean(p)], ids=[n for n in NAMES if _is_korean(ROOT / n)])
def test_both_languages_show_the_same_blocks(path: Path) -> None:
    korean, english = (blocks(p.read_text(encoding="utf-8")) for p in (path, _english_twin(path)))
    assert [(b.kind, b.name) for b in korean] == [(b.kind, b.name) for b in english]


def test_the_manual_has_pages() -> None:
    assert {"README.md", "README.ko.md"} <= set(NAMES)


@pytest.mark.parametrize(
    "page",
    [
        "```python\n>>> 1 + 1\n3\n```\n",
        "```python\nx = 1\n```\nand\n```python\n>>> x\n2\n```\n",
        "```console\n$ malgil --version\nmalgil 99\n```\n",
        "```console\n$ malgil fly\n```\n",
    ],
)
def test_an_example_that_does_not_hold_is_found(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(run_page(page, "page")) == 1


@pytest.mark.parametrize(
    "page",
    [
        "```python\nx = 1\n```\nand\n```python\n>>> x\n1\n```\n",
        "```csv a.csv\na\n```\n```python\n>>> from pathlib import Path\n>>> Path('a.csv').read_text()\n'a\\n'\n```\n",
        "```console\n$ make fly\n$ malgil --version\nmalgil ...\n```\n",
    ],
)
def test_an_example_that_holds_is_fine(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_page(page, "page") == []


def test_links_are_seen() -> None:
    page = '[a](b.md#c) ![d](e.png) <img src="f.svg"> [g](https://example.com) [h](#i)'
    assert links(page) == ["b.md", "e.png", "f.svg"]
