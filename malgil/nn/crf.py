"""A linear chain over the labels of a sequence: each label is judged together with the one before it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from malgil.nn.masks import Packing, only, packing, wide


class BestPath(NamedTuple):
    """The labels that fit best as a whole.

    Parameters
    ----------
    tags : Tensor of int64, shape (B, T)
        Labels, 0 on padding. Of equally good paths the one whose last labels have the lower numbers.
    scores : Tensor, shape (B,)
        Their scores, before normalisation; 0 for a row of nothing but padding.
    """

    tags: Tensor
    scores: Tensor


class LinearChainCRF(nn.Module):
    r"""Conditional random field of a chain [1]_ over scores of a network [2]_.

    Parameters
    ----------
    n_tags : int
        Labels, K.

    Notes
    -----
    .. math:: s(x, y) = b_{y_1} + \sum_t e_{t, y_t} + \sum_{t > 1} A_{y_{t-1}, y_t} + c_{y_T}, \qquad
       \log p(y | x) = s(x, y) - \log \sum_{y'} \exp s(x, y')

    with emissions e from the network and learned transitions A, starts b and ends c, which are 0 at first.
    A label's neighbours are those of the nearest real steps: padding between them does not count.

    References
    ----------
    .. [1] Lafferty et al., "Conditional Random Fields", ICML 2001.
    .. [2] Lample et al., "Neural Architectures for Named Entity Recognition", NAACL 2016, section 2.2.
    """

    def __init__(self, n_tags: int) -> None:
        super().__init__()
        self.transitions = nn.Parameter(torch.zeros(n_tags, n_tags))  # [from, to]
        self.start = nn.Parameter(torch.zeros(n_tags))
        self.end = nn.Parameter(torch.zeros(n_tags))

    def loss(self, emissions: Tensor, tags: Tensor, keep: Tensor) -> Tensor:
        """Negative log-likelihood of the right labels.

        Parameters
        ----------
        emissions : Tensor, shape (B, T, K)
            Scores of the labels at each step.
        tags : Tensor of int64, shape (B, T)
            The right labels; what stands on padding does not count.
        keep : Tensor of bool, shape (B, T)
            True = real.

        Returns
        -------
        Tensor, shape (B,)
            In nats, >= 0; 0 for a row of nothing but padding.
        """
        emissions, keep, moves = _to_the_left(emissions, keep)
        tags = only(tags if moves is None else moves.pack(tags), keep)
        log_total = torch.logsumexp(self._forward(emissions, keep)[-1] + self.end, dim=1)
        return (log_total - self._score(emissions, tags, keep)) * keep[:, 0]

    def decode(self, emissions: Tensor, keep: Tensor) -> BestPath:
        """Find the best labels (Viterbi 1967).

        Parameters
        ----------
        emissions : Tensor, shape (B, T, K)
            Scores of the labels at each step.
        keep : Tensor of bool, shape (B, T)
            True = real.

        Returns
        -------
        BestPath
            Labels and their scores.
        """
        emissions, keep, moves = _to_the_left(emissions, keep)
        best = self.start + emissions[:, 0]
        stay = torch.arange(best.shape[1], device=best.device).expand_as(best)
        origins = []
        for t in range(1, emissions.shape[1]):
            real = keep[:, t, None]
            found, origin = (best.unsqueeze(2) + self.transitions).max(dim=1)
            best = torch.where(real, found + emissions[:, t], best)
            origins.append(torch.where(real, origin, stay))
        scores, tag = (best + self.end).max(dim=1)
        path = [tag]
        for origin in reversed(origins):
            tag = origin.gather(1, tag.unsqueeze(1)).squeeze(1)
            path.append(tag)
        tags = only(torch.stack(path[::-1], dim=1), keep)
        return BestPath(tags if moves is None else moves.unpack(tags), scores * keep[:, 0])

    def marginals(self, emissions: Tensor, keep: Tensor) -> Tensor:
        """Probability of each label at each step, over all paths (forward-backward).

        Parameters
        ----------
        emissions : Tensor, shape (B, T, K)
            Scores of the labels at each step.
        keep : Tensor of bool, shape (B, T)
            True = real.

        Returns
        -------
        Tensor, shape (B, T, K)
            Probabilities that sum to 1 at each real step, 0 on padding.
        """
        emissions, keep, moves = _to_the_left(emissions, keep)
        after = self.end.expand(len(keep), -1)
        backward = [after]
        for t in range(emissions.shape[1] - 1, 0, -1):
            found = torch.logsumexp(self.transitions + (emissions[:, t] + after).unsqueeze(1), dim=2)
            after = torch.where(keep[:, t, None], found, self.end)
            backward.append(after)
        sums = torch.stack(self._forward(emissions, keep), dim=1) + torch.stack(backward[::-1], dim=1)
        shares = only(torch.softmax(sums, dim=2), keep)
        return shares if moves is None else moves.unpack(shares)

    def _forward(self, emissions: Tensor, keep: Tensor) -> list[Tensor]:
        """Log of the sum over all paths that end in each label, (B, K) at each step; carried over padding."""
        before = self.start + emissions[:, 0]
        sums = [before]
        for t in range(1, emissions.shape[1]):
            found = torch.logsumexp(before.unsqueeze(2) + self.transitions, dim=1) + emissions[:, t]
            before = torch.where(keep[:, t, None], found, before)
            sums.append(before)
        return sums

    def _score(self, emissions: Tensor, tags: Tensor, keep: Tensor) -> Tensor:
        """Score of given labels, (B,)."""
        last = tags.gather(1, (keep.sum(dim=1, keepdim=True) - 1).clamp(min=0)).squeeze(1)
        each = only(emissions.gather(2, tags.unsqueeze(2)).squeeze(2), keep).sum(dim=1)
        moves = only(self.transitions[tags[:, :-1], tags[:, 1:]], keep[:, 1:]).sum(dim=1)
        return self.start[tags[:, 0]] + each + moves + self.end[last]


def _to_the_left(emissions: Tensor, keep: Tensor) -> tuple[Tensor, Tensor, Packing | None]:
    moves = packing(keep)
    if moves is None:
        return only(wide(emissions), keep), keep, None
    return moves.pack(wide(emissions)), moves.keep, moves
