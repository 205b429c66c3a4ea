"""Errors: one sentence, in the reader's language to the last word, through pickling too."""

from __future__ import annotations

import pickle

import pytest

from malgil import errors
from malgil.errors import ArtefactError, DataError, MalgilError, ParameterError
from malgil.params import choose

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MalgilError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_its_sentence(kind: type[MalgilError]) -> None:
    error = kind("house.bad_workers", value=0)
    assert str(error) == error.sentence("en")
    assert "0 workers" in str(error)
    assert "코어" in error.sentence("ko")


@pytest.mark.parametrize("kind", KINDS)
def test_errors_travel_between_processes(kind: type[MalgilError]) -> None:
    error = pickle.loads(pickle.dumps(kind("house.bad_workers", value=0)))
    assert (type(error), error.fields) == (kind, {"value": 0})


def test_a_hint_is_said_in_the_same_language() -> None:
    with pytest.raises(ParameterError) as caught:
        choose({"kiwi": 1, "word": 2}, "tokenizer", "kiwy")
    assert "Did you mean 'kiwi'?" in str(caught.value)
    assert "Did you mean" not in caught.value.sentence("ko")
    assert "kiwi" in caught.value.sentence("ko")


def test_a_reason_is_said_in_the_same_language() -> None:
    reason = DataError("house.indptr_does_not_fit", n=3)
    error = ArtefactError("house.manifest_unreadable", path="말뭉치", reason=reason)
    assert str(reason) in str(error)
    assert reason.sentence("ko") in error.sentence("ko")
