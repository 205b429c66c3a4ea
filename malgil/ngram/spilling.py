"""Counting a corpus larger than memory: part by part, sorted runs on the disk, and one merge of all runs."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import NamedTuple

import numpy as np

from malgil.engine import n_workers
from malgil.errors import MalgilError, StorageError
from malgil.ngram.counting import Counts, count, merge_counts
from malgil.ngram.merging import merge_sorted_runs
from malgil.ngram.parts import read_parts
from malgil.ngram.runs import SortedRun
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.runs import Run, empty_run, merge

_PER_TOKEN, _PER_TOKEN_AND_ORDER = 16, 24  # bytes that `count` takes at most for each token of a part
_PER_NODE = 128  # bytes that merging takes at most for each n-gram that a worker has in hand
_MOST = 1 << 30  # tokens of a part, and n-grams in hand: what 32-bit numbers can count, with room to spare


class Plan(NamedTuple):
    """How a corpus is to be counted.

    Parameters
    ----------
    order : int
        Longest n-gram, >= 1.
    memory : int
        Bytes that counting may take beside the distinct words and n-grams that it ends with.
    skip_symbols : bool
        As in `malgil.ngram.sequence.read_sequence`.
    n_jobs : int or None
        Threads, all cores by ``None``.
    """

    order: int
    memory: int
    skip_symbols: bool = False
    n_jobs: int | None = None


def count_in_parts(texts: object, tokenizer: Tokenizer, plan: Plan) -> Counts:
    """Count the n-grams of a corpus of any size.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        One sentence a document; a `Corpus` is read block by block.
    tokenizer : Tokenizer
        How to cut texts.
    plan : Plan
        Order and memory.

    Returns
    -------
    Counts
        The same, byte for byte, as `malgil.ngram.counting.count` gives for the whole corpus at once.

    Raises
    ------
    StorageError
        If the temporary folder cannot be written; nothing is left behind in it.
    DataError
        As `malgil.ngram.sequence.read_sequence`, and if there are more than 2^31 distinct n-grams.

    Notes
    -----
    A part is as large as the memory allows. Its n-grams go, sorted, into a run on the disk. When all parts are read,
    the words of all runs get their final numbers; then ranges of bigrams, with all that begins with them, are merged
    one after another, each from the slices that the runs have of it. A corpus that is one part is never on the disk.
    The folder is that of `tempfile.gettempdir`, which TMPDIR sets.
    """
    size = min(_MOST, plan.memory // (_PER_TOKEN + _PER_TOKEN_AND_ORDER * plan.order))
    parts = read_parts(texts, tokenizer, size, skip_symbols=plan.skip_symbols, n_jobs=plan.n_jobs)
    counted = ((count(sequence, plan.order, plan.n_jobs), is_last) for sequence, is_last in parts)
    if plan.order == 1:  # nothing but words, which are in memory at any rate
        return reduce(merge_counts, (counts for counts, _ in counted))
    words, runs = empty_run(), list[SortedRun]()
    with _temporary_folder() as folder:
        for counts, is_last in counted:
            if is_last and not runs:
                return counts
            words = _compact(merge(words, counts.run)[0])
            with _told(folder):
                runs.append(SortedRun(folder / str(len(runs)), counts))
            del counts  # not in memory beside the next
        n_nodes = min(_MOST, max(1, plan.memory // (_PER_NODE * n_workers(plan.n_jobs))))
        with _told(folder):
            return merge_sorted_runs(words, runs, folder, n_nodes=n_nodes, n_jobs=plan.n_jobs)


def _compact(run: Run) -> Run:
    """Drop words of forms that no place leads to: merging leaves a shared form's words there twice."""
    n_words = np.maximum(1, (run.lengths + 7) >> 3)
    if 2 * int(n_words.sum()) > len(run.words):
        return run
    places = np.append(0, np.cumsum(n_words, dtype=np.int64))
    taken = np.arange(places[-1]) + np.repeat(run.places - places[:-1], n_words)
    return Run(run.words[taken], places[:-1], run.lengths, run.counts, run.df)


@contextlib.contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Make a folder that is gone afterwards, whatever happens."""
    with contextlib.ExitStack() as stack:
        with _told(tempfile.gettempdir()):
            name = stack.enter_context(tempfile.TemporaryDirectory(prefix="malgil-"))
        yield Path(name)


@contextlib.contextmanager
def _told(folder: str | Path) -> Iterator[None]:
    """Say in one sentence that the system refuses to write."""
    try:
        yield
    except OSError as error:
        if isinstance(error, MalgilError):  # it has its sentence already
            raise
        raise StorageError("ngram.no_room", folder=folder, reason=error.strerror or error) from error
