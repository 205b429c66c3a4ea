"""One to one: a vector in, one of several classes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from malgil.tasks.classifying import Classifying
from malgil.tasks.vector_estimator import VectorEstimator
from malgil.tasks.wanted import labels_of


@dataclass(kw_only=True, eq=False)
class VectorClassifier(Classifying, VectorEstimator):
    r"""Classify vectors, such as rows of TF-IDF or document vectors, with a perceptron of several layers.

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
        self._check()
        targets, _ = self._learn_classes(labels_of(X, y))
        learn, apart = self._parts(X, targets, self._places, np.unique(targets, return_index=True)[1])
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
        return torch.from_numpy(self._outputs(X)).softmax(1).numpy()

    def _build(self) -> nn.Module:
        n_classes, weights = len(self.classes_), self._class_weights()
        return self._network_of(n_classes, smoothing=self.label_smoothing, class_weights=weights)
