"""Loose jamo that spell syllables are composed: ㅎㅏㄴㄱㅡㄹ -> 한글; ㅋㅋ, ㅠㅠ and ㅋㅠ stay what they are.

A run of letters counts as spelled when all of it reads as syllables, but for consonants at its end
(ㅎㅏㄴㅋㅋ -> 한ㅋㅋ). Conjoining jamo, which NFD is written in, are composed wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from malgil.clean.spans import Replacement, SpanStep
from malgil.hangul.letters import FINALS, INITIALS, VOWELS, syllable
from malgil.hangul.syllables import join_conjoining

_VOWEL, _FINAL = "[ㅏ-ㅣ]", "[ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ]"
_LETTERS = re.compile(rf"([{INITIALS}])({_VOWEL})({_FINAL}(?!{_VOWEL}|(?<=(.))\4(?!{_VOWEL})))?")
_RUN = re.compile("[ㄱ-ㅣ]{2,}|[ᄀ-ᄒ][ᅡ-ᅵ][ᆨ-ᇂ]?|[가-힣][ᆨ-ᇂ]")
_CRIES = frozenset("ㅋㅎㅠㅜㅡㅇ")  # ㅋㅠ, ㅎㅜ, ㅇㅡㅇ: sounds and faces


@dataclass(frozen=True, kw_only=True)
class LooseJamo(SpanStep):
    """Compose letters that spell syllables."""

    hint: ClassVar[str] = "[ㄱ-ㅣ]{2}|[ᄀ-ᇿ]"

    def find(self, text: str) -> Iterable[Replacement]:
        """Find letters that spell a syllable.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        iterable of (int, int, str)
            Spans, one a syllable, and the syllable.
        """
        for run in _RUN.finditer(text):
            letters = run.group()
            if "ㄱ" <= letters[0] <= "ㅣ":
                yield from _spelled(letters, run.start())
            elif (joined := join_conjoining(letters)) != letters and len(joined) == 1:
                yield run.start(), run.end(), joined


def _spelled(letters: str, base: int) -> list[Replacement]:
    found: list[Replacement] = []
    end = 0
    while match := _LETTERS.match(letters, end):
        initial, vowel, final = match.group(1, 2, 3)
        made = syllable(INITIALS.index(initial), VOWELS.index(vowel), FINALS.index(final or ""))
        found.append((base + end, base + match.end(), made))
        end = match.end()
    has_vowel = any("ㅏ" <= letter <= "ㅣ" for letter in letters[end:])
    return [] if has_vowel or _CRIES.issuperset(letters) else found
