"""A docstring says what the signature says: every public function, method and class, in numpydoc."""

from __future__ import annotations

import ast
import inspect
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from numpydoc.docscrape import NumpyDocString

from tests.house.source import FunctionNode, Module, decorator_names, modules, package_with, parameters, require_none

RECORDS = {"NamedTuple", "BaseModel", "TypedDict"}
NO_RESULT = {"None", "NoReturn", "Never"}
NEVER_DOCUMENTED = {"NotImplementedError", "SystemExit"}


def _parse(node: FunctionNode | ast.ClassDef) -> NumpyDocString:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an unknown section is a warning
        return NumpyDocString(inspect.cleandoc(ast.get_docstring(node) or ""))


def _documented(parsed: NumpyDocString, *sections: str) -> list[str]:
    entries = [entry for section in sections for entry in parsed[section]]
    return [name.strip().replace("\\*", "*") for entry in entries for name in entry.name.split(",")]


def _raised(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(child, ast.Raise) and child.exc is not None:
            target = child.exc.func if isinstance(child.exc, ast.Call) else child.exc
            name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
            if name[:1].isupper():
                yield name
        yield from _raised(child)


def function_faults(node: FunctionNode) -> list[str]:
    """Compare a function's docstring with its signature and its ``raise`` statements."""
    if {"property", "cached_property", "overload", "setter"} & set(decorator_names(node)):
        return []
    try:
        parsed = _parse(node)
    except (UserWarning, ValueError) as error:
        return [str(error).splitlines()[0]]
    faults = []
    told, wanted = _documented(parsed, "Parameters", "Other Parameters"), parameters(node)
    if told != wanted:
        faults.append(f"documents {told}, takes {wanted}")
    returns = ast.unparse(node.returns) if node.returns else "None"
    has_result = bool(parsed["Returns"] or parsed["Yields"])
    if has_result == (returns in NO_RESULT):
        faults.append("documents a result but gives none" if has_result else "does not document its result")
    missing = set(_raised(node)) - set(_documented_errors(parsed)) - NEVER_DOCUMENTED
    return faults + [f"does not document {name}" for name in sorted(missing)]


def _documented_errors(parsed: NumpyDocString) -> list[str]:
    return [name.strip() for entry in parsed["Raises"] for name in (entry.type or entry.name).split(",")]


def _fields(node: ast.ClassDef) -> list[str]:
    names = []
    for member in node.body:
        if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
            annotation, value = ast.unparse(member.annotation), ast.unparse(member.value) if member.value else ""
            if not annotation.startswith("ClassVar") and "init=False" not in value:
                names.append(member.target.id)
    return [name for name in names if not name.startswith("_") and name != "model_config"]


def class_faults(node: ast.ClassDef) -> list[str]:
    """Compare a class's docstring with its fields, or with its ``__init__``."""
    try:
        parsed = _parse(node)
    except (UserWarning, ValueError) as error:
        return [str(error).splitlines()[0]]
    init = next((m for m in node.body if isinstance(m, FunctionNode) and m.name == "__init__"), None)
    bases = {ast.unparse(base).split(".")[-1] for base in node.bases}
    if init is not None:
        wanted = parameters(init)
    elif "dataclass" in decorator_names(node) or bases & RECORDS:
        wanted = _fields(node)
    else:
        return []
    told = _documented(parsed, "Parameters", "Attributes")
    if [name for name in told if name in wanted] == wanted:
        return []
    return [f"documents {told}, takes {wanted}"]


def _is_option_list(module: Module, node: FunctionNode) -> bool:
    """Whether a function's docstring is the help of a command, whose options say what they are themselves."""
    return module.layer == "cli" and node.name.endswith("_cli")


def docstring_faults(package: list[Module]) -> list[str]:
    """Find public functions, methods and classes whose docstring is missing or says something else."""
    faults = []
    for module in package:
        for name, node in _public(module):
            if ast.get_docstring(node) is None:
                faults.append(f"{module.name}: {name}: no docstring")
            elif isinstance(node, ast.ClassDef):
                faults += [f"{module.name}: {name}: {fault}" for fault in class_faults(node)]
            elif not _is_option_list(module, node):
                faults += [f"{module.name}: {name}: {fault}" for fault in function_faults(node)]
    return faults


def _public(module: Module) -> Iterator[tuple[str, FunctionNode | ast.ClassDef]]:
    for node in module.tree.body:
        if not isinstance(node, FunctionNode | ast.ClassDef) or node.name.startswith("_"):
            continue
        yield node.name, node
        for member in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(member, FunctionNode) and not member.name.startswith("_"):
                yield f"{node.name}.{member.name}", member


def test_docstrings_say_what_signatures_say() -> None:
    require_none(docstring_faults(modules()))


GOOD = '''
def f(a, *rest, b=1, **more) -> int:
    """One.

    Parameters
    ----------
    a : int
        First.
    *rest : int
        Others.
    b : int
        Second.
    **more : int
        Named.

    Returns
    -------
    int
        Sum.

    Raises
    ------
    ValueError
        If negative.
    """
    if a < 0:
        raise ValueError
    return a
'''
RECORD = '''
@dataclass(frozen=True)
class A:
    """One.

    Parameters
    ----------
    x, y : int
        Two.
    """

    x: int
    y: int
'''


@pytest.mark.parametrize("text", [GOOD, RECORD, 'def f() -> None:\n    """One."""\n', "def _f(a): pass\n"])
def test_a_right_docstring_is_fine(tmp_path: Path, text: str) -> None:
    assert docstring_faults(package_with(tmp_path, search__index=text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "def f() -> None: pass\n",
        "class A: pass\n",
        GOOD.replace("a, *rest", "first, *rest"),
        GOOD.replace("a, *rest, b=1", "b, *rest, a=1"),
        GOOD.replace("b=1, ", ""),
        GOOD.replace("-> int", "-> None"),
        GOOD.replace("    Returns\n    -------\n    int\n        Sum.\n\n", ""),
        GOOD.replace("        raise ValueError", "        raise DataError('x')"),
        GOOD.replace("Raises\n    ------", "Errors\n    ------"),
        RECORD.replace("x, y : int", "x : int"),
        RECORD.replace("    y: int", "    z: int"),
        'class A:\n    """One."""\n    def __init__(self, a): pass\n',
        'class A:\n    """One."""\n    def f(self, a) -> None:\n        """One."""\n',
    ],
)
def test_a_wrong_docstring_is_found(tmp_path: Path, text: str) -> None:
    assert len(docstring_faults(package_with(tmp_path, search__index=text))) == 1
