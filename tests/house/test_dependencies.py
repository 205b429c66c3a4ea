"""What the package imports is what its metadata promise to install."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.house.source import ROOT, Module, imports, modules, package_with, require_none


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(project: dict[str, object]) -> set[str]:
    """Name the packages that the core and the extras for users install."""
    core = project["dependencies"]
    extras = project["optional-dependencies"]
    assert isinstance(core, list) and isinstance(extras, dict)
    rows = [*core, *(row for name, rows in extras.items() if name not in {"test", "bench"} for row in rows)]
    return {_plain(re.split(r"[\s\[<>=!~;]", row)[0]) for row in rows}


def undeclared(package: list[Module], known: set[str]) -> list[str]:
    """Find imports of packages that nothing promises."""
    homes = packages_distributions()
    faults = []
    for module in package:
        for item in imports(module):
            if item.top in sys.stdlib_module_names or item.top == "malgil" or item.for_types:
                continue
            names = {_plain(name) for name in homes.get(item.top, [item.top])}
            if not names & known:
                faults.append(f"{module.name}:{item.line}: {item.top} is not among the dependencies")
    return faults


def _project() -> dict[str, object]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert isinstance(project, dict)
    return project


def test_every_import_is_declared() -> None:
    require_none(undeclared(modules(), declared(_project())))


def test_every_declared_package_has_a_tested_version() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_plain(line.partition("==")[0]) for line in lines if "==" in line}
    assert declared(_project()) - {"malgil"} <= pinned


def test_an_undeclared_import_is_found(tmp_path: Path) -> None:
    package = package_with(tmp_path, search__index="import json\nimport numpy\ndef f():\n    from nowhere import x\n")
    assert undeclared(package, {"numpy"}) == ["search/index.py:4: nowhere is not among the dependencies"]
