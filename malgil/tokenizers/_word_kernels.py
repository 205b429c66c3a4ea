"""Words of a block of texts straight from their code units: fold, cut, number.

Texts are UTF-16 code units, each text followed by one line end. A word is spelt in *letters*: code units moved so that
their order is that of the code points and none of them is 0 (see `malgil.tokenizers.letters`). Four letters make a
number, the first one lowest, so most words are a single number; what is missing at the end is 0.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

ODD, SIGMA, FINAL_SIGMA = 0x20, 0x3A3, 0x3C2  # as in letters.py
TOKEN, CHANGES, CASED, IGNORABLE = 1, 2, 4, 8  # as in characters.py
N_WORDS, USED, NEXT, SEEN = 0, 1, 2, 3  # places in a table's state
_HIGH, _LOW = 0xD800, 0xDC00
_LONG = np.uint64(1 << 32)
_ID = np.uint64(0xFFFFFFFF)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF, _STIR, _ONE, _SIXTEEN, _LETTER = np.uint64(32), np.uint64(29), np.uint64(1), np.uint64(16), np.uint64(0xFFFF)
_EACH, _TOPS, _TO_LANE = np.uint64(0x0001000100010001), np.uint64(0x8000800080008000), np.uint64(15)
_FIRST, _SECOND, _THIRD = np.uint64(1 << 15), np.uint64(1 << 31), np.uint64(1 << 47)
_TWO, _THREE, _FOUR = np.uint64(2), np.uint64(3), np.uint64(4)
_BATCH = 128

Int = int | np.int64


@njit(nogil=True, cache=True, inline="always")
def _code_point(codes: NDArray[np.uint16], at: Int, stop: Int) -> Int:
    """Read one code point; a surrogate without its other half is one by itself."""
    code = np.int64(codes[at])
    if _HIGH <= code < _LOW and at + 1 < stop and _LOW <= codes[at + 1] < 0xE000:
        return 0x10000 + ((code - _HIGH) << 10) + (np.int64(codes[at + 1]) - _LOW)
    return code


@njit(nogil=True, cache=True)
def _is_final_sigma(codes: NDArray[np.uint16], first: Int, at: Int, stop: Int, kind: NDArray[np.uint8]) -> bool:
    """Whether the capital sigma at `at` ends a word: a cased letter before it and none after, ignorables aside."""
    before = at - 1
    while before >= first:
        if before > first and _LOW <= codes[before] < 0xE000:
            before -= 1
        flags = kind[_code_point(codes, before, stop)]
        if (flags & IGNORABLE) == 0:
            if (flags & CASED) == 0:
                return False
            break
        before -= 1
    if before < first:
        return False
    after = at + 1
    while after < stop:
        code = _code_point(codes, after, stop)
        if (kind[code] & IGNORABLE) == 0:
            return bool((kind[code] & CASED) == 0)
        after += 2 if code >= 0x10000 else 1
    return True


@njit(nogil=True, cache=True)
def _put(letters: NDArray[np.uint16], at: Int, code: Int) -> Int:
    """Write one code point as one or two letters and return the place after it."""
    if code >= 0x10000:
        letters[at] = 0xF800 + ((code - 0x10000) >> 10)
        letters[at + 1] = 0xFC00 + ((code - 0x10000) & 0x3FF)
        return at + 2
    letters[at] = code - 0x800 if code >= 0xE000 else code + 1 if code < 9 else code
    return at + 1


@njit(nogil=True, cache=True)
def _fold_oddly(
    codes: NDArray[np.uint16],
    first: Int,
    stop: Int,
    kind: NDArray[np.uint8],
    lower: NDArray[np.int32],
    longer: NDArray[np.int32],
    letters: NDArray[np.uint16],
    at: Int,
) -> Int:
    """Fold one text code point by code point, and return the place after it."""
    i = first
    while i < stop:
        code = _code_point(codes, i, stop)
        small = np.int64(lower[code]) if kind[code] & CHANGES else code
        if code == SIGMA and kind[code] & CHANGES and _is_final_sigma(codes, first, i, stop, kind):
            small = FINAL_SIGMA
        for part in range(3 if small < 0 else 1):
            letter = small if small >= 0 else np.int64(longer[-1 - small, part])
            if letter < 0:
                break
            if kind[letter] & TOKEN:
                at = _put(letters, at, letter)
            else:
                letters[at] = 0
                at += 1
        i += 2 if code >= 0x10000 else 1
    return at


@njit(nogil=True, cache=True)
def fold(
    codes: NDArray[np.uint16],
    borders: NDArray[np.int64],
    usual: NDArray[np.uint16],
    kind: NDArray[np.uint8],
    lower: NDArray[np.int32],
    longer: NDArray[np.int32],
    letters: NDArray[np.uint16],
    ends: NDArray[np.int64],
) -> None:
    """Turn code units into letters, 0 where no word goes on.

    Parameters
    ----------
    codes : ndarray of uint16
        Texts, a line end after each.
    borders : ndarray of int64, shape (n_docs + 1,)
        First code unit of each text; the last one ends the last line end.
    usual : ndarray of uint16, shape (65536,)
        Letter of each code unit, 0 where it belongs to no word, `ODD` where its neighbours must be asked.
    kind, lower, longer : ndarray
        Tables of `malgil.tokenizers.characters.Characters`.
    letters : ndarray of uint16
        Output. Room for three letters a code unit where one of them is odd.
    ends : ndarray of int64, shape (n_docs,)
        Output: the place in `letters` after each text, where a 0 stands.
    """
    at: Int = 0
    for doc in range(ends.size):
        first, n = borders[doc], borders[doc + 1] - 1 - borders[doc]
        is_odd = False
        for k in range(n):
            letter = usual[codes[first + k]]
            letters[at + k] = letter
            is_odd |= letter == ODD
        at = _fold_oddly(codes, first, first + n, kind, lower, longer, letters, at) if is_odd else at + n
        letters[at] = 0
        ends[doc] = at
        at += 1


@njit(nogil=True, cache=True, inline="always")
def _four(letters: NDArray[np.uint16], place: Int | np.uint64) -> np.uint64:
    """Read four letters as a number, the first one lowest."""
    at = np.uint64(place)
    return (
        np.uint64(letters[at])
        | np.uint64(letters[at + _ONE]) << np.uint64(16)
        | np.uint64(letters[at + _TWO]) << np.uint64(32)
        | np.uint64(letters[at + _THREE]) << np.uint64(48)
    )


@njit(nogil=True, cache=True, inline="always")
def _number(letters: NDArray[np.uint16], at: Int, n: Int) -> np.uint64:
    """Read up to four letters of a word of which `n` are left."""
    word = _four(letters, at)
    return word if n >= 4 else word & ((_ONE << (_SIXTEEN * np.uint64(n))) - _ONE)


@njit(nogil=True, cache=True, inline="always")
def _lowest_zero(word: np.uint64) -> np.uint64:
    """Top bit of the first of four letters that is 0; without one, 0."""
    marks = (word - _EACH) & ~word & _TOPS
    return marks & (~marks + _ONE)


@njit(nogil=True, cache=True)
def _long_key(letters: NDArray[np.uint16], key: np.uint64, at: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Hash a word of more than four letters from its fifth on; also say where it ends."""
    end = np.uint64(0)
    key *= _MIX
    while end == 0 and letters[at] != 0:
        word = _four(letters, at)
        end = _lowest_zero(word)
        if end != 0:
            word &= (end >> _TO_LANE) - _ONE
            at += np.uint64(end > _FIRST) + np.uint64(end > _SECOND) + np.uint64(end > _THIRD)
        else:
            at += _FOUR
        key = (key ^ (key >> _STIR) ^ word) * _MIX
    return (key | _LONG) & ~_LETTER, at


@njit(nogil=True, cache=True)
def cut(
    letters: NDArray[np.uint16],
    ends: NDArray[np.int64],
    shortest: int,
    keys: NDArray[np.uint64],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    indptr: NDArray[np.int64],
) -> np.int64:
    """Cut letters into words.

    Parameters
    ----------
    letters : ndarray of uint16
        As `fold` makes them, and at least three more places after them.
    ends : ndarray of int64, shape (n_docs,)
        Where each text ends.
    shortest : int
        Code points of the shortest word that counts, 1 or 2.
    keys : ndarray of uint64, shape (>= n_words,)
        Output: the word itself where it has up to four letters; else a hash whose lowest letter is 0. Never 0.
    starts, sizes : ndarray of int32, shape (>= n_words,)
        Output: first letter and number of letters of each word.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Output: borders of the texts, in words, counted on from the first entry.

    Returns
    -------
    int64
        Number of words.
    """
    n_words = np.uint64(0)
    i = np.uint64(0)
    for doc in range(ends.size):
        stop = np.uint64(ends[doc])
        while i < stop:
            start, key = i, _four(letters, i)
            end = _lowest_zero(key)
            if end != 0:
                key &= (end >> _TO_LANE) - _ONE
                i += np.uint64(end > _FIRST) + np.uint64(end > _SECOND) + np.uint64(end > _THIRD)
            else:
                i += _FOUR
                if letters[i] != 0:
                    key, i = _long_key(letters, key, i)
            keys[n_words], starts[n_words], sizes[n_words] = key, start, i - start
            is_lone_pair = np.uint64(i - start == _TWO and letters[start] >= 0xF800)
            n_words += np.uint64(i - start - is_lone_pair >= np.uint64(shortest))
            i += _ONE
        i = stop + _ONE
        indptr[doc + 1] = indptr[0] + np.int64(n_words)
    return np.int64(n_words)


@njit(nogil=True, cache=True, inline="always")
def _slot(key: np.uint64, shift: np.uint64) -> np.uint64:
    """Place of a key in a table of ``2 ** (64 - shift)`` slots."""
    return ((key ^ (key >> _HALF)) * _MIX) >> shift


@njit(nogil=True, cache=True)
def _is_word(words: NDArray[np.uint64], place: np.uint64, letters: NDArray[np.uint16], start: Int, size: Int) -> bool:
    """Whether the long word in `words` is the one in `letters`."""
    n = np.int64(words[place] >> _HALF)
    if n != (size + 3) >> 2:
        return False
    for k in range(n):
        if words[place + np.uint64(1 + k)] != _number(letters, start + 4 * k, size - 4 * k):
            return False
    return True


@njit(nogil=True, cache=True)
def number(
    keys: NDArray[np.uint64],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    letters: NDArray[np.uint16],
    slots: NDArray[np.uint64],
    shift: np.uint64,
    first: NDArray[np.int64],
    words: NDArray[np.uint64],
    state: NDArray[np.int64],
    ids: NDArray[np.int32],
) -> bool:
    """Give every word its id, new words the next one.

    Stops before the table gets too full or `words` overflows; the caller enlarges them and calls again.

    Parameters
    ----------
    keys, starts, sizes, letters : ndarray
        Words as `cut` finds them.
    slots : ndarray of uint64, shape (n_slots, 2)
        The table: key, and the id or, where the key is a hash, the place in `words`; a key of 0 is an empty slot.
    shift : uint64
        ``64 - log2(n_slots)``.
    first : ndarray of int64
        First number of each word in `words`, and where the next one will be; as many words as the table may hold.
    words : ndarray of uint64
        Words as numbers of four letters.
    state : ndarray of int64, shape (4,)
        Words so far, numbers so far, next of the words to do, and a number without a meaning.
    ids : ndarray of int32, shape (n_words,)
        Output.

    Returns
    -------
    bool
        Whether all words are done.
    """
    n_words, used = state[N_WORDS], state[USED]
    mask = np.uint64(slots.shape[0] - 1)
    token, ahead = state[NEXT], state[NEXT]
    seen = np.uint64(0)
    while token < ids.size:
        if token == ahead:
            ahead = min(token + _BATCH, ids.size)
            for k in range(token, ahead):  # these reads wait for no other, so memory serves many of them at once
                seen ^= slots[_slot(keys[k], shift), 0]
        key = keys[token]
        slot = _slot(key, shift)
        while True:
            found = slots[slot, 0]
            if found == 0:
                break
            if found == key and (
                key & _LETTER != 0 or _is_word(words, slots[slot, 1], letters, starts[token], sizes[token])
            ):
                break
            slot = (slot + _ONE) & mask
        if found == 0:
            n, is_long = np.int64(sizes[token] + 3) >> 2, np.int64(sizes[token] > 4)
            if n_words + 1 >= first.size or used + n + is_long > words.size:
                break
            slots[slot, 0], slots[slot, 1] = key, used if is_long else n_words
            if is_long:
                words[used] = np.uint64(n) << _HALF | np.uint64(n_words)
            used += is_long
            for k in range(n):
                words[used + k] = _number(letters, starts[token] + 4 * k, sizes[token] - 4 * k)
            used += n
            n_words += 1
            first[n_words] = used
        place = slots[slot, 1]
        ids[token] = place if key & _LETTER != 0 else words[place] & _ID
        token += 1
    state[N_WORDS], state[USED], state[NEXT], state[SEEN] = n_words, used, token, np.int64(seen & _ID)
    return bool(token == ids.size)


@njit(nogil=True, cache=True)
def move_slots(slots: NDArray[np.uint64], larger: NDArray[np.uint64], shift: np.uint64) -> None:
    """Move the entries of a table into a larger, empty one.

    Parameters
    ----------
    slots, larger : ndarray of uint64, shape (n_slots, 2)
        From and to.
    shift : uint64
        ``64 - log2`` of the new number of slots.
    """
    mask = np.uint64(larger.shape[0] - 1)
    for old in range(slots.shape[0]):
        if slots[old, 0] != 0:
            slot = _slot(slots[old, 0], shift)
            while larger[slot, 0] != 0:
                slot = (slot + _ONE) & mask
            larger[slot, 0], larger[slot, 1] = slots[old, 0], slots[old, 1]
