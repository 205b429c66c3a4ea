"""One to one: a vector in, scores of classes or a number out; vectors may be sparse."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from malgil.errors import DataError, ParameterError
from malgil.nn.heads import Head, class_losses
from malgil.nn.mlp import MLP
from malgil.training.examples import Batch, Loss


class VectorNetwork(nn.Module):
    """A perceptron of several layers and a head.

    Parameters
    ----------
    n_features : int
        Numbers in a vector.
    hidden_size, num_layers : int
        Of the layers before the head; 0 layers = a linear model.
    n_outputs : int
        Classes, or 1 for a value.
    dropout : float
        Before each layer but a sparse first one.
    smoothing : float
        Share of the target that goes to all classes alike.
    class_weights : Tensor, shape (K,), optional
        How much an example of each class counts.
    """

    def __init__(
        self,
        n_features: int,
        hidden_size: int,
        num_layers: int,
        n_outputs: int,
        *,
        dropout: float = 0.0,
        smoothing: float = 0.0,
        class_weights: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.smoothing = smoothing
        self.mlp = MLP(n_features, hidden_size, num_layers, dropout=dropout)
        self.head = Head(self.mlp.output_size, n_outputs, dropout=dropout)
        self.register_buffer("class_weights", class_weights, persistent=False)  # of no use but while it learns

    def scores(self, batch: Batch) -> Tensor:
        """Score the classes, or give the value.

        Parameters
        ----------
        batch : dict of str to Tensor
            ``vectors``, (B, F), dense or sparse.

        Returns
        -------
        Tensor, shape (B, K)
            Before softmax or scale.
        """
        scores: Tensor = self.head(self.mlp(batch["vectors"]))
        return scores

    def loss(self, batch: Batch, carry: Any = None) -> Loss:
        """Say how wrong the network is about a batch.

        Parameters
        ----------
        batch : dict of str to Tensor
            ``vectors`` and ``targets``: classes (int64) or standardised values (float32).
        carry : object, optional
            Not used.

        Returns
        -------
        Loss
            Cross entropy in nats, or half the squared error; summed over the rows.
        """
        scores, targets = self.scores(batch), batch["targets"]
        if targets.is_floating_point():
            errors = scores[:, 0] - targets
            return Loss(0.5 * (errors * errors).sum(), len(scores))
        weights: Any = self.class_weights
        losses = class_losses(scores, targets, smoothing=self.smoothing, class_weights=weights)
        return Loss(losses.sum(), len(scores))


class VectorExamples:
    """Batches of vectors; a sparse matrix stays sparse.

    Parameters
    ----------
    matrix : ndarray of float32 or CSR array, shape (n, F)
        From `vectors_of`.
    targets : ndarray, shape (n,), optional
        What is wanted for each.
    rows : ndarray of int64, optional
        Which rows these examples are; all by default.
    """

    def __init__(self, matrix: Any, targets: NDArray[Any] | None = None, rows: NDArray[np.int64] | None = None) -> None:
        self.matrix = matrix
        self.targets = targets
        self.rows = np.arange(matrix.shape[0]) if rows is None else rows
        self.lengths = np.ones(len(self.rows), np.int64)

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, rows: NDArray[np.int64]) -> Batch:
        """Make the tensors of some examples.

        Parameters
        ----------
        rows : ndarray of int64, shape (B,)
            Which.

        Returns
        -------
        dict of str to Tensor
            ``vectors`` and, where they are wanted, ``targets``.
        """
        chosen = self.rows[rows]
        part = self.matrix[chosen]
        batch = {"vectors": torch.from_numpy(part) if isinstance(part, np.ndarray) else _sparse(part)}
        if self.targets is not None:
            batch["targets"] = torch.from_numpy(self.targets[chosen])
        return batch


def _sparse(part: Any) -> Tensor:
    part = part.tocoo()
    places = torch.from_numpy(np.vstack(part.coords).astype(np.int64))
    values = torch.from_numpy(part.data)
    return torch.sparse_coo_tensor(places, values, part.shape, is_coalesced=True, check_invariants=True)


def vectors_of(X: Any, n_features: int | None = None) -> Any:
    """Check vectors.

    Parameters
    ----------
    X : array_like or sparse matrix, shape (n, F)
        Vectors.
    n_features : int, optional
        Numbers that each must have.

    Returns
    -------
    ndarray of float32 or scipy.sparse.csr_array of float32, shape (n, F)
        Finite numbers.

    Raises
    ------
    ParameterError
        If it is no matrix of numbers, or has another number of columns.
    DataError
        If a number is not finite.
    """
    from scipy import sparse

    if X is None or isinstance(X, str | bytes):
        raise ParameterError("tasks.no_vectors_in", value=X)
    try:
        if sparse.issparse(X):
            matrix = sparse.csr_array(X, dtype=np.float32)
            matrix.sum_duplicates()
            values = matrix.data
        else:
            matrix = values = np.ascontiguousarray(X, np.float32)
    except (TypeError, ValueError) as error:  # words, or rows of unequal length
        raise ParameterError("tasks.no_vectors_in", value=type(X).__name__) from error
    if matrix.ndim != 2 or n_features not in (None, matrix.shape[1]):
        raise ParameterError("tasks.bad_vectors", shape=matrix.shape, n="F" if n_features is None else n_features)
    if not np.isfinite(values).all():
        raise DataError("tasks.vectors_not_finite")
    return matrix


def is_mostly_zero(matrix: Any) -> bool:
    """Tell whether so few numbers differ from 0 that only these are worth keeping.

    Parameters
    ----------
    matrix : ndarray or CSR array, shape (n, F)
        From `vectors_of`.

    Returns
    -------
    bool
        Whether they are fewer than a quarter. False for an empty matrix.
    """
    n_cells = matrix.shape[0] * matrix.shape[1]
    n_values = np.count_nonzero(matrix if isinstance(matrix, np.ndarray) else matrix.data)
    return bool(4 * n_values < n_cells)


def stored(matrix: Any, is_sparse: bool) -> Any:
    """Hold a matrix dense or sparse.

    Parameters
    ----------
    matrix : ndarray or CSR array, shape (n, F)
        From `vectors_of`.
    is_sparse : bool
        Whether as a CSR array.

    Returns
    -------
    ndarray or scipy.sparse.csr_array of float32, shape (n, F)
        The same numbers; sparse without stored zeros, columns rising in each row.
    """
    from scipy import sparse

    if not is_sparse:
        return matrix if isinstance(matrix, np.ndarray) else np.ascontiguousarray(matrix.toarray())
    made = sparse.csr_array(matrix) if isinstance(matrix, np.ndarray) else matrix.copy()
    made.sum_duplicates()
    made.eliminate_zeros()
    return made
