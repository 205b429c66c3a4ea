"""Words as vectors that are learned."""

from __future__ import annotations

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from malgil.errors import ParameterError
from malgil.sequences.specials import PAD

START = 0.1
"""New vectors start uniformly between this and its negative."""


class Embedding(nn.Module):
    """A vector for each term; that of ``<pad>`` (term 0) is 0 and stays so.

    Parameters
    ----------
    n_terms : int
        Terms, special ones included.
    size : int
        Numbers in a vector.
    vectors : array_like of float, shape (n_terms, size), optional
        Vectors to start from; a row with NaN in it starts at random as without them.
    frozen : bool
        Whether the vectors stay as they are.
    word_dropout : float
        Share of the terms that training leaves out of a batch, in [0, 1): every occurrence of such a term is 0, the
        others are divided by 1 - share [1]_.

    Raises
    ------
    ParameterError
        If `vectors` have another shape.

    References
    ----------
    .. [1] Merity et al., "Regularizing and Optimizing LSTM Language Models", ICLR 2018, section 4.3.
    """

    def __init__(
        self,
        n_terms: int,
        size: int,
        vectors: ArrayLike | None = None,
        *,
        frozen: bool = False,
        word_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.output_size = size
        self.gives_rows = False  # `training.rowwise` turns it on: torch's own optimizers ask for dense gradients
        self.word_dropout = word_dropout
        weight = torch.empty(n_terms, size).uniform_(-START, START)
        if vectors is not None:
            given = torch.as_tensor(vectors, dtype=weight.dtype)
            if given.shape != weight.shape:
                raise ParameterError("nn_parts.vector_shape", found=tuple(given.shape), wanted=tuple(weight.shape))
            weight = torch.where(given.isnan().any(dim=1, keepdim=True), weight, given)
        weight[PAD] = 0
        self.weight = nn.Parameter(weight, requires_grad=not frozen)

    def forward(self, ids: Tensor) -> Tensor:
        """Look terms up.

        Parameters
        ----------
        ids : Tensor of int64, any shape
            Terms.

        Returns
        -------
        Tensor, shape of `ids` + (size,)
            Their vectors.
        """
        found = nn.functional.embedding(ids, self.weight, padding_idx=PAD, sparse=self.gives_rows)
        if self.training and self.word_dropout:
            kept = torch.rand(len(self.weight), device=ids.device) >= self.word_dropout
            found = found * (kept[ids].to(found.dtype) / (1 - self.word_dropout)).unsqueeze(-1)
        return found
