"""How many documents there are over time, in steps that suit the span."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from malgil.eda.statistics import NO_TIME

Step = Literal["hour", "day", "week", "month", "year"]

_DAY = 86_400
_LONGEST: tuple[tuple[int, Step], ...] = (
    (3 * _DAY, "hour"),
    (120 * _DAY, "day"),
    (3 * 366 * _DAY, "week"),
    (40 * 366 * _DAY, "month"),
)
_MONDAY = 3  # 1970-01-01 was a Thursday: day -3 was a Monday
MAX_STEPS = 600


@dataclass(frozen=True)
class Timeline:
    """Documents in each step of time.

    Parameters
    ----------
    step : {"hour", "day", "week", "month", "year"}
        Length of a step; weeks begin on Monday.
    starts : list of str
        Beginning of each step, ISO 8601; no step is left out, the empty ones are there too.
    names : list of str
        Labels, as asked for; one empty name where there are none.
    counts : list of list of int
        For each name the documents of each step.
    n_missing, n_outside : int
        Documents without a time, and documents too far from the others to be drawn.
    """

    step: Step
    starts: list[str]
    names: list[str]
    counts: list[list[int]]
    n_missing: int
    n_outside: int


def timeline(seconds: NDArray[np.int64], codes: NDArray[np.int64], names: list[str]) -> Timeline | None:
    """Count documents over time.

    Parameters
    ----------
    seconds : ndarray of int64, shape (n_docs,)
        Seconds since 1970; `NO_TIME` where missing.
    codes : ndarray of int64, shape (n_docs,)
        Position in `names`; others are left out.
    names : list of str
        Series to draw, at least one.

    Returns
    -------
    Timeline or None
        None where no document has a time.
    """
    known = seconds != NO_TIME
    if not known.any():
        return None
    times, series = seconds[known], codes[known]
    step = choose_step(int(times.min()), int(times.max()))
    steps = _step_numbers(times, step)
    first, n_steps = _window(steps)
    is_inside = (steps >= first) & (steps < first + n_steps)
    drawn = is_inside & (series >= 0) & (series < len(names))
    flat = np.bincount(series[drawn] * n_steps + (steps[drawn] - first), minlength=len(names) * n_steps)
    starts = [_start(number, step) for number in range(first, first + n_steps)]
    return Timeline(
        step=step,
        starts=starts,
        names=names,
        counts=flat.reshape(len(names), n_steps).tolist(),
        n_missing=int(np.count_nonzero(~known)),
        n_outside=int(np.count_nonzero(~is_inside)),
    )


def choose_step(first: int, last: int) -> Step:
    """Choose the step that gives a readable number of points.

    Parameters
    ----------
    first, last : int
        Earliest and latest second.

    Returns
    -------
    str
        ``hour`` up to 3 days, ``day`` up to 120, ``week`` up to 3 years, ``month`` up to 40, else ``year``.
    """
    for longest, step in _LONGEST:
        if last - first <= longest:
            return step
    return "year"


def _step_numbers(seconds: NDArray[np.int64], step: Step) -> NDArray[np.int64]:
    if step == "week":
        return (seconds // _DAY + _MONDAY) // 7
    unit = {"hour": "h", "day": "D", "month": "M", "year": "Y"}[step]
    numbers: NDArray[np.int64] = seconds.astype("datetime64[s]").astype(f"datetime64[{unit}]").astype(np.int64)
    return numbers


def _window(steps: NDArray[np.int64]) -> tuple[int, int]:
    """First step and number of steps to draw: all of them, or those around the median where stray years abound."""
    first, n_steps = int(steps.min()), int(steps.max() - steps.min()) + 1
    if n_steps <= MAX_STEPS:
        return first, n_steps
    middle = int(np.quantile(steps, 0.5, method="inverted_cdf"))
    near = steps[abs(steps - middle) < MAX_STEPS // 2]
    return int(near.min()), int(near.max() - near.min()) + 1


def _start(number: int, step: Step) -> str:
    if step == "week":
        return str(np.datetime64(number * 7 - _MONDAY, "D"))
    unit: Literal["h", "D", "M", "Y"] = {"hour": "h", "day": "D", "month": "M", "year": "Y"}[step]  # type: ignore[assignment]
    return str(np.datetime64(number, unit))
