"""``malgil compare``: networks beside TF-IDF and logistic regression, on one split of labelled texts."""

from __future__ import annotations

from collections.abc import Sequence
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
    TokenizerOption,
)
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.tasks.comparing import Compared


def compare_cli(
    ctx: typer.Context,
    data: Annotated[str, typer.Argument(metavar="DATA", help="compare_data")],
    test: Annotated[str | None, typer.Option("--test", help="compare_test", show_default=False)] = None,
    encoders: Annotated[str | None, typer.Option("--encoders", help="compare_encoders", show_default=False)] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", help="train_epochs", show_default=False)] = None,
    tokenizer: TokenizerOption = None,
    seed: Annotated[int, typer.Option("--seed", help="embed_seed")] = 0,
    device: Annotated[str, typer.Option("--device", help="train_device")] = "auto",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="evaluate_output", show_default=False)] = None,
    text: TextOption = None,
    label: LabelOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Train every model and show the table."""
    from malgil.cli.evaluate import write_report
    from malgil.cli.progress import progress
    from malgil.cli.train import suitable_tokenizer
    from malgil.tasks.comparing import compare
    from malgil.tasks.names import ENCODERS

    shell: Shell = ctx.obj
    columns = {"text": text, "label": label, "encoding": encoding, "rejects": rejects}
    parts = read_parts(data, test, seed, **columns)
    names = ENCODERS if encoders is None else [name.strip() for name in encoders.split(",") if name.strip()]
    settings: dict[str, Any] = {"tokenizer": tokenizer or suitable_tokenizer(parts[0][0])}
    settings |= {"seed": seed, "device": device} | ({} if epochs is None else {"epochs": epochs})
    with progress(shell, quiet) as listener:
        rows = compare(*parts, names, progress=listener, **settings)
    report = [row._asdict() for row in rows]
    if output is not None:
        write_report({"n_train": len(parts[0][0]), "n_test": len(parts[1][0]), "models": report}, output)
    if json:
        shell.json(report)
    elif not quiet:
        shell.say("compared", n_train=len(parts[0][0]), n_test=len(parts[1][0]))
        show_rows(shell, rows)


def read_parts(
    data: str, test: str | None = None, seed: int = 0, **columns: Any
) -> tuple[tuple[list[str], list[str]], tuple[list[str], list[str]]]:
    """Read labelled texts to learn from and others to test with.

    Parameters
    ----------
    data : str
        A corpus with labels.
    test : str, optional
        Another one to test with; a tenth of `data` is held back without it.
    seed : int
        Of that draw.
    **columns : object
        As `malgil.read` takes them.

    Returns
    -------
    train, test : tuple of texts and labels
        The two parts.

    Raises
    ------
    ParameterError
        If there is no label column.
    DataError
        If there are too few labels.
    """
    from malgil.tasks.comparing import split_rows
    from malgil.tasks.reading import read_examples

    given = read_examples("classify", data, **columns)
    if test is not None:
        other = read_examples("classify", test, **columns)
        return (given.X, list(given.y)), (other.X, list(other.y))
    train, held_back = (
        ([given.X[row] for row in rows], [given.y[row] for row in rows]) for rows in split_rows(len(given.X), seed)
    )
    return train, held_back


def show_rows(shell: Shell, rows: Sequence[Compared]) -> None:
    """Show the comparison as a table, the best accuracy marked.

    Parameters
    ----------
    shell : Shell
        Where to.
    rows : sequence of Compared
        At least one.
    """
    from rich.table import Table
    from rich.text import Text

    from malgil.eda.views import bytes_text

    header = ("model", "accuracy", "macro_f1", "train", "speed", "size")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in header:
        table.add_column(Text(shell.text(f"compared_{name}")), justify="left" if name == "model" else "right")
    best = max(row.accuracy for row in rows)
    for row in rows:
        name = shell.text("compared_tfidf") if row.name == "tfidf" else row.name
        cells = [name, f"{100 * row.accuracy:.2f} %", f"{100 * row.macro_f1:.2f} %", f"{row.train_s:,.1f} s"]
        cells += [f"{row.texts_per_s:,.0f}/s", bytes_text(row.n_bytes)]
        table.add_row(*(Text(cell, "bold" if row.accuracy == best else "") for cell in cells))
    shell.console.print(table)
