"""What the fused cells share: tensors laid out for the kernels, the batch last and padded to the width of the lanes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from malgil.nn.fused_room import Room
from malgil.nn.sweep import Course, Noise

_LANES = 16


class Frame(NamedTuple):
    """One call of a fused cell, for a part of the batch.

    Parameters
    ----------
    rows : slice
        The part, among the rows of the whole batch.
    n_steps : int
        T.
    n_rows : int
        B, rows of the part.
    width : int
        B, rounded up to whole lanes; the columns behind B are padding of zeros.
    hidden : int
        H.
    low : torch.dtype
        What feeds matrix products: bfloat16 under autocast, else float32.
    is_training : bool
        Whether everything that the backward pass needs is kept.
    is_reversed : bool
        Whether step t reads the token T - 1 - t.
    columns : ndarray of float32, shape (2, T + 1, width)
        1 where the token of a step is real; 1 where its state goes on (0: a segment begins).
    drops : tuple of ndarray of float32
        Recurrent mask, (H or 1, width), and zoneout of each state, (T or 1, H or 1, width).
    room : Room
        Where large buffers come from.
    """

    rows: slice
    n_steps: int
    n_rows: int
    width: int
    hidden: int
    low: torch.dtype
    is_training: bool
    is_reversed: bool
    columns: NDArray[np.float32]
    drops: tuple[NDArray[np.float32], ...]
    room: Room

    @property
    def is_half(self) -> bool:
        """Whether narrow numbers are bfloat16."""
        return self.low == torch.bfloat16

    def place(self, t: int) -> int:
        """Place of the token that a step reads.

        Parameters
        ----------
        t : int
            Step.

        Returns
        -------
        int
            In [0, T).
        """
        return self.n_steps - 1 - t if self.is_reversed else t


class Call(NamedTuple):
    """What a call is given beside tensors that may have gradients.

    Parameters
    ----------
    kind : str
        Of the cell.
    low : torch.dtype
        What feeds matrix products: bfloat16 or float32.
    is_training : bool
        Whether a backward pass may follow.
    course : Course
        Padding, segments, direction.
    noise : Noise
        Recurrent mask and zoneout.
    n_states : int
        States of the cell.
    """

    kind: str
    low: torch.dtype
    is_training: bool
    course: Course
    noise: Noise
    n_states: int


def make_frame(call: Call, rows: slice, n_steps: int, hidden: int, room: Room) -> Frame:
    """Lay out masks and noise of a part of the batch.

    Parameters
    ----------
    call : Call
        The whole call.
    rows : slice
        The part.
    n_steps : int
        T.
    hidden : int
        H.
    room : Room
        Where large buffers come from.

    Returns
    -------
    Frame
        With arrays in the order of the steps.
    """
    course, n_rows = call.course, rows.stop - rows.start
    width = padded(n_rows)
    columns = torch.zeros(2, n_steps + 1, width)
    columns[1] = 1
    columns[0, :n_steps, :n_rows] = 1 if course.keep is None else _walked(course.keep[rows], course.reverse).t()
    if course.reset is not None:
        columns[1, :n_steps, :n_rows] -= _walked(course.reset[rows], course.reverse).t().float()
    drops = [np.ones((1, width), np.float32)]
    if call.noise.recurrent is not None:
        drops = [as_columns(call.noise.recurrent[rows], width).numpy()]
    for zone in call.noise.zone or (None,) * call.n_states:
        drops.append(_zone(zone[rows] if isinstance(zone, Tensor) else zone, width, course.reverse, room))
    facts = (n_steps, n_rows, width, hidden, call.low, call.is_training, course.reverse)
    return Frame(rows, *facts, columns.numpy(), tuple(drops), room)


def padded(n_rows: int) -> int:
    """Columns for a number of rows.

    Parameters
    ----------
    n_rows : int
        Rows of a batch.

    Returns
    -------
    int
        The next multiple of the lanes.
    """
    return -(-n_rows // _LANES) * _LANES


def _walked(x: Tensor, is_reversed: bool) -> Tensor:
    """Put what is batch-first into the order of the steps."""
    return x.flip(1) if is_reversed else x


def _zone(zone: Tensor | float | None, width: int, is_reversed: bool, room: Room) -> NDArray[np.float32]:
    if not isinstance(zone, Tensor):
        return np.full((1, 1, width), zone or 0.0, np.float32)
    return _over_steps(zone, width, is_reversed, room).numpy()


def _over_steps(x: Tensor, width: int, is_reversed: bool, room: Room) -> Tensor:
    """Put what is batch-first, (B, T, H), step by step, (T, H, width)."""
    laid = room.empty(x.shape[1], x.shape[2], width)
    laid[:, :, x.shape[0] :] = 0
    laid[:, :, : x.shape[0]] = _walked(x.detach(), is_reversed).permute(1, 2, 0)
    return laid


def as_columns(state: Tensor, width: int) -> Tensor:
    """Turn a state so that the batch is last.

    Parameters
    ----------
    state : Tensor, shape (B, H)
        Any state or mask.
    width : int
        Columns of the result; those behind B are zero.

    Returns
    -------
    Tensor of float32, shape (H, width)
        A copy.
    """
    laid = torch.zeros(state.shape[1], width)
    laid[:, : state.shape[0]] = state.detach().t()
    return laid


def output_gradients(d_y: Tensor, frame: Frame) -> Tensor:
    """Lay gradients of outputs out step by step, all at once: two threads hinder each other at every short call.

    Parameters
    ----------
    d_y : Tensor, shape (B, T, H)
        Of the rows of a part.
    frame : Frame
        Of the part.

    Returns
    -------
    Tensor of float32, shape (T, H, width)
        A copy; zero where there is padding, whose outputs do not depend on anything.
    """
    laid = _over_steps(d_y, frame.width, frame.is_reversed, frame.room)
    is_real = torch.from_numpy(frame.columns)[0, :-1, None]
    return laid if is_real[..., : frame.n_rows].all() else laid.mul_(is_real)


def as_rows(x: Tensor, frame: Frame, keep: Tensor | None, rows: Tensor) -> None:
    """Lay the inputs of a part of the batch out step by step.

    Parameters
    ----------
    x : Tensor, shape (whole B, T, E)
        Input.
    frame : Frame
        Of the part.
    keep : Tensor of bool, shape (whole B, T), optional
        False where there is padding, whatever stands there.
    rows : Tensor, shape (T, width, E)
        Written; rows of padding are zero.
    """
    rows[:, frame.n_rows :] = 0
    rows[:, : frame.n_rows] = _walked(x[frame.rows].detach(), frame.is_reversed).transpose(0, 1)
    if keep is not None:
        is_empty = ~_walked(keep[frame.rows], frame.is_reversed).t()
        rows[:, : frame.n_rows].masked_fill_(is_empty[:, :, None], 0)


def from_rows(rows: Tensor, frame: Frame, x: Tensor) -> None:
    """Undo `as_rows`.

    Parameters
    ----------
    rows : Tensor, shape (T * width, E)
        Step by step.
    frame : Frame
        Of the part.
    x : Tensor of float32, shape (whole B, T, E)
        The rows of the part are written.
    """
    by_step = rows.unflatten(0, (frame.n_steps, frame.width))[:, : frame.n_rows]
    x[frame.rows] = _walked(by_step.transpose(0, 1), frame.is_reversed)


def bits(x: Tensor) -> NDArray[Any]:
    """See narrow numbers as the bits that kernels read and write.

    Parameters
    ----------
    x : Tensor of bfloat16 or float32
        Contiguous.

    Returns
    -------
    ndarray of uint16 or uint32
        The same memory.
    """
    if x.dtype == torch.bfloat16:
        return x.view(torch.int16).numpy().view(np.uint16)
    return x.numpy().view(np.uint32)
