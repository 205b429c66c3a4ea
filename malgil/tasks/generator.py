"""Generation: a label, or some keywords, into texts that are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.errors import ParameterError
from malgil.nn.searching import Sampling
from malgil.tasks.kinds import rows_of
from malgil.tasks.text_writer import TextWriter
from malgil.tasks.wordbook import SPECIALS, Wordbook
from malgil.tasks.writing_examples import Sources
from malgil.tasks.writing_network import Search, WordsSource

_SHOWN = 5


@dataclass(kw_only=True, eq=False)
class Generator(TextWriter):
    """Texts for a label or for keywords: their vectors, bridge, decoder with attention over them.

    Parameters
    ----------
    tokenizer, min_count, max_terms, decoder, attention_score, embedding_size, hidden_size, num_layers, feedback
        As in `malgil.tasks.text_writer.TextWriter`.
    input_feeding, tied, dropout, label_smoothing, beam, length_penalty, max_length
        As there.
    epochs, batch_size, learning_rate, optimizer, weight_decay, schedule, clip, patience, validation, precision, seed
        As in `malgil.tasks.learning.Learning`.
    device, verbose, checkpoints
        As there.

    Attributes
    ----------
    source_ : Wordbook
        Labels or keywords.
    target_ : Wordbook
        The words of the texts.
    history_ : History
        How training went.
    """

    task: ClassVar[str] = "generate"

    def fit(self, X: Any, y: Any) -> Self:
        """Learn to write.

        Parameters
        ----------
        X : sequence
            A label for each text; or a list of keywords, in no order.
        y : sequence of (str or list of str)
            The texts.

        Returns
        -------
        Generator
            Itself.

        Raises
        ------
        DataError
            If there is nothing, or the numbers differ.
        """
        self._check()
        self._fit(self._inputs(X), y)
        return self

    def generate(
        self,
        label: Any,
        n: int = 1,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> list[str]:
        """Draw texts for a label.

        Parameters
        ----------
        label : object
            A label, or a list of keywords.
        n : int
            How many, from 1 to 100,000.
        temperature : float
            Below 1 likely words become likelier, > 0.
        top_k : int, optional
            Draw among the so many likeliest words only.
        top_p : float
            Draw among the likeliest words that together have this probability only, in (0, 1].
        seed : int
            The same seed draws the same texts.

        Returns
        -------
        list of str
            Texts.

        Raises
        ------
        ParameterError
            If the label is not known or a number is out of range.
        """
        self._trained  # noqa: B018  # says so before anything is read
        if isinstance(n, bool) or not isinstance(n, int | np.integer) or not 1 <= n <= 100_000:
            raise ParameterError("writing.bad_number", name="n", value=n, low=1, high=100_000)
        sampling = Sampling(temperature, top_k, top_p)
        row = self._sources([keywords_of(label)]).rows[0]
        texts: list[str] = []
        while len(texts) < n:
            part = Sources("source", [row] * min(self.batch_size, n - len(texts)))
            # each batch its own numbers: the same ones would draw the same texts again
            own = int(np.random.SeedSequence((seed, len(texts))).generate_state(1)[0])
            texts += self._write(part, Search(1, 0.0, self.max_length, sampling, own))
        return texts

    def predict(self, X: Any) -> list[str]:
        """Find the likeliest text of each label.

        Parameters
        ----------
        X : sequence
            Labels, or lists of keywords.

        Returns
        -------
        list of str
            Texts, found by beam search: no chance is in them.
        """
        self._trained  # noqa: B018
        return self._write(self._sources(self._inputs(X)), self._search())

    def _inputs(self, X: Any) -> Any:
        return [keywords_of(label) for label in rows_of(X)]

    def _learn(self, X: Any, rows: NDArray[np.int64]) -> None:
        self.source_ = Wordbook.learn(None, X)  # every label, those of the validation part too

    def _sources(self, X: Any) -> Sources:
        known = self.source_.number_of
        for words in X:
            for word in words:
                if word not in known:
                    choices = ", ".join(self.source_.terms[len(SPECIALS) :][:_SHOWN])
                    raise ParameterError("writing.unknown_label", value=word, choices=choices)
        return Sources("source", [self.source_.numbers(words) for words in X])

    def _source(self) -> nn.Module:
        return WordsSource(len(self.source_), self.hidden_size)

    def _kept(self) -> dict[str, Any]:
        return super()._kept() | {"source": self.source_.to_json()}

    def _restore(self, kept: Any, path: Path) -> None:
        super()._restore(kept, path)
        self.source_ = Wordbook.from_json(kept.get("source"), path)


def keywords_of(label: Any) -> list[str]:
    """Give the words of what a text is written for.

    Parameters
    ----------
    label : object
        A label of any kind, or a list or tuple of keywords.

    Returns
    -------
    list of str
        A label is one word.
    """
    return [str(word) for word in label] if isinstance(label, list | tuple) else [str(label)]
