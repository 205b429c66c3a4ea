"""Morphemes of a query by the table that ships with the package."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from malgil.errors import ArtefactError, ParameterError
from malgil.search import morphemes
from malgil.search.morpheme_table import CONTEXTS, MorphemeTable
from malgil.search.morphemes import TABLE, analyse_query, load_table, query_morphemes
from malgil.tokenizers.morphemes import TAGS

CASES = {
    "eojeols": ("영화를 봤다", ["영화", "를", "보", "었", "다"]),
    "missing spaces": ("배우연기가좋다", ["배우", "연기", "가", "좋", "다"]),
    "mixed scripts": ("삼성SDS에서", ["삼성", "sds", "에서"]),
    "after a digit": ("2019년에 3번", ["2019", "년", "에", "3", "번"]),
    "numbers": ("1,000 3.5 2014-03-01", ["1,000", "3.5", "2014-03-01"]),
    "addresses": ("a.b@c.co http://x.kr/가?x", ["a.b@c.co", "http://x.kr/", "가", "?", "x"]),
    "jamo and signs": ("ㅋㅋㅋ !? ~~", ["ㅋㅋㅋ", "!?", "~~"]),
    "emoji": ("😀👍🏽", ["😀👍🏽"]),
    "hanja": ("韓國 영화", ["韓國", "영화"]),
    "one syllable": ("물", ["물"]),
    "nothing": (" \t\n", []),
}


@pytest.mark.parametrize(("text", "forms"), CASES.values(), ids=CASES)
def test_morphemes(text: str, forms: list[str]) -> None:
    assert query_morphemes(text, lowercase=True) == forms
    assert query_morphemes(unicodedata.normalize("NFD", text), lowercase=True) == forms


def test_content_leaves_out_what_has_no_meaning_of_its_own() -> None:
    assert query_morphemes("영화를 봤다!", tags="content") == ["영화", "보"]


def test_parts_of_speech_are_chosen_as_for_the_tokeniser() -> None:
    assert query_morphemes("영화를 봤다", tags=["NNG"]) == ["영화"]
    assert query_morphemes("영화를 봤다", tags=("VV", "JKO")) == ["를", "보"]
    with pytest.raises(ParameterError, match="contents"):
        query_morphemes("영화", tags="contents")


def test_capitals_stay_unless_asked() -> None:
    assert query_morphemes("iPhone을") == ["iPhone", "을"]


def test_an_unknown_name_is_a_noun_and_its_particle_is_cut_off() -> None:
    assert analyse_query("쿠르바트스키는") == [("쿠르바트스키", "NNP"), ("는", "JX")]


def test_a_word_is_the_same_in_any_query() -> None:
    alone = [query_morphemes(word) for word in ("좋은", "영화를")]
    assert query_morphemes("좋은 영화를") == [*alone[0], *alone[1]]


def test_a_very_long_eojeol_is_analysed_to_its_end() -> None:
    assert query_morphemes("영화" * 2000).count("영화") == 2000


def test_a_query_never_loads_kiwi_nor_numba() -> None:
    code = (
        "from malgil.search.morphemes import query_morphemes; query_morphemes('영화를 봤다'); "
        "import sys; print([name for name in ('kiwipiepy', 'numba', 'scipy', 'pandas') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_table_is_small_and_holds_words_of_hangul_alone() -> None:
    assert TABLE.stat().st_size <= 3_000_000
    with np.load(TABLE, allow_pickle=False) as arrays:
        words, units = (arrays[name].tobytes().decode().split("\n") for name in ("words", "units"))
        tags = arrays["tags"].tobytes().decode().split("\n")
    assert tags == list(TAGS)
    marks = [mark for mark in CONTEXTS if mark]
    bare = units + [word[1:] if word[0] in marks else word for word in words]
    assert all("가" <= char <= "힣" for word in bare for char in word)
    assert max(map(len, bare)) <= 16
    assert words == sorted(set(words))


def test_the_table_has_only_what_the_model_gets_wrong() -> None:
    table = load_table()
    words = list(table._words.items())[::97]
    for word, analysis in words:
        context = word[0] if word[0] in CONTEXTS else ""
        assert table.decode(word[len(context) :], context) != table.morphemes(analysis)
        assert table.analyse(word[len(context) :], context) == table.morphemes(analysis)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half", None])
def test_a_damaged_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    path = tmp_path / "table.npz"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(morphemes, "TABLE", path)
    load_table.cache_clear()
    try:
        with pytest.raises(ArtefactError, match=r"table\.npz"):
            load_table()
    finally:
        load_table.cache_clear()


@pytest.mark.parametrize("name", ["unit_costs", "form_tags", "syllables", "transitions", "words"])
def test_parts_that_do_not_fit_are_refused(name: str) -> None:
    with np.load(TABLE, allow_pickle=False) as file:
        arrays = {part: file[part] for part in file.files}
    arrays[name] = arrays[name][:-9]
    with pytest.raises(ValueError):
        MorphemeTable(arrays)


@pytest.mark.real
def test_most_morphemes_of_real_questions_are_kiwis() -> None:
    folder = os.environ.get("MALGIL_DATA")
    path = Path(folder or "") / "retrieval" / "korquad_dev" / "KorQuAD_v1.0_dev.json.gz"
    if not folder or not path.exists():
        pytest.skip("MALGIL_DATA does not name a folder with KorQuAD")
    from malgil.tokenizers import tokenizer

    with gzip.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    questions = [row["question"] for article in articles for part in article["paragraphs"] for row in part["qas"]][::10]
    taught = tokenizer("kiwi", tags="content", lowercase=True).tokenize(questions).to_lists()
    found = [query_morphemes(text, tags="content", lowercase=True) for text in questions]
    shared = sum((Counter(a) & Counter(b)).total() for a, b in zip(taught, found, strict=True))
    assert 2 * shared / (sum(map(len, taught)) + sum(map(len, found))) > 0.88
