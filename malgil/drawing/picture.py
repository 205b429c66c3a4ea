"""The whole picture of a trace: title, unrolled network, legend, the formula with numbers, attention."""

from __future__ import annotations

import re

import numpy as np

from malgil.drawing.cells import GATE_COLOURS, drawn_gates
from malgil.drawing.colours import DIVERGING, FAINT
from malgil.drawing.formulas import FORMULAS, can_explain, explain_unit
from malgil.drawing.heat_map import heat_map
from malgil.drawing.scene import Cells, Mark, Rect, Scene, Text, fitted, stacked, text_width
from malgil.drawing.trace import Trace, Walk
from malgil.drawing.unrolled import largest_state, unrolled
from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.messages import render

_LINE = 19.0
_LEAST = 660.0  # width of the panels of text


def draw(trace: Trace, *, unit: int | None = None, lang: str = "en") -> Scene:
    """Draw what a network did with one example.

    Parameters
    ----------
    trace : Trace
        What it did.
    unit : int, optional
        The unit of the top layer, from 0, whose cell is framed, whose gates the bars show and whose formula is filled
        in. By default the bars show the mean of all units, and the formula is that of the unit whose last state is
        largest.
    lang : str
        ``"en"`` or ``"ko"``, for the words around the network.

    Returns
    -------
    Scene
        With `to_svg` and `to_png`.

    Raises
    ------
    ParameterError
        If there is no such unit.
    """
    top = trace.top
    if unit is not None and (top is None or not 0 <= unit < top.n_units):
        raise ParameterError("drawing.no_unit", unit=unit, n=0 if top is None else top.n_units)
    network = unrolled(trace, unit, lang)
    wide = max(_LEAST, network.width)
    title = " · ".join(part for part in (trace.name, render(f"drawing.{trace.shape}", lang)) if part)
    parts = [
        Scene(wide, 22.0, (Text(0, 16, fitted(title, wide, 17), 17, bold=True),)),
        network,
        _legend(trace, lang, unit),
    ]
    if top is not None:
        parts.append(_formula(top, unit, lang))
    if trace.attention is not None:
        parts.append(heat_map(trace.attention, trace.outputs, trace.tokens, render("drawing.attention", lang)))
    return stacked(parts, title)


def _legend(trace: Trace, lang: str, unit: int | None) -> Scene:
    limit = largest_state(trace)
    marks: list[Mark] = [
        Text(52, 12, f"{-limit:.3g}", 11, "end", colour=FAINT),
        Cells(58, 2, 4, 13, np.arange(len(DIVERGING), dtype=np.int64)[None], DIVERGING),
        Rect(58, 2, 4 * len(DIVERGING), 13, "none", FAINT, 0.0, 0.6),
        Text(64 + 4 * len(DIVERGING), 12, f"{limit:.3g}", 11, colour=FAINT),
    ]
    x = 66.0 + 4 * len(DIVERGING) + 70
    gates = {gate: None for walk in (*trace.walks, *trace.decoder) for gate in drawn_gates(walk)}
    for gate in gates:
        words = f"{gate} = {render(f'drawing.gate_{gate}', lang)}"
        marks += [Rect(x, 2, 12, 12, GATE_COLOURS[gate]), Text(x + 17, 12, words, 11)]
        x += 17 + text_width(words, 11) + 18
    if gates:
        words = render("drawing.mean_gates", lang) if unit is None else render("drawing.unit_gates", lang, unit=unit)
        marks.append(Text(x, 12, words, 11, colour=FAINT))
        x += text_width(words, 11)
    return Scene(x, 18.0, tuple(marks))


def _formula(walk: Walk, unit: int | None, lang: str) -> Scene:
    """Write the formula of the top layer, and below it the numbers of one unit after the last step."""
    lines: list[tuple[int, str, bool]] = [(0, line, True) for line in FORMULAS.get(walk.kind, ())]
    if can_explain(walk) and len(walk.h):
        t = 0 if walk.reverse else len(walk.h) - 1
        chosen = int(np.argmax(np.abs(walk.h[t]))) if unit is None else unit
        lines.append((0, render("drawing.with_numbers", lang, unit=chosen, t=t + 1, n=walk.n_units), False))
        lines += _opened(explain_unit(walk, t, chosen), 1)
    marks: list[Mark] = [
        Text(18.0 * depth, 15 + _LINE * place, text, 13, bold=is_bold)
        for place, (depth, text, is_bold) in enumerate(lines)
    ]
    wide = max((18 * depth + text_width(text) for depth, text, _ in lines), default=0.0)
    return Scene(wide, _LINE * len(lines), tuple(marks))


def _opened(explanation: Explanation, depth: int) -> list[tuple[int, str, bool]]:
    """Lines of an explanation: each number with its formula, and its terms with theirs below it."""
    pieces = [explanation.label, explanation.formula, _filled(explanation), f"{explanation.value:.4g}"]
    lines = [(depth, " = ".join(dict.fromkeys(piece for piece in pieces if piece)), False)]
    for term in explanation.terms:
        if term.terms:
            lines += _opened(term, depth + 1)
    return lines


def _filled(explanation: Explanation) -> str:
    """Write an explanation's formula with the numbers in the places of the letters."""
    if explanation.combine in ("sum", "product"):
        sign = " + " if explanation.combine == "sum" else " · "
        return sign.join(f"({t.value:.4g})" if t.value < 0 else f"{t.value:.4g}" for t in explanation.terms)
    filled = explanation.formula
    for name, value in explanation.numbers.items():
        filled = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"{value:.4g}", filled)
    return filled
