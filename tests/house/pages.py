"""The manual as code: the blocks of a page, and how each kind of block is run."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FENCE = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)#\s]+)(?:#[^)\s]*)?\)|(?:src|href)=\"(?P<attribute>[^\"#]+)\"")
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Parameters
    ----------
    kind : str
        First word after the fence: ``python``, ``console``, ``toml`` ...
    name : str
        Second word: the file that the block is the content of; empty for most.
    text : str
        The content.
    line : int
        Where it begins.
    """

    kind: str
    name: str
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    """Cut the fenced blocks out of a page."""
    found = []
    for match in FENCE.finditer(page):
        kind, _, name = match["info"].strip().partition(" ")
        found.append(Block(kind, name.strip(), match["text"], page.count("\n", 0, match.start()) + 1))
    return found


def links(page: str) -> list[str]:
    """List the links of a page that point to files of the project."""
    found = [match["target"] or match["attribute"] for match in LINK.finditer(page)]
    return [target for target in found if "://" not in target and not target.startswith("mailto:")]


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Split a console block into commands and the output shown below each."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        command = [lines.pop(0)]
        while command[-1].endswith("\\"):
            command[-1] = command[-1][:-1]
            command.append(lines.pop(0))
        yield " ".join(command), "\n".join(lines)


def run_command(command: str, shown: str) -> str:
    """Run a command of malgil in this process and compare what it prints; return what is wrong, or nothing."""
    from malgil.cli import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(shlex.split(command, comments=True)[1:])
    printed = out.getvalue()
    if code != 0:
        return f"$ {command}\nends with {code}:\n{printed}"
    if shown.strip() and not doctest.OutputChecker().check_output(shown + "\n", printed, OPTIONS):
        return f"$ {command}\nprints:\n{printed}"
    return ""


def run_session(text: str, scope: dict[str, Any], name: str) -> str:
    """Run a block with ``>>>`` and compare what it shows; return what is wrong, or nothing."""
    report = io.StringIO()
    test = doctest.DocTestParser().get_doctest(text, scope, name, None, 0)
    runner = doctest.DocTestRunner(optionflags=OPTIONS, verbose=False)
    runner.run(test, out=report.write, clear_globs=False)
    scope.update(test.globs)
    return report.getvalue()


def run_page(page: str, name: str) -> list[str]:
    """Run a page's blocks in order, in the current folder; return what is wrong."""
    scope: dict[str, Any] = {"__name__": name}
    faults = []
    for block in blocks(page):
        if block.name:
            Path(block.name).write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            ran = [run_command(*pair) for pair in commands(block.text) if pair[0].split()[0] == "malgil"]
            faults += [f"{name}:{block.line}: {fault}" for fault in ran if fault]
        elif block.kind == "python" and ">>> " in block.text:
            fault = run_session(block.text, scope, name)
            faults += [f"{name}:{block.line}: {fault}"] if fault else []
        elif block.kind == "python":
            exec(compile(block.text, f"{name}:{block.line}", "exec"), scope)
    return faults
