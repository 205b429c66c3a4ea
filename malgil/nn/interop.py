"""Weights from modules of `torch.nn` and back."""

from __future__ import annotations

import torch
from torch import nn

from malgil.errors import ParameterError
from malgil.nn.dropouts import NO_DROPOUTS, Dropouts
from malgil.nn.layer import CellConfig, Layer
from malgil.nn.stack import Recurrent


def config_of(module: nn.RNNBase, wanted: type[nn.RNNBase], kind: str, dropouts: Dropouts | None) -> CellConfig:
    """Say what network a module of torch is.

    Parameters
    ----------
    module : torch.nn.RNN, LSTM or GRU
        Of any make without projection.
    wanted : type
        The class that the module must have.
    kind : str
        The kind of cell that it is here.
    dropouts : Dropouts, optional
        What to forget in further training.

    Returns
    -------
    CellConfig
        Of the same sizes.

    Raises
    ------
    ParameterError
        If the module is of another class, has a projection, or has dropout and `dropouts` is not given.
    """
    if not isinstance(module, wanted):
        raise ParameterError("nn.not_this_module", wanted=f"torch.nn.{wanted.__name__}", found=type(module).__name__)
    if module.proj_size:
        raise ParameterError("nn.projection", value=module.proj_size)
    if module.dropout and dropouts is None:
        raise ParameterError("nn.torch_dropout", value=module.dropout)
    sizes = (module.input_size, module.hidden_size, module.num_layers, module.bidirectional)
    return CellConfig(kind, *sizes, dropouts=dropouts or NO_DROPOUTS)


@torch.no_grad()
def copy_from(module: nn.RNNBase, cell: Recurrent) -> None:
    """Fill a network with a module's weights, in the module's type and on its device.

    Parameters
    ----------
    module : torch.nn.RNN, LSTM or GRU
        Where the numbers come from; its two biases are added where they only ever act as a sum.
    cell : Recurrent
        Of the same sizes.
    """
    cell.to(module.get_parameter("weight_ih_l0"))
    for layer, name in _pairs(cell):
        layer.w_x.copy_(getattr(module, f"weight_ih_{name}"))
        layer.get_parameter("w_h").copy_(getattr(module, f"weight_hh_{name}"))
        layer.b.zero_()
        if not module.bias:
            continue
        layer.b.copy_(getattr(module, f"bias_ih_{name}"))
        second, n_sum = getattr(module, f"bias_hh_{name}"), len(layer.b)
        if layer.b_n is not None:
            n_sum -= len(layer.b_n)
            layer.b_n.copy_(second[n_sum:])
        layer.b[:n_sum] += second[:n_sum]


@torch.no_grad()
def copy_to(cell: Recurrent, module: nn.RNNBase) -> None:
    """Fill a module of torch with a network's weights, in the network's type and on its device.

    Parameters
    ----------
    cell : Recurrent
        Where the numbers come from.
    module : torch.nn.RNN, LSTM or GRU
        Of the same sizes.

    Raises
    ------
    ParameterError
        If the network has layer norm, residual sums, zoneout or peepholes.
    """
    config = cell.config
    for name, value in {
        "layer_norm": config.layer_norm,
        "residual": config.residual,
        "zoneout": config.dropouts.zoneout,
        "peepholes": config.peepholes,
    }.items():
        if value:
            raise ParameterError("nn.not_in_torch", what=f"{name}={value}")
    module.to(cell.layer(0).b)
    for layer, name in _pairs(cell):
        getattr(module, f"weight_ih_{name}").copy_(layer.w_x)
        getattr(module, f"weight_hh_{name}").copy_(layer.get_parameter("w_h"))
        getattr(module, f"bias_ih_{name}").copy_(layer.b)
        second = getattr(module, f"bias_hh_{name}").zero_()
        if layer.b_n is not None:
            second[-len(layer.b_n) :] = layer.b_n


def _pairs(cell: Recurrent) -> list[tuple[Layer, str]]:
    """Give each layer and direction with the ending of its names in torch."""
    ways = range(cell.config.n_directions)
    places = [(at, way) for at in range(cell.config.num_layers) for way in ways]
    return [(cell.layer(at, bool(way)), f"l{at}" + ("_reverse" if way else "")) for at, way in places]
