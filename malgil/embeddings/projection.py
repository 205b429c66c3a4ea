"""Vectors on a plane, to be drawn: principal components, or neighbourhoods (t-SNE)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from malgil.params import choose

Floats = NDArray[np.float64]

_PERPLEXITY = 30.0


def pca(rows: Floats, seed: int = 0) -> Floats:
    r"""Project on the two directions along which the vectors differ most.

    Parameters
    ----------
    rows : ndarray of float64, shape (n, dim)
        Vectors.
    seed : int
        Not used.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Centred; each axis turned so that its largest number is positive. Zeros where there is no such direction.

    Notes
    -----
    .. math:: X - \bar X = U S V^T, \quad Y = U_2 S_2

    References
    ----------
    .. [1] Pearson, "On Lines and Planes of Closest Fit to Systems of Points in Space", 1901.
    """
    centred = rows - rows.mean(axis=0) if len(rows) else rows
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    places = np.zeros((len(rows), 2))
    n = min(2, len(sizes))
    places[:, :n] = left[:, :n] * sizes[:n]
    for axis in range(n):
        if places[np.abs(places[:, axis]).argmax(), axis] < 0:
            places[:, axis] *= -1.0
    return places


def tsne(rows: Floats, seed: int = 0) -> Floats:
    """Place vectors so that near ones stay near, by scikit-learn.

    Parameters
    ----------
    rows : ndarray of float64, shape (n, dim)
        Vectors.
    seed : int
        Of scikit-learn.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Distances between far groups mean nothing; `pca` for fewer than five vectors.

    References
    ----------
    .. [1] van der Maaten, Hinton, "Visualizing Data using t-SNE", JMLR 9, 2008.
    """
    if len(rows) < 5:
        return pca(rows, seed)
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3.0)
    places: Floats = TSNE(init="pca", perplexity=perplexity, random_state=seed).fit_transform(rows).astype(np.float64)
    return places


PROJECTIONS: dict[str, Callable[[Floats, int], Floats]] = {"pca": pca, "tsne": tsne}
"""Ways onto the plane, by name."""


def project(rows: NDArray[np.float32], method: str = "pca", seed: int = 0) -> Floats:
    """Bring vectors onto a plane.

    Parameters
    ----------
    rows : ndarray of float32, shape (n, dim)
        Vectors; brought to length 1 first, so that directions are compared.
    method : {"pca", "tsne"}
        A key of `PROJECTIONS`.
    seed : int
        Of t-SNE.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Places.

    Raises
    ------
    ParameterError
        If there is no such method.
    """
    from malgil.embeddings.space import directions

    return choose(PROJECTIONS, "method", method)(directions(np.asarray(rows, np.float64)), seed)
