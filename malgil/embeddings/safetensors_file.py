"""Vectors in the safetensors format: numbers by name, and nothing that runs.

Tensors ``matrix``, ``keys.offsets`` (int64) and ``keys.data`` (UTF-8 bytes); where there are any, ``counts``,
``scales`` and ``buckets``. The file's metadata hold ``format`` = ``malgil.vectors`` and the rest as JSON.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from malgil.embeddings.file_errors import keys_of
from malgil.embeddings.subwords import Subwords
from malgil.embeddings.word2vec_binary import check_finite
from malgil.errors import DataError, MissingError
from malgil.files import aside_of, sync, writing
from malgil.ragged import check_indptr
from malgil.strings import string_buffers

if TYPE_CHECKING:
    from malgil.embeddings.vectors import Vectors

_FORMAT = "malgil.vectors"
_TYPES = {"float32": "F32", "float16": "F16", "int8": "I8", "int64": "I64", "uint8": "U8"}


def read_safetensors(path: Path) -> dict[str, Any]:
    """Read vectors.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict
        Arguments of `malgil.Vectors`.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If it is damaged, or holds other tensors.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise MissingError("vectors.file_missing", path=path)
    try:
        with safe_open(path, framework="numpy") as file:
            parts = {name: file.get_tensor(name) for name in file.keys()}
            facts = file.metadata() or {}
        if facts.get("format") != _FORMAT:
            raise DataError("vectors.file_other_tensors", path=path, names=", ".join(sorted(parts)))
        offsets, data = parts.pop("keys.offsets"), parts.pop("keys.data")
        check_indptr(offsets, len(data))
        arguments = {"matrix": parts["matrix"], "meta": dict(json.loads(facts["meta"]))}
        arguments |= {name: parts[name] for name in ("counts", "scales") if name in parts}
        if "buckets" in parts:
            arguments["subwords"] = Subwords(parts["buckets"], **json.loads(facts["subwords"]))
    except (SafetensorError, KeyError, TypeError, ValueError, OSError) as error:
        if isinstance(error, DataError) and error.key.startswith("vectors."):
            raise
        raise DataError("vectors.file_safetensors", path=path, reason=error) from error
    if arguments["matrix"].dtype == np.float32 and arguments["matrix"].ndim == 2:
        check_finite(path, arguments["matrix"])
    return {"keys": keys_of(path, offsets.astype(np.int64), data, int), **arguments}


def write_safetensors(vectors: Vectors, path: Path) -> None:
    """Write vectors.

    Parameters
    ----------
    vectors : Vectors
        What to write; int8 and float16 stay so.
    path : Path
        The file; appears whole or not at all.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    offsets, data = string_buffers(vectors.keys.strings)
    parts: dict[str, Any] = {"matrix": vectors.matrix, "keys.offsets": offsets, "keys.data": data}
    facts = {"format": _FORMAT, "meta": json.dumps(vectors.meta, sort_keys=True, ensure_ascii=False)}
    parts |= {name: getattr(vectors, name) for name in ("counts", "scales") if getattr(vectors, name) is not None}
    if vectors.subwords is not None:
        parts["buckets"] = vectors.subwords.buckets
        facts["subwords"] = json.dumps(vectors.subwords.settings, sort_keys=True)
    ordered = sorted(parts.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
    aside = aside_of(path)
    with writing(path):
        try:
            with aside.open("wb") as file:
                file.write(_header(ordered, facts))
                for _, part in ordered:
                    file.write(np.ascontiguousarray(part, part.dtype.newbyteorder("<")).data)
                sync(file)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


def _header(ordered: list[tuple[str, Any]], facts: dict[str, str]) -> bytes:
    """Describe the tensors; the library's own writer puts the facts in an order by chance."""
    rows: dict[str, Any] = {"__metadata__": facts}
    at = 0
    for name, part in ordered:
        rows[name] = {"dtype": _TYPES[part.dtype.name], "shape": part.shape, "data_offsets": [at, at + part.nbytes]}
        at += part.nbytes
    text = json.dumps(rows, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers behind it stand at places that are theirs
    return len(text).to_bytes(8, "little") + text
