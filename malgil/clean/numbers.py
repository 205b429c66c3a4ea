"""Numbers: without the commas between thousands, or with every digit written as 0."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from malgil.clean.spans import Replacement, SpanStep
from malgil.params import choose

_GROUPED = re.compile(r"(?<![0-9,.])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,]|\.[0-9]*,)")
_DIGITS = re.compile("[1-9]")


def _ungrouped(text: str) -> Iterable[Replacement]:
    for match in _GROUPED.finditer(text):
        for place in range(match.start(), match.end()):
            if text[place] == ",":
                yield place, place + 1, ""


def _zeros(text: str) -> Iterable[Replacement]:
    return ((match.start(), match.end(), "0") for match in _DIGITS.finditer(text))


MODES = {"ungroup": _ungrouped, "zero": _zeros}


@dataclass(frozen=True, kw_only=True)
class Numbers(SpanStep):
    """Make numbers alike.

    Parameters
    ----------
    mode : {"ungroup", "zero"}
        ``ungroup``: 1,234,567 -> 1234567. ``zero``: 2024 -> 0000, so that numbers of one shape are one word.
    """

    hint: ClassVar[str] = "[0-9]"

    mode: str = "ungroup"

    def __post_init__(self) -> None:
        choose(MODES, "mode", self.mode)

    def find(self, text: str) -> Iterable[Replacement]:
        """Find commas, or digits.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        iterable of (int, int, str)
            Spans and what is written there.
        """
        return MODES[self.mode](text)
