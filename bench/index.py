"""Building a BM25 index of 691,442 reviews from token ids, beside bm25s."""

from __future__ import annotations

from collections.abc import Callable

from recording import Contender, race, write
from search import INPUT, load, peer_index

from malgil.search import Index
from malgil.vectorize import dtm


def malgil_build() -> Callable[[], object]:
    """Prepare malgil.

    Returns
    -------
    callable
        Counts the terms and inverts the counts.
    """
    ragged, n_terms = load()
    return lambda: Index.build(dtm(ragged, n_terms))


def bm25s_build() -> Callable[[], object]:
    """Prepare bm25s.

    Returns
    -------
    callable
        Indexes the same ids.
    """
    ragged, n_terms = load()
    ids = [doc.tolist() for doc in ragged]
    return lambda: peer_index(ids, n_terms)


def main() -> None:
    """Run both and write the result."""
    try:
        load()
    except FileNotFoundError as reason:
        print(f"  skipped: {reason}")
        return
    rows = race([Contender("malgil", malgil_build), Contender("bm25s", bm25s_build, "numba")], n_runs=3)
    title = {"en": "BM25 index from token ids", "ko": "토큰 번호로 BM25 색인 만들기"}
    write("index", title=title, source=INPUT, rows=rows)


if __name__ == "__main__":
    main()
