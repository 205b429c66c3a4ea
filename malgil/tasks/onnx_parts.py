"""The parts of a network beside its cells as ONNX operators: linear layers, windows, pooling.

Throughout: x (B, T, E), ``rows.keep`` (B, T, 1) bool; padding stands on the right. The formulas stand in `malgil.nn`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from malgil.tasks.onnx_cells import Rows, as_floats
from malgil.tasks.onnx_graph import Graph

if TYPE_CHECKING:
    from malgil.nn.pooling import Pooling

FLOAT, INT32, INT64 = 1, 6, 7  # numbers of the types in ONNX, for casts
_LOWEST = float(np.finfo(np.float32).min)


def rows_of(graph: Graph, lengths: str, like: str) -> Rows:
    """Add the masks of a padded batch.

    Parameters
    ----------
    graph : Graph
        Where to.
    lengths : str
        int64 (B,): real steps of each row, at the left.
    like : str
        Any value whose axis 1 is T.

    Returns
    -------
    Rows
        Lengths and mask.
    """
    n_steps = graph("Gather", graph("Shape", like), np.array(1))
    steps = graph("Range", np.array(0), n_steps, np.array(1))
    keep = graph("Less", steps, graph("Unsqueeze", lengths, np.array([1])))
    return Rows(graph("Cast", lengths, to=INT32), graph("Unsqueeze", keep, np.array([2])))


def linear(graph: Graph, x: str, layer: Any) -> str:
    """Add a linear layer.

    Parameters
    ----------
    graph : Graph
        Where to.
    x : str
        float (..., E).
    layer : torch.nn.Linear
        Weights (D, E) and perhaps a bias (D,).

    Returns
    -------
    str
        float (..., D).
    """
    y = graph("MatMul", x, as_floats(layer.weight).T)
    return y if layer.bias is None else graph("Add", y, as_floats(layer.bias))


def perceptron(graph: Graph, x: str, layers: Any) -> str:
    """Add layers of ``relu(W x + b)``.

    Parameters
    ----------
    graph : Graph
        Where to.
    x : str
        float (..., E).
    layers : iterable of torch.nn.Linear
        The layers.

    Returns
    -------
    str
        float (..., H).
    """
    for layer in layers:
        x = graph("Relu", linear(graph, x, layer))
    return x


def only(graph: Graph, x: str, rows: Rows) -> str:
    """Put 0 on padding.

    Parameters
    ----------
    graph : Graph
        Where to.
    x : str
        float (B, T, E).
    rows : Rows
        Lengths and mask.

    Returns
    -------
    str
        float (B, T, E).
    """
    return graph("Where", rows.keep, x, 0.0)


def convolution(graph: Graph, x: str, rows: Rows, module: Any) -> str:
    """Add windows of several widths.

    Parameters
    ----------
    graph : Graph
        Where to.
    x : str
        float (B, T, E).
    rows : Rows
        Lengths and mask.
    module : malgil.nn.convolution.Convolution
        The windows.

    Returns
    -------
    str
        float (B, T, D), 0 on padding.
    """
    channels = graph("Transpose", only(graph, x, rows), perm=[0, 2, 1])
    parts = []
    for width, window in zip(module.widths, module.windows, strict=True):
        left = (width - 1) // 2
        weights = as_floats(window.weight), as_floats(window.bias)
        parts.append(graph("Conv", channels, *weights, pads=[left, width - 1 - left], kernel_shape=[width]))
    joined = graph("Relu", graph("Concat", *parts, axis=1))
    return only(graph, graph("Transpose", joined, perm=[0, 2, 1]), rows)


def causal_convolution(graph: Graph, x: str, rows: Rows, module: Any) -> str:
    """Add a window that sees what lies before it, from an empty past.

    Parameters
    ----------
    graph : Graph
        Where to.
    x : str
        float (B, T, D).
    rows : Rows
        Lengths and mask.
    module : malgil.nn.convolution.CausalConvolution
        The window.

    Returns
    -------
    str
        float (B, T, D), 0 on padding.
    """
    window = module.window
    channels = graph("Transpose", only(graph, x, rows), perm=[0, 2, 1])
    y = graph(
        "Conv",
        channels,
        as_floats(window.weight),
        as_floats(window.bias),
        pads=[module.n_before, 0],
        dilations=list(window.dilation),
        kernel_shape=list(window.kernel_size),
    )
    return only(graph, graph("Transpose", graph("Relu", y), perm=[0, 2, 1]), rows)


def embed(graph: Graph, words: str, embedding: Any, characters: Any = None, spellings: str = "") -> str:
    """Add the vectors of words.

    Parameters
    ----------
    graph : Graph
        Where to.
    words : str
        int64 (B, T): terms.
    embedding : malgil.nn.embedding.Embedding
        Their own vectors.
    characters : malgil.nn.characters.CharacterEncoder, optional
        What their spelling says.
    spellings : str
        int64 (B, T, C): characters of each word, 0 = none. Without it the spelling of each term is read beforehand.

    Returns
    -------
    str
        float (B, T, E).
    """
    vectors = as_floats(embedding.weight)
    if characters is None:
        return graph("Gather", vectors, words)
    if spellings:
        return graph("Concat", graph("Gather", vectors, words), _spell(graph, spellings, characters), axis=2)
    spelled = as_floats(characters.eval().spell(characters.table.long()))
    return graph("Gather", np.hstack([vectors, spelled]), words)


def _spell(graph: Graph, spellings: str, characters: Any) -> str:
    """Read each word's characters: windows over them, and the largest of each number."""
    n_characters = graph("Slice", graph("Shape", spellings), np.array([2]), np.array([3]))
    flat = graph("Reshape", spellings, graph("Concat", np.array([-1]), n_characters, axis=0))
    keep = graph("Unsqueeze", graph("Greater", flat, np.array(0)), np.array([2]))
    letters = graph("Gather", as_floats(characters.characters.weight), flat)
    y = graph(
        "ReduceMax", convolution(graph, letters, Rows("", keep), characters.convolution), np.array([1]), keepdims=0
    )
    two = graph("Slice", graph("Shape", spellings), np.array([0]), np.array([2]))
    return graph("Reshape", y, graph("Concat", two, np.array([characters.output_size]), axis=0))


def pool(graph: Graph, y: str, last: str, rows: Rows, module: Pooling) -> str:
    """Add a pooling.

    Parameters
    ----------
    graph : Graph
        Where to.
    y : str
        float (B, T, D), 0 on padding.
    last : str
        float (B, D).
    rows : Rows
        Lengths and mask.
    module : malgil.nn.pooling.Pooling
        One of `malgil.nn.pooling.POOLINGS`.

    Returns
    -------
    str
        float (B, D), or (B, 3 * D) of the pooling ``concat``.
    """
    return _POOLINGS[type(module).__name__](graph, y, last, rows, module)


def _last(graph: Graph, y: str, last: str, rows: Rows, module: Any) -> str:
    return last


def _mean(graph: Graph, y: str, last: str, rows: Rows, module: Any) -> str:
    n_steps = graph("Max", graph("Cast", rows.lengths, to=FLOAT), 1.0)
    total = graph("ReduceSum", only(graph, y, rows), np.array([1]), keepdims=0)
    return graph("Div", total, graph("Unsqueeze", n_steps, np.array([1])))


def _max(graph: Graph, y: str, last: str, rows: Rows, module: Any) -> str:
    most = graph("ReduceMax", graph("Where", rows.keep, y, _LOWEST), np.array([1]), keepdims=0)
    has_steps = graph("Unsqueeze", graph("Greater", rows.lengths, np.array(0, np.int32)), np.array([1]))
    return graph("Where", has_steps, most, 0.0)


def _attention(graph: Graph, y: str, last: str, rows: Rows, module: Any) -> str:
    scores = graph("MatMul", graph("Tanh", linear(graph, y, module.project)), as_floats(module.v)[:, None])
    weights = graph("Softmax", graph("Where", rows.keep, scores, _LOWEST), axis=1)
    return graph("ReduceSum", graph("Mul", weights, only(graph, y, rows)), np.array([1]), keepdims=0)


def _concat(graph: Graph, y: str, last: str, rows: Rows, module: Any) -> str:
    parts = (pool(graph, y, last, rows, part) for part in module.parts)
    return graph("Concat", *parts, axis=1)


_POOLINGS: dict[str, Callable[[Graph, str, str, Rows, Any], str]] = {
    "LastPooling": _last,
    "MeanPooling": _mean,
    "MaxPooling": _max,
    "AttentionPooling": _attention,
    "ConcatPooling": _concat,
}
