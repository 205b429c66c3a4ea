"""What scikit-learn decides once it is loaded: the kind of sparse matrix, and the class of an error."""

from __future__ import annotations

import sys
from typing import Any

from malgil.errors import MalgilError, NotFittedError


def align(matrix: Any) -> Any:
    """Give a matrix the interface that scikit-learn's setting ``sparse_interface`` asks for.

    Parameters
    ----------
    matrix : scipy.sparse matrix or array
        Any format; shares its arrays with the result.

    Returns
    -------
    scipy.sparse matrix or array
        A ``csr_matrix`` by scikit-learn's default, a ``csr_array`` under ``sparse_interface="sparray"``.
    """
    import scipy.sparse

    sklearn = sys.modules.get("sklearn")
    wanted = sklearn.get_config().get("sparse_interface", "spmatrix") if sklearn is not None else "spmatrix"
    is_matrix = scipy.sparse.isspmatrix(matrix)
    if is_matrix == (wanted == "spmatrix"):
        return matrix
    return getattr(scipy.sparse, f"{matrix.format}_{'matrix' if wanted == 'spmatrix' else 'array'}")(matrix)


def not_fitted(key: str, **fields: object) -> NotFittedError:
    """Make the error for an estimator that has not learnt yet.

    Parameters
    ----------
    key : str
        Message key.
    **fields : object
        Values of the message's placeholders.

    Returns
    -------
    NotFittedError
        Also an instance of ``sklearn.exceptions.NotFittedError`` where scikit-learn is loaded.
    """
    peer = sys.modules.get("sklearn.exceptions")
    if peer is None:
        return NotFittedError(key, **fields)

    class _NotFitted(NotFittedError, peer.NotFittedError):  # type: ignore[name-defined]
        __qualname__ = __name__ = "NotFittedError"

        def __reduce__(self) -> tuple[Any, ...]:
            return _again, (self.key, self.fields)

    return _NotFitted(key, **fields)


def _again(key: str, fields: dict[str, object]) -> MalgilError:
    return not_fitted(key, **fields)
