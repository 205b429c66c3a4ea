"""Slow and obvious twins of the tokenisers and of every kernel under them."""

from __future__ import annotations

import re
import unicodedata
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


def bigrams(texts: Sequence[str]) -> Scanned:
    """Cut words into syllables and their pairs; one syllable may be several code points of the text."""
    scanned = scan(texts, "word", lowercase=True)
    forms: list[list[str]] = []
    spans: list[list[tuple[int, int]]] = []
    for words, places in zip(*scanned, strict=True):
        forms.append([])
        spans.append([])
        for word, (start, _) in zip(words, places, strict=True):
            for run in _runs(word, start):
                for k, (form, low, high) in enumerate(run):
                    if k:
                        forms[-1].append(run[k - 1][0] + form)
                        spans[-1].append((run[k - 1][1], high))
                    forms[-1].append(form)
                    spans[-1].append((low, high))
    return Scanned(forms, spans)


def _runs(word: str, start: int) -> list[list[tuple[str, int, int]]]:
    """Cut a word into runs of syllables, and stretches between them as runs of one; each part with its place."""
    runs: list[list[tuple[str, int, int]]] = []
    is_hangul = False
    for found in re.finditer(
        "[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[가-힣][\u11a8-\u11c2]?|.", word, re.DOTALL
    ):
        text = unicodedata.normalize("NFC", found.group()) if len(found.group()) > 1 else found.group()
        parts = [(text, found.start(), found.end())]
        if len(text) == 2:  # a closed syllable before a loose final
            parts = [(text[0], found.start(), found.start() + 1), (text[1], found.start() + 1, found.end())]
        for char, low, high in parts:
            part = (char, start + low, start + high)
            was_hangul, is_hangul = is_hangul, "가" <= char <= "힣"
            if runs and is_hangul == was_hangul and is_hangul:
                runs[-1].append(part)
            elif runs and is_hangul == was_hangul:
                runs[-1] = [(runs[-1][0][0] + char, runs[-1][0][1], part[2])]
            else:
                runs.append([part])
    return runs


def letters(text: str) -> list[int]:
    """Code units of a text, moved so that they sort as code points do and none is 0."""
    units = memoryview(text.encode("utf-16-le")).cast("H").tolist()
    moved = {True: lambda unit: unit + 0x2000 if unit < 0xE000 else unit - 0x800, False: lambda unit: unit}
    return [moved[unit >= 0xD800](unit) + (unit < 9) for unit in units]


def widen(texts: Sequence[str]) -> tuple[list[int], list[int]]:
    """Code units of the texts, a line end after each, and where each text begins."""
    units = [memoryview(f"{text}\n".encode("utf-16-le")).cast("H").tolist() for text in texts]
    begins = [sum(map(len, units[:k])) for k in range(len(units) + 1)]
    return [unit for text in units for unit in text], begins


def place_borders(texts: Sequence[str]) -> list[int]:
    """Where each text begins among the code units."""
    return widen(texts)[1]


def fold(texts: Sequence[str], rule: str, lowercase: bool) -> list[list[int]]:
    """Letters of each text, 0 for what belongs to no word."""
    pattern = r"\S" if rule == "whitespace" else r"\w"
    read = [text.lower() if lowercase else text for text in texts]
    return [[n for char in text for n in (letters(char) if re.match(pattern, char) else [0])] for text in read]


def cut(texts: Sequence[str], rule: str, lowercase: bool, shortest: int) -> list[list[str]]:
    """Words of each text that are long enough."""
    read = [text.lower() if lowercase else text for text in texts]
    return [[word for word in CUT[rule](text) if len(word) >= shortest] for text in read]


def number(docs: Sequence[Sequence[str]]) -> list[list[int]]:
    """Give words numbers in the order of first appearance."""
    return intern(docs)


def move_slots(keys: Sequence[str]) -> dict[str, int]:
    """Give every key of a table its number."""
    return {key: number for number, key in enumerate(keys)}


def first_letters(words: Sequence[str]) -> Counter[int]:
    """How many words begin with each letter."""
    return Counter(letters(word)[0] for word in words)


def deal(words: Sequence[str], heap_of: Sequence[int], n_heaps: int) -> list[list[str]]:
    """Words of each heap, in their order."""
    return [[word for word in words if heap_of[letters(word)[0]] == heap] for heap in range(n_heaps)]


def settle(words: Sequence[str]) -> list[tuple[str, bool]]:
    """Sort words, and say of each whether it is another one than the one before."""
    ordered = sorted(words)
    return [(word, k == 0 or word != ordered[k - 1]) for k, word in enumerate(ordered)]


def spell_words(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """Distinct words in order, and the rank of each word."""
    distinct = sorted(set(words))
    return distinct, [distinct.index(word) for word in words]


def clusters(text: str) -> list[tuple[int, int]]:
    """Find the characters that people see, one code point at a time; white space makes some too."""
    spans: list[tuple[int, int]] = []
    for place, char in enumerate(text):
        cluster = text[spans[-1][0] : place] if spans else ""
        if cluster and _goes_on(cluster, char):
            spans[-1] = (spans[-1][0], place + 1)
        else:
            spans.append((place, place + 1))
    return spans


def _goes_on(cluster: str, char: str) -> bool:
    """Whether a code point belongs to the character before it."""
    last, mark = cluster[-1], _mark(char)
    if last == "▁" or last.isspace() or (unicodedata.category(last) in ("Cc", "Cf") and not _mark(last)):
        return False
    if mark:
        return True
    if last == "\u200d" and (unicodedata.category(char) == "So" or "\u2190" <= char <= "\u21ff") and not _flag(char):
        return True
    if _flag(last) and _flag(char):
        return len(cluster) % 2 == 1
    left, right = _hangul(last), _hangul(char)
    opens, closes = left and left[-1], right and right[0]
    return bool(left and right) and opens + closes in ("LL", "LV", "VV", "VT", "TT")


def _mark(char: str) -> bool:
    ranges = (("\u200c", "\u200d"), ("\uff9e", "\uff9f"), ("\U0001f3fb", "\U0001f3ff"), ("\U000e0020", "\U000e007f"))
    return unicodedata.category(char)[0] == "M" or any(low <= char <= high for low, high in ranges)


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _hangul(char: str) -> str:
    """Kinds of the jamo of a character: L, V, T; nothing where it has none."""
    kinds = {"L": "\u1100-\u115f\ua960-\ua97c", "V": "\u1160-\u11a7\ud7b0-\ud7c6", "T": "\u11a8-\u11ff\ud7cb-\ud7fb"}
    parts = unicodedata.normalize("NFD", char) if "가" <= char <= "힣" else char
    return "".join(kind for part in parts for kind, ranges in kinds.items() if re.match(f"[{ranges}]", part))


def units(text: str, name: str, *, blanks: bool = False, lowercase: bool = False) -> list[str]:
    """Cut a text into code points, into characters as people see them, or those into letters too."""
    forms: list[str] = []
    if name == "char":
        pieces = [(place, place + 1) for place in range(len(text))]
    else:
        text = unicodedata.normalize("NFC", text)
        pieces = clusters(text)
    for low, high in pieces:
        piece = text[low:high]
        if piece.isspace():
            continue
        parts = _letters(piece) if name == "jamo" else [piece]
        if blanks and low and text[low - 1].isspace():
            parts[0] = "▁" + parts[0]
        forms += [part.lower() if lowercase else part for part in parts]
    return forms


def _letters(cluster: str) -> list[str]:
    """Take the syllables of a character apart; a mark stays with what stands before it."""
    parts: list[str] = []
    for char in cluster:
        for letter in unicodedata.normalize("NFD", char) if "가" <= char <= "힣" else char:
            if not parts or _hangul(letter):
                parts.append("")
            parts[-1] += letter
    return parts
