"""Labels as numbers: classes in order, places of labels, and how much each class counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from malgil.errors import DataError, ParameterError


def sorted_classes(labels: list[Any]) -> tuple[list[Any], NDArray[np.int64], list[int]]:
    """Sort the classes of labels.

    Parameters
    ----------
    labels : list
        Labels, all of one type.

    Returns
    -------
    tuple of (list, ndarray of int64, list of int)
        Classes, the place of each label among them, and how many labels each class has.

    Raises
    ------
    ParameterError
        If a label is a list, or labels cannot be compared.
    """
    try:
        counts = Counter(labels)
    except TypeError as error:  # a list for each input
        row = next(row for row, label in enumerate(labels) if isinstance(label, list | dict | set | np.ndarray))
        raise ParameterError("tasks.no_label", row=row, value=labels[row]) from error
    try:
        found = sorted(counts)
    except TypeError as error:
        raise ParameterError("tasks.mixed_labels") from error
    place = {label: number for number, label in enumerate(found)}
    return found, np.array([place[label] for label in labels], np.int64), [counts[label] for label in found]


def places_of(classes: NDArray[Any], labels: list[Any]) -> NDArray[np.int64]:
    """Find the places of labels among classes.

    Parameters
    ----------
    classes : ndarray, shape (K,)
        Known labels.
    labels : list
        Of a validation part.

    Returns
    -------
    ndarray of int64, shape (n,)
        Places.

    Raises
    ------
    DataError
        If one is not known; names the row.
    """
    place = {label: number for number, label in enumerate(classes.tolist())}
    for row, label in enumerate(labels):
        if isinstance(label, list | dict | set | np.ndarray) or label not in place:
            raise DataError("tasks.unknown_label", label=label, row=row)
    return np.array([place[label] for label in labels], np.int64)


def class_weights(given: Any, classes: NDArray[Any], counts: NDArray[np.int64] | None) -> torch.Tensor | None:
    r"""Make the weights of classes.

    Parameters
    ----------
    given : dict or "balanced", optional
        What the user said.
    classes : ndarray, shape (K,)
        Labels.
    counts : ndarray of int64, shape (K,), optional
        Examples of each; None where nothing is learned.

    Returns
    -------
    Tensor of float32, shape (K,), optional
        Weights; None = all alike.

    Raises
    ------
    ParameterError
        If it is neither, or a class is not known.

    Notes
    -----
    .. math:: w_k = n / (K n_k) \text{ where balanced}
    """
    if given is None or counts is None:
        return None
    known = classes.tolist()
    if given == "balanced":
        weights = counts.sum() / (len(known) * np.maximum(counts, 1))
    elif isinstance(given, Mapping) and set(given) <= set(known):
        weights = np.array([float(given.get(label, 1.0)) for label in known])
    else:
        raise ParameterError("tasks.bad_class_weight", value=given, known=", ".join(map(str, known[:10])))
    return torch.from_numpy(weights.astype(np.float32))
