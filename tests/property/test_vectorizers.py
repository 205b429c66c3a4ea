"""The vectorisers: kernels beside their twins, and every way of counting beside scikit-learn."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import malgil
from malgil.strings import string_buffers
from malgil.vectorize import documents, growing
from malgil.vectorize._hash_kernels import fold_hashes, hash_grams, murmur
from malgil.vectorize._replace_kernels import replace_points
from malgil.vectorize._weight_kernels import scale_rows
from malgil.vectorize.accents import strip_accents_ascii, strip_accents_unicode
from malgil.vectorize.replacing import prepare
from tests.naive import vectorize as naive
from tests.strategies import corpora, raggeds, texts

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


@st.composite
def layouts(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw symbols, what is left of their segments, and borders of documents."""
    docs = draw(st.lists(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=5), max_size=3), max_size=4))
    starts = np.cumsum([0, *(sum(map(len, doc)) for doc in docs)], dtype=np.int64)
    segments = [segment for doc in docs for segment in doc]
    symbols = np.array([symbol for segment in segments for symbol in segment], np.int32)
    left = np.array([n for segment in segments for n in range(len(segment), 0, -1)], np.int32)
    return symbols, left, starts


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("jit", [True, False])
@given(layout=layouts(), strings=st.tuples(texts, texts, texts), low=st.integers(1, 3), more=st.integers(0, 2))
def test_hash_grams_is_its_twin(
    jit: bool, layout: tuple[np.ndarray, ...], strings: tuple[str, ...], low: int, more: int
) -> None:
    kernel = hash_grams if jit else hash_grams.py_func
    for gap, is_padded in ((0, False), (1, False), (0, True)):
        outputs = []
        for function in (kernel, naive.hash_grams):
            hashes, lengths = np.zeros(200, np.int64), np.zeros(len(layout[2]) - 1, np.int64)
            flat = _flat([text.encode() for text in strings])
            n = function(*layout, *flat, gap, low, low + more, is_padded, hashes, lengths)
            outputs.append((n, hashes.tolist(), lengths.tolist()))
        assert outputs[0] == outputs[1]


_SIGNED = st.integers(-(1 << 31), (1 << 31) - 1)


@pytest.mark.parametrize("kernel", [fold_hashes, fold_hashes.py_func])
@given(rows=st.lists(st.lists(_SIGNED, max_size=80), max_size=4), n_features=st.sampled_from([1, 3, 1 << 20]))
def test_fold_hashes_is_its_twin(kernel: object, rows: list[list[int]], n_features: int) -> None:
    for is_signed in (True, False):
        outputs = []
        for function in (kernel, naive.fold_hashes):
            hashes = np.array([value for row in rows for value in row], np.int64)
            lengths = np.array([len(row) for row in rows], np.int64)
            indices, data = np.zeros(len(hashes), np.int32), np.zeros(len(hashes), np.int32)
            n = function(hashes, lengths, n_features, is_signed, indices, data)  # type: ignore[operator]
            outputs.append((n, lengths.tolist(), indices[:n].tolist(), data[:n].tolist()))
        assert outputs[0] == outputs[1]


@pytest.mark.parametrize("kernel", [scale_rows, scale_rows.py_func])
@given(case=raggeds(), norm=st.sampled_from([0, 1, 2]), has_factors=st.booleans(), data=st.data())
def test_scale_rows_is_its_twin(kernel: object, case: Any, norm: int, has_factors: bool, data: st.DataObject) -> None:
    ragged, n_terms = case
    numbers = st.floats(-4, 4, allow_subnormal=False).map(lambda x: round(x, 3))
    values = np.array(data.draw(st.lists(numbers, min_size=ragged.n_tokens, max_size=ragged.n_tokens)), np.float64)
    factors = np.arange(1.0, n_terms + 1) if has_factors else np.empty(0)
    found, wanted = values.copy(), values.copy()
    kernel(ragged.indptr, ragged.ids, found, factors, norm)  # type: ignore[operator]
    naive.scale_rows(ragged.indptr, ragged.ids, wanted, factors, norm)
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


@pytest.mark.parametrize("kernel", [replace_points, replace_points.py_func])
@given(case=raggeds(), pool=st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=6, max_size=6))
def test_replace_points_is_its_twin(kernel: object, case: Any, pool: list[list[int]]) -> None:
    ragged, _ = case
    places = np.cumsum([0, *(len(run) + 1 for run in pool)])[:-1].astype(np.int32)
    flat = np.array([entry for run in pool for entry in (len(run), *run)], np.uint32)
    outputs = []
    for function in (kernel, naive.replace_points):
        replaced = np.zeros(sum(len(pool[i]) for i in ragged.ids.tolist()), np.uint32)
        borders = np.zeros(ragged.n_docs + 1, np.int64)
        function(ragged.ids.astype(np.uint32), ragged.indptr, places, flat, replaced, borders)  # type: ignore[operator]
        outputs.append((replaced.tolist(), borders.tolist()))
    assert outputs[0] == outputs[1]


@given(corpus=corpora, lowercase=st.booleans(), accents=st.sampled_from([None, "ascii", "unicode"]))
def test_preparing_a_block_is_preparing_each_text(corpus: list[str], lowercase: bool, accents: str | None) -> None:
    strip: Any = {None: str, "ascii": strip_accents_ascii, "unicode": strip_accents_unicode}[accents]
    wanted = [strip(text.lower() if lowercase else text) for text in corpus]
    found = prepare(pa.array(["x", *corpus], pa.large_string()).slice(1), lowercase, accents)
    assert found.to_pylist() == wanted
    assert string_buffers(found)[1].tobytes() == "".join(wanted).encode()


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


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(parameters=PARAMETERS, corpus=corpora, others=corpora, data=st.data())
def test_pieces_are_the_whole(
    parameters: dict[str, Any], corpus: list[str], others: list[str], data: st.DataObject
) -> None:
    """One `fit`, in blocks of few documents, and a `partial_fit` of every part learn what `fit_transform` learns."""
    wanted = _outcome(malgil.CountVectorizer(**parameters), corpus, others)
    whole, grown = malgil.CountVectorizer(**parameters), malgil.CountVectorizer(**parameters)
    for begin in range(0, len(corpus), step := data.draw(st.integers(1, 3))):
        grown.partial_fit(corpus[begin : begin + step])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "BLOCK_ROWS", 2)
        patch.setattr(growing, "_WORD_PIECE", 2)
        if isinstance(wanted, str):
            with pytest.raises(ValueError) as caught:
                whole.fit(corpus)
            assert str(caught.value) == wanted
            return
        whole.fit(corpus)
    for one in (whole, grown):
        assert one.get_feature_names_out().tolist() == wanted[0]
        found = one.transform(others)
        assert [found.indptr.tolist(), found.indices.tolist(), found.data.tolist()] == wanted[-3:]
