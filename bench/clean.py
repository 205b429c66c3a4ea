"""Cleaning 691,442 reviews by the default recipe, and what each step takes of the time.

The peers are what a person would write in Python: `unicodedata` and `re` for the same three steps, and `ftfy` on every
text for broken encodings, which malgil runs only on the texts that a filter marks.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
from recording import Contender, race, real_data, write

TITLE = {"en": "Cleaning", "ko": "정제"}
INPUT = {"en": "691,442 reviews (NSMC)", "ko": "리뷰 691,442건(NSMC)"}
DEFAULT, MOJIBAKE = "default recipe", "mojibake"
N_FTFY = 100_000  # texts for ftfy and what is held against it: all of them would take minutes
_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_SPACE = re.compile(r"\s+")


def load(n: int | None = None) -> pa.ChunkedArray:
    """Read the reviews.

    Parameters
    ----------
    n : int, optional
        How many; all by default.

    Returns
    -------
    pyarrow.ChunkedArray
        Texts, in blocks.
    """
    path = real_data("nsmc/reviews.parquet")
    if path is None:
        raise FileNotFoundError("MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
    whole = pq.read_table(path, columns=["review"])["review"].cast(pa.large_string()).combine_chunks()
    texts = whole if n is None else whole[:n]
    return pa.chunked_array([texts[low : low + 32768] for low in range(0, len(texts), 32768)])


def megabytes(texts: pa.ChunkedArray) -> float:
    """Size of texts as UTF-8.

    Parameters
    ----------
    texts : pyarrow.ChunkedArray
        Texts.

    Returns
    -------
    float
        In units of a million bytes.
    """
    import pyarrow.compute as pc

    return float(pc.sum(pc.binary_length(texts)).as_py()) / 1e6


def malgil_recipe(recipe: object, n: int | None, n_jobs: int) -> Callable[[], object]:
    """Prepare malgil.

    Parameters
    ----------
    recipe : object
        As `malgil.Cleaner` takes it.
    n : int or None
        Texts to read.
    n_jobs : int
        Threads.

    Returns
    -------
    callable
        From texts to cleaned texts with their way back.
    """
    from malgil import Cleaner
    from malgil.engine import map_blocks

    blocks, cleaner = load(n).chunks, Cleaner(recipe)  # type: ignore[arg-type]
    return lambda: [cleaned.texts for cleaned in map_blocks(cleaner.clean_block, blocks, n_jobs)]


def malgil_default() -> Callable[[], object]:
    """Prepare the default recipe.

    Returns
    -------
    callable
        The work.
    """
    return malgil_recipe(None, None, 2)


def malgil_mojibake() -> Callable[[], object]:
    """Prepare the step for broken encodings, on one thread as ftfy.

    Returns
    -------
    callable
        The work.
    """
    return malgil_recipe(["mojibake"], N_FTFY, 1)


def plain_python() -> Callable[[], object]:
    """Prepare `re` and `unicodedata`.

    Returns
    -------
    callable
        From texts to cleaned texts.
    """
    texts = load().to_pylist()

    def clean() -> list[str]:
        return [_SPACE.sub(" ", unicodedata.normalize("NFC", _CONTROL.sub("", text))).strip() for text in texts]

    return clean


def ftfy_everywhere() -> Callable[[], object]:
    """Prepare ftfy on every text.

    Returns
    -------
    callable
        From texts to repaired texts.
    """
    import ftfy

    texts = load(N_FTFY).to_pylist()
    return lambda: [ftfy.fix_text(text) for text in texts]


def shares() -> dict[str, float]:
    """Time the default steps one by one on one thread.

    Returns
    -------
    dict
        Step -> share of their sum; the scan that finds the texts in need is counted apart, as ``scan``.
    """
    import numpy as np

    from malgil.clean.scanned import need_any
    from malgil.clean.steps import DEFAULT_STEPS, make_step
    from malgil.codepoints import decode

    steps = {name: make_step(name) for name in DEFAULT_STEPS}
    seconds = dict.fromkeys(("scan", "decode", *steps), 0.0)
    for block in load().chunks:
        began = time.perf_counter()
        rows = np.flatnonzero(need_any(block, steps.values()))  # type: ignore[arg-type]
        seconds["scan"] += time.perf_counter() - began
        began = time.perf_counter()
        points = decode(block.take(pa.array(rows)))
        seconds["decode"] += time.perf_counter() - began
        for name, step in steps.items():
            began = time.perf_counter()
            edit = step.apply(points)  # type: ignore[union-attr]
            seconds[name] += time.perf_counter() - began
            points = points if edit is None else edit.after
    whole = sum(seconds.values())
    return {name: round(value / whole, 4) for name, value in seconds.items()}


def speeds() -> dict[str, float]:
    """Time every other step alone, on one thread and `N_FTFY` texts.

    Returns
    -------
    dict
        Step -> million bytes a second.
    """
    from malgil import Cleaner
    from malgil.clean.survey import LOOKED_FOR

    texts = load(N_FTFY)
    size, found = megabytes(texts), {}
    for name, options in LOOKED_FOR.items():
        cleaner = Cleaner([{"name": name, **options}])
        cleaner.clean_block(texts.chunks[0][:1000])
        began = time.perf_counter()
        n_changed = sum(cleaner.clean_block(block).counts[name] for block in texts.chunks)
        found[name] = round(size / (time.perf_counter() - began), 1)
        print(f"  {name:<12} {found[name]:>8.1f} MB/s   changes {n_changed:,} of {len(texts):,} texts")
    return found


def main() -> None:
    """Race, take the steps apart, write the result."""
    if real_data("nsmc/reviews.parquet") is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
        return
    rows = race(
        [
            Contender("malgil", malgil_default, "2 threads, with offsets", DEFAULT),
            Contender("python", plain_python, "unicodedata and re, without offsets", DEFAULT),
            Contender("malgil", malgil_mojibake, "1 thread, on marked texts", MOJIBAKE),
            Contender("ftfy", ftfy_everywhere, "on every text", MOJIBAKE),
        ],
        n_runs=3,
    )
    for row, size in zip(rows, (megabytes(load()),) * 2 + (megabytes(load(N_FTFY)),) * 2, strict=True):
        row["extra"] = {"mb_per_s": round(size / row["median"], 1)}
        print(f"  {row['who']:<8} {row['case']:<16} {row['extra']['mb_per_s']:>8.1f} MB/s")
    rows[0]["extra"] |= {"shares": shares(), "step_mb_per_s": speeds()}
    print("  shares of the default recipe:", ", ".join(f"{k} {v:.0%}" for k, v in rows[0]["extra"]["shares"].items()))
    write("clean", title=TITLE, source=INPUT, rows=rows)


if __name__ == "__main__":
    main()
