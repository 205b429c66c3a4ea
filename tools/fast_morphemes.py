"""Learn the fast morpheme tagger: Kiwi is the teacher.

    MALGIL_DATA=FOLDER python tools/fast_morphemes.py

reads the national petitions (KOGL type 1) and the Naver movie reviews (CC0), all but those held out (`is_held_out`,
every tenth petition), lets Kiwi analyse them, and writes ``malgil/tokenizers/data/fast_morphemes.npz``, the same bytes
each time. Takes about a quarter of an hour, half of it Kiwi's.

An averaged perceptron chooses a label for each character from left to right; it learns on what it chose itself before,
so that it knows its own mistakes. What goes in are characters, labels and weights of hashed features, never a text.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numba import njit
from numpy.typing import NDArray

from malgil.tokenizers import tokenizer
from malgil.tokenizers._fast_kernels import (
    N_CONTEXT,
    N_FEATURES,
    fill_features,
    hash_suffixes,
    look_around,
    move_on,
)
from malgil.tokenizers.fast_model import MODEL, MOST_CHOICES, N_CLASSES, FastModel, number_points
from malgil.tokens import Tokens

N_BITS = 24
N_ROUNDS = 5
MARGIN = 30
DROPPED_RATIO = 0.62
RARE_POINT = 20
RARE_LABEL = 3
NO_CHOICE = 255
Part = tuple[int, str | None]


def is_held_out(text: str) -> bool:
    """Tell whether a review is kept for measuring: a tenth of the distinct texts."""
    return zlib.crc32(text.encode()) % 10 == 9


def shares(text: str, form: str) -> tuple[str | None, ...]:
    """Tell what each character of a span gives to the form; None where it gives itself.

    >>> shares("영화", "영화"), shares("어려운", "어렵"), shares("했", "하")
    ((None, None), (None, '렵', ''), ('하',))
    """
    n = len(text)
    if form == text:
        return (None,) * n
    if len(form) == n:
        return tuple(None if a == b else b for a, b in zip(text, form, strict=True))
    head = 0
    while head < min(n, len(form)) and text[head] == form[head]:
        head += 1
    tail = 0
    while tail < min(n, len(form)) - head and text[n - 1 - tail] == form[len(form) - 1 - tail]:
        tail += 1
    if head + tail == n:
        head, tail = (head - 1, tail) if head else (head, tail - 1)
    middle, room = form[head : len(form) - tail], n - head - tail
    given: list[str | None] = list(middle[:room]) + [""] * (room - len(middle))
    given[-1] = (given[-1] or "") + middle[room:]
    return (None,) * head + tuple(given) + (None,) * tail


class Labels:
    """Numbers of labels, in the order of first appearance."""

    def __init__(self) -> None:
        self.place: dict[tuple[Part, ...], int] = {}
        self._shares: dict[tuple[str, str], tuple[str | None, ...]] = {}

    def read(self, text: str, forms: Sequence[str], starts: Any, ends: Any, tags: Any) -> list[int]:
        """Labels of the characters of a text; -1 at white space and where morphemes say nothing."""
        parts: list[tuple[Part, ...]] = [()] * len(text)
        place = self.place
        for form, start, end, tag in zip(forms, starts, ends, tags, strict=True):
            key = text[start:end], form
            given = self._shares.get(key)
            if given is None:
                given = self._shares[key] = shares(*key)
            parts[start] += ((tag, given[0]),)
            for i in range(start + 1, end):
                parts[i] += ((-1, given[i - start]),)
        return [
            -1 if char.isspace() or not part else place.setdefault(part, len(place))
            for char, part in zip(text, parts, strict=True)
        ]


def label_texts(texts: Sequence[str], tokens: Tokens, rows: Iterable[int], labels: Labels) -> array[int]:
    """Labels of all characters of some texts."""
    forms = tokens.forms.to_pylist()
    out = array("i")
    for row in rows:
        low, high = int(tokens.indptr[row]), int(tokens.indptr[row + 1])
        ids = tokens.ids[low:high].tolist()
        spans = tokens.start[low:high].tolist(), tokens.end[low:high].tolist()
        out.extend(labels.read(texts[row], [forms[i] for i in ids], *spans, tokens.tags[low:high].tolist()))
    return out


def choose_labels(symbols: NDArray[np.int32], labels: NDArray[np.int32], n_symbols: int) -> list[list[int]]:
    """Labels that each symbol may have, most frequent first."""
    seen = labels >= 0
    pairs, counts = np.unique(symbols[seen].astype(np.int64) << 32 | labels[seen], return_counts=True)
    out: list[list[int]] = [[] for _ in range(n_symbols)]
    for at in np.argsort(-counts, kind="stable").tolist():
        chosen = out[int(pairs[at]) >> 32]
        if len(chosen) < MOST_CHOICES and (counts[at] >= RARE_LABEL or not chosen):
            chosen.append(int(pairs[at]) & 0xFFFFFFFF)
    return out


@njit(nogil=True)
def _best(weights: Any, places: Any, n: int, scores: Any) -> Any:
    scores[:n] = 0
    for place in places:
        for k in range(n):
            scores[k] += weights[place + k]
    return np.argmax(scores[:n])


@njit(nogil=True)
def _correct(weights: Any, sums: Any, places: Any, right: int, scores: Any, step: int, margin: float) -> None:
    """Where the right label is not ahead by the margin, strengthen it and weaken its strongest rival."""
    rival = -1
    for k in range(len(scores)):
        if k != right and (rival < 0 or scores[k] > scores[rival]):
            rival = k
    if scores[right] - scores[rival] < margin:
        for place in places:
            weights[place + right] += 1
            sums[place + right] += step
            weights[place + rival] -= 1
            sums[place + rival] -= step


@njit(nogil=True)
def learn(
    symbols: Any,
    indptr: Any,
    rows: Any,
    suffixes: Any,
    gold: Any,
    choices: Any,
    choice_indptr: Any,
    opens: Any,
    mask: int,
    weights: Any,
    sums: Any,
    step: int,
    margin: float,
) -> Any:
    """Go through texts in the order of `rows` once, as the averaged perceptron does."""
    places, context = np.empty(N_FEATURES, np.int64), np.zeros(N_CONTEXT, np.int64)
    scores = np.zeros(64, np.float32)
    wrong = 0
    for row in rows:
        low, high = indptr[row], indptr[row + 1]
        for i in range(low, high):
            symbol = symbols[i]
            if symbol != 0 or i == low:
                look_around(context, symbols, suffixes, low, high, i)
            if symbol == 0:
                continue
            step += 1
            first, best = choice_indptr[symbol], 0
            n = choice_indptr[symbol + 1] - first
            if n > 1:
                fill_features(context, mask, places)
                best = _best(weights, places, n, scores)
                if gold[i] < n:
                    wrong += gold[i] != best
                    _correct(weights, sums, places, gold[i], scores[:n], step, margin)
            move_on(context, symbol, opens[choices[first + best]])
    return step, wrong


def pack_labels(labels: Labels, used: list[int]) -> dict[str, NDArray[Any]]:
    """Arrays of the labels that are used."""
    names = list(labels.place)
    parts = [names[label] for label in used]
    texts: dict[str, int] = {}
    for label in parts:
        for _, text in label:
            if text is not None:
                texts.setdefault(text, len(texts))
    flat = [part for label in parts for part in label]
    return {
        "part_tags": np.array([tag for tag, _ in flat], np.int16),
        "part_texts": np.array([-1 if text is None else texts[text] for _, text in flat], np.int32),
        "part_indptr": np.concatenate([[0], np.cumsum([len(label) for label in parts])]).astype(np.int64),
        "text_points": np.array([ord(char) for text in texts for char in text], np.uint32),
        "text_indptr": np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64),
    }


def untrained(points: NDArray[np.uint32], labels: Labels, given: NDArray[np.int32]) -> tuple[FastModel, Any, Any]:
    """Make a model without weights, the symbols of the points and which choice is right at each."""
    distinct, counts = np.unique(points, return_counts=True)
    known = distinct[(counts >= RARE_POINT) & ~np.array([chr(point).isspace() for point in distinct])]
    symbols = number_points(known, points)
    chosen = choose_labels(symbols, given, len(known) + N_CLASSES)
    alone = labels.place.setdefault(((TAG_UNKNOWN, None),), len(labels.place))
    chosen = [row or [alone] for row in chosen]
    used = sorted({label for row in chosen for label in row})
    new = np.full(len(labels.place), -1, np.int32)
    new[used] = np.arange(len(used))
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in chosen])]).astype(np.int64)
    flat = np.concatenate([new[row] for row in chosen]).astype(np.int32)
    owner = np.repeat(np.arange(len(chosen), dtype=np.int64), np.diff(indptr))
    keys = owner << 32 | flat
    order = np.argsort(keys)
    wanted = symbols.astype(np.int64) << 32 | np.maximum(new[np.maximum(given, 0)], 0)
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    found = (keys[order][at] == wanted) & (given >= 0) & (new[np.maximum(given, 0)] >= 0)
    gold = np.where(found, order[at] - indptr[symbols], NO_CHOICE).astype(np.uint8)
    weights = np.zeros((1 << N_BITS) + MOST_CHOICES + 1, np.int8)
    model = FastModel(points=known, choices=flat, choice_indptr=indptr, weights=weights, **pack_labels(labels, used))
    return model, symbols, gold


def train(
    model: FastModel, symbols: NDArray[np.int32], indptr: NDArray[np.int64], gold: NDArray[np.uint8]
) -> FastModel:
    """Go through the rounds of the averaged perceptron; the averages are then rounded to one byte."""
    suffixes = hash_suffixes(symbols, indptr)
    weights, sums = np.zeros(len(model.weights), np.float32), np.zeros(len(model.weights))
    step, random = 0, np.random.default_rng(0)
    for _ in range(N_ROUNDS):
        rows = random.permutation(len(indptr) - 1)
        step, wrong = learn(
            *(symbols, indptr, rows, suffixes, gold, model.choices, model.choice_indptr),
            *(model.opens(), model.mask, weights, sums, step, MARGIN),
        )
        sys.stderr.write(f"{step} characters seen, {wrong} wrong in this round\n")
    mean = weights - sums / max(step, 1)
    # Small averages become zero: the file shrinks to a third, at a little less agreement.
    unit = 2 * np.quantile(np.abs(mean[::16]), DROPPED_RATIO)
    return model._replace(weights=np.clip(np.rint(mean / unit), -127, 127).astype(np.int8))


def main() -> None:
    """Read, analyse, learn, write."""
    data = Path(os.environ["MALGIL_DATA"])
    with gzip.open(data / "text" / "korean_petitions.jsonl.gz", "rt", encoding="utf-8") as file:
        petitions = [json.loads(line)["content"] for line in file]
    reviews = pq.read_table(data / "nsmc" / "reviews.parquet").column("review").to_pylist()
    texts = [text for i, text in enumerate(petitions) if i % 10 != 9]
    texts += [text for text in dict.fromkeys(reviews) if not is_held_out(text)]
    write(texts, tokenizer("kiwi").tokenize(texts))


def write(texts: Sequence[str], tokens: Tokens) -> None:
    """Learn from texts and their morphemes, and write the model."""
    labels = Labels()
    given = np.frombuffer(label_texts(texts, tokens, range(len(texts)), labels), np.int32)
    indptr = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    model, symbols, gold = untrained(points, labels, given)
    del given
    sys.stderr.write(f"{len(model.part_indptr) - 1} labels, {(gold == NO_CHOICE).mean():.4f} without one\n")
    np.savez_compressed(MODEL, **train(model, symbols, indptr, gold)._asdict())


TAG_UNKNOWN = 56

if __name__ == "__main__":
    main()
