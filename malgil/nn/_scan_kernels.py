"""Kernels of the minimal cells: the linear recurrence h_t = a_t * h_{t-1} + u_t, forward and backward."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@njit(nogil=True, cache=True)
def scan_forward(a: Floats, u: Floats, first: Floats, is_reversed: bool, h: Floats) -> None:
    """Walk the recurrence.

    Parameters
    ----------
    a : ndarray of float32, shape (B, T, H)
        Factors.
    u : ndarray of float32, shape (B, T, H)
        Terms.
    first : ndarray of float32, shape (B, H)
        State before the first step.
    is_reversed : bool
        Whether the walk goes from T - 1 to 0.
    h : ndarray of float32, shape (B, T, H)
        Written: states.
    """
    n_steps = a.shape[1]
    for i in range(a.shape[0]):
        for step in range(n_steps):
            t = n_steps - 1 - step if is_reversed else step
            if step == 0:
                for j in range(a.shape[2]):
                    h[i, t, j] = a[i, t, j] * first[i, j] + u[i, t, j]
            else:
                before = t + 1 if is_reversed else t - 1
                for j in range(a.shape[2]):
                    h[i, t, j] = a[i, t, j] * h[i, before, j] + u[i, t, j]


@njit(nogil=True, cache=True)
def scan_backward(
    a: Floats, h: Floats, first: Floats, is_reversed: bool, d_h: Floats, d_a: Floats, d_u: Floats, d_first: Floats
) -> None:
    """Walk the recurrence back.

    Parameters
    ----------
    a : ndarray of float32, shape (B, T, H)
        Factors.
    h : ndarray of float32, shape (B, T, H)
        States, as `scan_forward` wrote them.
    first : ndarray of float32, shape (B, H)
        State before the first step.
    is_reversed : bool
        Whether the walk went from T - 1 to 0.
    d_h : ndarray of float32, shape (B, T, H)
        Gradients of the states.
    d_a : ndarray of float32, shape (B, T, H)
        Written: gradients of the factors.
    d_u : ndarray of float32, shape (B, T, H)
        Written: gradients of the terms.
    d_first : ndarray of float32, shape (B, H)
        Written: gradient of the first state.
    """
    n_steps = a.shape[1]
    for i in range(a.shape[0]):
        d_first[i] = 0
        for step in range(n_steps - 1, -1, -1):
            t = n_steps - 1 - step if is_reversed else step
            for j in range(a.shape[2]):
                d_u[i, t, j] = d_h[i, t, j] + d_first[i, j]
            if step == 0:
                for j in range(a.shape[2]):
                    d_a[i, t, j] = d_u[i, t, j] * first[i, j]
            else:
                before = t + 1 if is_reversed else t - 1
                for j in range(a.shape[2]):
                    d_a[i, t, j] = d_u[i, t, j] * h[i, before, j]
            for j in range(a.shape[2]):
                d_first[i, j] = d_u[i, t, j] * a[i, t, j]
