"""How the words of a query become the terms of a field, without loading what the documents were split with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from malgil.search.fields import Field
from malgil.tokenizers import tokenizer

_WORDS = ("whitespace", "word")
_EXACT = (*_WORDS, "bigram", "char", "syllable")


class Splitter(NamedTuple):
    """The query's side of a field.

    Parameters
    ----------
    terms : callable
        Text -> the terms that score.
    whole : callable
        Text -> the terms that stand one after another where a document holds it.
    is_exact : bool
        Whether a term stands in a document as it is, but for upper and lower case.
    shows_words : bool
        Whether a term is a word that can be shown, and not a stem or a piece of any.
    """

    terms: Callable[[str], list[str]]
    whole: Callable[[str], list[str]]
    is_exact: bool = True
    shows_words: bool = True


def splitters(fields: Mapping[str, Field]) -> dict[str, Splitter]:
    """Make the splitters of an index.

    Parameters
    ----------
    fields : mapping
        Name -> `Field`.

    Returns
    -------
    dict
        Name -> `Splitter`. Kiwi, which takes seconds to load, is not among them: its field has a table.
    """
    return {name: _splitter(field.params) for name, field in fields.items()}


def _splitter(params: dict[str, Any]) -> Splitter:
    if params["name"] == "kiwi" and not {"user_words", "stop_words"} & params.keys():
        from malgil.search.morphemes import query_morphemes

        options = {"tags": params.get("tags", "all"), "lowercase": bool(params.get("lowercase", False))}
        morphemes = lru_cache(1024)(lambda text: query_morphemes(text, **options))
        return Splitter(morphemes, morphemes, is_exact=False)
    made = tokenizer(**params)
    pairs: Callable[[str], list[str]] | None = getattr(made, "pairs", None)  # of the bigram tokeniser
    return Splitter(pairs or made.split, made.split, params["name"] in _EXACT, params["name"] in _WORDS)


_BLANKS = re.compile(r"\S+")


def eojeols(text: str) -> list[tuple[int, int]]:
    """Find what white space separates.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of (int, int)
        Half-open spans in code points.
    """
    return [found.span() for found in _BLANKS.finditer(text)]
