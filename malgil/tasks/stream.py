"""A corpus as one stream of words, cut into columns that a language model reads side by side, piece by piece."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from malgil.ngram.sequence import BEGIN, END
from malgil.sequences.specials import PAD

Rows = NDArray[np.int64]
SHIFT = 1
"""A word's number in a network is its number in `malgil.ngram.words.Words` and this: 0 is ``<pad>``."""


class Stream:
    """Examples for a language model: every word of the corpus is one, and asks for the word after it.

    The stream is cut into `width` columns of equal length, each read from its top to its end. A batch is a stretch of
    all columns, and its state is where the next one begins (truncated backpropagation through time). A sentence starts
    at its ``<s>``, where the network forgets what was before.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        Numbers of words, sentences between ``<s>`` (1) and ``</s>`` (2), at least one.
    width : int
        Columns, >= 1; fewer where the stream is shorter.
    bptt : int
        Steps of a batch. While training they vary [1]_: usually normal about `bptt` (one time in 20 about half of it)
        with a deviation of a seventh, so that no word always stands at a border. The last batch of an epoch has what is
        left. The learning rate of a batch is multiplied with its share of `bptt`: see `rate_share`.

    Attributes
    ----------
    lengths : ndarray of int64, shape (n_cells,)
        1 for each word.
    carries : bool
        True.

    References
    ----------
    .. [1] Merity et al., "Regularizing and Optimizing LSTM Language Models", ICLR 2018, section 4.1.
    """

    carries = True

    def __init__(self, ids: NDArray[np.int32], width: int, bptt: int) -> None:
        inputs = ids[ids != END].astype(np.int64) + SHIFT
        targets = ids[ids != BEGIN].astype(np.int64) + SHIFT
        self.width = max(1, min(width, len(inputs)))
        self.bptt = bptt
        self.height = -(-len(inputs) // self.width)
        n_missing = self.width * self.height - len(inputs)
        self._inputs, self._targets = (np.append(part, np.full(n_missing, PAD)) for part in (inputs, targets))
        self.lengths = np.ones(len(self._inputs), np.int64)

    def __len__(self) -> int:
        return len(self._inputs)

    def batch(self, rows: Rows) -> dict[str, Tensor]:
        """Make the tensors of one stretch.

        Parameters
        ----------
        rows : ndarray of int64, shape (width * T,)
            Cells as `plan` gives them: column by column.

        Returns
        -------
        dict of str to Tensor
            ``inputs`` and ``targets``, int64 (width, T), with ``<pad>`` after the end of the corpus, and ``keep``.
        """
        at = rows.reshape(self.width, -1)
        inputs = torch.from_numpy(self._inputs[at])
        return {"inputs": inputs, "targets": torch.from_numpy(self._targets[at]), "keep": inputs != PAD}

    def plan(self, batch_size: int, rng: np.random.Generator, shuffle: bool) -> list[Rows]:
        """Cut the columns into stretches.

        Parameters
        ----------
        batch_size : int
            Not used: the width was given.
        rng : numpy.random.Generator
            Draws the lengths.
        shuffle : bool
            Whether lengths vary; the order never does.

        Returns
        -------
        list of ndarray of int64
            Cells of each batch.
        """
        tops, batches, low = np.arange(self.width)[:, None] * self.height, [], 0
        while low < self.height:
            high = min(low + (self._length(rng) if shuffle else self.bptt), self.height)
            batches.append((tops + np.arange(low, high)).ravel())
            low = high
        return batches

    def rate_share(self, rows: Rows) -> float:
        """Say what share of the learning rate a stretch is followed with: short ones move the weights less [1]_.

        Parameters
        ----------
        rows : ndarray of int64, shape (width * T,)
            Cells.

        Returns
        -------
        float
            T / bptt.
        """
        return len(rows) / (self.width * self.bptt)

    def _length(self, rng: np.random.Generator) -> int:
        middle = self.bptt if rng.random() < 0.95 else self.bptt / 2
        return max(1, self.bptt // 7, int(rng.normal(middle, self.bptt / 7)))
