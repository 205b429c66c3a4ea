"""A learning rate to begin with: the loss while the rate rises from too small to too large."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.errors import DataError, ParameterError
from malgil.training.batches import plan
from malgil.training.distributed import Team
from malgil.training.examples import Examples
from malgil.training.precision import find_device, resolve
from malgil.training.randomness import apart
from malgil.training.settings import Settings
from malgil.training.state import State
from malgil.training.step import Run
from malgil.training.weights import copies_of, set_weights

_SMOOTH = 0.9  # of the running mean of the losses
_SETTLED = 10  # steps after which the running mean says more than one batch does
_DIVERGED = 4.0  # times the lowest loss: the rate is too large


@dataclass(frozen=True)
class Finding:
    """Losses by learning rate.

    Parameters
    ----------
    rates : ndarray of float64, shape (n,)
        Rates of the steps, rising by a constant factor.
    losses : ndarray of float64, shape (n,)
        Running mean of the loss before each step.
    suggestion : float
        A tenth of the rate at which the running mean, from its tenth step on, is lowest: there it has begun to fall and
        is far from rising.
    """

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    suggestion: float

    def draw(self, path: str | Path, lang: str = "en") -> None:
        """Draw the losses over the rates.

        Parameters
        ----------
        path : str or Path
            Ends in ``.png`` or ``.svg``; appears whole or not at all.
        lang : str
            ``"en"`` or ``"ko"``.

        Raises
        ------
        ParameterError
            If the name ends otherwise.
        StorageError
            If the file cannot be written.
        """
        from malgil.training.curves import draw_finding

        draw_finding(self, Path(path), lang)


def find_learning_rate(
    network: nn.Module,
    examples: Examples,
    settings: Settings,
    *,
    lowest: float = 1e-6,
    highest: float = 1.0,
    n_steps: int = 100,
) -> Finding:
    r"""Try learning rates from low to high, a step each.

    Parameters
    ----------
    network : Network
        Its weights are the same afterwards.
    examples : Examples
        What it learns from.
    settings : Settings
        Optimizer, size of a batch and all else; its own rate and schedule are not used.
    lowest, highest : float
        The first rate and the last, 0 < lowest < highest.
    n_steps : int
        Steps, >= 10. Fewer are made where the loss grows beyond four times its lowest, or is no number any more.

    Returns
    -------
    Finding
        Rates and losses, and the rate that is suggested.

    Raises
    ------
    ParameterError
        If the rates do not rise, or there are fewer than ten steps.
    DataError
        If there is no example, or the loss is no number from the beginning.

    Notes
    -----
    .. math:: \eta_k = \eta_0 (\eta_{n-1} / \eta_0)^{k / (n - 1)}, \quad
        m_k = 0.9 m_{k-1} + 0.1 l_k, \quad \hat l_k = m_k / (1 - 0.9^{k+1})

    References
    ----------
    .. [1] Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017, section 3.3.
    """
    if not 0 < lowest < highest or not math.isfinite(highest) or n_steps < 10:
        raise ParameterError("training.bad_search", lowest=lowest, highest=highest, n_steps=n_steps)
    if not len(examples):
        raise DataError("training.no_examples")
    device = find_device(settings.device)
    network.to(device)
    before, was_training = copies_of(network), network.training
    rates = lowest * (highest / lowest) ** (np.arange(n_steps) / (n_steps - 1))
    try:
        with apart(device, settings.seed):
            found = replace(settings, optimizer="sgd" if settings.optimizer == "ntasgd" else settings.optimizer)
            run = Run(network, examples, found, resolve(settings.precision, device), Team(0, 1, device), State())
            network.train()
            losses = _losses(run, rates)
    finally:
        set_weights(network, before)
        network.zero_grad(set_to_none=True)
        network.train(was_training)
    return _finding(rates[: len(losses)], losses)


def _losses(run: Run, rates: NDArray[np.float64]) -> list[float]:
    """Step by step, until the loss grows beyond all bounds."""
    smooth: list[float] = []
    mean, lowest, epoch = 0.0, math.inf, 0
    waiting: list[NDArray[np.int64]] = []
    for at, rate in enumerate(rates.tolist()):
        if not waiting:
            waiting = plan(run.examples, run.settings.batch_size, run.settings.seed, epoch)[::-1]
            run.state.begin_epoch()
            epoch += 1
        try:
            loss = run.step(waiting.pop(), rate)
        except DataError as error:
            if error.key != "training.not_finite" or not smooth:
                raise
            break
        mean = _SMOOTH * mean + (1 - _SMOOTH) * loss
        smooth.append(mean / (1 - _SMOOTH ** (at + 1)))
        lowest = min(lowest, smooth[-1])
        if smooth[-1] > _DIVERGED * lowest:
            break
    return smooth


def _finding(rates: NDArray[np.float64], losses: list[float]) -> Finding:
    values = np.array(losses)
    begin = min(_SETTLED, len(values) - 1)
    return Finding(rates, values, float(rates[begin + int(values[begin:].argmin())]) / 10)
