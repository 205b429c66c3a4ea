"""Learn subwords with the trainers of Hugging Face tokenizers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from malgil.codepoints import BLANK, CodePoints, decode, encode, is_space
from malgil.compose import compose_texts
from malgil.engine import Progress, Silent
from malgil.errors import MissingError, ParameterError
from malgil.tokenizers.subword_tables import MARK

MIN_COUNT = 2
"""A pair that occurs less often makes no piece."""
_UNKNOWN = "<unk>"
_STEP = 1.01e-4  # a little more than what the trainer puts between the characters that it had left out
_DIGITS = 6  # of a logarithm: the trainer adds up in no fixed order, so that those behind differ from run to run


def learn(
    name: str,
    blocks: Iterable[pa.LargeStringArray],
    n_terms: int,
    lowercase: bool,
    progress: Progress | None = None,
) -> list[Any]:
    """Learn the pieces of a corpus.

    Parameters
    ----------
    name : {"bpe", "unigram"}
        How.
    blocks : iterable of pa.LargeStringArray
        The corpus.
    n_terms : int
        Pieces to learn.
    lowercase : bool
        Whether to read texts in lower case.
    progress : Progress, optional
        Told of each block, in documents.

    Returns
    -------
    list
        As `malgil.tokenizers.subword_tables` reads it: merges, or pieces with logarithms, which are rounded so that the
        same texts give the same bytes.

    Raises
    ------
    MissingError
        If the library is not installed.
    ParameterError
        If the texts have more characters than pieces are to be learned.
    """
    try:
        import tokenizers
    except ImportError as error:
        raise MissingError("subwords.not_installed") from error
    model, trainer = _TRAINERS[name](tokenizers, n_terms)
    peer = tokenizers.Tokenizer(model)
    peer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    lines = _Lines(blocks, lowercase, progress or Silent())
    try:
        peer.train_from_iterator(lines, trainer)
    except Exception as error:  # the only class that the library has
        if "not large enough" not in str(error):
            raise
        raise ParameterError("subwords.too_few_terms", value=n_terms, n=len(lines.chars)) from error
    if len(lines.chars) >= n_terms:  # of merges none would be left, silently
        raise ParameterError("subwords.too_few_terms", value=n_terms, n=len(lines.chars))
    found = json.loads(peer.to_str())["model"] if lines.chars else {"merges": [], "vocab": []}
    if name == "bpe":
        return [" ".join(merge) for merge in found["merges"]]
    scores = {piece: round(score, _DIGITS) for piece, score in found["vocab"] if piece != _UNKNOWN}
    return sorted(map(list, _levelled(scores).items()), key=lambda piece: (-piece[1], piece[0]))


def _levelled(scores: dict[str, float]) -> dict[str, float]:
    """Give the characters that lost their place one score: the trainer lines them up in an order that chance made."""
    level = min(scores.values(), default=0.0)
    chars, last = sorted((score, piece) for piece, score in scores.items() if len(piece) == 1), level
    for score, char in chars:
        if score - last > _STEP:
            break
        scores[char], last = level, score
    return scores


def _bpe(tokenizers: Any, n_terms: int) -> tuple[Any, Any]:
    options = {"vocab_size": n_terms, "min_frequency": MIN_COUNT, "show_progress": False}
    return tokenizers.models.BPE(), tokenizers.trainers.BpeTrainer(**options)


def _unigram(tokenizers: Any, n_terms: int) -> tuple[Any, Any]:
    options = {"unk_token": _UNKNOWN, "special_tokens": [_UNKNOWN], "show_progress": False}
    return tokenizers.models.Unigram(), tokenizers.trainers.UnigramTrainer(vocab_size=n_terms + 1, **options)


_TRAINERS = {"bpe": _bpe, "unigram": _unigram}


class _Lines:
    """Texts as the trainer shall see them: composed, one blank between two eojeols, none that looks like a mark."""

    def __init__(self, blocks: Iterable[pa.LargeStringArray], lowercase: bool, progress: Progress) -> None:
        self._blocks, self._lowercase, self._progress = blocks, lowercase, progress
        self.chars: set[int] = set()

    def __iter__(self) -> Iterator[list[str]]:
        self._progress.start("tokenizers.learning", None)
        for block in self._blocks:
            lines = _prepared(block, self._lowercase)
            self.chars.update(np.unique(decode(lines).points).tolist())
            yield [line for line in lines.to_pylist() if line]
            self._progress.advance(len(block))
        self._progress.done()


def _prepared(texts: pa.LargeStringArray, lowercase: bool) -> pa.LargeStringArray:
    from malgil.tokenizers.subwords import normalised

    rows = normalised(compose_texts(texts).texts, lowercase)
    is_blank = is_space(rows.points) | (rows.points == MARK) | (rows.points == 0)  # NUL parts words in the trainer
    follows = np.append(~is_blank[1:], False)[: len(is_blank)]
    last = rows.indptr[1:][np.diff(rows.indptr) > 0] - 1
    follows[last] = False  # what stands behind is of another text
    kept = ~is_blank | follows
    indptr = np.append(0, np.cumsum(kept))[rows.indptr]
    return encode(CodePoints(np.where(is_blank, np.uint32(BLANK), rows.points)[kept], indptr))
