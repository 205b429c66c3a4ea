"""Subwords that are learned from a corpus: byte-pair encoding and unigram pieces, cut inside eojeols only.

Each distinct eojeol of a block is composed (NFC) and cut once; its pieces are then laid wherever it stands. The first
piece of an eojeol carries ``▁``, so that pieces can be put together again; a ``▁`` of the text itself is a piece alone.

References
----------
.. [1] Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", ACL 2016: byte-pair encoding.
.. [2] Kudo, "Subword Regularization", ACL 2018: the unigram model.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
import xxhash

from malgil.codepoints import CodePoints, decode, encode
from malgil.compose import compose_texts
from malgil.engine import Progress
from malgil.errors import NotFittedError, ParameterError
from malgil.strings import string_array
from malgil.tokenizers.by_characters import WhitespaceTokenizer
from malgil.tokenizers.protocol import BlockTokenizer
from malgil.tokenizers.subword_tables import MARK, MergeTable, PieceTable
from malgil.tokens import Tokens

_EOJEOLS = WhitespaceTokenizer()


@dataclass(kw_only=True)
class SubwordTokenizer(BlockTokenizer):
    """Base of the tokenisers that learn their pieces from a corpus.

    Parameters
    ----------
    n_terms : int
        Pieces to learn, characters among them. A small corpus gives fewer; each of its characters is a piece.
    lowercase : bool
        Whether to read texts in lower case.
    learned : list, optional
        What `fit` found, as `params` gives it.

    Raises
    ------
    ParameterError
        If `n_terms` is no number above 0, or `learned` is not of this kind of tokeniser.
    """

    n_terms: int = 8000
    lowercase: bool = False
    learned: Sequence[Any] | None = None
    name: ClassVar[str]
    covers_all: ClassVar[bool] = True
    normalises: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if isinstance(self.n_terms, bool) or not isinstance(self.n_terms, int | np.integer) or self.n_terms < 1:
            raise ParameterError("subwords.bad_n_terms", value=self.n_terms)
        if self.learned is not None:
            self._table  # noqa: B018  # a damaged table is found here

    @property
    def is_fitted(self) -> bool:
        """Whether it can cut texts."""
        return self.learned is not None

    @property
    def params(self) -> dict[str, Any]:
        """Arguments of `malgil.tokenizers.tokenizer` that make an equal tokeniser, with what it learned."""
        options = {"name": self.name, "n_terms": int(self.n_terms), "lowercase": self.lowercase}
        return options if self.learned is None else {**options, "learned": self.learned}

    def fit(self, texts: object, *, progress: Progress | None = None) -> Self:
        """Learn the pieces of a corpus, and forget what was learned before.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
            Raw texts.
        progress : Progress, optional
            Told of each block that was read.

        Returns
        -------
        SubwordTokenizer
            Itself, ready to cut. The same texts give the same pieces.

        Raises
        ------
        MissingError
            If the library that learns is not installed.
        """
        from malgil.corpus import text_blocks

        return self.fit_blocks(text_blocks(texts), progress=progress)

    def fit_blocks(self, blocks: Iterable[pa.LargeStringArray], *, progress: Progress | None = None) -> Self:
        """Learn the pieces of a corpus that comes block by block.

        Parameters
        ----------
        blocks : iterable of pa.LargeStringArray
            Raw texts; other borders of the blocks give the same pieces.
        progress : Progress, optional
            Told of each block that was read.

        Returns
        -------
        SubwordTokenizer
            Itself.

        Raises
        ------
        MissingError
            If the library that learns is not installed.
        """
        from malgil.tokenizers.subword_training import learn

        self.__dict__.pop("_table", None)
        self.learned = learn(self.name, blocks, int(self.n_terms), self.lowercase, progress)
        return self

    def split(self, text: str) -> list[str]:
        """Forms of one text.

        Parameters
        ----------
        text : str
            Raw text; a lone surrogate becomes a question mark.

        Returns
        -------
        list of str
            The forms that `tokenize` finds.

        Raises
        ------
        NotFittedError
            If nothing has been learned yet.
        """
        return self.tokenize_block(string_array([text])).to_lists()[0]

    def tokenize_block(self, texts: pa.LargeStringArray) -> Tokens:
        """Tokens of one block, with a form table of its own.

        Parameters
        ----------
        texts : pa.LargeStringArray
            Raw texts.

        Returns
        -------
        Tokens
            A character that no piece holds is a token by itself.

        Raises
        ------
        NotFittedError
            If nothing has been learned yet.
        DataError
            If a text is not UTF-8.
        """
        from malgil.tokenizers._subword_kernels import lay_out

        table, words = self._table, _EOJEOLS.tokenize_block(texts)
        assert words.start is not None
        cut = _cut(words.forms, table, self.lowercase)
        n_tokens = int(np.diff(cut.indptr)[words.ids].sum())
        assert cut.start is not None and cut.end is not None
        ids, spans = np.empty(n_tokens, np.int32), np.empty((2, n_tokens), np.int32)
        indptr = np.empty(len(words.indptr), np.int64)
        lay_out(words.ids, words.start, words.indptr, cut.indptr, cut.ids, cut.start, cut.end, ids, spans, indptr)
        return Tokens(cut.forms, ids, indptr, spans[0], spans[1])

    @cached_property
    def _table(self) -> MergeTable | PieceTable:
        if self.learned is None:
            raise NotFittedError("subwords.not_fitted", name=self.name)
        return self._read(self.learned)

    def _read(self, learned: Sequence[Any]) -> MergeTable | PieceTable:
        raise NotImplementedError


@dataclass(kw_only=True)
class BPETokenizer(SubwordTokenizer):
    """Tokens are pieces that byte-pair encoding learned: the most frequent pair of neighbours became one, and so on.

    Parameters
    ----------
    n_terms : int
        Pieces to learn, characters among them.
    lowercase : bool
        Whether to read texts in lower case.
    learned : list of str, optional
        Pairs that merge, in the order in which they were learned, with a blank between the two.

    Examples
    --------
    >>> BPETokenizer(n_terms=20).fit(["영화가 영화를", "영화는 영화"]).split("영화도")
    ['▁영화', '도']
    """

    n_terms: int = 8000
    lowercase: bool = False
    learned: Sequence[Any] | None = None
    name: ClassVar[str] = "bpe"

    def _read(self, learned: Sequence[Any]) -> MergeTable:
        return MergeTable.of(learned)


@dataclass(kw_only=True)
class UnigramTokenizer(SubwordTokenizer):
    """Tokens are the pieces that make an eojeol most probable when each is drawn by itself.

    Parameters
    ----------
    n_terms : int
        Pieces to learn, characters among them.
    lowercase : bool
        Whether to read texts in lower case.
    learned : list of [str, float], optional
        Pieces with the natural logarithms of their probabilities.

    Examples
    --------
    >>> UnigramTokenizer(n_terms=20).fit(["영화가 영화를", "영화는 영화"]).split("영화도")
    ['▁영화', '도']
    """

    n_terms: int = 8000
    lowercase: bool = False
    learned: Sequence[Any] | None = None
    name: ClassVar[str] = "unigram"

    def _read(self, learned: Sequence[Any]) -> PieceTable:
        return PieceTable.of(learned)


def normalised(texts: pa.LargeStringArray, lowercase: bool) -> CodePoints:
    """Compose texts, and put them into lower case, each character by itself.

    Parameters
    ----------
    texts : pa.LargeStringArray
        In NFC.
    lowercase : bool
        Whether to put them into lower case; what would become two characters (İ) becomes the first.

    Returns
    -------
    CodePoints
        As many as the texts have.
    """
    rows = decode(texts)
    if not lowercase:
        return rows
    distinct, places = np.unique(rows.points, return_inverse=True)
    lower = np.array([ord(chr(point).lower()[0]) for point in distinct.tolist()], np.uint32)
    return CodePoints(lower[places] if len(lower) else rows.points, rows.indptr)


def _cut(words: pa.LargeStringArray, table: MergeTable | PieceTable, lowercase: bool) -> Tokens:
    """Cut distinct words into pieces, spans in code points of each word as it is written."""
    composed = compose_texts(words)
    rows = normalised(composed.texts, lowercase)
    n_points = np.diff(rows.indptr)
    first = rows.indptr + np.arange(len(rows.indptr))  # of the words with a mark before each
    points = np.full(int(first[-1]), MARK, np.uint32)
    is_inside = np.ones(len(points), np.bool_)
    is_inside[first[:-1]] = False
    points[is_inside] = rows.points
    opens = table.cut(points, first)
    opens[first[:-1] + 1] = False  # a mark alone would stand nowhere
    low = np.flatnonzero(opens)
    pieces = encode(CodePoints(points, np.append(low, len(points)))).dictionary_encode()
    borders = np.searchsorted(low, first)
    word = np.repeat(np.arange(len(words)), np.diff(borders))
    start = np.maximum(low - first[word] - 1, 0)
    end = np.append(low[1:] - first[word[:-1]] - 1, 0)
    last = borders[1:] - 1
    end[last] = n_points
    raw_start, raw_end = composed.offsets.to_raw(word, start, end)
    ids = pieces.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return Tokens(pieces.dictionary, ids, borders.astype(np.int64), raw_start, raw_end)


def shown_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Shorten a tokeniser's parameters for people.

    Parameters
    ----------
    params : mapping
        As `Tokenizer.params` gives them.

    Returns
    -------
    dict
        What was learned is a hash.
    """
    learned = params.get("learned")
    if learned is None:
        return dict(params)
    return {**params, "learned": xxhash.xxh3_64_hexdigest(json.dumps(learned).encode())}
