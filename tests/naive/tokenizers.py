"""Slow and obvious twins of the tokenisers and of every kernel under them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

CUT: dict[str, Callable[[str], list[str]]] = {"whitespace": str.split, "word": lambda text: re.findall(r"\w+", text)}


class Scanned(NamedTuple):
    """Forms of each text, and the spans beside them."""

    forms: list[list[str]]
    spans: list[list[tuple[int, int]]]


def scan(texts: Sequence[str], rule: str, lowercase: bool) -> Scanned:
    """Cut the whole text in lower case, and find the raw character that each of its code points came from."""
    forms, spans = [], []
    for text in texts:
        read = text.lower() if lowercase else text
        raw = [i for i, char in enumerate(text) for _ in (char.lower() if lowercase else char)]
        pattern = r"\S+" if rule == "whitespace" else r"\w+"
        found = list(re.finditer(pattern, read))
        forms.append(CUT[rule](read))
        spans.append([(raw[match.start()], raw[match.end() - 1] + 1) for match in found])
    return Scanned(forms, spans)


def pack(strings: Sequence[bytes]) -> tuple[bytes, list[int], list[int]]:
    """Pad strings to whole words: bytes, first word of each, lengths."""
    packed, places = b"", [0]
    for string in strings:
        packed += string + bytes(max(8, -(-len(string) // 8) * 8) - len(string))
        places.append(len(packed) // 8)
    return packed, places, [len(string) for string in strings]


def intern(docs: Sequence[Sequence[str]]) -> list[list[int]]:
    """Give forms numbers in the order of first appearance."""
    ids: dict[str, int] = {}
    return [[ids.setdefault(form, len(ids)) for form in doc] for doc in docs]


def find(forms: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Place of each wanted form among the forms, -1 where it is not there."""
    return [list(forms).index(form) if form in forms else -1 for form in wanted]


def spread(entries: Sequence[int], size: int) -> list[int]:
    """Put every entry into the first empty slot from the one that its upper half names."""
    slots = [0] * size
    for entry in entries:
        if entry:
            slot = (entry >> 32) % size
            while slots[slot]:
                slot = (slot + 1) % size
            slots[slot] = entry
    return slots


def unload(docs: Sequence[Sequence[str]]) -> list[tuple[str, int, int]]:
    """Form, count and document frequency, in the order of first appearance."""
    counts = Counter(form for doc in docs for form in doc)
    return [(form, count, sum(form in doc for doc in docs)) for form, count in counts.items()]


def order_ties(strings: Sequence[bytes]) -> list[int]:
    """Order of distinct strings by their bytes."""
    return sorted(range(len(strings)), key=lambda place: strings[place])


def align(one: Sequence[bytes], other: Sequence[bytes]) -> tuple[int, list[int], list[int]]:
    """Length of the union of two sorted lists, and where the strings of either stand in it."""
    union = sorted({*one, *other})
    return len(union), [union.index(string) for string in one], [union.index(string) for string in other]


def gather(strings: Sequence[bytes], order: Sequence[int]) -> list[bytes]:
    """Take strings by place."""
    return [strings[place] for place in order]


def spell(strings: Sequence[bytes], order: Sequence[int]) -> tuple[list[int], bytes]:
    """Lay strings end to end: borders and bytes."""
    taken = gather(strings, order)
    return [sum(map(len, taken[:k])) for k in range(len(taken) + 1)], b"".join(taken)


def tally(docs: Sequence[Sequence[int]], n_forms: int) -> tuple[list[int], list[int]]:
    """Occurrences of each id, and documents that have it."""
    counts = [sum(list(doc).count(form) for doc in docs) for form in range(n_forms)]
    return counts, [sum(form in doc for doc in docs) for form in range(n_forms)]


class Learned(NamedTuple):
    """A vocabulary and the corpus in its ids."""

    terms: list[str]
    counts: list[int]
    df: list[int]
    ids: list[list[int]]


def encode_blocks(docs: Sequence[Sequence[str]]) -> Learned:
    """Vocabulary by descending count, then bytes."""
    rows = sorted(unload(docs), key=lambda row: (-row[1], row[0].encode()))
    terms = [form for form, _, _ in rows]
    ids = [[terms.index(form) for form in doc] for doc in docs]
    return Learned(terms, [count for _, count, _ in rows], [df for _, _, df in rows], ids)
