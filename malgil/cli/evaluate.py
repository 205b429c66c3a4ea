"""``malgil evaluate``: how good a model is on labelled examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from malgil.cli.options import (
    EncodingOption,
    JsonOption,
    LabelOption,
    LangOption,
    QuietOption,
    RejectsOption,
    TextOption,
)
from malgil.cli.shell import Shell
from malgil.errors import ParameterError

if TYPE_CHECKING:
    from malgil.tasks.opening import Predictor
    from malgil.tasks.reading import Given


def evaluate_cli(
    ctx: typer.Context,
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="predict_model")],
    data: Annotated[str, typer.Argument(metavar="TEST", help="evaluate_data")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="evaluate_output", show_default=False)] = None,
    target: Annotated[str | None, typer.Option("--target", help="train_target", show_default=False)] = None,
    text: TextOption = None,
    label: LabelOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    show: Annotated[int, typer.Option("--show", help="evaluate_show")] = 5,
    json: JsonOption = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Show the report, as JSON where asked, and write it to a file where asked."""
    from malgil.cli.opening import open_predictor
    from malgil.cli.scores import show_report
    from malgil.tasks.reading import read_examples

    shell: Shell = ctx.obj
    predictor = open_predictor(model)
    columns = {"text": text, "encoding": encoding, "rejects": rejects}
    columns |= {} if predictor.task in ("lm", "translate") else {"label": label}
    given = read_examples(predictor.task, data, target=target, **columns)
    report = evaluate(predictor, given)
    if output is not None:
        write_report(report, output)
    if json:
        shell.json(report)
    elif not quiet:
        show_report(shell, report, n_errors=show)


def evaluate(predictor: Predictor, given: Given) -> dict[str, Any]:
    """Compare what a model says with what is wanted.

    Parameters
    ----------
    predictor : Predictor
        The model.
    given : Given
        Examples of its task.

    Returns
    -------
    dict
        As the functions of `malgil.tasks.reports` give it.

    Raises
    ------
    ParameterError
        If the model generates texts from labels: there is no one right text.
    DataError
        If there is no example.
    """
    from malgil.tasks import reports
    from malgil.tasks.fingerprints import count_known

    task = predictor.task
    if task == "generate":
        raise ParameterError("models.nothing_is_right")
    if task == "classify":
        shares = predictor.predict_proba(given.X)
        report = reports.report_classes(given.y, shares, predictor.classes_, given.X)
    elif task == "regress":
        report = reports.report_numbers(given.y, predictor.predict(given.X))
    elif task == "tag":
        report = reports.report_tags(given.y, predictor.predict(given.X))
    elif task == "lm":
        report = reports.report_perplexity(predictor, given.X)
    else:
        sources = given.X if task == "translate" else None
        report = reports.report_texts(given.y, list(predictor.predict(given.X)), sources)
    seen = getattr(predictor, "seen_", None)
    if seen is not None and len(seen):
        report["n_seen"] = count_known(given.X, seen)
    return {**report, "n_left_out": given.n_left_out}


def write_report(report: dict[str, Any], path: Path) -> None:
    """Write a report as JSON; the file appears whole or not at all.

    Parameters
    ----------
    report : dict
        What JSON can hold.
    path : Path
        The file.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    import json

    from malgil.files import write_whole

    write_whole(path, (json.dumps(report, ensure_ascii=False, indent=1) + "\n").encode())
