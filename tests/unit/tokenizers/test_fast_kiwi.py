"""The fast morpheme tokeniser."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from malgil.errors import ArtefactError, ParameterError
from malgil.tokenizers import tokenizer
from malgil.tokenizers.fast_model import MODEL, load_model


def tagged(text: str) -> list[tuple[str, str]]:
    tokens = tokenizer("kiwi-fast").tokenize([text])
    forms = tokens.forms.to_pylist()
    return [(forms[i], tokens.tag_names[tag]) for i, tag in zip(tokens.ids, tokens.tags, strict=True)]


def test_syllables_that_two_morphemes_share_are_taken_apart() -> None:
    assert tagged("영화를 봤다") == [("영화", "NNG"), ("를", "JKO"), ("보", "VV"), ("었", "EP"), ("다", "EF")]
    assert tokenizer("kiwi-fast").tokenize(["봤다"]).spans(0) == [(0, 1), (0, 1), (1, 2)]


def test_words_of_one_syllable_laughter_and_other_scripts_are_morphemes() -> None:
    assert tagged("밥을 먹고 ㅋㅋㅋ")[:2] == [("밥", "NNG"), ("을", "JKO")]
    assert ("ㅋㅋㅋ", "SW") in tagged("정말 재밌다 ㅋㅋㅋ")
    assert ("mbc", "SL") in tagged("mbc 영화")


def test_decomposed_text_has_the_same_forms_and_spans_of_its_own() -> None:
    text = "영화를 봤다"
    apart = unicodedata.normalize("NFD", text)
    made = tokenizer("kiwi-fast")
    assert made.split(apart) == made.split(text)
    assert made.tokenize([apart]).spans(0)[-1][1] == len(apart)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "가", "😀😀", "ㅠ", "漢字", "\x00", "ﷺ", "가" * 10_000])
def test_odd_texts_lose_nothing(text: str) -> None:
    spans = tokenizer("kiwi-fast").tokenize([text]).spans(0)
    assert {i for low, high in spans for i in range(low, high)} >= {i for i, c in enumerate(text) if not c.isspace()}


def test_options_are_those_of_kiwi() -> None:
    assert tokenizer("kiwi-fast", tags="content").split("영화를 봤다") == ["영화", "보"]
    assert tokenizer("kiwi-fast", stop_words=["영화"]).split("영화를 봤다")[0] == "를"
    assert tokenizer("kiwi-fast", lowercase=True).split("MBC")[0] == "mbc"
    made = tokenizer("kiwi-fast", tags=["NNG"])
    assert tokenizer(**made.params) == made


def test_words_of_the_user_are_refused() -> None:
    with pytest.raises(ParameterError, match="use the tokeniser kiwi"):
        tokenizer("kiwi-fast", user_words=["말길"])


@pytest.mark.parametrize("change", ["missing", "choice", "tag", "size"])
def test_a_damaged_model_is_refused(tmp_path: Path, change: str) -> None:
    arrays = load_model(MODEL)._asdict()
    if change == "missing":
        del arrays["opens" if "opens" in arrays else "weights"]
    elif change == "choice":
        arrays["choices"] = arrays["choices"] + np.int32(10_000)
    elif change == "tag":
        arrays["part_tags"] = arrays["part_tags"] + np.int16(90)
    else:
        arrays["weights"] = arrays["weights"][:-5]
    np.savez(tmp_path / "model.npz", **arrays)
    with pytest.raises(ArtefactError, match=r"tools/fast_morphemes\.py"):
        load_model(tmp_path / "model.npz")
