"""scikit-learn's own tests of its text vectorisers, run on malgil's classes."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import SkipTest

import pytest

import malgil

pytest.importorskip("sklearn.feature_extraction.tests.test_text")
from sklearn.feature_extraction import text as sklearn_text
from sklearn.utils.estimator_checks import estimator_checks_generator

# The peer's tests were written for its own settings, where a warning is no error.
pytestmark = pytest.mark.filterwarnings("default")

CLASSES = ("CountVectorizer", "HashingVectorizer", "TfidfTransformer", "TfidfVectorizer")

#: Members of scikit-learn's base classes that are no part of the contract: routing of metadata, and what draws HTML.
INHERITED = {"get_metadata_routing", "set_transform_request", "set_fit_request", "set_partial_fit_request"}

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


def _fitted(kind: Any) -> Any:
    given = [[1, 2], [0, 1]] if kind.__name__ == "TfidfTransformer" else ["이 영화 재밌다", "영화 별로"]
    return kind().fit(given)


@pytest.mark.parametrize("name", CLASSES)
def test_the_contract_of_an_estimator(name: str) -> None:
    """Pass scikit-learn's common checks: for estimators of texts it has next to none, for the transformer all."""
    passed, skipped = 0, 0
    for estimator, check in estimator_checks_generator(getattr(malgil, name)()):
        try:
            check(estimator)
            passed += 1
        except SkipTest:
            skipped += 1
    assert skipped <= 1
    assert passed >= (46 if name == "TfidfTransformer" else 1)


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_offers_what_scikit_learns_class_offers(name: str) -> None:
    own, peer = getattr(malgil, name), getattr(sklearn_text, name)
    for one, other in ((own(), peer()), (_fitted(own), _fitted(peer))):
        attributes = [a for a in dir(other) if not a.startswith("_") and a not in INHERITED]
        assert [a for a in attributes if not hasattr(one, a)] == []
        assert set(other.get_params()) <= set(one.get_params())
        assert not hasattr(one, "set_output") and not hasattr(other, "set_output")
        assert {k: v for k, v in one.get_params().items() if k in other.get_params()} == other.get_params()


@pytest.mark.parametrize("name", ["CountVectorizer", "TfidfVectorizer", "HashingVectorizer"])
def test_documents_in_files(name: str, tmp_path: Path) -> None:
    paths = []
    for number, content in enumerate(["이 영화 재밌다", "영화 별로"]):
        paths.append(tmp_path / f"{number}.txt")
        paths[-1].write_text(content, encoding="utf-8")
    own, peer = getattr(malgil, name)(input="filename"), getattr(sklearn_text, name)(input="filename")
    for given in (paths, [str(path) for path in paths]):
        assert (own.fit_transform(given) != peer.fit_transform(given)).nnz == 0
    with contextlib.ExitStack() as stack:
        files = [[stack.enter_context(path.open("rb")) for path in paths] for _ in range(2)]
        own.set_params(input="file")
        assert (own.fit_transform(files[0]) != peer.set_params(input="file").fit_transform(files[1])).nnz == 0


def test_a_grid_over_the_parameters_of_a_pipeline() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline

    texts = ["정말 재밌다", "배우 최고 재밌다", "최고 영화", "별로 지루하다", "정말 지루하다", "별로 였다 영화"] * 4
    labels = [1, 1, 1, 0, 0, 0] * 4
    grid = {"text__ngram_range": [(1, 1), (1, 2)], "text__use_idf": [True, False], "text__analyzer": ["word", "char"]}
    scores = []
    for kind in (malgil.TfidfVectorizer, sklearn_text.TfidfVectorizer):
        pipeline = Pipeline([("text", kind()), ("model", LogisticRegression())])
        search = GridSearchCV(pipeline, grid, cv=2, n_jobs=1).fit(texts, labels)
        scores.append((search.best_params_, search.cv_results_["mean_test_score"].tolist()))
    assert scores[0] == scores[1]
