"""An explanation's tree on a terminal: long lines go on below their own beginning."""

from __future__ import annotations

from malgil.cli.shell import Shell


def show_tree(shell: Shell, text: str, indent: int = 0) -> None:
    """Write a tree to standard output, as wide as the terminal; whole lines where it is none.

    Parameters
    ----------
    shell : Shell
        Where to.
    text : str
        From `malgil.explain.Explanation.to_text`.
    indent : int
        Blanks before every line.
    """
    lines = folded(text, shell.console.width - indent) if shell.console.is_terminal else text.splitlines()
    for line in lines:
        shell.line(" " * indent + line)


def folded(text: str, width: int) -> list[str]:
    """Fold the lines of a tree.

    Parameters
    ----------
    text : str
        Lines that begin with the branches of a tree.
    width : int
        Cells of a line, of which a Hangul syllable takes two.

    Returns
    -------
    list of str
        Lines of at most `width` cells, if that leaves some room beside the branches. What is folded stands four cells
        to the right, beside branches that go on.
    """
    from rich.cells import cell_len
    from rich.console import Console
    from rich.text import Text

    console = Console(width=max(width, 20))
    lines: list[str] = []
    for line in text.splitlines():
        if cell_len(line) <= width:
            lines.append(line)
            continue
        lead = line[: len(line) - len(line.lstrip("│├└─ "))]
        below = lead.replace("├─", "│ ").replace("└─", "  ") + "    "
        room = max(console.width - len(below), 20)
        head, bracket, numbers = line[len(lead) :].partition("   (")  # the numbers stay together
        first, *rest = Text(head).wrap(console, max(console.width - len(lead), 20))
        rest = [*Text(" ".join(str(part) for part in rest)).wrap(console, room)] if rest else []
        rest += Text("(" + numbers).wrap(console, room) if bracket else []
        lines += [lead + str(first).rstrip(), *(below + str(part).rstrip() for part in rest)]
    return lines
