"""Convolution along time: what stands in a window of each width, at every place."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from malgil.nn.masks import only


class Convolution(nn.Module):
    r"""Windows of several widths over the same steps, their outputs side by side.

    Parameters
    ----------
    input_size : int
        Numbers in each step, E.
    output_size : int
        Numbers in each output, D, split among the widths as evenly as it goes.
    widths : tuple of int
        Steps that a window sees, >= 1. Of an even number one more lies to the right of the place than to the left.

    Notes
    -----
    .. math:: y_t = \max(0, W_w [x_{t-l}; \ldots; x_{t-l+w-1}] + b_w), \qquad l = \lfloor (w - 1) / 2 \rfloor

    for each width w; outside the sequence x is 0.

    References
    ----------
    .. [1] Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014, section 2.
    """

    def __init__(self, input_size: int, output_size: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        share, rest = divmod(output_size, len(widths))
        self.widths = widths
        self.windows = nn.ModuleList(
            nn.Conv1d(input_size, share + (place < rest), width) for place, width in enumerate(widths)
        )

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        """Slide the windows.

        Parameters
        ----------
        x : Tensor, shape (B, T, E)
            Steps, the real ones of each row next to each other.
        keep : Tensor of bool, shape (B, T)
            True = real.

        Returns
        -------
        Tensor, shape (B, T, D)
            Outputs >= 0, 0 on padding.
        """
        channels = only(x, keep).transpose(1, 2)  # (B, E, T)
        parts = []
        for width, window in zip(self.widths, self.windows, strict=True):
            left = (width - 1) // 2
            parts.append(window(nn.functional.pad(channels, (left, width - 1 - left))))
        return only(torch.relu(torch.cat(parts, dim=1)).transpose(1, 2), keep)


class CausalConvolution(nn.Module):
    r"""A window that sees a place and what lies before it, at a fixed distance from each other.

    Parameters
    ----------
    size : int
        Numbers in each step and in each output, D.
    width : int
        Steps that the window sees, >= 1.
    dilation : int
        Distance between them.

    Notes
    -----
    .. math:: y_t = \max(0, b + \sum_{k=0}^{w-1} W_k x_{t - k d})

    Before the sequence x is 0, or what the state of an earlier call holds: the last (w - 1) d steps.

    References
    ----------
    .. [1] van den Oord et al., "WaveNet: A Generative Model for Raw Audio", 2016, section 2.1.
    """

    def __init__(self, size: int, width: int, dilation: int) -> None:
        super().__init__()
        self.n_before = (width - 1) * dilation
        self.window = nn.Conv1d(size, size, width, dilation=dilation)

    def forward(self, x: Tensor, keep: Tensor, before: Tensor | None) -> tuple[Tensor, Tensor]:
        """Slide the window.

        Parameters
        ----------
        x : Tensor, shape (B, T, D)
            Steps, the real ones at the left.
        keep : Tensor of bool, shape (B, T)
            True = real.
        before : Tensor, shape (n_before, B, D), optional
            The steps before these.

        Returns
        -------
        tuple of Tensor, shape (B, T, D), and Tensor, shape (n_before, B, D)
            Outputs >= 0, 0 on padding; and the last real steps, for the next call.
        """
        x = only(x, keep)
        if before is None:
            before = x.new_zeros(self.n_before, len(x), x.shape[2])
        whole = torch.cat([before.transpose(0, 1).to(x.dtype), x], dim=1)  # (B, n_before + T, D)
        y = torch.relu(self.window(whole.transpose(1, 2))).transpose(1, 2)
        steps = keep.sum(dim=1, keepdim=True) + torch.arange(self.n_before, device=x.device)
        after = whole.gather(1, steps.unsqueeze(-1).expand(-1, -1, x.shape[2]))
        return only(y, keep), after.transpose(0, 1)
