"""Networks that read a sequence: embedding, encoder, pooling and head; without pooling, a head for each step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from malgil.nn.characters import CharacterEncoder
from malgil.nn.crf import LinearChainCRF
from malgil.nn.dropouts import Dropouts
from malgil.nn.embedding import Embedding
from malgil.nn.encoders import EncoderConfig, build_encoder
from malgil.nn.heads import Head, HiddenHead, class_losses
from malgil.nn.images import ImageEncoder
from malgil.nn.pooling import build_pooling
from malgil.training.examples import Batch, Loss

Wanted = Literal["classes", "values"]


@dataclass(frozen=True)
class ReadingConfig:
    """What a reading network is made of.

    Parameters
    ----------
    n_terms : int
        Terms, special ones included; 0 where steps are numbers.
    n_features : int
        Numbers of a step; 0 where steps are words.
    n_letters : int
        Letters that words are spelled in; 0 = not spelled.
    embedding_size : int
        Numbers in a word's own vector.
    character_size : int
        Numbers in the vector of its spelling.
    encoder : str
        A key of `malgil.nn.encoders.ENCODERS`.
    hidden_size, num_layers : int
        Of the encoder.
    bidirectional : bool
        Whether a recurrent encoder reads both ways.
    pooling : str, optional
        A key of `malgil.nn.pooling.POOLINGS`; None = an answer for each step.
    n_outputs : int
        Classes or values.
    wanted : {"classes", "values"}
        What the outputs are.
    crf : bool
        Whether the classes of neighbouring steps are judged together.
    dropout : float
        On words, the encoder's input and output, and the head's input.
    smoothing : float
        Share of the target that goes to all classes alike.
    widths : tuple of int
        Steps that the filters of ``cnn`` see.
    frame : tuple of int, optional
        Height, width and colours where the numbers of a step are the pixels of a frame.
    whole_encoder : EncoderConfig, optional
        The encoder instead of what the fields above say of it.
    word_dropout : float
        As in `malgil.nn.embedding.Embedding`.
    head_size : int, optional
        Numbers of a hidden layer before the scores; ``None``: there is none.
    """

    n_terms: int
    n_features: int
    n_letters: int
    embedding_size: int
    character_size: int
    encoder: str
    hidden_size: int
    num_layers: int
    bidirectional: bool
    pooling: str | None
    n_outputs: int
    wanted: Wanted = "classes"
    crf: bool = False
    dropout: float = 0.0
    smoothing: float = 0.0
    widths: tuple[int, ...] = field(default=(2, 3, 4, 5))
    frame: tuple[int, int, int] | None = None
    whole_encoder: EncoderConfig | None = None
    word_dropout: float = 0.0
    head_size: int | None = None

    def encoder_config(self, size: int) -> EncoderConfig:
        """Say what the encoder is made of.

        Parameters
        ----------
        size : int
            Numbers of a step that it reads.

        Returns
        -------
        EncoderConfig
            For `build_encoder`.
        """
        if self.whole_encoder is not None:
            return self.whole_encoder
        return EncoderConfig(
            self.encoder,  # type: ignore[arg-type]  # looked up there
            size,
            self.hidden_size,
            self.num_layers,
            self.bidirectional,
            dropouts=Dropouts(input=self.dropout),
            widths=self.widths,
        )


class ReadingNetwork(nn.Module):
    """A network that reads sequences.

    Parameters
    ----------
    config : ReadingConfig
        What it is made of.
    vectors : array_like, shape (n_terms, embedding_size), optional
        Word vectors to start from; rows of NaN start at random.
    class_weights : Tensor, shape (K,), optional
        How much an example of each class counts in the loss.
    """

    def __init__(
        self, config: ReadingConfig, *, vectors: ArrayLike | None = None, class_weights: Tensor | None = None
    ) -> None:
        super().__init__()
        self.config = config
        size = config.n_features
        self.embedding = self.characters = self.images = None
        if config.n_terms:
            dropped = config.word_dropout
            self.embedding = Embedding(config.n_terms, config.embedding_size, vectors, word_dropout=dropped)
            size = config.embedding_size
        if config.n_letters:
            self.characters = CharacterEncoder([[0]], config.n_letters, config.character_size)
            size += config.character_size
        if config.frame is not None:
            self.images = ImageEncoder(config.embedding_size, n_colours=config.frame[2])
            size = config.embedding_size
        self.encoder = build_encoder(config.encoder_config(size))
        size = int(self.encoder.output_size)  # type: ignore[arg-type]
        self.pooling = None if config.pooling is None else build_pooling(config.pooling, size)
        size = size if self.pooling is None else self.pooling.output_size
        self.head: Head | HiddenHead = Head(size, config.n_outputs, dropout=config.dropout)
        if config.head_size is not None:
            self.head = HiddenHead(size, config.head_size, config.n_outputs, dropout=config.dropout)
        self.crf = LinearChainCRF(config.n_outputs) if config.crf else None
        self.register_buffer("class_weights", class_weights, persistent=False)  # of no use but while it learns

    def scores(self, batch: Batch) -> Tensor:
        """Score classes, or give values.

        Parameters
        ----------
        batch : dict of str to Tensor
            From `ReadExamples`.

        Returns
        -------
        Tensor, shape (B, K) with pooling, else (B, T, K)
            Before softmax, temperature or the scale of the values.
        """
        keep = batch["keep"]
        encoded = self.encoder(self._steps(batch), keep)
        y = encoded.y if self.pooling is None else self.pooling(encoded, keep)
        scores: Tensor = self.head(y)
        return scores

    def _steps(self, batch: Batch) -> Tensor:
        if self.images is not None and self.config.frame is not None:
            clips = batch["numbers"].unflatten(2, self.config.frame).permute(0, 1, 4, 2, 3)  # (B, T, 3, h, w)
            return self.images.frames(clips, batch["keep"])
        if self.embedding is None:
            return batch["numbers"]
        x: Tensor = self.embedding(batch["words"])
        return x if self.characters is None else torch.cat([x, self.characters(batch["spellings"])], dim=2)

    def loss(self, batch: Batch, carry: Any = None) -> Loss:
        """Say how wrong the network is about a batch.

        Parameters
        ----------
        batch : dict of str to Tensor
            From `ReadExamples`, with ``targets``.
        carry : object, optional
            Not used.

        Returns
        -------
        Loss
            Cross entropy in nats, or half the squared error; summed over the inputs, or over the real steps.
        """
        scores, targets, keep = self.scores(batch), batch["targets"], batch["keep"]
        if self.crf is not None:
            return Loss(self.crf.loss(scores, targets, keep).sum(), int(keep.sum()))
        if self.pooling is None:
            scores, targets = scores[keep], targets[keep]
        if self.config.wanted == "values":
            errors = scores - targets.reshape(scores.shape)
            return Loss(0.5 * (errors * errors).sum(), len(scores))
        weights: Any = self.class_weights
        losses = class_losses(scores, targets, smoothing=self.config.smoothing, class_weights=weights)
        return Loss(losses.sum(), len(scores))

    def answers(self, batch: Batch) -> Tensor:
        """Choose the labels of each step.

        Parameters
        ----------
        batch : dict of str to Tensor
            From `ReadExamples`.

        Returns
        -------
        Tensor of int64, shape (B, T)
            The likeliest class of each step, or those of the best path; of equal ones the first.
        """
        scores = self.scores(batch)
        return scores.argmax(dim=2) if self.crf is None else self.crf.decode(scores, batch["keep"]).tags
