"""Undoing edits, one text at a time."""

from __future__ import annotations

from collections.abc import Iterable


def undo(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """Put raw pieces back in place of spans of the cleaned text."""
    whole, at = "", 0
    for start, end, raw in edits:
        whole += text[at:start] + raw
        at = end
    return whole + text[at:]
