"""Which texts a model has read: a number for each, so that texts to test on can be looked for. No torch."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable

import numpy as np
import xxhash
from numpy.typing import NDArray

from malgil.corpus import as_texts
from malgil.ragged import Ragged
from malgil.tokens import Tokens

Prints = NDArray[np.uint64]


def fingerprints(texts: object) -> Prints:
    """Give texts numbers by what they say.

    Parameters
    ----------
    texts : list of str or of list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        Documents; the words of a `Ragged` are its numbers.

    Returns
    -------
    ndarray of uint64, shape (n,)
        Of each different text, rising: xxh3-64 of its NFC form without white space. Empty texts have none.
    """
    found = {xxhash.xxh3_64_intdigest(bare) for text in _texts_of(texts) if (bare := _bare(text))}
    return np.array(sorted(found), np.uint64)


def count_known(texts: object, known: Prints) -> int:
    """Count the texts that are among others.

    Parameters
    ----------
    texts : object
        As for `fingerprints`.
    known : ndarray of uint64
        Fingerprints of the others.

    Returns
    -------
    int
        Texts, equal ones counted each.
    """
    there = set(known.tolist())
    return sum(xxhash.xxh3_64_intdigest(bare) in there for text in _texts_of(texts) if (bare := _bare(text)))


def _bare(text: str) -> bytes:
    return unicodedata.normalize("NFC", "".join(text.split())).encode("utf-8", "surrogatepass")


def _texts_of(texts: object) -> Iterable[str]:
    if isinstance(texts, Tokens):
        forms, borders = texts.forms.to_pylist(), texts.indptr.tolist()
        pieces = [forms[word] for word in texts.ids.tolist()]
        return ["".join(pieces[low:high]) for low, high in itertools.pairwise(borders)]
    if isinstance(texts, Ragged):
        borders = texts.indptr.tolist()
        return [" ".join(map(str, texts.ids[low:high])) for low, high in itertools.pairwise(borders)]
    if isinstance(texts, list | tuple) and all(isinstance(row, list | tuple) for row in texts):
        return ["".join(row) for row in texts]
    return (text for text in as_texts(texts).to_pylist())
