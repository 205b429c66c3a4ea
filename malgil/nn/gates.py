"""What flows into the gates of a cell: the products with the input and with the state, normalised where asked."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from malgil.nn.sweep import EPSILON, Weights


def input_gates(x: Tensor, weights: Weights) -> Tensor:
    """Multiply the inputs of all steps at once: W_x x + b, with layer norm LN(W_x x) * gain + b.

    Parameters
    ----------
    x : Tensor, shape (..., E)
        Inputs.
    weights : Weights
        Of the layer.

    Returns
    -------
    Tensor, shape (..., G * H)
        The input's share of every gate, in the type of the weights also under autocast.
    """
    product = F.linear(x, weights.w_x).to(weights.b.dtype)
    if weights.norm is not None:
        product = normed(product, weights.norm.gain_x, weights.hidden_size)
    return product + weights.b


def state_gates(h: Tensor, weights: Weights, mask: Tensor | None) -> Tensor:
    """Multiply the state of one step: W_h (h * mask), with layer norm LN(W_h (h * mask)) * gain.

    Parameters
    ----------
    h : Tensor, shape (B, H)
        The state before the step.
    weights : Weights
        Of the layer.
    mask : Tensor, shape (B, H), optional
        Recurrent dropout (Gal & Ghahramani 2016).

    Returns
    -------
    Tensor, shape (B, G * H)
        The state's share of every gate, without a bias.
    """
    product = F.linear(h if mask is None else h * mask, weights.w_h).to(weights.b.dtype)
    return product if weights.norm is None else normed(product, weights.norm.gain_h, weights.hidden_size)


def normed(gates: Tensor, gain: Tensor, hidden_size: int) -> Tensor:
    """Give each gate mean 0 and variance 1 over its H numbers, times a gain (Ba et al. 2016).

    Parameters
    ----------
    gates : Tensor, shape (..., G * H)
        Products.
    gain : Tensor, shape (G * H,)
        Learned factor of each number.
    hidden_size : int
        Numbers in a gate, H.

    Returns
    -------
    Tensor, shape (..., G * H)
        The normalised products; all 0 where a gate's numbers are all equal.
    """
    each = gates.unflatten(-1, (-1, hidden_size))
    return F.layer_norm(each, (hidden_size,), eps=EPSILON).flatten(-2) * gain
