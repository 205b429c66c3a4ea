"""How well and how fast Korean word spacing is put right, beside Kiwi on the same texts in the same run.

``python bench/spacing.py [--dry]``. Quality: the essays of Kiwi's spacing set, with the F1 over the places of blanks,
averaged over lines, as its benchmark has it. `noisy`: half of the blanks lost and as many wrong ones put in; `removed`:
all blanks lost. Dev parts of two treebanks are spoilt in the same way. Speed: 20,000 movie reviews as they are.
"""

from __future__ import annotations

import gzip
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from recording import quantile, real_data, version, write

from malgil import Spacer

TITLE = {"en": "Spacing", "ko": "띄어쓰기"}
INPUT = {
    "en": "F1 over blanks by line: Kiwi's essays (100 lines), two treebanks; speed on 20,000 movie reviews",
    "ko": "줄마다 잰 빈칸 F1: Kiwi의 글말 100줄과 트리뱅크 둘, 속도는 영화 리뷰 2만 건",
}
SEED = 20261123
N_REVIEWS = 20_000
Space = Callable[[list[str]], list[str]]
Case = tuple[list[str], list[str]]


def essays(path: Path) -> dict[str, Case]:
    """Read Kiwi's set: what is given, and what is right."""
    lines = path.read_text(encoding="utf-8").splitlines()
    gold = [line.replace("\u2594", " ").replace("\u2581", "").strip() for line in lines]
    noisy = [line.replace("\u2594", "").replace("\u2581", " ").strip() for line in lines]
    return {"essays, noisy": (noisy, gold), "essays, removed": ([text.replace(" ", "") for text in noisy], gold)}


def treebank(path: Path, name: str) -> dict[str, Case]:
    """Read the sentences of a treebank, and spoil them as Kiwi's set is spoilt."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found = [line.partition("=")[2].split() for line in file if line.startswith("# text =")]
    gold = [" ".join(words) for words in found if len(" ".join(words)) > 15]
    random = np.random.default_rng(SEED)
    noisy = [spoil(text, random) for text in gold]
    return {f"{name}, noisy": (noisy, gold), f"{name}, removed": ([text.replace(" ", "") for text in gold], gold)}


def spoil(text: str, random: np.random.Generator) -> str:
    """Take half of the blanks out and put as many in elsewhere."""
    letters, right = text.replace(" ", ""), np.array(sorted(places(text)))
    wrong = np.setdiff1d(np.arange(1, len(letters)), right)
    kept = random.permutation(right)[: (len(right) + 1) // 2]
    blanks = {*kept.tolist(), *random.permutation(wrong)[: len(right) - len(kept)].tolist()}
    return "".join(" " * (i in blanks) + char for i, char in enumerate(letters))


def places(text: str) -> set[int]:
    """Places of blanks, in letters before them."""
    return {found.start() - number for number, found in enumerate(re.finditer(" ", text))}


def f1(gold: list[str], guess: list[str]) -> float:
    """F1 over places of blanks, averaged over lines."""
    scores = []
    for one, other in zip(gold, guess, strict=True):
        right, found = places(one), places(other)
        scores.append(2 * len(right & found) / max(1, len(right) + len(found)))
    return statistics.mean(scores)


def kiwi() -> Space:
    """Set up Kiwi, which disregards the blanks that are given: so it does best on both inputs."""
    from kiwipiepy import Kiwi

    model = Kiwi(num_workers=-1)
    return lambda texts: list(model.space(texts, reset_whitespace=True))


def measure(space: Space, texts: list[str], n_runs: int) -> list[float]:
    """Time runs, in seconds, after one that warms up."""
    space(texts[:2000])
    times = []
    for _ in range(n_runs):
        start = time.perf_counter()
        space(texts)
        times.append(time.perf_counter() - start)
    return times


def main() -> None:
    """Measure, and write the result; with ``--dry`` only show it."""
    paths = [
        real_data(name)
        for name in (
            "kiwi/space/written_a.txt",
            "tagging/ko_kaist-ud-dev.conllu.gz",
            "tagging/ko_gsd-ud-dev.conllu.gz",
            "nsmc/reviews.parquet",
        )
    ]
    if not all(paths):
        print("  skipped: MALGIL_DATA does not name a folder with Kiwi's essays, the treebanks and the reviews")
        return
    written, kaist, gsd, movies = (Path(str(path)) for path in paths)
    cases = essays(written) | treebank(kaist, "Kaist") | treebank(gsd, "GSD")
    reviews = pq.read_table(movies, columns=["review"])["review"].to_pylist()[:N_REVIEWS]
    n_bytes = sum(len(text.encode()) for text in reviews)
    rows: list[dict[str, Any]] = []
    for who, space, n_runs in (("malgil", Spacer().transform, 5), ("kiwipiepy", kiwi(), 2)):
        common = {"who": who, "version": version(who), "setting": "reset_whitespace" if who == "kiwipiepy" else ""}
        for case, (given, gold) in cases.items():
            rows.append(common | {"case": case, "figures": {"F1": f1(gold, space(given))}})
        times = measure(space, reviews, n_runs)
        figures = {"MB/s": n_bytes / 1e6 / statistics.median(times), "p99 s": quantile(times, 0.99)}
        rows.append(common | {"case": "reviews", "figures": figures})
    for row in rows:
        print(f"  {row['who']:10} {row['case']:17} {row['figures']}")
    if "--dry" not in sys.argv:
        write("spacing", title=TITLE, source=INPUT, rows=rows)


if __name__ == "__main__":
    main()
