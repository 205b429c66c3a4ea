"""What the report shows of the models that predict the labels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelScore:
    """How good one model is on documents that it has not seen.

    Parameters
    ----------
    name : str
        ``"baseline"``, or the name of a network's encoder.
    accuracy, macro_f1, ece : float
        In [0, 1]: share of right answers, mean F1 of the classes, distance of confidence and accuracy.
    """

    name: str
    accuracy: float
    macro_f1: float
    ece: float


@dataclass(frozen=True)
class DoubtfulLabel:
    """A document whose label a model contradicts, being sure of itself.

    Parameters
    ----------
    id : str
        The user's id.
    text : str
        Its beginning, personal data hidden.
    label, predicted : str
        Given and predicted label.
    probability : float
        What the model gives to its own.
    """

    id: str
    text: str
    label: str
    predicted: str
    probability: float


@dataclass(frozen=True)
class Classifying:
    """The models of a workspace.

    Parameters
    ----------
    models : list of ModelScore
        The best first.
    n_train, n_test : int
        Documents that they learnt from and that they were tested with.
    majority : float
        Share of the most frequent label among the latter: what saying nothing else would score.
    doubtful : list of DoubtfulLabel
        The surest errors of the best model.
    """

    models: list[ModelScore]
    n_train: int
    n_test: int
    majority: float
    doubtful: list[DoubtfulLabel]
