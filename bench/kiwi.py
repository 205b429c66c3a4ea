"""What malgil's morphemes cost above Kiwi's own work: the same reviews, the same model, the same threads, in turns.

``python bench/kiwi.py [N_TEXTS]``. Bare Kiwi is the loop over ``kiwi.tokenize(texts)`` to its end, nothing kept; malgil
also keeps forms, tags and spans and learns the vocabulary. Both share one loaded model in one process, one after the
other, several times, so that a busy machine is as unkind to the one as to the other.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from recording import quantile, real_data, version, write

from malgil.engine import n_workers
from malgil.tokenizers import tokenizer
from malgil.tokenizers.morphemes import load

N_RUNS = 5


def take_turns(runs: dict[str, Callable[[], object]]) -> dict[str, list[tuple[float, float]]]:
    """Time functions in turns.

    Parameters
    ----------
    runs : dict of str to callable
        Name -> what is timed.

    Returns
    -------
    dict of str to list of (float, float)
        For each run of each function the seconds on the clock and on all cores together.
    """
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for number in range(N_RUNS):
        order = list(runs) if number % 2 == 0 else list(runs)[::-1]
        for name in order:
            clock, cores = time.perf_counter(), time.process_time()
            runs[name]()
            seconds[name].append((time.perf_counter() - clock, time.process_time() - cores))
    return seconds


def row(who: str, setting: str, seconds: list[tuple[float, float]], n_texts: int) -> dict[str, Any]:
    """Make one row of the result file.

    Parameters
    ----------
    who : str
        Name of the package.
    setting : str
        What the reader must know.
    seconds : list of (float, float)
        From `take_turns`.
    n_texts : int
        Number of texts.

    Returns
    -------
    dict
        The row.
    """
    clock = [run[0] for run in seconds]
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    figures = {"mean": statistics.fmean(clock), "median": statistics.median(clock), "p99": quantile(clock, 0.99)}
    extra = {"cpu_seconds": statistics.median(run[1] for run in seconds), "n_texts": n_texts}
    head = {"who": who, "version": version(who), "setting": setting, "n_runs": len(seconds)}
    return {**head, **figures, "peak_mb": peak, "extra": extra}


def main() -> None:
    """Take turns and write the result."""
    path = real_data("nsmc/reviews.parquet")
    if path is None:
        print("MALGIL_DATA names no folder with nsmc/reviews.parquet: nothing measured.")
        return
    n_texts = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    column = pq.read_table(path, columns=["review"])["review"].cast(pa.large_string())
    step = max(1, len(column) // n_texts)
    texts = column.to_pylist()[::step][:n_texts]
    kiwi, ours, workers = load(n_workers(None)), tokenizer("kiwi"), n_workers(None)
    ours.tokenize(texts[:100])

    def bare() -> None:
        for _ in kiwi.tokenize(texts):
            pass

    seconds = take_turns({"malgil": lambda: ours.tokenize(texts), "kiwipiepy": bare})
    setting = f"{workers} threads"
    rows = [row(who, setting, runs, len(texts)) for who, runs in seconds.items()]
    both = zip(seconds["malgil"], seconds["kiwipiepy"], strict=True)
    clock, cores = zip(*((mine[0] / own[0], mine[1] / own[1]) for mine, own in both), strict=True)
    rows[0]["extra"] |= {"clock_ratio": statistics.median(clock), "cpu_ratio": statistics.median(cores)}
    for item in rows:
        print(f"  {item['who']:<10} median {item['median']:.2f} s, {item['extra']['cpu_seconds']:.2f} s of all cores")
    print(f"  malgil / Kiwi: {statistics.median(clock):.3f} on the clock, {statistics.median(cores):.3f} on the cores")
    write(
        "kiwi",
        title={"en": "Korean morphemes", "ko": "한국어 형태소 분석"},
        source={"en": f"{len(texts):,} NSMC reviews", "ko": f"NSMC 영화평 {len(texts):,}건"},
        rows=rows,
    )


if __name__ == "__main__":
    main()
