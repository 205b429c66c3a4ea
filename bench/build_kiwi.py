"""A whole ``malgil build`` with Kiwi's morphemes beside bare Kiwi on the same texts with the same number of threads.

What malgil adds is everything but the morphemes: reading, cleaning, spans, vocabulary, counts, index and report.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from recording import real_data, version, write

BARE = """
import sys
import pyarrow.parquet as pq
from kiwipiepy import Kiwi
texts = pq.read_table(sys.argv[1], columns=["review"])["review"].to_pylist()
kiwi = Kiwi(num_workers=int(sys.argv[2]))
n = 0
for tokens in kiwi.tokenize(texts):
    n += len(tokens)
"""


def run(command: list[str]) -> dict[str, float]:
    """Run a command as a process of its own.

    Parameters
    ----------
    command : list of str
        The command line.

    Returns
    -------
    dict
        ``wall`` and ``cpu`` in seconds, ``peak_mb``.
    """
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{command[1:4]} ended with {os.waitstatus_to_exitcode(status)}")
    unit = 1 if sys.platform == "darwin" else 1024
    wall = time.perf_counter() - began
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss * unit / 1e6}


def main() -> None:
    """Run both in turn and write the result; arguments: texts (all by default) and turns (1)."""
    source = real_data("nsmc/reviews.parquet")
    if source is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
        return
    n_texts, n_turns = (int(value) for value in [*sys.argv[1:], "0", "1"][:2])
    n_workers = len(os.sched_getaffinity(0))
    found: dict[str, list[dict[str, float]]] = {"kiwipiepy": [], "malgil": []}
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        table = pq.read_table(source)
        table = table.slice(0, n_texts or len(table))
        pq.write_table(table, home / "corpus.parquet")
        (home / "kiwi.toml").write_text('[tokens]\ntokenizer = "kiwi"\n', encoding="utf-8")
        corpus, recipe = str(home / "corpus.parquet"), str(home / "kiwi.toml")
        for turn in range(n_turns):
            found["kiwipiepy"].append(run([sys.executable, "-c", BARE, corpus, str(n_workers)]))
            build = ["build", corpus, "-o", str(home / f"workspace{turn}"), "-r", recipe, "-q"]
            found["malgil"].append(run([sys.executable, "-m", "malgil", *build]))
            print("  " + "   ".join(f"{who} {runs[-1]}" for who, runs in found.items()))
    ratio = {what: _median(found["malgil"], what) / _median(found["kiwipiepy"], what) for what in ("wall", "cpu")}
    print(f"  malgil build / bare Kiwi: wall {ratio['wall']:.3f}, CPU {ratio['cpu']:.3f}, {len(table):,} texts")
    settings = {"malgil": f"whole build, {n_workers} threads", "kiwipiepy": f"morphemes alone, {n_workers} threads"}
    write(
        "build_kiwi",
        title={"en": "Build with Kiwi's morphemes", "ko": "Kiwi 형태소로 작업 공간 만들기"},
        source={"en": f"{len(table):,} reviews (NSMC)", "ko": f"리뷰 {len(table):,}건(NSMC)"},
        rows=[_row(who, settings[who], found[who]) for who in settings],
    )


def _median(runs: list[dict[str, float]], what: str) -> float:
    ranked = sorted(run[what] for run in runs)
    return ranked[len(ranked) // 2]


def _row(who: str, setting: str, runs: list[dict[str, float]]) -> dict[str, Any]:
    walls = [run["wall"] for run in runs]
    times = {"mean": sum(walls) / len(walls), "median": _median(runs, "wall"), "p99": max(walls)}
    row = {"who": who, "version": version(who), "setting": setting, "n_runs": len(runs), **times}
    return {**row, "peak_mb": max(run["peak_mb"] for run in runs), "extra": {"cpu_seconds": _median(runs, "cpu")}}


if __name__ == "__main__":
    main()
