"""Trainings that are broken off at random steps, as often as you like, end with the same bits."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.training import checkpoints, rowwise
from malgil.training.history import History
from malgil.training.loop import train
from malgil.training.settings import Settings
from tests.toys import Classifier, Words, same

PLAIN = Settings(epochs=3, batch_size=7, learning_rate=0.3, precision="float32", device="cpu", schedule="cosine")
WAYS = {
    "adamw": PLAIN,
    "sgd": replace(PLAIN, optimizer="sgd", momentum=0.5, max_tokens=12),
    "layers": replace(PLAIN, layer_decay=0.4, unfreeze=1, schedule="slanted"),
    "ntasgd": replace(PLAIN, optimizer="ntasgd", average_patience=1, learning_rate=2.0, epochs=4),
}


class _PowerCut(Exception):
    pass


def _run(way: str, until: int | None = None, error: type[BaseException] = _PowerCut, folder: Path | None = None) -> Any:
    network = Classifier()
    left = iter(range(until if until is not None else 10_000))

    def hear(_: object) -> None:
        if next(left, None) is None:
            raise error

    network.on_batch = hear
    history = train(network, Words(), WAYS[way], validation=Words(9, seed=5), folder=folder)
    return network, history


@cache
def _unbroken(way: str) -> tuple[Classifier, History]:
    return _run(way)  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def _each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_SECONDS", 0.0)
    monkeypatch.setattr(checkpoints, "_EASE", 0.0)
    monkeypatch.setattr(rowwise, "FEWEST_ROWS", 1)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # nobody pulls the plug of this machine


@settings(max_examples=12)
@given(
    way=st.sampled_from(sorted(WAYS)),
    breaks=st.lists(st.tuples(st.integers(0, 20), st.sampled_from([_PowerCut, KeyboardInterrupt])), max_size=3),
)
def test_broken_off_anywhere(way: str, breaks: list[tuple[int, type[BaseException]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for until, error in breaks:
            try:
                _run(way, until, error, Path(folder))
            except (_PowerCut, KeyboardInterrupt):
                pass
        network, history = _run(way, folder=Path(folder))
    wanted, unbroken = _unbroken(way)
    assert same(network, wanted)
    assert history.to_dict(times=False) == unbroken.to_dict(times=False)
