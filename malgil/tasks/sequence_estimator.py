"""Base of the estimators that read a sequence: from inputs to examples, from fields to a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.messages import Message
from malgil.nn.encoders import ENCODERS
from malgil.params import choose
from malgil.tasks.inputs import FIRST_TERM, Reader
from malgil.tasks.learning import Learning
from malgil.tasks.read import Read
from malgil.tasks.reading_examples import ReadExamples
from malgil.tasks.reading_network import ReadingConfig, ReadingNetwork


@dataclass(kw_only=True, eq=False)
class SequenceEstimator(Learning):
    """What `SequenceClassifier`, `SequenceRegressor`, `SequenceTagger` and `SequenceTransducer` share.

    Parameters
    ----------
    encoder : str
        ``mlp``, ``cnn``, ``rnn``, ``lstm``, ``gru``, ``mingru`` or ``minlstm``; see `malgil.nn.encoders.ENCODERS`.
    tokenizer : str, dict or Tokenizer
        What cuts texts. Lists of tokens are taken as they are, arrays (T, C) of numbers are standardised;
        of clips (T, h, w, 3) each frame is read by a small convolutional encoder.
    embedding_size : int
        Numbers in a word's vector, or in that of a frame.
    hidden_size, num_layers : int
        Of the encoder.
    bidirectional : bool
        Whether a recurrent encoder also reads from the end.
    dropout : float
        Chance of dropout on inputs and before the head, in [0, 1).
    min_count : int
        Rarer words are unknown.
    max_terms : int, optional
        Words at most, the most frequent ones.
    max_length : int, optional
        Steps at most; ``cut_ratio_`` says which share of them was cut, and so does a note of `history_`.
    characters : {"char", "jamo"}, optional
        What words are spelled in, read beside their own vectors: rare and unknown words have something to say, too.
    character_size : int
        Numbers in the vector of a spelling.
    vectors : Vectors, optional
        Word vectors to start from, of `embedding_size` numbers.
    learning_rate, schedule, verbose
        As in `malgil.tasks.learning.Learning`.

    Attributes
    ----------
    reader_ : Reader
        How inputs are read.
    history_ : malgil.training.history.History
        A row for each epoch.
    cut_ratio_ : float
        Share of the steps of the examples that lay behind `max_length`.
    """

    encoder: str = "gru"
    tokenizer: Any = "kiwi"
    embedding_size: int = 200
    hidden_size: int = 256
    num_layers: int = 1
    bidirectional: bool = True
    dropout: float = 0.3
    min_count: int = 2
    max_terms: int | None = 50_000
    max_length: int | None = None
    characters: str | None = None
    character_size: int = 64
    vectors: Any = None
    learning_rate: float = 2e-3
    schedule: str = "one_cycle"
    verbose: bool = True
    reader_: Reader = field(init=False, repr=False)
    cut_ratio_: float = field(init=False, repr=False)

    def _check(self) -> None:
        super()._check()
        choose(ENCODERS, "encoder", self.encoder)

    def _read(self, X: Any, rows: NDArray[np.int64]) -> Read:
        """Read the inputs of the examples, whose words are those of the rows to learn from."""
        self.reader_ = Reader(self.tokenizer, self.min_count, self.max_terms, self.max_length, self.characters)
        read = self.reader_.fit(X, rows)
        self.cut_ratio_ = read.cut_ratio
        return read

    def _divided(self, n: int, stays: NDArray[np.int64] | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows to learn from and rows to measure on; none of the latter where the user gave others."""
        if self._given_validation() is not None:
            return np.arange(n), np.arange(0)
        return self._split(n, stays)

    def _examples(
        self, read: Read, targets: NDArray[Any], rows: tuple[NDArray[np.int64], NDArray[np.int64]], by_step: bool
    ) -> tuple[ReadExamples, ReadExamples | None]:
        """Make the examples of both parts of `_divided`."""
        learn, apart = (ReadExamples(read, targets, by_step=by_step, rows=part) for part in rows)
        return learn, apart if len(apart) else None

    def _say_cut(self) -> None:
        if self.cut_ratio_:
            self._note(Message("tasks.cut", {"percent": 100 * self.cut_ratio_, "n": self.max_length}))

    def _config(self) -> ReadingConfig:
        raise NotImplementedError

    def _sized(self, **more: Any) -> ReadingConfig:
        """Fill in what the fields and the reader say."""
        reader = self.reader_
        is_words = reader.kind != "numbers"
        return ReadingConfig(
            n_terms=reader.n_terms if is_words else 0,
            n_features=reader.n_features,
            n_letters=reader.n_letters,
            frame=reader.frame,
            embedding_size=self.embedding_size,
            character_size=self.character_size,
            encoder=self.encoder,
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=self.bidirectional,
            dropout=self.dropout,
            **more,
        )

    def _build(self) -> nn.Module:
        return ReadingNetwork(self._config(), vectors=self._starting_vectors())

    def _starting_vectors(self) -> NDArray[np.float32] | None:
        if self.vectors is None or self.reader_.kind == "numbers":
            return None
        if self.vectors.dim != self.embedding_size:
            raise ParameterError("tasks.vector_size", found=self.vectors.dim, wanted=self.embedding_size)
        rows = np.full((self.reader_.n_terms, self.embedding_size), np.nan, np.float32)
        for number, term in enumerate(self.reader_.terms, FIRST_TERM):
            if term in self.vectors:
                rows[number] = self.vectors[term]
        return rows

    def explain(self, x: Any) -> Explanation:
        """Share the score of the answer for one input out among its steps.

        Parameters
        ----------
        x : object
            One input.

        Returns
        -------
        Explanation
            By integrated gradients; its terms sum to the difference from a text of padding.

        Raises
        ------
        NotFittedError
            If it has not learned yet.
        """
        from malgil.tasks.tracing import explain_model

        assert self._trained is not None
        return explain_model(self, x)

    def export(self, path: str | Path, format: str = "onnx") -> None:
        """Write the model for other runtimes.

        Parameters
        ----------
        path : str or Path
            A file ending in ``.onnx``; or the folder in which the model was saved, where `malgil predict` finds it and
            needs no torch.
        format : {"onnx"}
            The form.

        Raises
        ------
        ParameterError
            If the form is unknown, or this model has none.
        MissingError
            If onnx is not installed.
        StorageError
            If it cannot be written.
        """
        from malgil.tasks.onnx_export import export_onnx

        choose({"onnx": export_onnx}, "format", format)(self, path)

    def _kept(self) -> dict[str, Any]:
        return {"reader": self.reader_.to_json()}

    def _restore(self, kept: Any, path: Path) -> None:
        self.reader_ = Reader.from_json(kept["reader"], path)
        self.cut_ratio_ = 0.0
