"""Words that stand together more often than chance would have it, joined into one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.embeddings.cooccurrence import count_cooccurrences
from malgil.embeddings.number_checks import check_whole
from malgil.embeddings.token_source import as_tokens
from malgil.errors import DataError, NotFittedError, ParameterError, TermNotFoundError
from malgil.explain import Explanation
from malgil.ngram.settings import make_tokenizer
from malgil.params import Parametrised, choose
from malgil.strings import find, sorting_order, string_array
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.forms import FormTable, pack_strings
from malgil.tokens import Tokens

Counts = NDArray[Any]


def score_word2phrase(pair: Counts, first: Counts, second: Counts, n_tokens: int, min_count: int) -> NDArray[Any]:
    """Ratio of the counts to those of chance, less a discount for rare pairs.

    Parameters
    ----------
    pair, first, second : ndarray of int64, shape (n_pairs,)
        Occurrences of the pair, of its first and of its second word.
    n_tokens : int
        Tokens of the corpus.
    min_count : int
        The discount.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        ``(pair - min_count) / (first * second) * n_tokens``.

    References
    ----------
    .. [1] Mikolov et al., "Distributed Representations of Words and Phrases and their Compositionality", NIPS 2013,
       equation 6; the factor of the number of tokens is that of their program.
    """
    return (pair - min_count) / (np.asarray(first, np.float64) * second) * n_tokens


def score_npmi(pair: Counts, first: Counts, second: Counts, n_tokens: int, min_count: int) -> NDArray[Any]:
    """Normalised mutual information: 1 for words that only ever stand together, 0 for chance.

    Parameters
    ----------
    pair, first, second : ndarray of int64, shape (n_pairs,)
        Occurrences of the pair, of its first and of its second word.
    n_tokens : int
        Tokens of the corpus.
    min_count : int
        Not used.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        ``ln(p(pair) / (p(first) p(second))) / -ln p(pair)``, with ``p(x) = x / n_tokens``; 1 where a pair is all.

    References
    ----------
    .. [1] Bouma, "Normalized (Pointwise) Mutual Information in Collocation Extraction", GSCL 2009.
    """
    pair = np.asarray(pair, np.float64)
    information = np.log(pair * n_tokens / (np.asarray(first, np.float64) * second))
    surprise = np.log(n_tokens / pair)
    return np.where(surprise > 0, information / np.where(surprise > 0, surprise, 1), 1.0)


class Scoring(NamedTuple):
    """A way to score pairs.

    Parameters
    ----------
    score : callable
        As `score_npmi`.
    threshold : float
        Above which a pair is joined, where none is given.
    formula : str
        The formula.
    source : str
        Where it is published.
    """

    score: Callable[[Counts, Counts, Counts, int, int], NDArray[Any]]
    threshold: float
    formula: str
    source: str


SCORINGS = {
    "word2phrase": Scoring(
        score_word2phrase, 100.0, "(n_ab - min_count) / (n_a * n_b) * N", "Mikolov et al., NIPS 2013, equation 6"
    ),
    "npmi": Scoring(score_npmi, 0.5, "ln(n_ab * N / (n_a * n_b)) / ln(N / n_ab)", "Bouma, GSCL 2009"),
}


class Phrase(NamedTuple):
    """Two words that are joined.

    Parameters
    ----------
    first, second : str
        The words.
    n : int
        How often they stand side by side.
    score : float
        How much more often than by chance.
    """

    first: str
    second: str
    n: int
    score: float


@dataclass(kw_only=True, eq=False)
class Phrases(Parametrised):
    """Joins frequent pairs of words, so that vectors are learned for them as for words.

    Parameters
    ----------
    scoring : {"word2phrase", "npmi"}
        A key of `SCORINGS`.
    threshold : float, optional
        Pairs that score above are joined; 100 for ``word2phrase`` and 0.5 for ``npmi`` where it is not given.
    min_count : int
        Pairs that occur less often stay apart; also the discount of ``word2phrase``.
    delimiter : str
        Stands between the two words of a phrase.
    tokenizer : str, dict or Tokenizer
        How to cut texts: a name, a name with its options, or a tokeniser.
    n_jobs : int, optional
        Threads, all cores by default; never changes a result.

    Attributes
    ----------
    phrases_ : list of Phrase
        By falling score, equal ones by count, then by words.

    Notes
    -----
    What `transform` gives can be learned from again: phrases of up to four words after a second round.

    Examples
    --------
    >>> texts = ["서울 시청 앞", "서울 시청 역", "앞 역", "역 앞"]
    >>> phrases = Phrases(min_count=2, scoring="npmi").fit(texts)
    >>> phrases.phrases_[0][:3]
    ('서울', '시청', 2)
    >>> phrases.transform(["서울 시청 앞"]).to_lists()
    [['서울_시청', '앞']]
    """

    scoring: str = "word2phrase"
    threshold: float | None = None
    min_count: int = 5
    delimiter: str = "_"
    tokenizer: str | Mapping[str, Any] | Tokenizer = "whitespace"
    n_jobs: int | None = None

    def fit(self, texts: object, y: object = None) -> Self:
        """Find the phrases of some texts.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            No phrase crosses the border of a document.
        y : object, optional
            Not used.

        Returns
        -------
        Phrases
            Itself.

        Raises
        ------
        ParameterError
            If a setting cannot be used.
        DataError
            If the texts have no word.
        """
        return self._learn(self._tokens(texts))

    def fit_transform(self, texts: object, y: object = None) -> Tokens:
        """Find the phrases of some texts and join them.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            Cut once.
        y : object, optional
            Not used.

        Returns
        -------
        Tokens
            As `transform` gives them.
        """
        tokens = self._tokens(texts)
        return self._learn(tokens)._join(tokens)

    def transform(self, texts: object) -> Tokens:
        """Join the phrases of texts, from left to right.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            Need not be those that were learned from.

        Returns
        -------
        Tokens
            For `malgil.Word2Vec` and its like; their spans are not kept.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        """
        self._check_fitted()
        return self._join(self._tokens(texts))

    def explain(self, first: str, second: str) -> Explanation:
        """Open the score of two words.

        Parameters
        ----------
        first, second : str
            Words of the texts that were learned from.

        Returns
        -------
        Explanation
            The score with the counts that it comes from.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        TermNotFoundError
            If the words never stood side by side.
        """
        self._check_fitted()
        a, b = (find(self._words, self._order, word) for word in (first, second))
        rows = self._pairs.indptr
        part = slice(0, 0) if a is None or b is None else slice(int(rows[b]), int(rows[b + 1]))
        at = part.start + int(np.searchsorted(self._pairs.cols[part], -1 if a is None else a))
        if at >= part.stop or self._pairs.cols[at] != a:
            raise TermNotFoundError("glove.no_phrase", first=first, second=second)
        scoring, counts = SCORINGS[self.scoring], self._counts
        n_ab, n_a, n_b, n = int(self._pairs.units[at]), int(counts[a]), int(counts[b]), int(counts.sum())
        numbers: dict[str, float | int | str] = {"n_ab": n_ab, "n_a": n_a, "n_b": n_b, "N": n}
        numbers |= {"min_count": self.min_count, "threshold": self._limit}
        value = float(scoring.score(np.array([n_ab]), np.array([n_a]), np.array([n_b]), n, self.min_count)[0])
        label = f"{self.scoring}({first}, {second})"
        return Explanation(label, value, scoring.formula, "formula", numbers=numbers, source=scoring.source)

    @property
    def _limit(self) -> float:
        return SCORINGS[self.scoring].threshold if self.threshold is None else float(self.threshold)

    def _tokens(self, texts: object) -> Tokens:
        return as_tokens(texts, make_tokenizer(self.tokenizer), self.n_jobs)

    def _check_fitted(self) -> None:
        if not hasattr(self, "phrases_"):
            raise NotFittedError("glove.not_fitted")

    def _learn(self, tokens: Tokens) -> Self:
        self._check()
        if not tokens.n_tokens:
            raise DataError("embeddings.no_words")
        # the words to the left at distance 1: row b, column a counts "a b"
        options: dict[str, Any] = {"window": 1, "symmetric": False, "n_jobs": self.n_jobs}
        self._pairs = count_cooccurrences(tokens.ragged(), len(tokens.forms), **options)
        self._counts = np.bincount(tokens.ids, minlength=len(tokens.forms))
        self._words, self._order = tokens.forms, sorting_order(tokens.forms)
        second = np.repeat(np.arange(len(tokens.forms)), np.diff(self._pairs.indptr))
        frequent = np.flatnonzero(self._pairs.units >= self.min_count)
        a, b, n_ab = self._pairs.cols[frequent], second[frequent], self._pairs.units[frequent]
        found = n_ab, self._counts[a], self._counts[b]
        scores = SCORINGS[self.scoring].score(*found, tokens.n_tokens, self.min_count)
        kept = scores > self._limit
        names = tokens.forms
        words = (names.take(pa.array(side[kept], pa.int64())).to_pylist() for side in (a, b))
        rows = zip(*words, n_ab[kept].tolist(), scores[kept].tolist(), strict=True)
        self.phrases_ = sorted((Phrase(*row) for row in rows), key=lambda p: (-p.score, -p.n, p.first, p.second))
        return self

    def _join(self, tokens: Tokens) -> Tokens:
        from malgil.embeddings._phrase_kernels import join_pairs

        table, n_words = FormTable.of(tokens.forms), len(tokens.forms)
        sides = [phrase.first for phrase in self.phrases_], [phrase.second for phrase in self.phrases_]
        firsts, seconds = (table.find(pack_strings(string_array(words))) for words in sides)
        here = np.flatnonzero((firsts >= 0) & (seconds >= 0))
        here = here[np.lexsort((seconds[here], firsts[here]))]
        starts = np.searchsorted(firsts[here], np.arange(n_words + 1)).astype(np.int64)
        out, lengths = np.empty(tokens.n_tokens, np.int32), np.empty(tokens.n_docs, np.int64)
        indptr = np.asarray(tokens.indptr, np.int64)
        n = join_pairs(tokens.ids, indptr, starts, seconds[here].astype(np.int32), n_words, out, lengths)
        made = [self.delimiter.join(self.phrases_[at][:2]) for at in here.tolist()]
        forms = pa.concat_arrays([tokens.forms, string_array(made)])
        made_of = Tokens(forms, out[:n], np.append(np.zeros(1, np.int64), np.cumsum(lengths)))
        return self._tokens(made_of)  # where a phrase is spelled like a word, both are one

    def _check(self) -> None:
        choose(SCORINGS, "scoring", self.scoring)
        check_whole("min_count", self.min_count, 1)
        given = self.threshold
        if given is not None and (isinstance(given, bool) or not isinstance(given, int | float) or math.isnan(given)):
            raise ParameterError("glove.bad_threshold", value=given)
        if not isinstance(self.delimiter, str):
            raise ParameterError("glove.bad_delimiter", value=self.delimiter)
