r"""Texts -> matrices of counts and weights: malgil, scikit-learn and polars on the same list of ``str``, in turns.

``python bench/vectorize.py [SETTING ...]``, with the keys of `SETTINGS`; all by default. Every contender lives in a
process of its own and is called in turns with the others, so that a busy machine is as unkind to the one as to the
other. All begin with a Python list of ``str`` and end with a matrix and its vocabulary, sorted by code points. Before
anything is timed, each malgil contender is compared with scikit-learn on the first thousands of texts: names, indices
and counts must be equal, weights to 1e-12; and all contenders must find the same shape and number of entries in the
whole.

polars has no such operation; it splits at ``\w\w+``, counts by document and word, and sorts the words. Its ``\w`` also
takes combining marks, so its vocabulary differs a little.

Peak memory is that of a process of its own that does the work once, after some texts have been counted to load what is
loaded once; beside it stands how much of it lies above what the process held before.
"""

from __future__ import annotations

import contextlib
import csv
import gc
import gzip
import importlib
import io
import json
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from recording import Contender, quantile, real_data, version, write

N_ROUNDS = 5
LONG = 30.0  # seconds; a contender that takes longer has one round
N_CHECKED = 20_000
N_WARM = 200
N_EXACT = 1e-12

Run = Callable[[], tuple[Any, Any]]


class Setting(NamedTuple):
    """What is counted.

    Parameters
    ----------
    corpus : str
        Key of `CORPORA`.
    kind : str
        Name of the class.
    options : dict
        Its arguments.
    title : dict
        In ``en`` and ``ko``.
    peers : tuple of str
        Who is measured beside malgil.
    """

    corpus: str
    kind: str
    options: dict[str, Any]
    title: dict[str, str]
    peers: tuple[str, ...] = ("scikit-learn",)


UNIGRAMS = {"en": "Words to counts, CountVectorizer", "ko": "단어 세기, CountVectorizer"}
TFIDF = {"en": "Words to TF-IDF, TfidfVectorizer", "ko": "단어 TF-IDF, TfidfVectorizer"}
CHARACTERS = {"en": "Character n-grams in words, char_wb 1-4", "ko": "단어 안 글자 n-gram, char_wb 1-4"}
PHRASES = {"en": "Word n-grams 1-3", "ko": "단어 n-gram 1-3"}
_WB, _PHRASES = {"analyzer": "char_wb", "ngram_range": (1, 4)}, {"ngram_range": (1, 3)}

SETTINGS = {
    "vectorize": Setting("nsmc", "CountVectorizer", {}, UNIGRAMS, ("scikit-learn", "polars")),
    "vectorize_tfidf": Setting("nsmc", "TfidfVectorizer", {}, TFIDF),
    "vectorize_char_wb": Setting("nsmc", "CountVectorizer", _WB, CHARACTERS),
    "vectorize_ngrams": Setting("nsmc", "CountVectorizer", _PHRASES, PHRASES),
    "vectorize_imdb": Setting("imdb", "CountVectorizer", {}, UNIGRAMS, ("scikit-learn", "polars")),
    "vectorize_imdb_tfidf": Setting("imdb", "TfidfVectorizer", {}, TFIDF),
    "vectorize_imdb_char_wb": Setting("imdb", "CountVectorizer", _WB, CHARACTERS),
    "vectorize_imdb_ngrams": Setting("imdb", "CountVectorizer", _PHRASES, PHRASES),
}


def korean() -> list[str]:
    """Load the Korean film reviews.

    Returns
    -------
    list of str
        All.
    """
    import pyarrow.parquet as pq

    texts: list[str] = pq.read_table(_path("nsmc/reviews.parquet"), columns=["review"])["review"].to_pylist()
    return texts


def english() -> list[str]:
    """Load the English film reviews.

    Returns
    -------
    list of str
        Those for training, then those for testing.
    """
    csv.field_size_limit(1 << 24)
    texts = []
    for name in ("train", "test"):
        content = gzip.decompress(_path(f"imdb/{name}.tsv.gz").read_bytes()).decode("utf-8")
        rows = csv.DictReader(io.StringIO(content, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
        texts += [row["text"] for row in rows]
    return texts


def _path(name: str) -> Path:
    path = real_data(name)
    assert path is not None
    return path


CORPORA: dict[str, tuple[Callable[[], list[str]], dict[str, str]]] = {
    "nsmc": (korean, {"en": "{n:,} Korean film reviews (NSMC)", "ko": "한국어 영화평 {n:,}건(NSMC)"}),
    "imdb": (english, {"en": "{n:,} English film reviews (IMDb)", "ko": "영어 영화평 {n:,}건(IMDb)"}),
}


def prepare(name: str, who: str, n_jobs: int, n_texts: int | None = None) -> Run:
    """Load the texts and make what is timed.

    Parameters
    ----------
    name : str
        Key of `SETTINGS`.
    who : {"malgil", "scikit-learn", "polars"}
        Whose.
    n_jobs : int
        Threads of malgil.
    n_texts : int, optional
        How many texts; all by default.

    Returns
    -------
    callable
        Gives the matrix, and a vectoriser or the words.
    """
    setting = SETTINGS[name]
    texts = CORPORA[setting.corpus][0]()[:n_texts]
    if who == "polars":
        import polars  # noqa: F401

        return partial(polars_words, texts)
    home = importlib.import_module("malgil" if who == "malgil" else "sklearn.feature_extraction.text")
    options = setting.options | ({"n_jobs": n_jobs} if who == "malgil" else {})
    kind = partial(getattr(home, setting.kind), **options)
    kind().fit_transform(texts[:N_WARM])

    def run() -> tuple[Any, Any]:
        vectorizer = kind()
        return vectorizer.fit_transform(texts), vectorizer

    return run


def polars_words(texts: list[str]) -> tuple[Any, Any]:
    """Count words by polars.

    Parameters
    ----------
    texts : list of str
        Raw texts.

    Returns
    -------
    matrix : scipy.sparse.csr_array
        Counts.
    words : polars.Series
        Sorted.
    """
    import polars as pl
    from scipy.sparse import csr_array

    words = pl.LazyFrame({"text": texts}).with_row_index("doc").with_columns(pl.col("text").str.to_lowercase())
    words = words.select("doc", word=pl.col("text").str.extract_all(r"\w\w+")).explode("word").drop_nulls()
    counts = words.group_by("doc", "word").len().collect()
    vocabulary = counts.select("word").unique().sort("word").with_row_index("column")
    entries = counts.join(vocabulary, on="word").sort("doc", "column")
    indptr = np.searchsorted(entries["doc"].to_numpy(), np.arange(len(texts) + 1))
    parts = entries["len"].to_numpy().astype(np.int64), entries["column"].to_numpy().astype(np.int32), indptr
    return csr_array(parts, shape=(len(texts), len(vocabulary))), vocabulary["word"]


_run: Run | None = None


def _start(how: Callable[[], Run]) -> None:
    global _run
    _run = how()


def _call() -> tuple[float, float, tuple[int, ...]]:
    """Seconds on the clock and on all cores together; shape and number of entries."""
    assert _run is not None
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    matrix, found = _run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    facts = (*matrix.shape, matrix.nnz)
    del matrix, found
    return wall, cpu, facts


class Measured(NamedTuple):
    """One call: seconds on the clock and on all cores together, shape and number of entries; peak and growth in MB."""

    wall: float
    cpu: float
    facts: tuple[int, ...]
    peak_mb: float
    growth_mb: float


def _measure_memory(how: Callable[[], Run]) -> Measured:
    """Do the work once in a process of its own; its growth is what lies above what was held before."""
    _start(how)
    gc.collect()
    path = Path("/proc/self/clear_refs")
    if path.exists():
        path.write_text("5")  # forget the peak of loading the texts
    held = _peak_mb()
    wall, cpu, facts = _call()
    return Measured(wall, cpu, facts, _peak_mb(), _peak_mb() - held)


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        lines = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(lines[0].split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _answer(how: Callable[[], Run]) -> tuple[Any, list[str]]:
    matrix, vectorizer = how()()
    return matrix, vectorizer.get_feature_names_out().tolist()


def check(name: str) -> None:
    """Compare malgil with scikit-learn on the first texts.

    Parameters
    ----------
    name : str
        Key of `SETTINGS`.
    """
    (own, names), (peer, peer_names) = (_answer(partial(prepare, name, who, 2, N_CHECKED)) for who in PACKAGES)
    assert names == peer_names
    peer.sort_indices()
    assert np.array_equal(own.indptr, peer.indptr) and np.array_equal(own.indices, peer.indices)
    assert np.abs(own.data - peer.data).max() <= (0 if own.dtype.kind == "i" else N_EXACT)


PACKAGES = ("malgil", "scikit-learn")


def take_turns(contenders: list[Contender]) -> list[list[tuple[float, float, tuple[int, ...]]]]:
    """Call every contender in its own process, one after the other, several times round.

    Parameters
    ----------
    contenders : list of Contender
        Who.

    Returns
    -------
    list of list of (float, float, tuple of int)
        The rounds of each.
    """
    context = multiprocessing.get_context("spawn")
    rounds: list[list[tuple[float, float, tuple[int, ...]]]] = [[] for _ in contenders]
    with contextlib.ExitStack() as stack:
        pools: list[Pool] = []
        for contender in contenders:
            pools.append(stack.enter_context(context.Pool(1, _start, (contender.prepare,))))
            pools[-1].apply(_call)
        for _ in range(N_ROUNDS):
            for pool, runs in zip(pools, rounds, strict=True):
                runs.append(pool.apply(_call))
    return rounds


def rounds_of(contenders: list[Contender]) -> list[tuple[Measured, list[tuple[float, float, tuple[int, ...]]]]]:
    """Measure memory and times.

    Parameters
    ----------
    contenders : list of Contender
        Who.

    Returns
    -------
    list of (Measured, list)
        The run that memory was measured in, and the rounds; of one that takes long, that run alone.
    """
    context = multiprocessing.get_context("spawn")
    once = []
    for contender in contenders:
        with context.Pool(1) as pool:
            once.append(pool.apply(_measure_memory, (contender.prepare,)))
    quick = [place for place, run in enumerate(once) if run.wall <= LONG]
    turns = dict(zip(quick, take_turns([contenders[place] for place in quick]), strict=True))
    return [(run, turns.get(place, [run[:3]])) for place, run in enumerate(once)]


def measure(name: str) -> None:
    """Measure one setting and write its result.

    Parameters
    ----------
    name : str
        Key of `SETTINGS`.
    """
    setting = SETTINGS[name]
    check(name)
    contenders = [Contender("malgil", partial(prepare, name, "malgil", 2), "2 threads")]
    how = {"scikit-learn": f"{setting.kind}, 1 thread", "polars": "split, group_by, sort; all cores"}
    contenders += [Contender(peer, partial(prepare, name, peer, 1), how[peer]) for peer in setting.peers]
    contenders.append(Contender("malgil", partial(prepare, name, "malgil", 1), "1 thread"))
    print(f"{name}: {setting.title['en']}")
    measured = rounds_of(contenders)
    found = {once.facts for contender, (once, _) in zip(contenders, measured, strict=True) if contender.who in PACKAGES}
    assert len(found) == 1, f"{name}: {found}"
    rows = [row(contender, *each) for contender, each in zip(contenders, measured, strict=True)]
    print(f"  malgil is {rows[1]['median'] / rows[0]['median']:.1f} times as fast as scikit-learn")
    source = {lang: text.format(n=measured[0][0].facts[0]) for lang, text in CORPORA[setting.corpus][1].items()}
    path = write(name, title=setting.title, source=source, rows=rows)
    result = json.loads(path.read_text(encoding="utf-8")) | {"command": f"python bench/vectorize.py {name}"}
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def row(contender: Contender, once: Measured, runs: list[tuple[float, float, tuple[int, ...]]]) -> dict[str, Any]:
    """Make one row of the result file.

    Parameters
    ----------
    contender : Contender
        Who.
    once : Measured
        The run that memory was measured in.
    runs : list of (float, float, tuple of int)
        Its rounds.

    Returns
    -------
    dict
        As `recording` describes it.
    """
    walls, cpu = [run[0] for run in runs], statistics.median(run[1] for run in runs)
    facts: dict[str, Any] = {"who": contender.who, "version": version(contender.who), "setting": contender.setting}
    facts |= {"n_runs": len(runs), "mean": statistics.fmean(walls), "median": statistics.median(walls)}
    facts |= {"p99": quantile(walls, 0.99), "peak_mb": once.peak_mb}
    print(
        f"  {contender.who:<13} {contender.setting:<34} median {facts['median']:7.3f} s   first {once.wall:7.3f} s   "
        f"cores {cpu:7.3f} s   peak {once.peak_mb:6,.0f} MB   growth {once.growth_mb:6,.0f} MB   {once.facts}",
        flush=True,
    )
    extra = {"core_seconds": cpu, "best": min(walls), "first": once.wall, "growth_mb": once.growth_mb}
    return facts | {"extra": extra | {"n_entries": once.facts[2]}}


def main() -> None:
    """Measure the settings that were asked for, or all."""
    for name in sys.argv[1:] or SETTINGS:
        needed = {"nsmc": "nsmc/reviews.parquet", "imdb": "imdb/test.tsv.gz"}[SETTINGS[name].corpus]
        if real_data(needed) is None:
            print(f"{name}: needs {needed} in the folder that MALGIL_DATA names; left out")
        else:
            measure(name)


if __name__ == "__main__":
    main()
