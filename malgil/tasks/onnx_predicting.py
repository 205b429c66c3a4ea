"""Ask an exported network: its own reader, onnxruntime, and no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ArtefactError
from malgil.files import checksum
from malgil.store import MANIFEST, Artefact, open_artefact
from malgil.tasks.inputs import Reader
from malgil.tasks.onnx_running import best_tags, open_session, run_rows
from malgil.tasks.opening import ONNX
from malgil.tasks.read import Read

_CHAIN = ("transitions", "start", "end")


class OnnxModel:
    """A classifier, regressor or tagger of sequences that needs no torch.

    Parameters
    ----------
    artefact : Artefact
        What `malgil.tasks.onnx_export.export_onnx` wrote.

    Attributes
    ----------
    task : str
        ``"classify"``, ``"regress"`` or ``"tag"``.
    classes_ : list of str or int
        Labels in the order of the network's outputs; empty for a regressor.
    """

    def __init__(self, artefact: Artefact) -> None:
        try:
            self.task = str(artefact.meta["task"])
            self.classes_: list[Any] = list(artefact.meta["classes"])
            self._reader = Reader.from_json(artefact.meta["reader"], artefact.path)
        except (KeyError, TypeError) as error:
            raise ArtefactError("models.damaged", path=artefact.path, reason=error) from error
        self._chain = [artefact[name] for name in _CHAIN] if _CHAIN[0] in artefact else None
        path = artefact.path_of("model.onnx")
        self._session = open_session(path.read_bytes(), str(path))
        n_outputs = self._session.get_outputs()[0].shape[-1]
        n_classes = len(self.classes_)
        shapes = [(n_classes, n_classes), (n_classes,), (n_classes,)]
        fits = self._chain is None or [part.shape for part in self._chain] == shapes
        if not fits or (self.task != "regress" and n_outputs != n_classes):
            raise ArtefactError("models.damaged", path=artefact.path, reason=f"{n_outputs}, {n_classes}")

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open the network that stands in the folder of a model.

        Parameters
        ----------
        path : str or Path
            Folder of the model.

        Returns
        -------
        OnnxModel
            Ready to answer.

        Raises
        ------
        MissingError
            If onnxruntime is not installed.
        ArtefactError
            If it is damaged, or was exported from another model than the one in this folder.
        """
        artefact = open_artefact(Path(path) / ONNX, ONNX)
        if artefact.meta.get("made_from") != checksum(Path(path) / MANIFEST):
            raise ArtefactError("models.onnx_is_stale", path=artefact.path)
        return cls(artefact)

    def predict_proba(self, X: Any) -> NDArray[np.floating[Any]]:
        """Give each class its probability.

        Parameters
        ----------
        X : sequence
            Texts, lists of tokens or series, as the model learnt from.

        Returns
        -------
        ndarray of float32, shape (n, K)
            Rows sum to 1.
        """
        rows = [found[0] for found in self._run(X)]
        return np.stack(rows) if rows else np.zeros((0, len(self.classes_)), np.float32)

    def predict(self, X: Any) -> list[Any]:
        """Answer.

        Parameters
        ----------
        X : sequence
            As in `predict_proba`.

        Returns
        -------
        list
            A label, a number or a list of labels for each; of equally likely labels the first.
        """
        if self.task == "classify":
            return [self.classes_[at] for at in self.predict_proba(X).argmax(1)] if len(X) else []
        outputs = [found[0] for found in self._run(X)]
        if self.task == "regress":
            return [float(values[0]) for values in outputs]
        return [[self.classes_[at] for at in self._tags(scores)] for scores in outputs]

    def _tags(self, scores: NDArray[np.float32]) -> NDArray[np.int64]:
        return scores.argmax(1) if self._chain is None else best_tags(scores, *self._chain)

    def _run(self, X: Any) -> list[list[NDArray[np.float32]]]:
        rows = rows_of_read(self._reader.read(X))
        return run_rows(self._session, rows) if len(next(iter(rows.values()))) else []


def rows_of_read(read: Read) -> dict[str, Sequence[NDArray[Any]]]:
    """Cut what a reader gave into rows.

    Parameters
    ----------
    read : Read
        Sequences as flat arrays.

    Returns
    -------
    dict
        Inputs of the network, ``words`` and perhaps ``spellings``, or ``numbers``: an array for each sequence.
    """
    borders = read.indptr[1:-1]
    if read.numbers is not None:
        return {"numbers": _cut(read.numbers, borders, len(read))}
    assert read.words is not None
    rows = {"words": _cut(read.words, borders, len(read))}
    if read.forms is not None and read.spellings is not None:
        spellings = read.spellings
        rows["spellings"] = [spellings[forms] for forms in _cut(read.forms, borders, len(read))]
    return rows


def _cut(flat: NDArray[Any], borders: NDArray[np.int64], n: int) -> Sequence[NDArray[Any]]:
    return np.split(flat, borders) if n else []
