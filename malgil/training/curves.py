"""Learning curves as pictures, with Hangul where the labels are Korean."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from malgil.drawing.colours import FAINT, INK, PALE, SERIES
from malgil.eda.fonts import font_path
from malgil.errors import ParameterError
from malgil.files import write_whole
from malgil.messages import render

if TYPE_CHECKING:
    from malgil.training.finder import Finding
    from malgil.training.history import History

_SUFFIXES = (".png", ".svg")


def _font(size: float, weight: int = 400) -> Any:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_path(weight)), size=size)


def _panels(n: int, path: Path) -> tuple[Any, list[Any]]:
    """Make a figure of panels side by side."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if path.suffix.lower() not in _SUFFIXES:
        raise ParameterError("training.picture_suffix", path=path)
    figure = Figure(figsize=(4.2 * n, 3.4), facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(1, n, squeeze=False)[0])


def _dress(panel: Any, title: str, across: str, up: str) -> None:
    panel.set_title(title, fontproperties=_font(11, 700), color=INK)
    panel.set_xlabel(across, fontproperties=_font(9), color=INK)
    panel.set_ylabel(up, fontproperties=_font(9), color=INK)
    panel.grid(color=PALE, linewidth=0.8)
    panel.set_axisbelow(True)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
    panel.tick_params(labelsize=8)  # figures only: in matplotlib's own font, which has the minus of exponents
    if panel.get_legend_handles_labels()[0]:
        panel.legend(prop=_font(8), frameon=False)


def _write(figure: Any, path: Path) -> None:
    from matplotlib import rc_context

    kind = path.suffix.lower().lstrip(".")
    facts = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    target = BytesIO()
    with rc_context({"svg.hashsalt": "malgil"}):  # the same picture has the same bytes
        figure.savefig(target, format=kind, dpi=150, metadata=facts)
    write_whole(path, target.getvalue())


def _line(panel: Any, across: Sequence[float], up: Sequence[float], colour: str, name: str | None = None) -> None:
    panel.plot(across, up, color=colour, marker="o", markersize=3.5, linewidth=1.6, label=name)


def draw_history(history: History, path: Path, lang: str) -> None:
    """Draw loss, measured figures and learning rate over the epochs.

    Parameters
    ----------
    history : History
        Of any length; the panel of figures is left out where nothing was measured.
    path : Path
        Ends in ``.png`` or ``.svg``; appears whole or not at all.
    lang : str
        ``"en"`` or ``"ko"``.

    Raises
    ------
    ParameterError
        If the name ends otherwise.
    StorageError
        If the file cannot be written.
    """
    from matplotlib.ticker import MaxNLocator

    rows = history.rows
    epochs = [row.epoch for row in rows]
    names = sorted({name for row in rows for name in row.validation} - {"loss"})
    figure, panels = _panels(2 + bool(names), path)
    words = {name: render(f"training.curve_{name}", lang) for name in _WORDS}
    _line(panels[0], epochs, [row.loss for row in rows], SERIES[0], words["training"])
    if any("loss" in row.validation for row in rows):
        _line(panels[0], epochs, [row.validation["loss"] for row in rows], SERIES[1], words["validation"])
    if history.best is not None:
        for panel in panels[:-1]:
            panel.axvline(history.best.epoch, color=FAINT, linestyle=":", linewidth=1.2, label=words["best"])
    for at, name in enumerate(names):
        values = [row.validation.get(name, float("nan")) for row in rows]
        _line(panels[1], epochs, values, SERIES[(at + 2) % len(SERIES)], name)
    _line(panels[-1], epochs, [row.learning_rate for row in rows], SERIES[4])
    titles = ["loss", "figures", "rate"] if names else ["loss", "rate"]
    for panel, title in zip(panels, titles, strict=True):
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        _dress(panel, words[title], words["epoch"], words["loss_unit" if title == "loss" else title])
    _write(figure, path)


_WORDS = ("training", "validation", "best", "loss", "loss_unit", "figures", "rate", "epoch")


def draw_finding(finding: Finding, path: Path, lang: str) -> None:
    """Draw the loss over the learning rates that were tried.

    Parameters
    ----------
    finding : Finding
        What the finder found.
    path : Path
        Ends in ``.png`` or ``.svg``; appears whole or not at all.
    lang : str
        ``"en"`` or ``"ko"``.

    Raises
    ------
    ParameterError
        If the name ends otherwise.
    StorageError
        If the file cannot be written.
    """
    figure, (panel,) = _panels(1, path)
    words = {name: render(f"training.curve_{name}", lang) for name in ("finder", "suggested", "loss_unit", "rate")}
    panel.set_xscale("log")
    panel.plot(finding.rates, finding.losses, color=SERIES[0], linewidth=1.6)
    chosen = f"{words['suggested']} {finding.suggestion:.2g}"
    panel.axvline(finding.suggestion, color=FAINT, linestyle=":", linewidth=1.2, label=chosen)
    _dress(panel, words["finder"], words["rate"], words["loss_unit"])
    _write(figure, path)
