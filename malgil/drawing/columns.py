"""Which steps of a trace stand in which column of the picture, and where a long text goes on below or is cut."""

from __future__ import annotations

from typing import Literal, NamedTuple

from malgil.drawing.trace import STATELESS, Trace, Walk

MOST_STEPS = 48
"""Steps of one part that are drawn; of a longer text the first and the last half of these."""

PER_BAND = 12
"""Columns side by side before the picture goes on below."""


class Column(NamedTuple):
    """A column of the picture.

    Parameters
    ----------
    part : {"reads", "writes"}
        The part that reads the inputs, or the one that writes the outputs.
    kind : {"start", "step", "end", "cut"}
        The state before the first step, a step, the state from which a backward walk starts, or steps left out.
    t : int
        The step, from 0; of a cut how many steps are left out.
    """

    part: Literal["reads", "writes"]
    kind: Literal["start", "step", "end", "cut"]
    t: int = 0


def bands(trace: Trace) -> list[list[Column]]:
    """Lay a trace out in bands of columns.

    Parameters
    ----------
    trace : Trace
        What to draw.

    Returns
    -------
    list of list of Column
        From top to bottom, each from left to right.
    """
    columns = _part("reads", trace.walks) if trace.shape != "one_to_many" or not trace.decoder else []
    columns += _part("writes", trace.decoder)
    n_bands = max(1, -(-len(columns) // PER_BAND))
    size = max(1, -(-len(columns) // n_bands))  # bands of equal length
    return [columns[at : at + size] for at in range(0, len(columns), size)]


def _part(part: Literal["reads", "writes"], walks: tuple[Walk, ...]) -> list[Column]:
    if not walks:
        return []
    n = len(walks[0].h)
    steps = [Column(part, "step", t) for t in range(n)]
    if n > MOST_STEPS:
        half = MOST_STEPS // 2
        steps = [*steps[:half], Column(part, "cut", n - 2 * half), *steps[-half:]]
    is_recurrent = any(walk.kind not in STATELESS for walk in walks)
    before = [Column(part, "start")] if is_recurrent else []
    after = [Column(part, "end")] if any(walk.reverse for walk in walks) else []
    return before + steps + after


def stands(walk: Walk, column: Column) -> bool:
    """Whether a walk has something in a column of its part.

    Parameters
    ----------
    walk : Walk
        The layer.
    column : Column
        Of the same part.

    Returns
    -------
    bool
        The states before the first step stand only where the walk begins.
    """
    if column.kind == "start":
        return not walk.reverse and walk.kind not in STATELESS
    return walk.reverse if column.kind == "end" else True
