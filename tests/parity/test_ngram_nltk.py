"""Smoothings beside nltk.lm: all of its models, and where they mean something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from malgil.ngram import NgramLM
from malgil.ngram.predicting import distribution
from malgil.strings import string_array

nltk_lm = pytest.importorskip("nltk.lm")

TEXTS = [
    "이 영화 참 재밌다",
    "이 영화 참 좋다",
    "그 노래 참 좋다 ㅋㅋ",
    "이 노래 별로",
    "the 영화 😀 좋다",
    "ㅋㅋ",
    "재밌다 ㅋㅋ ㅋㅋ",
]
SENTENCES = [["<s>", *text.split(), "</s>"] for text in TEXTS]
WORDS = sorted({word for words in SENTENCES for word in words} - {"<s>"})


def _asked(context: tuple[str, ...]) -> tuple[str, ...] | None:
    """Name a context as nltk does, to which <s> is no word and so <UNK>."""
    return tuple("<UNK>" if word == "<s>" else word for word in context) or None


def _theirs(name: str, order: int, **options: Any) -> Any:
    """Train nltk's model on n-grams that begin with one <s>, which is no word itself, as ours do."""
    model = getattr(nltk_lm, name)(order=order, **options)
    grams = [
        [tuple(words[i : i + n]) for n in range(1, order + 1) for i in range(len(words) - n + 1)] for words in SENTENCES
    ]
    model.fit([[gram for gram in row if gram != ("<s>",)] for row in grams], WORDS)
    return model


def _contexts(order: int, *, starts: bool = True) -> Iterator[tuple[str, ...]]:
    """Contexts that occurred and that nothing can be put before."""
    found = {tuple(w[max(0, i - order + 1) : i]) for w in SENTENCES for i in range(1, len(w))}
    return (context for context in sorted(found) if len(context) == order - 1 or starts)


def _ours(lm: NgramLM, context: tuple[str, ...]) -> dict[str, float]:
    words = lm.model_.words
    numbers = [1 if word == "<s>" else int(words.numbers(string_array([word]))[0]) for word in context]
    probs = distribution(lm.model_, np.array(numbers, np.int32)).tolist()
    return dict(zip(words.strings.to_pylist(), probs, strict=True))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize(("ours", "theirs"), [("maximum_likelihood", "MLE"), ("stupid_backoff", "StupidBackoff")])
def test_relative_frequencies_are_those_of_nltk(ours: str, theirs: str, order: int) -> None:
    lm, other = NgramLM(order=order, smoothing=ours).fit(TEXTS), _theirs(theirs, order)
    for context in _contexts(order):
        probs = _ours(lm, context)
        for word in WORDS:
            wanted = other.unmasked_score(word, _asked(context))
            # a zero is stored as 1e-99; backing off twice passes only through contexts that occurred
            assert probs[word] == pytest.approx(wanted, rel=1e-5, abs=1e-90)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(("k", "theirs", "options"), [(1.0, "Laplace", {}), (0.1, "Lidstone", {"gamma": 0.1})])
def test_additive_smoothing_is_that_of_nltk(order: int, k: float, theirs: str, options: dict[str, float]) -> None:
    lm, other = NgramLM(order=order, smoothing="add_k", add_k=k).fit(TEXTS), _theirs(theirs, order, **options)
    assert len(other.vocab) == len(WORDS) + 1  # <UNK> is a word, <s> is none
    for context in [*_contexts(order), *([("없던",) * (order - 1)] if order > 1 else [])]:
        probs = _ours(lm, context)
        for word in WORDS:
            assert probs[word] == pytest.approx(other.unmasked_score(word, _asked(context)), rel=1e-5)
        assert probs["<unk>"] == pytest.approx(other.unmasked_score("<UNK>", _asked(context)), rel=1e-5)


@pytest.mark.parametrize("order", [2, 3, 4])
@pytest.mark.parametrize(
    ("ours", "theirs", "options"),
    [
        ("witten_bell", "WittenBellInterpolated", {}),
        ("absolute_discounting", "AbsoluteDiscountingInterpolated", {"discount": 0.75}),
        ("kneser_ney", "KneserNeyInterpolated", {"discount": 0.4}),
    ],
)
def test_interpolated_models_are_those_of_nltk_above_single_words(
    ours: str, theirs: str, options: dict[str, float], order: int
) -> None:
    lm = NgramLM(order=order, smoothing=ours, **options).fit(TEXTS)
    other = _theirs(theirs, order, **options)
    single = _ours(lm, ())
    # nltk neither discounts single words nor keeps anything for unknown ones: it is given ours to end with
    other.estimator.unigram_score = single.__getitem__
    # nltk's Kneser-Ney divides by zero after a lone <s>, before which nothing stands
    for context in _contexts(order, starts=ours != "kneser_ney"):
        probs = _ours(lm, context)
        for word in WORDS:
            assert probs[word] == pytest.approx(other.unmasked_score(word, _asked(context)), rel=1e-5)


def test_single_words_of_nltk_are_not_smoothed() -> None:
    lm = NgramLM(order=2, smoothing="kneser_ney", discount=0.4).fit(TEXTS)
    other = _theirs("KneserNeyInterpolated", 2, discount=0.4)
    assert sum(other.unmasked_score(word) for word in WORDS) == pytest.approx(1.0)
    assert other.unmasked_score("<UNK>") == 0.0
    assert _ours(lm, ())["<unk>"] > 0.0
