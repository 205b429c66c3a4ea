"""ARPA files, of any tool that writes them, to models."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import DataError, MalgilError, MissingError
from malgil.ngram.counting import Trie, assemble
from malgil.ngram.estimating import LOG_ZERO, Table
from malgil.ngram.model import MOST, Model
from malgil.ngram.sequence import N_SPECIALS, SPECIALS, word_strings
from malgil.ngram.words import Words
from malgil.tokenizers.forms import pack_strings
from malgil.tokenizers.runs import sort_forms

_UNKNOWN_LOG10 = -100.0
"""Probability of unknown words in a model that has no ``<unk>``, as KenLM has it."""

_STATES = ("", "number", "positive", "short_line", "long_line", "unknown_word", "early_end")


class _File(NamedTuple):
    """The bytes of a file, and where they came from."""

    path: Path
    data: NDArray[np.uint8]
    content: bytes

    def fail(self, name: str, at: int, **fields: object) -> NoReturn:
        """Say what is wrong and in which line."""
        raise DataError(f"ngram.arpa_{name}", path=self.path, line=self.content.count(b"\n", 0, at) + 1, **fields)


class _Section(NamedTuple):
    """The n-grams of one order in the order of the file."""

    ids: NDArray[np.int32]
    values: NDArray[np.float32]
    places: NDArray[np.int64]
    start: int
    end: int


def read_arpa(path: str | Path) -> Model:
    """Read an ARPA file.

    Parameters
    ----------
    path : str or Path
        The file, plain or compressed by gzip.

    Returns
    -------
    Model
        Without counts: its explanations show the chain of orders only.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If it is no ARPA file or a damaged one; names the line.
    """
    file = _load(Path(path))
    sizes, at = _header(file)
    section = _read(file, at, 1, sizes[0], None)
    words, numbers = _words(file, section)
    levels = [_word_level(words, numbers, section)]
    trie = assemble([np.arange(len(words), dtype=np.int32)], [])
    for n, size in enumerate(sizes[1:], start=2):
        section = _read(file, section.end, n, size, words)
        trie, values = _add_level(file, trie, section, n)
        levels.append(values)
    _finish(file, section.end, len(sizes))
    values = np.concatenate(levels)
    np.maximum(values[:, 0], _UNKNOWN_LOG10, out=values[:, 0])
    np.maximum(values[:, 1], LOG_ZERO, out=values[:, 1])
    inner = values[: len(trie.first) - 1, 1].copy()
    none = np.zeros(0, np.int32), np.zeros(0, np.float32)
    return Model(words, Table(trie, values[:, 0].copy(), inner, *none, []))


def _load(path: Path) -> _File:
    if not path.is_file():
        raise MissingError("ngram.arpa_missing", path=path)
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError("ngram.arpa_unreadable", path=path, reason=error) from error
    return _File(path, np.frombuffer(content, np.uint8), content)


def _header(file: _File) -> tuple[list[int], int]:
    """Read the numbers of n-grams that the file promises; also where the header ends."""
    found = re.search(rb"^\\data\\[ \t\r]*$", file.content, re.MULTILINE)
    if found is None:
        file.fail("no_data", 0)
    at, sizes = found.end() + 1, list[int]()
    while at < len(file.content):
        line = file.content[at : _line_end(file, at)].strip()
        if line.startswith(b"\\"):
            break
        if line:
            pair = re.fullmatch(rb"ngram[ \t]+(\d{1,18})[ \t]*=[ \t]*(\d{1,18})", line)
            if pair is None or int(pair[1]) != len(sizes) + 1 or int(pair[2]) > len(file.content):
                file.fail("header", at)
            sizes.append(int(pair[2]))
        at = _line_end(file, at) + 1
    if len(sizes) > MOST:
        file.fail("order", at, n=len(sizes), most=MOST)
    if not sizes:
        file.fail("header", at)
    return sizes, at


def _line_end(file: _File, at: int) -> int:
    end = file.content.find(b"\n", at)
    return len(file.content) if end < 0 else end


def _next_line(file: _File, at: int) -> tuple[bytes, int, int]:
    """Find the next line that is not blank: its text, its beginning, and where the one after it begins."""
    while at < len(file.content):
        end = _line_end(file, at)
        if text := file.content[at:end].strip():
            return text, at, end + 1
        at = end + 1
    return b"", at, at


def _read(file: _File, at: int, n: int, size: int, words: Words | None) -> _Section:
    from malgil.ngram._arpa_kernels import read_lines

    text, begin, start = _next_line(file, at)
    if text != f"\\{n}-grams:".encode():
        file.fail("no_section" if begin >= len(file.content) or text.startswith(b"\\") else "too_many", begin, n=n)
    ids, values = np.empty((size, n), np.int32), np.empty((size, 2), np.float32)
    places = np.empty((size if words is None else 0, 2), np.int64)
    none = 0, np.zeros(0, np.uint64)
    table: Any = none if words is None else words.table
    state, read, end = (int(part) for part in read_lines(file.data, start, n, *table, ids, places, values))  # type: ignore[call-arg]
    if state:
        file.fail(_STATES[state], end, n=n, found=read, wanted=size)
    return _Section(ids, values, places, start, end)


def _words(file: _File, section: _Section) -> tuple[Words, NDArray[np.int32]]:
    """Make the table of words, and give each line of the unigrams its word's number."""
    lengths = section.places[:, 1] - section.places[:, 0]
    offsets = np.append(0, np.cumsum(lengths))
    picked = file.data[np.repeat(section.places[:, 0] - offsets[:-1], lengths) + np.arange(offsets[-1])]
    strings = pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(offsets), pa.py_buffer(picked))
    try:
        strings.validate(full=True)
    except pa.ArrowInvalid as error:
        raise DataError("ngram.arpa_unreadable", path=file.path, reason=error) from error
    special = _specials(strings, lengths)
    is_word = np.ones(len(strings), np.bool_)
    is_word[list(special)] = False
    places = np.flatnonzero(is_word)
    counts = np.ones(len(places), np.int64)
    run, rank = sort_forms(pack_strings(strings.take(pa.array(places))), counts, counts.copy())
    numbers = np.empty(len(strings), np.int32)
    numbers[places] = rank + np.int32(N_SPECIALS)
    for place, number in special.items():
        numbers[place] = number
    if len(set(special.values())) < len(special):
        file.fail("word_twice", section.start)
    try:
        return Words.of(word_strings(run)), numbers
    except MalgilError:
        file.fail("word_twice", section.start)


def _specials(strings: pa.LargeStringArray, lengths: NDArray[np.int64]) -> dict[int, int]:
    near = np.flatnonzero((lengths >= 3) & (lengths <= 5))
    words = strings.take(pa.array(near)).to_pylist()
    return {
        int(place): SPECIALS.index(w.lower()) for place, w in zip(near, words, strict=True) if w.lower() in SPECIALS
    }


def _word_level(words: Words, numbers: NDArray[np.int32], section: _Section) -> NDArray[np.float32]:
    values = np.zeros((len(words), 2), np.float32)
    values[:N_SPECIALS, 0] = _UNKNOWN_LOG10
    values[numbers] = section.values
    return values


def _add_level(file: _File, trie: Trie, section: _Section, n: int) -> tuple[Trie, NDArray[np.float32]]:
    """Sort the n-grams of one order into the trie."""
    from malgil.ngram._arpa_kernels import find_paths

    parents = np.empty(len(section.ids), np.int32)
    find_paths(section.ids, trie.labels, trie.first, parents)
    if (parents < 0).any():
        file.fail("no_context", _line_begin(file, section, int(np.argmax(parents < 0))), n=n)
    keys = parents.astype(np.int64) << 32 | section.ids[:, -1]
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    if len(twice):
        file.fail("ngram_twice", _line_begin(file, section, int(order[twice[0] + 1])), n=n)
    begin = int(trie.base[n - 2])
    children = np.bincount(parents - begin, minlength=int(trie.base[n - 1]) - begin).astype(np.int32)
    labels = [trie.labels[trie.level(level)] for level in range(1, n)]
    above = [np.diff(trie.first[trie.base[level - 1] : trie.base[level] + 1]) for level in range(1, n - 1)]
    grown = assemble([*labels, np.ascontiguousarray(section.ids[order, -1])], [*above, children])
    return grown, section.values[order]


def _line_begin(file: _File, section: _Section, number: int) -> int:
    at = section.start
    for _ in range(number):
        at = _line_end(file, at) + 1
    return at


def _finish(file: _File, at: int, order: int) -> None:
    text, begin, _ = _next_line(file, at)
    if text != b"\\end\\":
        file.fail("no_end" if begin >= len(file.content) else "too_many", begin, n=order)
