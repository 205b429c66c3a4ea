"""Many to one: a sequence in, one of several classes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from malgil.errors import ParameterError
from malgil.messages import Message
from malgil.tasks.classifying import Classifying
from malgil.tasks.fingerprints import Prints, count_known
from malgil.tasks.grown_network import Ancestor
from malgil.tasks.kinds import rows_of
from malgil.tasks.pretrained import ancestor_of, check_left_alone, elders_of, grown, reader_of
from malgil.tasks.read import Read
from malgil.tasks.reading_examples import ReadExamples
from malgil.tasks.reading_network import ReadingConfig, ReadingNetwork
from malgil.tasks.sequence_estimator import SequenceEstimator
from malgil.tasks.wanted import labels_of
from malgil.training.calibration import fit_temperature
from malgil.training.examples import Examples
from malgil.training.predicting import in_batches

_FEWEST = 50


@dataclass(kw_only=True, eq=False)
class SequenceClassifier(Classifying, SequenceEstimator):
    r"""Classify texts, lists of tokens or series of numbers with a network.

    Parameters
    ----------
    pooling : {"last", "mean", "max", "attention", "concat"}
        From the outputs of all steps to one vector; ``"concat"`` is last, mean and max side by side.
    calibrate : bool
        Whether to scale the scores by one temperature, learned from the validation part, so that probabilities mean
        what they say.
    pretrained : RecurrentLM, str, Path, or a list of them, optional
        Language model, or its folder, whose tokenizer, words and encoder are gone on with; of two, such as one that
        reads forward and one that reads backward, the probabilities are averaged; `trace` and `explain` open the first.
        What the language model decides (`malgil.tasks.pretrained.DECIDED`) cannot be given beside it.
    layer_decay : float
        With `pretrained`: rate of a layer, as a share of that of the layer above it, in (0, 1].
    unfreeze : int, optional
        With `pretrained`: epochs after which one more layer learns, from the top down; ``None``: all learn at once.

    Attributes
    ----------
    temperature_ : float
        What the scores are divided by; 1 where the validation part has fewer than 50 examples.
    ancestors_ : tuple of Ancestor
        What it has from language models.
    seen_ : ndarray of uint64
        Fingerprints of the texts that these have read (`malgil.tasks.fingerprints`).

    Notes
    -----
    .. math:: h_t = \mathrm{encoder}(x_1 ... x_T)_t, \quad p(k \mid x) = \mathrm{softmax}_k
       \left(\frac{W\,\mathrm{pool}(h) + b}{\tau}\right)

    An empty text is answered by the bias: how frequent the classes are, so to speak.

    References
    ----------
    .. [1] Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2.
    .. [2] Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018.

    Examples
    --------
    >>> texts = ["정말 재밌다", "너무 재밌어요", "정말 지루하다", "지루해요"] * 4
    >>> model = SequenceClassifier(
    ...     encoder="mlp", tokenizer="word", min_count=1, hidden_size=8, embedding_size=8, validation=0.0
    ... )
    >>> model.fit(texts, ["긍정", "긍정", "부정", "부정"] * 4).predict(["너무 재밌다"]).tolist()
    ['긍정']
    """

    task: ClassVar[str] = "classify"

    pooling: str = "concat"
    calibrate: bool = True
    pretrained: Any = None
    layer_decay: float = 0.385
    unfreeze: int | None = 1
    ancestors_: tuple[Ancestor, ...] = field(default=(), init=False, repr=False)
    seen_: Prints = field(init=False, repr=False)
    _arrays: ClassVar[tuple[str, ...]] = ("seen_",)
    temperature_: float = field(init=False, repr=False)

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from labelled sequences.

        Parameters
        ----------
        X : sequence
            Texts, lists of tokens, or arrays (T, C) of unequal length.
        y : sequence
            Label of each.

        Returns
        -------
        SequenceClassifier
            The estimator itself.

        Raises
        ------
        ParameterError
            If `X` and `y` are not equally long, or an option cannot be used.
        DataError
            If a label is missing, or there are fewer than two classes.
        """
        self._check()
        X = rows_of(X)
        targets, counts = self._learn_classes(labels_of(X, y))
        self.temperature_ = 1.0
        parts = self._divided(len(X), stays=np.unique(targets, return_index=True)[1])
        learn, apart = self._examples(self._read(X, parts[0]), targets, parts, by_step=False)
        if (given := self._given_validation()) is not None:
            apart = self._labelled(*given)
        self._train(learn, apart, self._measure)
        self._say_cut()
        lonely = [label for label, n in zip(self.classes_.tolist(), counts, strict=True) if n == 1]
        if lonely:
            self._note(Message("tasks.lonely_classes", {"labels": ", ".join(map(str, lonely[:10]))}))
        if self.calibrate and apart is not None and len(apart) >= _FEWEST:
            scores = self._scores(apart)
            wanted = np.asarray(apart.targets)[apart.rows]
            self.temperature_ = fit_temperature(torch.from_numpy(scores).log_softmax(1).numpy(), wanted)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Give each class its probability.

        Parameters
        ----------
        X : sequence
            Inputs of the kind that it has learned from.

        Returns
        -------
        ndarray of float64, shape (n, K)
            Rows sum to 1.

        Raises
        ------
        NotFittedError
            If it has not learned yet.
        """
        assert self._trained is not None
        scores = self._scores(ReadExamples(self.reader_.read(X)))
        return torch.from_numpy(scores / self.temperature_).softmax(1).numpy()

    def report(self, X: Any, y: Any) -> dict[str, Any]:
        """Report on labelled inputs: figures of each class, confusions, calibration, the most confident errors.

        Parameters
        ----------
        X : sequence
            Inputs.
        y : sequence
            Their labels.

        Returns
        -------
        dict
            JSON, as `malgil.tasks.reports.report_classes` gives it; of a grown classifier also ``n_seen``, how many of
            the texts its language models have read.
        """
        from malgil.tasks.reports import report_classes

        texts = X if isinstance(X, Sequence) and self.reader_.kind != "numbers" else None
        report = report_classes(labels_of(X, y), self.predict_proba(X), self.classes_.tolist(), texts)
        return report | ({"n_seen": count_known(X, self.seen_)} if self.ancestors_ else {})

    def _scores(self, examples: Examples) -> NDArray[np.float64]:
        network = self._trained
        rows = in_batches(network, examples, network.scores)
        return np.stack(rows).astype(np.float64) if rows else np.zeros((0, len(self.classes_)))

    def _labelled(self, X: Any, y: Any) -> ReadExamples:
        """Read the user's own validation part."""
        return ReadExamples(self.reader_.read(X), self._places(X, y))

    def _config(self) -> ReadingConfig:
        return self._sized(pooling=self.pooling, n_outputs=len(self.classes_), smoothing=self.label_smoothing)

    def _check(self) -> None:
        super()._check()
        if self.pretrained is not None:
            check_left_alone(self)
        elif getattr(self, "_is_grown", False):  # opened: its file does not hold the language model
            raise ParameterError("tasks.pretrained_gone")

    def _read(self, X: Any, rows: NDArray[np.int64]) -> Read:
        self._elders = elders_of(self.pretrained)
        self.ancestors_ = tuple(ancestor_of(elder) for elder in self._elders)
        self._is_grown = False
        self.seen_ = np.unique(np.concatenate([np.zeros(0, np.uint64), *(elder.seen_ for elder in self._elders)]))
        if not self._elders:
            return super()._read(X, rows)
        self.reader_ = reader_of(self._elders[0], X, self.max_length)
        read = self.reader_.read(X)
        self.cut_ratio_ = read.cut_ratio
        return read

    def _build(self) -> nn.Module:
        if self.ancestors_:
            elders = self.__dict__.pop("_elders", ())  # a classifier that is opened has weights of its own
            return grown(self._config(), self.ancestors_, self._class_weights(), elders)
        vectors = self._starting_vectors()
        return ReadingNetwork(self._config(), vectors=vectors, class_weights=self._class_weights())

    def _kept(self) -> dict[str, Any]:
        ancestors = [ancestor.to_json() for ancestor in self.ancestors_]
        return super()._kept() | {"temperature": self.temperature_, "ancestors": ancestors}

    def _restore(self, kept: Any, path: Path) -> None:
        super()._restore(kept, path)
        self.temperature_ = float(kept["temperature"])
        self.ancestors_ = tuple(Ancestor.from_json(ancestor) for ancestor in kept.get("ancestors", ()))
        self._is_grown = bool(self.ancestors_)
