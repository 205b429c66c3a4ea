"""Whole networks as ONNX graphs: words or numbers go in with their lengths, probabilities or values come out."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from malgil.tasks.onnx_encoders import encode
from malgil.tasks.onnx_graph import Graph, Slot
from malgil.tasks.onnx_parts import embed, linear, pool, rows_of

Output = Literal["probabilities", "scores", "values"]


class Anatomy(NamedTuple):
    """What a network is made of; modules of `malgil.nn`.

    Parameters
    ----------
    embedding : Embedding or None
        ``None`` where the network reads numbers.
    characters : CharacterEncoder or None
        What the spelling of words says.
    is_spelled : bool
        Whether the network is given the characters of each word, so that unknown words have some, too.
    encoder : nn.Module
        Made by `malgil.nn.encoders.build_encoder`.
    pooling : Pooling or None
        ``None`` where each step has an output.
    head : nn.Linear
        The last layer.
    n_features : int
        Numbers in each step, where the network reads numbers.
    """

    embedding: Any
    characters: Any
    is_spelled: bool
    encoder: Any
    pooling: Any
    head: Any
    n_features: int = 0


class Ending(NamedTuple):
    """What becomes of the scores of the head.

    Parameters
    ----------
    output : {"probabilities", "scores", "values"}
        Softmax, nothing, or a change of scale.
    temperature : float
        Scores are divided by it before the softmax.
    shift, scale : float
        Values are ``y * scale + shift``.
    """

    output: Output
    temperature: float = 1.0
    shift: float = 0.0
    scale: float = 1.0


def network_to_onnx(anatomy: Anatomy, ending: Ending) -> bytes:
    """Write a network as the content of an ``.onnx`` file.

    Parameters
    ----------
    anatomy : Anatomy
        The network, in evaluation mode.
    ending : Ending
        What comes out.

    Returns
    -------
    bytes
        Inputs: ``words`` int64 (B, T), with `is_spelled` also ``spellings`` int64 (B, T, C), or ``numbers`` float
        (B, T, C); and ``lengths`` int64 (B,). One output, called as `ending` says: float (B, K), or (B, T, K) without
        pooling.

    Raises
    ------
    MissingError
        If onnx is not installed.
    """
    graph = Graph()
    inputs = [Slot("words", "int64", ["B", "T"])]
    if anatomy.embedding is None:
        inputs = [Slot("numbers", "float32", ["B", "T", anatomy.n_features])]
        x = inputs[0].name
    else:
        inputs += [Slot("spellings", "int64", ["B", "T", "C"])] * anatomy.is_spelled
        spellings = "spellings" if anatomy.is_spelled else ""
        x = embed(graph, "words", anatomy.embedding, anatomy.characters, spellings)
    rows = rows_of(graph, "lengths", inputs[0].name)
    y, last = encode(graph, x, rows, anatomy.encoder)
    if anatomy.pooling is not None:
        y = pool(graph, y, last, rows, anatomy.pooling)
    n_outputs = int(anatomy.head.weight.shape[0])
    graph.named(_end(graph, linear(graph, y, anatomy.head), ending), ending.output)
    shape: list[int | str] = ["B", n_outputs] if anatomy.pooling is not None else ["B", "T", n_outputs]
    return graph.to_bytes("malgil", [*inputs, Slot("lengths", "int64", ["B"])], [Slot(ending.output, "float32", shape)])


def _end(graph: Graph, scores: str, ending: Ending) -> str:
    if ending.output == "values":
        return graph("Add", graph("Mul", scores, ending.scale), ending.shift)
    if ending.output == "scores":
        return scores
    return graph("Softmax", graph("Div", scores, ending.temperature), axis=-1)
