"""Sentences whose tokens carry labels: CoNLL columns and CoNLL-U, read and written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from malgil.corpus.encodings import detect, to_utf8
from malgil.corpus.files import CHUNK, PACKINGS, open_unpacked, reading
from malgil.errors import DataError, MissingError
from malgil.files import write_whole

_UNIVERSAL = 10  # columns of CoNLL-U: 1 form, 3 universal part of speech
SUFFIXES = (".conll", ".conllu", ".txt", ".tsv", ".iob", ".bio")
"""What files of labelled tokens are called; each may have ``.gz`` or ``.zst`` behind it."""


class Tagged(NamedTuple):
    """Sentences with a label for each token.

    Parameters
    ----------
    tokens : list of list of str
        Tokens of each sentence.
    tags : list of list of str
        Their labels; empty lists where the file has a single column.
    """

    tokens: list[list[str]]
    tags: list[list[str]]

    @property
    def has_tags(self) -> bool:
        """Whether the tokens carry labels."""
        return any(self.tags)


def read_tagged(path: str | Path, encoding: str | None = None) -> Tagged:
    r"""Read sentences with labelled tokens.

    Parameters
    ----------
    path : str or Path
        A token a line, an empty line between sentences, columns parted by tabs, or by blanks where the file has no tab.
        The token stands in the first column and its label in the last; in CoNLL-U, which has 10 columns, in the second
        and fourth. May be packed (``.gz``, ``.zst``).
    encoding : str, optional
        As for `malgil.read`.

    Returns
    -------
    Tagged
        At least one sentence.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If a line has another number of columns than the first, or there is no token.

    Notes
    -----
    A line that begins with ``#`` is a comment where it has another number of columns, or a blank behind its ``#`` in a
    file with tabs; otherwise ``#`` is a token. Of CoNLL-U, ranges (``3-4``) and empty nodes (``5.1``) are left out.
    """
    file = Path(path)
    if not file.is_file():
        raise MissingError("corpus.missing", path=file)
    rows = _rows(_lines(file, encoding))
    width = next((len(cells) for cells in rows.values() if cells), 0)
    if not width:
        raise DataError("models.no_tokens", path=file)
    form, tag = (1, 3) if width == _UNIVERSAL else (0, width - 1)
    found = Tagged([[]], [[]])
    for number, cells in rows.items():
        if cells and len(cells) != width:
            raise DataError("models.tagged_columns", path=file, row=number, found=len(cells), wanted=width)
        if not cells and found.tokens[-1]:
            found.tokens.append([])
            found.tags.append([])
        elif cells and (width != _UNIVERSAL or cells[0].isdecimal()):
            found.tokens[-1].append(cells[form])
            found.tags[-1].extend(cells[tag : tag + 1] if width > 1 else [])
    n = len(found.tokens) - (not found.tokens[-1])
    return Tagged(found.tokens[:n], found.tags[:n])


def write_tagged(path: str | Path, *columns: Sequence[Sequence[str]]) -> None:
    """Write sentences as columns parted by tabs, an empty line behind each.

    Parameters
    ----------
    path : str or Path
        The file; it appears whole or not at all.
    *columns : sequence of sequences of str
        Tokens first, then labels: for each sentence as many as it has tokens.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    sentences = (
        "".join("\t".join(row) + "\n" for row in zip(*parts, strict=True)) for parts in zip(*columns, strict=True)
    )
    write_whole(Path(path), "\n".join(sentences).encode())


def _lines(file: Path, encoding: str | None) -> list[str]:
    def chunks() -> Iterator[bytes]:
        with reading(str(file)), open_unpacked(file, PACKINGS.get(file.suffix.lower())) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    found = detect(chunks, str(file), encoding)
    return b"".join(to_utf8(chunks(), found)).decode().replace("\r\n", "\n").split("\n")


def _rows(lines: list[str]) -> dict[int, list[str]]:
    """Cells of each line that is no comment, by the line's number from 1; an empty line has none."""
    has_tabs = any("\t" in line for line in lines)
    rows: dict[int, list[str]] = {}
    width = 0
    for number, line in enumerate(lines, start=1):
        cells = [] if not line.strip() else line.split("\t") if has_tabs else line.split()
        is_comment = line.startswith("#") and (len(cells) != width or (has_tabs and cells[0].lstrip("#")[:1] == " "))
        if is_comment and (width or len(cells) == 1 or cells[0].strip("#") == "" or " " in cells[0]):
            continue
        width = width or len(cells)
        rows[number] = cells
    return rows
