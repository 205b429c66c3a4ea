"""Clean and split a whole corpus, with the spans of the tokens in the raw text.

A slow tokeniser leaves its finished blocks beside the workspace, so that a build that was killed after an hour of
morphological analysis goes on from the last block.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.clean import Cleaned, Cleaner
from malgil.engine import Progress, map_blocks
from malgil.errors import ArtefactError, DataError
from malgil.store import Artefact, Writer, open_artefact
from malgil.strings import string_array
from malgil.tokenizers import Tokenizer, encode_blocks, merge_forms
from malgil.tokens import Tokens
from malgil.vocab import Vocabulary
from malgil.workspace.documents import Documents

_ARRAYS = ("ids", "indptr", "start", "end", "tags")
_PART = "tokens-part"


def tokenise(
    tokenizer: Tokenizer, cleaner: Cleaner, documents: Documents, n_jobs: int | None, progress: Progress
) -> tuple[Tokens, Vocabulary, dict[str, int]]:
    """Clean every text, split it, and put the spans back into the raw text.

    Parameters
    ----------
    tokenizer : Tokenizer
        Splits the cleaned texts.
    cleaner : Cleaner
        Cleans them first.
    documents : Documents
        The raw texts.
    n_jobs : int, optional
        Number of threads; the result does not depend on it.
    progress : Progress
        Told of every block, in documents.

    Returns
    -------
    tokens : Tokens
        Of the whole corpus, forms in vocabulary order.
    vocabulary : Vocabulary
        Of all forms.
    changed : dict
        Cleaning step -> texts that it changed.
    """
    kept: list[Cleaned] = []
    lengths: list[int] = []

    def cleaned() -> Iterator[pa.LargeStringArray]:
        for block in map_blocks(cleaner.clean_block, documents.text_blocks(), n_jobs):
            lengths.append(len(block.texts))
            # for the way back; the texts of all blocks together would not fit into memory
            kept.append(dataclasses.replace(block, texts=string_array([])))
            yield block.texts

    tokens, vocabulary = encode_blocks(tokenizer, cleaned(), n_jobs=n_jobs, progress=progress)
    first = 0
    for block, length in zip(kept, lengths, strict=True):
        spans_to_raw(tokens, block, first)
        first += length
    return tokens, vocabulary, _sum_changed([block.counts for block in kept])


def tokenise_in_parts(
    tokenizer: Tokenizer, cleaner: Cleaner, documents: Documents, n_jobs: int | None, progress: Progress, folder: Path
) -> tuple[Tokens, Vocabulary, dict[str, int]]:
    """Do the same as `tokenise`, keeping every finished block in a folder and taking up those that are there.

    Parameters
    ----------
    tokenizer : Tokenizer
        Splits the cleaned texts.
    cleaner : Cleaner
        Cleans them first.
    documents : Documents
        The raw texts.
    n_jobs : int, optional
        Number of threads; the result does not depend on it.
    progress : Progress
        Told of every block, in documents.
    folder : Path
        Of the finished blocks: for this corpus, cleaner and tokeniser alone. The caller removes it at the end.

    Returns
    -------
    tokens : Tokens
        Of the whole corpus, forms in vocabulary order.
    vocabulary : Vocabulary
        Of all forms.
    changed : dict
        Cleaning step -> texts that it changed.
    """
    waiting: deque[Cleaned] = deque()

    def missing() -> Iterator[pa.LargeStringArray]:
        for number, block in enumerate(documents.text_blocks()):
            if _open_part(folder, number) is None:
                waiting.append(cleaner.clean_block(block))
                yield waiting[-1].texts

    progress.start("tokens", len(documents))
    fresh = tokenizer.tokenize_blocks(missing(), n_jobs)
    parts, changed = [], []
    for number, block in enumerate(documents.text_blocks()):
        part = _open_part(folder, number)
        if part is None:
            part = _write_part(folder, number, next(fresh), waiting.popleft())
        parts.append(read_tokens(part))
        changed.append(part.meta["changed"])
        progress.advance(len(block))
    progress.done()
    return *merge_forms(parts), _sum_changed(changed)


def _part_path(folder: Path, number: int) -> Path:
    return folder / f"block-{number:06}"


def _open_part(folder: Path, number: int) -> Artefact | None:
    try:
        return open_artefact(_part_path(folder, number), _PART)
    except ArtefactError:
        return None


def _write_part(folder: Path, number: int, tokens: Tokens, cleaned: Cleaned) -> Artefact:
    spans_to_raw(tokens, cleaned, 0)
    with Writer(_part_path(folder, number), _PART) as writer:
        write_tokens(writer, tokens)
        writer.meta["changed"] = cleaned.counts
    return open_artefact(_part_path(folder, number), _PART, verify=False)


def spans_to_raw(tokens: Tokens, cleaned: Cleaned, first: int) -> None:
    """Turn the spans of the texts that cleaning changed into spans of the raw texts, in place.

    Parameters
    ----------
    tokens : Tokens
        Of many texts.
    cleaned : Cleaned
        Some of these texts, with the way back.
    first : int
        Row of the first of them.
    """
    rows = cleaned.changed
    if tokens.start is None or tokens.end is None or not len(rows):
        return
    begin, n = tokens.indptr[rows + first], np.diff(tokens.indptr)[rows + first]
    docs = np.repeat(rows, n)
    places = np.repeat(begin - np.cumsum(n) + n, n) + np.arange(len(docs))
    tokens.start[places], tokens.end[places] = cleaned.to_raw(docs, tokens.start[places], tokens.end[places])


def _sum_changed(counts: list[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(total)


def write_tokens(writer: Writer, tokens: Tokens) -> None:
    """Put tokens into an artefact.

    Parameters
    ----------
    writer : Writer
        Of the artefact.
    tokens : Tokens
        What to write.
    """
    writer.strings("forms", tokens.forms)
    for name in _ARRAYS:
        array: NDArray[np.generic] | None = getattr(tokens, name)
        if array is not None:
            writer.array(name, array)
    writer.meta["tag_names"] = list(tokens.tag_names)


def read_tokens(artefact: Artefact) -> Tokens:
    """Take tokens out of an artefact.

    Parameters
    ----------
    artefact : Artefact
        Written with `write_tokens`.

    Returns
    -------
    Tokens
        Arrays on the memory map.

    Raises
    ------
    ArtefactError
        If the arrays do not fit one another.
    """
    arrays = {name: artefact[name] for name in _ARRAYS if name in artefact}
    tokens = Tokens(artefact.strings("forms"), **arrays, tag_names=tuple(artefact.meta["tag_names"]))
    try:
        tokens.ragged().check(len(tokens.forms))
    except DataError as error:
        raise ArtefactError("workspace.damaged_tokens", path=artefact.path, reason=error) from error
    for name in set(arrays) - {"indptr"}:
        if len(arrays[name]) != tokens.n_tokens:
            raise ArtefactError("workspace.damaged_tokens", path=artefact.path, reason=name)
    return tokens
