"""Words of the user for Kiwi."""

from __future__ import annotations

from pathlib import Path

import pytest

from malgil.errors import DataError, MissingError, ParameterError
from malgil.tokenizers import tokenizer
from malgil.tokenizers.dictionaries import UserWord, read_stop_words, read_user_words
from malgil.tokenizers.kiwi import KiwiTokenizer


def test_a_file_is_its_lines(tmp_path: Path) -> None:
    lines = ["# 주석", "", "말길", "킹받\tVV", "  독립 영화 협회\tNNP\t2.5  "]
    (tmp_path / "u.txt").write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    wanted = (UserWord("말길", "NNP", 0.0), UserWord("킹받", "VV", 0.0), UserWord("독립 영화 협회", "NNP", 2.5))
    assert (
        read_user_words(tmp_path / "u.txt")
        == read_user_words(str(tmp_path / "u.txt"))
        == read_user_words(lines)
        == wanted
    )
    assert read_user_words(wanted) == read_user_words([list(word) for word in wanted]) == wanted


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("말길\tNNX", "part of speech 'NNX'.*Did you mean 'NN"),
        ("말길\tNNP\thigh", "score 'high' is no number"),
        ("말길\tNNP\tnan", "score 'nan' is no number"),
        ("말길\tNNP\t1\tx", "has 4 columns"),
        ("\tNNP", "has 2 columns or no word"),
    ],
)
def test_a_bad_line_is_named(line: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "u.txt"
    path.write_text(f"좋은말\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=reason) as caught:
        tokenizer("kiwi", user_words=path)
    assert "Line 2" in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("row", [(), (3,), ("가", "NNP", None), ("가", 5)])
def test_a_bad_tuple_is_named(row: tuple[object, ...]) -> None:
    with pytest.raises(DataError, match=r"Line 1 .*\(list\)"):
        read_user_words([row])


def test_no_file_and_no_utf8(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"no word list .*none\.txt"):
        read_user_words(tmp_path / "none.txt")
    (tmp_path / "k.txt").write_bytes("말길".encode("euc-kr"))
    with pytest.raises(DataError, match="not UTF-8 from byte 0"):
        read_stop_words(tmp_path / "k.txt")
    with pytest.raises(DataError, match="Entry 1 of the stop words"):
        read_stop_words([3])  # type: ignore[list-item]


def test_words_of_the_user_are_found_and_others_stay_without_them() -> None:
    text = "말길을 킹받게 봤다"
    plain = KiwiTokenizer().split(text)
    cut = KiwiTokenizer(user_words=["말길", "킹받\tVV"])
    assert {"말길", "킹받"} <= set(cut.split(text))
    assert not {"말길", "킹받"} & set(plain)
    assert KiwiTokenizer().split(text) == plain
    assert tokenizer(**cut.params) == cut


def test_a_term_of_several_words_is_one_token() -> None:
    cut = KiwiTokenizer(user_words=["독립 영화 협회"])
    tokens = cut.tokenize(["독립 영화 협회에서"])
    assert tokens.to_lists() == [["독립 영화 협회", "에서"]]
    assert tokens.spans(0) == [(0, 8), (8, 10)]


def test_stop_words_are_left_out_by_form_and_by_part_of_speech() -> None:
    text = "영화를 하고 영화를 봤다."
    assert KiwiTokenizer(stop_words=["를", "."]).split(text) == ["영화", "하", "고", "영화", "보", "었", "다"]
    assert KiwiTokenizer(stop_words=["하/VV", "고/JKB"]).split("하고 싶다") == ["고", "싶", "다"]
    assert KiwiTokenizer(stop_words=["netflix"], lowercase=True).split("Netflix 봤다") == ["보", "었", "다"]
    assert not KiwiTokenizer(stop_words=["를"]).covers_all


@pytest.mark.parametrize("text", ["영화를 봤다", "배우가 정말 예뻤어요.", "했음"])
def test_morphemes_are_joined_to_text(text: str) -> None:
    cut = KiwiTokenizer()
    assert cut.join(cut.tokenize([text, "", "봤다"])) == [text, "", "봤다"]


def test_only_morphemes_can_be_joined() -> None:
    with pytest.raises(ParameterError, match="give what the 'kiwi' tokeniser made"):
        KiwiTokenizer().join(tokenizer("word").tokenize(["가"]))
