r"""Long short-term memory (Hochreiter & Schmidhuber 1997), with forget gates (Gers et al. 2000).

    i_t = sigmoid(W_xi x_t + W_hi h_{t-1} + p_i * c_{t-1} + b_i)      input gate
    f_t = sigmoid(W_xf x_t + W_hf h_{t-1} + p_f * c_{t-1} + b_f)      forget gate
    g_t = tanh   (W_xg x_t + W_hg h_{t-1} + b_g)                      candidate
    c_t = f_t * c_{t-1} + i_t * g_t
    o_t = sigmoid(W_xo x_t + W_ho h_{t-1} + p_o * c_t + b_o)          output gate
    h_t = o_t * tanh(c_t)

The terms with p are peepholes (Gers et al. 2002), where they are on. With layer norm (Ba et al. 2016) each product is
normalised over the numbers of its gate, and h_t = o_t * tanh(LN(c_t) * gain + bias).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from malgil.nn.dropouts import NO_DROPOUTS, Dropouts
from malgil.nn.gates import state_gates
from malgil.nn.interop import config_of, copy_from, copy_to
from malgil.nn.layer import CellConfig
from malgil.nn.stack import Recurrent
from malgil.nn.sweep import EPSILON, States, Weights


def step(gates: Tensor, state: States, weights: Weights, mask: Tensor | None) -> tuple[States, dict[str, Tensor]]:
    """Take one step.

    Parameters
    ----------
    gates : Tensor, shape (B, 4 * H)
        The input's share, W_x x_t + b, in the order i, f, g, o.
    state : tuple of two Tensors, shape (B, H)
        h_{t-1} and c_{t-1}.
    weights : Weights
        Of the layer.
    mask : Tensor, shape (B, H), optional
        Recurrent dropout.

    Returns
    -------
    tuple of (tuple of two Tensors, dict of str to Tensor)
        h_t and c_t; the gates i, f, g, o.
    """
    h, c = state
    i, f, g, o = (gates + state_gates(h, weights, mask)).chunk(4, dim=-1)
    if weights.peepholes is not None:
        i, f = i + weights.peepholes[0] * c, f + weights.peepholes[1] * c
    i, f, g = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g)
    c = f * c + i * g
    if weights.peepholes is not None:
        o = o + weights.peepholes[2] * c
    o = torch.sigmoid(o)
    h = o * torch.tanh(_shown(c, weights))
    return (h, c), {"i": i, "f": f, "g": g, "o": o}


def _shown(c: Tensor, weights: Weights) -> Tensor:
    """Give the cell state as the output gate lets it out."""
    if weights.norm is None:
        return c
    return F.layer_norm(c, c.shape[-1:], weights.norm.gain_c, weights.norm.bias_c, EPSILON)


class LSTM(Recurrent):
    """Long short-term memory: a network with a cell state that gates protect.

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
        Whether products and the cell state are normalised (Ba et al. 2016).
    dropouts : Dropouts
        What is forgotten in training.
    peepholes : bool
        Whether the gates see the cell state (Gers et al. 2002).

    Raises
    ------
    ParameterError
        If a size is below 1, or `residual` could act on no layer.

    References
    ----------
    .. [1] Hochreiter, Schmidhuber, "Long Short-Term Memory", Neural Computation 1997.
    .. [2] Gers, Schmidhuber, Cummins, "Learning to Forget: Continual Prediction with LSTM", Neural Computation 2000.
    .. [3] Gers, Schraudolph, Schmidhuber, "Learning Precise Timing with LSTM Recurrent Networks", JMLR 2002.
    .. [4] Ba, Kiros, Hinton, "Layer Normalization", 2016, arXiv:1607.06450.

    Examples
    --------
    >>> import torch
    >>> from malgil.nn import LSTM
    >>> cell = LSTM(input_size=4, hidden_size=3, bidirectional=True)
    >>> y, (h, c) = cell(torch.zeros(2, 5, 4), lengths=torch.tensor([5, 2]))
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
        peepholes: bool = False,
    ) -> None:
        config = CellConfig(
            "lstm", input_size, hidden_size, num_layers, bidirectional, residual, layer_norm, dropouts, peepholes
        )
        super().__init__(config)

    @classmethod
    def from_torch(cls, module: nn.LSTM, dropouts: Dropouts | None = None) -> LSTM:
        """Take the weights over from a module of `torch.nn`; the outputs are the same, batch first.

        Parameters
        ----------
        module : torch.nn.LSTM
            Of any make without projection.
        dropouts : Dropouts, optional
            What to forget in further training. Must be given where the module has dropout, which acts between its
            layers, and here before each layer.

        Returns
        -------
        LSTM
            With parameters of the module's type, on its device.

        Raises
        ------
        ParameterError
            If the module is none of `torch.nn.LSTM`, has a projection, or has dropout and `dropouts` is not given.
        """
        config = config_of(module, nn.LSTM, "lstm", dropouts)
        cell = cls(
            config.input_size, config.hidden_size, config.num_layers, config.bidirectional, dropouts=config.dropouts
        )
        copy_from(module, cell)
        return cell

    def to_torch(self) -> nn.LSTM:
        """Give a module of `torch.nn` with the same weights, batch first, without dropout.

        Returns
        -------
        torch.nn.LSTM
            With the same outputs in evaluation.

        Raises
        ------
        ParameterError
            If the network has what `torch.nn` has not: layer norm, residual sums, zoneout, peepholes.
        """
        config = self.config
        module = nn.LSTM(
            config.input_size,
            config.hidden_size,
            config.num_layers,
            batch_first=True,
            bidirectional=config.bidirectional,
        )
        copy_to(self, module)
        return module
