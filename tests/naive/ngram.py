"""n-gram models the slow, obvious way: dictionaries of tuples, and the formulas as they are printed."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"
Gram = tuple[str, ...]

# The kernels' twins.


def sort_words(sequence: Any, starts: Any, places: Any) -> None:
    order = sorted(range(len(sequence)), key=lambda p: (sequence[p], p))
    places[:] = order
    ranked = sorted(int(word) for word in sequence)
    starts[:] = [bisect_left(ranked, word) for word in range(len(starts))]


def split_groups(
    sequence: Any, depth: int, starts: Any, ends: Any, labels: Any, places: Any, children: Any, out: Any, begins: Any
) -> int:
    total = 0
    for g, (start, end) in enumerate(zip(starts, ends, strict=True)):
        followers = []
        if labels[g] != 2:
            places[start:end] = sorted(places[start:end], key=lambda p: (sequence[p + depth], p))
            followers = sorted({int(sequence[p + depth]) for p in places[start:end]})
        children[g] = len(followers)
        for word in followers:
            out[total] = word
            begins[total] = next(i for i in range(start, end) if sequence[places[i] + depth] == word)
            total += 1
    return total


def merge_level(
    parents: Any,
    other_parents: Any,
    first: Any,
    other_first: Any,
    labels: Any,
    other_labels: Any,
    children: Any,
    sources: Any,
    other_sources: Any,
) -> int:
    n = 0
    for g in range(len(parents)):
        one = {int(labels[c]): c for c in _children(first, parents[g])}
        other = {int(other_labels[c]): c for c in _children(other_first, other_parents[g])}
        merged = sorted({*one, *other})
        children[g] = len(merged)
        for word in merged:
            sources[n], other_sources[n] = one.get(word, -1), other.get(word, -1)
            n += 1
    return n


def merge_runs(keys: Any, counts: Any, borders: Any, merged: Any, sums: Any, to: Any) -> int:
    known = sorted({int(key) for key in keys})
    merged[: len(known)] = known
    to[:] = [known.index(int(key)) for key in keys]
    sums[: len(known)] = [sum(int(c) for k, c in zip(keys, counts, strict=True) if k == key) for key in known]
    return len(known)


def _children(first: Any, node: int) -> range:
    return range(first[node], first[node + 1]) if node >= 0 else range(0)


def link_suffixes(labels: Any, first: Any, low: int, high: int, suffixes: Any) -> None:
    for node in range(low, high):
        for child in _children(first, node):
            near = [c for c in _children(first, suffixes[node]) if labels[c] == labels[child]]
            suffixes[child] = near[0] if near else -1


def count_continuations(suffixes: Any, low: int, high: int, counts: Any) -> None:
    for node, n in Counter(suffixes[low:high].tolist()).items():
        counts[node] += n


def gather_contexts(
    first: Any, counts: Any, kept: Any, low: int, high: int, totals: Any, pruned: Any, types: Any
) -> None:
    for node in range(low, high):
        here = [(int(counts[c]), bool(kept[c]) if len(kept) else True) for c in _children(first, node)]
        totals[node - low] = sum(count for count, _ in here)
        pruned[node - low] = sum(count for count, stays in here if not stays)
        for row, fits in enumerate((lambda c: c == 1, lambda c: c == 2, lambda c: c > 2)):
            types[row, node - low] = sum(stays and fits(count) for count, stays in here)


def spread(
    first: Any,
    counts: Any,
    suffixes: Any,
    low: int,
    high: int,
    discounts: Any,
    denominators: Any,
    weights: Any,
    probs: Any,
) -> None:
    for node in range(low, high):
        for child in _children(first, node):
            own = (counts[child] - discounts[min(int(counts[child]), len(discounts) - 1)]) / denominators[node - low]
            probs[child] = own + weights[node - low] * probs[suffixes[child]]


def drop_nodes(labels: Any, first: Any, kept: Any, renumbered: Any, kept_labels: Any, kept_first: Any) -> None:
    staying = [v for v in range(len(labels)) if kept[v]]
    kept_labels[:] = [labels[v] for v in staying]
    at = len(staying) - sum(sum(kept[c] for c in _children(first, v)) for v in staying if v < len(first) - 1)
    for place, node in enumerate(staying[: len(kept_first) - 1]):
        kept_first[place] = at
        at += sum(bool(kept[c]) for c in _children(first, node))
    kept_first[-1] = at


def hash_words(offsets: Any, data: Any, seed: int, hashes: Any) -> None:
    content = bytes(data)
    for i in range(len(hashes)):
        value = 0xCBF29CE484222325 ^ seed
        for char in content[offsets[i] : offsets[i + 1]].decode():
            value = (value ^ int.from_bytes(char.encode(), "big")) * 0x100000001B3 % 2**64
        value = (value ^ (value >> 32)) * 0x9E3779B97F4A7C15 % 2**64
        hashes[i] = max(value ^ (value >> 29), 3)


def fill_cells(hashes: Any, cells: Any) -> bool:
    for word in range(3, len(hashes)):
        value, at = int(hashes[word]), int(hashes[word]) % len(cells)
        while cells[at]:
            if int(cells[at]) // len(cells) == value // len(cells):
                return False
            at = (at + 1) % len(cells)
        cells[at] = value // len(cells) * len(cells) + word
    return True


def _word_of(value: int, cells: Any) -> int:
    at = value % len(cells)
    while cells[at]:
        if int(cells[at]) // len(cells) == value // len(cells):
            return int(cells[at]) % len(cells)
        at = (at + 1) % len(cells)
    return 0


def find_words(wanted: Any, cells: Any, words: Any) -> None:
    words[:] = [_word_of(int(value), cells) for value in wanted]


def split_words(offsets: Any, data: Any, seed: int, cells: Any, ids: Any) -> int:
    found: list[int] = []
    for begin, end in pairwise(offsets):
        pieces = [word.encode() for word in bytes(data[begin:end]).decode().split()]
        values = np.zeros(len(pieces), np.uint64)
        borders = np.cumsum([0, *map(len, pieces)])
        hash_words(borders, np.frombuffer(b"".join(pieces), np.uint8), seed, values)
        found += [1, *(_word_of(int(value), cells) for value in values), 2]
    ids[: len(found)] = found
    return len(found)


def _home(context: int, word: int, n_slots: int) -> int:
    return (((context << 32) | word) * 0x9E3779B97F4A7C15 % 2**64 >> 33) * n_slots >> 31


def fill_links(
    labels: Any, first: Any, probs: Any, backoffs: Any, low: int, above: Any, links: Any, below: Any
) -> None:
    width = 4 if len(below) else 3
    table = links.reshape(-1, width)
    todo = [(int(above[i]), int(labels[c]), c) for i in range(len(above)) for c in _children(first, low + i)]
    for context, word, child in sorted(todo, key=lambda item: (_home(item[0], item[1], 2**31) >> 22, item[2])):
        at = _home(context, word, len(table))
        while table[at, 1] >= 0:
            at = (at + 1) % len(table)
        table[at, :2] = context, word
        table[at].view(np.float32)[2] = probs[child]
        if width == 4:
            table[at].view(np.float32)[3] = backoffs[child]
            below[child - first[low]] = at


def _linked(links: Any) -> dict[tuple[int, ...], tuple[float, float]]:
    """Read log-probability and backoff of all n-grams of a hash table, by their words."""
    order, at = int(links[0]), 32
    tables = {}
    for n in [*range(2, order), 1, *([order] if order > 1 else [])]:
        width = 2 if n == 1 else 3 if n == order else 4
        tables[n] = links[at : at + width * int(links[n])].reshape(-1, width)
        at += tables[n].size
    above: dict[int, tuple[int, ...]] = {word: (word,) for word in range(len(tables[1]))}
    grams = {(word,): tuple(map(float, row.view(np.float32))) for word, row in enumerate(tables[1])}
    for n in range(2, order + 1):
        here = {at: row for at, row in enumerate(tables[n]) if row[1] >= 0}
        paths = {at: (*above[int(row[0])], int(row[1])) for at, row in here.items()}
        grams |= {paths[at]: (*map(float, row[2:].view(np.float32)), 0.0)[:2] for at, row in here.items()}
        above = paths
    return grams  # type: ignore[return-value]


def _grams(labels: Any, first: Any) -> dict[tuple[int, ...], int]:
    """All n-grams of a trie by their words."""
    known = {(node,): node for node in range(first[0] if len(first) > 1 else len(labels))}
    todo = list(known.items())
    while todo:
        path, node = todo.pop()
        if node < len(first) - 1:
            longer = {(*path, int(labels[c])): c for c in _children(first, node)}
            known |= longer
            todo += longer.items()
    return known


def _score(grams: Any, probs: Any, backoffs: Any, before: Sequence[int], word: int) -> tuple[float, int]:
    """Score one word as ARPA files define it, and give the order that answered."""
    gram = (*before, word)
    if gram in grams:
        return float(probs[grams[gram]]), len(gram)
    score, order = _score(grams, probs, backoffs, before[1:], word)
    return score + (float(backoffs[grams[tuple(before)]]) if tuple(before) in grams else 0.0), order


def score_ids(ids: Any, links: Any, scores: Any, orders: Any) -> None:
    linked, before = _linked(links), list[int]()
    grams = {gram: gram for gram in linked}
    probs, backoffs = ({gram: pair[side] for gram, pair in linked.items()} for side in (0, 1))
    for i, word in enumerate(int(word) for word in ids):
        if word == 1:
            before, scores[i], orders[i] = [1], 0.0, 0
            continue
        context = before[max(0, len(before) - int(links[0]) + 1) :]
        scores[i], orders[i] = _score(grams, probs, backoffs, context, word)
        before.append(word)


def score_text(seed: int, cells: Any, links: Any, data: bytes) -> float:
    ids = np.zeros(len(data) + 3, np.int32)
    n = split_words([0, len(data)], np.frombuffer(data, np.uint8), seed, cells, ids)
    scores = np.zeros(n)
    score_ids(ids[:n], links, scores, np.zeros(n, np.int8))
    return float(scores.sum())


def next_scores(
    contexts: Any, labels: Any, first: Any, probs: Any, backoffs: Any, seen: Any, words: Any, scores: Any
) -> tuple[int, float]:
    backoff, found = 0.0, {}
    for node in contexts:
        for child in _children(first, node):
            found.setdefault(int(labels[child]), backoff + float(probs[child]))
        backoff += float(backoffs[node])
    seen[list(found)] = True
    words[: len(found)], scores[: len(found)] = list(found), list(found.values())
    return len(found), backoff


def gap_scores(
    left: Any,
    before: Any,
    right: Any,
    labels: Any,
    first: Any,
    links: Any,
    heads: Any,
    head_first: Any,
    seen: Any,
    words: Any,
    scores: Any,
) -> tuple[int, float]:
    linked = _linked(links)
    grams = {gram: gram for gram in linked}
    probs, backoffs = ({gram: pair[side] for gram, pair in linked.items()} for side in (0, 1))
    near = [int(labels[c]) for node in left if node >= 0 for c in _children(first, int(node)) if labels[c] != 2]
    if len(right):
        near += [int(head) for head in heads[head_first[right[0]] : head_first[right[0] + 1]] if head != 1]
    near = list(dict.fromkeys(near))
    context = tuple(int(word) for word in before)
    weights = sum(backoffs.get(context[i:], 0.0) for i in range(len(context)))

    def follow(context: tuple[int, ...], words_: Sequence[int]) -> float:
        total = 0.0
        for word in words_:
            total += _score(grams, probs, backoffs, context[max(0, len(context) - len(left) + 1) :], int(word))[0]
            context = (*context, int(word))
        return total

    seen[near] = True
    words[: len(near)] = near
    scores[: len(near)] = [follow(context, [word, *right]) for word in near]
    return len(near), weights + follow((), right)


def write_lines(
    low: int,
    high: int,
    depth: int,
    labels: Any,
    first: Any,
    base: Any,
    probs: Any,
    backoffs: Any,
    offsets: Any,
    data: Any,
    out: Any,
) -> int:
    paths = {node: path for path, node in _grams(labels, first).items()}
    strings = [bytes(data[begin:end]).decode() for begin, end in pairwise(offsets)]

    def number(value: float) -> str:
        text = f"{math.floor(abs(float(value)) * 1e7 + 0.5) / 1e7:.7f}".rstrip("0").rstrip(".")
        return text if text == "0" or value > 0 else f"-{text}"

    text = ""
    for node in range(low, high):
        text += f"{number(probs[node])}\t{' '.join(strings[word] for word in paths[node])}"
        text += f"\t{number(backoffs[node])}\n" if node < len(first) - 1 else "\n"
    content = text.encode()
    out[: len(content)] = np.frombuffer(content, np.uint8)[: len(out)]
    return len(content)


def read_lines(
    data: Any, start: int, depth: int, seed: int, cells: Any, ids: Any, places: Any, values: Any
) -> tuple[int, int, int]:
    content, at = bytes(data), start
    for n in range(len(ids)):
        stop = content.find(b"\n", at)
        stop = len(content) if stop < 0 else stop
        fields = content[at:stop].split()
        if not fields or fields[0].startswith(b"\\"):
            return 6, n, at
        problem = _read_line(fields, depth, seed, cells, ids[n], values[n])
        if problem:
            return problem, n, at
        if len(places):
            begin = content.index(fields[1], at + content[at:stop].index(fields[0]) + len(fields[0]))
            places[n] = begin, begin + len(fields[1])
        at = min(stop + 1, len(content))
    return 0, len(ids), at


def _read_line(fields: list[bytes], depth: int, seed: int, cells: Any, ids: Any, values: Any) -> int:
    try:
        values[0], values[1] = float(fields[0]), 0.0
    except ValueError:
        return 1
    if math.isnan(values[0]):
        return 1
    if values[0] > 0:
        return 2
    special = {"<s>": 1, "</s>": 2, "<unk>": 0}
    for k in range(depth):
        if k + 1 >= len(fields):
            return 3
        word = fields[k + 1]
        value = np.zeros(1, np.uint64)
        hash_words([0, len(word)], np.frombuffer(word, np.uint8), seed, value)
        if len(cells):
            ids[k] = _word_of(int(value[0]), cells) or special.get(word.decode().lower(), -1)
            if ids[k] < 0:
                return 5
    return _read_backoff(fields[depth + 1 :], values)


def _read_backoff(fields: list[bytes], values: Any) -> int:
    try:
        values[1] = float(fields[0]) if fields else 0.0
    except ValueError:
        return 1
    if math.isnan(values[1]) or values[1] == math.inf:
        return 1
    return 4 if len(fields) > 1 else 0


def find_paths(ids: Any, labels: Any, first: Any, nodes: Any) -> None:
    grams = _grams(labels, first)
    nodes[:] = [grams.get(tuple(int(word) for word in row[:-1]), -1) for row in ids]


# A whole model by its formulas.


def count_grams(sentences: list[list[str]], order: int) -> list[Counter[Gram]]:
    """Occurrences of the n-grams of every order."""
    counts: list[Counter[Gram]] = [Counter() for _ in range(order)]
    for sentence in sentences:
        whole = [BEGIN, *sentence, END]
        for n in range(1, order + 1):
            counts[n - 1].update(tuple(whole[i : i + n]) for i in range(len(whole) - n + 1))
    return counts


def adjusted(counts: list[Counter[Gram]]) -> list[Counter[Gram]]:
    """Different words before an n-gram; occurrences at the highest order and after ``<s>``."""
    result = []
    for n, level in enumerate(counts[:-1], start=1):
        before: dict[Gram, set[str]] = defaultdict(set)
        for gram in counts[n]:
            before[gram[1:]].add(gram[0])
        result.append(Counter({g: c if g[0] == BEGIN else len(before[g]) for g, c in level.items()}))
    return [*result, counts[-1]]


class Interpolated:
    """Any smoothing of the form ``own share + weight x shorter``, from counts and a rule for each context."""

    def __init__(self, counts: list[Counter[Gram]], rule: Any, has_uniform: bool = True) -> None:
        self.counts = counts
        self.rule = rule
        self.has_uniform = has_uniform
        self.words = sorted({gram[0] for gram in counts[0]} | {UNKNOWN})

    def vocabulary(self) -> list[str]:
        return [word for word in self.words if word != BEGIN]

    def prob(self, word: str, context: Gram) -> float:
        n = len(context) + 1
        here = {g[-1]: c for g, c in self.counts[n - 1].items() if g[:-1] == context and (n > 1 or g != (BEGIN,))}
        if not here:
            return self.prob(word, context[1:])
        own, weight = self.rule(n, here)
        share = own(here.get(word, 0)) if word in here else 0.0
        if n > 1:
            return share + weight * self.prob(word, context[1:])
        if self.has_uniform:
            return share + weight / len(self.vocabulary())
        return weight if word == UNKNOWN else share


def contexts(counts: list[Counter[Gram]]) -> Iterator[Gram]:
    """Every context that occurred, and the empty one."""
    yield ()
    for level in counts[:-1]:
        yield from (gram for gram in level if gram[-1] != END)


def witten_bell(n: int, here: dict[str, int]) -> tuple[Any, float]:
    total, new = sum(here.values()), len(here)
    return (lambda count: count / (total + new)), new / (total + new)


def absolute(discounts: list[float]) -> Any:
    """Rule of absolute discounting and Kneser-Ney with one discount for each order."""

    def rule(n: int, here: dict[str, int]) -> tuple[Any, float]:
        total, d = sum(here.values()), discounts[n - 1]
        return (lambda count: (count - d) / total), d * len(here) / total

    return rule


def modified(discounts: list[list[float]]) -> Any:
    """Rule of modified Kneser-Ney with three discounts for each order."""

    def rule(n: int, here: dict[str, int]) -> tuple[Any, float]:
        total, d = sum(here.values()), discounts[n - 1]
        taken = sum(d[min(count, 3)] for count in here.values())
        return (lambda count: (count - d[min(count, 3)]) / total), taken / total

    return rule


def gap(lm: Any, left: list[str], right: list[str], words: list[str], order: int) -> dict[str, float]:
    """P(word | left, right) by scoring every sentence; `lm` gives P(word | context)."""
    scores = {}
    for word in words:
        whole = [BEGIN, *left, word, *right, END]
        at = len(left) + 1
        score = 1.0
        for i in range(at, min(at + order, len(whole))):
            score *= lm(whole[i], tuple(whole[max(0, i - order + 1) : i]))
        scores[word] = score
    total = sum(scores.values())
    return {word: score / total for word, score in scores.items()} if total > 1e-80 else {}


# Compact models: a row of numbers is one long string of binary digits, lowest first.


def pack_bits(numbers: Any, width: int, begin: int, bits: Any) -> None:
    whole = sum(int(number) << (width * i) for i, number in enumerate(numbers)) << begin
    for i in range(len(bits)):
        bits[i] |= np.uint64(whole >> (64 * i) & (2**64 - 1))


def _whole(bits: Any) -> int:
    return sum(int(word) << (64 * i) for i, word in enumerate(bits))


def _number(bits: Any, at: int, width: int) -> int:
    return _whole(bits) >> int(at) & ((1 << int(width)) - 1)


def unpack_bits(bits: Any, begin: int, width: int, numbers: Any) -> None:
    numbers[:] = [_number(bits, begin + i * width, width) for i in range(len(numbers))]


def children_of(bits: Any, fields: Any, highs: Any, n: int, node: int) -> tuple[int, int]:
    field, ends = fields[n], []
    changes = highs[field[5] : field[5] + field[6]]
    for at in (node, node + 1):
        low = _number(bits, field[3] + at * field[4], field[4])
        ends.append(sum(1 for change in changes if change <= at) * 2 ** int(field[4]) + low)
    return ends[0], ends[1]


def _compact_value(bits: Any, field: Any, values: Any, kind: int, node: int) -> float:
    begin, width, first, _ = field[kind : kind + 4]
    code = _number(bits, begin + node * width, width)
    return float(values[first + code] if first >= 0 else np.array(code, np.uint32).view(np.float32))


def _compact_grams(bits: Any, fields: Any, highs: Any, values: Any) -> tuple[Any, Any, Any]:
    """Nodes, probabilities and backoffs of all n-grams, by their words."""
    nodes = {(word,): word for word in range(int(fields[0][0]))}
    probs, backoffs, above = {}, {}, dict(nodes)
    for n, field in enumerate(fields):
        here = above
        if n > 0:
            here = {
                (*gram, _number(bits, field[1] + child * field[2], field[2])): child
                for gram, node in above.items()
                for child in range(*children_of(bits, fields, highs, n - 1, node))
            }
        nodes |= here
        probs |= {gram: _compact_value(bits, field, values, 7, node) for gram, node in here.items()}
        if n < len(fields) - 1:
            backoffs |= {gram: _compact_value(bits, field, values, 11, node) for gram, node in here.items()}
        above = here
    return nodes, probs, backoffs


def _compact_score(grams: Any, before: Sequence[int], word: int) -> tuple[float, int]:
    probs, backoffs = grams[1:]
    same = {gram: gram for gram in probs}
    return _score(same, probs, {gram: backoffs.get(gram, 0.0) for gram in probs}, before, word)


def score_compact(ids: Any, bits: Any, fields: Any, highs: Any, values: Any, scores: Any, orders: Any) -> None:
    grams, before = _compact_grams(bits, fields, highs, values), list[int]()
    for i, word in enumerate(int(word) for word in ids):
        if word == 1:
            before, scores[i], orders[i] = [1], 0.0, 0
            continue
        scores[i], orders[i] = _compact_score(grams, before[max(0, len(before) - len(fields) + 1) :], word)
        before.append(word)


def walk_compact(numbers: Any, bits: Any, fields: Any, highs: Any, values: Any, nodes: Any, weights: Any) -> None:
    known, _, backoffs = _compact_grams(bits, fields, highs, values)
    for depth in range(len(nodes)):
        gram = tuple(int(word) for word in numbers[max(0, len(numbers) - depth - 1) :])
        is_there = len(gram) == depth + 1 and gram in known
        nodes[depth] = known[gram] if is_there else -1
        weights[depth] = backoffs.get(gram, 0.0) if is_there else 0.0


def gap_compact(
    before: Any, words: Any, right: Any, bits: Any, fields: Any, highs: Any, values: Any, scores: Any
) -> float:
    grams, order = _compact_grams(bits, fields, highs, values), len(fields)
    context = tuple(int(word) for word in before)

    def follow(context: tuple[int, ...], following: Sequence[int]) -> float:
        total = 0.0
        for word in following:
            total += _compact_score(grams, context[max(0, len(context) - order + 1) :], int(word))[0]
            context = (*context, int(word))
        return total

    scores[:] = [follow(context, [word, *right]) for word in words]
    return sum(grams[2].get(context[i:], 0.0) for i in range(len(context))) + follow((), right)
