"""More texts of the same labels: each a copy with small changes, and the record of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.hangul import join_conjoining
from malgil.params import Parametrised, choose
from malgil.sample.draw import Draw
from malgil.sequences.changes import Record, apply
from malgil.sequences.eojeols import Eojeol, eojeols, without_particle
from malgil.sequences.guard import Guard
from malgil.sequences.methods import METHODS, NEEDS_LABELS, NEEDS_SYNONYMS, Job
from malgil.sequences.synonyms import Source, Table, read_sentiment, table_for

_BULK = 64  # numbers that a text draws at a time


@dataclass(frozen=True, eq=False)
class Augmented:
    """New texts.

    Parameters
    ----------
    texts : list of str
        The new ones only, in the order of their sources.
    labels : list, optional
        Label of each, that of its source.
    records : list of Record
        How each was made.
    n_skipped : int
        Copies that were wanted but for which no method found a safe change.
    """

    texts: list[str]
    labels: list[Any] | None
    records: list[Record]
    n_skipped: int

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def rows(self) -> NDArray[np.int64]:
        """Number of each text's source, shape (n_texts,)."""
        return np.array([record.row for record in self.records], np.int64)

    @property
    def by_method(self) -> dict[str, int]:
        """Texts that each method made."""
        return dict(Counter(record.method for record in self.records))


@dataclass(kw_only=True, eq=False)
class Augmenter(Parametrised):
    """Makes new texts of labelled ones.

    Parameters
    ----------
    methods : sequence of str, optional
        Keys of `malgil.sequences.METHODS`; by default all but ``"mask"`` that need nothing which is not given. Each new
        text is made by one of them, drawn by chance; where it finds no safe change, the next one tries.
    times : int
        New texts of each text, >= 1.
    rate : float
        Share of a text's words to change, in (0, 1]; at least one word.
    synonyms : mapping, Vectors, str or Path, optional
        Synonyms by word, word vectors whose nearest words are taken, or the path of a lexicon, see
        `malgil.sequences.read_synonyms`.
    k : int
        For vectors: most neighbours of a word.
    least : float
        For vectors: least cosine.
    sentiment : mapping, str or Path, optional
        Word -> above 0 for praise, below 0 for blame, or the path of such a lexicon. No word is replaced by one of the
        other side, and none of them is left out. Negations are guarded in any case.
    seed : int
        Decides all that is drawn. A text's copies depend on the seed, its number and, for ``"mix"``, the others.

    Examples
    --------
    >>> made = Augmenter(methods=["synonyms"], synonyms={"영화": ["작품"]}).transform(["이 영화를 안 봤다"], [0])
    >>> made.texts, made.labels, made.records[0].changes
    (['이 작품을 안 봤다'], [0], (Change(start=2, end=5, before='영화를', after='작품을'),))
    """

    methods: Sequence[str] | None = None
    times: int = 1
    rate: float = 0.2
    synonyms: Source = None
    k: int = 10
    least: float = 0.6
    sentiment: Mapping[str, float] | str | Path | None = None
    seed: int = 0

    def transform(self, texts: Iterable[str], labels: Iterable[Hashable] | None = None) -> Augmented:
        """Make new texts.

        Parameters
        ----------
        texts : iterable of str
            The sources.
        labels : iterable, optional
            Label of each; needed for ``"mix"``.

        Returns
        -------
        Augmented
            At most `times` new texts for each, without the sources.

        Raises
        ------
        ParameterError
            If an option has no such value, or a method lacks what it needs.
        """
        rows = _as_texts(texts)
        kept = None if labels is None else list(labels)
        if kept is not None and len(kept) != len(rows):
            raise ParameterError("sequences.bad_labels", found=len(kept), wanted=len(rows))
        names = self._names(kept is not None)
        words = [eojeols(text) for text in rows]
        run = _Run(rows, words, kept, self._table(rows, words, names), Guard(self._sentiment()), self)
        return run.all(names)

    def _names(self, has_labels: bool) -> list[str]:
        """Check the settings, and list the methods to use."""
        if self.times < 1 or not 0 < self.rate <= 1:
            raise ParameterError("sequences.bad_amount", times=self.times, rate=self.rate)
        lacking = [] if self.synonyms is not None else list(NEEDS_SYNONYMS)
        lacking += [] if has_labels else list(NEEDS_LABELS)
        if self.methods is None:
            return [name for name in METHODS if name not in lacking and name != "mask"]
        names = list(dict.fromkeys([self.methods] if isinstance(self.methods, str) else self.methods))
        for name in names:
            choose(METHODS, "methods", name)
            if name in lacking:
                key = "sequences.needs_synonyms" if name in NEEDS_SYNONYMS else "sequences.needs_labels"
                raise ParameterError(key, method=name)
        if not names:
            raise ParameterError("sequences.no_methods", choices=", ".join(METHODS))
        return names

    def _table(self, rows: list[str], words: list[list[Eojeol]], names: list[str]) -> Table:
        def cores() -> set[str]:
            found = {
                join_conjoining(text[word.core_start : word.core_end])
                for text, row in zip(rows, words, strict=True)
                for word in row
            }
            return (
                found
                | {word.lower() for word in found}
                | {stem for word in found for stem, _ in without_particle(word)}
            )

        return table_for(self.synonyms, cores, self.k, self.least) if set(names) & set(NEEDS_SYNONYMS) else {}

    def _sentiment(self) -> Mapping[str, float]:
        if isinstance(self.sentiment, str | Path):
            return read_sentiment(self.sentiment)
        return self.sentiment or {}


def augment(texts: Iterable[str], labels: Iterable[Hashable] | None = None, **settings: Any) -> Augmented:
    """Make new texts of labelled ones, in one call.

    Parameters
    ----------
    texts : iterable of str
        The sources.
    labels : iterable, optional
        Label of each.
    **settings : object
        Those of `Augmenter`: ``methods``, ``times``, ``rate``, ``synonyms``, ``sentiment``, ``seed`` and so on.

    Returns
    -------
    Augmented
        The new texts with their labels, and what was changed.

    Raises
    ------
    ParameterError
        If a setting has no such value, or a method lacks what it needs.

    Examples
    --------
    >>> made = augment(["배송이 빠르고 정말 좋아요"], ["good"], methods=["delete"])
    >>> made.labels, len(made.texts[0].split())
    (['good'], 3)
    """
    known = Augmenter().get_params()
    for name in settings:
        choose(known, "setting", name)
    return Augmenter(**settings).transform(texts, labels)


def _as_texts(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str):
        raise ParameterError("sequences.not_texts", kind="str")
    rows = texts.to_pylist() if hasattr(texts, "to_pylist") else list(texts)
    for row in rows:
        if not isinstance(row, str):
            raise ParameterError("sequences.not_texts", kind=type(row).__name__)
    return rows


@dataclass(frozen=True, eq=False)
class _Run:
    """One pass over the texts."""

    texts: list[str]
    words: list[list[Eojeol]]
    labels: list[Any] | None
    table: Table
    guard: Guard
    settings: Augmenter
    alike: dict[Any, list[int]] = field(default_factory=dict)

    def all(self, names: list[str]) -> Augmented:
        """Make the copies of all texts."""
        for row, label in enumerate(self.labels or ()):
            self.alike.setdefault(label, []).append(row)
        texts, records, n_skipped = [], [], 0
        for row, text in enumerate(self.texts):
            for copy in range(self.settings.times):
                record = self._one(names, row, copy)
                if record is None:
                    n_skipped += 1
                    continue
                records.append(record)
                texts.append(apply(text, record.changes))
        labels = None if self.labels is None else [self.labels[record.row] for record in records]
        return Augmented(texts, labels, records, n_skipped)

    def _one(self, names: list[str], row: int, copy: int) -> Record | None:
        """Make one copy, by the first method that finds a change."""
        draw = Draw(np.random.default_rng((self.settings.seed, row, copy)), _BULK)
        partner = self._partner(draw, row)
        other = None if partner is None else self.texts[partner]
        job = Job(self.texts[row], self.words[row], draw, self.settings.rate, self.table, self.guard, other)
        first = draw.below(len(names))
        for name in [*names[first:], *names[:first]]:
            if changes := METHODS[name](job) if job.words else []:
                return Record(row, name, tuple(sorted(changes)), partner if name == "mix" else None)
        return None

    def _partner(self, draw: Draw, row: int) -> int | None:
        """Draw another text of the same label."""
        if self.labels is None or len(rows := self.alike[self.labels[row]]) < 2:
            return None
        other = rows[draw.below(len(rows) - 1)]
        return other if other != row else rows[-1]
