"""Which language to speak, known before the options are parsed, since help and errors need it too."""

from __future__ import annotations

from collections.abc import Sequence

from malgil.errors import ParameterError
from malgil.messages import LANGUAGES, default_language


def language(words: Sequence[str]) -> str:
    """Find ``--lang`` among the words of a command line.

    Parameters
    ----------
    words : sequence of str
        The command line without the program's name.

    Returns
    -------
    str
        The last language that is named before a bare ``--``, else that of the environment.

    Raises
    ------
    ParameterError
        If the language is not known.
    """
    value = _named(words)
    if value is None:
        return default_language()
    if value not in LANGUAGES:
        raise ParameterError("house.bad_choice", name="--lang", value=value, choices=", ".join(LANGUAGES), hint="")
    return value


def _named(words: Sequence[str]) -> str | None:
    found = None
    for place, word in enumerate(words):
        if word == "--":
            break
        if word.startswith("--lang="):
            found = word.removeprefix("--lang=")
        elif word == "--lang" and place + 1 < len(words):
            found = words[place + 1]
    return found
