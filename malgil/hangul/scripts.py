"""Which script each stretch of a text is written in."""

from __future__ import annotations

import re
from typing import NamedTuple

from malgil.hangul.syllables import join_conjoining

#: Script -> its letters. Conjoining jamo with their extensions count as Hangul, as do half-width and enclosed ones.
RANGES = {
    "hangul": "\u1100-\u11ff\u302e\u302f\u3131-\u318e\u3200-\u321e\u3260-\u327e\ua960-\ua97c\uac00-\ud7a3"
    "\ud7b0-\ud7fb\uffa0-\uffdc",
    "latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a",
    "han": "\u2e80-\u2fd5\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f",
    "kana": "\u3041-\u309f\u30a0-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    "cyrillic": "\u0400-\u052f",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "digit": "0-9\uff10-\uff19",
    "space": r"\s",
}
_MARKS = "\u0300-\u036f\ufe0e\ufe0f\u200d"
_RUNS = re.compile(
    "|".join(f"(?P<{name}>[{chars}][{chars}{_MARKS}]*)" for name, chars in RANGES.items())
    + f"|(?P<other>[^{''.join(RANGES.values())}]+)"
)
_IS_HANGUL = re.compile(f"[{RANGES['hangul']}]+")


class ScriptRun(NamedTuple):
    """A stretch of one script.

    Parameters
    ----------
    script : str
        A key of `RANGES`, or ``"other"``: punctuation, emoji, other scripts.
    start, end : int
        Half-open span in code points.
    text : str
        The stretch.
    """

    script: str
    start: int
    end: int
    text: str


def scripts(text: str) -> list[ScriptRun]:
    """Cut a text where the script changes.

    Parameters
    ----------
    text : str
        Any text, in NFC or NFD.

    Returns
    -------
    list of ScriptRun
        They cover the text without a gap; accents and joiners belong to what they stand behind.

    Examples
    --------
    >>> [(run.script, run.text) for run in scripts("갤럭시S25 샀다!")]
    [('hangul', '갤럭시'), ('latin', 'S'), ('digit', '25'), ('space', ' '), ('hangul', '샀다'), ('other', '!')]
    """
    return [ScriptRun(str(run.lastgroup), *run.span(), run.group()) for run in _RUNS.finditer(text)]


def is_hangul(text: str, *, loose: bool = True) -> bool:
    """Whether a text is written in Hangul throughout.

    Parameters
    ----------
    text : str
        Any text; white space is not Hangul.
    loose : bool
        Whether letters that stand alone (ㅋㅋ) count; otherwise only the 11,172 syllables do, in NFC or NFD.

    Returns
    -------
    bool
        False for an empty text.

    Examples
    --------
    >>> is_hangul("한글"), is_hangul("ㅋㅋ"), is_hangul("ㅋㅋ", loose=False), is_hangul("한글 2")
    (True, True, False, False)
    """
    if loose:
        return _IS_HANGUL.fullmatch(text) is not None
    joined = join_conjoining(text)
    return bool(joined) and all("가" <= char <= "힣" for char in joined)
