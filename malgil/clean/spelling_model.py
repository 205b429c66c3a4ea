"""What Korean words look like: a model of rows of syllables, and frequent eojeols with their counts.

The model gives every syllable a cost, the negative logarithm of its probability behind the four symbols before it.
Rows that were not seen fall back on shorter ones (absolute discounting). So a word that no list has, but that is built
as Korean words are, costs little more than one that was seen, and a slip of the finger costs much more.

References
----------
.. [1] Ney, Essen, Kneser, "On structuring probabilistic dependences in stochastic language modelling", 1994.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import is_space
from malgil.errors import ArtefactError
from malgil.hangul.letters import FIRST, LAST

MODEL = Path(__file__).parent / "data" / "spelling_ko.npz"
ORDER = 5
BITS = 12
COSTS_A_NAT = 14
BACKOFFS_A_NAT = 32

#: Symbols of everything but known syllables; those begin at `N_CLASSES`. No symbol is 0, so that rows of all lengths
#: differ as numbers.
BLANK, DIGIT, LATIN, MARK, LOOSE = range(1, 6)
N_CLASSES = 6


def symbol_stream(texts: list[str], syllables: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Write texts as one row of symbols, a blank before and behind each.

    Parameters
    ----------
    texts : list of str
        Composed texts.
    syllables : ndarray of uint16
        Code points that have a symbol of their own, rising.

    Returns
    -------
    ndarray of uint16
        Runs of blanks, digits, Latin letters or marks are one symbol.
    """
    joined = " " + " ".join(texts) + " "
    points = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32)
    symbols = symbols_of(points, syllables)
    keep = np.ones(len(symbols), np.bool_)
    keep[1:] = (symbols[1:] >= LOOSE) | (symbols[1:] != symbols[:-1])
    return symbols[keep]


def symbols_of(points: NDArray[np.uint32], syllables: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Give each code point its symbol.

    Parameters
    ----------
    points : ndarray of uint32, shape (n,)
        Code points.
    syllables : ndarray of uint16
        Code points that have a symbol of their own, rising.

    Returns
    -------
    ndarray of uint16, shape (n,)
        `LOOSE` for letters of Hangul that stand alone and for rare syllables.
    """
    table = np.full(1 << 16, MARK, np.uint16)
    table[0x3131:0x3164] = table[FIRST : LAST + 1] = LOOSE
    table[syllables] = np.arange(N_CLASSES, N_CLASSES + len(syllables))
    table[ord("0") : ord("9") + 1] = DIGIT
    for first, last in ("AZ", "az"):
        table[ord(first) : ord(last) + 1] = LATIN
    symbols = np.where(points < 1 << 16, table[np.minimum(points, 0xFFFF)], MARK).astype(np.uint16)
    symbols[is_space(points)] = BLANK
    return symbols


@dataclass(frozen=True, eq=False)
class SpellingModel:
    """The model, ready for use.

    Parameters
    ----------
    syllables : ndarray of uint16
        Code points that have a symbol of their own, rising.
    known : ndarray of uint16, shape (11172,)
        Symbol of each syllable; `LOOSE` for rare ones.
    slots : ndarray of uint64, shape (2 ** k,)
        Open table of rows of symbols, side by side in one number; 0 where free.
    costs : ndarray of float32, shape (2 ** k, 2)
        For each row the cost of its last symbol, and that of falling back from it as a context, in nats.
    counts : dict of str to int
        Frequent eojeols with the number of documents that have them.
    n_counted : int
        Sum of `counts`.
    """

    syllables: NDArray[np.uint16]
    known: NDArray[np.uint16]
    slots: NDArray[np.uint64]
    costs: NDArray[np.float32]
    counts: dict[str, int]
    n_counted: int

    def symbols(self, text: str) -> NDArray[np.int64]:
        """Write a short text as symbols.

        Parameters
        ----------
        text : str
            Composed.

        Returns
        -------
        ndarray of int64
            Runs of blanks, digits, Latin letters or marks are one symbol.
        """
        points = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
        symbols = symbols_of(points, self.syllables).astype(np.int64)
        keep = np.ones(len(symbols), np.bool_)
        keep[1:] = (symbols[1:] >= LOOSE) | (symbols[1:] != symbols[:-1])
        return symbols[keep]

    def cost(self, left: NDArray[np.int64], text: NDArray[np.int64]) -> float:
        """Cost of symbols behind others.

        Parameters
        ----------
        left : ndarray of int64
            What stands before; the last `ORDER` - 1 count.
        text : ndarray of int64
            What is judged.

        Returns
        -------
        float
            Negative logarithm of the probability, in nats.
        """
        from malgil.clean._spelling_kernels import row_cost

        symbols = np.concatenate([left[1 - ORDER :], text])
        return float(row_cost(symbols, len(symbols) - len(text), len(symbols), self.slots, self.costs))


@cache
def load_model() -> SpellingModel:
    """Read the model that ships with the package, once a process.

    Returns
    -------
    SpellingModel
        Read only.

    Raises
    ------
    ArtefactError
        If the file is damaged or missing.
    """
    from malgil.clean._spelling_kernels import fill_slots

    try:
        with MODEL.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            syllables = arrays["syllables"]
            keys, values = _rows(arrays)
            counts = _words(arrays)
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        raise ArtefactError("spelling.model_damaged", path=MODEL, reason=error) from error
    slots = np.zeros(1 << int(2 * len(keys)).bit_length(), np.uint64)
    costs = np.zeros((len(slots), 2), np.float32)
    fill_slots(keys, values, slots, costs)
    known = symbols_of(np.arange(FIRST, LAST + 1, dtype=np.uint32), syllables)
    return SpellingModel(syllables, known, slots, costs, counts, sum(counts.values()))


def _rows(arrays: Any) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
    """Join the levels: every row is a shorter one and a symbol behind it."""
    keys, parts, values = np.zeros(1, np.uint64), [], []
    for order in range(1, ORDER + 1):
        last, children = arrays[f"last{order}"], arrays[f"children{order - 1}"]
        if len(children) != len(keys) or int(children.sum()) != len(last) or int(last.max()) >= 1 << BITS:
            raise ValueError(f"order {order}")
        keys = np.repeat(keys, children) << np.uint64(BITS) | last.astype(np.uint64)
        backoffs = arrays[f"backoff{order}"] if order < ORDER else np.zeros(len(keys), np.uint8)
        parts.append(keys)
        values.append(np.stack([arrays[f"cost{order}"] / COSTS_A_NAT, backoffs / BACKOFFS_A_NAT], axis=1))
    return np.concatenate(parts), np.concatenate(values).astype(np.float32)


def _words(arrays: Any) -> dict[str, int]:
    """Spell the words out again: each shares its beginning with the one before."""
    rests = arrays["word_rests"].tobytes().decode("utf-16-le").split("\n")
    words, word = [], ""
    for shared, rest in zip(arrays["word_shared"].tolist(), rests, strict=True):
        word = word[:shared] + rest
        words.append(word)
    return dict(zip(words, arrays["word_counts"].tolist(), strict=True))
