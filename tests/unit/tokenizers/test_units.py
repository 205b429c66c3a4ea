"""Code points, characters as people see them, and the letters of syllables."""

from __future__ import annotations

import unicodedata

import pytest

from malgil.errors import DataError, ParameterError
from malgil.search import SearchIndex
from malgil.tokenizers import tokenizer
from malgil.vectorize import CountVectorizer

NAMES = ("char", "syllable", "jamo")
TEXT = "각 é\n👨\u200d👩\u200d👧ㅋㅋ"
every_name = pytest.mark.parametrize("name", NAMES)


def test_what_a_unit_is() -> None:
    text = unicodedata.normalize("NFD", TEXT)
    found = {name: tokenizer(name).tokenize([text]) for name in NAMES}
    letters = ["\u1100", "\u1161", "\u11a8"]
    assert found["char"].to_lists()[0] == [*letters, "e", "\u0301", *"👨\u200d👩\u200d👧", "ㅋ", "ㅋ"]
    assert found["syllable"].to_lists()[0] == ["각", "é", "👨\u200d👩\u200d👧", "ㅋ", "ㅋ"]
    assert found["syllable"].spans(0) == [(0, 3), (4, 6), (7, 12), (12, 13), (13, 14)]
    assert found["jamo"].to_lists()[0] == [*letters, "é", "👨\u200d👩\u200d👧", "ㅋ", "ㅋ"]
    assert found["jamo"].spans(0)[:4] == [(0, 3), (0, 3), (0, 3), (4, 6)]


def test_a_letter_at_the_end_of_a_syllable_is_another_form_than_at_its_beginning_or_alone() -> None:
    initial, _, final, loose = tokenizer("jamo").split("각ㄱ")
    assert len({initial, final, loose}) == 3


@every_name
def test_a_mark_tells_what_stands_behind_a_blank_and_leaves_spans_alone(name: str) -> None:
    plain, marked = (tokenizer(name, blanks=blanks).tokenize([" 가 \t나다", "▁ ▁"]) for blanks in (False, True))
    forms = [[form.removeprefix("▁") or form for form in doc] for doc in marked.to_lists()]
    assert forms == plain.to_lists()
    assert [form for form in marked.to_lists()[0] if form[0] == "▁"] == [
        "▁" + tokenizer(name).split(char)[0] for char in "가나"
    ]
    assert marked.to_lists()[1] == ["▁", "▁▁"]
    assert marked.spans(0) == plain.spans(0)


@every_name
def test_lower_case_is_that_of_each_form(name: str) -> None:
    cut = tokenizer(name, lowercase=True)
    tokens = cut.tokenize(["İA aΣ 한"])
    assert tokens.to_lists()[0][:4] == ["i̇", "a", "a", "σ"]
    assert tokens.spans(0)[:4] == [(0, 1), (1, 2), (3, 4), (4, 5)]
    assert cut.normalises


def test_what_is_declared() -> None:
    assert all(tokenizer(name).covers_all for name in NAMES)
    assert [tokenizer(name).normalises for name in NAMES] == [False, True, True]
    assert tokenizer("char", blanks=True).normalises


@every_name
def test_parameters_make_an_equal_one(name: str) -> None:
    cut = tokenizer(name, blanks=True)
    assert tokenizer(**cut.params) == cut != tokenizer(name)
    with pytest.raises(ParameterError, match="blanks, lowercase"):
        tokenizer(name, blank=True)


@every_name
@pytest.mark.parametrize("texts", [[], [""], ["", " \n", "\u3000"]])
def test_without_anything_to_see_there_are_no_tokens(name: str, texts: list[str]) -> None:
    tokens = tokenizer(name).tokenize(texts)
    assert (tokens.n_tokens, tokens.n_docs, len(tokens.forms)) == (0, len(texts), 0)


@every_name
def test_a_lone_surrogate_is_refused_in_a_corpus_and_marked_in_a_query(name: str) -> None:
    with pytest.raises(DataError):
        tokenizer(name).tokenize(["가", "\ud800"])
    assert tokenizer(name).split("\ud800") == ["?"]


def test_a_long_text_of_marks_is_one_character() -> None:
    tokens = tokenizer("syllable").tokenize(["가" + "\u0e34" * 100_000 + "나"])
    assert tokens.spans(0) == [(0, 100_001), (100_001, 100_002)]


@every_name
@pytest.mark.parametrize("lowercase", [False, True])
def test_a_vectoriser_counts_them_the_same_with_and_without_a_preprocessor(name: str, lowercase: bool) -> None:
    texts = ["Ab 각 ㅋ", "각a A"] * 3
    fast = CountVectorizer(tokenizer=name, token_pattern=None, lowercase=lowercase)
    slow = CountVectorizer(tokenizer=name, token_pattern=None, preprocessor=str.lower if lowercase else str)
    assert (fast.fit_transform(texts) != slow.fit_transform(texts)).nnz == 0
    assert fast.get_feature_names_out().tolist() == slow.get_feature_names_out().tolist()
    assert {*fast.get_feature_names_out()} == {*tokenizer(name, lowercase=lowercase).split("Aab각ㅋ")}


def test_a_vectoriser_counts_stems() -> None:
    counts = CountVectorizer(tokenizer="english", token_pattern=None).fit(["She runs; 영화를 running"])
    assert counts.get_feature_names_out().tolist() == ["run", "she", "영화를"]


@every_name
def test_a_search_index_takes_them_as_a_field(name: str) -> None:
    index = SearchIndex.build(["바다가 푸르다", "산이 높다", "줄이 길다"], fields={"units": name})
    found = index.search("바다", k=3)
    assert found[0].id == "0"
    assert index.search("바다")[0].snippet.highlights
