"""A table of n-grams in as few bits as it needs, exactly or with probabilities of a few bits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.ngram.estimating import Table

Values = NDArray[np.float32]

_HIGH_BITS = 10  # of a pointer, told by where they change; the rest stands in the row


class Packed(NamedTuple):
    """An n-gram table of which no number takes more bits than its range needs.

    Parameters
    ----------
    bits : ndarray of uint64
        All rows of numbers, one behind the other, and one number of padding.
    fields : ndarray of int64, shape (order, 15)
        For each order where its rows begin and how wide their numbers are; the columns are named in
        ``_compact_kernels``.
    highs : ndarray of int64
        Places where the high bits of the pointers change.
    values : ndarray of float32
        Distinct probabilities and backoffs of each order; the rows hold their numbers.
    """

    bits: NDArray[np.uint64]
    fields: NDArray[np.int64]
    highs: NDArray[np.int64]
    values: Values


class _Row(NamedTuple):
    """Numbers that will stand next to each other."""

    numbers: NDArray[np.int64]
    width: int


def pack_table(table: Table, quantize: int | None = None) -> Packed:
    """Pack a table.

    Parameters
    ----------
    table : Table
        The model. Its counts are left out.
    quantize : int, optional
        Bits of a probability and of a backoff, for two words and more; exact where it is not given.

    Returns
    -------
    Packed
        With the same n-grams.

    Notes
    -----
    The n-grams of an order stand as in the table: sorted, with the last word of each, a pointer to those that are one
    word longer, and the numbers of its values among the distinct ones. A pointer only rises along its row, so its high
    bits are told by the places where they change.

    References
    ----------
    .. [1] Raj, Whittaker, "Lossless Compression of Language Model Structure and Word Identifiers", ICASSP 2003.
    .. [2] Germann, Joanis, Larkin, "Tightly Packed Tries", SETQA-NLP 2009.
    .. [3] Heafield, "KenLM: Faster and Smaller Language Model Queries", WMT 2011, section 3.2.
    """
    from malgil.ngram._compact_kernels import BACKOFF, FIRST, HIGH, LABEL, N_FIELDS, N_NODES, PROB

    trie = table.trie
    fields = np.zeros((trie.order, N_FIELDS), np.int64)
    rows, highs, values, at = list[_Row](), list[NDArray[np.int64]](), list[Values](), 0

    def add(row: _Row) -> tuple[int, int]:
        nonlocal at
        rows.append(row)
        begin, at = at, at + row.width * len(row.numbers)
        return begin, row.width

    for n in range(1, trie.order + 1):
        level, field = trie.level(n), fields[n - 1]
        field[N_NODES] = level.stop - level.start
        if n > 1:  # single words are their own numbers
            field[LABEL : LABEL + 2] = add(_Row(trie.labels[level].astype(np.int64), _width(trie.n_words - 1)))
        kinds = {PROB: table.log10_probs}
        if n < trie.order:
            pointers = trie.first[level.start : level.stop + 1].astype(np.int64) - trie.base[n]
            width = max(0, _width(int(pointers[-1])) - _HIGH_BITS)
            changes = np.searchsorted(pointers, np.arange(1, (int(pointers[-1]) >> width) + 1) << width)
            field[HIGH : HIGH + 2] = sum(map(len, highs)), len(changes)
            highs.append(changes)
            field[FIRST : FIRST + 2] = add(_Row(pointers & ((1 << width) - 1), width))
            kinds[BACKOFF] = table.log10_backoffs
        for kind, logs in kinds.items():
            row, book = _code(logs[level], quantize if n > 1 else None)
            field[kind : kind + 2] = add(row)
            field[kind + 2 : kind + 4] = (sum(map(len, values)) if len(book) else -1), len(book)
            values.append(book)
    return Packed(_written(rows, at), fields, np.concatenate([*highs, np.zeros(0, np.int64)]), np.concatenate(values))


def _width(most: int) -> int:
    return int(most).bit_length()


def _code(logs: Values, quantize: int | None) -> tuple[_Row, Values]:
    """Give each distinct value a number; where that saves nothing, the bits of each value stand for it."""
    if quantize is not None:
        logs = _quantized(logs, quantize)
    # as bits, so that what comes back is the same to the sign of a zero
    book, codes = np.unique(np.ascontiguousarray(logs).view(np.uint32), return_inverse=True)
    width = _width(len(book) - 1) if len(book) else 0
    if width * len(logs) + 32 * len(book) >= 32 * len(logs):
        return _Row(np.ascontiguousarray(logs).view(np.uint32).astype(np.int64), 32), np.zeros(0, np.float32)
    return _Row(codes.astype(np.int64), width), book.view(np.float32)


def _quantized(logs: Values, n_bits: int) -> Values:
    """Replace values by the means of bins of about equal population.

    A value that every hundredth n-gram shares, such as the backoff 0 of what nothing follows, keeps a bin of its own.

    References
    ----------
    .. [1] Federico, Bertoldi, "How Many Bits Are Needed To Store Probabilities for Phrase-Based Translation?", WMT
       2006, binning method.
    """
    distinct, codes, counts = np.unique(logs, return_inverse=True, return_counts=True)
    if len(distinct) <= 1 << n_bits:
        return logs
    is_kept = counts >= max(len(logs) / 100, len(logs) / (1 << n_bits))
    others = np.where(is_kept, 0, counts)
    n_bins = (1 << n_bits) - int(is_kept.sum())
    middles = np.cumsum(others) - (others + 1) / 2
    bins = np.minimum((middles * n_bins / max(1, int(others.sum()))).astype(np.int64), n_bins - 1)
    bins = np.where(is_kept, n_bins + np.cumsum(is_kept) - 1, np.maximum(bins, 0))
    sums = np.bincount(bins, distinct.astype(np.float64) * counts)
    means = sums / np.maximum(np.bincount(bins, counts), 1)
    quantized = np.where(is_kept, distinct, means[bins].astype(np.float32)).astype(np.float32)
    found: Values = quantized[codes]
    return found


def _written(rows: list[_Row], n_bits: int) -> NDArray[np.uint64]:
    from malgil.ngram._compact_kernels import pack_bits

    bits, at = np.zeros(n_bits // 64 + 2, np.uint64), 0
    for row in rows:
        pack_bits(row.numbers, row.width, at, bits)
        at += row.width * len(row.numbers)
    return bits
