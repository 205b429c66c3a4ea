"""A corpus and its sorted suffixes on disk: as a model without a limit of order, or beside a table of n-grams."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import ArtefactError
from malgil.ngram.answering import LanguageModel
from malgil.ngram.compact_saving import open_compact
from malgil.ngram.counting import spans
from malgil.ngram.evidence import Concordance
from malgil.ngram.saving import KIND, is_hash_table, open_model
from malgil.ngram.sequence import BEGIN, END, N_SPECIALS
from malgil.ngram.suffix_array import SuffixArray
from malgil.ngram.unbounded import Unbounded
from malgil.ngram.words import Words
from malgil.store import Artefact, Writer, open_artefact


def corpus_arrays(suffixes: SuffixArray) -> dict[str, NDArray[Any]]:
    """Name the arrays of a corpus as they stand in an artefact.

    Parameters
    ----------
    suffixes : SuffixArray
        The corpus.

    Returns
    -------
    dict
        Name -> array.
    """
    return {"corpus.ids": suffixes.ids, "corpus.places": suffixes.places, "corpus.starts": suffixes.starts}


def save_unbounded(model: Unbounded, path: str | Path, params: dict[str, Any]) -> None:
    """Write a model without a limit of order.

    Parameters
    ----------
    model : Unbounded
        The model.
    path : str or Path
        The folder.
    params : dict
        Hyper-parameters to keep beside it, as JSON.
    """
    with Writer(path, KIND) as writer:
        writer.meta = {"params": params, "corpus": {"seed": model.words.seed}}
        writer.strings("words", model.words.strings)
        for name, array in ({"cells": model.words.cells} | corpus_arrays(model.suffixes)).items():
            writer.array(name, array)


def open_any(
    path: str | Path, *, verify: bool | None = None
) -> tuple[LanguageModel, Concordance | None, dict[str, Any]]:
    """Open a saved model of either kind, by memory map.

    Parameters
    ----------
    path : str or Path
        The folder.
    verify : bool, optional
        Compare checksums, as in `malgil.store.open_artefact`. Whether the arrays fit together is always checked.

    Returns
    -------
    model : Model, Compact or Unbounded
        Nothing of it is in memory yet but what the checks have read.
    corpus : Concordance, optional
        The corpus it learned from, where it was kept.
    params : dict
        The hyper-parameters that were kept beside it.

    Raises
    ------
    ArtefactError
        If it is missing, damaged or of another kind.
    """
    artefact = open_artefact(path, KIND, verify=False)
    if "corpus" in artefact.meta:
        return _open_unbounded(open_artefact(path, KIND, verify=verify))
    if "compact" in artefact.meta:
        compact, params = open_compact(open_artefact(path, KIND, verify=verify))
        return compact, None, params
    model, params = open_model(path, verify=verify)
    corpus = Concordance(model.words, _suffixes(artefact, model.words)) if "corpus.ids" in artefact else None
    return model, corpus, params


def _open_unbounded(artefact: Artefact) -> tuple[Unbounded, Concordance, dict[str, Any]]:
    try:
        cells = np.asarray(artefact["cells"])
        words = Words(artefact.strings("words"), cells, int(artefact.meta["corpus"]["seed"]))
        params = {name: tuple(v) if isinstance(v, list) else v for name, v in artefact.meta["params"].items()}
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ArtefactError):
            raise
        raise ArtefactError("ngram.damaged", path=artefact.path, reason=error) from error
    if cells.ndim != 1 or cells.dtype != np.uint64 or not is_hash_table(cells, len(words)):
        raise ArtefactError("ngram.damaged", path=artefact.path, reason="words")
    suffixes = _suffixes(artefact, words)
    return Unbounded(words, suffixes), Concordance(words, suffixes), params


def _suffixes(artefact: Artefact, words: Words) -> SuffixArray:
    """Open a corpus, and refuse one with which a kernel would read outside its arrays."""
    # kernels take a plain array ten times as quickly as a memory map
    ids, places, starts = (np.asarray(artefact[f"corpus.{name}"]) for name in ("ids", "places", "starts"))
    is_flat = all(array.ndim == 1 and array.dtype == np.int32 for array in (ids, places, starts))
    fits = is_flat and len(ids) == len(places) > 1 and len(starts) == len(words) + 1 > N_SPECIALS
    if not fits or not (_within(ids, BEGIN, len(words)) and _within(places, 0, len(ids)) and _rises(starts, len(ids))):
        raise ArtefactError("ngram.damaged", path=artefact.path, reason="corpus")
    if int(ids[0]) != BEGIN or int(ids[-1]) != END:
        raise ArtefactError("ngram.damaged", path=artefact.path, reason="corpus")
    return SuffixArray(ids, places, starts)


def _rises(starts: NDArray[np.int32], n: int) -> bool:
    """Tell whether the borders rise from 0 to the end, with ``<s>`` and ``</s>`` in use."""
    ends = int(starts[0]) == 0 and int(starts[-1]) == n and bool((starts[1:] >= starts[:-1]).all())
    return ends and bool((starts[BEGIN + 1 : END + 2] > starts[BEGIN : END + 1]).all())


def _within(array: NDArray[np.int32], low: int, high: int) -> bool:
    parts = [array[slice(*block)] for block in spans(0, len(array))]
    return all(map_blocks(lambda part: int(part.min()) >= low and int(part.max()) < high, parts))
