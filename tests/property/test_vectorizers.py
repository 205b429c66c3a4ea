"""The vectorisers: kernels beside their twins, and every way of counting beside scikit-learn."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import malgil
from malgil.vectorize._hash_kernels import murmur
from tests.naive import vectorize as naive
from tests.strategies import corpora, texts

text = pytest.importorskip("sklearn.feature_extraction.text")


def _flat(strings: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    offsets = np.array([0, *accumulate(map(len, strings))], np.int64)
    return offsets, np.frombuffer(b"".join(strings) or b"\0", np.uint8)


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("kernel", [murmur, murmur.py_func])
@given(strings=st.lists(st.one_of(st.binary(max_size=12), texts.map(str.encode)), max_size=6))
def test_murmur_is_its_twin(kernel: object, strings: list[bytes]) -> None:
    outputs = []
    for function in (kernel, naive.murmur):
        hashes = np.zeros(len(strings), np.int32)
        function(*_flat(strings), hashes)  # type: ignore[operator]
        outputs.append(hashes.tolist())
    assert outputs[0] == outputs[1]


@given(st.binary(max_size=20))
def test_murmur_is_scikit_learns(text: bytes) -> None:
    murmurhash = pytest.importorskip("sklearn.utils").murmurhash3_32
    assert naive.murmur3_32(text) == murmurhash(text, seed=0)


PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "analyzer": st.sampled_from(["word", "char", "char_wb"]),
        "ngram_range": st.tuples(st.integers(1, 4), st.integers(0, 3)).map(lambda pair: (pair[0], sum(pair))),
        "lowercase": st.booleans(),
        "strip_accents": st.sampled_from([None, "ascii", "unicode"]),
        "token_pattern": st.sampled_from([r"(?u)\b\w\w+\b", r"(?u)\b\w+\b", r"(?u)\w+", r"\S+", r"\w\w"]),
        "stop_words": st.sampled_from([None, "english", ["이", "the", "영화", "a", "재밌다"]]),
        "min_df": st.sampled_from([1, 2, 0.3]),
        "max_df": st.sampled_from([1.0, 0.6, 3]),
        "max_features": st.sampled_from([None, 1, 3, 10]),
        "binary": st.booleans(),
        "dtype": st.sampled_from([np.int64, np.float32, np.float64, np.uint8]),
    },
)
WEIGHTING = st.fixed_dictionaries(
    {},
    optional={
        "norm": st.sampled_from(["l1", "l2", None]),
        "use_idf": st.booleans(),
        "smooth_idf": st.booleans(),
        "sublinear_tf": st.booleans(),
        "dtype": st.sampled_from([np.float32, np.float64]),
    },
)


class SlowCounter(malgil.CountVectorizer):
    """Overrides a step, and so takes the slow way."""

    def decode(self, doc: object) -> object:
        return super().decode(doc)


def _outcome(vectorizer: Any, texts: list[str], others: list[str]) -> Any:
    """Give what is learnt and counted, or the sentence of the error."""
    try:
        matrix = vectorizer.fit_transform(texts)
    except ValueError as error:
        return str(error)
    second = vectorizer.transform(others)
    facts = [vectorizer.get_feature_names_out().tolist(), vectorizer.vocabulary_]
    for found in (matrix, second):
        assert type(found) is sparse.csr_matrix
        found.sort_indices()  # malgil's rows are sorted, scikit-learn's stand in the order of first appearance
        facts += [found.shape, str(found.dtype), str(found.indices.dtype), str(found.indptr.dtype)]
        facts += [found.indptr.tolist(), found.indices.tolist(), found.data.tolist()]
    return facts


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=400)
@given(parameters=PARAMETERS, corpus=corpora, others=corpora, n_jobs=st.sampled_from([1, 2]))
def test_fast_is_slow_is_scikit_learn(
    parameters: dict[str, Any], corpus: list[str], others: list[str], n_jobs: int
) -> None:
    peer = _outcome(text.CountVectorizer(**parameters), corpus, others)
    assert _outcome(SlowCounter(**parameters), corpus, others) == peer
    assert _outcome(malgil.CountVectorizer(**parameters, n_jobs=n_jobs), corpus, others) == peer


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(parameters=PARAMETERS, corpus=corpora, others=corpora)
def test_a_given_vocabulary(parameters: dict[str, Any], corpus: list[str], others: list[str]) -> None:
    learnt = text.CountVectorizer(**{**parameters, "max_features": None})
    try:
        names = learnt.fit(corpus).get_feature_names_out().tolist()
    except ValueError:
        return
    parameters["vocabulary"] = names[::-1]
    peer = _outcome(text.CountVectorizer(**parameters), corpus, others)
    assert _outcome(malgil.CountVectorizer(**parameters), corpus, others) == peer


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
@given(parameters=PARAMETERS, weighting=WEIGHTING, corpus=corpora, others=corpora)
def test_weights_are_scikit_learns(
    parameters: dict[str, Any], weighting: dict[str, Any], corpus: list[str], others: list[str]
) -> None:
    parameters = {**parameters, "dtype": np.float64, **weighting}
    peer, own = text.TfidfVectorizer(**parameters), malgil.TfidfVectorizer(**parameters)
    try:
        wanted = peer.fit_transform(corpus)
    except ValueError as error:
        with pytest.raises(ValueError) as caught:
            own.fit_transform(corpus)
        assert str(caught.value) == str(error)
        return
    tolerance = 1e-12 if parameters["dtype"] is np.float64 else 1e-6
    others = others or ["영화"]  # neither weighs no document at all
    for found, right in ((own.fit_transform(corpus), wanted), (own.transform(others), peer.transform(others))):
        right.sort_indices()
        assert (found.dtype, found.shape, found.indices.tolist()) == (right.dtype, right.shape, right.indices.tolist())
        np.testing.assert_allclose(found.data, right.data, rtol=tolerance)


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(
    parameters=PARAMETERS.map(lambda p: {k: v for k, v in p.items() if k not in ("min_df", "max_df", "max_features")}),
    n_features=st.sampled_from([1, 7, 1000, 1 << 20]),
    alternate_sign=st.booleans(),
    norm=st.sampled_from(["l1", "l2", None]),
    corpus=corpora,
)
def test_hashes_are_scikit_learns(parameters: dict[str, Any], corpus: list[str], **hashing: Any) -> None:
    parameters = {**parameters, **hashing, "dtype": np.float64}
    peer, own = text.HashingVectorizer(**parameters), malgil.HashingVectorizer(**parameters)
    if not corpus:
        with pytest.raises(ValueError):
            own.transform(corpus)
        return
    found, right = own.transform(corpus), peer.transform(corpus)
    assert (found.dtype, found.shape, found.indices.tolist()) == (right.dtype, right.shape, right.indices.tolist())
    assert found.indptr.tolist() == right.indptr.tolist()
    np.testing.assert_allclose(found.data, right.data, rtol=1e-12)
