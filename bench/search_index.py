"""A full-text index of 691,442 reviews and queries on it, one thread, beside bm25s (Numba) and tantivy, in one run.

The tokens are the same: lower-cased runs of letters and digits. Every contender gets the texts and the queries as
strings, keeps what it needs to answer, and gives the exact best ten. Ours and tantivy's index hold positions; theirs
also the stored text, which is counted in the bytes of ours. A build is timed from the texts in memory to an index that
can be asked (three of ours, which stay in memory, and one of theirs); queries from their texts to the scores found, all
in one call (a query's share of it) and one a call.
"""

from __future__ import annotations

import multiprocessing
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from recording import quantile, real_data, version, write

from malgil.corpus import as_texts
from malgil.search.clause import Clause
from malgil.search.field_index import FieldIndex
from malgil.search.scorer import Scorer, SegmentView
from malgil.strings import string_array, string_buffers
from malgil.tokenizers import tokenizer

INPUT = {"en": "691,442 reviews (NSMC), 5.5 million words", "ko": "리뷰 691,442건(NSMC), 단어 550만 개"}
N_QUERIES, K = 2000, 10
LENGTHS = (1, 2, 5)
N_BUILDS, N_PASSES, N_ONE_BY_ONE, N_CHECKED = 3, 5, 500, 500
WORD = re.compile(r"\w+")

Result = dict[str, Any]


def texts() -> pa.LargeStringArray:
    """Read the reviews.

    Returns
    -------
    pa.LargeStringArray
        All of them.

    Raises
    ------
    FileNotFoundError
        If ``MALGIL_DATA`` names no folder with the reviews.
    """
    path = real_data("nsmc/reviews.parquet")
    if path is None:
        raise FileNotFoundError("MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
    return as_texts(pq.read_table(path, columns=["review"])["review"])


def draw(raw: list[str], n_words: int) -> list[str]:
    """Draw the words of each query from one review.

    Parameters
    ----------
    raw : list of str
        The reviews.
    n_words : int
        Words of a query.

    Returns
    -------
    list of str
        The same queries every time.
    """
    random = np.random.default_rng(n_words)
    queries: list[str] = []
    while len(queries) < N_QUERIES:
        words = WORD.findall(raw[random.integers(len(raw))].lower())
        if len(words) >= n_words:
            queries.append(" ".join(random.choice(words, n_words, replace=False)))
    return queries


def timed(answer: Callable[[list[str]], NDArray[np.float64]], queries: list[str], at_once: int) -> list[float]:
    """Time queries.

    Parameters
    ----------
    answer : callable
        Texts of queries -> scores of the documents found, shape (n, K).
    queries : list of str
        What to ask.
    at_once : int
        Queries in a call.

    Returns
    -------
    list of float
        For each call a query's share of its seconds.
    """
    answer(queries[:at_once])
    seconds = []
    for low in range(0, len(queries), at_once):
        began = time.perf_counter()
        answer(queries[low : low + at_once])
        seconds.append((time.perf_counter() - began) / at_once)
    return seconds


def ask(
    raw: list[str], answer: Callable[[list[str]], NDArray[np.float64]], one: Callable[[str], object] | None = None
) -> Result:
    """Put all questions.

    Parameters
    ----------
    raw : list of str
        The reviews.
    answer : callable
        Texts of queries -> scores of the documents found, shape (n, K).
    one : callable, optional
        The quickest way to put a single query, where it is another.

    Returns
    -------
    dict
        Seconds by case, and scores by words of a query.
    """
    seconds, scores = {}, {}
    for n in LENGTHS:
        queries = draw(raw, n)
        seconds[f"{n} word{'s' * (n > 1)}, {N_QUERIES:,} in a call"] = timed(answer, queries * N_PASSES, N_QUERIES)
        scores[n] = answer(queries[:N_CHECKED])
    single = answer if one is None else lambda queries: np.asarray(one(queries[0]))
    seconds["2 words, one query a call"] = timed(single, draw(raw, 2)[:N_ONE_BY_ONE], 1)
    return {"seconds": seconds, "scores": scores}


def malgil(n_jobs: int) -> Result:
    """Build and ask with malgil.

    Parameters
    ----------
    n_jobs : int
        Threads of the build; queries take one.

    Returns
    -------
    dict
        What `ask` gives, with seconds of the build and of opening, bytes on disk, and peak memory of the build.
    """
    reviews, cut = texts(), tokenizer("word")
    FieldIndex.build(cut, [reviews.slice(0, 1000)], n_jobs)
    raw = reviews.to_pylist()
    build, peak_mb = [], 0.0
    for _ in range(N_BUILDS):
        began = time.perf_counter()
        index = FieldIndex.build(cut, [reviews], n_jobs)
        scorer = Scorer([SegmentView(np.arange(len(raw)), {"body": index}, None)], ["body"])
        build.append(time.perf_counter() - began)
        peak_mb = peak_mb or _peak_mb()

    def answer(queries: list[str]) -> NDArray[np.float64]:
        tokens = cut.tokenize_block(string_array(queries))
        return scorer.search_tokens("body", tokens, K)[1].astype(float)

    def one(query: str) -> object:
        return scorer.search_batch([[Clause("body", word) for word in cut.split(query)]], K)

    result = ask(raw, answer, one)
    arrays, began = index.arrays(), time.perf_counter()
    FieldIndex.from_arrays(arrays)
    opened = time.perf_counter() - began
    stored = len(pa.Codec("zstd").compress(string_buffers(reviews)[1]))
    n_bytes = sum(array.nbytes for array in arrays.values()) + stored + 8 * (len(raw) + 1)
    return result | {"build": build, "bytes": n_bytes, "open": opened, "peak_mb": peak_mb}


def bm25s() -> Result:
    """Build and ask with bm25s.

    Returns
    -------
    dict
        As from `malgil`.
    """
    import bm25s

    raw = texts().to_pylist()
    bm25s.BM25(backend="numba").index([["영화"], ["참"]], show_progress=False)

    def cut(strings: list[str]) -> Any:
        return bm25s.tokenize(
            strings, lower=True, token_pattern=r"(?u)\w+", stopwords=[], return_ids=False, show_progress=False
        )

    began = time.perf_counter()
    corpus = bm25s.tokenize(raw, lower=True, token_pattern=r"(?u)\w+", stopwords=[], show_progress=False)
    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75, backend="numba")
    index.index(corpus, show_progress=False)
    build = [time.perf_counter() - began]

    def answer(queries: list[str]) -> NDArray[np.float64]:
        found = index.retrieve(cut(queries), k=K, show_progress=False, n_threads=1)
        return np.asarray(found.scores, float)

    peak_mb = _peak_mb()
    result = ask(raw, answer)
    with tempfile.TemporaryDirectory() as folder:
        index.save(folder, corpus=[{"text": text} for text in raw], show_progress=False)
        n_bytes = sum(path.stat().st_size for path in Path(folder).iterdir())
    return result | {"build": build, "bytes": n_bytes, "peak_mb": peak_mb}


def tantivy(n_threads: int) -> Result:
    """Build and ask with tantivy.

    Parameters
    ----------
    n_threads : int
        Threads of the build; a query takes one.

    Returns
    -------
    dict
        As from `malgil`; its scores have other parameters and are left out.
    """
    import tantivy

    raw = texts().to_pylist()
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("body", stored=True, tokenizer_name="words", index_option="position")
    schema.add_integer_field("id", stored=True, indexed=True)
    built = schema.build()
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase()).build()
    with tempfile.TemporaryDirectory() as folder:
        index = tantivy.Index(built, path=folder)
        index.register_tokenizer("words", words)
        began = time.perf_counter()
        writer = index.writer(heap_size=1_000_000_000, num_threads=n_threads)
        for number, text in enumerate(raw):
            writer.add_document(tantivy.Document(body=text, id=number))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        searcher = index.searcher()
        build = [time.perf_counter() - began]
        n_bytes = sum(path.stat().st_size for path in Path(folder).iterdir())

        def answer(queries: list[str]) -> NDArray[np.float64]:
            scores = np.zeros((len(queries), K))
            for row, query in enumerate(queries):
                parsed = index.parse_query(query, ["body"])
                hits = searcher.search(parsed, K, count=False).hits
                scores[row, : len(hits)] = [score for score, _ in hits]
            return scores

        peak_mb = _peak_mb()
        result = ask(raw, answer)
    return result | {"build": build, "bytes": n_bytes, "peak_mb": peak_mb}


def _peak_mb() -> float:
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def rows_of(who: str, setting: str, found: Result) -> list[Result]:
    """Make the rows of one contender.

    Parameters
    ----------
    who, setting : str
        The contender, and the threads of its build.
    found : dict
        What it gave.

    Returns
    -------
    list of dict
        One for the build, one for each kind of query.
    """
    rows = []
    build = {"build, " + setting: found["build"]} if setting else {}
    for case, seconds in (build | found["seconds"]).items():
        row: Result = {"who": who, "version": version(who), "setting": "", "case": case, "n_runs": len(seconds)}
        row |= {"mean": statistics.fmean(seconds), "median": statistics.median(seconds)}
        row |= {"p99": quantile(seconds, 0.99), "peak_mb": found["peak_mb"]}
        rows.append(row | {"extra": {"bytes": found["bytes"], "open": found.get("open")}})
        print(f"  {who:<8} {case:<26} mean {1e6 * row['mean']:,.1f} us   median {1e6 * row['median']:,.1f} us", end="")
        print(f"   p99 {1e6 * row['p99']:,.1f} us   {1 / row['mean']:,.0f}/s")
    print(f"  {who:<8} {found['bytes'] / 1e6:.0f} MB on disk, peak of the build {found['peak_mb']:,.0f} MB")
    return rows


def main() -> None:
    """Run each in a process of its own, compare the scores, write the result."""
    if real_data("nsmc/reviews.parquet") is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
        return
    rows: list[Result] = []
    wanted: Result = {}
    context = multiprocessing.get_context("spawn")
    for who, setting, function, arguments in CONTENDERS:
        with context.Pool(1) as pool:
            found = pool.apply(function, arguments)
        wanted = wanted or found
        for n in LENGTHS if who == "bm25s" else ():  # which keeps float32
            np.testing.assert_allclose(found["scores"][n], wanted["scores"][n], rtol=1e-5, atol=1e-5)
        rows += rows_of(who, setting, found)
    write(
        "search_index",
        title={"en": "A BM25 index: build it, ask it for the best 10", "ko": "BM25 색인: 만들기, 상위 10개 찾기"},
        source=INPUT,
        rows=rows,
    )


CONTENDERS: tuple[tuple[str, str, Callable[..., Result], tuple[int, ...]], ...] = (
    ("malgil", "2 threads", malgil, (2,)),
    ("malgil", "1 thread", malgil, (1,)),
    ("bm25s", "2 threads", bm25s, ()),
    ("tantivy", "1 thread", tantivy, (1,)),
    ("tantivy", "2 threads", tantivy, (2,)),
)

if __name__ == "__main__":
    main()
