"""Reports of models on the terminal: figures, a row for each class, who is taken for whom, and the surest errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from malgil.cli.shell import Shell, plain

MOST_CLASSES = 30  # rows of the table of classes
MOST_CONFUSED = 8  # classes up to which the matrix fits a terminal
_WIDTH = 44


def show_report(shell: Shell, report: dict[str, Any], *, n_errors: int = 5) -> None:
    """Show a report.

    Parameters
    ----------
    shell : Shell
        Where to.
    report : dict
        As the functions of `malgil.tasks.reports` give it.
    n_errors : int
        Errors or examples at most.
    """
    _SHOW[report["task"]](shell, report, n_errors)
    if report.get("n_seen"):
        shell.say("scores_seen", n=report["n_seen"])
    if report.get("n_left_out"):
        shell.say("left_out_unlabelled", n=report["n_left_out"])


def _show_classes(shell: Shell, report: dict[str, Any], n_errors: int) -> None:
    figures = {name: report[name] for name in ("accuracy", "macro_f1", "weighted_f1")}
    shell.say("scores_classes", n=report["n"], **figures, ece=report["calibration"]["ece"])
    if report["unknown_labels"]:
        shell.say("scores_unknown", labels=", ".join(report["unknown_labels"]))
    _class_table(shell, report["classes"])
    if len(report["classes"]) <= MOST_CONFUSED:
        _confusion(shell, [row["label"] for row in report["classes"]], report["confusion"])
    errors = report["errors"][:n_errors]
    if errors:
        shell.say("scores_errors")
        header = ["scores_given", "scores_predicted", "scores_probability", "scores_text"]
        rows = ([e["truth"], e["predicted"], f"{e['probability']:.3f}", _short(e.get("text", ""))] for e in errors)
        _table(shell, header, rows, right=(2,))


def _show_tags(shell: Shell, report: dict[str, Any], n_errors: int) -> None:
    shell.say("scores_tags", n=report["n"], n_sentences=report["n_sentences"], accuracy=report["accuracy"])
    chunks = report.get("chunks")
    if chunks:
        shell.say("scores_chunks", **{name: chunks[name] for name in ("precision", "recall", "f1", "n_true")})
    _class_table(shell, chunks["by_kind"] if chunks else report["classes"])


def _show_numbers(shell: Shell, report: dict[str, Any], n_errors: int) -> None:
    shell.say("scores_numbers", **{name: report[name] for name in ("n", "rmse", "mae", "r2", "baseline_rmse")})


def _show_texts(shell: Shell, report: dict[str, Any], n_errors: int) -> None:
    shell.say("scores_texts", **{name: report[name] for name in ("n", "bleu", "exact", "distinct_1", "distinct_2")})
    for example in report["examples"][:n_errors]:
        marks = (("< ", "source"), ("= ", "reference"), ("> ", "generated"))
        for mark, name in marks:
            if example[name]:
                shell.line(mark + plain(example[name]))


def _show_perplexity(shell: Shell, report: dict[str, Any], n_errors: int) -> None:
    shell.say("scores_perplexity", n=report["n"], perplexity=report["perplexity"])


_SHOW = {
    "classify": _show_classes,
    "tag": _show_tags,
    "regress": _show_numbers,
    "translate": _show_texts,
    "lm": _show_perplexity,
}


def _class_table(shell: Shell, rows: Sequence[dict[str, Any]]) -> None:
    names = ("precision", "recall", "f1")
    shown = sorted(rows, key=lambda row: -row["support"])[:MOST_CLASSES]
    header = ["scores_class", *(f"scores_{name}" for name in names), "scores_support"]
    cells = ([_short(row["label"]), *(f"{row[name]:.3f}" for name in names), f"{row['support']:,}"] for row in shown)
    _table(shell, header, cells, right=(1, 2, 3, 4))
    if len(rows) > len(shown):
        shell.say("scores_more", n=len(rows) - len(shown))


def _confusion(shell: Shell, labels: Sequence[str], counts: Sequence[Sequence[int]]) -> None:
    shell.say("scores_confusion")
    names = [plain(label) for label in labels]
    rows = ([names[at], *(f"{n:,}" for n in row)] for at, row in enumerate(counts))
    _table(shell, ["", *names], rows, right=tuple(range(1, len(labels) + 1)), are_names=True)


def _table(
    shell: Shell,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: tuple[int, ...] = (),
    are_names: bool = False,
) -> None:
    """Show a table; the header's names are messages, or stand as they are."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for at, name in enumerate(header):
        said = name if are_names or not name else shell.text(name)
        table.add_column(Text(said), justify="right" if at in right else "left", overflow="fold", no_wrap=at in right)
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    shell.console.print(table)


def _short(text: str) -> str:
    line = plain(text)
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
