"""Export of a fitted estimator: an ``.onnx`` file for any runtime, or one in its folder that `malgil predict` runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from malgil.errors import MissingError, ParameterError
from malgil.files import checksum, write_whole
from malgil.store import MANIFEST, Writer
from malgil.tasks.onnx_cells import as_floats
from malgil.tasks.onnx_networks import Anatomy, Ending, network_to_onnx
from malgil.tasks.opening import ONNX

_TASKS = ("classify", "regress", "tag")


def can_export(model: Any) -> bool:
    """Tell whether an estimator has an ONNX form.

    Parameters
    ----------
    model : NetworkEstimator
        Any.

    Returns
    -------
    bool
        True for classifiers, regressors and taggers of sequences; not of clips.
    """
    network = getattr(model, "network_", None)
    is_known = getattr(model, "task", "") in _TASKS and hasattr(network, "encoder")
    return is_known and getattr(network, "images", None) is None


def export_onnx(model: Any, path: str | Path) -> None:
    """Write a fitted estimator as ONNX.

    Parameters
    ----------
    model : SequenceClassifier, SequenceRegressor or SequenceTagger
        Fitted.
    path : str or Path
        A file ending in ``.onnx``; or the folder in which the estimator was saved: then the file goes there, and
        `malgil predict` asks it without torch.

    Raises
    ------
    ParameterError
        If the estimator has no ONNX form.
    MissingError
        If onnx is not installed.
    StorageError
        If it cannot be written.

    Notes
    -----
    Inputs and outputs of the graph are those of `malgil.tasks.onnx_networks.network_to_onnx`. Of a tagger with a
    chain (CRF) the graph gives the scores of the labels; the best path is looked for outside of it.
    """
    if not can_export(model):
        raise ParameterError("models.no_onnx_form", kind=type(model).__name__)
    content = network_to_onnx(_anatomy(model), _ending(model))
    target = Path(path)
    if target.suffix == ".onnx":
        write_whole(target, content)
        return
    with Writer(target / ONNX, ONNX) as writer:
        classes = [] if model.task == "regress" else np.asarray(model.classes_).tolist()
        reader = model.reader_.to_json()
        writer.meta = {
            "made_from": checksum(target / MANIFEST),
            "task": model.task,
            "classes": classes,
            "reader": reader,
        }
        writer.file("model.onnx", lambda file: file.write(content))
        if model.network_.crf is not None:
            for name in ("transitions", "start", "end"):
                writer.array(name, as_floats(getattr(model.network_.crf, name)))


def export_beside(model: Any, folder: str | Path) -> bool:
    """Write the ONNX file into the folder of a saved model, where model and installed packages allow it.

    Parameters
    ----------
    model : NetworkEstimator
        Fitted and saved.
    folder : str or Path
        Where.

    Returns
    -------
    bool
        Whether it was written: without onnx, or for a task that has no ONNX form, the model is whole all the same.
    """
    if not can_export(model):
        return False
    try:
        export_onnx(model, folder)
    except MissingError:
        return False
    return True


def _anatomy(model: Any) -> Anatomy:
    network = model.network_.eval()
    is_spelled = network.characters is not None
    parts = (network.embedding, network.characters, is_spelled, network.encoder, network.pooling, network.head.project)
    return Anatomy(*parts, n_features=network.config.n_features)


def _ending(model: Any) -> Ending:
    if model.task == "classify":
        return Ending("probabilities", temperature=float(model.temperature_))
    if model.task == "tag":
        return Ending("scores")
    return Ending("values", shift=float(model.shift_), scale=float(model.scale_))
