"""Merging sorted runs of n-grams: range after range, each from the slices that the runs have of it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.ngram.counting import Counts, Trie, check_size
from malgil.ngram.runs import SortedRun
from malgil.ngram.sequence import N_SPECIALS
from malgil.tokenizers.runs import Run, merge

_LOW = (1 << 32) - 1


class _Level(NamedTuple):
    """Merged n-grams of one order in one range."""

    parents: NDArray[np.int64]  # n-grams without the last word: words of the corpus, or places in the level above
    labels: NDArray[np.int32]
    counts: NDArray[np.int64]


def merge_sorted_runs(
    words: Run, runs: list[SortedRun], folder: Path, *, n_nodes: int, n_jobs: int | None = None
) -> Counts:
    """Merge what was counted in all parts of a corpus.

    Parameters
    ----------
    words : Run
        All words of the corpus.
    runs : list of SortedRun
        The parts, in their order; at least one. Their words get the numbers of the corpus.
    folder : Path
        For the merged n-grams, until all are known.
    n_nodes : int
        About how many n-grams of the runs a range has; a bigram and all that begins with it are never parted.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    Counts
        As if all parts had been counted at once.

    Raises
    ------
    OSError
        If a file cannot be written.
    DataError
        If there are more than 2^31 distinct n-grams.
    """
    occurrences, arrival = _renumber(words, runs)
    heads, labels = _cuts(runs, n_nodes)
    # for each run the nodes, of every order, at which the ranges begin and end
    borders = [np.vstack([run.base[1:-1], run.borders(heads, labels), run.base[2:]]) for run in runs]

    def merge_range(at: int) -> list[_Level]:
        return _merge_range(runs, [nodes[at : at + 2] for nodes in borders])

    n_levels = len(runs[0].base) - 2
    out, children = _Files(folder, n_levels), np.zeros(len(occurrences), np.int32)
    with out:
        for levels in map_blocks(merge_range, range(len(heads) + 1), n_jobs):
            words_in_range, n_bigrams = np.unique(levels[0].parents, return_counts=True)
            children[words_in_range] += n_bigrams.astype(np.int32)
            out.append(levels)
    trie, counts = out.load(occurrences, children)
    sums = sum(run.n_sentences for run in runs), sum(run.n_tokens for run in runs)
    return Counts(words, trie, counts, arrival, *sums)


def _renumber(words: Run, runs: list[SortedRun]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give equal words of all runs one number; also find occurrences and arrival of each word of the corpus."""
    occurrences = np.zeros(len(words) + N_SPECIALS, np.int64)
    arrival = np.full(len(occurrences), -1, np.int64)
    shift = 0
    for run in runs:
        to = merge(words, run.words())[2]
        run.renumber(to)
        numbers = np.append(np.arange(N_SPECIALS, dtype=np.int32), to + np.int32(N_SPECIALS))
        counts, own = run.read_words()
        occurrences[numbers] += counts
        is_new = (own >= 0) & (arrival[numbers] < 0)
        arrival[numbers[is_new]] = own[is_new] + shift
        shift += run.n_tokens + 2 * run.n_sentences
    return occurrences, arrival


def _cuts(runs: list[SortedRun], n_nodes: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Choose the bigrams at which ranges of about the same number of n-grams begin."""
    keys = np.concatenate([_key(run.sample_heads, run.sample_labels) for run in runs])
    weights = np.concatenate([run.sample_weights for run in runs])
    order = np.argsort(keys, kind="stable")
    before = np.cumsum(weights[order])
    at = np.searchsorted(before, np.arange(n_nodes, before[-1], n_nodes))
    cuts = np.unique(keys[order[at]])
    return (cuts >> 32).astype(np.int32), (cuts & _LOW).astype(np.int32)


def _key(parents: NDArray[np.int32], labels: NDArray[np.int32]) -> NDArray[np.int64]:
    keys = parents.astype(np.int64)
    keys <<= 32
    keys |= labels
    return keys


def _merge_range(runs: list[SortedRun], borders: list[NDArray[np.int64]]) -> list[_Level]:
    """Merge the n-grams of one range, order by order; every run has its nodes between two rows of borders."""
    from malgil.ngram._merge_kernels import merge_runs

    parents = [run.read_heads(*nodes[:, 0].tolist()) for run, nodes in zip(runs, borders, strict=True)]
    levels: list[_Level] = []
    for level in range(borders[0].shape[1]):
        slices = [nodes[:, level].tolist() for nodes in borders]
        read = [run.read_level(*nodes) for run, nodes in zip(runs, slices, strict=True)]
        keys = np.concatenate([_key(above, labels) for above, (labels, _) in zip(parents, read, strict=True)])
        ends = np.cumsum([0, *(len(above) for above in parents)])
        merged, sums, to = np.empty_like(keys), np.empty_like(keys), np.empty(len(keys), np.int32)
        n = merge_runs(keys, np.concatenate([counts for _, counts in read]), ends, merged, sums, to)
        levels.append(_Level(merged[:n] >> 32, (merged[:n] & _LOW).astype(np.int32), sums[:n].copy()))
        if level + 1 < borders[0].shape[1]:
            followers = [run.read_children(*nodes) for run, nodes in zip(runs, slices, strict=True)]
            own = [to[begin:end] for begin, end in pairwise(ends.tolist())]
            parents = [np.repeat(above, many) for above, many in zip(own, followers, strict=True)]
    return levels


class _Files:
    """Merged levels, written range after range and read at once: only then is known how many n-grams there are."""

    def __init__(self, folder: Path, n_levels: int) -> None:
        self._paths = [[folder / f"{name}-{n}" for name in ("labels", "counts", "children")] for n in range(n_levels)]
        self._files: list[list[IO[bytes]]] = []

    def __enter__(self) -> None:
        self._files = [[path.open("wb") for path in paths] for paths in self._paths]

    def __exit__(self, *error: object) -> None:
        for files in self._files:
            for file in files:
                file.close()

    def append(self, levels: list[_Level]) -> None:
        """Write one range."""
        for (labels, counts, _), level in zip(self._files, levels, strict=True):
            labels.write(level.labels.data)
            counts.write(level.counts.data)
        for (_, _, children), (above, level) in zip(self._files, pairwise(levels), strict=False):
            many = np.bincount(level.parents, minlength=len(above.labels))
            children.write(many.astype(np.int32).data)

    def load(self, occurrences: NDArray[np.int64], children: NDArray[np.int32]) -> tuple[Trie, NDArray[np.int64]]:
        """Read all levels behind the words, whose occurrences and numbers of children are known."""
        sizes = [len(children), *(paths[0].stat().st_size // 4 for paths in self._paths)]
        base = np.append(0, np.cumsum(sizes, dtype=np.int64))
        check_size(int(base[-1]))
        labels, counts = np.empty(base[-1], np.int32), np.empty(base[-1], np.int64)
        first = np.empty(base[-2] + 1, np.int32)
        labels[: base[1]] = np.arange(base[1])
        counts[: base[1]] = occurrences
        first[0], first[1 : base[1] + 1] = base[1], children
        for paths, (begin, end) in zip(self._paths, pairwise(base[1:].tolist()), strict=True):
            _fill(labels[begin:end], paths[0])
            _fill(counts[begin:end], paths[1])
            _fill(first[begin + 1 : end + 1], paths[2])
        np.cumsum(first, dtype=np.int32, out=first)
        return Trie(labels, first, base), counts


def _fill(array: NDArray[Any], path: Path) -> None:
    """Read a file into an array; the highest order has no children, and no room for them."""
    if len(array):
        with path.open("rb") as file:
            file.readinto(array.data.cast("B"))
