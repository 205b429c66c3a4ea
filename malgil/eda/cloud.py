"""The word cloud: words placed without overlap, from the middle outwards, as selectable text."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from malgil.eda.fonts import can_draw, text_width

MIN_SIZE = 13
_FILLS = (0.58, 0.48, 0.38, 0.28)
"""Shares of the picture for the words' boxes to cover: the first with which all words find room, else the last."""

_ABOVE, _BELOW = 0.84, 0.22
"""Ink above and below the baseline, in font sizes: enough for Hangul and for Latin descenders."""

_MARGIN = 2.0
_N_PLACES = 6000
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_N_COLOURS = 6


@dataclass(frozen=True)
class CloudWord:
    """One word of the cloud.

    Parameters
    ----------
    term : str
        The word.
    count : int
        Occurrences.
    x, y : int
        Left end of its baseline.
    size : int
        Font size.
    colour : int
        Number of a colour class, from 0.
    """

    term: str
    count: int
    x: int
    y: int
    size: int
    colour: int


@dataclass(frozen=True)
class Cloud:
    """A word cloud.

    Parameters
    ----------
    width, height : int
        Size of the picture, in the units of the words' places.
    words : list of CloudWord
        The most frequent first.
    """

    width: int
    height: int
    words: list[CloudWord]


def word_cloud(frequencies: dict[str, int], width: int, height: int, n_words: int) -> Cloud:
    """Place the most frequent words.

    Parameters
    ----------
    frequencies : dict
        Word -> occurrences, most frequent first.
    width, height : int
        Size of the picture.
    n_words : int
        Words to place at most; those for which no room is left are dropped.

    Returns
    -------
    Cloud
        The same for the same words. Words that the font cannot draw, such as emoji, are left out.

    Notes
    -----
    The font size grows with the square root of the count. Each word takes the free place nearest to the middle, out of
    points spread evenly over an ellipse by the golden angle.
    """
    drawable = [(term, n) for term, n in frequencies.items() if term.strip() and can_draw(term)][:n_words]
    words: list[CloudWord] = []
    for fill in _FILLS:
        words = _placed(drawable, _font_sizes(drawable, width, height, fill), (width, height))
        if len(words) == len(drawable):
            break
    return Cloud(width, height, words)


def _placed(words: list[tuple[str, int]], sizes: list[int], picture: tuple[int, int]) -> list[CloudWord]:
    boxes = np.zeros((0, 4))
    placed: list[CloudWord] = []
    for (term, count), size in zip(words, sizes, strict=True):
        wide, high = text_width(term) * size, (_ABOVE + _BELOW) * size
        place = _free_place(boxes, (wide, high), picture)
        if place is None:
            continue
        left, top = place
        boxes = np.vstack([boxes, [left, top, left + wide, top + high]])
        placed.append(CloudWord(term, count, round(left), round(top + _ABOVE * size), size, len(placed) % _N_COLOURS))
    return placed


def _font_sizes(words: list[tuple[str, int]], width: int, height: int, fill: float) -> list[int]:
    """Sizes that fill the picture, none so large that its word is wider than the picture."""
    if not words:
        return []
    weights = np.sqrt([count for _, count in words])
    widths = np.array([text_width(term) for term, _ in words])
    area = float((widths * (_ABOVE + _BELOW) * weights**2).sum())
    scale = math.sqrt(fill * width * height / area)
    sizes = np.minimum(scale * weights, np.minimum(0.3 * height, 0.7 * width / widths))
    return [int(size) for size in np.maximum(sizes, MIN_SIZE)]


def _free_place(
    boxes: NDArray[np.float64], size: tuple[float, float], picture: tuple[int, int]
) -> tuple[float, float] | None:
    """Left top corner of the free place nearest to the middle, or None."""
    wide, high = size
    number = np.arange(_N_PLACES)
    radius, angle = np.sqrt(number / _N_PLACES) * 0.75, number * _GOLDEN_ANGLE
    left = picture[0] * (0.5 + radius * np.cos(angle)) - wide / 2
    top = picture[1] * (0.5 + radius * np.sin(angle)) - high / 2
    is_free = (left >= 0) & (top >= 0) & (left + wide <= picture[0]) & (top + high <= picture[1])
    for box_left, box_top, box_right, box_bottom in boxes:
        is_free &= (
            (left >= box_right + _MARGIN)
            | (left + wide <= box_left - _MARGIN)
            | (top >= box_bottom)
            | (top + high <= box_top)
        )
    free = np.flatnonzero(is_free)
    return (float(left[free[0]]), float(top[free[0]])) if len(free) else None
