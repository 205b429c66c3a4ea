"""Near-duplicates: what counts as the same, groups, whom to keep, and how many are found."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import pytest

from malgil.errors import ParameterError
from malgil.sample import generate
from malgil.similarity import NearDuplicates, near_duplicates, shingles
from malgil.similarity.bands import Bands, choose_bands
from tests.naive import similarity as naive

REVIEWS = [
    "배송이 정말 빠르고 포장도 꼼꼼해서 좋아요",
    "색이 사진과 달라요",
    "배송이 정말빠르고 포장도 꼼꼼해서 좋아요!!",
    "",
    "배송이 정말 빠르고 포장도 꼼꼼해서 좋네요",
    "  ",
]


def test_small_edits_are_found() -> None:
    found = near_duplicates(REVIEWS, 0.7)
    assert found.pairs.tolist() == [[0, 2], [0, 4]]
    assert found.jaccard.tolist() == [1.0, 15 / 19]
    assert found.groups() == [[0, 2, 4]]
    assert found.representatives().tolist() == [0, 1, 3, 5]
    assert found.extras().tolist() == [2, 4]
    assert found.copy_of.tolist() == [0, 1, 0, 3, 4, 5]
    assert found.miss_ratio <= 0.001


def test_a_pair_opens_by_its_shingles() -> None:
    a, b = (shingles(REVIEWS[row]) for row in (0, 4))
    assert len(a & b) / len(a | b) == 15 / 19


@pytest.mark.parametrize(
    "other",
    [
        unicodedata.normalize("NFD", "안 좋아요 The Movie ㅋㅋ 👍"),
        "안좋아요 the movieㅋㅋ👍",
        "안 좋아요... THE\u3000MOVIE~ ㅋㅋ 👍!",
    ],
)
def test_ways_to_write_the_same(other: str) -> None:
    assert near_duplicates(["안 좋아요 The Movie ㅋㅋ 👍", other], 1.0).groups() == [[0, 1]]


@pytest.mark.parametrize("pair", [("짱", "쨩"), ("ㅋㅋ", "ㅎㅎ"), ("👍", "👎"), ("!!", "??")])
def test_short_texts_are_compared_whole(pair: tuple[str, str]) -> None:
    assert near_duplicates([*pair, pair[0]], 0.1).groups() == [[0, 2]]


def test_groups_hang_together_by_chains() -> None:
    words = "하나 두울 세엣 네엣 다섯 여섯 일곱 여덟 아홉 여얼".split()
    chain = [" ".join(words[i : i + 8]) for i in range(3)]
    found = near_duplicates(chain, 0.7)
    assert found.pairs.tolist() == [[0, 1], [1, 2]]
    assert found.groups() == [[0, 1, 2]]


@pytest.mark.parametrize("texts", [[], ["", " "], ["하나"]])
def test_nothing_to_compare(texts: list[str]) -> None:
    found = near_duplicates(texts)
    assert (found.n_texts, found.groups()) == (len(texts), [])
    assert found.pairs.shape == (0, 2)


def test_a_crowd_stays_one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("malgil.similarity.minhash._WINDOW", 3)
    crowd = ["ㅋ" * n for n in range(4, 60)]  # all of one shingle
    found = near_duplicates(crowd)
    assert found.groups() == [list(range(56))]
    assert len(found.pairs) < 56 * 3


def same(a: NearDuplicates, b: NearDuplicates) -> bool:
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in ("pairs", "jaccard", "group", "copy_of"))


def test_workers_and_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = generate(600, seed=3).table["text"]
    whole = near_duplicates(texts, 0.6, n_jobs=1)
    monkeypatch.setattr("malgil.similarity.minhash._BLOCK_TEXTS", 50)
    monkeypatch.setattr("malgil.similarity.minhash._ROOM", 256)
    assert same(whole, near_duplicates(texts, 0.6, n_jobs=3))
    assert len(whole.pairs) > 5


def test_planted_near_duplicates_are_found() -> None:
    sample = generate(3000, seed=1)
    row = {name: i for i, name in enumerate(sample.table["id"].to_pylist())}
    found = near_duplicates(sample.table["text"], 0.6)
    group = found.group
    hits = {
        kind: [len({int(group[row[name]]) for name in fact["ids"]}) == 1 for fact in sample.truth[kind]]
        for kind in ("exact_duplicates", "whitespace_duplicates", "near_duplicates")
    }
    assert all(hits["exact_duplicates"])
    assert all(hits["whitespace_duplicates"])
    assert np.mean(hits["near_duplicates"]) >= 0.95  # a few short ones changed more than 0.6 allows


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_no_more_are_missed_than_said(threshold: float) -> None:
    texts = generate(1000, seed=2).table["text"].to_pylist()
    found = near_duplicates(texts, threshold, miss_ratio=0.05)
    firsts = [row for row, first in enumerate(found.copy_of.tolist()) if row == first]
    wanted = naive.near_duplicates([shingles(texts[row]) for row in firsts], threshold)
    pairs = {(firsts[a], firsts[b]) for a, b in wanted}
    assert len(pairs) > 5
    assert len(pairs & {(a, b) for a, b in found.pairs.tolist()}) >= 0.95 * len(pairs)


@pytest.mark.parametrize(
    ("threshold", "miss_ratio"), [(0.1, 0.01), (0.5, 0.001), (0.8, 0.001), (0.95, 0.5), (1.0, 0.01)]
)
def test_bands_keep_their_word(threshold: float, miss_ratio: float) -> None:
    bands = choose_bands(threshold, miss_ratio)
    assert bands.miss_ratio(threshold) <= miss_ratio
    assert bands.n_orders <= 128


def test_the_curve_of_bands() -> None:
    assert Bands(20, 5).miss_ratio(0.8) == pytest.approx((1 - 0.8**5) ** 20)
    assert Bands(20, 5).miss_ratio(1.0) == 0.0


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"threshold": 0.0}, "threshold=0.0"),
        ({"threshold": 1.1}, "threshold=1.1"),
        ({"n_letters": 0}, "n_letters=0"),
        ({"n_letters": 2.5}, "n_letters=2.5"),
        ({"miss_ratio": 1.0}, "miss_ratio=1.0"),
    ],
)
def test_numbers_out_of_range(options: dict[str, Any], word: str) -> None:
    with pytest.raises(ParameterError, match=word):
        near_duplicates(["가"], **options)


def test_a_single_string_is_no_list() -> None:
    with pytest.raises(ParameterError):
        near_duplicates("영화")
