"""A model on disk: arrays that open by memory map, parameters as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import ArtefactError
from malgil.ngram.counting import Trie, spans
from malgil.ngram.estimating import Table
from malgil.ngram.model import MOST, Model
from malgil.ngram.sequence import N_SPECIALS
from malgil.ngram.smoothing import SMOOTHINGS
from malgil.ngram.words import Words
from malgil.store import Writer, open_artefact

KIND = "ngram"


def save_model(model: Model, path: str | Path, params: dict[str, Any]) -> None:
    """Write a model.

    Parameters
    ----------
    model : Model
        The model.
    path : str or Path
        The folder.
    params : dict
        Hyper-parameters to keep beside it, as JSON.
    """
    table, words = model.table, model.words
    with Writer(path, KIND) as writer:
        facts = {"smoothing": model.smoothing, "seed": words.seed, "discounts": table.discounts}
        writer.meta = {"params": params, "model": facts}
        writer.strings("words", words.strings)
        arrays = {"hashes": words.hashes, "slots": words.slots, **table.trie._asdict()}
        arrays |= {"log10_probs": table.log10_probs, "log10_backoffs": table.log10_backoffs}
        arrays |= {"counts": table.counts, "denominators": table.denominators}
        arrays |= {"by_prob": model.by_prob, "by_bridge": model.by_bridge, "links": model.links}
        arrays |= {"before": model.before[0], "before_first": model.before[1]}
        for name, array in arrays.items():
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
        words = Words(strings, array("hashes"), array("slots"), int(facts["seed"]))
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
    return model, params


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
    facts["words"] = len(words) == n_words == len(words.hashes) and _is_table(words.slots, n_words)
    heads, starts = model.made["before"], model.made["before_first"]
    facts["orders"] = all(_within(model.made[name], n_words) for name in ("by_prob", "by_bridge", "before"))
    links = model.made["links"]  # kernels trust nothing in it
    facts["links"] = len(links) > 0 and len(links) % 3 == 0
    facts["before"] = len(starts) == n_words + 1 and int(starts[0]) == 0 and int(starts[-1]) == len(heads)
    facts["before"] &= bool((starts[1:] >= starts[:-1]).all())
    return facts


def _types_fit(model: Model) -> bool:
    (labels, first, base), table, words, made = model.table.trie, model.table, model.words, model.made
    numbers = [labels, first, table.counts, words.slots, *made.values()]
    floats = [table.log10_probs, table.log10_backoffs, table.denominators]
    is_flat = all(a.ndim == 1 for a in (*numbers, *floats, base, words.hashes))
    fits = all(a.dtype == np.int32 for a in numbers) and all(a.dtype == np.float32 for a in floats)
    return is_flat and fits and base.dtype == np.int64 and words.hashes.dtype == np.uint64


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


def _is_table(slots: NDArray[np.int32], n: int) -> bool:
    """Tell whether the slots are a power of two with one of them free: else a search would never end."""
    is_power = len(slots) > 0 and len(slots) & (len(slots) - 1) == 0
    return is_power and _within(slots, n) and bool((slots == 0).any())
