"""The Korean side of search by trying everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, pairwise

from tests.naive.hangul import distance, letters, strokes

Reading = tuple[int, str, str]


def spelled(text: str) -> str:
    """Strokes of a whole text."""
    return "".join(map(strokes, text))


def one_stroke_away(word: str, texts: Iterable[str]) -> set[str]:
    """Texts at distance one."""
    return {text for text in texts if distance(spelled(word), spelled(text)) == 1}


def with_initials(initials: str, terms: Iterable[str]) -> list[str]:
    """Terms of syllables that begin with these consonants."""
    return [
        term
        for term in terms
        if all("가" <= char <= "힣" for char in term) and [letters(char)[0] for char in term] == list(initials)
    ]


def cheapest(
    run: str, longest: int, readings: Callable[[str], Sequence[Reading]], step: Callable[[str, str], int]
) -> int:
    """Cost of the cheapest way to cut a run and to read the parts: all cuts, all readings."""
    best = -1
    for n_cuts in range(len(run)):
        for cuts in combinations(range(1, len(run)), n_cuts):
            parts = [run[low:high] for low, high in pairwise((0, *cuts, len(run)))]
            if all(len(part) <= longest for part in parts):
                for cost in _costs(parts, "^", readings, step):
                    best = cost if best < 0 else min(best, cost)
    return best


def _costs(
    parts: Sequence[str], before: str, readings: Callable[[str], Sequence[Reading]], step: Callable[[str, str], int]
) -> Iterable[int]:
    if not parts:
        yield step(before, "$")
        return
    for cost, first, last in readings(parts[0]):
        for rest in _costs(parts[1:], last, readings, step):
            yield step(before, first) + cost + rest
