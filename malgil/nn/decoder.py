"""The decoder: writes one word after the other, from a state and what it has written, looking at a memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from malgil.errors import ParameterError
from malgil.nn import fused_feeding
from malgil.nn.attention import Memory, build_attention
from malgil.nn.bridge import Bridge
from malgil.nn.copying import Copying
from malgil.nn.dropouts import NO_DROPOUTS, Dropouts
from malgil.nn.embedding import Embedding
from malgil.nn.encoded import State
from malgil.nn.encoders import CELLS
from malgil.nn.heads import Head, TiedHead, smooth, without_padding
from malgil.nn.sweep import KINDS
from malgil.nn.word_loss import word_loss
from malgil.params import choose
from malgil.sequences.specials import BOS, PAD, UNK


@dataclass(frozen=True)
class DecoderConfig:
    """What a decoder is made of.

    Parameters
    ----------
    kind : str
        A recurrent cell: a key of `malgil.nn.encoders.CELLS`.
    n_terms : int
        Words that can be written, V, special ones included.
    source_size : int
        Numbers in the vector that it starts from.
    memory_size : int
        Numbers in each step of the memory; 0 = there is none.
    embedding_size : int
        Numbers in a word's vector.
    hidden_size : int
        Numbers in a layer's state, H.
    num_layers : int
        Layers.
    attention : str
        A key of `malgil.nn.attention.ATTENTIONS`.
    input_feeding : bool
        Whether a step also sees what the one before made of the memory [1]_.
    feedback : bool
        Whether a step sees the word before. Without it only the state goes on: after ``<s>`` there is no input.
    copy : bool
        Whether words can be copied from the source.
    tied : bool
        Whether words are scored by the vectors that also stand for them as input.
    layer_norm : bool
        As in the cell.
    dropouts : Dropouts
        As in the cell; with `input_feeding` each step draws anew.

    References
    ----------
    .. [1] Luong et al., "Effective Approaches to Attention-based Neural Machine Translation", EMNLP 2015, section 3.3.
    """

    kind: Literal["rnn", "lstm", "gru", "mingru", "minlstm"]
    n_terms: int
    source_size: int
    memory_size: int = 0
    embedding_size: int = 256
    hidden_size: int = 256
    num_layers: int = 1
    attention: Literal["dot", "general", "additive"] = "general"
    input_feeding: bool = True
    feedback: bool = True
    copy: bool = False
    tied: bool = False
    layer_norm: bool = False
    dropouts: Dropouts = NO_DROPOUTS


class DecoderState(NamedTuple):
    """What goes from step to step.

    Parameters
    ----------
    cell : State
        Of the cell, (L, B, H) each.
    feed : Tensor, shape (1, B, H)
        What the step before made of state and memory; (1, B, 0) without input feeding.
    """

    cell: State
    feed: Tensor


class Decoded(NamedTuple):
    """A text as the decoder judges it.

    Parameters
    ----------
    log_probs : Tensor, shape (B, S, V + X)
        Natural logarithms of the next word's probabilities; X words of the batch's sources that are not among the V.
    state : DecoderState
        After the last real word.
    weights : Tensor, shape (B, S, N), optional
        Attention of each step; None without memory.
    """

    log_probs: Tensor
    state: DecoderState
    weights: Tensor | None


class Decoder(nn.Module):
    r"""Recurrent decoder with attention, input feeding and copying, each where asked for.

    Parameters
    ----------
    config : DecoderConfig
        What it is made of.

    Raises
    ------
    ParameterError
        If there is no such cell or attention, or words are to be copied without a memory.

    Notes
    -----
    With word vectors e, the cell, attention over the memory m and the output o:

    .. math:: s_t = cell([e_{y_{t-1}}; o_{t-1}], s_{t-1}), \quad c_t = attention(s_t, m), \quad
       o_t = \tanh(W [c_t; s_t]), \quad p(y_t) = softmax(V o_t + b)

    Without memory o is s; without input feeding the cell sees e alone. Words are right of ``<s>``, which is the first
    input; ``<pad>`` among the inputs is passed over.
    """

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        if config.copy and not config.memory_size:
            raise ParameterError("nn_parts.copy_without_memory")
        size = config.hidden_size
        self.input_feeding = bool(config.input_feeding and config.memory_size)
        self.embedding = Embedding(config.n_terms, config.embedding_size)
        self.cell = choose(CELLS, "decoder", config.kind)(
            config.embedding_size + size * self.input_feeding,
            size,
            config.num_layers,
            layer_norm=config.layer_norm,
            dropouts=config.dropouts,
        )
        n_states = len(KINDS[self.cell.config.kind].states)
        self.bridge = Bridge(config.source_size, config.num_layers, size, n_states)
        if config.memory_size:
            self.attention = build_attention(config.attention, size, config.memory_size)
            self.combine = nn.Linear(config.memory_size + size, size, bias=False)
        if config.copy:
            self.copying = Copying(size)
        self.head: Head | TiedHead = (
            TiedHead(size, config.n_terms, config.embedding_size) if config.tied else Head(size, config.n_terms)
        )

    def begin(self, source: Tensor) -> DecoderState:
        """Make the state before the first word.

        Parameters
        ----------
        source : Tensor, shape (B, D)
            What stands for the input: an encoder's last output, an image's vector, that of a label.

        Returns
        -------
        DecoderState
            The cell's through the bridge; nothing fed yet.
        """
        feed = source.new_zeros(1, len(source), self.config.hidden_size * self.input_feeding)
        return DecoderState(self.bridge(source), feed)

    def memory(self, values: Tensor, keep: Tensor, source: Tensor | None = None, n_extra: int = 0) -> Memory:
        """Make a memory of an encoder's outputs.

        Parameters
        ----------
        values : Tensor, shape (B, N, D)
            Outputs.
        keep : Tensor of bool, shape (B, N)
            True = real.
        source : Tensor of int64, shape (B, N), optional
            For copying: the number of each source word among the V + X words.
        n_extra : int
            For copying: X, the words of the batch's sources that are not among the V.

        Returns
        -------
        Memory
            With the products that do not change from step to step.
        """
        return self.attention.memory(values, keep, source, n_extra)

    def step(
        self, tokens: Tensor, state: DecoderState, memory: Memory | None = None
    ) -> tuple[Tensor, DecoderState, Tensor | None]:
        """Read the newest word and judge the next.

        Parameters
        ----------
        tokens : Tensor of int64, shape (B,)
            The newest words; ``<s>`` at first.
        state : DecoderState
            Before them.
        memory : Memory, optional
            What to look at.

        Returns
        -------
        tuple of Tensor, shape (B, V + X), DecoderState, and Tensor, shape (B, N), or None
            Natural logarithms of probabilities, the state after `tokens`, the attention weights.
        """
        decoded = self(tokens.unsqueeze(1), state, memory)
        return decoded.log_probs[:, 0], decoded.state, None if decoded.weights is None else decoded.weights[:, 0]

    def forward(self, tokens: Tensor, state: DecoderState, memory: Memory | None = None) -> Decoded:
        """Judge given texts word by word (teacher forcing).

        Parameters
        ----------
        tokens : Tensor of int64, shape (B, S)
            Inputs: ``<s>`` and the words without the last; ``<pad>`` is passed over on any side.
        state : DecoderState
            Before them.
        memory : Memory, optional
            What to look at.

        Returns
        -------
        Decoded
            Judgement of the word after each input.
        """
        outputs, weights, state = self._read(tokens, state, memory)
        n_rows, n_steps = tokens.shape
        flat = None if weights is None else weights.flatten(0, 1)
        rows = torch.arange(n_rows, device=tokens.device).repeat_interleave(n_steps)
        log_probs = self._judge(outputs.flatten(0, 1), flat, memory, rows)
        return Decoded(log_probs.unflatten(0, (n_rows, n_steps)), state, weights)

    def loss(
        self,
        tokens: Tensor,
        targets: Tensor,
        state: DecoderState,
        memory: Memory | None = None,
        *,
        smoothing: float = 0.0,
    ) -> Tensor:
        """Sum the cross entropies of the right words, judged at real steps only.

        Parameters
        ----------
        tokens : Tensor of int64, shape (B, S)
            As in `forward`.
        targets : Tensor of int64, shape (B, S)
            The word after each input, the last one ``</s>``; ``<pad>`` where there is none.
        state : DecoderState
            Before them.
        memory : Memory, optional
            What to look at.
        smoothing : float
            Share of the target that goes to all V words alike, in [0, 1); with copying, to what is written of them.

        Returns
        -------
        Tensor, shape ()
            In nats.
        """
        outputs, weights, _ = self._read(tokens, state, memory)
        rows, steps = torch.nonzero(targets != PAD, as_tuple=True)
        outputs, right = outputs[rows, steps], targets[rows, steps]
        if not self.config.copy or memory is None or memory.source is None or weights is None:
            x, weight, bias = self.head.parts(outputs, self.embedding.weight)
            weight = without_padding(weight) if self.config.tied else weight
            return word_loss(x, weight, bias, right, smoothing=smoothing)
        log_probs = torch.log_softmax(self._scores(outputs), dim=1)
        found = self.copying.log_prob(log_probs, outputs, weights[rows, steps], memory.source[rows], right)
        return smooth(-found, log_probs, smoothing).sum()

    def _read(
        self, tokens: Tensor, state: DecoderState, memory: Memory | None
    ) -> tuple[Tensor, Tensor | None, DecoderState]:
        """Give outputs (B, S, H), attention weights (B, S, N) and the state after all tokens."""
        keep = tokens != PAD
        vectors = self.embedding(tokens.masked_fill(tokens >= self.config.n_terms, UNK))
        if not self.config.feedback:
            vectors = vectors * (tokens == BOS).unsqueeze(-1)
        if self.input_feeding and memory is not None:
            return self._read_feeding(vectors, keep, state, memory)
        y, cell = self.cell(vectors, keep, state.cell)
        if memory is None:
            return y, None, DecoderState(cell, state.feed)
        context, weights = self.attention(y, memory)
        return torch.tanh(self.combine(torch.cat([context, y], dim=2))), weights, DecoderState(cell, state.feed)

    def _read_feeding(
        self, vectors: Tensor, keep: Tensor, state: DecoderState, memory: Memory
    ) -> tuple[Tensor, Tensor, DecoderState]:
        begin = (state.cell, state.feed[0])
        if fused_feeding.covers(self.cell, vectors, begin, memory, self.attention):
            looks = (self.attention, self.combine.weight)
            fed = fused_feeding.read(self.cell, vectors, keep, begin, memory, looks)
            return fed.outputs, fed.weights, DecoderState(fed.state, fed.feed.unsqueeze(0))
        cell, feed = begin
        is_full = bool(keep.all())
        outputs, weights = [], []
        for t in range(vectors.shape[1]):
            x = torch.cat([vectors[:, t], feed.to(vectors.dtype)], dim=1).unsqueeze(1)
            y, cell = self.cell(x, None if is_full else keep[:, t : t + 1], cell)
            context, shares = self.attention(y, memory)
            output = torch.tanh(self.combine(torch.cat([context, y], dim=2)))[:, 0]
            feed = output if is_full else torch.where(keep[:, t : t + 1], output, feed)
            outputs.append(output)
            weights.append(shares[:, 0])
        return torch.stack(outputs, dim=1), torch.stack(weights, dim=1), DecoderState(cell, feed.unsqueeze(0))

    def _judge(self, outputs: Tensor, weights: Tensor | None, memory: Memory | None, rows: Tensor) -> Tensor:
        """Log-probabilities (n, V + X) of outputs (n, H) that belong to given rows of the batch."""
        scores = self._scores(outputs)
        if not self.config.copy or memory is None or memory.source is None or weights is None:
            return torch.log_softmax(scores, dim=1)
        return self.copying(scores, outputs, weights, memory.source[rows], memory.n_extra)  # type: ignore[no-any-return]

    def _scores(self, outputs: Tensor) -> Tensor:
        is_tied = isinstance(self.head, TiedHead)
        scores: Tensor = self.head(outputs, self.embedding.weight) if is_tied else self.head(outputs)
        return scores
