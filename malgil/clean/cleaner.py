"""The cleaner: a recipe of steps, run over blocks of texts."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from malgil.clean.chain import run_steps
from malgil.clean.dropping import Dropped, find_dropped
from malgil.clean.recipe import CleaningRecipe, read_recipe
from malgil.clean.steps import Learning, Step
from malgil.edits import OffsetMap
from malgil.engine import fold, map_blocks
from malgil.errors import NotFittedError, ParameterError
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
    found : dict of str to int
        ``"step.kind"`` -> number of things found, of the steps that count what they find, such as ``personal``.
    """

    texts: pa.LargeStringArray
    offsets: OffsetMap
    counts: dict[str, int]
    found: dict[str, int] = field(default_factory=dict)

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
    recipe : str, Path, list or mapping, optional
        A TOML file with a table ``[clean]``, or that table as a mapping: ``steps``, a list of steps in the order in
        which they run, each a name of `malgil.clean.STEPS` or a table of ``name`` and options; and ``drop``, the
        `DropRules`. A list alone is the steps; a mapping of names to False switches those default steps off. By default
        ``control`` (control and zero-width characters go, but for white space and what holds emoji, Arabic and Indic
        words together), ``nfc`` (Unicode composition: jamo become syllables) and ``whitespace`` (a run becomes one
        blank, none at the ends).

    Examples
    --------
    >>> Cleaner().transform(["  재밌다\u200b\t\n정말 ", "ok"])
    ['재밌다 정말', 'ok']
    >>> Cleaner({"whitespace": False}).transform([" a\ufeff  b"])
    [' a  b']
    >>> Cleaner({"steps": ["nfc"], "drop": {"empty": True}}).dropped(["봄", " "]).counts
    {'empty': 1}
    """

    recipe: str | Path | Sequence[object] | Mapping[str, Any] | None = field(default=None, kw_only=False)

    def fit(self, texts: object = None, y: object = None, *, n_jobs: int | None = None) -> Self:
        """Check the recipe, and let the steps that learn from the corpus see it.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus, optional
            Raw texts; needed only where the recipe has a step that learns, such as ``boilerplate``.
        y : object
            Not used.
        n_jobs : int, optional
            Threads, all cores by default; what is learned does not depend on it.

        Returns
        -------
        Cleaner
            Itself.

        Raises
        ------
        ParameterError
            If the recipe cannot be used, or has a step that learns and there are no texts.
        """
        from malgil.corpus import text_blocks

        self.__dict__.pop("_made", None)  # a file may have changed
        ready: list[tuple[str, Step]] = []
        for name, step in self._read().steps:
            if not isinstance(step, Learning):
                ready.append((name, step))
                continue
            if texts is None:
                raise ParameterError("clean.fit_needs_texts", step=name)
            before = tuple(ready)

            def learn(block: pa.LargeStringArray, step: Learning = step, before: Any = before) -> Any:
                return step.partial(run_steps(block, before)[0])

            learned = fold(learn, step.merge, text_blocks(texts), n_jobs)
            if learned is None:  # not a single block
                learned = step.partial(pa.array([], pa.large_string()))
            ready.append((name, step.finish(learned)))
        self._ready = (copy.deepcopy(self.recipe), tuple(ready))
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
            If the recipe cannot be used.
        NotFittedError
            If it has a step that learns from the corpus, and `fit` was not called.
        """
        return Cleaned(*run_steps(texts, self._steps()))

    def transform(self, texts: object) -> list[str]:
        """Clean any texts. Every text comes back: what the drop rules would leave out, `dropped` tells.

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
            If the recipe cannot be used.
        NotFittedError
            If it has a step that learns from the corpus, and `fit` was not called.
        DataError
            If a value is not a text, or holds a lone surrogate.
        """
        return [text for cleaned in self.clean_blocks(texts) for text in cleaned.texts.to_pylist()]

    def fit_transform(self, texts: object, y: object = None) -> list[str]:
        """Learn from texts and clean them.

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
        return self.fit(texts).transform(texts)

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

    def dropped(self, texts: object, n_jobs: int | None = None) -> Dropped:
        """Tell which texts the drop rules leave out, judged by what cleaning leaves of them.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Raw texts.
        n_jobs : int, optional
            Threads, all cores by default; the result does not depend on it.

        Returns
        -------
        Dropped
            The reason for each text, and the numbers of the texts that stay.
        """
        cleaned = (block.texts for block in self.clean_blocks(texts, n_jobs))
        return find_dropped(cleaned, self._read().drop, n_jobs)

    def for_questions(self) -> Cleaner:
        """Make a cleaner for single texts that are held against a corpus: without the steps that learn from one.

        Returns
        -------
        Cleaner
            With the same recipe, ready.
        """
        made = Cleaner(self.recipe)
        ready = tuple((name, step) for name, step in self._read().steps if not isinstance(step, Learning))
        made._ready = (copy.deepcopy(self.recipe), ready)
        return made

    @property
    def drops(self) -> bool:
        """Whether the recipe has a drop rule."""
        return not self._read().drop.is_idle

    @property
    def learns(self) -> bool:
        """Whether the recipe has a step that must see the corpus first."""
        return any(isinstance(step, Learning) for _, step in self._read().steps)

    def _read(self) -> CleaningRecipe:
        """Read the recipe once: its patterns are compiled and tested while at it."""
        made: tuple[object, CleaningRecipe] | None = self.__dict__.get("_made")
        if made is None or made[0] != self.recipe:
            made = self._made = (copy.deepcopy(self.recipe), read_recipe(self.recipe))
        return made[1]

    def _steps(self) -> tuple[tuple[str, Step], ...]:
        ready: tuple[object, tuple[tuple[str, Step], ...]] | None = self.__dict__.get("_ready")
        if ready is not None and ready[0] == self.recipe:
            return ready[1]
        steps: list[tuple[str, Step]] = []
        for name, step in self._read().steps:
            if isinstance(step, Learning):
                raise NotFittedError("clean.not_fitted", step=name)
            steps.append((name, step))
        return tuple(steps)
