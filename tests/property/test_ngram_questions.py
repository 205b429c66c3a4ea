"""Gaps, beams and surprises: the same as trying everything, whatever the corpus."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.ngram import NgramLM
from malgil.ngram.gaps import filled_text, given_parts
from malgil.ngram.joining import join_words
from malgil.tokenizers import tokenizer

WORDS = ("가", "나", "영화", "ㅋㅋ", "b", "😀")
SMOOTHINGS = ("witten_bell", "absolute_discounting", "kneser_ney")
sentences = st.lists(st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join), min_size=1, max_size=6)
corpora = sentences.filter(lambda texts: any(texts))
pieces = st.lists(st.sampled_from((*WORDS, "모름")), max_size=3)


def log10_prob(lm: NgramLM, words: list[str]) -> float:
    """Add up the scores of the words and of the end."""
    return float(lm.score_tokens([" ".join(words)]).log10_probs.sum())


@settings(max_examples=40)
@given(corpora, st.integers(1, 4), st.sampled_from(SMOOTHINGS), pieces, pieces, pieces)
def test_two_gaps_are_brute_force(
    texts: list[str], order: int, smoothing: str, left: list[str], between: list[str], right: list[str]
) -> None:
    lm = NgramLM(order=order, smoothing=smoothing).fit(texts)
    known = [word for word in lm.model_.words.strings.to_pylist() if word not in ("<s>", "</s>")]
    scores = {
        (one, other): log10_prob(lm, [*left, one, *between, other, *right]) for one, other in product(known, repeat=2)
    }
    total = math.fsum(10**score for score in scores.values())
    found = lm.fill(" ".join([*left, "___", *between, "___", *right]), k=len(scores), beam=len(scores))
    assert len(found) == len(scores)
    for filling in found:
        assert filling.prob == pytest.approx(10 ** scores[filling.words] / total, rel=1e-5)
    assert math.fsum(filling.prob for filling in found) == pytest.approx(1.0)


@settings(max_examples=40)
@given(corpora, st.integers(1, 3), pieces)
def test_no_ending_is_likelier_than_that_of_a_wide_beam(texts: list[str], order: int, context: list[str]) -> None:
    lm = NgramLM(order=order, smoothing="witten_bell").fit(texts)
    known = [word for word in lm.model_.words.strings.to_pylist() if not word.startswith("<")]
    before = log10_prob(lm, context) - float(lm.score_tokens([" ".join(context)]).log10_probs[-1])

    def score(words: tuple[str, ...]) -> float:
        whole = log10_prob(lm, [*context, *words]) - before
        end = float(lm.score_tokens([" ".join([*context, *words])]).log10_probs[-1])
        return whole if len(words) < 2 else whole - end  # what has all its words is taken as it is

    best = max(score(words) for n in range(3) for words in product(known, repeat=n))
    found = lm.generate(" ".join(context), max_tokens=2, beam=len(known) ** 2 + 1)
    assert score(tuple(found.split())) == pytest.approx(best)


@settings(max_examples=40)
@given(corpora, st.text(st.sampled_from("가나 b\t영화😀ㅋ"), max_size=12))
def test_surprises_are_those_of_the_scores(texts: list[str], text: str) -> None:
    lm = NgramLM(order=3, smoothing="witten_bell").fit(texts)
    found = lm.surprise(text, k=2)
    assert [text[word.start : word.end] for word in found.words[:-1]] == text.split()
    assert found.bits == pytest.approx(-lm.log10_prob(text) * math.log2(10))
    for at, word in enumerate(found.words):
        best = lm.next(" ".join(text.split()[:at]), k=3)
        assert list(word.expected) == [pair for pair in best if pair[0] != "<unk>"][:2]


@given(st.lists(st.text(st.sampled_from("가나 b!\n_"), max_size=6), min_size=2, max_size=4), st.data())
def test_a_filled_text_is_the_text_with_its_words(parts: list[str], data: st.DataObject) -> None:
    parts = [part.strip("_").replace("___", "") or " " for part in parts]  # gaps that touch would be one
    text = "_____".join(parts)
    words = data.draw(st.lists(st.sampled_from(WORDS), min_size=len(parts) - 1, max_size=len(parts) - 1))
    assert given_parts(text) == parts
    filled = filled_text(text, words, tokenizer("word"))
    whole = "".join(piece for pair in zip(parts, [*words, ""], strict=True) for piece in pair)
    assert filled.replace(" ", "") == whole.replace(" ", "")


@given(st.text(st.sampled_from("가나다라마 ab1"), max_size=20), st.data())
def test_syllables_and_pairs_join_to_what_they_were(text: str, data: st.DataObject) -> None:
    splitter = tokenizer("bigram")
    forms = splitter.split(text)
    joined = join_words(splitter, forms)
    assert joined.text.replace(" ", "") == text.replace(" ", "")
    assert splitter.split(joined.text) == forms
