"""A whole step of training a text classifier: forward, loss, back, clipping, AdamW; vocabularies of three sizes.

Batch 64, 20 words drawn by Zipf's law, 300 numbers a word, a GRU of 256 both ways, largest of each number, two classes;
bfloat16. malgil changes the touched rows of the table of words, torch all of them. Both take turns in one process.
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
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[1]))

from recording import machine, quantile, version, write

from malgil.nn import GRU
from malgil.nn.embedding import Embedding
from malgil.training.rowwise import AdamW, merge_rows, numbers_of, touched_rows

N_ROWS, N_STEPS, N_INPUTS, HIDDEN = 64, 20, 300, 256
N_ROUNDS, N_WARM, PAUSE_S, N_BATCHES = 15, 4, 0.01, 8
SIZES = (10_000, 30_000, 100_000)


class Reader(nn.Module):
    """Words, a recurrent layer both ways, the largest of each number, two scores.

    Parameters
    ----------
    table, layer : Module
        Vectors of words; the layer.
    """

    def __init__(self, table: nn.Module, layer: nn.Module) -> None:
        super().__init__()
        self.table, self.layer, self.head = table, layer, nn.Linear(2 * HIDDEN, 2)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Score.

        Parameters
        ----------
        ids : Tensor of int64, shape (B, T)
            Words.

        Returns
        -------
        Tensor, shape (B, 2)
            Scores.
        """
        scores: torch.Tensor = self.head(self.layer(self.table(ids))[0].amax(1))
        return scores


def stepper(network: Reader, optimizer: torch.optim.Optimizer, is_own: bool) -> Callable[[torch.Tensor], None]:
    """Make a step.

    Parameters
    ----------
    network : Reader
        What learns.
    optimizer : torch.optim.Optimizer
        How.
    is_own : bool
        Whether gradients are those of rows.

    Returns
    -------
    callable
        Of a batch of words.
    """
    targets, weights = torch.arange(N_ROWS) % 2, list(network.parameters())

    def step(ids: torch.Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16):
            loss = nn.functional.cross_entropy(network(ids).float(), targets)
        torch.autograd.backward(loss)
        if is_own:
            merge_rows(weights)
            gradients = [numbers_of(weight.grad) for weight in weights if weight.grad is not None]
            norm = float(nn.utils.get_total_norm(gradients))
            for gradient in gradients:
                gradient.mul_(min(1.0, 1.0 / norm))
        else:
            nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()

    return step


def measure(n_terms: int) -> dict[str, list[float]]:
    """Time both with a vocabulary.

    Parameters
    ----------
    n_terms : int
        Its size.

    Returns
    -------
    dict of str to list of float
        Seconds of each step, by who.
    """
    torch.manual_seed(0)
    chances = 1 / np.arange(1, n_terms)
    rng, chances = np.random.default_rng(0), chances / chances.sum()
    shape = (N_BATCHES, N_ROWS, N_STEPS)
    batches = torch.from_numpy(1 + rng.choice(n_terms - 1, shape, p=chances))
    peer = nn.GRU(N_INPUTS, HIDDEN, batch_first=True, bidirectional=True)
    own = Reader(Embedding(n_terms, N_INPUTS), GRU.from_torch(peer))
    theirs = Reader(nn.Embedding(n_terms, N_INPUTS, padding_idx=0), peer)
    steps = {
        "malgil": stepper(own, AdamW(own.parameters(), fused=True), True),
        "torch": stepper(theirs, torch.optim.AdamW(theirs.parameters(), fused=True), False),
    }
    seconds: dict[str, list[float]] = {who: [] for who in steps}
    with touched_rows(own, 0.0):
        for number in range(N_WARM + N_ROUNDS):
            for who, step in steps.items():
                time.sleep(PAUSE_S)
                began = time.perf_counter()
                step(batches[number % N_BATCHES])
                if number >= N_WARM:
                    seconds[who].append(time.perf_counter() - began)
    return seconds


def main() -> None:
    """Time the steps, and write the result."""
    torch.set_num_threads(min(2, machine()["n_cores"]))
    rows: list[dict[str, Any]] = []
    for n_terms in SIZES:
        for who, times in measure(n_terms).items():
            peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
            median = statistics.median(times)
            row: dict[str, Any] = {"who": who, "version": version(who), "case": f"{n_terms:,} words"}
            row |= {"setting": "bfloat16", "n_runs": N_ROUNDS, "mean": statistics.fmean(times), "median": median}
            rows.append(row | {"p99": quantile(times, 0.99), "peak_mb": peak_mb})
            print(f"  {who:<7} {row['case']:<16} {1e3 * median:6.1f} ms a step", flush=True)
    write(
        "training_step",
        title={"en": "A step of training a text classifier", "ko": "텍스트 분류기 학습의 한 단계"},
        source={
            "en": "batch of 64 x 20 words, 300 numbers a word, GRU of 2 x 256, 2 threads",
            "ko": "배치 64, 단어 20개, 단어 벡터 300차원, GRU 2 x 256, 스레드 2개",
        },
        rows=rows,
    )


if __name__ == "__main__":
    main()
