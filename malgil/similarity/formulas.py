"""The measures as formulas of two sparse vectors, added in the very order in which the kernels add."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from malgil.similarity.rows import Vector


def total(values: NDArray[np.float64]) -> float:
    """Sum from left to right, as the kernels do: NumPy's own sum takes another order and gives other last bits.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        What to add.

    Returns
    -------
    float
        0 for nothing.
    """
    return float(np.cumsum(values)[-1]) if len(values) else 0.0


def length_product(a_squared: float, b_squared: float) -> float:
    """Product of two lengths, from their squares.

    Parameters
    ----------
    a_squared, b_squared : float
        Sums of squares.

    Returns
    -------
    float
        Exact for equal vectors, so that the cosine of a vector with itself is 1 to the last bit.
    """
    product = a_squared * b_squared
    is_in_range = 0.0 < product < math.inf
    return math.sqrt(product) if is_in_range else math.sqrt(a_squared) * math.sqrt(b_squared)


def shared(a: Vector, b: Vector) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """Find the columns that two vectors share.

    Parameters
    ----------
    a, b : Vector
        Of the same space.

    Returns
    -------
    indices : ndarray of int32
        The columns, rising.
    in_a, in_b : ndarray of float64
        The values there.
    """
    indices, in_a, in_b = np.intersect1d(a.indices, b.indices, assume_unique=True, return_indices=True)
    return indices, a.data[in_a], b.data[in_b]


def differences(a: Vector, b: Vector) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Subtract one vector from another.

    Parameters
    ----------
    a, b : Vector
        Of the same space.

    Returns
    -------
    indices : ndarray of int32
        Columns that `a` or `b` has, rising.
    data : ndarray of float64
        ``a - b`` there.
    """
    indices = np.union1d(a.indices, b.indices)
    data = np.zeros(len(indices))
    data[np.searchsorted(indices, a.indices)] = a.data
    data[np.searchsorted(indices, b.indices)] -= b.data
    return indices, data


def dot(a: Vector, b: Vector) -> float:
    """Sum of the products.

    Parameters
    ----------
    a, b : Vector
        Of the same space.

    Returns
    -------
    float
        0 where they share nothing.
    """
    _, in_a, in_b = shared(a, b)
    return total(in_a * in_b)


def cosine(a: Vector, b: Vector) -> float:
    """Sum of the products over the product of the lengths.

    Parameters
    ----------
    a, b : Vector
        Of the same space.

    Returns
    -------
    float
        In [-1, 1].
    """
    product = dot(a, b)
    if product == 0.0:
        return 0.0
    return max(-1.0, min(1.0, product / length_product(total(a.data * a.data), total(b.data * b.data))))


def euclidean(a: Vector, b: Vector) -> float:
    """Root of the sum of the squared differences.

    Parameters
    ----------
    a, b : Vector
        Of the same space.

    Returns
    -------
    float
        At least 0.
    """
    _, data = differences(a, b)
    return math.sqrt(total(data * data))


def jaccard(a: Vector, b: Vector) -> float:
    """Shared columns over all columns.

    Parameters
    ----------
    a, b : Vector
        Of the same space.

    Returns
    -------
    float
        In [0, 1].
    """
    n_both = len(shared(a, b)[0])
    n_either = len(a.indices) + len(b.indices) - n_both
    return n_both / n_either if n_either else 1.0


def ruzicka(a: Vector, b: Vector) -> float:
    """Sum of the smaller values over the sum of the larger ones.

    Parameters
    ----------
    a, b : Vector
        Of the same space, no value negative.

    Returns
    -------
    float
        In [0, 1].
    """
    _, in_a, in_b = shared(a, b)
    smaller = total(np.minimum(in_a, in_b))
    larger = total(a.data) + total(b.data) - smaller
    return smaller / larger if larger else 1.0
