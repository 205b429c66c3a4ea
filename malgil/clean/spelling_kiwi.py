"""Kiwi's model of typing errors as one more source of candidates, for those who ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from malgil.clean.spelling_candidates import Candidate, Slip
from malgil.tokenizers.morphemes import load

COST = 3.0
"""Nats for each unit of Kiwi's own cost of a typing error."""
_SYLLABLES = re.compile("[가-힣]+")


def kiwi_candidate(word: str) -> Iterator[Candidate]:
    """Ask Kiwi what a word may have been meant to be.

    Parameters
    ----------
    word : str
        Syllables.

    Yields
    ------
    Candidate
        One where Kiwi finds a typing error, none else.
    """
    if _SYLLABLES.fullmatch(word):
        kiwi = load(1)
        tokens = kiwi.tokenize(word, typos="basic")
        cost = sum(token.typo_cost for token in tokens)
        meant = kiwi.join([(token.form, token.tag) for token in tokens]) if cost > 0 else word
        if meant != word and _SYLLABLES.fullmatch(meant):
            yield Candidate(meant, (Slip("Kiwi", COST * cost),))
