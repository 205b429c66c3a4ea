r"""The gated recurrent unit (Cho et al. 2014), with the reset gate after the product, as cuDNN and `torch.nn` have it.

    r_t = sigmoid(W_r x_t + U_r h_{t-1} + b_r)                reset gate
    z_t = sigmoid(W_z x_t + U_z h_{t-1} + b_z)                update gate
    n_t = tanh(W_n x_t + b_n + r_t * (U_n h_{t-1} + b'_n))    candidate
    h_t = (1 - z_t) * n_t + z_t * h_{t-1}

In the paper r_t multiplies h_{t-1} before the product with U_n, and z_t stands where 1 - z_t stands here. With layer
norm (Ba et al. 2016) each product is normalised over the numbers of its gate, U_n h inside the reset product too.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from malgil.nn.dropouts import NO_DROPOUTS, Dropouts
from malgil.nn.gates import state_gates
from malgil.nn.interop import config_of, copy_from, copy_to
from malgil.nn.layer import CellConfig
from malgil.nn.stack import Recurrent
from malgil.nn.sweep import States, Weights


def step(gates: Tensor, state: States, weights: Weights, mask: Tensor | None) -> tuple[States, dict[str, Tensor]]:
    """Take one step.

    Parameters
    ----------
    gates : Tensor, shape (B, 3 * H)
        The input's share, W x_t + b, in the order r, z, n.
    state : tuple of Tensor, shape (B, H)
        h_{t-1}.
    weights : Weights
        Of the layer.
    mask : Tensor, shape (B, H), optional
        Recurrent dropout.

    Returns
    -------
    tuple of (tuple of Tensor, dict of str to Tensor)
        h_t; the gates r, z, n.
    """
    (h,) = state
    x_r, x_z, x_n = gates.chunk(3, dim=-1)
    h_r, h_z, h_n = state_gates(h, weights, mask).chunk(3, dim=-1)
    if weights.b_n is not None:
        h_n = h_n + weights.b_n
    r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + r * h_n)
    return ((1 - z) * n + z * h,), {"r": r, "z": z, "n": n}


class GRU(Recurrent):
    """The gated recurrent unit: a network whose state is old and new in a learned proportion.

    Called as ``cell(x, lengths=None, state=None, resets=None) -> (y, state)``, batch first; see `Recurrent.forward`.

    Parameters
    ----------
    input_size : int
        Numbers in an input, E.
    hidden_size : int
        Numbers in a state, H.
    num_layers : int
        Layers, one above the other.
    bidirectional : bool
        Whether each layer also reads from the end; the outputs stand side by side, forward first.
    residual : bool
        Whether each layer's input is added to its output. The first layer has no such sum where its input is not as
        wide as its output; if it is the only one, that is an error.
    layer_norm : bool
        Whether products are normalised (Ba et al. 2016).
    dropouts : Dropouts
        What is forgotten in training.

    Raises
    ------
    ParameterError
        If a size is below 1, or `residual` could act on no layer.

    References
    ----------
    .. [1] Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
       EMNLP 2014.
    .. [2] Ba, Kiros, Hinton, "Layer Normalization", 2016, arXiv:1607.06450.

    Examples
    --------
    >>> import torch
    >>> from malgil.nn import GRU
    >>> cell = GRU(input_size=4, hidden_size=3, bidirectional=True)
    >>> y, h = cell(torch.zeros(2, 5, 4), lengths=torch.tensor([5, 2]))
    >>> tuple(y.shape), tuple(h.shape)
    ((2, 5, 6), (2, 2, 3))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
        *,
        residual: bool = False,
        layer_norm: bool = False,
        dropouts: Dropouts = NO_DROPOUTS,
    ) -> None:
        config = CellConfig("gru", input_size, hidden_size, num_layers, bidirectional, residual, layer_norm, dropouts)
        super().__init__(config)

    @classmethod
    def from_torch(cls, module: nn.GRU, dropouts: Dropouts | None = None) -> GRU:
        """Take the weights over from a module of `torch.nn`; the outputs are the same, batch first.

        Parameters
        ----------
        module : torch.nn.GRU
            Of any make without projection.
        dropouts : Dropouts, optional
            What to forget in further training. Must be given where the module has dropout, which acts between its
            layers, and here before each layer.

        Returns
        -------
        GRU
            With parameters of the module's type, on its device.

        Raises
        ------
        ParameterError
            If the module is none of `torch.nn.GRU`, has a projection, or has dropout and `dropouts` is not given.
        """
        config = config_of(module, nn.GRU, "gru", dropouts)
        cell = cls(
            config.input_size, config.hidden_size, config.num_layers, config.bidirectional, dropouts=config.dropouts
        )
        copy_from(module, cell)
        return cell

    def to_torch(self) -> nn.GRU:
        """Give a module of `torch.nn` with the same weights, batch first, without dropout.

        Returns
        -------
        torch.nn.GRU
            With the same outputs in evaluation.

        Raises
        ------
        ParameterError
            If the network has what `torch.nn` has not: layer norm, residual sums, zoneout.
        """
        config = self.config
        module = nn.GRU(
            config.input_size,
            config.hidden_size,
            config.num_layers,
            batch_first=True,
            bidirectional=config.bidirectional,
        )
        copy_to(self, module)
        return module
