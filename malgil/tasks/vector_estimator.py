"""Base of the estimators that take vectors: fields, split and network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.tasks.learning import Learning
from malgil.tasks.vector_network import VectorExamples, VectorNetwork, is_mostly_zero, stored, vectors_of
from malgil.training.predicting import in_batches


@dataclass(kw_only=True, eq=False)
class VectorEstimator(Learning):
    """What `VectorClassifier` and `VectorRegressor` share.

    Parameters
    ----------
    hidden_size, num_layers : int
        Of the layers before the head; 0 layers = a linear model.
    dropout : float
        Chance of dropout before each layer, in [0, 1).
    schedule, verbose
        As in `malgil.tasks.learning.Learning`.

    Attributes
    ----------
    n_features_in_ : int
        Numbers in a vector.
    is_sparse_ : bool
        Whether few of the numbers that it learned from differ from 0: then only these are computed with. It depends on
        the numbers and not on what holds them, so that a matrix gives the same model, dense or sparse.
    """

    hidden_size: int = 256
    num_layers: int = 1
    dropout: float = 0.3
    schedule: str = "one_cycle"
    verbose: bool = True
    n_features_in_: int = field(init=False, repr=False)
    is_sparse_: bool = field(init=False, repr=False)
    _lowest: ClassVar[Mapping[str, int]] = {"num_layers": 0}

    def _parts(
        self,
        X: Any,
        targets: NDArray[Any],
        read: Callable[[Any, Any], NDArray[Any]],
        stays: NDArray[np.int64] | None = None,
    ) -> tuple[VectorExamples, VectorExamples | None]:
        """Split the examples, or take the user's validation part."""
        matrix = vectors_of(X)
        self.n_features_in_ = int(matrix.shape[1])
        self.is_sparse_ = is_mostly_zero(matrix)
        matrix = stored(matrix, self.is_sparse_)
        given = self._given_validation()
        if given is None:
            learn, apart = (VectorExamples(matrix, targets, rows) for rows in self._split(matrix.shape[0], stays))
            return learn, apart if len(apart) else None
        others = self._matrix(given[0])
        return VectorExamples(matrix, targets), VectorExamples(others, read(*given))

    def _matrix(self, X: Any) -> Any:
        """Hold vectors as those that it learned from."""
        return stored(vectors_of(X, self.n_features_in_), self.is_sparse_)

    def _outputs(self, X: Any) -> NDArray[np.float64]:
        """Scores of each row, (n, K)."""
        network = self._trained
        examples = VectorExamples(self._matrix(X))
        rows = in_batches(network, examples, network.scores)
        return np.array(rows, np.float64).reshape(len(rows), network.head.project.out_features)

    def _network_of(self, n_outputs: int, **more: Any) -> nn.Module:
        sizes = self.n_features_in_, self.hidden_size, self.num_layers, n_outputs
        return VectorNetwork(*sizes, dropout=self.dropout, **more)

    def _kept(self) -> dict[str, Any]:
        return {"n_features": self.n_features_in_, "is_sparse": self.is_sparse_}

    def _restore(self, kept: Any, path: Path) -> None:
        self.n_features_in_ = int(kept["n_features"])
        self.is_sparse_ = bool(kept.get("is_sparse", False))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.sparse = False, True, True
        return tags
