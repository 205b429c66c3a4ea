"""What each part of the page says: rows of its tables and bars, as message names and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from malgil.eda.continuations import Continuations, Expected
from malgil.eda.data import AlikePair, ReportData, Word
from malgil.eda.labels import are_numbers
from malgil.eda.lengths import LONG_MEDIANS, SHORT_CHARS
from malgil.eda.timeline import Timeline

SERIOUS = ("replacement", "rejected", "null")
NOTABLE_RATIO = {"exact": 0.005, "blind": 0.005, "short": 0.02, "jamo_only": 0.005}
"""Share from which on a flaw is worth a look; for all others it is `_NOTABLE`."""

_NOTABLE = 0.001
UNEVEN = 3.0
"""From this ratio of the largest to the smallest label on, the labels count as uneven."""

_PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")  # Okabe & Ito, for every kind of sight
_GREY = "#8c8c8c"
_LOW, _MIDDLE, _HIGH = (194, 65, 12), (190, 184, 172), (29, 84, 200)


class Check(NamedTuple):
    """A row of the quality table.

    Parameters
    ----------
    name : str
        Of the check.
    n_docs : int
        Documents with the flaw.
    ratio : float
        Their share of all documents, in [0, 1].
    level : str
        ``"good"``, ``"note"``, ``"look"`` or ``"bad"``.
    fields : dict
        Values for the message of the check.
    """

    name: str
    n_docs: int
    ratio: float
    level: str
    fields: dict[str, Any]


class Bar(NamedTuple):
    """A bar of a list.

    Parameters
    ----------
    name : str
        What it is.
    n : int
        Its number.
    ratio : float
        Its share of the whole, in [0, 1].
    percent : float
        Its length in percent of the longest.
    """

    name: str
    n: int
    ratio: float
    percent: float


@dataclass(frozen=True)
class Ranked:
    """A word in one of two lists.

    Parameters
    ----------
    word : Word
        The word.
    is_in_both : bool
        Whether the other list has it, too.
    moved : int or None
        Ranks gained over the other list, below 0 where lost; None where it is not there.
    """

    word: Word
    is_in_both: bool
    moved: int | None = field(default=None)


def checks(data: ReportData) -> list[Check]:
    """Rows of the quality table.

    Parameters
    ----------
    data : ReportData
        The report's data.

    Returns
    -------
    list of Check
        Level ``"good"`` for none, ``"note"`` for few, ``"look"`` for many and ``"bad"`` where text was lost.
    """
    n_docs, found = data.sizes["docs"], data.checks
    counts = {name: found[name] for name in ("blank", "exact", "blind", "short", "long", "jamo_only", "not_nfc")}
    counts |= {"replacement": found["replacement"], "invisible": found["invisible"]}
    for name, fact in (("null", "n_null_texts"), ("rejected", "n_rejected")):
        if number := _number(data.source.get(fact)):
            counts[name] = number
    fields = {"short": {"n": SHORT_CHARS}, "long": {"n": found["long_chars"], "times": LONG_MEDIANS}}
    return [
        Check(name, n, ratio(n, n_docs), _level(name, n, ratio(n, n_docs)), fields.get(name, {}))
        for name, n in counts.items()
    ]


def _level(name: str, n: int, share: float) -> str:
    if n == 0:
        return "good"
    if name in SERIOUS:
        return "bad"
    return "look" if share > NOTABLE_RATIO.get(name, _NOTABLE) else "note"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def ratio(part: float, whole: float) -> float:
    """Share of a whole.

    Parameters
    ----------
    part, whole : float
        Both >= 0.

    Returns
    -------
    float
        0 where there is no whole.
    """
    return part / whole if whole else 0.0


def bars(counts: dict[str, int], whole: int | None = None) -> list[Bar]:
    """Rows of a bar list.

    Parameters
    ----------
    counts : dict
        Name -> number, in the order to show.
    whole : int, optional
        What the shares are of; by default the sum of the numbers.

    Returns
    -------
    list of Bar
        Without those of nothing.
    """
    whole = sum(counts.values()) if whole is None else whole
    longest = max([*counts.values(), 1])
    return [Bar(name, n, ratio(n, whole), 100 * n / longest) for name, n in counts.items() if n]


def letter_counts(data: ReportData) -> dict[str, int]:
    """Letters by script, most frequent first.

    Parameters
    ----------
    data : ReportData
        The report's data.

    Returns
    -------
    dict
        Script -> letters.
    """
    scripts = ("hangul", "jamo", "latin", "han", "kana", "letter")
    return dict(sorted(((name, data.classes[name]) for name in scripts), key=lambda pair: -pair[1]))


def compared_words(data: ReportData) -> tuple[list[Ranked], list[Ranked]]:
    """Words by count beside words by weight.

    Parameters
    ----------
    data : ReportData
        The report's data.

    Returns
    -------
    by_count, by_weight : list of Ranked
        `moved` is set in the second list only.
    """
    place = {word.term: rank for rank, word in enumerate(data.counted)}
    weighed = {word.term for word in data.weighed}
    left = [Ranked(word, word.term in weighed) for word in data.counted]
    right = [
        Ranked(word, word.term in place, place[word.term] - rank if word.term in place else None)
        for rank, word in enumerate(data.weighed)
    ]
    return left, right


def label_times(data: ReportData) -> float:
    """How many times the smallest label the largest one is.

    Parameters
    ----------
    data : ReportData
        Data with at least one label.

    Returns
    -------
    float
        1 for a single label.
    """
    sizes = [label.n_docs for label in data.labels]
    return max(sizes) / max(min(sizes), 1)


def pair_bars(pair: AlikePair) -> list[Bar]:
    """Words that two documents share, by their part in the cosine.

    Parameters
    ----------
    pair : AlikePair
        The documents.

    Returns
    -------
    list of Bar
        Numbers are whole percents.
    """
    return [
        Bar(word, round(100 * share), share, 100 * share) for word, share in zip(pair.words, pair.ratios, strict=True)
    ]


def expected_bars(continuations: Continuations | None) -> list[tuple[Expected, list[Bar]]]:
    """Words that a model expects, by their probability.

    Parameters
    ----------
    continuations : Continuations or None
        What the report shows of a model.

    Returns
    -------
    list of (Expected, list of Bar)
        The gap first, where there is one, then the contexts. Numbers are whole percents; a bar is as long as its
        probability is beside the best of its place.
    """
    if continuations is None:
        return []
    places = [continuations.gap] * (continuations.gap is not None) + continuations.contexts
    return [(place, _by_probability(place)) for place in places if place is not None]


def _by_probability(place: Expected) -> list[Bar]:
    most = max(place.probs, default=0.0) or 1.0
    pairs = zip(place.words, place.probs, strict=True)
    return [Bar(word, round(100 * prob), prob, 100 * prob / most) for word, prob in pairs]


def peak(series: Timeline) -> tuple[str, int]:
    """Step with the most documents.

    Parameters
    ----------
    series : Timeline
        Documents over time.

    Returns
    -------
    (str, int)
        Its beginning and its documents; the first of equals.
    """
    totals = [sum(counts) for counts in zip(*series.counts, strict=True)]
    best = max(range(len(totals)), key=totals.__getitem__)
    return series.starts[best], totals[best]


def series_colours(names: Sequence[str]) -> list[str]:
    """Colours for the labels.

    Parameters
    ----------
    names : sequence of str
        Labels in their natural order.

    Returns
    -------
    list of str
        From warm to cool where the labels are numbers, otherwise as different as can be.
    """
    if len(names) > 2 and are_numbers(list(names)):
        return [_between(place / (len(names) - 1)) for place in range(len(names))]
    return [_PALETTE[place] if place < len(_PALETTE) else _GREY for place in range(len(names))]


def _between(share: float) -> str:
    start, end, part = (_LOW, _MIDDLE, 2 * share) if share < 0.5 else (_MIDDLE, _HIGH, 2 * share - 1)
    mixed = (round(a + (b - a) * part) for a, b in zip(start, end, strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def bytes_text(n_bytes: int) -> str:
    """Size of memory as people read it.

    Parameters
    ----------
    n_bytes : int
        Bytes, >= 0.

    Returns
    -------
    str
        Three digits and a decimal unit, such as ``2.45 TB``.
    """
    size, units = float(n_bytes), ("B", "kB", "MB", "GB", "TB", "PB", "EB")
    power = 0
    while size >= 999.5 and power < len(units) - 1:
        size, power = size / 1000, power + 1
    return f"{size:.3g} {units[power]}"


def share_text(share: float) -> str:
    """Write a share in percent, short.

    Parameters
    ----------
    share : float
        In [0, 1].

    Returns
    -------
    str
        With at most two decimals and the sign; what is not nothing never shows as 0.
    """
    percent = 100 * share
    if 0 < percent < 0.01:
        return "<0.01%"
    digits = 1 if percent >= 10 else 2
    return f"{percent:.{digits}f}".rstrip("0").rstrip(".") + "%"


def percent_text(share: float) -> str:
    """Write a share in percent with the digits it needs.

    Parameters
    ----------
    share : float
        In [0, 1].

    Returns
    -------
    str
        Without the sign, such as ``3.1`` or ``0.00091``.
    """
    percent = 100 * share
    if percent == 0 or percent >= 10:
        return f"{percent:.1f}".removesuffix(".0")
    return np.format_float_positional(percent, precision=2, fractional=False, trim="-")
