"""Spacing as a step of a cleaning recipe: ``spacing``. It is off by default."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.clean.spacing import respace
from malgil.codepoints import CodePoints
from malgil.edits import Edit


@dataclass(frozen=True, kw_only=True)
class Spacing:
    """Blanks go where they belong in Korean text, as `malgil.Spacer` puts them."""

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts with Hangul.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True at least where `apply` would change the text.
        """
        found = pc.match_substring_regex(texts, "[\u1100-\u11ff가-힣]")
        return np.asarray(found.to_numpy(zero_copy_only=False), np.bool_)

    def apply(self, before: CodePoints) -> Edit | None:
        """Space the texts.

        Parameters
        ----------
        before : CodePoints
            Any texts.

        Returns
        -------
        Edit or None
            ``None`` where nothing had to change.
        """
        return respace(before)
