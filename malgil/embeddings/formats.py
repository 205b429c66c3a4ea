"""File formats of word vectors by name: which one a file has, and what reads and writes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from malgil.embeddings.fasttext_bin import MAGIC, read_fasttext, write_fasttext
from malgil.embeddings.file_errors import map_file
from malgil.embeddings.safetensors_file import read_safetensors, write_safetensors
from malgil.embeddings.text_reading import is_number, read_text
from malgil.embeddings.text_writing import STYLES, write_text
from malgil.embeddings.word2vec_binary import read_word2vec_binary, write_word2vec_binary
from malgil.errors import ParameterError
from malgil.params import choose

if TYPE_CHECKING:
    from malgil.embeddings.vectors import Vectors

_SNIFFED = 1 << 16


class Format(NamedTuple):
    """A way to keep vectors in one file.

    Parameters
    ----------
    read : callable
        Path -> arguments of `malgil.Vectors`.
    write : callable
        ``write(vectors, path)``.
    suffixes : tuple of str
        Ends of names that mean it when writing.
    """

    read: Callable[[Path], dict[str, Any]]
    write: Callable[[Vectors, Path], None]
    suffixes: tuple[str, ...]


def _text(path: Path) -> dict[str, Any]:
    return dict(zip(("keys", "matrix"), read_text(path), strict=True))


def _binary(path: Path) -> dict[str, Any]:
    return dict(zip(("keys", "matrix"), read_word2vec_binary(path), strict=True))


FORMATS = {
    "word2vec": Format(_text, lambda vectors, path: write_text(vectors, path, STYLES["word2vec"]), (".txt",)),
    "word2vec-binary": Format(_binary, write_word2vec_binary, (".w2v",)),
    "vec": Format(_text, lambda vectors, path: write_text(vectors, path, STYLES["vec"]), (".vec",)),
    "glove": Format(_text, lambda vectors, path: write_text(vectors, path, STYLES["glove"]), (".glove",)),
    "fasttext": Format(read_fasttext, write_fasttext, (".bin",)),
    "safetensors": Format(read_safetensors, write_safetensors, (".safetensors",)),
}
"""word2vec text and binary, fastText ``.vec``, GloVe text, fastText ``.bin`` and safetensors."""


def sniff(path: Path) -> str:
    """Find out the format of a file from its content.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        A key of `FORMATS`; all text is ``"word2vec"``, which reads it with a header and without.

    Raises
    ------
    MissingError
        If it is not there.
    DataError
        If it is empty.
    """
    start = map_file(path)[:_SNIFFED].tobytes()
    if int.from_bytes(start[:4], "little") == MAGIC:
        return "fasttext"
    if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 1 << 32:
        return "safetensors"
    header, _, rest = start.partition(b"\n")
    fields = header.split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        return "word2vec"
    line, newline, _ = rest.partition(b"\n")
    numbers = line.split()[1:]
    numbers = numbers if newline or len(start) < _SNIFFED else numbers[:-1]  # the last may be cut
    is_text = (bool(numbers) or not line.strip()) and all(map(is_number, numbers))
    return "word2vec" if is_text and b"\x00" not in line else "word2vec-binary"


def format_of(path: Path, name: str | None) -> Format:
    """Choose the format to write.

    Parameters
    ----------
    path : Path
        The file.
    name : str, optional
        A key of `FORMATS`; by default the one that the name's end means.

    Returns
    -------
    Format
        What writes it.

    Raises
    ------
    ParameterError
        If there is no such format, or the name's end means none.
    """
    if name is not None:
        return choose(FORMATS, "format", name)
    for known in FORMATS.values():
        if path.suffix in known.suffixes:
            return known
    raise ParameterError("vectors.which_format", path=path, choices=", ".join(FORMATS))
