"""New texts: particles, negations, sentiment, lexicons, vectors, what is refused."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from malgil.embeddings import Vectors
from malgil.errors import DataError, MissingError, ParameterError
from malgil.sequences import (
    METHODS,
    Augmenter,
    Guard,
    augment,
    is_negation,
    nearest_synonyms,
    read_sentiment,
    read_synonyms,
)
from malgil.sequences.eojeols import with_form, without_particle
from malgil.sequences.methods import synonyms_of


@pytest.mark.parametrize(
    ("word", "table", "wanted"),
    [
        ("영화를", {"영화": ["작품"]}, ["작품을"]),
        ("작품은", {"작품": ["영화"]}, ["영화는"]),
        ("서울로", {"서울": ["부산", "제주"]}, ["부산으로", "제주로"]),
        ("영화에서는", {"영화": ["작품"]}, ["작품에서는"]),
        ("마을", {"마": ["바"]}, []),
        ("영화를", {"영화를": ["그걸"], "영화": ["작품"]}, ["그걸"]),
        ("Good", {"good": ["fine"]}, ["Fine"]),
        ("TV가", {"TV": ["텔레비전"]}, ["텔레비전이"]),
        ("말", {"말": ["말"]}, []),
        ("한", {}, []),
    ],
)
def test_a_synonym_takes_over_the_particle(word: str, table: dict[str, list[str]], wanted: list[str]) -> None:
    assert synonyms_of(word, table, Guard()) == wanted
    assert synonyms_of(unicodedata.normalize("NFD", word), table, Guard()) == wanted


def test_particles_are_found_by_sound() -> None:
    assert list(without_particle("친구들은")) == [("친구", "들은"), ("친구들", "은")]
    assert list(without_particle("은")) == []
    assert with_form("Google", "으로") == "Google로"


@pytest.mark.parametrize(
    "word",
    ["안", "못", "않아요", "없다", "재미없음", "아니에요", "안좋아요", "못하는", "not", "Never", "don't", "isn’t"],
)
def test_negations(word: str) -> None:
    assert is_negation(word)
    assert is_negation(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", ["", "안녕", "안내", "못지", "좋아요", "knot", "nothing'sx", "ㅋㅋ", "😀"])
def test_no_negations(word: str) -> None:
    assert not is_negation(word)


def test_a_lexicon_guards_both_sides() -> None:
    guard = Guard({"최고": 2.0, "최악": -1.0})
    assert guard.flips("최고", "최악")
    assert guard.flips("최고를", "최악을")
    assert not guard.flips("최고", "으뜸")
    assert guard.holds("최악은")
    made = augment(["정말 최고 그냥"], methods=["delete"], times=20, sentiment={"최고": 1})
    assert all("최고" in text for text in made.texts)


def test_beside_a_negation_nothing_moves() -> None:
    for name in ("swap", "shuffle", "delete", "mask"):
        made = augment(["이 영화 배우 연기 안 좋다"], methods=[name], times=20, rate=1.0)
        assert made.texts
        assert all(text.endswith("안 좋다") for text in made.texts)


def test_two_are_mixed_within_a_label() -> None:
    texts, labels = ["가 나 다 라", "마 바 사 아", "A B C D"], ["x", "x", "y"]
    made = augment(texts, labels, methods=["mix"])
    assert made.texts == ["가 나 사 아", "마 바 다 라"]
    assert [(record.row, record.partner) for record in made.records] == [(0, 1), (1, 0)]
    assert made.n_skipped == 1


def test_labels_may_be_anything_that_can_be_compared() -> None:
    assert augment(["가 나 다"] * 2, [None, 3.5], methods=["delete"]).labels == [None, 3.5]


def test_texts_without_words() -> None:
    made = augment(["", " \n", "!!!", "😀"], [0, 0, 0, 0], times=3)
    assert all(record.row == 3 or record.method == "mix" for record in made.records)
    assert len(made) + made.n_skipped == 12


def test_the_default_uses_what_is_given() -> None:
    assert set(augment(["가나 다라 마바 사아 자차"] * 40).by_method) == {"swap", "shuffle", "delete", "typo", "space"}
    with_all = augment(["가나 다라 마바 사아 자차"] * 80, [0] * 80, synonyms={"가나": ["하파"]})
    assert set(with_all.by_method) == set(METHODS) - {"mask"}


def test_the_share_of_words() -> None:
    text = " ".join(["낱말"] * 20)
    made = augment([text], methods=["synonyms"], synonyms={"낱말": ["단어"]}, rate=0.25)
    assert made.texts[0].split().count("단어") == 5


def test_vectors_give_synonyms() -> None:
    vectors = Vectors(["영화", "작품", "연기", "무비"], [[1.0, 0.1], [1.0, 0.2], [0.0, 1.0], [1.0, 0.4]])
    assert nearest_synonyms(vectors, ["영화", "모름"], k=2) == {"영화": ("작품", "무비")}
    assert nearest_synonyms(vectors, ["연기"], k=9, least=0.9) == {}
    assert augment(["영화를"], methods=["synonyms"], synonyms=vectors, k=1).texts == ["작품을"]
    assert nearest_synonyms(Vectors(["홀로"], np.ones((1, 2))), ["홀로"]) == {}
    with pytest.raises(ParameterError):
        nearest_synonyms(vectors, ["영화"], k=0)


def test_lexicons_are_read(tmp_path: Path) -> None:
    tsv, jsonl, moods = tmp_path / "a.tsv", tmp_path / "a.jsonl", tmp_path / "m.tsv"
    tsv.write_text("# 유의어\n영화\t작품\t무비\r\n\n영화\t필름\t작품\n", encoding="utf-8-sig")
    jsonl.write_text('{"word": "영화", "synonyms": ["작품", "무비"]}\n', encoding="utf-8")
    moods.write_text("좋다\t1\n나쁘다\t-2.5\n", encoding="utf-8")
    assert read_synonyms(tsv) == {"영화": ("작품", "무비", "필름")}
    assert read_synonyms(jsonl) == {"영화": ("작품", "무비")}
    assert read_sentiment(moods) == {"좋다": 1.0, "나쁘다": -2.5}
    assert augment(["영화"], methods=["synonyms"], synonyms=jsonl, sentiment=moods).texts[0] in ("작품", "무비")


@pytest.mark.parametrize("line", ["영화", "영화\t", '{"word": "영화"}', '{"word": 1, "synonyms": [2]}', "[1"])
def test_a_line_without_synonyms_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / ("a.jsonl" if line.startswith(("{", "[")) else "a.tsv")
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 2"):
        read_synonyms(path)


def test_lexicons_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        read_synonyms(tmp_path / "none.tsv")
    bad = tmp_path / "bad.tsv"
    bad.write_bytes("영화\t작품".encode("cp949"))
    with pytest.raises(DataError):
        read_synonyms(bad)
    bad.write_text("좋다\t아주\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 1"):
        read_sentiment(bad)


@pytest.mark.parametrize(
    "settings",
    [
        {"methods": ["fly"]},
        {"methods": []},
        {"methods": ["synonyms"]},
        {"methods": ["mix"]},
        {"times": 0},
        {"rate": 0},
        {"rate": 1.5},
        {"colour": 1},
        {"synonyms": 3, "methods": ["synonyms"]},
    ],
)
def test_settings_that_cannot_be(settings: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        augment(["가 나"], **settings)


def test_texts_that_are_none() -> None:
    for texts in ("가 나", [1], [None]):
        with pytest.raises(ParameterError):
            augment(texts)  # type: ignore[arg-type]
    with pytest.raises(ParameterError):
        augment(["가"], [1, 2])


def test_settings_are_parameters() -> None:
    assert Augmenter(seed=3).set_params(times=2).get_params()["times"] == 2
