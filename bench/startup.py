"""How long it takes until malgil listens: ``import malgil`` and ``malgil --help`` beside a bare Python."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from recording import ROOT, Contender, race, write

COMMANDS = {
    "import malgil": ("-c", "import malgil"),
    "malgil --help": ("-m", "malgil", "--help"),
    "python -c pass": ("-c", "pass"),
}


def _start(name: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *COMMANDS[name]], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


def import_malgil() -> Callable[[], object]:
    """Prepare ``import malgil`` in a new interpreter.

    Returns
    -------
    callable
        What is timed.
    """
    return _start("import malgil")


def show_help() -> Callable[[], object]:
    """Prepare ``malgil --help`` in a new interpreter.

    Returns
    -------
    callable
        What is timed.
    """
    return _start("malgil --help")


def bare_python() -> Callable[[], object]:
    """Prepare an interpreter that does nothing.

    Returns
    -------
    callable
        What is timed.
    """
    return _start("python -c pass")


def main() -> None:
    """Race and write the result."""
    contenders = [
        Contender("malgil", import_malgil, "import malgil"),
        Contender("malgil", show_help, "malgil --help"),
        Contender("python", bare_python, "python -c pass"),
    ]
    write(
        "startup",
        title={"en": "Start", "ko": "시작"},
        source={"en": "a new process", "ko": "새 프로세스"},
        rows=race(contenders, n_runs=15, n_warm=2),
    )


if __name__ == "__main__":
    main()
