from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from malgil import sample
from malgil.errors import ParameterError
from malgil.messages import render
from malgil.sample.lexicon import lexicon, products

FINDERS = {
    "url": re.compile(r"https?://"),
    "email": re.compile(r"[\w.]+@example\.(?:com|net|org)"),
    "phone": re.compile(r"010-0000-\d{4}|555-01\d\d"),
    "html": re.compile(r"<[a-z/][^>]*>|&[a-z]+;"),
    "emoji": re.compile("[\U0001f300-\U0001faff❤⭐]"),
    "repeated": re.compile(r"([^\W\d_])\1\1"),
}


@pytest.fixture(scope="module", params=[("both", 0), ("ko", 1), ("en", 2)], ids=["both", "ko", "en"])
def made(request: pytest.FixtureRequest) -> sample.Sample:
    text_lang, seed = request.param
    return sample.generate(3000, text_lang=text_lang, seed=seed)


@pytest.fixture(scope="module")
def rows(made: sample.Sample) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in made.table.to_pylist()}


def test_columns_and_types(made: sample.Sample) -> None:
    expected = {
        "id": pa.string(),
        "text": pa.large_string(),
        "label": pa.string(),
        "rating": pa.int8(),
        "time": pa.timestamp("us"),
        "product": pa.string(),
        "lang": pa.string(),
    }
    assert dict(zip(made.table.schema.names, made.table.schema.types, strict=True)) == expected
    assert made.table.num_rows == 3000
    assert not any(column.null_count for column in made.table.columns)


def test_ids_are_distinct_and_in_order_of_time(made: sample.Sample) -> None:
    ids, times = made.table["id"].to_pylist(), made.table["time"].to_pylist()
    assert ids == sorted(set(ids))
    assert times == sorted(times)


def test_label_follows_rating(rows: dict[str, dict[str, Any]]) -> None:
    assert all((row["label"] == "positive") == (row["rating"] >= 6) for row in rows.values())
    assert {row["rating"] for row in rows.values()} == set(range(1, 11))


def test_texts_vary(made: sample.Sample) -> None:
    texts = made.table["text"].to_pylist()
    assert len(set(texts)) > 0.87 * len(texts)
    assert len({word for text in texts for word in text.split()}) > 1500


def test_lengths_spread_from_one_word_to_a_paragraph(made: sample.Sample) -> None:
    words = [len(text.split()) for text in made.table["text"].to_pylist()]
    assert 0.05 < sum(n == 1 for n in words) / len(words) < 0.2
    assert np.percentile(words, 90) > 15


def test_wrong_labels_contradict_the_right_one(made: sample.Sample, rows: dict[str, dict[str, Any]]) -> None:
    wrong = made.truth["wrong_labels"]
    assert len(wrong) == round(0.012 * 3000)
    assert all(rows[fact["id"]]["label"] != fact["right"] for fact in wrong)


def test_opinions_are_those_of_the_label_where_it_is_right() -> None:
    """Every wording that only one side has in the lexicon stands with that label, wrong labels apart."""
    made = sample.generate(3000, text_lang="en", seed=5)
    wrong = {fact["id"]: fact["right"] for fact in made.truth["wrong_labels"]}
    sides: dict[str, set[str]] = {}
    for entry in lexicon("en").categories.values():
        for side in ("good", "bad"):
            for phrase in entry["full_" + side] + entry["close_" + side]:
                sides.setdefault(phrase.lower(), set()).add(side)
    n_seen = 0
    for row in made.table.to_pylist():
        label = wrong.get(row["id"], row["label"])
        for phrase, said in sides.items():
            if len(said) == 1 and len(phrase) > 12 and phrase in row["text"].lower():
                n_seen += 1
                assert said == {"good" if label == "positive" else "bad"}, row
    assert n_seen > 300


def test_exact_duplicates_are_all_groups_of_equal_texts(made: sample.Sample, rows: dict[str, dict[str, Any]]) -> None:
    groups: dict[str, list[str]] = {}
    for id_, row in rows.items():
        if row["text"]:
            groups.setdefault(row["text"], []).append(id_)
    expected = [ids for ids in groups.values() if len(ids) > 1]
    assert [fact["ids"] for fact in made.truth["exact_duplicates"]] == expected
    planted = [fact["ids"] for fact in made.truth["exact_duplicates"] if fact["planted"]]
    assert sum(len(ids) - 1 for ids in planted) >= round(0.012 * 3000)
    for ids in planted:
        copies = [rows[id_] for id_ in ids]
        assert len(copies[0]["text"]) >= 8


def test_whitespace_duplicates_differ_in_white_space_only(made: sample.Sample, rows: dict[str, dict[str, Any]]) -> None:
    facts = made.truth["whitespace_duplicates"]
    assert len(facts) == 15
    for fact in facts:
        first, second = (rows[id_]["text"] for id_ in fact["ids"])
        assert first != second
        assert first.split() == second.split()


def test_near_duplicates_are_near_and_not_equal(made: sample.Sample, rows: dict[str, dict[str, Any]]) -> None:
    from rapidfuzz.distance import Levenshtein

    facts = made.truth["near_duplicates"]
    assert len(facts) == 36
    assert {fact["edit"] for fact in facts} == {"typo", "dropped_word", "added_words", "punctuation"}
    for fact in facts:
        first, second = (rows[id_] for id_ in fact["ids"])
        assert first["text"].split() != second["text"].split()
        assert Levenshtein.normalized_similarity(first["text"], second["text"]) > 0.6
        assert (first["label"], first["product"]) == (second["label"], second["product"])


@pytest.mark.parametrize("kind", list(FINDERS))
def test_noise_is_where_the_truth_says_and_nowhere_else(made: sample.Sample, kind: str) -> None:
    found = [row["id"] for row in made.table.to_pylist() if FINDERS[kind].search(row["text"])]
    near = {id_ for fact in made.truth["near_duplicates"] for id_ in fact["ids"]}
    assert [id_ for id_ in found if id_ not in near] == [id_ for id_ in made.truth["noise"][kind] if id_ not in near]
    assert len(found) >= round(made.truth["noise"]["rates"][kind] * 3000)


def test_nfd_texts_are_those_not_composed(made: sample.Sample) -> None:
    found = [row["id"] for row in made.table.to_pylist() if not unicodedata.is_normalized("NFC", row["text"])]
    assert found == made.truth["noise"]["nfd"]
    assert bool(found) == (made.truth["text_lang"] != "en")


def test_typos_stand_in_the_text_with_their_right_word(made: sample.Sample, rows: dict[str, dict[str, Any]]) -> None:
    facts = made.truth["noise"]["typo"]
    assert len(facts) >= round(0.04 * 3000)
    for fact in facts:
        assert fact["wrong"] != fact["right"]
        assert fact["wrong"] in rows[fact["id"]]["text"].replace("\n", " ").split(" ") or "\n" in fact["wrong"]


def test_missing_spaces_are_all_that_differs_from_the_right_text(
    made: sample.Sample, rows: dict[str, dict[str, Any]]
) -> None:
    facts = made.truth["noise"]["nospace"]
    assert len(facts) >= round(0.03 * 3000)
    for fact in facts:
        text = rows[fact["id"]]["text"]
        assert "".join(text.split()) == "".join(fact["right"].split())
        assert text != fact["right"]


def test_empty_and_very_short_texts_are_listed(made: sample.Sample, rows: dict[str, dict[str, Any]]) -> None:
    assert made.truth["empty"] == [id_ for id_, row in rows.items() if row["text"] == ""]
    assert made.truth["very_short"] == [id_ for id_, row in rows.items() if 0 < len(row["text"]) <= 3]
    assert len(made.truth["empty"]) == 9
    assert made.truth["very_short"]


def test_trend_follows_its_line(made: sample.Sample) -> None:
    table = made.table.to_pandas()
    wrong = {fact["id"] for fact in made.truth["wrong_labels"]}
    span = (np.datetime64("2025-01-06"), np.datetime64("2026-01-05"))
    for fact in made.truth["trend"]:
        mine = table[table["product"] == fact["product"]]
        assert len(mine) == fact["n"]
        assert not wrong & set(mine["id"])
        when = (mine["time"].to_numpy() - span[0]) / (span[1] - span[0])
        slope, start = np.polyfit(when, (mine["label"] == "positive").to_numpy().astype(float), 1)
        assert abs(start - fact["start_share"]) < 0.12
        assert abs(start + slope - fact["end_share"]) < 0.12
    assert len(made.truth["trend"]) == len(made.truth["rows_by_lang"])


def test_season_counts_are_those_of_the_table(made: sample.Sample) -> None:
    season = made.truth["season"]
    counts = Counter(time.strftime("%a") for time in made.table["time"].to_pylist())
    assert dict(counts) == season["counts"]
    total = sum(season["weights"].values())
    for day, weight in season["weights"].items():
        assert abs(counts[day] - 3000 * weight / total) < 90  # about four standard deviations


def test_anomaly_is_a_day_of_bad_reviews_of_one_product(made: sample.Sample, rows: dict[str, dict[str, Any]]) -> None:
    fact = made.truth["anomaly"]
    burst = [rows[id_] for id_ in fact["ids"]]
    assert len(burst) == fact["n"] == 24
    assert {row["product"] for row in burst} == {fact["product"]}
    assert {row["label"] for row in burst} == {"negative"}
    assert {row["time"].date() for row in burst} == {date.fromisoformat(fact["date"])}
    other_days = Counter(r["time"].date() for r in rows.values() if r["product"] == fact["product"])
    del other_days[date.fromisoformat(fact["date"])]
    assert max(other_days.values()) < 8
    assert sum(other_days.values()) / 364 == pytest.approx(fact["usual_per_day"], abs=0.02)


def test_a_query_for_actors_and_acting_finds_films_and_series() -> None:
    made = sample.generate(3000, text_lang="ko")
    found = [row for row in made.table.to_pylist() if "배우 연기" in row["text"]]
    assert len(found) >= 10
    assert all(row["product"].split()[0] in ("영화", "드라마") for row in found)


def test_languages_are_those_asked_for() -> None:
    assert set(sample.generate(50, text_lang="ko").table["lang"].to_pylist()) == {"ko"}
    assert set(sample.generate(50, text_lang="en").table["lang"].to_pylist()) == {"en"}
    both = sample.generate(1000).truth["rows_by_lang"]
    assert 500 < both["ko"] < 700 and both["ko"] + both["en"] == 1000


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_lexicon_is_rich_and_consistent(lang: str) -> None:
    words = lexicon(lang)
    n_entries = sum(
        len(part["nouns"]) + len(part["good"]) + len(part["bad"])
        for entry in words.categories.values()
        for part in entry["aspects"]
    )
    assert n_entries > 600
    assert len(products(lang)) == len({thing.name for thing in products(lang)}) == 30
    for category, entry in words.categories.items():
        assert len(entry["aspects"]) >= 6, category
        for key in ("leads", "leads_good", "leads_bad", "full_good", "full_bad", "close_good", "close_bad"):
            assert len(entry[key]) >= 2, (category, key)


def test_same_seed_same_bytes() -> None:
    first, again, other = (sample.generate(400, seed=seed) for seed in (3, 3, 4))
    assert first.table.equals(again.table)
    assert json.dumps(first.truth) == json.dumps(again.truth)
    assert not first.table.equals(other.table)


def test_tiny_samples_leave_out_what_they_cannot_carry() -> None:
    made = sample.generate(1)
    assert made.table.num_rows == 1
    assert not {"trend", "season", "anomaly"} & set(made.truth)
    assert made.truth["wrong_labels"] == []


@pytest.mark.parametrize("n", [0, -1, 1_000_001, 1.5, True, "10"])
def test_bad_number_of_rows(n: Any) -> None:
    with pytest.raises(ParameterError, match="1 to 1000000"):
        sample.generate(n)


def test_bad_language() -> None:
    with pytest.raises(ParameterError, match="both, ko, en"):
        sample.generate(10, text_lang="fr")  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 0.5, None])
def test_bad_seed(seed: Any) -> None:
    with pytest.raises(ParameterError, match="seed="):
        sample.generate(10, seed=seed)


def test_unknown_suffix_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="suffix") as caught:
        sample.write_sample(tmp_path / "new" / "reviews.xlsx", 10)
    assert list(tmp_path.iterdir()) == []
    assert "확장자" in render(caught.value.key, lang="ko", **caught.value.fields)


@pytest.mark.parametrize("suffix", ["parquet", "csv", "tsv", "jsonl", "arrow", "txt", "csv.gz", "jsonl.zst"])
def test_written_samples_read_back(tmp_path: Path, suffix: str) -> None:
    import malgil.corpus

    path = tmp_path / "data" / f"reviews.{suffix}"
    made = sample.write_sample(path, 300, seed=2)
    corpus = malgil.corpus.read(path)
    assert corpus.to_table()["text"].to_pylist() == made.table["text"].to_pylist()
    assert json.loads((tmp_path / "data" / "truth.json").read_text(encoding="utf-8")) == made.truth


def test_files_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        sample.write_sample(tmp_path / name / "reviews.parquet", 200, seed=9)
    for file in ("reviews.parquet", "truth.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert parquet.read_metadata(tmp_path / "a" / "reviews.parquet").num_rows == 200
