"""Draw the learning curves of the manual from ``bench/results/tasks_quality.json``.

``python bench/curves.py`` writes ``docs/images/learning_<recipe>.svg`` and ``.ko.svg`` for every recipe whose trainings
are kept: on the left the loss of its language models, on the right how often the classifiers are right.
"""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator
from recording import RESULTS, ROOT

from malgil.drawing.colours import INK, PALE, SERIES
from malgil.eda.fonts import font_path
from malgil.files import write_whole

WORDS = {
    "en": {
        "lm": "Language model",
        "lm_y": "loss (nats a word)",
        "classifier": "Classifier, validation part",
        "classifier_y": "accuracy",
        "epoch": "epoch",
        "forward": "forward",
        "backward": "backward",
        "training": "{name}, training",
        "grown": "grown",
        "plain": "not pre-trained",
        "labels": "{name}, {n} labels",
    },
    "ko": {
        "lm": "언어 모델",
        "lm_y": "손실(단어당 nat)",
        "classifier": "분류기, 검증 데이터",
        "classifier_y": "정확도",
        "epoch": "에폭",
        "forward": "정방향",
        "backward": "역방향",
        "training": "{name}, 학습",
        "grown": "사전 학습",
        "plain": "사전 학습 없음",
        "labels": "{name}, 라벨 {n}개",
    },
}


def draw(rows: list[dict[str, Any]], path: Path, words: dict[str, str]) -> None:
    """Draw the trainings of one recipe.

    Parameters
    ----------
    rows : list of dict
        Of the result file, each with a history.
    path : Path
        An SVG file.
    words : dict of str to str
        Of one language.
    """
    parts: dict[str, list[dict[str, Any]]] = {"lm": [], "classifier": []}
    for row in rows:
        parts["lm" if row["setting"].startswith("language model") else "classifier"].append(row)
    shown = [name for name, part in parts.items() if part]
    figure = Figure(figsize=(4.6 * len(shown), 3.6), facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    for name, panel in zip(shown, figure.subplots(1, len(shown), squeeze=False)[0], strict=True):
        lines = _losses(parts[name], words) if name == "lm" else _accuracies(parts[name], words)
        for label, values, colour, style in lines:
            epochs = range(1, len(values) + 1)
            panel.plot(epochs, values, style, color=colour, marker="o", markersize=3.5, linewidth=1.6, label=label)
        panel.set_title(words[name], fontproperties=_font(11, 700), color=INK)
        panel.set_xlabel(words["epoch"], fontproperties=_font(9), color=INK)
        panel.set_ylabel(words[f"{name}_y"], fontproperties=_font(9), color=INK)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.grid(color=PALE, linewidth=0.8)
        panel.spines[["top", "right"]].set_visible(False)
        panel.tick_params(labelsize=8)
        panel.legend(prop=_font(8), frameon=False)
    target = BytesIO()
    with rc_context({"svg.hashsalt": "malgil"}):  # the same picture has the same bytes
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    write_whole(path, target.getvalue())


Line = tuple[str, list[float], str, str]
"""Name, values by epoch, colour, style."""


def _losses(rows: list[dict[str, Any]], words: dict[str, str]) -> list[Line]:
    lines = []
    for colour, row in zip(SERIES, rows, strict=False):
        epochs, name = row["history"]["rows"], words[row["setting"].rpartition(", ")[2]]
        lines.append((words["training"].format(name=name), [one["loss"] for one in epochs], colour, ":"))
        lines.append((name, [one["validation"]["loss"] for one in epochs], colour, "-"))
    return lines


def _accuracies(rows: list[dict[str, Any]], words: dict[str, str]) -> list[Line]:
    """Curves of the same number of labels have one colour; what was not pre-trained is dotted."""
    lines, colours = [], dict[str, str]()
    for row in rows:
        kind = "plain" if "not pre-trained" in row["setting"] else "grown"
        number = re.search(r"([\d,]+) labels$", row["setting"])
        n = number.group(1) if number else ""
        name = words["labels"].format(name=words[kind], n=n) if n else words[kind]
        colour = colours.setdefault(n, SERIES[len(colours)])
        values = [one["validation"]["accuracy"] for one in row["history"]["rows"]]
        lines.append((name, values, colour, ":" if kind == "plain" else "-"))
    return lines


def _font(size: float, weight: int = 400) -> FontProperties:
    return FontProperties(fname=str(font_path(weight)), size=size)


def main() -> None:
    """Draw every recipe in both languages."""
    rows = json.loads((RESULTS / "tasks_quality.json").read_text(encoding="utf-8"))["rows"]
    kept = [row for row in rows if "history" in row]
    for case in dict.fromkeys(row["case"] for row in kept):
        for lang, ending in (("en", ".svg"), ("ko", ".ko.svg")):
            path = ROOT / "docs" / "images" / f"learning_{case}{ending}"
            draw([row for row in kept if row["case"] == case], path, WORDS[lang])


if __name__ == "__main__":
    main()
