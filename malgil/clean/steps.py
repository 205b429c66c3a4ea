"""The table of cleaning steps, and what a step must be able to do."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import CodePoints
from malgil.edits import Edit
from malgil.errors import ParameterError
from malgil.params import choose, did_you_mean


@runtime_checkable
class Step(Protocol):
    """A step of a recipe: a frozen, keyword-only dataclass whose fields are the options that a recipe may give it."""

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts that the step may change, fast; only these are decoded.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True at least where `apply` would change the text.
        """

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


@runtime_checkable
class Learning(Protocol):
    """A step that must see the whole corpus first. `Cleaner.fit` puts what `finish` returns in its place."""

    def partial(self, texts: pa.LargeStringArray) -> Any:
        """Learn from one block.

        Parameters
        ----------
        texts : pa.LargeStringArray
            As the steps before this one leave them.

        Returns
        -------
        object
            What was learned.
        """

    def merge(self, first: Any, second: Any) -> Any:
        """Join what was learned from two neighbouring parts of the corpus.

        Parameters
        ----------
        first, second : object
            From `partial` or `merge`.

        Returns
        -------
        object
            What was learned from both.
        """

    def finish(self, learned: Any) -> Step:
        """Make the step that acts on what was learned.

        Parameters
        ----------
        learned : object
            Of the whole corpus.

        Returns
        -------
        Step
            Ready to be applied.
        """


@runtime_checkable
class Counting(Protocol):
    """A step that finds things of several kinds, and can count them where it is told to change nothing."""

    def count(self, before: CodePoints) -> dict[str, int]:
        """Count what the step finds.

        Parameters
        ----------
        before : CodePoints
            The texts in need, as `apply` gets them.

        Returns
        -------
        dict of str to int
            Kind -> number found, such as ``{"phone": 2}``; never what was found.
        """


#: Name -> module and class. The module is loaded when the step is asked for.
STEPS: dict[str, tuple[str, str]] = {
    "control": ("malgil.clean.scanned", "Control"),
    "mojibake": ("malgil.clean.mojibake", "Mojibake"),
    "html": ("malgil.clean.markup", "Html"),
    "nfc": ("malgil.clean.scanned", "Compose"),
    "nfkc": ("malgil.clean.characters", "Nfkc"),
    "width": ("malgil.clean.width", "Width"),
    "jamo": ("malgil.clean.loose_jamo", "LooseJamo"),
    "keyboard": ("malgil.clean.spelling_steps", "Keyboard"),
    "quotes": ("malgil.clean.characters", "Quotes"),
    "urls": ("malgil.clean.addresses", "Urls"),
    "emails": ("malgil.clean.addresses", "Emails"),
    "personal": ("malgil.clean.personal", "Personal"),
    "patterns": ("malgil.clean.patterns", "Patterns"),
    "emoji": ("malgil.clean.emoji", "Emoji"),
    "repeats": ("malgil.clean.repeats", "Repeats"),
    "numbers": ("malgil.clean.numbers", "Numbers"),
    "case": ("malgil.clean.characters", "Case"),
    "spacing": ("malgil.clean.spacing_step", "Spacing"),
    "spelling": ("malgil.clean.spelling_steps", "Spelling"),
    "boilerplate": ("malgil.clean.boilerplate", "Boilerplate"),
    "whitespace": ("malgil.clean.scanned", "Whitespace"),
}
DEFAULT_STEPS = ("control", "nfc", "whitespace")


def make_step(name: str, options: Mapping[str, object] | None = None) -> Step | Learning:
    """Make a step of a recipe.

    Parameters
    ----------
    name : str
        Its name in `STEPS`.
    options : mapping, optional
        Option -> value; what is left out has its default.

    Returns
    -------
    Step or Learning
        The step.

    Raises
    ------
    ParameterError
        If the name or an option is not known, an option is missing, or its value is of the wrong type or range.
    """
    module, kind = choose(STEPS, "step", name)
    make = getattr(importlib.import_module(module), kind)
    known = {field.name: field for field in fields(make) if field.init}
    given = dict(options or {})
    for option, value in given.items():
        if option not in known:
            hint, names = did_you_mean(option, known), ", ".join(known) or "-"
            raise ParameterError("clean.unknown_option", step=name, option=option, known=names, hint=hint)
        given[option] = _checked(name, known[option], value)
    for option, field in known.items():
        if option not in given and field.default is MISSING and field.default_factory is MISSING:
            raise ParameterError("clean.missing_option", step=name, option=option)
    made: Step | Learning = make(**given)
    return made


def _checked(step: str, field: Field[Any], value: object) -> object:
    """Hold a value against the type of the option's default: lists of a recipe are tuples in a step."""
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    if default is MISSING or default is None:
        return tuple(value) if isinstance(value, list) else value
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        return tuple(value)
    if isinstance(default, float) and type(value) is int:
        return float(value)
    if type(value) is not type(default):
        wanted = "list" if isinstance(default, tuple) else type(default).__name__
        raise ParameterError("clean.option_type", step=step, option=field.name, value=value, wanted=wanted)
    return value
