"""Near-duplicates of 691,442 reviews, and how many of the true pairs are found, beside rensa.

rensa flags texts by estimated similarity and proves nothing; it gets character trigrams cut in Python, since it takes
lists of tokens. malgil gives pairs and groups, every pair measured exactly.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from recording import Contender, race, real_data, write

INPUT = {"en": "691,442 reviews (NSMC), Jaccard at least 0.8", "ko": "리뷰 691,442건(NSMC), 자카드 유사도 0.8 이상"}
N_CHECKED = 15_000
THRESHOLD = 0.8


def load() -> pa.ChunkedArray:
    """Read the reviews.

    Returns
    -------
    pyarrow.ChunkedArray
        Texts.

    Raises
    ------
    FileNotFoundError
        If ``MALGIL_DATA`` names no folder with the reviews.
    """
    path = real_data("nsmc/reviews.parquet")
    if path is None:
        raise FileNotFoundError("MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
    return pq.read_table(path, columns=["review"])["review"]


def malgil_pairs() -> Callable[[], object]:
    """Prepare malgil.

    Returns
    -------
    callable
        From texts to pairs and groups.
    """
    from malgil.similarity import near_duplicates

    texts = load()
    return lambda: near_duplicates(texts, THRESHOLD, n_jobs=2)


def rensa_flags() -> Callable[[], object]:
    """Prepare rensa.

    Returns
    -------
    callable
        From texts to a flag for each.
    """
    from rensa import RMinHash, RMinHashLSH

    texts = load().to_pylist()

    def flag() -> Any:
        cut = []
        for text in texts:
            letters = "".join(unicodedata.normalize("NFC", text).lower().split())
            cut.append([letters[i : i + 3] for i in range(max(1, len(letters) - 2))])
        digests = RMinHash.digest_matrix_from_token_sets(cut, 128, 42)
        return RMinHashLSH(THRESHOLD, 128, 16).query_duplicate_flags_matrix_one_shot(digests)

    return flag


def recall(threshold: float) -> tuple[int, int]:
    """Count true pairs in a part of the reviews, and how many of them are found.

    Parameters
    ----------
    threshold : float
        Least Jaccard similarity.

    Returns
    -------
    n_true, n_found : int
        Pairs of texts with other letters, by comparing all with all, and those among them that were found.
    """
    from scipy.sparse import csr_array

    from malgil.similarity import near_duplicates, shingles

    texts = sorted(load().to_pylist())[100_000 : 100_000 + N_CHECKED]
    found = near_duplicates(texts, threshold)
    firsts = [row for row, first in enumerate(found.copy_of.tolist()) if row == first and texts[row].strip()]
    sets = [shingles(texts[row]) for row in firsts]
    names = {name: i for i, name in enumerate(sorted(set().union(*sets)))}
    indices = [names[name] for one in sets for name in one]
    indptr = [0]
    for one in sets:
        indptr.append(indptr[-1] + len(one))
    matrix = csr_array(([1] * len(indices), indices, indptr), shape=(len(sets), len(names)))
    both = (matrix @ matrix.T).tocoo()
    pairs = {
        (firsts[a], firsts[b])
        for a, b, n in zip(both.row.tolist(), both.col.tolist(), both.data.tolist(), strict=True)
        if a < b and n >= threshold * (len(sets[a]) + len(sets[b]) - n)
    }
    return len(pairs), len(pairs & {tuple(pair) for pair in found.pairs.tolist()})


def main() -> None:
    """Race, count what is found, write the result."""
    if real_data("nsmc/reviews.parquet") is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
        return
    rows = race(
        [
            Contender("malgil", malgil_pairs, "2 threads, pairs measured exactly"),
            Contender("rensa", rensa_flags, "trigrams cut in Python, flags by estimate"),
        ],
        n_runs=3,
        n_warm=1,
    )
    n_true, n_found = recall(THRESHOLD)
    print(f"  {n_found} of {n_true} true pairs found")
    rows[0]["extra"] = {"n_true": n_true, "n_found": n_found}
    write("near_duplicates", title={"en": "Near-duplicates", "ko": "거의 같은 글 찾기"}, source=INPUT, rows=rows)


if __name__ == "__main__":
    main()
