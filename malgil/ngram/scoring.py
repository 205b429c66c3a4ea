"""How probable texts are: every token with the order that answered, perplexity, entropy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.corpus import text_blocks
from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.ngram.answering import LanguageModel
from malgil.ngram.joining import split_behind
from malgil.ngram.model import Model
from malgil.ngram.sequence import BEGIN, END, UNKNOWN, frame
from malgil.ragged import Ragged
from malgil.strings import string_array
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.by_characters import WhitespaceTokenizer
from malgil.tokenizers.forms import buffers
from malgil.tokens import Tokens

_FEW, _MANY = 1 << 9, 1 << 13  # documents that one worker takes at a time: few of a small batch, many of a large one

T = TypeVar("T")
Work = Callable[[NDArray[np.int32]], T]


class TokenScores(NamedTuple):
    """What a model says of every token of some texts.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_scored,)
        Numbers of the words, ``</s>`` (2) at the end of every text; 0 for a word that the model does not know.
    log10_probs : ndarray of float64, shape (n_scored,)
        Probability of each after the words before it.
    orders : ndarray of int8, shape (n_scored,)
        Length of the n-gram that answered: 1 if only the word itself was known. int32 for a model without a limit of
        order: the words of the context that occur, and one.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the texts.
    words : tuple of list of str
        The words of each text as the tokeniser cut them, ``</s>`` behind them.
    """

    ids: NDArray[np.int32]
    log10_probs: NDArray[np.float64]
    orders: NDArray[np.signedinteger]
    indptr: NDArray[np.int64]
    words: tuple[list[str], ...]


class Total(NamedTuple):
    """Sums over texts.

    Parameters
    ----------
    log10_prob : float
        Of all tokens and sentence ends.
    log10_prob_known : float
        Of all but the unknown words among them.
    n_tokens : int
        Tokens and sentence ends.
    n_unknown : int
        Unknown words.
    """

    log10_prob: float
    log10_prob_known: float
    n_tokens: int
    n_unknown: int

    def perplexity(self) -> Perplexity:
        """Give the perplexity.

        Returns
        -------
        Perplexity
            Of all tokens, and without unknown words beside it.

        Raises
        ------
        DataError
            If there is no text at all.
        """
        if self.n_tokens == 0:
            raise DataError("ngram.nothing_to_score")
        n_known = self.n_tokens - self.n_unknown
        known = _power(-self.log10_prob_known / n_known) if n_known else math.inf
        return Perplexity(_power(-self.log10_prob / self.n_tokens), known, self.n_tokens, self.n_unknown)


class Perplexity(float):
    """Perplexity of texts, unknown words and sentence ends included.

    Parameters
    ----------
    value : float
        As KenLM's "including OOVs".
    without_unknown : float
        As KenLM's "excluding OOVs": unknown words are neither scored nor counted.
    n_tokens : int
        Tokens and sentence ends.
    n_unknown : int
        Words that the model does not know.
    """

    without_unknown: float
    n_tokens: int
    n_unknown: int

    def __new__(cls, value: float, without_unknown: float, n_tokens: int, n_unknown: int) -> Perplexity:  # noqa: D102
        self = super().__new__(cls, value)
        self.without_unknown, self.n_tokens, self.n_unknown = without_unknown, n_tokens, n_unknown
        return self

    def __getnewargs__(self) -> tuple[float, float, int, int]:  # type: ignore[override]
        return float(self), self.without_unknown, self.n_tokens, self.n_unknown

    @property
    def entropy_bits(self) -> float:
        """Mean bits for a token."""
        return math.log2(self)


def total(model: LanguageModel, texts: object, tokenizer: Tokenizer, n_jobs: int | None = None) -> Total:
    """Score texts and add up.

    Parameters
    ----------
    model : Model
        The model.
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        One sentence a document.
    tokenizer : Tokenizer
        How to cut texts.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    Total
        The sums.
    """

    def add(ids: NDArray[np.int32]) -> Total:
        scores, _ = model.score(ids)
        unknown = ids == UNKNOWN
        n_tokens = len(ids) - int(np.count_nonzero(ids == BEGIN))
        return Total(float(scores.sum()), float(scores[~unknown].sum()), n_tokens, int(np.count_nonzero(unknown)))

    sums = list(_map_ids(model, texts, tokenizer, n_jobs, add))
    logs = [math.fsum(part[field] for part in sums) for field in (0, 1)]
    return Total(logs[0], logs[1], sum(part.n_tokens for part in sums), sum(part.n_unknown for part in sums))


def score_tokens(model: LanguageModel, texts: object, tokenizer: Tokenizer, n_jobs: int | None = None) -> TokenScores:
    """Score every token.

    Parameters
    ----------
    model : Model
        The model.
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        One sentence a document.
    tokenizer : Tokenizer
        How to cut texts.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    TokenScores
        For each token and sentence end.
    """
    tokens = as_tokens(texts, tokenizer, n_jobs)
    ids = frame(model.words.numbers(tokens.forms)[tokens.ids], tokens.indptr)
    scores, orders = model.score(ids)
    kept = ids != BEGIN
    indptr = tokens.indptr + np.arange(len(tokens.indptr))
    words = tuple([*words, "</s>"] for words in tokens.to_lists())
    return TokenScores(ids[kept], scores[kept], orders[kept], indptr, words)


def score(model: Model, ids: NDArray[np.int32]) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Score numbered sentences.

    Parameters
    ----------
    model : Model
        The model.
    ids : ndarray of int32, shape (n,)
        Sentences between 1 and 2.

    Returns
    -------
    log10_probs : ndarray of float64, shape (n,)
        Probability of each word; 0 for ``<s>``.
    orders : ndarray of int8, shape (n,)
        Length of the n-gram that answered; 0 for ``<s>``.
    """
    from malgil.ngram._query_kernels import score_ids

    scores, orders = np.empty(len(ids)), np.empty(len(ids), np.int8)
    score_ids(ids, model.links, scores, orders)
    return scores, orders


def sentence_log10(model: LanguageModel, text: str, tokenizer: Tokenizer) -> float:
    """Score one sentence, as quickly as a single call can.

    Parameters
    ----------
    model : Model
        The model.
    text : str
        The sentence.
    tokenizer : Tokenizer
        How to cut it.

    Returns
    -------
    float
        Sum of log10 of the probabilities of its words and of ``</s>``.
    """
    if is_plain(tokenizer):
        return model.score_bytes(text.encode("utf-8", "replace"))
    words = model.words.numbers(string_array(tokenizer.split(text)))
    return float(model.score(np.concatenate([[BEGIN], words, [END]]).astype(np.int32))[0].sum())


def sentences_log10(
    model: LanguageModel, texts: object, tokenizer: Tokenizer, n_jobs: int | None = None
) -> NDArray[np.float64]:
    """Score each of many sentences.

    Parameters
    ----------
    model : LanguageModel
        The model.
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        One sentence a document.
    tokenizer : Tokenizer
        How to cut texts.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    ndarray of float64, shape (n_docs,)
        For each the sum of log10 of the probabilities of its words and of ``</s>``.
    """

    def add(ids: NDArray[np.int32]) -> NDArray[np.float64]:
        sums: NDArray[np.float64] = np.add.reduceat(model.score(ids)[0], np.flatnonzero(ids == BEGIN))
        return sums

    return np.concatenate([*_map_ids(model, texts, tokenizer, n_jobs, add), np.zeros(0)])


def number_side(model: LanguageModel, text: str, tokenizer: Tokenizer, *, before: bool) -> NDArray[np.int32]:
    """Give the words of one side of a sentence their numbers.

    Parameters
    ----------
    model : Model
        The model.
    text : str
        The beginning or the end of the sentence.
    tokenizer : Tokenizer
        How to cut it.
    before : bool
        Whether it is the beginning.

    Returns
    -------
    ndarray of int32
        ``<s>`` before the words of a beginning, ``</s>`` behind those of an end.
    """
    words = model.words.numbers(string_array(tokenizer.split(text) if before else split_behind(tokenizer, text)))
    return np.append(np.int32(BEGIN), words) if before else np.append(words, np.int32(END))


def is_plain(tokenizer: Tokenizer) -> bool:
    """Tell whether a tokeniser cuts as the kernels do.

    Parameters
    ----------
    tokenizer : Tokenizer
        Any.

    Returns
    -------
    bool
        Whether it only splits at white space.
    """
    return isinstance(tokenizer, WhitespaceTokenizer) and not tokenizer.lowercase


def as_tokens(texts: object, tokenizer: Tokenizer, n_jobs: int | None = None) -> Tokens:
    """Cut texts, or take them as they are where they are cut already.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        One sentence a document. The words of a `Ragged` are its numbers.
    tokenizer : Tokenizer
        How to cut.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    Tokens
        With spans where the tokeniser gives them.
    """
    if isinstance(texts, Tokens):
        texts.ragged().check(len(texts.forms))
        return texts
    if isinstance(texts, Ragged):
        texts.check(np.iinfo(np.int32).max)
        used, ids = np.unique(texts.ids, return_inverse=True)
        return Tokens(string_array([str(number) for number in used.tolist()]), ids.astype(np.int32), texts.indptr)
    return tokenizer.tokenize(texts, n_jobs=n_jobs)


def _map_ids(
    model: LanguageModel,
    texts: object,
    tokenizer: Tokenizer,
    n_jobs: int | None,
    work: Callable[[NDArray[np.int32]], T],
) -> Iterator[T]:
    """Give the words of blocks of texts their numbers, and do something with each block on threads."""
    from malgil.ngram._query_kernels import split_words

    if isinstance(texts, Tokens | Ragged) or not is_plain(tokenizer):
        tokens = as_tokens(texts, tokenizer, n_jobs)
        numbers = model.words.numbers(tokens.forms)

        rows = _rows(tokens.n_docs)

        def number(at: int) -> T:
            indptr = tokens.indptr[at : at + rows + 1]
            part = tokens.ids[indptr[0] : indptr[-1]]
            return work(frame(numbers[part], indptr - indptr[0]))

        yield from map_blocks(number, range(0, tokens.n_docs, rows), n_jobs)
        return

    def split(block: pa.LargeStringArray) -> T:
        offsets, data = buffers(block)
        ids = np.empty((len(data) + 1) // 2 + 3 * len(block), np.int32)
        known: Any = (offsets, data, *model.words.table)
        n = split_words(*known, ids)  # type: ignore[call-arg]
        return work(ids[:n])

    cuts = ((block, _rows(len(block))) for block in text_blocks(texts))
    pieces = (block.slice(at, rows) for block, rows in cuts for at in range(0, len(block), rows))
    yield from map_blocks(split, pieces, n_jobs)


def _rows(n: int) -> int:
    """Documents of a block, by how many there are and not by how many workers."""
    return min(max(n // 8, _FEW), _MANY)


def _power(log10_value: float) -> float:
    """Raise 10 to a power; what no float can hold is infinite."""
    return 10.0**log10_value if log10_value < 308 else math.inf
