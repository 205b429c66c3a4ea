r"""The simple recurrent network (Elman 1990).

a_t = W_x x_t + W_h h_{t-1} + b
h_t = f(a_t),   f = tanh, ReLU or sigmoid
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, get_args

from torch import Tensor, nn

from malgil.errors import ParameterError
from malgil.nn.dropouts import NO_DROPOUTS, Dropouts
from malgil.nn.gates import state_gates
from malgil.nn.interop import config_of, copy_from, copy_to
from malgil.nn.layer import CellConfig
from malgil.nn.stack import Recurrent
from malgil.nn.sweep import States, Weights
from malgil.params import choose


def step(
    activation: Callable[[Tensor], Tensor], gates: Tensor, state: States, weights: Weights, mask: Tensor | None
) -> tuple[States, dict[str, Tensor]]:
    """Take one step.

    Parameters
    ----------
    activation : callable
        The function f.
    gates : Tensor, shape (B, H)
        The input's share, W_x x_t + b.
    state : tuple of Tensor, shape (B, H)
        h_{t-1}.
    weights : Weights
        Of the layer.
    mask : Tensor, shape (B, H), optional
        Recurrent dropout.

    Returns
    -------
    tuple of (tuple of Tensor, dict of str to Tensor)
        h_t; no gates.
    """
    return (activation(gates + state_gates(state[0], weights, mask)),), {}


Activation = Literal["tanh", "relu", "sigmoid"]
ACTIVATIONS: Mapping[str, str] = {name: f"rnn_{name}" for name in get_args(Activation)}


class RNN(Recurrent):
    """The simple recurrent network: h_t = f(W_x x_t + W_h h_{t-1} + b).

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
    activation : {"tanh", "relu", "sigmoid"}
        The function f.

    Raises
    ------
    ParameterError
        If a size is below 1, `activation` is none of these or `residual` could act on no layer.

    References
    ----------
    .. [1] Elman, "Finding Structure in Time", Cognitive Science 1990.
    .. [2] Ba, Kiros, Hinton, "Layer Normalization", 2016, arXiv:1607.06450.

    Examples
    --------
    >>> import torch
    >>> from malgil.nn import RNN
    >>> cell = RNN(input_size=4, hidden_size=3, bidirectional=True)
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
        activation: Activation = "tanh",
    ) -> None:
        kind = choose(ACTIVATIONS, "activation", activation)
        config = CellConfig(kind, input_size, hidden_size, num_layers, bidirectional, residual, layer_norm, dropouts)
        super().__init__(config)
        self.activation = activation

    @classmethod
    def from_torch(cls, module: nn.RNN, dropouts: Dropouts | None = None) -> RNN:
        """Take the weights over from a module of `torch.nn`; the outputs are the same, batch first.

        Parameters
        ----------
        module : torch.nn.RNN
            Of any make without projection.
        dropouts : Dropouts, optional
            What to forget in further training. Must be given where the module has dropout, which acts between its
            layers, and here before each layer.

        Returns
        -------
        RNN
            With parameters of the module's type, on its device.

        Raises
        ------
        ParameterError
            If the module is none of `torch.nn.RNN`, has a projection, or has dropout and `dropouts` is not given.
        """
        config = config_of(module, nn.RNN, f"rnn_{getattr(module, 'nonlinearity', 'tanh')}", dropouts)
        cell = cls(
            config.input_size,
            config.hidden_size,
            config.num_layers,
            config.bidirectional,
            dropouts=config.dropouts,
            activation="relu" if config.kind == "rnn_relu" else "tanh",
        )
        copy_from(module, cell)
        return cell

    def to_torch(self) -> nn.RNN:
        """Give a module of `torch.nn` with the same weights, batch first, without dropout.

        Returns
        -------
        torch.nn.RNN
            With the same outputs in evaluation.

        Raises
        ------
        ParameterError
            If the network has what `torch.nn` has not: layer norm, residual sums, zoneout, sigmoid.
        """
        if self.activation == "sigmoid":
            raise ParameterError("nn.not_in_torch", what="activation='sigmoid'")
        config = self.config
        module = nn.RNN(
            config.input_size,
            config.hidden_size,
            config.num_layers,
            batch_first=True,
            bidirectional=config.bidirectional,
            nonlinearity=self.activation,
        )
        copy_to(self, module)
        return module
