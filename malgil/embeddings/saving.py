"""Vectors on disk: arrays that open by memory map, and words that are found without reading them all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from malgil.embeddings.keys import Keys
from malgil.embeddings.shared_contexts import read_contexts, write_contexts
from malgil.embeddings.subwords import Subwords
from malgil.errors import ArtefactError
from malgil.store import Artefact, Writer, open_artefact

if TYPE_CHECKING:
    from malgil.embeddings.vectors import Vectors

KIND = "vectors"


def save_vectors(vectors: Vectors, path: str | Path, meta: dict[str, Any]) -> None:
    """Write vectors.

    Parameters
    ----------
    vectors : Vectors
        What to write.
    path : str or Path
        The folder.
    meta : dict
        JSON for the manifest, beside that of the vectors.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    with Writer(path, KIND) as writer:
        writer.meta = {**meta, "vectors": vectors.meta}
        writer.strings("keys", vectors.keys.strings)
        writer.array("order", vectors.keys.order)
        writer.array("matrix", vectors.matrix)
        for name in ("counts", "scales"):
            if (array := getattr(vectors, name)) is not None:
                writer.array(name, array)
        write_contexts(writer, vectors.contexts)
        if vectors.subwords is not None:
            writer.meta["subwords"] = vectors.subwords.settings
            writer.array("buckets", vectors.subwords.buckets)


def open_parts(path: str | Path, verify: bool | None) -> dict[str, Any]:
    """Open saved vectors by memory map.

    Parameters
    ----------
    path : str or Path
        The folder.
    verify : bool, optional
        Compare checksums, as in `malgil.store.open_artefact`. Whether the arrays fit together is always checked.

    Returns
    -------
    dict
        The attributes of `malgil.Vectors`.

    Raises
    ------
    ArtefactError
        If they are missing, damaged or of another kind.
    """
    artefact = open_artefact(path, KIND, verify=verify)
    try:
        parts = {name: np.asarray(artefact[name]) for name in ("counts", "scales") if name in artefact}
        keys = Keys(artefact.strings("keys"), np.asarray(artefact["order"]))
        matrix, subwords = np.asarray(artefact["matrix"]), None
        _check_parts(keys, matrix, parts)
        if "subwords" in artefact.meta:
            subwords = _subwords(artefact, matrix.shape[1])
        made: dict[str, Any] = {"contexts": read_contexts(artefact, len(keys.strings))}
        made |= {"_keys": keys, "matrix": matrix, "subwords": subwords, "meta": dict(artefact.meta["vectors"])}
        return {**made, "counts": parts.get("counts"), "scales": parts.get("scales")}
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ArtefactError):
            raise
        raise ArtefactError("vectors.damaged", path=path, reason=error) from error


def _subwords(artefact: Artefact, dim: int) -> Subwords:
    subwords = Subwords(np.asarray(artefact["buckets"]), **artefact.meta["subwords"])
    if subwords.buckets.shape[1] != dim:
        raise ValueError("the n-grams have vectors of another length")
    return subwords


def _check_parts(keys: Keys, matrix: NDArray[Any], parts: dict[str, NDArray[Any]]) -> None:
    """Refuse arrays that do not fit one another, before a search trusts them."""
    n, order = len(keys.strings), keys.order
    is_order = order.dtype == np.int32 and order.shape == (n,)
    is_order = is_order and (not n or (int(order.min()) >= 0 and int(order.max()) < n))
    known = (np.float32, np.float16, np.int8)
    is_matrix = matrix.ndim == 2 and len(matrix) == n and matrix.shape[1] > 0 and matrix.dtype in known
    is_scaled = (matrix.dtype == np.int8) == ("scales" in parts)
    if not (is_order and is_matrix and is_scaled and all(part.shape == (n,) for part in parts.values())):
        raise ValueError("the parts do not fit together")
