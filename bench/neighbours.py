"""Exact top-10 by cosine of 1,000 reviews among all 691,442, as TF-IDF rows, beside scikit-learn's brute force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from recording import Contender, race, real_data, write

INPUT = {
    "en": "1,000 queries among 691,442 reviews (NSMC), 883,204 words",
    "ko": "리뷰 691,442건(NSMC, 단어 883,204개)에서 질의 1,000개",
}
N_QUERIES = 1000
K = 10


def load() -> tuple[Any, Any]:
    """Weigh the reviews.

    Returns
    -------
    queries, items : scipy.sparse matrix of float64
        TF-IDF rows of length 1; the queries are rows of the items.

    Raises
    ------
    FileNotFoundError
        If ``MALGIL_DATA`` names no folder with the reviews.
    """
    from malgil import TfidfVectorizer

    path = real_data("nsmc/reviews.parquet")
    if path is None:
        raise FileNotFoundError("MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
    items = TfidfVectorizer().fit_transform(pq.read_table(path, columns=["review"])["review"])
    known = np.flatnonzero(np.diff(items.indptr))
    return items[np.sort(np.random.default_rng(0).choice(known, N_QUERIES, replace=False))], items


def malgil_neighbours() -> Callable[[], object]:
    """Prepare malgil.

    Returns
    -------
    callable
        From matrices to the neighbours.
    """
    from malgil.similarity import top_k

    queries, items = load()
    return lambda: top_k(queries, items, K, n_jobs=2)


def sklearn_neighbours() -> Callable[[], object]:
    """Prepare scikit-learn.

    Returns
    -------
    callable
        From matrices to the neighbours.
    """
    from joblib import parallel_config
    from sklearn.neighbors import NearestNeighbors

    queries, items = load()
    peer = NearestNeighbors(n_neighbors=K, metric="cosine", algorithm="brute", n_jobs=2)

    def find() -> object:
        with parallel_config(backend="threading"):  # processes are not allowed to a child of the race
            return peer.fit(items).kneighbors(queries)

    return find


def main() -> None:
    """Race and write the result."""
    if real_data("nsmc/reviews.parquet") is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
        return
    rows = race(
        [
            Contender("malgil", malgil_neighbours, "2 threads"),
            Contender("scikit-learn", sklearn_neighbours, "NearestNeighbors, brute force, n_jobs=2"),
        ],
        n_runs=3,
        n_warm=1,
    )
    title = {"en": "Nearest neighbours by cosine, exact top 10", "ko": "코사인으로 가장 가까운 이웃, 정확한 상위 10개"}
    write("neighbours", title=title, source=INPUT, rows=rows)


if __name__ == "__main__":
    main()
