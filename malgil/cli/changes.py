"""Texts before and after cleaning, with what was taken out and what came in coloured."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from malgil.cli.shell import Shell, plain

if TYPE_CHECKING:
    import pyarrow as pa

    from malgil.clean import Cleaned, EditLog

_CONTEXT = 24  # characters shown around an edit
_OUT, _IN = "white on red", "black on green"


class Change(NamedTuple):
    """A text that cleaning changed.

    Parameters
    ----------
    id : str
        Its id.
    after : str
        The cleaned text.
    edits : list of (int, int, str)
        Span of the cleaned text, and what stood there before.
    """

    id: str
    after: str
    edits: list[tuple[int, int, str]]


def changes_of(cleaned: Cleaned, log: EditLog, ids: pa.LargeStringArray, n: int) -> list[Change]:
    """Take the first changed texts of a block.

    Parameters
    ----------
    cleaned : Cleaned
        The block.
    log : EditLog
        Its edits.
    ids : pa.LargeStringArray
        Ids of its texts.
    n : int
        How many to take.

    Returns
    -------
    list of Change
        In order.
    """
    found: list[Change] = []
    for doc in cleaned.changed.tolist():
        if len(found) == n:
            break
        low, high = log.doc.searchsorted([doc, doc + 1]).tolist()
        spans = zip(log.start[low:high].tolist(), log.end[low:high].tolist(), strict=True)
        edits = [(start, end, str(log.raw[low + i])) for i, (start, end) in enumerate(spans)]
        if edits:
            found.append(Change(str(ids[doc]), str(cleaned.texts[doc]), edits))
    return found


def show_changes(shell: Shell, changes: list[Change]) -> None:
    """Show each text on two lines, before and after; far from the edits only an ellipsis.

    Parameters
    ----------
    shell : Shell
        Where to.
    changes : list of Change
        What to show.
    """
    from rich.text import Text

    for change in changes:
        before, after = Text.assemble(("- ", "red")), Text.assemble(("+ ", "green"))
        at = 0
        for start, end, raw in change.edits:
            kept = _shortened(plain_inside(change.after[at:start]), is_first=at == 0, is_last=False)
            before.append(kept)
            after.append(kept)
            before.append(visible(raw), _OUT)
            after.append(plain_inside(change.after[start:end]), _IN)
            at = end
        kept = _shortened(plain_inside(change.after[at:]), is_first=False, is_last=True)
        before.append(kept)
        after.append(kept)
        shell.console.print(Text(plain(change.id), "cyan"), soft_wrap=True)
        shell.console.print(before, soft_wrap=True)
        shell.console.print(after, soft_wrap=True)


def plain_inside(text: str) -> str:
    """Make a part of a text safe to show, with its outer blanks.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    str
        What cannot be seen is written as its number.
    """
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def visible(text: str) -> str:
    """Show what was edited so that it can be seen: blanks as dots, other invisible characters as their numbers.

    Parameters
    ----------
    text : str
        A piece of a text.

    Returns
    -------
    str
        With ``(NFD)`` behind what is decomposed.
    """
    shown = plain_inside(text).replace(" ", "·")
    return shown if unicodedata.is_normalized("NFC", text) else f"{shown}(NFD)"


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    """Cut the middle out of what stayed; at the ends of the text only one side is near an edit."""
    left, right = (0 if is_first else _CONTEXT), (0 if is_last else _CONTEXT)
    if len(text) <= left + right + 1:
        return text
    return f"{text[:left]}…{text[len(text) - right :]}" if right else f"{text[:left]}…"
