"""Words that are spelled almost like an unknown one."""

from __future__ import annotations

import unicodedata

import numpy as np

from malgil.embeddings.keys import Keys

_LOOKED_AT = 200_000  # words, the most frequent ones where the set stands by falling count
_STROKES_FOR_ONE, _MOST_DISTANT = 3, 3
_BYTES_A_STROKE = 3


def near_spellings(word: str, keys: Keys, k: int = 3) -> list[str]:
    """Find the words that take the fewest keystrokes to make from another.

    Parameters
    ----------
    word : str
        Such as one that is not there.
    keys : Keys
        The words that are.
    k : int
        How many at most.

    Returns
    -------
    list of str
        By rising distance, then by place. A distance counts letters of the keyboard for Hangul (영하 is one from 영화),
        characters for all else, two neighbours swapped once; at most one in three is wrong, and at most three.
    """
    from rapidfuzz.distance import OSA

    from malgil.hangul import strokes
    from malgil.hangul.columns import stroke_points

    spelled = strokes(unicodedata.normalize("NFC", word).encode("utf-8", "replace").decode())
    if not spelled:
        return []
    most = min(max(1, len(spelled) // _STROKES_FOR_ONE), _MOST_DISTANT)
    strings = keys.strings[:_LOOKED_AT]
    lengths = np.diff(np.frombuffer(strings.buffers()[1], np.int64)[strings.offset : strings.offset + len(strings) + 1])
    room = _BYTES_A_STROKE * most
    n_bytes = len(word.encode("utf-8", "replace"))
    places = np.flatnonzero((lengths >= n_bytes - room) & (lengths <= n_bytes + room))
    points = stroke_points(strings.take(places))
    distances = [OSA.distance(spelled, points.text(row), score_cutoff=most) for row in range(len(places))]
    near = sorted((distance, at) for distance, at in zip(distances, places.tolist(), strict=True) if distance <= most)
    return [keys[at] for _, at in near[:k]]
