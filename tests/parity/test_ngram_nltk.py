"""Smoothings beside nltk.lm, where it has them and means the same."""

from __future__ import annotations

import pytest

from malgil.ngram import NgramLM

nltk_lm = pytest.importorskip("nltk.lm")

TEXTS = ["이 영화 참 재밌다", "이 영화 참 좋다", "그 노래 참 좋다 ㅋㅋ", "이 노래 별로", "the 영화 😀 좋다"]


def _theirs(name: str, order: int, **options: object) -> object:
    """Train nltk's model on the n-grams that begin with one <s>, as ours do."""
    model = getattr(nltk_lm, name)(order=order, **options)
    sentences = [["<s>", *text.split(), "</s>"] for text in TEXTS]
    grams = [
        [tuple(words[i : i + n]) for n in range(1, order + 1) for i in range(len(words) - n + 1)] for words in sentences
    ]
    model.fit(grams, [word for words in sentences for word in words])
    return model


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize(("ours", "theirs"), [("maximum_likelihood", "MLE"), ("stupid_backoff", "StupidBackoff")])
def test_relative_frequencies_are_those_of_nltk(ours: str, theirs: str, order: int) -> None:
    lm, other = NgramLM(order=order, smoothing=ours).fit(TEXTS), _theirs(theirs, order)
    for text in TEXTS:
        words = ["<s>", *text.split(), "</s>"]
        for i in range(order - 1, len(words)):
            context = words[i - order + 1 : i]
            found = 10 ** lm.score_tokens([text]).log10_probs[i - 1]
            assert found == pytest.approx(other.score(words[i], context), rel=1e-5)
