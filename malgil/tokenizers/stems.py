"""English words cut to their stems: runs, running and run are one term."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from malgil.strings import string_array
from malgil.tokenizers.by_characters import WordTokenizer
from malgil.tokenizers.protocol import BlockTokenizer
from malgil.tokens import Tokens

_WORDS = WordTokenizer()


@dataclass(frozen=True, kw_only=True)
class EnglishTokenizer(BlockTokenizer):
    r"""Tokens are runs of ``\\w`` in lower case, English words without their endings.

    Stems are those of Snowball's English stemmer; what is not written in ASCII letters stays as it is. Only distinct
    words are stemmed, so that a large corpus costs little more than with `WordTokenizer`.

    References
    ----------
    .. [1] Porter, "The English (Porter2) stemming algorithm", snowballstem.org, 2002.

    Examples
    --------
    >>> EnglishTokenizer().split("She was running; he runs. 영화를 3번")
    ['she', 'was', 'run', 'he', 'run', '영화를', '3번']
    """

    name: ClassVar[str] = "english"
    covers_all: ClassVar[bool] = False
    normalises: ClassVar[bool] = True

    @property
    def params(self) -> dict[str, Any]:
        """Arguments of `malgil.tokenizers.tokenizer` that make an equal tokeniser."""
        return {"name": self.name}

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
        return _stem(_WORDS.split(text))

    def tokenize_block(self, texts: pa.LargeStringArray) -> Tokens:
        """Tokens of one block, with a form table of its own.

        Parameters
        ----------
        texts : pa.LargeStringArray
            Raw texts.

        Returns
        -------
        Tokens
            Forms in the order of first appearance.

        Raises
        ------
        DataError
            If a text is not UTF-8.
        """
        words = _WORDS.tokenize_block(texts)
        place: dict[str, int] = {}
        of_word = [place.setdefault(stem, len(place)) for stem in _stem(words.forms.to_pylist())]
        ids = np.array(of_word, np.int32)[words.ids]
        return Tokens(string_array(list(place)), ids, words.indptr, words.start, words.end)


class _Stems(dict[str, str]):
    """Stems found so far: a word is stemmed once a process."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()  # a stemmer keeps the word that it is at
        self._stemmer: Any = None

    def __missing__(self, word: str) -> str:
        with self._lock:
            if self._stemmer is None:
                from snowballstemmer import stemmer

                self._stemmer = stemmer("english")
            self[word] = stem = str(self._stemmer.stemWord(word))
        return stem


_STEMS = _Stems()


def _stem(words: list[str]) -> list[str]:
    return [_STEMS[word] if word.isascii() and word.isalpha() else word for word in words]
