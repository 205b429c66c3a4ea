"""Saved vectorisers: opened by memory map, ready without a dictionary, and refused where they are damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import malgil
from malgil.errors import ArtefactError
from malgil.store import Writer, open_artefact
from tests.unit.vectorize.test_vectorizers import REVIEWS, SETTINGS, same


@pytest.mark.parametrize("setting", [*SETTINGS, {"vocabulary": ["재밌다", "배우"]}])
def test_transforming_makes_no_dictionary(setting: dict[str, Any], tmp_path: Path) -> None:
    fitted = malgil.TfidfVectorizer(**setting).fit(REVIEWS)
    fitted.save(tmp_path)
    opened = malgil.TfidfVectorizer.open(tmp_path)
    assert same(opened.transform(REVIEWS), fitted.transform(REVIEWS))
    assert opened._known is not None and opened._known._vocabulary is None
    assert opened.get_feature_names_out().tolist() == fitted.get_feature_names_out().tolist()


def test_arrays_lie_on_the_disk(tmp_path: Path) -> None:
    malgil.TfidfVectorizer().fit(REVIEWS).save(tmp_path)
    assert isinstance(malgil.TfidfVectorizer.open(tmp_path).idf_, np.memmap)


@pytest.mark.parametrize("more", [{}, {"weighting": "ltc"}, {"use_idf": False}])
def test_an_opened_weight_opens_as_before(more: dict[str, Any], tmp_path: Path) -> None:
    fitted = malgil.TfidfVectorizer(**more).fit(REVIEWS)
    fitted.save(tmp_path)
    opened = malgil.TfidfVectorizer.open(tmp_path).explain(REVIEWS[0], "재밌다")
    assert opened.to_dict() == fitted.explain(REVIEWS[0], "재밌다").to_dict()


def test_what_grew_is_saved(tmp_path: Path) -> None:
    grown = malgil.TfidfVectorizer(ngram_range=(1, 2)).partial_fit(REVIEWS[:2]).partial_fit(REVIEWS[2:])
    grown.save(tmp_path)
    assert same(malgil.TfidfVectorizer.open(tmp_path).transform(REVIEWS), grown.transform(REVIEWS))


@pytest.mark.parametrize("name", ["idf", "df"])
def test_weights_of_another_vocabulary(name: str, tmp_path: Path) -> None:
    malgil.TfidfVectorizer().fit(REVIEWS).save(tmp_path / "v")
    artefact = open_artefact(tmp_path / "v", "vectorizer")
    with Writer(tmp_path / "w", "vectorizer") as writer:
        writer.meta = artefact.meta
        for part in artefact.parts:
            writer.array(part, artefact[part][:-1] if part == name else artefact[part])
    with pytest.raises(ArtefactError, match="damaged"):
        malgil.TfidfVectorizer.open(tmp_path / "w")
