"""Why two words are alike: the words that stand near both of them, with their counts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from malgil.embeddings.cooccurrence import Cooccurrences, count_cooccurrences
from malgil.embeddings.mutual_information import log_marginals
from malgil.embeddings.token_source import as_tokens
from malgil.errors import NotFittedError, ParameterError
from malgil.explain import Explanation
from malgil.ngram.settings import make_tokenizer
from malgil.ragged import Ragged
from malgil.store import Artefact, Writer
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.forms import FormTable, pack_strings

if TYPE_CHECKING:
    from malgil.embeddings.keys import Keys
    from malgil.embeddings.vectors import Vectors

_SMOOTHING = 0.75
_SOURCE = "Levy, Goldberg and Dagan, TACL 2015, section 3.2"
_PARTS = ("indptr", "cols", "units")


class Contexts:
    """The neighbours of each word of a set of vectors.

    Parameters
    ----------
    pairs : Cooccurrences
        Counted, word numbers are rows of the vectors.
    """

    def __init__(self, pairs: Cooccurrences) -> None:
        self.pairs = pairs

    @cached_property
    def _log_marginals(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return log_marginals(self.pairs, _SMOOTHING)

    def informed(self, word: int) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
        """Look up the neighbours of a word.

        Parameters
        ----------
        word : int
            Its number.

        Returns
        -------
        cols : ndarray of int32
            The neighbours, rising.
        counts : ndarray of float64
            How often each.
        pmi : ndarray of float64
            Their mutual information with the word, in nats.
        """
        cols, counts = self.pairs.row(word)
        if not len(cols):
            return cols, counts, counts
        rows, columns = self._log_marginals
        return cols, counts, np.log(counts) - rows[word] - columns[cols]

    def compare(self, places: tuple[int, int], words: Keys, k: int) -> Explanation:
        """Compare two words by what stands near both.

        Parameters
        ----------
        places : tuple of int
            Numbers of the two words.
        words : Keys
            All words.
        k : int
            Neighbours to show one by one.

        Returns
        -------
        Explanation
            Cosine of their positive mutual information, as a sum over the neighbours that they share.
        """
        (cols, counts, pmi), (other_cols, other_counts, other_pmi) = (self.informed(place) for place in places)
        norms = [float(np.linalg.norm(np.maximum(values, 0))) for values in (pmi, other_pmi)]
        shared, at, other_at = np.intersect1d(cols, other_cols, assume_unique=True, return_indices=True)
        products = np.maximum(pmi[at], 0) * np.maximum(other_pmi[other_at], 0) / (norms[0] * norms[1] or 1.0)
        a, b = (words[place] for place in places)
        terms, first = [], np.lexsort((shared, -products))
        for i in first[:k].tolist():
            numbers: dict[str, float | int | str] = {
                "n(a, c)": float(counts[at[i]]),
                "n(b, c)": float(other_counts[other_at[i]]),
            }
            numbers |= {"pmi(a, c)": float(pmi[at[i]]), "pmi(b, c)": float(other_pmi[other_at[i]])}
            term = Explanation(words[int(shared[i])], float(products[i]), "", "formula", numbers=numbers)
            terms.append(term)
        if len(first) > k:
            rest = {"words": len(first) - k}
            terms.append(Explanation("…", float(products[first[k:]].sum()), "", "formula", numbers=dict(rest)))
        facts: dict[str, float | int | str] = {"a": a, "b": b, "|a|": norms[0], "|b|": norms[1]}
        value = sum((term.value for term in terms), 0.0)
        formula = "sum of max(pmi(a, c), 0) * max(pmi(b, c), 0) / (|a| * |b|)"
        return Explanation(f"contexts({a}, {b})", value, formula, "sum", tuple(terms), facts, _SOURCE)


class Tracing:
    """What `malgil.Vectors` can tell about why words are alike."""

    contexts: Contexts | None = None

    def with_contexts(
        self: Any,
        texts: object,
        *,
        window: int = 5,
        tokenizer: str | Mapping[str, Any] | Tokenizer = "whitespace",
        n_jobs: int | None = None,
    ) -> Vectors:
        """Count the neighbours of the words in texts, so that `explain` can name them.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            Those that the vectors were trained on, or any others. Words without a vector are left out first.
        window : int
            Largest distance of two neighbours; all distances count alike.
        tokenizer : str, dict or Tokenizer
            How to cut texts.
        n_jobs : int, optional
            Threads, all cores by default.

        Returns
        -------
        Vectors
            The same vectors with the counts, which are saved with them.
        """
        tokens = as_tokens(texts, make_tokenizer(tokenizer), n_jobs)
        places = FormTable.of(self.keys.strings).find(pack_strings(tokens.forms)).astype(np.int32)
        ids = np.append(places, np.int32(-1))[tokens.ids]
        known = ids >= 0
        indptr = np.append(np.zeros(1, np.int64), np.cumsum(known))[tokens.indptr].astype(np.int64)
        corpus = Ragged(ids[known], indptr)
        pairs = count_cooccurrences(corpus, len(self), window=window, weighting="flat", n_jobs=n_jobs)
        made: Vectors = self._with(self.matrix, self.scales)
        made.contexts = Contexts(pairs)
        return made

    def explain(self: Any, a: str, b: str, k: int = 10) -> Explanation:
        """Trace the similarity of two words to the texts.

        Parameters
        ----------
        a, b : str
            Words that have vectors of their own.
        k : int
            Shared neighbours to show one by one, the weightiest first.

        Returns
        -------
        Explanation
            The cosine of the vectors; below it the cosine of the words' mutual information with their neighbours,
            which is a sum over the neighbours that both have.

        Raises
        ------
        NotFittedError
            If the vectors hold no counts; `with_contexts` makes them.
        TermNotFoundError
            If one of the words has no vector.
        ParameterError
            If `k` is below 1.
        """
        if self.contexts is None:
            raise NotFittedError("glove.no_contexts")
        if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
            raise ParameterError("glove.bad_whole", name="k", value=k, least=1)
        places = []
        for word in (a, b):
            place = self.keys.place(word)
            if place is None:
                raise self.unknown(word)
            places.append(place)
        term = self.contexts.compare(tuple(places), self.keys, int(k))
        return Explanation(f"cos({a}, {b})", self.similarity(a, b), "v(a) . v(b) / (|v(a)| |v(b)|)", terms=(term,))


def write_contexts(writer: Writer, contexts: Contexts | None) -> None:
    """Put counts of neighbours into an artefact.

    Parameters
    ----------
    writer : Writer
        Of vectors.
    contexts : Contexts, optional
        Where there are some.
    """
    if contexts is not None:
        writer.meta["contexts"] = {"scale": contexts.pairs.scale}
        for name in _PARTS:
            writer.array(f"context_{name}", getattr(contexts.pairs, name))


def read_contexts(artefact: Artefact, n_words: int) -> Contexts | None:
    """Take counts of neighbours out of an artefact.

    Parameters
    ----------
    artefact : Artefact
        Of vectors.
    n_words : int
        Its words.

    Returns
    -------
    Contexts or None
        ``None`` where it has none.

    Raises
    ------
    ValueError
        If they do not fit.
    """
    if "contexts" not in artefact.meta:
        return None
    indptr, cols, units = (np.asarray(artefact[f"context_{name}"]) for name in _PARTS)
    scale = int(artefact.meta["contexts"]["scale"])
    types = indptr.dtype == np.int64 and cols.dtype == np.int32 and units.dtype == np.int64
    if not types or len(indptr) != n_words + 1 or cols.shape != units.shape or scale < 1:
        raise ValueError("the counts of neighbours do not fit")
    Ragged(cols, indptr).check(n_words)
    return Contexts(Cooccurrences(indptr, cols, units, scale))
