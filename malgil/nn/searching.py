"""Writing word by word: the likeliest next word, a drawn one, or several hypotheses at once (beam search).

All work over any ``step(tokens, state) -> (log_probs, state, weights)``: a decoder with its memory, a language model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from malgil.errors import ParameterError
from malgil.nn.encoded import State
from malgil.sequences.specials import BOS, EOS, PAD


class Step(Protocol):
    """One step of what writes."""

    def __call__(self, tokens: Tensor, state: State, /) -> tuple[Tensor, State, Tensor | None]:
        """Read the newest word of each row and judge the next.

        Parameters
        ----------
        tokens : Tensor of int64, shape (B,)
            The newest words.
        state : State
            After the words before; the batch is axis 1 of each tensor.

        Returns
        -------
        tuple of Tensor of float, shape (B, V), State, and Tensor, shape (B, N), or None
            Natural logarithms of the next word's probabilities, the state after `tokens`, and the attention weights.
        """


@dataclass(frozen=True)
class Limits:
    """When a text ends, and what never stands in it.

    Parameters
    ----------
    max_length : int
        Most words, the end mark counted, >= 1.
    last : int
        The end mark.
    banned : tuple of int
        Words that are never written.

    Raises
    ------
    ParameterError
        If `max_length` is below 1.
    """

    max_length: int = 100
    last: int = EOS
    banned: tuple[int, ...] = (PAD, BOS)

    def __post_init__(self) -> None:
        if self.max_length < 1:
            raise ParameterError("nn_parts.below_one", name="max_length", value=self.max_length)


@dataclass(frozen=True)
class Sampling:
    """How boldly words are drawn.

    Parameters
    ----------
    temperature : float
        Log-probabilities are divided by it, > 0: below 1 the likely words become likelier.
    top_k : int, optional
        Only the k likeliest words can be drawn, >= 1.
    top_p : float
        Only the likeliest words whose probabilities together reach this can be drawn, in (0, 1] [1]_.

    Raises
    ------
    ParameterError
        If a value lies outside its range.

    References
    ----------
    .. [1] Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020, section 3.1.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ParameterError("nn_parts.bad_temperature", value=self.temperature)
        if self.top_k is not None and self.top_k < 1:
            raise ParameterError("nn_parts.below_one", name="top_k", value=self.top_k)
        if not 0 < self.top_p <= 1:
            raise ParameterError("nn_parts.bad_top_p", value=self.top_p)


class Hypothesis(NamedTuple):
    """A written text.

    Parameters
    ----------
    tokens : list of int
        Its words, without the end mark.
    log_prob : float
        Natural logarithm of the text's probability, the end mark's included where it is there.
    score : float
        What beam search ranks by; elsewhere `log_prob`.
    ended : bool
        Whether the end mark came before `max_length` was reached.
    weights : Tensor, shape (len(tokens), N), optional
        Attention of each word.
    """

    tokens: list[int]
    log_prob: float
    score: float
    ended: bool
    weights: Tensor | None = None


@torch.no_grad()
def greedy(step: Step, first: Tensor, state: State, limits: Limits) -> list[Hypothesis]:
    """Write the likeliest word each time; of equally likely ones the lower number.

    Parameters
    ----------
    step : Step
        What writes.
    first : Tensor of int64, shape (B,)
        The word before the first written one, such as ``<s>``.
    state : State
        The state before it.
    limits : Limits
        When to end.

    Returns
    -------
    list of Hypothesis
        One for each row.
    """
    return _write(step, first, state, limits, lambda log_probs: log_probs.argmax(dim=1))


@torch.no_grad()
def sample(
    step: Step, first: Tensor, state: State, limits: Limits, *, sampling: Sampling, generator: torch.Generator
) -> list[Hypothesis]:
    """Draw each word.

    Parameters
    ----------
    step : Step
        What writes.
    first : Tensor of int64, shape (B,)
        The word before the first written one.
    state : State
        The state before it.
    limits : Limits
        When to end.
    sampling : Sampling
        How boldly.
    generator : torch.Generator
        Of the CPU; the same seed draws the same words. Each word takes one number for each row.

    Returns
    -------
    list of Hypothesis
        One for each row; `log_prob` is that of the model, before temperature.
    """
    return _write(step, first, state, limits, lambda log_probs: draw(log_probs, sampling, generator))


def draw(log_probs: Tensor, sampling: Sampling, generator: torch.Generator) -> Tensor:
    """Draw a word for each row.

    Parameters
    ----------
    log_probs : Tensor, shape (B, V)
        Natural logarithms of probabilities, not necessarily summing to 1.
    sampling : Sampling
        How boldly.
    generator : torch.Generator
        Of the CPU.

    Returns
    -------
    Tensor of int64, shape (B,)
        Words. Of equally likely ones at the border of `top_k` or `top_p` the lower numbers are in.
    """
    likely, order = (log_probs.double() / sampling.temperature).sort(dim=1, descending=True, stable=True)
    shares = torch.softmax(likely, dim=1)
    above = shares.cumsum(dim=1) - shares  # the probability of all that are likelier
    shares = shares * (above < sampling.top_p)
    if sampling.top_k is not None:
        shares[:, sampling.top_k :] = 0
    sums = shares.cumsum(dim=1)
    points = torch.rand(len(shares), 1, generator=generator, dtype=torch.float64).to(shares.device) * sums[:, -1:]
    # rounding could put the point on the very end, behind the last word that can be drawn
    place = torch.searchsorted(sums, points, right=True).minimum((shares > 0).sum(dim=1, keepdim=True) - 1)
    return order.gather(1, place).squeeze(1)


def _write(
    step: Step, tokens: Tensor, state: State, limits: Limits, pick: Callable[[Tensor], Tensor]
) -> list[Hypothesis]:
    words, log_probs, attended = [], [], []
    ended = torch.zeros_like(tokens, dtype=torch.bool)
    for _ in range(limits.max_length):
        judged, state, weights = step(tokens, state)
        tokens = pick(_without(judged, limits.banned))
        words.append(torch.where(ended, limits.last, tokens))
        log_probs.append(judged.gather(1, tokens.unsqueeze(1)).squeeze(1).double().masked_fill(ended, 0))
        attended.append(weights)
        ended = ended | (tokens == limits.last)
        if ended.all():
            break
    sums = torch.stack(log_probs).sum(dim=0).tolist()
    rows = torch.stack(words, dim=1).tolist()
    written = []
    for row, (ids, total) in enumerate(zip(rows, sums, strict=True)):
        is_ended = limits.last in ids
        ids = ids[: ids.index(limits.last)] if is_ended else ids
        shown = [weights[row] for weights in attended[: len(ids)] if weights is not None]
        written.append(Hypothesis(ids, total, total, is_ended, torch.stack(shown) if shown else None))
    return written


def _without(log_probs: Tensor, banned: tuple[int, ...]) -> Tensor:
    places = torch.tensor(banned, dtype=torch.int64, device=log_probs.device)
    return log_probs.index_fill(1, places, -torch.inf)
