"""Two problems that only a memory solves.

*Adding* (Hochreiter and Schmidhuber 1997, section 5.4): of a sequence of random numbers two are marked; give their sum.
*Copying* (in this form Arjovsky, Shah and Bengio 2016, section 4.1, with fewer symbols): a few symbols, a long silence,
then as many cues; give the symbols back in order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

N_SYMBOLS, N_COPIED = 8, 2
"""Copying: symbols to choose from, and how many stand at the start."""


class Problem(NamedTuple):
    """A task whose difficulty is its length.

    Parameters
    ----------
    n_inputs, n_outputs : int
        Numbers in a step of the input, and in an answer.
    draw : callable
        ``(n rows, length, generator) -> (x (n, T, n_inputs), y)``.
    judge : callable
        ``(outputs (n, T, n_outputs), y) -> (loss of each row (n,), error in [0, 1])``.
    solved_below : float
        The running error under which it counts as solved.
    """

    n_inputs: int
    n_outputs: int
    draw: Callable[[int, int, torch.Generator], tuple[Tensor, Tensor]]
    judge: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
    solved_below: float


def draw_adding(n: int, length: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw rows of the adding problem.

    Parameters
    ----------
    n : int
        Rows.
    length : int
        Steps, >= 2.
    generator : torch.Generator
        Source of chance.

    Returns
    -------
    tuple of (Tensor of shape (n, length, 2), Tensor of shape (n,))
        Numbers in [0, 1) beside marks of 0 and 1, one mark in each half; the sums of the marked numbers.
    """
    values, marks = torch.rand(n, length, generator=generator), torch.zeros(n, length)
    half, rows = length // 2, torch.arange(n)
    marks[rows, torch.randint(0, half, (n,), generator=generator)] = 1.0
    marks[rows, torch.randint(half, length, (n,), generator=generator)] = 1.0
    return torch.stack([values, marks], dim=2), (values * marks).sum(dim=1)


def judge_adding(outputs: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Compare the last output with the sum.

    Parameters
    ----------
    outputs : Tensor, shape (n, T, 1)
        Of the network.
    y : Tensor, shape (n,)
        Sums.

    Returns
    -------
    tuple of (Tensor of shape (n,), Tensor)
        Squared errors and their mean; 1 / 6 for who always answers 1.
    """
    squared = (outputs[:, -1, 0] - y) ** 2
    return squared, squared.detach().mean()


def draw_copying(n: int, length: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw rows of the copying problem.

    Parameters
    ----------
    n : int
        Rows.
    length : int
        Silent steps between the symbols and the cues, >= 0.
    generator : torch.Generator
        Source of chance.

    Returns
    -------
    tuple of (Tensor of shape (n, length + 2 * N_COPIED, N_SYMBOLS + 2), Tensor of int64, shape (n, N_COPIED))
        Each step as one-hot: a symbol, silence or a cue; the symbols.
    """
    symbols = torch.randint(0, N_SYMBOLS, (n, N_COPIED), generator=generator)
    silence = torch.full((n, length), N_SYMBOLS)
    cues = torch.full((n, N_COPIED), N_SYMBOLS + 1)
    return F.one_hot(torch.cat([symbols, silence, cues], dim=1), N_SYMBOLS + 2).float(), symbols


def judge_copying(outputs: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Compare the answers to the cues with the symbols.

    Parameters
    ----------
    outputs : Tensor, shape (n, T, N_SYMBOLS)
        Scores of the symbols.
    y : Tensor of int64, shape (n, N_COPIED)
        Symbols.

    Returns
    -------
    tuple of (Tensor of shape (n,), Tensor)
        Mean cross entropy of a row in nats; share of wrong symbols.
    """
    answers = outputs[:, -N_COPIED:]
    losses = F.cross_entropy(answers.transpose(1, 2), y, reduction="none").mean(dim=1)
    return losses, (answers.argmax(dim=2) != y).float().mean()


PROBLEMS = {
    "adding": Problem(2, 1, draw_adding, judge_adding, 0.01),
    "copying": Problem(N_SYMBOLS + 2, N_SYMBOLS, draw_copying, judge_copying, 0.01),
}
"""The problems by name."""
