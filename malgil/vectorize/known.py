"""The features that a vectoriser knows, as tables for the fast way and as a dictionary, each made on demand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.vectorize.given_lexicon import lexicon_of
from malgil.vectorize.lexicon import Lexicon
from malgil.vectorize.plan import Plan


class Known:
    """Features and their columns.

    Parameters
    ----------
    source : dict or Lexicon
        Feature -> column, or tables. A lexicon without a unit is no more than the list of its forms.
    """

    def __init__(self, source: dict[Any, int] | Lexicon) -> None:
        self.lexicon = source if isinstance(source, Lexicon) else None
        self._vocabulary = None if isinstance(source, Lexicon) else source
        self._tables: tuple[tuple[str, bool], Lexicon | None] | None = None

    def __len__(self) -> int:
        return len(self.vocabulary if self.lexicon is None else self.lexicon)

    @property
    def vocabulary(self) -> dict[Any, int]:
        """Feature -> column."""
        if self._vocabulary is None:
            assert self.lexicon is not None
            names = self.lexicon.names().to_pylist()
            self._vocabulary = dict(zip(names, range(len(names)), strict=True))
        return self._vocabulary

    def names(self) -> NDArray[np.object_]:
        """List the features in the order of their columns.

        Returns
        -------
        ndarray of object, shape (n_features,)
            Names.
        """
        if self.lexicon is not None:
            listed: NDArray[np.object_] = self.lexicon.names().to_numpy(zero_copy_only=False)
            return listed
        names = np.empty(len(self.vocabulary), object)
        names[np.fromiter(self.vocabulary.values(), np.int64, len(names))] = list(self.vocabulary)
        return names

    def tables(self, plan: Plan) -> Lexicon | None:
        """Find the tables in which the fast way looks features up.

        Parameters
        ----------
        plan : Plan
            What the analysis makes features of.

        Returns
        -------
        Lexicon or None
            Those that were learnt, or the vocabulary brought into tables, once; ``None`` where a feature is no text.
        """
        if self.lexicon is not None:
            if self.lexicon.fits(plan.unit, plan.high):
                return self.lexicon
        kind = plan.unit, plan.high > 1
        if self._tables is None or self._tables[0] != kind:
            is_list = self.lexicon is not None and not self.lexicon.unit and kind == ("word", False)
            found = Lexicon("word", self.lexicon.forms) if self.lexicon is not None and is_list else None
            self._tables = kind, found or lexicon_of(self.vocabulary, plan.unit, plan.high)
        return self._tables[1]
