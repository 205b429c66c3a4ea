"""Steps run one after the other on a block, with one map from the last text back to the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.clean.scanned import ScannedStep, need_any
from malgil.clean.steps import Counting, Step
from malgil.codepoints import CodePoints
from malgil.edits import Edit, OffsetMap, edit_texts


def run_steps(
    texts: pa.LargeStringArray, steps: Iterable[tuple[str, Step]]
) -> tuple[pa.LargeStringArray, OffsetMap, dict[str, int], dict[str, int]]:
    """Run steps, in order, each on the texts that need it by then.

    Parameters
    ----------
    texts : pa.LargeStringArray
        The block, no nulls.
    steps : iterable of (str, Step)
        Name and step. Neighbours that one scan finds share it.

    Returns
    -------
    texts : pa.LargeStringArray
        After all steps.
    offsets : OffsetMap
        Back to the texts before the first.
    counts : dict of str to int
        Step -> texts that it changed.
    found : dict of str to int
        ``"step.kind"`` -> things found, of the steps that count.
    """
    offsets: OffsetMap | None = None
    counts: dict[str, int] = {}
    found: Counter[str] = Counter()
    for is_scanned, group in groupby(steps, lambda item: isinstance(item[1], ScannedStep)):
        for members in [list(group)] if is_scanned else [[item] for item in group]:
            needed = _needs([step for _, step in members], texts)
            functions = {name: _applying(name, step, found) for name, step in members}
            edited = edit_texts(texts, np.flatnonzero(needed), functions)
            texts = edited.texts
            offsets = edited.offsets if offsets is None else join_maps(offsets, edited.offsets)
            counts |= edited.counts
    if offsets is None:
        offsets = edit_texts(texts, np.zeros(0, np.int64), {}).offsets
    return texts, offsets, counts, dict(found)


def _needs(steps: list[Step], texts: pa.LargeStringArray) -> NDArray[np.bool_]:
    scanned = [step for step in steps if isinstance(step, ScannedStep)]
    return need_any(texts, scanned) if scanned else steps[0].needs(texts)


def _applying(name: str, step: Step, found: Counter[str]) -> Callable[[CodePoints], Edit | None]:
    return partial(_apply_and_count, name, step, found) if isinstance(step, Counting) else step.apply


def _apply_and_count(name: str, step: Step, found: Counter[str], before: CodePoints) -> Edit | None:
    if isinstance(step, Counting):
        found.update({f"{name}.{kind}": n for kind, n in step.count(before).items() if n})
    return step.apply(before)


def join_maps(first: OffsetMap, second: OffsetMap) -> OffsetMap:
    """Make one map of two that follow each other.

    Parameters
    ----------
    first : OffsetMap
        From the texts in the middle to the raw texts.
    second : OffsetMap
        From the last texts to those in the middle.

    Returns
    -------
    OffsetMap
        From the last texts to the raw texts.
    """
    if not len(second.rows) or not len(first.rows):
        return first if not len(second.rows) else second
    rows = np.union1d(first.rows, second.rows)
    by_second, only_first = np.isin(rows, second.rows), ~np.isin(first.rows, second.rows)
    lengths = np.zeros(len(rows), np.int64)
    lengths[by_second], lengths[~by_second] = np.diff(second.indptr), np.diff(first.indptr)[only_first]
    slot = np.minimum(np.searchsorted(first.rows, second.rows), len(first.rows) - 1)
    is_in_both = first.rows[slot] == second.rows
    n_points = np.diff(second.indptr)
    base, mapped = np.repeat(first.indptr[slot], n_points), np.repeat(is_in_both, n_points)
    from_second = np.repeat(by_second, lengths)
    from_first = np.repeat(only_first, np.diff(first.indptr))
    start, end = np.empty(len(from_second), np.int32), np.empty(len(from_second), np.int32)
    start[from_second], end[from_second] = second.start, second.end
    start[~from_second], end[~from_second] = first.start[from_first], first.end[from_first]
    at = np.flatnonzero(from_second)[mapped]
    start[at] = first.start[base[mapped] + second.start[mapped]]
    end[at] = first.end[base[mapped] + second.end[mapped] - 1]
    return OffsetMap(first.n_rows, rows, np.append(0, np.cumsum(lengths)), start, end)
