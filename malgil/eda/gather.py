"""Gather what the report shows from the statistics of the texts and the counts of their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from malgil.eda.alike import find_alike_pair
from malgil.eda.characters import CLASSES
from malgil.eda.data import Fact, Repeat, ReportData, Sparseness, Word
from malgil.eda.duplicates import find_duplicates
from malgil.eda.frequency import heaps, zipf
from malgil.eda.labels import MAX_LABELS, Label, are_numbers, shown_labels, typical_words
from malgil.eda.languages import LANGUAGES
from malgil.eda.lengths import count_short_long, histogram
from malgil.eda.noise import PATTERNS
from malgil.eda.samples import fetch_rows, shorten
from malgil.eda.statistics import Statistics
from malgil.eda.timeline import Timeline, timeline
from malgil.vectorize import dense_bytes, density, sparse_bytes

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.ragged import Ragged
    from malgil.vectorize import Weights
    from malgil.vocab import Vocabulary

N_CLOUD = 150
N_REPEATED = 12
CORNER = (80, 200)
N_SERIES = 6
OTHERS = "\u2026"
"""Name of the series that holds the labels without one of their own."""


@dataclass(frozen=True, eq=False)
class Words:
    """The words of a corpus, as the later stages made them.

    Parameters
    ----------
    ragged : Ragged
        The encoded corpus.
    vocabulary : Vocabulary
        Its terms.
    weights : Weights
        Counts and TF-IDF weights.
    is_content : ndarray of bool, shape (n_terms,), optional
        Terms with a meaning of their own, where the tokeniser tells parts of speech: the others stay out of the cloud.
    """

    ragged: Ragged
    vocabulary: Vocabulary
    weights: Weights
    is_content: NDArray[np.bool_] | None = None


def gather(
    statistics: Statistics,
    words: Words,
    corpus: Corpus,
    *,
    settings: dict[str, Fact] | None = None,
    top_words: int = 30,
    n_jobs: int | None = None,
) -> ReportData:
    """Gather the data of the report.

    Parameters
    ----------
    statistics : Statistics
        Of the texts, as `malgil.eda.explore` gives them.
    words : Words
        Of the same documents in the same order.
    corpus : Corpus
        Read once more for the few texts that are shown; its ``facts`` tell the source.
    settings : dict, optional
        How the words were made, to be printed at the end.
    top_words : int
        Length of the lists of words.
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.

    Returns
    -------
    ReportData
        Ready to be written as JSON or drawn.
    """
    tallies, vocabulary = statistics.tallies, words.vocabulary
    exact, blind = find_duplicates(statistics.exact), find_duplicates(statistics.blind)
    n_short, n_long, long_chars = count_short_long(statistics.n_chars, statistics.blind == 0)
    labels = _labels(statistics, words, n_jobs)
    repeats = fetch_rows(corpus, [row for row, _ in exact.largest])
    return ReportData(
        source=_source(corpus.facts),
        settings={**(settings or {}), "counts.weighting": words.weights.variant},
        sizes={name: tallies[name] for name in ("docs", "chars", "bytes")}
        | {"tokens": vocabulary.n_tokens, "terms": len(vocabulary)},
        checks=_checks(tallies)
        | {"exact": exact.n_extra, "exact_groups": exact.n_groups, "blind": blind.n_extra}
        | {"short": n_short, "long": n_long, "long_chars": long_chars},
        classes={name: tallies[f"class.{name}"] for name in CLASSES},
        languages={name: tallies[f"language.{name}"] for name in LANGUAGES},
        noise=_noise(tallies),
        repeated=dict(list(statistics.repeated.items())[:N_REPEATED]),
        repeats=[Repeat(text, n) for (_, text), (_, n) in zip(repeats, exact.largest, strict=True)],
        chars=histogram(statistics.n_chars),
        tokens=histogram(words.weights.counts.n_tokens),
        cloud=_cloud(words),
        zipf=zipf(vocabulary.counts),
        heaps=heaps(words.ragged, len(vocabulary)),
        sparseness=_sparseness(words),
        pair=find_alike_pair(words.weights, vocabulary, corpus),
        labels=labels,
        n_labels=len(statistics.label_names),
        n_unlabelled=int(np.count_nonzero(statistics.label_codes < 0)) if statistics.label_names else 0,
        timeline=_timeline(statistics),
        **_top_words(words, top_words),
    )


def _source(facts: dict[str, Any]) -> dict[str, Fact]:
    """Facts of the corpus, flat, with the names of the files and no folders above them."""
    columns = facts.get("columns", {})
    flat: dict[str, Fact] = {"sources": [str(source["name"]) for source in facts.get("sources", [])]}
    flat |= {name: facts.get(name) for name in ("format", "encoding")}
    flat |= {name: columns.get(name) for name in ("id", "text", "label", "time")}
    return flat | {name: int(facts.get(name, 0)) for name in ("n_rejected", "n_null_texts")}


def _checks(tallies: dict[str, int]) -> dict[str, int]:
    names = ("blank", "jamo", "jamo_only", "not_nfc", "replacement", "invisible")
    return {name: tallies[f"check.{name}"] for name in names}


def _noise(tallies: dict[str, int]) -> dict[str, list[int]]:
    found = {name: [tallies[f"noise.{name}.docs"], tallies[f"noise.{name}.matches"]] for name in PATTERNS}
    found["emoji"] = [tallies["check.emoji"], tallies["class.emoji"]]
    found["repeated"] = [tallies["check.repeated"], tallies["runs"]]
    return found


def _top_words(words: Words, n_words: int) -> dict[str, Any]:
    vocabulary, weights = words.vocabulary, words.weights
    n_terms, n_docs = len(vocabulary), max(weights.counts.n_docs, 1)
    means = np.bincount(weights.counts.indices, weights=weights.data, minlength=n_terms) / n_docs

    def chosen(term_ids: Iterable[int]) -> list[Word]:
        rows = [(int(term), shorten(vocabulary.term(term))) for term in term_ids]
        return [Word(term, int(vocabulary.counts[i]), int(vocabulary.df[i]), float(means[i])) for i, term in rows]

    heaviest = np.argsort(-means, kind="stable")[:n_words]
    return {"counted": chosen(range(min(n_words, n_terms))), "weighed": chosen(heaviest.tolist())}


def _cloud(words: Words) -> dict[str, int]:
    """Choose the most frequent words that can say something: marks, particles and endings cannot."""
    vocabulary, chosen = words.vocabulary, {}
    candidates = range(len(vocabulary)) if words.is_content is None else np.flatnonzero(words.is_content).tolist()
    for number in candidates:
        term = vocabulary.term(number)
        if any(map(str.isalnum, term)) and shorten(term) == term:
            chosen[term] = int(vocabulary.counts[number])
        if len(chosen) == N_CLOUD:
            break
    return chosen


def _sparseness(words: Words) -> Sparseness:
    counts = words.weights.counts
    n_columns = min(CORNER[1], counts.n_terms)
    rows = np.unique(np.linspace(0, counts.n_docs - 1, min(CORNER[0], counts.n_docs)).astype(np.int64))
    corner = [[int(term) for term in counts.row(int(row))[0] if term < n_columns] for row in rows]
    return Sparseness(
        n_docs=counts.n_docs,
        n_terms=counts.n_terms,
        n_entries=counts.n_entries,
        density=float(density(counts)),
        dense_bytes=dense_bytes(counts),
        sparse_bytes=sparse_bytes(counts),
        corner=corner,
        corner_terms=n_columns,
    )


def _labels(statistics: Statistics, words: Words, n_jobs: int | None) -> list[Label]:
    names, codes = statistics.label_names, statistics.label_codes
    if not names:
        return []
    shown = shown_labels(names, codes)
    position = np.full(len(names) + 1, -1, np.int32)
    position[shown] = np.arange(len(shown))
    places = position[codes]
    typical = typical_words(words.ragged, words.vocabulary.counts, places, len(shown), n_jobs=n_jobs)
    n_tokens = words.weights.counts.n_tokens
    return [
        _label(names[code], places == place, statistics.n_chars, n_tokens, words.vocabulary, typical[place])
        for place, code in enumerate(shown.tolist())
    ]


def _label(
    name: str,
    is_here: NDArray[np.bool_],
    n_chars: NDArray[np.int32],
    n_tokens: NDArray[np.int64],
    vocabulary: Vocabulary,
    typical: Sequence[tuple[int, float]],
) -> Label:
    n_docs = int(np.count_nonzero(is_here))
    chars, tokens = (float(lengths[is_here].sum()) / max(n_docs, 1) for lengths in (n_chars, n_tokens))
    words, scores = [shorten(vocabulary.term(term)) for term, _ in typical], [score for _, score in typical]
    return Label(name, n_docs, chars, tokens, words, scores)


def _timeline(statistics: Statistics) -> Timeline | None:
    if statistics.seconds is None:
        return None
    names, codes = statistics.label_names, statistics.label_codes.astype(np.int64)
    if len(names) < 2:
        return timeline(statistics.seconds, np.zeros(len(codes), np.int64), [""])
    if len(names) <= (MAX_LABELS if are_numbers(names) else N_SERIES):
        return timeline(statistics.seconds, codes, list(names))
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    drawn = np.sort(np.argsort(-sizes, kind="stable")[: N_SERIES - 1])
    place = np.full(len(names) + 1, len(drawn))
    place[drawn], place[-1] = np.arange(len(drawn)), -1
    return timeline(statistics.seconds, place[codes], [*(names[code] for code in drawn), OTHERS])
