"""A model on disk: arrays that open by memory map, parameters as JSON."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import ArtefactError
from malgil.ngram.counting import Trie, spans
from malgil.ngram.estimating import Table
from malgil.ngram.model import HEAD, MOST, Model
from malgil.ngram.sequence import N_SPECIALS
from malgil.ngram.smoothing import SMOOTHINGS
from malgil.ngram.words import Words
from malgil.store import Writer, open_artefact

KIND = "ngram"


def save_model(
    model: Model,
    path: str | Path,
    params: dict[str, Any],
    meta: dict[str, Any] | None = None,
    beside: Mapping[str, NDArray[Any]] | None = None,
) -> None:
    """Write a model.

    Parameters
    ----------
    model : Model
        The model.
    path : str or Path
        The folder.
    params : dict
        Hyper-parameters to keep beside it, as JSON.
    meta : dict, optional
        More JSON for the manifest, which `open_model` does not read.
    beside : mapping, optional
        More arrays, which `open_model` does not read.
    """
    table, words = model.table, model.words
    with Writer(path, KIND) as writer:
        facts = {"smoothing": model.smoothing, "seed": words.seed, "discounts": table.discounts}
        writer.meta = {"params": params, "model": facts, **(meta or {})}
        writer.strings("words", words.strings)
        arrays = {"cells": words.cells, **table.trie._asdict()}
        arrays |= {"log10_probs": table.log10_probs, "log10_backoffs": table.log10_backoffs}
        arrays |= {"counts": table.counts, "denominators": table.denominators}
        arrays |= {"by_prob": model.by_prob, "by_bridge": model.by_bridge, "links": model.links}
        arrays |= {"before": model.before[0], "before_first": model.before[1]}
        for name, array in (arrays | dict(beside or {})).items():
            writer.array(name, array)


def open_model(path: str | Path, *, verify: bool | None = None) -> tuple[Model, dict[str, Any]]:
    """Open a saved model by memory map.

    Parameters
    ----------
    path : str or Path
        The folder.
    verify : bool, optional
        Compare checksums, as in `malgil.store.open_artefact`. Whether the arrays fit together is always checked.

    Returns
    -------
    model : Model
        Nothing of it is in memory yet but what the checks have read.
    params : dict
        The hyper-parameters that were kept beside it.

    Raises
    ------
    ArtefactError
        If it is missing, damaged or of another kind.
    """
    artefact = open_artefact(path, KIND, verify=verify)

    def array(name: str) -> NDArray[Any]:
        return np.asarray(artefact[name])  # kernels take a plain array ten times as quickly as a memory map

    try:
        facts = artefact.meta["model"]
        strings = artefact.strings("words")
        words = Words(strings, array("cells"), int(facts["seed"]))
        trie = Trie(*(array(name) for name in Trie._fields))
        discounts = [[float(d) for d in row] for row in facts["discounts"]]
        logs = array("log10_probs"), array("log10_backoffs")
        table = Table(trie, *logs, array("counts"), array("denominators"), discounts)
        made = {name: array(name) for name in ("by_prob", "by_bridge", "before", "before_first", "links")}
        model = Model(words, table, str(facts["smoothing"]), made)
        params = {name: tuple(v) if isinstance(v, list) else v for name, v in artefact.meta["params"].items()}
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ArtefactError):
            raise
        raise ArtefactError("ngram.damaged", path=artefact.path, reason=error) from error
    for name, is_sound in _facts(model).items():
        if not is_sound:
            raise ArtefactError("ngram.damaged", path=path, reason=name)
    _let_go([*model.table.trie, *model.made.values()])
    return model, params


def _let_go(arrays: list[NDArray[Any]]) -> None:
    """Give the memory back that the checks have read: scoring needs none of it, and the files still hold it."""
    for array in arrays:
        mapped = getattr(array.base, "_mmap", None)
        if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
            mapped.madvise(mmap.MADV_DONTNEED)


def is_hash_table(cells: NDArray[np.uint64], n: int) -> bool:
    """Tell whether a hash table of words can be searched.

    Parameters
    ----------
    cells : ndarray of uint64
        The table.
    n : int
        Words.

    Returns
    -------
    bool
        Whether its length is a power of two, one of its cells is free (else a search would never end), and its words
        are below `n`.
    """
    if not 0 < len(cells) or len(cells) & (len(cells) - 1):
        return False
    mask = np.uint64(len(cells) - 1)
    blocks = [slice(*block) for block in spans(0, len(cells))]
    within = map_blocks(lambda block: int((cells[block] & mask).max()) < n, blocks)
    return all(within) and any(bool((cells[block] == 0).any()) for block in blocks)


def _facts(model: Model) -> dict[str, bool]:
    """Name what must hold of the arrays, from their types to the values that kernels use as places."""
    (labels, first, base), table, words = model.table.trie, model.table, model.words
    facts = {"types": _types_fit(model)}
    if not facts["types"] or not 2 <= len(base) <= MOST + 1:
        return {"types": False}
    n_words, n_nodes, n_inner = int(base[1]), int(base[-1]), int(base[-2])
    rises = int(base[0]) == 0 and bool((np.diff(base) >= 0).all())
    facts["levels"] = rises and n_nodes == len(labels) and len(first) == n_inner + 1 and n_words >= N_SPECIALS
    if not facts["levels"]:
        return facts
    facts["children"] = _children_fit(model)
    facts["labels"] = _within(labels, n_words) and bool((labels[:n_words] == np.arange(n_words)).all())
    facts["table"] = table.log10_probs.shape == (n_nodes,) and table.log10_backoffs.shape == (n_inner,)
    sizes = len(table.counts), len(table.denominators), len(table.discounts)
    has_counts = sizes == (n_nodes, n_inner + 1, len(base) - 1) and model.smoothing in SMOOTHINGS
    facts["counts"] = has_counts or sizes == (0, 0, 0)
    facts["words"] = len(words) == n_words and is_hash_table(words.cells, n_words)
    heads, starts = model.made["before"], model.made["before_first"]
    facts["orders"] = all(_within(model.made[name], n_words) for name in ("by_prob", "by_bridge", "before"))
    facts["links"] = _are_links(model.made["links"], len(base) - 1, n_words)
    facts["before"] = len(starts) == n_words + 1 and int(starts[0]) == 0 and int(starts[-1]) == len(heads)
    facts["before"] &= bool((starts[1:] >= starts[:-1]).all())
    return facts


def _types_fit(model: Model) -> bool:
    (labels, first, base), table, words, made = model.table.trie, model.table, model.words, model.made
    numbers = [labels, first, table.counts, *made.values()]
    floats = [table.log10_probs, table.log10_backoffs, table.denominators]
    is_flat = all(a.ndim == 1 for a in (*numbers, *floats, base, words.cells))
    fits = all(a.dtype == np.int32 for a in numbers) and all(a.dtype == np.float32 for a in floats)
    return is_flat and fits and base.dtype == np.int64 and words.cells.dtype == np.uint64


def _children_fit(model: Model) -> bool:
    _, first, base = model.table.trie
    order = len(base) - 1
    # the children of a level's first node are the first of the next level
    borders = [int(first[base[n - 1]]) == int(base[n]) for n in range(1, order)]

    def rises(block: tuple[int, int]) -> bool:
        part = first[block[0] : block[1] + 1]
        return bool((part[1:] >= part[:-1]).all())

    return all(borders) and int(first[-1]) == int(base[-1]) and all(map_blocks(rises, spans(0, len(first) - 1)))


def _within(array: NDArray[Any], n: int) -> bool:
    blocks = spans(0, len(array))
    lows = map_blocks(lambda b: int(array[slice(*b)].min()) >= 0 and int(array[slice(*b)].max()) < n, blocks)
    return all(lows)


def _are_links(links: NDArray[np.int32], order: int, n_words: int) -> bool:
    """Tell whether the head of the hash table fits its length; kernels trust nothing else in it."""
    if len(links) < HEAD or int(links[0]) != order:
        return False
    sizes = links[1 : order + 1].astype(np.int64)
    widths = np.array([2, *[4] * (order - 2), 3][:order])
    return bool(sizes[0] == n_words and (sizes > 0).all() and HEAD + int(sizes @ widths) == len(links))
