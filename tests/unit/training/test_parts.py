"""The parts of training: schedules, the finder, devices, progress, what is carried, several processes."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from collections import namedtuple
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console

from malgil.errors import DataError, ParameterError
from malgil.messages import Message
from malgil.training import rowwise
from malgil.training.carry import detached
from malgil.training.finder import find_learning_rate
from malgil.training.loop import train
from malgil.training.precision import autocast, find_device, has_bfloat16, resolve
from malgil.training.reporting import Listener
from malgil.training.schedules import SCHEDULES
from malgil.training.settings import Settings
from malgil.training.terminal import on_terminal
from tests.toys import Classifier, Memory, Stream, Words, accuracy, same

PLAIN = Settings(epochs=2, batch_size=5, learning_rate=0.05, precision="float32", device="cpu")
CPU = torch.device("cpu")


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_stands_at_the_top_after_its_rise(name: str) -> None:
    factor = SCHEDULES[name].factor
    assert factor(0.25, 0.25) == pytest.approx(1)
    assert factor(0.125, 0.25) < 1
    assert factor(0.0, 0.0) == 1


def test_precision_is_what_was_asked_for() -> None:
    assert resolve("float32", CPU) == torch.float32
    assert resolve("bfloat16", CPU) == torch.bfloat16
    assert resolve("auto", CPU) == (torch.bfloat16 if has_bfloat16(CPU) else torch.float32)
    with autocast(torch.bfloat16, CPU):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16
    with autocast(torch.float32, CPU):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32


@pytest.mark.parametrize(("found", "wanted"), [({"amx_bf16": True}, True), ({"avx2": True, "bf16": False}, False)])
def test_units_are_what_torch_says(monkeypatch: pytest.MonkeyPatch, found: dict[str, bool], wanted: bool) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: found, raising=False)
    assert has_bfloat16(CPU) is wanted


def test_units_of_an_older_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", None, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True, raising=False)
    assert has_bfloat16(CPU)


def test_the_device_is_the_cpu_where_there_is_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert find_device("auto") == find_device("cpu") == CPU


def test_the_finder_finds_a_rate_that_learns_and_changes_nothing(tmp_path: Path) -> None:
    network, words = Classifier(dropout=0), Words(60)
    torch.manual_seed(3)
    state = torch.get_rng_state()
    finding = find_learning_rate(network, words, PLAIN, n_steps=60)
    assert same(network, Classifier(dropout=0)) and network.training and torch.equal(state, torch.get_rng_state())
    assert 1e-3 < finding.suggestion < 1
    assert len(finding.rates) == len(finding.losses) <= 60
    np.testing.assert_allclose(np.diff(np.log(finding.rates)), np.log(1e6) / 59)
    finding.draw(tmp_path / "찾기.svg", "ko")
    assert (tmp_path / "찾기.svg").stat().st_size > 1000


def test_the_finder_ends_where_the_loss_explodes() -> None:
    settings = replace(PLAIN, optimizer="sgd", clip=None)
    finding = find_learning_rate(Classifier(dropout=0), Words(60), settings, highest=1e6, n_steps=40)
    assert len(finding.rates) < 40
    assert finding.suggestion < finding.rates[-1]


def test_the_finder_says_what_is_wrong() -> None:
    for change in ({"lowest": 0.0}, {"lowest": 2.0}, {"n_steps": 9}):
        with pytest.raises(ParameterError, match="the rates must rise"):
            find_learning_rate(Classifier(), Words(), PLAIN, **change)
    with pytest.raises(DataError, match="no example"):
        find_learning_rate(Classifier(), Words(0), PLAIN)


class _Heard:
    def __init__(self) -> None:
        self.total: int | None = None
        self.n = 0
        self.is_done = False

    def start(self, stage: str, total: int | None) -> None:
        self.total = total

    def advance(self, n: int) -> None:
        self.n += n

    def done(self) -> None:
        self.is_done = True


class _Told(_Heard):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Message] = []
        self.described: list[Message] = []

    def describe(self, message: Message) -> None:
        self.described.append(message)

    def tell(self, message: Message) -> None:
        self.lines.append(message)


def test_progress_counts_real_steps() -> None:
    heard = _Heard()
    train(Classifier(), Words(), PLAIN, progress=heard)
    assert heard.total == heard.n == 2 * int(Words().lengths.sum())
    assert heard.is_done and not isinstance(heard, Listener)


def test_a_listener_hears_every_epoch() -> None:
    told = _Told()
    train(Classifier(), Words(), PLAIN, progress=told, validation=Words(5), measure=accuracy)
    assert [line.key for line in told.lines] == ["training.epoch_validated"] * 2
    assert len(told.described) == 10 and told.described[-1].fields["epoch"] == 2


def test_progress_ends_after_ctrl_c_and_goes_on_after_it(tmp_path: Path) -> None:
    network, told = Classifier(), _Told()
    left = iter(range(7))

    def hear(_: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    network.on_batch = hear
    with pytest.raises(KeyboardInterrupt):
        train(network, Words(), PLAIN, folder=tmp_path, progress=told)
    assert told.is_done
    again = _Told()
    train(Classifier(), Words(), PLAIN, folder=tmp_path, progress=again)
    assert again.lines[0] == Message("training.resumed", {"epoch": 2, "batch": 2})
    assert again.n == again.total


@pytest.mark.parametrize(("lang", "words"), [("en", "Epoch 2  loss"), ("ko", "에폭 2  손실")])
def test_a_terminal_shows_a_line_an_epoch(lang: str, words: str) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with on_terminal(lang, console) as progress:
        train(Classifier(), Words(), PLAIN, progress=progress)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert words in shown


@pytest.mark.parametrize(("lang", "words"), [("en", "Epoch"), ("ko", "에폭")])
def test_without_a_terminal_there_are_lines_only(lang: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    with on_terminal(lang) as progress:
        train(Classifier(), Words(), PLAIN, progress=progress)
    out, err = capfd.readouterr()
    assert out == ""
    assert [line.split("  ")[0] for line in err.splitlines()] == [f"{words} {at}" for at in (1, 2)]


def test_a_named_tuple_becomes_a_plain_one() -> None:
    Pair = namedtuple("Pair", "a b")
    x = torch.ones(2, requires_grad=True)
    carry = detached({"이름": Pair(x * 2, [x, 3])})
    assert type(carry["이름"]) is tuple and not carry["이름"][0].requires_grad


SCRIPT = """
import sys
from pathlib import Path
import torch
from malgil.training import rowwise
from malgil.training.loop import train
from malgil.training.weights import to_bytes, weights_of
from tests.toys import Classifier, Words, accuracy
from tests.unit.training.test_parts import PLAIN
torch.set_num_threads(1)
rowwise.FEWEST_ROWS = 1
network = Classifier(dropout=0, seed=int(sys.argv[2]))
network.register_buffer("seen", torch.zeros(()))
network.on_batch = lambda batch: network.seen.add_(batch["ids"].sum())
train(network, Words(26), PLAIN, validation=Words(7, seed=5), measure=accuracy, folder=Path(sys.argv[1]) / "state")
(Path(sys.argv[1]) / sys.argv[2]).write_bytes(to_bytes(weights_of(network)))
"""


@pytest.mark.slow
def test_two_processes_train_like_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from malgil.training.weights import from_file

    root = Path(__file__).parents[3]
    with socket.socket() as free:
        free.bind(("", 0))
        port = str(free.getsockname()[1])
    shared = {"MASTER_ADDR": "local" + "host", "MASTER_PORT": port, "WORLD_SIZE": "2", "PYTHONPATH": str(root)}
    team = [
        subprocess.Popen(  # the second one begins with other weights: it takes those of the first
            [sys.executable, "-c", SCRIPT, str(tmp_path), str(1 + rank)],
            cwd=root,
            env={**os.environ, **shared, "RANK": str(rank)},
        )
        for rank in range(2)
    ]
    try:
        assert [process.wait(timeout=120) for process in team] == [0, 0]
    finally:
        for process in team:
            process.kill()
    monkeypatch.setattr(rowwise, "FEWEST_ROWS", 1)
    alone = Classifier(dropout=0)
    train(alone, Words(26), PLAIN, validation=Words(7, seed=5), measure=accuracy)
    first, second = (from_file(tmp_path / name) for name in ("1", "2"))
    assert all(torch.equal(first[key], second[key]) for key in first)  # what was summed over batches as well
    assert first.pop("seen") == second.pop("seen") > 0
    for found in (first, second):
        for key, tensor in found.items():
            torch.testing.assert_close(tensor, alone.state_dict()[key], rtol=0, atol=1e-6)
    assert (tmp_path / "state" / "manifest.json").is_file()


def test_streams_are_measured_with_their_state() -> None:
    history = train(Memory(), Stream(), PLAIN, validation=Stream())
    assert all(row.validation["loss"] > 0 for row in history)
