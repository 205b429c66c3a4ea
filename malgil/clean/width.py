"""Full width and half width: ＡＢＣ１２３ -> ABC123, ﾡﾢ -> ㄱㄲ, ｶﾞ -> ガ, and the ideographic space -> a blank."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from malgil.clean.spans import Replacement, SpanStep

_FORMS = re.compile("[\uff66-\uff9d][\uff9e\uff9f]|[\uff01-\uff60\uff61-\uffbe\uffc2-\uffdc\uffe0-\uffee\u3000]")
_TAGS = ("<wide> ", "<narrow> ")


@dataclass(frozen=True, kw_only=True)
class Width(SpanStep):
    """Write full-width ASCII as ASCII, half-width Hangul and katakana in full; nothing else of NFKC."""

    hint: ClassVar[str] = "[\uff01-\uffee\u3000]"

    def find(self, text: str) -> Iterable[Replacement]:
        """Find such characters; half-width katakana go with their voice mark.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        iterable of (int, int, str)
            Spans and what is written there.
        """
        return ((match.start(), match.end(), _usual(match.group())) for match in _FORMS.finditer(text))


def _usual(form: str) -> str:
    if len(form) == 2:
        return unicodedata.normalize("NFC", _usual(form[0]) + _usual(form[1]))
    apart = unicodedata.decomposition(form)
    for tag in _TAGS:
        if apart.startswith(tag):
            return chr(int(apart.removeprefix(tag), 16))
    return form
