"""The lexicons of the sample corpus, read from the TOML files beside this module."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

LANGUAGES = ("ko", "en")
_PARTS = ("culture", "goods", "places")
_GROUPS = {
    "culture": frozenset({"movie", "drama", "novel", "game"}),
    "goods": frozenset({"earbuds", "laptop", "vacuum", "shoes", "cream", "chair"}),
    "place": frozenset({"diner", "cafe", "hotel"}),
}


class Product(NamedTuple):
    """A thing that is reviewed.

    Attributes
    ----------
    name : str
        As it stands in the column ``product``.
    category : str
        Key of the lexicon.
    lang : str
        ``"ko"`` or ``"en"``.
    has_burst : bool
        Whether the lexicon knows what could go wrong with it on one day.
    """

    name: str
    category: str
    lang: str
    has_burst: bool


class Lexicon(NamedTuple):
    """What one language has to say: by category, and for any product.

    Attributes
    ----------
    categories : dict
        Category -> what its file says.
    phrases : dict
        Table -> key -> phrases for any product.
    """

    categories: dict[str, dict[str, Any]]
    phrases: dict[str, dict[str, list[str]]]

    def shorts(self, category: str, side: str) -> tuple[str, ...]:
        """Return the one-breath reviews that fit a category; an entry ``text:group`` belongs to that group only.

        Parameters
        ----------
        category : str
            What is reviewed.
        side : str
            ``"good"`` or ``"bad"``.

        Returns
        -------
        tuple of str
            Never empty.
        """
        chosen = []
        for entry in self.phrases["short"][side]:
            text, colon, group = entry.rpartition(":")
            if not colon:
                chosen.append(entry)
            elif category == group or category in _GROUPS.get(group, ()):
                chosen.append(text)
        return tuple(chosen)


@cache
def lexicon(lang: str) -> Lexicon:
    """Read the lexicon of one language.

    Parameters
    ----------
    lang : str
        ``"ko"`` or ``"en"``.

    Returns
    -------
    Lexicon
        Categories in the order of the files, and the phrases for any product.
    """
    categories: dict[str, dict[str, Any]] = {}
    for part in _PARTS:
        categories |= _table(f"{lang}_{part}.toml")
    return Lexicon(categories, _table(f"{lang}_phrases.toml"))


def products(lang: str) -> list[Product]:
    """List the products of one language, in the order of the files.

    Parameters
    ----------
    lang : str
        ``"ko"`` or ``"en"``.

    Returns
    -------
    list of Product
        Two of each category.
    """
    return [
        Product(name, category, lang, "burst" in entry)
        for category, entry in lexicon(lang).categories.items()
        for name in entry["products"]
    ]


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("malgil") / "sample" / "lexicons" / name).read_text(encoding="utf-8"))
