"""What an estimator's base says about defaults is what the estimator has."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Any

import pytest

import malgil
from malgil.tasks.sequence_estimator import SequenceEstimator
from malgil.tasks.vector_estimator import VectorEstimator

BASES: dict[str, type[Any]] = {
    "SequenceClassifier": SequenceEstimator,
    "SequenceRegressor": SequenceEstimator,
    "SequenceTransducer": SequenceEstimator,
    "VectorClassifier": VectorEstimator,
    "VectorRegressor": VectorEstimator,
}


@pytest.mark.parametrize("name", sorted(BASES))
def test_a_mixin_leaves_the_defaults_of_the_base_alone(name: str) -> None:
    estimator = getattr(malgil, name)
    own = {field for field in inspect.get_annotations(estimator) if field in estimator.__dict__}
    shared = {field.name: field.default for field in fields(BASES[name]) if field.init and field.name not in own}
    assert shared["schedule"] == "one_cycle" and shared["verbose"] is True
    assert {field: estimator.__dataclass_fields__[field].default for field in shared} == shared
