"""Several gaps, beams, surprising words, and words put together again."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from malgil.errors import ParameterError
from malgil.ngram import NgramLM
from malgil.ngram.gaps import filled_text, given_parts
from malgil.ngram.joining import join_words, shown_form
from malgil.tokenizers import tokenizer

TEXTS = ["이 영화 재밌다", "이 영화 별로", "이 노래 재밌다", "그 영화 정말 재밌다", "그 노래 정말 별로"]
MORPHEMES = ["배송이 정말 빨랐어요", "배우의 연기가 아름다웠다", "배송이 늦어서 별로였어요", "배송이 빨라요", "예쁜 옷"]


def _lm(texts: list[str] = TEXTS, **params: Any) -> NgramLM:
    return NgramLM(**{"order": 3, "smoothing": "witten_bell", **params}).fit(texts)


@pytest.fixture(scope="module")
def morphemes() -> NgramLM:
    return _lm(MORPHEMES, tokenizer="kiwi")


def _all_words(lm: NgramLM) -> list[str]:
    words = lm.model_.words.strings.to_pylist()
    return [word for word in words if word not in ("<s>", "</s>")]


def _sentence_log10(lm: NgramLM, words: list[str]) -> float:
    """Add up what `explain` says of each word: another way than that of the search."""
    whole = [*words, "</s>"]
    return sum(lm.explain(" ".join(whole[:at]), word).value for at, word in enumerate(whole))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("text", ["이 ___ ___", "___ 영화 ___", "___ ___ 재밌다", "그 ___ 정말 ___", "___ ___"])
def test_a_beam_as_wide_as_the_vocabulary_is_brute_force(order: int, text: str) -> None:
    lm = _lm(TEXTS[:4], order=order)
    words = _all_words(lm)
    scores = {}
    for pair in product(words, words):
        waiting = iter(pair)
        scores[pair] = 10 ** _sentence_log10(lm, [next(waiting) if w == "___" else w for w in text.split()])
    total = sum(scores.values())
    found = lm.fill(text, k=len(words) ** 2, beam=len(words) ** 2)
    assert {filling.words for filling in found} == set(scores)
    for filling in found:
        assert filling.prob == pytest.approx(scores[filling.words] / total)
    assert [filling.prob for filling in found] == sorted((filling.prob for filling in found), reverse=True)
    best = lm.fill(text, k=3, beam=len(words))
    assert [filling.words for filling in best] == [filling.words for filling in found[:3]]
    assert [filling.prob for filling in best] == pytest.approx([filling.prob for filling in found[:3]])


def test_one_gap_is_the_same_as_blank() -> None:
    lm = _lm()
    assert [(f.words[0], f.prob) for f in lm.fill("이 ___ 재밌다", k=99)] == lm.blank("이", "재밌다", k=99)
    assert lm.fill("이 _____ 재밌다", k=1)[0].text == "이 " + lm.blank("이", "재밌다", k=1)[0][0] + " 재밌다"


def test_a_narrow_beam_finds_what_it_can_and_never_more_than_k() -> None:
    lm = _lm()
    narrow, wide = lm.fill("___ ___ 재밌다", k=1, beam=1), lm.fill("___ ___ 재밌다", k=1, beam=99)
    assert len(narrow) == len(wide) == 1
    assert narrow[0].prob >= wide[0].prob * (1 - 1e-9) or narrow[0].words != wide[0].words


def test_a_text_keeps_all_but_its_gaps() -> None:
    lm = _lm(tokenizer="word")
    assert lm.fill("  이 ___,  정말!\n", k=1)[0].text.startswith("  이 ")
    assert lm.fill("  이 ___,  정말!\n", k=1)[0].text.endswith(",  정말!\n")
    assert filled_text("영화___", ["재밌다"], tokenizer("word")) == "영화 재밌다"
    assert filled_text("____________", ["가"], tokenizer("word")) == "가"
    assert given_parts("___ 나 ____") == ["", " 나 ", ""]


@pytest.mark.parametrize("text", ["", "이 영화", "이 __ 영화", "빈칸 없음 ‿‿‿"])
def test_a_text_without_a_gap_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="no gap"):
        _lm().fill(text)


@pytest.mark.parametrize("beam", [0, -1, 1.5, True])
def test_a_beam_that_holds_nothing_is_refused(beam: Any) -> None:
    for ask in (
        lambda: _lm().fill("___", beam=beam),
        lambda: _lm().fill("___ ___", beam=beam),
        lambda: _lm().generate(beam=beam),
    ):
        with pytest.raises(ParameterError, match="beam="):
            ask()


def test_a_beam_of_one_is_greedy_and_a_wide_one_the_likeliest_of_all() -> None:
    lm = _lm()
    for context in ("", "이", "그 영화", "모름"):
        assert lm.generate(context, beam=1) == lm.generate(context, temperature=0)
    words = [word for word in _all_words(lm) if word != "<unk>"]
    scores: dict[tuple[str, ...], float] = {}
    for n in range(3):  # endings of up to two words, and all beginnings of three
        for chosen in product(words, repeat=n):
            whole = ["그", *chosen, "</s>"]
            scores[chosen] = sum(lm.explain(" ".join(whole[:i]), whole[i]).value for i in range(1, len(whole)))
    for chosen in product(words, repeat=3):
        whole = ["그", *chosen]
        scores[chosen] = sum(lm.explain(" ".join(whole[:i]), whole[i]).value for i in range(1, len(whole)))
    best = max(scores, key=lambda chosen: scores[chosen])
    assert lm.generate("그", max_tokens=3, beam=len(words) ** 3) == " ".join(best)
    assert lm.generate("그", max_tokens=0, beam=4) == ""
    assert lm.generate("그", beam=4, seed=1) == lm.generate("그", beam=4, seed=2)


def test_the_context_may_come_before_the_new_words() -> None:
    lm = _lm()
    assert lm.generate("그 영화", temperature=0, whole=True) == "그 영화 " + lm.generate("그 영화", temperature=0)
    assert lm.generate("", temperature=0, whole=True) == lm.generate("", temperature=0)
    assert lm.generate("이 ", max_tokens=0, whole=True) == "이"


def test_surprise_adds_up_to_the_perplexity() -> None:
    lm = _lm()
    text = "그  노래\t별로 몰라"
    found, scores = lm.surprise(text), lm.score_tokens([text])
    assert [word.word for word in found.words] == scores.words[0] == ["그", "노래", "별로", "몰라", "</s>"]
    assert [text[word.start : word.end] for word in found.words] == ["그", "노래", "별로", "몰라", ""]
    assert [word.bits for word in found.words] == pytest.approx(list(-scores.log10_probs * math.log2(10)))
    assert [word.order for word in found.words] == scores.orders.tolist()
    assert 2**found.mean_bits == pytest.approx(lm.perplexity([text]))
    assert [word.is_known for word in found.words] == [True, True, True, False, True]
    best = lm.next("그 노래", k=4)
    assert list(found.words[2].expected) == [pair for pair in best if pair[0] != "<unk>"][:3]
    lines = found.to_text().splitlines()
    assert len(lines) == 6 and "몰라 ?" in lines[4] and lines[0].startswith(f"{found.bits:.1f} bits")
    assert found.to_dict()["words"][0]["word"] == "그"


@pytest.mark.parametrize("text", ["", " ", "\u110b\u1167\u11bc\u1112\u116a", "😀 ㅋㅋ"])
def test_any_text_has_a_surprise(text: str) -> None:
    found = _lm().surprise(text, k=1)
    assert found.words[-1].word == "</s>" and found.words[-1].start == len(text)
    assert all(len(word.expected) == 1 for word in found.words)
    with pytest.raises(ParameterError, match="k="):
        _lm().surprise(text, k=0)


def test_morphemes_are_put_together_again(morphemes: NgramLM) -> None:
    assert morphemes.generate("배송", temperature=0, whole=True) == "배송이 빨라요"
    assert morphemes.generate("예쁘", temperature=0, whole=True, max_tokens=2) == "예쁜 옷"
    assert morphemes.fill("배송이 ___어서 별로였어요", k=1)[0].text == "배송이 늦어서 별로였어요"
    assert morphemes.fill("배송___ 정말 빨랐어요", k=1)[0].text == "배송이 정말 빨랐어요"
    assert [word.word for word in morphemes.surprise("배송이 빨랐다").words] == [
        "배송",
        "이",
        "빠르",
        "었",
        "다",
        "</s>",
    ]


@pytest.mark.parametrize(
    ("before", "forms", "whole"),
    [
        ([], ["하", "었", "다"], "했다"),
        (["하"], ["었", "다"], "했다"),
        (["영화"], ["가", "재밌", "다"], "영화가 재밌다"),
        (["예쁘"], ["ᆫ", "옷"], "예쁜 옷"),
        (["배우"], ["의", "연기"], "배우의 연기"),
        (["좋"], ["었", "다", "."], "좋았다."),
        ([], ["good", "movie", "😀"], "good movie😀"),
        (["영화"], [], "영화"),
        ([], [], ""),
    ],
)
def test_joining_morphemes(before: list[str], forms: list[str], whole: str) -> None:
    assert join_words(tokenizer("kiwi"), forms, before).after("".join(before)) == whole


@pytest.mark.parametrize("text", ["영화관 앞에서", "가", "가 나 다라", "정말 재밌다 ㅋㅋ 3번", ""])
def test_joining_syllables_and_their_pairs(text: str) -> None:
    splitter = tokenizer("bigram")
    forms = splitter.split(text)
    wanted = text.replace("3번", "3 번")  # what no pair holds together stands apart
    assert join_words(splitter, forms).text == wanted
    for at in range(len(forms) + 1):
        left = join_words(splitter, forms[:at]).text
        begun = len(forms[at - 1]) == 2 and "가" <= forms[at - 1][0] <= "힣" if at else False
        left = left[:-1] if begun and at < len(forms) else left  # the pair's second syllable is still to come
        assert join_words(splitter, forms[at:], forms[:at]).after(left) == wanted


def test_a_form_that_is_no_whole_syllable_is_readable() -> None:
    assert [shown_form(form) for form in ("ᆫ다", "ᆷ", "다", "ㅋㅋ", "</s>")] == ["ㄴ다", "ㅁ", "다", "ㅋㅋ", "</s>"]


def test_forms_that_kiwi_would_cut_otherwise_stay_as_they_are() -> None:
    forms = ["가나다라", "이영화", "<b>", "있었습니다", "12"]
    text = join_words(tokenizer("kiwi"), forms).text
    assert text.replace(" ", "") == "".join(forms)


@pytest.mark.parametrize("name", ["char", "syllable", "jamo"])
def test_models_of_characters_write_words_with_blanks(name: str, tmp_path: Path) -> None:
    texts = ["이 영화 정말 재밌다 ㅋㅋ", "이 영화 진짜 재밌다", "이 배우 정말 좋다", "▁ 는 밑줄이다"] * 5
    lm = NgramLM(order=9, smoothing="witten_bell", tokenizer=name).fit(texts)
    lm.save(tmp_path / "lm")
    for model in (lm, NgramLM.open(tmp_path / "lm")):
        assert model.generate("이 배", temperature=0, max_tokens=40) == "우 정말 좋다"
        assert model.generate("이 배", temperature=0, max_tokens=40, whole=True) == "이 배우 정말 좋다"
        assert model.generate("이 배우 정말 좋", temperature=0, max_tokens=40, whole=True) == "이 배우 정말 좋다"
        assert model.generate("▁", temperature=0, max_tokens=40, whole=True) == "▁ 는 밑줄이다"
    assert lm.next("이 영화 진짜", k=1)[0][0] == "▁" + tokenizer(name).split("재")[0]


def test_a_final_goes_into_the_syllable_before_it() -> None:
    lm = NgramLM(order=4, smoothing="witten_bell", tokenizer="jamo").fit(["좋은 산"] * 5)
    assert lm.generate("좋은 사", temperature=0, max_tokens=9, whole=True) == "좋은 산"
    assert lm.fill("좋은 사___", k=1)[0].text == "좋은 산"
    assert lm.fill("좋___ 산", k=1, beam=4)[0].text.startswith("좋")


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ("이 ___화 ___말", ["▁영", "▁정"], "이 영화 정말"),
        ("이___ 참", ["▁글"], "이 글 참"),
        ("___ 참", ["▁글"], "글 참"),
        ("한___", ["▁"], "한▁"),
        ("영___", ["화"], "영화"),
    ],
)
def test_units_fill_gaps_beside_the_blanks_of_the_user(text: str, words: list[str], wanted: str) -> None:
    assert filled_text(text, words, tokenizer("syllable", blanks=True)) == wanted
