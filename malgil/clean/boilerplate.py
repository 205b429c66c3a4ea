"""Lines that repeat across documents, such as headers, notices and signatures, learnt from the corpus and taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.clean.spans import Replacement, SpanStep, matching
from malgil.errors import ParameterError


class LineCounts(NamedTuple):
    """In how many documents each line stands.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n_lines,)
        Rising; xxh3-64 of the lines without the white space around them.
    n_docs : ndarray of int64, shape (n_lines,)
        Documents with the line.
    n_all : int
        Documents in all.
    """

    hashes: NDArray[np.uint64]
    n_docs: NDArray[np.int64]
    n_all: int


@dataclass(frozen=True, kw_only=True)
class Boilerplate:
    """Learn which lines repeat. A text of one line is a document, not boilerplate, and is never looked at.

    Parameters
    ----------
    min_share : float
        Least share of the documents that a line stands in, in (0, 1].
    min_docs : int
        Least number of documents that it stands in, at least 2. Both must hold.
    min_length : int
        Least number of characters of such a line, at least 1; shorter lines repeat by chance.
    """

    min_share: float = 0.01
    min_docs: int = 5
    min_length: int = 8

    def __post_init__(self) -> None:
        if not 0 < self.min_share <= 1:
            raise ParameterError("clean_steps.boilerplate_share", value=self.min_share)
        if self.min_docs < 2 or self.min_length < 1:
            raise ParameterError("clean_steps.boilerplate_count", docs=self.min_docs, length=self.min_length)

    def partial(self, texts: pa.LargeStringArray) -> LineCounts:
        """Count the lines of one block.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        LineCounts
            Of this block.
        """
        several = texts.filter(pa.array(matching(texts, "\n"))).to_pylist()
        hashes = [hash_ for text in several for hash_ in {hash_ for _, _, hash_ in _lines(text, self.min_length)}]
        lines, counts = np.unique(np.array(hashes, np.uint64), return_counts=True)
        return LineCounts(lines, counts.astype(np.int64), len(texts))

    def merge(self, first: LineCounts, second: LineCounts) -> LineCounts:
        """Join the counts of two parts of the corpus.

        Parameters
        ----------
        first, second : LineCounts
            From `partial` or `merge`.

        Returns
        -------
        LineCounts
            Of both.
        """
        lines, place = np.unique(np.concatenate([first.hashes, second.hashes]), return_inverse=True)
        n_docs = np.zeros(len(lines), np.int64)
        np.add.at(n_docs, place, np.concatenate([first.n_docs, second.n_docs]))
        return LineCounts(lines, n_docs, first.n_all + second.n_all)

    def finish(self, learned: LineCounts) -> RepeatedLines:
        """Make the step that takes the lines out.

        Parameters
        ----------
        learned : LineCounts
            Of the whole corpus.

        Returns
        -------
        RepeatedLines
            Ready to be applied.
        """
        repeats = (learned.n_docs >= self.min_docs) & (learned.n_docs >= self.min_share * learned.n_all)
        return RepeatedLines(lines=frozenset(learned.hashes[repeats].tolist()), min_length=self.min_length)


@dataclass(frozen=True, kw_only=True)
class RepeatedLines(SpanStep):
    """Take known lines out of texts of several lines, each with its line break.

    Parameters
    ----------
    lines : frozenset of int
        Hashes of the lines.
    min_length : int
        Least number of characters of a line.
    """

    hint: ClassVar[str] = "\n"

    lines: frozenset[int]
    min_length: int

    def find(self, text: str) -> Iterable[Replacement]:
        """Find the lines.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        iterable of (int, int, str)
            Spans and nothing to write there.
        """
        if "\n" not in text:
            return []
        return [(low, high, "") for low, high, hash_ in _lines(text, self.min_length) if hash_ in self.lines]


def _lines(text: str, min_length: int) -> Iterator[tuple[int, int, int]]:
    """Spans of the lines that are long enough, with their line break, and what they hash to."""
    from xxhash import xxh3_64_intdigest

    low = 0
    for line in text.split("\n"):
        high = min(low + len(line) + 1, len(text))
        bare = line.strip()
        if len(bare) >= min_length:
            yield low, high, xxh3_64_intdigest(bare.encode("utf-8"))
        low = high
