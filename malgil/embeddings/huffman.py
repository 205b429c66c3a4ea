"""Huffman's tree over a vocabulary: the questions that lead from the root to each word."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Tree(NamedTuple):
    """Paths from the root to the words.

    Parameters
    ----------
    nodes : ndarray of int32
        Inner nodes on the way to each word, from the root, word after word; there are ``n_words - 1`` of them.
    turns : ndarray of uint8
        At each of these whether the way goes to the right, 1, or to the left, 0.
    borders : ndarray of int64, shape (n_words + 1,)
        Borders of the words in both.
    """

    nodes: NDArray[np.int32]
    turns: NDArray[np.uint8]
    borders: NDArray[np.int64]


def huffman_tree(counts: NDArray[np.int64]) -> Tree:
    """Build the tree in which frequent words lie near the root.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_words,)
        Occurrences; of equal ones the later word, then the older node, is joined first.

    Returns
    -------
    Tree
        Empty paths for fewer than two words.

    References
    ----------
    .. [1] Huffman, "A Method for the Construction of Minimum-Redundancy Codes", Proceedings of the IRE 40, 1952.
    .. [2] Mikolov et al., "Distributed Representations of Words and Phrases", NIPS 2013, section 2.1.
    """
    n = len(counts)
    heap = [(count, -word if word else 0, word) for word, count in enumerate(counts.tolist())]
    heapq.heapify(heap)
    parent, turn = [0] * (2 * n), [0] * (2 * n)
    for node in range(n, 2 * n - 1):
        (left_count, _, left), (right_count, _, right) = heapq.heappop(heap), heapq.heappop(heap)
        parent[left] = parent[right] = node
        turn[right] = 1
        heapq.heappush(heap, (left_count + right_count, node, node))
    nodes: list[int] = []
    turns: list[int] = []
    borders = [0]
    for word in range(n):
        way, at = [], word
        while at < 2 * n - 2:
            way.append((parent[at] - n, turn[at]))
            at = parent[at]
        nodes += [node for node, _ in reversed(way)]
        turns += [side for _, side in reversed(way)]
        borders.append(len(nodes))
    return Tree(np.array(nodes, np.int32), np.array(turns, np.uint8), np.array(borders, np.int64))
