"""The stage ``model``: what learns the labels of a corpus, and how well on documents that it has not seen."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.engine import Progress
from malgil.errors import ArtefactError, DataError
from malgil.store import MANIFEST, Writer, check, open_artefact
from malgil.workspace.documents import Documents
from malgil.workspace.optional_tables import ModelTable

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.eda.classifying import Classifying

KIND = "model"
LEAST = 20  # labelled documents below which a held-out tenth says nothing
N_ERRORS = 20
N_SHOWN = 10


class Labelled(NamedTuple):
    """The documents that carry a label.

    Parameters
    ----------
    texts : pa.LargeStringArray
        Cleaned.
    tokens : list of list of str
        The same documents as the workspace cut them.
    labels : list of str
        Their labels.
    docs : ndarray of int64
        Their numbers.
    is_test : ndarray of bool
        The tenth that nothing learns from.
    """

    texts: pa.LargeStringArray
    tokens: list[list[str]]
    labels: list[str]
    docs: NDArray[np.int64]
    is_test: NDArray[np.bool_]

    def part(self, is_test: bool) -> Labelled:
        """Take the documents to learn from, or those to test with.

        Parameters
        ----------
        is_test : bool
            Which of the two.

        Returns
        -------
        Labelled
            That part.
        """
        rows = np.flatnonzero(self.is_test == is_test)
        tokens, labels = [self.tokens[row] for row in rows], [self.labels[row] for row in rows]
        return Labelled(self.texts.take(pa.array(rows)), tokens, labels, self.docs[rows], self.is_test[rows])


def find_labelled(documents: Documents, texts: pa.LargeStringArray, tokens: list[list[str]], seed: int) -> Labelled:
    """Find the documents that carry a label, and hold a tenth of them back.

    Parameters
    ----------
    documents : Documents
        Of the workspace.
    texts : pa.LargeStringArray
        All of them, cleaned.
    tokens : list of list of str
        All of them, cut.
    seed : int
        Of the split.

    Returns
    -------
    Labelled
        Those with a label that is not empty.

    Raises
    ------
    DataError
        If there is no label column, or fewer than `LEAST` labels.
    """
    others = documents.others()
    if "label" not in others.column_names:
        raise DataError("workspace.no_labels")
    labels = others["label"].to_pylist()
    docs = np.array([doc for doc, label in enumerate(labels) if label], np.int64)
    if len(docs) < LEAST:
        raise DataError("workspace.few_labels", n=len(docs), least=LEAST)
    is_test = np.zeros(len(docs), bool)
    is_test[np.random.default_rng(seed).permutation(len(docs))[: len(docs) // 10]] = True
    kept = texts.take(pa.array(docs))
    return Labelled(kept, [tokens[doc] for doc in docs], [labels[doc] for doc in docs], docs, is_test)


def train_models(
    path: Path, n_docs: int, labelled: Labelled, table: ModelTable, meta: dict[str, Any], progress: Progress
) -> None:
    """Train TF-IDF with logistic regression, and the network where torch is installed; write both with their scores.

    Parameters
    ----------
    path : Path
        Folder of the stage.
    n_docs : int
        Documents of the workspace, those without a label included.
    labelled : Labelled
        What to learn from and to test with.
    table : ModelTable
        Which network.
    meta : dict
        What else to put into the manifest.
    progress : engine.Progress
        Told of both.

    Raises
    ------
    DataError
        If there are fewer than two classes.
    """
    from malgil.tasks.baseline import TfidfBaseline

    train, test = labelled.part(False), labelled.part(True)
    progress.start("model_baseline", None)
    baseline = TfidfBaseline().fit(train.texts, train.labels)
    baseline.save(path / "baseline")
    scores = {"baseline": _scores(test, baseline.predict_proba(test.texts), baseline.classes_)}
    progress.done()
    is_wanted = table.encoder != "none"
    if is_wanted and has_torch():
        network = _train_network(train, table, path / "network", progress)
        scores["network"] = _scores(test, network.predict_proba(test.tokens), list(network.classes_))
    best = max(scores, key=lambda name: (scores[name]["accuracy"], name == "baseline"))
    with Writer(path, KIND) as writer:
        writer.meta = {
            **meta,
            "scores": scores,
            "best": best,
            "encoder": table.encoder,
            "n_train": len(train.labels),
            "n_test": len(test.labels),
            "n_unlabelled": n_docs - len(labelled.labels),
            "is_torch_missing": is_wanted and "network" not in scores,
        }


def _train_network(train: Labelled, table: ModelTable, path: Path, progress: Progress) -> Any:
    from malgil.tasks.classifier import SequenceClassifier
    from malgil.tasks.onnx_export import export_beside

    settings: dict[str, Any] = {"encoder": table.encoder, "seed": table.seed, "verbose": False}
    if table.epochs:
        settings["epochs"] = table.epochs
    progress.start("model_network", None)
    network = SequenceClassifier(**settings).fit(train.tokens, train.labels)
    network.save(path)
    export_beside(network, path)
    progress.done()
    return network


def _scores(test: Labelled, probabilities: NDArray[np.floating[Any]], classes: Sequence[str]) -> dict[str, Any]:
    from malgil.tasks.reports import report_classes

    report = report_classes(test.labels, probabilities, classes, n_errors=N_ERRORS)
    errors = [{**error, "row": int(test.docs[error["row"]])} for error in report["errors"]]
    kept = ("accuracy", "macro_f1", "classes", "confusion")
    return {**{name: report[name] for name in kept}, "ece": report["calibration"]["ece"], "errors": errors}


def has_torch() -> bool:
    """Tell whether torch could be imported, without doing so.

    Returns
    -------
    bool
        Whether it is installed.
    """
    try:
        return importlib.util.find_spec("torch") is not None
    except ValueError:
        return False


def check_models(path: Path) -> list[ArtefactError]:
    """Compare every file of the models with its checksum.

    Parameters
    ----------
    path : Path
        Folder of the stage.

    Returns
    -------
    list of ArtefactError
        What is wrong; empty where nothing is.
    """
    return [problem for file in sorted(path.rglob(MANIFEST)) for problem in check(file.parent)]


def model_problems(path: Path) -> list[ArtefactError]:
    """Find why the models of a workspace have to be trained again.

    Parameters
    ----------
    path : Path
        Folder of the stage.

    Returns
    -------
    list of ArtefactError
        Damaged parts; and a network that could be trained now that torch is installed.
    """
    problems = check_models(path)
    if open_artefact(path, KIND, verify=False).meta["is_torch_missing"] and has_torch():
        problems.append(ArtefactError("workspace.damaged_model", path=path, reason="torch"))
    return problems


def describe_models(path: Path, corpus: Corpus) -> Classifying:
    """Gather what the report shows of the models.

    Parameters
    ----------
    path : Path
        Folder of the stage.
    corpus : Corpus
        That of the workspace, to quote from.

    Returns
    -------
    Classifying
        Scores, the best model first, and its surest errors.
    """
    from malgil.eda.classifying import Classifying, DoubtfulLabel, ModelScore
    from malgil.eda.samples import fetch_rows

    meta = open_artefact(path, KIND, verify=False).meta
    best = meta["scores"][meta["best"]]
    names = sorted(meta["scores"], key=lambda name: name != meta["best"])
    models = [
        ModelScore("baseline" if name == "baseline" else meta["encoder"], row["accuracy"], row["macro_f1"], row["ece"])
        for name, row in ((name, meta["scores"][name]) for name in names)
    ]
    errors = best["errors"][:N_SHOWN]
    quoted = fetch_rows(corpus, [error["row"] for error in errors])
    doubtful = [
        DoubtfulLabel(id, text, error["truth"], error["predicted"], error["probability"])
        for (id, text), error in zip(quoted, errors, strict=True)
    ]
    majority = max(row["support"] for row in best["classes"]) / meta["n_test"]
    return Classifying(models, meta["n_train"], meta["n_test"], majority, doubtful)
