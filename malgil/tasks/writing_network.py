"""Networks that write a text: something that is read (a text, an image, a vector, a label), a bridge and a decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from malgil.nn.attention import Memory
from malgil.nn.beam import beam_search
from malgil.nn.decoder import Decoder, DecoderConfig, DecoderState
from malgil.nn.embedding import Embedding
from malgil.nn.encoders import EncoderConfig, build_encoder
from malgil.nn.images import ImageEncoder
from malgil.nn.masks import only
from malgil.nn.searching import Hypothesis, Limits, Sampling, greedy, sample
from malgil.sequences.specials import BOS, PAD
from malgil.training.examples import Batch, Loss


class Heard(NamedTuple):
    """What a source makes of a batch.

    Parameters
    ----------
    vector : Tensor, shape (B, D)
        Each example as a whole.
    values : Tensor, shape (B, N, M), optional
        What attention can look at; None = nothing.
    keep : Tensor of bool, shape (B, N), optional
        Which of it is real.
    """

    vector: Tensor
    values: Tensor | None = None
    keep: Tensor | None = None


class TextSource(nn.Module):
    """A text, read by an encoder.

    Parameters
    ----------
    n_terms : int
        Words of the source language.
    config : EncoderConfig
        Of the encoder.
    """

    def __init__(self, n_terms: int, config: EncoderConfig) -> None:
        super().__init__()
        self.embedding = Embedding(n_terms, config.input_size)
        self.encoder = build_encoder(config)
        self.output_size = self.memory_size = int(self.encoder.output_size)  # type: ignore[arg-type]

    def forward(self, batch: Batch) -> Heard:
        """Read.

        Parameters
        ----------
        batch : dict of str to Tensor
            ``source``, int64 (B, N).

        Returns
        -------
        Heard
            The encoder's last output and all of them.
        """
        keep = batch["source"] != PAD
        y, last, _ = self.encoder(self.embedding(batch["source"]), keep)
        return Heard(last, y, keep)


class ImageSource(nn.Module):
    """An image, seen by a small convolutional encoder.

    Parameters
    ----------
    size : int
        Numbers in the vector and in each place of the grid.
    channels : tuple of int
        Of its blocks.

    References
    ----------
    .. [1] He et al., "Delving Deep into Rectifiers", ICCV 2015, section 2.2: how its weights start.
    """

    def __init__(self, size: int, channels: tuple[int, ...] = (32, 64)) -> None:
        super().__init__()
        self.images = ImageEncoder(size, channels, depth=2)  # one sees a shape inside another too coarsely
        for part in self.images.modules():  # torch's own start lets an image's vector hardly vary: learning stalls
            if isinstance(part, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
        self.output_size = self.memory_size = size

    def forward(self, batch: Batch) -> Heard:
        """Look.

        Parameters
        ----------
        batch : dict of str to Tensor
            ``image``, (B, 3, h, w).

        Returns
        -------
        Heard
            Vector and grid.
        """
        vector, grid = self.images(batch["image"])
        return Heard(vector, grid, torch.ones(grid.shape[:2], dtype=torch.bool, device=grid.device))


class VectorSource(nn.Module):
    """A vector of numbers that stands for something seen elsewhere; there is nothing to look at.

    Parameters
    ----------
    n_features : int
        Numbers in it.
    size : int
        Numbers in what the bridge gets.
    """

    memory_size = 0

    def __init__(self, n_features: int, size: int) -> None:
        super().__init__()
        self.project = nn.Linear(n_features, size)
        self.output_size = size

    def forward(self, batch: Batch) -> Heard:
        """Take it in.

        Parameters
        ----------
        batch : dict of str to Tensor
            ``vector``, (B, F).

        Returns
        -------
        Heard
            A vector.
        """
        return Heard(torch.tanh(self.project(batch["vector"])))


class WordsSource(nn.Module):
    """A label or some keywords, in no order.

    Parameters
    ----------
    n_terms : int
        Labels or keywords that are known.
    size : int
        Numbers in the vector of each.
    """

    def __init__(self, n_terms: int, size: int) -> None:
        super().__init__()
        self.embedding = Embedding(n_terms, size)
        self.output_size = self.memory_size = size

    def forward(self, batch: Batch) -> Heard:
        """Take them in.

        Parameters
        ----------
        batch : dict of str to Tensor
            ``source``, int64 (B, N).

        Returns
        -------
        Heard
            The mean of their vectors, and each.
        """
        keep = batch["source"] != PAD
        values = only(self.embedding(batch["source"]), keep)
        return Heard(values.sum(dim=1) / keep.sum(dim=1, keepdim=True).clamp(min=1), values, keep)


@dataclass(frozen=True)
class Search:
    """How texts are found.

    Parameters
    ----------
    beam : int
        Hypotheses side by side; 1 = the likeliest word each time.
    penalty : float
        Strength of the length penalty.
    max_length : int
        Most words.
    sampling : Sampling, optional
        Draws words instead.
    seed : int
        Of what is drawn.
    """

    beam: int = 5
    penalty: float = 0.6
    max_length: int = 100
    sampling: Sampling | None = None
    seed: int = 0


class WritingNetwork(nn.Module):
    """A source and a decoder.

    Parameters
    ----------
    source : nn.Module
        Batch -> `Heard`, with `output_size` and `memory_size`.
    config : DecoderConfig
        Of the decoder; made for that source.
    smoothing : float
        Share of the target that goes to all words alike.
    """

    def __init__(self, source: nn.Module, config: DecoderConfig, *, smoothing: float = 0.0) -> None:
        super().__init__()
        self.source = source
        self.decoder = Decoder(config)
        self.smoothing = smoothing

    def begin(self, batch: Batch) -> tuple[DecoderState, Memory | None]:
        """Read the sources.

        Parameters
        ----------
        batch : dict of str to Tensor
            What the source reads; ``copied``, int64 (B, N), and ``n_extra`` where words can be copied.

        Returns
        -------
        tuple of DecoderState and Memory or None
            What the decoder starts from and looks at.
        """
        heard = self.source(batch)
        state = self.decoder.begin(heard.vector)
        if not self.decoder.config.memory_size:
            return state, None
        n_extra = int(batch["n_extra"]) if "n_extra" in batch else 0
        return state, self.decoder.memory(heard.values, heard.keep, batch.get("copied"), n_extra)

    def loss(self, batch: Batch, carry: Any = None) -> Loss:
        """Cross entropy of the right words.

        Parameters
        ----------
        batch : dict of str to Tensor
            Also ``inputs`` and ``targets``, int64 (B, S).
        carry : object, optional
            Not used.

        Returns
        -------
        Loss
            In nats, summed over words and ends; without smoothing when the network is not in training.
        """
        state, memory = self.begin(batch)
        smoothing = self.smoothing if self.training else 0.0
        total = self.decoder.loss(batch["inputs"], batch["targets"], state, memory, smoothing=smoothing)
        return Loss(total, int((batch["targets"] != PAD).sum()))

    def write(self, batch: Batch, search: Search) -> list[Hypothesis]:
        """Write a text for each example.

        Parameters
        ----------
        batch : dict of str to Tensor
            What the source reads.
        search : Search
            How.

        Returns
        -------
        list of Hypothesis
            The best one of each.
        """
        state, memory = self.begin(batch)
        n_copies = search.beam if search.sampling is None else 1
        seen = memory if memory is None else memory.repeat(n_copies)
        first = torch.full((state.feed.shape[1],), BOS, device=state.feed.device)
        limits = Limits(search.max_length)

        def step(tokens: Tensor, state: Any) -> Any:
            return self.decoder.step(tokens, state, seen)

        if search.sampling is not None:
            generator = torch.Generator().manual_seed(search.seed)
            return sample(step, first, state, limits, sampling=search.sampling, generator=generator)
        if search.beam == 1:
            return greedy(step, first, state, limits)
        found = beam_search(step, first, state, limits, beam=search.beam, penalty=search.penalty)
        return [texts[0] for texts in found]
