"""Models to ARPA files, which every tool for n-gram models reads."""

from __future__ import annotations

import contextlib
import gzip
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.files import aside_of, sync, writing
from malgil.ngram.model import Model
from malgil.strings import string_buffers

_BLOCK = 1 << 17  # lines that one worker writes at a time


def write_arpa(model: Model, path: str | Path, n_jobs: int | None = None) -> None:
    """Write a model as an ARPA file.

    Parameters
    ----------
    model : Model
        The model.
    path : str or Path
        The file; compressed where the name ends in ``.gz``.
    n_jobs : int, optional
        Threads, all cores by default; never changes the file.

    Raises
    ------
    StorageError
        If it cannot be written; a file that was there before is then untouched.

    Notes
    -----
    Logarithms to the base 10 with up to seven decimals; -99 stands for the logarithm of 0.
    """
    target = Path(path)
    aside = aside_of(target)
    with writing(target):
        try:
            with aside.open("wb") as raw:
                with _compressed(raw, target.suffix == ".gz") as file:
                    _write(model, file, n_jobs)
                sync(raw)
            aside.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
            raise


def _compressed(raw: IO[bytes], is_compressed: bool) -> contextlib.AbstractContextManager[Any]:
    # neither the time nor the name goes into the file: the same model gives the same bytes
    return gzip.GzipFile("", "wb", 6, raw, mtime=0) if is_compressed else contextlib.nullcontext(raw)


def _write(model: Model, file: IO[bytes], n_jobs: int | None) -> None:
    from malgil.ngram._arpa_kernels import write_lines

    trie = model.table.trie
    sizes = "".join(f"ngram {n}={trie.base[n] - trie.base[n - 1]}\n" for n in range(1, model.order + 1))
    file.write(f"\\data\\\n{sizes}".encode())
    arrays: Any = (*trie, model.table.log10_probs, model.table.log10_backoffs, *string_buffers(model.words.strings))
    for n in range(1, model.order + 1):
        file.write(f"\n\\{n}-grams:\n".encode())
        level = trie.level(n)

        def lines(low: int, n: int = n, stop: int = level.stop) -> NDArray[np.uint8]:
            span = low, min(low + _BLOCK, stop), n
            known: Any = (*span, *arrays)
            out = np.empty(write_lines(*known, np.empty(0, np.uint8)), np.uint8)  # type: ignore[call-arg]
            return out[: write_lines(*known, out)]  # type: ignore[call-arg]

        for block in map_blocks(lines, range(level.start, level.stop, _BLOCK), n_jobs):
            file.write(block.data)
    file.write(b"\n\\end\\\n")
