"""Korean words and the slips that made others of them: every text one stroke away, judged as Korean and in context."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.clean.spelling_model import BLANK, SpellingModel
from malgil.clean.spelling_slips import (
    DOUBLED,
    EXTRA,
    KEYS,
    MISSING,
    NOT_DOUBLED,
    SWAPPED,
    slip,
    stroke_numbers,
    tables,
)
from malgil.clean.spelling_words import OwnWords
from malgil.explain import Explanation
from malgil.hangul import from_strokes, strokes

N_FOUND = 16
OWN_WEIGHT = 100
"""A text of the user's counts as so many of those that the list was made of."""
LOOSE_COST = 6.0
"""What a jamo inside a word costs beside its row: words have none."""
LIST_SHARE = 0.5
"""Half of the chance of a word comes from the list of words, half from the rows of its syllables."""
_CHAT = "ㅋㅎㅠㅜㅡ"
#: Syllables, and single jamo among them as slips leave them; not laughter (ㅋㅋ) and such.
WORDS = re.compile(rf"(?:[가-힣]|(?!([ㄱ-ㅣ])\1|[{_CHAT}]+(?![가-힣ㄱ-ㅣ]))[ㄱ-ㅣ])+")
ANY_HANGUL = re.compile("[가-힣ㄱ-ㅣ]+")
_JAMO = re.compile("[ㄱ-ㅣ]")
_KINDS = ("kept", "replaced", "extra", "missing", "swapped")


class Slip(NamedTuple):
    """One slip of a finger.

    Parameters
    ----------
    label : str
        The keys: ``"ㅔ > ㅐ"`` is ㅐ typed for ㅔ, ``"+ ㄱ"`` one too many, ``"- ㄱ"`` one missing, ``"ㄱㅏ > ㅏㄱ"``
        two in the wrong order.
    cost : float
        In nats.
    """

    label: str
    cost: float


class Candidate(NamedTuple):
    """What a word may have been meant to be.

    Parameters
    ----------
    word : str
        The word.
    slips : tuple of Slip
        How the typed word came of it.
    """

    word: str
    slips: tuple[Slip, ...]

    @property
    def slip_cost(self) -> float:
        """Cost of all its slips."""
        return sum((each.cost for each in self.slips), 0.0)


class Place(NamedTuple):
    """Where a word stands.

    Parameters
    ----------
    left, right : ndarray of int64
        Symbols before and behind it, `ORDER` - 1 at most.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class KoreanWords:
    """The model and the words of the user's own texts.

    Parameters
    ----------
    model : SpellingModel
        What ships with the package.
    own : OwnWords
        Words of the user's texts with their counts.
    """

    model: SpellingModel
    own: OwnWords

    def count(self, word: str) -> int:
        """Count a word in the list and in the user's texts.

        Parameters
        ----------
        word : str
            A word.

        Returns
        -------
        int
            0 where neither has it.
        """
        return self.model.counts.get(word, 0) + OWN_WEIGHT * self.own.counts.get(word, 0)

    def n_counted(self) -> int:
        """Sum of all counts.

        Returns
        -------
        int
            At least 1.
        """
        return max(1, self.model.n_counted + OWN_WEIGHT * self.own.n_counted)

    def alone(self) -> Place:
        """Stand between blanks.

        Returns
        -------
        Place
            For a word without a text.
        """
        return _ALONE

    def row_cost(self, word: str, place: Place) -> float:
        """Cost of a word and of what follows it.

        Parameters
        ----------
        word : str
            A word.
        place : Place
            Where it stands.

        Returns
        -------
        float
            In nats, by the rows of syllables alone.
        """
        text = np.concatenate([self.model.symbols(word), place.right])
        return self.model.cost(place.left, text) + LOOSE_COST * len(_JAMO.findall(word))

    def word_cost(self, word: str) -> float:
        """Cost of a word by itself: by its syllables and by its count.

        Parameters
        ----------
        word : str
            A word.

        Returns
        -------
        float
            In nats.
        """
        return self._mixed(word, self.row_cost(word, self.alone()))

    def _mixed(self, word: str, row_cost: float) -> float:
        listed = LIST_SHARE * self.count(word) / self.n_counted()
        return -math.log((1 - LIST_SHARE) * math.exp(-row_cost) + listed)

    def cost(self, word: str, place: Place) -> float:
        """Cost of a word where it stands.

        Parameters
        ----------
        word : str
            A word.
        place : Place
            Where it stands.

        Returns
        -------
        float
            That of the word by itself, and what its neighbours add to it.
        """
        alone = self.row_cost(word, self.alone())
        return self._mixed(word, alone) + self.row_cost(word, place) - alone

    def candidates(self, word: str, place: Place, limit: float) -> Iterator[Candidate]:
        """Find what the word may have been, by one slip.

        Parameters
        ----------
        word : str
            Syllables and jamo.
        place : Place
            Where it stands.
        limit : float
            Candidates that cost more with their slip, by their rows, are left out.

        Yields
        ------
        Candidate
            The word as it is, then others, each once, the cheapest row first.
        """
        from malgil.clean._spelling_kernels import best_edits

        model, typed = self.model, stroke_numbers(word)
        scores, edits = np.full(N_FOUND, limit), np.zeros((N_FOUND, 3), np.int64)
        looked_up = (model.known, model.slots, model.costs)
        best_edits(typed, place.left, place.right, *tables(), *looked_up, scores, edits)
        seen = {word}
        yield Candidate(word, ())
        for kind, at, key in edits[scores < limit].tolist():
            found = _undo(strokes(word), _KINDS[kind], at, KEYS[key])
            if found.word not in seen:
                seen.add(found.word)
                yield found
        for near in self.own.near(word):
            slips = one_slip(strokes(word), strokes(near))
            if slips and near not in seen:
                yield Candidate(near, slips)

    def explain(self, candidate: Candidate, place: Place) -> Explanation:
        """Open the score of a candidate.

        Parameters
        ----------
        candidate : Candidate
            A word and its slips.
        place : Place
            Where it stands.

        Returns
        -------
        Explanation
            A sum of logarithms: of its slips, of the word, of its neighbours.
        """
        word, n = candidate.word, self.count(candidate.word)
        slips = tuple(Explanation(f"slip {each.label}", -each.cost) for each in candidate.slips)
        numbers: dict[str, float | int | str] = {
            "syllables": math.exp(-self.row_cost(word, self.alone())),
            "count": n,
            "all": self.n_counted(),
        }
        formula = f"ln({1 - LIST_SHARE} x syllables + {LIST_SHARE} x count / all)"
        alone = Explanation(f"word {word}", -self.word_cost(word), formula, "formula", numbers=numbers)
        around = Explanation("neighbours", self.row_cost(word, self.alone()) - self.row_cost(word, place))
        parts = (*slips, alone, around)
        value = sum((part.value for part in parts), 0.0)
        return Explanation(word, value, "ln P(slips) + ln P(word) + what its neighbours add", "sum", parts)


_BLANK_ROW = np.array([BLANK], np.int64)
_ALONE = Place(_BLANK_ROW, _BLANK_ROW)


def _undo(typed: str, kind: str, at: int, key: str) -> Candidate:
    """Name the slip and take it back."""
    before, behind = typed[:at], typed[at + 1 :]
    if kind == "replaced":
        return Candidate(from_strokes(before + key + behind), (Slip(f"{key} > {typed[at]}", slip(key, typed[at])),))
    if kind == "extra":
        return Candidate(from_strokes(before + behind), (Slip(f"+ {typed[at]}", extra_cost(typed, at)),))
    if kind == "missing":
        cost = NOT_DOUBLED if before.endswith(key) else MISSING
        return Candidate(from_strokes(before + key + typed[at:]), (Slip(f"- {key}", cost),))
    if kind == "swapped":
        pair = typed[at : at + 2]
        return Candidate(
            from_strokes(before + pair[::-1] + typed[at + 2 :]), (Slip(f"{pair[::-1]} > {pair}", SWAPPED),)
        )
    return Candidate(from_strokes(typed), ())


def one_slip(typed: str, meant: str) -> tuple[Slip, ...]:
    """Name the one slip between two rows of strokes.

    Parameters
    ----------
    typed, meant : str
        Strokes.

    Returns
    -------
    tuple of Slip
        One; none where they are equal or further apart.

    Examples
    --------
    >>> [one_slip(typed, "ㅁㅏㄹ")[0].label for typed in ("ㅁㅣㄹ", "ㅁㅁㅏㄹ", "ㅏㅁㄹ")]
    ['ㅏ > ㅣ', '+ ㅁ', 'ㅁㅏ > ㅏㅁ']
    """
    pairs = enumerate(zip(typed, meant, strict=False))
    at = next((at for at, (one, other) in pairs if one != other), min(len(typed), len(meant)))
    left, wanted = typed[at:], meant[at:]
    if not left and not wanted:
        return ()
    if left[1:] == wanted[1:] and left and wanted:
        return (Slip(f"{wanted[0]} > {left[0]}", slip(wanted[0], left[0])),)
    if left[1:] == wanted:
        return (Slip(f"+ {left[0]}", extra_cost(typed, at)),)
    if left == wanted[1:]:
        return (Slip(f"- {wanted[0]}", NOT_DOUBLED if typed[:at].endswith(wanted[0]) else MISSING),)
    if left[:2] == wanted[:2][::-1] and left[2:] == wanted[2:]:
        return (Slip(f"{wanted[:2]} > {left[:2]}", SWAPPED),)
    return ()


def extra_cost(typed: str, at: int) -> float:
    """Cost of a key too many: little where it repeats the one before or is near to one beside it.

    Parameters
    ----------
    typed : str
        Strokes.
    at : int
        Place of the key.

    Returns
    -------
    float
        In nats.
    """
    if at and typed[at - 1] == typed[at]:
        return DOUBLED
    beside = [typed[i] for i in (at - 1, at + 1) if 0 <= i < len(typed)]
    return min([EXTRA, *(DOUBLED + 0.5 * slip(each, typed[at]) for each in beside)])
