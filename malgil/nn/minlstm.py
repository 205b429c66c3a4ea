r"""The minimal LSTM (Feng et al. 2024, section 3.2): gates that do not see the state, normalised to sum to 1.

    f_t = sigmoid(W_f x_t + b_f)                        forget gate
    i_t = sigmoid(W_i x_t + b_i)                        input gate
    n_t = W_n x_t + b_n                                 candidate, without tanh
    h_t = f_t / (f_t + i_t) * h_{t-1} + i_t / (f_t + i_t) * n_t

There is no cell state and no output gate; the paper normalises the gates so that the states keep their scale over time.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from malgil.nn.dropouts import NO_DROPOUTS, Dropouts
from malgil.nn.layer import CellConfig
from malgil.nn.stack import Recurrent
from malgil.nn.sweep import States, Weights


def step(gates: Tensor, state: States, weights: Weights, mask: Tensor | None) -> tuple[States, dict[str, Tensor]]:
    """Take one step.

    Parameters
    ----------
    gates : Tensor, shape (B, 3 * H)
        W x_t + b, in the order f, i, n.
    state : tuple of Tensor, shape (B, H)
        h_{t-1}.
    weights : Weights
        Of the layer; everything that they do is in `gates` already.
    mask : Tensor, shape (B, H), optional
        Recurrent dropout: multiplies the candidate.

    Returns
    -------
    tuple of (tuple of Tensor, dict of str to Tensor)
        h_t; the gates f and i before they are normalised, and n.
    """
    (h,) = state
    f, i, n = gates.chunk(3, dim=-1)
    # f / (f + i), which stays a number where both gates are so small that they are 0
    forget = torch.sigmoid(F.logsigmoid(f) - F.logsigmoid(i))
    if mask is not None:
        n = n * mask
    return (forget * h + (1 - forget) * n,), {"f": torch.sigmoid(f), "i": torch.sigmoid(i), "n": n}


class MinLSTM(Recurrent):
    """The minimal LSTM: normalised gates that see only the input, so that all steps are computed by a scan.

    Called as ``cell(x, lengths=None, state=None, resets=None) -> (y, state)``, batch first; see `Recurrent.forward`.

    Parameters
    ----------
    input_size : int
        Numbers in an input, E.
    hidden_size : int
        Numbers in a state, H.
    num_layers : int
        Layers, one above the other.
    bidirectional : bool
        Whether each layer also reads from the end; the outputs stand side by side, forward first.
    residual : bool
        Whether each layer's input is added to its output. The first layer has no such sum where its input is not as
        wide as its output; if it is the only one, that is an error.
    layer_norm : bool
        Whether products are normalised (Ba et al. 2016).
    dropouts : Dropouts
        What is forgotten in training.

    Raises
    ------
    ParameterError
        If a size is below 1, or `residual` could act on no layer.

    References
    ----------
    .. [1] Feng et al., "Were RNNs All We Needed?", 2024, arXiv:2410.01201, section 3.2.
    .. [2] Ba, Kiros, Hinton, "Layer Normalization", 2016, arXiv:1607.06450.

    Examples
    --------
    >>> import torch
    >>> from malgil.nn import MinLSTM
    >>> cell = MinLSTM(input_size=4, hidden_size=3, bidirectional=True)
    >>> y, h = cell(torch.zeros(2, 5, 4), lengths=torch.tensor([5, 2]))
    >>> tuple(y.shape), tuple(h.shape)
    ((2, 5, 6), (2, 2, 3))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
        *,
        residual: bool = False,
        layer_norm: bool = False,
        dropouts: Dropouts = NO_DROPOUTS,
    ) -> None:
        config = CellConfig(
            "minlstm", input_size, hidden_size, num_layers, bidirectional, residual, layer_norm, dropouts
        )
        super().__init__(config)
