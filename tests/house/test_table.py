"""The table in the README is what the benches measured."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

import pytest

from tests.house.source import ROOT


@pytest.fixture(scope="module")
def table() -> ModuleType:
    """Load ``bench/table.py``, which is a script and not part of a package."""
    spec = importlib.util.spec_from_file_location("bench_table", ROOT / "bench" / "table.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _result(**changes: Any) -> dict[str, Any]:
    row = {"who": "malgil", "version": "0.1.0", "setting": "", "median": 0.5, "peak_mb": 100.0}
    peer = {"who": "peer", "version": "2", "setting": "1 thread", "median": 6.0, "peak_mb": 1234.0}
    machine = {"cpu": "A CPU", "n_cores": 2, "python": "3.11"}
    title = {"en": "Count", "ko": "세기"}
    whole = {"bench": "count", "title": title, "input": title, "machine": machine, "rows": [row, peer]}
    return whole | changes


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("pages", "write"), [("PAGES", "render"), ("SHORT_PAGES", "render_short")])
def test_the_pages_show_the_results(table: ModuleType, pages: str, write: str, lang: str) -> None:
    page = (ROOT / getattr(table, pages)[lang]).read_text(encoding="utf-8")
    assert table.START in page and table.END in page
    results = table.read_results(ROOT / "bench" / "results")
    assert table.between_markers(page, getattr(table, write)(results, lang)) == page


def test_malgil_comes_first_in_every_race(table: ModuleType) -> None:
    for result in table.read_results(ROOT / "bench" / "results"):
        first: dict[str, str] = {}
        for row in result["rows"]:
            if "median" in row:
                first.setdefault(row.get("case", ""), row["who"])
        assert set(first.values()) <= {"malgil"}, result["bench"]  # else its time would be shown as the peer's


def test_the_short_table_shows_the_quickest_peer_of_a_headline(table: ModuleType) -> None:
    own, peer = _result()["rows"]
    whole = _result(bench="vectorize", rows=[own, peer, {**peer, "who": "rival", "median": 2.0}])
    lines = table.render_short([_result(), whole], "en").splitlines()
    assert lines[2] == "| Count (Count) | 500 ms | rival 2, 1 thread | 2.00 s | 4 times as fast |"
    assert lines[3] == ""


def test_a_row_shows_both_times_and_their_ratio(table: ModuleType) -> None:
    row = table.render([_result()], "en").splitlines()[2]
    assert row == "| Count (Count) | 500 ms | peer 2, 1 thread | 6.00 s | 12 times as fast | 100 / 1,234 MB |"


def test_without_results_the_table_says_so(table: ModuleType) -> None:
    assert "make bench" in table.render([], "ko")


def test_a_result_without_a_peer_stands_in_a_table_of_its_own(table: ModuleType) -> None:
    whole = _result(rows=[{**_result()["rows"][0], "setting": "cold", "p99": 0.75}])
    text = table.render([whole], "en")
    assert text.splitlines()[2] == "| Count (Count) | cold | 500 ms | 750 ms | 100 MB |"
    assert "Compared with" not in text


def test_every_peer_is_compared_with_the_first_row(table: ModuleType) -> None:
    own, peer = _result()["rows"]
    rows = table.beside_peers(
        _result(rows=[own, {**own, "median": 9.0}, peer, {**peer, "setting": "all", "median": 0.25}]), "en"
    )
    assert [row[4] for row in rows] == ["12 times as fast", "0.5 times as fast"]


def test_a_peer_is_compared_in_its_own_case(table: ModuleType) -> None:
    own, peer = _result()["rows"]
    cases = [{**own, "case": "words"}, {**own, "case": "letters", "median": 3.0}, {**peer, "case": "letters"}]
    rows = table.beside_peers(_result(rows=cases), "en")
    assert [(row[0], row[1], row[4]) for row in rows] == [("Count (Count): letters", "3.00 s", "2 times as fast")]


def test_a_peer_stands_once_with_its_best_time(table: ModuleType) -> None:
    own, peer = _result()["rows"]
    rows = table.beside_peers(_result(rows=[own, peer, {**peer, "median": 2.0}, {**peer, "median": 9.0}]), "en")
    assert [row[3] for row in rows] == ["2.00 s"]


def test_quality_stands_in_a_table_of_its_own(table: ModuleType) -> None:
    row = {"who": "malgil", "version": "0.1.0", "case": "CACM", "setting": "words", "figures": {"MAP": 0.25}}
    text = table.render([_result(rows=[row])], "en")
    assert text.splitlines()[2] == "| Count: CACM | malgil 0.1.0, words | MAP 0.2500 |"


def test_the_table_replaces_what_stood_between_the_markers(table: ModuleType) -> None:
    page = f"a\n{table.START}\nold\n{table.END}\nb\n"
    assert table.between_markers(page, "new") == f"a\n{table.START}\nnew\n{table.END}\nb\n"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(12.34, "12.3 s"), (0.01234, "12.3 ms"), (0.0000123, "12.3 µs"), (123.0, "123 s")]
)
def test_a_time_has_a_fitting_unit(table: ModuleType, seconds: float, shown: str) -> None:
    assert table.show_seconds(seconds) == shown
