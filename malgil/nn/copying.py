"""Copying: a word is either written from the vocabulary or taken over from the source, where attention points."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from malgil.nn.masks import wide


class Copying(nn.Module):
    r"""The mixture of both ways, with a learned share of each [1]_ [2]_.

    Parameters
    ----------
    input_size : int
        Numbers in a decoder's output.

    Notes
    -----
    .. math:: p(w) = g \, softmax(z)_w + (1 - g) \sum_{n : x_n = w} a_n, \qquad g = \sigma(u \cdot o + b)

    for source words x with attention weights a. The share g is read from the decoder's output alone, which state and
    context have gone into; [2]_ also adds the input. Where the memory is all padding, g is 1.

    References
    ----------
    .. [1] Gu et al., "Incorporating Copying Mechanism in Sequence-to-Sequence Learning", ACL 2016.
    .. [2] See et al., "Get To The Point: Summarization with Pointer-Generator Networks", ACL 2017, equation 9.
    """

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.share = nn.Linear(input_size, 1)

    def forward(self, scores: Tensor, outputs: Tensor, weights: Tensor, source: Tensor, n_extra: int) -> Tensor:
        """Mix.

        Parameters
        ----------
        scores : Tensor, shape (n, V)
            Scores of the vocabulary's words.
        outputs : Tensor, shape (n, H)
            The decoder's outputs.
        weights : Tensor, shape (n, N)
            Attention weights, 0 on padding.
        source : Tensor of int64, shape (n, N)
            Numbers of the source words, below V + X; any such number on padding.
        n_extra : int
            X, how many words the sources have beyond the V.

        Returns
        -------
        Tensor, shape (n, V + X)
            Natural logarithms of probabilities; what is impossible gets the smallest that the type has.
        """
        written = self._written(outputs, weights)
        probs = nn.functional.pad(torch.softmax(scores, dim=1) * written, (0, n_extra))
        probs = probs.scatter_add(1, source, (weights * (1 - written)).to(probs.dtype))
        return probs.clamp(min=torch.finfo(probs.dtype).tiny).log()

    def log_prob(self, log_probs: Tensor, outputs: Tensor, weights: Tensor, source: Tensor, targets: Tensor) -> Tensor:
        """Judge one word for each output: what training needs, without the mixture of all other words.

        Parameters
        ----------
        log_probs : Tensor, shape (n, V)
            Natural logarithms of the vocabulary's probabilities, before mixing.
        outputs : Tensor, shape (n, H)
            The decoder's outputs.
        weights : Tensor, shape (n, N)
            Attention weights, 0 on padding.
        source : Tensor of int64, shape (n, N)
            As in `forward`.
        targets : Tensor of int64, shape (n,)
            The words, below V + X.

        Returns
        -------
        Tensor, shape (n,)
            What `forward` gives for them.
        """
        n_terms = log_probs.shape[1]
        written = self._written(outputs, weights)[:, 0]
        known = log_probs.gather(1, targets.clamp(max=n_terms - 1).unsqueeze(1)).squeeze(1).exp() * (targets < n_terms)
        copied = (weights * (source == targets.unsqueeze(1))).sum(dim=1).to(known.dtype)
        prob = written * known + (1 - written) * copied
        return prob.clamp(min=torch.finfo(prob.dtype).tiny).log()

    def _written(self, outputs: Tensor, weights: Tensor) -> Tensor:
        """Share of words that are written, not copied, (n, 1)."""
        written = wide(torch.sigmoid(self.share(outputs)))
        return torch.where(weights.any(dim=1, keepdim=True), written, 1)
