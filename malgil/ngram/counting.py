"""Counts of all n-grams of a corpus: partial (count), merge, and what Kneser-Ney needs beside them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.ngram.sequence import N_SPECIALS, Sequence
from malgil.tokenizers.runs import Run, merge

_BLOCK = 1 << 19  # positions or nodes that one worker takes at a time


class Trie(NamedTuple):
    """All n-grams up to some order, level after level; in a level sorted by their words.

    Parameters
    ----------
    labels : ndarray of int32, shape (n_nodes,)
        Last word of each n-gram. The first nodes are the words themselves.
    first : ndarray of int32, shape (n_inner + 1,)
        Children of node ``v``, its n-gram with one word more, are ``first[v]`` to ``first[v + 1]``; their last words
        rise. The n-grams of the highest order have none and stand behind all others.
    base : ndarray of int64, shape (order + 1,)
        The n-grams of order ``n`` are ``base[n - 1]`` to ``base[n]``.
    """

    labels: NDArray[np.int32]
    first: NDArray[np.int32]
    base: NDArray[np.int64]

    @property
    def order(self) -> int:
        """Longest n-gram."""
        return len(self.base) - 1

    @property
    def n_words(self) -> int:
        """Words, ``<unk>``, ``<s>`` and ``</s>`` among them."""
        return int(self.base[1])

    def level(self, n: int) -> slice:
        """Nodes of one order.

        Parameters
        ----------
        n : int
            From 1 to `order`.

        Returns
        -------
        slice
            Of the arrays that have a value for each node.
        """
        return slice(int(self.base[n - 1]), int(self.base[n]))


@dataclass(frozen=True, eq=False)
class Counts:
    """What was counted in some texts, before anything is smoothed.

    Parameters
    ----------
    run : Run
        The words by their bytes; word ``i`` of the run has the id ``i + 3``.
    trie : Trie
        All n-grams.
    counts : ndarray of int64, shape (n_nodes,)
        Occurrences.
    arrival : ndarray of int64, shape (n_words,)
        Where each word stood first among all tokens; only the order counts.
    n_sentences : int
        Documents.
    n_tokens : int
        Words, without ``<s>`` and ``</s>``.
    """

    run: Run
    trie: Trie
    counts: NDArray[np.int64]
    arrival: NDArray[np.int64]
    n_sentences: int
    n_tokens: int


def count(sequence: Sequence, order: int, n_jobs: int | None = None) -> Counts:
    """Count the n-grams of some texts: a partial result.

    Parameters
    ----------
    sequence : Sequence
        The encoded texts.
    order : int
        Longest n-gram, >= 1.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    Counts
        Of these texts.

    Raises
    ------
    DataError
        If there are more than 2^31 tokens or n-grams.
    """
    from malgil.ngram._count_kernels import sort_words

    ids, n_words = sequence.ids, len(sequence.run) + N_SPECIALS
    check_size(len(ids))
    starts, places = np.empty(n_words + 1, np.int32), np.empty(len(ids), np.int32)
    sort_words(ids, starts, places)
    arrival = np.full(n_words, -1, np.int64)
    seen = starts[1:] > starts[:-1]
    arrival[seen] = places[starts[:-1][seen]]
    labels, firsts, counts = [np.arange(n_words, dtype=np.int32)], [], [np.diff(starts)]
    begins, ends = starts[:-1], starts[1:]
    for depth in range(1, order):
        children, label, begin = _split(ids, depth, begins, ends, labels[-1], places, n_jobs)
        end = _ends(children, begin, ends)
        firsts.append(children)
        labels.append(label)
        counts.append(end - begin)
        begins, ends = begin, end
    trie = assemble(labels, firsts)
    occurrences = np.concatenate(counts).astype(np.int64)
    n_tokens = len(ids) - 2 * sequence.n_sentences
    return Counts(sequence.run, trie, occurrences, arrival, sequence.n_sentences, n_tokens)


def merge_counts(one: Counts, other: Counts) -> Counts:
    """Merge what was counted in two successive parts of a corpus.

    Parameters
    ----------
    one, other : Counts
        Of the same order.

    Returns
    -------
    Counts
        As if both had been counted at once.
    """
    run, *to = merge(one.run, other.run)
    n_words = len(run) + N_SPECIALS
    renumber = [np.append(np.arange(N_SPECIALS, dtype=np.int32), places + np.int32(N_SPECIALS)) for places in to]
    trie, nodes = _merge_tries((one.trie, other.trie), renumber, n_words)
    counts = np.zeros(len(trie.labels), np.int64)
    for part, source in zip((one, other), nodes, strict=True):
        has = source >= 0
        counts[has] += part.counts[source[has]]
    arrival = np.full(n_words, -1, np.int64)
    shift = one.n_tokens + 2 * one.n_sentences
    arrival[renumber[1]] = np.where(other.arrival >= 0, other.arrival + shift, -1)
    arrival[renumber[0][one.arrival >= 0]] = one.arrival[one.arrival >= 0]
    sums = one.n_sentences + other.n_sentences, one.n_tokens + other.n_tokens
    return Counts(run, trie, counts, arrival, *sums)


def suffix_links(trie: Trie, n_jobs: int | None = None) -> NDArray[np.int32]:
    """Find every n-gram without its first word.

    Parameters
    ----------
    trie : Trie
        All n-grams.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    ndarray of int32, shape (n_nodes,)
        Its node; -1 for single words, and where the trie does not have it.
    """
    from malgil.ngram._count_kernels import link_suffixes

    suffixes = np.full(len(trie.labels), -1, np.int32)
    if trie.order > 1:
        suffixes[trie.level(2)] = trie.labels[trie.level(2)]
    for n in range(2, trie.order):
        blocks = spans(*trie.base[n - 1 : n + 1].tolist())
        for _ in map_blocks(lambda b: link_suffixes(trie.labels, trie.first, *b, suffixes), blocks, n_jobs):
            pass
    return suffixes


def continuation_counts(counts: Counts, suffixes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Adjust counts as Kneser and Ney do: below the highest order, how many different words stand before an n-gram.

    Parameters
    ----------
    counts : Counts
        Occurrences.
    suffixes : ndarray of int32, shape (n_nodes,)
        From `suffix_links`.

    Returns
    -------
    ndarray of int64, shape (n_nodes,)
        Occurrences for the highest order and for whatever begins with ``<s>``, before which nothing stands; the word
        ``<s>`` itself has 0, since it is never predicted.

    References
    ----------
    .. [1] Chen, Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling", TR-10-98, 1998, eq. 24.
    """
    from malgil.ngram._count_kernels import count_continuations

    trie = counts.trie
    adjusted = np.zeros(len(trie.labels), np.int64)
    begin, end = 1, 2  # what begins with <s>, level by level
    for n in range(1, trie.order):
        if n > 1:
            begin, end = int(trie.first[begin]), int(trie.first[end])
        low, high = trie.base[n : n + 2].tolist()
        count_continuations(suffixes, low, high, adjusted)
        adjusted[begin:end] = counts.counts[begin:end]
    adjusted[trie.level(trie.order)] = counts.counts[trie.level(trie.order)]
    adjusted[1] = 0
    return adjusted


def spans(low: int, high: int) -> list[tuple[int, int]]:
    """Cut a range into blocks of a fixed size.

    Parameters
    ----------
    low, high : int
        The range.

    Returns
    -------
    list of (int, int)
        The blocks in order; none of an empty range.
    """
    borders = [*range(low, high, _BLOCK), high]
    return list(pairwise(borders))


def assemble(labels: list[NDArray[np.int32]], children: list[NDArray[np.int32]]) -> Trie:
    """Lay the levels of a trie end to end.

    Parameters
    ----------
    labels : list of ndarray of int32
        Last words of each level's n-grams.
    children : list of ndarray of int32
        Number of children of each n-gram, of all levels but the last.

    Returns
    -------
    Trie
        One numbering over all levels.
    """
    base = np.append(0, np.cumsum([len(level) for level in labels], dtype=np.int64))
    check_size(int(base[-1]))
    first = np.full(int(base[-2]) + 1, base[1] if len(labels) > 1 else base[-1], np.int32)
    if children:
        first[1:] += np.cumsum(np.concatenate(children), dtype=np.int64).astype(np.int32)
    return Trie(np.concatenate(labels), first, base)


def check_size(n: int) -> None:
    """Refuse more tokens or n-grams than 32-bit numbers can count.

    Parameters
    ----------
    n : int
        How many there are.

    Raises
    ------
    DataError
        If they are 2^31 - 1 or more.
    """
    if n >= np.iinfo(np.int32).max:
        raise DataError("ngram.too_large", n=n)


def _split(
    ids: NDArray[np.int32],
    depth: int,
    begins: NDArray[np.int32],
    ends: NDArray[np.int32],
    labels: NDArray[np.int32],
    places: NDArray[np.int32],
    n_jobs: int | None,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Sort all groups one word deeper, blocks of about the same number of positions side by side."""
    from malgil.ngram._count_kernels import split_groups

    reached = np.maximum.accumulate(ends) if len(ends) else ends
    cuts = np.searchsorted(reached, np.arange(_BLOCK, len(places), _BLOCK), side="left") + 1
    borders = np.unique(np.concatenate([[0], cuts, [len(begins)]])).clip(0, len(begins))
    children = np.empty(len(begins), np.int32)

    def split(block: tuple[int, int]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        part = slice(*block)
        most = int((ends[part] - begins[part]).sum(dtype=np.int64))
        label, begin = np.empty(most, np.int32), np.empty(most, np.int32)
        groups = begins[part], ends[part], labels[part], places, children[part]
        n = split_groups(ids, depth, *groups, label, begin)
        return label[:n].copy(), begin[:n].copy()

    parts = list(map_blocks(split, pairwise(borders.tolist()), n_jobs))
    none = [np.zeros(0, np.int32)]
    return children, np.concatenate([p[0] for p in parts] + none), np.concatenate([p[1] for p in parts] + none)


def _ends(children: NDArray[np.int32], begins: NDArray[np.int32], parent_ends: NDArray[np.int32]) -> NDArray[np.int32]:
    """Find the ends of the children's positions: where the next child begins, or where the parent's end."""
    ends = np.empty_like(begins)
    if len(begins):
        ends[:-1] = begins[1:]
        has = children > 0
        ends[np.cumsum(children)[has] - 1] = parent_ends[has]
    return ends


def _merge_tries(
    tries: tuple[Trie, Trie], renumber: list[NDArray[np.int32]], n_words: int
) -> tuple[Trie, list[NDArray[np.int32]]]:
    """Merge two tries whose words get new numbers; also the node of either trie for each merged one, -1 for none."""
    from malgil.ngram._count_kernels import merge_level

    renamed = [new[trie.labels] for trie, new in zip(tries, renumber, strict=True)]
    nodes = []
    for trie, new in zip(tries, renumber, strict=True):
        here = np.full(n_words, -1, np.int32)
        here[new] = np.arange(trie.n_words, dtype=np.int32)
        nodes.append([here])
    labels, children = [np.arange(n_words, dtype=np.int32)], []
    for n in range(2, tries[0].order + 1):
        most = sum(level.stop - level.start for level in (trie.level(n) for trie in tries))
        sources = np.empty(most, np.int32), np.empty(most, np.int32)
        followers = np.empty(len(labels[-1]), np.int32)
        firsts = tries[0].first, tries[1].first
        inputs: Any = nodes[0][-1], nodes[1][-1], *firsts, *renamed
        size = merge_level(*inputs, followers, *sources)  # type: ignore[call-arg]
        label = np.empty(size, np.int32)
        for side in (0, 1):
            source = sources[side][:size]
            label[source >= 0] = renamed[side][source[source >= 0]]
            nodes[side].append(source)
        labels.append(label)
        children.append(followers)
    return assemble(labels, children), [np.concatenate(side) for side in nodes]
