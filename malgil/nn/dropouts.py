"""How much a recurrent network forgets on purpose while it learns."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
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
    return _mask(tuple(like.shape), limit, (0.0, _ALL / (_ALL - limit)), like)


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
    n_rows, hidden = like.shape
    return _mask((n_steps, hidden, n_rows), _limit(chance), (1.0, 0.0), like).permute(2, 0, 1)  # as steps read it


_ALL = 2**16


def _limit(chance: float) -> int:
    """Round a chance to whole 65,536ths."""
    return min(round(chance * _ALL), _ALL - 1)


def _mask(shape: tuple[int, ...], limit: int, values: tuple[float, float], like: Tensor) -> Tensor:
    """Draw the first value with a chance of limit / 65,536, else the second, far faster than torch's Bernoulli draws.

    On a processor torch's generator gives only the seed; elsewhere it gives all bits.
    """
    n = math.prod(shape)
    if like.device.type == "cpu":
        from malgil.nn._dropout_kernels import draw_mask

        mask, (below, above) = torch.empty(4, (n + 3) // 4), values
        seed = int(torch.empty((), dtype=torch.int64).random_(-(2**63), None)) % 2**64
        draw_mask(np.uint64(seed), np.uint64(limit), np.float32(below), np.float32(above), mask.numpy())  # type: ignore[arg-type]
        return mask.flatten()[:n].view(shape).to(like.dtype)
    words = torch.empty((n + 3) // 4, dtype=torch.int64, device=like.device).random_(-(2**63), None)
    drawn = words.view(torch.int16)[:n].view(shape) < limit - _ALL // 2
    return torch.where(drawn, *values).to(like.dtype)
