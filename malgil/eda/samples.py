"""The few texts of the corpus that the report quotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from malgil.eda.noise import mask_personal

if TYPE_CHECKING:
    from malgil.corpus import Corpus

MAX_CHARS = 160


def fetch_rows(corpus: Corpus, rows: Sequence[int]) -> list[tuple[str, str]]:
    """Read some documents of a corpus, by their positions.

    Parameters
    ----------
    corpus : Corpus
        Read up to the last of these documents, block by block.
    rows : sequence of int
        Positions from 0, in any order.

    Returns
    -------
    list of (str, str)
        Id and shortened text of each, in the order of `rows`; personal data hidden.
    """
    wanted, found, first = set(rows), {}, 0
    for block in corpus.blocks() if wanted else ():
        for row in sorted(row for row in wanted if row < first + block.num_rows):
            text = block.column("text")[row - first].as_py()
            identity = block.column("id")[row - first].as_py() if "id" in block.schema.names else row
            found[row] = (str(identity), shorten(text))
            wanted.discard(row)
        first += block.num_rows
        if not wanted:
            break
    return [found[row] for row in rows]


def shorten(text: str) -> str:
    """Make a text fit to be quoted.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        At most `MAX_CHARS` characters, the last an ellipsis where something was cut; white space in one piece,
        personal data hidden.
    """
    # Masked before it is cut, so that no half of a number stays; the window keeps huge documents cheap.
    line = " ".join(mask_personal(text[: 10 * MAX_CHARS]).split())
    return line if len(line) <= MAX_CHARS else line[: MAX_CHARS - 1] + "…"
