"""The hash table of forms: open addressing, records in one arena, counts kept while looking up.

A record is ``[length << 32 | id, count, last document << 32 | df, words...]`` in the arena; a slot is
``[tag << 32 | record + 1]``, 0 where empty. The tag is the upper half of the hash and holds the slot's place too, so
the slots can be spread over a larger table without reading the arena.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

HEADER = 3
N_TERMS, USED, TOKEN, DOC = 0, 1, 2, 3  # places in a table's state
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_ONE = np.uint64(1)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(29)
_BATCH = 256

Int = int | np.int64


@njit(nogil=True, cache=True)
def pack(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    packed: NDArray[np.uint8],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
) -> None:
    """Lay whole strings out as `scan` lays out tokens; an empty string takes one word.

    Parameters
    ----------
    offsets, data : ndarray of int64 and of uint8
        String ``s`` is ``data[offsets[s]:offsets[s + 1]]``.
    packed : ndarray of uint8
        Output, zero on entry.
    places : ndarray of int64, shape (n_strings + 1,)
        Output: first word of each string.
    lengths : ndarray of int32, shape (n_strings,)
        Output: bytes of each string.
    """
    places[0] = 0
    for s in range(lengths.size):
        length = offsets[s + 1] - offsets[s]
        at = places[s] << 3
        for k in range(length):
            packed[at + k] = data[offsets[s] + k]
        lengths[s] = length
        places[s + 1] = places[s] + max(1, (length + 7) >> 3)


@njit(nogil=True, cache=True, inline="always")
def _hash_words(words: NDArray[np.uint64], first: int, last: int, length: Int) -> np.uint64:
    """Hash of a form in 64 bits, a word at a time by multiply and shift; the upper half is the better one."""
    state = np.uint64(length) * _MIX
    for at in range(first, last):
        state = (state ^ words[at]) * _MIX
        state ^= state >> _STIR
    return state * _MIX


@njit(nogil=True, cache=True, inline="always")
def _probe(
    slots: NDArray[np.uint64],
    arena: NDArray[np.uint64],
    words: NDArray[np.uint64],
    first: int,
    last: int,
    length: Int,
    tag: np.uint64,
) -> Int:
    """Slot of a form: the one that holds it, or the empty one where it belongs."""
    mask = slots.size - 1
    slot = np.int64(tag) & mask
    while True:
        entry = slots[slot]
        if entry == 0:
            return slot
        if entry >> _HALF == tag:
            record = np.int64(entry & _LOW) - 1
            if np.int64(arena[record] >> _HALF) == length:
                same, k = record + HEADER - first, first
                while k < last and arena[same + k] == words[k]:
                    k += 1
                if k == last:
                    return slot
        slot = (slot + 1) & mask


@njit(nogil=True, cache=True)
def _look_ahead(
    words: NDArray[np.uint64],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
    begin: Int,
    slots: NDArray[np.uint64],
    arena: NDArray[np.uint64],
    tags: NDArray[np.uint64],
    seen: NDArray[np.uint64],
) -> None:
    """Hash the next tokens, and read their slots and both ends of a usual record.

    What is read into `seen` is not used: these reads wait for no other, so memory serves many at once, and the look-ups
    that follow find everything in the cache.
    """
    n = tags.size if tags.size < lengths.size - begin else lengths.size - begin
    mask = slots.size - 1
    for k in range(n):
        token = begin + k
        tags[k] = _hash_words(words, places[token], places[token + 1], np.int64(lengths[token])) >> _HALF
    for k in range(n):
        seen[k] = slots[np.int64(tags[k]) & mask]
    for k in range(n):
        record = np.int64(seen[k] & _LOW) - 1
        if record >= 0:
            further = record + HEADER + 2
            seen[k] = arena[record] ^ arena[further if further < arena.size else record]


@njit(nogil=True, cache=True)
def intern(
    words: NDArray[np.uint64],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
    indptr: NDArray[np.int64],
    first_doc: int,
    slots: NDArray[np.uint64],
    arena: NDArray[np.uint64],
    state: NDArray[np.int64],
    ids: NDArray[np.int32],
) -> bool:
    """Give every token the id of its form, new forms the next id, and count.

    Stops before the table gets fuller than half or the arena overflows; the caller enlarges them and calls again with
    the same arguments.

    Parameters
    ----------
    words : ndarray of uint64
        Tokens as `scan` lays them out.
    places : ndarray of int64, shape (> n_tokens,)
        First word of each token.
    lengths : ndarray of int32, shape (n_tokens,)
        Bytes of each token.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents, in tokens.
    first_doc : int
        Number of the first document among all that this table has seen, less than ``2**32``.
    slots : ndarray of uint64, shape (a power of 2,)
        The table.
    arena : ndarray of uint64
        The records.
    state : ndarray of int64, shape (4,)
        Forms so far, arena words in use, next token, its document.
    ids : ndarray of int32, shape (n_tokens,)
        Output.

    Returns
    -------
    bool
        Whether all tokens are done.
    """
    n_terms, used, doc = state[N_TERMS], state[USED], state[DOC]
    token = state[TOKEN]
    tags, seen = np.empty(_BATCH, np.uint64), np.empty(_BATCH, np.uint64)
    begin = token - _BATCH
    while token < ids.size:
        if token == begin + _BATCH:
            begin = token
            _look_ahead(words, places, lengths, begin, slots, arena, tags, seen)
        while token >= indptr[doc + 1]:
            doc += 1
        first, last, length = places[token], places[token + 1], np.int64(lengths[token])
        tag = tags[token - begin]
        slot = _probe(slots, arena, words, first, last, length, tag)
        if slots[slot] == 0:
            if 2 * n_terms >= slots.size or used + HEADER + last - first > arena.size:
                break
            slots[slot] = tag << _HALF | np.uint64(used + 1)
            arena[used] = np.uint64(length) << _HALF | np.uint64(n_terms)
            arena[used + 1] = 0
            arena[used + 2] = _LOW << _HALF
            for k in range(first, last):
                arena[used + HEADER + k - first] = words[k]
            used += HEADER + last - first
            n_terms += 1
        record = np.int64(slots[slot] & _LOW) - 1
        ids[token] = arena[record] & _LOW
        arena[record + 1] += _ONE
        number = np.uint64(first_doc + doc)
        if arena[record + 2] >> _HALF != number:
            arena[record + 2] = number << _HALF | ((arena[record + 2] & _LOW) + _ONE)
        token += 1
    state[N_TERMS], state[USED], state[TOKEN], state[DOC] = n_terms, used, token, doc
    return bool(token == ids.size)


@njit(nogil=True, cache=True)
def find(
    words: NDArray[np.uint64],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
    slots: NDArray[np.uint64],
    arena: NDArray[np.uint64],
    ids: NDArray[np.int32],
) -> None:
    """Look forms up without adding any.

    Parameters
    ----------
    words, places, lengths : ndarray
        The forms, as `pack` lays them out.
    slots, arena : ndarray of uint64
        The table.
    ids : ndarray of int32, shape (n,)
        Output: the form's id, -1 where the table does not have it.
    """
    for token in range(ids.size):
        first, last, length = places[token], places[token + 1], np.int64(lengths[token])
        tag = _hash_words(words, first, last, length) >> _HALF
        slot = _probe(slots, arena, words, first, last, length, tag)
        ids[token] = -1
        if slots[slot] != 0:
            ids[token] = arena[np.int64(slots[slot] & _LOW) - 1] & _LOW


@njit(nogil=True, cache=True)
def spread(slots: NDArray[np.uint64], larger: NDArray[np.uint64]) -> None:
    """Move the entries of a table into a larger, empty one.

    Parameters
    ----------
    slots, larger : ndarray of uint64, shapes powers of 2
        From and to.
    """
    mask = larger.size - 1
    for entry in slots:
        if entry != 0:
            slot = np.int64(entry >> _HALF) & mask
            while larger[slot] != 0:
                slot = (slot + 1) & mask
            larger[slot] = entry


@njit(nogil=True, cache=True)
def unload(
    arena: NDArray[np.uint64],
    words: NDArray[np.uint64],
    places: NDArray[np.int64],
    lengths: NDArray[np.int32],
    counts: NDArray[np.int64],
    df: NDArray[np.int64],
) -> None:
    """Take the records of a table apart, in the order of their ids.

    Parameters
    ----------
    arena : ndarray of uint64
        Records one after the other.
    words : ndarray of uint64
        Output: the forms' words.
    places : ndarray of int64, shape (n_terms + 1,)
        Output: first word of each form.
    lengths : ndarray of int32, shape (n_terms,)
        Output: bytes of each form.
    counts, df : ndarray of int64, shape (n_terms,)
        Output: occurrences, and documents that contain the form.
    """
    record: Int = 0
    used: Int = 0
    places[0] = 0
    for term in range(lengths.size):
        length = np.int64(arena[record] >> _HALF)
        n_words = (length + 7) >> 3 if length > 0 else 1
        lengths[term], counts[term], df[term] = length, arena[record + 1], arena[record + 2] & _LOW
        for k in range(n_words):
            words[used + k] = arena[record + HEADER + k]
        record += HEADER + n_words
        used += n_words
        places[term + 1] = used


@njit(nogil=True, cache=True)
def tally(ids: NDArray[np.int32], indptr: NDArray[np.int64], counts: NDArray[np.int64], df: NDArray[np.int64]) -> None:
    """Count tokens that have their ids already.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        In [0, n_forms).
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents.
    counts, df : ndarray of int64, shape (n_forms,)
        Output: occurrences, and documents that contain the form.
    """
    last = np.full(counts.size, -1, np.int64)
    counts[:] = 0
    df[:] = 0
    for doc in range(indptr.size - 1):
        for token in range(indptr[doc], indptr[doc + 1]):
            form = ids[token]
            counts[form] += 1
            if last[form] != doc:
                last[form] = doc
                df[form] += 1
