"""What a folder shows: a list of names that exist, each once."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import malgil
from tests.house.source import Module, modules, package_with, require_none


def exported(module: Module) -> list[str] | None:
    """Read ``__all__`` where a module has one."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return list(ast.literal_eval(node.value))
    return None


def _sort_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as ruff's RUF022 sorts them."""
    if name.isupper():
        return 0, name
    return (1, name) if name[:1].isupper() else (2, name)


def export_faults(package: list[Module]) -> list[str]:
    """Find lists that are missing in a folder, unsorted or with doubles."""
    faults = []
    for module in package:
        names = exported(module)
        if names is None:
            shows = [n for n in module.tree.body if isinstance(n, ast.ImportFrom) and n.module != "__future__"]
            if module.path.name == "__init__.py" and any((n.module or "malgil").startswith("malgil") for n in shows):
                faults.append(f"{module.name}: no __all__")
            continue
        if names != sorted(set(names), key=_sort_key):
            faults.append(f"{module.name}: __all__ is unsorted or names something twice")
    return faults


def test_lists_of_names_are_sorted() -> None:
    require_none(export_faults(modules()))


def test_every_listed_name_exists() -> None:
    missing = []
    for module in modules():
        names = exported(module) or []
        dotted = ".".join(("malgil", *Path(module.name).with_suffix("").parts)).removesuffix(".__init__")
        if names:
            loaded = importlib.import_module(dotted)
            missing += [f"{dotted}.{name}" for name in names if not hasattr(loaded, name)]
    require_none(missing)


def test_lazy_names_are_the_listed_names() -> None:
    assert sorted({*malgil._HOME, "__version__"}) == sorted(malgil.__all__)


def test_an_unsorted_list_is_found(tmp_path: Path) -> None:
    assert len(export_faults(package_with(tmp_path, search____init__='__all__ = ["b", "a"]'))) == 1


def test_a_double_is_found(tmp_path: Path) -> None:
    assert len(export_faults(package_with(tmp_path, search____init__='__all__ = ["a", "a"]'))) == 1


def test_a_missing_list_is_found(tmp_path: Path) -> None:
    text = '"""One."""\n\nfrom __future__ import annotations\n\nfrom malgil.search.index import Index\n'
    assert len(export_faults(package_with(tmp_path, search____init__=text))) == 1
