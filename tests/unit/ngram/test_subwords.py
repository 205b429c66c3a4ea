"""Language models whose words are learned pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from malgil import NgramLM
from malgil.errors import NotFittedError, ParameterError
from malgil.ngram.joining import join_words, split_behind
from malgil.tasks.mixture import MixtureLM
from malgil.tokenizers import tokenizer
from tests.property.tokenizer_table import CORPUS, made

both = pytest.mark.parametrize("name", ["bpe", "unigram"])


def model(name: object) -> NgramLM:
    return NgramLM(tokenizer=name, smoothing="witten_bell").fit(CORPUS)  # type: ignore[arg-type]


@both
def test_pieces_are_joined_to_readable_text(name: str) -> None:
    lm = model(name)
    assert lm.generate("이 영화", temperature=0.0, whole=True).startswith("이 영화 ")
    assert "▁" not in lm.generate("", seed=3)
    assert lm.fill("이 ___ 참 재미없다 ㅋㅋㅋ", k=1)[0].text == "이 영화 참 재미없다 ㅋㅋㅋ"


def test_a_piece_goes_on_in_its_word() -> None:
    assert join_words(made("bpe"), ["가", "▁참"], ["▁영화"]).after("영화") == "영화가 참"
    assert join_words(made("bpe"), ["▁참"], []).text == "참"


def test_what_stands_behind_a_gap_without_a_blank_goes_on_in_its_word() -> None:
    assert split_behind(made("bpe"), " 영화") == ["▁영화"]
    assert split_behind(made("bpe"), "영화") == ["영화"]
    assert "".join(split_behind(made("bpe"), "▁영화")) == "▁영화"  # a mark of the text itself stays
    assert split_behind(tokenizer("word"), "영화") == ["영화"]


@both
def test_the_pieces_travel_with_the_model(name: str, tmp_path: Path) -> None:
    lm = model(name)
    lm.save(tmp_path / "lm")
    again = NgramLM.open(tmp_path / "lm")
    assert again.next("이", k=5) == lm.next("이", k=5)
    assert again.perplexity(CORPUS) == lm.perplexity(CORPUS)
    assert again.get_params()["tokenizer"]["learned"]


@both
def test_a_given_tokeniser_is_taken_as_it_is_and_an_unfitted_one_is_not_changed(name: str) -> None:
    lm = model(made(name))
    assert lm._tokenizer is made(name)
    unfitted = tokenizer(name)
    assert model(unfitted).next("이") == model(name).next("이")
    with pytest.raises(NotFittedError):
        unfitted.split("이")


@both
def test_learning_anew_learns_other_pieces_and_growing_keeps_them(name: str) -> None:
    lm = model(name)
    before = lm._tokenizer.params
    lm.partial_fit(["배우가 배우를"])
    assert lm._tokenizer.params == before
    lm.fit(["배우가 배우를"] * 3)
    assert lm._tokenizer.params != before


def test_models_of_other_pieces_do_not_mix() -> None:
    one, other = model("bpe"), NgramLM(tokenizer="bpe", smoothing="witten_bell").fit(["배우가 배우를"] * 3)
    with pytest.raises(ParameterError) as caught:
        MixtureLM([one, other], [0.5, 0.5])
    assert len(str(caught.value)) < 400
