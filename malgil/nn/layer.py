"""One recurrent layer in one direction: its parameters, how they start, and which way to walk with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from malgil.nn import cudnn
from malgil.nn.dropouts import NO_DROPOUTS, Dropouts, kept, zone
from malgil.nn.sweep import KINDS, Course, Noise, Norm, States, Way, Weights


@dataclass(frozen=True)
class CellConfig:
    """What a recurrent network is made of.

    Parameters
    ----------
    kind : str
        A key of `malgil.nn.sweep.KINDS`.
    input_size : int
        Numbers in an input, E.
    hidden_size : int
        Numbers in a state, H.
    num_layers : int
        Layers, one above the other.
    bidirectional : bool
        Whether each layer reads in both directions.
    residual : bool
        Whether each layer's input is added to its output.
    layer_norm : bool
        Whether products are normalised.
    dropouts : Dropouts
        What is forgotten in training.
    peepholes : bool
        LSTM: whether gates see the cell state.
    """

    kind: str
    input_size: int
    hidden_size: int
    num_layers: int = 1
    bidirectional: bool = False
    residual: bool = False
    layer_norm: bool = False
    dropouts: Dropouts = NO_DROPOUTS
    peepholes: bool = False

    @property
    def n_directions(self) -> int:
        """Directions of each layer, 1 or 2."""
        return 2 if self.bidirectional else 1


class Layer(nn.Module):
    """One layer, one direction.

    Parameters
    ----------
    config : CellConfig
        Of the network.
    input_size : int
        Numbers in this layer's input.

    Notes
    -----
    Recurrent weights start orthogonal gate by gate, so that products with them keep lengths [1]_; input weights start
    uniform with Glorot's bound gate by gate [2]_; biases and peepholes at 0, except for the forget gate's bias of 1, so
    that the cell remembers at first [3]_.

    References
    ----------
    .. [1] Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
       networks", ICLR 2014.
    .. [2] Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
    .. [3] Gers, Schmidhuber, Cummins, "Learning to Forget: Continual Prediction with LSTM", Neural Computation 2000;
       Jozefowicz, Zaremba, Sutskever, "An Empirical Exploration of Recurrent Network Architectures", ICML 2015.
    """

    gain_x: Tensor | None
    gain_h: Tensor | None
    gain_c: Tensor | None
    bias_c: Tensor | None
    b_n: Tensor | None
    peepholes: Tensor | None
    w_h: Tensor | None

    def __init__(self, config: CellConfig, input_size: int) -> None:
        super().__init__()
        self.config = config
        hidden, kind = config.hidden_size, KINDS[config.kind]
        rows, has_cell = len(kind.gates) * hidden, "c" in kind.states
        self.w_x = nn.Parameter(torch.empty(rows, input_size))
        self.b = nn.Parameter(torch.empty(rows))
        self._optional("w_h", kind.sees_state, rows, hidden)
        self._optional("b_n", config.kind == "gru", hidden)
        self._optional("peepholes", config.peepholes, 3, hidden)
        self._optional("gain_x", config.layer_norm, rows)
        self._optional("gain_h", config.layer_norm and kind.sees_state, rows)
        self._optional("gain_c", config.layer_norm and has_cell, hidden)
        self._optional("bias_c", config.layer_norm and has_cell, hidden)
        self.reset_parameters()

    def _optional(self, name: str, is_there: bool, *shape: int) -> None:
        self.register_parameter(name, nn.Parameter(torch.empty(*shape)) if is_there else None)

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        hidden, gates = self.config.hidden_size, KINDS[self.config.kind].gates
        for block in self.w_x.split(hidden):
            nn.init.xavier_uniform_(block)
        for block in () if self.w_h is None else self.w_h.split(hidden):
            nn.init.orthogonal_(block)
        for zero in (self.b, self.b_n, self.peepholes, self.bias_c):
            if zero is not None:
                zero.zero_()
        if "f" in gates:
            self.b.split(hidden)[gates.index("f")].fill_(1)
        for gain in (self.gain_x, self.gain_h, self.gain_c):
            if gain is not None:
                gain.fill_(1)

    def weights(self) -> Weights:
        """Give the weights of a sweep; while training, with weight drop.

        Returns
        -------
        Weights
            The parameters; shares their memory where nothing is dropped.
        """
        chance = self.config.dropouts.weight if self.training else 0.0
        w_x: Tensor = self.w_x
        w_h = self.w_h
        if w_h is None:
            w_x = w_x * kept(w_x, chance) if chance else w_x
            w_h = self.b.new_empty(0, self.config.hidden_size)
        elif chance:
            w_h = w_h * kept(w_h, chance)
        norm = None
        if self.gain_x is not None:
            norm = Norm(
                self.gain_x, self.b.new_empty(0) if self.gain_h is None else self.gain_h, self.gain_c, self.bias_c
            )
        return Weights(w_x, w_h, self.b, self.b_n, self.peepholes, norm)

    def noise(self, state: States, n_steps: int) -> Noise:
        """Draw what one sweep needs of dropout and zoneout.

        Parameters
        ----------
        state : tuple of Tensor, shape (B, H)
            The states before the first step.
        n_steps : int
            Steps, T.

        Returns
        -------
        Noise
            Masks while training; in evaluation only the share of zoneout.
        """
        dropouts = self.config.dropouts
        is_dropped = self.training and dropouts.recurrent > 0
        recurrent = kept(state[0], dropouts.recurrent) if is_dropped else None
        if dropouts.zoneout == 0:
            return Noise(recurrent)
        return Noise(recurrent, tuple(zone(s, n_steps, dropouts.zoneout, self.training) for s in state))

    def way(self, state: States, course: Course, n_steps: int) -> Way:
        """Give all that a sweep over a batch needs.

        Parameters
        ----------
        state : tuple of Tensor, shape (B, H)
            The states before the first step.
        course : Course
            Padding, segment borders and direction.
        n_steps : int
            Steps, T.

        Returns
        -------
        Way
            With weights and noise drawn anew.
        """
        return Way(state, self.weights(), course, self.noise(state, n_steps))


def sweep(kind: str, x: Tensor, ways: Sequence[Way]) -> list[tuple[Tensor, States]]:
    """Walk a layer over a batch in each of its directions, the fastest way that knows all that is asked.

    Parameters
    ----------
    kind : str
        Of the cell.
    x : Tensor, shape (B, T, E)
        Inputs.
    ways : sequence of Way
        One for each direction.

    Returns
    -------
    list of tuple of (Tensor of shape (B, T, H), tuple of Tensor of shape (B, H))
        Of each direction: outputs, 0 on padding, and the states after the last step.
    """
    # here, since `plain` imports the steps from the files of the cells, whose classes are made of layers
    from malgil.nn import fused, plain

    first = kind, x, ways[0].weights, ways[0].course, ways[0].noise
    if fused.covers(*first):
        return fused.sweep_ways(kind, x, ways)
    chosen = cudnn if cudnn.covers(*first) else plain
    return [chosen.sweep(kind, x, *way) for way in ways]
