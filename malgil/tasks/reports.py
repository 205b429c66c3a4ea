"""Reports of how good a model is on labelled examples, in a form that JSON can hold and people can be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.training.calibration import reliability
from malgil.training.chunks import chunk_scores, has_chunks
from malgil.training.metrics import class_scores, confident_errors, number_scores
from malgil.training.text_scores import bleu, distinct

N_ERRORS = 20


def report_classes(
    truth: Sequence[Any],
    probabilities: NDArray[np.floating[Any]],
    classes: Sequence[Any],
    examples: Sequence[object] | None = None,
    *,
    n_errors: int = N_ERRORS,
) -> dict[str, Any]:
    """Report on a classifier.

    Parameters
    ----------
    truth : sequence, n of them
        Given class of each example.
    probabilities : ndarray of float, shape (n, K)
        What the model gives to each class; the likeliest one, of equal ones the first, is its answer.
    classes : sequence, K of them
        Names of the columns.
    examples : sequence, n of them, optional
        What was classified, to show beside the errors.
    n_errors : int
        How many errors at most.

    Returns
    -------
    dict
        The scores of `malgil.training.metrics.ClassScores`, ``unknown_labels`` (true labels that the model does not
        know, which count as errors), ``calibration`` (of `malgil.training.calibration.Reliability`) and ``errors``, the
        most confident first.

    Raises
    ------
    ParameterError
        If the parts are not equally long.
    DataError
        If there is no example.
    """
    answers = [classes[at] for at in np.asarray(probabilities).argmax(1)] if len(probabilities) else []
    extra = sorted({str(label) for label in truth} - {str(label) for label in classes})
    given, wanted = [str(label) for label in answers], [str(label) for label in truth]
    names = [str(label) for label in classes]
    scores = class_scores(wanted, given, [*names, *extra])
    is_right = np.array([a == b for a, b in zip(wanted, given, strict=True)])
    errors = confident_errors(wanted, probabilities, names, n_errors)
    return {
        "task": "classify",
        **scores.to_dict(),
        "unknown_labels": extra,
        "calibration": reliability(np.clip(probabilities.max(1), 0, 1), is_right).to_dict(),
        "errors": [error._asdict() | _example(examples, error.row) for error in errors],
    }


def _example(examples: Sequence[object] | None, row: int) -> dict[str, str]:
    return {} if examples is None else {"text": str(examples[row])}


def report_tags(truth: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Report on a tagger.

    Parameters
    ----------
    truth, predicted : sequence of sequences of str, n of each
        Labels of each sentence.

    Returns
    -------
    dict
        The scores of the single labels and, where they mark chunks, ``chunks`` (of
        `malgil.training.chunks.ChunkScores`).

    Raises
    ------
    ParameterError
        If the parts are not equally long.
    DataError
        If there is no label.
    """
    flat, guessed = ([str(label) for row in rows for label in row] for rows in (truth, predicted))
    report = {"task": "tag", **class_scores(flat, guessed).to_dict(), "n_sentences": len(truth)}
    if has_chunks(flat):
        report["chunks"] = chunk_scores(truth, predicted).to_dict()
    return report


def report_numbers(truth: ArrayLike, predicted: ArrayLike) -> dict[str, Any]:
    """Report on a model that predicts numbers.

    Parameters
    ----------
    truth, predicted : array_like of float, shape (n,)
        Numbers.

    Returns
    -------
    dict
        RMSE, MAE and R2, and ``baseline_rmse``: that of always saying the mean.

    Raises
    ------
    ParameterError
        If the two are not equally long.
    DataError
        If there is no example.
    """
    values = np.asarray(truth, np.float64)
    scores = number_scores(values, predicted)
    return {"task": "regress", **scores._asdict(), "baseline_rmse": float(values.std()), "n": len(values)}


def report_texts(
    references: Sequence[str], generated: Sequence[str], sources: Sequence[str] | None = None, *, tokenize: str = "13a"
) -> dict[str, Any]:
    """Report on a model that writes texts.

    Parameters
    ----------
    references, generated : sequence of str, n of each
        What is wanted, and what the model wrote.
    sources : sequence of str, n of them, optional
        What it was given, to show beside the examples.
    tokenize : str
        As for `malgil.training.text_scores.bleu`.

    Returns
    -------
    dict
        ``bleu``, ``exact`` (share of texts that are equal), ``distinct_1`` and ``distinct_2`` of what was written, and
        the first five ``examples``.

    Raises
    ------
    ParameterError
        If the parts are not equally long.
    DataError
        If there is no text.
    """
    score = bleu(generated, references, tokenize=tokenize)
    words = [text.split() for text in generated]
    columns = {"source": sources or [""] * len(references), "reference": references, "generated": generated}
    shown = [dict(zip(columns, row, strict=True)) for row in zip(*(list(c)[:5] for c in columns.values()), strict=True)]
    return {
        "task": "translate",
        "bleu": score,
        "exact": sum(a == b for a, b in zip(references, generated, strict=True)) / len(references),
        "distinct_1": distinct(words, 1),
        "distinct_2": distinct(words, 2),
        "n": len(references),
        "examples": shown,
    }


def report_perplexity(model: Any, texts: Sequence[str]) -> dict[str, Any]:
    """Report on a language model.

    Parameters
    ----------
    model : RecurrentLM
        With a method ``perplexity``.
    texts : sequence of str
        Texts that it has not seen.

    Returns
    -------
    dict
        ``perplexity`` and ``n``.
    """
    return {"task": "lm", "perplexity": float(model.perplexity(texts)), "n": len(texts)}
