"""Sources that can be passed over again and again: files, and objects in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from malgil.corpus.encodings import Encoding, detect, to_utf8
from malgil.corpus.files import InputFile
from malgil.corpus.lines import read_lines, whole_lines
from malgil.corpus.pieces import Piece
from malgil.corpus.rejects import Rejects


class FileSource:
    """One or more files, read one after the other.

    Parameters
    ----------
    files : list of InputFile
        In the order in which their rows are numbered.
    shown : str
        The path as the caller gave it.
    encoding : str or None
        The caller's word on the encoding of text files.

    Raises
    ------
    DataError
        If the encoding of a file is not clear.
    """

    def __init__(self, files: list[InputFile], shown: str, encoding: str | None = None) -> None:
        self.shown = shown
        self.files = files
        self._encodings = [_encoding(file, encoding) for file in files]

    def pieces(self, rejects: Rejects) -> Iterator[Piece]:
        """Pass over the rows once.

        Parameters
        ----------
        rejects : Rejects
            Receives rows that cannot be used.

        Yields
        ------
        Piece
            The next rows.

        Raises
        ------
        DataError
            If a file is damaged or was changed, or a row cannot be used and nothing receives it.
        """
        for file, encoding in zip(self.files, self._encodings, strict=True):
            file.check_unchanged()
            yield from _pieces(file, encoding, rejects)
            file.check_unchanged()

    def check_unchanged(self) -> None:
        """Make sure that all files are what they were when they were found.

        Raises
        ------
        DataError
            If one is not.
        """
        for file in self.files:
            file.check_unchanged()

    def facts(self, n_rows_of: Mapping[str, int]) -> dict[str, Any]:
        """Say what the source is.

        Parameters
        ----------
        n_rows_of : mapping
            What messages call each file -> documents in it.

        Returns
        -------
        dict
            ``sources`` with one entry a file, ``format``, ``encoding``; several values are joined by commas.
        """
        sources: list[dict[str, Any]] = [
            {
                "name": file.name,
                "format": file.format,
                "packing": file.packing,
                "encoding": None if encoding is None else encoding.name,
                "n_docs": n_rows_of.get(file.shown, 0),
            }
            for file, encoding in zip(self.files, self._encodings, strict=True)
        ]
        joined = {
            key: ", ".join(sorted({source[key] for source in sources if source[key]})) or None
            for key in ("format", "encoding")
        }
        return {"sources": sources, **joined}


class MemorySource:
    """Rows that are in memory already.

    Parameters
    ----------
    name : str
        What messages and reports call them.
    pieces : list of Piece
        The rows.
    """

    def __init__(self, name: str, pieces: list[Piece]) -> None:
        self.shown = name
        self._pieces = pieces

    def pieces(self, rejects: Rejects) -> Iterator[Piece]:
        """Pass over the rows once.

        Parameters
        ----------
        rejects : Rejects
            Not used: what cannot be used was left out when the rows were taken over.

        Yields
        ------
        Piece
            The next rows.
        """
        yield from self._pieces

    def check_unchanged(self) -> None:
        """Do nothing: rows in memory are what they are."""

    def facts(self, n_rows_of: Mapping[str, int]) -> dict[str, Any]:
        """Say what the source is.

        Parameters
        ----------
        n_rows_of : mapping
            What messages call each file -> documents in it.

        Returns
        -------
        dict
            ``sources`` with one entry, ``format``, ``encoding``.
        """
        n_docs = n_rows_of.get(self.shown, 0)
        source = {"name": self.shown, "format": "memory", "packing": None, "encoding": None, "n_docs": n_docs}
        return {"sources": [source], "format": "memory", "encoding": None}


def _encoding(file: InputFile, asked: str | None) -> Encoding | None:
    if file.format in ("parquet", "arrow"):
        return None
    return detect(file.chunks, file.shown, asked)


def _pieces(file: InputFile, encoding: Encoding | None, rejects: Rejects) -> Iterator[Piece]:
    if encoding is None:
        from malgil.corpus.columnar import read_columnar

        return read_columnar(file)
    lines = whole_lines(to_utf8(file.chunks(), encoding))
    if file.format == "txt":
        return read_lines(lines, file.shown)
    if file.format == "jsonl":
        from malgil.corpus.jsonlines import read_json_lines

        return read_json_lines(lines, file.shown, rejects)
    from malgil.corpus.delimited import read_delimited

    return read_delimited(lines, file.format == "csv", file.shown, rejects)
