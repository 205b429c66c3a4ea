"""What every question to an n-gram model needs: the model, and the tokeniser that cuts what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.errors import NotFittedError
from malgil.ngram.model import Model
from malgil.ngram.scoring import number_side
from malgil.ngram.settings import make_tokenizer
from malgil.params import Parametrised
from malgil.tokenizers import Tokenizer


class Fitted(Parametrised):
    """Base of `NgramLM`: its parts share these."""

    tokenizer: str | Mapping[str, Any] | Tokenizer
    n_jobs: int | None
    model_: Model

    @property
    def _fitted(self) -> Model:
        if not hasattr(self, "model_"):
            raise NotFittedError("ngram.not_fitted")
        return self.model_

    @property
    def _tokenizer(self) -> Tokenizer:
        made = self.__dict__.get("_made_tokenizer")
        if made is None or made[0] is not self.tokenizer:
            made = self._made_tokenizer = self.tokenizer, make_tokenizer(self.tokenizer)
        return made[1]

    def _numbers(self, text: str, *, before: bool) -> NDArray[np.int32]:
        return number_side(self._fitted, text, self._tokenizer, before=before)
