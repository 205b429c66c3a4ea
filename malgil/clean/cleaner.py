"""The cleaner: a recipe of steps, run over blocks of texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from malgil.clean.steps import STEPS, read_recipe, rows_in_need
from malgil.edits import OffsetMap, edit_texts
from malgil.engine import map_blocks
from malgil.params import Parametrised


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A block of cleaned texts with the way back.

    Parameters
    ----------
    texts : pa.LargeStringArray
        The cleaned texts, as many and in the same order as the raw ones.
    offsets : OffsetMap
        Where each code point of a changed text came from.
    counts : dict of str to int
        Step -> number of texts that it changed, in the order of the recipe.
    """

    texts: pa.LargeStringArray
    offsets: OffsetMap
    counts: dict[str, int]

    @property
    def changed(self) -> NDArray[Any]:
        """Numbers of the texts that differ from the raw ones, rising (int64)."""
        return self.offsets.rows

    def to_raw(self, doc: ArrayLike, start: ArrayLike, end: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
        """Find where spans of cleaned texts stood in the raw texts.

        Parameters
        ----------
        doc : array_like of int, shape (n,) or ()
            Numbers of the texts in this block.
        start, end : array_like of int, shape (n,) or ()
            Half-open spans in code points of the cleaned texts. An empty span maps to an empty one.

        Returns
        -------
        start, end : ndarray of int32, shape (n,) or ()
            Half-open spans in code points of the raw texts: a composed syllable spans its jamo, a blank the run of
            white space that it stands for.

        Raises
        ------
        ParameterError
            If a text number lies outside the block, or a span runs backwards or outside a changed text.
        """
        return self.offsets.to_raw(doc, start, end)


@dataclass(kw_only=True, eq=False)
class Cleaner(Parametrised):
    r"""Clean texts by a recipe.

    Parameters
    ----------
    recipe : sequence of str, or mapping of str to bool, optional
        Steps in the order in which to run them, or steps of the default recipe to switch off. Steps: ``control``
        (control and zero-width characters go, but for white space and what holds emoji, Arabic and Indic words
        together), ``nfc`` (Unicode composition: jamo become syllables), ``whitespace`` (a run becomes one blank, none
        at the ends). By default these three, in this order.

    Examples
    --------
    >>> Cleaner().transform(["  재밌다\u200b\t\n정말 ", "ok"])
    ['재밌다 정말', 'ok']
    >>> Cleaner({"whitespace": False}).transform([" a\ufeff  b"])
    [' a  b']
    """

    recipe: Sequence[str] | Mapping[str, bool] | None = field(default=None, kw_only=False)

    def fit(self, texts: object = None, y: object = None) -> Self:
        """Check the recipe; there is nothing to learn.

        Parameters
        ----------
        texts : object
            Not used.
        y : object
            Not used.

        Returns
        -------
        Cleaner
            Itself.

        Raises
        ------
        ParameterError
            If the recipe names an unknown step.
        """
        read_recipe(self.recipe)
        return self

    def clean_block(self, texts: pa.LargeStringArray) -> Cleaned:
        """Clean one block.

        Parameters
        ----------
        texts : pa.LargeStringArray
            Raw texts, no nulls.

        Returns
        -------
        Cleaned
            The cleaned texts. A block in which no text needs a step comes back as it is, without a copy.

        Raises
        ------
        ParameterError
            If the recipe names an unknown step.
        """
        names = read_recipe(self.recipe)
        edited = edit_texts(texts, rows_in_need(texts, names), {name: STEPS[name].apply for name in names})
        return Cleaned(edited.texts, edited.offsets, edited.counts)

    def transform(self, texts: object) -> list[str]:
        """Clean any texts.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Raw texts.

        Returns
        -------
        list of str
            The cleaned texts, in order.

        Raises
        ------
        ParameterError
            If the recipe names an unknown step.
        """
        return [text for cleaned in self.clean_blocks(texts) for text in cleaned.texts.to_pylist()]

    def fit_transform(self, texts: object, y: object = None) -> list[str]:
        """Clean any texts; the same as `transform`.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Raw texts.
        y : object
            Not used.

        Returns
        -------
        list of str
            The cleaned texts, in order.
        """
        return self.transform(texts)

    def clean_blocks(self, texts: object, n_jobs: int | None = None) -> Iterator[Cleaned]:
        """Clean a corpus block by block, on threads.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Raw texts.
        n_jobs : int, optional
            Threads, all cores by default.

        Returns
        -------
        iterator of Cleaned
            In the order of the blocks.
        """
        from malgil.corpus import text_blocks

        return map_blocks(self.clean_block, text_blocks(texts), n_jobs)
