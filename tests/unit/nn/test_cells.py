"""Recurrent networks: their numbers, how they start, what training draws, and what they refuse."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from malgil.errors import ParameterError
from malgil.nn import GRU, LSTM, RNN, Dropouts, MinGRU, MinLSTM, plain
from malgil.nn.dropouts import drop, kept, zone
from malgil.nn.stack import Recurrent
from malgil.nn.sweep import NO_NOISE, Course, Weights
from tests.property.nn.cell_table import MAKERS, E, H, make, parts

KINDS = pytest.mark.parametrize("kind", MAKERS)


def _s(a: float) -> float:
    return 1 / (1 + math.exp(-a))


def _one_unit(kind: str, x: float, state: tuple[float, ...], weights: Weights) -> list[float]:
    _, last = plain.sweep(
        kind,
        torch.tensor([[[float(x)]]]),
        tuple(torch.tensor([[float(s)]]) for s in state),
        weights,
        Course(),
        NO_NOISE,
    )
    return [float(part) for part in last]


def test_one_step_of_an_lstm_by_hand() -> None:
    # x = 2, h = 1, c = 0.5; gates i f g o with weights on x 1, 0, -1, 0.5; on h 0, 1, 1, 0; biases 0, 1, 0, 0
    weights = Weights(
        torch.tensor([[1.0], [0], [-1], [0.5]]), torch.tensor([[0.0], [1], [1], [0]]), torch.tensor([0.0, 1, 0, 0])
    )
    c = _s(2) * 0.5 + _s(2) * math.tanh(-1)
    assert _one_unit("lstm", 2, (1, 0.5), weights) == pytest.approx([_s(1) * math.tanh(c), c], rel=1e-5)


def test_peepholes_look_at_the_old_cell_and_the_output_gate_at_the_new_one() -> None:
    weights = Weights(
        torch.zeros(4, 1), torch.zeros(4, 1), torch.tensor([0.0, 0, 1, 0]), peepholes=torch.tensor([[1.0], [2], [3]])
    )
    c = _s(2 * 0.5) * 0.5 + _s(0.5) * math.tanh(1)
    assert _one_unit("lstm", 0, (0, 0.5), weights) == pytest.approx([_s(3 * c) * math.tanh(c), c], rel=1e-5)


def test_one_step_of_a_gru_by_hand() -> None:
    # gates r z n with weights on x 0, 1, 1; on h 1, 0, 2; the last bias is multiplied by r
    weights = Weights(
        torch.tensor([[0.0], [1], [1]]), torch.tensor([[1.0], [0], [2]]), torch.zeros(3), torch.tensor([0.5])
    )
    n = math.tanh(-1 + _s(0.4) * (2 * 0.4 + 0.5))
    assert _one_unit("gru", -1, (0.4,), weights) == pytest.approx([(1 - _s(-1)) * n + _s(-1) * 0.4], rel=1e-5)


def test_one_step_of_the_minimal_cells_by_hand() -> None:
    gru = Weights(torch.tensor([[1.0], [3]]), torch.zeros(0, 1), torch.tensor([0.0, 1]))
    assert _one_unit("mingru", 2, (0.5,), gru) == pytest.approx([(1 - _s(2)) * 0.5 + _s(2) * 7], rel=1e-5)
    lstm = Weights(torch.tensor([[1.0], [-1], [3]]), torch.zeros(0, 1), torch.tensor([0.0, 0, 1]))
    share = _s(2) / (_s(2) + _s(-2))
    assert _one_unit("minlstm", 2, (0.5,), lstm) == pytest.approx([share * 0.5 + (1 - share) * 7], rel=1e-5)


def test_gates_of_a_minimal_lstm_that_are_both_0_still_share() -> None:
    closed = Weights(torch.zeros(3, 1), torch.zeros(0, 1), torch.tensor([-200.0, -200, 1]))
    assert _one_unit("minlstm", 0, (3,), closed) == [2]


@pytest.mark.parametrize(("name", "wanted"), [("tanh", math.tanh(1)), ("relu", 1), ("sigmoid", _s(1))])
def test_the_function_of_a_simple_network(name: str, wanted: float) -> None:
    weights = Weights(torch.ones(1, 1), torch.ones(1, 1), torch.zeros(1))
    assert _one_unit(f"rnn_{name}", 0.5, (0.5,), weights) == pytest.approx([wanted], rel=1e-5)


@pytest.mark.parametrize("maker", [LSTM, MinLSTM])
def test_the_forget_gate_starts_open(maker: type[Recurrent]) -> None:
    b = maker(E, H, 2).layer(1).b
    gates = "ifgo" if maker is LSTM else "fin"
    assert {gate: value.unique().tolist() for gate, value in zip(gates, b.split(H), strict=True)} == {
        gate: [1.0 if gate == "f" else 0.0] for gate in gates
    }


@pytest.mark.parametrize("maker", [RNN, LSTM, GRU])
def test_recurrent_weights_start_orthogonal(maker: type[Recurrent]) -> None:
    w_h = maker(E, H).layer(0).get_parameter("w_h")
    for gate in w_h.split(H):
        torch.testing.assert_close(gate @ gate.T, torch.eye(H), atol=1e-5, rtol=0)


def test_parameters_have_readable_names() -> None:
    cell = LSTM(E, H, 2, True, layer_norm=True, peepholes=True)
    names = ["w_x", "b", "w_h", "peepholes", "gain_x", "gain_h", "gain_c", "bias_c"]
    places = [f"layer_{at}_{way}" for at in (0, 1) for way in ("forward", "backward")]
    assert list(cell.state_dict()) == [f"{place}.{name}" for place in places for name in names]
    assert list(MinGRU(E, H).state_dict()) == ["layer_0_forward.w_x", "layer_0_forward.b"]
    assert "num_layers=2" in repr(cell)


@KINDS
@pytest.mark.parametrize("sizes", [(0, 4), (2, 0)], ids=["no rows", "no steps"])
def test_nothing_in_nothing_out(kind: str, sizes: tuple[int, int]) -> None:
    for dtype in (torch.float32, torch.float64):
        cell = make(kind, bidirectional=True, dtype=dtype)
        y, state = cell(torch.zeros(*sizes, E, dtype=dtype))
        assert y.shape == (*sizes, 2 * H)
        assert all(part.shape == (4, sizes[0], H) and (part == 0).all() for part in parts(state))


@KINDS
def test_a_trace_is_what_the_network_does(kind: str) -> None:
    cell = make(kind, bidirectional=True).train()
    x, lengths = torch.randn(2, 4, E, dtype=torch.float64), torch.tensor([4, 2])
    trace = cell.trace(x, lengths)
    assert cell.training
    y, _ = cell.eval()(x, lengths)
    names = {"lstm": "ifgohc", "gru": "rznh", "mingru": "znh", "minlstm": "finh"}.get(kind, "h")
    places = [f"layer_{at}_{way}" for at in (0, 1) for way in ("forward", "backward")]
    assert set(trace) == {f"{place}.{name}" for place in places for name in (*names, "x")}
    top = torch.cat([torch.from_numpy(trace[f"layer_1_{way}.h"]) for way in ("forward", "backward")], dim=-1)
    found = top + torch.from_numpy(trace["layer_1_forward.x"])  # the residual sum
    real = torch.tensor([[True] * 4, [True, True, False, False]])
    torch.testing.assert_close(found[real], y[real])
    assert trace["layer_0_backward.h"].shape == (2, 4, H)
    assert cell.trace(x[:, :0]) == {} or all(value.shape[1] == 0 for value in cell.trace(x[:, :0]).values())


def test_a_locked_mask_is_one_for_all_steps() -> None:
    torch.manual_seed(0)
    x = torch.ones(3, 50, 8)
    locked, free = drop(x, 0.5, locked=True, training=True), drop(x, 0.5, locked=False, training=True)
    assert (locked == locked[:, :1]).all() and not (free == free[:, :1]).all()
    assert (locked[0] != locked[1]).any()
    assert set(locked.unique().tolist()) == {0.0, 2.0} == set(free.unique().tolist())
    assert drop(x, 0.5, locked=True, training=False) is x


def test_zoneout_draws_in_training_and_mixes_in_evaluation() -> None:
    torch.manual_seed(0)
    like = torch.zeros(10, 20)
    drawn = zone(like, 50, 0.25, training=True)
    assert isinstance(drawn, torch.Tensor) and drawn.shape == (10, 50, 20)
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    assert drawn.mean() == pytest.approx(0.25, abs=0.02)  # 10,000 draws: five deviations of 0.0043
    assert zone(like, 50, 0.25, training=False) == 0.25
    assert zone(like, 50, 0.0, training=True) is None


@pytest.mark.parametrize("place", ["input", "output", "recurrent", "weight", "zoneout"])
@KINDS
def test_each_dropout_acts_in_training_and_only_there(kind: str, place: str) -> None:
    bare, noisy = (make(kind, dropouts=Dropouts(**chances)) for chances in ({}, {place: 0.5}))
    x = torch.randn(2, 5, E, dtype=torch.float64)
    same = (noisy(x)[0] == bare(x)[0]).all()
    assert same != (place == "zoneout")  # which mixes old and new in evaluation
    assert (noisy(x)[0] == noisy(x)[0]).all()
    noisy.train()
    torch.manual_seed(1)
    first, second = noisy(x)[0], noisy(x)[0]
    assert (first != second).any()
    torch.manual_seed(1)
    assert (noisy(x)[0] == first).all()


def test_weight_drop_takes_recurrent_weights_or_those_of_the_input() -> None:
    torch.manual_seed(0)
    for maker, dropped, whole in ((GRU, "w_h", "w_x"), (MinGRU, "w_x", "w_h")):
        layer = maker(30, 30, dropouts=Dropouts(weight=0.5)).layer(0)
        drawn, kept = layer.train().weights(), layer.eval().weights()
        assert 0.4 < (getattr(drawn, dropped) == 0).double().mean() < 0.6
        assert (getattr(drawn, whole) == getattr(kept, whole)).all()
        there = getattr(drawn, dropped) != 0
        torch.testing.assert_close(getattr(drawn, dropped)[there], 2 * getattr(kept, dropped)[there])


@KINDS
def test_residual_sums_are_taken_where_the_sizes_are_equal(kind: str) -> None:
    options = {"num_layers": 2, "layer_norm": False, "dropouts": Dropouts()}
    with_sums, without = make(kind, **options), make(kind, residual=False, **options)
    x, lengths = torch.randn(2, 3, E, dtype=torch.float64), torch.tensor([3, 1])
    below = torch.from_numpy(without.trace(x, lengths)["layer_1_forward.x"])
    torch.testing.assert_close(with_sums(x, lengths)[0], without(x, lengths)[0] + below)  # E and H differ: no sum below


@KINDS
def test_under_autocast_states_and_outputs_stay_wide(kind: str) -> None:
    cell = make(kind, bidirectional=True, dtype=torch.float32)
    x = torch.randn(2, 5, E)
    wanted, _ = cell(x)
    with torch.autocast("cpu", torch.bfloat16):
        y, state = cell(x.bfloat16(), torch.tensor([5, 5]))
    assert y.dtype == torch.float32 and all(part.dtype == torch.float32 for part in parts(state))
    # 8 bits of mantissa; layer norm of products with 3 or 4 terms makes the error several times larger
    torch.testing.assert_close(y, wanted, rtol=0.1, atol=0.1)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"x": torch.zeros(2, 5, E + 1)}, "nn.bad_input"),
        ({"x": torch.zeros(5, E)}, "nn.bad_input"),
        ({"x": torch.zeros(2, 5, E).double()}, "nn.bad_dtype"),
        ({"lengths": torch.tensor([5])}, "nn.bad_lengths_shape"),
        ({"lengths": torch.tensor([5.0, 1.0])}, "nn.bad_lengths_shape"),
        ({"lengths": torch.ones(2, 4, dtype=torch.bool)}, "nn.bad_lengths_shape"),
        ({"lengths": torch.tensor([5, 6])}, "nn.bad_length"),
        ({"lengths": torch.tensor([5, -1])}, "nn.bad_length"),
        ({"state": torch.zeros(1, 2, H)}, "nn.bad_state"),
        ({"state": (torch.zeros(1, 2, H), torch.zeros(1, 3, H))}, "nn.bad_state"),
        ({"resets": torch.zeros(2, 4, dtype=torch.bool)}, "nn.bad_resets"),
        ({"resets": torch.zeros(2, 5)}, "nn.bad_resets"),
    ],
)
def test_what_does_not_fit_is_said(given: dict, key: str) -> None:
    with pytest.raises(ParameterError) as caught:
        LSTM(E, H)(**({"x": torch.zeros(2, 5, E)} | given))
    assert caught.value.key == key
    assert caught.value.sentence("ko") and caught.value.sentence("en")


def test_a_length_out_of_range_names_its_row() -> None:
    with pytest.raises(ParameterError, match=r"lengths\[1\]=6: the batch has 5 steps"):
        GRU(E, H)(torch.zeros(2, 5, E), torch.tensor([5, 6]))


@pytest.mark.parametrize("chance", [-0.1, 1, 1.5, math.nan])
@pytest.mark.parametrize("place", ["input", "output", "recurrent", "weight", "zoneout"])
def test_a_chance_outside_its_range_is_refused(place: str, chance: float) -> None:
    with pytest.raises(ParameterError, match=f"Dropout {place}={chance}"):
        Dropouts(**{place: chance})


@pytest.mark.parametrize("name", ["input_size", "hidden_size", "num_layers"])
def test_sizes_below_1_are_refused(name: str) -> None:
    with pytest.raises(ParameterError, match=f"{name}=0"):
        MinGRU(**({"input_size": 2, "hidden_size": 2, "num_layers": 1} | {name: 0}))


def test_a_residual_sum_that_could_never_act_is_refused() -> None:
    with pytest.raises(ParameterError, match="its input has 3 numbers, its output 8"):
        GRU(3, 4, bidirectional=True, residual=True)
    assert GRU(8, 4, bidirectional=True, residual=True).config.residual
    assert GRU(3, 4, num_layers=2, residual=True).config.residual


def test_an_unknown_activation_is_refused() -> None:
    with pytest.raises(ParameterError, match="tanh, relu, sigmoid"):
        RNN(E, H, activation="tan")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: LSTM.from_torch(nn.GRU(2, 3)), "nn.not_this_module"),  # type: ignore[arg-type]
        (lambda: RNN.from_torch(nn.Linear(2, 3)), "nn.not_this_module"),  # type: ignore[arg-type]
        (lambda: LSTM.from_torch(nn.LSTM(2, 3, proj_size=2)), "nn.projection"),
        (lambda: GRU.from_torch(nn.GRU(2, 3, 2, dropout=0.5)), "nn.torch_dropout"),
        (lambda: LSTM(2, 3, peepholes=True).to_torch(), "nn.not_in_torch"),
        (lambda: GRU(2, 3, layer_norm=True).to_torch(), "nn.not_in_torch"),
        (lambda: GRU(2, 3, 2, residual=True).to_torch(), "nn.not_in_torch"),
        (lambda: RNN(2, 3, dropouts=Dropouts(zoneout=0.1)).to_torch(), "nn.not_in_torch"),
        (lambda: RNN(2, 3, activation="sigmoid").to_torch(), "nn.not_in_torch"),
    ],
)
def test_what_torch_and_malgil_do_not_share_is_refused(make: object, key: str) -> None:
    with pytest.raises(ParameterError) as caught:
        make()  # type: ignore[operator]
    assert caught.value.key == key
    assert caught.value.sentence("ko") and caught.value.sentence("en")


def test_dropout_of_torch_may_be_replaced() -> None:
    cell = GRU.from_torch(nn.GRU(2, 3, 2, dropout=0.5), dropouts=Dropouts(input=0.1))
    assert cell.config.dropouts == Dropouts(input=0.1)


@pytest.mark.parametrize("chance", [0.1, 0.5, 0.9, 1 - 1e-9])
def test_a_mask_drops_as_often_as_it_says_and_keeps_the_mean(chance: float) -> None:
    torch.manual_seed(0)
    mask = kept(torch.empty(301, 333), chance)
    n, dropped = mask.numel(), (mask == 0).double().mean().item()
    assert dropped == pytest.approx(chance, abs=5 * math.sqrt(chance * (1 - chance) / n) + 2e-5)
    assert mask[mask != 0].unique() == pytest.approx(1 / (1 - min(chance, 65535 / 65536)), rel=1e-4)


def test_the_draws_of_a_mask_do_not_depend_on_one_another() -> None:
    torch.manual_seed(0)
    dropped = (kept(torch.empty(100_000), 0.3) == 0).double() - 0.3
    for distance in (1, 2, 3, 4, 5, 8):  # four draws come from one number
        together = (dropped[distance:] * dropped[:-distance]).mean()
        assert abs(together) < 5 * 0.21 / math.sqrt(100_000)


def test_each_row_and_each_state_draws_for_itself() -> None:
    torch.manual_seed(0)
    state = (torch.zeros(4, 50), torch.zeros(4, 50))
    noise = LSTM(E, 50, dropouts=Dropouts(recurrent=0.5, zoneout=0.5)).layer(0).train().noise(state, 6)
    assert noise.recurrent is not None and noise.recurrent.shape == (4, 50)
    assert len({tuple(row) for row in noise.recurrent.tolist()}) == 4
    h, c = noise.zone
    assert h.shape == c.shape == (4, 6, 50)  # type: ignore[union-attr]
    assert (h != c).any() and (h[:, 0] != h[:, 1]).any()  # type: ignore[index, union-attr]
