"""What must not stand in a file: code that runs data, machines of their writers, prints."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, Module, modules, package_with, require_none

RUNS_DATA = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
CALLS = {"eval", "exec", "compile", "print", "breakpoint", "__import__", "globals_dict"}
TEXT_FILES = ("*.py", "*.toml", "*.md", "*.html", "*.j2", "*.css", "*.txt", "Makefile", "run")
SEEN = ("malgil", "tests", "bench", "docs", ".ci")

# A path of somebody's machine, or an address inside a network; put together here so as not to find itself.
ROOTS = ("home", "root", "Users", "work", "opt", "tmp", "mnt")
LOCAL = "local" + "host"
HOME = re.compile(rf"(?<![\w.:/~-])/(?:{'|'.join(ROOTS)})/|[A-Z]:\\{{1,2}}{ROOTS[2]}")
ADDRESS = re.compile(rf"\b(?:10|127|192\.168)(?:\.\d{{1,3}}){{2,3}}\b|\b{LOCAL}\b")


def call_faults(package: list[Module]) -> list[str]:
    """Find code that would run what a file says, and prints."""
    faults = []
    for module in package:
        for node in ast.walk(module.tree):
            fault = ""
            if isinstance(node, ast.Import):
                fault = ", ".join(a.name for a in node.names if a.name.split(".")[0] in RUNS_DATA)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in RUNS_DATA:
                fault = str(node.module)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                fault = node.func.id
            elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                fault = "" if isinstance(node.value, ast.Constant) and node.value.value is False else "allow_pickle"
            if fault:
                faults.append(f"{module.name}:{getattr(node, 'lineno', '?')}: {fault}")
    return faults


def project_texts(root: Path = ROOT) -> list[Path]:
    """List the text files that people read."""
    files = [path for pattern in TEXT_FILES for path in root.glob(pattern)]
    files += [path for folder in SEEN for pattern in TEXT_FILES for path in (root / folder).rglob(pattern)]
    return sorted({path for path in files if "__pycache__" not in path.parts and "work" not in path.parts[-2:-1]})


def word_faults(path: Path) -> list[str]:
    """Find paths and addresses of a machine in a text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        f"{path.name}:{number}: {found.group()}"
        for number, line in enumerate(lines, start=1)
        for pattern in (HOME, ADDRESS)
        if (found := pattern.search(line))
    ]


def test_no_code_runs_data() -> None:
    require_none(call_faults(modules()))


def test_no_file_names_a_machine() -> None:
    require_none([fault for path in project_texts() for fault in word_faults(path)])


def test_data_is_named_in_one_place() -> None:
    default = "shared" + "/data"
    assert [path.name for path in project_texts() if default in path.read_text(encoding="utf-8")] == ["Makefile"]


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from joblib import load",
        "eval('1')",
        "exec('1')",
        "print('x')",
        "np.load('a', allow_pickle=True)",
    ],
)
def test_code_that_runs_data_is_found(tmp_path: Path, text: str) -> None:
    assert len(call_faults(package_with(tmp_path, search__index=text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        *(f"see /{name}/x" for name in ROOTS),
        "C:\\" + ROOTS[2],
        f"http://{LOCAL}:80",
        ".".join(("192", "168", "0", "1")),
    ],
)
def test_a_machine_is_found(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    assert len(word_faults(path)) == 1


@pytest.mark.parametrize("text", ["https://example.com/home/x", "1.10.0", "a/work/b", "version 10.2"])
def test_other_words_are_fine(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    assert word_faults(path) == []
