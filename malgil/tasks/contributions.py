"""What each step of an input adds to a score: integrated gradients, integrated until they account for the score.

The terms are taken along the straight line from a baseline, an input of zeros, to the input. The line is cut where they
miss the change of the score most, until what is missed is at most a hundredth of it; so the terms always sum to the
difference of the scores, and say how exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from malgil.explain import Explanation

TOLERANCE = 0.01
"""What the terms may miss of the difference of the scores, as a share of it."""

_FIRST, _MOST = 8, 1024  # pieces of the line, at first and at last
_NODES = (0.5 - 0.5 / 3**0.5, 0.5 + 0.5 / 3**0.5)  # Gauss and Legendre's two points in [0, 1]
_BLOCK = 64  # points of the line in a batch
_SMALLEST = 1e-6  # difference of two scores that float32 can tell from none, for scores about 1

Score = Callable[[Tensor], Tensor]


class Contributions(NamedTuple):
    """A score, shared out among the steps of its input.

    Parameters
    ----------
    values : ndarray of float64, shape (T,)
        What each step adds.
    score, baseline : float
        The score of the input and that of zeros in its place.
    n_pieces : int
        Pieces that the line was cut into.
    """

    values: NDArray[np.float64]
    score: float
    baseline: float
    n_pieces: int

    @property
    def missed(self) -> float:
        """What the terms leave of the difference of the scores."""
        return self.score - self.baseline - float(self.values.sum())

    def explain(self, tokens: Sequence[str], label: str) -> Explanation:
        """Write the shares as an explanation of the score.

        Parameters
        ----------
        tokens : sequence of str
            Names of the steps.
        label : str
            Name of the score, such as ``"logit(긍정)"``.

        Returns
        -------
        Explanation
            The score: that of the baseline, a term for each token, and what the integration missed.
        """
        terms = [Explanation(f"{label} of <pad>", self.baseline)]
        terms += [
            Explanation(f"{t + 1}: {token}", float(value))
            for t, (token, value) in enumerate(zip(tokens, self.values, strict=True))
        ]
        terms.append(Explanation("rest of the integration", self.missed))
        total = sum((term.value for term in terms), 0.0)
        formula = f"{label} of <pad> + Σ_t (x_t - 0) · ∫_0^1 ∂{label}/∂x_t (α x) dα + rest"
        source = "integrated gradients: Sundararajan, Taly and Yan, ICML 2017, equation 1"
        return Explanation(label, total, formula, "sum", tuple(terms), source=source)


def integrated_gradients(score: Score, x: Tensor, tolerance: float = TOLERANCE) -> Contributions:
    r"""Share the score of an input out among its steps.

    Parameters
    ----------
    score : callable
        ``(batch (n, T, E)) -> scores (n,)``, differentiable; a row's score must not depend on the other rows.
    x : Tensor, shape (T, E)
        The input, such as embeddings.
    tolerance : float
        What the terms may miss, as a share of the difference of the scores.

    Returns
    -------
    Contributions
        A number for each step. Where the scores differ by less than float32 can tell, the terms may miss all of it.

    Notes
    -----
    .. math:: IG_t = \sum_e (x_{te} - x'_{te})
       \int_0^1 \frac{\partial f(x' + \alpha (x - x'))}{\partial x_{te}} d\alpha

    with the baseline x' = 0 [1]_. Each piece of the line is integrated by Gauss and Legendre's rule with two points.
    The change of f over a piece is known exactly; so the pieces that miss the most of it are halved, until all together
    miss at most `tolerance` of the whole change, or there are 1,024 pieces.

    References
    ----------
    .. [1] Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", ICML 2017, equations 1 and 3.
    """
    edges = np.linspace(0.0, 1.0, _FIRST + 1)
    levels = _scores(score, x, edges)
    shares = _pieces(score, x, edges[:-1], edges[1:])
    while True:
        misses = np.diff(levels) - shares.sum(axis=1)
        allowed = tolerance * abs(levels[-1] - levels[0]) + _SMALLEST * max(1.0, float(np.abs(levels).max()))
        if np.abs(misses).sum() <= allowed or len(misses) >= _MOST:
            break
        worst = np.flatnonzero(np.abs(misses) > 0.5 * allowed / len(misses))
        middles = (edges[worst] + edges[worst + 1]) / 2
        halves = _pieces(
            score,
            x,
            np.column_stack([edges[worst], middles]).ravel(),
            np.column_stack([middles, edges[worst + 1]]).ravel(),
        )
        shares[worst] = halves[::2]
        shares = np.insert(shares, worst + 1, halves[1::2], axis=0)
        levels = np.insert(levels, worst + 1, _scores(score, x, middles))
        edges = np.insert(edges, worst + 1, middles)
    return Contributions(shares.sum(axis=0), float(levels[-1]), float(levels[0]), len(shares))


def _scores(score: Score, x: Tensor, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Score points of the line."""
    with torch.no_grad():
        parts = [score(_points(x, at[b : b + _BLOCK])).double() for b in range(0, len(at), _BLOCK)]
    return torch.cat(parts).cpu().numpy()


def _points(x: Tensor, at: NDArray[np.float64]) -> Tensor:
    return torch.as_tensor(at, dtype=x.dtype, device=x.device)[:, None, None] * x


def _pieces(score: Score, x: Tensor, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integrate pieces of the line; gives what each step adds in each piece, (n, T)."""
    nodes = np.concatenate([low + node * (high - low) for node in _NODES])
    slopes = []
    for begin in range(0, len(nodes), _BLOCK):
        points = _points(x, nodes[begin : begin + _BLOCK]).requires_grad_()
        with torch.enable_grad():
            (gradient,) = torch.autograd.grad(score(points).sum(), points)
        slopes.append((gradient * x).double().sum(dim=2))
    both = torch.cat(slopes).cpu().numpy().reshape(2, len(low), -1)
    found: NDArray[np.float64] = both.mean(axis=0) * (high - low)[:, None]
    return found
