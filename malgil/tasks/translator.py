"""Translation: a text into another one, by an encoder and a decoder with attention."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.errors import DataError
from malgil.nn.encoders import EncoderConfig
from malgil.tasks.learning import dropouts_of, texts_of
from malgil.tasks.text_writer import TextWriter
from malgil.tasks.wordbook import Wordbook, splitter
from malgil.tasks.writing_examples import Sources
from malgil.tasks.writing_network import TextSource


class Alignment(NamedTuple):
    """Where a translation looked.

    Parameters
    ----------
    source : list of str
        Words of the text.
    target : list of str
        Words of its translation.
    weights : ndarray of float64, shape (n target, n source)
        For each written word, the share of each source word; rows sum to 1.
    """

    source: list[str]
    target: list[str]
    weights: NDArray[np.float64]


@dataclass(kw_only=True, eq=False)
class Translator(TextWriter):
    """Texts into texts: encoder, bridge, decoder with attention and input feeding.

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
    encoder : str
        A key of `malgil.nn.encoders.ENCODERS`.
    source_tokenizer : str, dict or Tokenizer, optional
        How to cut what is read; as `tokenizer` where it is not given.
    copy : bool
        Whether words can be copied from the source, known or not.

    Attributes
    ----------
    source_, target_ : Wordbook
        The words of both sides.
    history_ : History
        How training went.

    Examples
    --------
    >>> pairs = [("a b", "b a"), ("b c", "c b"), ("c a", "a c")] * 8
    >>> model = Translator(epochs=12, hidden_size=24, embedding_size=12, validation=0, batch_size=6, learning_rate=0.02)
    >>> model.fit(*map(list, zip(*pairs))).predict(["b c"])
    ['c b']
    """

    encoder: str = "gru"
    source_tokenizer: Any = None
    copy: bool = False
    task: ClassVar[str] = "translate"

    def fit(self, X: Any, y: Any) -> Self:
        """Learn to translate.

        Parameters
        ----------
        X : sequence of (str or list of str)
            Texts, or their words.
        y : sequence of (str or list of str)
            Their translations.

        Returns
        -------
        Translator
            Itself.

        Raises
        ------
        DataError
            If there is nothing, the numbers differ, or a text to read is empty.
        """
        self._check()
        self._fit(self._inputs(X), y)
        return self

    def predict(self, X: Any) -> list[str]:
        """Translate.

        Parameters
        ----------
        X : sequence of (str or list of str)
            Texts, or their words.

        Returns
        -------
        list of str
            Translations, found by beam search.
        """
        self._trained  # noqa: B018  # says so before anything is read
        return self._write(self._sources(texts_of(X)), self._search())

    def attention(self, text: str) -> Alignment:
        """Show where the translation of a text looked.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        Alignment
            Words of both sides and the shares.
        """
        self._trained  # noqa: B018
        words, weights = self._attention(self._sources([text]))
        return Alignment(self.source_.split(text), words, weights)

    def score(self, X: Any, y: Any) -> float:
        """Measure BLEU, cased, with sacrebleu's own tokens (13a).

        Parameters
        ----------
        X : sequence of str
            Texts.
        y : sequence of str
            Their right translations.

        Returns
        -------
        float
            In [0, 100].
        """
        from malgil.training.text_scores import bleu

        return float(bleu(self.predict(X), list(y)))

    def _inputs(self, X: Any) -> Any:
        return texts_of(X)

    def _learn(self, X: Any, rows: NDArray[np.int64]) -> None:
        whole = [text for text in X if isinstance(text, str)]
        given = self.tokenizer if self.source_tokenizer is None else self.source_tokenizer
        made = splitter(given, whole) if whole else None
        book = Wordbook(made, ())
        words = (book.split(X[row]) for row in rows.tolist())
        self.source_ = Wordbook.learn(made, words, self.min_count, self.max_terms)

    def _sources(self, X: Any) -> Sources:
        forms = [self.source_.split(text) for text in X]
        for row, words in enumerate(forms):
            if not words:
                raise DataError("writing.no_words", row=row)
        ids = [self.source_.numbers(words) for words in forms]
        return Sources("source", ids, forms if self.copy else None, self.target_ if self.copy else None)

    def _source(self) -> nn.Module:
        config = EncoderConfig(
            self.encoder,  # type: ignore[arg-type]  # looked up by name
            self.embedding_size,
            self.hidden_size,
            self.num_layers,
            dropouts=dropouts_of(self.dropout),
        )
        return TextSource(len(self.source_), config)

    def _kept(self) -> dict[str, Any]:
        return super()._kept() | {"source": self.source_.to_json()}

    def _restore(self, kept: Any, path: Path) -> None:
        super()._restore(kept, path)
        self.source_ = Wordbook.from_json(kept.get("source"), path)
