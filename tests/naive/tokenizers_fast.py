"""The fast morpheme tagger, character by character in plain Python."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tests.naive.tokenizers_fast_hashes import fill_features, wrap

NONE = 99
MULTIPLY = 0x5851F42D4C957F2D


def hash_suffixes(symbols: Any, indptr: Any) -> Any:
    out = [0] * len(symbols)
    for low, high in pairwise(indptr):
        for i in range(low, high):
            stop = next((j for j in range(i, high) if symbols[j] == 0), high)
            value = 0
            for symbol in reversed(symbols[i:stop]):
                value = wrap(((value ^ symbol) + 1) * MULTIPLY)
            out[i] = value
    return out


def move_on(context: Any, symbol: Any, opened: Any) -> Any:
    if opened >= 0:
        context["part_before"], context["part"] = context["part"], symbol
        context["before"], context["tag"] = context["tag"], opened
    else:
        context["part"] = wrap((context["part"] ^ (symbol + 1)) * MULTIPLY)


def look_around(context: Any, symbols: Any, suffixes: Any, i: Any) -> Any:
    """`symbols` and `suffixes` of one text; `context` is a dict that goes from character to character."""
    if i == 0:
        context.update(tag=NONE, before=NONE, part=0, part_before=0)
    context["near"] = [symbols[j] if 0 <= j < len(symbols) else 1 for j in range(i - 3, i + 4)]
    first = i
    while symbols[first] != 0 and first > 0 and symbols[first - 1] != 0:
        first -= 1
    if first == i:
        context["part"] = wrap((context["part"] ^ 3) * MULTIPLY)
    stop = next((j for j in range(i, len(symbols)) if symbols[j] == 0), len(symbols))
    after = [symbols[j] if j < len(symbols) else 1 for j in (stop + 1, stop + 2)]
    context["next_word"] = wrap((wrap(after[0] * MULTIPLY) ^ after[1]) * MULTIPLY)
    context.update(word=suffixes[first], at=i - first, rest=suffixes[i])


def label_points(symbols: Any, choices: Any, opens: Any, weights: Any, mask: Any) -> Any:
    """Labels of one text, and by how much each won; `choices` are lists, one a symbol."""
    suffixes = hash_suffixes(symbols, [0, len(symbols)])
    labels, leads, context = [], [], {}
    for i, symbol in enumerate(symbols):
        if symbol == 0 and i > 0:
            labels.append(-1)
            leads.append(1 << 20)
            continue
        look_around(context, symbols, suffixes, i)
        if symbol == 0:
            labels.append(-1)
            leads.append(1 << 20)
            continue
        places = fill_features(context, mask)
        scores = [sum(int(weights[place + k]) for place in places) for k in range(len(choices[symbol]))]
        labels.append(choices[symbol][scores.index(max(scores))])
        ranked = sorted(scores)
        leads.append(ranked[-1] - ranked[-2] if len(scores) > 1 else 1 << 20)
        move_on(context, symbol, opens[labels[-1]])
    return labels, leads


def read_labels(text: Any, labels: Any, parts: Any, unknown: Any) -> Any:
    """Morphemes (form, tag, start, end) of one text; `parts` are lists of (tag, text or None), one a label."""
    out = []
    for i, label in enumerate(labels):
        for tag, given in parts[label] if label >= 0 else ():
            if tag >= 0 or not out:
                out.append(["", tag if tag >= 0 else unknown, i, i])
            elif out[-1][3] < i:
                out[-1][0] += " "
            out[-1][0] += text[i] if given is None else given
            out[-1][3] = i + 1
    return [tuple(morpheme) for morpheme in out]
