"""The table of cleaning steps: for each its name, how it finds the texts that need it, and what it does to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.clean.control import SUSPECT, TRAITS, remove_control
from malgil.clean.whitespace import collapse, needs_collapse
from malgil.codepoints import CodePoints, Traits, is_space, row_facts
from malgil.compose import COMPOSITION, compose
from malgil.edits import Edit
from malgil.errors import ParameterError
from malgil.params import choose


class CleaningStep(NamedTuple):
    """One named step.

    Parameters
    ----------
    bit : int
        The fact about a code point that makes a text need the step, in `NEEDS`.
    apply : callable
        Texts -> `Edit`, or ``None`` where nothing had to change.
    also_needs : callable, optional
        Block -> bool for each text: a need that no single code point shows.
    """

    bit: int
    apply: Callable[[CodePoints], Edit | None]
    also_needs: Callable[[pa.LargeStringArray], NDArray[np.bool_]] | None = None


STEPS: dict[str, CleaningStep] = {
    "control": CleaningStep(1, remove_control),
    "nfc": CleaningStep(2, compose),
    "whitespace": CleaningStep(4, collapse, needs_collapse),
}
DEFAULT_STEPS = ("control", "nfc", "whitespace")


def _classify(char: str) -> int:
    point = np.array([ord(char)], np.uint32)
    return (
        STEPS["control"].bit * bool(TRAITS(point)[0] & SUSPECT)
        | STEPS["nfc"].bit * bool(COMPOSITION(point)[0])
        | STEPS["whitespace"].bit * bool(is_space(point)[0] and char != " ")
    )


NEEDS = Traits(_classify)
"""Code point -> bits of the steps that a text with it may need; a blank has none."""


def rows_in_need(texts: pa.LargeStringArray, names: Iterable[str]) -> NDArray[np.int64]:
    """Find the texts that steps may change, in one pass over the bytes.

    Parameters
    ----------
    texts : pa.LargeStringArray
        No nulls.
    names : iterable of str
        Names of steps.

    Returns
    -------
    ndarray of int64
        Numbers of the texts, rising. All others are left as they are by all those steps.
    """
    steps = [STEPS[name] for name in names]
    mask = np.uint8(sum({step.bit for step in steps}))
    needed = (row_facts(texts, NEEDS) & mask) != 0
    for step in steps:
        if step.also_needs is not None:
            needed |= step.also_needs(texts)
    return np.flatnonzero(needed)


def read_recipe(recipe: Iterable[str] | Mapping[str, bool] | None) -> tuple[str, ...]:
    """Read which steps to run.

    Parameters
    ----------
    recipe : iterable of str, or mapping of str to bool, optional
        Names of steps in the order in which to run them, or the steps of `DEFAULT_STEPS` to switch on or off.
        By default all of `DEFAULT_STEPS`.

    Returns
    -------
    tuple of str
        Names of steps, in order.

    Raises
    ------
    ParameterError
        If a step is not known, or named twice, or `recipe` is a plain string.
    """
    if recipe is None:
        return DEFAULT_STEPS
    if isinstance(recipe, str):
        raise ParameterError("clean.recipe_is_a_string", value=recipe)
    names = tuple(recipe)
    for i, name in enumerate(names):
        choose(STEPS, "step", name)
        if name in names[:i]:
            raise ParameterError("clean.step_twice", step=name)
    if isinstance(recipe, Mapping):
        return tuple(name for name in DEFAULT_STEPS if recipe.get(name, True))
    return names
