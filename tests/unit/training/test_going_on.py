"""A training that is broken off, at any step and in any way, goes on to the same bits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from malgil.errors import ArtefactError, DataError, ParameterError
from malgil.training import checkpoints
from malgil.training.interrupts import Interrupted, whole
from malgil.training.loop import train
from malgil.training.predicting import in_batches
from malgil.training.settings import Settings
from malgil.training.weights import set_weights, weights_of
from tests.toys import Classifier, Memory, Stream, Words, accuracy, same

PLAIN = Settings(epochs=3, batch_size=5, learning_rate=0.05, precision="float32", device="cpu")
WAYS: dict[str, dict[str, Any]] = {
    "adamw": {"schedule": "one_cycle"},
    "sgd": {"optimizer": "sgd", "momentum": 0.9, "max_tokens": 10, "schedule": "cosine"},
    "ntasgd": {"optimizer": "ntasgd", "average_patience": 1, "learning_rate": 1.5, "epochs": 5},
}


class _Stop(Exception):
    """What a power cut would do: nothing is saved on the way out."""


def _after(n: int, error: type[BaseException]) -> Any:
    left = iter(range(n, -1, -1))

    def hear(_: Any) -> None:
        if next(left, 0) == 0:
            raise error

    return hear


def _train(network: Any, settings: Settings, folder: Path | None = None) -> Any:
    return train(network, Words(), settings, validation=Words(7, seed=5), measure=accuracy, folder=folder)


@pytest.fixture
def _each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_SECONDS", 0.0)
    monkeypatch.setattr(checkpoints, "_EASE", 0.0)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # nobody pulls the plug of this machine


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("error", [_Stop, KeyboardInterrupt])
@pytest.mark.usefixtures("_each_step")
def test_broken_off_at_several_steps(tmp_path: Path, way: str, error: type[BaseException]) -> None:
    settings = replace(PLAIN, **WAYS[way])
    whole_run = Classifier()
    wanted = _train(whole_run, settings)
    network = Classifier()
    for n in (4, 9, 7):  # within an epoch, in its last step, in the validation
        network = Classifier()
        network.on_batch = _after(n, error)
        with pytest.raises(error):
            _train(network, settings, tmp_path)
    network = Classifier()
    found = _train(network, settings, tmp_path)
    assert same(network, whole_run)
    assert found.to_dict(times=False) == wanted.to_dict(times=False)


@pytest.mark.parametrize("error", [_Stop, KeyboardInterrupt])
@pytest.mark.usefixtures("_each_step")
def test_a_carried_state_and_running_sums_go_on(tmp_path: Path, error: type[BaseException]) -> None:
    wanted = Memory()
    train(wanted, Stream(), PLAIN)
    for n in (1, 3, 5):
        network = Memory()
        network.on_batch = _after(n, error)
        with pytest.raises(error):
            train(network, Stream(), PLAIN, folder=tmp_path)
    network = Memory()
    train(network, Stream(), PLAIN, folder=tmp_path)
    assert same(network, wanted) and float(network.seen) == 18


def test_without_time_for_a_state_the_epoch_is_gone_through_again(tmp_path: Path) -> None:
    wanted, network = Classifier(), Classifier()
    _train(wanted, PLAIN)
    network.on_batch = _after(11, _Stop)
    with pytest.raises(_Stop):
        _train(network, PLAIN, tmp_path)
    network = Classifier()
    _train(network, PLAIN, tmp_path)
    assert same(network, wanted)


SCRIPT = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
import torch
from malgil.training import checkpoints
from malgil.training.loop import train
from tests.toys import Classifier, Words
from tests.unit.training.test_going_on import PLAIN, WAYS
torch.set_num_threads(int(sys.argv[3]))
checkpoints._SECONDS = checkpoints._EASE = 0.0
network = Classifier()
left = iter(range(8))
network.on_batch = lambda _: next(left, None) is None and os.kill(os.getpid(), signal.SIGKILL)
train(network, Words(), replace(PLAIN, **WAYS[sys.argv[2]]), validation=Words(7, seed=5), folder=Path(sys.argv[1]))
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("way", WAYS)
def test_a_killed_process_goes_on_to_the_same_bits(tmp_path: Path, way: str) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), way, str(torch.get_num_threads())]
    killed = subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, check=False)
    assert killed.returncode == -signal.SIGKILL
    settings = replace(PLAIN, **WAYS[way])
    network, wanted = Classifier(), Classifier()
    history = train(network, Words(), settings, validation=Words(7, seed=5), folder=tmp_path)
    unbroken = train(wanted, Words(), settings, validation=Words(7, seed=5))
    assert history.to_dict(times=False) == unbroken.to_dict(times=False)
    assert same(network, wanted)


def test_a_finished_training_is_not_repeated(tmp_path: Path) -> None:
    first, again = Classifier(), Classifier()
    wanted = _train(first, PLAIN, tmp_path)
    again.on_batch = _after(0, AssertionError)
    assert _train(again, PLAIN, tmp_path) == wanted
    assert same(first, again)


def test_another_training_is_not_gone_on_with(tmp_path: Path) -> None:
    _train(Classifier(), PLAIN, tmp_path)
    others = Words()
    others.labels = 1 - others.labels
    for network, words, settings in [
        (Classifier(), Words(), replace(PLAIN, learning_rate=0.1)),
        (Classifier(seed=9), Words(), PLAIN),
        (Classifier(), others, PLAIN),
        (Classifier(), Words(23), PLAIN),
    ]:
        with pytest.raises(ParameterError, match="other examples, settings or first weights"):
            train(network, words, settings, validation=Words(7, seed=5), measure=accuracy, folder=tmp_path)


def test_a_flipped_byte_is_found(tmp_path: Path) -> None:
    network = Classifier()
    network.on_batch = _after(12, KeyboardInterrupt)
    with pytest.raises(Interrupted):
        _train(network, PLAIN, tmp_path)
    path = next(tmp_path.glob("optimizer*.safetensors"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ArtefactError):
        _train(Classifier(), PLAIN, tmp_path)


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    network = Classifier()
    network.on_batch = _after(7, KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt) as caught:
        _train(network, PLAIN, tmp_path / "중간")
    assert isinstance(caught.value, Interrupted)
    assert "epoch 2" in str(caught.value) and "중간" in str(caught.value)
    assert "이어서 학습합니다" in caught.value.sentence("ko")
    network.on_batch = _after(0, KeyboardInterrupt)
    with pytest.raises(Interrupted, match="Nothing was saved"):
        _train(network, PLAIN)


def test_ctrl_c_waits_for_the_end_of_a_step() -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt):
        with whole():
            signal.raise_signal(signal.SIGINT)
            reached.append("end")
    assert reached == ["end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_in_a_step_is_not_hidden_by_ctrl_c() -> None:
    with pytest.raises(ZeroDivisionError):
        with whole():
            raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class _Spoiled(Classifier):
    def loss(self, batch: Any, carry: Any = None) -> Any:
        loss = super().loss(batch)
        is_bad = self.training and self.is_due(batch)
        return loss._replace(total=loss.total * float("nan")) if is_bad else loss

    def is_due(self, batch: Any) -> bool:
        self.n = getattr(self, "n", 0) + 1
        return self.n == 8


def test_a_loss_that_is_no_number_stops_and_names_its_rows(tmp_path: Path) -> None:
    network = _Spoiled()
    with pytest.raises(DataError, match=r"epoch 2, batch 3 \(rows \d+, \d+, \d+, \d+, \d+\)"):
        train(network, Words(), PLAIN, folder=tmp_path)
    assert all(bool(weight.isfinite().all()) for weight in network.parameters())
    after, wanted = Classifier(), Classifier()
    train(wanted, Words(), PLAIN)
    train(after, Words(), PLAIN, folder=tmp_path)  # the last good state is still there
    assert same(after, wanted)


def test_a_gradient_that_is_no_number_stops_too() -> None:
    class Spoiled(Classifier):
        def loss(self, batch: Any, carry: Any = None) -> Any:
            loss, weight = super().loss(batch), self.head.weight
            return loss._replace(total=loss.total + 0 * (weight - weight.detach()).sqrt().sum())

    with pytest.raises(DataError, match="epoch 1, batch 1"):
        train(Spoiled(), Words(), replace(PLAIN, clip=None))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        MemoryError(),
    ],
)
def test_memory_that_runs_out_halves_the_batch_and_leaves_the_step(error: Exception) -> None:
    sizes: list[int] = []

    def hear(batch: dict[str, torch.Tensor]) -> None:
        sizes.append(len(batch["labels"]))
        if sizes[-1] > 2:
            raise error

    network, wanted = Classifier(dropout=0), Classifier(dropout=0)
    network.on_batch = hear
    history = train(network, Words(), PLAIN, validation=Words(5, seed=2))
    train(wanted, Words(), PLAIN, validation=Words(5, seed=2))
    assert [note.fields["most"] for note in history.notes] == [3, 2]
    assert "at most 2 rows" in str(history)
    for x, y in zip(network.parameters(), wanted.parameters(), strict=True):
        torch.testing.assert_close(x, y, rtol=0, atol=1e-6)


def test_one_row_that_does_not_fit_is_an_error() -> None:
    network = Classifier()
    network.on_batch = _after(0, MemoryError)
    with pytest.raises(DataError, match=r"1 rows at once.*lower batch_size"):
        train(network, Words(), PLAIN)
    stream = Memory()
    stream.on_batch = _after(0, MemoryError)
    with pytest.raises(DataError, match="cannot be split"):
        train(stream, Stream(), PLAIN)


def test_another_error_stays_what_it_is() -> None:
    network = Classifier()
    network.on_batch = _after(3, RuntimeError)
    with pytest.raises(RuntimeError):
        train(network, Words(), PLAIN)


def test_answers_are_given_in_smaller_batches_where_memory_runs_out() -> None:
    network, words = Classifier(), Words(9)

    def answer(batch: Any) -> Any:
        if len(batch["labels"]) > 2:
            raise MemoryError
        return network.scores(batch)

    wanted = in_batches(network, words, network.scores)
    np.testing.assert_allclose(np.stack(in_batches(network, words, answer)), np.stack(wanted), atol=1e-6)


class _Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(4, 2)
        self.head = nn.Linear(2, 4, bias=False)
        self.head.weight = self.embedding.weight


def test_a_tied_weight_is_kept_once() -> None:
    network, other = _Tied(), _Tied()
    assert list(weights_of(network)) == ["embedding.weight"]
    set_weights(other, weights_of(network))
    assert same(network, other) and other.head.weight is other.embedding.weight


def test_weights_of_another_network_are_refused_as_a_whole() -> None:
    network = nn.Linear(2, 3)
    before = network.weight.clone()
    with pytest.raises(ArtefactError, match="differ: bias"):
        set_weights(network, {"weight": torch.zeros(3, 2), "bias": torch.zeros(4)})
    assert torch.equal(network.weight, before)
