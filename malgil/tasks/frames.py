"""Clips: frames of pixels of unequal number, joined into one array whose rows are frames. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.tasks.numeric_series import borders_of

Frame = tuple[int, int, int]
"""Height, width and colours of a frame."""
COLOURS = 3
"""Red, green, blue."""


class Frames(NamedTuple):
    """Clips one after another.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n + 1,)
        Borders of the clips.
    pixels : ndarray of uint8 or float32, shape (n_frames, h * w * 3)
        Whole numbers in [0, 255], or shares in [0, 1]: a frame a row.
    frame : tuple of int
        Height, width and 3.
    """

    indptr: NDArray[np.int64]
    pixels: NDArray[Any]
    frame: Frame


def is_clip(row: Any) -> bool:
    """Tell whether an input is a clip.

    Parameters
    ----------
    row : object
        One input.

    Returns
    -------
    bool
        Whether it is an array with four axes.
    """
    return isinstance(row, np.ndarray) and row.ndim == 4


def joined_frames(X: Iterable[Any], frame: Frame | None = None) -> Frames:
    """Join clips.

    Parameters
    ----------
    X : iterable of ndarray, shape (T, h, w, 3)
        At least one. Whole numbers lie in [0, 255], others in [0, 1].
    frame : tuple of int, optional
        What (h, w, 3) must be; by default that of the first.

    Returns
    -------
    Frames
        As uint8 where all clips hold whole numbers.

    Raises
    ------
    DataError
        If a clip has another shape or other values; names its row.
    """
    rows: list[NDArray[Any]] = []
    for place, given in enumerate(X):
        clip = np.asarray(given)
        if frame is None and clip.ndim == 4:
            frame = (int(clip.shape[1]), int(clip.shape[2]), int(clip.shape[3]))
        is_whole = clip.dtype.kind in "iub"
        most = 255 if is_whole else 1
        is_sound = clip.ndim == 4 and clip.shape[1:] == frame and frame[2] == COLOURS and min(frame) > 0
        if not is_sound or clip.dtype.kind not in "iubf" or not ((clip >= 0) & (clip <= most)).all():
            raise DataError("tasks.bad_frames", row=place, shape=clip.shape, dtype=str(clip.dtype))
        rows.append(clip.reshape(len(clip), int(np.prod(clip.shape[1:]))).astype(np.uint8 if is_whole else np.float32))
    assert frame is not None
    if any(row.dtype != np.uint8 for row in rows):
        rows = [shares_of(row) for row in rows]
    return Frames(borders_of(rows), np.concatenate(rows), frame)


def shares_of(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Bring pixels into [0, 1].

    Parameters
    ----------
    pixels : ndarray of uint8 or float32
        Whole numbers in [0, 255], or shares.

    Returns
    -------
    ndarray of float32, of the same shape
        Shares.
    """
    return pixels.astype(np.float32) / np.float32(255) if pixels.dtype == np.uint8 else pixels.astype(np.float32)
