"""Examples for networks that write: what is read, and the text that is to be written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from malgil.sequences.specials import BOS, EOS, PAD
from malgil.tasks.wordbook import Wordbook

Rows = NDArray[np.int64]


class Sources:
    """What is read: ids of words, images or vectors; and for copying, the words themselves.

    Parameters
    ----------
    name : {"source", "image", "vector"}
        What the network calls it.
    rows : sequence
        Lists of int, or an array whose first axis are the examples.
    forms : sequence of (list of str), optional
        The words behind the ids, where they can be copied.
    target : Wordbook, optional
        The words that can be written, where words can be copied.
    """

    def __init__(
        self,
        name: str,
        rows: Sequence[list[int]] | NDArray[np.generic],
        forms: Sequence[list[str]] | None = None,
        target: Wordbook | None = None,
    ) -> None:
        self.name = name
        self.rows = rows
        self.forms = forms
        self.target = target

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Words of each, int64 of shape (n,); 1 for an image or a vector."""
        if self.name != "source":
            return np.ones(len(self.rows), np.int64)
        return np.array([len(row) for row in self.rows], np.int64).reshape(-1)

    @cached_property
    def extras(self) -> list[list[str]]:
        """For each example the words that only copying can write, each once, in the order of their first occurrence.

        Word i has the number V + i in its example, whatever else is in the batch.
        """
        if self.forms is None or self.target is None:
            return [[] for _ in self.rows]
        known = self.target.number_of
        return [list(dict.fromkeys(form for form in forms if form not in known)) for forms in self.forms]

    def batch(self, rows: Rows) -> dict[str, Tensor]:
        """Make the tensors of some examples.

        Parameters
        ----------
        rows : ndarray of int64, shape (B,)
            Which ones.

        Returns
        -------
        dict of str to Tensor
            What the network's source reads; ``copied`` and ``n_extra`` where words can be copied.
        """
        if self.name != "source":
            found = torch.from_numpy(np.ascontiguousarray(self.rows[rows]))  # type: ignore[call-overload]
            if self.name == "image":
                return {"image": found.permute(0, 3, 1, 2).contiguous()}
            return {"vector": found.float()}
        tensors = {"source": padded([self.rows[row] for row in rows.tolist()])}
        tensors["keep"] = tensors["source"] != PAD
        if self.forms is not None and self.target is not None:
            tensors["copied"] = padded(
                [self.target.numbers(self.forms[row], self.extras[row]) for row in rows.tolist()]
            )
            tensors["n_extra"] = torch.tensor(max((len(self.extras[row]) for row in rows.tolist()), default=0))
        return tensors


class Pairs:
    """Sources with the texts that belong to them.

    Parameters
    ----------
    sources : Sources
        What is read.
    texts : sequence of (list of str)
        Words of each text.
    target : Wordbook
        The words that can be written.

    Attributes
    ----------
    lengths : ndarray of int64, shape (n,)
        What pairs are put into batches by: words of source and text together; images count alike whatever their text.
    """

    def __init__(self, sources: Sources, texts: Sequence[list[str]], target: Wordbook) -> None:
        self.sources = sources
        self.texts = texts
        self.target = target
        words = np.array([len(text) + 1 for text in texts], np.int64)
        # How long a caption is tells what kind of image it is of. Were captions of like length put into a batch, the
        # norms over the batch would know the kind while the network learns, and no longer when it is used.
        self.lengths: NDArray[np.int64] = sources.lengths + (0 if sources.name == "image" else words)

    def __len__(self) -> int:
        return len(self.texts)

    def batch(self, rows: Rows) -> dict[str, Tensor]:
        """Make the tensors of some pairs.

        Parameters
        ----------
        rows : ndarray of int64, shape (B,)
            Which ones.

        Returns
        -------
        dict of str to Tensor
            The sources', ``inputs`` with ``<s>`` before the words, and ``targets`` with ``</s>`` behind them. A word
            that is unknown but stands in its source can be copied and is a target by that number.
        """
        ids = [self.target.numbers(self.texts[row], self.sources.extras[row]) for row in rows.tolist()]
        tensors = self.sources.batch(rows)
        tensors["inputs"] = padded([[BOS, *row] for row in ids])
        tensors["targets"] = padded([[*row, EOS] for row in ids])
        return tensors


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """Put rows of unequal length into one tensor.

    Parameters
    ----------
    rows : sequence of (sequence of int)
        Ids.

    Returns
    -------
    Tensor of int64, shape (B, longest)
        ``<pad>`` behind the shorter ones; at least one column.
    """
    length = max([1, *(len(row) for row in rows)])
    return torch.tensor([[*row, *[PAD] * (length - len(row))] for row in rows], dtype=torch.int64).view(-1, length)
