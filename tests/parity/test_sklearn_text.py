"""scikit-learn's own tests of its text vectorisers, run on malgil's classes."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest

import malgil

pytest.importorskip("sklearn.feature_extraction.tests.test_text")

# The peer's tests were written for its own settings, where a warning is no error.
pytestmark = pytest.mark.filterwarnings("default")

CLASSES = ("CountVectorizer", "HashingVectorizer", "TfidfTransformer", "TfidfVectorizer")

#: Tests that are not run, and why.
LEFT_OUT = {
    "test_countvectorizer_sort_features_64bit_sparse_indices": "calls the private method _sort_features",
}


def _peer_tests() -> ModuleType:
    """Load the installed test module under a name of its own, with the imports of the four classes changed."""
    spec = importlib.util.find_spec("sklearn.feature_extraction.tests.test_text")
    assert spec is not None and spec.origin is not None
    with open(spec.origin, encoding="utf-8") as file:  # noqa: PTH123
        source = file.read()
    head = "from sklearn.feature_extraction.text import ("
    assert source.count(head) == 1
    for name in CLASSES:
        assert source.count(f"    {name},\n") >= 1
    begin = source.index(head)
    end = source.index(")", begin)
    names = source[begin + len(head) : end]
    for name in CLASSES:
        names = names.replace(f"    {name},\n", "")
    swapped = f"{source[:begin]}from malgil import {', '.join(CLASSES)}\n{head}{names}{source[end:]}"
    module = ModuleType("malgil_sklearn_text")
    module.__file__ = spec.origin
    sys.modules[module.__name__] = module  # pickle looks functions up by the name of their module
    exec(compile(swapped, spec.origin, "exec"), module.__dict__)
    return module


def _with_lists(test: Any) -> Any:
    """Turn the iterators among the parameters into lists, as newer versions of pytest want them."""
    marks = getattr(test, "pytestmark", [])
    for i, mark in enumerate(marks):
        if mark.name == "parametrize":
            marks[i] = pytest.mark.parametrize(mark.args[0], list(mark.args[1]), **mark.kwargs).mark
    return test


_module = _peer_tests()
for _name in LEFT_OUT:
    assert hasattr(_module, _name), f"{_name} is gone: take it off the list"
globals().update(
    {
        name: _with_lists(test)
        for name, test in vars(_module).items()
        if name.startswith("test_") and name not in LEFT_OUT
    }
)


def test_the_classes_are_malgils() -> None:
    for name in CLASSES:
        assert getattr(_module, name) is getattr(malgil, name)
