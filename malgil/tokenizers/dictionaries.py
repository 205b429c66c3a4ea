"""Words of the user for Kiwi: a dictionary of words that it does not know, and words to leave out."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from malgil.errors import DataError, MissingError
from malgil.params import did_you_mean
from malgil.tokenizers.morphemes import TAG_IDS, TAGS

DEFAULT_TAG = "NNP"


class UserWord(NamedTuple):
    """A word that Kiwi shall know.

    Parameters
    ----------
    form : str
        As it is written; a term of several words has blanks in it.
    tag : str
        Part of speech.
    score : float
        The higher, the readier Kiwi takes it for a word.
    """

    form: str
    tag: str = DEFAULT_TAG
    score: float = 0.0


def read_user_words(given: str | Path | Iterable[str | Sequence[object]]) -> tuple[UserWord, ...]:
    """Read a dictionary.

    Parameters
    ----------
    given : str, Path or iterable
        A file, UTF-8, or its lines: word, part of speech (``NNP`` by default) and score (0 by default) with tabs
        between them. A line that begins with ``#`` and a blank is a comment. In place of a line, a tuple of the
        three.

    Returns
    -------
    tuple of UserWord
        In their order, composed (NFC).

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If a line cannot be used; names the file, the line and the reason.

    Examples
    --------
    >>> read_user_words(["말길", ("킹받", "VV", 1.5)])
    (UserWord(form='말길', tag='NNP', score=0.0), UserWord(form='킹받', tag='VV', score=1.5))
    """
    return tuple(_user_word(where, line, row) for where, line, row in _rows(given))


def read_stop_words(given: str | Path | Iterable[str]) -> tuple[str, ...]:
    """Read words to leave out.

    Parameters
    ----------
    given : str, Path or iterable of str
        A file, UTF-8, or its lines: a form, or a form and its part of speech as in ``하/VV``. A line that begins with
        ``#`` and a blank is a comment.

    Returns
    -------
    tuple of str
        In their order, composed (NFC).

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If a line is no text; names it.
    """
    words = []
    for where, line, row in _rows(given):
        if not isinstance(row, str):
            raise DataError("kiwi.stop_word", where=where, line=line, value=row)
        words.append(unicodedata.normalize("NFC", row))
    return tuple(words)


def stop_key(word: str) -> tuple[str, int | None]:
    """Take a stop word apart.

    Parameters
    ----------
    word : str
        As `read_stop_words` gives it.

    Returns
    -------
    form : str
        The form.
    tag : int or None
        Place of its part of speech in `TAGS`, ``None`` for any.

    Examples
    --------
    >>> stop_key("영화"), stop_key("하/VV")[0], stop_key("/")
    (('영화', None), '하', ('/', None))
    """
    form, slash, tag = word.rpartition("/")
    return (form, TAG_IDS[tag]) if slash and form and tag in TAGS else (word, None)


def _rows(given: str | Path | Iterable[str | Sequence[object]]) -> Iterator[tuple[str, int, str | Sequence[object]]]:
    """Lines with their numbers, without comments and empty ones."""
    is_file = isinstance(given, str | Path)
    where = str(given) if is_file else "list"
    rows: Iterable[str | Sequence[object]] = _lines(Path(where)) if is_file else given  # type: ignore[assignment]
    for line, row in enumerate(rows, start=1):
        if not isinstance(row, str):
            yield where, line, row
        elif row.strip() and not row.lstrip().startswith("# "):
            yield where, line, row.strip(" \r\n")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingError("kiwi.no_dictionary", path=path) from error
    except UnicodeDecodeError as error:
        raise DataError("kiwi.dictionary_not_utf8", path=path, offset=error.start) from error


def _user_word(where: str, line: int, row: str | Sequence[object]) -> UserWord:
    columns = [column.strip() for column in row.split("\t")] if isinstance(row, str) else list(row)
    if not 1 <= len(columns) <= len(UserWord._fields) or not isinstance(columns[0], str) or not columns[0].strip():
        raise DataError("kiwi.user_word_columns", where=where, line=line, n=len(columns))
    form, tag, score = (*columns, "", "")[:3]
    tag, score = DEFAULT_TAG if tag == "" else tag, 0.0 if score == "" else score
    if tag not in TAGS:
        raise DataError("kiwi.user_word_tag", where=where, line=line, tag=tag, hint=did_you_mean(str(tag), TAGS))
    try:
        number = float(str(score))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DataError("kiwi.user_word_score", where=where, line=line, score=score)
    return UserWord(unicodedata.normalize("NFC", str(form)), str(tag), number)
