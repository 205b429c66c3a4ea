"""The steps of the default recipe: one scan over the bytes finds the texts that any of them may change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.clean.control import SUSPECT, TRAITS, remove_control
from malgil.clean.whitespace import collapse, needs_collapse
from malgil.codepoints import CodePoints, Traits, is_space, row_facts
from malgil.compose import COMPOSITION, compose
from malgil.edits import Edit


@dataclass(frozen=True, kw_only=True)
class ScannedStep:
    """A step whose need shows in single code points.

    Attributes
    ----------
    bit : int
        The fact about a code point that makes a text need the step, in `NEEDS`.
    edit : callable
        Texts -> `Edit`, or ``None`` where nothing had to change.
    """

    bit: ClassVar[int]
    edit: ClassVar[staticmethod[[CodePoints], Edit | None]]

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts that the step may change.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True where the text may change.
        """
        return need_any(texts, (self,))

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
        return type(self).edit(before)


@dataclass(frozen=True, kw_only=True)
class Control(ScannedStep):
    """Remove control and zero-width characters; see `remove_control`."""

    bit = 1
    edit = staticmethod(remove_control)


@dataclass(frozen=True, kw_only=True)
class Compose(ScannedStep):
    """Compose decomposed characters (NFC); see `malgil.compose.compose`."""

    bit = 2
    edit = staticmethod(compose)


@dataclass(frozen=True, kw_only=True)
class Whitespace(ScannedStep):
    """Make one blank of a run of white space, and none at the ends of a text; see `collapse`."""

    bit = 4
    edit = staticmethod(collapse)


def _classify(char: str) -> int:
    point = np.array([ord(char)], np.uint32)
    return (
        Control.bit * bool(TRAITS(point)[0] & SUSPECT)
        | Compose.bit * bool(COMPOSITION(point)[0])
        | Whitespace.bit * bool(is_space(point)[0] and char != " ")
    )


NEEDS = Traits(_classify)
"""Code point -> bits of the steps that a text with it may need; a blank has none."""


def need_any(texts: pa.LargeStringArray, steps: Iterable[ScannedStep]) -> NDArray[np.bool_]:
    """Find the texts that any of some steps may change, in one pass over the bytes.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.
    steps : iterable of ScannedStep
        The steps.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
        False where all of them leave the text as it is.
    """
    mask = 0
    for step in steps:
        mask |= step.bit
    needed: NDArray[np.bool_] = (row_facts(texts, NEEDS) & np.uint8(mask)) != 0
    if mask & Whitespace.bit:  # blanks, which are no fact of a single code point
        needed |= needs_collapse(texts)
    return needed
