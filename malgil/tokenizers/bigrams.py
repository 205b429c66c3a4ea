"""Syllables and pairs of neighbouring syllables: words inside compounds are found without knowing any word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.hangul import join_conjoining
from malgil.tokenizers.by_characters import CharacterTokenizer
from malgil.tokenizers.characters import PATTERNS, Characters, Rule, characters
from malgil.tokenizers.encoder import Encoder
from malgil.tokenizers.forms import Packed

_RUNS = re.compile("[가-힣]+|[^가-힣]+")


@dataclass(frozen=True, kw_only=True)
class BigramTokenizer(CharacterTokenizer):
    r"""Tokens are the syllables of Hangul and the pairs of neighbouring ones; the rest of a word stays whole.

    A word is a run of ``\\w`` as for `WordTokenizer`. In it, a run of n syllables gives n syllables and n - 1 pairs, in
    the order of the text, each pair between its syllables; what stands between such runs (letters of other scripts,
    digits, loose jamo) is a token as it is. Syllables in conjoining jamo (NFD) have the form of composed ones, and
    the span of what they are written with.

    Parameters
    ----------
    lowercase : bool
        Whether to read texts in lower case.

    Examples
    --------
    >>> BigramTokenizer().split("iPhone을 영화관 앞")
    ['iphone', '을', '영', '영화', '화', '화관', '관', '앞']
    """

    lowercase: bool = True
    rule: ClassVar[Rule] = "word"
    covers_all: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Name of the tokeniser."""
        return "bigram"

    @property
    def normalises(self) -> bool:
        """Whether a form may differ from the text in its span."""
        return True

    @property
    def params(self) -> dict[str, Any]:
        """Arguments of `malgil.tokenizers.tokenizer` that make an equal tokeniser."""
        return {"name": self.name, "lowercase": self.lowercase}

    def split(self, text: str) -> list[str]:
        """Forms of one text, without any kernel.

        Parameters
        ----------
        text : str
            Raw text.

        Returns
        -------
        list of str
            The forms that `tokenize` finds.
        """
        return [form for run in self._runs(text) for form in _cut(run)]

    def pairs(self, text: str) -> list[str]:
        """Give the forms of a text that say most: no syllable that stands in a pair.

        What a query should look for: its pairs. The order of the syllables is in them, so the single syllables would
        only add what nearly every document has.

        Parameters
        ----------
        text : str
            A query.

        Returns
        -------
        list of str
            Some of the forms that `split` finds, in its order; each syllable is in at least one.

        Examples
        --------
        >>> BigramTokenizer().pairs("iPhone을 영화관 앞")
        ['iphone', '을', '영화', '화관', '앞']
        """
        return [
            form
            for run in self._runs(text)
            for form in ((run[k : k + 2] for k in range(len(run) - 1)) if _is_long(run) else (run,))
        ]

    def encoder(self, *, has_spans: bool = True) -> Encoder:
        """Make what one worker needs to encode blocks.

        Parameters
        ----------
        has_spans : bool
            Whether spans are wanted.

        Returns
        -------
        Encoder
            With an empty table.
        """
        return _BigramEncoder(characters(self.rule, self.lowercase), has_spans)

    def _runs(self, text: str) -> list[str]:
        words = re.findall(PATTERNS[self.rule], text.lower() if self.lowercase else text)
        return [run for word in words for run in _RUNS.findall(join_conjoining(word))]


def _is_long(run: str) -> bool:
    """Whether a run is of several syllables."""
    return len(run) > 1 and "가" <= run[0] <= "힣"


def _cut(run: str) -> list[str]:
    if not _is_long(run):
        return [run]
    return [run[0], *(form for k in range(1, len(run)) for form in (run[k - 1 : k + 1], run[k]))]


class _BigramEncoder(Encoder):
    """Cuts the words of a stretch once more before they get their ids."""

    def __init__(self, characters: Characters, has_spans: bool) -> None:
        super().__init__(characters, has_spans)
        self._cut = _Cut.of(0, has_spans)

    def _scan(
        self, offsets: NDArray[np.int64], data: NDArray[np.uint8], first_doc: int
    ) -> tuple[Packed, NDArray[np.int64], NDArray[np.int32]]:
        from malgil.tokenizers._bigram_kernels import bigrams

        words, indptr, spans = super()._scan(offsets, data, first_doc)
        room = int(words.lengths.sum(dtype=np.int64))
        if room > len(self._cut.words):
            self._cut = _Cut.of(room, self._has_spans)
        cut, cut_indptr = self._cut, np.empty_like(indptr)
        source = (words.words.view(np.uint8), words.places, words.lengths, indptr, spans)
        n = bigrams(*source, cut.words, cut.words.view(np.uint8), cut.places, cut.lengths, cut_indptr, cut.spans)
        words.words[: words.places[-1]] = 0  # as the next scan needs it
        return Packed(cut.words, cut.places[: n + 1], cut.lengths[:n]), cut_indptr, cut.spans[:, :n]


class _Cut(NamedTuple):
    """Space for the tokens of one stretch: room for one of one word a byte, so no text can overflow it."""

    words: NDArray[np.uint64]
    places: NDArray[np.int64]
    lengths: NDArray[np.int32]
    spans: NDArray[np.int32]

    @classmethod
    def of(cls, n_bytes: int, has_spans: bool) -> _Cut:
        places, lengths = np.empty(n_bytes + 1, np.int64), np.empty(n_bytes, np.int32)
        return cls(np.empty(n_bytes, np.uint64), places, lengths, np.empty((2, n_bytes if has_spans else 0), np.int32))
