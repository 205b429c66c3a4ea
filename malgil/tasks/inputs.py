"""What estimators read: texts, lists of tokens, or series of numbers, brought into flat arrays. No torch."""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import ArtefactError, DataError, ParameterError
from malgil.params import choose
from malgil.sequences.specials import BOS, SPECIALS, UNK
from malgil.tasks.frames import Frame, is_clip, joined_frames
from malgil.tasks.kinds import Kind, kind_of, rows_of
from malgil.tasks.numeric_series import borders_of, joined, standard
from malgil.tasks.read import Ids, Read

FIRST_TERM = 4
"""Terms 0 to 3 are ``<pad> <unk> <s> </s>``; letters begin at 2, after none and unknown."""
FIRST_LETTER = 2
LONGEST_WORD = 24
"""Letters of a word that its spelling is read by."""
FORMS: Mapping[str, Literal["NFC", "NFD"]] = {"char": "NFC", "jamo": "NFD"}
"""What a word is spelled in -> the Unicode form whose code points these are."""


@dataclass(eq=False)
class Reader:
    """Learns the vocabulary of a task's inputs and turns inputs into arrays.

    Parameters
    ----------
    tokenizer : str, dict or Tokenizer
        What cuts texts; not used for lists of tokens and numbers.
    min_count : int
        Rarer terms are ``<unk>``.
    max_terms : int, optional
        Terms at most, the most frequent ones; special ones not counted.
    max_length : int, optional
        Steps at most; what lies behind is cut.
    characters : {"char", "jamo"}, optional
        What words are spelled in, beside their own number.
    """

    tokenizer: Any = "kiwi"
    min_count: int = 2
    max_terms: int | None = None
    max_length: int | None = None
    characters: str | None = None
    begins: bool = field(default=False, init=False)
    """Whether ``<s>`` stands before the words of every sequence."""
    kind: Kind = field(default="text", init=False)
    terms: tuple[str, ...] = field(default=(), init=False)
    letters: str = field(default="", init=False)
    frame: Frame | None = field(default=None, init=False)
    shift: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32), init=False)
    scale: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32), init=False)

    @property
    def n_terms(self) -> int:
        """Terms with the special ones."""
        return FIRST_TERM + len(self.terms)

    @property
    def n_letters(self) -> int:
        """Letters with none and unknown; 0 where words are not spelled."""
        return FIRST_LETTER + len(self.letters) if self.characters and self.kind != "numbers" else 0

    @property
    def n_features(self) -> int:
        """Numbers of a step; 0 for words."""
        if self.frame is not None:
            return int(np.prod(self.frame))
        return len(self.shift) if self.kind == "numbers" else 0

    @classmethod
    def knowing(cls, tokenizer: Any, terms: tuple[str, ...], X: Any, max_length: int | None) -> Reader:
        """Make a reader with the words of a language model, which begins every sequence with ``<s>``.

        Parameters
        ----------
        tokenizer : str, dict or Tokenizer
            What cuts texts.
        terms : tuple of str
            The words.
        X : sequence
            Inputs of the kind that is to be read.
        max_length : int, optional
            Words at most.

        Returns
        -------
        Reader
            Ready to read.

        Raises
        ------
        ParameterError
            If the inputs are no texts or lists of tokens.
        """
        from malgil.ngram.settings import make_tokenizer

        made = cls(make_tokenizer(tokenizer), 1, None, max_length)
        made.terms, made.begins, made.kind = terms, True, kind_of(rows_of(X))
        if made.kind == "numbers":
            raise ParameterError("tasks.other_kind", found=made.kind, wanted="text")
        return made

    def fit(self, X: Any, rows: NDArray[np.int64] | None = None) -> Read:
        """Learn from inputs, and read them.

        Parameters
        ----------
        X : sequence
            Texts, lists of tokens, arrays (T, C) of numbers, or clips (T, h, w, 3); one kind.
        rows : ndarray of int64, optional
            Those to learn words, letters and scale from; the others are only read. All by default.

        Returns
        -------
        Read
            The inputs.

        Raises
        ------
        ParameterError
            If an option cannot be used, or the inputs are of no known kind.
        DataError
            If there are none, or one holds something else than the others; names its row.
        """
        if self.characters is not None:
            choose(FORMS, "characters", self.characters)
        X = rows_of(X)
        self.kind = kind_of(X)
        rows = np.arange(len(X)) if rows is None else rows
        if self.kind == "numbers" and is_clip(X[0]):
            indptr, pixels, self.frame = joined_frames(X)
            return self._read_pixels(indptr, pixels)
        if self.kind == "numbers":
            indptr, values = joined(X)
            self.shift, self.scale = standard(values[_steps_of(indptr, rows)])
            return self._read_numbers(indptr, values)
        if self.kind == "text":
            from malgil.ngram.settings import make_tokenizer
            from malgil.tokenizers.saving import ready

            texts = _texts(X)
            self.tokenizer = ready(make_tokenizer(self.tokenizer), lambda: iter([texts.take(pa.array(rows))]))
        indptr, ids, forms = self._split(X)
        counts = np.bincount(ids[_steps_of(indptr, rows)], minlength=len(forms))
        is_kept = counts >= max(self.min_count, 1)  # what only the other rows hold is counted 0
        order = sorted(np.flatnonzero(is_kept).tolist(), key=lambda i: (-int(counts[i]), forms[i]))
        self.terms = tuple(forms[i] for i in order[: self.max_terms])
        self.__dict__.pop("_number_of", None)
        if self.characters:
            self.letters = "".join(sorted({letter for term in self.terms for letter in self._spelled(term)}))
        return self._read_words(indptr, ids, forms)

    def read(self, X: Any) -> Read:
        """Read inputs.

        Parameters
        ----------
        X : sequence
            Of the kind that was learned from.

        Returns
        -------
        Read
            The inputs.

        Raises
        ------
        ParameterError
            If they are of another kind.
        DataError
            If a series has another number of values a step, or a clip frames of another size.
        """
        X = rows_of(X)
        if not len(X):
            return self._empty()
        if (found := kind_of(X)) != self.kind:
            raise ParameterError("tasks.other_kind", found=found, wanted=self.kind)
        if self.frame is not None:
            return self._read_pixels(*joined_frames(X, self.frame)[:2])
        if self.kind == "numbers":
            return self._read_numbers(*joined(X, self.n_features))
        return self._read_words(*self._split(X))

    def tokens_of(self, x: Any) -> list[str]:
        """Name the steps of one input, as they are read.

        Parameters
        ----------
        x : object
            One input.

        Returns
        -------
        list of str
            Its tokens; the numbers of the steps where it is a series.
        """
        if self.kind == "numbers":
            return [str(step) for step in range(int(self.read([x]).lengths[0]))]
        _, ids, forms = self._split([x])
        found = [forms[i] for i in ids.tolist()][: self.max_length]
        return [SPECIALS[BOS], *found] if self.begins else found

    def cut_steps(self, indptr: NDArray[np.int64], values: NDArray[Any]) -> NDArray[Any]:
        """Cut the values of steps where `read` cuts the steps.

        Parameters
        ----------
        indptr : ndarray of int64, shape (n + 1,)
            Borders of the whole sequences.
        values : ndarray, shape (n_steps, ...)
            What belongs to their steps.

        Returns
        -------
        ndarray
            What belongs to those that stay.
        """
        cut: NDArray[Any] = values[self._cut(indptr)[1]]
        return cut

    def without_limit(self) -> Reader:
        """Give a reader that cuts nothing.

        Returns
        -------
        Reader
            Else the same.
        """
        made = copy.copy(self)
        made.max_length = None
        return made

    def to_json(self) -> dict[str, Any]:
        """Give what a file keeps.

        Returns
        -------
        dict
            JSON.
        """
        return {
            "tokenizer": self.tokenizer.params if self.kind == "text" else None,
            "kind": self.kind,
            "terms": list(self.terms),
            "letters": self.letters,
            "frame": self.frame,
            "characters": self.characters,
            "max_length": self.max_length,
            "begins": self.begins,
            "shift": self.shift.tolist(),
            "scale": self.scale.tolist(),
        }

    @classmethod
    def from_json(cls, kept: Any, path: object) -> Reader:
        """Take back what `to_json` gave.

        Parameters
        ----------
        kept : object
            JSON.
        path : object
            The file, for the message.

        Returns
        -------
        Reader
            Equal to the one that was kept.

        Raises
        ------
        ArtefactError
            If it is no reader.
        """
        try:
            made = cls(kept["tokenizer"], max_length=kept["max_length"], characters=kept["characters"])
            made.kind, made.terms, made.letters = kept["kind"], tuple(kept["terms"]), kept["letters"]
            made.begins = bool(kept.get("begins", False))
            made.shift, made.scale = (np.array(kept[name], np.float32) for name in ("shift", "scale"))
            made.frame = None if kept.get("frame") is None else tuple(map(int, kept["frame"]))  # type: ignore[assignment]
            is_sound = made.frame is None or (len(made.frame) == 3 and min(made.frame) > 0 and made.kind == "numbers")
            is_sound &= made.kind in ("text", "tokens", "numbers") and made.characters in (None, *FORMS)
            is_sound &= all(isinstance(term, str) for term in made.terms) and isinstance(made.letters, str)
            is_sound &= made.shift.ndim == 1 and made.shift.shape == made.scale.shape
        except (KeyError, TypeError, ValueError) as error:
            raise ArtefactError("tasks.bad_reader", path=path) from error
        if not is_sound:
            raise ArtefactError("tasks.bad_reader", path=path)
        if made.kind == "text":
            from malgil.ngram.settings import make_tokenizer

            made.tokenizer = make_tokenizer(made.tokenizer)
        return made

    def _split(self, X: Any) -> tuple[NDArray[np.int64], Ids, list[str]]:
        if self.kind == "text":
            tokens = self.tokenizer.tokenize(_texts(X))
            return tokens.indptr, np.asarray(tokens.ids, np.int32), tokens.forms.to_pylist()
        place: dict[str, int] = {}
        # decomposed Hangul is the same word
        flat: list[int] = []
        for row, tokens in enumerate(X):
            if isinstance(tokens, str) or not hasattr(tokens, "__len__"):
                raise DataError("tasks.no_tokens", row=row, value=tokens)
            for token in tokens:
                if not isinstance(token, str):
                    raise DataError("tasks.no_token", row=row, value=token)
                flat.append(place.setdefault(unicodedata.normalize("NFC", token), len(place)))
        return borders_of(X), np.array(flat, np.int32), list(place)

    @cached_property
    def _number_of(self) -> dict[str, int]:
        """Number of each term; made once, not for every text that is asked about."""
        return {term: number for number, term in enumerate(self.terms, FIRST_TERM)}

    def _read_words(self, indptr: NDArray[np.int64], ids: Ids, forms: list[str]) -> Read:
        numbers = np.array([self._number_of.get(form, UNK) for form in forms] + [0], np.int32)
        indptr, kept, cut = self._cut(indptr)
        ids = ids[kept]
        if self.begins:
            words = np.insert(numbers[ids], indptr[:-1], BOS).astype(np.int32)
            return Read(indptr + np.arange(len(indptr)), words, cut_ratio=cut)
        if not self.characters:
            return Read(indptr, numbers[ids], cut_ratio=cut)
        return Read(indptr, numbers[ids], forms=ids, spellings=self._spell(forms), cut_ratio=cut)

    def _spelled(self, form: str) -> str:
        return unicodedata.normalize(FORMS[self.characters or "char"], form)[:LONGEST_WORD]

    def _spell(self, forms: Iterable[str]) -> Ids:
        number_of = {letter: number for number, letter in enumerate(self.letters, FIRST_LETTER)}
        rows = [[number_of.get(letter, 1) for letter in self._spelled(form)] for form in forms]
        table = np.zeros((max(len(rows), 1), max([1, *map(len, rows)])), np.int32)
        for row, spelled in enumerate(rows):
            table[row, : len(spelled)] = spelled
        return table

    def _read_numbers(self, indptr: NDArray[np.int64], values: NDArray[np.float32]) -> Read:
        indptr, kept, cut = self._cut(indptr)
        return Read(indptr, numbers=(values[kept] - self.shift) / self.scale, cut_ratio=cut)

    def _read_pixels(self, indptr: NDArray[np.int64], pixels: NDArray[Any]) -> Read:
        indptr, kept, cut = self._cut(indptr)
        return Read(indptr, numbers=pixels[kept], cut_ratio=cut)

    def _cut(self, indptr: NDArray[np.int64]) -> tuple[NDArray[np.int64], Any, float]:
        lengths = np.diff(indptr)
        if self.max_length is None or not len(lengths) or lengths.max() <= self.max_length:
            return indptr, slice(None), 0.0
        place = np.arange(int(indptr[-1])) - np.repeat(indptr[:-1], lengths)
        kept = place < self.max_length
        borders = np.concatenate([[0], np.cumsum(np.minimum(lengths, self.max_length))]).astype(np.int64)
        return borders, kept, float(1 - kept.mean())

    def _empty(self) -> Read:
        borders = np.zeros(1, np.int64)
        if self.kind == "numbers":
            return Read(borders, numbers=np.zeros((0, self.n_features), np.float32))
        none = np.zeros(0, np.int32)
        spelled = {"forms": none, "spellings": np.zeros((1, 1), np.int32)} if self.characters else {}
        return Read(borders, none, **spelled)  # type: ignore[arg-type]


def _texts(X: Any) -> pa.LargeStringArray:
    import pyarrow.compute as pc

    from malgil.corpus import as_texts

    composed: pa.LargeStringArray = pc.utf8_normalize(as_texts(X), form="NFC")
    return composed


def _steps_of(indptr: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which steps belong to some sequences."""
    is_chosen = np.zeros(len(indptr) - 1, bool)
    is_chosen[rows] = True
    return np.repeat(is_chosen, np.diff(indptr))
