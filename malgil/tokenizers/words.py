"""All words of a corpus, sorted, and its texts as numbers of words: the fast way for words of one kind of character.

Every worker numbers the words it meets in a table of its own, and the tables are sorted together. Neither the number of
workers nor the blocks they took show in the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.tokenizers.by_characters import CharacterTokenizer
from malgil.tokenizers.letters import Texts, each_units
from malgil.tokenizers.word_order import sort_tables
from malgil.tokenizers.word_table import WordTable

_BLOCK_ROWS = 1 << 15


class Words(NamedTuple):
    """The words of a corpus.

    Parameters
    ----------
    forms : pa.LargeStringArray
        Distinct words by their bytes.
    ids : list of ndarray of int32
        For each block its words, by numbers of its own.
    ranks : list of ndarray of int32
        For each block the place in `forms` of each of these numbers. Blocks may share one.
    borders : list of ndarray of int64
        For each block the borders of its texts, in words.
    """

    forms: pa.LargeStringArray
    ids: list[NDArray[np.int32]]
    ranks: list[NDArray[np.int32]]
    borders: list[NDArray[np.int64]]


def sorted_words(
    tokenizer: CharacterTokenizer,
    blocks: Iterable[Texts],
    n_jobs: int | None = None,
    shortest: int = 1,
) -> Words:
    """Cut a corpus into words and sort them.

    Parameters
    ----------
    tokenizer : CharacterTokenizer
        How to cut.
    blocks : iterable of CodeUnits, of pa.LargeStringArray or of callables
        The texts.
    n_jobs : int, optional
        Threads, all cores by default.
    shortest : {1, 2}
        Code points of the shortest word that counts.

    Returns
    -------
    Words
        The same forms for any blocks and any number of threads.

    Raises
    ------
    DataError
        If a text is not UTF-8; names its row.
    """
    free: list[WordTable] = []

    def work(block: tuple[int, Texts]) -> list[tuple[WordTable, NDArray[np.int32], NDArray[np.int64]]]:
        try:
            table = free.pop()
        except IndexError:
            table = WordTable(tokenizer, shortest)
        found = [(table, *table.number(texts)) for texts in each_units(block[1], block[0])]
        free.append(table)
        return found

    done = [part for parts in map_blocks(work, _numbered(blocks), n_jobs) for part in parts]
    forms, ranks = sort_tables([table.unload() for table in free], n_jobs)
    rank_of = {id(table): rank for table, rank in zip(free, ranks, strict=True)}
    return Words(forms, [ids for _, ids, _ in done], [rank_of[id(t)] for t, _, _ in done], [b for _, _, b in done])


def _numbered(blocks: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """Cut large columns, so that all workers have some, and put the number of its first document beside each part."""
    first = 0
    for block in blocks:
        if not isinstance(block, pa.LargeStringArray):
            yield first, block
            continue
        for begin in range(0, len(block), _BLOCK_ROWS):
            yield first + begin, block.slice(begin, _BLOCK_ROWS)
        first += len(block)
