"""A corpus -> ids and the vocabulary, and texts -> ids of a vocabulary that is there already.

Every worker fills a form table of its own; the tables become sorted runs, the runs are merged, and the order of the
vocabulary (descending count, then bytes) forgets who met what first. So neither the number of workers nor the blocks
they took show in a single byte of the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.engine import Progress, Silent, map_blocks
from malgil.ragged import Ragged
from malgil.tokenizers.by_characters import CharacterTokenizer
from malgil.tokenizers.encoder import Encoded, Encoder
from malgil.tokenizers.forms import FormTable, pack_strings
from malgil.tokenizers.protocol import Tokenizer
from malgil.tokenizers.runs import Run, empty_run, finish, merge, sort_forms
from malgil.tokens import Tokens, join_indptr
from malgil.vocab import Vocabulary

_BLOCK_ROWS = 1 << 15


def encode_blocks(
    tokenizer: Tokenizer,
    blocks: Iterable[pa.LargeStringArray],
    n_jobs: int | None = None,
    progress: Progress | None = None,
    *,
    spans: bool = True,
) -> tuple[Tokens, Vocabulary]:
    """Tokenise a whole corpus and learn its vocabulary.

    Parameters
    ----------
    tokenizer : Tokenizer
        How to cut.
    blocks : iterable of pa.LargeStringArray
        The texts. Other borders of the blocks give the same result.
    n_jobs : int, optional
        Threads, all cores by default.
    progress : Progress, optional
        Told of every finished block, in documents.
    spans : bool
        Whether to keep the spans; the word and white-space tokenisers are faster without.

    Returns
    -------
    tokens : Tokens
        Forms and ids are those of the vocabulary.
    vocabulary : Vocabulary
        Terms by descending count, then bytes. Empty for a corpus without tokens.

    Raises
    ------
    DataError
        If a text is not UTF-8; names its row.
    """
    progress = progress or Silent()
    progress.start("tokens", None)
    try:
        if isinstance(tokenizer, CharacterTokenizer):
            return _encode_by_characters(tokenizer, blocks, n_jobs, progress, spans)
        return merge_forms(list(_watched(tokenizer.tokenize_blocks(blocks, n_jobs), progress)), n_jobs)
    finally:
        progress.done()


def _watched(parts: Iterator[Tokens], progress: Progress) -> Iterator[Tokens]:
    for part in parts:
        progress.advance(part.n_docs)
        yield part


def merge_forms(parts: Sequence[Tokens], n_jobs: int | None = None) -> tuple[Tokens, Vocabulary]:
    """Join tokens of successive blocks and learn their vocabulary.

    Parameters
    ----------
    parts : sequence of Tokens
        Each with a form table of its own. Forms in it are distinct; those that no token has are dropped.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    tokens : Tokens
        All documents; forms and ids are those of the vocabulary. Spans and tags where every part has them.
    vocabulary : Vocabulary
        Terms by descending count, then bytes.
    """
    learned = list(map_blocks(_learn, parts, n_jobs))
    vocabulary, maps = _finish([run for run, _ in learned], sum(part.n_docs for part in parts), n_jobs)
    places = [np.append(term_ids, np.int32(-1))[rank] for (_, rank), term_ids in zip(learned, maps, strict=True)]
    ids = _renumber([part.ids for part in parts], places, n_jobs)
    indptr = join_indptr([part.indptr for part in parts])
    start, end = _join([part.start for part in parts]), _join([part.end for part in parts])
    tags, tag_names = _join_tags(parts)
    return Tokens(vocabulary.terms, ids, indptr, start, end, tags, tag_names), vocabulary


def encode(
    texts: object,
    vocabulary: Vocabulary,
    tokenizer: Tokenizer,
    *,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Ragged:
    """Encode texts by a vocabulary that is there already.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, or Corpus
        Raw texts.
    vocabulary : Vocabulary
        Learned before, with the same tokeniser.
    tokenizer : Tokenizer
        How to cut.
    n_jobs : int, optional
        Threads, all cores by default.
    progress : Progress, optional
        Told of every finished block, in documents.

    Returns
    -------
    Ragged
        Vocabulary ids; -1 for a form that the vocabulary does not have.
    """
    from malgil.corpus import text_blocks

    table = FormTable.of(vocabulary.terms)
    progress = progress or Silent()
    progress.start("tokens", None)
    ids, indptr = [np.zeros(0, np.int32)], []
    for part in _watched(tokenizer.tokenize_blocks(text_blocks(texts), n_jobs), progress):
        ids.append(table.find(pack_strings(part.forms))[part.ids])
        indptr.append(part.indptr)
    progress.done()
    return Ragged(np.concatenate(ids), join_indptr(indptr))


class Forms(NamedTuple):
    """All forms of a corpus in the order of their bytes, and its tokens as they were met, block by block.

    Parameters
    ----------
    run : Run
        Distinct forms with their counts.
    ids : list of ndarray of int32
        For each block the forms of its tokens, by numbers of its own.
    places : list of ndarray of int32
        For each block the place in `run` of each of its numbers, -1 where no token has it.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents.
    """

    run: Run
    ids: list[NDArray[np.int32]]
    places: list[NDArray[np.int32]]
    indptr: NDArray[np.int64]


def sorted_forms(tokenizer: Tokenizer, blocks: Iterable[pa.LargeStringArray], n_jobs: int | None = None) -> Forms:
    """Tokenise a whole corpus and sort its forms, without the order and the numbers of a vocabulary.

    Parameters
    ----------
    tokenizer : Tokenizer
        How to cut.
    blocks : iterable of pa.LargeStringArray
        The texts.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    Forms
        The same run for any blocks and any number of threads.

    Raises
    ------
    DataError
        If a text is not UTF-8; names its row.
    """
    if isinstance(tokenizer, CharacterTokenizer):
        parts, runs, ranks = _learn_by_characters(tokenizer, blocks, n_jobs, Silent(), False)
        whole, maps = _merge_all(runs)
        places = {table: to[rank] for (table, rank), to in zip(ranks.items(), maps, strict=True)}
        found = [places[encoder.table] for encoder, _ in parts]
        return Forms(whole, [p.ids for _, p in parts], found, join_indptr([p.indptr for _, p in parts]))
    tokens = list(tokenizer.tokenize_blocks(blocks, n_jobs))
    learned = [_learn(part) for part in tokens]
    whole, maps = _merge_all([run for run, _ in learned])
    found = [np.append(to, np.int32(-1))[rank] for (_, rank), to in zip(learned, maps, strict=True)]
    return Forms(whole, [part.ids for part in tokens], found, join_indptr([part.indptr for part in tokens]))


def _learn_by_characters(
    tokenizer: CharacterTokenizer,
    blocks: Iterable[pa.LargeStringArray],
    n_jobs: int | None,
    progress: Progress,
    has_spans: bool,
) -> tuple[list[tuple[Encoder, Encoded]], list[Run], dict[FormTable, NDArray[np.int32]]]:
    """Encode all blocks; for each worker's table a sorted run, and the places in it of the table's ids."""
    free: list[Encoder] = []

    def work(block: tuple[int, pa.LargeStringArray]) -> tuple[Encoder, Encoded]:
        try:
            encoder = free.pop()
        except IndexError:
            encoder = tokenizer.encoder(has_spans=has_spans)
        encoded = encoder.encode(block[1], first_doc=block[0])
        free.append(encoder)
        return encoder, encoded

    done: list[tuple[Encoder, Encoded]] = []
    for encoder, encoded in map_blocks(work, _numbered(blocks), n_jobs):
        progress.advance(len(encoded.indptr) - 1)
        done.append((encoder, encoded))
    tables = [encoder.table for encoder in free]
    learned = list(map_blocks(lambda table: sort_forms(*table.unload()), tables, n_jobs))
    return done, [run for run, _ in learned], {t: rank for t, (_, rank) in zip(tables, learned, strict=True)}


def _encode_by_characters(
    tokenizer: CharacterTokenizer,
    blocks: Iterable[pa.LargeStringArray],
    n_jobs: int | None,
    progress: Progress,
    has_spans: bool,
) -> tuple[Tokens, Vocabulary]:
    done, runs, ranks = _learn_by_characters(tokenizer, blocks, n_jobs, progress, has_spans)
    parts = [encoded for _, encoded in done]
    vocabulary, maps = _finish(runs, sum(len(part.indptr) - 1 for part in parts), n_jobs)
    places = {table: term_ids[rank] for (table, rank), term_ids in zip(ranks.items(), maps, strict=True)}
    ids = _renumber([part.ids for part in parts], [places[encoder.table] for encoder, _ in done], n_jobs)
    start = end = None
    if has_spans:
        start, end = (_join([part.spans[side] for part in parts]) for side in (0, 1))
    indptr = join_indptr([part.indptr for part in parts])
    return Tokens(vocabulary.terms, ids, indptr, start, end), vocabulary


def _numbered(blocks: Iterable[pa.LargeStringArray]) -> Iterator[tuple[int, pa.LargeStringArray]]:
    """Cut large blocks, so that all workers have some, and put the number of its first document beside each."""
    first = 0
    for block in blocks:
        for begin in range(0, len(block), _BLOCK_ROWS):
            yield first + begin, block.slice(begin, _BLOCK_ROWS)
        first += len(block)


def _learn(part: Tokens) -> tuple[Run, NDArray[np.int32]]:
    """Sort the forms of one block: the run, and the place of each form in it (-1 where no token has it)."""
    from malgil.tokenizers._table_kernels import tally

    part.ragged().check(len(part.forms))
    counts, df = np.empty(len(part.forms), np.int64), np.empty(len(part.forms), np.int64)
    tally(part.ids, part.indptr, counts, df)
    used = np.flatnonzero(counts)
    run, rank = sort_forms(pack_strings(part.forms.take(pa.array(used))), counts[used], df[used])
    places = np.full(len(part.forms), -1, np.int32)
    places[used] = rank
    return run, places


def _finish(runs: list[Run], n_docs: int, n_jobs: int | None) -> tuple[Vocabulary, list[NDArray[np.int32]]]:
    """Make the vocabulary of several runs, and for each run the vocabulary ids of its forms."""
    whole, maps = _merge_all(runs)
    vocabulary, term_ids = finish(whole, n_docs, n_jobs)
    return vocabulary, [term_ids[places] for places in maps]


def _merge_all(runs: list[Run]) -> tuple[Run, list[NDArray[np.int32]]]:
    """Merge runs by halves, and say where each form of each run went."""
    if len(runs) < 2:
        return (runs[0] if runs else empty_run()), [np.arange(len(run), dtype=np.int32) for run in runs]
    middle = len(runs) // 2
    (one, maps), (other, other_maps) = _merge_all(runs[:middle]), _merge_all(runs[middle:])
    whole, to, other_to = merge(one, other)
    return whole, [to[places] for places in maps] + [other_to[places] for places in other_maps]


def _renumber(parts: list[NDArray[np.int32]], places: list[NDArray[np.int32]], n_jobs: int | None) -> NDArray[np.int32]:
    """Lay ids end to end, those of part ``p`` replaced by ``places[p][id]``."""
    borders = [0, *accumulate(len(part) for part in parts)]
    ids = np.empty(borders[-1], np.int32)

    def place(p: int) -> None:
        np.take(places[p], parts[p], out=ids[borders[p] : borders[p + 1]], mode="clip")  # "raise" would buffer

    for _ in map_blocks(place, range(len(parts)), n_jobs):
        pass
    return ids


def _join(parts: list[NDArray[np.int32] | None]) -> NDArray[np.int32] | None:
    """Lay arrays end to end; nothing where one is missing."""
    present = [part for part in parts if part is not None]
    return np.concatenate([*present, np.zeros(0, np.int32)]) if len(present) == len(parts) else None


def _join_tags(parts: Sequence[Tokens]) -> tuple[NDArray[np.uint8] | None, tuple[str, ...]]:
    """Lay tags end to end under one list of names."""
    names = parts[0].tag_names if parts else ()
    tags = [part.tags for part in parts if part.tags is not None and part.tag_names == names]
    return (np.concatenate(tags), names) if tags and len(tags) == len(parts) else (None, ())
