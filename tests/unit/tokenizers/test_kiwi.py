"""Kiwi's morphemes as malgil gives them."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest

from malgil.errors import ParameterError
from malgil.tokenizers import encode_blocks, tokenizer
from malgil.tokenizers.kiwi import CONTENT, LONGEST_PIECE, KiwiTokenizer
from malgil.tokenizers.morphemes import TAGS, load
from malgil.tokens import Tokens


def tokens(*texts: str, **options: object) -> Tokens:
    return KiwiTokenizer(**options).tokenize_block(pa.array(texts, pa.large_string()))


def tags(found: Tokens) -> list[str]:
    assert found.tags is not None
    return [found.tag_names[tag] for tag in found.tags]


def test_a_syllable_may_hold_two_morphemes() -> None:
    found = tokens("영화를 봤다.")
    assert found.to_lists() == [["영화", "를", "보", "었", "다", "."]]
    assert found.spans(0) == [(0, 2), (2, 3), (4, 5), (4, 5), (5, 6), (6, 7)]
    assert tags(found) == ["NNG", "JKO", "VV", "EP", "EF", "SF"]


def test_forms_and_tags_are_kiwis_own() -> None:
    texts = [
        "배우 연기가 정말 좋았다ㅋㅋ",
        "The movie was 재밌음!! 10점",
        "되욬ㅋㅋ 먹었어욥",
        "https://example.com 010-1234-5678",
    ]
    found = tokens(*texts)
    own = [list(morphemes) for morphemes in load().tokenize(texts)]
    assert found.to_lists() == [[m.form for m in morphemes] for morphemes in own]
    assert tags(found) == [m.tag for morphemes in own for m in morphemes]


def test_spans_of_decomposed_text_are_those_of_the_raw_text() -> None:
    composed, apart = tokens("좋은 영화를 봤다"), unicodedata.normalize("NFD", "좋은 영화를 봤다")
    found = tokens(apart)
    assert found.to_lists() == composed.to_lists()
    spans = [unicodedata.normalize("NFC", apart[low:high]) for low, high in found.spans(0)]
    assert spans == ["좋은 영화를 봤다"[low:high] for low, high in composed.spans(0)]


def test_emoji_do_not_move_the_spans() -> None:
    text = "😀👨‍👩‍👧𠮷 영화 👍🏽 좋다"
    found = tokens(text)
    assert dict(zip(found.to_lists()[0], found.spans(0), strict=True))["영화"] == (
        text.index("영화"),
        text.index("영화") + 2,
    )


def test_a_morpheme_that_was_contracted_away_has_a_span() -> None:
    for text in ("3다", "쳤다ᄂᆞᆫ ᆫ다", "좋아한다고 해"):
        spans = tokens(text).spans(0)
        assert all(0 <= low < high <= len(text) for low, high in spans)
        assert spans == sorted(spans, key=lambda span: span[0])


def test_what_kiwi_passes_over_becomes_an_unknown_token() -> None:
    found = tokens("\u2800", "\u2800가\u2800\u2800")
    assert found.to_lists() == [["\u2800"], ["\u2800", "가", "\u2800\u2800"]]
    assert found.spans(1) == [(0, 1), (1, 2), (2, 4)]
    assert [tag for tag in tags(found) if tag == "UN"] == ["UN"] * 3


@pytest.mark.parametrize("text", ["", " ", "\n\t\u3000"])
def test_texts_without_characters_have_no_tokens(text: str) -> None:
    assert tokens(text, "가").to_lists() == [[], ["가"]]


def test_no_texts_have_no_tokens() -> None:
    assert tokens().to_lists() == []


def test_nul_is_a_character_like_others() -> None:
    assert tokens("좋아\x00요").spans(0)[-1] == (3, 4)
    assert "\x00" in tokens("좋아\x00요").to_lists()[0]


def test_texts_that_stand_twice_have_the_same_tokens() -> None:
    found = tokens("영화 좋다", "가", "", "영화 좋다", "가")
    once = tokens("영화 좋다", "가", "")
    assert found.to_lists() == [once.to_lists()[i] for i in (0, 1, 2, 0, 1)]
    assert [found.spans(i) for i in range(5)] == [once.spans(i) for i in (0, 1, 2, 0, 1)]
    assert tags(found) == tags(tokens("영화 좋다", "가")) * 2


@pytest.mark.parametrize("text", ["이 영화 좋다\n" * 2000, "이 영화 좋다 " * 2000, "가나다라" * 2500, "a" * 9000])
def test_a_long_text_keeps_its_offsets(text: str) -> None:
    found = tokens("앞", text)
    spans = found.spans(1)
    assert len(text) > 2 * LONGEST_PIECE
    covered = np.zeros(len(text), bool)
    for low, high in spans:
        covered[low:high] = True
    assert all(covered[i] or text[i].isspace() for i in range(len(text)))
    assert spans[-1][1] == len(text.rstrip())
    if "영화" in text:
        at = [span for form, span in zip(found.to_lists()[1], spans, strict=True) if form == "영화"]
        assert at == [(i, i + 2) for i in range(len(text)) if text.startswith("영화", i)]


def test_content_words_are_nouns_verbs_and_their_like() -> None:
    assert KiwiTokenizer(tags="content").split("이 영화를 정말 재밌게 봤다!") == ["영화", "정말", "재밌", "보"]
    assert set(CONTENT) <= set(TAGS)


def test_chosen_tags_keep_their_spans() -> None:
    found = tokens("영화를 봤다", "", "를", "음악을 듣다", tags=["NNG", "VV"])
    assert found.to_lists()[0] == ["영화", "보"]
    assert found.spans(0) == [(0, 2), (4, 5)]
    assert found.to_lists()[3] == ["음악", "듣"]
    assert tags(found)[-1].startswith("VV-")


def test_lower_case_joins_forms() -> None:
    assert tokens("Good good GOOD", lowercase=True).to_lists() == [["good", "good", "good"]]
    assert len(set(tokens("Good good GOOD").to_lists()[0])) == 3


@pytest.mark.parametrize("wrong", ["contents", ["NN"], ["NNG", "vv"], ("",)])
def test_unknown_tags_are_refused(wrong: object) -> None:
    with pytest.raises(ParameterError) as caught:
        tokenizer("kiwi", tags=wrong)
    assert caught.value.sentence("ko") != caught.value.sentence("en")


@pytest.mark.parametrize("options", [{}, {"tags": "content"}, {"tags": ("NNG",), "lowercase": True}])
def test_parameters_rebuild_it(options: dict[str, object]) -> None:
    made = tokenizer("kiwi", **options)
    assert tokenizer(**made.params) == made


def test_the_number_of_workers_does_not_show() -> None:
    texts = pa.array([f"{i % 37}번째 영화는 정말 재밌었다 {'ㅋ' * (i % 5)}" for i in range(300)], pa.large_string())
    kiwi = KiwiTokenizer()
    results = [encode_blocks(kiwi, [texts.slice(0, 100), texts.slice(100)], n_jobs=n)[0] for n in (1, 2)]
    one, two = results
    assert one.forms.equals(two.forms)
    for name in ("ids", "indptr", "start", "end", "tags"):
        assert np.array_equal(getattr(one, name), getattr(two, name))


def test_one_model_is_kept() -> None:
    assert load() is load()
    assert load(1) is load(1) is load()
