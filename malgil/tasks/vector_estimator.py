"""Base of the estimators that take vectors: fields, split and network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.tasks.learning import Learning, check_share
from malgil.tasks.vector_network import VectorExamples, VectorNetwork, vectors_of
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
    """

    hidden_size: int = 256
    num_layers: int = 1
    dropout: float = 0.3
    schedule: str = "one_cycle"
    verbose: bool = True
    n_features_in_: int = field(init=False, repr=False)

    def _parts(
        self,
        X: Any,
        targets: NDArray[Any],
        read: Callable[[Any, Any], NDArray[Any]],
        stays: NDArray[np.int64] | None = None,
    ) -> tuple[VectorExamples, VectorExamples | None]:
        """Split the examples, or take the user's validation part."""
        check_share("dropout", self.dropout)
        matrix = vectors_of(X)
        self.n_features_in_ = int(matrix.shape[1])
        given = self._given_validation()
        if given is None:
            learn, apart = (VectorExamples(matrix, targets, rows) for rows in self._split(matrix.shape[0], stays))
            return learn, apart if len(apart) else None
        others = vectors_of(given[0], self.n_features_in_)
        return VectorExamples(matrix, targets), VectorExamples(others, read(*given))

    def _outputs(self, X: Any) -> NDArray[np.float64]:
        """Scores of each row, (n, K)."""
        network = self._trained
        examples = VectorExamples(vectors_of(X, self.n_features_in_))
        rows = in_batches(network, examples, network.scores)
        return np.array(rows, np.float64).reshape(len(rows), network.head.project.out_features)

    def _network_of(self, n_outputs: int, **more: Any) -> nn.Module:
        sizes = self.n_features_in_, self.hidden_size, self.num_layers, n_outputs
        return VectorNetwork(*sizes, dropout=self.dropout, **more)

    def _kept(self) -> dict[str, Any]:
        return {"n_features": self.n_features_in_}

    def _restore(self, kept: Any, path: Path) -> None:
        self.n_features_in_ = int(kept["n_features"])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.sparse = False, True, True
        return tags
