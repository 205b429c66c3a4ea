"""Addresses of the Web and e-mail addresses: masked as ``<URL>`` and ``<EMAIL>``, or dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from malgil.clean.spans import Replacement, SpanStep
from malgil.params import choose

MODES = {"mask": "mask", "drop": "drop"}
_TOP = "com|net|org|kr|io|me|tv|ly|gl|be|co|info|biz|shop|app|dev|edu|gov|jp|cn|us|uk|de|fr"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*)(?:\.[A-Za-z0-9][A-Za-z0-9\-]*)*"
_REST = r"""(?::[0-9]{1,5})?(?:[/?#][^\s<>"'“”‘’「」『』《》]*)?"""
_URL = re.compile(
    rf"""(?:https?|ftp)://(?:[^\s/@<>"']{{1,64}}@)?(?:{_HOST}|[가-힣][가-힣0-9\-]*\.(?:한국|kr|com|net)|\[[0-9A-Fa-f:.]+\]){_REST}
    |(?<![A-Za-z0-9@._\-])www\.{_HOST}{_REST}
    |(?<![A-Za-z0-9@._\-])(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+(?:{_TOP})(?![A-Za-z0-9@._\-]*[A-Za-z0-9@]){_REST}""",
    re.IGNORECASE | re.VERBOSE,
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9][A-Za-z0-9._%+\-]*@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
#: Korean words hang on to an address without a blank.
_PARTICLE = re.compile(
    r"(?<=[A-Za-z0-9/=_\-#&])(?:에서는?|에는?|으로|로|을|를|은|는|이|가|의|도|와|과|만|까지|부터|이나|나|입니다|이에요|예요|라고|이라고|인데|임)$"
)
_CLOSING = ".,;:!?…~)]}'\"*。、"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, kw_only=True)
class AddressStep(SpanStep):
    """Mask or drop addresses.

    Parameters
    ----------
    mode : {"mask", "drop"}
        Write a mask in its place, or nothing.
    """

    mask: ClassVar[str]

    mode: str = "mask"

    def __post_init__(self) -> None:
        choose(MODES, "mode", self.mode)

    @property
    def written(self) -> str:
        """What is written for an address."""
        return self.mask if self.mode == "mask" else ""


@dataclass(frozen=True, kw_only=True)
class Urls(AddressStep):
    """Mask or drop addresses of the Web, also without ``http`` where they end in a common domain.

    Closing punctuation and a Korean particle behind an address stay in the text.

    Parameters
    ----------
    mode : {"mask", "drop"}
        ``<URL>`` in its place, or nothing.
    """

    hint: ClassVar[str] = rf"(?i)://|www\.|\.(?:{_TOP})"
    mask: ClassVar[str] = "<URL>"

    def find(self, text: str) -> Iterable[Replacement]:
        """Find addresses.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        iterable of (int, int, str)
            Spans and what is written there.
        """
        for match in _URL.finditer(text):
            yield match.start(), match.start() + len(_without_tail(match.group())), self.written


def _without_tail(url: str) -> str:
    """Leave off what belongs to the sentence: punctuation, a bracket that was not opened, a particle."""
    while url:
        last = url[-1]
        if last in _CLOSING and not (last in _PAIRS and url.count(_PAIRS[last]) >= url.count(last)):
            url = url[:-1]
        elif found := _PARTICLE.search(url):
            return url[: found.start()]
        else:
            return url
    return url


@dataclass(frozen=True, kw_only=True)
class Emails(AddressStep):
    """Mask or drop e-mail addresses.

    Parameters
    ----------
    mode : {"mask", "drop"}
        ``<EMAIL>`` in its place, or nothing.
    """

    hint: ClassVar[str] = "@"
    mask: ClassVar[str] = "<EMAIL>"

    def find(self, text: str) -> Iterable[Replacement]:
        """Find addresses.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        iterable of (int, int, str)
            Spans and what is written there.
        """
        return ((match.start(), match.end(), self.written) for match in _EMAIL.finditer(text))
