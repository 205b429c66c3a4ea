"""Words and their probabilities on the terminal, as small bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from malgil.cli.shell import Shell, plain

if TYPE_CHECKING:
    from malgil.explain import Explanation

_CELLS = 24
_EIGHTHS = " ▏▎▍▌▋▊▉"
_SPOKEN = {"</s>": "sentence_end", "<unk>": "unknown_word"}


def show_words(shell: Shell, rows: Sequence[tuple[str, float]], explanations: Sequence[Explanation] = ()) -> None:
    """Show words or texts with their probabilities, one a line.

    Parameters
    ----------
    shell : Shell
        Where to.
    rows : sequence of (str, float)
        What to show, the likeliest first.
    explanations : sequence of Explanation
        One for each row, or none.
    """
    from rich.table import Table
    from rich.text import Text

    from malgil.cli.tree import show_tree

    most = max((prob for _, prob in rows), default=1.0) or 1.0
    for at, (text, prob) in enumerate(rows):
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(min_width=6, no_wrap=True)
        table.add_column(min_width=_CELLS, no_wrap=True)
        table.add_row(probability(prob), Text(_bar(prob / most), "cyan"), spoken(shell, text))
        shell.console.print(table)
        if explanations:
            show_tree(shell, explanations[at].to_text(), indent=4)
            shell.line("")


def spoken(shell: Shell, word: str) -> str:
    """Name a word for people.

    Parameters
    ----------
    shell : Shell
        Whose language.
    word : str
        Of a model.

    Returns
    -------
    str
        Itself; the end of the sentence and the unknown word by a name.
    """
    from malgil.ngram.joining import shown_form

    return shell.text(_SPOKEN[word]) if word in _SPOKEN else plain(shown_form(word))


def probability(prob: float) -> str:
    """Write a probability with four digits, and what is not nothing never as nothing.

    Parameters
    ----------
    prob : float
        In [0, 1].

    Returns
    -------
    str
        Such as ``0.2602`` or ``3.1e-07``.
    """
    return f"{prob:.4f}" if prob == 0 or prob >= 0.00005 else f"{prob:.1e}"


def _bar(share: float) -> str:
    whole, part = divmod(round(share * _CELLS * 8), 8)
    return "█" * whole + _EIGHTHS[part].strip()
