"""Facts as a table of names and values."""

from __future__ import annotations

from typing import Any

from malgil.cli.shell import Shell, plain
from malgil.messages import catalogue


def show_facts(shell: Shell, facts: dict[str, Any]) -> None:
    """Show facts, one a line, without those that are empty.

    Parameters
    ----------
    shell : Shell
        Where to.
    facts : dict
        Name -> value; a name with a message ``info_<name>`` is said in the reader's language.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, value in facts.items():
        if value not in (None, "", [], {}):
            table.add_row(Text(_label(name, shell.lang), "cyan"), Text(plain(_value(value))))
    shell.console.print(table)


def _label(name: str, lang: str) -> str:
    known = catalogue("cli").get(f"info_{name}")
    return known[lang] if known else name


def _value(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4f}" if value < 1e15 else f"{value:.4g}"
    if isinstance(value, dict):  # a file among the sources is shown by its name
        return str(value["name"]) if "name" in value else ", ".join(f"{key} = {value[key]}" for key in value)
    return ", ".join(map(_value, value)) if isinstance(value, list) else str(value)
