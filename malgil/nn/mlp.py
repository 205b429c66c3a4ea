"""One to one: a perceptron of several layers, from a vector to a vector."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

from malgil.nn.masks import wide


class MLP(nn.Module):
    r"""Layers of neurons, each seeing all of the layer before.

    Parameters
    ----------
    input_size : int
        Numbers in a vector.
    hidden_size : int
        Neurons in each layer.
    num_layers : int
        Layers; 0 hands the vector through.
    dropout : float
        Share of the numbers of each layer's input that training sets to 0, in [0, 1).

    Attributes
    ----------
    output_size : int
        Numbers in a result.

    Notes
    -----
    .. math:: h_0 = x, \qquad h_l = \max(0, W_l h_{l-1} + b_l)

    The first layer takes sparse vectors as they are, such as rows of TF-IDF; they get no dropout.
    Weights start as in [1]_: normal with variance 2 / inputs, so that the size of the signal stays through the layers.

    References
    ----------
    .. [1] He et al., "Delving Deep into Rectifiers", ICCV 2015, section 2.2.
    """

    def __init__(self, input_size: int, hidden_size: int = 256, num_layers: int = 1, *, dropout: float = 0.0) -> None:
        super().__init__()
        sizes = [input_size] + [hidden_size] * num_layers
        self.output_size = sizes[-1]
        self.layers = nn.ModuleList(nn.Linear(*pair) for pair in itertools.pairwise(sizes))
        self.dropout = nn.Dropout(dropout)
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")  # type: ignore[arg-type]
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Map vectors.

        Parameters
        ----------
        x : Tensor, shape (..., E), or sparse COO Tensor, shape (B, E)
            Vectors.

        Returns
        -------
        Tensor, shape (..., H)
            The last layer's neurons, >= 0.
        """
        if x.is_sparse and not len(self.layers):
            return x.to_dense()
        for layer in self.layers:
            x = _sparse_linear(layer, x) if x.is_sparse else layer(self.dropout(x))  # type: ignore[arg-type]
            x = torch.relu(x)
        return x


def _sparse_linear(layer: nn.Linear, x: Tensor) -> Tensor:
    # bfloat16 would round the few products that there are and save nothing
    with torch.autocast(x.device.type, enabled=False):
        product: Tensor = torch.sparse.mm(wide(x), layer.weight.t())
    return product + layer.bias
