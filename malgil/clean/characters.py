"""Steps that write single characters in another way: NFKC, quotes and dashes, case."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, Traits, row_facts, utf8
from malgil.compose import COMPOSITION, compose
from malgil.edits import Edit, replace_spans

_QUOTES = {**dict.fromkeys("‘’‚‛′`´＇", "'"), **dict.fromkeys("“”„‟″«»＂", '"'), **dict.fromkeys("‐‑‒–—―−﹣－", "-")}


@dataclass(frozen=True, kw_only=True)
class CharacterStep:
    """A step that looks at each character alone.

    Attributes
    ----------
    write : callable
        One character -> what is written for it.
    traits : Traits
        1 where that differs from the character.
    """

    write: ClassVar[staticmethod[[str], str]]
    traits: ClassVar[Traits]

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts that the step may change.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True at least where `apply` would change the text.
        """
        marked: NDArray[np.bool_] = row_facts(texts, self.traits) != 0
        data, offsets = utf8(texts)
        ascii_facts = self.traits(np.arange(128, dtype=np.uint32)) != 0
        if ascii_facts.any():
            places = np.flatnonzero(np.append(ascii_facts, np.zeros(128, np.bool_))[data])
            marked[np.searchsorted(offsets, places, side="right") - 1] = True
        return marked

    def apply(self, before: CodePoints) -> Edit | None:
        """Do what the step does.

        Parameters
        ----------
        before : CodePoints
            Any texts.

        Returns
        -------
        Edit or None
            ``None`` where nothing had to change. Every code point that is written maps back to its character.
        """
        at = np.flatnonzero(self.traits(before.points))
        write = type(self).write
        made = {point: write(chr(point)) for point in np.unique(before.points[at]).tolist()}
        return replace_spans(before, at, at + 1, [made[point] for point in before.points[at].tolist()])


def _traits(write: Callable[[str], str]) -> Traits:
    return Traits(lambda char: int(not 0xD800 <= ord(char) <= 0xDFFF and write(char) != char))


def _plain(char: str) -> str:
    return _QUOTES.get(char, char)


def _nfkc(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


@dataclass(frozen=True, kw_only=True)
class Nfkc(CharacterStep):
    """Unicode compatibility composition (NFKC): ㈜ -> (주), ① -> 1, ﬁ -> fi, ｱ -> ア; it loses such distinctions.

    Characters are written one by one, and what they give is composed: the same as NFKC of the whole text, since both
    are canonically equivalent to its NFKD [1]_.

    References
    ----------
    .. [1] Unicode Standard Annex #15, "Unicode Normalization Forms", section 1.2.
    """

    write = staticmethod(_nfkc)
    traits = _traits(_nfkc)

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts that the step may change.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True at least where `apply` would change the text.
        """
        marked: NDArray[np.bool_] = super().needs(texts) | (row_facts(texts, COMPOSITION) != 0)
        return marked

    def apply(self, before: CodePoints) -> Edit | None:
        """Do what the step does.

        Parameters
        ----------
        before : CodePoints
            Any texts.

        Returns
        -------
        Edit or None
            ``None`` where nothing had to change.
        """
        written = super().apply(before)
        if written is None:
            return compose(before)
        composed = compose(written.after)
        if composed is None:
            return written
        first, last = written.first[composed.first], written.last[composed.last]
        return Edit(composed.after, first, last, written.changed | composed.changed)


@dataclass(frozen=True, kw_only=True)
class Quotes(CharacterStep):
    """Quotes become ``'`` and ``"``, dashes ``-``; brackets of Korean titles such as 「」 stay."""

    write = staticmethod(_plain)
    traits = _traits(_plain)


@dataclass(frozen=True, kw_only=True)
class Case(CharacterStep):
    """Case folding as Unicode has it: A -> a, ß -> ss, Σ and ς -> σ; Hangul has no case."""

    write = staticmethod(str.casefold)
    traits = _traits(str.casefold)
