"""Counting and weighing, one document and one word at a time."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def bags(docs: Sequence[Sequence[int]]) -> list[dict[int, int]]:
    """Count the terms of each document, terms rising."""
    return [dict(sorted(Counter(int(term) for term in doc).items())) for doc in docs]


def dtm(docs: Sequence[Sequence[int]], n_terms: int) -> list[list[int]]:
    """Write out the document-term matrix."""
    return [[list(doc).count(term) for term in range(n_terms)] for doc in docs]


def tfidf(docs: Sequence[Sequence[int]], n_terms: int, variant: str) -> list[list[float]]:
    """Weigh every cell of the matrix, cell by cell as the table of SMART letters has it."""
    counts = dtm(docs, n_terms)
    df = [sum(row[term] > 0 for row in counts) for term in range(n_terms)]
    n = len(docs)
    matrix = []
    for doc, row in zip(docs, counts, strict=True):
        letters = {"textbook": "rtn", "sklearn": "nsc"}.get(variant, variant)
        weights = [
            _tf(letters[0], c, row, len(doc)) * _idf(letters[1], df[t], n) if c else 0.0 for t, c in enumerate(row)
        ]
        if letters[2] == "c":
            length = math.sqrt(sum(w * w for w in weights)) or 1.0
            weights = [w / length for w in weights]
        matrix.append(weights)
    return matrix


def _tf(letter: str, count: int, row: list[int], n_tokens: int) -> float:
    present = [c for c in row if c]
    return {
        "r": lambda: count / n_tokens,
        "n": lambda: float(count),
        "l": lambda: 1 + math.log(count),
        "a": lambda: 0.5 + 0.5 * count / max(present),
        "b": lambda: 1.0,
        "L": lambda: (1 + math.log(count)) / (1 + math.log(sum(present) / len(present))),
    }[letter]()


def _idf(letter: str, df: int, n: int) -> float:
    return {
        "s": lambda: math.log((1 + n) / (1 + df)) + 1,
        "n": lambda: 1.0,
        "t": lambda: math.log(n / df),
        "p": lambda: max(0.0, math.log((n - df) / df)) if df < n else 0.0,
    }[letter]()


def count_rows(ids: Array, indptr: Array, lengths: Array, indices: Array, data: Array) -> int:
    """Twin of the kernel."""
    n = 0
    for row in range(len(lengths)):
        bag = bags([ids[indptr[row] : indptr[row + 1]]])[0]
        lengths[row] = len(bag)
        for term, count in bag.items():
            indices[n], data[n] = term, count
            n += 1
    return n


def scatter_columns(
    indptr: Array, indices: Array, data: Array, column_indptr: Array, rows: Array, values: Array
) -> None:
    """Twin of the kernel."""
    entries = [
        (indices[i], row, data[i]) for row in range(len(indptr) - 1) for i in range(indptr[row], indptr[row + 1])
    ]
    entries.sort(key=lambda entry: entry[:2])
    for i, (_, row, value) in enumerate(entries):
        rows[i], values[i] = row, value
    column_indptr[:] = np.searchsorted([column for column, _, _ in entries], np.arange(len(column_indptr)))


def murmur(offsets: Array, data: Array, hashes: Array) -> None:
    """Twin of the kernel."""
    for s, (first, last) in enumerate(zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)):
        hashes[s] = murmur3_32(bytes(data[first:last].tolist()))


def murmur3_32(text: bytes) -> int:
    """MurmurHash3 for 32 bits with the seed 0, in whole numbers, as a signed number."""
    mask = 0xFFFFFFFF

    def rotated(value: int, by: int) -> int:
        return (value << by | value >> (32 - by)) & mask

    state = 0
    for at in range(0, len(text), 4):
        chunk = text[at : at + 4]
        word = int.from_bytes(chunk, "little") * 0xCC9E2D51 & mask
        state ^= rotated(word, 15) * 0x1B873593 & mask
        if len(chunk) == 4:
            state = (rotated(state, 13) * 5 + 0xE6546B64) & mask
    state ^= len(text)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        state = (state ^ state >> shift) * factor & mask
    return state - (1 << 32) if state >> 31 else state


def sort_grams(symbols: Array, left: Array, n_symbols: int, order: Array, tree: Array, sizes: Array) -> None:
    """Twin of the kernel: sorts tuples."""
    text = symbols.tolist()
    known: list[list[tuple[int, ...]]] = []
    for d in range(len(order)):
        places = sorted((tuple(text[p : p + d + 1]), p) for p in range(len(text)) if left[p] > d)
        grams = sorted({gram for gram, _ in places})
        known.append(grams)
        order[d, : len(places)] = [p for _, p in places]
        sizes[d] = len(grams)
        starts = [next(i for i, (found, _) in enumerate(places) if found == gram) for gram in grams]
        tree[2, d, : len(grams) + 1] = [*starts, len(places)]
        tree[1, d, : len(grams)] = [gram[-1] for gram in grams]
        tree[0, d, : len(grams)] = [known[d - 1].index(gram[:-1]) if d else 0 for gram in grams]
    ranks = sorted(set(text))
    symbols[:] = [ranks.index(symbol) for symbol in text]


def _counted(
    order: Array, tree: Array, sizes: Array, left: Array, docs: Array, low: int, is_padded: bool
) -> dict[tuple[int, ...], list[int]]:
    """Documents of every place where an n-gram counts, n-grams as tuples and sorted."""
    found: dict[tuple[int, ...], list[int]] = {}
    above: list[tuple[int, ...]] = [()]
    for d in range(len(order)):
        here = []
        for k in range(int(sizes[d])):
            gram = (*above[tree[0, d, k]], int(tree[1, d, k]))
            here.append(gram)
            places = order[d, tree[2, d, k] : tree[2, d, k + 1]].tolist()
            whole = [p for p in places if left[p] == d + 1 and (p == 0 or left[p - 1] == 1)]
            found[gram] = [int(docs[p]) for p in (places if d + 1 >= low else whole if is_padded else [])]
        above = here
    return dict(sorted(found.items()))


def row_lengths(
    order: Array, tree: Array, sizes: Array, left: Array, docs: Array, low: int, is_padded: bool, lengths: Array
) -> None:
    """Twin of the kernel."""
    for places in _counted(order, tree, sizes, left, docs, low, is_padded).values():
        for doc in set(places):
            lengths[doc] += 1


def list_grams(
    order: Array,
    tree: Array,
    sizes: Array,
    left: Array,
    docs: Array,
    low: int,
    is_padded: bool,
    free: Array,
    run: Array,
    tally: Array,
    indices: Array,
    data: Array,
) -> None:
    """Twin of the kernel."""
    for g, (gram, places) in enumerate(_counted(order, tree, sizes, left, docs, low, is_padded).items()):
        run[:, g], tally[:, g] = (len(gram), gram[-1]), (len(places), len(set(places)))
        for doc in sorted(set(places)):
            indices[free[doc]], data[free[doc]] = g, places.count(doc)
            free[doc] += 1


def paths(run: Array) -> list[tuple[int, ...]]:
    """Spell a list of n-grams out as tuples."""
    found: list[tuple[int, ...]] = []
    path: list[int] = []
    for depth, symbol in run.T.tolist():
        path = [*path[: depth - 1], symbol]
        found.append(tuple(path))
    return found


def join_grams(
    run: Array,
    tally: Array,
    other: Array,
    other_tally: Array,
    joined: Array,
    joined_tally: Array,
    to: Array,
    other_to: Array,
) -> int:
    """Twin of the kernel."""
    one, two = paths(run), paths(other)
    union = sorted({*one, *two})
    joined_tally[:, : len(union)] = 0
    for grams, sums, place in ((one, tally, to), (two, other_tally, other_to)):
        for i, gram in enumerate(grams):
            n = union.index(gram)
            place[i], joined[:, n] = n, (len(gram), gram[-1])
            joined_tally[:, n] += sums[:, i]
    return len(union)


def find_grams(run: Array, symbols: Array, first: Array, found: Array) -> None:
    """Twin of the kernel."""
    node_of: dict[tuple[int, ...], int] = {}
    todo: list[tuple[tuple[int, ...], int]] = [((), -1)]
    for path, node in todo:
        for child in range(int(first[node + 1]), int(first[node + 2])):
            node_of[(*path, int(symbols[child]))] = child
            todo.append(((*path, int(symbols[child])), child))
    found[:] = [node_of.get(path, -1) for path in paths(run)]


def lay_out(
    points: Array, borders: Array, space: Array, is_padded: bool, symbols: Array, left: Array, starts: Array
) -> None:
    """Twin of the kernel: cuts strings."""
    laid: list[int] = []
    rest: list[int] = []
    starts[0] = 0
    for doc in range(len(borders) - 1):
        text = "".join(map(chr, points[borders[doc] : borders[doc + 1]].tolist()))
        words = [f" {word} " for word in text.split()] if is_padded else [re.sub(r"\s\s+", " ", text)]
        for word in words:
            laid += map(ord, word)
            rest += range(len(word), 0, -1)
        starts[doc + 1] = len(laid)
    symbols[: len(laid)], left[: len(laid)] = laid, rest


def spell_grams(
    run: Array, wanted: Array, form_offsets: Array, form_data: Array, gap: int, offsets: Array, data: Array
) -> None:
    """Twin of the kernel."""
    forms = [form_data[a:b].tobytes() for a, b in pairwise(form_offsets)]
    texts = [b" ".join(forms[s] for s in path) if gap else b"".join(forms[s] for s in path) for path in paths(run)]
    kept = [text for text, is_wanted in zip(texts, wanted.tolist(), strict=True) if is_wanted]
    if len(data):
        data[:] = np.frombuffer(b"".join(kept), np.uint8)
    else:
        offsets[:] = np.cumsum([0, *map(len, kept)])


def count_mapped(ids: Array, indptr: Array, columns: Array, lengths: Array, indices: Array, data: Array) -> int:
    """Twin of the kernel."""
    n, is_over = 0, False
    for row in range(len(lengths)):
        mapped = columns[ids[indptr[row] : indptr[row + 1]]]
        bag = bags([mapped[mapped >= 0].tolist()])[0]
        lengths[row] = len(bag)
        for column, count in bag.items():
            indices[n], data[n] = column, min(count, 255)
            is_over |= count > 255
            n += 1
    return -1 - n if is_over else n


def hash_grams(
    symbols: Array,
    left: Array,
    borders: Array,
    string_offsets: Array,
    string_data: Array,
    gap: int,
    low: int,
    high: int,
    is_padded: bool,
    hashes: Array,
    lengths: Array,
) -> int:
    """Twin of the kernel: joins strings."""
    texts = [bytes(string_data[a:b].tolist()) for a, b in pairwise(string_offsets.tolist())]
    found: list[int] = []
    for doc, (first, last) in enumerate(pairwise(borders.tolist())):
        before = len(found)
        for p in range(first, last):
            whole = int(left[p])
            for d in range(1, whole + 1):
                is_short = is_padded and d == whole < low and d <= high and (p == 0 or left[p - 1] == 1)
                if low <= d <= high or is_short:
                    parts = [texts[s] for s in symbols[p : p + d].tolist()]
                    found.append(murmur3_32((b" " if gap else b"").join(parts)))
        lengths[doc] = len(found) - before
    hashes[: len(found)] = found
    return len(found)


def fold_hashes(hashes: Array, lengths: Array, n_features: int, is_signed: bool, indices: Array, data: Array) -> int:
    """Twin of the kernel."""
    n, begin = 0, 0
    for doc, size in enumerate(lengths.tolist()):
        sums: dict[int, int] = {}
        for value in hashes[begin : begin + size].tolist():
            column = abs(value) % n_features
            sums[column] = sums.get(column, 0) + (-1 if is_signed and value < 0 else 1)
        begin += size
        lengths[doc] = len(sums)
        for column, total in sorted(sums.items()):
            indices[n], data[n] = column, total
            n += 1
    return n


def scale_rows(indptr: Array, indices: Array, data: Array, factors: Array, norm: int) -> None:
    """Twin of the kernel."""
    for begin, end in pairwise(indptr.tolist()):
        row = [data[i] * (factors[indices[i]] if len(factors) else 1) for i in range(begin, end)]
        length = {0: 1.0, 1: sum(map(abs, row)), 2: math.sqrt(sum(w * w for w in row))}[norm] or 1.0
        data[begin:end] = [w / length for w in row]


def replace_points(
    points: Array, borders: Array, places: Array, pool: Array, replaced: Array, new_borders: Array
) -> None:
    """Twin of the kernel."""
    texts = []
    for begin, end in pairwise(borders.tolist()):
        runs = [pool[places[p] + 1 : places[p] + 1 + int(pool[places[p]])].tolist() for p in points[begin:end].tolist()]
        texts.append([point for run in runs for point in run])
    replaced[:] = [point for text in texts for point in text]
    new_borders[:] = np.cumsum([0, *map(len, texts)])


def pack_grams(run: Array, rank: Array, n_bits: int, high: int, keys: Array) -> None:
    """Twin of the kernel: digits of a number."""
    for g, path in enumerate(paths(run)):
        digits = [int(rank[symbol]) + 1 for symbol in path] + [0] * (high - len(path))
        keys[g] = sum(digit * (1 << n_bits) ** (high - 1 - k) for k, digit in enumerate(digits))


def unpack_grams(keys: Array, symbols: Array, n_bits: int, high: int, run: Array) -> None:
    """Twin of the kernel: digits of a number."""
    for g, key in enumerate(keys.tolist()):
        digits = [key // (1 << n_bits) ** (high - 1 - k) % (1 << n_bits) for k in range(high)]
        known = [digit for digit in digits if digit]
        run[:, g] = len(known), symbols[known[-1] - 1]


def rank_keys(keys: Array, order: Array, ranks: Array, distinct: Array) -> int:
    """Twin of the kernel: looks every key up in the sorted ones."""
    known = sorted(set(keys.tolist()))
    distinct[: len(known)] = known
    ranks[:] = [known.index(key) for key in keys.tolist()]
    return len(known)


def read_points(codes: Array, borders: Array, lower: Array, is_odd: Array, points: Array, indptr: Array) -> bool:
    """Twin of the kernel: reads strings."""
    read, ends = [], [0]
    for first, last in pairwise(borders.tolist()):
        read += [ord(char) for char in codes[first : last - 1].tobytes().decode("utf-16-le")]
        ends.append(len(read))
    points[: len(read)] = [lower[point] if point < len(lower) else point for point in read]
    indptr[:] = ends
    return not any(is_odd[point] for point in read if point < len(lower))


def count_columns(indices: Array, df: Array) -> None:
    """Twin of the kernel."""
    for column, n in Counter(indices.tolist()).items():
        df[column] += n


def add_up(indices: Array, data: Array, columns: Array, counts: Array, df: Array) -> None:
    """Twin of the kernel: a column at a time."""
    for column in range(len(df)):
        here = columns[indices] == column
        df[column] += here.sum()
        counts[column] += data[here].sum(dtype=np.int64)
