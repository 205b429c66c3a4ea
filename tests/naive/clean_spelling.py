"""Spelling, one string at a time: costs from a dictionary, every edit written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from malgil.hangul import from_strokes

Table = Mapping[tuple[int, ...], tuple[float, float]]
KINDS = ("kept", "replaced", "extra", "missing", "swapped")
LONGEST = 5
LOOSE = 5
Edit = tuple[int, int, int]


def fill_slots(
    rows: Sequence[Sequence[int]], values: Sequence[tuple[float, float]]
) -> dict[tuple[int, ...], tuple[float, float]]:
    """Put rows with their values into a dictionary."""
    return {tuple(row): value for row, value in zip(rows, values, strict=True)}


def find_slot(table: Table, row: Sequence[int]) -> tuple[float, float] | None:
    """Look a row up."""
    return table.get(tuple(row))


def symbol_cost(symbols: Sequence[int], at: int, table: Table) -> float:
    """Cost of a symbol behind those before it, falling back on ever shorter rows."""
    for n in range(min(LONGEST - 1, at), -1, -1):
        found = find_slot(table, symbols[at - n : at + 1])
        if found is not None:
            fallen = [find_slot(table, symbols[at - m : at]) for m in range(n + 1, min(LONGEST - 1, at) + 1)]
            return found[0] + sum(value[1] for value in fallen if value is not None)
    fallen = [find_slot(table, symbols[at - m : at]) for m in range(1, min(LONGEST - 1, at) + 1)]
    return 20.0 + sum(value[1] for value in fallen if value is not None)


def row_cost(symbols: Sequence[int], first: int, end: int, table: Table) -> float:
    """Cost of some symbols, given all before them."""
    return sum(symbol_cost(symbols, at, table) for at in range(first, end))


def build_symbols(strokes: str, symbol_of: Mapping[str, int]) -> list[int] | None:
    """Symbols of the syllables that strokes make; nothing where a jamo stays loose or a syllable is rare."""
    text = from_strokes(strokes)
    if not all("가" <= char <= "힣" and symbol_of[char] != LOOSE for char in text):
        return None
    return [symbol_of[char] for char in text]


def edit_strokes(strokes: str, edit: Edit, keys: str) -> str:
    """Undo one slip."""
    kind, at, key = KINDS[edit[0]], edit[1], keys[edit[2]]
    if kind == "replaced":
        return strokes[:at] + key + strokes[at + 1 :]
    if kind == "extra":
        return strokes[:at] + strokes[at + 1 :]
    if kind == "missing":
        return strokes[:at] + key + strokes[at:]
    if kind == "swapped":
        return strokes[:at] + strokes[at : at + 2][::-1] + strokes[at + 2 :]
    return strokes


def slip_cost(
    strokes: str, edit: Edit, keys: str, slips: Mapping[tuple[str, str], float], plain: Sequence[float]
) -> float | None:
    """Cost of a slip; nothing where it is none."""
    kind, at, key = KINDS[edit[0]], edit[1], keys[edit[2]]
    if kind == "replaced":
        return None if strokes[at] == key else slips[key, strokes[at]]
    if kind == "extra":
        if strokes[:at].endswith(strokes[at]):
            return plain[1]
        beside = strokes[at - 1 : at] + strokes[at + 1 : at + 2]
        return min([plain[0], *(plain[1] + 0.5 * slips[other, strokes[at]] for other in beside)])
    if kind == "missing":
        return plain[3] if strokes[:at].endswith(key) else plain[2]
    if kind == "swapped":
        return plain[4] if len(set(strokes[at : at + 2])) == 2 else None
    return 0.0


def keep_best(found: list[tuple[float, Edit]], n: int) -> list[tuple[float, Edit]]:
    """Keep the cheapest."""
    return sorted(found, key=lambda row: row[0])[:n]


def best_edits(
    strokes: str, keys: str, cost_of: object, slips: Mapping[tuple[str, str], float], plain: Sequence[float]
) -> list[tuple[float, str]]:
    """All texts one slip away with the cost of slip and text, the cheapest first; each text once."""
    best: dict[str, float] = {}
    for kind in range(5):
        for at in range(len(strokes) + 1):
            if at == len(strokes) and KINDS[kind] not in ("missing", "kept"):
                continue
            for key in range(len(keys) if KINDS[kind] in ("replaced", "missing") else 1):
                slip = slip_cost(strokes, (kind, at, key), keys, slips, plain)
                text = edit_strokes(strokes, (kind, at, key), keys)
                cost = cost_of(text) if slip is not None else None  # type: ignore[operator]
                if slip is not None and cost is not None:
                    best[from_strokes(text)] = min(best.get(from_strokes(text), 1e9), slip + cost)
    return sorted((cost, text) for text, cost in best.items())
