"""The loop that trains word vectors: rounds of blocks on threads, with the same bits for any number of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.embeddings.aligned import aligned_rows
from malgil.embeddings.blocks import CHUNK, Blocks, block_seeds, rates
from malgil.embeddings.team import march
from malgil.engine import Progress, n_workers


class Settings(NamedTuple):
    """What the loop needs to know of a model.

    Parameters
    ----------
    window, negative, shared : int
        Words to either side, negative words of a pair, negative words of a chunk.
    is_cbow : bool
        Whether words are predicted from the mean of those around them.
    epochs : int
        Passes over the corpus.
    alpha, min_alpha : float
        Learning rate at the beginning and at the end.
    seed : int
        Of the random numbers.
    """

    window: int
    negative: int
    shared: int
    is_cbow: bool
    epochs: int
    alpha: float
    min_alpha: float
    seed: int

    @property
    def kernel(self) -> tuple[int, int, int, bool]:
        """What the kernels take."""
        return self.window, self.negative, self.shared, self.is_cbow


@dataclass(eq=False)
class State:
    """Where a training stands.

    Parameters
    ----------
    weights : (ndarray of float32, ndarray of float32)
        Input rows and output rows.
    epoch, round : int
        The round that comes next.
    losses : ndarray of float64, shape (epochs, 2)
        Sum of the losses that were looked at, and of how many pairs, of each epoch.
    n_seen : int
        Words trained on so far, those that stayed.
    """

    weights: tuple[NDArray[np.float32], NDArray[np.float32]]
    epoch: int = 0
    round: int = 0
    losses: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    n_seen: int = 0


class Task(NamedTuple):
    """A training and all that it reads.

    Parameters
    ----------
    settings : Settings
        Of the model.
    corpus : (ndarray of int32, ndarray of int64)
        Ids, and borders of the sentences.
    tables : tuple of ndarray
        As `learn` takes them.
    blocks : Blocks
        The order of the corpus.
    learn : callable
        The kernel that learns blocks from the same weights.
    add : callable
        The kernel that adds what was learned.
    rounds : callable, optional
        The kernel with which several workers learn and add round after round; without it one worker does.
    """

    settings: Settings
    corpus: tuple[NDArray[np.int32], NDArray[np.int64]]
    tables: Any
    blocks: Blocks
    learn: Callable[..., None]
    add: Callable[..., None]
    rounds: Callable[..., bool] | None = None


Pause = Callable[[State], None]
_AT_ONCE = 8  # rounds between two looks at the clock and the keyboard


def work_space(n_blocks: int, n_words: int, dim: int, shared: int) -> tuple[NDArray[Any], ...]:
    """Make the buffers of a round.

    Parameters
    ----------
    n_blocks : int
        Blocks of the round.
    n_words : int
        Words of the longest block.
    dim : int
        Columns of the weights.
    shared : int
        Negative words of a chunk.

    Returns
    -------
    tuple of ndarray
        As `learn` takes them.
    """
    n_drawn = -(-n_words // CHUNK) * shared
    places = (np.empty((n_blocks, n_words), np.int32) for _ in range(3))
    rows = (aligned_rows(n_blocks, n_words, dim) for _ in range(2))
    drawn = np.empty((n_blocks, n_drawn), np.int32), aligned_rows(n_blocks, n_drawn, dim)
    return (*places, *rows, *drawn, np.zeros((n_blocks, 2)), np.zeros(n_blocks, np.int64))


def train(task: Task, state: State, n_jobs: int | None, progress: Progress, pause: Pause) -> None:
    """Train to the end, from wherever a training stands.

    Parameters
    ----------
    task : Task
        What to do.
    state : State
        Where it stands; changed in place.
    n_jobs : int, optional
        Threads, all cores by default; never changes a bit.
    progress : Progress
        Told of every round, in words of the corpus.
    pause : callable
        Called between rounds, when the state is whole.
    """
    blocks, settings = task.blocks, task.settings
    space = work_space(blocks.per_round, blocks.most, state.weights[0].shape[1], settings.shared)
    alphas = rates(blocks.n_rounds, settings.epochs, settings.alpha, settings.min_alpha)
    workers = min(n_workers(n_jobs), blocks.per_round) if task.rounds is not None else 1
    totals, done, turns = np.zeros(3), np.zeros(1, np.int64), np.zeros(workers, np.int64)
    parts = [
        (epoch, low, min(low + _AT_ONCE, blocks.n_rounds))
        for epoch in range(state.epoch, settings.epochs)
        for low in range(state.round if epoch == state.epoch else 0, blocks.n_rounds, _AT_ONCE)
    ]

    def work(worker: int, check: Callable[[], None]) -> None:
        begun = 0
        for epoch, low, high in parts:
            plan = _plan(task, epoch, low * blocks.per_round, min(high * blocks.per_round, len(blocks.cuts) - 1))
            given = alphas[epoch, low:high], plan, space
            if workers == 1:
                _alone(task, state, *given, totals)
            while workers > 1 and not task.rounds(  # type: ignore[misc]  # there are not several without it
                state.weights, task.corpus, task.tables, settings.kernel, *given, totals, done, turns, begun, worker
            ):
                check()
                time.sleep(0)  # the others are late: they may need this core
            begun += 2 * (high - low)
            if worker == 0:  # the others learn meanwhile, which changes no weights
                state.losses[epoch] += totals[:2]
                state.n_seen += int(totals[2])
                totals[:] = 0
                state.epoch, state.round = (epoch, high) if high < blocks.n_rounds else (epoch + 1, 0)
                progress.advance(int(plan[1][-1] - plan[1][0]))
                pause(state)

    march(work, workers)


def _alone(task: Task, state: State, alphas: NDArray[np.float32], plan: Any, space: Any, totals: Any) -> None:
    """Learn and add round after round."""
    seeds, cuts = plan
    per_round = len(space[8])
    for number, alpha in enumerate(alphas):
        first, last = number * per_round, min((number + 1) * per_round, len(seeds))
        _learn(task, state, alpha, (seeds[first:last], cuts[first : last + 1]), space)
        task.add(state.weights, task.tables, last - first, task.settings.shared, space, 0, 1)
        totals[:2] += space[7][: last - first].sum(axis=0)
        totals[2] += space[8][: last - first].sum()


def train_freely(task: Task, state: State, n_jobs: int | None, progress: Progress) -> None:
    """Train without waiting: threads read rows that others are just changing, and no two runs are alike.

    Parameters
    ----------
    task : Task
        What to do.
    state : State
        Changed in place.
    n_jobs : int, optional
        Threads, all cores by default.
    progress : Progress
        Told of every block, in words of the corpus.

    References
    ----------
    .. [1] Niu et al., "Hogwild!: A Lock-Free Approach to Parallelizing Stochastic Gradient Descent", NIPS 2011.
    """
    blocks, settings = task.blocks, task.settings
    n_blocks = len(blocks.cuts) - 1
    alphas = rates(n_blocks, settings.epochs, settings.alpha, settings.min_alpha)
    numbers = iter(range(settings.epochs * n_blocks))  # taking the next one is a single step of the interpreter

    def work(worker: int, check: Callable[[], None]) -> None:
        space = work_space(1, blocks.most, state.weights[0].shape[1], settings.shared)
        for number in numbers:
            check()
            epoch, b = divmod(number, n_blocks)
            plan = _plan(task, epoch, b, b + 1)
            _learn(task, state, alphas[epoch, b], plan, space)
            task.add(state.weights, task.tables, 1, settings.shared, space, 0, 1)
            state.losses[epoch] += space[7][0]
            state.n_seen += int(space[8][0])
            progress.advance(int(plan[1][-1] - plan[1][0]))

    march(work, n_workers(n_jobs))


def _plan(task: Task, epoch: int, first: int, last: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    return block_seeds(task.settings.seed, epoch, np.arange(first, last)), task.blocks.cuts[first : last + 1]


def _learn(task: Task, state: State, alpha: np.float32, plan: Any, space: Any) -> None:
    task.learn(state.weights, task.corpus, task.tables, task.settings.kernel, alpha, plan, space, 0, 1)
