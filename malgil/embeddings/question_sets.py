"""Files of judged word pairs and of analogies, as the published test sets come."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

from malgil.embeddings.evaluation import Pair, Section
from malgil.errors import DataError, MissingError

_SEPARATOR = re.compile(r"[\t,;]| +")


def read_test_set(path: str | Path) -> list[Pair] | list[Section]:
    """Read a test set of either kind.

    Parameters
    ----------
    path : str or Path
        UTF-8, perhaps packed with gzip. Pairs: two words and a number a line, separated by commas, tabs or blanks, with
        a header or without. Analogies: four words a line, below lines ``: name of the section``.

    Returns
    -------
    list of Pair or list of Section
        Analogies where a line begins with a colon, or the first line has four words.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If it is no text, empty, or a line is not as it should be.
    """
    path = Path(path)
    lines = [(number, line.strip()) for number, line in enumerate(_read(path).splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not lines:
        raise DataError("vectors.set_empty", path=path)
    is_analogies = any(line.startswith(":") for _, line in lines) or len(lines[0][1].split()) == 4
    return _sections(path, lines) if is_analogies else _pairs(path, lines)


def _read(path: Path) -> str:
    if not path.is_file():
        raise MissingError("vectors.file_missing", path=path)
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        return content.decode("utf-8-sig")
    except (UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
        raise DataError("vectors.set_unreadable", path=path, reason=error) from error


def _pairs(path: Path, lines: list[tuple[int, str]]) -> list[Pair]:
    pairs = []
    for number, line in lines:
        fields = [field.strip() for field in _SEPARATOR.split(line) if field.strip()]
        try:
            a, b, score = fields
            pairs.append(Pair(a, b, float(score)))
        except ValueError as error:
            if number == lines[0][0]:  # a header
                continue
            raise DataError("vectors.set_line", path=path, line=number, wanted="word word number") from error
    if not pairs:
        raise DataError("vectors.set_empty", path=path)
    return pairs


def _sections(path: Path, lines: list[tuple[int, str]]) -> list[Section]:
    sections: list[Section] = []
    for number, line in lines:
        if line.startswith(":"):
            sections.append(Section(line[1:].strip(), []))
            continue
        words = line.split()
        if len(words) != 4:
            raise DataError("vectors.set_line", path=path, line=number, wanted="word word word word")
        if not sections:
            sections.append(Section("", []))
        sections[-1].questions.append((words[0], words[1], words[2], words[3]))
    return sections
