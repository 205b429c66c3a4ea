"""BM25 queries on 691,442 reviews, one thread, beside bm25s: 2,000 queries of two words drawn from the corpus."""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from recording import quantile, real_data, version, write

from malgil.corpus import as_texts
from malgil.ragged import Ragged
from malgil.search import Index
from malgil.tokenizers import encode_blocks, tokenizer
from malgil.vectorize import dtm

INPUT = {"en": "691,442 reviews (NSMC), 5.5 million words", "ko": "리뷰 691,442건(NSMC), 단어 550만 개"}
N_QUERIES = 2000
N_CHECKED = 200
K = 10

Answers = tuple[list[float], NDArray[np.float64], float]


def load() -> tuple[Ragged, int]:
    """Read the reviews as ids of words.

    Returns
    -------
    ragged : Ragged
        The ids.
    n_terms : int
        Size of the vocabulary.

    Raises
    ------
    FileNotFoundError
        If ``MALGIL_DATA`` names no folder with the reviews.
    """
    path = real_data("nsmc/reviews.parquet")
    if path is None:
        raise FileNotFoundError("MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
    texts = as_texts(pq.read_table(path, columns=["review"])["review"])
    tokens, vocabulary = encode_blocks(tokenizer("word"), [texts], spans=False)
    return tokens.ragged(), len(vocabulary)


def draw(ragged: Ragged) -> list[list[int]]:
    """Draw two words of one review for each query.

    Parameters
    ----------
    ragged : Ragged
        The reviews.

    Returns
    -------
    list of list of int
        The same queries every time.
    """
    random = np.random.default_rng(0)
    docs = random.choice(np.flatnonzero(np.diff(ragged.indptr) >= 2), N_QUERIES)
    return [random.choice(ragged[doc], 2, replace=False).tolist() for doc in docs]


def peer_index(ids: list[list[int]], n_terms: int) -> Any:
    """Index with bm25s.

    Parameters
    ----------
    ids : list of list of int
        Word ids of each document.
    n_terms : int
        Size of the vocabulary.

    Returns
    -------
    bm25s.BM25
        The same variant and parameters.
    """
    import bm25s

    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75, backend="numba")
    index.index((ids, {str(term): term for term in range(n_terms)}), show_progress=False)
    return index


def malgil_queries() -> Answers:
    """Answer every query with malgil.

    Returns
    -------
    seconds : list of float
        Of each query.
    scores : ndarray of float64, shape (N_CHECKED, K)
        Of the first queries, to compare.
    peak_mb : float
        Largest resident memory.
    """
    ragged, n_terms = load()
    index, queries = Index.build(dtm(ragged, n_terms)), draw(ragged)
    for query in queries[:N_CHECKED]:
        index.search(query, K)
    seconds, scores = [], np.zeros((N_CHECKED, K))
    for number, query in enumerate(queries):
        began = time.perf_counter()
        _, found = index.search(query, K)
        seconds.append(time.perf_counter() - began)
        if number < N_CHECKED:
            scores[number, : len(found)] = found
    return seconds, scores, _peak_mb()


def bm25s_queries(batch: int) -> Answers:
    """Answer every query with bm25s.

    Parameters
    ----------
    batch : int
        Queries in one call.

    Returns
    -------
    seconds : list of float
        Of each query; in a batch, its share.
    scores : ndarray of float64, shape (N_CHECKED, K)
        Of the first queries, to compare.
    peak_mb : float
        Largest resident memory.
    """
    ragged, n_terms = load()
    index = peer_index([doc.tolist() for doc in ragged], n_terms)
    # as strings: given ids, each call of bm25s turns its whole vocabulary round first
    queries = [[str(term) for term in query] for query in draw(ragged)]

    def answer(block: list[list[str]]) -> Any:
        return index.retrieve(block, k=K, show_progress=False, n_threads=1).scores

    answer(queries[:batch])
    seconds: list[float] = []
    scores = []
    for low in range(0, N_QUERIES, batch):
        block = queries[low : low + batch]
        began = time.perf_counter()
        scores.append(answer(block))
        seconds += [(time.perf_counter() - began) / len(block)] * len(block)
    return seconds, np.concatenate(scores)[:N_CHECKED].astype(np.float64), _peak_mb()


def _peak_mb() -> float:
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def main() -> None:
    """Run each in a process of its own, compare the scores, write the result."""
    if real_data("nsmc/reviews.parquet") is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
        return
    rows: list[dict[str, Any]] = []
    wanted = None
    context = multiprocessing.get_context("spawn")
    for who, setting, function, arguments in (
        ("malgil", "one query a call", malgil_queries, ()),
        ("bm25s", "numba, one query a call", bm25s_queries, (1,)),
        ("bm25s", "numba, all queries in one call", bm25s_queries, (N_QUERIES,)),
    ):
        with context.Pool(1) as pool:
            seconds, scores, peak_mb = pool.apply(function, arguments)
            pool.close()
            pool.join()
        wanted = scores if wanted is None else wanted
        np.testing.assert_allclose(scores, wanted, rtol=1e-5, atol=1e-5)  # bm25s keeps float32
        row: dict[str, Any] = {"who": who, "version": version(who), "setting": setting, "n_runs": N_QUERIES}
        row |= {"mean": statistics.fmean(seconds), "median": statistics.median(seconds)}
        rows.append(row | {"p99": quantile(seconds, 0.99), "peak_mb": peak_mb})
        print(f"  {who:<8} median {1e3 * row['median']:.3f} ms   mean {1e3 * row['mean']:.3f} ms   {setting}")
    write(
        "search",
        title={"en": "A BM25 query of two words, top 10", "ko": "단어 두 개로 하는 BM25 질의, 상위 10개"},
        source=INPUT,
        rows=rows,
    )


if __name__ == "__main__":
    main()
