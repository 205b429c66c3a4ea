"""The sentences malgil says to people, in English and Korean, one TOML file a stage.

A message is looked up by ``"<stage>.<name>"``. Exceptions carry such a key with its fields, so the command line can say
the same thing in the reader's language while ``str(error)`` stays English.
"""

from __future__ import annotations

import locale
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple, get_args

Language = Literal["en", "ko"]
LANGUAGES: tuple[str, ...] = get_args(Language)
_spoken: ContextVar[str | None] = ContextVar("_spoken", default=None)


class Message(NamedTuple):
    """A sentence that is not in any language yet, to be put into another one.

    Parameters
    ----------
    key : str
        ``"<stage>.<name>"``.
    fields : dict
        Values of the template's placeholders.
    """

    key: str
    fields: dict[str, object]


@cache
def catalogue(stage: str) -> dict[str, dict[str, str]]:
    """Read the messages of one stage.

    Parameters
    ----------
    stage : str
        Name of the TOML file in this package, without the suffix.

    Returns
    -------
    dict
        Message name -> language -> template.
    """
    text = resources.files(__package__).joinpath(f"{stage}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def render(key: str, /, lang: str = "en", **fields: object) -> str:
    """Fill in the template of one message.

    Parameters
    ----------
    key : str
        ``"<stage>.<name>"``.
    lang : str
        ``"en"`` or ``"ko"``.
    **fields : object
        Values of the template's placeholders; a `Message` is said in the same language.

    Returns
    -------
    str
        The sentence.

    Raises
    ------
    KeyError
        If no such message exists: a fault in malgil, not of the user.
    """
    stage, _, name = key.partition(".")
    said = {
        field: render(value.key, lang, **value.fields) if isinstance(value, Message) else value
        for field, value in fields.items()
    }
    return catalogue(stage)[name][lang].format(**said)


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Make a language the default in a block, on this thread.

    Parameters
    ----------
    lang : str
        One of `LANGUAGES`.

    Yields
    ------
    None
        The block.
    """
    before = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(before)


def default_language() -> str:
    """Choose the language: that of `speaking`, else from the environment.

    Returns
    -------
    str
        ``"ko"`` where ``MALGIL_LANG`` or the locale says Korean, else ``"en"``.
    """
    if (spoken := _spoken.get()) is not None:
        return spoken
    chosen = os.environ.get("MALGIL_LANG", "").lower()
    if chosen in LANGUAGES:
        return chosen
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return "ko" if os.environ[variable].lower().startswith("ko") else "en"
    return "ko" if (locale.getlocale()[0] or "").lower().startswith(("ko", "korean")) else "en"
