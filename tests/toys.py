"""Small networks and examples that the tests of training share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from malgil.nn.embedding import Embedding
from malgil.training.examples import Loss


class Words:
    """Sequences of ids, each with a label that one of its ids decides."""

    def __init__(self, n: int = 24, seed: int = 0, longest: int = 7) -> None:
        rng = np.random.default_rng(seed)
        self.lengths = rng.integers(1, longest + 1, n).astype(np.int64)
        self.ids = [rng.integers(1, 9, length) for length in self.lengths]
        self.labels = np.array([int(ids.max() > 6) for ids in self.ids])

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, rows: NDArray[np.int64]) -> dict[str, Tensor]:
        longest = int(self.lengths[rows].max())
        ids = np.zeros((len(rows), longest), np.int64)
        for at, row in enumerate(rows.tolist()):
            ids[at, : self.lengths[row]] = self.ids[row]
        keep = np.arange(longest) < self.lengths[rows][:, None]
        return {"ids": torch.tensor(ids), "keep": torch.tensor(keep), "labels": torch.tensor(self.labels[rows])}


class Classifier(nn.Module):
    """Mean of embeddings -> labels, with dropout, so that a run draws."""

    def __init__(self, dropout: float = 0.3, seed: int = 1) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.embedding = Embedding(9, 4)
            self.head = nn.Linear(4, 2)
        self.dropout = nn.Dropout(dropout)
        self.on_batch: Callable[[dict[str, Tensor]], None] | None = None

    def scores(self, batch: dict[str, Tensor]) -> Tensor:
        keep = batch["keep"].unsqueeze(-1)
        x = (self.embedding(batch["ids"]) * keep).sum(1) / keep.sum(1)
        scores: Tensor = self.head(self.dropout(x))
        return scores

    def layers(self) -> list[list[nn.Parameter]]:
        return [list(self.embedding.parameters()), list(self.head.parameters())]

    def loss(self, batch: dict[str, Tensor], carry: Any = None) -> Loss:
        if self.on_batch is not None:
            self.on_batch(batch)
        total = nn.functional.cross_entropy(self.scores(batch), batch["labels"], reduction="sum")
        return Loss(total, len(batch["labels"]))


class Stream:
    """A stream cut into windows whose state goes on: a row is a lane, a batch one window of all lanes."""

    carries = True

    def __init__(self, n_windows: int = 6, width: int = 3, n_lanes: int = 2) -> None:
        self.width, self.n_lanes, self.n_windows = width, n_lanes, n_windows
        self.ids = np.random.default_rng(4).integers(0, 5, (n_lanes, n_windows * width + 1))
        self.lengths = np.full(n_windows * n_lanes, width, np.int64)

    def __len__(self) -> int:
        return self.n_windows * self.n_lanes

    def plan(self, batch_size: int, rng: np.random.Generator, shuffle: bool) -> list[NDArray[np.int64]]:
        return [np.arange(self.n_lanes) + self.n_lanes * window for window in range(self.n_windows)]

    def batch(self, rows: NDArray[np.int64]) -> dict[str, Tensor]:
        low = int(rows[0]) // self.n_lanes * self.width
        lanes = rows % self.n_lanes
        piece = torch.tensor(self.ids[lanes, low : low + self.width + 1])
        return {"ids": piece[:, :-1], "next": piece[:, 1:]}


class Memory(nn.Module):
    """A recurrent model of the next id whose state is a dict of tuples, and a running sum as a buffer."""

    seen: Tensor

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(2)
            self.embedding = nn.Embedding(5, 4)
            self.cell = nn.GRU(4, 4, batch_first=True)
        self.dropout = nn.Dropout(0.2)
        self.register_buffer("seen", torch.zeros(()))
        self.on_batch: Callable[[dict[str, Tensor]], None] | None = None

    def loss(self, batch: dict[str, Tensor], carry: Any = None) -> Loss:
        if self.training:
            self.seen += 1
        if self.on_batch is not None:
            self.on_batch(batch)
        state = None if carry is None else carry["state"][0]
        y, state = self.cell(self.dropout(self.embedding(batch["ids"])), state)
        scores = y @ self.embedding.weight.T
        total = nn.functional.cross_entropy(scores.flatten(0, 1), batch["next"].flatten(), reduction="sum")
        return Loss(total, batch["next"].numel(), {"state": (state, [1, None])})


def same(a: nn.Module, b: nn.Module) -> bool:
    """Whether two networks have the same bits."""
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


def accuracy(network: Any, examples: Words) -> dict[str, float]:
    """Share of right labels."""
    with torch.no_grad():
        scores = network.scores(examples.batch(np.arange(len(examples))))
    return {"accuracy": float((scores.argmax(1).numpy() == examples.labels).mean())}
