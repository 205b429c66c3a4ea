"""What a query asks of the index: one term of one field, with its weight."""

from __future__ import annotations

from typing import NamedTuple


class Clause(NamedTuple):
    """One term that a query scores.

    Parameters
    ----------
    field : str
        Name of the field.
    term : str
        Compared as it is: neither lower-cased nor normalised.
    weight : float
        Times in the query x weight of the field x factor of the expansion, > 0.
    way : str
        How the query came to this term: ``"word"``, ``"initials"``, ``"keyboard"``, ``"typo"``.
    """

    field: str
    term: str
    weight: float = 1.0
    way: str = "word"
