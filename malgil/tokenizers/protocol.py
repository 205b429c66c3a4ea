"""What every tokeniser can do, and the part that most of them share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from malgil.engine import Progress, map_blocks
from malgil.tokens import Tokens


class Tokenizer(Protocol):
    """Text -> tokens.

    Attributes
    ----------
    name : str
        What `malgil.tokenizers.tokenizer` knows it by.
    covers_all : bool
        Whether the spans together cover every character that is not white space.
    normalises : bool
        Whether a form may differ from the text in its span.
    """

    name: str
    covers_all: bool
    normalises: bool

    @property
    def params(self) -> dict[str, Any]:
        """JSON-able arguments of `tokenizer` that make an equal one, the name included."""

    def split(self, text: str) -> list[str]:
        """Forms of one short text, such as a query, without loading any kernel.

        Parameters
        ----------
        text : str
            Raw text.

        Returns
        -------
        list of str
            The forms that `tokenize` would find.
        """

    def save(self, path: str | Path) -> None:
        """Write the tokeniser with all that it learned; `malgil.tokenizers.open` reads it back.

        Parameters
        ----------
        path : str or Path
            The folder.
        """

    def tokenize(self, texts: object, *, n_jobs: int | None = None, progress: Progress | None = None) -> Tokens:
        """Tokens of many texts.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Raw texts.
        n_jobs : int, optional
            Threads, all cores by default; never changes the result.
        progress : Progress, optional
            Told of each finished block.

        Returns
        -------
        Tokens
            Forms in the order of a vocabulary: descending count, then bytes.
        """

    def tokenize_block(self, texts: pa.LargeStringArray) -> Tokens:
        """Tokens of one block, with a form table of its own.

        Parameters
        ----------
        texts : pa.LargeStringArray
            Raw texts.

        Returns
        -------
        Tokens
            Forms are distinct and stand in any order.
        """

    def tokenize_blocks(self, blocks: Iterable[pa.LargeStringArray], n_jobs: int | None = None) -> Iterator[Tokens]:
        """Tokens of each block in turn.

        Parameters
        ----------
        blocks : iterable of pa.LargeStringArray
            The corpus.
        n_jobs : int, optional
            Threads.

        Yields
        ------
        Tokens
            As from `tokenize_block`.
        """


class BlockTokenizer:
    """The methods that follow from `tokenize_block`; a subclass with threads of its own overrides `tokenize_blocks`."""

    def tokenize_block(self, texts: pa.LargeStringArray) -> Tokens:
        """Tokens of one block: what a subclass is about.

        Parameters
        ----------
        texts : pa.LargeStringArray
            Raw texts.

        Returns
        -------
        Tokens
            Forms are distinct and stand in any order.
        """
        raise NotImplementedError

    def tokenize_blocks(self, blocks: Iterable[pa.LargeStringArray], n_jobs: int | None = None) -> Iterator[Tokens]:
        """Tokens of each block in turn, blocks side by side on threads.

        Parameters
        ----------
        blocks : iterable of pa.LargeStringArray
            The corpus.
        n_jobs : int, optional
            Threads.

        Returns
        -------
        iterator of Tokens
            In the order of the blocks.
        """
        return map_blocks(self.tokenize_block, blocks, n_jobs)

    def save(self, path: str | Path) -> None:
        """Write the tokeniser with all that it learned; `malgil.tokenizers.open` reads it back.

        Parameters
        ----------
        path : str or Path
            The folder.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        from malgil.tokenizers.saving import save

        save(self, path)  # type: ignore[arg-type]  # a subclass names itself

    def tokenize(self, texts: object, *, n_jobs: int | None = None, progress: Progress | None = None) -> Tokens:
        """Tokens of many texts.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Raw texts.
        n_jobs : int, optional
            Threads, all cores by default; never changes the result.
        progress : Progress, optional
            Told of each finished block.

        Returns
        -------
        Tokens
            Forms in the order of a vocabulary: descending count, then bytes.
        """
        from malgil.corpus import text_blocks
        from malgil.tokenizers.encoding import encode_blocks

        return encode_blocks(self, text_blocks(texts), n_jobs, progress)[0]  # type: ignore[arg-type]  # a subclass names itself
