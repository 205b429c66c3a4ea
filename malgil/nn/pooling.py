"""Many to one: from an output for each step to one vector for the sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from malgil.nn.encoded import Encoded
from malgil.nn.masks import masked_softmax, only
from malgil.params import choose


class Pooling(nn.Module):
    """What the forms of pooling share: their sizes. A row of nothing but padding always gives 0.

    Parameters
    ----------
    input_size : int
        Numbers in each step, D.

    Attributes
    ----------
    output_size : int
        Numbers in the result.
    """

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.output_size = input_size


class LastPooling(Pooling):
    """The state after the last step: y_T of the course notes; backward readers give theirs after the first.

    Parameters
    ----------
    input_size : int
        Numbers in each step.
    """

    def forward(self, encoded: Encoded, keep: Tensor) -> Tensor:
        """Pool.

        Parameters
        ----------
        encoded : Encoded
            From an encoder.
        keep : Tensor of bool, shape (B, T)
            True = real.

        Returns
        -------
        Tensor, shape (B, D)
            ``encoded.last``.
        """
        return encoded.last


class MeanPooling(Pooling):
    """The mean over the real steps.

    Parameters
    ----------
    input_size : int
        Numbers in each step.
    """

    def forward(self, encoded: Encoded, keep: Tensor) -> Tensor:
        """Pool.

        Parameters
        ----------
        encoded : Encoded
            From an encoder.
        keep : Tensor of bool, shape (B, T)
            True = real.

        Returns
        -------
        Tensor, shape (B, D)
            Means.
        """
        n_steps = keep.sum(dim=1, keepdim=True).clamp(min=1)
        return only(encoded.y, keep).sum(dim=1) / n_steps.to(encoded.y.dtype)


class MaxPooling(Pooling):
    """The largest of each number over the real steps [1]_.

    Parameters
    ----------
    input_size : int
        Numbers in each step.

    References
    ----------
    .. [1] Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014, section 2.
    """

    def forward(self, encoded: Encoded, keep: Tensor) -> Tensor:
        """Pool.

        Parameters
        ----------
        encoded : Encoded
            From an encoder.
        keep : Tensor of bool, shape (B, T)
            True = real.

        Returns
        -------
        Tensor, shape (B, D)
            Maxima.
        """
        lowest = torch.finfo(encoded.y.dtype).min
        most = encoded.y.masked_fill(~keep.unsqueeze(-1), lowest).amax(dim=1)
        return most * keep.any(dim=1, keepdim=True)


class AttentionPooling(Pooling):
    r"""A weighted mean; how much a step weighs is learned [1]_.

    Parameters
    ----------
    input_size : int
        Numbers in each step.

    Notes
    -----
    .. math:: u_t = \tanh(W y_t + b), \quad a_t = \frac{\exp(u_t \cdot v)}{\sum_k \exp(u_k \cdot v)}, \quad
       s = \sum_t a_t y_t

    References
    ----------
    .. [1] Yang et al., "Hierarchical Attention Networks for Document Classification", NAACL 2016, section 2.2.
    """

    def __init__(self, input_size: int) -> None:
        super().__init__(input_size)
        self.project = nn.Linear(input_size, input_size)
        self.v = nn.Parameter(torch.empty(input_size).uniform_(-(input_size**-0.5), input_size**-0.5))

    def weights(self, encoded: Encoded, keep: Tensor) -> Tensor:
        """Say how much each step counts.

        Parameters
        ----------
        encoded : Encoded
            From an encoder.
        keep : Tensor of bool, shape (B, T)
            True = real.

        Returns
        -------
        Tensor, shape (B, T)
            Shares that sum to 1 in each row; 0 on padding.
        """
        return masked_softmax(torch.tanh(self.project(encoded.y)) @ self.v, keep)

    def forward(self, encoded: Encoded, keep: Tensor) -> Tensor:
        """Pool.

        Parameters
        ----------
        encoded : Encoded
            From an encoder.
        keep : Tensor of bool, shape (B, T)
            True = real.

        Returns
        -------
        Tensor, shape (B, D)
            Weighted means.
        """
        weights = self.weights(encoded, keep).to(encoded.y.dtype)
        return torch.bmm(weights.unsqueeze(1), only(encoded.y, keep)).squeeze(1)


class ConcatPooling(Pooling):
    """Last, mean and max side by side [1]_.

    Parameters
    ----------
    input_size : int
        Numbers in each step.

    References
    ----------
    .. [1] Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018, section 3.3.
    """

    def __init__(self, input_size: int) -> None:
        super().__init__(input_size)
        self.parts = nn.ModuleList([LastPooling(input_size), MeanPooling(input_size), MaxPooling(input_size)])
        self.output_size = 3 * input_size

    def forward(self, encoded: Encoded, keep: Tensor) -> Tensor:
        """Pool.

        Parameters
        ----------
        encoded : Encoded
            From an encoder.
        keep : Tensor of bool, shape (B, T)
            True = real.

        Returns
        -------
        Tensor, shape (B, 3 * D)
            Last, mean, max.
        """
        return torch.cat([part(encoded, keep) for part in self.parts], dim=1)


POOLINGS: dict[str, type[Pooling]] = {
    "last": LastPooling,
    "mean": MeanPooling,
    "max": MaxPooling,
    "attention": AttentionPooling,
    "concat": ConcatPooling,
}
"""Forms of pooling by name."""


def build_pooling(name: str, input_size: int) -> Pooling:
    """Make a pooling by its name.

    Parameters
    ----------
    name : str
        A key of `POOLINGS`.
    input_size : int
        Numbers in each step.

    Returns
    -------
    Pooling
        The module, called as ``pooling(encoded, keep)``.

    Raises
    ------
    ParameterError
        If there is no such form.
    """
    return choose(POOLINGS, "pooling", name)(input_size)
