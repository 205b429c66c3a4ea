"""Texts -> hashed features: malgil beside scikit-learn, on one thread and on two."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from recording import Contender, race, real_data, write

NAME, N_TEXTS = "nsmc/reviews.parquet", 200_000

SETTINGS: dict[str, dict[str, Any]] = {
    "words": {},
    "words 1-3": {"ngram_range": (1, 3)},
    "char_wb 1-4": {"analyzer": "char_wb", "ngram_range": (1, 4)},
}


def reviews() -> list[str]:
    """Read the first reviews of NSMC.

    Returns
    -------
    list of str
        Short texts.
    """
    path = real_data(NAME)
    assert path is not None
    texts: list[str] = pq.read_table(path, columns=["review"])["review"].slice(0, N_TEXTS).to_pylist()
    return texts


def prepare(library: str, name: str, n_jobs: int) -> Callable[[], object]:
    """Load the texts and make what is timed.

    Parameters
    ----------
    library : str
        "malgil" or "scikit-learn".
    name : str
        A key of `SETTINGS`.
    n_jobs : int
        Threads, of malgil.

    Returns
    -------
    callable
        Hashes all texts.
    """
    texts = reviews()
    if library == "malgil":
        import malgil

        return partial(malgil.HashingVectorizer(**SETTINGS[name], n_jobs=n_jobs).transform, texts)
    from sklearn.feature_extraction.text import HashingVectorizer

    return partial(HashingVectorizer(**SETTINGS[name]).transform, texts)


def main() -> None:
    """Race and write the result."""
    if real_data(NAME) is None:
        print("bench/hashing.py needs NSMC: set MALGIL_DATA")
        return
    rows = []
    for name in SETTINGS:
        own = [
            Contender("malgil", partial(prepare, "malgil", name, n), f"{n} thread{'s' * (n > 1)}", name) for n in (2, 1)
        ]
        peer = Contender("scikit-learn", partial(prepare, "scikit-learn", name, 1), "1 thread", name)
        rows += [*race(own, n_runs=5), *race([peer], n_runs=2, n_warm=0)]
    write(
        Path(__file__).stem,
        title={"en": "Texts to hashed features", "ko": "텍스트를 해시 특성으로"},
        source={"en": "NSMC, 200,000 reviews", "ko": "NSMC 리뷰 20만 건"},
        rows=rows,
    )


if __name__ == "__main__":
    main()
