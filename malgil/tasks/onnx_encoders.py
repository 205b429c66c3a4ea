"""Encoders as ONNX operators: steps go in, an output for each step and one for the whole come out.

Throughout: x (B, T, E), ``rows.keep`` (B, T, 1) bool; padding stands on the right, the state before is zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from malgil.tasks.onnx_cells import Rows, as_floats, recurrent
from malgil.tasks.onnx_graph import Graph
from malgil.tasks.onnx_parts import INT64, causal_convolution, convolution, linear, only, perceptron

if TYPE_CHECKING:
    from torch import nn

    from malgil.nn.stack import Recurrent


def encode(graph: Graph, x: str, rows: Rows, encoder: nn.Module) -> tuple[str, str]:
    """Add an encoder.

    Parameters
    ----------
    graph : Graph
        Where to.
    x : str
        float (B, T, E).
    rows : Rows
        Lengths and mask.
    encoder : nn.Module
        Made by `malgil.nn.encoders.build_encoder`.

    Returns
    -------
    y : str
        float (B, T, D), 0 on padding.
    last : str
        float (B, D): the output after which everything was read.
    """
    from malgil.nn.encoders import CausalCNNEncoder, RecurrentEncoder

    x = only(graph, x, rows)
    if isinstance(encoder, RecurrentEncoder):
        y = stack(graph, x, rows, encoder.cell)
        return y, _last(graph, y, rows, encoder.bidirectional)
    add = _causal if isinstance(encoder, CausalCNNEncoder) else _feed_forward
    y = add(graph, x, rows, encoder)
    return y, _last(graph, y, rows, False)


def stack(graph: Graph, x: str, rows: Rows, cell: Recurrent) -> str:
    """Add the layers of a recurrent network.

    Parameters
    ----------
    graph : Graph
        Where to.
    x : str
        float (B, T, E), 0 on padding.
    rows : Rows
        Lengths and mask.
    cell : malgil.nn.stack.Recurrent
        The network.

    Returns
    -------
    str
        float (B, T, D), 0 on padding.
    """
    config, size = cell.config, cell.config.input_size
    zone = (config.dropouts.zoneout,) * 2
    for at in range(config.num_layers):
        sides = []
        for backward in range(config.n_directions):
            weights = cell.layer(at, bool(backward)).weights()
            sides.append(recurrent(graph, config.kind, x, rows, weights, reverse=bool(backward), zone=zone)[0])
        y = sides[0] if len(sides) == 1 else graph("Concat", *sides, axis=2)
        x = graph("Add", y, x) if config.residual and size == cell.output_size else y
        size = cell.output_size
    return x


def _feed_forward(graph: Graph, x: str, rows: Rows, encoder: Any) -> str:
    for layer, norm, adds in zip(encoder.layers, encoder.norms, encoder.adds, strict=True):
        y = convolution(graph, x, rows, layer) if encoder.looks_around else perceptron(graph, x, layer.layers)
        y = _normed(graph, y, norm)
        x = only(graph, graph("Add", x, y) if adds else y, rows)
    return x


def _causal(graph: Graph, x: str, rows: Rows, encoder: Any) -> str:
    x = linear(graph, x, encoder.project)
    for layer, norm in zip(encoder.layers, encoder.norms, strict=True):
        y = _normed(graph, causal_convolution(graph, x, rows, layer), norm)
        x = only(graph, graph("Add", x, y), rows)
    return x


def _normed(graph: Graph, y: str, norm: Any) -> str:
    if not hasattr(norm, "weight"):  # nn.Identity
        return y
    return graph("LayerNormalization", y, as_floats(norm.weight), as_floats(norm.bias), axis=-1, epsilon=norm.eps)


def _last(graph: Graph, y: str, rows: Rows, bidirectional: bool) -> str:
    """Output of the last real step; of the half that reads backward, of the first."""
    at = graph("Max", graph("Sub", graph("Cast", rows.lengths, to=INT64), np.array(1)), np.array(0))
    last = graph("GatherND", y, graph("Unsqueeze", at, np.array([1])), batch_dims=1)
    if not bidirectional:
        return last
    first = graph("Gather", y, np.array(0), axis=1)
    forward, _ = graph.several("Split", 2, last, axis=1, num_outputs=2)
    _, backward = graph.several("Split", 2, first, axis=1, num_outputs=2)
    return graph("Concat", forward, backward, axis=1)
