"""A map of words: a point for each, and labels that do not cover one another; as SVG with its font, or as PNG."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from malgil.eda.fonts import FAMILY, can_draw, font_face_css, font_path, text_width
from malgil.errors import ParameterError
from malgil.files import write_whole

WIDTH, HEIGHT = 1000, 760
_SIZE = 15  # of the labels, in pixels
_ABOVE, _BELOW = 0.84, 0.22  # ink above and below the baseline, in font sizes
_EDGE, _RADIUS, _GAP = 40, 3.5, 4.0
_BACKGROUND, _INK, _POINT = "#ffffff", "#1d2733", "#2a6f97"


class Label(NamedTuple):
    """A word on the map.

    Parameters
    ----------
    word : str
        The word.
    x, y : float
        Its point, in pixels from the left top corner.
    left, baseline : float
        Where its label begins; NaN where there was no room for one.
    """

    word: str
    x: float
    y: float
    left: float
    baseline: float


def lay_out(words: Sequence[str], places: NDArray[np.float64]) -> list[Label]:
    """Place points and labels.

    Parameters
    ----------
    words : sequence of str
        The words, the most important first: these get room for their labels first.
    places : ndarray of float64, shape (n, 2)
        Where they are, in any unit; y upwards.

    Returns
    -------
    list of Label
        In the same order. A label stands right, left, above or below its point, in the first of these places where it
        covers neither another label nor another point; words that the font cannot draw, such as emoji, get a point.
    """
    points = _to_pixels(places)
    boxes = [(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for x, y in points.tolist()]
    taken = np.array(boxes, np.float64).reshape(-1, 4)
    labels = []
    for number, (word, (x, y)) in enumerate(zip(words, points.tolist(), strict=True)):
        left = baseline = float("nan")
        if word.strip() and can_draw(word):
            others = np.delete(taken, number, axis=0) if number < len(taken) else taken
            for box in _candidates(x, y, text_width(word) * _SIZE):
                if _is_free(box, others):
                    left, baseline = box[0], box[1] + _ABOVE * _SIZE
                    taken = np.vstack([taken, box])
                    break
        labels.append(Label(word, x, y, left, baseline))
    return labels


def _to_pixels(places: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(places):
        return np.zeros((0, 2))
    low, span = places.min(axis=0), np.ptp(places, axis=0)
    share = np.divide(places - low, span, out=np.full(places.shape, 0.5), where=span > 0)
    return np.column_stack(
        [_EDGE + share[:, 0] * (WIDTH - 2 * _EDGE), HEIGHT - _EDGE - share[:, 1] * (HEIGHT - 2 * _EDGE)]
    )


def _candidates(x: float, y: float, wide: float) -> list[tuple[float, float, float, float]]:
    """Boxes right, left, above and below a point, then at its corners."""
    high, away = (_ABOVE + _BELOW) * _SIZE, _RADIUS + _GAP
    columns = {"right": x + away, "left": x - away - wide, "middle": x - wide / 2}
    rows = {"above": y - away - high, "below": y + away, "middle": y - high / 2}
    order = [("right", "middle"), ("left", "middle"), ("middle", "above"), ("middle", "below")]
    order += [(column, row) for column in ("right", "left") for row in ("above", "below")]
    return [(columns[c], rows[r], columns[c] + wide, rows[r] + high) for c, r in order]


def _is_free(box: tuple[float, float, float, float], taken: NDArray[np.float64]) -> bool:
    left, top, right, bottom = box
    if left < 0 or top < 0 or right > WIDTH or bottom > HEIGHT:
        return False
    apart = (taken[:, 0] >= right) | (taken[:, 2] <= left) | (taken[:, 1] >= bottom) | (taken[:, 3] <= top)
    return bool(apart.all())


def to_svg(labels: Sequence[Label]) -> str:
    """Draw a map as SVG.

    Parameters
    ----------
    labels : sequence of Label
        What to draw.

    Returns
    -------
    str
        A document that carries its font, cut down to the characters it shows; text can be selected.
    """
    shown = [label for label in labels if label.left == label.left]
    face = font_face_css("".join(label.word for label in shown))
    points = "".join(
        f'<circle cx="{label.x:.1f}" cy="{label.y:.1f}" r="{_RADIUS}"><title>{escape(label.word)}</title></circle>'
        for label in labels
    )
    texts = "".join(f'<text x="{t.left:.1f}" y="{t.baseline:.1f}">{escape(t.word)}</text>' for t in shown)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"<style>{face}text{{font:700 {_SIZE}px {FAMILY},sans-serif;fill:{_INK}}}circle{{fill:{_POINT}}}</style>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_BACKGROUND}"/>{points}{texts}</svg>\n'
    )


def to_png(labels: Sequence[Label]) -> bytes:
    """Draw a map as PNG, in twice the size of the SVG.

    Parameters
    ----------
    labels : sequence of Label
        What to draw.

    Returns
    -------
    bytes
        The file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), facecolor=_BACKGROUND)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    axes.axis("off")
    font = FontProperties(fname=str(font_path(700)), size=_SIZE * 0.72)  # points of 1/72 inch, at 100 pixels an inch
    axes.scatter([t.x for t in labels], [t.y for t in labels], s=(2 * _RADIUS * 0.72) ** 2, c=_POINT, linewidths=0)
    for label in labels:
        if label.left == label.left:
            axes.text(
                label.left, label.baseline, label.word, fontproperties=font, color=_INK, va="baseline", parse_math=False
            )
    target = BytesIO()
    figure.savefig(target, format="png", dpi=200, metadata={"Software": None})
    return target.getvalue()


def write_map(path: Path, words: Sequence[str], places: NDArray[np.float64]) -> int:
    """Draw words and write the picture.

    Parameters
    ----------
    path : Path
        Ends in ``.svg`` or ``.png``; appears whole or not at all.
    words : sequence of str
        The words, the most important first.
    places : ndarray of float64, shape (n, 2)
        Where they are.

    Returns
    -------
    int
        Words that got a label.

    Raises
    ------
    ParameterError
        If the name ends otherwise.
    StorageError
        If the file cannot be written.
    """
    labels = lay_out(words, places)
    if path.suffix.lower() not in (".svg", ".png"):
        raise ParameterError("vectors.map_suffix", path=path)
    write_whole(path, to_svg(labels).encode() if path.suffix.lower() == ".svg" else to_png(labels))
    return sum(label.left == label.left for label in labels)
