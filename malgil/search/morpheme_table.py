"""A table of eojeols with their morphemes, and a hidden Markov model for the eojeols that it does not hold.

A unit is a stretch of syllables with its morphemes (했 is 하 + 었). The model gives each unit a cost, and each part of
speech after another; the cheapest path of units through an eojeol is its analysis. A stretch that is no known unit can
be a noun, at the price of its syllables.

References
----------
.. [1] Rabiner, "A tutorial on hidden Markov models and selected applications in speech recognition", Proceedings of the
   IEEE 77(2), 1989, section III.B (Viterbi).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.hangul.letters import FIRST, N_SYLLABLES

LONGEST_UNIT = 8
"""Syllables that a unit, and an unknown noun, has at most."""
COSTS_A_NAT = 1000
"""Costs are whole numbers, so that every machine finds the same path: thousandths of a nat."""
NOUN = "NNP"
"""What an unknown stretch is taken for."""
CONTEXTS = ("", "0", "a")
"""What an eojeol of Hangul follows: nothing, a digit, a Latin letter."""

Analysis = tuple[tuple[str, str], ...]


class Unit(NamedTuple):
    """One reading of a stretch of syllables.

    Parameters
    ----------
    cost : int
        Of the stretch, given its first part of speech.
    first, last : int
        States of its first and last morpheme.
    analysis : int
        Its morphemes, a place in the table of analyses; -1 where it is an unknown noun.
    """

    cost: int
    first: int
    last: int
    analysis: int


class _Step(NamedTuple):
    """The best way to a place and a state: its cost, the place and state before, and the unit between."""

    cost: int
    begin: int
    state: int
    unit: Unit


class MorphemeTable:
    """Eojeols with their analyses, and the model for all others.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        As `tools/query_morphemes.py` writes them.

    Raises
    ------
    ValueError, KeyError, IndexError
        If they do not fit each other.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self.tags = _lines(arrays["tags"])
        self._forms, self._form_tags = _lines(arrays["forms"]), arrays["form_tags"]
        self._analyses, self._ends = arrays["analyses"], arrays["ends"]
        self._words = dict(zip(_lines(arrays["words"]), arrays["word_analyses"].tolist(), strict=True))
        surfaces = _lines(arrays["units"])
        self._unit_ends = np.cumsum(arrays["unit_counts"], dtype=np.int64)
        self._unit_costs, self._unit_analyses = arrays["unit_costs"], arrays["unit_analyses"]
        self._units: dict[str, int | tuple[Unit, ...]] = dict(zip(surfaces, range(len(self._unit_ends)), strict=True))
        self._transitions: list[list[int]] = arrays["transitions"].tolist()
        self._syllables = arrays["syllables"]
        self._noun = self.tags.index(NOUN)
        self._check(arrays["transitions"].shape)

    def _check(self, transitions: tuple[int, ...]) -> None:
        n_tags, n_units = len(self.tags), int(self._unit_ends[-1]) if len(self._unit_ends) else 0
        found = (transitions, self._syllables.shape, len(self._unit_costs), len(self._unit_analyses), len(self._forms))
        wanted = ((n_tags + len(CONTEXTS), n_tags + 1), (2, N_SYLLABLES), n_units, n_units, len(self._form_tags))
        if found != wanted:
            raise ValueError(f"shapes {found}, not {wanted}")

    def analyse(self, run: str, context: str = "") -> Analysis:
        """Analyse one run of syllables.

        Parameters
        ----------
        run : str
            Composed Hangul syllables, nothing else.
        context : {"", "0", "a"}
            What stands right before it.

        Returns
        -------
        tuple of (str, str)
            Form and part of speech of each morpheme.
        """
        known = self._words.get(context + run)
        return self.morphemes(known) if known is not None else self.decode(run, context)

    def morphemes(self, analysis: int) -> Analysis:
        """Spell one analysis out.

        Parameters
        ----------
        analysis : int
            Its place in the table.

        Returns
        -------
        tuple of (str, str)
            Form and part of speech of each morpheme.
        """
        begin, end = self._borders(analysis)
        places = self._analyses[begin:end].tolist()
        return tuple((self._forms[place], self.tags[self._form_tags[place]]) for place in places)

    def _borders(self, analysis: int) -> tuple[int, int]:
        return int(self._ends[analysis - 1]) if analysis else 0, int(self._ends[analysis])

    def decode(self, run: str, context: str = "") -> Analysis:
        """Find the cheapest path of units through a run, the table of whole eojeols aside.

        Parameters
        ----------
        run : str
            Composed Hangul syllables, nothing else.
        context : {"", "0", "a"}
            What stands right before it.

        Returns
        -------
        tuple of (str, str)
            Form and part of speech of each morpheme.
        """
        start = len(self.tags) + CONTEXTS.index(context)
        steps: list[dict[int, _Step]] = [{start: _Step(0, 0, 0, Unit(0, 0, 0, 0))}]
        for end in range(1, len(run) + 1):
            here: dict[int, _Step] = {}
            for begin in range(max(0, end - LONGEST_UNIT), end):
                self._extend(steps[begin], begin, self._readings(run[begin:end]), here)
            steps.append(here)
        finish = len(self.tags)
        state = min(steps[-1], key=lambda state: (steps[-1][state].cost + self._transitions[state][finish], state))
        out: list[Analysis] = []
        end = len(run)
        while end:
            step = steps[end][state]
            stretch = run[step.begin : end]
            out.append(self.morphemes(step.unit.analysis) if step.unit.analysis >= 0 else ((stretch, NOUN),))
            end, state = step.begin, step.state
        return tuple(morpheme for analysis in reversed(out) for morpheme in analysis)

    def _extend(self, before: dict[int, _Step], begin: int, units: Sequence[Unit], here: dict[int, _Step]) -> None:
        """Append each unit to the best way before it, and keep the best way to each state."""
        for unit in units:
            best, best_state = -1, -1
            for state, step in before.items():
                cost = step.cost + self._transitions[state][unit.first]
                if best < 0 or cost < best:
                    best, best_state = cost, state
            cost = best + unit.cost
            if unit.last not in here or cost < here[unit.last].cost:
                here[unit.last] = _Step(cost, begin, best_state, unit)

    def _readings(self, stretch: str) -> Sequence[Unit]:
        found = self._units.get(stretch)
        if found is None:
            return (Unit(self._noun_cost(stretch), self._noun, self._noun, -1),)
        if isinstance(found, int):
            begin = int(self._unit_ends[found - 1]) if found else 0
            found = tuple(self._unit(place) for place in range(begin, int(self._unit_ends[found])))
            self._units[stretch] = found
        return found

    def _unit(self, place: int) -> Unit:
        analysis = int(self._unit_analyses[place])
        begin, end = self._borders(analysis)
        first, last = (int(self._form_tags[self._analyses[at]]) for at in (begin, end - 1))
        return Unit(int(self._unit_costs[place]), first, last, analysis)

    def _noun_cost(self, stretch: str) -> int:
        inner, last = self._syllables
        return int(last[ord(stretch[-1]) - FIRST]) + sum(int(inner[ord(char) - FIRST]) for char in stretch[:-1])


def _lines(text: NDArray[np.generic]) -> list[str]:
    return text.tobytes().decode().split("\n") if len(text) else []
