r"""Texts -> ids and the vocabulary: malgil, scikit-learn and polars on the same reviews, in turns.

``python bench/encode.py [N_TEXTS]``. Every contender lives in a process of its own for the whole bench and is called in
turns with the others, so that a busy machine is as unkind to the one as to the other. Reading the file is not timed:
malgil and polars begin with Arrow strings, scikit-learn with a list of ``str``. All find runs of ``\w`` in lower case;
polars' ``\w`` also takes combining marks, so its vocabulary differs a little.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable
from multiprocessing.pool import Pool
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from recording import Contender, quantile, real_data, version, write

N_RUNS = 5
N_TEXTS = int(sys.argv[1]) if len(sys.argv) > 1 else None
_BLOCK_ROWS = 32_768

Run = Callable[[], int]
_run: Run | None = None


class Timed(NamedTuple):
    """One call: seconds on the clock, seconds on all cores together, size of the vocabulary, peak memory so far."""

    wall: float
    cpu: float
    n_terms: int
    peak_mb: float


def reviews() -> pa.LargeStringArray:
    """Load the texts.

    Returns
    -------
    pa.LargeStringArray
        All, or as many as were asked for.
    """
    path = real_data("nsmc/reviews.parquet")
    assert path is not None
    column = pq.read_table(path, columns=["review"])["review"].slice(0, N_TEXTS)
    return column.combine_chunks().cast(pa.large_string())


def _malgil(n_jobs: int, has_spans: bool) -> Run:
    from malgil.tokenizers import encode_blocks, tokenizer

    texts, word = reviews(), tokenizer("word")
    blocks = [texts.slice(begin, _BLOCK_ROWS) for begin in range(0, len(texts), _BLOCK_ROWS)]
    return lambda: len(encode_blocks(word, blocks, n_jobs, spans=has_spans)[1])


def malgil_two() -> Run:
    """Prepare malgil on two threads, without spans.

    Returns
    -------
    callable
        What is timed; gives the size of the vocabulary.
    """
    return _malgil(2, has_spans=False)


def malgil_two_spans() -> Run:
    """Prepare malgil on two threads, with spans.

    Returns
    -------
    callable
        As from `malgil_two`.
    """
    return _malgil(2, has_spans=True)


def malgil_one() -> Run:
    """Prepare malgil on one thread, without spans.

    Returns
    -------
    callable
        As from `malgil_two`.
    """
    return _malgil(1, has_spans=False)


def scikit_learn() -> Run:
    """Prepare scikit-learn's ``CountVectorizer``, which has one thread.

    Returns
    -------
    callable
        As from `malgil_two`.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    texts = reviews().to_pylist()

    def run() -> int:
        vectorizer = CountVectorizer(token_pattern=r"(?u)\w+", lowercase=True)
        vectorizer.fit_transform(texts)
        return len(vectorizer.vocabulary_)

    return run


def polars() -> Run:
    """Prepare polars: the words as a categorical column, and their counts.

    Returns
    -------
    callable
        As from `malgil_two`.
    """
    import polars as pl

    texts = pl.Series(reviews())

    def run() -> int:
        words = texts.str.to_lowercase().str.extract_all(r"\w+").explode().drop_nulls().cast(pl.Categorical)
        words.to_physical()
        return len(words.value_counts())

    return run


CONTENDERS = [
    Contender("malgil", malgil_two, "2 threads"),
    Contender("scikit-learn", scikit_learn, "CountVectorizer, 1 thread"),
    Contender("polars", polars, "all cores"),
    Contender("malgil", malgil_two_spans, "2 threads, with spans"),
    Contender("malgil", malgil_one, "1 thread"),
]


def _prepare(prepare: Callable[[], Run]) -> None:
    global _run
    _run = prepare()
    _run()  # compiles, fills caches


def _call() -> Timed:
    assert _run is not None
    wall, cpu = time.perf_counter(), time.process_time()
    n_terms = _run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    unit = 1 if sys.platform == "darwin" else 1024
    return Timed(wall, cpu, n_terms, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)


def take_turns(contenders: list[Contender]) -> list[list[Timed]]:
    """Call every contender in its own process, one after the other, several times round.

    Parameters
    ----------
    contenders : list of Contender
        Who.

    Returns
    -------
    list of list of Timed
        The runs of each.
    """
    context = multiprocessing.get_context("spawn")
    runs: list[list[Timed]] = [[] for _ in contenders]
    with contextlib.ExitStack() as stack:
        pools: list[Pool] = []
        for contender in contenders:
            pools.append(stack.enter_context(context.Pool(1, _prepare, (contender.prepare,))))
            pools[-1].apply(_call)
        for _ in range(N_RUNS):
            for pool, timed in zip(pools, runs, strict=True):
                timed.append(pool.apply(_call))
    return runs


def row(contender: Contender, runs: list[Timed]) -> dict[str, Any]:
    """Make one row of the result file.

    Parameters
    ----------
    contender : Contender
        Who.
    runs : list of Timed
        Its runs.

    Returns
    -------
    dict
        As `recording` describes it.
    """
    walls = [run.wall for run in runs]
    facts: dict[str, Any] = {"who": contender.who, "version": version(contender.who), "setting": contender.setting}
    facts |= {"n_runs": len(runs), "mean": statistics.fmean(walls), "median": statistics.median(walls)}
    facts |= {"p99": quantile(walls, 0.99), "peak_mb": runs[-1].peak_mb}
    cpu = statistics.median(run.cpu for run in runs)
    print(
        f"  {contender.who:<13} {contender.setting:<26} median {facts['median']:6.2f} s   cores {cpu:6.2f} s"
        f"   peak {facts['peak_mb']:6,.0f} MB   {runs[-1].n_terms:,} terms"
    )
    return facts | {"extra": {"core_seconds": cpu, "best": min(walls), "n_terms": runs[-1].n_terms}}


def main() -> None:
    """Measure and write ``bench/results/encode.json``."""
    if real_data("nsmc/reviews.parquet") is None:
        print("encode: needs nsmc/reviews.parquet in the folder that MALGIL_DATA names; left out")
        return
    n_texts = len(reviews())
    rows = [row(contender, runs) for contender, runs in zip(CONTENDERS, take_turns(CONTENDERS), strict=True)]
    print(f"  malgil is {rows[1]['median'] / rows[0]['median']:.1f} times as fast as scikit-learn")
    if N_TEXTS is None:
        title = {"en": "Texts to ids and vocabulary", "ko": "글에서 id와 어휘집까지"}
        source = {"en": f"{n_texts:,} Korean film reviews", "ko": f"한국어 영화평 {n_texts:,}건"}
        print(f"  {write('encode', title=title, source=source, rows=rows)}")


if __name__ == "__main__":
    main()
