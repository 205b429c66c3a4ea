"""What a step of a decoder with input feeding does between its cell and the next step, with gradients written out.

One step turns the state s into scores against the memory, these into shares, the shares into a context c, and both into
the output o = tanh(W [c; s]) that the next step sees. Gradients of whatever is the same at all steps (memory, keys, W)
are not added up step by step: what they are made of is kept, and one product over all steps makes them at the end.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import torch
from torch import Tensor


class Sight(NamedTuple):
    """What all steps look at, and what they see it with.

    Parameters
    ----------
    values : Tensor, shape (B, N, D)
        Of the memory.
    keys : Tensor, shape (B, N, A)
        Of the memory.
    combine : Tensor, shape (H, D + H)
        W.
    project : Tensor, shape (A, H), optional
        Additive attention: of the query; without it scores are products.
    v : Tensor, shape (A,), optional
        Additive attention: of the neurons.
    """

    values: Tensor
    keys: Tensor
    combine: Tensor
    project: Tensor | None = None
    v: Tensor | None = None


class Score(Protocol):
    """A form of attention: scores of a step, and their gradients."""

    def forward(self, s: Tensor) -> Tensor:
        """Score the memory.

        Parameters
        ----------
        s : Tensor of narrow, shape (B, H)
            State.

        Returns
        -------
        Tensor, shape (B, N)
            Scores.
        """

    def backward(self, t: int, s: Tensor, d_scores: Tensor) -> Tensor:
        """Go back through the scores of a step.

        Parameters
        ----------
        t : int
            Step.
        s : Tensor of narrow, shape (B, H)
            As in `forward`.
        d_scores : Tensor of narrow, shape (B, N)
            Their gradients.

        Returns
        -------
        Tensor, shape (B, H)
            Gradient of the state.
        """

    def gradients(self, states: Tensor, d_scores: Tensor) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """Finish what is the same at all steps.

        Parameters
        ----------
        states : Tensor of narrow, shape (T, B, H)
            Of all steps.
        d_scores : Tensor of narrow, shape (T, B, N)
            Of all steps.

        Returns
        -------
        tuple of Tensor, and Tensor or None twice
            Gradients of `keys`, `project` and `v`.
        """


class _Products:
    """Scores are products of keys and state."""

    def __init__(self, keys: Tensor) -> None:
        self.keys = keys

    def forward(self, s: Tensor) -> Tensor:
        return torch.bmm(self.keys, s.unsqueeze(2)).squeeze(2)

    def backward(self, t: int, s: Tensor, d_scores: Tensor) -> Tensor:
        return torch.bmm(d_scores.unsqueeze(1), self.keys).squeeze(1)

    def gradients(self, states: Tensor, d_scores: Tensor) -> tuple[Tensor, Tensor | None, Tensor | None]:
        return torch.bmm(d_scores.permute(1, 2, 0), states.transpose(0, 1)), None, None


class _Neurons:
    """Scores come from a layer of neurons over keys and state; their outputs are computed anew on the way back."""

    def __init__(self, keys: Tensor, project: Tensor, v: Tensor, n_steps: int) -> None:
        self.keys, self.project, self.v = keys, project, v
        self.d_keys, self.d_v = torch.zeros(keys.shape), torch.zeros(v.shape)
        self.d_queries = torch.empty(n_steps, len(keys), len(project), dtype=keys.dtype)

    def _neurons(self, s: Tensor) -> Tensor:
        return torch.tanh_(torch.mm(s, self.project.t()).unsqueeze(1) + self.keys)

    def forward(self, s: Tensor) -> Tensor:
        return self._neurons(s) @ self.v

    def backward(self, t: int, s: Tensor, d_scores: Tensor) -> Tensor:
        neurons, d = self._neurons(s), d_scores.unsqueeze(2)
        self.d_v += (neurons * d).sum((0, 1))
        d_neurons = d * self.v * (1 - neurons * neurons)
        self.d_keys += d_neurons
        torch.sum(d_neurons, 1, out=self.d_queries[t])
        return torch.mm(self.d_queries[t], self.project)

    def gradients(self, states: Tensor, d_scores: Tensor) -> tuple[Tensor, Tensor | None, Tensor | None]:
        return self.d_keys, torch.mm(self.d_queries.flatten(0, 1).t(), states.flatten(0, 1)), self.d_v


class Looking:
    """Attention and output of all steps, for some rows of a batch.

    Parameters
    ----------
    sight : Sight
        Of these rows.
    keep : Tensor of bool, shape (B, N)
        Which steps of the memory are real.
    drop : Tensor of float32, shape (B, T, H), optional
        Dropout of the states.
    n_steps : int
        T.
    low : torch.dtype
        What feeds products.
    """

    def __init__(self, sight: Sight, keep: Tensor, drop: Tensor | None, n_steps: int, low: torch.dtype) -> None:
        self.values, keys, self.combine = (part.detach().to(low) for part in sight[:3])
        self.score: Score = _Products(keys)
        if sight.project is not None and sight.v is not None:
            self.score = _Neurons(keys, sight.project.detach().to(low), sight.v.detach().to(low), n_steps)
        self.keep, self.barred, self.drop, self.low = keep, ~keep, drop, low
        n, (n_rows, n_places, size) = n_steps, self.values.shape
        hidden = len(self.combine)
        self.size = size
        self.joined = torch.empty(n, n_rows, size + hidden, dtype=low)
        self.outputs = torch.empty(n, n_rows, hidden)
        self.shares = torch.empty(n, n_rows, n_places)

    def forward(self, t: int, h: Tensor) -> Tensor:
        """Do a step.

        Parameters
        ----------
        t : int
            Step.
        h : Tensor of float32, shape (B, H)
            Output of the cell.

        Returns
        -------
        Tensor of float32, shape (B, H)
            Output of the decoder.
        """
        context, s = self.joined[t, :, : self.size], self.joined[t, :, self.size :]
        s.copy_(h if self.drop is None else h * self.drop[:, t])
        scores = self.score.forward(s).float().masked_fill_(self.barred, torch.finfo(torch.float32).min)
        torch.mul(torch.softmax(scores, 1), self.keep, out=self.shares[t])
        context.copy_(torch.bmm(self.shares[t].to(self.low).unsqueeze(1), self.values).squeeze(1))
        return torch.tanh(torch.mm(self.joined[t], self.combine.t()).float(), out=self.outputs[t])

    def start_back(self, d_shares: Tensor) -> None:
        """Make room for the backward pass.

        Parameters
        ----------
        d_shares : Tensor, shape (B, T, N)
            Gradients of the shares from elsewhere.
        """
        self.d_shares = d_shares.transpose(0, 1)
        self.d_before = torch.empty(self.outputs.shape, dtype=self.low)  # before the tanh
        self.d_contexts = torch.empty(*self.joined.shape[:2], self.size, dtype=self.low)
        self.d_scores = torch.empty(self.shares.shape, dtype=self.low)

    def backward(self, t: int, d_output: Tensor) -> Tensor:
        """Go back through a step.

        Parameters
        ----------
        t : int
            Step.
        d_output : Tensor of float32, shape (B, H)
            Gradient of the output.

        Returns
        -------
        Tensor of float32, shape (B, H)
            Gradient of the cell's output.
        """
        output, shares = self.outputs[t], self.shares[t]
        self.d_before[t] = d_output * (1 - output * output)
        d_joined = torch.mm(self.d_before[t], self.combine)
        self.d_contexts[t] = d_joined[:, : self.size]
        d_shares = torch.bmm(self.values, self.d_contexts[t].unsqueeze(2)).squeeze(2) + self.d_shares[t]
        self.d_scores[t] = shares * (d_shares - (shares * d_shares).sum(1, keepdim=True))
        through = self.score.backward(t, self.joined[t, :, self.size :], self.d_scores[t])
        d_h = d_joined[:, self.size :].float() + through
        return d_h if self.drop is None else d_h * self.drop[:, t]

    def gradients(self) -> tuple[Tensor, Tensor, Tensor, Tensor | None, Tensor | None]:
        """Finish the gradients of what all steps share.

        Returns
        -------
        tuple of Tensor
            In the order of `Sight`.
        """
        d_values = torch.bmm(self.shares.to(self.low).permute(1, 2, 0), self.d_contexts.transpose(0, 1))
        d_combine = torch.mm(self.d_before.flatten(0, 1).t(), self.joined.flatten(0, 1))
        d_keys, d_project, d_v = self.score.gradients(self.joined[:, :, self.size :], self.d_scores)
        return d_values, d_keys, d_combine, d_project, d_v
