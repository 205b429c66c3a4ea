"""One to one: a vector in, one of several classes out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from malgil.errors import DataError
from malgil.tasks.classes import class_weights, places_of, sorted_classes
from malgil.tasks.learning import FEWEST_APART
from malgil.tasks.sequence_estimator import labels_of
from malgil.tasks.vector_estimator import VectorEstimator
from malgil.training.predicting import in_batches
from malgil.training.settings import Settings


@dataclass(kw_only=True, eq=False)
class VectorClassifier(VectorEstimator):
    r"""Classify vectors, such as rows of TF-IDF or document vectors, with a perceptron of several layers.

    Parameters
    ----------
    class_weight : dict or "balanced", optional
        How much an example of each class counts while learning.
    label_smoothing : float
        Share of the target that goes to all classes alike, in [0, 1).

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
        Labels, sorted; columns of `predict_proba`.

    Notes
    -----
    .. math:: h_0 = x, \quad h_l = \max(0, W_l h_{l-1} + b_l), \quad p(k \mid x) = \mathrm{softmax}_k(W h_L + b)

    Examples
    --------
    >>> X = np.eye(4).repeat(8, axis=0)
    >>> model = VectorClassifier(hidden_size=8, validation=0.0).fit(X, ["가", "나", "가", "나"] * 8)
    >>> model.classes_.tolist()
    ['가', '나']
    """

    task: ClassVar[str] = "classify_vectors"

    class_weight: Any = None
    label_smoothing: float = 0.0
    classes_: NDArray[Any] = field(init=False, repr=False)

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from labelled vectors.

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n, F)
            Vectors.
        y : sequence
            Label of each.

        Returns
        -------
        VectorClassifier
            The estimator itself.

        Raises
        ------
        ParameterError
            If `X` is no matrix or not as long as `y`.
        DataError
            If a label is missing, a number is not finite, or there are fewer than two classes.
        """
        found, targets, _ = sorted_classes(labels_of(X, y))
        if len(found) < 2:
            raise DataError("tasks.one_class", label=found[0])
        self.classes_ = np.array(found)
        stays = np.unique(targets, return_index=True)[1]
        learn, apart = self._parts(X, targets, lambda X, y: places_of(self.classes_, labels_of(X, y)), stays)
        self._counts = np.bincount(np.asarray(learn.targets)[learn.rows], minlength=len(found))
        self._train(learn, apart, self._measure)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Give each class its probability.

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n, F)
            Vectors.

        Returns
        -------
        ndarray of float64, shape (n, K)
            Rows sum to 1.

        Raises
        ------
        NotFittedError
            If it has not learned yet.
        """
        scores = self._outputs(X).reshape(-1, len(self.classes_))
        return torch.from_numpy(scores).softmax(1).numpy()

    def predict(self, X: Any) -> NDArray[Any]:
        """Give each vector its likeliest class.

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n, F)
            Vectors.

        Returns
        -------
        ndarray, shape (n,)
            Labels; of equally likely ones the first.
        """
        places = self.predict_proba(X).argmax(1)  # first: what was not trained says so
        answers: NDArray[Any] = self.classes_[places]
        return answers

    def score(self, X: Any, y: Any) -> float:
        """Share of right answers.

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n, F)
            Vectors.
        y : sequence
            Their labels.

        Returns
        -------
        float
            In [0, 1].
        """
        labels = labels_of(X, y)
        return float(np.mean([a == b for a, b in zip(self.predict(X).tolist(), labels, strict=True)]))

    def _measure(self, network: nn.Module, examples: Any) -> dict[str, float]:
        asked: Any = network
        scores = np.stack(in_batches(network, examples, asked.scores))
        return {"accuracy": float((scores.argmax(1) == examples.targets[examples.rows]).mean())}

    def _settings(self, n_examples: int, n_apart: int) -> Settings:
        settings = super()._settings(n_examples, n_apart)
        return dataclasses.replace(settings, watch="-accuracy") if n_apart >= FEWEST_APART else settings

    def _build(self) -> nn.Module:
        weights = class_weights(self.class_weight, self.classes_, getattr(self, "_counts", None))
        return self._network_of(len(self.classes_), smoothing=self.label_smoothing, class_weights=weights)

    def _kept(self) -> dict[str, Any]:
        return super()._kept() | {"classes": self.classes_.tolist()}

    def _restore(self, kept: Any, path: Path) -> None:
        super()._restore(kept, path)
        self.classes_ = np.array(kept["classes"])

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags

        tags = super().__sklearn_tags__()
        tags.estimator_type, tags.classifier_tags, tags.target_tags.required = "classifier", ClassifierTags(), True
        return tags
