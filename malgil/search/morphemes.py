"""Morphemes of a query without Kiwi, whose model takes seconds to load: by a table that Kiwi taught.

The table ships with the package and never changes with the documents, so a query always means the same.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from malgil.errors import ArtefactError
from malgil.search.morpheme_table import Analysis, MorphemeTable
from malgil.tokenizers.kiwi import TAG_SETS, KiwiTokenizer

TABLE = Path(__file__).parent / "data" / "query_morphemes.npz"
_EMOJI = "\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf"
# What stands between runs of Hangul, in the order in which Kiwi's own rules look; the name of a group is its tag.
_PIECES = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in {
            "HANGUL": "[가-힣]+",
            "W_URL": r"[A-Za-z]+://[^\s가-힣]+",
            "W_EMAIL": r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
            "W_HASHTAG": r"(?<!\S)\#\w+",
            "W_MENTION": r"(?<!\S)@[A-Za-z0-9_]+",
            "W_SERIAL": r"[0-9]+(?:[-:/][0-9]+)+|[0-9]+(?:\.[0-9]+){2,}",
            "SN": r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?",
            "SL": r"(?:[A-Za-z]\.){2,}|[A-Za-z\u00c0-\u024f]+(?:\.[A-Za-z]+)*",
            "SH": "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+",
            "W_EMOJI": rf"[{_EMOJI}][\ufe0f\u200d\U0001f3fb-\U0001f3ff{_EMOJI}]*",
            "SF": r"[.?!…]+",
            "SW": r"[ㄱ-ㅣ]+|(?P<same>\S)(?P=same)*",
        }.items()
    )
)


@cache
def load_table() -> MorphemeTable:
    """Read the table that ships with the package, once a process.

    Returns
    -------
    MorphemeTable
        In some 20 ms; read only.

    Raises
    ------
    ArtefactError
        If the file is damaged or missing.
    """
    try:
        with TABLE.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return MorphemeTable({name: arrays[name] for name in arrays.files})
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        raise ArtefactError("korean.table_damaged", path=TABLE, reason=error) from error


def query_morphemes(text: str, *, tags: str | Sequence[str] = "all", lowercase: bool = False) -> list[str]:
    """Give the morphemes of a query, as ``tokenizer("kiwi", tags=tags, lowercase=lowercase)`` puts them in an index.

    Parameters
    ----------
    text : str
        The query.
    tags : {"all", "content"} or sequence of str
        Which parts of speech to keep, as for `malgil.tokenizers.kiwi.KiwiTokenizer`.
    lowercase : bool
        Whether to put forms into lower case.

    Returns
    -------
    list of str
        In the order of the text. Nearly always what Kiwi finds; Kiwi itself is never loaded.

    Raises
    ------
    ParameterError
        If a part of speech is not known.

    Examples
    --------
    >>> query_morphemes("영화를 봤다")
    ['영화', '를', '보', '었', '다']
    >>> query_morphemes("영화를 봤다", tags="content")
    ['영화', '보']
    """
    kept = _kept(tags if isinstance(tags, str) else tuple(tags))
    found = analyse_query(text)
    forms = [form for form, tag in found if kept is None or tag in kept or tag.partition("-")[0] in kept]
    return [form.lower() for form in forms] if lowercase else forms


@lru_cache(maxsize=64)
def _kept(tags: str | tuple[str, ...]) -> frozenset[str] | None:
    """Parts of speech to keep; ``None`` for all."""
    chosen = KiwiTokenizer(tags=tags).tags  # which refuses what it does not know
    if chosen == "all":
        return None
    return frozenset(TAG_SETS[chosen] if isinstance(chosen, str) else chosen)


def analyse_query(text: str) -> list[tuple[str, str]]:
    """Give the morphemes of a query with their parts of speech.

    Parameters
    ----------
    text : str
        The query.

    Returns
    -------
    list of (str, str)
        Form and part of speech, in the order of the text.

    Examples
    --------
    >>> analyse_query("2019년 Netflix")
    [('2019', 'SN'), ('년', 'NNB'), ('Netflix', 'SL')]
    """
    composed = unicodedata.normalize("NFC", text)
    out: list[tuple[str, str]] = []
    for found in _PIECES.finditer(composed):
        tag, piece = str(found.lastgroup), found.group()
        if tag == "HANGUL":
            out += _analyse(piece, context_of(composed[found.start() - 1 : found.start()]))
        else:
            out.append((piece, tag))
    return out


def context_of(char: str) -> str:
    """Name what stands before a run of syllables.

    Parameters
    ----------
    char : str
        The character before it, empty at the beginning of the text.

    Returns
    -------
    {"", "0", "a"}
        A digit, a Latin letter, or neither.
    """
    if not char.isascii() or not char.isalnum():
        return ""
    return "0" if char.isdigit() else "a"


@lru_cache(maxsize=1 << 14)
def _analyse(run: str, context: str) -> Analysis:
    return load_table().analyse(run, context)
