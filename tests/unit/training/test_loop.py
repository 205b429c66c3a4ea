"""The training loop: it learns, keeps the best weights, stops early, and gives the same bits for the same seed."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from malgil.errors import DataError, ParameterError
from malgil.messages import Message, render
from malgil.training.history import History
from malgil.training.loop import train
from malgil.training.predicting import in_batches, mean_loss
from malgil.training.settings import Settings
from tests.naive import training as naive
from tests.toys import Classifier, Memory, Stream, Words, accuracy, same

PLAIN = Settings(epochs=3, batch_size=5, learning_rate=0.05, precision="float32", device="cpu")


def test_a_network_learns() -> None:
    network, words = Classifier(dropout=0), Words(60)
    before = accuracy(network, words)["accuracy"]
    history = train(network, words, replace(PLAIN, epochs=20))
    assert accuracy(network, words)["accuracy"] > max(before, 0.9)
    assert history.rows[-1].loss < history.rows[0].loss / 2
    assert not network.training


def test_the_same_seed_gives_the_same_bits_and_another_does_not() -> None:
    networks = [Classifier(), Classifier(), Classifier()]
    histories = [
        train(network, Words(), replace(PLAIN, seed=seed)) for network, seed in zip(networks, (3, 3, 4), strict=True)
    ]
    assert same(networks[0], networks[1])
    assert not same(networks[0], networks[2])
    assert histories[0].to_dict(times=False) == histories[1].to_dict(times=False)


def test_torch_generator_is_left_where_it_was() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    train(Classifier(), Words(), PLAIN, validation=Words(5, seed=2), measure=accuracy)
    assert torch.equal(before, torch.get_rng_state())


def test_a_batch_can_be_followed_with_a_share_of_the_rate() -> None:
    class Shared(Words):
        def rate_share(self, rows: Any) -> float:
            return len(rows) / 10

    networks = [Classifier(dropout=0) for _ in range(3)]
    first = [weight.detach().clone() for weight in networks[0].parameters()]
    sgd = replace(PLAIN, epochs=1, batch_size=5, optimizer="sgd", learning_rate=0.25, clip=None)
    for network, words, rate in (
        (networks[0], Words(5), 0.25),
        (networks[1], Shared(5), 0.25),
        (networks[2], Words(5), 0.125),
    ):
        train(network, words, replace(sgd, learning_rate=rate))
    assert same(networks[1], networks[2]) and not same(networks[0], networks[1])
    assert not all(map(torch.equal, first, networks[1].parameters()))


def test_looking_at_the_validation_part_changes_nothing() -> None:
    a, b = Classifier(), Classifier()

    def drawing(network: nn.Module, examples: Any) -> dict[str, float]:
        return {"drawn": float(torch.rand(()))}

    settings = replace(PLAIN, watch="-rising")
    train(a, Words(), PLAIN)
    rising = iter(range(9))
    train(
        b,
        Words(),
        settings,
        validation=Words(9, seed=2),
        measure=lambda n, e: drawing(n, e) | {"rising": next(rising)},
    )
    assert same(a, b)  # the figure rises in every epoch, so the last weights are the best


def test_the_best_weights_come_back() -> None:
    kept: list[dict[str, torch.Tensor]] = []
    values = iter([0.5, 0.9, 0.2, 0.9])

    def measure(network: nn.Module, examples: Any) -> dict[str, float]:
        kept.append({name: tensor.clone() for name, tensor in network.state_dict().items()})
        return {"accuracy": next(values)}

    network = Classifier()
    settings = replace(PLAIN, epochs=4, watch="-accuracy")
    history = train(network, Words(), settings, validation=Words(5, seed=2), measure=measure)
    assert [row.is_best for row in history] == [True, True, False, False]  # an equal figure is not better
    assert all(torch.equal(tensor, kept[1][name]) for name, tensor in network.state_dict().items())
    assert history.best is not None and history.best.epoch == 2


def test_training_stops_early_and_says_so() -> None:
    values = iter([0.3, 0.2, 0.4, 0.5, 0.1])
    settings = replace(PLAIN, epochs=5, patience=2, watch="figure")
    history = train(
        Classifier(), Words(), settings, validation=Words(5, seed=2), measure=lambda *_: {"figure": next(values)}
    )
    assert len(history) == 4
    assert history.notes == [Message("training.stopped_early", {"epoch": 4, "n": 2})]
    assert "no new best for 2 epochs" in str(history)
    assert "일찍 멈췄습니다" in history.to_text("ko")


def test_patience_on_the_last_epoch_is_no_early_stop() -> None:
    settings = replace(PLAIN, epochs=2, patience=1, watch="figure")
    history = train(Classifier(), Words(), settings, validation=Words(5), measure=lambda *_: {"figure": 1.0})
    assert history.notes == []


def test_a_figure_that_is_no_number_is_never_the_best() -> None:
    values = iter([math.nan, 0.4, math.nan])
    settings = replace(PLAIN, watch="figure")
    history = train(Classifier(), Words(), settings, validation=Words(5), measure=lambda *_: {"figure": next(values)})
    assert [row.is_best for row in history] == [False, True, False]


def test_the_validation_loss_is_the_mean_over_all_items() -> None:
    network, held_out = Classifier(), Words(11, seed=3)
    history = train(network, Words(), replace(PLAIN, epochs=1), validation=held_out)
    scores = network.scores(held_out.batch(np.arange(11)))
    wanted = nn.functional.cross_entropy(scores, torch.tensor(held_out.labels)).item()
    assert history.rows[0].validation["loss"] == pytest.approx(wanted, abs=1e-6)


def test_parts_of_a_batch_make_the_same_step() -> None:
    a, b = Classifier(dropout=0), Classifier(dropout=0)
    train(a, Words(), PLAIN)
    sizes: list[int] = []
    b.on_batch = lambda batch: sizes.append(batch["ids"].numel())
    train(b, Words(), replace(PLAIN, max_tokens=9))
    assert max(sizes) <= 9 and len(sizes) > 3 * 5
    for x, y in zip(a.parameters(), b.parameters(), strict=True):
        torch.testing.assert_close(x, y, rtol=0, atol=1e-6)


class _Line(nn.Module):
    """Linear regression in float64."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64))

    def loss(self, batch: dict[str, torch.Tensor], carry: Any = None) -> Any:
        from malgil.training.examples import Loss

        return Loss(((batch["x"] @ self.w - batch["y"]) ** 2).sum(), len(batch["y"]))


class _Points:
    def __init__(self) -> None:
        rng = np.random.default_rng(7)
        self.x, self.y, self.lengths = rng.normal(size=(7, 3)), rng.normal(size=7), np.ones(7, np.int64)
        self.seen: list[Any] = []

    def __len__(self) -> int:
        return 7

    def batch(self, rows: Any) -> dict[str, torch.Tensor]:
        self.seen.append((self.x[rows], self.y[rows]))
        return {"x": torch.tensor(self.x[rows]), "y": torch.tensor(self.y[rows])}


@pytest.mark.parametrize("clip", [None, 0.5])
def test_steps_are_those_of_plain_gradient_descent(clip: float | None) -> None:
    network, points = _Line(), _Points()
    w = network.w.detach().numpy().copy()
    train(network, points, replace(PLAIN, optimizer="sgd", weight_decay=0, clip=clip, batch_size=3))
    course = naive.descent(w, points.seen, PLAIN.learning_rate, clip)
    assert len(course) == 9
    np.testing.assert_allclose(network.w.detach().numpy(), course[-1], atol=1e-6)  # the loss is summed in float32


def test_averaging_begins_when_the_loss_stalls_and_the_mean_is_kept() -> None:
    course: list[Any] = []
    network, points = _Line(), _Points()
    settings = replace(
        PLAIN, epochs=7, optimizer="ntasgd", average_patience=1, weight_decay=0, clip=None, batch_size=3,
        learning_rate=0.4, watch="figure",
    )  # fmt: skip
    counting = iter(range(9, 0, -1))  # so that the last weights are taken for the best
    w = network.w.detach().numpy().copy()
    held_out = _Points()
    history = train(network, points, settings, validation=held_out, measure=lambda *_: {"figure": next(counting)})
    course = naive.descent(w, points.seen, 0.4, None)
    begun = naive.trigger([row.validation["loss"] for row in history], 1)
    assert begun is not None and begun < 6
    assert [note.key for note in history.notes] == ["training.averaging"]
    mean = naive.average(course[3 * (begun + 1) :])
    np.testing.assert_allclose(network.w.detach().numpy(), mean, atol=1e-5)


def test_state_goes_from_batch_to_batch_and_begins_anew_each_epoch() -> None:
    class Listening(Memory):
        def __init__(self) -> None:
            super().__init__()
            self.carries: list[bool] = []

        def loss(self, batch: Any, carry: Any = None) -> Any:
            self.carries.append(carry is not None)
            if carry is not None:
                assert carry["state"][1] == [1, None] and not carry["state"][0].requires_grad
            return super().loss(batch, carry)

    network = Listening()
    train(network, Stream(3), replace(PLAIN, epochs=2))
    assert network.carries == [False, True, True] * 2


def test_bfloat16_trains_with_weights_in_float32() -> None:
    network = Classifier()
    history = train(network, Words(), replace(PLAIN, precision="bfloat16"))
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    assert math.isfinite(history.rows[-1].loss)
    assert not same(network, (other := Classifier(), train(other, Words(), PLAIN))[0])


def test_frozen_and_unused_weights_stay() -> None:
    network = Classifier()
    network.embedding.weight.requires_grad_(False)
    network.spare = nn.Parameter(torch.ones(3, 3))
    before = network.embedding.weight.clone()
    train(network, Words(), PLAIN)
    assert torch.equal(network.embedding.weight, before) and torch.equal(network.spare, torch.ones(3, 3))


def test_answers_come_in_the_order_of_the_examples() -> None:
    network, words = Classifier(), Words(23)
    network.train()
    network.head.eval()
    answers = in_batches(network, words, network.scores, batch_size=4)
    wanted = Classifier().eval().scores(words.batch(np.arange(23))).detach().numpy()
    np.testing.assert_allclose(np.stack(answers), wanted, atol=1e-6)
    assert network.training and not network.head.training
    assert in_batches(network, words, lambda batch: batch["labels"].tolist()) == words.labels.tolist()
    assert in_batches(network, Words(0), network.scores) == []


def test_answers_in_bfloat16_are_float32_arrays() -> None:
    network = Classifier()
    answers = in_batches(network, Words(3), network.scores, precision="bfloat16")
    assert np.stack(answers).dtype == np.float32


def test_the_mean_loss_of_nothing_is_zero() -> None:
    assert mean_loss(Classifier(), Words(0)) == 0.0


@pytest.mark.parametrize(
    "change",
    [{"patience": 2}, {"watch": "-accuracy"}, {"optimizer": "ntasgd"}],
)
def test_what_needs_a_validation_part_says_so(change: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=f"{next(iter(change))}=.*needs a validation part"):
        train(Classifier(), Words(), replace(PLAIN, **change))


def test_an_unknown_figure_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match=r"watch='f1'.*loss, accuracy"):
        train(Classifier(), Words(), replace(PLAIN, watch="-f1"), validation=Words(5), measure=accuracy)


def test_nothing_to_learn_from() -> None:
    with pytest.raises(DataError, match="no example"):
        train(Classifier(), Words(0), PLAIN)
    with pytest.raises(DataError, match="validation part is empty"):
        train(Classifier(), Words(), PLAIN, validation=Words(0))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[(name, value) for name in ("epochs", "batch_size", "max_tokens", "patience") for value in (0, -1, 1.5, True)],
        *[(name, value) for name in ("learning_rate", "clip") for value in (0, -1.0, math.nan, math.inf)],
        *[("weight_decay", -0.1), ("momentum", 1.0), ("warmup", 1.0), ("warmup", -0.1), ("schedule", "cosin")],
        *[("optimizer", "adam"), ("precision", "float64"), ("device", "tpu")],
    ],
)
def test_a_bad_setting_is_named(name: str, value: Any) -> None:
    with pytest.raises(ParameterError, match=f"{name}.*{value}") as caught:
        Settings(**{name: value})
    assert name in caught.value.sentence("ko")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_a_missing_card_is_said() -> None:
    with pytest.raises(ParameterError, match="no CUDA device"):
        train(Classifier(), Words(), replace(PLAIN, device="cuda"))


def test_history_goes_to_json_and_back(tmp_path: Path) -> None:
    history = train(Classifier(), Words(), PLAIN, validation=Words(5), measure=accuracy)
    history.notes.append(Message("training.averaging", {"epoch": 2}))
    history.to_json(tmp_path / "기록.json")
    assert History.from_json(tmp_path / "기록.json") == history
    assert str(history).count("\n") == 3
    (tmp_path / "other.json").write_text('{"rows": [{"epoch": 1}]}', encoding="utf-8")
    with pytest.raises(DataError, match="not the course of a training"):
        History.from_json(tmp_path / "other.json")


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_curves_are_drawn_the_same_way_each_time(tmp_path: Path, lang: str, suffix: str) -> None:
    history = train(Classifier(), Words(), PLAIN, validation=Words(5), measure=accuracy)
    paths = [tmp_path / f"{at}.{suffix}" for at in range(2)]
    for path in paths:
        history.draw(path, lang)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].read_bytes()[:4] in (b"\x89PNG", b"<?xm")
    assert render("training.curve_loss", lang)


def test_an_empty_history_is_drawn_and_said(tmp_path: Path) -> None:
    History().draw(tmp_path / "empty.png")
    assert str(History()) == "" and History().best is None
    with pytest.raises(ParameterError, match=r"must end in \.png or \.svg"):
        History().draw(tmp_path / "curve.gif")
