"""Words that may stand for each other: from a file, or by their vectors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError, MissingError, ParameterError

_BLOCK = 256  # words whose cosines with all others are held at once


class WordVectors(Protocol):
    """What is needed of `malgil.Vectors`."""

    @property
    def keys(self) -> Sequence[str]:
        """The words, in the order of the rows."""

    def rows(self, places: slice, /) -> NDArray[np.float32]:
        """Vectors by number.

        Parameters
        ----------
        places : slice
            Which.

        Returns
        -------
        ndarray of float32, shape (m, dim)
            The vectors.
        """


def read_synonyms(path: str | Path) -> dict[str, tuple[str, ...]]:
    """Read a lexicon of synonyms.

    Parameters
    ----------
    path : str or Path
        Lines of a word and its synonyms with tabs between them, or JSON Lines of ``{"word": ..., "synonyms": [...]}``
        where the name ends in ``.jsonl``. Empty lines and those that begin with ``#`` are passed over.

    Returns
    -------
    dict of str to tuple of str
        A word that stands on several lines has the synonyms of all of them.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If a line has no synonym; names it.
    """
    table: dict[str, tuple[str, ...]] = {}
    for number, line in _lines(Path(path)):
        try:
            row = _json_row(line) if Path(path).suffix == ".jsonl" else [part.strip() for part in line.split("\t")]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError("sequences.bad_synonym_line", path=path, line=number) from error
        word, *others = (part for part in row if part)
        if not others:
            raise DataError("sequences.bad_synonym_line", path=path, line=number)
        table[word] = tuple(dict.fromkeys([*table.get(word, ()), *(other for other in others if other != word)]))
    return table


def read_sentiment(path: str | Path) -> dict[str, float]:
    """Read a sentiment lexicon.

    Parameters
    ----------
    path : str or Path
        Lines of a word, a tab and a number: above 0 for praise, below 0 for blame.

    Returns
    -------
    dict of str to float
        The words.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If a line has no number; names it.
    """
    table = {}
    for number, line in _lines(Path(path)):
        word, _, value = line.partition("\t")
        try:
            table[word.strip()] = float(value)
        except ValueError as error:
            raise DataError("sequences.bad_sentiment_line", path=path, line=number) from error
    return table


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise MissingError("sequences.no_lexicon", path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError("sequences.unreadable_lexicon", path=path, reason=error) from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.strip("\r")


def _json_row(line: str) -> list[str]:
    row = json.loads(line)
    found = [row["word"], *row["synonyms"]]
    if not all(isinstance(word, str) for word in found):
        raise ValueError("not text")
    return found


def nearest_synonyms(
    vectors: WordVectors, words: Iterable[str], k: int = 10, least: float = 0.6
) -> dict[str, tuple[str, ...]]:
    """Take the nearest words for synonyms.

    Parameters
    ----------
    vectors : Vectors
        Word vectors; of texts of the same kind, as near words need only be used alike.
    words : iterable of str
        Which to look up; those without a vector get nothing.
    k : int
        Most neighbours of a word, >= 1.
    least : float
        Least cosine.

    Returns
    -------
    dict of str to tuple of str
        By falling cosine, equal ones by their place.

    Raises
    ------
    ParameterError
        If `k` is below 1.
    """
    if k < 1:
        raise ParameterError("sequences.bad_k", value=k)
    keys = list(vectors.keys)
    place = {key: at for at, key in enumerate(keys)}
    wanted = np.array(sorted({place[word] for word in words if word in place}), np.int64)
    table: dict[str, tuple[str, ...]] = {}
    if not len(wanted):
        return table
    unit = np.asarray(vectors.rows(slice(None)), np.float32)
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    n_near = min(k + 1, len(keys))
    for low in range(0, len(wanted), _BLOCK):
        own = wanted[low : low + _BLOCK]
        cosines = unit[own] @ unit.T
        near = np.argpartition(-cosines, n_near - 1, axis=1)[:, :n_near]
        for row, at in enumerate(own.tolist()):
            # rounded, so that the last bit of a product decides nothing
            ranked = sorted((-round(float(cosines[row, i]), 5), int(i)) for i in near[row] if i != at)
            if found := tuple(keys[i] for cosine, i in ranked[:k] if -cosine >= least):
                table[keys[at]] = found
    return table


Table = Mapping[str, Sequence[str]]
Source = Table | WordVectors | str | Path | None
"""Synonyms by word, vectors to find them with, or the path of a lexicon."""


def table_for(source: Source, words: Callable[[], set[str]], k: int, least: float) -> Table:
    """Make a table of synonyms of whatever was given.

    Parameters
    ----------
    source : mapping, Vectors, path or None
        Where they come from.
    words : callable
        Gives the words to look up; called only for vectors.
    k, least : int, float
        As in `nearest_synonyms`.

    Returns
    -------
    mapping of str to sequence of str
        Empty for ``None``.

    Raises
    ------
    ParameterError
        If it is something else.
    """
    if source is None:
        return {}
    if isinstance(source, Mapping):
        return source
    if isinstance(source, str | Path):
        return read_synonyms(source)
    if hasattr(source, "keys") and hasattr(source, "rows"):
        return nearest_synonyms(source, words(), k, least)
    kind: Any = type(source)
    raise ParameterError("sequences.bad_synonyms", kind=kind.__name__)
