"""Which encoding a file has, and its content as UTF-8.

The order: the caller's word, a byte-order mark, strict UTF-8, strict CP949. What is left is never guessed: the error
shows what charset-normalizer proposes, and the caller confirms it. The whole file is decoded once before a choice is
made, so that a byte that does not fit is found wherever it stands.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from malgil.errors import DataError, ParameterError

_MARKS = {  # the longer ones first: that of UTF-16 begins that of UTF-32
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SAMPLE = 1 << 18
ChunkSource = Callable[[], Iterable[bytes]]


class Encoding(NamedTuple):
    """An encoding that was found to fit a whole file.

    Parameters
    ----------
    codec : str
        Python's name for it.
    n_mark : int
        Bytes of the byte-order mark; 0 where there is none.
    """

    codec: str
    n_mark: int

    @property
    def name(self) -> str:
        """Name for reports: the codec, with ``+bom`` behind it where a byte-order mark stood."""
        return self.codec + ("+bom" if self.n_mark else "")


def detect(chunks: ChunkSource, shown: str, encoding: str | None = None) -> Encoding:
    """Find the encoding of a file, reading all of it.

    Parameters
    ----------
    chunks : callable without arguments
        Starts a pass over the file's bytes.
    shown : str
        What to call the file in a message.
    encoding : str or None
        The caller's word, any text codec of Python's.

    Returns
    -------
    Encoding
        In which every byte of the file decodes strictly.

    Raises
    ------
    ParameterError
        If no such encoding exists.
    DataError
        If a byte does not decode: with its offset in the (unpacked) file.
    """
    marked = mark_of(next(iter(chunks()), b""))
    if encoding is not None:
        codec = _known(encoding)
        candidates = [marked if marked and marked.codec.startswith(codec) else Encoding(codec, 0)]
    else:
        candidates = [marked] if marked else [Encoding("utf-8", 0), Encoding("cp949", 0)]
    faults = []
    for candidate in candidates:
        fault = _first_fault(chunks(), candidate)
        if fault is None:
            return candidate
        faults.append(fault)
    offset, byte = faults[0]
    if len(candidates) == 1:
        name = candidates[0].codec
        raise DataError("corpus.undecodable", path=shown, byte=f"0x{byte:02x}", offset=offset, encoding=name)
    proposal = _proposal(chunks())
    key = "corpus.encoding_proposed" if proposal else "corpus.encoding_unknown"
    raise DataError(key, path=shown, byte=f"0x{byte:02x}", offset=offset, cp949_offset=faults[1][0], proposal=proposal)


def to_utf8(chunks: Iterable[bytes], encoding: Encoding) -> Iterator[bytes]:
    """Recode a file that `detect` has read.

    Parameters
    ----------
    chunks : iterable of bytes
        The file's bytes.
    encoding : Encoding
        As found.

    Yields
    ------
    bytes
        UTF-8 without a byte-order mark, never empty. Characters may be split between two of them.
    """
    if encoding.codec == "utf-8":
        yield from _without(chunks, encoding.n_mark)
        return
    decoder = codecs.getincrementaldecoder(encoding.codec)("strict")
    for chunk in _without(chunks, encoding.n_mark):
        if text := decoder.decode(chunk):
            yield text.encode()
    if text := decoder.decode(b"", final=True):
        yield text.encode()


def mark_of(head: bytes) -> Encoding | None:
    """Find a byte-order mark.

    Parameters
    ----------
    head : bytes
        The first bytes of a file.

    Returns
    -------
    Encoding or None
        The encoding that it names; ``None`` where there is none.
    """
    return next((Encoding(codec, len(mark)) for mark, codec in _MARKS.items() if head.startswith(mark)), None)


def _known(encoding: str) -> str:
    try:
        b"x".decode(encoding, "replace")  # refuses codecs that do not give text, such as base64
        return codecs.lookup(encoding).name.removesuffix("-sig")
    except (LookupError, ValueError) as error:
        raise ParameterError("corpus.no_such_encoding", encoding=encoding) from error


def _without(chunks: Iterable[bytes], n_mark: int) -> Iterator[bytes]:
    """Leave out the first bytes of a stream; the mark lies in the first chunk."""
    for chunk in chunks:
        if rest := chunk[n_mark:]:
            yield rest
        n_mark = 0


def _first_fault(chunks: Iterable[bytes], encoding: Encoding) -> tuple[int, int] | None:
    """Find the first byte that does not decode: its offset and value."""
    decoder = codecs.getincrementaldecoder(encoding.codec)("strict")
    offset = encoding.n_mark
    try:
        for chunk in _without(chunks, encoding.n_mark):
            pending = len(decoder.getstate()[0])
            decoder.decode(chunk)
            offset += len(chunk)
        pending = len(decoder.getstate()[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return offset - pending + error.start, error.object[error.start]
    return None


def _proposal(chunks: Iterable[bytes]) -> str | None:
    from charset_normalizer import from_bytes

    sample = b""
    for chunk in chunks:
        sample += chunk
        if len(sample) >= _SAMPLE:
            break
    best = from_bytes(sample[:_SAMPLE]).best()
    return None if best is None else best.encoding
