"""Mojibake: text that was decoded with the wrong encoding, turned back run by run.

Runs of characters beyond ASCII from the tables of Western encodings are tried alone, so that what is right stays as it
is: by ftfy [1]_, and as Korean in EUC-KR that was taken for Latin-1 (¾È³ç -> 안녕), which ftfy does not know.

References
----------
.. [1] R. Speer, "ftfy", Zenodo, 2019, doi:10.5281/zenodo.2591652.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from malgil.clean.spans import Replacement, SpanStep
from malgil.codepoints import CodePoints
from malgil.edits import Edit, splice

#: Latin-1 and what the Windows encodings 1250 to 1252 put into its control codes.
_WESTERN = "\x80-\xffĀ-žƒˆ˜˙˛˝ˇ˘–—‘’‚“”„†‡•…‰‹›€™"
_RUN = re.compile(f"[{_WESTERN}]{{2,}}")
_KOREAN = re.compile("[가-힣]{2,}")
_LEAST_KOREAN = 4  # bytes: two syllables


@dataclass(frozen=True, kw_only=True)
class Mojibake(SpanStep):
    """Mend mojibake. Where a run was UTF-8, each character maps back to just its bytes."""

    hint: ClassVar[str] = f"[{_WESTERN}]{{2}}"

    def find(self, text: str) -> Iterable[Replacement]:
        """Find runs that another encoding makes sense of.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        list of (int, int, str)
            Spans and the mended text.
        """
        found = ((match.start(), match.end(), mend(match.group())) for match in _RUN.finditer(text))
        return [(start, end, new) for start, end, new in found if text[start:end] != new]

    def apply(self, before: CodePoints) -> Edit | None:
        """Mend the texts.

        Parameters
        ----------
        before : CodePoints
            Any texts.

        Returns
        -------
        Edit or None
            ``None`` where nothing had to change.
        """
        found = [
            (base + start, base + end, new)
            for row, base in enumerate(before.indptr[:-1].tolist())
            for start, end, new in self.find(before.text(row))
        ]
        if not found:
            return None
        first, last = [], []
        for start, end, new in found:
            ends = np.cumsum([len(char.encode("utf-8")) for char in new])
            fits = len(new) > 0 and int(ends[-1]) == end - start
            first.append(start + np.append(0, ends[:-1]) if fits else np.full(len(new), start))
            last.append(start + ends - 1 if fits else np.full(len(new), end - 1))
        low, high = (np.array(column, np.int64) for column in list(zip(*found, strict=True))[:2])
        points = np.frombuffer("".join(new for *_, new in found).encode("utf-32-le"), np.uint32)
        lengths = np.array([len(new) for *_, new in found], np.int64)
        made = (points, np.concatenate(first).astype(np.int64), np.concatenate(last).astype(np.int64))
        return splice(before, low, high, lengths, made)


@lru_cache(maxsize=4096)
def mend(run: str) -> str:
    """Mend one run of Western characters.

    Parameters
    ----------
    run : str
        Characters beyond ASCII.

    Returns
    -------
    str
        What they were meant to be, or the run itself.

    Examples
    --------
    >>> mend("ì•ˆë…•"), mend("¾È³ç"), mend("éè")
    ('안녕', '안녕', 'éè')
    """
    import ftfy

    mended = ftfy.fix_encoding(run)
    if mended == run and len(run) >= _LEAST_KOREAN:
        try:
            korean = run.encode("latin-1").decode("euc-kr")
        except UnicodeError:
            return run
        return korean if _KOREAN.fullmatch(korean) else run
    has_surrogate = any(0xD800 <= ord(char) <= 0xDFFF for char in mended)
    return run if has_surrogate else mended
