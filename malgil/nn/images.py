"""Images: a small convolutional encoder, for one vector and for a grid that attention can look at."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import torch
from torch import Tensor, nn

_ADDED = 3  # channels: row, column, edges
_SHARPNESS = 4.0  # makes an edge between two clear colours about 1


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


class BatchNorm(nn.BatchNorm2d):
    """Normalisation of each channel over the images and places of a batch.

    A batch of a single image with a single place has no variance: it is normalised with the running mean and variance,
    as in evaluation, and leaves them as they are.

    Parameters
    ----------
    num_features : int
        Channels, C.
    """

    def __init__(self, num_features: int) -> None:
        super().__init__(num_features)
        self.num_batches_tracked = None  # the running values forget at a fixed rate: nothing counts batches

    def forward(self, x: Tensor) -> Tensor:
        """Normalise.

        Parameters
        ----------
        x : Tensor, shape (B, C, h, w)
            Any.

        Returns
        -------
        Tensor, shape (B, C, h, w)
            In training with mean 0 and variance 1 over B, h and w, then gain and offset.
        """
        if x.numel() > self.num_features:
            return super().forward(x)
        return nn.functional.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)


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
    depth : int
        Convolutions in a block.

    Notes
    -----
    A block is `depth` times: 3 x 3 convolution, normalisation over the batch [1]_, max(0, x); then the largest of each
    2 x 2 places. The grid is normalised over the batch as well: what all images have in common is taken out of it, so
    that a decoder sees from the first step what tells them apart. Without that, whether it ever begins to look hangs on
    the seed. In evaluation an image is the same whatever stands beside it.

    The image gets three more channels. Row and column from -1 to 1 [2]_: without them a mean over places could not say
    where something is. And how much each pixel differs from the mean of itself and its neighbours, for the colour in
    which it does most: that shows shapes without colours, so that what makes a square need not be learned for each
    colour anew, and holds for colours in which training showed none.

    The vector is a linear map of mean and maximum over the places, through tanh.

    References
    ----------
    .. [1] Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
       Shift", ICML 2015.
    .. [2] Liu et al., "An Intriguing Failing of Convolutional Neural Networks and the CoordConv Solution",
       NeurIPS 2018.
    """

    def __init__(
        self, output_size: int = 128, channels: tuple[int, ...] = (32, 64), *, n_colours: int = 3, depth: int = 1
    ) -> None:
        super().__init__()
        self.output_size = output_size
        sizes = [n_colours + _ADDED, *channels]
        self.blocks = nn.Sequential(*(_block(*pair, depth) for pair in itertools.pairwise(sizes)))
        self.to_grid = nn.Sequential(nn.Conv2d(sizes[-1], output_size, 1), BatchNorm(output_size), nn.ReLU())
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
            images = images.to(self.to_vector.weight.dtype) / 255
        y = self.blocks(torch.cat([images, _coordinates(images), _edges(images)], dim=1))
        grid = self.to_grid(y).flatten(2).transpose(1, 2)  # (B, n, D)
        return Seen(torch.tanh(self.to_vector(torch.cat([grid.mean(dim=1), grid.amax(dim=1)], dim=1))), grid)

    def frames(self, clips: Tensor, keep: Tensor) -> Tensor:
        """Look at each frame of clips.

        Parameters
        ----------
        clips : Tensor, shape (B, T, n_colours, h, w)
            Values in [0, 1]; or of uint8, in [0, 255].
        keep : Tensor of bool, shape (B, T)
            Which frames are real; the rest are not looked at, and do not count in the norms.

        Returns
        -------
        Tensor, shape (B, T, D)
            A vector for each frame; 0 where there is none.
        """
        seen: Tensor = self(clips[keep]).vector
        return seen.new_zeros(*keep.shape, self.output_size).index_put((keep,), seen)


def _block(n_in: int, n_out: int, depth: int) -> nn.Sequential:
    parts: list[nn.Module] = []
    for size in (n_in, *[n_out] * (depth - 1)):
        parts += [nn.Conv2d(size, n_out, 3, padding=1), BatchNorm(n_out), nn.ReLU()]
    return nn.Sequential(*parts, nn.MaxPool2d(2, ceil_mode=True))


def _coordinates(images: Tensor) -> Tensor:
    """Row and column of each pixel, (B, 2, h, w)."""
    n, _, height, width = images.shape
    rows = torch.linspace(-1, 1, height, device=images.device, dtype=images.dtype)
    columns = torch.linspace(-1, 1, width, device=images.device, dtype=images.dtype)
    return torch.stack(torch.meshgrid(rows, columns, indexing="ij")).expand(n, -1, -1, -1)


def _edges(images: Tensor) -> Tensor:
    """How much each pixel differs from its neighbourhood in the colour in which it does most, (B, 1, h, w)."""
    around = nn.functional.avg_pool2d(images, 3, stride=1, padding=1, count_include_pad=False)
    return _SHARPNESS * (images - around).abs().amax(dim=1, keepdim=True)
