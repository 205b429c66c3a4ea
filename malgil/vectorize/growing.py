"""Learning a vocabulary piece by piece: what is kept grows with the number of distinct features, not with the texts.

A piece of a corpus becomes a `Part`; two parts are merged by `joined`, in any grouping with the same result; `Growing`
takes pieces one after the other and lists all features at the end, before any is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.tokenizers.encoding import sorted_forms
from malgil.tokenizers.forms import spell_out
from malgil.tokenizers.runs import Run, empty_run, merge
from malgil.vectorize.documents import each_document, in_pieces
from malgil.vectorize.fast_way import fast_plan, ready
from malgil.vectorize.grams import Grams, Range, count_grams, merge_all, merge_grams
from malgil.vectorize.layouts import character_layouts, pieces, text_preparer, word_layout
from malgil.vectorize.leaving_out import is_left_out, sorts_otherwise, without_dead_ends
from malgil.vectorize.lexicon import Lexicon
from malgil.vectorize.plan import Plan
from malgil.vectorize.text_source import NotTexts, TextSource

_Seen = dict[Any, tuple[int, int]]
_WORD_PIECE = 1 << 18


class Features(NamedTuple):
    """All features that were seen, in the order of their names.

    Parameters
    ----------
    counts, df : ndarray of int64, shape (n_features,)
        Occurrences, and documents that contain the feature.
    n_docs : int
        Documents.
    terms : list, optional
        The features, where they did not all come the fast way.
    part : Part, optional
        The features, where they did.
    unit : str
        What the features of `part` are made of.
    """

    counts: NDArray[np.int64]
    df: NDArray[np.int64]
    n_docs: int
    terms: list[Any] | None
    part: Part | None
    unit: str

    def lexicon(self, kept: NDArray[np.bool_] | None) -> Lexicon | None:
        """Make the tables of the features that stay.

        Parameters
        ----------
        kept : ndarray of bool, shape (n_features,), optional
            Which stay; all by default.

        Returns
        -------
        Lexicon or None
            ``None`` where the features are in `terms`.
        """
        if self.part is None:
            return None
        stays = np.ones(len(self.df), np.bool_) if kept is None else kept
        forms = spell_out(*self.part.forms[:3], np.arange(len(self.part.forms)))
        if self.part.grams is None:
            return Lexicon(self.unit, forms if stays.all() else forms.take(pa.array(np.flatnonzero(stays))))
        run, tally = self.part.grams
        columns = np.full(run.shape[1], -1, np.int32)
        columns[np.flatnonzero(tally[0])[stays]] = np.arange(int(stays.sum()), dtype=np.int32)
        return Lexicon(self.unit, forms, *without_dead_ends(run, columns))


class Part(NamedTuple):
    """What some documents taught.

    Parameters
    ----------
    forms : Run
        Words in order; none for characters.
    grams : Grams, optional
        N-grams of the words' places, or of code points; none for single words.
    n_docs : int
        Documents.
    """

    forms: Run
    grams: Grams | None
    n_docs: int

    def __len__(self) -> int:
        return len(self.forms) if self.grams is None else self.grams.run.shape[1]


def part_of(plan: Plan, blocks: Iterable[pa.LargeStringArray], n_jobs: int | None = 1) -> Part:
    """Learn the features of some texts.

    Parameters
    ----------
    plan : Plan
        What is asked for.
    blocks : iterable of pa.LargeStringArray
        Raw texts.
    n_jobs : int, optional
        Threads, all cores by ``None``.

    Returns
    -------
    Part
        All features, with their counts.

    Raises
    ------
    NotTexts
        If words hold characters that the fast way cannot sort, or a document is no text.
    """
    wanted = Range(plan.low, plan.high, plan.unit == "char_wb")
    if plan.tokenizer is None:
        layouts = [layout for block in blocks for layout in character_layouts(block, plan)]
        counted = [count_grams(layout, wanted)[0] for layout in layouts]
        return Part(empty_run(), merge_all(counted, 1)[0], sum(len(layout.starts) - 1 for layout in layouts))
    found = sorted_forms(plan.tokenizer, map(text_preparer(plan), blocks), n_jobs)
    run, n_docs = found.run, len(found.indptr) - 1
    stays = ~is_left_out(spell_out(*run[:3], np.arange(len(run))), plan)
    forms = run if stays.all() else _taken(run, stays)
    if plan.high == 1:
        return Part(forms, None, n_docs)
    if sorts_otherwise(forms):
        raise NotTexts
    ranks = np.append(np.where(stays, np.cumsum(stays) - 1, -1), -1).astype(np.int32)
    ids = [ranks[place[ids]] for ids, place in zip(found.ids, found.places, strict=True)]
    layout = word_layout(np.concatenate([np.zeros(0, np.int32), *ids]), found.indptr)
    grams, _ = merge_all([count_grams(piece, wanted)[0] for piece in pieces(layout)], 1)
    return Part(forms, grams, n_docs)


def joined(one: Part, other: Part) -> Part:
    """Merge what different documents taught.

    Parameters
    ----------
    one, other : Part
        Of one plan.

    Returns
    -------
    Part
        Counts and document frequencies of shared features add up.
    """
    forms, to, other_to = merge(one.forms, other.forms)
    forms, n_docs = _compact(forms), one.n_docs + other.n_docs
    if one.grams is None or other.grams is None:
        return Part(forms, None, n_docs)
    grams, other_grams = one.grams, other.grams
    if len(forms):
        grams, other_grams = _moved(grams, to), _moved(other_grams, other_to)
    whole = merge_grams(grams, other_grams)[0]
    return Part(forms, Grams(whole.run.copy(), whole.tally.copy()), n_docs)


def _moved(grams: Grams, to: NDArray[np.int32]) -> Grams:
    """Give the symbols of n-grams their new places, which keep their order."""
    return Grams(np.stack([grams.run[0], to[grams.run[1]]]), grams.tally)


def _taken(run: Run, stays: NDArray[np.bool_]) -> Run:
    words, places, lengths, counts, df = run
    return _compact(Run(words, places[stays], lengths[stays], counts[stays], df[stays]))


def _compact(run: Run) -> Run:
    """Leave out bytes that no form of a run has any more."""
    sizes = np.maximum(1, (run.lengths.astype(np.int64) + 7) >> 3)
    ends = np.cumsum(sizes)
    n_words = int(ends[-1]) if len(ends) else 0
    if n_words == len(run.words):
        return run
    places = ends - sizes
    words = run.words[np.repeat(run.places - places, sizes) + np.arange(n_words)]
    return Run(words, places, *run[2:])


class Growing:
    """Features of the pieces so far.

    Parts of about the same size are merged, so that many small pieces cost little more than one large one.
    """

    def __init__(self) -> None:
        self.n_docs = 0
        self._parts: list[Part] = []
        self._kind: tuple[str, bool] | None = None
        self._slow: _Seen = {}

    def add(self, vectorizer: Any, raw_documents: Any) -> None:
        """Learn from more documents.

        Parameters
        ----------
        vectorizer : CountVectorizer
            How to analyse; the bounds on frequencies are not asked.
        raw_documents : iterable
            The next documents; read in pieces.
        """
        fast, analyze = fast_plan(vectorizer), vectorizer.build_analyzer()
        kind = (fast[0].unit, fast[0].high > 1) if fast is not None else None
        if self._parts and kind != self._kind:
            self._spell_out()
        self._kind = kind

        def learn(piece: Any, n_jobs: int | None = 1) -> Part | tuple[_Seen, int]:
            if fast is not None:
                plan, prepare = fast
                try:
                    blocks = TextSource(piece, vectorizer.decode).blocks()
                    return part_of(plan, ready(prepare, blocks, n_jobs), n_jobs)
                except NotTexts:
                    pass
            return _counted(each_document(piece), analyze)

        found: Iterable[Part | tuple[_Seen, int]]
        if kind == ("word", False):  # whose tables are best filled by all threads at once
            words = in_pieces(raw_documents, _WORD_PIECE)
            found = (learn(piece, vectorizer.n_jobs) for piece in words)
        else:  # a user's own functions may not bear threads
            found = map_blocks(learn, in_pieces(raw_documents), 1 if fast is None else vectorizer.n_jobs)
        for learnt in found:
            if isinstance(learnt, Part):
                self._push(learnt)
            else:
                self.n_docs += learnt[1]
                _pour(learnt[0], self._slow)

    def features(self) -> Features:
        """List what was seen so far.

        Returns
        -------
        Features
            All of it.
        """
        if self._slow:
            self._spell_out()
        if not self._parts:
            terms = sorted(self._slow)
            sums = np.array([self._slow[term] for term in terms], np.int64).reshape(-1, 2)
            return Features(sums[:, 0].copy(), sums[:, 1].copy(), self.n_docs, terms, None, "")
        while len(self._parts) > 1:
            last = self._parts.pop()
            self._parts.append(joined(self._parts.pop(), last))
        (part,), unit = self._parts, self._kind[0] if self._kind is not None else ""
        if part.grams is None:
            return Features(part.forms.counts, part.forms.df, self.n_docs, None, part, unit)
        counted = np.flatnonzero(part.grams.tally[0])
        counts, df = part.grams.tally[:, counted]
        return Features(counts, df, self.n_docs, None, part, unit)

    def _push(self, part: Part) -> None:
        self.n_docs += part.n_docs
        self._parts.append(part)
        while len(self._parts) > 1 and len(self._parts[-2]) <= 2 * len(self._parts[-1]):
            last = self._parts.pop()
            self._parts.append(joined(self._parts.pop(), last))

    def _spell_out(self) -> None:
        """Go on with the names of the features, which suit any kind of them."""
        slow, self._slow = self._slow, {}
        if self._parts:
            counts, df, _, _, part, unit = self.features()
            lexicon = Features(counts, df, 0, None, part, unit).lexicon(None)
            assert lexicon is not None
            sums = zip(counts.tolist(), df.tolist(), strict=True)
            _pour(dict(zip(lexicon.names().to_pylist(), sums, strict=True)), slow)
        self._parts, self._slow = [], slow


def _counted(documents: Any, analyze: Any) -> tuple[_Seen, int]:
    """Count the features of documents by their names; also say how many documents there were."""
    counts: Counter[Any] = Counter()
    df: Counter[Any] = Counter()
    n_docs = 0
    for document in documents:
        bag = Counter(analyze(document))
        counts.update(bag)
        df.update(bag.keys())
        n_docs += 1
    return {term: (count, df[term]) for term, count in counts.items()}, n_docs


def _pour(seen: _Seen, into: _Seen) -> None:
    for term, (count, df) in seen.items():
        before = into.get(term, (0, 0))
        into[term] = before[0] + count, before[1] + df


class GrowingKnown:
    """Document frequencies of features that were given, over the pieces so far."""

    def __init__(self) -> None:
        self._n_docs = 0
        self._df: NDArray[np.int64] | int = 0

    def add(self, vectorizer: Any, raw_documents: Any) -> None:
        """Count more documents.

        Parameters
        ----------
        vectorizer : CountVectorizer
            How to count.
        raw_documents : iterable
            The next documents; read in pieces.
        """
        for piece in in_pieces(raw_documents):
            matrix = vectorizer._count_known(piece)
            self._n_docs += matrix.shape[0]
            self._df = self._df + np.bincount(matrix.indices, minlength=matrix.shape[1])

    def features(self) -> Features:
        """List what was seen so far.

        Returns
        -------
        Features
            Only the document frequencies, in the order of the columns.
        """
        df = np.asarray(self._df, np.int64)
        return Features(df, df, self._n_docs, None, None, "")
