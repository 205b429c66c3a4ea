"""Many to many, aligned: a label for each step of a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from malgil.errors import DataError, ParameterError
from malgil.tasks.classes import sorted_classes
from malgil.tasks.kinds import kind_of, rows_of
from malgil.tasks.numeric_series import borders_of
from malgil.tasks.reading_examples import ReadExamples
from malgil.tasks.reading_network import ReadingConfig
from malgil.tasks.sequence_estimator import SequenceEstimator
from malgil.tasks.wanted import is_missing, labels_of
from malgil.training.chunks import chunk_scores, has_chunks
from malgil.training.predicting import in_batches


@dataclass(kw_only=True, eq=False)
class SequenceTagger(SequenceEstimator):
    r"""Label each token of a sentence, or each step of a series, with a network.

    Parameters
    ----------
    characters : {"char", "jamo"}, optional
        What words are spelled in, read beside their own vectors.
    crf : bool
        Whether labels are judged together with their neighbours (conditional random field) instead of one by one.
    min_count : int
        Rarer words are unknown.

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
        Labels, sorted.

    Notes
    -----
    .. math:: p(y_t = k \mid x) = \mathrm{softmax}_k(W h_t + b)

    with ``crf=True`` as in `malgil.nn.crf.LinearChainCRF`.

    Examples
    --------
    >>> sentences = [["나", "는", "간다"], ["너", "는", "온다"]] * 4
    >>> tagger = SequenceTagger(
    ...     encoder="cnn", min_count=1, hidden_size=8, embedding_size=8, validation=0.0, characters=None
    ... )
    >>> tagger.fit(sentences, [["NP", "JX", "VV"]] * 8).predict([["나", "는", "온다"]])
    [['NP', 'JX', 'VV']]
    """

    task: ClassVar[str] = "tag"
    _watch: ClassVar[str] = "-score"

    characters: str | None = "char"
    crf: bool = False
    min_count: int = 1
    classes_: NDArray[Any] = field(init=False, repr=False)

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from labelled sequences.

        Parameters
        ----------
        X : sequence
            Lists of tokens, arrays (T, C) of unequal length, or clips (T, h, w, 3).
        y : sequence of sequences
            A label for each step.

        Returns
        -------
        SequenceTagger
            The estimator itself.

        Raises
        ------
        ParameterError
            If `X` and `y` are not equally long, or an option cannot be used.
        DataError
            If a sequence has not as many labels as steps, or there are fewer than two labels.
        """
        self._check()
        X = rows_of(X)
        labels = _flat(X, y)
        found, _, _ = sorted_classes(labels)
        if len(found) < 2:
            raise DataError("tasks.one_class", label=found[0] if found else "-")
        self.classes_ = np.array(found)
        parts = self._divided(len(X))
        read = self._read(X, parts[0])
        targets = self.reader_.cut_steps(borders_of(X), self._numbers(labels, X))
        learn, apart = self._examples(read, targets, parts, by_step=True)
        if (given := self._given_validation()) is not None:
            apart = self._labelled(*given)
        self._train(learn, apart, self._measure)
        self._say_cut()
        return self

    def _numbers(self, labels: list[Any], X: Any) -> NDArray[np.int64]:
        place = {label: number for number, label in enumerate(self.classes_.tolist())}
        for label in labels:
            if label not in place:
                row = _row_of(labels.index(label), X)
                raise DataError("tasks.unknown_label", label=label, row=row)
        return np.array([place[label] for label in labels], np.int64)

    def _labelled(self, X: Any, y: Any) -> ReadExamples:
        """Read the user's own validation part."""
        X = rows_of(X)
        targets = self.reader_.cut_steps(borders_of(X), self._numbers(_flat(X, y), X))
        return ReadExamples(self.reader_.read(X), targets, by_step=True)

    def predict(self, X: Any) -> list[list[Any]]:
        """Label the steps of each input.

        Parameters
        ----------
        X : sequence
            Inputs of the kind that it has learned from; read whole, however long.

        Returns
        -------
        list of list
            As many labels as an input has steps.

        Raises
        ------
        NotFittedError
            If it has not learned yet.
        """
        network = self._trained
        examples = ReadExamples(self.reader_.without_limit().read(X))
        rows = in_batches(network, examples, lambda batch: _cut(network.answers(batch), batch["keep"]))
        return [self.classes_[row].tolist() for row in rows]

    def score(self, X: Any, y: Any) -> float:
        """Say how good the labels are.

        Parameters
        ----------
        X : sequence
            Inputs.
        y : sequence of sequences
            Their labels.

        Returns
        -------
        float
            F1 of chunks where labels are of the form B-..., I-..., O (Tjong Kim Sang & Buchholz 2000); else the share
            of right labels.
        """
        wanted = [list(row) for row in labels_of(X, y)]
        predicted = self.predict(X)
        flat = _flat(rows_of(X), y)
        if has_chunks([str(label) for label in flat]):
            return float(chunk_scores(wanted, predicted).f1)
        answers = [label for row in predicted for label in row]
        return float(np.mean([a == b for a, b in zip(answers, flat, strict=True)])) if flat else 0.0

    def report(self, X: Any, y: Any) -> dict[str, Any]:
        """Report on labelled inputs.

        Parameters
        ----------
        X : sequence
            Inputs.
        y : sequence of sequences
            Their labels.

        Returns
        -------
        dict
            JSON, as `malgil.tasks.reports.report_tags` gives it.
        """
        from malgil.tasks.reports import report_tags

        return report_tags([[str(label) for label in row] for row in labels_of(X, y)], self.predict(X))

    def _measure(self, network: nn.Module, examples: Any) -> dict[str, float]:
        asked: Any = network
        rows = in_batches(network, examples, lambda batch: _cut(asked.answers(batch), batch["keep"]))
        borders = examples.read.indptr
        wanted = [examples.targets[borders[row] : borders[row + 1]] for row in examples.rows.tolist()]
        names = [str(label) for label in self.classes_.tolist()]
        if has_chunks(names):
            spelled = [[[names[at] for at in row] for row in part] for part in (wanted, rows)]
            return {"score": float(chunk_scores(*spelled).f1)}
        n_right = sum(int((a == b).sum()) for a, b in zip(rows, wanted, strict=True))
        return {"score": n_right / max(1, sum(map(len, wanted)))}

    def _config(self) -> ReadingConfig:
        return self._sized(pooling=None, n_outputs=len(self.classes_), crf=self.crf)

    def _kept(self) -> dict[str, Any]:
        return super()._kept() | {"classes": self.classes_.tolist()}

    def _restore(self, kept: Any, path: Path) -> None:
        super()._restore(kept, path)
        self.classes_ = np.array(kept["classes"])


def _cut(answers: Tensor, keep: Tensor) -> Sequence[NDArray[np.int64]]:
    return [row[kept].cpu().numpy() for row, kept in zip(answers, keep, strict=True)]


def _flat(X: Any, y: Any) -> list[Any]:
    """Join the labels of all steps; each input must have as many as it has steps."""
    if len(X) and isinstance(X[0], str):
        raise ParameterError("tasks.tags_need_tokens")
    flat: list[Any] = []
    kind_of(X)  # says what is wrong with inputs that have no steps
    for row, (steps, labels) in enumerate(zip(X, labels_of(X, y), strict=True)):
        if isinstance(labels, str) or not hasattr(labels, "__len__"):
            raise DataError("tasks.no_labels_of_steps", row=row, value=labels)
        if not hasattr(steps, "__len__"):
            raise DataError("tasks.no_tokens", row=row, value=steps)
        labels = labels.tolist() if hasattr(labels, "tolist") else list(labels)
        if len(steps) != len(labels):
            raise DataError("tasks.unequal_steps", row=row, n=len(steps), m=len(labels))
        if any(map(is_missing, labels)):
            raise DataError("tasks.label_missing", row=row)
        flat += labels
    return flat


def _row_of(step: int, X: Any) -> int:
    return int(np.searchsorted(borders_of(X)[1:], step, side="right"))
