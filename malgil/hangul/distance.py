"""How far apart two texts are for the fingers: in keys of the two-set keyboard, near keys cheaper than far ones.

`malgil.similarity` has the same counts of jamo for whole columns of queries and items (``measure="jamo"``).
"""

from __future__ import annotations

from functools import cache

from malgil.hangul.letters import KEY_ROWS, SHIFT_PAIRS
from malgil.hangul.syllables import strokes

NEAR = 1.3
"""Keys whose middles are so many key widths apart are neighbours; the rows are shifted by a quarter and a half."""
_SHIFTS = (0.0, 0.25, 0.75)
_NEAR_COST = _SHIFT_COST = 0.5


@cache
def _places() -> dict[str, tuple[float, float]]:
    places = {
        jamo: (_SHIFTS[row] + column, float(row))
        for row, keys in enumerate(KEY_ROWS)
        for column, jamo in enumerate(keys)
    }
    return places | {shifted: places[plain] for plain, shifted in SHIFT_PAIRS.items()}


@cache
def are_near(one: str, other: str) -> bool:
    """Whether two strokes are typed with neighbouring keys.

    Parameters
    ----------
    one, other : str
        One jamo each; what the keyboard has no key for is near to nothing.

    Returns
    -------
    bool
        False for the same key.

    Examples
    --------
    >>> are_near("ㅏ", "ㅓ"), are_near("ㅂ", "ㅃ"), are_near("ㅂ", "ㅔ")
    (True, False, False)
    """
    places = _places()
    if one not in places or other not in places:
        return False
    (x, y), (u, v) = places[one], places[other]
    return 0 < (x - u) ** 2 + (y - v) ** 2 <= NEAR**2


def same_key(one: str, other: str) -> bool:
    """Whether two strokes differ in the shift key alone.

    Parameters
    ----------
    one, other : str
        One jamo each.

    Returns
    -------
    bool
        False for equal strokes.

    Examples
    --------
    >>> same_key("ㅂ", "ㅃ"), same_key("ㅐ", "ㅒ"), same_key("ㅏ", "ㅑ")
    (True, True, False)
    """
    return SHIFT_PAIRS.get(one) == other or SHIFT_PAIRS.get(other) == one


def jamo_distance(one: str, other: str) -> int:
    """Fewest keys to insert, delete or replace.

    Parameters
    ----------
    one, other : str
        Any texts; in NFD the same as in NFC.

    Returns
    -------
    int
        Levenshtein's distance of their `strokes`.

    References
    ----------
    .. [1] Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966.

    Examples
    --------
    >>> jamo_distance("값", "갑"), jamo_distance("닭", "영")
    (1, 4)
    """
    from rapidfuzz.distance import Levenshtein

    return int(Levenshtein.distance(strokes(one), strokes(other)))


def keyboard_distance(one: str, other: str) -> float:
    """Cheapest way to type one text for another by slips of the fingers.

    Parameters
    ----------
    one, other : str
        Any texts; in NFD the same as in NFC.

    Returns
    -------
    float
        A key too many, missing or replaced costs 1, two neighbouring keys in the wrong order 1, a neighbouring key
        or a wrong shift 0.5. Symmetrical; 0 for equal texts alone.

    Notes
    -----
    Optimal string alignment: no key is edited twice.

    References
    ----------
    .. [1] Damerau, "A technique for computer detection and correction of spelling errors", 1964.

    Examples
    --------
    >>> keyboard_distance("영화", "영하"), keyboard_distance("나라", "너라"), keyboard_distance("빵", "방")
    (1.0, 0.5, 0.5)
    """
    first, second = strokes(one), strokes(other)
    before: list[float] = []
    row = [float(j) for j in range(len(second) + 1)]
    for i, stroke in enumerate(first):
        new = [float(i + 1)]
        for j, against in enumerate(second):
            best = min(row[j + 1] + 1, new[j] + 1, row[j] + _replaced(stroke, against))
            if i and j and stroke == second[j - 1] and first[i - 1] == against:
                best = min(best, before[j - 1] + 1)
            new.append(best)
        before, row = row, new
    return row[-1]


def _replaced(stroke: str, against: str) -> float:
    if stroke == against:
        return 0.0
    if same_key(stroke, against):
        return _SHIFT_COST
    return _NEAR_COST if are_near(stroke, against) else 1.0
