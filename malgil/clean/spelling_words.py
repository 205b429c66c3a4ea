"""Words of the user's own texts, counted by the texts that have them, and found again from one key beside.

References
----------
.. [1] Garbe, "Symmetric delete spelling correction", 2012: two words are one edit apart where they, or what is left of
   them without one letter, are equal.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from malgil.hangul import strokes

LEAST_TEXTS = 2
_WORD = re.compile(r"[가-힣]+|[A-Za-z][a-z'’]+")


def count_words(texts: object) -> Counter[str]:
    """Count the texts that have each word.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
        Texts.

    Returns
    -------
    Counter of str
        Runs of syllables, and Latin words in lower case, of at least `LEAST_TEXTS` texts.
    """
    from malgil.corpus import text_blocks

    counts: Counter[str] = Counter()
    for block in text_blocks(texts):
        for text in block.to_pylist():
            counts.update({found.lower() for found in _WORD.findall(unicodedata.normalize("NFC", text))})
    return Counter({word: n for word, n in counts.items() if n >= LEAST_TEXTS})


class OwnWords:
    """The words with their counts, and an index of what is left of each without one key.

    Parameters
    ----------
    counts : mapping of str to int
        Word -> texts that have it.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = counts
        self.n_counted = sum(counts.values())
        self._left: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(counts):
            for rest in _deletions(strokes(word)):
                self._left[rest].append(word)

    def near(self, word: str) -> list[str]:
        """Find the words that one key makes of a word.

        Parameters
        ----------
        word : str
            Hangul.

        Returns
        -------
        list of str
            Sorted, without the word itself; some may be two edits apart.

        Examples
        --------
        >>> OwnWords({"말길": 3, "말꼴": 2}).near("밀길")
        ['말길']
        """
        if not self._left:
            return []
        found = {other for rest in _deletions(strokes(word)) for other in self._left.get(rest, ())}
        return sorted(found - {word})


def _deletions(typed: str) -> Iterable[str]:
    return {typed, *(typed[:at] + typed[at + 1 :] for at in range(len(typed)))}
