"""What subword tokenisers learned, as tables that a kernel cuts words by.

Both are made of lists from a file: whatever does not fit together is an error here, before a kernel sees it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.tokenizers.clusters import BLANK_MARK

MARK = ord(BLANK_MARK)
_UNKNOWN_PENALTY = 10.0
"""How much less than the rarest piece an unknown character counts, as in sentencepiece and Hugging Face tokenizers."""


class Alphabet(NamedTuple):
    """Characters with numbers.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_characters,)
        The characters, rising.
    numbers : ndarray of int32, shape (n_characters,)
        Their numbers.
    """

    points: NDArray[np.uint32]
    numbers: NDArray[np.int32]

    @classmethod
    def of(cls, numbers: dict[str, int]) -> Alphabet:
        """Sort characters.

        Parameters
        ----------
        numbers : dict
            Character -> number.

        Returns
        -------
        Alphabet
            Of all of them.
        """
        chars = sorted(numbers)
        points = np.array([ord(char) for char in chars], np.uint32)
        return cls(points, np.array([numbers[char] for char in chars], np.int32))

    def number(self, points: NDArray[np.uint32], first: NDArray[np.int64]) -> NDArray[np.int32]:
        """Give the characters of words their numbers.

        Parameters
        ----------
        points : ndarray of uint32, shape (n,)
            Words, each behind a mark.
        first : ndarray of int64, shape (n_words,)
            Places of the marks.

        Returns
        -------
        ndarray of int32, shape (n,)
            -1 for an unknown character, and for what looks like a mark inside a word.
        """
        if not len(self.points):
            return np.full(len(points), -1, np.int32)
        at = np.minimum(np.searchsorted(self.points, points), len(self.points) - 1)
        found = np.where((self.points[at] == points) & (points != MARK), self.numbers[at], np.int32(-1))
        mark = np.flatnonzero(self.points == MARK)
        found[first] = self.numbers[mark[0]] if len(mark) else -1
        return found


class MergeTable(NamedTuple):
    """Merges of byte-pair encoding, laid out for `malgil.tokenizers._subword_kernels.merge_pairs`.

    Parameters
    ----------
    alphabet : Alphabet
        Pieces of one character.
    keys : ndarray of int64, shape (n_slots,)
        Pairs of pieces that merge.
    ranks : ndarray of int32, shape (n_slots,)
        Rank of each.
    made : ndarray of int32, shape (n_merges,)
        Piece that each rank makes.
    """

    alphabet: Alphabet
    keys: NDArray[np.int64]
    ranks: NDArray[np.int32]
    made: NDArray[np.int32]

    @classmethod
    def of(cls, merges: Sequence[Any]) -> MergeTable:
        """Read merges.

        Parameters
        ----------
        merges : list of str
            Two pieces with a blank between them, each a character or what an earlier line makes.

        Returns
        -------
        MergeTable
            Lines are ranks, from 0.

        Raises
        ------
        ParameterError
            If a line is something else; names it.
        """
        pieces: dict[str, int] = {}
        pairs, made = [], []
        is_list = isinstance(merges, list | tuple)
        for line, merge in enumerate(merges if is_list else [merges]):
            parts = merge.split(" ") if isinstance(merge, str) and is_list else []
            if len(parts) != 2 or not all(len(part) == 1 or part in pieces for part in parts):
                raise ParameterError("subwords.bad_merge", line=line, value=merge)
            one, two = (pieces.setdefault(part, len(pieces)) for part in parts)
            pairs.append((one, two))
            made.append(pieces.setdefault("".join(parts), len(pieces)))
        keys, ranks = _hashed(pairs, range(len(pairs)))
        alphabet = Alphabet.of({piece: number for piece, number in pieces.items() if len(piece) == 1})
        return cls(alphabet, keys, ranks, np.array(made, np.int32))

    def cut(self, points: NDArray[np.uint32], borders: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Cut words into pieces.

        Parameters
        ----------
        points : ndarray of uint32, shape (n,)
            Words, each behind a mark.
        borders : ndarray of int64, shape (n_words + 1,)
            Their borders.

        Returns
        -------
        ndarray of bool, shape (n,)
            Whether a piece begins.
        """
        from malgil.tokenizers._subword_kernels import merge_pairs

        opens = np.empty(len(points), np.bool_)
        merge_pairs(self.alphabet.number(points, borders[:-1]), borders, self.keys, self.ranks, self.made, opens)
        return opens


class PieceTable(NamedTuple):
    """Pieces of the unigram model as a tree, laid out for `malgil.tokenizers._subword_kernels.best_path`.

    Parameters
    ----------
    alphabet : Alphabet
        Characters of all pieces.
    keys : ndarray of int64, shape (n_slots,)
        Pairs of a node and a character.
    nodes : ndarray of int32, shape (n_slots,)
        Node that each leads to.
    scores : ndarray of float64, shape (n_nodes,)
        Natural logarithm of the probability of the piece that ends at a node, minus infinity where none does.
    unknown : float
        That of a character that is no piece.
    """

    alphabet: Alphabet
    keys: NDArray[np.int64]
    nodes: NDArray[np.int32]
    scores: NDArray[np.float64]
    unknown: float

    @classmethod
    def of(cls, pieces: Sequence[Any]) -> PieceTable:
        """Read pieces.

        Parameters
        ----------
        pieces : list of [str, float]
            Pieces with the natural logarithms of their probabilities.

        Returns
        -------
        PieceTable
            Any order of the pieces cuts alike.

        Raises
        ------
        ParameterError
            If an entry is something else; names it.
        """
        numbers: dict[str, int] = {}
        nodes: dict[tuple[int, int], int] = {}
        scores = [-math.inf]
        is_list = isinstance(pieces, list | tuple)
        for line, entry in enumerate(pieces if is_list else [pieces]):
            if not (is_list and _is_piece(entry)):
                raise ParameterError("subwords.bad_piece", line=line, value=entry)
            node = 0
            for char in entry[0]:
                step = (node, numbers.setdefault(char, len(numbers)))
                if step not in nodes:
                    nodes[step] = len(scores)
                    scores.append(-math.inf)
                node = nodes[step]
            scores[node] = float(entry[1])
        keys, values = _hashed(list(nodes), nodes.values())
        unknown = min((score for score in scores if score > -math.inf), default=0.0) - _UNKNOWN_PENALTY
        return cls(Alphabet.of(numbers), keys, values, np.array(scores), unknown)

    def cut(self, points: NDArray[np.uint32], borders: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Cut words into pieces.

        Parameters
        ----------
        points : ndarray of uint32, shape (n,)
            Words, each behind a mark.
        borders : ndarray of int64, shape (n_words + 1,)
            Their borders.

        Returns
        -------
        ndarray of bool, shape (n,)
            Whether a piece begins.
        """
        from malgil.tokenizers._subword_kernels import best_path

        opens = np.empty(len(points), np.bool_)
        symbols = self.alphabet.number(points, borders[:-1])
        best_path(symbols, borders, self.keys, self.nodes, self.scores, self.unknown, opens)
        return opens


def _is_piece(entry: object) -> bool:
    if not isinstance(entry, list | tuple) or len(entry) != 2:
        return False
    piece, score = entry
    is_score = isinstance(score, int | float) and not isinstance(score, bool) and math.isfinite(score)
    return isinstance(piece, str) and bool(piece) and is_score


def _hashed(pairs: Sequence[tuple[int, int]], values: Any) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Lay pairs of numbers out as the kernels look them up; of equal pairs the first stays."""
    size = 1 << max(4, (4 * len(pairs)).bit_length())
    keys, found = np.full(size, -1, np.int64), np.zeros(size, np.int32)
    for (one, two), value in zip(pairs, values, strict=True):
        key = one << 32 | two
        at = (key * 0x9E3779B97F4A7C15 & (1 << 64) - 1) >> 32 & size - 1
        while keys[at] not in (-1, key):
            at = (at + 1) & size - 1
        if keys[at] == -1:
            keys[at], found[at] = key, value
    return keys, found
