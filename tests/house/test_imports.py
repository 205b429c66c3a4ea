"""Imports point one way, and heavy packages have one home each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import Import, Module, imports, modules, package_with, require_none

# From the ground up; a group shares one level. A layer imports from lower levels, and inside a group never in a circle.
LEVELS: tuple[tuple[str, ...], ...] = (
    ("messages",),
    ("errors",),
    ("ragged", "codepoints", "engine", "explain", "files", "params", "strings"),
    ("store", "hangul"),
    ("edits", "compose", "tokens", "vocab"),
    ("corpus",),
    ("sample",),
    ("tokenizers",),
    ("sequences",),
    ("vectorize",),
    ("similarity",),
    ("clean",),
    ("ngram",),
    ("embeddings",),
    ("search",),
    ("eda",),
    ("nn", "drawing"),
    ("training",),
    ("tasks", "series", "label"),
    ("scale",),
    ("workspace",),
    ("cli", "web"),
)
LEVEL = {layer: level for level, group in enumerate(LEVELS) for layer in group}

# Package -> layers that may import it, at any place.
HOMES = {
    "torch": {"nn", "training", "tasks", "series"},
    "onnx": {"nn", "training", "tasks", "series"},
    "ray": {"scale"},
    "nicegui": {"web"},
}
# Slow to import: only inside functions, everywhere.
LAZY = {
    "bm25s",
    "datasets",
    "kiwipiepy",
    "koreanize_matplotlib",
    "matplotlib",
    "onnxruntime",
    "pandas",
    "PIL",
    "polars",
    "sklearn",
    "wordcloud",
}
NOT_LOADED_BY_IMPORT = ("numba", "scipy", "sklearn", "torch", "matplotlib", "pyarrow", "numpy", "kiwipiepy", "pandas")


def arrow_faults(package: list[Module]) -> list[str]:
    """Find imports that point up, unknown layers, and circles inside a level."""
    faults: list[str] = []
    edges: set[tuple[str, str]] = set()
    for module in package:
        if module.name == "__init__.py":
            continue
        if module.layer not in LEVEL and module.layer != "__main__":
            faults.append(f"{module.name}: the layer {module.layer!r} has no place in the order")
            continue
        for item in imports(module):
            if item.top != "malgil":
                continue
            target = item.target.split(".")[1]
            if target == module.layer or target not in LEVEL:
                continue
            edges.add((module.layer, target))
            if LEVEL[target] > LEVEL.get(module.layer, len(LEVELS)):
                faults.append(f"{module.name}:{item.line}: {module.layer} must not import {target}")
    faults += [f"{a} and {b} import each other" for a, b in sorted(edges) if a < b and (b, a) in edges]
    return faults


def _is_kernels(target: str) -> bool:
    return any(part.startswith("_") and part.endswith(("kernels", "_code")) for part in target.split("."))


def _heavy_fault(module: Module, item: Import) -> str:
    is_compiled = module.is_kernels or module.is_code
    if item.top in {"numba", "llvmlite"} and not is_compiled:
        return "numba lives in _*kernels.py and _*_code.py"
    if item.top in HOMES and module.layer not in HOMES[item.top]:
        return f"{item.top} lives in {', '.join(sorted(HOMES[item.top]))}"
    if item.top in LAZY and not item.in_function:
        return f"import {item.top} inside the function that needs it"
    if _is_kernels(item.target) and not item.in_function and not is_compiled:
        return "import kernels inside the function that needs them"
    return ""


def heavy_faults(package: list[Module]) -> list[str]:
    """Find heavy packages imported outside their home or at the top of a module."""
    faults = []
    for module in package:
        for item in imports(module):
            fault = "" if item.for_types else _heavy_fault(module, item)
            if fault:
                faults.append(f"{module.name}:{item.line}: {fault}")
    return faults


def test_imports_point_one_way() -> None:
    require_none(arrow_faults(modules()))


def test_heavy_packages_stay_at_home() -> None:
    require_none(heavy_faults(modules()))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("corpus__reader", "from malgil.search import Index"),
        ("corpus__reader", "import malgil.cli"),
        ("corpus__reader", "def late():\n    from malgil.tokenizers import tokenizer\n"),
        ("corpus__reader", "from ..search import Index"),
        ("errors", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from malgil.store import Writer\n"),
        ("sundries", "x = 1"),
    ],
)
def test_an_arrow_that_points_up_is_found(tmp_path: Path, name: str, text: str) -> None:
    assert len(arrow_faults(package_with(tmp_path, **{name: text}))) == 1


def test_a_circle_inside_a_level_is_found(tmp_path: Path) -> None:
    package = package_with(tmp_path, tokens="from malgil.vocab import x", vocab="import malgil.tokens")
    assert arrow_faults(package) == ["tokens and vocab import each other"]


def test_arrows_that_point_down_are_fine(tmp_path: Path) -> None:
    text = "from malgil.corpus import read\nfrom . import bm25\n"
    assert arrow_faults(package_with(tmp_path, search__index=text)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("search__index", "import numba"),
        ("search__index", "def f():\n    from numba import njit\n"),
        ("search__index", "from malgil.search import _kernels"),
        ("search__index", "from malgil.search._score_kernels import score"),
        ("search__index", "from malgil.search._rows_code import add_row"),
        ("eda__pictures", "import matplotlib.pyplot as plt"),
        ("eda__pictures", "class A:\n    import pandas\n"),
        ("eda__pictures", "try:\n    import sklearn\nexcept ImportError:\n    pass\n"),
        ("vectorize__counts", "def f():\n    import torch\n"),
        ("cli__serve", "def f():\n    import nicegui\n"),
    ],
)
def test_a_heavy_import_away_from_home_is_found(tmp_path: Path, name: str, text: str) -> None:
    assert len(heavy_faults(package_with(tmp_path, **{name: text}))) == 1


def test_heavy_imports_at_home_are_fine(tmp_path: Path) -> None:
    package = package_with(
        tmp_path,
        search___kernels="from numba import njit",
        search___rows_code="from llvmlite import ir",
        search__index="def f():\n    from malgil.search import _kernels\n    import sklearn\n",
        nn__cells="import torch",
        eda__pictures="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import matplotlib\n",
    )
    assert heavy_faults(package) == []


def _loaded_by(statement: str, *names: str) -> list[str]:
    code = f"{statement}\nimport sys\nprint(*[name for name in {names!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_import_malgil_loads_nothing_heavy() -> None:
    assert _loaded_by("import malgil", *NOT_LOADED_BY_IMPORT) == []


def test_the_command_line_loads_nothing_heavy() -> None:
    assert _loaded_by("import malgil.cli", "numba", "scipy", "sklearn", "matplotlib", "kiwipiepy", "torch") == []


def test_what_is_loaded_is_seen() -> None:
    assert _loaded_by("import json", "json", "numba") == ["json"]
