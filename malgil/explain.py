"""A number with the formula it came from and the terms that were put in.

Every scorer can give one. The terms of a sum add up to the value and those of a product multiply to it, in the very
float64 operations that made the score, so an explanation is a proof and not a second opinion.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Combine = Literal["given", "formula", "sum", "product"]


@dataclass(frozen=True)
class Explanation:
    """One number, opened.

    Parameters
    ----------
    label : str
        What the number is, such as ``"BM25"`` or ``"idf(배우)"``.
    value : float
        The number.
    formula : str
        How it comes from `numbers` or from `terms`, in plain signs: ``"ln(1 + (N - df + 0.5) / (df + 0.5))"``.
    combine : {"given", "formula", "sum", "product"}
        ``given``: counted or chosen. ``formula``: from `numbers` by `formula`. ``sum``, ``product``: of `terms`.
    terms : tuple of Explanation
        What it is made of.
    numbers : dict
        The values of the formula's letters.
    source : str
        Where the formula is published.
    """

    label: str
    value: float
    formula: str = ""
    combine: Combine = "given"
    terms: tuple[Explanation, ...] = ()
    numbers: dict[str, float | int | str] = field(default_factory=dict)
    source: str = ""

    def combined(self) -> float:
        """Put the terms together again.

        Returns
        -------
        float
            Their sum or product, in order; the value itself where there is nothing to combine.
        """
        values = [term.value for term in self.terms]
        if self.combine == "sum":
            return sum(values, 0.0)
        return math.prod(values) if self.combine == "product" else self.value

    def wrong(self, tolerance: float = 1e-12) -> list[str]:
        """Find the places where the terms do not give the value.

        Parameters
        ----------
        tolerance : float
            Largest relative difference that passes.

        Returns
        -------
        list of str
            Their labels; empty where every number follows from its terms.
        """
        is_wrong = not math.isclose(self.combined(), self.value, rel_tol=tolerance, abs_tol=tolerance)
        return ([self.label] if is_wrong else []) + [label for term in self.terms for label in term.wrong(tolerance)]

    def to_dict(self) -> dict[str, Any]:
        """Give the explanation as JSON.

        Returns
        -------
        dict
            Nested like the explanation; fields without content are left out.
        """
        row: dict[str, Any] = {"label": self.label, "value": self.value, "combine": self.combine}
        row |= {"formula": self.formula} if self.formula else {}
        row |= {"numbers": dict(self.numbers)} if self.numbers else {}
        row |= {"terms": [term.to_dict() for term in self.terms]} if self.terms else {}
        return row | ({"source": self.source} if self.source else {})

    def to_text(self) -> str:
        """Write the explanation as an indented tree.

        Returns
        -------
        str
            A line for each number, without a line end after the last.
        """
        return "\n".join(self._lines("", ""))

    def _lines(self, lead: str, child_lead: str) -> Iterator[str]:
        yield f"{lead}{self.label} = {show(self.value)}{self._how()}"
        for number, term in enumerate(self.terms, start=1):
            is_last = number == len(self.terms)
            yield from term._lines(
                child_lead + ("└─ " if is_last else "├─ "), child_lead + ("   " if is_last else "│  ")
            )
        if self.source:
            yield f"{child_lead}[{self.source}]"

    def _how(self) -> str:
        numbers = ", ".join(f"{name} = {show(value)}" for name, value in self.numbers.items())
        return (f" = {self.formula}" if self.formula else "") + (f"   ({numbers})" if numbers else "")

    def to_html(self) -> str:
        """Write the explanation as nested lists that open and close.

        Returns
        -------
        str
            One ``<details>`` element, every text escaped.
        """
        head = f"<b>{html.escape(self.label)}</b> = {show(self.value)}<code>{html.escape(self._how())}</code>"
        if not self.terms and not self.source:
            return f'<div class="term">{head}</div>'
        inner = "".join(term.to_html() for term in self.terms)
        source = f"<small>{html.escape(self.source)}</small>" if self.source else ""
        return f'<details class="term" open><summary>{head}</summary>{inner}{source}</details>'

    def to_svg(self, width: int = 640) -> str:
        """Draw the terms as bars.

        Parameters
        ----------
        width : int
            Width of the picture in pixels.

        Returns
        -------
        str
            An ``<svg>`` element; a bar's length is its term's share of the largest, negative terms go left.
        """
        rows = self.terms or (self,)
        largest = max((abs(term.value) for term in rows), default=0.0) or 1.0
        has_negative = any(term.value < 0 for term in rows)
        left, right = width * 0.35, width - 90.0
        zero = (left + right) / 2 if has_negative else left
        scale = (right - zero) / largest
        parts = [f'<text x="0" y="14" font-weight="bold">{html.escape(f"{self.label} = {show(self.value)}")}</text>']
        for row, term in enumerate(rows):
            y, length = 26 + 22 * row, abs(term.value) * scale
            x = zero - length if term.value < 0 else zero
            parts += [
                f'<text x="{left - 8:.1f}" y="{y + 13}" text-anchor="end">{html.escape(term.label)}</text>',
                f'<rect x="{x:.1f}" y="{y}" width="{length:.1f}" height="16" rx="2" fill="#2a6f97"/>',
                f'<text x="{right + 8:.1f}" y="{y + 13}">{show(term.value)}</text>',
            ]
        height = 34 + 22 * len(rows)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="100%" role="img" '
            f'font-family="sans-serif" font-size="13" fill="currentColor">{"".join(parts)}</svg>'
        )


def show(value: float | int | str) -> str:
    """Write a number as people read it.

    Parameters
    ----------
    value : float, int or str
        The number; text is given back as it is.

    Returns
    -------
    str
        Integers with thousands separated, others with six significant digits.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, int) or (math.isfinite(value) and value == int(value) and abs(value) < 1e15):
        return f"{int(value):,}"
    return f"{value:.6g}"
