"""Noise in the texts: addresses, telephone numbers, HTML. Found by RE2, counted, never shown."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


class Pattern(NamedTuple):
    """One kind of noise.

    Parameters
    ----------
    hints : tuple of str
        A text without any of these, in any case, cannot hold it; empty: digits decide.
    min_digits : int
        A text with fewer digits cannot hold it.
    regex : str
        For RE2.
    is_personal : bool
        Whether a match is personal data.
    """

    hints: tuple[str, ...]
    min_digits: int
    regex: str
    is_personal: bool = False


_BLANK = r" \t\n\r\f"  # RE2 and Python disagree on \s

PATTERNS = {
    "url": Pattern(
        ("://", "www."),
        0,
        rf"(?:[hH][tT][tT][pP][sS]?|[fF][tT][pP])://[^{_BLANK}<>\"]+|\b[wW][wW][wW]\.[^{_BLANK}<>\"]+",
    ),
    "email": Pattern(
        ("@",), 0, r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}", is_personal=True
    ),
    "phone": Pattern(
        (),
        8,
        r"(?:\+\d{1,3}[-. ]?)?\(?\b0?1[016789]\)?[-. ]?\d{3,4}[-. ]?\d{4}\b"  # Korean mobile
        r"|\(?\b0(?:2|[3-6][1-5]|70|50\d)\)?[-. ]\d{3,4}[-. ]\d{4}\b"  # Korean landline, internet telephone
        r"|\b1[568]\d{2}-\d{4}\b"  # Korean service numbers
        r"|(?:\+?1[-. ])?\(?\b[2-9]\d{2}\)?[-. ]\d{3}[-. ]\d{4}\b",  # North America
        is_personal=True,
    ),
    "html_tag": Pattern(("<",), 0, rf"</?[A-Za-z][A-Za-z0-9]*(?:[{_BLANK}][^<>]*)?/?>"),
    "html_entity": Pattern(("&",), 0, r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"),
}


def count_noise(texts: pa.LargeStringArray, n_digits: NDArray[np.int32]) -> dict[str, tuple[int, int]]:
    """Count each kind of noise in a block.

    Parameters
    ----------
    texts : pa.LargeStringArray, length n_docs
        The texts.
    n_digits : ndarray of int32, shape (n_docs,)
        Digits in each text.

    Returns
    -------
    dict
        Name in `PATTERNS` -> number of texts with it, number of matches.
    """
    found = {}
    for name, pattern in PATTERNS.items():
        candidates = _candidates(texts, n_digits, pattern)
        matches = pc.count_substring_regex(candidates, pattern=pattern.regex).to_numpy(zero_copy_only=False)
        found[name] = (int(np.count_nonzero(matches)), int(matches.sum()))
    return found


def _candidates(texts: pa.LargeStringArray, n_digits: NDArray[np.int32], pattern: Pattern) -> pa.LargeStringArray:
    """Texts that a cheap test cannot rule out: plain substring search is far faster than the regular expressions."""
    keep = n_digits >= pattern.min_digits
    if pattern.hints:
        hinted = np.zeros(len(texts), bool)
        for hint in pattern.hints:
            ignore_case = hint.upper() != hint
            hinted |= pc.match_substring(texts, hint, ignore_case=ignore_case).to_numpy(zero_copy_only=False)
        keep &= hinted
    return texts.filter(pa.array(keep))


def mask_personal(text: str) -> str:
    """Hide personal data in a text that is about to be shown.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text with ``▒▒▒`` in place of every match of a personal pattern.
    """
    for pattern in PATTERNS.values():
        if pattern.is_personal:
            # RE2: the time of Python's own engine grows with the square of the length of a word
            text = str(pc.replace_substring_regex(text, pattern=pattern.regex, replacement="▒▒▒"))
    return text
