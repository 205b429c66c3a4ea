"""What a language model expects after frequent beginnings, and in a gap of one text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from malgil.eda.samples import shorten
from malgil.ngram.joining import shown_form

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.ngram import NgramLM
    from malgil.tokens import Tokens

N_CONTEXTS, N_WORDS = 6, 5
_MARK, _END = "\ufffc", "</s>"
_TRIED = 200  # texts that are looked at for one with a telling gap
_LENGTHS = (5, 14)  # tokens of such a text
_LONGEST = 100  # characters of it


@dataclass(frozen=True)
class Expected:
    """Words that a model expects at a place.

    Parameters
    ----------
    left, right : str
        What stands before and behind the place; `right` is empty where the text goes on there.
    original : str
        The word that stood in a gap; empty where there was none.
    words : list of str
        The likeliest words; ``</s>`` is the end of the sentence.
    probs : list of float
        Their probabilities, falling.
    """

    left: str
    right: str
    original: str
    words: list[str]
    probs: list[float]


@dataclass(frozen=True)
class Continuations:
    """What the report shows of a language model.

    Parameters
    ----------
    order : int
        Its longest n-gram.
    smoothing : str
        Name of its smoothing.
    contexts : list of Expected
        Frequent beginnings and the words expected next.
    gap : Expected or None
        A text of the corpus with one word left out.
    """

    order: int
    smoothing: str
    contexts: list[Expected]
    gap: Expected | None


def find_continuations(
    lm: NgramLM, tokens: Tokens, corpus: Corpus, is_content: NDArray[np.bool_] | None = None
) -> Continuations:
    """Ask a model for what the report shows.

    Parameters
    ----------
    lm : NgramLM
        Learned from these tokens.
    tokens : Tokens
        Of the corpus, with spans.
    corpus : Corpus
        The same documents; only the first block is read.
    is_content : ndarray of bool, shape (n_forms,), optional
        Forms with a meaning of their own, where the tokeniser tells.

    Returns
    -------
    Continuations
        Personal data hidden.
    """
    forms = tokens.forms.to_pylist()
    is_word = np.array([any(map(str.isalnum, form)) for form in forms], bool)
    heads = is_word if is_content is None else is_word & is_content
    contexts = [_after(lm, [forms[i] for i in ids]) for ids in _frequent(lm.model_.order, tokens, is_word, heads)]
    return Continuations(lm.model_.order, lm.smoothing, contexts, _gap(lm, tokens, corpus, heads))


def _frequent(
    order: int, tokens: Tokens, is_word: NDArray[np.bool_], heads: NDArray[np.bool_]
) -> list[tuple[int, ...]]:
    """Choose the most frequent beginnings: two words, the first with a meaning; one where the model sees no more."""
    ids, n = tokens.ids.astype(np.int64), len(is_word)
    if order < 3:
        counts = np.bincount(ids, minlength=n)
        words = np.flatnonzero(heads)
        best = words[np.argsort(-counts[words], kind="stable")][: N_CONTEXTS if order > 1 else 0]
        return [(int(word),) for word in best]
    is_pair = heads[ids[:-1]] & is_word[ids[1:]]
    is_pair[tokens.indptr[1:-1][(tokens.indptr[1:-1] > 0) & (tokens.indptr[1:-1] < len(ids))] - 1] = False
    pairs, counts = np.unique((ids[:-1] * n + ids[1:])[is_pair], return_counts=True)
    chosen: dict[int, tuple[int, ...]] = {}
    for pair in pairs[np.argsort(-counts, kind="stable")].tolist():
        chosen.setdefault(pair // n, divmod(pair, n))  # one for each first word
        if len(chosen) == N_CONTEXTS:
            break
    return list(chosen.values())


def _after(lm: NgramLM, forms: list[str]) -> Expected:
    """Ask for the next words; where words are cut into pieces, show them joined to the beginning."""
    from malgil.ngram.joining import JOINS, join_words
    from malgil.ngram.settings import make_tokenizer
    from malgil.strings import string_array

    model, splitter = lm.model_, make_tokenizer(lm.tokenizer)
    words, probs = _kept(lm, model.next_words(model.words.numbers(string_array(forms)), N_WORDS + 1))
    if splitter.name in JOINS:
        words = [word if word == _END else join_words(splitter, [*forms, word]).text for word in words]
    left = (" + " if splitter.name in JOINS else " ").join(map(shown_form, forms))
    return Expected(shorten(left), "", "", [shorten(shown_form(word)) for word in words], probs)


def _kept(lm: NgramLM, found: list[tuple[int, float]]) -> tuple[list[str], list[float]]:
    """Spell the words, without the unknown one."""
    from malgil.ngram.sequence import UNKNOWN

    kept = [(lm.model_.words.string(word), prob) for word, prob in found if word != UNKNOWN][:N_WORDS]
    return [word for word, _ in kept], [prob for _, prob in kept]


def _gap(lm: NgramLM, tokens: Tokens, corpus: Corpus, heads: NDArray[np.bool_]) -> Expected | None:
    """Look for a text in which both sides tell the word that is missing, but not without doubt."""
    block = next(iter(corpus.blocks()), None)
    lengths = np.diff(tokens.indptr)
    fits = np.flatnonzero((lengths >= _LENGTHS[0]) & (lengths <= _LENGTHS[1]))
    found = None
    for doc in fits[:_TRIED].tolist():
        if block is None or doc >= block.num_rows:
            break
        tried = _try_gap(lm, tokens, doc, block.column("text")[doc].as_py(), heads)
        if tried is not None and tried.original in tried.words and tried.probs[0] < 0.9:
            return tried
        found = found or tried
    return found


def _try_gap(lm: NgramLM, tokens: Tokens, doc: int, text: str, heads: NDArray[np.bool_]) -> Expected | None:
    from malgil.ngram.sequence import BEGIN, END

    low, high = tokens.indptr[doc : doc + 2].tolist()
    spans, ids = tokens.spans(doc), tokens.ids[low:high]
    inner = [i for i in range(1, len(ids) - 1) if heads[ids[i]] and _stands_alone(spans, i)]
    if not inner or len(text) > _LONGEST:
        return None
    at = inner[len(inner) // 2]
    start, end = spans[at]
    left, mark, right = shorten(text[:start] + _MARK + text[end:]).partition(_MARK)
    if not mark:
        return None
    numbers = lm.model_.words.numbers(tokens.forms.take(ids))
    before = np.append(np.int32(BEGIN), numbers[:at]).astype(np.int32)
    behind = np.append(numbers[at + 1 :], np.int32(END)).astype(np.int32)
    words, probs = _kept(lm, lm.model_.gap_words(before, behind, N_WORDS + 1))
    shown = [shorten(shown_form(word)) for word in (str(tokens.forms[int(ids[at])].as_py()), *words)]
    return Expected(left, right, shown[0], shown[1:], probs)


def _stands_alone(spans: list[tuple[int, int]], at: int) -> bool:
    """Tell whether a token shares no character with its neighbours."""
    return spans[at - 1][1] <= spans[at][0] < spans[at][1] <= spans[at + 1][0]
