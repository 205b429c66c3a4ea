"""Drop rules: which texts of a corpus to leave out, each with the reason for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.clean.languages import LANGUAGES, guess_languages
from malgil.codepoints import CodePoints, decode, is_space
from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.params import choose, did_you_mean

#: Why a text is left out, in the order in which the rules are asked; a text has one reason, the first.
REASONS = ("empty", "short", "long", "language", "duplicate", "near_duplicate")
#: What counts as a duplicate: nothing, the very same text, the same but for white space, or that and nearly the same.
DUPLICATES = ("keep", "exact", "blanks", "near")


@dataclass(frozen=True, kw_only=True)
class DropRules:
    """``[clean.drop]``: which of the cleaned texts to leave out. By default none.

    Parameters
    ----------
    empty : bool
        Texts with nothing but white space.
    shorter_than : int
        Texts of fewer code points.
    longer_than : int
        Texts of more code points; 0 for no limit.
    languages : tuple of str
        Texts in no language of these, which `malgil.clean.languages.LANGUAGES` lists. A text without letters has no
        language and stays. Empty for no filter.
    duplicates : str
        Texts that repeat an earlier one: ``"keep"`` leaves them in, ``"exact"`` drops the very same text,
        ``"blanks"`` also texts that differ in white space alone, ``"near"`` also nearly the same ones.
    near_threshold : float
        Least Jaccard similarity of the shingles of two texts that are nearly the same, in (0, 1].
    """

    empty: bool = False
    shorter_than: int = 0
    longer_than: int = 0
    languages: tuple[str, ...] = ()
    duplicates: str = "keep"
    near_threshold: float = 0.6

    def __post_init__(self) -> None:
        choose(dict.fromkeys(DUPLICATES), "duplicates", self.duplicates)
        for language in self.languages:
            choose(dict.fromkeys(LANGUAGES), "languages", language)
        for name in ("shorter_than", "longer_than"):
            if getattr(self, name) < 0:
                raise ParameterError("clean.negative_length", name=name, value=getattr(self, name))
        if 0 < self.longer_than < self.shorter_than:
            raise ParameterError("clean.lengths_cross", short=self.shorter_than, long=self.longer_than)
        if not 0.0 < self.near_threshold <= 1.0:
            raise ParameterError("similarity.bad_threshold", value=self.near_threshold)

    @classmethod
    def from_table(cls, table: object) -> DropRules:
        """Read the rules of a recipe.

        Parameters
        ----------
        table : mapping
            Rule -> value.

        Returns
        -------
        DropRules
            What the table leaves out has its default.

        Raises
        ------
        ParameterError
            If a rule is not known, or its value is of the wrong type or range.
        """
        if not isinstance(table, Mapping):
            raise ParameterError("clean.drop_is_no_table", value=table)
        defaults = {field.name: field.default for field in fields(cls)}
        given: dict[str, Any] = {}
        for key, value in table.items():
            if key not in defaults:
                hint, known = did_you_mean(str(key), defaults), ", ".join(defaults)
                raise ParameterError("clean.unknown_key", table="clean.drop", key=key, known=known, hint=hint)
            given[key] = _checked(key, value, defaults[key])
        return cls(**given)

    def to_table(self) -> dict[str, Any]:
        """Give the rules as a recipe has them.

        Returns
        -------
        dict
            Rule -> value, defaults included.
        """
        return asdict(self) | {"languages": list(self.languages)}

    @property
    def is_idle(self) -> bool:
        """Whether nothing can be left out."""
        return self == DropRules(near_threshold=self.near_threshold)


class Dropped(NamedTuple):
    """Which texts to leave out.

    Parameters
    ----------
    reason : ndarray of int8, shape (n_texts,)
        Place in `REASONS`; -1 for a text that stays.
    twin : ndarray of int64, shape (n_texts,)
        For a duplicate the number of the text that stays in its place; -1 for all others.
    """

    reason: NDArray[np.int8]
    twin: NDArray[np.int64]

    @property
    def is_kept(self) -> NDArray[np.bool_]:
        """Which texts stay (bool, one a text)."""
        return self.reason < 0

    @property
    def kept(self) -> NDArray[np.int64]:
        """Numbers of the texts that stay, rising (int64)."""
        return np.flatnonzero(self.is_kept)

    @property
    def counts(self) -> dict[str, int]:
        """Reason -> number of texts left out for it, in the order of `REASONS`."""
        found = np.bincount(self.reason[~self.is_kept].astype(np.int64), minlength=len(REASONS))
        return {name: int(n) for name, n in zip(REASONS, found, strict=True) if n}


class _Judged(NamedTuple):
    """One block: reasons, hashes of the texts, and the texts where near-duplicates are asked for."""

    reason: NDArray[np.int8]
    hashes: NDArray[np.uint64]
    texts: pa.LargeStringArray | None


def find_dropped(blocks: Iterable[pa.LargeStringArray], rules: DropRules, n_jobs: int | None = None) -> Dropped:
    """Judge the texts of a corpus by the drop rules.

    Parameters
    ----------
    blocks : iterable of pa.LargeStringArray
        The cleaned texts.
    rules : DropRules
        What to leave out.
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.

    Returns
    -------
    Dropped
        The reason for each text. Of texts that repeat one another the first stays.

    Notes
    -----
    Duplicates are found by hashes of 64 bits: two different texts have the same one with a probability below
    n^2 / 2^65. ``"near"`` keeps the texts in memory, and drops a text only where its Jaccard similarity with a text
    that stays is at least the threshold: in a chain of small changes, the far end stays.
    """
    judged = list(map_blocks(lambda texts: _judge(texts, rules), blocks, n_jobs))
    reason = np.concatenate([np.zeros(0, np.int8), *(part.reason for part in judged)])
    twin = np.full(len(reason), -1, np.int64)
    if rules.duplicates != "keep":
        hashes = np.concatenate([np.zeros(0, np.uint64), *(part.hashes for part in judged)])
        _drop_copies(hashes, reason, twin)
    if rules.duplicates == "near":
        texts = [part.texts for part in judged if part.texts is not None]
        _drop_near(pa.chunked_array(texts, pa.large_string()), rules.near_threshold, reason, twin, n_jobs)
    return Dropped(reason, twin)


def _judge(texts: pa.LargeStringArray, rules: DropRules) -> _Judged:
    points = decode(texts)
    visible = ~is_space(points.points)
    n_points = np.diff(points.indptr)
    n_visible = np.append(0, np.cumsum(visible))[points.indptr]
    reason = np.full(len(texts), -1, np.int8)
    if rules.languages:
        wanted = [i for i, name in enumerate(LANGUAGES) if name in (*rules.languages, "none")]
        reason[~np.isin(guess_languages(points), wanted)] = REASONS.index("language")
    if rules.longer_than:
        reason[n_points > rules.longer_than] = REASONS.index("long")
    reason[n_points < rules.shorter_than] = REASONS.index("short")
    if rules.empty:
        reason[np.diff(n_visible) == 0] = REASONS.index("empty")
    if rules.duplicates == "keep":
        return _Judged(reason, np.zeros(0, np.uint64), None)
    if rules.duplicates != "exact":
        points = CodePoints(points.points[visible], n_visible)
    return _Judged(reason, _hashes(points), texts if rules.duplicates == "near" else None)


def _hashes(points: CodePoints) -> NDArray[np.uint64]:
    from malgil.similarity._shingle_kernels import hash_texts

    return hash_texts(points.points, points.indptr)


def _drop_copies(hashes: NDArray[np.uint64], reason: NDArray[np.int8], twin: NDArray[np.int64]) -> None:
    """Mark every text with the hash of an earlier one that stays; an empty text is nobody's copy."""
    rows = np.flatnonzero((reason < 0) & (hashes != 0))
    _, first, which = np.unique(hashes[rows], return_index=True, return_inverse=True)
    copies = first[which] != np.arange(len(rows))
    reason[rows[copies]] = REASONS.index("duplicate")
    twin[rows[copies]] = rows[first[which]][copies]


def _drop_near(
    texts: pa.ChunkedArray, threshold: float, reason: NDArray[np.int8], twin: NDArray[np.int64], n_jobs: int | None
) -> None:
    """Mark every text that is nearly the same as an earlier one that stays."""
    from malgil.similarity import near_duplicates

    rows = np.flatnonzero(reason < 0)
    found = near_duplicates(texts.take(pa.array(rows)), threshold, n_jobs=n_jobs)
    later = np.lexsort((found.pairs[:, 0], found.pairs[:, 1]))
    for a, b in rows[found.pairs[later]].tolist():  # by the later text: when it is asked, the earlier one is decided
        if reason[a] < 0 and reason[b] < 0:
            reason[b], twin[b] = REASONS.index("near_duplicate"), a


def _checked(key: str, value: object, default: object) -> object:
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        if all(isinstance(one, str) for one in value):
            return tuple(value)
    elif isinstance(default, float) and type(value) is int:
        return float(value)
    elif type(value) is type(default):
        return value
    wanted = "list of str" if isinstance(default, tuple) else type(default).__name__
    raise ParameterError("clean.drop_type", key=key, value=value, wanted=wanted)
