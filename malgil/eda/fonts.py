"""The Hangul font of the report: found in its package, cut down to the characters of one page."""

from __future__ import annotations

import base64
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from malgil.errors import MissingError

FAMILY = "malgil-nanum"
WEIGHTS = {400: "NanumGothic.ttf", 700: "NanumGothicBold.ttf"}
_PACKAGE = "koreanize_matplotlib"  # carries the files; importing it would change matplotlib's settings, so it is not


@cache
def font_path(weight: int = 400) -> Path:
    """Find a font file.

    Parameters
    ----------
    weight : int
        A key of `WEIGHTS`.

    Returns
    -------
    Path
        A TrueType file with all 11,172 Hangul syllables and the jamo.

    Raises
    ------
    MissingError
        If the package that carries it is not installed.
    """
    name = WEIGHTS[weight]
    spec = find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "fonts" / name
        if path.is_file():
            return path
    raise MissingError("eda.font_missing", name=name)


@cache
def glyphs() -> frozenset[int]:
    """Code points that both weights can draw.

    Returns
    -------
    frozenset of int
        For leaving out words that would show as boxes.
    """
    from fontTools.ttLib import TTFont

    sets = []
    for weight in WEIGHTS:
        with TTFont(font_path(weight), lazy=True) as font:
            sets.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*sets)


@cache
def _advances() -> dict[int, float]:
    """Width of each character of the bold weight, in font sizes."""
    from fontTools.ttLib import TTFont

    with TTFont(font_path(700), lazy=True) as font:
        units, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        return {code: widths[glyph][0] / units for code, glyph in font.getBestCmap().items()}


def text_width(text: str) -> float:
    """Width of a text in the bold weight.

    Parameters
    ----------
    text : str
        Characters that the font can draw.

    Returns
    -------
    float
        In font sizes.
    """
    advances = _advances()
    return sum(advances[ord(character)] for character in text)


def can_draw(text: str) -> bool:
    """Whether the font has every character of a text.

    Parameters
    ----------
    text : str
        Such as a word.

    Returns
    -------
    bool
        True for an empty text.
    """
    return all(ord(character) in glyphs() for character in text)


def font_face_css(text: str) -> str:
    """CSS that carries the font inside the page.

    Parameters
    ----------
    text : str
        All that the page shows; its characters are kept, all others are cut away.

    Returns
    -------
    str
        One ``@font-face`` rule a weight, with the data inside; the same for the same characters.
    """
    characters = sorted(glyphs() & {ord(character) for character in text})
    return "\n".join(
        f"@font-face{{font-family:{FAMILY};font-weight:{weight};font-style:normal;"
        f"src:url(data:font/woff;base64,{_subset(weight, characters)}) format('woff')}}"
        for weight in WEIGHTS
    )


def _subset(weight: int, characters: list[int]) -> str:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(hinting=False, layout_features=[], notdef_outline=True)
    options.drop_tables += ["TSI0", "TSI1", "TSI2", "TSI3", "TSI5"]  # sources of the hints
    with TTFont(font_path(weight), recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=characters)
        subsetter.subset(font)
        font.flavor = "woff"
        file = BytesIO()
        font.save(file)
    return base64.b64encode(file.getvalue()).decode("ascii")
