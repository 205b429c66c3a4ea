"""``malgil draw``: a network unrolled over one text, with its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from malgil.cli.options import LangOption, OutputOption, QuietOption
from malgil.cli.shell import Shell
from malgil.errors import MissingError

if TYPE_CHECKING:
    from malgil.drawing import Trace


def draw_cli(
    ctx: typer.Context,
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="draw_model")],
    source: Annotated[str, typer.Argument(metavar="TEXT", help="draw_text")],
    output: OutputOption,
    unit: Annotated[int | None, typer.Option("--unit", help="draw_unit", show_default=False)] = None,
    contributions: Annotated[bool, typer.Option("--contributions", help="draw_contributions")] = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Draw the network and say where."""
    shell: Shell = ctx.obj
    draw(model, source, output, unit=unit, with_contributions=contributions, lang=shell.lang)
    if not quiet:
        shell.say("written", path=output)


def draw(
    model: Path,
    source: str,
    output: Path,
    *,
    unit: int | None = None,
    with_contributions: bool = False,
    lang: str = "en",
) -> Trace:
    """Run a model on one input and draw what it did.

    Parameters
    ----------
    model : Path
        Folder of a network, as ``malgil train`` writes it.
    source : str
        The text; for a model of pictures, frames or vectors a ``.npy`` file that holds one.
    output : Path
        Ends in ``.svg`` or ``.png``.
    unit : int, optional
        The unit of the top layer whose numbers are shown; by default the one with the largest last state.
    with_contributions : bool
        Whether to work out, too, what each input adds to the score of the answer.
    lang : str
        ``"en"`` or ``"ko"``, for the words in the picture.

    Returns
    -------
    Trace
        What was drawn.

    Raises
    ------
    MissingError
        If there is no model, or torch is not installed.
    ArtefactError
        If the model is damaged.
    ParameterError
        If the picture's name ends otherwise, or there is no such unit.
    StorageError
        If the picture cannot be written.
    """
    from malgil.drawing import draw as picture
    from malgil.drawing import write_picture
    from malgil.drawing.writing import check_picture_name
    from malgil.tasks.saving import open_model

    check_picture_name(output)
    opened = open_model(model)
    trace: Trace = opened.trace(read_one(source), contributions=with_contributions)
    write_picture(output, picture(trace, unit=unit, lang=lang))
    return trace


def read_one(source: str) -> Any:
    """Take the input of a drawing from a word of the command line.

    Parameters
    ----------
    source : str
        A text, or the name of a ``.npy`` file.

    Returns
    -------
    str or ndarray
        The text as it is, or the array in the file.

    Raises
    ------
    MissingError
        If the name ends in ``.npy`` and there is no such file.
    """
    if not source.endswith(".npy"):
        return source
    import numpy as np

    if not Path(source).is_file():
        raise MissingError("drawing.no_array", path=source)
    return np.load(source, allow_pickle=False)
