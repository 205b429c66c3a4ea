"""Word and white-space tokenisers on the texts that break others."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import numpy as np
import pyarrow as pa
import pytest

from malgil.errors import DataError
from malgil.tokenizers import WhitespaceTokenizer, WordTokenizer, tokenizer

CASES = {
    "one syllable": ("이 영화 참 안 좋다", ["이", "영화", "참", "안", "좋다"]),
    "missing spaces": ("배우연기가정말좋다!!", ["배우연기가정말좋다"]),
    "mixed scripts": ("iPhone을 샀다, 2대", ["iphone을", "샀다", "2대"]),
    "lone jamo": ("ㅋㅋㅋ 재밌다ㅠㅠ", ["ㅋㅋㅋ", "재밌다ㅠㅠ"]),
    "emoji only": ("😀👍🏽❤️", []),
    "emoji between": ("좋아😀요", ["좋아", "요"]),
    "combining marks": ("cafe\u0301 noir", ["cafe", "noir"]),
    "right to left": ("שלום, عالم!", ["שלום", "عالم"]),
    "astral letters": ("𝐀𝐁 𐐀x", ["𝐀𝐁", "𐐨x"]),
    "final sigma": ("ΟΔΟΣ ΣΟΦΟΣ'. Σ", ["οδος", "σοφος", "σ"]),
    "sigma before an ignorable": ("ΑΣ'Α", ["ας" if "ΑΣ'Α".lower()[1] == "ς" else "ασ", "α"]),
    "dotted I": ("İSTANBUL", ["i", "stanbul"]),
    "shrinks in lower case": ("\u212a\u2126", ["kω"]),
    "grows in lower case": ("ȺȾ", ["ⱥⱦ"]),
    "NUL": ("a\x00b", ["a", "b"]),
    "low line": ("__init__ 이름_2", ["__init__", "이름_2"]),
    "nothing": ("", []),
    "blanks": (" \t\u3000\n", []),
}


@pytest.mark.parametrize(("text", "forms"), CASES.values(), ids=CASES)
def test_words(text: str, forms: list[str]) -> None:
    cut = WordTokenizer()
    assert cut.tokenize_block(pa.array([text], pa.large_string())).to_lists() == [forms]
    assert cut.split(text) == forms


def test_spans_count_code_points_of_the_raw_text() -> None:
    tokens = WordTokenizer().tokenize_block(pa.array(["😀 İX 가"], pa.large_string()))
    assert tokens.to_lists() == [["i", "x", "가"]]
    assert tokens.spans(0) == [(2, 3), (3, 4), (5, 6)]


def test_decomposed_hangul_stays_as_it_is() -> None:
    text = unicodedata.normalize("NFD", "한글 말")
    tokens = WordTokenizer().tokenize_block(pa.array([text], pa.large_string()))
    assert tokens.to_lists() == [text.split()]
    assert tokens.spans(0) == [(0, 6), (7, 10)]


def test_whitespace_keeps_marks_and_nul() -> None:
    tokens = WhitespaceTokenizer().tokenize_block(pa.array(["a\x00 a, a", "A\u2028b"], pa.large_string()))
    assert tokens.to_lists() == [["a\x00", "a,", "a"], ["A", "b"]]


def test_nulls_are_empty_texts() -> None:
    assert WordTokenizer().tokenize_block(pa.array([None, "가"], pa.large_string())).to_lists() == [[], ["가"]]


def test_a_slice_is_read_from_its_own_start() -> None:
    texts = pa.array(["가 나", "다", "라 마"], pa.large_string()).slice(1, 2)
    assert WordTokenizer().tokenize_block(texts).to_lists() == [["다"], ["라", "마"]]


def test_a_long_document_is_one_stretch() -> None:
    words = ["긴글", "Long", "x"] * 400_000
    tokens = WordTokenizer().tokenize_block(pa.array(["앞", " ".join(words), "뒤"], pa.large_string()))
    assert np.diff(tokens.indptr).tolist() == [1, len(words), 1]
    assert tokens.forms.to_pylist() == ["앞", "긴글", "long", "x", "뒤"]
    assert tokens.end is not None
    assert tokens.end[-2] == len(" ".join(words))


def test_one_long_token() -> None:
    tokens = WordTokenizer().tokenize_block(pa.array(["가" * 1_000_000], pa.large_string()))
    assert tokens.forms.to_pylist() == ["가" * 1_000_000]


def test_many_distinct_forms_grow_the_table() -> None:
    texts = [" ".join(f"{n:x}번{n}" for n in range(low, low + 500)) for low in range(0, 40_000, 500)]
    tokens = WordTokenizer().tokenize_block(pa.array(texts, pa.large_string()))
    assert tokens.ids.tolist() == list(range(40_000))
    assert tokens.forms.to_pylist() == " ".join(texts).split()


@pytest.mark.parametrize("offsets", [[0, 4, 2], [0, -1, 3], [2, 1, 3], [0, 99, 3]])
def test_offsets_that_do_not_fit_are_refused(offsets: list[int]) -> None:
    borders = pa.py_buffer(np.array(offsets, np.int64))
    broken = pa.LargeStringArray.from_buffers(2, borders, pa.py_buffer(b"abc"))
    with pytest.raises(DataError):
        WordTokenizer().tokenize_block(broken)


def test_the_first_text_that_is_not_utf8_is_named() -> None:
    borders = pa.py_buffer(np.array([0, 1, 3], np.int64))
    broken = pa.LargeStringArray.from_buffers(2, borders, pa.py_buffer(b"a\xea\xb0"))
    with pytest.raises(DataError, match="Text 1 "):
        WordTokenizer().tokenize_block(broken)


MALFORMED = {
    "a lone continuation": b"\x80",
    "two bytes for one": b"\xc0\x80",
    "three bytes for one": b"\xe0\x80\xaf",
    "four bytes for one": b"\xf0\x80\x80\xaf",
    "a surrogate": b"\xed\xa0\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "no such lead": b"\xf8\x88\x80\x80\x80",
    "cut short": "가".encode()[:2],
    "cut short after four": "😀".encode()[:3],
    "wrong second": b"\xea\x20\x80",
    "wrong third": b"\xea\xb0\x20",
    "wrong fourth": b"\xf0\x9f\x98\x20",
    "wrong second of two": b"\xc3\x28",
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_malformed_utf8_is_refused_wherever_it_stands(data: bytes) -> None:
    for before, after in ((b"", b""), ("가 ".encode(), b" abc"), (b"A\xce\xa3", b"")):
        whole = before + data + after
        borders = pa.py_buffer(np.array([0, len(whole)], np.int64))
        with pytest.raises(DataError, match="Text 0 "):
            WordTokenizer().tokenize_block(pa.LargeStringArray.from_buffers(1, borders, pa.py_buffer(whole)))


def test_parameters_make_an_equal_tokenizer() -> None:
    for cut in (WordTokenizer(lowercase=False), WhitespaceTokenizer(lowercase=True)):
        assert tokenizer(**cut.params) == cut


def test_facts_about_the_tokens_are_declared() -> None:
    word, blank = WordTokenizer(), WhitespaceTokenizer()
    assert (word.covers_all, word.normalises) == (False, True)
    assert (blank.covers_all, blank.normalises) == (True, False)


def test_a_query_is_split_without_any_kernel() -> None:
    code = "import sys, malgil; malgil.tokenizer('word').split('가 나'); print('numba' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "False\n"
