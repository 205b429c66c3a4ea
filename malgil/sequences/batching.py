"""Batches of sequences of like length, in a random order that is the same for the same seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.errors import ParameterError


def buckets(
    lengths: ArrayLike,
    batch_size: int | None = None,
    *,
    max_tokens: int | None = None,
    pool: int = 50,
    seed: int | tuple[int, ...] = 0,
) -> list[NDArray[np.int64]]:
    """Draw batches of rows of like length, every row once.

    Parameters
    ----------
    lengths : array_like of int, shape (n_rows,)
        Of the sequences.
    batch_size : int, optional
        Rows of a batch. Give this or `max_tokens`, or both.
    max_tokens : int, optional
        Cells of a batch once it is padded, rows x longest; a longer row is a batch of its own.
    pool : int
        Batches that are sorted by length together: more leave less padding, fewer more chance.
    seed : int or tuple of int
        Decides the order; ``(seed, epoch)`` gives each epoch its own.

    Returns
    -------
    list of ndarray of int64
        Numbers of rows. The longest of a pool stand in one batch, the batches come in random order.

    Raises
    ------
    ParameterError
        If neither size is given, or one is below 1.

    Notes
    -----
    The rows are shuffled and dealt into pools, each pool is sorted by length (equal ones stay shuffled) and cut into
    batches, and the batches are shuffled. A row is hence never far from rows that it was drawn with, and yet there is
    hardly more padding than after a full sort.

    Examples
    --------
    >>> [rows.tolist() for rows in buckets([9, 1, 8, 2], 2, seed=0)]
    [[2, 0], [1, 3]]
    """
    sizes = np.asarray(lengths, np.int64)
    if (batch_size is None and max_tokens is None) or min(batch_size or 1, max_tokens or 1, pool) < 1:
        raise ParameterError("sequences.bad_batch", batch_size=batch_size, max_tokens=max_tokens, pool=pool)
    if 0 in (batch_size, max_tokens):
        raise ParameterError("sequences.bad_batch", batch_size=batch_size, max_tokens=max_tokens, pool=pool)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(sizes))
    mean = max(1.0, float(sizes.mean())) if len(sizes) else 1.0
    a_batch = batch_size if max_tokens is None else max(1, int(max_tokens / mean))
    a_pool = pool * (min(a_batch, batch_size) if batch_size and a_batch else a_batch or 1)
    batches: list[NDArray[np.int64]] = []
    for low in range(0, len(order), a_pool):
        rows = order[low : low + a_pool]
        rows = rows[np.argsort(sizes[rows], kind="stable")]
        batches += _cut(rows, sizes[rows], batch_size, max_tokens)
    return [batches[at] for at in rng.permutation(len(batches)).tolist()]


def _cut(
    rows: NDArray[np.int64], sizes: NDArray[np.int64], batch_size: int | None, max_tokens: int | None
) -> list[NDArray[np.int64]]:
    """Cut rows of rising length into batches as large as they may be."""
    if max_tokens is None and batch_size is not None:
        return [rows[low : low + batch_size] for low in range(0, len(rows), batch_size)]
    most = batch_size or len(rows)
    batches, low = [], 0
    for at, size in enumerate(sizes.tolist()):
        n = at - low
        if n and (n >= most or (n + 1) * size > (max_tokens or 0)):
            batches.append(rows[low:at])
            low = at
    return [*batches, rows[low:]]
