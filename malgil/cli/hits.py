"""What a search found, on the terminal: rank, score, id and the place in the text that answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from malgil.cli.shell import Shell, plain

if TYPE_CHECKING:
    from rich.text import Text

    from malgil.explain import Explanation
    from malgil.search import Hit

_LINES = 2  # of text for a hit
_ID_CELLS = 16
_WAYS = ("initials", "keyboard", "typo")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def show_hits(
    shell: Shell,
    hits: Sequence[Hit],
    *,
    explanations: Sequence[Explanation] | None = None,
    as_json: bool = False,
) -> None:
    """Show hits as a table, or as JSON.

    Parameters
    ----------
    shell : Shell
        Where to.
    hits : sequence of Hit
        The best first; where they are `Hits`, words that no document has are named below them.
    explanations : sequence of Explanation, optional
        One for each hit.
    as_json : bool
        A list of what `Hit.to_dict` gives and nothing else; with ``"explanation"`` where there are any.
    """
    if as_json:
        rows = [hit.to_dict() for hit in hits]
        for row, explanation in zip(rows, explanations or (), strict=False):
            row["explanation"] = explanation.to_dict()
        shell.json(rows)
        return
    if hits:
        _draw(shell, hits, explanations)
    else:
        shell.say("nothing_found")
    for word, near in getattr(hits, "nearest", {}).items():
        known = ", ".join(map(plain, near))
        shell.say("no_such_word_near" if near else "no_such_word", word=plain(word), near=known)


def _draw(shell: Shell, hits: Sequence[Hit], explanations: Sequence[Explanation] | None) -> None:
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    from malgil.cli.tree import show_tree

    ids, scores = [plain(hit.id) for hit in hits], [f"{hit.score:.4f}" for hit in hits]
    widths = [len(str(len(hits))), max(map(len, scores)), max(map(cell_len, ids))]
    is_wide = widths[2] > _ID_CELLS  # then the id, which people copy, gets a line of its own
    left = widths[0] + 2 if is_wide else sum(widths) + 6
    for rank, hit in enumerate(hits):
        text = shown_text(hit, cells=_LINES * max(20, shell.console.width - left))
        if hit.way in _WAYS:
            text.append("  " + shell.text(f"way_{hit.way}"), "magenta")
        numbers = (f"{rank + 1:>{widths[0]}}", "dim"), f"  {scores[rank]:>{widths[1]}}  ", (ids[rank], "cyan")
        table = Table.grid(padding=(0, 2, 0, 0))
        if is_wide:
            shell.console.print(Text.assemble(*numbers), soft_wrap=True)
            table.add_row(" " * widths[0], text)
        else:
            table.add_column(min_width=left - 2, no_wrap=True)
            table.add_row(Text.assemble(*numbers), text)
        shell.console.print(table)
        if explanations is not None:
            show_tree(shell, explanations[rank].to_text(), indent=4)
            shell.line("")


def shown_text(hit: Hit, cells: int) -> Text:
    """Cut out of a document what shows why it was found.

    Parameters
    ----------
    hit : Hit
        The document.
    cells : int
        Width of the terminal's cells to fill; a Hangul syllable takes two.

    Returns
    -------
    rich.text.Text
        On one line, the words of the query highlighted, with ellipses where something was left out.
    """
    from rich.cells import cell_len
    from rich.text import Text

    length = min(len(hit.text), cells) or 1
    while True:
        part = hit.excerpt(length)
        shown = Text("…" if part.start > 0 else "")
        for piece, is_highlight in part.pieces():
            line = unicodedata.normalize("NFC", _CONTROL.sub(" ", piece))
            shown.append(line, "bold yellow" if is_highlight else "")
        shown.append("…" if part.end < len(hit.text.rstrip()) else "")
        if (width := cell_len(shown.plain)) <= cells or length <= 1:
            return shown
        length = min(length - 1, length * cells // width)
