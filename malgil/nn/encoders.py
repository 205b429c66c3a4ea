"""Encoders behind one door: a sequence goes in, an output for each step, one for the whole and a state come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from malgil.nn.convolution import CausalConvolution, Convolution
from malgil.nn.dropouts import NO_DROPOUTS, Dropouts, drop
from malgil.nn.encoded import Encoded, State, last_of
from malgil.nn.gru import GRU
from malgil.nn.lstm import LSTM
from malgil.nn.masks import only, packing
from malgil.nn.mingru import MinGRU
from malgil.nn.minlstm import MinLSTM
from malgil.nn.mlp import MLP
from malgil.nn.rnn import RNN
from malgil.params import choose

EncoderName = Literal["mlp", "cnn", "rnn", "lstm", "gru", "mingru", "minlstm"]

CELLS: dict[str, type[RNN | LSTM | GRU | MinGRU | MinLSTM]] = {
    "rnn": RNN,
    "lstm": LSTM,
    "gru": GRU,
    "mingru": MinGRU,
    "minlstm": MinLSTM,
}
"""Recurrent cells by name."""


@dataclass(frozen=True)
class EncoderConfig:
    """What an encoder is made of.

    Parameters
    ----------
    kind : str
        A key of `ENCODERS`.
    input_size : int
        Numbers in each step of the input, E.
    hidden_size : int
        Numbers in each step of a layer's output, of one direction, H.
    num_layers : int
        Layers, >= 1.
    bidirectional : bool
        Whether a recurrent encoder also reads from the end; a causal one never does.
    causal : bool
        Whether an output may depend on its own step and those before only, as a language model needs it.
    residual : bool
        Whether a layer's input is added to its output where the sizes are equal; a causal ``cnn`` always does it.
    layer_norm : bool
        Whether layers normalise what they compute.
    dropouts : Dropouts
        What training leaves out; of ``mlp`` and ``cnn`` only `input`, `output` and `locked` count.
    widths : tuple of int
        For ``cnn``: steps that the windows see; a causal one uses the largest.
    """

    kind: EncoderName
    input_size: int
    hidden_size: int = 256
    num_layers: int = 1
    bidirectional: bool = True
    causal: bool = False
    residual: bool = False
    layer_norm: bool = False
    dropouts: Dropouts = NO_DROPOUTS
    widths: tuple[int, ...] = (2, 3, 4, 5)


class RecurrentEncoder(nn.Module):
    """A recurrent network over the sequence.

    Parameters
    ----------
    config : EncoderConfig
        Of a recurrent kind.

    Attributes
    ----------
    output_size : int
        H, or 2 H where it reads in both directions.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.bidirectional = config.bidirectional and not config.causal
        self.output_size = config.hidden_size * (1 + self.bidirectional)
        self.cell = CELLS[config.kind](
            config.input_size,
            config.hidden_size,
            config.num_layers,
            self.bidirectional,
            residual=config.residual,
            layer_norm=config.layer_norm,
            dropouts=config.dropouts,
        )

    def forward(self, x: Tensor, keep: Tensor, state: State | None = None) -> Encoded:
        """Encode.

        Parameters
        ----------
        x : Tensor, shape (B, T, E)
            Steps.
        keep : Tensor of bool, shape (B, T)
            True = real.
        state : State, optional
            Of an earlier call; None = 0.

        Returns
        -------
        Encoded
            Outputs, the last one and the state.
        """
        y, state = self.cell(x, keep, state)
        return Encoded(y, last_of(y, keep, self.bidirectional), state)


class FeedForwardEncoder(nn.Module):
    """Layers without memory: ``mlp`` looks at each step alone, ``cnn`` at windows around it.

    Parameters
    ----------
    config : EncoderConfig
        Of the kind ``mlp`` or ``cnn``.

    Attributes
    ----------
    output_size : int
        H.

    Notes
    -----
    ``mlp`` with a pooling over it is a bag of embeddings that knows no order [1]_. ``cnn`` with the largest of each
    number over it is [2]_.

    References
    ----------
    .. [1] Iyyer et al., "Deep Unordered Composition Rivals Syntactic Methods for Text Classification", ACL 2015.
    .. [2] Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        size = self.output_size = config.hidden_size
        self.dropouts = config.dropouts
        self.looks_around = config.kind == "cnn"
        inputs = [config.input_size] + [size] * (config.num_layers - 1)
        self.layers = nn.ModuleList(
            Convolution(n, size, config.widths) if self.looks_around else MLP(n, size) for n in inputs
        )
        self.norms = nn.ModuleList(nn.LayerNorm(size) if config.layer_norm else nn.Identity() for _ in inputs)
        self.adds = [config.residual and n == size for n in inputs]

    def forward(self, x: Tensor, keep: Tensor, state: State | None = None) -> Encoded:
        """Encode.

        Parameters
        ----------
        x : Tensor, shape (B, T, E)
            Steps.
        keep : Tensor of bool, shape (B, T)
            True = real.
        state : State, optional
            Not needed; here so that every encoder is called alike.

        Returns
        -------
        Encoded
            Outputs, the last one, no state.
        """
        moves = packing(keep)
        x, packed = (only(x, keep), keep) if moves is None else (moves.pack(x), moves.keep)
        for layer, norm, adds in zip(self.layers, self.norms, self.adds, strict=True):
            seen = drop(x, self.dropouts.input, self.dropouts.locked, self.training)
            y = norm(layer(seen, packed) if self.looks_around else layer(seen))
            x = only(x + y if adds else y, packed)
        x = drop(x, self.dropouts.output, self.dropouts.locked, self.training)
        y = x if moves is None else moves.unpack(x)
        return Encoded(y, last_of(y, keep, bidirectional=False), ())


class CausalCNNEncoder(nn.Module):
    """Windows into the past, twice as far apart in each layer, each added to its input [1]_ [2]_.

    Parameters
    ----------
    config : EncoderConfig
        Of the kind ``cnn``, causal. With w the largest width, L layers see 1 + (w - 1) (2^L - 1) steps.

    References
    ----------
    .. [1] van den Oord et al., "WaveNet: A Generative Model for Raw Audio", 2016, section 2.1.
    .. [2] Bai et al., "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence
       Modeling", 2018, section 3.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        size = self.output_size = config.hidden_size
        self.dropouts = config.dropouts
        self.project = nn.Linear(config.input_size, size)
        self.layers = nn.ModuleList(
            CausalConvolution(size, max(config.widths), dilation=2**place) for place in range(config.num_layers)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(size) if config.layer_norm else nn.Identity() for _ in self.layers)

    def forward(self, x: Tensor, keep: Tensor, state: State | None = None) -> Encoded:
        """Encode.

        Parameters
        ----------
        x : Tensor, shape (B, T, E)
            Steps.
        keep : Tensor of bool, shape (B, T)
            True = real.
        state : State, optional
            Of an earlier call: for each layer the last steps of its input, (n, B, H); None = 0.

        Returns
        -------
        Encoded
            Outputs, the last one and the state.
        """
        moves = packing(keep)
        x, packed = (only(x, keep), keep) if moves is None else (moves.pack(x), moves.keep)
        x = self.project(x)
        after = []
        for place, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            seen = drop(x, self.dropouts.input, self.dropouts.locked, self.training)
            y, kept = layer(seen, packed, None if state is None else state[place])
            after.append(kept)
            x = only(x + norm(y), packed)
        x = drop(x, self.dropouts.output, self.dropouts.locked, self.training)
        y = only(x, packed) if moves is None else moves.unpack(x)
        return Encoded(y, last_of(y, keep, bidirectional=False), tuple(after))


ENCODERS: dict[str, type[nn.Module]] = {
    "mlp": FeedForwardEncoder,
    "cnn": FeedForwardEncoder,
    **dict.fromkeys(CELLS, RecurrentEncoder),
}
"""Encoders by kind."""


def build_encoder(config: EncoderConfig) -> nn.Module:
    """Make an encoder.

    Parameters
    ----------
    config : EncoderConfig
        What it is made of.

    Returns
    -------
    nn.Module
        Called as ``encoder(x, keep, state=None) -> Encoded``; `output_size` is the number of numbers in an output.

    Raises
    ------
    ParameterError
        If there is no such kind.
    """
    kind = choose(ENCODERS, "encoder", config.kind)
    return (CausalCNNEncoder if config.kind == "cnn" and config.causal else kind)(config)
