"""The console entry: run one command line, and turn whatever ends it into one line and an exit code.

0 is success, 2 a mistake that the user can mend, 130 a stop by Ctrl-C, 1 a fault of malgil's own.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from malgil.cli.language import language
from malgil.cli.shell import Shell
from malgil.errors import MalgilError
from malgil.messages import default_language, speaking

_SHOWN = "5"
OK, FAULT, MISTAKE, STOPPED, UNHEARD = 0, 1, 2, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Without the program's name; by default that of the process.

    Returns
    -------
    int
        The exit code.
    """
    words = _with_numbers(list(sys.argv[1:] if argv is None else argv)) or ["--help"]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that cannot show a letter gets its number, not a traceback
            stream.reconfigure(errors="backslashreplace")
    shell = Shell(default_language())
    try:
        shell.lang = language(words)
        with speaking(shell.lang):
            code = _run(words, shell)
        shell.out.flush()
        return code
    except MalgilError as error:
        shell.complain(error.sentence(shell.lang), str(error.fields.get("pointer", "")))
        return MISTAKE
    except KeyboardInterrupt as stop:
        is_kept = words[0] == "build" or getattr(stop, "key", "") == "training.stopped_saved"
        shell.note(shell.text(f"stopped_{words[0]}" if is_kept else "stopped"))
        return STOPPED
    except BrokenPipeError:
        _hang_up()
        return UNHEARD
    except OSError as error:  # the system refuses something that no stage has words for
        shell.complain(shell.text("refused", path=error.filename or "malgil", reason=error.strerror or error))
        return MISTAKE
    except MemoryError:
        shell.complain(shell.text("no_memory"))
        return MISTAKE
    except Exception:
        traceback.print_exc()
        shell.complain(shell.text("fault"))
        return FAULT


def _with_numbers(words: list[str]) -> list[str]:
    """Put a number behind each ``--show`` that has none."""
    out: list[str] = []
    for word, behind in zip(words, [*words[1:], ""], strict=False):
        out += [word, _SHOWN] if word == "--show" and not behind.lstrip("+-").isdecimal() else [word]
    return out


def _run(words: list[str], shell: Shell) -> int:
    import typer

    from malgil.cli.app import command_line
    from malgil.cli.usage import usage_sentence

    try:
        with command_line().make_context("malgil", words, obj=shell) as context:
            code = context.command.invoke(context)
        return code if isinstance(code, int) else OK
    except typer.Exit as end:
        return end.exit_code
    except Exception as error:
        sentence = usage_sentence(error, shell.lang)
        if sentence is None:
            raise
        shell.complain(sentence)
        return MISTAKE


def _hang_up() -> None:
    """Whoever read our output has gone: let the interpreter's last flush go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
