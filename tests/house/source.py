"""The project's files as the rules of the house see them: parsed, never imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "malgil"

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file of the package.

    Parameters
    ----------
    package : Path
        The folder of the package that holds the file.
    path : Path
        The file.
    text : str
        Its source.
    tree : ast.Module
        Its syntax tree.
    """

    package: Path
    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Path inside the package, for messages."""
        return self.path.relative_to(self.package).as_posix()

    @property
    def layer(self) -> str:
        """Folder or module directly under the package: the unit that import arrows speak of."""
        return self.path.relative_to(self.package).parts[0].removesuffix(".py")

    @property
    def is_kernels(self) -> bool:
        """Whether the file is a home of kernels."""
        return self.path.name.startswith("_") and self.path.name.endswith("kernels.py")

    @property
    def is_code(self) -> bool:
        """Whether the file holds what kernels of its folder share."""
        return self.path.name.startswith("_") and self.path.name.endswith("_code.py")


def modules(package: Path = PACKAGE) -> list[Module]:
    """Parse every Python file of a package, in order of path."""
    found = []
    for path in sorted(package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Module(package, path, text, ast.parse(text, filename=str(path))))
    return found


def package_with(folder: Path, **files: str) -> list[Module]:
    """Write a small package for a test that shows a rule failing; ``__`` in a name stands for a folder."""
    package = folder / "malgil"
    for name, text in files.items():
        path = package / (name.replace("____init__", "/@").replace("__", "/").replace("@", "__init__") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return modules(package)


def is_type_checking(node: ast.stmt) -> bool:
    """Whether a statement is ``if TYPE_CHECKING:``."""
    if not isinstance(node, ast.If):
        return False
    test = node.test
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


@dataclass(frozen=True)
class Import:
    """One imported module, with how it is imported.

    Parameters
    ----------
    target : str
        Full dotted name; ``from a import b`` gives ``a.b``.
    line : int
        Line of the statement.
    in_function : bool
        Whether the import runs only when a function is called.
    for_types : bool
        Whether it stands under ``if TYPE_CHECKING``.
    """

    target: str
    line: int
    in_function: bool
    for_types: bool

    @property
    def top(self) -> str:
        """Name of the imported top-level package."""
        return self.target.partition(".")[0]


def _targets(node: ast.Import | ast.ImportFrom, module: Module) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        parts = ("malgil", *module.path.relative_to(module.package).parts[:-1])
        kept = parts[: len(parts) - node.level + 1]
        base = ".".join((*kept, base)).rstrip(".")
    return [f"{base}.{alias.name}" for alias in node.names]


def imports(module: Module) -> Iterator[Import]:
    """Walk over every import of a module, wherever it stands."""
    yield from _imports(module, module.tree, in_function=False, for_types=False)


def _imports(module: Module, parent: ast.AST, in_function: bool, for_types: bool) -> Iterator[Import]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for target in _targets(node, module):
                yield Import(target, node.lineno, in_function, for_types)
        elif isinstance(node, FunctionNode):
            yield from _imports(module, node, True, for_types)
        else:
            checked = for_types or (isinstance(node, ast.stmt) and is_type_checking(node))
            yield from _imports(module, node, in_function, checked)


def functions(module: Module) -> Iterator[tuple[str, FunctionNode]]:
    """Walk over functions and methods with their dotted names; functions inside functions belong to the outer one."""
    for node in module.tree.body:
        if isinstance(node, FunctionNode):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, FunctionNode):
                    yield f"{node.name}.{member.name}", member


def decorator_names(node: FunctionNode | ast.ClassDef) -> list[str]:
    """Name the decorators: the last part, without a call's arguments."""
    names = []
    for decorator in node.decorator_list:
        inner = decorator.func if isinstance(decorator, ast.Call) else decorator
        names.append(inner.attr if isinstance(inner, ast.Attribute) else getattr(inner, "id", ""))
    return names


def parameters(node: FunctionNode) -> list[str]:
    """List the parameters as a docstring names them: without ``self`` and ``cls``, stars kept."""
    spec = node.args
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    if names and names[0] in {"self", "cls", "mcs"}:
        names = names[1:]
    if spec.vararg:
        names.append(f"*{spec.vararg.arg}")
    names += [argument.arg for argument in spec.kwonlyargs]
    if spec.kwarg:
        names.append(f"**{spec.kwarg.arg}")
    return names


def require_none(faults: list[str]) -> None:
    """Fail with every fault on a line of its own."""
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)
