"""What every question to an n-gram model needs: the model, and the tokeniser that cuts what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.corpus import text_blocks
from malgil.errors import NotFittedError, ParameterError
from malgil.ngram.answering import LanguageModel
from malgil.ngram.evidence import Concordance
from malgil.ngram.model import Model
from malgil.ngram.scoring import number_side
from malgil.ngram.settings import make_tokenizer
from malgil.params import Parametrised
from malgil.ragged import Ragged
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.saving import ready
from malgil.tokens import Tokens


class Fitted(Parametrised):
    """Base of `NgramLM`: its parts share these."""

    tokenizer: str | Mapping[str, Any] | Tokenizer
    n_jobs: int | None
    model_: LanguageModel

    @property
    def _answering(self) -> LanguageModel:
        """The model, of either kind."""
        try:
            return self.model_
        except AttributeError:
            raise NotFittedError("ngram.not_fitted") from None

    @property
    def _fitted(self) -> Model:
        """The model, for what only a table of n-grams can do."""
        model = self._answering
        if not isinstance(model, Model):
            raise ParameterError("ngram.no_table")
        return model

    @property
    def _concordance(self) -> Concordance | None:
        """The corpus, where it was kept."""
        return getattr(self, "corpus_", None) if self._answering else None

    @property
    def _tokenizer(self) -> Tokenizer:
        made = self.__dict__.get("_made_tokenizer")
        if made is None or made[0] is not self.tokenizer:
            made = self._made_tokenizer = self.tokenizer, make_tokenizer(self.tokenizer)
        return made[1]

    def _learn_tokenizer(self, texts: object) -> None:
        """Let a tokeniser that has to learn do so from the texts of the model."""
        if not isinstance(texts, Tokens | Ragged):
            made = ready(make_tokenizer(self.tokenizer), lambda: text_blocks(texts))
            self._made_tokenizer = self.tokenizer, made

    def _numbers(self, text: str, *, before: bool) -> NDArray[np.int32]:
        if not isinstance(text, str):
            raise ParameterError("ngram.no_string", value=text)
        return number_side(self._answering, text, self._tokenizer, before=before)
