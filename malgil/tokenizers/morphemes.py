"""Kiwi's answers as flat arrays: forms, parts of speech and spans of many pieces of text.

Kiwi gives one object a morpheme. Each costs Kiwi some 25 microseconds of work, so what is done with it here, about half
a microsecond, has to stay in C: attributes are read by `map`, and a `dict` numbers the forms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import attrgetter
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

UNKNOWN = "UN"
TAGS = (
    *("NNG", "NNP", "NNB", "NR", "NP", "VV", "VV-R", "VV-I", "VA", "VA-R", "VA-I", "VX", "VX-R", "VX-I", "VCP", "VCN"),
    *("MM", "MAG", "MAJ", "IC", "JKS", "JKC", "JKG", "JKO", "JKB", "JKV", "JKQ", "JX", "JC"),
    *("EP", "EF", "EC", "ETN", "ETM", "XPN", "XSN", "XSV", "XSV-R", "XSV-I", "XSA", "XSA-R", "XSA-I", "XSM", "XR"),
    *("SF", "SP", "SS", "SSO", "SSC", "SE", "SO", "SW", "SL", "SH", "SN", "SB", UNKNOWN),
    *("W_URL", "W_EMAIL", "W_MENTION", "W_HASHTAG", "W_SERIAL", "W_EMOJI", "Z_CODA", "Z_SIOT"),
    *("USER0", "USER1", "USER2", "USER3", "USER4"),
)
"""Kiwi's parts of speech; a token's `tags` value is a place in here. ``-R`` and ``-I``: regular, irregular."""

_BATCH = 4096


class _TagIds(dict[str, int]):
    def __missing__(self, tag: str) -> int:
        return self[UNKNOWN]


TAG_IDS = _TagIds((tag, i) for i, tag in enumerate(TAGS))


class Morphemes(NamedTuple):
    """Morphemes of many pieces of text.

    Parameters
    ----------
    forms : list of str
        Distinct forms, in the order of first appearance.
    ids : ndarray of int32, shape (n_tokens,)
        Places in `forms`.
    tags : ndarray of uint8, shape (n_tokens,)
        Places in `TAGS`.
    start, end : ndarray of int64, shape (n_tokens,)
        Half-open spans in code points, from Kiwi of the piece: some are empty, some begin before the last one.
    lengths : ndarray of int64, shape (n_pieces,)
        Number of morphemes of each piece.
    """

    forms: list[str]
    ids: NDArray[np.int32]
    tags: NDArray[np.uint8]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def take(self, at: NDArray[Any], lengths: NDArray[np.int64]) -> Morphemes:
        """Choose morphemes.

        Parameters
        ----------
        at : ndarray of int64 or bool
            Places, or one truth value a morpheme.
        lengths : ndarray of int64, shape (n_pieces_after,)
            How many of them each piece has.

        Returns
        -------
        Morphemes
            With the same table of forms.
        """
        return Morphemes(self.forms, self.ids[at], self.tags[at], self.start[at], self.end[at], lengths)


_Words = tuple[tuple[str, str, float], ...]
_loaded: dict[tuple[int, _Words], Any] = {}
_loading = Lock()


def load(n_workers: int | None = None, user_words: _Words = ()) -> Any:
    """Load Kiwi, once a process: it takes seconds and hundreds of megabytes.

    Parameters
    ----------
    n_workers : int, optional
        Threads that Kiwi shall have. By default those of the model that is loaded already, else all cores.
    user_words : tuple of (str, str, float)
        Form, part of speech and score of words that it shall know beside its own.

    Returns
    -------
    kiwipiepy.Kiwi
        Ready to work. One model without and one with words of the user stay loaded; asking for another number of
        threads, or for other words, loads anew and lets go of the old one.
    """
    from malgil import engine

    with _loading:
        if n_workers is None:
            n_workers = next((n for n, words in _loaded if words == user_words), None)
        key = engine.n_workers(n_workers), user_words
        if key not in _loaded:
            from kiwipiepy import Kiwi

            for old in [old for old in _loaded if bool(old[1]) == bool(user_words)]:
                del _loaded[old]
            kiwi = Kiwi(num_workers=key[0])
            for word in user_words:
                kiwi.add_user_word(*word)
            kiwi.tokenize("")
            _loaded[key] = kiwi
        return _loaded[key]


def analyse(kiwi: Any, pieces: Sequence[str]) -> Morphemes:
    """Let Kiwi analyse pieces of text on its threads, and collect what it finds.

    Parameters
    ----------
    kiwi : kiwipiepy.Kiwi
        From `load`.
    pieces : sequence of str
        In NFC.

    Returns
    -------
    Morphemes
        In the order of the pieces.
    """
    place: defaultdict[str, int] = defaultdict()
    place.default_factory = place.__len__
    lengths: list[int] = []
    columns = [_columns(batch, place) for batch in _batches(kiwi.tokenize(pieces), lengths)]
    ids, tags, start, end = (np.concatenate(column) for column in zip(*columns, strict=True))
    return Morphemes(list(place), ids, tags, start, end, np.array(lengths, np.int64))


def _batches(results: Iterator[list[Any]], lengths: list[int]) -> Iterator[list[Any]]:
    """Join answers to lists that fit the cache; the objects are let go of soon."""
    batch: list[Any] = []
    for morphemes in results:
        lengths.append(len(morphemes))
        batch += morphemes
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch


_read_form, _read_tag, _read_start, _read_end = map(attrgetter, ("form", "tag", "start", "end"))


def _columns(batch: list[Any], place: defaultdict[str, int]) -> tuple[NDArray[Any], ...]:
    n = len(batch)
    return (
        np.fromiter(map(place.__getitem__, map(_read_form, batch)), np.int32, n),
        np.fromiter(map(TAG_IDS.__getitem__, map(_read_tag, batch)), np.uint8, n),
        np.fromiter(map(_read_start, batch), np.int64, n),
        np.fromiter(map(_read_end, batch), np.int64, n),
    )
