"""What a network did with one input, as a `Trace`: for networks that read, and for networks that write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from malgil.drawing import Trace, Walk
from malgil.drawing.trace import Array, Shape
from malgil.nn.mlp import MLP
from malgil.sequences.specials import BOS
from malgil.tasks.contributions import Contributions, integrated_gradients
from malgil.tasks.recording import reading, record
from malgil.tasks.walks import array, decoder_walks
from malgil.tasks.writing_network import WritingNetwork
from malgil.training.examples import Batch

Scores = Callable[[Batch], Tensor]
"""Lets a network answer: batch -> scores of the classes (B, K), or of each step (B, T, K), before softmax."""

Pick = Callable[[Tensor], Tensor]
"""Scores of B rows -> the number (B,) that is to be explained."""


class Answer(NamedTuple):
    """What a network said, in words.

    Parameters
    ----------
    outputs : tuple of str
        Its answer, or that of each step.
    probabilities : ndarray, shape (n_outputs,), optional
        Of the outputs.
    classes : tuple of str
        One answer only: what it chose from.
    class_probabilities : ndarray, shape (n_classes,), optional
        Of the classes.
    """

    outputs: tuple[str, ...]
    probabilities: Array | None = None
    classes: tuple[str, ...] = ()
    class_probabilities: Array | None = None


def trace_reading(
    network: nn.Module, scores: Scores, batch: Batch, tokens: Sequence[str], answer: Answer, name: str = ""
) -> Trace:
    """Trace a network that reads a sequence and gives one answer, or one for each step.

    Parameters
    ----------
    network : nn.Module
        In evaluation.
    scores : callable
        How it answers.
    batch : dict of str to Tensor
        One row.
    tokens : sequence of str
        What the row holds, one for each step that the encoder reads.
    answer : Answer
        What it said.
    name : str
        For the title.

    Returns
    -------
    Trace
        Of the shape ``many_to_one`` where the network pools, else ``aligned``.
    """
    seen = record(network, lambda: scores(batch))
    shape: Shape = "aligned" if seen.pooling is None else "many_to_one"
    return Trace(shape, tuple(tokens), seen.walks, *answer, pooling=seen.shares, name=name)


def share_out(network: nn.Module, scores: Scores, batch: Batch, pick: Pick) -> Contributions:
    """Share one score of a network out among the steps that its encoder reads.

    Parameters
    ----------
    network : nn.Module
        In evaluation.
    scores : callable
        How it answers.
    batch : dict of str to Tensor
        One row.
    pick : callable
        Makes one number for each row out of the scores; it must not mix rows.

    Returns
    -------
    Contributions
        By integrated gradients from a text of ``<pad>``, whose vectors are 0.
    """
    x = record(network, lambda: scores(batch)).x

    def score(points: Tensor) -> Tensor:
        rows = {name: repeated(values, len(points)) for name, values in batch.items()}
        with reading(network, points):
            return pick(scores(rows))

    return integrated_gradients(score, x)


def repeated(values: Tensor, n: int) -> Tensor:
    """Repeat the one row of a batch.

    Parameters
    ----------
    values : Tensor, shape (1, ...) or ()
        A row, or a number for the whole batch.
    n : int
        How often.

    Returns
    -------
    Tensor, shape (n, ...) or ()
        Without a copy.
    """
    return values.expand(n, *values.shape[1:]) if values.dim() else values


def trace_vector(mlp: MLP, x: Tensor, answer: Answer, label: str, name: str = "") -> Trace:
    """Trace a network from one vector to one answer.

    Parameters
    ----------
    mlp : MLP
        Its layers, in evaluation.
    x : Tensor, shape (E,)
        The vector.
    answer : Answer
        What it said.
    label : str
        What the vector stands for.
    name : str
        For the title.

    Returns
    -------
    Trace
        Of the shape ``one_to_one``: the vector and each layer of neurons.
    """
    walks, y = [Walk("input", array(x[None]))], x[None]
    with torch.no_grad():
        for number, layer in enumerate(mlp.layers, start=1):
            y = torch.relu(layer(y))
            walks.append(Walk("mlp", array(y), number))
    return Trace("one_to_one", (label,), tuple(walks), *answer, name=name)


def trace_writing(
    network: WritingNetwork,
    batch: Batch,
    tokens: Sequence[str],
    written: Sequence[tuple[int, str]],
    name: str = "",
) -> Trace:
    """Trace a network that writes a text.

    Parameters
    ----------
    network : WritingNetwork
        In evaluation.
    batch : dict of str to Tensor
        One row of what its source reads.
    tokens : sequence of str
        What the row holds: the words of a text, or one name for an image, a vector or a label.
    written : sequence of (int, str)
        The words that it wrote, number and form, with the end of the text.
    name : str
        For the title.

    Returns
    -------
    Trace
        ``unaligned`` where the source is read by an encoder, else ``one_to_many``; with attention where it looked at
        as many places as there are `tokens`.
    """
    has_encoder = hasattr(network.source, "encoder")
    walks = record(network, lambda: network.source(batch)).walks if has_encoder else ()
    numbers = torch.tensor([number for number, _ in written])
    inputs = torch.cat([torch.tensor([BOS]), numbers[:-1]])
    with torch.no_grad():
        state, memory = network.begin(batch)
    found = decoder_walks(network.decoder, inputs, numbers, state, memory)
    forms = tuple(form for _, form in written)
    attention = found.attention
    return Trace(
        "unaligned" if has_encoder else "one_to_many",
        tuple(tokens),
        walks,
        forms,
        found.probabilities,
        decoder=found.walks,
        fed=("<s>", *forms[:-1]) if network.decoder.config.feedback else (),
        attention=attention if attention is not None and attention.shape[1] == len(tokens) else None,
        name=name,
    )
