"""What the vectorisers have beside scikit-learn's behaviour, and the contract of an estimator."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import sklearn
from scipy.sparse import csr_array, csr_matrix
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction import text

import malgil
from malgil.errors import ArtefactError, DataError, ParameterError, TermNotFoundError
from malgil.vectorize import plan as planning
from malgil.vectorize.accents import strip_accents_ascii, strip_accents_unicode

REVIEWS = [
    "이 영화 정말 재밌다 재밌다",
    "배우 연기 는 최고 👍🏽 the Movie",
    "",
    "ㅋㅋㅋ 하나 도 안 재밌다",
    "배우 는 좋고 결말 은 그냥 the movie",
]
SETTINGS: list[dict[str, Any]] = [
    {},
    {"ngram_range": (1, 3)},
    {"ngram_range": (2, 2), "min_df": 2},
    {"analyzer": "char_wb", "ngram_range": (2, 4)},
    {"analyzer": "char", "ngram_range": (1, 2), "max_features": 9},
    {"tokenizer": "word", "stop_words": ["는", "은"]},
]
CLASSES = [malgil.CountVectorizer, malgil.TfidfVectorizer]


def same(one: Any, other: Any) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and (one != other).nnz == 0


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("setting", SETTINGS)
def test_pieces_teach_what_the_whole_teaches(kind: Any, setting: dict[str, Any]) -> None:
    whole, pieces = kind(**setting).fit(REVIEWS), kind(**{**setting})
    for begin, end in ((0, 2), (2, 3), (3, 5)):
        pieces.partial_fit(REVIEWS[begin:end])
    assert pieces.vocabulary_ == whole.vocabulary_
    assert same(pieces.transform(REVIEWS), whole.transform(REVIEWS))


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("setting", SETTINGS)
def test_saved_is_opened(kind: Any, setting: dict[str, Any], tmp_path: Path) -> None:
    fitted = kind(**setting).fit(REVIEWS)
    fitted.save(tmp_path / "v")
    opened = kind.open(tmp_path / "v")
    assert opened.get_params() == {**fitted.get_params(), "dtype": np.dtype(fitted.dtype).type}
    assert opened.vocabulary_ == fitted.vocabulary_
    assert same(opened.transform(REVIEWS), fitted.transform(REVIEWS))


def test_a_callable_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="'analyzer'"):
        malgil.CountVectorizer(analyzer=str.split).fit(REVIEWS).save(tmp_path / "v")


def test_another_class_is_refused(tmp_path: Path) -> None:
    malgil.CountVectorizer().fit(REVIEWS).save(tmp_path / "v")
    with pytest.raises(ArtefactError):
        malgil.TfidfVectorizer.open(tmp_path / "v")


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("more", [{}, {"norm": "l1"}, {"norm": None, "use_idf": False}, {"sublinear_tf": True}])
def test_every_weight_opens(setting: dict[str, Any], more: dict[str, Any]) -> None:
    fitted = malgil.TfidfVectorizer(**setting, **more).fit(REVIEWS)
    dense = fitted.transform(REVIEWS).toarray()
    for term, column in fitted.vocabulary_.items():
        opened = fitted.explain(REVIEWS[0], term)
        assert opened.wrong() == []
        assert opened.value == pytest.approx(dense[0, column], rel=1e-12)


def test_a_count_opens() -> None:
    assert malgil.CountVectorizer().fit(REVIEWS).explain(REVIEWS[0], "재밌다").value == 2
    with pytest.raises(TermNotFoundError):
        malgil.CountVectorizer().fit(REVIEWS).explain(REVIEWS[0], "없는말")


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_number_of_threads_leaves_no_trace(setting: dict[str, Any]) -> None:
    many = REVIEWS * 4000  # several blocks
    found = [malgil.TfidfVectorizer(**setting, n_jobs=n).fit_transform(many) for n in (1, 2, 4)]
    for name in ("indptr", "indices", "data"):
        assert len({getattr(matrix, name).tobytes() for matrix in found}) == 1


def test_a_tokeniser_by_name() -> None:
    names = malgil.CountVectorizer(tokenizer="whitespace").fit(REVIEWS).get_feature_names_out().tolist()
    assert names == sorted({word for review in REVIEWS for word in review.lower().split()})
    assert "재밌" in malgil.CountVectorizer(tokenizer="kiwi").fit(REVIEWS).vocabulary_
    with pytest.raises(ParameterError, match="kiwi"):
        malgil.CountVectorizer(tokenizer="kiwy").fit(REVIEWS)


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_usual_settings_take_the_fast_way(setting: dict[str, Any]) -> None:
    assert planning.plan_of(malgil.CountVectorizer(**setting)) is not None


@pytest.mark.parametrize(
    "setting", [{"analyzer": str.split}, {"token_pattern": "[a-z]+"}, {"strip_accents": str.upper}]
)
def test_what_the_fast_way_cannot_do_takes_the_slow_one(setting: dict[str, Any]) -> None:
    assert planning.plan_of(malgil.CountVectorizer(**setting)) is None


def test_whatever_holds_texts() -> None:
    wanted = malgil.CountVectorizer().fit_transform(REVIEWS)
    shapes: list[Any] = [
        tuple(REVIEWS),
        iter(REVIEWS),
        np.array(REVIEWS),
        pa.array(REVIEWS),
        pa.chunked_array([REVIEWS[:2], REVIEWS[2:]]),
        pa.array(["x", *REVIEWS], pa.large_string()).slice(1),
        malgil.read(REVIEWS),
        [review.encode() for review in REVIEWS],
    ]
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    for texts in (*shapes, pandas.Series(REVIEWS), polars.Series(REVIEWS)):
        assert same(malgil.CountVectorizer().fit_transform(texts), wanted)


def test_what_is_no_text_leads_to_the_slow_way() -> None:
    odd = [*REVIEWS, "lone \ud800 surrogate"]

    def once() -> Iterator[str]:
        yield from odd * 3000

    wanted = text.CountVectorizer().fit_transform(odd * 3000)
    assert same(malgil.CountVectorizer().fit_transform(once()), wanted)
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'lower'"):
        malgil.CountVectorizer().fit_transform([*REVIEWS, None])  # type: ignore[list-item]
    with pytest.raises(DataError, match=r"np\.nan is an invalid document"):
        malgil.CountVectorizer().fit_transform([*REVIEWS, np.nan])  # type: ignore[list-item]


def test_control_characters_sort_as_strings_do() -> None:
    odd = ["a\x01 b", "a b", "a\x01 a"]
    setting = {"token_pattern": r"\S+", "ngram_range": (1, 2)}
    wanted = text.CountVectorizer(**setting).fit(odd).get_feature_names_out().tolist()
    assert malgil.CountVectorizer(**setting).fit(odd).get_feature_names_out().tolist() == wanted


@pytest.mark.parametrize("kind", [*CLASSES, malgil.HashingVectorizer])
def test_the_sparse_interface_is_the_one_asked_for(kind: Any) -> None:
    assert type(kind().fit_transform(REVIEWS)) is csr_matrix
    with sklearn.config_context(sparse_interface="sparray"):
        assert type(kind().fit_transform(REVIEWS)) is csr_array
        assert type(kind().fit(REVIEWS).transform(REVIEWS)) is csr_array


@pytest.mark.parametrize("kind", CLASSES)
def test_not_fitted_is_scikit_learns_error(kind: Any) -> None:
    with pytest.raises(NotFittedError) as caught:
        kind().transform(REVIEWS)
    assert isinstance(pickle.loads(pickle.dumps(caught.value)), NotFittedError)


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("setting", SETTINGS)
def test_fitted_state_is_pickled_and_cloned_away(kind: Any, setting: dict[str, Any]) -> None:
    fitted = kind(**setting).fit(REVIEWS)
    fitted.transform(REVIEWS)
    again = pickle.loads(pickle.dumps(fitted))
    assert same(again.transform(REVIEWS), fitted.transform(REVIEWS))
    fresh = clone(fitted)
    assert fresh.get_params() == fitted.get_params() and not hasattr(fresh, "vocabulary_")


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_df": -1},
        {"max_df": 1.5},
        {"max_features": 0},
        {"ngram_range": [1, 2]},
        {"analyzer": "words"},
        {"stop_words": {"a"}},
        {"binary": 1},
        {"input": "text"},
        {"decode_error": "loud"},
    ],
)
def test_a_wrong_parameter_is_named_as_scikit_learn_names_it(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as peer:
        text.CountVectorizer(**wrong).fit(REVIEWS)
    with pytest.raises(ParameterError) as own:
        malgil.CountVectorizer(**wrong).fit(REVIEWS)
    assert str(own.value).partition(" must be ")[0] == str(peer.value).partition(" must be ")[0]


def test_changed_parameters_count_another_way() -> None:
    fitted, peer = malgil.CountVectorizer().fit(REVIEWS), text.CountVectorizer().fit(REVIEWS)
    for setting in ({"ngram_range": (1, 2)}, {"analyzer": "char"}, {"analyzer": "word", "stop_words": ["배우"]}):
        assert same(fitted.set_params(**setting).transform(REVIEWS), peer.set_params(**setting).transform(REVIEWS))


def test_a_vocabulary_set_by_hand() -> None:
    fitted = malgil.CountVectorizer().fit(REVIEWS)
    fitted.vocabulary_ = {"재밌다": 1, "배우": 0}
    assert fitted.transform(REVIEWS).toarray().tolist() == [[0, 2], [1, 0], [0, 0], [0, 1], [1, 0]]
    assert fitted.get_feature_names_out().tolist() == ["배우", "재밌다"]


def test_accents() -> None:
    assert strip_accents_unicode("é각") == "e\u1100\u1161\u11a8"
    assert strip_accents_ascii("é각") == "e"
