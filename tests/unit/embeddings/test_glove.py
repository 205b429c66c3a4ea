"""GloVe, mutual information, phrases and document vectors: what they answer and what they refuse."""

from __future__ import annotations

import dataclasses
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from malgil import Vectors
from malgil.embeddings import glove_training
from malgil.embeddings.cooccurrence import count_cooccurrences, inverse_shares, merge_cooccurrences
from malgil.embeddings.documents import DocumentVectors
from malgil.embeddings.glove import GloVe
from malgil.embeddings.phrases import Phrases
from malgil.embeddings.ppmi import PPMI
from malgil.embeddings.svd import truncated_svd
from malgil.errors import (
    ArtefactError,
    DataError,
    MalgilError,
    NotFittedError,
    ParameterError,
    TermNotFoundError,
)
from malgil.ragged import Ragged
from malgil.strings import string_array
from malgil.tokenizers import encode_blocks, tokenizer

TEXTS = ["이 영화 정말 재밌다 ㅋㅋ", "이 노래 정말 좋다", "그 영화 별로 😀", "그 노래 별로 the end", ""] * 4
SMALL: dict[str, Any] = {"dim": 6, "min_count": 1, "epochs": 4}


def test_losses_fall_and_are_kept_with_the_vectors() -> None:
    glove = GloVe(**SMALL).fit(TEXTS)
    assert len(glove.losses_) == 4
    assert glove.losses_ == sorted(glove.losses_, reverse=True)
    assert glove.vectors_.meta["losses"] == glove.losses_
    assert glove.vectors_.counts.tolist()[:2] == [8, 8]
    assert "😀" in glove.vectors_ and "ㅋㅋ" in glove.vectors_


def test_texts_tokens_and_numbers_give_the_same_vectors() -> None:
    whole = GloVe(**SMALL).fit(TEXTS).vectors_
    tokens = encode_blocks(tokenizer("whitespace"), [string_array(TEXTS)])[0]
    assert GloVe(**SMALL).fit(tokens).vectors_.matrix.tobytes() == whole.matrix.tobytes()
    numbers = GloVe(**SMALL).fit(tokens.ragged()).vectors_
    assert sorted(map(int, numbers.keys)) == list(range(len(whole)))


def test_the_seed_decides_the_bits() -> None:
    one, same, other = (GloVe(**SMALL, seed=seed).fit(TEXTS).vectors_.matrix.tobytes() for seed in (1, 1, 2))
    assert one == same != other


def test_words_alone_leave_the_neighbours_out() -> None:
    both, alone = (GloVe(**SMALL, combine=combine).fit(TEXTS).vectors_.matrix for combine in ("sum", "word"))
    assert not np.allclose(both, alone)


def test_composed_and_decomposed_hangul_are_other_words() -> None:
    texts = ["한글 글", unicodedata.normalize("NFD", "한글") + " 글"]
    assert len(GloVe(**SMALL).fit(texts).vectors_) == 3


def test_no_pair_crosses_a_text() -> None:
    pairs = count_cooccurrences(Ragged(np.array([0, 1, 2, 3], np.int32), np.array([0, 2, 2, 4])), 4, window=5)
    assert pairs.cols.tolist() == [1, 0, 3, 2]
    assert pairs.totals().tolist() == [1, 1, 1, 1]


def test_the_left_context_alone() -> None:
    corpus = Ragged(np.array([0, 1], np.int32), np.array([0, 2]))
    pairs = count_cooccurrences(corpus, 2, symmetric=False)
    assert (pairs.row(0)[0].tolist(), pairs.row(1)[0].tolist()) == ([], [0])


def test_a_wide_window_is_rounded_but_exact_in_any_order() -> None:
    shares, scale = inverse_shares(100)
    assert shares / scale == pytest.approx(1 / np.arange(1, 101), abs=1e-9)


def test_counts_of_other_windows_do_not_add_up() -> None:
    corpus = Ragged(np.array([0, 1], np.int32), np.array([0, 2]))
    with pytest.raises(ParameterError, match="another window"):
        merge_cooccurrences(count_cooccurrences(corpus, 2, window=2), count_cooccurrences(corpus, 2, window=5))


class Stopped(Exception):
    pass


def test_training_goes_on_to_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = GloVe(**SMALL).fit(TEXTS)
    trained = []

    def stop_at_third(*args: Any) -> float:
        if len(trained) == 2:
            raise Stopped
        trained.append(1)
        return glove_training.train_epoch(*args)

    with monkeypatch.context() as patched:
        patched.setattr("malgil.embeddings.glove.train_epoch", stop_at_third)
        with pytest.raises(Stopped):
            GloVe(**SMALL).fit(TEXTS, checkpoint=tmp_path / "state")
    again = GloVe(**SMALL, n_jobs=1).fit(TEXTS, checkpoint=tmp_path / "state")
    assert again.vectors_.matrix.tobytes() == whole.vectors_.matrix.tobytes()
    assert again.losses_ == whole.losses_
    assert len(trained) == 2
    finished = GloVe(**SMALL).fit(TEXTS, checkpoint=tmp_path / "state")  # nothing is left to do
    assert finished.vectors_.matrix.tobytes() == whole.vectors_.matrix.tobytes()


def test_more_epochs_go_on_from_a_finished_training(tmp_path: Path) -> None:
    GloVe(**SMALL).fit(TEXTS, checkpoint=tmp_path)
    longer = GloVe(**SMALL | {"epochs": 6})
    assert longer.fit(TEXTS, checkpoint=tmp_path).losses_ == longer.fit(TEXTS).losses_


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    GloVe(**SMALL).fit(TEXTS, checkpoint=tmp_path)
    with pytest.raises(ParameterError, match="other texts or settings"):
        GloVe(**SMALL, seed=1).fit(TEXTS, checkpoint=tmp_path)
    with pytest.raises(ParameterError, match="other texts or settings"):
        GloVe(**SMALL).fit([*TEXTS, "이 영화"], checkpoint=tmp_path)


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    GloVe(**SMALL).fit(TEXTS, checkpoint=tmp_path)
    largest = max((p for p in tmp_path.iterdir() if p.name != "manifest.json"), key=lambda p: p.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[-5] ^= 1
    largest.write_bytes(content)
    with pytest.raises(ArtefactError):
        GloVe(**SMALL).fit(TEXTS, checkpoint=tmp_path)


def test_fewer_epochs_than_the_checkpoint_has_are_refused(tmp_path: Path) -> None:
    GloVe(**SMALL).fit(TEXTS, checkpoint=tmp_path)
    with pytest.raises(ParameterError, match="has 4 epochs"):
        GloVe(**SMALL | {"epochs": 2}).fit(TEXTS, checkpoint=tmp_path)


@pytest.mark.parametrize(
    "settings",
    [
        {"dim": 0},
        {"dim": 2.5},
        {"window": 0},
        {"window": True},
        {"window": 10_001},
        {"epochs": 0},
        {"min_count": 0},
        {"max_vocab": 0},
        {"seed": -1},
        {"x_max": 0.0},
        {"alpha": float("nan")},
        {"eta": -0.05},
        {"eta": float("inf")},
        {"memory_mb": 0},
        {"memory_mb": float("nan")},
        {"combine": "beide"},
    ],
)
def test_settings_that_cannot_be_used_are_refused(settings: dict[str, Any]) -> None:
    name = next(iter(settings))
    with pytest.raises(ParameterError, match=name):
        GloVe(**SMALL | settings).fit(TEXTS)


@pytest.mark.parametrize("texts", [[], [""], ["영화", "노래"], ["  ", "\t"]])
@pytest.mark.parametrize("model", [GloVe(min_count=1), PPMI(min_count=1)])
def test_a_corpus_without_words_or_pairs_is_refused(texts: list[str], model: Any) -> None:
    with pytest.raises(DataError):
        model.fit(texts)


def test_nothing_frequent_enough_is_refused() -> None:
    with pytest.raises(DataError, match="min_count=99"):
        GloVe(min_count=99).fit(TEXTS)


def test_steps_that_overflow_are_refused() -> None:
    with pytest.raises(DataError, match="eta"):
        GloVe(**SMALL | {"eta": 1e30}).fit(TEXTS)


def test_errors_are_said_in_korean() -> None:
    with pytest.raises(MalgilError) as raised:
        GloVe(window=0).fit(TEXTS)
    assert "정수" in raised.value.sentence("ko")


def test_progress_is_told_of_every_epoch() -> None:
    told: list[Any] = []

    class Watch:
        def start(self, stage: str, total: int | None) -> None:
            told.append((stage, total))

        def advance(self, n: int) -> None:
            told.append(n)

        def done(self) -> None:
            told.append("done")

    GloVe(**SMALL).fit(TEXTS, progress=Watch())
    assert told[0] == ("glove.epochs", 4)
    assert (sum(told[1:-1]), told[-1]) == (4, "done")


@pytest.mark.parametrize("model", [GloVe(dim=3), PPMI(dim=3), Phrases(min_count=2)])
def test_settings_survive_a_clone(model: Any) -> None:
    from sklearn.base import clone

    assert clone(model).get_params() == model.get_params()


def test_the_largest_singular_values_are_found() -> None:
    from scipy.sparse import random_array

    matrix = random_array((60, 40), density=0.3, rng=np.random.default_rng(0), dtype=np.float32).tocsr()
    left, values, right = truncated_svd(matrix, 5, n_jobs=2)
    exact = np.linalg.svd(matrix.toarray())[1][:5]
    assert values == pytest.approx(exact, rel=1e-3)
    assert left.T @ left == pytest.approx(np.eye(5), abs=1e-4)
    best = np.linalg.norm(matrix.toarray() - left * values @ right.T)
    assert best == pytest.approx(np.sqrt((np.linalg.svd(matrix.toarray())[1][5:] ** 2).sum()), rel=1e-3)


def test_ppmi_vectors_are_the_same_bits_for_any_workers() -> None:
    made = [PPMI(dim=4, min_count=1, n_jobs=n).fit(TEXTS).vectors_.matrix.tobytes() for n in (1, 2, 4)]
    assert made[0] == made[1] == made[2]


def test_more_dimensions_than_words_are_zero() -> None:
    matrix = PPMI(dim=9, min_count=1).fit(["이 영화", "그 영화"]).vectors_.matrix
    assert matrix.shape == (3, 9)
    assert (matrix[:, 3:] == 0).all()


def test_words_in_the_same_places_are_alike() -> None:
    texts = [f"{who} {what} 먹다" for who in ("철수", "영희") for what in ("밥", "떡")] + ["하늘 높다 구름"] * 3
    vectors = PPMI(dim=3, min_count=1).fit(texts).vectors_
    assert vectors.similarity("철수", "영희") > 0.9 > vectors.similarity("철수", "하늘")


def test_a_similarity_is_traced_to_the_texts(tmp_path: Path) -> None:
    vectors = PPMI(dim=3, min_count=1).fit(TEXTS).vectors_
    with pytest.raises(NotFittedError, match="with_contexts"):
        vectors.explain("영화", "노래")
    traced = vectors.with_contexts(TEXTS, window=2)
    opened = traced.explain("영화", "노래", k=2)
    assert opened.value == traced.similarity("영화", "노래")
    assert opened.wrong() == []
    (contexts,) = opened.terms
    assert {term.label for term in contexts.terms} <= {"이", "그", "정말", "별로", "…"}
    assert contexts.value == pytest.approx(traced.explain("영화", "노래", k=99).terms[0].value)
    shown = next(term for term in traced.explain("영화", "노래").terms[0].terms if term.label == "이")
    assert (shown.numbers["n(a, c)"], shown.numbers["n(b, c)"]) == (4.0, 4.0)
    traced.save(tmp_path / "vectors")
    again = Vectors.open(tmp_path / "vectors").normalized().explain("영화", "노래", k=2)
    assert again.terms == opened.terms


def test_words_that_share_nothing_are_explained_by_nothing() -> None:
    vectors = Vectors(["가", "나", "다"], np.eye(3)).with_contexts(["가 다"])
    assert vectors.explain("가", "나").terms[0].value == 0
    assert vectors.explain("가", "나").terms[0].terms == ()


def test_an_unknown_word_is_not_explained() -> None:
    vectors = Vectors(["가", "나"], np.eye(2)).with_contexts(["가 나"])
    with pytest.raises(TermNotFoundError):
        vectors.explain("가", "없다")
    with pytest.raises(ParameterError, match="k=0"):
        vectors.explain("가", "나", k=0)


def test_phrases_grow_in_a_second_round() -> None:
    texts = ["서울 시청 앞 광장", "서울 시청 앞 광장", "앞 서울", "광장 시청"] * 3
    first = Phrases(scoring="npmi", min_count=2, threshold=0.2).fit_transform(texts)
    second = Phrases(scoring="npmi", min_count=2, threshold=0.2).fit_transform(first)
    assert "서울_시청_앞_광장" in second.to_lists()[0]


def test_phrases_can_be_learned_from() -> None:
    tokens = Phrases(scoring="npmi", min_count=2, threshold=0.1).fit_transform(TEXTS)
    vectors = GloVe(**SMALL).fit(tokens).vectors_
    assert any("_" in word for word in vectors.keys)


def test_phrases_refuse_what_cannot_be_used() -> None:
    for settings in ({"scoring": "pmi"}, {"min_count": 0}, {"threshold": float("nan")}, {"delimiter": 1}):
        with pytest.raises(ParameterError):
            Phrases(**settings).fit(TEXTS)
    with pytest.raises(DataError):
        Phrases().fit([""])
    with pytest.raises(NotFittedError):
        Phrases().transform(TEXTS)
    with pytest.raises(TermNotFoundError, match="없다"):
        Phrases().fit(TEXTS).explain("없다", "영화")
    assert Phrases().fit(TEXTS).transform([]).n_docs == 0


@pytest.fixture
def vectors() -> Vectors:
    drawing = np.random.default_rng(0)
    return Vectors(["이", "영화", "정말", "재밌다", "별로"], drawing.normal(size=(5, 4)))


@pytest.mark.parametrize("method", ["mean", "tfidf", "sif"])
def test_document_vectors_are_the_same_for_texts_tokens_and_paths(
    vectors: Vectors, method: str, tmp_path: Path
) -> None:
    found = DocumentVectors(vectors=vectors, method=method).fit_transform(TEXTS)
    assert found.dtype == np.float32
    assert found.shape == (len(TEXTS), 4)
    assert (found[4] == 0).all()
    tokens = encode_blocks(tokenizer("whitespace"), [string_array(TEXTS)])[0]
    for n_jobs in (1, 4):
        model = DocumentVectors(vectors=vectors, method=method, n_jobs=n_jobs)
        assert model.fit_transform(tokens).tobytes() == found.tobytes()
    vectors.save(tmp_path / "v")
    assert DocumentVectors(vectors=tmp_path / "v", method=method).fit_transform(TEXTS).tobytes() == found.tobytes()


def test_document_vectors_work_in_a_grid_search(vectors: Vectors) -> None:
    from sklearn.base import clone
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline

    model = DocumentVectors(vectors=vectors)
    assert clone(model).vectors is vectors
    steps = make_pipeline(model, LogisticRegression())
    search = GridSearchCV(steps, {"documentvectors__method": ["mean", "tfidf", "sif"]}, cv=2)
    search.fit(["정말 재밌다", "이 영화 별로", "재밌다", "별로"] * 4, [1, 0, 1, 0] * 4)
    assert search.best_score_ == 1.0


def test_the_common_direction_is_taken_away(vectors: Vectors) -> None:
    model = DocumentVectors(vectors=vectors, method="sif").fit(TEXTS)
    assert np.abs(model.transform(TEXTS) @ model.common_).max() < 1e-6
    assert np.linalg.norm(model.common_) == pytest.approx(1, abs=1e-6)


def test_document_vectors_refuse_what_cannot_be_used(vectors: Vectors) -> None:
    for settings in ({"method": "max"}, {"a": 0}, {"a": float("nan")}, {"vectors": np.eye(3)}):
        with pytest.raises(ParameterError):
            DocumentVectors(**{"vectors": vectors} | settings).fit(TEXTS)
    with pytest.raises(NotFittedError):
        DocumentVectors(vectors=vectors).transform(TEXTS)
    assert DocumentVectors(vectors=vectors, method="sif").fit_transform([]).shape == (0, 4)
    assert (DocumentVectors(vectors=vectors, method="sif").fit_transform(["모름"]) == 0).all()


def test_counts_that_do_not_fit_are_not_added() -> None:
    good = count_cooccurrences(Ragged(np.array([0, 1], np.int32), np.array([0, 2])), 2)
    with pytest.raises(DataError):
        merge_cooccurrences(good, dataclasses.replace(good, cols=good.cols + np.int32(2)))
    with pytest.raises(DataError):
        merge_cooccurrences(good, dataclasses.replace(good, units=good.units[:1]))


def test_a_phrase_that_is_spelled_like_a_word_is_that_word() -> None:
    texts = ["서울 시청 앞", "서울 시청 역", "서울시청 역"] * 3
    joined = Phrases(min_count=2, scoring="npmi", threshold=0.9, delimiter="").fit_transform(texts)
    assert sorted(joined.forms.to_pylist()) == sorted({"서울", "시청", "앞", "역", "서울시청"})
    assert joined.to_lists()[:3] == [["서울시청", "앞"], ["서울시청", "역"], ["서울시청", "역"]]
    assert list(GloVe(**SMALL).fit(joined).vectors_.keys) == ["서울시청", "역", "앞"]


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_words_without_mutual_information_have_no_direction(power: float) -> None:
    model = PPMI(dim=3, min_count=1, shift=1e6, power=power).fit(TEXTS)
    assert not model.vectors_.matrix.any()
