"""What classifiers share, whatever they read: classes, answers, and how their training is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from malgil.errors import DataError
from malgil.tasks.classes import class_weights, places_of, sorted_classes
from malgil.tasks.wanted import labels_of
from malgil.training.predicting import in_batches

if TYPE_CHECKING:
    from malgil.tasks.learning import Learning
else:
    Learning = object  # mixed in: its defaults must not come before those of the estimator that it joins


@dataclass(kw_only=True, eq=False)
class Classifying(Learning):
    """What `SequenceClassifier` and `VectorClassifier` share.

    Parameters
    ----------
    class_weight : dict or "balanced", optional
        How much an example of each class counts while learning; ``"balanced"``: as if all classes were equally many.
    label_smoothing : float
        Share of the target that goes to all classes alike, in [0, 1).

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
        Labels, sorted; columns of `predict_proba`.
    """

    class_weight: Any = None
    label_smoothing: float = 0.0
    classes_: NDArray[Any] = field(init=False, repr=False)
    _watch: ClassVar[str] = "-accuracy"

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Give each class its probability.

        Parameters
        ----------
        X : sequence or matrix
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
        raise NotImplementedError

    def predict(self, X: Any) -> NDArray[Any]:
        """Give each input its likeliest class.

        Parameters
        ----------
        X : sequence or matrix
            Inputs of the kind that it has learned from.

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
        X : sequence or matrix
            Inputs.
        y : sequence
            Their labels; one that was not learned counts as an error.

        Returns
        -------
        float
            In [0, 1].
        """
        labels = labels_of(X, y)
        return float(np.mean([a == b for a, b in zip(self.predict(X).tolist(), labels, strict=True)]))

    def _learn_classes(self, labels: list[Any]) -> tuple[NDArray[np.int64], list[int]]:
        """Learn the classes; the place of each label among them, and how many labels each class has."""
        found, targets, counts = sorted_classes(labels)
        if len(found) < 2:
            raise DataError("tasks.one_class", label=found[0])
        self.classes_ = np.array(found)
        return targets, counts

    def _places(self, X: Any, y: Any) -> NDArray[np.int64]:
        """Places of the labels of a validation part."""
        return places_of(self.classes_, labels_of(X, y))

    def _train(self, examples: Any, validation: Any, measure: Any = None) -> None:
        self._counts = np.bincount(examples.targets[examples.rows], minlength=len(self.classes_))
        super()._train(examples, validation, measure)

    def _class_weights(self) -> torch.Tensor | None:
        return class_weights(self.class_weight, self.classes_, getattr(self, "_counts", None))

    def _measure(self, network: nn.Module, examples: Any) -> dict[str, float]:
        asked: Any = network
        scores = np.stack(in_batches(network, examples, asked.scores))
        return {"accuracy": float((scores.argmax(1) == examples.targets[examples.rows]).mean())}

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
