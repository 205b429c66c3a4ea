"""Words between blanks (eojeols): where they stand, their marks, and the particle at their end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from malgil.hangul import particle
from malgil.hangul.particles import PAIRS

_EOJEOL = re.compile(r"\S+")
_CORE = re.compile(r"^[\W_]*(.*?)[\W_]*$", re.DOTALL)
_FORMS = {form: pair for pair in PAIRS for form in pair}
#: Particles that have one form, alone and before another.
_FIXED = (
    *(
        "의",
        "에",
        "에서",
        "도",
        "만",
        "까지",
        "부터",
        "보다",
        "처럼",
        "에게",
        "한테",
        "께",
        "마다",
        "조차",
        "밖에",
        "들",
    ),
    *(
        "에서는",
        "에는",
        "에도",
        "에서도",
        "만은",
        "만이",
        "까지도",
        "부터는",
        "들은",
        "들이",
        "들을",
        "들의",
        "들도",
        "에게는",
    ),
)
_ENDINGS = sorted({*_FORMS, *_FIXED}, key=lambda ending: (-len(ending), ending))


class Eojeol(NamedTuple):
    """A word between blanks.

    Parameters
    ----------
    start, end : int
        Span in code points of the text.
    core_start, core_end : int
        Span without the marks before and behind it; empty where there is nothing else.
    """

    start: int
    end: int
    core_start: int
    core_end: int


def eojeols(text: str) -> list[Eojeol]:
    """Find the words of a text.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of Eojeol
        In their order.

    Examples
    --------
    >>> eojeols("아, (좋다)!")
    [Eojeol(start=0, end=2, core_start=0, core_end=1), Eojeol(start=3, end=8, core_start=4, core_end=6)]
    """
    found = []
    for match in _EOJEOL.finditer(text):
        core = _CORE.match(match.group())
        low, high = core.span(1) if core else (0, 0)
        found.append(Eojeol(match.start(), match.end(), match.start() + low, match.start() + high))
    return found


def without_particle(word: str) -> Iterator[tuple[str, str]]:
    """Take the particle from a word, in every way that its sound allows.

    Parameters
    ----------
    word : str
        Without marks around it.

    Yields
    ------
    (str, str)
        Stem and particle, the longest particle first; a particle that does not fit the sound before it is none (the 을
        of 마을 stands behind a vowel).

    Examples
    --------
    >>> list(without_particle("영화를")), list(without_particle("마을"))
    ([('영화', '를')], [])
    """
    for ending in _ENDINGS:
        stem = word[: -len(ending)]
        if stem and word.endswith(ending) and (ending in _FIXED or particle(stem, "/".join(_FORMS[ending])) == ending):
            yield stem, ending


def with_form(stem: str, ending: str) -> str:
    """Put a particle behind a stem in the form that fits.

    Parameters
    ----------
    stem : str
        Any word.
    ending : str
        The particle in any form.

    Returns
    -------
    str
        Stem and particle.

    Examples
    --------
    >>> with_form("작품", "를"), with_form("작품", "에서")
    ('작품을', '작품에서')
    """
    if ending in _FIXED or ending not in _FORMS:
        return stem + ending
    return stem + particle(stem, "/".join(_FORMS[ending]))
