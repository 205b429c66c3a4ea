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
    from malgil.workspace import Hit

_LINES = 2  # of text for a hit
_ID_CELLS = 16


def show_hits(
    shell: Shell,
    hits: Sequence[Hit],
    *,
    words: Sequence[str] = (),
    explanations: Sequence[Explanation] | None = None,
    as_json: bool = False,
) -> None:
    """Show hits as a table, or as JSON.

    Parameters
    ----------
    shell : Shell
        Where to.
    hits : sequence of Hit
        The best first.
    words : sequence of str
        Highlighted in the texts.
    explanations : sequence of Explanation, optional
        One for each hit.
    as_json : bool
        A list of ``{"doc", "id", "score", "text"}`` and nothing else; with ``"explanation"`` where there are any.
    """
    if as_json:
        rows = [hit._asdict() for hit in hits]
        for row, explanation in zip(rows, explanations or (), strict=False):
            row["explanation"] = explanation.to_dict()
        shell.json(rows)
    elif not hits:
        shell.say("nothing_found")
    else:
        _draw(shell, hits, word_pattern(words), explanations)


def _draw(
    shell: Shell, hits: Sequence[Hit], pattern: re.Pattern[str] | None, explanations: Sequence[Explanation] | None
) -> None:
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    from malgil.cli.tree import show_tree

    ids, scores = [plain(hit.id) for hit in hits], [f"{hit.score:.4f}" for hit in hits]
    widths = [len(str(len(hits))), max(map(len, scores)), max(map(cell_len, ids))]
    is_wide = widths[2] > _ID_CELLS  # then the id, which people copy, gets a line of its own
    left = widths[0] + 2 if is_wide else sum(widths) + 6
    for rank, hit in enumerate(hits):
        text = snippet(hit.text, pattern, cells=_LINES * max(20, shell.console.width - left))
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


def word_pattern(texts: Sequence[str]) -> re.Pattern[str] | None:
    """Make the pattern that finds words in a text.

    Parameters
    ----------
    texts : sequence of str
        Texts that hold the words, such as a query and what a tokeniser made of it.

    Returns
    -------
    Pattern or None
        Finds the words in any case; a word of one letter only where a word begins. ``None`` without words.
    """
    words = set(re.findall(r"\w+", unicodedata.normalize("NFC", " ".join(texts))))
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    parts = [re.escape(word) if len(word) > 1 else rf"\b{re.escape(word)}" for word in longest_first]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def snippet(text: str, pattern: re.Pattern[str] | None, cells: int) -> Text:
    """Cut out of a document what shows why it was found.

    Parameters
    ----------
    text : str
        The document.
    pattern : Pattern, optional
        What to highlight.
    cells : int
        Width of the terminal's cells to fill; a Hangul syllable takes two.

    Returns
    -------
    rich.text.Text
        From a little before the first place that `pattern` finds, ellipses where something was left out.
    """
    from rich.cells import cell_len, chop_cells
    from rich.text import Text

    line = unicodedata.normalize("NFC", plain(re.sub(r"\s+", " ", text[: 1 << 20])))
    found = pattern.search(line) if pattern else None
    is_far = found is not None and cell_len(line[: found.end()]) > cells
    if found is not None and is_far:
        begin = max(0, found.start() - cells // 8)
        line = "…" + line[begin:]
    if cell_len(line[: 2 * cells]) > cells:
        line = chop_cells(line[: 2 * cells], cells - 2)[0] + "…"
    shown = Text(line)
    if pattern is not None:
        shown.highlight_regex(pattern, "bold yellow")
    return shown
