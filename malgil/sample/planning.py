"""Who reviews what, when and with which verdict: the planted season, trend and anomaly of the sample corpus."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.sample.lexicon import LANGUAGES, Product, products

FIRST_DAY = np.datetime64("2025-01-06", "D")  # a Monday
N_DAYS = 364  # whole weeks, so that every weekday comes equally often
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAY_WEIGHTS = (0.80, 0.80, 0.85, 0.90, 1.10, 1.45, 1.35)
TREND_SHARES = (0.20, 0.85)  # share of positive reviews on the first and on the last day
_HOUR_WEIGHTS = (4, 2, 1, 1, 1, 1, 2, 4, 6, 6, 7, 8, 10, 9, 7, 7, 7, 8, 10, 12, 14, 15, 13, 8)
_LANGUAGE_SHARES = {"ko": 0.6, "en": 0.4}
_MIN_FOR_SEASON = 700
_MIN_FOR_BURST = 500
_BURST_SHARE = 0.008
_TREND_SHARE = 0.1  # of the rows of one language
_MIN_TREND = 30
_DAY_US = 86_400_000_000


class Plan(NamedTuple):
    """One row per review in order of time, and what was planted.

    Attributes
    ----------
    products : list of Product
        All that may be reviewed.
    product : ndarray of int64, shape (n,)
        Index into `products`.
    positive : ndarray of bool, shape (n,)
        The verdict.
    time : ndarray of int64, shape (n,)
        Microseconds since 1970, never falling.
    is_burst : ndarray of bool, shape (n,)
        Rows of the anomaly.
    trends : list of int
        Products with a trend, as indices.
    burst : tuple of (int, int) or None
        Product of the anomaly and its day, counted from the first.
    has_season : bool
        Whether there are rows enough to show the week.
    """

    products: list[Product]
    product: NDArray[np.int64]  # index into products
    positive: NDArray[np.bool_]
    time: NDArray[np.int64]  # microseconds since 1970
    is_burst: NDArray[np.bool_]
    trends: list[int]  # indices into products
    burst: tuple[int, int] | None  # product, day counted from FIRST_DAY
    has_season: bool


def plan(rng: np.random.Generator, n: int, text_lang: str) -> Plan:
    """Draw product, verdict and time of every review.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    n : int
        Reviews, at least 1.
    text_lang : str
        ``"ko"``, ``"en"`` or ``"both"``.

    Returns
    -------
    Plan
        Facts that `n` is too small to carry are left out.
    """
    langs = LANGUAGES if text_lang == "both" else (text_lang,)
    things = [thing for lang in langs for thing in products(lang)]
    burst = _choose_burst(rng, things) if n >= _MIN_FOR_BURST else None
    trends = _choose_trends(rng, things, burst, n)
    n_burst = max(8, round(_BURST_SHARE * n)) if burst else 0

    weights = _product_weights(rng, things, trends)
    product = rng.choice(len(things), n - n_burst, p=weights)
    time = _times(rng, n - n_burst)
    if burst:
        product = np.concatenate([product, np.full(n_burst, burst[0])])
        time = np.concatenate([time, burst[1] * _DAY_US + _clock(rng, n_burst)])
    order = np.argsort(time, kind="stable")
    product, time, is_burst = product[order], time[order], order >= n - n_burst

    base = rng.uniform(0.45, 0.75, len(things))
    positive = (rng.random(n) < base[product]) & ~is_burst
    for trend in trends:
        at = product == trend
        positive[at] = _rising(time[at], rng.random())
    start = FIRST_DAY.astype("datetime64[us]").astype(np.int64)
    return Plan(things, product, positive, time + start, is_burst, trends, burst, n >= _MIN_FOR_SEASON)


def _choose_burst(rng: np.random.Generator, things: list[Product]) -> tuple[int, int]:
    first = things[0].lang
    able = [i for i, thing in enumerate(things) if thing.has_burst and thing.lang == first]
    week = int(rng.integers(15, 40))
    return able[int(rng.integers(len(able)))], week * 7 + int(rng.integers(0, 4))  # a quiet day, Monday to Thursday


def _choose_trends(rng: np.random.Generator, things: list[Product], burst: tuple[int, int] | None, n: int) -> list[int]:
    trends = []
    langs = list(dict.fromkeys(thing.lang for thing in things))
    for lang in langs:
        able = [i for i, thing in enumerate(things) if thing.lang == lang and (burst is None or i != burst[0])]
        chosen = able[int(rng.integers(len(able)))]
        share = _LANGUAGE_SHARES[lang] if len(langs) > 1 else 1.0
        if n * share * _TREND_SHARE >= _MIN_TREND:
            trends.append(chosen)
    return trends


def _product_weights(rng: np.random.Generator, things: list[Product], trends: list[int]) -> NDArray[np.float64]:
    """Share of each product among the ordinary rows; the trend's product has its fixed share of a language."""
    weights = rng.uniform(0.6, 1.4, len(things))
    langs = np.array([thing.lang for thing in things])
    several = len(set(langs.tolist())) > 1
    for lang in LANGUAGES:
        at = np.flatnonzero(langs == lang)
        if not at.size:
            continue
        own = [trend for trend in trends if trend in at]
        rest = np.setdiff1d(at, own)
        weights[rest] *= (1 - _TREND_SHARE * len(own)) / weights[rest].sum()
        weights[own] = _TREND_SHARE
        weights[at] *= _LANGUAGE_SHARES[lang] if several else 1.0
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def _times(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    """Draw microseconds since the first day, with the weekly season."""
    shares = np.tile(WEEKDAY_WEIGHTS, N_DAYS // 7)
    return rng.choice(N_DAYS, n, p=shares / shares.sum()).astype(np.int64) * _DAY_US + _clock(rng, n)


def _clock(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    """Draw microseconds since midnight, to the second."""
    shares = np.array(_HOUR_WEIGHTS, dtype=np.float64)
    hours = rng.choice(24, n, p=shares / shares.sum())
    seconds: NDArray[np.int64] = (hours * 3600 + rng.integers(0, 3600, n)).astype(np.int64)
    return seconds * 1_000_000


def _rising(time: NDArray[np.int64], phase: float) -> NDArray[np.bool_]:
    """Spread positive reviews so that their share follows the line (systematic sampling, hence almost no noise)."""
    low, high = TREND_SHARES
    share = low + (high - low) * time / (N_DAYS * _DAY_US)
    steps = np.floor(np.cumsum(share) + phase)
    rising: NDArray[np.bool_] = np.diff(steps, prepend=np.floor(phase)) > 0
    return rising
