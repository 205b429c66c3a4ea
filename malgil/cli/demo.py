"""``malgil demo memory``: why recurrent cells have gates, as a picture and figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import LangOption, QuietOption
from malgil.cli.shell import Shell
from malgil.errors import MissingError

if TYPE_CHECKING:
    from malgil.engine import Progress
    from malgil.training.memory import MemoryReport


def demo_memory_cli(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="demo_output")] = Path("memory"),
    quick: Annotated[bool, typer.Option("--quick", help="demo_quick")] = False,
    seed: Annotated[int, typer.Option("--seed", help="demo_seed")] = 0,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Run the demonstration and say what each cell could remember."""
    from malgil.cli.progress import progress

    shell: Shell = ctx.obj
    with progress(shell, quiet) as listener:
        report = demo_memory(output, quick=quick, seed=seed, lang=shell.lang, progress=listener)
    if quiet:
        return
    for memory in report.memories:
        shell.say(f"remembered_{memory.problem}", cell=memory.cell, length=memory.solved_length)
    for name in FILES:
        shell.say("written", path=output / name)


FILES = ("memory.svg", "memory.png", "memory.json")
"""What the demonstration writes."""


def demo_memory(
    output: Path, *, quick: bool = False, seed: int = 0, lang: str = "en", progress: Progress | None = None
) -> MemoryReport:
    """Train four cells on the adding and copying problems, and write a picture and the figures.

    Parameters
    ----------
    output : Path
        Folder to write; made where it is missing.
    quick : bool
        Short sequences only: done in seconds.
    seed : int
        The same seed gives the same files on the same machine.
    lang : str
        ``"en"`` or ``"ko"``, for the words in the picture.
    progress : engine.Progress, optional
        Told how far the work is.

    Returns
    -------
    MemoryReport
        As written.

    Raises
    ------
    MissingError
        If torch is not installed.
    StorageError
        If the folder cannot be written.
    """
    import json
    from dataclasses import replace
    from importlib.util import find_spec

    from malgil.drawing import write_picture
    from malgil.files import write_whole, writing

    if find_spec("torch") is None:
        raise MissingError("tasks.no_torch", name="malgil demo memory")
    from malgil.training.memory import QUICK, MemorySettings, run_memory

    with writing(output):
        output.mkdir(parents=True, exist_ok=True)
    report = run_memory(replace(QUICK if quick else MemorySettings(), seed=seed), progress)
    scene = report.draw(lang)
    for name in FILES[:2]:
        write_picture(output / name, scene)
    write_whole(output / FILES[2], (json.dumps(report.to_dict(), indent=1) + "\n").encode())
    return report
