"""Write the figures of the manual, and the few of them that the READMEs show, from ``bench/results/*.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
START, END = "<!-- bench:start -->", "<!-- bench:end -->"
PAGES = {"en": "docs/en/figures.md", "ko": "docs/ko/figures.md"}
SHORT_PAGES = {"en": "README.md", "ko": "README.ko.md"}
HEADLINES = (
    ("encode", ""),
    ("vectorize", ""),
    ("vectorize_tfidf", ""),
    ("vectorize_ngrams", ""),
    ("search_index", "build, 2 threads"),
    ("search_index", "2 words, 2,000 in a call"),
    ("neighbours", ""),
    ("near_duplicates", ""),
    ("ngram", "order 3: text to a model that answers"),
    ("suffix_array", "sorting"),
    ("word2vec", "skip-gram"),
    ("fasttext_vectors", ""),
    ("glove", "train"),
    ("subwords", "bpe: cut"),
)
"""Benches and cases of the short table, which shows the quickest peer of each."""
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "head": ("What", "malgil", "Compared with", "Its time", "malgil is", "Peak memory"),
        "alone": ("malgil alone", "Setting", "Median", "99th percentile", "Peak memory"),
        "quality": ("Quality", "Setting", "Figures"),
        "faster": "{ratio} times as fast",
        "none": "No figures yet: `make bench` measures them on your machine.",
        "machine": "Medians of runs in one call of one script, on {cpu}, {n_cores} cores, Python {python}; "
        "`make bench` measures them on your machine.",
    },
    "ko": {
        "head": ("하는 일", "malgil", "비교한 도구", "그 도구의 시간", "malgil의 속도", "최대 메모리"),
        "alone": ("malgil만 잰 것", "조건", "중앙값", "99 백분위수", "최대 메모리"),
        "quality": ("품질", "조건", "값"),
        "faster": "{ratio}배",
        "none": "아직 잰 값이 없습니다. `make bench`로 직접 재 볼 수 있습니다.",
        "machine": "한 스크립트를 한 번 실행해 나란히 잰 중앙값입니다({cpu}, 코어 {n_cores}개, Python {python}). "
        "`make bench`로 직접 재 볼 수 있습니다.",
    },
}


def show_seconds(seconds: float) -> str:
    """Write a time with the unit that suits it.

    Parameters
    ----------
    seconds : float
        At least 0.

    Returns
    -------
    str
        Three significant digits in s, ms or µs.
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:#.3g} {unit}".replace(". ", " ")
    return f"{seconds / 1e-6:#.3g} µs".replace(". ", " ")


def show_ratio(ratio: float) -> str:
    """Write a ratio with two significant digits.

    Parameters
    ----------
    ratio : float
        Above 0.

    Returns
    -------
    str
        ``"24"``, ``"3.1"``, ``"0.87"``.
    """
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"


def read_results(folder: Path) -> list[dict[str, Any]]:
    """Read the result files.

    Parameters
    ----------
    folder : Path
        Where the benches write.

    Returns
    -------
    list of dict
        In order of the files' names.
    """
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def beside_peers(result: dict[str, Any], lang: str) -> list[list[str]]:
    """Make the rows of a race.

    Parameters
    ----------
    result : dict
        Of one bench.
    lang : str
        ``"en"`` or ``"ko"``.

    Returns
    -------
    list of list of str
        A row for each peer, beside malgil's first row of the same case; of a peer's rows that say the same, the one
        with the best time. None where there is no peer.
    """
    return [cells for _, _, cells in _races(result, lang)]


def _races(result: dict[str, Any], lang: str) -> list[tuple[str, float, list[str]]]:
    """Case, the peer's seconds, and cells of every row of a race."""
    own: dict[str, dict[str, Any]] = {}
    peers: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in _timed(result):
        if row["who"] == result["rows"][0]["who"]:
            own.setdefault(row.get("case", ""), row)
        else:
            key = row["who"], row.get("case", ""), row["setting"]
            peers[key] = min(peers.get(key, row), row, key=lambda one: float(one["median"]))
    rows = []
    for peer in peers.values():
        case = peer.get("case", "")
        name = " ".join(part for part in (peer["who"], peer["version"]) if part)
        what = f"{result['title'][lang]} ({result['input'][lang]})"
        cells = [
            f"{what}: {case}" if case else what,
            show_seconds(own[case]["median"]),
            f"{name}, {peer['setting']}" if peer["setting"] else name,
            show_seconds(peer["median"]),
            WORDS[lang]["faster"].format(ratio=show_ratio(peer["median"] / own[case]["median"])),
            f"{own[case]['peak_mb']:,.0f} / {peer['peak_mb']:,.0f} MB",
        ]
        rows.append((case, float(peer["median"]), cells))
    return rows


def quality(result: dict[str, Any], lang: str) -> list[list[str]]:
    """Make the rows of a bench that measures how good answers are.

    Parameters
    ----------
    result : dict
        Of one bench.
    lang : str
        ``"en"`` or ``"ko"``.

    Returns
    -------
    list of list of str
        A row for each collection and setting; none where only time was measured.
    """
    return [
        [
            ": ".join(part for part in (result["title"][lang], row["case"]) if part),
            ", ".join(part for part in (f"{row['who']} {row['version']}".strip(), row["setting"]) if part),
            ", ".join(f"{name} {value:{',.0f' if value >= 1000 else '.4f'}}" for name, value in row["figures"].items()),
        ]
        for row in result["rows"]
        if "figures" in row
    ]


def _timed(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in result["rows"] if "median" in row]


def alone(result: dict[str, Any], lang: str) -> list[list[str]]:
    """Make the rows of a bench that measures malgil only.

    Parameters
    ----------
    result : dict
        Of one bench.
    lang : str
        ``"en"`` or ``"ko"``.

    Returns
    -------
    list of list of str
        A row for each setting; none where there is a peer.
    """
    if beside_peers(result, lang):
        return []
    return [
        [
            f"{result['title'][lang]} ({result['input'][lang]})",
            ", ".join(part for part in (row.get("case", ""), row["setting"]) if part),
            show_seconds(row["median"]),
            show_seconds(row["p99"]),
            f"{row['peak_mb']:,.0f} MB" if row["peak_mb"] else "",
        ]
        for row in _timed(result)
    ]


def _machine(results: list[dict[str, Any]], lang: str) -> str:
    """Say what was measured on: every processor, since benches need not run on the same."""
    cpus = dict.fromkeys(result["machine"]["cpu"] for result in results)
    return str(WORDS[lang]["machine"].format(**results[0]["machine"] | {"cpu": ", ".join(cpus)}))


def _table(head: tuple[str, ...], align: str, rows: list[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *rows)]
    return [lines[0], align, *lines[1:], ""] if rows else []


def render(results: list[dict[str, Any]], lang: str) -> str:
    """Write the tables in one language.

    Parameters
    ----------
    results : list of dict
        As `bench.recording` writes them.
    lang : str
        ``"en"`` or ``"ko"``.

    Returns
    -------
    str
        Markdown, without the markers.
    """
    words = WORDS[lang]
    if not results:
        return str(words["none"])
    races = [row for result in results for row in beside_peers(result, lang)]
    others = [row for result in results for row in alone(result, lang)]
    lines = _table(words["head"], "|---|--:|---|--:|--:|--:|", races)
    lines += _table(words["alone"], "|---|---|--:|--:|--:|", others)
    lines += _table(words["quality"], "|---|---|---|", [row for result in results for row in quality(result, lang)])
    return "\n".join([*lines, _machine(results, lang)])


def render_short(results: list[dict[str, Any]], lang: str) -> str:
    """Write the few rows of the README.

    Parameters
    ----------
    results : list of dict
        As `bench.recording` writes them.
    lang : str
        ``"en"`` or ``"ko"``.

    Returns
    -------
    str
        Markdown, without the markers.
    """
    words, known = WORDS[lang], {result["bench"]: result for result in results}
    rows = []
    for bench, case in HEADLINES:
        races = [row for row in _races(known[bench], lang) if row[0] == case] if bench in known else []
        rows += [min(races, key=lambda row: row[1])[2][:-1]] if races else []
    lines = _table(words["head"][:-1], "|---|--:|---|--:|--:|", rows)
    return "\n".join([*lines, _machine(results, lang)]) if rows else str(words["none"])


def between_markers(page: str, table: str) -> str:
    """Put a table between the markers of a page.

    Parameters
    ----------
    page : str
        Holds both markers.
    table : str
        Without them.

    Returns
    -------
    str
        The new page.
    """
    head, _, rest = page.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n{table}\n{END}{tail}"


def main() -> None:
    """Rewrite all pages."""
    results = read_results(ROOT / "bench" / "results")
    for pages, write in ((PAGES, render), (SHORT_PAGES, render_short)):
        for lang, name in pages.items():
            page = (ROOT / name).read_text(encoding="utf-8")
            (ROOT / name).write_text(between_markers(page, write(results, lang)), encoding="utf-8")


if __name__ == "__main__":
    main()
