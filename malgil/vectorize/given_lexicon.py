"""A vocabulary that the user brought, as the tables that the fast way looks features up in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from malgil.vectorize.lexicon import Lexicon

_LONGEST = 64


def lexicon_of(vocabulary: Mapping[Any, int], unit: str, high: int) -> Lexicon | None:
    """Bring a vocabulary into tables.

    Parameters
    ----------
    vocabulary : mapping
        Term -> column, each column once.
    unit : {"word", "char", "char_wb"}
        What features are made of.
    high : int
        Largest n.

    Returns
    -------
    Lexicon or None
        ``None`` where a term is no text that UTF-8 can hold. Its columns need not rise.
    """
    terms = sorted(vocabulary, key=vocabulary.__getitem__)
    if not all(isinstance(term, str) for term in terms):
        return None
    try:
        names = pa.array(terms, pa.large_string())
    except UnicodeEncodeError:
        return None
    if unit == "word" and high == 1:
        return Lexicon("word", names)
    parts = [term.split(" ") if unit == "word" else list(map(ord, term)) for term in terms]
    forms: list[Any] = sorted({part for path in parts for part in path if part}) if unit == "word" else []
    rank = {form: place for place, form in enumerate(forms)}
    columns: dict[tuple[int, ...], int] = {}
    for column, path in enumerate(parts):
        if 0 < len(path) <= _LONGEST and "" not in path:  # no word is empty: such a term never occurs
            columns[tuple(rank[part] for part in path) if unit == "word" else tuple(path)] = column
    paths = sorted({path[:n] for path in columns for n in range(1, len(path) + 1)})
    run = np.array([(len(path), path[-1]) for path in paths], np.int32).reshape(-1, 2).T
    numbers = np.array([columns.get(path, -1) for path in paths], np.int32)
    return Lexicon(unit, pa.array(forms, pa.large_string()), np.ascontiguousarray(run), numbers)
