"""Ask a workspace for labels: the better of its models, reading texts as the workspace does."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.corpus import as_texts
from malgil.errors import ArtefactError
from malgil.store import open_artefact
from malgil.workspace.modelling import KIND


class LabelModel:
    """The better of the two models of a workspace, by its accuracy on the documents held back.

    Parameters
    ----------
    workspace : Path
        The workspace's folder.
    clean : callable
        Cleans raw texts as the workspace does.
    split : callable
        Cuts cleaned texts as the workspace does, into lists of tokens.
    """

    task = "classify"

    def __init__(
        self,
        workspace: Path,
        clean: Callable[[pa.LargeStringArray], pa.LargeStringArray],
        split: Callable[[pa.LargeStringArray], list[list[str]]],
    ) -> None:
        self._path, self._clean, self._split = workspace / KIND, clean, split
        self.facts: dict[str, Any] = open_artefact(self._path, KIND).meta
        try:
            self.name = str(self.facts["best"])
            self.scores: dict[str, dict[str, Any]] = self.facts["scores"]
            self.accuracy = float(self.scores[self.name]["accuracy"])
        except (KeyError, TypeError) as error:
            raise ArtefactError("workspace.damaged_model", path=self._path, reason=error) from error

    @cached_property
    def _model(self) -> Any:
        if self.name == "baseline":
            from malgil.tasks.baseline import TfidfBaseline

            return TfidfBaseline.open(self._path / "baseline")
        from malgil.tasks.opening import open_predictor

        return open_predictor(self._path / "network")

    @property
    def classes_(self) -> list[Any]:
        """Labels in the order of the probabilities."""
        return list(self._model.classes_)

    def predict_proba(self, X: object) -> NDArray[np.floating[Any]]:
        """Give each label its probability.

        Parameters
        ----------
        X : list of str, or Arrow strings
            Raw texts.

        Returns
        -------
        ndarray of float, shape (n, K)
            Rows sum to 1.
        """
        cleaned = self._clean(as_texts(X))
        found = self._model.predict_proba(cleaned if self.name == "baseline" else self._split(cleaned))
        return np.asarray(found)

    def predict(self, X: object) -> list[Any]:
        """Give each text its likeliest label.

        Parameters
        ----------
        X : list of str, or Arrow strings
            Raw texts.

        Returns
        -------
        list of str
            Of equally likely labels the first.
        """
        return [self.classes_[at] for at in self.predict_proba(X).argmax(1)]
