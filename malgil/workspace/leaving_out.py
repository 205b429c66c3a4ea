"""Leave documents out of a workspace by the drop rules of its recipe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import xxhash
from numpy.typing import NDArray

from malgil.clean import REASONS, Cleaner, Dropped
from malgil.corpus import Corpus
from malgil.engine import Progress
from malgil.workspace.recipe import CleanTable


class LeftOut(NamedTuple):
    """Documents of the source that are not in the workspace.

    Parameters
    ----------
    ids : pa.LargeStringArray
        Their ids, in the order of the source.
    reason : ndarray of int8, shape (n,)
        Places in `malgil.clean.REASONS`.
    same_as : pa.LargeStringArray
        For a duplicate the id of the document that stays in its place; empty for all others.
    counts : dict of str to int
        Reason -> documents.
    """

    ids: pa.LargeStringArray
    reason: NDArray[np.int8]
    same_as: pa.LargeStringArray
    counts: dict[str, int]

    def rows(self) -> list[dict[str, str]]:
        """List the documents.

        Returns
        -------
        list of dict
            ``id``, ``reason``, and ``same_as`` of a duplicate.
        """
        listed = zip(self.ids.to_pylist(), self.reason.tolist(), self.same_as.to_pylist(), strict=True)
        return [
            {"id": id, "reason": REASONS[reason]} | ({"same_as": twin} if twin else {}) for id, reason, twin in listed
        ]


def has_rules(table: CleanTable) -> bool:
    """Tell whether a recipe leaves anything out.

    Parameters
    ----------
    table : CleanTable
        Its ``[clean]``.

    Returns
    -------
    bool
        True where the corpus of the workspace may be smaller than the source.
    """
    return Cleaner(table.recipe).drops


def mark_rules(digest: str, table: CleanTable) -> str:
    """Fingerprint of a source from which documents are left out.

    Parameters
    ----------
    digest : str
        Of the source.
    table : CleanTable
        ``[clean]`` of the recipe.

    Returns
    -------
    str
        Changes with the source, the steps and the rules.
    """
    return xxhash.xxh3_128_hexdigest(json.dumps([digest, table.recipe], ensure_ascii=False).encode())


def leave_out(source: Corpus, table: CleanTable, n_jobs: int | None, progress: Progress) -> tuple[Corpus, LeftOut]:
    """Judge a source by the drop rules.

    Parameters
    ----------
    source : Corpus
        Read block by block, twice and more.
    table : CleanTable
        ``[clean]`` of the recipe.
    n_jobs : int, optional
        Number of threads; the result does not depend on it.
    progress : Progress
        Told that it is done.

    Returns
    -------
    kept : Corpus
        The documents that stay.
    left_out : LeftOut
        The others.
    """
    progress.start("clean", None)
    dropped = Cleaner(table.recipe).fit(source, n_jobs=n_jobs).dropped(source, n_jobs)
    blocks = [block.column("id") for block in source.blocks()]
    ids = pa.concat_arrays(blocks) if blocks else pa.array([], pa.large_string())
    rows = np.flatnonzero(~dropped.is_kept)
    twin = dropped.twin[rows]
    same_as = ids.take(pa.array(twin, mask=twin < 0)).fill_null("")
    left_out = LeftOut(ids.take(pa.array(rows)), dropped.reason[rows], same_as, dropped.counts)
    progress.done()
    return Corpus(lambda: _kept(source, dropped), source.schema, len(dropped.kept), source.facts), left_out


def _kept(source: Corpus, dropped: Dropped) -> Iterator[pa.RecordBatch]:
    first = 0
    for block in source.blocks():
        yield block.filter(pa.array(dropped.is_kept[first : first + block.num_rows]))
        first += block.num_rows
