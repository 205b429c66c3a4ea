"""The network of a language model: words, a causal encoder, and scores of the next word."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from malgil.nn.embedding import Embedding
from malgil.nn.encoded import State
from malgil.nn.encoders import EncoderConfig, RecurrentEncoder, build_encoder
from malgil.nn.heads import Head, TiedHead
from malgil.nn.word_loss import word_loss
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
    word_dropout : float
        As in `Embedding`.

    Notes
    -----
    .. math:: P(w_t | w_{<t}) = softmax(W o_t + b), \quad o_t = encoder(e_{w_{t-1}}, \ldots)

    ``<pad>`` and ``<s>`` never come next: their probability is 0.
    """

    barred: Tensor

    def __init__(self, n_terms: int, config: EncoderConfig, *, tied: bool = True, word_dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding = Embedding(n_terms, config.input_size, word_dropout=word_dropout)
        self.encoder = build_encoder(config)
        size = int(self.encoder.output_size)  # type: ignore[arg-type]
        self.head: Head | TiedHead = TiedHead(size, n_terms, config.input_size) if tied else Head(size, n_terms)
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
            Outputs, and the state to go on from. Recurrent encoders forget at each ``<s>``; the windows of a ``cnn``
            may see the end of the sentence before it.
        """
        x = self.embedding(ids)
        if isinstance(self.encoder, RecurrentEncoder):
            return self.encoder.cell(x, keep, state, ids == BOS)  # type: ignore[no-any-return]
        y, _, state = self.encoder(x, keep, state)
        return y, state

    def scores(self, outputs: Tensor) -> Tensor:
        """Score every next word.

        Parameters
        ----------
        outputs : Tensor, shape (..., D)
            From `read`.

        Returns
        -------
        Tensor of at least float32, shape (..., V)
            What softmax is taken of; minus infinity for ``<pad>`` and ``<s>``.
        """
        is_tied = isinstance(self.head, TiedHead)
        scores: Tensor = self.head(outputs, self.embedding.weight) if is_tied else self.head(outputs)
        return scores + self.barred

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
        return torch.log_softmax(self.scores(outputs), dim=-1)

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
            In nats, with the state after this batch.
        """
        outputs, state = self.read(batch["inputs"], batch["keep"], carry)
        real = batch["targets"] != PAD
        x, weight, bias = self.head.parts(outputs[real], self.embedding.weight)
        total = word_loss(x, weight, bias + self.barred, batch["targets"][real])
        return Loss(total, int(real.sum()), state)
