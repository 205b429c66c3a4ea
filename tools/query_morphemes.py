"""Learn the table that gives the morphemes of a query without Kiwi: Kiwi is the teacher.

    MALGIL_DATA=FOLDER python tools/query_morphemes.py

reads the national petitions (KOGL type 1) and the Naver movie reviews (CC0), all but `N_HELD_OUT` of these, and writes
``malgil/search/data/query_morphemes.npz``, the same bytes each time. Takes some five minutes and a few GB.

What goes in are single words and parts of words, never their neighbours: units that at least `UNIT_DOCS` documents
have, and eojeols of at least `WORD_DOCS` documents that the units get wrong. Only Hangul is looked at, so no number,
address or account can be among them.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from malgil.hangul.letters import FIRST, N_SYLLABLES
from malgil.search.morpheme_table import CONTEXTS, COSTS_A_NAT, LONGEST_UNIT, Analysis, MorphemeTable
from malgil.search.morphemes import TABLE, context_of
from malgil.tokenizers import tokenizer
from malgil.tokenizers.morphemes import TAGS
from malgil.tokens import Tokens

N_HELD_OUT = 10_000
UNIT_DOCS = 3
WORD_DOCS = 5
N_BLOCK = 50_000
RARE = 3
"""Nouns that occur at most so often tell which syllables unknown nouns are made of."""
N_UNSEEN = 2500
"""Syllables of Korean: what those that were never seen share one count of."""
SMOOTHING = 0.1
END = "$"
_RUN = re.compile("[가-힣]+")


class Run(NamedTuple):
    """A run of syllables, with its morphemes.

    Parameters
    ----------
    context, text : str
        What kind of character it follows, and its syllables.
    morphemes : tuple of (str, str, int, int)
        Form, part of speech, start and end in the run; empty where a morpheme reaches beyond the run.
    """

    context: str
    text: str
    morphemes: tuple[tuple[str, str, int, int], ...]


class Counts:
    """What is counted in the corpus: units, neighbouring parts of speech, whole runs."""

    def __init__(self) -> None:
        self.units: Counter[tuple[str, Analysis]] = Counter()
        self.unit_docs: Counter[tuple[str, Analysis]] = Counter()
        self.neighbours: Counter[tuple[str, str]] = Counter()
        self.words: defaultdict[str, Counter[Analysis]] = defaultdict(Counter)
        self.word_docs: Counter[str] = Counter()

    def add(self, runs: Iterable[Run]) -> None:
        """Count one document."""
        units: set[tuple[str, Analysis]] = set()
        words: set[str] = set()
        for run in runs:
            words.add(run.context + run.text)
            cut = cut_units(run)
            if not cut:
                continue
            self.words[run.context + run.text][tuple(m[:2] for m in run.morphemes)] += 1
            before = f"^{run.context}"
            for unit in cut:
                self.units[unit] += 1
                self.neighbours[before, unit[1][0][1]] += 1
                before = unit[1][-1][1]
            self.neighbours[before, END] += 1
            units.update(cut)
        self.unit_docs.update(units)
        self.word_docs.update(words)


def cut_units(run: Run) -> list[tuple[str, Analysis]]:
    """Cut a run wherever no morpheme lies across; nothing where a stretch has no morpheme."""
    inside = {place for _, _, start, end in run.morphemes for place in range(start + 1, end)}
    borders = [place for place in range(len(run.text) + 1) if place not in inside]
    units = []
    for low, high in pairwise(borders):
        analysis = tuple((form, tag) for form, tag, start, _ in run.morphemes if low <= start < high)
        if not analysis:
            return []
        units.append((run.text[low:high], analysis))
    return units


def runs_of(text: str, morphemes: list[tuple[str, str, int, int]]) -> Iterator[Run]:
    """Give each run of syllables its morphemes."""
    first = 0
    for found in _RUN.finditer(text):
        low, high = found.span()
        while first < len(morphemes) and morphemes[first][2] < low:
            first += 1
        is_whole = first == 0 or morphemes[first - 1][3] <= low
        last = first
        while last < len(morphemes) and morphemes[last][2] < high:
            last += 1
        inside = morphemes[first:last]
        is_whole &= all(end <= high for _, _, _, end in inside)
        own = tuple((form, tag, start - low, end - low) for form, tag, start, end in inside) if is_whole else ()
        yield Run(context_of(text[low - 1 : low]), found.group(), own)


def count(counts: Counts, texts: list[str], tokens: Tokens) -> None:
    """Count a block of documents."""
    forms, names = tokens.forms.to_pylist(), tokens.tag_names
    columns = [forms[i] for i in tokens.ids.tolist()], [names[t] for t in np.asarray(tokens.tags).tolist()]
    spans = np.asarray(tokens.start).tolist(), np.asarray(tokens.end).tolist()
    rows = list(zip(*columns, *spans, strict=True))
    for text, (low, high) in zip(texts, pairwise(tokens.indptr.tolist()), strict=True):
        counts.add(runs_of(text, rows[low:high]))


def cost(ratio: float) -> int:
    """Cost of an event with this probability."""
    return min(round(-math.log(ratio) * COSTS_A_NAT), 65535)


def transitions(counts: Counts) -> NDArray[np.uint16]:
    """Cost of each part of speech, and of the end, after each part of speech and at each beginning."""
    before, after = [*TAGS, *(f"^{context}" for context in CONTEXTS)], [*TAGS, END]
    totals: Counter[str] = Counter()
    for (tag, _), n in counts.neighbours.items():
        totals[tag] += n
    rows = [
        [cost((counts.neighbours[tag, other] + SMOOTHING) / (totals[tag] + SMOOTHING * len(after))) for other in after]
        for tag in before
    ]
    return np.array(rows, np.uint16)


def syllable_costs(counts: Counts) -> NDArray[np.uint16]:
    """Cost of each syllable in an unknown noun: inside, and as its last."""
    seen: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for (surface, analysis), n in counts.units.items():
        if n <= RARE and len(surface) > 1 and analysis in (((surface, "NNG"),), ((surface, "NNP"),)):
            seen[0].update(surface[:-1])
            seen[1][surface[-1]] += 1
    chars = [chr(code) for code in range(FIRST, FIRST + N_SYLLABLES)]
    return np.array(
        [[cost((place[char] + 1) / (place.total() + N_UNSEEN)) for char in chars] for place in seen], np.uint16
    )


class Analyses:
    """Numbers for morphemes and for rows of them, in the order of first appearance."""

    def __init__(self) -> None:
        self.morphemes: dict[tuple[str, str], int] = {}
        self.rows: dict[Analysis, int] = {}

    def number(self, analysis: Analysis) -> int:
        """Give a row of morphemes its number."""
        for morpheme in analysis:
            self.morphemes.setdefault(morpheme, len(self.morphemes))
        return self.rows.setdefault(analysis, len(self.rows))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Lay out everything numbered so far."""
        flat = [self.morphemes[morpheme] for row in self.rows for morpheme in row]
        return {
            "tags": lines(TAGS),
            "forms": lines(form for form, _ in self.morphemes),
            "form_tags": np.array([TAGS.index(tag) for _, tag in self.morphemes], np.uint8),
            "analyses": np.array(flat, np.uint16 if len(self.morphemes) < 1 << 16 else np.uint32),
            "ends": np.cumsum([len(row) for row in self.rows], dtype=np.uint32),
        }


def lines(texts: Iterable[str]) -> NDArray[np.uint8]:
    """Strings as bytes, one a line."""
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def table(counts: Counts) -> dict[str, NDArray[Any]]:
    """Learn everything: the model first, then the words that it gets wrong."""
    analyses = Analyses()
    readings: defaultdict[str, list[tuple[int, Analysis]]] = defaultdict(list)
    totals: Counter[str] = Counter()
    for (_, analysis), n in counts.units.items():
        totals[analysis[0][1]] += n
    for unit in sorted(counts.units):
        surface, analysis = unit
        if counts.unit_docs[unit] >= UNIT_DOCS and len(surface) <= LONGEST_UNIT:
            readings[surface].append((cost(counts.units[unit] / totals[analysis[0][1]]), analysis))
    flat = [reading for surface in readings for reading in readings[surface]]
    numbers = [analyses.number(analysis) for _, analysis in flat]
    arrays: dict[str, NDArray[Any]] = {
        "units": lines(readings),
        "unit_counts": np.array([len(rows) for rows in readings.values()], np.uint8),
        "unit_costs": np.array([row[0] for row in flat], np.uint16),
        "unit_analyses": np.array(numbers, np.uint32),
        "transitions": transitions(counts),
        "syllables": syllable_costs(counts),
    }
    arrays |= {"words": lines([]), "word_analyses": np.zeros(0, np.uint32)}
    words = mistakes(MorphemeTable(arrays | analyses.arrays()), counts)
    arrays["words"], numbers = lines(words), [analyses.number(analysis) for analysis in words.values()]
    return arrays | {"word_analyses": np.array(numbers, np.uint32)} | analyses.arrays()


def mistakes(model: MorphemeTable, counts: Counts) -> dict[str, Analysis]:
    """Find the frequent words whose usual analysis is not the model's."""
    wrong = {}
    for word in sorted(counts.words):
        if counts.word_docs[word] >= WORD_DOCS:
            context = word[0] if word[0] in CONTEXTS else ""
            usual = min(counts.words[word].items(), key=lambda row: (-row[1], row[0]))[0]
            if model.decode(word[len(context) :], context) != usual:
                wrong[word] = usual
    return wrong


def corpus(folder: Path) -> Iterator[list[str]]:
    """Read the petitions and the reviews that are not held out, in blocks."""
    with gzip.open(folder / "text" / "korean_petitions.jsonl.gz", "rt", encoding="utf-8") as file:
        petitions = [json.loads(line) for line in file]
    yield [petition[name] for petition in petitions for name in ("title", "content")]
    reviews = pq.read_table(folder / "nsmc" / "reviews.parquet", columns=["review"])["review"].to_pylist()
    taught = np.sort(np.random.default_rng(7).permutation(len(reviews))[N_HELD_OUT:]).tolist()
    for low in range(0, len(taught), N_BLOCK):
        yield [reviews[row] for row in taught[low : low + N_BLOCK]]


def main() -> None:
    """Ask Kiwi, count, write the table."""
    teacher, counts = tokenizer("kiwi", lowercase=True), Counts()
    for block in corpus(Path(os.environ["MALGIL_DATA"])):
        texts = [unicodedata.normalize("NFC", text) for text in block]
        count(counts, texts, teacher.tokenize(texts))
    TABLE.parent.mkdir(exist_ok=True)
    np.savez(TABLE, **table(counts))


if __name__ == "__main__":
    main()
