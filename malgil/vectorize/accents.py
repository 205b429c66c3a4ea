"""Taking accents off letters, through Unicode's compatibility decomposition."""

from __future__ import annotations

import unicodedata


def strip_accents_unicode(text: str) -> str:
    """Take combining marks away after decomposing every character.

    Parameters
    ----------
    text : str
        Any text. Hangul syllables come out as the jamo they are made of.

    Returns
    -------
    str
        NFKD without combining characters; ASCII text as it is.

    Examples
    --------
    >>> strip_accents_unicode("déjà vu")
    'deja vu'
    """
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def strip_accents_ascii(text: str) -> str:
    """Keep what is ASCII after decomposing every character.

    Parameters
    ----------
    text : str
        Any text. Letters without an ASCII counterpart vanish: all Hangul does.

    Returns
    -------
    str
        ASCII.

    Examples
    --------
    >>> strip_accents_ascii("말길 déjà")
    ' deja'
    """
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
