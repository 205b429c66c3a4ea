"""Learn the model of Korean spacing: the blanks of writers, corrected where Kiwi's morphemes leave no doubt.

    MALGIL_DATA=FOLDER python tools/spacing.py

reads the national petitions (KOGL type 1) and those Naver movie reviews (CC0) whose spacing needs no correction, all
but `N_HELD_OUT` of each, and writes ``malgil/clean/data/spacing.npz``, the same bytes each time. Takes some fifteen
minutes, most of them Kiwi's.

What goes in are single words that Kiwi (Apache-2.0) knows, and weights by hash: no sentence, and nothing that a text
could be put together from.
"""

from __future__ import annotations

import gzip
import json
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from malgil.clean._spacing_kernels import count_features, learn_weights
from malgil.clean.spacing_model import MODEL, N_SLOTS, SHIFT, WordTable, to_letters
from malgil.codepoints import is_space
from malgil.tokenizers import tokenizer

N_HELD_OUT = {"petitions": 150, "reviews": 2000}
SHORTEST = 12
"""Letters that a review must have."""
N_KNOWN = 80_000
"""Kiwi's morphemes are in the order of their frequency: so many are looked through."""
RARITIES = (3_000, 12_000, 35_000)
KINDS_OF_TAGS = {
    **dict.fromkeys(("NNG", "NNP", "XR"), 0),
    **dict.fromkeys(("NP", "MM", "NNB", "NR"), 1),
    **dict.fromkeys(("MAG", "MAJ", "IC"), 2),
    **dict.fromkeys(("VV", "VA", "VV-R", "VA-R", "VV-I", "VA-I"), 3),
}
PARTICLES = ("JKS", "JKC", "JKG", "JKO", "JKB", "JX", "JC")
APART = (
    ((*PARTICLES, "EC", "ETM", "MM", "MAG", "MAJ", "EF"), ("NNG", "NNP", "NP", "VV", "VA", "MM", "MAG", "MAJ", "XR")),
    (("ETM",), ("NNB",)),
)
"""Parts of speech between which a blank always stands; compounds of adverbs and determiners are the writer's choice."""
COMPOUNDS = (("MAG", "MM"), ("VV", "VA", "NNG", "NP"))
TOGETHER = ("J", "E", "XSV", "XSA", "VCP", "XSM")
"""Beginnings of the tags that attach to what stands before them."""
RAREST, N_KEPT, RATE, N_ORDERS = 10, 2_500_000, 0.1, 3
SCALE = 4.0 / 127


class Lesson(NamedTuple):
    """Texts without white space, and where blanks belong.

    Parameters
    ----------
    letters : ndarray of uint32, shape (n_letters,)
        As the model knows them.
    is_space : ndarray of int8, shape (n_letters,)
        1 where a blank belongs before the letter.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of texts.
    n_corrected : ndarray of int64, shape (n_texts,)
        Blanks that the writer set otherwise.
    """

    letters: NDArray[np.uint32]
    is_space: NDArray[np.int8]
    indptr: NDArray[np.int64]
    n_corrected: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> Lesson:
        """Keep some texts, in their own order."""
        keep = np.zeros(len(self.indptr) - 1, np.bool_)
        keep[rows] = True
        lengths = np.diff(self.indptr)
        inside = np.repeat(keep, lengths)
        indptr = np.append(0, np.cumsum(lengths[keep]))
        return Lesson(self.letters[inside], self.is_space[inside], indptr, self.n_corrected[keep])


def has_tag(names: Sequence[str], wanted: Sequence[str], *, begins: bool = False) -> NDArray[np.bool_]:
    """Mark tags; regular and irregular stems count as one tag."""
    return np.array([
        any(name.startswith(tag) if begins else name.partition("-")[0] == tag for tag in wanted) for name in names
    ])  # fmt: skip


def lesson(texts: Sequence[str], tokens: Any) -> Lesson:
    """Take the writers' blanks, and correct them where two neighbouring morphemes leave no doubt."""
    names = [str(name) for name in tokens.tag_names]
    borders = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    row = np.repeat(np.arange(len(texts)), np.diff(tokens.indptr))
    start, end = tokens.start + borders[row], tokens.end + borders[row]
    space = is_space(points)
    right = np.zeros(len(points), np.int8)
    right[1:] = space[:-1]
    written = right.copy()
    left, behind = tokens.tags[:-1], tokens.tags[1:]
    meets = (row[:-1] == row[1:]) & (start[1:] >= end[:-1])
    apart = np.zeros(len(left), np.bool_)
    for ends, begins in APART:
        apart |= has_tag(names, ends)[left] & has_tag(names, begins)[behind]
    apart &= meets & ~(has_tag(names, COMPOUNDS[0])[left] & has_tag(names, COMPOUNDS[1])[behind])
    right[start[1:][apart]] = 1
    right[start[1:][meets & has_tag(names, TOGETHER, begins=True)[behind]]] = 0
    n_before = np.append(0, np.cumsum(right != written))
    kept = np.append(0, np.cumsum(~space))
    letters = to_letters(points[~space])
    return Lesson(letters, right[~space], kept[borders], np.diff(n_before[borders]))


def known_words() -> tuple[list[str], NDArray[np.uint8]]:
    """List the words of two to eight syllables among the frequent morphemes that Kiwi knows, with their kinds."""
    from kiwipiepy import Kiwi

    kiwi, words = Kiwi(), dict[str, int]()
    for number in range(N_KNOWN):
        try:
            morpheme = kiwi.morpheme(number)
        except (IndexError, ValueError, KeyError):
            continue
        form, kind = morpheme.form, KINDS_OF_TAGS.get(str(morpheme.tag))
        if kind is not None and 2 <= len(form) <= 8 and all("가" <= char <= "힣" for char in form):
            words.setdefault(form, kind * 4 + sum(number >= limit for limit in RARITIES))
    return list(words), np.array(list(words.values()), np.uint8)


def learn(data: Lesson, words: WordTable) -> NDArray[np.int8]:
    """Learn weights in several orders of the texts, take the mean, and keep the largest.

    One round each: a second one fits the texts better and held-out texts worse.
    """
    around = words.around(data.letters, data.indptr)
    counts, mean = np.zeros(N_SLOTS, np.uint8), np.zeros(N_SLOTS, np.float32)
    count_features(data.letters, data.indptr, *around, SHIFT, counts)
    for seed in range(N_ORDERS):
        order = np.random.default_rng(seed).permutation(len(data.indptr) - 1)
        weights, squares = np.zeros(N_SLOTS, np.float32), np.zeros(N_SLOTS, np.float32)
        sums = (counts, weights, squares)
        learn_weights(data.letters, data.indptr, order, *around, SHIFT, data.is_space, *sums, RATE, RAREST)
        mean += weights / np.float32(N_ORDERS)
    mean[np.abs(mean) < np.partition(np.abs(mean), -N_KEPT)[-N_KEPT]] = 0
    return np.clip(np.round(mean / SCALE), -127, 127).astype(np.int8)


def gaps_between(weights: NDArray[np.int8]) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Store a sparse table: steps from weight to weight, with weights of 0 where a step would be too long."""
    places = np.flatnonzero(weights)
    while True:
        wide = np.flatnonzero(np.diff(places, prepend=0) > 255)
        if not len(wide):
            return np.diff(places, prepend=0).astype(np.uint8), weights[places]
        stops = np.append(0, places)[wide] + 255
        places = np.sort(np.append(places, stops))


def join(first: Lesson, second: Lesson) -> Lesson:
    """Put one lesson behind another."""
    columns = [np.concatenate(pair) for pair in zip(first, second, strict=True)]
    columns[2] = np.append(first.indptr, second.indptr[1:] + first.indptr[-1])
    return Lesson(*columns)


def choose(petitions: Lesson, reviews: Lesson, seed: int = 0) -> Lesson:
    """Leave out what is held out, and the reviews that are short or needed a correction."""
    random = np.random.default_rng(seed)
    taught = random.permutation(len(petitions.n_corrected))[N_HELD_OUT["petitions"] :]
    good = np.flatnonzero((np.diff(reviews.indptr) >= SHORTEST) & (reviews.n_corrected == 0))
    return join(petitions.take(taught), reviews.take(random.permutation(good)[N_HELD_OUT["reviews"] :]))


def main() -> None:
    """Ask Kiwi, learn, write the model."""
    folder, teacher = Path(os.environ["MALGIL_DATA"]), tokenizer("kiwi")
    with gzip.open(folder / "text" / "korean_petitions.jsonl.gz", "rt", encoding="utf-8") as file:
        petitions = [json.loads(line)["content"] for line in file]
    reviews = pq.read_table(folder / "nsmc" / "reviews.parquet", columns=["review"])["review"].to_pylist()
    lessons = []
    for texts in (petitions, reviews):
        composed = [unicodedata.normalize("NFC", text) for text in texts]
        lessons.append(lesson(composed, teacher.tokenize(composed)))
    write(choose(*lessons))


def write(data: Lesson) -> None:
    """Learn, and write the model."""
    words, kinds = known_words()
    gaps, weights = gaps_between(learn(data, WordTable(words, kinds)))
    lines = np.frombuffer("\n".join(words).encode(), np.uint8)
    MODEL.parent.mkdir(exist_ok=True)
    np.savez_compressed(MODEL, words=lines, kinds=kinds, gaps=gaps, weights=weights, scale=np.array(SCALE))


if __name__ == "__main__":
    main()
