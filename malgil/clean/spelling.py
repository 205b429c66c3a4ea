"""The speller: suggestions for a word and careful corrections of texts, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, Self

from malgil.clean.corrections import Correction, Suggestion, corrected
from malgil.clean.spelling_words import OwnWords, count_words
from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.params import Parametrised, choose

_BLOCK = 512


class Language(Protocol):
    """What a language brings to the speller."""

    def suggest(self, word: str, k: int, left: str, right: str) -> list[Suggestion]:
        """Suggest words for a word between its neighbours.

        Parameters
        ----------
        word : str
            One word.
        k : int
            Most suggestions.
        left, right : str
            The text around it.

        Returns
        -------
        list of Suggestion
            The likeliest first.
        """

    def check(self, text: str) -> list[Correction]:
        """Find what to correct.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        list of Correction
            In the order of the text, none overlapping.
        """


def _korean(speller: Speller) -> Language:
    from malgil.clean.spelling_korean import KoreanSpelling
    from malgil.clean.spelling_model import load_model

    return KoreanSpelling(load_model(), speller.known_words, speller.min_gain, use_kiwi=speller.kiwi)


def _english(speller: Speller) -> Language:
    from malgil.clean.spelling_english import EnglishSpelling

    return EnglishSpelling(speller.own_, speller.min_gain)


LANGUAGES = {"ko": _korean, "en": _english}


@dataclass(kw_only=True, eq=False)
class Speller(Parametrised):
    """Suggest and correct spellings.

    Korean words are not just looked up: whatever one slip of a finger could have made the word of is judged by how
    Korean words are built and by its neighbours, so that an ending that no list has is no error. What the orthography
    settles (되 / 돼, 안 / 않, 며칠) goes by rules, and words typed in the wrong state of the keyboard turn back.
    English comes from symspellpy.

    Parameters
    ----------
    lang : {"ko", "en"}
        The language.
    kiwi : bool
        Whether Kiwi's model of typing errors adds candidates, Korean only; it takes seconds to load.
    min_gain : float
        `transform` changes a word only where that makes the text so many nats likelier; more is more careful.

    Attributes
    ----------
    own_ : Counter of str
        Words that `fit` learnt, with the number of texts that have them; none before.

    Examples
    --------
    >>> Speller().transform(["안녕하새요, 부탁드립ㅂ니다.", "몇일이면 되요?", "dkssudgktpdy"])
    ['안녕하세요, 부탁드립니다.', '며칠이면 돼요?', '안녕하세요']
    >>> [suggestion.word for suggestion in Speller().suggest("하지반", k=2)]
    ['하지만', '하지안']
    """

    lang: str = field(default="ko", kw_only=False)
    kiwi: bool = False
    min_gain: float = 7.5

    def __post_init__(self) -> None:
        self.own_: Counter[str] = Counter()
        self._known_words: OwnWords | None = None

    def fit(self, texts: object, y: object = None) -> Self:
        """Learn the words of the user's own texts, so that names and terms are known.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Texts; words of at least two of them are learnt, and never changed.
        y : object
            Not used.

        Returns
        -------
        Speller
            Itself.
        """
        self.own_ = count_words(texts)
        self._known_words = None
        return self

    @property
    def known_words(self) -> OwnWords:
        """The words of `own_`, indexed when they are first asked for."""
        if self._known_words is None:
            self._known_words = OwnWords(self.own_)
        return self._known_words

    def suggest(self, word: str, k: int = 5, *, left: str = "", right: str = "") -> list[Suggestion]:
        """Suggest what a word may have been meant to be.

        Parameters
        ----------
        word : str
            One word.
        k : int
            Most suggestions to give.
        left, right : str
            The text before and behind it, with the blanks; counts towards the likelihood.

        Returns
        -------
        list of Suggestion
            The likeliest first, equal ones by the word; the word itself has its place among them.

        Raises
        ------
        ParameterError
            If `word` is not one word, `k` is below 1 or `lang` is not known.
        MissingError
            If the language needs a package that is not installed.
        """
        if k < 1:
            raise ParameterError("spelling.bad_k", value=k)
        if not word or any(char.isspace() for char in word):
            raise ParameterError("spelling.no_word", value=word, language=self.lang)
        return self._language().suggest(word, k, left, right)

    def check(self, texts: object, n_jobs: int | None = None) -> list[list[Correction]]:
        """Find what `transform` would change.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Texts.
        n_jobs : int, optional
            Number of threads, all cores by default.

        Returns
        -------
        list of list of Correction
            For each text, in its order; none overlap.

        Raises
        ------
        ParameterError
            If `lang` is not known.
        MissingError
            If the language needs a package that is not installed.
        """
        language = self._language()
        blocks = (
            found for found in map_blocks(lambda block: [language.check(text) for text in block], _lists(texts), n_jobs)
        )
        return [row for block in blocks for row in block]

    def transform(self, texts: object, n_jobs: int | None = None) -> list[str]:
        """Correct texts, carefully: what is not clearly wrong stays.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Texts.
        n_jobs : int, optional
            Number of threads, all cores by default.

        Returns
        -------
        list of str
            As many, in order. White space is never changed, nor anything outside the corrected words.

        Raises
        ------
        ParameterError
            If `lang` is not known.
        MissingError
            If the language needs a package that is not installed.
        """
        language = self._language()

        def work(block: list[str]) -> list[str]:
            return [corrected(text, language.check(text)) for text in block]

        return [text for block in map_blocks(work, _lists(texts), n_jobs) for text in block]

    def _language(self) -> Language:
        return choose(LANGUAGES, "lang", self.lang)(self)


def _lists(texts: object) -> Iterator[list[str]]:
    from malgil.corpus import text_blocks

    for block in text_blocks(texts):
        for low in range(0, len(block), _BLOCK):
            yield block.slice(low, _BLOCK).to_pylist()
