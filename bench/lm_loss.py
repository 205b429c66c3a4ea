"""The loss of a language model over all its words: forward and back, and forward alone.

64 x 35 places, 400 numbers a place, vocabularies of three sizes whose words are as frequent as 1 / rank, bfloat16.
Beside torch's linear layer with cross entropy, which computes the same; with classes of rare words, beside torch's
adaptive softmax with the same classes and vectors of full size, whose weights must be bfloat16 as well. All take turns
in one process, after warming up, with a pause before each.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[1]))

from recording import machine, quantile, version, write

from malgil.nn.word_loss import word_loss
from malgil.nn.word_softmax import AdaptiveSoftmax, cheapest_borders

N_PLACES, SIZE = 64 * 35, 400
SIZES = (10_000, 30_000, 50_000)
PLAIN, CLASSES = "", ", classes of rare words"
N_ROUNDS, N_WARM, PAUSE_S = 9, 2, 0.01


def plain_loss(x: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    """Compute all scores, then the loss, as one writes it in torch.

    Parameters
    ----------
    x : Tensor, shape (n, E)
        What the words are scored by.
    weight : Tensor, shape (V, E)
        The words' vectors.
    bias : Tensor, shape (V,)
        Theirs.
    targets : Tensor of int64, shape (n,)
        The right words.

    Returns
    -------
    Tensor, shape ()
        In nats.
    """
    return nn.functional.cross_entropy(nn.functional.linear(x, weight).float() + bias, targets, reduction="sum")


def measure(n_words: int) -> dict[tuple[str, str, str], list[float]]:
    """Time both with a vocabulary.

    Parameters
    ----------
    n_words : int
        Its size.

    Returns
    -------
    dict of (str, str, str) to list of float
        Seconds, by who, how, and what was done.
    """
    torch.manual_seed(0)
    counts = 1e9 // np.arange(1, n_words + 1)
    borders = cheapest_borders(counts.astype(np.int64))
    ours, theirs = (
        AdaptiveSoftmax(borders, SIZE),
        nn.AdaptiveLogSoftmaxWithLoss(SIZE, n_words, list(borders), 1.0).bfloat16(),
    )
    x, weight = torch.randn(N_PLACES, SIZE), torch.randn(n_words, SIZE) * 0.05
    tensors = [x.requires_grad_(), weight.requires_grad_(), torch.zeros(n_words, requires_grad=True)]
    targets = torch.multinomial(torch.from_numpy(counts), N_PLACES, replacement=True)

    def training(loss: Callable[..., Tensor]) -> None:
        with torch.autocast("cpu", torch.bfloat16):
            found = loss(*tensors, targets)
        torch.autograd.backward(found)
        for one in (*tensors, *ours.parameters(), *theirs.parameters()):
            one.grad = None

    def torch_adaptive(x: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
        # its own weights are bfloat16: under autocast it mixes types and stops
        with torch.autocast("cpu", enabled=False):
            return theirs(x.bfloat16(), targets).loss * len(x)  # type: ignore[no-any-return]

    def evaluation(loss: Callable[..., Tensor]) -> None:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            loss(*tensors, targets)

    losses: dict[tuple[str, str], Callable[..., Tensor]] = {
        ("malgil", PLAIN): word_loss,
        ("torch", PLAIN): plain_loss,
        ("malgil", CLASSES): ours.loss,
        ("torch", CLASSES): torch_adaptive,
    }
    seconds: dict[tuple[str, str, str], list[float]] = {}
    for number in range(N_WARM + N_ROUNDS):
        for work in (training, evaluation):
            for who, loss in losses.items():
                time.sleep(PAUSE_S)
                began = time.perf_counter()
                work(loss)
                if number >= N_WARM:
                    seconds.setdefault((*who, work.__name__), []).append(time.perf_counter() - began)
    return seconds


def main() -> None:
    """Time the losses, and write the result."""
    torch.set_num_threads(min(2, machine()["n_cores"]))
    rows: list[dict[str, Any]] = []
    for n_words in SIZES:
        found = measure(n_words)
        order = {name: at for at, name in enumerate(found)}  # malgil first, as the tables want it
        for (who, how, what), times in sorted(found.items(), key=lambda pair: (pair[0][1:], order[pair[0]])):
            median, peak = statistics.median(times), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            row: dict[str, Any] = {"who": who, "version": version(who), "case": f"{what}, {n_words:,} words{how}"}
            setting = "weights of bfloat16" if who == "torch" and how == CLASSES else "bfloat16"
            row |= {"setting": setting, "n_runs": N_ROUNDS, "mean": statistics.fmean(times), "median": median}
            rows.append(
                row | {"p99": quantile(times, 0.99), "peak_mb": peak / (1e6 if sys.platform == "darwin" else 1e3)}
            )
            print(f"  {who:<7} {row['case']:<52} {1e3 * median:7.1f} ms", flush=True)
    write(
        "lm_loss",
        title={"en": "The loss of a language model over all words", "ko": "모든 단어에 대한 언어 모델 손실"},
        source={
            "en": "64 x 35 places, 400 numbers a place, 2 threads",
            "ko": "64 x 35 자리, 자리마다 400차원, 스레드 2개",
        },
        rows=rows,
    )


if __name__ == "__main__":
    main()
