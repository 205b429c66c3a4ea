"""Layer norm inside a fused cell: of the products with W_x and of those with W_h, step by step."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from malgil.nn.fused_frame import bits


class Products:
    """Products of one weight matrix, normalised in place, with what their gradient needs.

    Parameters
    ----------
    buffer : Tensor, shape (n, G, H, N)
        Where products are written; n is the number of steps, or 1 where nothing is kept.
    gains : Tensor of float32, shape (G * H,), optional
        Of the norm; without it products stay as they are.
    """

    def __init__(self, buffer: Tensor, gains: Tensor | None) -> None:
        self.buffer = buffer
        self.flat = list(buffer.flatten(1, 2))
        self.arrays: list[Any] = list(bits(buffer))
        self.is_half = buffer.dtype == torch.bfloat16
        self.gains = None if gains is None else gains.detach().float().view(buffer.shape[1:3]).numpy()
        if gains is not None:
            self.scales = torch.empty(buffer.shape[0], buffer.shape[1], buffer.shape[3]).numpy()

    def normalise(self, t: int) -> Any:
        """Normalise the products of a step, if asked for.

        Parameters
        ----------
        t : int
            Step; only the last is kept where the buffer holds one.

        Returns
        -------
        ndarray of narrow, shape (G, H, N)
            What the step of the cell reads.
        """
        at = t % len(self.arrays)
        if self.gains is not None:
            from malgil.nn._norm_kernels import normalise

            normalise(self.is_half, self.arrays[at], self.scales[at])
        return self.arrays[at]

    def start_back(self) -> None:
        """Begin the sums of the backward pass."""
        if self.gains is not None:
            self.d_vectors = torch.zeros(2, *self.gains.shape)

    def backward(self, t: int, d: Tensor) -> Tensor:
        """Take gradients of a step back through the norm.

        Parameters
        ----------
        t : int
            Step.
        d : Tensor, shape (G, H, N)
            Gradients behind the norm.

        Returns
        -------
        Tensor, shape (G, H, N)
            Gradients of the products, in the place of the products; the given ones where there is no norm.
        """
        if self.gains is None:
            return d
        from malgil.nn._norm_kernels import normalise_backward

        around = (self.arrays[t], self.scales[t], self.gains, bits(d), self.arrays[t], self.d_vectors.numpy())
        normalise_backward(self.is_half, *around)
        return self.buffer[t]
