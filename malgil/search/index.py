"""A BM25 index over one field: built from counts, saved, opened by memory map, searched and explained.

Searching needs NumPy only, so that a cold process answers at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import index as as_integer
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ArtefactError, DataError, ParameterError
from malgil.explain import Explanation
from malgil.params import choose
from malgil.ragged import check_indptr
from malgil.search.bm25 import BM25, Variant, check_parameters
from malgil.search.postings import Pairs, Postings, invert, mean_length
from malgil.search.ranking import WordList, rank
from malgil.store import Writer, open_artefact
from malgil.vectorize import Counts

KIND = "index"


class QueryWord(NamedTuple):
    """A different word of a query.

    Parameters
    ----------
    df : int
        Documents that hold it.
    term_id : int
        Its id.
    n_times : int
        How often the query has it.
    idf : float
        Its weight in the corpus.
    """

    df: int
    term_id: int
    n_times: int
    idf: float

    @property
    def weight(self) -> float:
        """What the impact is multiplied with."""
        return self.n_times * self.idf


@dataclass(frozen=True, eq=False)
class Index:
    """Inverted index with BM25 scores.

    Parameters
    ----------
    postings : Postings
        For each term its documents, with codes by rising impact.
    pairs : Pairs
        What the codes stand for.
    dl : ndarray of int32, shape (n_docs,)
        Tokens of each document.
    variant : str
        The formula, a key of `malgil.search.BM25`.
    k1 : float
        Saturation of repeated occurrences, >= 0.
    b : float
        Share of the length normalisation, in [0, 1].
    """

    postings: Postings
    pairs: Pairs
    dl: NDArray[np.int32]
    variant: str = "lucene"
    k1: float = 1.5
    b: float = 0.75

    @property
    def n_docs(self) -> int:
        """Number of documents."""
        return len(self.dl)

    @property
    def n_terms(self) -> int:
        """Size of the vocabulary."""
        return len(self.postings.indptr) - 1

    @cached_property
    def avgdl(self) -> float:
        """Mean tokens of a document."""
        return mean_length(self.dl)

    @cached_property
    def impacts(self) -> NDArray[np.float64]:
        """Impact of each code, rising."""
        return self._formula.impact(self.pairs.tf, self.pairs.dl, self.avgdl, self.k1, self.b)

    @property
    def _formula(self) -> Variant:
        return BM25[self.variant]

    @classmethod
    def build(cls, counts: Counts, *, variant: str = "lucene", k1: float = 1.5, b: float = 0.75) -> Index:
        """Index a corpus.

        Parameters
        ----------
        counts : Counts
            Its document-term matrix.
        variant : str
            A key of `malgil.search.BM25`.
        k1 : float
            Saturation of repeated occurrences, >= 0.
        b : float
            Share of the length normalisation, in [0, 1].

        Returns
        -------
        Index
            Of all documents, empty ones included: they are never found, but count for the mean length.

        Raises
        ------
        ParameterError
            If the variant is not known or a parameter out of range.

        Examples
        --------
        >>> from malgil.ragged import Ragged
        >>> from malgil.vectorize import dtm
        >>> counts = dtm(Ragged(np.array([0, 1, 1, 0], np.int32), np.array([0, 3, 4])), n_terms=2)
        >>> docs, scores = Index.build(counts).search([1], k=10)
        >>> docs, scores.round(4)
        (array([0]), array([0.3412]))
        """
        check_parameters(k1, b)
        postings, pairs = invert(counts, choose(BM25, "variant", variant), k1, b)
        return cls(postings, pairs, counts.n_tokens.astype(np.int32), variant, float(k1), float(b))

    def search(self, term_ids: Sequence[int | None], k: int = 10) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Find the documents that answer a query best.

        Parameters
        ----------
        term_ids : sequence of (int or None)
            The words of the query; a word twice counts twice, their order does not matter. ``None`` is a word that
            the corpus does not have: it finds nothing.
        k : int
            How many documents at most, >= 1; may exceed the corpus.

        Returns
        -------
        docs : ndarray of int64, shape (n,)
            Documents that hold at least one word, by falling score, equal scores by rising document number.
        scores : ndarray of float64, shape (n,)
            Their scores, > 0. The same bits whatever `k` is.

        Raises
        ------
        ParameterError
            If `k` is below 1 or a term id is out of range.
        """
        return rank([self._list(word) for word in self._words(term_ids)], _check_k(k))

    def explain(self, doc: int, term_ids: Sequence[int | None], terms: Sequence[str] | None = None) -> Explanation:
        """Open the score of a document.

        Parameters
        ----------
        doc : int
            Number of the document.
        term_ids : sequence of (int or None)
            The words of the query, as for `search`.
        terms : sequence of str, optional
            The words themselves, for the labels.

        Returns
        -------
        Explanation
            A sum over the words: the very numbers that `search` added, in the same order.

        Raises
        ------
        ParameterError
            If there is no such document, a term id is out of range or `terms` is of another length.
        """
        if not 0 <= doc < self.n_docs:
            raise ParameterError("search.no_such_doc", doc=doc, n=self.n_docs)
        names = [f"term {term}" for term in term_ids] if terms is None else list(terms)
        if len(names) != len(term_ids):
            raise ParameterError("search.other_length", found=len(names), wanted=len(term_ids))
        name_of = dict(zip(term_ids, names, strict=True))
        parts = [self._explain_word(doc, word, name_of[word.term_id]) for word in self._words(term_ids)]
        unknown = dict.fromkeys(name for term, name in zip(term_ids, names, strict=True) if term is None)
        parts += [Explanation(name, 0.0, "0: no document has this word") for name in unknown]
        total = 0.0
        for part in parts:
            total += part.value
        return Explanation("BM25", total, "sum over the words", "sum", tuple(parts), source=self._formula.source)

    def save(self, path: str | Path, meta: dict[str, Any] | None = None) -> None:
        """Write the index as an artefact.

        Parameters
        ----------
        path : str or Path
            The folder.
        meta : dict, optional
            JSON to keep beside it.
        """
        with Writer(path, KIND) as writer:
            writer.meta = {**(meta or {}), "variant": self.variant, "k1": self.k1, "b": self.b}
            for name, array in (*self.postings._asdict().items(), ("dl", self.dl)):
                writer.array(name, array)
            writer.array("pair_tf", self.pairs.tf)
            writer.array("pair_dl", self.pairs.dl)

    @classmethod
    def open(cls, path: str | Path, *, verify: bool | None = None) -> Index:
        """Open a saved index by memory map.

        Parameters
        ----------
        path : str or Path
            The folder.
        verify : bool, optional
            As in `malgil.store.open_artefact`.

        Returns
        -------
        Index
            Read-only.

        Raises
        ------
        ArtefactError
            If it is missing or damaged.
        """
        artefact = open_artefact(path, KIND, verify=verify)
        try:
            # asarray: slices of a plain array are made several times as fast as those of a memory map
            postings = Postings(*(np.asarray(artefact[name]) for name in Postings._fields))
            pairs = Pairs(np.asarray(artefact["pair_tf"]), np.asarray(artefact["pair_dl"]))
            variant, k1, b = (artefact.meta[name] for name in ("variant", "k1", "b"))
            choose(BM25, "variant", variant)
            index = cls(postings, pairs, np.asarray(artefact["dl"]), variant, k1, b)
            index._check()
        except (DataError, ParameterError, KeyError, TypeError) as error:
            raise ArtefactError("search.damaged", path=artefact.path, reason=error) from error
        return index

    def _words(self, term_ids: Sequence[int | None]) -> list[QueryWord]:
        """Different words of a query, the rarest first: the order in which scores are summed."""
        times: dict[int, int] = {}
        for term in term_ids:
            if term is None:
                continue
            if not 0 <= (number := as_integer(term)) < self.n_terms:
                raise ParameterError("search.no_such_term", term=term, n=self.n_terms)
            times[number] = times.get(number, 0) + 1
        indptr = self.postings.indptr
        df = np.array([indptr[term + 1] - indptr[term] for term in times], np.int64)
        idf = self._formula.idf(df, self.n_docs)
        words = zip(df.tolist(), times, times.values(), idf.tolist(), strict=True)
        return [QueryWord(*word) for word in sorted(words)]

    def _list(self, word: QueryWord) -> WordList:
        postings, low, high = self.postings, self.postings.indptr[word.term_id], self.postings.indptr[word.term_id + 1]
        scores = word.weight * self.impacts
        best = float(scores[postings.best[word.term_id]]) if high > low else 0.0
        return WordList(postings.docs[low:high], postings.codes[low:high], scores, best)

    def _explain_word(self, doc: int, word: QueryWord, name: str) -> Explanation:
        words = self._list(word)
        place = int(np.searchsorted(words.docs, doc))
        if place == len(words.docs) or words.docs[place] != doc:
            return Explanation(
                f"score({name})", 0.0, "0: the document does not have this word", numbers={"df": word.df}
            )
        code = int(words.codes[place])
        idf_numbers: dict[str, float | int | str] = {"N": self.n_docs, "df": word.df}
        numbers: dict[str, float | int | str] = {
            "tf": int(self.pairs.tf[code]),
            "dl": int(self.dl[doc]),
            "avgdl": self.avgdl,
            "k1": self.k1,
            "b": self.b,
        }
        factors = (
            Explanation("times in the query", float(word.n_times)),
            Explanation(f"idf({name})", word.idf, self._formula.idf_formula, "formula", numbers=idf_numbers),
            Explanation(
                f"impact({name})", float(self.impacts[code]), self._formula.impact_formula, "formula", numbers=numbers
            ),
        )
        is_once = word.n_times == 1
        formula = "idf x impact" if is_once else "times x idf x impact"
        return Explanation(
            f"score({name})", float(words.scores[code]), formula, "product", factors[1:] if is_once else factors
        )

    def _check(self) -> None:
        """Make sure that no look-up can leave its array and that codes rise with their impact."""
        postings, pairs = self.postings, self.pairs
        check_indptr(postings.indptr, len(postings.docs))
        n_codes = max(len(pairs.tf), 1)
        fits = [
            len(postings.codes) == len(postings.docs),
            len(postings.best) == self.n_terms,
            len(pairs.tf) == len(pairs.dl),
            int(postings.best.max(initial=0)) < n_codes,
            int(postings.codes.max(initial=0)) < n_codes,
            int(postings.docs.min(initial=0)) >= 0,
            int(postings.docs.max(initial=-1)) < self.n_docs,
        ]
        if not all(fits) or bool((np.diff(self.impacts) < 0).any()):
            raise DataError("search.parts_do_not_fit")


def _check_k(k: int) -> int:
    try:
        number = as_integer(k)
    except TypeError:
        number = 0
    if number < 1:
        raise ParameterError("search.bad_k", value=k)
    return number
