"""The loop that trains word vectors: rounds of blocks on threads, with the same bits for any number of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.embeddings.blocks import CHUNK, Blocks, block_seed, rates
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
        The kernel that learns the blocks of a round.
    add : callable
        The kernel that adds what was learned.
    """

    settings: Settings
    corpus: tuple[NDArray[np.int32], NDArray[np.int64]]
    tables: Any
    blocks: Blocks
    learn: Callable[..., None]
    add: Callable[..., None]


Pause = Callable[[State], None]


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
    rows = (np.empty((n_blocks, n_words, dim), np.float32) for _ in range(2))
    drawn = np.empty((n_blocks, n_drawn), np.int32), np.empty((n_blocks, n_drawn, dim), np.float32)
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
    workers = min(n_workers(n_jobs), blocks.per_round)
    begun = state.epoch * blocks.n_rounds + state.round

    def work(worker: int, wait: Callable[[], None]) -> None:
        for turn in range(begun, settings.epochs * blocks.n_rounds):
            epoch, number = divmod(turn, blocks.n_rounds)
            first = number * blocks.per_round
            plan = _plan(task, epoch, first, min(first + blocks.per_round, len(blocks.cuts) - 1))
            _learn(task, state, alphas[epoch, number], plan, space, worker, workers)
            wait()
            if worker == 0:
                _record(state, epoch, len(plan[0]), space)
            task.add(state.weights, task.tables, len(plan[0]), settings.shared, space, worker, workers)
            wait()
            if worker == 0:  # the others learn meanwhile, which changes no weights
                state.epoch, state.round = divmod(turn + 1, blocks.n_rounds)
                progress.advance(int(plan[1][-1] - plan[1][0]))
                pause(state)

    march(work, workers)


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

    def work(worker: int, wait: Callable[[], None]) -> None:
        try:
            space = work_space(1, blocks.most, state.weights[0].shape[1], settings.shared)
            for number in numbers:
                epoch, b = divmod(number, n_blocks)
                plan = _plan(task, epoch, b, b + 1)
                _learn(task, state, alphas[epoch, b], plan, space, 0, 1)
                task.add(state.weights, task.tables, 1, settings.shared, space, 0, 1)
                _record(state, epoch, 1, space)
                progress.advance(int(plan[1][-1] - plan[1][0]))
        except BaseException:
            deque(numbers, maxlen=0)  # nothing is left for the others, who wait for nobody and would go on to the end
            raise

    march(work, n_workers(n_jobs))


def _plan(task: Task, epoch: int, first: int, last: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    seeds = [block_seed(task.settings.seed, epoch, b) for b in range(first, last)]
    return np.array(seeds, np.uint64), task.blocks.cuts[first : last + 1]


def _learn(task: Task, state: State, alpha: np.float32, plan: Any, space: Any, worker: int, workers: int) -> None:
    kernel = task.settings.kernel
    task.learn(state.weights, task.corpus, task.tables, kernel, alpha, plan, space, worker, workers)


def _record(state: State, epoch: int, n: int, space: Any) -> None:
    state.losses[epoch] += space[7][:n].sum(axis=0)
    state.n_seen += int(space[8][:n].sum())
