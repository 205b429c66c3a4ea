"""The bridge: from a vector that stands for the input to the state that a decoder starts from."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from malgil.nn.encoded import State


class Bridge(nn.Module):
    r"""A linear layer and tanh, for each state of each layer [1]_.

    Parameters
    ----------
    input_size : int
        Numbers in the vector: an encoder's last output, an image's vector, that of a label.
    num_layers : int
        Layers of the decoder.
    hidden_size : int
        Numbers in a layer's state.
    n_states : int
        States of a layer: 2 for an LSTM (h and c), otherwise 1.

    Notes
    -----
    .. math:: h_0^l = \tanh(W^l x + b^l)

    References
    ----------
    .. [1] Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015,
       appendix A.2.2.
    """

    def __init__(self, input_size: int, num_layers: int, hidden_size: int, n_states: int) -> None:
        super().__init__()
        self.shape = (n_states, num_layers, hidden_size)
        self.project = nn.Linear(input_size, n_states * num_layers * hidden_size)

    def forward(self, x: Tensor) -> State:
        """Make the state.

        Parameters
        ----------
        x : Tensor, shape (B, D)
            Vectors.

        Returns
        -------
        State
            (L, B, H); a tuple of two where there are two states.
        """
        states = torch.tanh(self.project(x)).unflatten(1, self.shape).permute(1, 2, 0, 3).contiguous()  # (n, L, B, H)
        return states[0] if len(states) == 1 else tuple(states)
