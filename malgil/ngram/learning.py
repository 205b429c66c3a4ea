"""What a model has learned from, in a form that can grow: counts, and the corpus itself where it is kept."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from malgil.errors import DataError
from malgil.ngram.counting import Counts, merge_counts
from malgil.ngram.evidence import Concordance
from malgil.ngram.sequence import N_SPECIALS, Sequence
from malgil.ngram.suffix_array import sort_corpus
from malgil.ngram.words import Words
from malgil.tokenizers.runs import Run, merge


class Learned(NamedTuple):
    """A partial result of training.

    Parameters
    ----------
    counts : Counts, optional
        Counts of n-grams; none for a model without a limit of order.
    corpus : Sequence, optional
        The encoded texts, where they are kept.
    """

    counts: Counts | None
    corpus: Sequence | None

    @property
    def order(self) -> int | None:
        """Longest n-gram that was counted."""
        return self.counts.trie.order if self.counts is not None else None

    @property
    def run(self) -> Run:
        """The words by their bytes."""
        learned = self.counts or self.corpus
        assert learned is not None
        return learned.run

    def merged(self, other: Learned) -> Learned:
        """Merge what was learned from two successive parts of a corpus.

        Parameters
        ----------
        other : Learned
            From the later part, with the same settings.

        Returns
        -------
        Learned
            As if both had been read at once.
        """
        counts = merge_counts(self.counts, other.counts) if self.counts and other.counts else None
        return Learned(counts, _joined(self.corpus, other.corpus) if self.corpus and other.corpus else None)


def index_corpus(corpus: Sequence, words: Words, n_jobs: int | None = None) -> Concordance:
    """Make a corpus answer.

    Parameters
    ----------
    corpus : Sequence
        The encoded texts.
    words : Words
        Those of its run.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    Concordance
        With its suffixes sorted.

    Raises
    ------
    DataError
        If there is no word in it.
    """
    if not len(corpus.run):
        raise DataError("ngram.empty_corpus")
    return Concordance(words, sort_corpus(corpus.ids, len(words), n_jobs))


def _joined(one: Sequence, other: Sequence) -> Sequence:
    run, *to = merge(one.run, other.run)
    renumber = [np.append(np.arange(N_SPECIALS, dtype=np.int32), places + np.int32(N_SPECIALS)) for places in to]
    ids = np.concatenate([new[part.ids] for new, part in zip(renumber, (one, other), strict=True)]).astype(np.int32)
    return Sequence(run, ids, one.n_sentences + other.n_sentences)
