"""Learn which keys follow which in Korean and in English, to find words typed in the wrong state of the keyboard.

    MALGIL_DATA=FOLDER python tools/layout.py

reads the national petitions (KOGL type 1) and speeches of US presidents (public domain), and writes
``malgil/hangul/data/layout.npz``, the same bytes each time, in some ten seconds.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from malgil.hangul import to_keys
from malgil.hangul.layout import COSTS_A_NAT, KEYS, TABLES, key_numbers

WEIGHT = 5.0
"""So many counts of the shorter row stand behind each context."""


def costs(rows: Iterable[tuple[list[int], float]]) -> NDArray[np.uint8]:
    """Give each key its cost behind each two, with the shorter contexts mixed in."""
    n = len(KEYS)
    counts = np.zeros((n, n, n))
    for row, weight in rows:
        for three in zip(row, row[1:], row[2:], strict=False):
            counts[three] += weight
    alone = (counts.sum((0, 1)) + 1) / (counts.sum() + n)
    pairs = counts.sum(0)
    behind_one = (pairs + WEIGHT * alone) / (pairs.sum(1, keepdims=True) + WEIGHT)
    behind_two = (counts + WEIGHT * behind_one[None]) / (counts.sum(2, keepdims=True) + WEIGHT)
    return np.minimum(np.round(-np.log(behind_two) * COSTS_A_NAT), 255).astype(np.uint8)


def words(texts: Iterable[str], pattern: str) -> Counter[str]:
    """Count words."""
    return Counter(word for text in texts for word in re.findall(pattern, text))


def main() -> None:
    """Count and write."""
    folder = Path(os.environ["MALGIL_DATA"]) / "text"
    with gzip.open(folder / "korean_petitions.jsonl.gz", "rt", encoding="utf-8") as file:
        korean = words((json.loads(line)["content"] for line in file), "[가-힣]+")
    with gzip.open(folder / "us_speeches.tsv.gz", "rt", encoding="utf-8") as file:
        english = words(file, "[A-Za-z]+")
    tables = {
        "korean": costs((key_numbers(to_keys(word), has_shift=True), n**0.75) for word, n in sorted(korean.items())),
        "english": costs((key_numbers(word, has_shift=False), n**0.75) for word, n in sorted(english.items())),
    }
    TABLES.parent.mkdir(exist_ok=True)
    np.savez_compressed(TABLES, **tables)


if __name__ == "__main__":
    main()
