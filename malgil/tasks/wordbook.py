"""The words that a network writes: texts to numbers, numbers back to texts as people write them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from malgil.errors import ArtefactError
from malgil.ngram.joining import join_units, join_words
from malgil.ngram.settings import make_tokenizer
from malgil.sequences.specials import BOS, EOS, PAD, UNK
from malgil.strings import string_array
from malgil.tokenizers.clusters import BLANK_MARK
from malgil.tokenizers.saving import ready

SPECIALS = ("<pad>", "<unk>", "<s>", "</s>")
"""Words 0 to 3."""
MARKED = "marked"
"""Name of `MarkedWords`."""
_PIECE = re.compile(r"\w+|['’]\w+|[^\w\s]")


class Splitter(Protocol):
    """What cuts texts: any tokeniser, or `MarkedWords`."""

    name: str

    @property
    def params(self) -> dict[str, Any]:
        """JSON from which `splitter` makes an equal one."""

    def split(self, text: str) -> list[str]:
        """Cut one text.

        Parameters
        ----------
        text : str
            Any.

        Returns
        -------
        list of str
            Its forms.
        """


class MarkedWords:
    """Words and marks with their case; ``▁`` stands where a blank was, so that they can be put together again.

    Examples
    --------
    >>> MarkedWords().split("It's 3개, 원은!")
    ['▁It', "'s", '▁3개', ',', '▁원은', '!']
    """

    name = MARKED

    @property
    def params(self) -> dict[str, Any]:
        """JSON from which `splitter` makes an equal one."""
        return {"name": MARKED}

    def split(self, text: str) -> list[str]:
        """Cut one text.

        Parameters
        ----------
        text : str
            Composed (NFC) before it is cut.

        Returns
        -------
        list of str
            No character but white space is lost.
        """
        text = unicodedata.normalize("NFC", text)
        found = _PIECE.finditer(text)
        return [
            BLANK_MARK + piece.group() if not piece.start() or text[piece.start() - 1].isspace() else piece.group()
            for piece in found
        ]


def splitter(given: str | Mapping[str, Any] | Any, texts: Sequence[str] = ()) -> Splitter:
    """Make what cuts texts.

    Parameters
    ----------
    given : str, dict or Tokenizer
        ``"marked"``, or as `malgil.ngram.settings.make_tokenizer` takes it.
    texts : sequence of str
        What a tokeniser learns from that has to.

    Returns
    -------
    Splitter
        Ready to cut.

    Raises
    ------
    ParameterError
        If it is none of these.
    """
    name = given.get("name") if isinstance(given, Mapping) else given
    if (isinstance(name, str) and name == MARKED) or isinstance(given, MarkedWords):
        return MarkedWords()
    return ready(make_tokenizer(given), lambda: iter([string_array(list(texts))]))


@dataclass(frozen=True, eq=False)
class Wordbook:
    """Words by number, and what cuts texts into them.

    Parameters
    ----------
    splitter : Splitter, optional
        None where texts come as lists of words.
    terms : tuple of str
        The word of each number; the first four are `SPECIALS`.
    """

    splitter: Splitter | None
    terms: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.terms)

    @classmethod
    def learn(
        cls, splitter: Splitter | None, rows: Iterable[Sequence[str]], min_count: int = 1, max_terms: int | None = None
    ) -> Wordbook:
        """Learn the words of texts.

        Parameters
        ----------
        splitter : Splitter, optional
            What cut them.
        rows : iterable of (sequence of str)
            Words of each text.
        min_count : int
            Rarer words are unknown.
        max_terms : int, optional
            Words at most, special ones not counted: the most frequent ones.

        Returns
        -------
        Wordbook
            Words by falling count, equal ones by their code points.
        """
        counts = Counter(form for row in rows for form in row if form not in SPECIALS)
        kept = sorted((form for form in counts if counts[form] >= min_count), key=lambda form: (-counts[form], form))
        return cls(splitter, SPECIALS + tuple(kept[:max_terms]))

    @cached_property
    def number_of(self) -> dict[str, int]:
        """Number of each word; the special ones are not known by their names."""
        return {term: number for number, term in enumerate(self.terms) if number >= len(SPECIALS)}

    def split(self, text: str | Sequence[str]) -> list[str]:
        """Cut a text.

        Parameters
        ----------
        text : str or sequence of str
            Words are taken as they are.

        Returns
        -------
        list of str
            Its words.
        """
        return self.splitter.split(text) if self.splitter is not None and isinstance(text, str) else list(text)

    def numbers(self, forms: Sequence[str], extra: Sequence[str] = ()) -> list[int]:
        """Give words their numbers.

        Parameters
        ----------
        forms : sequence of str
            Words.
        extra : sequence of str
            Words to be numbered beyond the book's, from its length on: those that can be copied.

        Returns
        -------
        list of int
            1 for those that are not known.
        """
        further = {form: number for number, form in enumerate(extra, len(self))}
        return [self.number_of.get(form, further.get(form, UNK)) for form in forms]

    def text(self, numbers: Sequence[int], extra: Sequence[str] = ()) -> str:
        """Write numbers as a text.

        Parameters
        ----------
        numbers : sequence of int
            ``<pad>``, ``<s>`` and ``</s>`` are left out.
        extra : sequence of str
            Words of the numbers beyond the book's: those that were copied.

        Returns
        -------
        str
            Put together as the splitter took it apart; with blanks where there is none.
        """
        return self.joined(self.forms(numbers, extra))

    def forms(self, numbers: Sequence[int], extra: Sequence[str] = ()) -> list[str]:
        """Give the words of numbers.

        Parameters
        ----------
        numbers : sequence of int
            ``<pad>``, ``<s>`` and ``</s>`` are left out.
        extra : sequence of str
            Words of the numbers beyond the book's.

        Returns
        -------
        list of str
            Words; ``<unk>`` for a number beyond both.
        """
        further = dict(enumerate(extra, len(self)))
        kept = [number for number in numbers if number not in (PAD, BOS, EOS)]
        return [self.terms[n] if n < len(self) else further.get(n, self.terms[UNK]) for n in kept]

    def joined(self, forms: Sequence[str]) -> str:
        """Put words together.

        Parameters
        ----------
        forms : sequence of str
            Words.

        Returns
        -------
        str
            The text.
        """
        if self.splitter is None:
            return " ".join(forms)
        if self.splitter.name == MARKED:
            return join_units(list(forms), []).text
        return join_words(self.splitter, forms).text  # type: ignore[arg-type]  # all others are tokenisers

    def to_json(self) -> dict[str, Any]:
        """Give what a file keeps.

        Returns
        -------
        dict
            JSON.
        """
        params = None if self.splitter is None else self.splitter.params
        return {"splitter": params, "terms": list(self.terms)}

    @classmethod
    def from_json(cls, kept: Any, path: object) -> Wordbook:
        """Read what a file kept.

        Parameters
        ----------
        kept : object
            From `to_json`.
        path : object
            The file, for the message.

        Returns
        -------
        Wordbook
            Equal to the one that was kept.

        Raises
        ------
        ArtefactError
            If it is no word book.
        """
        terms = kept.get("terms") if isinstance(kept, dict) else None
        is_sound = isinstance(terms, list) and all(isinstance(term, str) for term in terms)
        if not is_sound or tuple(terms[: len(SPECIALS)]) != SPECIALS or len(set(terms)) != len(terms):  # type: ignore[index,arg-type]
            raise ArtefactError("writing.bad_words", path=path)
        params = kept.get("splitter")
        return cls(None if params is None else splitter(params), tuple(terms))  # type: ignore[arg-type]
