"""Base of `Translator`, `Captioner` and `Generator`: words to write, a decoder, and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from malgil.errors import ArtefactError, DataError
from malgil.nn.attention import ATTENTIONS
from malgil.nn.decoder import DecoderConfig
from malgil.nn.encoders import CELLS
from malgil.nn.searching import Hypothesis
from malgil.params import choose
from malgil.tasks.learning import Learning, dropouts_of, texts_of
from malgil.tasks.wordbook import MARKED, Wordbook, splitter
from malgil.tasks.writing_examples import Pairs, Sources
from malgil.tasks.writing_network import Search, WritingNetwork
from malgil.training.predicting import in_batches


@dataclass(kw_only=True, eq=False)
class TextWriter(Learning):
    """What `Translator`, `Captioner` and `Generator` share.

    Parameters
    ----------
    tokenizer : str, dict or Tokenizer
        How to cut the texts that are written: ``"marked"`` keeps case and punctuation, ``"bpe"`` learns subwords, or
        any other of `malgil.tokenizers`.
    min_count : int
        Rarer words are unknown.
    max_terms : int, optional
        Words at most that can be written.
    decoder : str
        A recurrent cell: ``rnn``, ``lstm``, ``gru``, ``mingru`` or ``minlstm``.
    attention_score : {"dot", "general", "additive"}
        As in `malgil.nn.attention.ATTENTIONS`.
    embedding_size, hidden_size, num_layers : int
        Of encoder and decoder.
    feedback : bool
        Whether the decoder sees the word that it wrote last. Without it only the state goes on.
    input_feeding : bool
        Whether a step also sees what the one before made of what it looked at. It knows then what it has said already,
        but steps can no longer be computed side by side: training takes about twice as long.
    tied : bool
        Whether words are scored by the vectors that also stand for them as input of the decoder: fewer weights, and
        often better texts where examples are few.
    dropout : float
        Chance of dropout on inputs and outputs of the recurrent layers, in [0, 1).
    label_smoothing : float
        Share of the target that goes to all words alike, in [0, 1).
    beam : int
        Hypotheses side by side when a text is written; 1 = the likeliest word each time.
    length_penalty : float
        How much long texts are helped, >= 0; see `malgil.nn.beam.length_penalty`.
    max_length : int
        Words at most that are written.
    """

    tokenizer: str | Mapping[str, Any] | Any = MARKED
    min_count: int = 1
    max_terms: int | None = None
    decoder: str = "gru"
    attention_score: str = "general"
    embedding_size: int = 128
    hidden_size: int = 256
    num_layers: int = 1
    feedback: bool = True
    input_feeding: bool = True
    tied: bool = False
    dropout: float = 0.1
    label_smoothing: float = 0.0
    beam: int = 5
    length_penalty: float = 0.6
    max_length: int = 100

    def _check(self) -> None:
        super()._check()
        choose(CELLS, "decoder", self.decoder)
        choose(ATTENTIONS, "attention_score", self.attention_score)

    def _source(self) -> nn.Module:
        raise NotImplementedError

    def _sources(self, X: Any) -> Sources:
        """Turn what is read into numbers."""
        raise NotImplementedError

    def _inputs(self, X: Any) -> Any:
        """Check what is read."""
        raise NotImplementedError

    def _learn(self, X: Any, rows: NDArray[np.int64]) -> None:
        """Learn the words or the shape of some inputs."""
        raise NotImplementedError

    def _fit(self, X: Any, y: Any) -> None:
        """Check, learn the words, train."""
        texts = texts_of(y)
        check_equal(X, texts)
        given = self._given_validation()
        learn, apart = (np.arange(len(texts)), np.arange(0)) if given is not None else self._split(len(texts))
        whole = [text for text in texts if isinstance(text, str)]
        made = splitter(self.tokenizer, whole) if whole else None
        rows = [made.split(text) if made is not None and isinstance(text, str) else list(text) for text in texts]
        self.target_ = Wordbook.learn(made, (rows[row] for row in learn), self.min_count, self.max_terms)
        self._learn(X, learn)
        measured = self._pairs(X, rows, apart) if len(apart) else None
        if given is not None:
            measured = self._given_pairs(*given)
        self._train(self._pairs(X, rows, learn), measured)

    def _given_pairs(self, X: Any, y: Any) -> Pairs:
        """Prepare a validation part that was given."""
        texts = texts_of(y)
        check_equal(X, texts)
        return Pairs(self._sources(self._inputs(X)), [self.target_.split(text) for text in texts], self.target_)

    def _pairs(self, X: Any, words: list[list[str]], rows: NDArray[np.int64]) -> Pairs:
        chosen = X[rows] if isinstance(X, np.ndarray) else [X[row] for row in rows.tolist()]
        return Pairs(self._sources(chosen), [words[row] for row in rows.tolist()], self.target_)

    def _build(self) -> nn.Module:
        source: Any = self._source()
        config = DecoderConfig(
            self.decoder,  # type: ignore[arg-type]  # looked up by name
            len(self.target_),
            source.output_size,
            source.memory_size,
            self.embedding_size,
            self.hidden_size,
            self.num_layers,
            self.attention_score,  # type: ignore[arg-type]
            self.input_feeding,
            self.feedback,
            copy=bool(getattr(self, "copy", False)),
            tied=self.tied,
            dropouts=dropouts_of(self.dropout),
        )
        return WritingNetwork(source, config, smoothing=self.label_smoothing)

    def _search(self) -> Search:
        return Search(self.beam, self.length_penalty, self.max_length)

    def _write(self, sources: Sources, search: Search) -> list[str]:
        """Write a text for each source."""
        network = self._trained

        def answer(batch: dict[str, Tensor]) -> Sequence[Any]:
            texts: list[Hypothesis] = network.write(batch, search)
            return texts

        found: list[Hypothesis] = in_batches(network, sources, answer, self.batch_size, self.precision)
        return [self.target_.text(one.tokens, extra) for one, extra in zip(found, sources.extras, strict=True)]

    def _attention(self, sources: Sources) -> tuple[list[str], NDArray[np.float64]]:
        """Words of the text for the first source, and the attention of each."""
        network = self._trained
        found = in_batches(network, sources, lambda batch: network.write(batch, self._search()), 1)[0]
        shown = torch.zeros(0, 0) if found.weights is None else found.weights
        words = self.target_.forms(found.tokens, sources.extras[0])
        return words, shown.double().cpu().numpy()

    def _kept(self) -> dict[str, Any]:
        return {"target": self.target_.to_json()}

    def _restore(self, kept: Any, path: Path) -> None:
        if not isinstance(kept, dict) or "target" not in kept:
            raise ArtefactError("writing.bad_words", path=path)
        self.target_ = Wordbook.from_json(kept["target"], path)


def check_equal(X: Any, texts: Sequence[Any]) -> None:
    """Refuse inputs and texts that are not equally many.

    Parameters
    ----------
    X : sequence
        Inputs.
    texts : sequence
        Their texts.

    Raises
    ------
    DataError
        If the numbers differ, or there is nothing.
    """
    if len(X) != len(texts):
        raise DataError("writing.unequal", n=len(X), m=len(texts))
    if not len(texts):
        raise DataError("writing.nothing")
