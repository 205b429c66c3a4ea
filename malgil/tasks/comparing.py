"""Networks beside the line that each must stand next to: accuracy, time and size on one split."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from malgil.engine import Progress, Silent
from malgil.errors import DataError
from malgil.params import choose
from malgil.tasks.baseline import TfidfBaseline
from malgil.tasks.names import ENCODERS
from malgil.training.metrics import class_scores

BASELINE = "tfidf"
_FEW = 200


class Compared(NamedTuple):
    """One row of the table.

    Parameters
    ----------
    name : str
        ``"tfidf"`` for TF-IDF with logistic regression, or an encoder.
    accuracy, macro_f1 : float
        On the test part, in [0, 1].
    train_s : float
        Seconds of training; a first, unmeasured one on a few texts has loaded tokeniser and compiled code.
    texts_per_s : float
        Texts labelled in a second, tokenising included.
    n_bytes : int
        Size on disk.
    """

    name: str
    accuracy: float
    macro_f1: float
    train_s: float
    texts_per_s: float
    n_bytes: int


def split_rows(n: int, seed: int = 0) -> tuple[list[int], list[int]]:
    """Hold a tenth of the examples back.

    Parameters
    ----------
    n : int
        Examples, >= 2.
    seed : int
        Of the draw.

    Returns
    -------
    train, test : list of int
        Their numbers, rising.

    Raises
    ------
    DataError
        If there are fewer than two.
    """
    if n < 2:
        raise DataError("models.too_few", n=n)
    order = np.random.default_rng(seed).permutation(n)
    n_test = max(1, n // 10)
    return sorted(order[n_test:].tolist()), sorted(order[:n_test].tolist())


def compare(
    train: tuple[Sequence[str], Sequence[Any]],
    test: tuple[Sequence[str], Sequence[Any]],
    encoders: Sequence[str] = ENCODERS,
    *,
    progress: Progress | None = None,
    **settings: Any,
) -> list[Compared]:
    """Train TF-IDF with logistic regression and networks on the same texts, and test them on the same others.

    Parameters
    ----------
    train, test : tuple of texts and labels
        What to learn from, and what nothing learns from.
    encoders : sequence of str
        Names in `malgil.tasks.names.ENCODERS`.
    progress : engine.Progress, optional
        Told of each model.
    **settings : object
        Arguments of `malgil.SequenceClassifier`, such as ``epochs`` and ``seed``.

    Returns
    -------
    list of Compared
        The baseline first, then the networks in the order asked for.

    Raises
    ------
    ParameterError
        If an encoder is not known.
    DataError
        If there are fewer than two classes.
    MissingError
        If a network is asked for and torch is not installed.
    """
    for name in encoders:
        choose(dict.fromkeys(ENCODERS), "encoder", name)
    listener, rows = progress or Silent(), []
    few = _few(train)
    for name in (BASELINE, *encoders):
        listener.start(name, None)
        _warm_up(_model(name, settings | {"epochs": 1, "validation": 0.0, "checkpoints": None}), few)
        rows.append(_measure(name, _model(name, settings), train, test))
        listener.done()
    return rows


def _model(name: str, settings: dict[str, Any]) -> Any:
    if name == BASELINE:
        return TfidfBaseline()
    from malgil.tasks.classifier import SequenceClassifier

    return SequenceClassifier(encoder=name, **{"verbose": False, **settings})


def _few(examples: tuple[Sequence[str], Sequence[Any]]) -> tuple[list[str], list[Any]]:
    """Take a few examples, one of each label among them."""
    texts, labels = examples
    firsts = {label: row for row, label in reversed(list(enumerate(labels)))}
    rows = sorted({*range(min(_FEW, len(texts))), *firsts.values()})
    return [texts[row] for row in rows], [labels[row] for row in rows]


def _warm_up(model: Any, few: tuple[list[str], list[Any]]) -> None:
    """Load tokeniser and compiled code first: else the first model would pay for all."""
    model.fit(*few)
    model.predict(few[0])


def _measure(
    name: str,
    model: Any,
    train: tuple[Sequence[str], Sequence[Any]],
    test: tuple[Sequence[str], Sequence[Any]],
) -> Compared:
    begin = time.perf_counter()
    model.fit(*train)
    middle = time.perf_counter()
    predicted = list(model.predict(test[0]))
    end = time.perf_counter()
    scores = class_scores([str(label) for label in test[1]], [str(label) for label in predicted])
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model")
        n_bytes = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    speed = len(test[0]) / max(end - middle, 1e-9)
    return Compared(name, scores.accuracy, scores.macro_f1, middle - begin, speed, n_bytes)
