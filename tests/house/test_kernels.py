"""Kernels: compiled alike, alone in their file, and each beside a slow obvious twin."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import pytest

from tests.house.source import ROOT, FunctionNode, Module, decorator_names, modules, package_with, require_none

ALLOWED_IMPORTS = {"__future__", "math", "numba", "numpy", "typing"}
ALLOWED_OPTIONS = {"nogil", "cache", "inline", "error_model", "boundscheck", "fastmath"}
FASTMATH = {"nsz", "arcp", "contract", "afn", "reassoc"}  # nothing that takes NaN or infinity for impossible


def kernels(module: Module) -> list[FunctionNode]:
    """List the compiled functions of a module."""
    return [node for node in module.tree.body if isinstance(node, FunctionNode) and "njit" in decorator_names(node)]


def _option_faults(node: FunctionNode) -> list[str]:
    call = next((d for d in node.decorator_list if isinstance(d, ast.Call)), None)
    if call is None:
        return ["write @njit(nogil=True, cache=True)"]
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    faults = [f"option {name} is not allowed" for name in given if name not in ALLOWED_OPTIONS]
    for name in ("nogil", "cache"):
        value = given.get(name)
        if not (isinstance(value, ast.Constant) and value.value is True):
            faults.append(f"{name}=True is missing")
    flags = given.get("fastmath")
    if flags is not None and not (isinstance(flags, ast.Name) and flags.id == "FASTMATH"):
        faults.append("write fastmath=FASTMATH")
    return faults


def _flag_faults(module: Module) -> list[str]:
    """Find flags of the constant FASTMATH that are not allowed; a set of strings, so that they can be read here."""
    faults = []
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "FASTMATH" for t in node.targets):
            items = node.value.elts if isinstance(node.value, ast.Set) else [node.value]
            flags = {item.value if isinstance(item, ast.Constant) else None for item in items}
            faults += ["FASTMATH has flags that are not allowed"] * (not flags <= FASTMATH)
    return faults


def home_of(module: Module) -> str:
    """Name of the folder of a module, as imports write it."""
    return ".".join(module.path.parent.relative_to(module.package.parent).parts)


def _imported_names(module: Module) -> tuple[set[str], set[str]]:
    """Split the names that a file imports: from libraries or shared code of its folder, and from elsewhere."""
    allowed: set[str] = set()
    foreign: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                home = allowed if alias.name.partition(".")[0] in ALLOWED_IMPORTS else foreign
                home.add(alias.asname or alias.name)
        elif isinstance(node, ast.ImportFrom):
            source = "" if node.level else node.module or ""
            is_shared = source.rpartition(".")[0] == home_of(module) and source.rpartition(".")[2].endswith("_code")
            is_allowed = is_shared or source.partition(".")[0] in ALLOWED_IMPORTS
            (allowed if is_allowed else foreign).update(alias.asname or alias.name for alias in node.names)
    return allowed, foreign


def _call_faults(node: FunctionNode, known: set[str]) -> list[str]:
    inside = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    return [
        f"calls {call.func.id}, which is no kernel of this file"
        for statement in node.body
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in inside or call.func.id not in known
    ]


def kernel_faults(package: list[Module]) -> list[str]:
    """Find kernels that are compiled otherwise, call across files, or live outside a kernels file."""
    faults = []
    for module in package:
        nodes = kernels(module)
        if module.is_code:  # what makes code is not compiled itself, and may be made of anything
            faults += [f"{module.name}: {node.name}: {f}" for node in nodes for f in _option_faults(node)]
            continue
        if not module.is_kernels:
            faults += [f"{module.name}: {node.name} is compiled outside a _*kernels.py" for node in nodes]
            continue
        allowed, foreign = _imported_names(module)
        faults += [f"{module.name}: imports {name} from outside" for name in sorted(foreign)]
        known = {node.name for node in nodes} | set(dir(builtins)) | allowed
        for node in nodes:
            faults += [f"{module.name}: {node.name}: {f}" for f in _option_faults(node) + _call_faults(node, known)]
        plain = [n.name for n in module.tree.body if isinstance(n, FunctionNode) and n not in nodes]
        faults += [f"{module.name}: {name} is not compiled; move it out" for name in plain]
        faults += [f"{module.name}: {fault}" for fault in _flag_faults(module)]
    return faults


def twin_faults(package: list[Module], tests: Path) -> list[str]:
    """Find public kernels without a twin of the same name, or whose twin no test runs."""
    test_text = "".join(p.read_text(encoding="utf-8") for p in tests.rglob("test_*.py"))
    faults = []
    for module in package:
        if module.is_code:  # the kernels that share it have twins
            continue
        in_stage = module.path.parent != module.package
        stage = module.layer if in_stage else module.path.stem.strip("_").removesuffix("_kernels")
        homes = [tests / "naive" / f"{stage}.py", *(tests / "naive").glob(f"{stage}_*.py")]
        trees = [ast.parse(home.read_text(encoding="utf-8")) for home in homes if home.exists()]
        twins = {node.name for tree in trees for node in tree.body if isinstance(node, FunctionNode)}
        for node in kernels(module):
            if node.name.startswith("_"):
                continue
            if node.name not in twins:
                faults.append(f"{module.name}: {node.name} has no twin in tests/naive/{stage}.py")
            elif node.name not in test_text:
                faults.append(f"{module.name}: no test compares {node.name} with its twin")
    return faults


def test_kernels_keep_the_rules() -> None:
    require_none(kernel_faults(modules()))


def test_every_public_kernel_has_a_twin_that_is_run() -> None:
    require_none(twin_faults(modules(), ROOT / "tests"))


HEAD = "from numba import njit\n"
GOOD = "@njit(nogil=True, cache=True)\ndef _g(x):\n    return x\n"


@pytest.mark.parametrize(
    "text",
    [
        "FASTMATH = {'nsz', 'nnan'}\n",
        "FASTMATH = True\n",
        "@njit\ndef f(x):\n    return x\n",
        "@njit(nogil=True)\ndef f(x):\n    return x\n",
        "@njit(nogil=True, cache=False)\ndef f(x):\n    return x\n",
        "@njit(nogil=True, cache=True, fastmath=True)\ndef f(x):\n    return x\n",
        "from malgil.corpus._kernels import h\n",
        "@njit(nogil=True, cache=True)\ndef f(x):\n    return other(x)\n",
        "@njit(nogil=True, cache=True)\ndef f(x, g):\n    return g(x)\n",
        "def f(x):\n    return x\n",
    ],
)
def test_a_bad_kernel_is_found(tmp_path: Path, text: str) -> None:
    assert len(kernel_faults(package_with(tmp_path, search___kernels=HEAD + text))) == 1


def test_a_good_kernel_is_fine(tmp_path: Path) -> None:
    text = HEAD + GOOD + "@njit(nogil=True, cache=True)\ndef f(x):\n    return _g(len(x))\n"
    assert kernel_faults(package_with(tmp_path, search___kernels=text)) == []


def test_kernels_of_a_folder_may_share_code(tmp_path: Path) -> None:
    text = HEAD + "from {} import add_row\n@njit(nogil=True, cache=True)\ndef f(x):\n    return add_row(x)\n"
    own, other = (text.format(f"malgil.{stage}._rows_code") for stage in ("search", "corpus"))
    shared = HEAD + "def _made(x):\n    return len(x)\nadd_row = njit(nogil=True, cache=True)(_made)\n"
    assert kernel_faults(package_with(tmp_path / "a", search___kernels=own, search___rows_code=shared)) == []
    assert len(kernel_faults(package_with(tmp_path / "b", search___kernels=other))) == 2  # imported and called
    assert (
        len(kernel_faults(package_with(tmp_path / "c", search___rows_code=HEAD + "@njit\ndef f(x):\n    return x\n")))
        == 1
    )


def test_a_kernel_away_from_home_is_found(tmp_path: Path) -> None:
    assert len(kernel_faults(package_with(tmp_path, search__index=HEAD + GOOD))) == 1


def test_a_missing_twin_and_an_unused_twin_are_found(tmp_path: Path) -> None:
    package = package_with(tmp_path, search___kernels=HEAD + GOOD.replace("_g", "score"))
    tests = tmp_path / "tests"
    (tests / "naive").mkdir(parents=True)
    assert twin_faults(package, tests) == ["search/_kernels.py: score has no twin in tests/naive/search.py"]
    (tests / "naive" / "search.py").write_text("def score(x):\n    return x\n", encoding="utf-8")
    assert twin_faults(package, tests) == ["search/_kernels.py: no test compares score with its twin"]
    (tests / "test_score.py").write_text("score(1) == naive.score(1)", encoding="utf-8")
    assert twin_faults(package, tests) == []
