"""Strings: edits, in syllables and in keys, and the closest strings."""

from __future__ import annotations

import unicodedata

import pytest

from malgil.errors import ParameterError
from malgil.similarity import STRING_MEASURES, explain_similarity, pairwise, similarity, top_k


@pytest.mark.parametrize(
    ("a", "b", "measure", "value"),
    [
        ("영화", "영하", "levenshtein", 1),
        ("영화", "영하", "jamo", 1),
        ("괜찮아", "갠찬아", "levenshtein", 2),
        ("괜찮아", "갠찬아", "jamo", 2),
        ("닭", "영", "jamo", 4),
        ("ㅋㅋㅋ", "ㅋㅋ", "jamo", 1),
        ("kitten", "sitting", "levenshtein", 3),
        ("영화", "영하", "edit_ratio", 0.5),
        ("MARTHA", "MARHTA", "jaro_winkler", 0.9611111111111111),
        ("", "", "edit_ratio", 1),
        ("", "", "levenshtein", 0),
        ("", "영", "jaro_winkler", 0),
    ],
)
def test_by_hand(a: str, b: str, measure: str, value: float) -> None:
    assert similarity(a, b, measure) == pytest.approx(value, rel=1e-12)
    assert similarity(b, a, measure) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("measure", STRING_MEASURES)
def test_another_form_of_the_same_syllables(measure: str) -> None:
    facts = STRING_MEASURES[measure]
    same = similarity("한국어 처리", unicodedata.normalize("NFD", "한국어 처리"), measure)
    assert same == (facts.high if facts.higher_is_closer else 0.0)


def test_the_closest_words() -> None:
    words = ["영하", "연화", "영화관", "영화", "dog", "영하"]
    indices, values = top_k(["영화", "god"], words, 3, "levenshtein")
    assert indices.tolist() == [[3, 0, 1], [4, 0, 1]]
    assert values.tolist() == [[0, 1, 1], [2, 3, 3]]
    without, _ = top_k(["영화"], words, 2, "jamo", exclude=[3])
    assert without.tolist() == [[0, 1]]
    many, _ = top_k(["영화"], words[:2], 4, "edit_ratio")
    assert many.tolist() == [[0, 1, -1, -1]]


@pytest.mark.parametrize("measure", STRING_MEASURES)
def test_neighbours_are_those_of_all_pairs(measure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("malgil.similarity.string_measures._BLOCK_PAIRS", 20)
    words = "영화 영하 연화 여화 괜찮다 갠찮다 movie moive 무비 ㅁㅂ 가 나".split()
    sign = 1 if STRING_MEASURES[measure].higher_is_closer else -1
    indices, values = top_k(words, words, 5, measure, n_jobs=2)
    table = pairwise(words, words, measure)
    for row, word in enumerate(words):
        assert table[row].tolist() == [similarity(word, other, measure) for other in words]
        wanted = sorted(range(len(words)), key=lambda item: (-sign * table[row, item], item))[:5]
        assert indices[row].tolist() == wanted
        assert values[row].tolist() == table[row, wanted].tolist()


def test_no_strings_at_all() -> None:
    assert top_k(["가"], [], 2, "jamo")[0].tolist() == [[-1, -1]]
    assert pairwise([], ["가"], "jamo").shape == (0, 1)


@pytest.mark.parametrize("measure", STRING_MEASURES)
@pytest.mark.parametrize(("a", "b"), [("괜찮아", "갠찬하요"), ("", ""), ("the movie", "teh move")])
def test_values_open(measure: str, a: str, b: str) -> None:
    opened = explain_similarity(measure, a, b)
    assert opened.value == similarity(a, b, measure)
    assert opened.wrong() == []
    assert opened.to_text()


def test_edits_are_named() -> None:
    assert [edit.label for edit in explain_similarity("levenshtein", "영화", "영하다").terms] == ["+ 하", "화 > 다"]
    assert [edit.label for edit in explain_similarity("jamo", "괜찮아", "갠찮아").terms] == ["- ㅗ"]
    numbers = explain_similarity("jaro_winkler", "영화관", "영화").numbers
    assert numbers["prefix"] == 2


@pytest.mark.parametrize("bad", ["영화", [1, 2], 7])
def test_what_is_no_list_of_strings(bad: object) -> None:
    with pytest.raises(ParameterError, match="strings"):
        top_k(bad, ["가"], 1, "jamo")


def test_an_unknown_measure_names_all() -> None:
    with pytest.raises(ParameterError, match=r"cosine.*jaro_winkler"):
        top_k(["가"], ["나"], 1, "jaro")
