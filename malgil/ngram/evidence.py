"""Where a corpus says so: the sentences that hold some words, and how many there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.explain import Explanation
from malgil.ngram.sequence import N_SPECIALS, frame
from malgil.ngram.suffix_array import SuffixArray, sort_corpus
from malgil.ngram.words import Words
from malgil.ragged import Ragged

_SAMPLE = 64  # places that are looked at to find different sentences

Join = Callable[[Sequence[str]], str]


class Passage(NamedTuple):
    """A sentence of the corpus that holds the words.

    Parameters
    ----------
    doc : int
        Number of the document, from 0.
    text : str
        The sentence, put together again from its words.
    words : tuple of str
        The sentence as it was cut.
    start, end : int
        The words asked for are ``words[start:end]``; ``<s>`` and ``</s>`` stand outside.
    """

    doc: int
    text: str
    words: tuple[str, ...]
    start: int
    end: int


class Evidence(NamedTuple):
    """What a corpus holds of a context and a word.

    Parameters
    ----------
    words : tuple of str
        The longest end of the context that occurs before the word, and the word; empty where the word itself does not
        occur.
    n_occurrences : int
        How often these words occur in all.
    passages : list of Passage
        Some of the sentences, by document.
    """

    words: tuple[str, ...]
    n_occurrences: int
    passages: list[Passage]


@dataclass(frozen=True, eq=False)
class Concordance:
    """A corpus in which any row of words is found at once.

    Parameters
    ----------
    words : Words
        Its vocabulary.
    suffixes : SuffixArray
        Its sentences, and their sorted suffixes.
    """

    words: Words
    suffixes: SuffixArray

    @classmethod
    def of(cls, corpus: Ragged, terms: pa.LargeStringArray, n_jobs: int | None = None) -> Concordance:
        """Index an encoded corpus.

        Parameters
        ----------
        corpus : Ragged
            One sentence a document.
        terms : pa.LargeStringArray
            The word of each id, without ``<unk>``, ``<s>`` and ``</s>``.
        n_jobs : int, optional
            Threads, all cores by default; never changes the result.

        Returns
        -------
        Concordance
            Ready to answer.
        """
        corpus.check(len(terms))
        ids = frame(corpus.ids + np.int32(N_SPECIALS), corpus.indptr)
        return cls(Words.of(terms), sort_corpus(ids, len(terms) + N_SPECIALS, n_jobs))

    def find(self, context: NDArray[np.int32], word: str = "", k: int = 5, join: Join = " ".join) -> Evidence:
        """Find sentences that hold a word after as much of a context as possible.

        Parameters
        ----------
        context : ndarray of int32, shape (n,)
            Words before; 1 where the sentence begins.
        word : str
            The word, or ``</s>``; with none, the end of the context is looked for alone.
        k : int
            Sentences at most.
        join : callable
            Puts the words of a sentence together.

        Returns
        -------
        Evidence
            Always the same sentences: spread over all occurrences, which are sorted by how they go on.
        """
        pattern = np.append(context, np.int32(self.words.number(word))) if word else context
        length, begin, end = self.suffixes.longest(pattern)
        if not length:
            return Evidence((), 0, [])
        words = tuple(self.words.string(number) for number in pattern[len(pattern) - length :].tolist())
        return Evidence(words, end - begin, self._passages(begin, end, length, k, join))

    def _passages(self, begin: int, end: int, length: int, k: int, join: Join) -> list[Passage]:
        n = min(end - begin, max(_SAMPLE, k))
        places = self.suffixes.places[begin + np.arange(n) * (end - begin) // n]
        docs = np.searchsorted(self.suffixes.begins, places, side="right") - 1
        _, firsts = np.unique(docs, return_index=True)
        firsts = firsts[np.arange(min(k, len(firsts))) * len(firsts) // max(min(k, len(firsts)), 1)]
        return [self._passage(int(docs[i]), int(places[i]), length, join) for i in firsts.tolist()]

    def _passage(self, doc: int, place: int, length: int, join: Join) -> Passage:
        begins, ids = self.suffixes.begins, self.suffixes.ids
        begin = int(begins[doc]) + 1
        stop = (int(begins[doc + 1]) if doc + 1 < len(begins) else len(ids)) - 1
        words = tuple(self.words.string(number) for number in ids[begin:stop].tolist())
        span = np.clip([place - begin, place - begin + length], 0, len(words)).tolist()
        return Passage(doc, join(words), words, *span)


def add_evidence(explanation: Explanation, evidence: Evidence) -> Explanation:
    """Show sentences under an explanation.

    Parameters
    ----------
    explanation : Explanation
        Of a word's probability; where it is a sum, its last term is what answered.
    evidence : Evidence
        Of the same context and word.

    Returns
    -------
    Explanation
        The same numbers, and the sentences with their documents under them.
    """
    if explanation.combine == "sum":
        last = add_evidence(explanation.terms[-1], evidence)
        return replace(explanation, terms=(*explanation.terms[:-1], last))
    found = tuple(Explanation(p.text, p.doc, "number of the document") for p in evidence.passages)
    label = f"sentences with {' '.join(evidence.words)}" if evidence.words else "sentences with this word"
    shown = Explanation(label, evidence.n_occurrences, "occurrences in the corpus", terms=found)
    return replace(explanation, terms=(*explanation.terms, shown))
