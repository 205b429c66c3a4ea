"""Room for the large buffers of a fused call, lent again from call to call.

Memory that goes back to the operating system is cleared page by page when it is wanted again, which can take as long as
the kernels that write to it. So the buffers of a call that is over are kept for the next, sorted by the power of two
that their bytes fit in, and of each such size no more than 64 MiB together.
"""

from __future__ import annotations

from collections import deque

import torch
from torch import Tensor

_SMALLEST, _KEPT_BYTES = 1 << 16, 1 << 26
_kept: dict[int, deque[Tensor]] = {
    1 << power: deque(maxlen=min(16, _KEPT_BYTES >> power)) for power in range(_SMALLEST.bit_length() - 1, 27)
}
"""Buffers that nobody uses, by their bytes; what is done to a deque here is atomic, so threads need no lock."""


class Room:
    """Buffers lent to one call; they are free again once it is gone, so none of them may be part of its result."""

    def __init__(self) -> None:
        self._lent: list[Tensor] = []

    def __del__(self) -> None:
        for buffer in self._lent:
            _kept[len(buffer)].append(buffer)

    def empty(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """Lend a tensor.

        Parameters
        ----------
        *shape : int
            Its axes.
        dtype : torch.dtype
            Of its numbers.

        Returns
        -------
        Tensor
            Contiguous, with whatever stood there.
        """
        n_bytes = torch.Size(shape).numel() * dtype.itemsize
        size = 1 << max(n_bytes - 1, 0).bit_length()
        if size not in _kept:
            return torch.empty(shape, dtype=dtype)
        try:
            buffer = _kept[size].pop()
        except IndexError:
            buffer = torch.empty(size, dtype=torch.uint8)
        self._lent.append(buffer)
        return buffer[:n_bytes].view(dtype).view(shape)
