"""The main job on 691,442 reviews: a whole ``malgil build``, then search as a new process and warm in Python."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from recording import quantile, real_data, version, write

N_BUILDS = 3
N_COLD = 11
N_QUERIES = 2000


def run(*arguments: str) -> tuple[float, float]:
    """Run malgil as a process of its own.

    Parameters
    ----------
    *arguments : str
        Its command line.

    Returns
    -------
    seconds : float
        From start to end.
    peak_mb : float
        Its largest resident memory.
    """
    began = time.perf_counter()
    with Path(os.devnull).open("w") as nowhere:
        actions = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1), (os.POSIX_SPAWN_DUP2, nowhere.fileno(), 2)]
        command = [sys.executable, "-m", "malgil", *arguments]
        child = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
        _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"malgil {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - began, usage.ru_maxrss * unit / 1e6


def row(setting: str, seconds: list[float], peak_mb: float) -> dict[str, Any]:
    """Sum runs up.

    Parameters
    ----------
    setting : str
        What was run.
    seconds : list of float
        Of each run.
    peak_mb : float
        Largest memory of all runs.

    Returns
    -------
    dict
        A row of the result file.
    """
    summed = {"mean": statistics.fmean(seconds), "median": statistics.median(seconds), "p99": quantile(seconds, 0.99)}
    print(f"  {setting:<44} median {summed['median']:.4g} s   p99 {summed['p99']:.4g} s   peak {peak_mb:,.0f} MB")
    rest = {"n_runs": len(seconds), **summed, "peak_mb": peak_mb}
    return {"who": "malgil", "version": version("malgil"), "setting": setting, **rest}


def warm_queries(folder: Path) -> list[float]:
    """Time two-word queries drawn from the corpus in one process.

    Parameters
    ----------
    folder : Path
        The workspace.

    Returns
    -------
    list of float
        Seconds of each query, documents' texts included.
    """
    import numpy as np

    from malgil import Workspace

    workspace = Workspace.open(folder)
    random = np.random.default_rng(0)
    queries: list[str] = []
    while len(queries) < N_QUERIES:
        words = workspace.split(workspace.documents.text(int(random.integers(len(workspace.documents)))))
        if len(words) >= 2:
            queries.append(" ".join(words[i] for i in random.choice(len(words), 2, replace=False)))
    workspace.search(queries[0])
    seconds = []
    for query in queries:
        began = time.perf_counter()
        workspace.search(query, 10)
        seconds.append(time.perf_counter() - began)
    return seconds


def main() -> None:
    """Build, search, write the result."""
    corpus = real_data("nsmc/reviews.parquet")
    if corpus is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
        return
    with tempfile.TemporaryDirectory() as name:
        folder, recipe = Path(name) / "workspace", Path(name) / "word.toml"
        recipe.write_text('[tokens]\ntokenizer = "word"\n', encoding="utf-8")
        build = ("build", str(corpus), "-o", str(folder), "-r", str(recipe), "-q")
        runs = []
        for _ in range(N_BUILDS):
            shutil.rmtree(folder, ignore_errors=True)
            runs.append(run(*build))
        rows = [row("build, tokenizer = word", [seconds for seconds, _ in runs], max(peak for _, peak in runs))]
        again = [run(*build) for _ in range(N_BUILDS)]
        rows.append(row("build again, nothing changed", [s for s, _ in again], max(peak for _, peak in again)))
        cold = [run("search", str(folder), "배우 연기") for _ in range(N_COLD)]
        rows.append(row("search, a new process", [s for s, _ in cold], max(peak for _, peak in cold)))
        rows.append(row("search, warm, two words", warm_queries(folder), 0.0))
    write(
        "build",
        title={"en": "A whole build, then search", "ko": "전체 만들기와 검색"},
        source={"en": "691,442 reviews (NSMC), 60 MB", "ko": "리뷰 691,442건(NSMC), 60 MB"},
        rows=rows,
    )


if __name__ == "__main__":
    main()
