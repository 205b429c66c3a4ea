"""From what was typed to what is looked for: the terms that score, and the documents that may be found at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.params import choose
from malgil.search.answer import Answer
from malgil.search.clause import Clause
from malgil.search.fields import names, select
from malgil.search.query import parse
from malgil.search.scorer import Scorer
from malgil.search.segment import Mask, Segment
from malgil.search.snapshot import Snapshot
from malgil.search.splitting import Splitter
from malgil.tokenizers import Tokenizer, tokenizer

if TYPE_CHECKING:
    from malgil.search.expansion import Lookup
    from malgil.search.live_terms import LiveTerms


class Wish(NamedTuple):
    """Words that must occur, or must not.

    Parameters
    ----------
    ways : tuple of (str, tuple of str)
        Field and terms one after another: a document that has one of these has the words.
    is_wanted : bool
        Whether they must occur.
    """

    ways: tuple[tuple[str, tuple[str, ...]], ...]
    is_wanted: bool


class Plan(NamedTuple):
    """What a query asks of the index.

    Parameters
    ----------
    clauses : tuple of Clause
        Terms that score.
    wishes : tuple of Wish
        What must or must not occur.
    unknown : tuple of str
        Words that no live document has, in any way that was tried.
    """

    clauses: tuple[Clause, ...]
    wishes: tuple[Wish, ...]
    unknown: tuple[str, ...]


_LONGEST = 64  # code points of a word that is looked for in other ways, which takes time by its length
_NEAREST = 3

WAYS = ("initials", "keyboard", "typo")


def read_ways(expand: bool | Collection[str]) -> tuple[str, ...]:
    """Read how a word that no document has is to be looked for otherwise.

    Parameters
    ----------
    expand : bool or collection of str
        Some of `WAYS`; all with ``True``, none with ``False``.

    Returns
    -------
    tuple of str
        In the order of `WAYS`.

    Raises
    ------
    ParameterError
        If a way is not known.
    """
    if isinstance(expand, bool):
        return WAYS if expand else ()
    asked = (expand,) if isinstance(expand, str) else tuple(expand)
    for way in asked:
        choose(dict.fromkeys(WAYS), "expand", way)
    return tuple(way for way in WAYS if way in asked)


class Evaluator:
    """Reads queries for one snapshot of an index.

    Parameters
    ----------
    snapshot : Snapshot
        What is searched.
    splitters : mapping
        Name of a field -> its `Splitter`.
    """

    def __init__(self, snapshot: Snapshot, splitters: Mapping[str, Splitter]) -> None:
        self._snapshot = snapshot
        self._fields = snapshot.settings.fields
        self._splitters = splitters
        self._names = names(self._fields)

    @property
    def scorer(self) -> Scorer:
        """What finds and scores documents."""
        return self._snapshot.scorer

    def answer(self, plan: Plan) -> Answer:
        """Give what stands behind the hits of a query.

        Parameters
        ----------
        plan : Plan
            Of the query.

        Returns
        -------
        Answer
            To make hits of documents.
        """
        return Answer(self._snapshot, plan.clauses, self._splitters)

    @cached_property
    def plain_field(self) -> str | None:
        """The only field, if a query is split as its documents are: by a tokeniser that need not be loaded."""
        name, *others = self._fields
        is_plain = not others and self._fields[name].params["name"] not in ("bigram", "kiwi")
        return name if is_plain else None

    def tokenizer(self, field: str) -> Tokenizer:
        """Make the tokeniser of a field.

        Parameters
        ----------
        field : str
            Its name.

        Returns
        -------
        Tokenizer
            What its documents are split with.
        """
        return tokenizer(**self._fields[field].params)

    def df_of(self, field: str, terms: pa.LargeStringArray) -> NDArray[np.int64]:
        """Count the live documents of terms.

        Parameters
        ----------
        field : str
            Name of the field.
        terms : pa.LargeStringArray, length n
            The terms.

        Returns
        -------
        ndarray of int64, shape (n,)
            0 for a term that no document has.
        """
        statistics = self.scorer.fields[field]
        places = [part.term_list.find_all(terms) for part in statistics.parts]
        return statistics.df_of(np.stack(places)) if places else np.zeros(len(terms), np.int64)

    def nearest(self, words: Iterable[str]) -> dict[str, list[str]]:
        """Find the nearest spellings of words that no document has.

        Parameters
        ----------
        words : iterable of str
            The words.

        Returns
        -------
        dict
            Word -> words that some live document has.
        """
        from malgil.search.nearest import nearest_terms

        parts = [terms for field in self._words(list(self._fields)).values() for terms in field]
        return {
            word: [] if len(word) > _LONGEST else [near.term for near in nearest_terms(word.lower(), parts, _NEAREST)]
            for word in words
        }

    def plan(self, query: str, ways: Sequence[str] = ()) -> Plan:
        """Read a query.

        Parameters
        ----------
        query : str
            In the language of `malgil.search.query`.
        ways : sequence of str
            How a word that no document has is looked for otherwise.

        Returns
        -------
        Plan
            For `Scorer.search` and `allowed`.

        Raises
        ------
        ParameterError
            If the query cannot be read.
        """
        clauses: list[Clause] = []
        wishes: list[Wish] = []
        unknown: list[str] = []
        for atom in parse(query, self._names).atoms:
            atom = atom._replace(text=unicodedata.normalize("NFC", atom.text))
            fields = select(self._fields, atom.field)
            pairs = [(field, tuple(self._splitters[field].whole(atom.text))) for field in fields]
            if atom.kind != "not":
                found = self._clauses(atom.text, fields)
                others = [] if atom.is_phrase else self._expanded(atom.text, fields, ways)
                pairs += [(clause.field, (clause.term,)) for clause in others]
                clauses += found + others
                unknown += [] if found or others else [atom.text]
            possible = tuple(pair for pair in pairs if pair[1])
            if atom.kind != "should" and possible:  # what has no terms, such as "!", no index can ask for
                wishes.append(Wish(possible, atom.kind == "must"))
        return Plan(tuple(clauses), tuple(wishes), tuple(unknown))

    def _clauses(self, text: str, fields: Iterable[str], factor: float = 1.0, way: str = "word") -> list[Clause]:
        df = self._snapshot.scorer.df
        return [
            Clause(field, term, self._fields[field].weight * factor, way)
            for field in fields
            for term in self._splitters[field].terms(text)
            if df(field, term)
        ]

    def _expanded(self, word: str, fields: Sequence[str], ways: Sequence[str]) -> list[Clause]:
        """Look for a word that no document has in other ways."""
        if not ways or len(word) > _LONGEST or self._is_known(word, fields):
            return []
        from malgil.search.expansion import expand

        clauses: list[Clause] = []
        for text, way, factor, field in expand(word, self._lookup(fields), ways):
            if field is None:
                clauses += self._clauses(text, fields, factor, way)
            else:
                clauses.append(Clause(field, text, self._fields[field].weight * factor, way))
        return clauses

    def _is_known(self, word: str, fields: Iterable[str]) -> bool:
        """Whether some field has all terms of a word."""
        df = self._snapshot.scorer.df
        split = ((field, self._splitters[field].terms(word)) for field in fields)
        return any(bool(terms) and all(df(field, term) for term in terms) for field, terms in split)

    def _lookup(self, fields: Sequence[str]) -> Lookup:
        from malgil.search.expansion import Lookup

        terms = {field: self._splitters[field].terms for field in fields}
        return Lookup(terms, self._snapshot.scorer.df, self._words(fields))

    def _words(self, fields: Sequence[str]) -> dict[str, list[LiveTerms]]:
        """Terms of the fields that are split into words; of all fields, where none is."""
        words = [field for field in fields if self._splitters[field].shows_words] or fields
        return {field: self._snapshot.terms(field) for field in words}

    def allowed(self, plan: Plan, where: str | None = None) -> list[Mask] | None:
        """Find the documents that may be found.

        Parameters
        ----------
        plan : Plan
            Of the query.
        where : str, optional
            A filter in the language of `malgil.search.where`.

        Returns
        -------
        list of ndarray of bool, or None
            One mask a segment; ``None`` where all documents may.

        Raises
        ------
        ParameterError
            If the filter cannot be read.
        """
        if where is None and not plan.wishes:
            return None
        from malgil.search.where import compile as compile_where

        schema = self._snapshot.schema
        condition = None if where is None else compile_where(where, schema)
        masks = []
        for segment in self._snapshot.segments:
            mask = np.ones(segment.n_docs, bool)
            if condition is not None:
                read = pa.schema([schema.field(name) for name in condition.columns])
                mask &= condition.mask(segment.table.matching(read))
            for wish in plan.wishes:
                mask &= _granted(segment, wish)
            masks.append(mask)
        return masks


def _granted(segment: Segment, wish: Wish) -> Mask:
    has = np.zeros(segment.n_docs, bool)
    for name, terms in wish.ways:
        field = segment.fields[name]
        term_ids = field.ids_of(terms).tolist()
        if min(term_ids) >= 0:
            has[field.docs(term_ids[0]) if len(term_ids) == 1 else field.phrase(term_ids)] = True
    return has if wish.is_wanted else ~has
