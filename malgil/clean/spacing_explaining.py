"""One decision of spacing, opened: the weight of every feature, and what the given blank says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from malgil.clean.spacing_model import LEAN, load_model
from malgil.explain import Explanation

_RUNS = ((6, 6), (5, 6), (3, 6), (2, 6), (1, 6), (1, 6), (1, 6), (1, 3))
"""Shortest and longest run of letters that begins 6, 5, ... letters before the border, and 1 behind it."""
_WORDS = (
    "word that ends here",
    "word that begins here",
    "word across",
    "words that end and begin here",
    "words that end and begin here, and across",
    "word that ends here, and across",
    "word that begins here, and across",
    "word that ends here, next letter",
    "word that ends here, next two letters",
    "letter before, word that begins here",
    "two letters before, word that begins here",
    "word that ends here, next letter, word behind it",
    "word, letter, word that begins here",
    "word, two letters, word that begins here",
)
_FORMULA = "lean + weights of the features + ln(P(given | blank) / P(given | none))"


def explain_border(letters: NDArray[np.uint32], text: str, border: int, evidence: float) -> Explanation:
    """Open the score of one border.

    Parameters
    ----------
    letters : ndarray of uint32, shape (n_letters,)
        A line, as the model knows it.
    text : str
        The same letters as they were written.
    border : int
        The letter behind the border.
    evidence : float
        What the given blank, or its lack, says, in nats.

    Returns
    -------
    Explanation
        A sum; features of weight 0 are left out.
    """
    model = load_model()
    weights = (model.contributions(letters, border) * model.scale).tolist()
    terms = [Explanation("lean", LEAN)] + [
        Explanation(label, weight)
        for label, weight in zip([*_runs(text, border), *_WORDS], weights, strict=True)
        if weight
    ]
    terms.append(Explanation("given", evidence, "ln(P(given | blank) / P(given | none))"))
    value = sum((term.value for term in terms), 0.0)
    label = f"{text[max(0, border - 3) : border]}|{text[border : border + 3]}"
    return Explanation(label, value, _FORMULA, "sum", tuple(terms))


def _runs(text: str, border: int) -> Iterator[str]:
    """Name the runs of letters; the border is shown where it lies within one or at its side."""
    for back, (shortest, longest) in enumerate(_RUNS):
        for n in range(shortest, longest + 1):
            low, high = border - 6 + back, border - 6 + back + n
            shown = "".join(
                ("|" if place == border else "")
                + (text[place] if 0 <= place < len(text) else "^" if place < 0 else "$")
                for place in range(low, high)
            )
            yield shown + "|" * (high == border)
