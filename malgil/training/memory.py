"""Why gates: how far back a plain recurrence, gated ones and a scanned one can remember, on two problems made for it.

Each cell learns at the shortest length first and goes on, with the weights it has, to the next longer one as soon as it
has solved this one; where it does not within a fixed number of steps, it stops. Besides, the size of the loss's
gradient at the state of each step is measured, before and after training: where it vanishes, nothing can be learned
from that far back (Bengio, Simard and Frasconi 1994).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from malgil.drawing.curves import Curve, bars, curves
from malgil.drawing.scene import Scene, beside, stacked
from malgil.engine import Progress, Silent
from malgil.messages import render
from malgil.nn.layer import CellConfig
from malgil.nn.stack import Recurrent
from malgil.training.memory_problems import PROBLEMS, Problem

_SMOOTHING = 0.95  # of the running error
_FAINTEST = 1e-12  # gradient that is drawn
_WARM = 40  # steps before the running error counts


CELLS = {"RNN": ("rnn_tanh", 1), "LSTM": ("lstm", 1), "GRU": ("gru", 1), "MinGRU": ("mingru", 2)}
"""Kind and layers of each cell; two for MinGRU, since the gates of one layer alone see no past."""


@dataclass(frozen=True)
class MemorySettings:
    """How the problems are learned.

    Parameters
    ----------
    lengths : tuple of int
        Rising.
    hidden_size : int
        Units of a layer.
    batch_size : int
        Rows of a step.
    most_steps : int
        Steps of the optimizer at one length before a cell gives up.
    learning_rate : float
        Of Adam; gradients are clipped to norm 1.
    seed : int
        Of weights and rows.
    """

    lengths: tuple[int, ...] = (10, 20, 50, 100, 200)
    hidden_size: int = 64
    batch_size: int = 32
    most_steps: int = 3000
    learning_rate: float = 3e-3
    seed: int = 0


QUICK = MemorySettings(lengths=(5, 10), hidden_size=32, most_steps=700, learning_rate=5e-3)
"""A look in seconds, at lengths that every cell can bridge."""


class Trial(NamedTuple):
    """A length that a cell was trained at.

    Parameters
    ----------
    length : int
        Of the problem.
    n_steps : int
        Steps of the optimizer taken.
    error : float
        The running error at the end.
    is_solved : bool
        Whether it fell below the problem's bound.
    """

    length: int
    n_steps: int
    error: float
    is_solved: bool


@dataclass(frozen=True, eq=False)
class Memory:
    """What one cell did on one problem.

    Parameters
    ----------
    problem, cell : str
        Keys of `PROBLEMS` and `CELLS`.
    trials : list of Trial
        By rising length, up to the first that was not solved.
    gradient_before, gradient_after : ndarray, shape (T,)
        Norm of the loss's gradient at the state after each step of a sequence of the longest length: the mean over
        rows. The state of an LSTM is h and c together.
    """

    problem: str
    cell: str
    trials: list[Trial]
    gradient_before: NDArray[np.float64]
    gradient_after: NDArray[np.float64]

    @property
    def solved_length(self) -> int:
        """The longest length solved, 0 where there is none."""
        return max((trial.length for trial in self.trials if trial.is_solved), default=0)


@dataclass(frozen=True, eq=False)
class MemoryReport:
    """What all cells did on all problems.

    Parameters
    ----------
    settings : MemorySettings
        How they learned.
    memories : list of Memory
        Problem by problem.
    """

    settings: MemorySettings
    memories: list[Memory] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as JSON.

        Returns
        -------
        dict
            The settings, and for each problem and cell the solved length, the trials and the gradients.
        """
        rows = [
            {
                "problem": memory.problem,
                "cell": memory.cell,
                "solved_length": memory.solved_length,
                "trials": [trial._asdict() for trial in memory.trials],
                "gradient_before": [float(f"{value:.4g}") for value in memory.gradient_before],
                "gradient_after": [float(f"{value:.4g}") for value in memory.gradient_after],
            }
            for memory in self.memories
        ]
        return {"settings": asdict(self.settings), "memories": rows}

    def draw(self, lang: str = "en") -> Scene:
        """Draw the solved lengths and the gradients over time.

        Parameters
        ----------
        lang : str
            ``"en"`` or ``"ko"``.

        Returns
        -------
        Scene
            Bars, and a figure of lines for each problem: whole after training, dashed before; below 1e-12 they end.
        """
        names = {name: render(f"drawing.{name}", lang) for name in PROBLEMS}
        by_cell: dict[str, dict[str, float]] = {}
        for memory in self.memories:
            by_cell.setdefault(memory.cell, {})[memory.problem] = memory.solved_length
        solved = bars(
            [names[problem] for problem in PROBLEMS],
            {cell: [lengths.get(problem, 0.0) for problem in PROBLEMS] for cell, lengths in by_cell.items()},
            render("drawing.solved", lang),
            render("drawing.steps", lang),
        )
        figures = [self._gradients(problem, names[problem], lang) for problem in PROBLEMS]
        return stacked([beside([solved, *figures])], render("drawing.memory", lang))

    def _gradients(self, problem: str, name: str, lang: str) -> Scene:
        lines = []
        for memory in self.memories:
            if memory.problem == problem:
                t = np.arange(1, len(memory.gradient_after) + 1, dtype=np.float64)
                lines.append(Curve(memory.cell, t, _visible(memory.gradient_after)))
                lines.append(Curve(memory.cell, t, _visible(memory.gradient_before), dashed=True))
        title = render("drawing.gradient", lang, problem=name)
        return curves(lines, title, "t", "‖∂L/∂h_t‖", is_log=True)


def _visible(norms: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(norms >= _FAINTEST, norms, np.nan)


class Rememberer(nn.Module):
    """A recurrent network and a linear answer at each step.

    Parameters
    ----------
    cell : str
        A key of `CELLS`.
    problem : Problem
        What it is to solve.
    hidden_size : int
        Units of a layer.
    """

    def __init__(self, cell: str, problem: Problem, hidden_size: int) -> None:
        super().__init__()
        kind, n_layers = CELLS[cell]
        self.cell = Recurrent(CellConfig(kind, problem.n_inputs, hidden_size, n_layers))
        self.head = nn.Linear(hidden_size, problem.n_outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Answer at each step.

        Parameters
        ----------
        x : Tensor, shape (B, T, n_inputs)
            Rows of the problem.

        Returns
        -------
        Tensor, shape (B, T, n_outputs)
            The answers.
        """
        y, _ = self.cell(x)
        answers: Tensor = self.head(y)
        return answers


def run_memory(settings: MemorySettings | None = None, progress: Progress | None = None) -> MemoryReport:
    """Train every cell on every problem and measure its gradients.

    Parameters
    ----------
    settings : MemorySettings, optional
        How; by default the sizes of `MemorySettings`, which take a few minutes on two cores.
    progress : engine.Progress, optional
        Told how far the work is.

    Returns
    -------
    MemoryReport
        The same for the same settings and the same number of threads.
    """
    settings = settings or MemorySettings()
    listener = progress or Silent()
    listener.start("drawing.memory", len(PROBLEMS) * len(CELLS) * len(settings.lengths))
    report = MemoryReport(settings)
    for problem in PROBLEMS:
        for cell in CELLS:
            report.memories.append(remember(problem, cell, settings, listener))
    listener.done()
    return report


def remember(problem: str, cell: str, settings: MemorySettings, progress: Progress | None = None) -> Memory:
    """Train one cell on one problem, from the shortest length on, and measure its gradients.

    Parameters
    ----------
    problem, cell : str
        Keys of `PROBLEMS` and `CELLS`.
    settings : MemorySettings
        How.
    progress : engine.Progress, optional
        Told of each length.

    Returns
    -------
    Memory
        What came of it.
    """
    task = PROBLEMS[problem]
    generator = torch.Generator().manual_seed(settings.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = Rememberer(cell, task, settings.hidden_size)
    before = gradient_norms(network, task, settings)
    trials: list[Trial] = []
    optimizer = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    for length in settings.lengths:
        if not trials or trials[-1].is_solved:
            trials.append(_learn(network, task, length, settings, optimizer, generator))
        if progress is not None:
            progress.advance(1)
    return Memory(problem, cell, trials, before, gradient_norms(network, task, settings))


def _learn(
    network: Rememberer,
    task: Problem,
    length: int,
    settings: MemorySettings,
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
) -> Trial:
    running, step = 1.0, 0
    for step in range(1, settings.most_steps + 1):
        x, y = task.draw(settings.batch_size, length, generator)
        losses, error = task.judge(network(x), y)
        optimizer.zero_grad()
        losses.mean().backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        running = float(error) if step == 1 else _SMOOTHING * running + (1 - _SMOOTHING) * float(error)
        if step > _WARM and running < task.solved_below:
            return Trial(length, step, running, True)
    return Trial(length, step, running, False)


def gradient_norms(network: Rememberer, task: Problem, settings: MemorySettings) -> NDArray[np.float64]:
    """Measure how much the loss of a row depends on the state after each step.

    Parameters
    ----------
    network : Rememberer
        Trained or not.
    task : Problem
        What it is asked.
    settings : MemorySettings
        The longest length, the number of rows and the seed.

    Returns
    -------
    ndarray of float64, shape (T,)
        Euclidean norm of the gradient at all numbers of the state, the mean over rows.
    """
    x, y = task.draw(settings.batch_size, settings.lengths[-1], torch.Generator().manual_seed(settings.seed + 1))
    state: Any = None
    states: list[tuple[Tensor, ...]] = []
    for t in range(x.shape[1]):
        _, state = network.cell(x[:, t : t + 1], state=state)
        states.append((state,) if isinstance(state, Tensor) else state)
    # the answers are read from the very tensors that the gradient is asked of
    losses, _ = task.judge(network.head(torch.stack([parts[0][-1] for parts in states], dim=1)), y)
    flat = [part for parts in states for part in parts]
    gradients = torch.autograd.grad(losses.sum(), flat, allow_unused=True)
    squares = torch.stack(
        [x.new_zeros(x.shape[0]).double() if g is None else (g.double() ** 2).sum(dim=(0, 2)) for g in gradients]
    )
    per_step = squares.reshape(len(states), -1, x.shape[0]).sum(dim=1)
    return per_step.sqrt().mean(dim=1).numpy()
