"""Examples for each task out of the files that people have: labelled texts, tagged tokens, sentence pairs, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from malgil.corpus import Corpus, read
from malgil.corpus.tagged import read_tagged
from malgil.errors import DataError, MissingError, ParameterError


class Given(NamedTuple):
    """What a model learns from or is tested with.

    Parameters
    ----------
    X : sequence
        Inputs.
    y : sequence
        What is wanted for each; empty where nothing is, as for a language model.
    n_left_out : int
        Rows of the source without a label.
    """

    X: Any
    y: Sequence[Any]
    n_left_out: int = 0


def read_examples(task: str, source: str, *, target: str | None = None, **columns: Any) -> Given:
    """Read the examples of a task.

    Parameters
    ----------
    task : str
        A key of `malgil.tasks.names.ESTIMATORS`.
    source : str
        ``classify``, ``regress``, ``generate``: a corpus with a label column. ``tag``: columns as
        `malgil.corpus.tagged.read_tagged` reads them. ``translate``: a corpus with two columns of texts, or with as
        many documents as the one in `target`. ``lm``: any corpus. ``caption``: an ``.npz`` file with the arrays
        ``images`` (n, height, width, 3) and ``captions`` (n,).
    target : str, optional
        ``translate``: the column of the translations, or a second corpus.
    **columns : object
        As `malgil.read` takes them.

    Returns
    -------
    Given
        At least one.

    Raises
    ------
    MissingError
        If nothing is there.
    ParameterError
        If a column is not there.
    DataError
        If the content cannot be used.
    """
    if task == "tag":
        tagged = read_tagged(source, columns.get("encoding"))
        if not tagged.has_tags:
            raise DataError("models.no_tags", path=source)
        return Given(tagged.tokens, tagged.tags)
    if task == "caption":
        return _captions(Path(source))
    if task == "translate":
        return _pairs(source, target, columns)
    corpus = read(source, **columns)
    if task == "lm":
        return Given(_texts(corpus), [])
    texts, labels, n_left_out = labelled_texts(corpus, source)
    if task == "regress":
        return Given(texts, _numbers(labels, source), n_left_out)
    return Given(labels, texts, n_left_out) if task == "generate" else Given(texts, labels, n_left_out)


def labelled_texts(corpus: Corpus, source: str) -> tuple[list[str], list[str], int]:
    """Take the texts that carry a label out of a corpus.

    Parameters
    ----------
    corpus : Corpus
        With a label column.
    source : str
        What to call it in messages.

    Returns
    -------
    texts, labels : list of str
        Of the same length.
    n_left_out : int
        Documents without a label.

    Raises
    ------
    ParameterError
        If there is no label column.
    DataError
        If no document has a label.
    """
    table = corpus.to_table()
    if "label" not in table.column_names:
        known = ", ".join(map(str, corpus.facts.get("other_columns", []))) or "-"
        raise ParameterError("models.no_label_column", path=source, known=known)
    pairs = zip(table["text"].to_pylist(), table["label"].to_pylist(), strict=True)
    kept = [(text, label) for text, label in pairs if label]
    if not kept:
        raise DataError("models.no_labels", path=source)
    texts, labels = map(list, zip(*kept, strict=True))
    return texts, labels, len(table) - len(kept)


def _texts(corpus: Corpus) -> list[str]:
    return [text for block in corpus.texts() for text in block.to_pylist()]


def _numbers(labels: Sequence[str], source: str) -> list[float]:
    values = []
    for row, label in enumerate(labels, start=1):
        try:
            values.append(float(label))
        except ValueError as error:
            raise DataError("models.label_not_a_number", path=source, row=row, value=label) from error
    return values


def _pairs(source: str, target: str | None, columns: dict[str, Any]) -> Given:
    if target is not None and Path(target).is_file():
        texts, others = (_texts(read(path, **columns)) for path in (source, target))
        if len(texts) != len(others):
            raise DataError("models.unequal_files", path=source, other=target, n=len(texts), m=len(others))
        return Given(texts, others)
    table = read(source, **columns).to_table()
    if target is None or target not in table.column_names:
        known = ", ".join(name for name in table.column_names if name not in ("id", "text"))
        raise ParameterError("models.no_target", path=source, found=target or "-", known=known or "-")
    wanted = [str(text or "") for text in table[target].to_pylist()]
    return Given(table["text"].to_pylist(), wanted)


def read_images(path: Path) -> Any:
    """Read pictures.

    Parameters
    ----------
    path : Path
        An ``.npz`` file.

    Returns
    -------
    dict of ndarray
        ``images`` (n, height, width, 3) and whatever else the file holds; nothing is unpickled.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If it is no such file, or has no ``images``.
    """
    if not path.is_file():
        raise MissingError("corpus.missing", path=path)
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, OSError, EOFError, AttributeError, TypeError) as error:
        raise DataError("models.not_npz", path=path) from error
    if "images" not in arrays or arrays["images"].ndim not in (2, 4):
        raise DataError("models.no_images", path=path, found=", ".join(arrays) or "-")
    return arrays


def _captions(path: Path) -> Given:
    arrays = read_images(path)
    captions = [str(text) for text in arrays.get("captions", [])]
    if len(captions) != len(arrays["images"]):
        raise DataError("models.captions", path=path, n=len(arrays["images"]), m=len(captions))
    return Given(arrays["images"], captions)
