"""Chunks in rows of labels such as ``B-NP I-NP O``, and how many of them were found exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from malgil.errors import DataError, ParameterError
from malgil.training.metrics import share

_INSIDE = ("I", "E")  # prefixes that go on with a chunk
_OPEN = ("B", "I")  # prefixes after which a chunk may go on


class Chunk(NamedTuple):
    """A stretch of labels that belong together.

    Parameters
    ----------
    start, end : int
        Place of the first label and of the one behind the last.
    kind : str
        What stands behind the prefix, such as ``"NP"``; empty where nothing does.
    """

    start: int
    end: int
    kind: str


class ChunkScores(NamedTuple):
    """How many chunks were found exactly: both borders and the kind.

    Parameters
    ----------
    precision, recall, f1 : float
        Over all chunks.
    n_true, n_predicted, n_right : int
        Chunks.
    by_kind : dict
        Kind -> (precision, recall, F1, true chunks).
    """

    precision: float
    recall: float
    f1: float
    n_true: int
    n_predicted: int
    n_right: int
    by_kind: dict[str, tuple[float, float, float, int]]

    def to_dict(self) -> dict[str, Any]:
        """Give the scores in a form that JSON can hold.

        Returns
        -------
        dict
            The fields; ``by_kind`` as rows with names.
        """
        names = ("precision", "recall", "f1", "support")
        rows = [{"label": kind, **dict(zip(names, row, strict=True))} for kind, row in self.by_kind.items()]
        return {**self._asdict(), "by_kind": rows}


def has_chunks(labels: Sequence[str]) -> bool:
    """Tell labels of chunks from labels of single words.

    Parameters
    ----------
    labels : sequence of str
        All labels that occur.

    Returns
    -------
    bool
        Whether some label is like ``B-NP`` and every one is like that or ``O``.
    """
    marked = [label for label in labels if len(label) > 2 and label[0] in "BIES" and label[1] == "-"]
    return bool(marked) and len(marked) + sum(label == "O" for label in labels) == len(labels)


def chunks(labels: Sequence[str]) -> list[Chunk]:
    """Read the chunks of one row of labels.

    Parameters
    ----------
    labels : sequence of str
        Prefix ``B`` (begins), ``I`` (goes on), ``E`` (ends), ``S`` (stands alone), then ``-`` and the kind; anything
        else lies outside.

    Returns
    -------
    list of Chunk
        From left to right.

    Notes
    -----
    A label goes on with the chunk before it where its prefix is I or E, the label before it is B or I, and the kinds
    are equal; else it begins a chunk. So a stray ``I-NP`` behind ``O`` or ``B-VP`` begins one: the rule of conlleval,
    which reads IOB1, IOB2, IOE and IOBES alike.

    References
    ----------
    .. [1] Tjong Kim Sang and Buchholz, "Introduction to the CoNLL-2000 Shared Task: Chunking", CoNLL 2000, and the
       script conlleval that belongs to it.

    Examples
    --------
    >>> chunks(["B-사람", "I-사람", "O", "I-장소"])
    [Chunk(start=0, end=2, kind='사람'), Chunk(start=3, end=4, kind='장소')]
    """
    found: list[Chunk] = []
    before, kind_before = "O", ""
    for place, label in enumerate(labels):
        prefix, _, kind = label.partition("-")
        if prefix not in ("B", "I", "E", "S"):
            prefix, kind = "O", ""
        goes_on = prefix in _INSIDE and before in _OPEN and kind == kind_before
        if goes_on:
            found[-1] = found[-1]._replace(end=place + 1)
        elif prefix != "O":
            found.append(Chunk(place, place + 1, kind))
        before, kind_before = prefix, kind
    return found


def chunk_scores(truth: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> ChunkScores:
    r"""Compare predicted chunks with the true ones, as conlleval does.

    Parameters
    ----------
    truth, predicted : sequence of sequences of str, n of each
        Labels of each sentence.

    Returns
    -------
    ChunkScores
        Precision, recall and F1 over all chunks and by kind.

    Raises
    ------
    ParameterError
        If the two, or the labels of a sentence, are not equally long.
    DataError
        If there is no sentence.

    Notes
    -----
    .. math:: P = n_{right} / n_{predicted}, \quad R = n_{right} / n_{true}, \quad F_1 = 2 P R / (P + R)
    """
    if len(truth) != len(predicted):
        raise ParameterError("models.unequal", n=len(truth), m=len(predicted))
    if not len(truth):
        raise DataError("models.nothing_to_score")
    n_true, n_predicted, n_right = Counter[str](), Counter[str](), Counter[str]()
    for row, (true, guess) in enumerate(zip(truth, predicted, strict=True)):
        if len(true) != len(guess):
            raise ParameterError("models.unequal_row", row=row, n=len(true), m=len(guess))
        wanted, given = chunks(true), chunks(guess)
        n_true.update(chunk.kind for chunk in wanted)
        n_predicted.update(chunk.kind for chunk in given)
        n_right.update(chunk.kind for chunk in {*wanted} & {*given})
    kinds = sorted({*n_true, *n_predicted})
    by_kind = {kind: (*_scores(n_right[kind], n_predicted[kind], n_true[kind]), n_true[kind]) for kind in kinds}
    totals = n_right.total(), n_predicted.total(), n_true.total()
    return ChunkScores(*_scores(*totals), totals[2], totals[1], totals[0], by_kind)


def _scores(n_right: int, n_predicted: int, n_true: int) -> tuple[float, float, float]:
    parts, wholes = np.array([n_right, n_right, 2 * n_right]), np.array([n_predicted, n_true, n_predicted + n_true])
    precision, recall, f1 = share(parts, wholes).tolist()
    return precision, recall, f1
