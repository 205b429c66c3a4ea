"""Small functions, small modules, few parameters."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.source import (
    FunctionNode,
    Module,
    decorator_names,
    functions,
    modules,
    package_with,
    parameters,
    require_none,
)

BODY_LINES, KERNEL_LINES, P90_LINES = 60, 80, 25
MODULE_LINES = 400
PARAMETERS, KERNEL_PARAMETERS = 8, 14


def body_lines(node: FunctionNode) -> int:
    """Count the lines of a body from the first statement after the docstring to the last."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0  # type: ignore[operator]


def _is_option_list(module: Module, node: FunctionNode) -> bool:
    """Whether the parameters are the options of a command (``build_cli``): those are counted by people, not here."""
    return module.layer == "cli" and node.name.endswith("_cli")


def budget_faults(package: list[Module]) -> list[str]:
    """Find functions, modules and parameter lists over their budget."""
    faults = []
    for module in package:
        n_lines = module.text.count("\n")
        if n_lines > MODULE_LINES:
            faults.append(f"{module.name}: {n_lines} lines, at most {MODULE_LINES}")
        for name, node in functions(module):
            is_kernel = "njit" in decorator_names(node)
            lines, most = body_lines(node), KERNEL_LINES if is_kernel else BODY_LINES
            if lines > most:
                faults.append(f"{module.name}: {name} has {lines} lines, at most {most}")
            given, most = len(parameters(node)), KERNEL_PARAMETERS if is_kernel else PARAMETERS
            if given > most and not _is_option_list(module, node):
                faults.append(f"{module.name}: {name} takes {given} parameters, at most {most}")
    return faults


def p90_lines(package: list[Module]) -> int:
    """Length of body that nine functions of ten stay under; kernels have their own budget."""
    nodes = [node for module in package for _, node in functions(module) if "njit" not in decorator_names(node)]
    lengths = sorted(body_lines(node) for node in nodes)
    return lengths[int(0.9 * (len(lengths) - 1))]


def test_budgets_are_kept() -> None:
    require_none(budget_faults(modules()))


def test_nine_functions_of_ten_are_short() -> None:
    assert p90_lines(modules()) <= P90_LINES


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n" + "    x = 1\n" * 61,
        "class A:\n    def f(self):\n" + "        x = 1\n" * 61,
        "def f():\n    if 1:\n" + "        x = 1\n" * 60,
        "@njit(nogil=True)\ndef f():\n" + "    x = 1\n" * 81,
        "x = 1\n" * 401,
        "def f(a, b, c, d, e, f, *, g, h, i): pass\n",
        "@njit\ndef f(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o): pass\n",
    ],
)
def test_a_broken_budget_is_found(tmp_path: Path, text: str) -> None:
    assert len(budget_faults(package_with(tmp_path, search__index=text))) == 1


def test_a_docstring_and_self_cost_nothing(tmp_path: Path) -> None:
    docstring = '        """One.' + "\n" * 80 + '        """\n'
    text = "class A:\n    def f(self, a, b, c, d, e, f, g, h):\n" + docstring + "        x = 1\n" * 60
    assert budget_faults(package_with(tmp_path, search__index=text)) == []


def test_long_functions_move_the_ninth_tenth(tmp_path: Path) -> None:
    text = "".join(f"def f{i}():\n" + "    x = 1\n" * 26 for i in range(3))
    assert p90_lines(package_with(tmp_path, search__index=text)) == 26
