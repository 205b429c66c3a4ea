"""The five networks with everything switched on, for tests that hold for each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from malgil.nn import GRU, LSTM, RNN, Dropouts, MinGRU, MinLSTM
from malgil.nn.stack import Recurrent

MAKERS: dict[str, Callable[..., Recurrent]] = {
    "rnn_tanh": RNN,
    "rnn_relu": lambda *sizes, **options: RNN(*sizes, activation="relu", **options),
    "rnn_sigmoid": lambda *sizes, **options: RNN(*sizes, activation="sigmoid", **options),
    "lstm": LSTM,
    "gru": GRU,
    "mingru": MinGRU,
    "minlstm": MinLSTM,
}
ALL_DROPOUTS = Dropouts(input=0.2, output=0.3, recurrent=0.25, weight=0.4, zoneout=0.15)
E, H = 3, 4


def make(
    kind: str,
    num_layers: int = 2,
    bidirectional: bool = False,
    dtype: torch.dtype = torch.float64,
    seed: int = 0,
    **options: Any,
) -> Recurrent:
    """Give a network with everything on, in evaluation; no parameter is 0 or 1."""
    torch.manual_seed(seed)
    wanted: dict[str, Any] = {"residual": True, "layer_norm": True, "dropouts": ALL_DROPOUTS}
    if kind == "lstm":
        wanted["peepholes"] = True
    cell = MAKERS[kind](E, H, num_layers, bidirectional, **(wanted | options)).to(dtype).eval()
    for parameter in cell.parameters():
        torch.nn.init.normal_(parameter, std=0.7)
    return cell


def parts(state: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (state,) if isinstance(state, Tensor) else state


def random_state(cell: Recurrent, n_rows: int) -> Tensor | tuple[Tensor, ...]:
    """Give a state of the form that the network returns."""
    _, state = cell(torch.zeros(n_rows, 0, E, dtype=next(cell.parameters()).dtype))
    drawn = tuple(torch.randn_like(part) for part in parts(state))
    return drawn[0] if isinstance(state, Tensor) else drawn


def close(dtype: torch.dtype) -> dict[str, float]:
    """How near equal numbers are: float32 goes through the fused path, which sums in another order."""
    return {"rtol": 1e-10, "atol": 1e-10} if dtype == torch.float64 else {"rtol": 2e-5, "atol": 2e-5}


def assert_same(found: Any, wanted: Any, dtype: torch.dtype) -> None:
    torch.testing.assert_close(found, wanted, **close(dtype))
