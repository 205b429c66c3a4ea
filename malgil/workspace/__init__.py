"""The workspace: from a corpus to a folder that answers, and the answers."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from malgil.workspace.building import build
    from malgil.workspace.recipe import Recipe
    from malgil.workspace.workspace import Workspace

# A search in a fresh process must not pay for what a build needs.
_HOME = {"Recipe": "recipe", "Workspace": "workspace", "build": "building"}

__all__ = ["Recipe", "Workspace", "build"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
