"""Networks that classify with what a language model has learned: its words and its encoder under a new head."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from malgil.nn.dropouts import Dropouts
from malgil.nn.encoders import EncoderConfig
from malgil.tasks.language_network import LanguageNetwork
from malgil.tasks.reading_network import ReadingConfig, ReadingNetwork
from malgil.training.examples import Batch, Loss


@dataclass(frozen=True)
class Ancestor:
    """What a network has from a language model beside the weights.

    Parameters
    ----------
    encoder : EncoderConfig
        Of the language model.
    word_dropout : float
        As in `malgil.nn.embedding.Embedding`.
    is_backward : bool
        Whether it reads texts from their ends.
    """

    encoder: EncoderConfig
    word_dropout: float
    is_backward: bool

    def to_json(self) -> dict[str, Any]:
        """Give what a file keeps.

        Returns
        -------
        dict
            JSON.
        """
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Any) -> Ancestor:
        """Take back what `to_json` gave.

        Parameters
        ----------
        kept : dict
            JSON.

        Returns
        -------
        Ancestor
            Equal to the one that was kept.

        Raises
        ------
        KeyError, TypeError
            If it is something else.
        """
        given = dict(kept["encoder"])
        facts = given | {"dropouts": Dropouts(**given["dropouts"]), "widths": tuple(given["widths"])}
        return cls(EncoderConfig(**facts), float(kept["word_dropout"]), bool(kept["is_backward"]))


class GrownNetwork(ReadingNetwork):
    """A reading network on a language model's words and encoder; every sequence begins with ``<s>``.

    Parameters
    ----------
    config : ReadingConfig
        With the encoder of the language model.
    is_backward : bool
        Whether the words behind ``<s>`` are read from the last to the first.
    class_weights : Tensor, shape (K,), optional
        As in `ReadingNetwork`.
    """

    def __init__(self, config: ReadingConfig, is_backward: bool, class_weights: Tensor | None = None) -> None:
        super().__init__(config, class_weights=class_weights)
        self.is_backward = is_backward

    def inherit(self, network: LanguageNetwork) -> None:
        """Take the weights of a language model.

        Parameters
        ----------
        network : LanguageNetwork
            Of the same sizes.
        """
        assert self.embedding is not None
        self.embedding.load_state_dict(network.embedding.state_dict())
        self.encoder.load_state_dict(network.encoder.state_dict())

    def layers(self) -> list[list[nn.Parameter]]:
        """Group the weights for `malgil.training.layers.Layers`.

        Returns
        -------
        list of list of Parameter
            Words, each layer of the encoder, and all that is new.
        """
        old = {"embedding", "encoder"}
        new = [weight for name, weight in self.named_parameters() if name.split(".")[0] not in old]
        assert self.embedding is not None
        return [list(self.embedding.parameters()), *_by_layer(self.encoder), new]

    def _steps(self, batch: Batch) -> Tensor:
        if not self.is_backward:
            return super()._steps(batch)
        return super()._steps(batch | {"words": turned_rows(batch["words"], batch["keep"])})


class Arms(nn.Module):
    r"""Several grown networks side by side, each with its own loss; their answer is the mean of their probabilities.

    Parameters
    ----------
    arms : sequence of GrownNetwork
        At least one; the first one is what traces and explanations look at.

    Notes
    -----
    .. math:: p(k \mid x) = \frac{1}{n} \sum_a p_a(k \mid x)

    They share batches and the norm that gradients are clipped by, and nothing else.
    """

    def __init__(self, arms: Sequence[GrownNetwork]) -> None:
        super().__init__()
        self.arms = nn.ModuleList(arms)

    @property
    def front(self) -> ReadingNetwork:
        """The first arm."""
        return self.arms[0]  # type: ignore[return-value]

    def scores(self, batch: Batch) -> Tensor:
        """Score classes.

        Parameters
        ----------
        batch : dict of str to Tensor
            From `ReadExamples`.

        Returns
        -------
        Tensor, shape (B, K)
            Natural logarithms of the mean probabilities; of a single arm its scores.
        """
        found: list[Tensor] = [arm.scores(batch) for arm in self.arms]  # type: ignore[operator]
        if len(found) == 1:
            return found[0]
        logs = torch.stack([scores.log_softmax(1) for scores in found])
        return torch.logsumexp(logs, 0) - math.log(len(found))

    def loss(self, batch: Batch, carry: Any = None) -> Loss:
        """Say how wrong the arms are about a batch.

        Parameters
        ----------
        batch : dict of str to Tensor
            From `ReadExamples`, with ``targets``.
        carry : object, optional
            Not used.

        Returns
        -------
        Loss
            Mean of the arms' losses.
        """
        found = [arm.loss(batch) for arm in self.arms]  # type: ignore[operator]
        total = torch.stack([loss.total for loss in found]).mean()
        return Loss(total, found[0].n_items)

    def layers(self) -> list[list[nn.Parameter]]:
        """Group the weights as each arm does.

        Returns
        -------
        list of list of Parameter
            Counted from the top, where the numbers of layers differ.
        """
        each = [arm.layers()[::-1] for arm in self.arms]  # type: ignore[operator]
        height = max(map(len, each))
        rows = [[weight for layers in each for weight in layers[at : at + 1]] for at in range(height)]
        return [[weight for layer in row for weight in layer] for row in rows[::-1]]


def turned_rows(words: Tensor, keep: Tensor) -> Tensor:
    """Turn the real words of rows around, but for the first, which is ``<s>``.

    Parameters
    ----------
    words : Tensor of int64, shape (B, T)
        Padded on the right.
    keep : Tensor of bool, shape (B, T)
        True = real.

    Returns
    -------
    Tensor of int64, shape (B, T)
        The same on padding.
    """
    steps = torch.arange(words.shape[1], device=words.device).expand_as(words)
    lengths = keep.sum(1, keepdim=True)
    return words.gather(1, torch.where((steps > 0) & keep, lengths - steps, steps))


def _by_layer(encoder: nn.Module) -> list[list[nn.Parameter]]:
    """Weights of an encoder, layer by layer from the bottom, where their names say the layer."""
    layers: dict[int, list[nn.Parameter]] = {}
    for name, weight in encoder.named_parameters():
        found = re.search(r"\blayers?[_.](\d+)", name)
        layers.setdefault(int(found.group(1)) if found else 0, []).append(weight)
    return [layers[number] for number in sorted(layers)]
