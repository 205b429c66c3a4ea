"""How much a recurrent network forgets on purpose while it learns."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from malgil.errors import ParameterError


@dataclass(frozen=True)
class Dropouts:
    """Chances of dropout in the places where recurrent networks have it; all act together.

    Masks are drawn from 16 bits a number, so a chance is rounded to whole 65,536ths.

    Parameters
    ----------
    input : float
        On the input of every layer, the first too (Zaremba et al. 2014).
    output : float
        On the output of the last layer.
    recurrent : float
        On the state before its product with the recurrent weights, one mask for all steps (Gal & Ghahramani 2016). A
        minimal cell has no such product: the mask acts on its candidate (Semeniuta et al. 2016).
    weight : float
        On the recurrent weights themselves, one mask for the batch (weight drop of the AWD-LSTM, Merity et al. 2017).
        A minimal cell has none: the mask acts on its input weights (DropConnect, Wan et al. 2013).
    zoneout : float
        A state keeps its old value with this chance, each number at each step for itself; in evaluation old and new
        are mixed in that proportion (Krueger et al. 2017).
    locked : bool
        Whether `input` and `output` draw one mask for all steps of a sequence (variational dropout, Gal & Ghahramani
        2016) instead of one for each step.

    Raises
    ------
    ParameterError
        If a chance lies outside [0, 1).

    References
    ----------
    .. [1] Zaremba, Sutskever, Vinyals, "Recurrent Neural Network Regularization", 2014, arXiv:1409.2329.
    .. [2] Gal, Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks", NIPS 2016.
    .. [3] Semeniuta, Severyn, Barth, "Recurrent Dropout without Memory Loss", COLING 2016.
    .. [4] Merity, Keskar, Socher, "Regularizing and Optimizing LSTM Language Models", 2017, arXiv:1708.02182.
    .. [5] Wan et al., "Regularization of Neural Networks using DropConnect", ICML 2013.
    .. [6] Krueger et al., "Zoneout: Regularizing RNNs by Randomly Preserving Hidden Activations", ICLR 2017.
    """

    input: float = 0.0
    output: float = 0.0
    recurrent: float = 0.0
    weight: float = 0.0
    zoneout: float = 0.0
    locked: bool = True

    def __post_init__(self) -> None:
        for field in fields(self):
            chance = getattr(self, field.name)
            if field.name != "locked" and not 0 <= chance < 1:
                raise ParameterError("nn.bad_dropout", name=field.name, value=chance)


NO_DROPOUTS = Dropouts()


def drop(x: Tensor, chance: float, locked: bool, training: bool) -> Tensor:
    """Set numbers to 0 by chance and divide the others by 1 - chance.

    Parameters
    ----------
    x : Tensor, shape (B, T, E)
        Numbers for each step.
    chance : float
        Of each number to become 0, in [0, 1).
    locked : bool
        Whether a row has the same mask at all its steps.
    training : bool
        Nothing is dropped otherwise.

    Returns
    -------
    Tensor, shape (B, T, E)
        What is left.
    """
    if not training or chance == 0:
        return x
    return x * kept(x[:, :1] if locked else x, chance)


def kept(like: Tensor, chance: float) -> Tensor:
    """Draw a mask of dropout.

    Parameters
    ----------
    like : Tensor
        Gives shape, type and device.
    chance : float
        Of each number to be dropped, in [0, 1).

    Returns
    -------
    Tensor
        0 where a number is dropped, elsewhere 1 / (1 - chance).
    """
    limit = _limit(chance)
    return (_draws(like) >= limit - _HALF).to(like.dtype).mul_(2 * _HALF / (2 * _HALF - limit))


def zone(like: Tensor, n_steps: int, chance: float, training: bool) -> Tensor | float | None:
    """Draw what zoneout keeps of one state.

    Parameters
    ----------
    like : Tensor, shape (B, H)
        The state.
    n_steps : int
        Steps of the sequence, T.
    chance : float
        Of each number at each step to stay as it was, in [0, 1).
    training : bool
        Whether to draw; in evaluation the chance itself is the share of the old value.

    Returns
    -------
    Tensor of shape (B, T, H), float or None
        1 = keep the old value, or the share; None where there is no zoneout.
    """
    if chance == 0:
        return None
    if not training:
        return chance
    steps = like.unsqueeze(1).expand(-1, n_steps, -1)
    return (_draws(steps) < _limit(chance) - _HALF).to(like.dtype)


_HALF = 2**15


def _limit(chance: float) -> int:
    """Round a chance to whole 65,536ths."""
    return min(round(chance * 2 * _HALF), 2 * _HALF - 1)


def _draws(like: Tensor) -> Tensor:
    """Draw 16 random bits for each number: on a processor five times faster than torch's own Bernoulli draws."""
    words = torch.empty((like.numel() + 3) // 4, dtype=torch.int64, device=like.device).random_(-(2**63), None)
    return words.view(torch.int16)[: like.numel()].view(like.shape)
