"""Exact top-10 by cosine of 1,000 dense vectors among 691,442 of 100 columns, beside scikit-learn's brute force."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from recording import Contender, race, write

INPUT = {
    "en": "1,000 queries among 691,442 made-up vectors of 100 columns, float32",
    "ko": "무작위로 만든 100차원 벡터 691,442개(float32)에서 질의 1,000개",
}
K = 10


def load() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw the vectors.

    Returns
    -------
    queries, items : ndarray of float32
        The queries are rows of the items.
    """
    items = np.random.default_rng(0).standard_normal((691_442, 100), np.float32)
    return items[:1000], items


def malgil_neighbours() -> Callable[[], object]:
    """Prepare malgil.

    Returns
    -------
    callable
        From vectors to the neighbours.
    """
    from malgil.similarity import top_k

    queries, items = load()
    return lambda: top_k(queries, items, K, n_jobs=2)


def sklearn_neighbours() -> Callable[[], object]:
    """Prepare scikit-learn.

    Returns
    -------
    callable
        From vectors to the neighbours.
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
    rows = race(
        [
            Contender("malgil", malgil_neighbours, "2 threads"),
            Contender("scikit-learn", sklearn_neighbours, "NearestNeighbors, brute force, n_jobs=2"),
        ],
        n_runs=3,
        n_warm=1,
    )
    title = {
        "en": "Nearest neighbours of dense vectors by cosine, exact top 10",
        "ko": "밀집 벡터에서 코사인으로 가장 가까운 이웃, 정확한 상위 10개",
    }
    write("neighbours_dense", title=title, source=INPUT, rows=rows)


if __name__ == "__main__":
    main()
