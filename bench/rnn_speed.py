"""Speed of the fused LSTM and GRU beside `torch.nn`: training (input gradient included) and inference.

Batch 64, 32 steps, 256 -> 512, one layer, one direction; and 300 -> 2 x 256 in both directions, as classifiers and
taggers have it. Two threads of torch. All contenders take turns in one process, after warming up, with a pause before
each: threads of OpenMP go on spinning for a while.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[1]))

from recording import machine, quantile, version, write

from malgil.nn import GRU, LSTM, Dropouts

N_ROWS = 64
N_ROUNDS, N_WARM, PAUSE_S = 15, 4, 0.01
PEERS: dict[str, Any] = {"LSTM": nn.LSTM, "GRU": nn.GRU}
OURS: dict[str, Any] = {"LSTM": LSTM, "GRU": GRU}
ALL = Dropouts(input=0.1, output=0.1, recurrent=0.1, weight=0.2, zoneout=0.1)
CASES = {
    "training, bfloat16": [("half", "bfloat16"), ("torch half", "bfloat16"), ("torch single", "float32")],
    "training, float32": [("single", "float32"), ("torch single", "float32")],
    "training, all dropouts and layer norm": [("all", "bfloat16"), ("torch half", "bfloat16, without them")],
    "inference, bfloat16": [("half inference", "bfloat16"), ("torch half inference", "bfloat16")],
    "inference, float32": [("single inference", "float32"), ("torch single inference", "float32")],
}
BOTH_CASES = {case: CASES[case][:2] for case in ("training, bfloat16", "inference, bfloat16")}
Work = Callable[[], object]


class Shape(NamedTuple):
    """A layer and its input.

    Parameters
    ----------
    name : str
        Stands in the names of its rows.
    n_steps : int
        T.
    n_inputs : int
        E.
    hidden : int
        H, of each direction.
    both : bool
        Whether it reads in both directions.
    """

    name: str
    n_steps: int
    n_inputs: int
    hidden: int
    both: bool = False


SHAPES = [
    Shape("", 32, 256, 512),
    Shape("both directions, 20 steps, ", 20, 300, 256, True),
    Shape("both directions, 60 steps, ", 60, 300, 256, True),
]


def training(module: nn.Module, x: Tensor, d_y: Tensor, is_half: bool) -> Work:
    """Make one step of training without an optimiser.

    Parameters
    ----------
    module : Module
        Of a recurrent network.
    x : Tensor, shape (B, T, E)
        Input.
    d_y : Tensor, shape (B, T, H)
        Gradient of the output.
    is_half : bool
        Whether autocast to bfloat16 is on.

    Returns
    -------
    callable
        Without arguments.
    """
    x = x.clone().requires_grad_()

    def work() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=is_half):
            y, _ = module(x)
        y.backward(d_y.to(y.dtype))
        module.zero_grad()
        x.grad = None

    return work


def inference(module: nn.Module, x: Tensor, is_half: bool) -> Work:
    """Make one pass forward.

    Parameters
    ----------
    module : Module
        Of a recurrent network.
    x : Tensor, shape (B, T, E)
        Input.
    is_half : bool
        Whether autocast to bfloat16 is on.

    Returns
    -------
    callable
        Without arguments.
    """

    def work() -> None:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=is_half):
            module(x)

    return work


def works(cell: str, shape: Shape) -> dict[str, Work]:
    """List what is timed for a cell.

    Parameters
    ----------
    cell : str
        ``"LSTM"`` or ``"GRU"``.
    shape : Shape
        Of the layer.

    Returns
    -------
    dict
        By name.
    """
    torch.manual_seed(0)
    _, n_steps, n_inputs, hidden, both = shape
    x, d_y = torch.randn(N_ROWS, n_steps, n_inputs), torch.randn(N_ROWS, n_steps, hidden * (1 + both))
    peer = PEERS[cell](n_inputs, hidden, batch_first=True, bidirectional=both)
    ours = OURS[cell].from_torch(peer)
    found = {
        "half": training(ours, x, d_y, True),
        "torch half": training(peer, x, d_y, True),
        "half inference": inference(ours, x, True),
        "torch half inference": inference(peer, x, True),
    }
    if both:
        return found
    full = OURS[cell](n_inputs, hidden, layer_norm=True, dropouts=ALL)
    return found | {
        "single": training(ours, x, d_y, False),
        "torch single": training(peer, x, d_y, False),
        "all": training(full, x, d_y, True),
        "single inference": inference(ours, x, False),
        "torch single inference": inference(peer, x, False),
    }


def rows_of(cell: str, shape: Shape, seconds: dict[str, list[float]]) -> list[dict[str, Any]]:
    """Put times beside each other as the goals do; the peer's stand in several rows.

    Parameters
    ----------
    cell : str
        ``"LSTM"`` or ``"GRU"``.
    shape : Shape
        Of the layer.
    seconds : dict
        Times of each of `works`.

    Returns
    -------
    list of dict
        Rows of the result file.
    """
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    rows, n_tokens = [], N_ROWS * shape.n_steps
    for case, contenders in (BOTH_CASES if shape.both else CASES).items():
        for name, setting in contenders:
            times, who = seconds[name], "torch" if name.startswith("torch") else "malgil"
            median = statistics.median(times)
            row: dict[str, Any] = {"who": who, "version": version(who), "case": f"{cell}, {shape.name}{case}"}
            row["setting"] = setting
            row |= {"n_runs": N_ROUNDS, "mean": statistics.fmean(times), "median": median}
            row |= {"p99": quantile(times, 0.99), "peak_mb": peak_mb}  # of the process that all of them share
            rows.append(row | {"extra": {"tokens_per_s": round(n_tokens / median)}})
            print(f"  {who:<7} {row['case']:<50} {setting:<22} {n_tokens / median / 1e3:7.1f} k tokens/s")
    return rows


def timed(todo: dict[str, Work]) -> dict[str, list[float]]:
    """Let all contenders take turns.

    Parameters
    ----------
    todo : dict
        By name.

    Returns
    -------
    dict of str to list of float
        Seconds of each round, without those that warm up.
    """
    seconds: dict[str, list[float]] = {name: [] for name in todo}
    for number in range(N_WARM + N_ROUNDS):
        for name, work in todo.items():
            time.sleep(PAUSE_S)
            began = time.perf_counter()
            work()
            if number >= N_WARM:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def main() -> None:
    """Time all contenders in turn, and write the result."""
    torch.set_num_threads(min(2, machine()["n_cores"]))
    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        print("  this processor has no units for bfloat16: its rows say nothing about one that has")
    rows = []
    for cell in PEERS:
        for shape in SHAPES:
            rows += rows_of(cell, shape, timed(works(cell, shape)))
    write(
        "rnn_speed",
        title={"en": "Recurrent networks: a layer forward and back", "ko": "순환 신경망 한 층의 순전파와 역전파"},
        source={
            "en": "batch of 64, 32 steps, 256 inputs, 512 hidden units (both directions: 300 and 2 x 256), 2 threads",
            "ko": "배치 64, 32단계, 입력 256, 은닉 512(양방향은 300과 2 x 256), 스레드 2개",
        },
        rows=rows,
    )


if __name__ == "__main__":
    main()
