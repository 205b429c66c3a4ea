"""What the steps that are off would change: counted, never done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from malgil.clean.steps import STEPS, Learning, Step, make_step
from malgil.codepoints import decode

#: Step -> options to look with. Not looked for: what needs a whole corpus, patterns of the user, or much time.
LOOKED_FOR: dict[str, dict[str, Any]] = {
    name: {"emoji": {"mode": "drop"}}.get(name, {})
    for name in STEPS
    if name not in ("patterns", "boilerplate", "keyboard", "spacing", "spelling")
}


def survey(texts: pa.LargeStringArray, skip: Iterable[str] = ()) -> dict[str, int]:
    """Count how many texts each step would change, if it ran alone.

    Parameters
    ----------
    texts : pa.LargeStringArray
        A block, no nulls; the cleaned texts, to see what the recipe leaves.
    skip : iterable of str
        Steps not to look at, such as those of the recipe.

    Returns
    -------
    dict of str to int
        Step -> texts, of the steps in `LOOKED_FOR` that would change any.
    """
    left_out = set(skip)
    counts = {name: _count(step, texts) for name, step in _steps().items() if name not in left_out}
    return {name: n for name, n in counts.items() if n}


def _steps() -> dict[str, Step]:
    made = {name: make_step(name, options) for name, options in LOOKED_FOR.items()}
    return {name: step for name, step in made.items() if not isinstance(step, Learning)}


def _count(step: Step, texts: pa.LargeStringArray) -> int:
    rows = np.flatnonzero(step.needs(texts))
    if not len(rows):
        return 0
    edit = step.apply(decode(texts.take(pa.array(rows))))
    return 0 if edit is None else int(edit.changed.sum())
