"""The inverted index of one field of a segment: its terms, their documents, and where in the documents they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.engine import Progress, Silent
from malgil.search.inversion import Inverted, invert
from malgil.search.joining import join
from malgil.search.loading import check_postings, from_arrays, to_arrays
from malgil.search.pairs import Pairs
from malgil.search.positions import phrase_docs
from malgil.search.term_list import TermList
from malgil.tokenizers import Tokenizer
from malgil.tokens import Tokens


@dataclass(frozen=True, eq=False)
class FieldIndex:
    """Which documents hold each term, how often and where; never changed once made.

    Parameters
    ----------
    terms : pa.LargeStringArray, length n_terms
        Distinct, sorted by their UTF-8 bytes: the place of a term is its id. Each is in a document at least.
    inverted : Inverted
        Their documents.
    is_checked : bool
        Whether all documents and codes are known to be in range; if not, each list is checked when it is first used.
    """

    terms: pa.LargeStringArray
    inverted: Inverted
    is_checked: bool = True

    @property
    def n_docs(self) -> int:
        """Number of documents, empty ones included."""
        return len(self.inverted.dl)

    @property
    def n_terms(self) -> int:
        """Number of terms."""
        return len(self.inverted.indptr) - 1

    @property
    def n_tokens(self) -> int:
        """Number of tokens."""
        return len(self.inverted.positions)

    @property
    def dl(self) -> NDArray[np.unsignedinteger]:
        """Tokens of each document."""
        return self.inverted.dl

    @property
    def pairs(self) -> Pairs:
        """What the codes of postings stand for."""
        return self.inverted.pairs

    @cached_property
    def term_list(self) -> TermList:
        """The terms, to be searched."""
        return TermList(self.terms)

    @cached_property
    def layouts(self) -> dict[tuple[FieldIndex, ...], Any]:
        """What `malgil.search.layout.lay_out` has made of this field and others, by these others."""
        return {}

    @cached_property
    def _checked(self) -> set[int]:
        return set()

    @classmethod
    def build(
        cls,
        tokenizer: Tokenizer,
        texts: Iterable[pa.LargeStringArray],
        n_jobs: int | None = None,
        progress: Progress | None = None,
    ) -> FieldIndex:
        """Index texts.

        Parameters
        ----------
        tokenizer : Tokenizer
            How to cut.
        texts : iterable of pa.LargeStringArray
            The documents, in blocks of any size; a null is an empty document.
        n_jobs : int, optional
            Threads, all cores by default; never changes the result.
        progress : Progress, optional
            Told of every block as it is read, in documents.

        Returns
        -------
        FieldIndex
            Of all documents, empty ones included.

        Raises
        ------
        DataError
            If a text is not UTF-8; names its row.

        Examples
        --------
        >>> from malgil.tokenizers import tokenizer
        >>> index = FieldIndex.build(tokenizer("word"), [pa.array(["이 영화", "영화 참"], pa.large_string())])
        >>> index.terms.to_pylist(), index.docs(index.ids_of(["영화"])[0]).tolist()
        (['영화', '이', '참'], [0, 1])
        """
        from malgil.tokenizers.encoding import sorted_forms
        from malgil.tokenizers.forms import spell_out

        progress = progress or Silent()
        progress.start("index", None)
        try:
            forms = sorted_forms(tokenizer, _watched(texts, progress), n_jobs)
            terms = spell_out(*forms.run[:3], np.arange(len(forms.run)), n_jobs)
            return cls(terms, invert(forms, n_jobs))
        finally:
            progress.done()

    @classmethod
    def from_tokens(cls, tokens: Tokens, n_jobs: int | None = None) -> FieldIndex:
        """Index texts that are cut already.

        Parameters
        ----------
        tokens : Tokens
            Forms are distinct and stand in any order; those that no token has are left out.
        n_jobs : int, optional
            Threads, all cores by default; never changes the result.

        Returns
        -------
        FieldIndex
            Of all documents, empty ones included.

        Raises
        ------
        DataError
            If an id or a border is out of range.
        """
        from malgil.tokenizers.encoding import Forms
        from malgil.tokenizers.forms import pack_strings, spell_out
        from malgil.tokenizers.runs import sort_forms

        tokens.ragged().check(len(tokens.forms))
        counts = np.bincount(tokens.ids, minlength=len(tokens.forms))
        used = np.flatnonzero(counts)
        run, rank = sort_forms(pack_strings(tokens.forms.take(pa.array(used))), counts[used], counts[used])
        places = np.full(len(tokens.forms), -1, np.int32)
        places[used] = rank
        terms = spell_out(*run[:3], np.arange(len(run)), n_jobs)
        return cls(terms, invert(Forms(run, [tokens.ids.copy()], [places], tokens.indptr), n_jobs))

    @staticmethod
    def merge(
        parts: Sequence[FieldIndex], keep: Sequence[NDArray[np.bool_] | None], n_jobs: int | None = None
    ) -> FieldIndex:
        """Lay the indexes of successive segments end to end.

        Parameters
        ----------
        parts : sequence of FieldIndex
            In the order of their documents.
        keep : sequence of (ndarray of bool or None)
            For each part the documents that stay; ``None`` where all do.
        n_jobs : int, optional
            Threads, all cores by default; never changes the result.

        Returns
        -------
        FieldIndex
            The very arrays of an index built from the documents that stay.

        Raises
        ------
        DataError
            If a part that was read from a file is damaged.
        """
        for part in parts:
            part.check()
        return FieldIndex(*join(parts, keep, n_jobs))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Lay the index out for a file.

        Returns
        -------
        dict of str to ndarray
            Flat arrays for `malgil.store.Writer`.
        """
        return to_arrays(self.terms, self.inverted)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FieldIndex:
        """Read an index from the arrays of a file.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            From `arrays`; large ones stay where they are, such as on a memory map.

        Returns
        -------
        FieldIndex
            Borders are checked now, the documents of a term when they are first used.

        Raises
        ------
        DataError
            If an array is missing, of another type or shape, or does not fit the others.
        """
        return cls(*from_arrays(arrays), is_checked=False)

    def ids_of(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """Find the ids of terms.

        Parameters
        ----------
        terms : sequence of str, length n
            Compared as they are: neither lower-cased nor normalised.

        Returns
        -------
        ndarray of int64, shape (n,)
            -1 for a term that no document has.
        """
        return self.term_list.find(terms)

    def prefix(self, prefix: str) -> tuple[int, int]:
        """Find the terms that begin with a prefix.

        Parameters
        ----------
        prefix : str
            Compared as it is; an empty one begins every term.

        Returns
        -------
        low, high : int
            Their ids are ``low`` to ``high - 1``.
        """
        return self.term_list.prefix(prefix)

    def postings(self, term_id: int) -> NDArray[np.unsignedinteger]:
        """Give the postings of a term.

        Parameters
        ----------
        term_id : int
            In [0, n_terms).

        Returns
        -------
        ndarray of uint32 or uint64, shape (n,)
            ``doc << pairs.bits | code``, rising.

        Raises
        ------
        DataError
            If the index comes from a damaged file.
        """
        indptr = self.inverted.indptr
        found = self.inverted.postings[indptr[term_id] : indptr[term_id + 1]]
        if not self.is_checked and term_id not in self._checked:
            check_postings(found, self.n_docs, self.pairs)
            self._checked.add(int(term_id))
        return found

    def docs(self, term_id: int) -> NDArray[np.int32]:
        """Give the documents that hold a term.

        Parameters
        ----------
        term_id : int
            In [0, n_terms).

        Returns
        -------
        ndarray of int32, shape (df,)
            Rising.
        """
        return (self.postings(term_id) >> self.pairs.bits).astype(np.int32)

    def codes(self, term_id: int) -> NDArray[np.int64]:
        """Give the pair (occurrences, length) of each document that holds a term.

        Parameters
        ----------
        term_id : int
            In [0, n_terms).

        Returns
        -------
        ndarray of int64, shape (df,)
            Places in `pairs`, in the order of `docs`.
        """
        return (self.postings(term_id) & ((1 << self.pairs.bits) - 1)).astype(np.int64)

    def df(self, term_id: int, alive: NDArray[np.bool_] | None = None) -> int:
        """Count the documents that hold a term.

        Parameters
        ----------
        term_id : int
            In [0, n_terms).
        alive : ndarray of bool, shape (n_docs,), optional
            Documents to count, all by default.

        Returns
        -------
        int
            How many.
        """
        if alive is None:
            return int(self.inverted.indptr[term_id + 1] - self.inverted.indptr[term_id])
        return int(np.count_nonzero(alive[self.docs(term_id)]))

    def phrase(self, term_ids: Sequence[int]) -> NDArray[np.int32]:
        """Find the documents that hold terms one after another.

        Parameters
        ----------
        term_ids : sequence of int
            The terms in order; -1 for one that no document has. None at all are found nowhere.

        Returns
        -------
        ndarray of int32, shape (n,)
            Rising.
        """
        return phrase_docs(self, [int(term) for term in term_ids])

    def check(self) -> None:
        """Make sure that all documents and codes are in range, where that is not known yet.

        Raises
        ------
        DataError
            If the index comes from a damaged file.
        """
        if not self.is_checked:
            check_postings(self.inverted.postings, self.n_docs, self.pairs)
            object.__setattr__(self, "is_checked", True)


def _watched(texts: Iterable[pa.LargeStringArray], progress: Progress) -> Iterator[pa.LargeStringArray]:
    for block in texts:
        yield block
        progress.advance(len(block))
