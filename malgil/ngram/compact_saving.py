"""A compact model on disk: its arrays as they are, opened by memory map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from malgil.errors import ArtefactError
from malgil.ngram.compact import Compact
from malgil.ngram.model import MOST
from malgil.ngram.packing import Packed
from malgil.ngram.saving import KIND, is_hash_table
from malgil.ngram.sequence import N_SPECIALS
from malgil.ngram.words import Words
from malgil.store import Artefact, Writer


def save_compact(model: Compact, path: str | Path, params: dict[str, Any]) -> None:
    """Write a compact model.

    Parameters
    ----------
    model : Compact
        The model.
    path : str or Path
        The folder.
    params : dict
        Hyper-parameters to keep beside it, as JSON.
    """
    with Writer(path, KIND) as writer:
        writer.meta = {"params": params, "compact": {"seed": model.words.seed}}
        writer.strings("words", model.words.strings)
        for name, array in ({"cells": model.words.cells} | model.packed._asdict()).items():
            writer.array(name, array)


def open_compact(artefact: Artefact) -> tuple[Compact, dict[str, Any]]:
    """Open a saved compact model.

    Parameters
    ----------
    artefact : Artefact
        As `malgil.store.open_artefact` opened it.

    Returns
    -------
    model : Compact
        Nothing of it is in memory yet.
    params : dict
        The hyper-parameters that were kept beside it.

    Raises
    ------
    ArtefactError
        If it is damaged.
    """
    try:
        words = Words(artefact.strings("words"), np.asarray(artefact["cells"]), int(artefact.meta["compact"]["seed"]))
        packed = Packed(*(np.asarray(artefact[name]) for name in Packed._fields))
        params = {name: tuple(v) if isinstance(v, list) else v for name, v in artefact.meta["params"].items()}
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ArtefactError):
            raise
        raise ArtefactError("ngram.damaged", path=artefact.path, reason=error) from error
    is_table = words.cells.ndim == 1 and words.cells.dtype == np.uint64 and is_hash_table(words.cells, len(words))
    if not is_table or not _fits(packed, len(words)):
        raise ArtefactError("ngram.damaged", path=artefact.path, reason="fields" if is_table else "words")
    return Compact(words, packed), params


def _fits(packed: Packed, n_words: int) -> bool:
    """Tell whether every row of numbers lies inside its array; kernels trust none of the numbers themselves."""
    from malgil.ngram._compact_kernels import N_FIELDS, N_NODES

    fields = packed.fields
    types = [array.dtype for array in packed] == [np.uint64, np.int64, np.int64, np.float32]
    if not types or [array.ndim for array in packed] != [1, 2, 1, 1] or fields.shape[1] != N_FIELDS:
        return False
    if not 1 <= len(fields) <= MOST or n_words < N_SPECIALS or int(fields[0, N_NODES]) != n_words:
        return False
    return all(_order_fits(packed, n) for n in range(len(fields)))


def _order_fits(packed: Packed, n: int) -> bool:
    from malgil.ngram._compact_kernels import BACKOFF, FIRST, HIGH, LABEL, N_HIGHS, N_NODES, PROB

    field, is_last = packed.fields[n].tolist(), n == len(packed.fields) - 1
    size = field[N_NODES]
    rows = {LABEL: size if n else 0, PROB: size}
    spans = [(field[PROB + 2], field[PROB + 3], len(packed.values))]
    if not is_last:
        rows |= {FIRST: size + 1, BACKOFF: size}
        spans.append((field[BACKOFF + 2], field[BACKOFF + 3], len(packed.values)))
        if min(field[HIGH], field[N_HIGHS]) < 0 or field[HIGH] + field[N_HIGHS] > len(packed.highs):
            return False
    most = 64 * (len(packed.bits) - 1)
    for column, many in rows.items():
        begin, width = field[column : column + 2]
        if many < 0 or begin < 0 or not 0 <= width <= 57 or begin + width * many > most:
            return False
    # without values of their own (-1) the bits of a row are the values, 32 of them
    return all(first == -1 or (first >= 0 < many and first + many <= length) for first, many, length in spans)
