"""The network of a language model: words, a causal encoder, and scores of the next word."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from malgil.nn.embedding import Embedding
from malgil.nn.encoded import State
from malgil.nn.encoders import EncoderConfig, RecurrentEncoder, build_encoder
from malgil.nn.heads import Head, TiedHead
from malgil.nn.masks import wide
from malgil.nn.word_softmax import AdaptiveSoftmax, Choice, FullSoftmax
from malgil.sequences.specials import BOS, PAD
from malgil.training.examples import Batch, Loss


class LanguageNetwork(nn.Module):
    r"""Probabilities of the next word after each word.

    Parameters
    ----------
    n_terms : int
        Words with the special ones, V.
    config : EncoderConfig
        Of the encoder; it must be causal.
    tied : bool
        Whether words are scored by their input vectors.
    borders : tuple of int
        First word of each class of rare words (`AdaptiveSoftmax`), numbered by falling frequency; empty = one softmax.
    word_dropout : float
        As in `Embedding`.
    stateful : bool
        Whether the state of a recurrent encoder goes on over the border of a sentence.
    activation_regularization, temporal_regularization : float
        Weights of the two penalties of [1]_, section 4.5, >= 0.

    Notes
    -----
    .. math:: P(w_t | w_{<t}) = softmax(W o_t + b), \quad o_t = encoder(e_{w_{t-1}}, \ldots)

    ``<pad>`` and ``<s>`` never come next: their probability is 0. In training the loss of a word also has

    .. math:: \alpha\, \overline{o_t^2} + \beta\, \overline{(o_t - o_{t-1})^2}

    means over all numbers, with :math:`o` after dropout (the reference takes the second one before it: with one mask
    for all steps that is the same up to the scale), and without pairs that lie in two sentences unless the state goes
    on between them.

    References
    ----------
    .. [1] Merity et al., "Regularizing and Optimizing LSTM Language Models", ICLR 2018.
    """

    barred: Tensor

    def __init__(
        self,
        n_terms: int,
        config: EncoderConfig,
        *,
        tied: bool = True,
        borders: tuple[int, ...] = (),
        word_dropout: float = 0.0,
        stateful: bool = False,
        activation_regularization: float = 0.0,
        temporal_regularization: float = 0.0,
    ) -> None:
        super().__init__()
        self.config = config
        self.stateful = stateful
        self.activation_regularization = activation_regularization
        self.temporal_regularization = temporal_regularization
        self.embedding = Embedding(n_terms, config.input_size, word_dropout=word_dropout)
        self.encoder = build_encoder(config)
        size = int(self.encoder.output_size)  # type: ignore[arg-type]
        self.head: Head | TiedHead = TiedHead(size, n_terms, config.input_size) if tied else Head(size, n_terms)
        self.softmax = AdaptiveSoftmax(borders, config.input_size if tied else size) if borders else FullSoftmax()
        barred = torch.zeros(n_terms)
        barred[[PAD, BOS]] = -torch.inf
        self.register_buffer("barred", barred, persistent=False)

    def read(self, ids: Tensor, keep: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Read words.

        Parameters
        ----------
        ids : Tensor of int64, shape (B, T)
            Words; a sentence begins at ``<s>``.
        keep : Tensor of bool, shape (B, T)
            True = real.
        state : State, optional
            After the words before; None = 0.

        Returns
        -------
        tuple of Tensor, shape (B, T, D), and State
            Outputs, and the state to go on from. Recurrent encoders forget at each ``<s>`` unless they are stateful;
            the windows of a ``cnn`` may see the end of the sentence before it.
        """
        x = self.embedding(ids)
        if isinstance(self.encoder, RecurrentEncoder):
            return self.encoder.cell(x, keep, state, None if self.stateful else ids == BOS)  # type: ignore[no-any-return]
        y, _, state = self.encoder(x, keep, state)
        return y, state

    def judge(self, outputs: Tensor) -> Tensor:
        """Judge every next word.

        Parameters
        ----------
        outputs : Tensor, shape (..., D)
            From `read`.

        Returns
        -------
        Tensor of at least float32, shape (..., V)
            Natural logarithms of probabilities.
        """
        return self.softmax.log_probs(*self._parts(outputs))

    def choices(self, output: Tensor, word: int) -> list[Choice]:
        """Open the probability of a next word.

        Parameters
        ----------
        output : Tensor, shape (D,)
            From `read`.
        word : int
            Its number.

        Returns
        -------
        list of Choice
            The softmaxes on the way to it.
        """
        return self.softmax.choices(*self._parts(output), word)

    def loss(self, batch: Batch, carry: Any = None) -> Loss:
        """Cross entropy of the next words.

        Parameters
        ----------
        batch : dict of str to Tensor
            From `Stream.batch`.
        carry : State, optional
            After the batch before.

        Returns
        -------
        Loss
            In nats, with the state after this batch; in training the penalties are in it.
        """
        outputs, state = self.read(batch["inputs"], batch["keep"], carry)
        real = batch["targets"] != PAD
        total = self.softmax.loss(*self._parts(outputs[real]), batch["targets"][real])
        n_items = int(real.sum())
        if self.training:
            total = total + n_items * self._penalty(outputs, batch).to(total)
        return Loss(total, n_items, state)

    def _parts(self, outputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Say what words are scored by, their vectors and biases: minus infinity for ``<pad>`` and ``<s>``."""
        x, weight, bias = self.head.parts(outputs, self.embedding.weight)
        return x, weight, bias + self.barred

    def _penalty(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Penalties of large outputs, and of outputs that change much from step to step."""
        keep, penalty = batch["keep"], outputs.new_zeros((), dtype=torch.float32)
        if self.activation_regularization:
            penalty = self.activation_regularization * _mean_square(outputs[keep])
        if self.temporal_regularization:
            follows = keep[:, 1:] & keep[:, :-1]
            follows = follows if self.stateful else follows & (batch["inputs"][:, 1:] != BOS)
            changes = (outputs[:, 1:] - outputs[:, :-1])[follows]
            penalty = penalty + self.temporal_regularization * _mean_square(changes)
        return penalty


def _mean_square(x: Tensor) -> Tensor:
    return wide(x).square().sum() / max(x.numel(), 1)
