r"""How the learning rate goes over a training: pure functions of the share that is done.

A share instead of a number of steps: a language model has other batches in every epoch, and a resumed training needs
nothing but its place. The loop asks in the middle of each step, so that no step has a rate of 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

_COLD, _FINAL = 1 / 25, 1 / 250_000  # where one cycle begins and ends


def constant(done: float, warmup: float) -> float:
    """Keep the rate.

    Parameters
    ----------
    done : float
        Share of the training, in [0, 1].
    warmup : float
        Share in which the rate rises linearly first, in [0, 1).

    Returns
    -------
    float
        Factor of the highest rate, in [0, 1].
    """
    return min(1.0, done / warmup) if warmup else 1.0


def inverse_root(done: float, warmup: float) -> float:
    r"""Rise linearly, then fall with the root of the time.

    Parameters
    ----------
    done : float
        Share of the training, in [0, 1].
    warmup : float
        Share in which the rate rises, in [0, 1).

    Returns
    -------
    float
        Factor of the highest rate, in [0, 1].

    Notes
    -----
    .. math:: \min(t / w, \sqrt{w / t})

    References
    ----------
    .. [1] Vaswani et al., "Attention Is All You Need", NIPS 2017, equation 3, scaled to a peak of 1.
    """
    return min(done / warmup, math.sqrt(warmup / done)) if warmup and done else float(not warmup)


def cosine(done: float, warmup: float) -> float:
    r"""Rise linearly, then fall to 0 along half a cosine.

    Parameters
    ----------
    done : float
        Share of the training, in [0, 1].
    warmup : float
        Share in which the rate rises, in [0, 1).

    Returns
    -------
    float
        Factor of the highest rate, in [0, 1].

    Notes
    -----
    .. math:: \tfrac{1}{2} \left(1 + \cos \pi \frac{t - w}{1 - w}\right), \quad t \ge w

    References
    ----------
    .. [1] Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, equation 5,
       one cycle.
    """
    if done < warmup:
        return done / warmup
    return _swing(1.0, 0.0, (done - warmup) / (1 - warmup))


def one_cycle(done: float, warmup: float) -> float:
    """Rise from 1/25 to 1 and fall to almost nothing, both along half a cosine; the momentum is left alone.

    Parameters
    ----------
    done : float
        Share of the training, in [0, 1].
    warmup : float
        Share in which the rate rises, in [0, 1).

    Returns
    -------
    float
        Factor of the highest rate, in [0, 1].

    References
    ----------
    .. [1] Smith & Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2018;
       with the cosine and the numbers of ``torch.optim.lr_scheduler.OneCycleLR``.
    """
    if done < warmup:
        return _swing(_COLD, 1.0, done / warmup)
    return _swing(1.0, _FINAL, (done - warmup) / (1 - warmup))


def slanted(done: float, warmup: float) -> float:
    r"""Rise linearly from 1/32 to 1, and fall as far again in what is left.

    Parameters
    ----------
    done : float
        Share of the training, in [0, 1].
    warmup : float
        Share in which the rate rises, in [0, 1).

    Returns
    -------
    float
        Factor of the highest rate, in [1/32, 1].

    Notes
    -----
    .. math:: (1 + 31 p) / 32, \quad p = t / w \text{ while rising, then } (1 - t) / (1 - w)

    References
    ----------
    .. [1] Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018, equation 3.
    """
    return (1 + 31 * (done / warmup if done < warmup else (1 - done) / (1 - warmup))) / 32


def _swing(begin: float, end: float, share: float) -> float:
    return end + (begin - end) / 2 * (1 + math.cos(math.pi * share))


class Schedule(NamedTuple):
    """A course of the learning rate.

    Parameters
    ----------
    factor : callable
        (share of the training that is done, share of the rise) -> factor of the highest rate.
    warmup : float
        Share of the rise where none is asked for.
    """

    factor: Callable[[float, float], float]
    warmup: float


SCHEDULES = {
    "constant": Schedule(constant, 0.0),
    "warmup": Schedule(inverse_root, 0.05),
    "cosine": Schedule(cosine, 0.05),
    "one_cycle": Schedule(one_cycle, 0.3),
    "slanted": Schedule(slanted, 0.1),
}


def learning_rate(schedule: str, highest: float, warmup: float | None, done: float) -> float:
    """Learning rate at a point of a training.

    Parameters
    ----------
    schedule : str
        A key of `SCHEDULES`.
    highest : float
        The rate at the peak.
    warmup : float, optional
        Share of the rise; ``None`` is the schedule's own.
    done : float
        Share of the training, in [0, 1].

    Returns
    -------
    float
        At most `highest`.

    Examples
    --------
    >>> [round(learning_rate("cosine", 0.1, 0.5, done), 3) for done in (0.25, 0.5, 0.75, 1.0)]
    [0.05, 0.1, 0.05, 0.0]
    """
    chosen = SCHEDULES[schedule]
    return highest * chosen.factor(done, chosen.warmup if warmup is None else warmup)
