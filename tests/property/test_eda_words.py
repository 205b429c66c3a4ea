"""Statistics of any token ids, lengths and times agree with the slow versions."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.eda.duplicates import find_duplicates
from malgil.eda.frequency import heaps, spread, zipf
from malgil.eda.labels import PRIOR_TOKENS, count_by_label, log_odds_z
from malgil.eda.lengths import MAX_BINS, histogram
from malgil.eda.timeline import timeline
from malgil.ragged import Ragged
from tests import strategies
from tests.naive import eda as naive


@given(strategies.raggeds())
def test_growth_of_the_vocabulary_is_what_sets_count(corpus: tuple[Ragged, int]) -> None:
    ragged, n_terms = corpus
    law = heaps(ragged, n_terms)
    assert law.x == spread(ragged.n_tokens).tolist()
    assert law.y == naive.count_distinct(ragged.ids.tolist(), law.x)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=200), st.floats(0.1, 2), st.integers(3, 200))
def test_zipf_keeps_the_ends_and_finds_a_power_law(counts: list[int], exponent: float, n_terms: int) -> None:
    falling = np.array(sorted(counts, reverse=True), np.int64)
    law = zipf(falling)
    assert (law.x[0], law.x[-1], law.y[0], law.y[-1]) == (1, len(counts), falling[0], falling[-1])
    exact = np.rint(1e12 * np.arange(1, n_terms + 1) ** -exponent).astype(np.int64)
    assert zipf(exact).exponent == pytest.approx(-exponent, abs=1e-3)


@given(strategies.raggeds(), st.data())
def test_counts_by_label_are_those_of_a_loop(corpus: tuple[Ragged, int], data: st.DataObject) -> None:
    ragged, n_terms = corpus
    codes = data.draw(st.lists(st.integers(-1, 2), min_size=ragged.n_docs, max_size=ragged.n_docs))
    shown = data.draw(st.integers(1, n_terms))
    docs = [doc.tolist() for doc in ragged]
    found = count_by_label(ragged, np.array(codes, np.int32), 3, shown)
    assert found.tolist() == naive.count_by_label(docs, codes, 3, shown)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=2, max_size=6))
def test_log_odds_follow_the_formula(pairs: list[tuple[int, int]]) -> None:
    here = np.array([inside for inside, _ in pairs])
    whole = np.array([inside + outside for inside, outside in pairs])
    found = log_odds_z(here, int(here.sum()), whole, int(whole.sum()))
    expected = [
        naive.log_odds_z(int(a), int(here.sum()), int(b), int(whole.sum()), PRIOR_TOKENS)
        for a, b in zip(here, whole, strict=True)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=300))
def test_a_histogram_loses_no_document(values: list[int]) -> None:
    found = histogram(np.array(values, np.int32))
    assert sum(found.counts) + found.n_beyond == len(values)
    assert 1 <= len(found.counts) <= MAX_BINS
    expected = naive.histogram(values, found.width)
    assert found.counts == [expected[number] for number in range(len(found.counts))]
    assert found.median in values
    assert sum(value <= found.median for value in values) * 2 >= len(values)
    assert sum(value <= found.p90 for value in values) * 10 >= 9 * len(values)


@given(st.lists(st.sampled_from(["", "가", "나", "다 라", "다라", " "]), max_size=12))
def test_duplicates_are_those_of_a_dictionary(texts: list[str]) -> None:
    hashes = np.array([0 if not text.strip() else 1 + len(text) * 31 + ord(text[0]) for text in texts], np.uint64)
    n_extra, groups = naive.find_duplicates(texts)
    found = find_duplicates(hashes, n_largest=99)
    assert found.n_extra == n_extra
    assert found.n_groups == len(groups)
    assert dict(found.largest) == {rows[0]: len(rows) for rows in groups.values()}
    assert [size for _, size in found.largest] == sorted((size for _, size in found.largest), reverse=True)


@given(st.lists(st.integers(-(10**10), 4 * 10**9), min_size=1, max_size=40), st.integers(1, 4 * 10**9))
def test_every_time_falls_into_its_own_step(moments: list[int], span: int) -> None:
    seconds = np.array([moment % span for moment in moments], np.int64)
    found = timeline(seconds, np.zeros(len(seconds), np.int64), [""])
    assert found is not None
    assert sum(found.counts[0]) + found.n_outside == len(seconds)
    starts = np.array(found.starts, "datetime64[s]").astype(np.int64)
    expected = Counter(int(np.searchsorted(starts, second, side="right")) - 1 for second in seconds)
    if not found.n_outside:
        assert found.counts[0] == [expected[number] for number in range(len(starts))]
