"""Images: a small convolutional encoder, for one vector and for a grid that attention can look at."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Seen(NamedTuple):
    """An image after the encoder.

    Parameters
    ----------
    vector : Tensor, shape (B, D)
        The image as a whole.
    grid : Tensor, shape (B, n, D)
        Its places, row by row from the top left.
    """

    vector: Tensor
    grid: Tensor


class ImageEncoder(nn.Module):
    """Blocks of convolution, each with a fourth of the places of the one before.

    Parameters
    ----------
    output_size : int
        Numbers in the vector and in each place of the grid, D.
    channels : tuple of int
        Channels after each block; an image of h by w pixels gives a grid of h / 2^k by w / 2^k.
    n_colours : int
        Channels of the image.

    Notes
    -----
    A block is: 3 x 3 convolution, normalisation in groups of eight channels [1]_ (over the image alone, so that the
    other images of a batch do not count), max(0, x), largest of each 2 x 2 places. The image gets two more channels,
    row and column from -1 to 1 [2]_: without them a mean over places could not say where something is. The vector is
    a linear map of mean and maximum over the places.

    References
    ----------
    .. [1] Wu and He, "Group Normalization", ECCV 2018.
    .. [2] Liu et al., "An Intriguing Failing of Convolutional Neural Networks and the CoordConv Solution",
       NeurIPS 2018.
    """

    def __init__(self, output_size: int = 128, channels: tuple[int, ...] = (32, 64), *, n_colours: int = 3) -> None:
        super().__init__()
        self.output_size = output_size
        sizes = [n_colours + 2, *channels]
        self.blocks = nn.Sequential(*(_block(*pair) for pair in itertools.pairwise(sizes)))
        self.to_grid = nn.Linear(sizes[-1], output_size)
        self.to_vector = nn.Linear(2 * output_size, output_size)

    def forward(self, images: Tensor) -> Seen:
        """Look at images.

        Parameters
        ----------
        images : Tensor, shape (B, n_colours, h, w)
            Values in [0, 1]; or of uint8, in [0, 255].

        Returns
        -------
        Seen
            Vector and grid.
        """
        if images.dtype == torch.uint8:
            images = images.to(self.to_grid.weight.dtype) / 255
        y = self.blocks(torch.cat([images, _coordinates(images)], dim=1))
        grid = torch.relu(self.to_grid(y.flatten(2).transpose(1, 2)))  # (B, n, D)
        return Seen(torch.tanh(self.to_vector(torch.cat([grid.mean(dim=1), grid.amax(dim=1)], dim=1))), grid)

    def frames(self, clips: Tensor) -> Tensor:
        """Look at each frame of clips.

        Parameters
        ----------
        clips : Tensor, shape (B, T, n_colours, h, w)
            Values in [0, 1]; or of uint8, in [0, 255].

        Returns
        -------
        Tensor, shape (B, T, D)
            A vector for each frame.
        """
        return self(clips.flatten(0, 1)).vector.unflatten(0, clips.shape[:2])  # type: ignore[no-any-return]


def _block(n_in: int, n_out: int) -> nn.Sequential:
    groups = max(1, n_out // 8) if n_out % 8 == 0 else 1
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, padding=1), nn.GroupNorm(groups, n_out), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)
    )


def _coordinates(images: Tensor) -> Tensor:
    """Row and column of each pixel, (B, 2, h, w)."""
    n, _, height, width = images.shape
    rows = torch.linspace(-1, 1, height, device=images.device, dtype=images.dtype)
    columns = torch.linspace(-1, 1, width, device=images.device, dtype=images.dtype)
    return torch.stack(torch.meshgrid(rows, columns, indexing="ij")).expand(n, -1, -1, -1)
