"""Run an exported network with onnxruntime: rows of any length in, their outputs in the same order out. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ArtefactError, MissingError
from malgil.sequences.specials import PAD

BATCH = 128  # rows that run together; sorted by length, so that little padding is computed
_MOST_STEPS = 1 << 16  # steps of a batch with its padding: a few very long rows run by themselves


def open_session(content: bytes, name: str = "model.onnx") -> Any:
    """Load a network.

    Parameters
    ----------
    content : bytes
        Of the ``.onnx`` file.
    name : str
        What to call it in messages.

    Returns
    -------
    onnxruntime.InferenceSession
        On the processor; on a graphics card where onnxruntime has one.

    Raises
    ------
    MissingError
        If onnxruntime is not installed.
    ArtefactError
        If it refuses the file.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingError("models.no_onnxruntime") from error
    try:
        return onnxruntime.InferenceSession(content, providers=onnxruntime.get_available_providers())
    except Exception as error:  # its own exceptions have no common base
        raise ArtefactError("models.onnx_refused", path=name, reason=str(error).partition("\n")[0]) from error


def run_rows(session: Any, rows: dict[str, Sequence[NDArray[Any]]]) -> list[list[NDArray[np.float32]]]:
    """Run rows of unequal length.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        Takes the names of `rows` and ``lengths``.
    rows : dict
        Name of an input -> n arrays whose axis 0 is time: term ids (T,), spellings (T, C) or numbers (T, C). The first
        says how long each row is. A row without steps runs as one step of padding.

    Returns
    -------
    list of list of ndarray
        For each row its outputs, in the order of the network's; those with an axis of time are cut to the row's length.
    """
    first = next(iter(rows.values()))
    lengths = np.array([len(row) for row in first], np.int64)
    results: list[list[NDArray[np.float32]]] = [[] for _ in first]
    has_time = [len(output.shape) == 3 for output in session.get_outputs()]
    for batch in batches_of(lengths):
        longest = max(int(lengths[batch].max()), 1)
        feed = {name: padded([arrays[row] for row in batch], longest) for name, arrays in rows.items()}
        outputs = session.run(None, {**feed, "lengths": lengths[batch]})
        for place, row in enumerate(batch):
            results[row] = [
                output[place, : lengths[row]] if timed else output[place]
                for output, timed in zip(outputs, has_time, strict=True)
            ]
    return results


def batches_of(lengths: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Put rows of like length together.

    Parameters
    ----------
    lengths : ndarray of int64, shape (n,)
        Steps of each row.

    Returns
    -------
    list of ndarray of int64
        Numbers of rows, the shortest first; at most `BATCH` in each.
    """
    order = np.argsort(lengths, kind="stable")
    batches, start = [], 0
    while start < len(order):
        end = min(start + BATCH, len(order))
        while end > start + 1 and lengths[order[end - 1]] * (end - start) > _MOST_STEPS:
            end = start + (end - start) // 2
        batches.append(order[start:end])
        start = end
    return batches


def padded(rows: Sequence[NDArray[Any]], n_steps: int) -> NDArray[Any]:
    """Put rows of unequal length into one array, padding on the right.

    Parameters
    ----------
    rows : sequence of ndarray
        At least one; equal but for axis 0. Those of two axes may also differ in the second, if they hold integers.
    n_steps : int
        At least as long as the longest.

    Returns
    -------
    ndarray, shape (B, n_steps) or (B, n_steps, C)
        int64 or float32; 0 on padding.
    """
    is_whole = np.issubdtype(rows[0].dtype, np.integer)
    widths = [row.shape[1] for row in rows if row.ndim == 2]
    shape = (len(rows), n_steps, max([*widths, 1])) if widths else (len(rows), n_steps)
    out = np.full(shape, PAD, np.int64) if is_whole else np.zeros(shape, np.float32)
    for place, row in enumerate(rows):
        if row.ndim == 2:
            out[place, : len(row), : row.shape[1]] = row
        else:
            out[place, : len(row)] = row
    return out


def best_tags(
    emissions: NDArray[np.floating[Any]],
    transitions: NDArray[np.floating[Any]],
    start: NDArray[np.floating[Any]],
    end: NDArray[np.floating[Any]],
) -> NDArray[np.int64]:
    r"""Find the labels that fit best as a whole (Viterbi), as `malgil.nn.crf.LinearChainCRF.decode` does.

    Parameters
    ----------
    emissions : ndarray of float, shape (T, K)
        Scores of the labels at each step.
    transitions : ndarray of float, shape (K, K)
        From label, to label.
    start, end : ndarray of float, shape (K,)
        Scores of the first and last label.

    Returns
    -------
    ndarray of int64, shape (T,)
        Of equally good paths the one whose last labels have the lower numbers.

    Notes
    -----
    .. math:: \delta_t(k) = e_{t,k} + \max_j (\delta_{t-1}(j) + A_{jk})

    References
    ----------
    .. [1] Viterbi, "Error Bounds for Convolutional Codes", IEEE Transactions on Information Theory 1967.
    """
    if not len(emissions):
        return np.zeros(0, np.int64)
    best, origins = start + emissions[0], []
    for row in emissions[1:]:
        found = best[:, None] + transitions
        origins.append(found.argmax(0))
        best = found.max(0) + row
    path = [int((best + end).argmax())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return np.array(path[::-1], np.int64)
