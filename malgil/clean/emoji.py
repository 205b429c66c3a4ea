"""Emoji, always as whole sequences: families, flags, skin tones, keycaps.

References
----------
.. [1] Unicode Technical Standard #51, "Unicode Emoji", section 1.4.9: the form of an emoji sequence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import regex
from numpy.typing import NDArray

from malgil.clean.spans import Replacement, SpanStep
from malgil.params import choose

MODES = {"keep": "keep", "drop": "drop", "name": "name"}
_ONE = (
    r"(?:\p{Emoji_Presentation}|[\p{Emoji}--\x00-\xff&&[\u2600-\u27bf\u2300-\u23ff\u2b00-\u2bff\U0001f000-\U0001faff]]"
    r"|[\p{Emoji}--[0-9#*]]\ufe0f)\ufe0f?\p{Emoji_Modifier}?\u20e3?[\U000e0020-\U000e007f]*"
)
_EMOJI = regex.compile(rf"(?V1)\p{{RI}}{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})*")
_REGION = 0x1F1E6
_INVISIBLE = frozenset("\u200d\ufe0f\u20e3")


@dataclass(frozen=True, kw_only=True)
class Emoji(SpanStep):
    """Keep emoji, drop them, or write their names.

    Parameters
    ----------
    mode : {"keep", "drop", "name"}
        ``name`` writes the names of Unicode between colons, in English: ``:thumbs up sign:``, ``:flag kr:``.
    """

    hint: ClassVar[str] = (
        "[\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001fbff]|[0-9#*]\ufe0f?\u20e3"
    )

    mode: str = "keep"

    def __post_init__(self) -> None:
        choose(MODES, "mode", self.mode)

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts that the step may change.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True at least where `apply` would change the text.
        """
        return np.zeros(len(texts), np.bool_) if self.mode == "keep" else super().needs(texts)

    def find(self, text: str) -> Iterable[Replacement]:
        """Find emoji.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        iterable of (int, int, str)
            Spans and what is written there.
        """
        if self.mode == "keep":
            return []
        is_named = self.mode == "name"
        return [(m.start(), m.end(), emoji_name(m.group()) if is_named else "") for m in _EMOJI.finditer(text)]


def emoji_name(emoji: str) -> str:
    """Name an emoji after the characters that it is made of.

    Parameters
    ----------
    emoji : str
        One sequence.

    Returns
    -------
    str
        Names of Unicode in lower case, between colons.

    Examples
    --------
    >>> emoji_name("👍🏽"), emoji_name("🇰🇷"), emoji_name("1️⃣")
    (':thumbs up sign, emoji modifier fitzpatrick type-4:', ':flag kr:', ':keycap 1:')
    """
    if _REGION <= ord(emoji[0]) < _REGION + 26:
        return ":flag " + "".join(chr(ord(char) - _REGION + ord("a")) for char in emoji) + ":"
    if emoji[0] in "0123456789#*":
        return f":keycap {emoji[0]}:"
    tags = "".join(chr(ord(char) - 0xE0000) for char in emoji if 0xE0020 <= ord(char) < 0xE007F)
    if tags:
        return f":flag {tags}:"
    names = (unicodedata.name(char, f"u+{ord(char):x}").lower() for char in emoji if char not in _INVISIBLE)
    return ":" + ", ".join(names) + ":"
