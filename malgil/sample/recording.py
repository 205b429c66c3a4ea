"""What is true of a sample corpus: the planted facts, as a JSON-able dict with the ids that carry them."""

from __future__ import annotations

from typing import Any

import numpy as np

from malgil.sample import noising, planning
from malgil.sample.planning import Plan

VERSION = 1
_VERY_SHORT = 3


def duplicates(texts: list[str], ids: list[str], planted: set[int]) -> list[dict[str, Any]]:
    """Group the rows with the very same text, empty texts left out.

    Parameters
    ----------
    texts, ids : list of str
        The corpus.
    planted : set of int
        Rows that were made as exact copies.

    Returns
    -------
    list of dict
        ``ids`` in order, and ``planted``: whether a copy was made on purpose (short reviews also meet by chance); by
        first row.
    """
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        if text:
            rows.setdefault(text, []).append(row)
    return [
        {"ids": [ids[row] for row in group], "planted": any(row in planted for row in group)}
        for group in rows.values()
        if len(group) > 1
    ]


def trends(plan: Plan) -> list[dict[str, Any]]:
    """State each product whose share of positive reviews rises along a line.

    Parameters
    ----------
    plan : Plan
        What was planned.

    Returns
    -------
    list of dict
        One for each language that is large enough.
    """
    low, high = planning.TREND_SHARES
    return [
        {
            "product": plan.products[trend].name,
            "lang": plan.products[trend].lang,
            "measure": "share of positive labels",
            "shape": "linear",
            "start_share": low,
            "end_share": high,
            "n": int((plan.product == trend).sum()),
        }
        for trend in plan.trends
    ]


def season(plan: Plan) -> dict[str, Any]:
    """State the weekly season: the weights drawn from and the counts that came out, Monday first.

    Parameters
    ----------
    plan : Plan
        What was planned.

    Returns
    -------
    dict
        ``period_days``, ``weights`` and ``counts`` by weekday.
    """
    start = planning.FIRST_DAY.astype("datetime64[us]").astype(np.int64)
    weekday = ((plan.time - start) // 86_400_000_000) % 7
    counts = np.bincount(weekday, minlength=7).tolist()
    return {
        "period_days": 7,
        "weights": dict(zip(planning.WEEKDAYS, planning.WEEKDAY_WEIGHTS, strict=True)),
        "counts": dict(zip(planning.WEEKDAYS, counts, strict=True)),
    }


def anomaly(plan: Plan, ids: list[str]) -> dict[str, Any]:
    """State the day on which one product got a burst of negative reviews; `plan.burst` must be there.

    Parameters
    ----------
    plan : Plan
        What was planned.
    ids : list of str
        Id of each row.

    Returns
    -------
    dict
        Date, product, the ids of the burst, and how many reviews a day the product has otherwise.
    """
    product, day = plan.burst or (0, 0)
    rows = np.flatnonzero(plan.is_burst).tolist()
    usual = int(((plan.product == product) & ~plan.is_burst).sum())
    return {
        "kind": "burst of negative reviews",
        "date": str(planning.FIRST_DAY + day),
        "product": plan.products[product].name,
        "lang": plan.products[product].lang,
        "ids": [ids[row] for row in rows],
        "n": len(rows),
        "usual_per_day": round(usual / planning.N_DAYS, 4),
    }


def noise(record: noising.Noise, inherited: dict[int, int], ids: list[str]) -> dict[str, Any]:
    """State which ids carry which noise.

    Parameters
    ----------
    record : Noise
        What was put in.
    inherited : dict of int to int
        Row of an exact or white-space copy -> the row that it repeats, noise and all.
    ids : list of str
        Id of each row.

    Returns
    -------
    dict
        Kind -> list of ids; for ``typo`` also wrong and right word, for ``nospace`` the text with its spaces.
    """
    copies: dict[int, list[int]] = {}
    for target, source in inherited.items():
        copies.setdefault(source, []).append(target)
    facts: dict[str, Any] = {"rates": dict(noising.RATES)}
    for kind, rows in record.rows.items():
        carriers = sorted((row, source) for source in rows for row in (source, *copies.get(source, ())))
        if kind == "typo":
            right = record.right[kind]
            facts[kind] = [{"id": ids[r], "wrong": right[s][0], "right": right[s][1]} for r, s in carriers]
        elif kind == "nospace":
            facts[kind] = [{"id": ids[r], "right": record.right[kind][s][0]} for r, s in carriers]
        else:
            facts[kind] = [ids[r] for r, _ in carriers]
    return facts


def short(texts: list[str], ids: list[str]) -> dict[str, list[str]]:
    """List the ids of empty texts and of texts of at most three characters.

    Parameters
    ----------
    texts : list of str
        The corpus.
    ids : list of str
        Id of each row.

    Returns
    -------
    dict
        ``empty`` and ``very_short``.
    """
    return {
        "empty": [ids[i] for i, text in enumerate(texts) if not text],
        "very_short": [ids[i] for i, text in enumerate(texts) if 0 < len(text) <= _VERY_SHORT],
    }
