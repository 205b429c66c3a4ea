"""The adding and copying problems, and how far back a gradient reaches."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from malgil.drawing.scene import Text  # noqa: E402
from malgil.training.memory import (  # noqa: E402
    CELLS,
    MemorySettings,
    Rememberer,
    gradient_norms,
    remember,
    run_memory,
)
from malgil.training.memory_problems import (  # noqa: E402
    N_COPIED,
    N_SYMBOLS,
    PROBLEMS,
    draw_adding,
    draw_copying,
    judge_adding,
    judge_copying,
)

TINY = MemorySettings(lengths=(2, 4), hidden_size=5, batch_size=3, most_steps=2)


@pytest.mark.parametrize("length", [2, 3, 10])
def test_adding_marks_one_number_in_each_half(length: int) -> None:
    x, y = draw_adding(50, length, torch.Generator().manual_seed(0))
    values, marks = x[..., 0].numpy(), x[..., 1].numpy()
    assert x.shape == (50, length, 2)
    assert (marks[:, : length // 2].sum(axis=1) == 1).all() and (marks.sum(axis=1) == 2).all()
    assert np.allclose([row[mark == 1].sum() for row, mark in zip(values, marks, strict=True)], y)


def test_copying_shows_symbols_silence_and_cues() -> None:
    x, y = draw_copying(4, 3, torch.Generator().manual_seed(0))
    assert x.shape == (4, 3 + 2 * N_COPIED, N_SYMBOLS + 2) and (x.sum(dim=2) == 1).all()
    said = x.argmax(dim=2)
    assert (said[:, :N_COPIED] == y).all()
    assert (said[:, N_COPIED:-N_COPIED] == N_SYMBOLS).all() and (said[:, -N_COPIED:] == N_SYMBOLS + 1).all()


def test_judges_look_at_the_answers() -> None:
    outputs = torch.tensor([[[9.0], [1.5]], [[9.0], [1.0]]])
    losses, error = judge_adding(outputs, torch.tensor([1.0, 1.0]))
    assert losses.tolist() == [0.25, 0.0] and float(error) == 0.125
    scores = torch.zeros(1, 5, N_SYMBOLS)
    scores[0, -2, 3] = scores[0, -1, 1] = 20.0
    losses, error = judge_copying(scores, torch.tensor([[3, 2]]))
    assert float(error) == 0.5 and float(losses[0]) == pytest.approx(10.0, abs=1e-3)


def test_the_gradient_is_the_chain_rule_written_out() -> None:
    """dL/dh_T = 2 (answer - y) w, and dL/dh_{t-1} = U' (dL/dh_t * (1 - h_t^2)) for a plain recurrence."""
    settings = MemorySettings(lengths=(6,), hidden_size=4, batch_size=3)
    torch.manual_seed(0)
    network = Rememberer("RNN", PROBLEMS["adding"], 4)
    x, y = draw_adding(3, 6, torch.Generator().manual_seed(settings.seed + 1))
    layer = network.cell.layer(0)
    w, u, b = (p.detach().double().numpy() for p in (layer.w_x, layer.w_h, layer.b))
    out, bias = network.head.weight.detach().double().numpy()[0], float(network.head.bias.detach())
    norms = np.zeros((3, 6))
    for row in range(3):
        states, h = [], np.zeros(4)
        for step in x[row].double().numpy():
            h = np.tanh(w @ step + u @ h + b)
            states.append(h)
        gradient = 2 * (out @ h + bias - float(y[row])) * out
        for t in reversed(range(6)):
            norms[row, t] = np.linalg.norm(gradient)
            gradient = u.T @ (gradient * (1 - states[t] ** 2))
    assert np.allclose(gradient_norms(network, PROBLEMS["adding"], settings), norms.mean(axis=0), rtol=1e-4)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_cell_that_does_not_solve_a_length_goes_no_further(problem: str, cell: str) -> None:
    memory = remember(problem, cell, TINY)
    assert [trial.length for trial in memory.trials] == [2] and memory.solved_length == 0
    assert memory.trials[0].n_steps == 2
    n_steps = 4 if problem == "adding" else 4 + 2 * N_COPIED
    assert len(memory.gradient_before) == len(memory.gradient_after) == n_steps
    assert (memory.gradient_before > 0).all() and not np.array_equal(memory.gradient_before, memory.gradient_after)


def test_a_short_sum_is_learned_and_the_next_length_begun() -> None:
    settings = MemorySettings(lengths=(2, 3), hidden_size=16, most_steps=400, learning_rate=1e-2)
    memory = remember("adding", "GRU", settings)
    assert memory.trials[0].is_solved and memory.trials[0].error < 0.01
    assert memory.trials[1].length == 3 and memory.solved_length >= 2


def test_same_settings_give_the_same_report_in_both_languages() -> None:
    report, again = run_memory(TINY), run_memory(TINY)
    assert json.dumps(report.to_dict()) == json.dumps(again.to_dict())
    assert len(report.memories) == len(PROBLEMS) * len(CELLS)
    other = remember("adding", "RNN", dataclasses.replace(TINY, seed=1))
    assert other.gradient_before.tolist() != report.memories[0].gradient_before.tolist()
    for lang, title in (("en", "Longest length solved"), ("ko", "해결한 최대 길이")):
        shown = [mark.text for mark in report.draw(lang).marks if isinstance(mark, Text)]
        assert title in shown and all(cell in shown for cell in CELLS)
