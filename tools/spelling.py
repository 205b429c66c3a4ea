"""Learn what Korean words look like, for `malgil.Speller`: a model of syllables and a list of frequent eojeols.

    MALGIL_DATA=FOLDER python tools/spelling.py

reads the national petitions (KOGL type 1) but for those held out, and the Naver movie reviews (CC0) but for
`N_HELD_OUT`, and writes ``malgil/clean/data/spelling_ko.npz``, the same bytes each time. Takes a minute and 2 GB.

What goes in are runs of at most five syllables that occur often, and eojeols of at least `WORD_DOCS` documents. Only
Hangul is looked at, everything else is one sign for its kind: no number, address or account can be among them.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from malgil.clean.spelling_model import BACKOFFS_A_NAT, BITS, COSTS_A_NAT, MODEL, N_CLASSES, ORDER, symbol_stream

N_HELD_OUT = 10_000
PETITION_WEIGHT = 2
"""Petitions are better spelt than reviews: each counts as so many texts."""
MIN_COUNT = (0, 0, 3, 6, 10, 14)
"""By order: rarer rows of syllables are left to the shorter ones."""
DISCOUNT = 0.75
SYLLABLE_COUNT = 20
WORD_DOCS = 4
REVIEW_WORD_DOCS = 12
_RUN = re.compile("[가-힣]+")


class Level(NamedTuple):
    """Rows of symbols of one length.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        The symbols side by side in one number, rising.
    counts : ndarray of int64, shape (n,)
        How often each occurs.
    """

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]


def is_held_out(row: int) -> bool:
    """Whether a petition is kept for measuring: of ten the last two."""
    return row % 10 >= 8


def corpora(folder: Path) -> tuple[list[str], list[str]]:
    """Read the petitions and reviews that are not held out."""
    with gzip.open(folder / "text" / "korean_petitions.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    petitions = [
        row[name] for number, row in enumerate(rows) if not is_held_out(number) for name in ("title", "content")
    ]
    reviews = pq.read_table(folder / "nsmc" / "reviews.parquet", columns=["review"])["review"].to_pylist()
    taught = np.sort(np.random.default_rng(7).permutation(len(reviews))[N_HELD_OUT:]).tolist()
    composed = (
        [unicodedata.normalize("NFC", text) for text in texts] for texts in (petitions, [reviews[i] for i in taught])
    )
    return next(composed), next(composed)


def alphabet(texts: list[str]) -> NDArray[np.uint16]:
    """List the syllables that are common enough to be told apart, by code point."""
    counts = np.zeros(1 << 16, np.int64)
    for low in range(0, len(texts), 50_000):
        points = np.frombuffer("".join(texts[low : low + 50_000]).encode("utf-32-le", "replace"), np.uint32)
        counts += np.bincount(points[(points >= 0xAC00) & (points <= 0xD7A3)], minlength=1 << 16)
    return np.flatnonzero(counts >= SYLLABLE_COUNT).astype(np.uint16)


def count_levels(stream: NDArray[np.uint16]) -> list[Level]:
    """Count the rows of every length up to `ORDER`, and keep those that are frequent."""
    levels = [Level(np.zeros(1, np.uint64), np.array([len(stream)]))]
    packed = np.zeros(len(stream), np.uint64)
    for order in range(1, ORDER + 1):
        packed = packed[: len(stream) - order + 1] << np.uint64(BITS) | stream[order - 1 :].astype(np.uint64)
        keys, counts = np.unique(packed, return_counts=True)
        # a row of which the beginning or the end was left out has no place to stand
        kept = counts >= MIN_COUNT[order]
        if order > 1:
            kept &= held(levels[-1].keys, keys >> np.uint64(BITS)) & held(levels[-1].keys, tail(keys, order))
        levels.append(Level(keys[kept], counts[kept]))
    return levels


def tail(keys: NDArray[np.uint64], order: int) -> NDArray[np.uint64]:
    """Take the first symbol away."""
    return keys & np.uint64((1 << BITS * (order - 1)) - 1)


def held(keys: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which keys are there."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return keys[at] == wanted


def smooth(levels: list[Level]) -> dict[str, NDArray[Any]]:
    """Turn counts into costs by absolute discounting: what is taken away or left out goes to the shorter rows."""
    arrays: dict[str, NDArray[Any]] = {}
    shorter = np.array([1.0 / (1 << BITS)])
    for order in range(1, ORDER + 1):
        (contexts, totals), (keys, counts) = levels[order - 1], levels[order]
        parent = np.searchsorted(contexts, keys >> np.uint64(BITS))
        own = (counts - DISCOUNT) / totals[parent]
        left = np.maximum(1.0 - np.bincount(parent, own, minlength=len(contexts)), 1e-6)
        lower = np.searchsorted(levels[order - 1].keys, tail(keys, order))
        ratio = own + left[parent] * shorter[lower]
        children = np.bincount(parent, minlength=len(contexts))
        arrays |= {f"last{order}": (keys & np.uint64((1 << BITS) - 1)).astype(np.uint16)}
        arrays |= {f"children{order - 1}": children.astype(np.uint16)}
        arrays |= {f"cost{order}": quantised(-np.log(ratio), COSTS_A_NAT)}
        arrays |= {f"backoff{order - 1}": quantised(-np.log(left), BACKOFFS_A_NAT)}
        shorter = ratio
    return arrays


def quantised(values: NDArray[np.float64], steps: int) -> NDArray[np.uint8]:
    """Write costs as one byte each."""
    return np.minimum(np.round(values * steps), 255).astype(np.uint8)


def documents(texts: list[str]) -> Counter[str]:
    """Count the documents of every run of syllables."""
    return Counter(word for text in texts for word in set(_RUN.findall(text)))


def word_list(petitions: list[str], reviews: list[str]) -> Iterator[tuple[str, int]]:
    """Give the words that enough documents have, sorted, with their weighted counts."""
    first, second = documents(petitions), documents(reviews)
    for word in sorted(first.keys() | second.keys()):
        if first[word] >= WORD_DOCS or second[word] >= REVIEW_WORD_DOCS:
            yield word, PETITION_WEIGHT * first[word] + second[word]


def common_prefix(one: str, other: str) -> int:
    """Count the first letters that two words share."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def main() -> None:
    """Count, smooth, write."""
    petitions, reviews = corpora(Path(os.environ["MALGIL_DATA"]))
    syllables = alphabet(petitions + reviews)
    streams = [symbol_stream(texts, syllables) for texts in (*[petitions] * PETITION_WEIGHT, reviews)]
    arrays = smooth(count_levels(np.concatenate(streams)))
    words = list(word_list(petitions, reviews))
    shared = [common_prefix(one, other) for (one, _), (other, _) in pairwise([("", 0), *words])]
    rests = "\n".join(word[n:] for n, (word, _) in zip(shared, words, strict=True))
    arrays |= {"syllables": syllables, "word_shared": np.array(shared, np.uint8)}
    arrays |= {"word_rests": np.frombuffer(rests.encode("utf-16-le"), np.uint16)}
    arrays |= {"word_counts": np.array([n for _, n in words], np.uint32)}
    assert len(syllables) + N_CLASSES < 1 << BITS
    MODEL.parent.mkdir(exist_ok=True)
    np.savez_compressed(MODEL, **arrays)


if __name__ == "__main__":
    main()
