"""Where a sentence may end: behind a letter, before white space or a mark, with the marks that stand between."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, Traits

_FIXED = {
    **dict.fromkeys("\n\r\x0b\x0c\x85\u2028\u2029", "LINE"),
    **dict.fromkeys("..．｡", "PERIOD"),
    **dict.fromkeys("!?！？。‼⁇⁈⁉؟।", "BANG"),
    **dict.fromkeys("…‥⋯", "DOTS"),
    **dict.fromkeys("~〜～∼˜", "TILDE"),
    **dict.fromkeys("^\u200d\ufe0f", "FACE"),
    **dict.fromkeys(",，、،:：;；", "COMMA"),
    **dict.fromkeys("([{<（［｛〔【", "OPEN"),
    **dict.fromkeys(")]}>）］｝〕】", "CLOSE"),
    **dict.fromkeys("“‘「『《〈«‹", "OPEN_QUOTE"),
    **dict.fromkeys("”’」』》〉»›", "CLOSE_QUOTE"),
    '"': "QUOTE",
    "'": "TICK",
    "`": "TICK",
}
_BY_CATEGORY = {"Ll": "LOWER", "Lu": "UPPER", "Lt": "UPPER", "Lo": "LETTER", "Lm": "LETTER"}


def _classify(char: str) -> int:
    from malgil.tokenizers import _border_kernels as kernels

    name = _FIXED.get(char)
    if name is None and char.isspace():
        name = "SPACE"
    if name is None and "가" <= char <= "힣":
        name = "HANGUL"
    if name is None and ("\u1100" <= char <= "\u11ff" or "\u3131" <= char <= "\u318e"):
        name = "JAMO"
    if name is None and "\U0001f3fb" <= char <= "\U0001f3ff":
        name = "FACE"
    if name is None:
        category = unicodedata.category(char)
        if category == "So":
            name = "FACE" if char >= "\u2600" and not "\u2ff0" <= char <= "\u33ff" else "SYMBOL"
        else:
            name = "DIGIT" if category == "Nd" else _BY_CATEGORY.get(category, "SYMBOL")
    kind: int = getattr(kernels, name)
    return kind


_KINDS = Traits(_classify)


class Places(NamedTuple):
    """Places where a sentence may end.

    Parameters
    ----------
    texts : CodePoints
        The composed texts.
    folded : ndarray of uint32, shape (n_points,)
        The same, digits and Latin letters as one of their kind.
    kinds : ndarray of uint8, shape (n_points,)
        What each code point is.
    rows : ndarray of int64, shape (n_places,)
        Text of each place.
    left, right : ndarray of int64, shape (n_places,)
        On the flat axis: behind the last letter before the place, and the first code point after it.
    marks : ndarray of int64, shape (n_places,)
        Bits of the marks that stand between.
    """

    texts: CodePoints
    folded: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    rows: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    marks: NDArray[np.int64]


def find_places(texts: CodePoints) -> Places:
    """Find the places where a sentence may end.

    Parameters
    ----------
    texts : CodePoints
        Composed (NFC) texts.

    Returns
    -------
    Places
        In the order of the texts.
    """
    from malgil.tokenizers import _border_kernels as kernels

    points = texts.points
    kinds = _KINDS(points)
    _tell_sweat(points, kinds, kernels.HANGUL, kernels.FACE)
    folded = points.copy()
    for kind, letter in ((kernels.LOWER, "a"), (kernels.UPPER, "A"), (kernels.DIGIT, "0")):
        folded[kinds == kind] = ord(letter)
    n = len(points)
    partner, left, right, marks, rows = (np.empty(n, np.int64) for _ in range(5))
    found = kernels.find_places(points, kinds, texts.indptr, partner, left, right, marks, rows)
    parts = (column[:found].copy() for column in (rows, left, right, marks))
    return Places(texts, folded, kinds, *parts)


def _tell_sweat(points: NDArray[np.uint32], kinds: NDArray[np.uint8], hangul: int, face: int) -> None:
    """Tell ;; and the ; after a syllable, which are faces, from the semicolon."""
    at = np.flatnonzero(points == ord(";"))
    if len(at):
        before, after = points[np.maximum(at - 1, 0)], points[np.minimum(at + 1, len(points) - 1)]
        doubled = ((before == ord(";")) & (at > 0)) | ((after == ord(";")) & (at + 1 < len(points)))
        kinds[at[doubled | ((kinds[np.maximum(at - 1, 0)] == hangul) & (at > 0))]] = face
