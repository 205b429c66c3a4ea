"""Open what can predict: a network, by its ONNX file where there is one, or TF-IDF with logistic regression."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from malgil.errors import ArtefactError, MissingError
from malgil.store import MANIFEST, open_artefact
from malgil.tasks.baseline import TfidfBaseline
from malgil.tasks.saving import KIND, open_model

ONNX = "onnx"
"""Kind of an exported network, and its folder within that of the model."""


class Predictor(Protocol):
    """What the command line asks."""

    @property
    def task(self) -> str:
        """A key of `malgil.tasks.names.ESTIMATORS`."""

    @property
    def classes_(self) -> list[Any]:
        """Labels of a classifier, in the order of its probabilities."""

    def predict(self, X: Any) -> Any:
        """Answer.

        Parameters
        ----------
        X : sequence
            What the task reads: texts, token lists, pictures.

        Returns
        -------
        sequence
            An answer for each.
        """

    def predict_proba(self, X: Any) -> Any:
        """Give each class its probability.

        Parameters
        ----------
        X : sequence
            What the task reads.

        Returns
        -------
        ndarray of float, shape (n, K)
            Rows sum to 1.
        """


def open_predictor(path: str | Path) -> Predictor:
    """Open a saved model.

    Parameters
    ----------
    path : str or Path
        Its folder.

    Returns
    -------
    Predictor
        Without torch where the folder holds an ONNX file of this very model.

    Raises
    ------
    MissingError
        If there is no model, or it needs a package that is not installed.
    ArtefactError
        If it is damaged.
    """
    if not _holds(Path(path), KIND):
        if not _holds(Path(path), TfidfBaseline.KIND):
            raise MissingError("models.not_a_model", path=path)
        return TfidfBaseline.open(path)
    if (Path(path) / ONNX / MANIFEST).is_file():
        from malgil.tasks.onnx_predicting import OnnxModel

        return OnnxModel.open(path)
    opened: Predictor = open_model(path)
    return opened


def _holds(path: Path, kind: str) -> bool:
    """Tell whether a folder holds an artefact of one kind."""
    try:
        open_artefact(path, kind, verify=False)
    except ArtefactError as error:
        if error.key in ("house.other_kind", "house.artefact_missing"):
            return False
        raise
    return True
