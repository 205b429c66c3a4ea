"""Beam search: several hypotheses for each example grow side by side, and the best finished ones win."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from malgil.errors import ParameterError
from malgil.nn.encoded import State, select_rows
from malgil.nn.searching import Hypothesis, Limits, Step


class _End(NamedTuple):
    """A hypothesis that is complete: where its last word stands, to be followed back."""

    score: float
    log_prob: float
    step: int  # words written, the end mark not counted
    place: int  # which hypothesis of its example it grew from
    ended: bool


class _Grown(NamedTuple):
    """One step of all hypotheses, (B, K) each; the attention weights are those of the parents' rows."""

    parents: Tensor
    tokens: Tensor
    weights: Tensor | None


def length_penalty(n_words: int, strength: float) -> float:
    r"""Give what a hypothesis's log-probability is divided by, so that long ones are not at a loss.

    Parameters
    ----------
    n_words : int
        Words, the end mark counted.
    strength : float
        0 = none; 0.6 to 1 is usual.

    Returns
    -------
    float
        >= 1 for `strength` >= 0.

    Notes
    -----
    .. math:: \left(\frac{5 + n}{6}\right)^\alpha

    References
    ----------
    .. [1] Wu et al., "Google's Neural Machine Translation System", 2016, equation 14.
    """
    return float(((5 + n_words) / 6) ** strength)


@torch.no_grad()
def beam_search(
    step: Step,
    first: Tensor,
    state: State,
    limits: Limits,
    *,
    beam: int = 5,
    penalty: float = 0.6,
    n_best: int = 1,
) -> list[list[Hypothesis]]:
    """Keep the `beam` likeliest beginnings of each example, and return its best complete texts.

    Parameters
    ----------
    step : Step
        What writes. It sees B * `beam` rows, the hypotheses of an example next to each other; a memory that it holds
        is repeated so (`malgil.nn.attention.Memory.repeat`).
    first : Tensor of int64, shape (B,)
        The word before the first written one.
    state : State
        The state before it, of B rows.
    limits : Limits
        When to end.
    beam : int
        Hypotheses, >= 1; 1 is `malgil.nn.searching.greedy`.
    penalty : float
        Strength of `length_penalty`, >= 0.
    n_best : int
        Texts for each example, from 1 to `beam`.

    Returns
    -------
    list of (list of Hypothesis)
        For each example its texts, best first: by score, then the one that ended first. Texts cut at `max_length`
        come after all that ended, and only where these are fewer than `n_best`.

    Raises
    ------
    ParameterError
        If `beam`, `penalty` or `n_best` lies outside its range.

    Notes
    -----
    An example is done when it has `n_best` complete texts that no open hypothesis can beat: log-probabilities only
    fall, so an open one can at most reach its own now, divided by the largest penalty. Of equal candidates the one of
    the better hypothesis goes first, then the one with the lower word number: nothing depends on chance.
    """
    _check(beam, penalty, n_best)
    n_rows = len(first)
    state = select_rows(state, torch.arange(n_rows, device=first.device).repeat_interleave(beam))
    tokens = first.repeat_interleave(beam)
    sums = torch.full((n_rows, beam), -torch.inf, dtype=torch.float64, device=first.device)
    sums[:, 0] = 0  # the others are copies of it
    steps: list[_Grown] = []
    ends: list[list[_End]] = [[] for _ in range(n_rows)]
    open_rows = set(range(n_rows))
    for n_words in range(1, limits.max_length + 1):
        log_probs, state, weights = step(tokens, state)
        candidates, parents, words = _candidates(sums, log_probs, limits)
        is_end = words == limits.last
        _collect(ends, open_rows, (candidates, parents, is_end), n_words, penalty)
        kept = is_end.to(torch.int8).sort(dim=1, stable=True).indices[:, :beam]  # the open ones, in their order
        sums, parents, words = candidates.gather(1, kept), parents.gather(1, kept), words.gather(1, kept)
        steps.append(_Grown(parents, words, None if weights is None else weights.unflatten(0, (n_rows, beam))))
        bounds = (sums[:, 0] / length_penalty(limits.max_length, penalty)).tolist()
        open_rows = {row for row in open_rows if not _is_done(ends[row], bounds[row], n_best)}
        if not open_rows:
            break
        offsets = torch.arange(n_rows, device=first.device).unsqueeze(1) * beam
        state, tokens = select_rows(state, (parents + offsets).flatten()), words.flatten()
    _add_cut(ends, sums, len(steps), penalty, n_best)
    return _texts(ends, steps, n_best)


def _check(beam: int, penalty: float, n_best: int) -> None:
    if beam < 1:
        raise ParameterError("nn_parts.below_one", name="beam", value=beam)
    if not penalty >= 0:
        raise ParameterError("nn_parts.bad_penalty", value=penalty)
    if not 1 <= n_best <= beam:
        raise ParameterError("nn_parts.bad_n_best", value=n_best, beam=beam)


def _candidates(sums: Tensor, log_probs: Tensor, limits: Limits) -> tuple[Tensor, Tensor, Tensor]:
    """Find the 2 K best continuations of each example, of which K do not end: sums, hypotheses, words, (B, 2 K)."""
    n_rows, beam = sums.shape
    places = torch.tensor(limits.banned, dtype=torch.int64, device=log_probs.device)
    log_probs = log_probs.index_fill(1, places, -torch.inf)
    # the best of each hypothesis first: of the vocabulary only these are added up and compared
    own, words = best_places(log_probs, min(2 * beam, log_probs.shape[1]))
    n_own = own.shape[1]
    grown = (sums.unsqueeze(2) + own.unflatten(0, (n_rows, beam))).flatten(1)
    best, ranks = best_places(grown, min(2 * beam, grown.shape[1]))
    return best, ranks // n_own, words.reshape(n_rows, -1).gather(1, ranks)


def best_places(values: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """Find the n largest numbers of each row, falling; of equal ones the first places.

    Parameters
    ----------
    values : Tensor, shape (B, M)
        Numbers without NaN.
    n : int
        How many, from 1 to M.

    Returns
    -------
    tuple of Tensor, shape (B, n), and Tensor of int64, shape (B, n)
        The numbers and their places. ``torch.topk`` leaves open which of equal numbers it takes.
    """
    least = values.topk(n, dim=1).values[:, -1:]
    is_in = values >= least
    if bool((is_in.sum(dim=1) > n).any()):  # equal numbers at the border
        best, places = values.sort(dim=1, descending=True, stable=True)
        return best[:, :n], places[:, :n]
    places = is_in.nonzero()[:, 1].view(len(values), n)  # rising, so that the stable sort settles equal numbers
    best, order = values.gather(1, places).sort(dim=1, descending=True, stable=True)
    return best, places.gather(1, order)


def _collect(
    ends: list[list[_End]], open_rows: set[int], found: tuple[Tensor, Tensor, Tensor], n_words: int, penalty: float
) -> None:
    """Note the candidates that end and are among the K best of their example."""
    candidates, parents, is_end = found
    beam = max(1, candidates.shape[1] // 2)
    rows, ranks = torch.nonzero(is_end[:, :beam] & candidates[:, :beam].isfinite(), as_tuple=True)
    sums, places = candidates[rows, ranks].tolist(), parents[rows, ranks].tolist()
    for row, log_prob, place in zip(rows.tolist(), sums, places, strict=True):
        if row in open_rows:
            score = log_prob / length_penalty(n_words, penalty)
            ends[row].append(_End(score, log_prob, n_words - 1, place, True))


def _is_done(ends: list[_End], bound: float, n_best: int) -> bool:
    if len(ends) < n_best:
        return bound == -torch.inf  # nothing is left that could grow
    return sorted((end.score for end in ends), reverse=True)[n_best - 1] >= bound


def _add_cut(ends: list[list[_End]], sums: Tensor, n_words: int, penalty: float, n_best: int) -> None:
    """Fill up with hypotheses that were still open at the limit."""
    scale = length_penalty(n_words, penalty)
    for row, values in enumerate(sums.tolist()):
        ends[row].sort(key=lambda end: -end.score)
        n_missing = max(0, n_best - len(ends[row]))
        opened = [(place, value) for place, value in enumerate(values) if value > -torch.inf]
        ends[row] += [_End(value / scale, value, n_words, place, False) for place, value in opened[:n_missing]]


def _texts(ends: list[list[_End]], steps: list[_Grown], n_best: int) -> list[list[Hypothesis]]:
    """Follow the best hypotheses back to their first word."""
    parents = torch.stack([grown.parents for grown in steps]).tolist()  # [step][example][hypothesis]
    tokens = torch.stack([grown.tokens for grown in steps]).tolist()
    texts = []
    for row, found in enumerate(ends):
        best = []
        for end in found[:n_best]:
            place, words, attended = end.place, [], []
            for t in reversed(range(end.step)):
                words.append(tokens[t][row][place])
                place = parents[t][row][place]
                weights = steps[t].weights
                attended += [] if weights is None else [weights[row, place]]
            shown = torch.stack(attended[::-1]) if attended else None
            best.append(Hypothesis(words[::-1], end.log_prob, end.score, end.ended, shown))
        texts.append(best)
    return texts
