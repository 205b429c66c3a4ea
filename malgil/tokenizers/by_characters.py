"""The tokenisers that cut by the kind of each character, and so run in one kernel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from malgil.tokenizers.characters import PATTERNS, Rule, characters
from malgil.tokenizers.encoder import Encoder
from malgil.tokenizers.protocol import BlockTokenizer
from malgil.tokens import Tokens


@dataclass(frozen=True, kw_only=True)
class CharacterTokenizer(BlockTokenizer):
    """Tokens are the longest runs of characters of one kind in the text, or in its lower case.

    Spans are always those of the raw text: ``İ`` becomes two code points in lower case and still counts as one.

    Parameters
    ----------
    lowercase : bool
        Whether to read texts in lower case, as ``str.lower`` gives it for the whole text.
    """

    lowercase: bool = False
    rule: ClassVar[Rule]
    covers_all: ClassVar[bool]

    @property
    def name(self) -> str:
        """Name of the tokeniser."""
        return self.rule

    @property
    def normalises(self) -> bool:
        """Whether a form may differ from the text in its span."""
        return self.lowercase

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
        return re.findall(PATTERNS[self.rule], text.lower() if self.lowercase else text)

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
        return Encoder(characters(self.rule, self.lowercase), has_spans)

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
        encoder = self.encoder()
        ids, indptr, (start, end) = encoder.encode(texts)
        return Tokens(encoder.table.strings(), ids, indptr, start, end)


@dataclass(frozen=True, kw_only=True)
class WhitespaceTokenizer(CharacterTokenizer):
    """Tokens are what white space separates, as in ``str.split``.

    Parameters
    ----------
    lowercase : bool
        Whether to read texts in lower case. Without it, every form is the text in its span.

    Examples
    --------
    >>> WhitespaceTokenizer().split("이 영화,  참 Good!")
    ['이', '영화,', '참', 'Good!']
    """

    lowercase: bool = False
    rule: ClassVar[Rule] = "whitespace"
    covers_all: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class WordTokenizer(CharacterTokenizer):
    r"""Tokens are runs of letters, digits and ``_``, as ``\\w+`` finds them in ``re``; one syllable is enough.

    Parameters
    ----------
    lowercase : bool
        Whether to read texts in lower case.

    Examples
    --------
    >>> WordTokenizer().split("이 영화,  참 Good!")
    ['이', '영화', '참', 'good']
    """

    lowercase: bool = True
    rule: ClassVar[Rule] = "word"
    covers_all: ClassVar[bool] = False
