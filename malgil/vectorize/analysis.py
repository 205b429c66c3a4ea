"""From a document to its features, as the parameters of a vectoriser say: the way that works for everything.

Everything built here can be pickled if its parts can, and a subclass may override any of the ``build_*`` methods.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from malgil.errors import DataError, ParameterError
from malgil.messages import render
from malgil.params import Parametrised, choose
from malgil.tokenizers.factory import TOKENIZERS, tokenizer
from malgil.vectorize.accents import strip_accents_ascii, strip_accents_unicode
from malgil.vectorize.constraints import warn_of_unused
from malgil.vectorize.ngrams import char_ngrams, char_wb_ngrams, word_ngrams

DEFAULT_PATTERN = r"(?u)\b\w\w+\b"
_ACCENTS: dict[str, Callable[[str], str]] = {"ascii": strip_accents_ascii, "unicode": strip_accents_unicode}
_CHARACTERS = {"char": char_ngrams, "char_wb": char_wb_ngrams}

Analyzer = Callable[[Any], Iterable[Any]]


@dataclass(frozen=True)
class _Preprocess:
    """Lower case, then accents."""

    lowercase: bool
    accents: Callable[[str], str] | None

    def __call__(self, text: str) -> str:
        text = text.lower() if self.lowercase else text
        return text if self.accents is None else self.accents(text)


@dataclass(frozen=True)
class _Analyze:
    """Apply one step after the other."""

    steps: tuple[Callable[[Any], Any], ...]

    def __call__(self, document: Any) -> Any:
        for step in self.steps:
            document = step(document)
        return document


@dataclass(kw_only=True, eq=False)
class Analysis(Parametrised):
    """The parameters that all vectorisers of texts share.

    Parameters
    ----------
    input : {"content", "filename", "file"}
        What a document is given as.
    encoding, decode_error : str
        How bytes are read.
    strip_accents : {"ascii", "unicode"} or callable, optional
        How accents go.
    lowercase : bool
        Whether texts are read in lower case.
    preprocessor : callable, optional
        In place of lower case and accents.
    tokenizer : callable or str, optional
        In place of `token_pattern`; a name stands for a tokeniser of malgil, such as ``"kiwi"``.
    stop_words : "english" or list of str, optional
        Words to leave out.
    token_pattern : str, optional
        What a word is.
    ngram_range : tuple of (int, int)
        Smallest and largest n.
    analyzer : {"word", "char", "char_wb"} or callable
        What features are made of.
    """

    input: Any = "content"
    encoding: str = "utf-8"
    decode_error: str = "strict"
    strip_accents: Any = None
    lowercase: bool = True
    preprocessor: Any = None
    tokenizer: Any = None
    stop_words: Any = None
    token_pattern: str | None = DEFAULT_PATTERN
    ngram_range: tuple[int, int] = (1, 1)
    analyzer: Any = "word"

    def decode(self, doc: Any) -> Any:
        """Read one document as its text.

        Parameters
        ----------
        doc : str, bytes, path or file
            As `input` says.

        Returns
        -------
        str
            The text.

        Raises
        ------
        DataError
            If it is ``np.nan``.
        """
        if self.input == "filename":
            with open(doc, "rb") as file:  # noqa: PTH123  (a path, or whatever `open` takes)
                doc = file.read()
        elif self.input == "file":
            doc = doc.read()
        if isinstance(doc, bytes):
            doc = doc.decode(self.encoding, self.decode_error)
        if doc is np.nan:
            raise DataError("vectorize.not_a_document")
        return doc

    def build_preprocessor(self) -> Callable[[Any], Any]:
        """Make what turns a raw text into the text that is cut.

        Returns
        -------
        callable
            Text -> text.

        Raises
        ------
        ParameterError
            If `strip_accents` is not known.
        """
        if self.preprocessor is not None:
            given: Callable[[Any], Any] = self.preprocessor
            return given
        accents = self.strip_accents or None
        if accents is not None and not callable(accents):
            if accents not in _ACCENTS:
                raise ParameterError("vectorize.bad_accents", value=accents)
            accents = _ACCENTS[accents]
        return _Preprocess(self.lowercase, accents)

    def build_tokenizer(self) -> Callable[[Any], Any]:
        """Make what cuts a text into tokens.

        Returns
        -------
        callable
            Text -> list of str.

        Raises
        ------
        ParameterError
            If the pattern has several groups, or no tokeniser has that name.
        """
        if isinstance(self.tokenizer, str):
            choose(TOKENIZERS, "tokenizer", self.tokenizer)
            split: Callable[[Any], Any] = named_tokenizer(self.tokenizer).split
            return split
        if self.tokenizer is not None:
            given: Callable[[Any], Any] = self.tokenizer
            return given
        pattern: re.Pattern[str] = re.compile(self.token_pattern)  # type: ignore[arg-type]  # None fails as for the peer
        if pattern.groups > 1:
            raise ParameterError("vectorize.several_groups")
        return pattern.findall

    def get_stop_words(self) -> frozenset[str] | None:
        """List the stop words that are in effect.

        Returns
        -------
        frozenset of str or None
            ``None`` where there are none.

        Raises
        ------
        ParameterError
            If a built-in list of that name does not exist.
        """
        if self.stop_words is None:
            return None
        if isinstance(self.stop_words, str):
            if self.stop_words != "english":
                raise ParameterError("vectorize.unknown_stop_list", name=self.stop_words)
            from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

            words: frozenset[str] = ENGLISH_STOP_WORDS
            return words
        return frozenset(self.stop_words)

    def build_analyzer(self) -> Analyzer:
        """Make what turns a document into its features.

        Returns
        -------
        callable
            Document -> features in order, with repetitions.

        Raises
        ------
        ParameterError
            If `analyzer` is not known.
        """
        if callable(self.analyzer):
            return _Analyze((self.decode, self.analyzer))
        preprocess = self.build_preprocessor()
        if self.analyzer in _CHARACTERS:
            cut = partial(_CHARACTERS[self.analyzer], ngram_range=self.ngram_range)
            return _Analyze((self.decode, preprocess, cut))
        if self.analyzer != "word":
            raise ParameterError("vectorize.bad_analyzer", value=self.analyzer)
        stop_words, tokenize = self.get_stop_words(), self.build_tokenizer()
        self._check_stop_words_consistency(stop_words, preprocess, tokenize)
        join = partial(word_ngrams, ngram_range=self.ngram_range, stop_words=stop_words)
        return _Analyze((self.decode, preprocess, tokenize, join))

    def _check_stop_words_consistency(
        self, stop_words: frozenset[str] | None, preprocess: Callable[[Any], Any], tokenize: Callable[[Any], Any]
    ) -> bool | str | None:
        """Warn, once for each list, of stop words that the analysis would never bring forth.

        Returns
        -------
        bool, "error" or None
            Whether all is well; "error" where a part takes no texts, None where the list was looked at before.
        """
        if id(self.stop_words) == getattr(self, "_stop_words_id", None):
            return None
        try:
            strangers = {
                token
                for word in stop_words or ()
                for token in tokenize(preprocess(word))
                if token not in stop_words  # type: ignore[operator]
            }
        except Exception:  # a preprocessor may want records, not texts
            self._stop_words_id = id(self.stop_words)
            return "error"
        self._stop_words_id = id(self.stop_words)
        if strangers:
            warnings.warn(render("vectorize.stop_words_differ", tokens=sorted(strangers)), stacklevel=2)
        return not strangers

    def _check_texts(self, raw_documents: object) -> None:
        if isinstance(raw_documents, str):
            raise ParameterError("vectorize.single_string")

    def _check_ngram_range(self) -> None:
        low, high = self.ngram_range
        if low > high:
            raise ParameterError("vectorize.bad_ngram_range", value=self.ngram_range)

    def _warn_of_unused(self) -> None:
        warn_of_unused(self._unused())

    def _unused(self) -> Iterable[tuple[str, str]]:
        """Parameters that have no effect, and which other one is the cause."""
        is_callable, not_word = callable(self.analyzer), "'analyzer' != 'word'"
        is_chosen = self.token_pattern is not None and self.token_pattern != DEFAULT_PATTERN
        if self.tokenizer is not None and self.token_pattern is not None:
            if is_chosen or not isinstance(self.tokenizer, str):  # a tokeniser's name is enough said
                yield "token_pattern", "'tokenizer' is not None'"
        if self.preprocessor is not None and is_callable:
            yield "preprocessor", "'analyzer' is callable'"
        if self.ngram_range not in ((1, 1), None) and is_callable:
            yield "ngram_range", "'analyzer' is callable'"
        if self.analyzer != "word":
            if self.stop_words is not None:
                yield "stop_words", not_word
            if is_chosen:
                yield "token_pattern", not_word
            if self.tokenizer is not None:
                yield "tokenizer", not_word


def named_tokenizer(name: str) -> Any:
    """Make a tokeniser that leaves lower-casing to the vectoriser.

    Parameters
    ----------
    name : str
        As in `malgil.tokenizers.tokenizer`.

    Returns
    -------
    Tokenizer
        Cuts the text as it is.
    """
    return tokenizer(name) if name in ("kiwi", "english") else tokenizer(name, lowercase=False)
