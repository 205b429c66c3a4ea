"""The training loop: epochs of steps, a look at the validation part after each, and the best weights at the end.

Plain torch. A framework such as Lightning Fabric would bring devices and several processes, which take fewer lines here
than its use would, but not what matters most: going on from any step to the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from torch import nn

from malgil.engine import Progress
from malgil.errors import DataError, ParameterError
from malgil.messages import Message
from malgil.training.batches import plan
from malgil.training.checkpoints import Checkpoint, keep_best, stamp
from malgil.training.distributed import gathered
from malgil.training.examples import Examples
from malgil.training.history import History, Row
from malgil.training.interrupts import Interrupted, whole
from malgil.training.optimizers import has_stalled
from malgil.training.precision import find_device, resolve
from malgil.training.predicting import evaluating, mean_loss
from malgil.training.randomness import apart
from malgil.training.reporting import Reporter
from malgil.training.rowwise import touched_rows
from malgil.training.schedules import learning_rate
from malgil.training.settings import Settings
from malgil.training.state import State
from malgil.training.step import Run
from malgil.training.weights import set_weights, weights_of

Measure = Callable[[nn.Module, Examples], dict[str, float]]


def train(
    network: nn.Module,
    examples: Examples,
    settings: Settings,
    *,
    validation: Examples | None = None,
    measure: Measure | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> History:
    """Train a network.

    Parameters
    ----------
    network : Network
        A module with a ``loss``; moved to the device and left there, in evaluation mode, with the best weights where
        there is a validation part, else with the last ones.
    examples : Examples
        What it learns from; at least one.
    settings : Settings
        How.
    validation : Examples, optional
        What it is measured on after each epoch.
    measure : callable, optional
        Network and validation part -> figures by name, beside the loss. Called in evaluation mode without gradients.
    folder : Path, optional
        Keeps the state, so that the same call goes on where it was broken off. A finished training is not repeated.
    progress : engine.Progress, optional
        Is told the real steps of sequences that are done; a `reporting.Listener` also hears the figures.

    Returns
    -------
    History
        A row for each epoch.

    Raises
    ------
    DataError
        If there is no example, the loss is not a finite number, or one example is too large for the memory.
    ParameterError
        If a setting needs a validation part that is not there, or `folder` holds another training.
    ArtefactError
        If the state in `folder` is damaged.
    Interrupted
        On Ctrl-C, after the state has been written; a ``KeyboardInterrupt``.

    Notes
    -----
    The loss of a step is the sum over the items of its batch, divided by their number. Where ``"ntasgd"`` averages, the
    mean weights are what is measured and kept. The same seed, data and number of threads give the same bits on a CPU,
    broken off or not. The order of the batches and all that the network draws come from the seed, the epoch and, in a
    team of processes, the rank; torch's own generators are left as they were.
    """
    _check(examples, settings, validation)
    device = find_device(settings.device)
    network.to(device)
    rows = touched_rows(network, settings.momentum)
    with gathered(device) as team, apart(device, settings.seed), rows:
        team.agree(weights_of(network).values())
        run = Run(network, examples, settings, resolve(settings.precision, device), team, State())
        checkpoint = _checkpoint(run, validation, folder)
        reporter = Reporter(progress if team.leads else None, settings.epochs, examples.lengths)
        try:
            with reporter:
                _epochs(run, _Watch(validation, measure), checkpoint, reporter)
        except KeyboardInterrupt:
            _stop(run, checkpoint)
        finally:
            run.layers.thaw_all()
    network.eval()
    return run.state.history


class _Watch:
    """What is measured after an epoch."""

    def __init__(self, validation: Examples | None, measure: Measure | None) -> None:
        self.validation = validation
        self.measure = measure

    def figures(self, run: Run) -> dict[str, float]:
        if self.validation is None:
            return {}
        settings = run.settings
        size, most = settings.batch_size, settings.max_tokens
        found = {"loss": mean_loss(run.network, self.validation, size, settings.precision, most)}
        if self.measure is not None:
            with evaluating(run.network):
                found |= {name: float(value) for name, value in self.measure(run.network, self.validation).items()}
        return run.team.agreed(found)


def _check(examples: Examples, settings: Settings, validation: Examples | None) -> None:
    if not len(examples):
        raise DataError("training.no_examples")
    if validation is not None:
        if not len(validation):
            raise DataError("training.empty_validation")
        return
    needs = {"patience": settings.patience is not None, "optimizer": settings.optimizer == "ntasgd"}
    needs["watch"] = settings.watch != "loss"
    for name, is_needed in needs.items():
        if is_needed:
            raise ParameterError("training.no_validation", name=name, value=getattr(settings, name))


def _checkpoint(run: Run, validation: Examples | None, folder: Path | None) -> Checkpoint | None:
    """Open the folder of the state and go on from what is in it."""
    if folder is None:
        return None
    with apart(run.team.device, run.settings.seed):
        rows = plan(run.examples, run.settings.batch_size, run.settings.seed, 0)[0]
        first = run.examples.batch(rows)
    checkpoint = Checkpoint(Path(folder), stamp(run, first, validation))
    checkpoint.load(run)
    return checkpoint


def _epochs(run: Run, watch: _Watch, checkpoint: Checkpoint | None, reporter: Reporter) -> None:
    state, settings = run.state, run.settings
    reporter.resume(state)
    while not state.is_finished:
        batches = plan(run.examples, settings.batch_size, settings.seed, state.epoch)
        run.layers.thaw(state.epoch)
        if state.place == 0:
            _seed_epoch(run)
        run.network.train()
        while state.place < len(batches):
            n_before = state.n_tokens
            loss = run.step(batches[state.place], _rate(run, state.place, len(batches)))
            reporter.step(state, loss, state.n_tokens - n_before)
            if checkpoint is not None and run.team.is_alone and checkpoint.is_due:
                with whole():
                    checkpoint.save(run)
        _end_epoch(run, watch, _rate(run, len(batches) - 1, len(batches)))
        reporter.epoch(state.history)
        if checkpoint is not None and run.team.leads:
            with whole():
                checkpoint.save(run)


def _rate(run: Run, place: int, n_batches: int) -> float:
    """Learning rate of a step of the present epoch, as it is in the step's middle."""
    settings = run.settings
    done = (run.state.epoch + (place + 0.5) / n_batches) / settings.epochs
    return learning_rate(settings.schedule, settings.learning_rate, settings.warmup, done)


def _seed_epoch(run: Run) -> None:
    """Begin the epoch's draws, each process its own."""
    import torch

    entropy = (run.settings.seed, run.state.epoch, run.team.rank)
    torch.manual_seed(int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0]))
    run.keep_place()


def _end_epoch(run: Run, watch: _Watch, rate: float) -> None:
    """Measure, remember the best weights, and decide whether to go on."""
    state = run.state
    run.team.agree(run.network.buffers())  # running means over batches: each process saw its own share
    with run.average.in_place():
        figures = watch.figures(run)
        value = _watched(figures, run.settings.watch)
        is_best = value is not None and (state.best_value is None or value < state.best_value)
        if is_best:
            keep_best(run)
    with whole():
        state.history.rows.append(_row(state, figures, rate, is_best))
        state.best_value, state.n_waited = (value, 0) if is_best else (state.best_value, state.n_waited + 1)
        state.epoch += 1
        state.begin_epoch()
        if "loss" in figures:
            _begin_average(run, figures["loss"])
        _finish(run, has_validation=bool(figures))


def _row(state: State, figures: dict[str, float], rate: float, is_best: bool) -> Row:
    return Row(
        epoch=state.epoch + 1,
        step=state.step,
        loss=state.loss_sum / max(state.n_items, 1),
        validation=figures,
        learning_rate=rate,
        norm=state.norm_sum / max(state.place, 1),
        tokens_per_s=state.n_tokens / state.seconds if state.seconds else 0.0,
        seconds=state.seconds,
        is_best=is_best,
    )


def _watched(figures: dict[str, float], watch: str) -> float | None:
    """Give the figure that rules, so that lower is better; not a number is no figure."""
    if not figures:
        return None
    name = watch.removeprefix("-")
    if name not in figures:
        raise ParameterError("training.not_measured", name=name, names=", ".join(figures))
    value = -figures[name] if watch.startswith("-") else figures[name]
    return value if value == value else None


def _begin_average(run: Run, loss: float) -> None:
    settings, state = run.settings, run.state
    state.losses.append(loss)
    if settings.optimizer != "ntasgd" or run.average.has_begun:
        return
    if has_stalled(state.losses, settings.average_patience):
        run.average.begin()
        state.history.notes.append(Message("training.averaging", {"epoch": state.epoch + 1}))


def _finish(run: Run, has_validation: bool) -> None:
    """End the training where it is time: the network gets the weights that it is to keep."""
    state, patience = run.state, run.settings.patience
    is_stale = has_validation and patience is not None and state.n_waited >= patience
    if is_stale and state.epoch < run.settings.epochs:
        state.history.notes.append(Message("training.stopped_early", {"epoch": state.epoch, "n": state.n_waited}))
    if not is_stale and state.epoch < run.settings.epochs:
        return
    if run.best is not None:
        set_weights(run.network, run.best)
    else:
        run.average.swap()
    state.is_finished = True
    run.keep_place()


def _stop(run: Run, checkpoint: Checkpoint | None) -> None:
    """Keep what was done before Ctrl-C, and say how to go on."""
    place = {"epoch": run.state.epoch + 1, "batch": run.state.place}
    if checkpoint is None:
        raise Interrupted("training.stopped", **place) from None
    if run.team.is_alone:
        run.rewind()
        with whole():
            checkpoint.save(run)
    else:  # the others stand elsewhere: the state is that after the last epoch
        place["batch"] = 0
    raise Interrupted("training.stopped_saved", path=checkpoint.path, **place) from None
