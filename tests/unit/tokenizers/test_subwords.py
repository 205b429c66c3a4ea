"""Subwords that are learned from a corpus."""

from __future__ import annotations

import pickle
import subprocess
import sys
import unicodedata

import pyarrow as pa
import pytest

from malgil.errors import MissingError, NotFittedError, ParameterError
from malgil.tokenizers import tokenizer
from malgil.tokenizers.subwords import BPETokenizer, UnigramTokenizer, shown_params

CORPUS = ["영화가 참 좋다", "이 영화를 봤다", "영화는 영화다", "배우가 좋다", "좋은 영화 👍🏽"] * 3
both = pytest.mark.parametrize("name", ["bpe", "unigram"])


@both
def test_a_frequent_word_becomes_one_piece_with_a_mark(name: str) -> None:
    cut = tokenizer(name, n_terms=60).fit(CORPUS)
    tokens = cut.tokenize(["영화만 영화도"])
    assert tokens.to_lists() == [["▁영화", "만", "▁영화", "도"]]
    assert tokens.spans(0) == [(0, 2), (2, 3), (4, 6), (6, 7)]


@both
def test_decomposed_text_is_cut_like_composed_text_with_spans_of_its_own(name: str) -> None:
    cut = tokenizer(name, n_terms=60).fit(CORPUS)
    text = unicodedata.normalize("NFD", "영화가 좋다")
    tokens = cut.tokenize([text])
    assert tokens.to_lists() == [cut.split("영화가 좋다")]
    pieces = [unicodedata.normalize("NFC", text[low:high]) for low, high in tokens.spans(0)]
    assert pieces == [form.removeprefix("▁") for form in cut.split("영화가 좋다")]


@both
def test_unknown_characters_are_tokens_by_themselves(name: str) -> None:
    cut = tokenizer(name, n_terms=60).fit(CORPUS)
    assert cut.split("영화鬱\U0001f9ff뷁") == ["▁영화", "鬱", "\U0001f9ff", "뷁"]
    assert cut.split("鬱▁\x00") == ["▁鬱", "▁", "\x00"]


@both
def test_lower_case(name: str) -> None:
    cut = tokenizer(name, lowercase=True).fit(["Good good GOOD İstanbul"] * 3)
    assert "".join(cut.split("GOOD")) == "▁good"
    assert "".join(cut.split("İ")) == "▁i"


@both
def test_the_same_texts_give_the_same_pieces_in_another_process_and_other_blocks(name: str) -> None:
    code = f"from malgil.tokenizers import tokenizer; print(tokenizer({name!r}, n_terms=60).fit({CORPUS!r}).learned)"
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    blocks = (pa.array([text], pa.large_string()) for text in CORPUS)
    mine = tokenizer(name, n_terms=60).fit_blocks(blocks)  # type: ignore[attr-defined]
    assert runs == {(repr(mine.learned) + "\n").encode()}


@both
@pytest.mark.parametrize("texts", [[], [""], [" \n", "▁"]])
def test_a_corpus_without_words_gives_characters(name: str, texts: list[str]) -> None:
    assert tokenizer(name).fit(texts).split("가 나다") == ["▁가", "▁나", "다"]


@both
def test_a_corpus_smaller_than_n_terms_is_enough(name: str) -> None:
    assert "".join(tokenizer(name).fit(["가"]).split("가나")) == "▁가나"


@both
def test_learning_anew_forgets(name: str) -> None:
    cut = tokenizer(name, n_terms=60).fit(CORPUS)
    cut.split("영화")
    assert cut.fit(["배 배 배"]).split("영화") == ["▁영", "화"]


@both
def test_cutting_before_learning_is_an_error(name: str) -> None:
    for ask in (lambda cut: cut.split("가"), lambda cut: cut.tokenize(["가"])):
        with pytest.raises(NotFittedError, match=rf"'{name}' has to learn its pieces first: call fit"):
            ask(tokenizer(name))


@both
def test_an_object_in_memory_can_be_sent_to_another_process(name: str) -> None:
    cut = tokenizer(name, n_terms=60).fit(CORPUS)
    cut.split("영화")
    assert pickle.loads(pickle.dumps(cut)) == cut


@both
@pytest.mark.parametrize("n_terms", [0, -1, True, 2.5, "many"])
def test_a_bad_number_of_pieces(name: str, n_terms: object) -> None:
    with pytest.raises(ParameterError, match="give a whole number above 0"):
        tokenizer(name, n_terms=n_terms)


@both
def test_fewer_pieces_than_characters(name: str) -> None:
    with pytest.raises(ParameterError, match=r"n_terms=5: the texts have \d+ different characters"):
        tokenizer(name, n_terms=5).fit(CORPUS)


@pytest.mark.parametrize("learned", [["가"], ["가 나 다"], ["가 나다"], [" "], [3], "가 나", {"가": 1}])
def test_damaged_merges_are_refused(learned: object) -> None:
    with pytest.raises(ParameterError, match=r"Merge 0 .*train it again"):
        BPETokenizer(learned=learned)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "learned", [["가"], [["가"]], [["", -1.0]], [["가", "x"]], [["가", float("nan")]], [[3, -1.0]]]
)
def test_damaged_pieces_are_refused(learned: list[object]) -> None:
    with pytest.raises(ParameterError, match=r"Piece 0 .*train it again"):
        UnigramTokenizer(learned=learned)


def test_a_long_table_is_shown_as_a_hash() -> None:
    cut = tokenizer("bpe", n_terms=60).fit(CORPUS)
    assert len(str(shown_params(cut.params))) < 120
    assert shown_params(cut.params) == shown_params(tokenizer(**cut.params).params)
    assert shown_params(cut.params) != shown_params(tokenizer("bpe", n_terms=60).fit(["배 배"]).params)
    assert shown_params(tokenizer("word").params) == tokenizer("word").params


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingError, match=r"pip install 'malgil\[text\]'"):
        tokenizer("bpe").fit(CORPUS)


def test_a_saved_table_needs_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = tokenizer("bpe", n_terms=60).fit(CORPUS)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    assert tokenizer(**cut.params).split("영화도") == ["▁영화", "도"]
