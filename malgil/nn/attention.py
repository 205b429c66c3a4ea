"""Attention: which steps of a memory matter to a query, and their weighted mean.

Every form scores each step n of the memory against the query, takes the softmax and returns the mean of the values:

    a_n = exp(score(q, m_n)) / sum_k exp(score(q, m_k)),    context = sum_n a_n m_n
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from malgil.errors import ParameterError
from malgil.nn.masks import masked_softmax, only
from malgil.params import choose


class Memory(NamedTuple):
    """What a decoder looks at, with what does not change from step to step.

    Parameters
    ----------
    values : Tensor, shape (B, N, D)
        The encoder's outputs, 0 on padding.
    keys : Tensor, shape (B, N, A)
        The values as the attention's score needs them.
    keep : Tensor of bool, shape (B, N)
        True = real.
    source : Tensor of int64, shape (B, N), optional
        For copying: the number of each source word among the words that can be written. Numbers from V on stand for
        words of this batch that the vocabulary of V words does not have.
    n_extra : int
        How many such words there are in the batch.
    """

    values: Tensor
    keys: Tensor
    keep: Tensor
    source: Tensor | None = None
    n_extra: int = 0

    def repeat(self, n: int) -> Memory:
        """Give each row n times, for n hypotheses of one example.

        Parameters
        ----------
        n : int
            Hypotheses, >= 1.

        Returns
        -------
        Memory
            B * n rows; the copies of a row stand together.
        """
        values, keys, keep = (part.repeat_interleave(n, dim=0) for part in self[:3])
        source = None if self.source is None else self.source.repeat_interleave(n, dim=0)
        return Memory(values, keys, keep, source, self.n_extra)


class Attended(NamedTuple):
    """What attention found.

    Parameters
    ----------
    context : Tensor, shape (B, S, D)
        Weighted mean of the values for each query; 0 where the memory is all padding.
    weights : Tensor, shape (B, S, N)
        Share of each step, summing to 1 for each query; exactly 0 on padding.
    """

    context: Tensor
    weights: Tensor


class Attention(nn.Module):
    """What the three forms share: softmax and weighted mean; a form says what its score is.

    Parameters
    ----------
    query_size : int
        Numbers in a query, Q.
    memory_size : int
        Numbers in each step of the memory, D.
    """

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__()
        self.query_size = query_size
        self.memory_size = memory_size

    def keys(self, values: Tensor) -> Tensor:
        """Prepare the values for the score, once for a memory.

        Parameters
        ----------
        values : Tensor, shape (B, N, D)
            Steps of the memory.

        Returns
        -------
        Tensor, shape (B, N, A)
            Keys.
        """
        return values

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        """Score each step against each query.

        Parameters
        ----------
        query : Tensor, shape (B, S, Q)
            Queries.
        keys : Tensor, shape (B, N, A)
            From `keys`.

        Returns
        -------
        Tensor, shape (B, S, N)
            Scores.
        """
        raise NotImplementedError

    def memory(self, values: Tensor, keep: Tensor, source: Tensor | None = None, n_extra: int = 0) -> Memory:
        """Make a memory of an encoder's outputs.

        Parameters
        ----------
        values : Tensor, shape (B, N, D)
            Outputs; what stands on padding does not count.
        keep : Tensor of bool, shape (B, N)
            True = real.
        source : Tensor of int64, shape (B, N), optional
            As in `Memory`.
        n_extra : int
            As in `Memory`.

        Returns
        -------
        Memory
            For `forward` and for a decoder.
        """
        values = only(values, keep)
        return Memory(values, self.keys(values), keep, source, n_extra)

    def forward(self, query: Tensor, memory: Memory) -> Attended:
        """Look a memory up.

        Parameters
        ----------
        query : Tensor, shape (B, S, Q)
            S queries for each row.
        memory : Memory
            From `memory`.

        Returns
        -------
        Attended
            Context and weights.
        """
        weights = masked_softmax(self.scores(query, memory.keys), memory.keep.unsqueeze(1))
        return Attended(torch.bmm(weights.to(memory.values.dtype), memory.values), weights)


class DotAttention(Attention):
    r"""The score is the product of query and step.

    Parameters
    ----------
    query_size : int
        Numbers in a query.
    memory_size : int
        Numbers in each step of the memory; equal to `query_size`.

    Raises
    ------
    ParameterError
        If the two sizes differ.

    Notes
    -----
    .. math:: score(q, m_n) = q \cdot m_n

    References
    ----------
    .. [1] Luong et al., "Effective Approaches to Attention-based Neural Machine Translation", EMNLP 2015, section 3.1.
    """

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__(query_size, memory_size)
        if query_size != memory_size:
            raise ParameterError("nn_parts.dot_sizes", query=query_size, memory=memory_size)

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        """Score each step against each query.

        Parameters
        ----------
        query : Tensor, shape (B, S, Q)
            Queries.
        keys : Tensor, shape (B, N, Q)
            From `keys`.

        Returns
        -------
        Tensor, shape (B, S, N)
            Scores.
        """
        return torch.bmm(query, keys.transpose(1, 2))


class GeneralAttention(Attention):
    r"""The score is the product of query and step through a learned matrix.

    Parameters
    ----------
    query_size : int
        Numbers in a query.
    memory_size : int
        Numbers in each step of the memory.

    Notes
    -----
    .. math:: score(q, m_n) = q \cdot W m_n

    The products with W are taken once for a memory.

    References
    ----------
    .. [1] Luong et al., "Effective Approaches to Attention-based Neural Machine Translation", EMNLP 2015, section 3.1.
    """

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__(query_size, memory_size)
        self.project = nn.Linear(memory_size, query_size, bias=False)

    def keys(self, values: Tensor) -> Tensor:
        """Multiply each step with the matrix.

        Parameters
        ----------
        values : Tensor, shape (B, N, D)
            Steps of the memory.

        Returns
        -------
        Tensor, shape (B, N, Q)
            Keys.
        """
        return self.project(values)  # type: ignore[no-any-return]

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        """Score each step against each query.

        Parameters
        ----------
        query : Tensor, shape (B, S, Q)
            Queries.
        keys : Tensor, shape (B, N, Q)
            From `keys`.

        Returns
        -------
        Tensor, shape (B, S, N)
            Scores.
        """
        return torch.bmm(query, keys.transpose(1, 2))


class AdditiveAttention(Attention):
    r"""The score comes from a layer of neurons over query and step.

    Parameters
    ----------
    query_size : int
        Numbers in a query; the layer has as many neurons.
    memory_size : int
        Numbers in each step of the memory.

    Notes
    -----
    .. math:: score(q, m_n) = v \cdot \tanh(W q + U m_n + b)

    The products with U are taken once for a memory. Of the three it is the dearest: S * N * Q hyperbolic tangents.

    References
    ----------
    .. [1] Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015,
       appendix A.1.2.
    """

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__(query_size, memory_size)
        self.project = nn.Linear(memory_size, query_size)
        self.project_query = nn.Linear(query_size, query_size, bias=False)
        bound = 1 / math.sqrt(query_size)
        self.v = nn.Parameter(torch.empty(query_size).uniform_(-bound, bound))

    def keys(self, values: Tensor) -> Tensor:
        """Multiply each step with the matrix U.

        Parameters
        ----------
        values : Tensor, shape (B, N, D)
            Steps of the memory.

        Returns
        -------
        Tensor, shape (B, N, Q)
            Keys.
        """
        return self.project(values)  # type: ignore[no-any-return]

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        """Score each step against each query.

        Parameters
        ----------
        query : Tensor, shape (B, S, Q)
            Queries.
        keys : Tensor, shape (B, N, Q)
            From `keys`.

        Returns
        -------
        Tensor, shape (B, S, N)
            Scores.
        """
        neurons = torch.tanh(self.project_query(query).unsqueeze(2) + keys.unsqueeze(1))  # (B, S, N, Q)
        return neurons @ self.v


ATTENTIONS: dict[str, type[Attention]] = {
    "dot": DotAttention,
    "general": GeneralAttention,
    "additive": AdditiveAttention,
}
"""Forms of attention by name."""


def build_attention(name: str, query_size: int, memory_size: int) -> Attention:
    """Make an attention by its name.

    Parameters
    ----------
    name : str
        A key of `ATTENTIONS`.
    query_size : int
        Numbers in a query.
    memory_size : int
        Numbers in each step of the memory.

    Returns
    -------
    Attention
        The module.

    Raises
    ------
    ParameterError
        If there is no such form.
    """
    return choose(ATTENTIONS, "attention", name)(query_size, memory_size)
