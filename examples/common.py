"""What the recipes share: reading the data, training for a given time, one table of baseline and network."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from malgil.embeddings import Vectors, Word2Vec
from malgil.tasks.baseline import TfidfBaseline
from malgil.tokenizers import Tokenizer, tokenizer
from malgil.training.history import History


class Row(NamedTuple):
    """One line of a table.

    Parameters
    ----------
    setting : str
        What was trained.
    figures : dict
        Name of each figure and its value, ``train_s`` (seconds) among them.
    is_own : bool
        Whether it is malgil's network and not the baseline.
    history : History, optional
        How training went, where its curve is worth a look.
    """

    setting: str
    figures: dict[str, float]
    is_own: bool = True
    history: History | None = None


def data(name: str) -> Path:
    """Find a file of the data.

    Parameters
    ----------
    name : str
        Path inside the folder that ``MALGIL_DATA`` names.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    path = Path(os.environ.get("MALGIL_DATA", "")) / name
    if "MALGIL_DATA" not in os.environ or not path.exists():
        raise FileNotFoundError(f"MALGIL_DATA does not name a folder with {name}")
    return path


def columns(name: str, *names: str) -> tuple[list[Any], ...]:
    """Read columns of a tab-separated file.

    Parameters
    ----------
    name : str
        Path inside the folder that ``MALGIL_DATA`` names.
    *names : str
        The columns.

    Returns
    -------
    tuple of list
        Strings of each column.
    """
    parse, types = pc.ParseOptions(delimiter="\t", quote_char=False), {one: pa.string() for one in names}
    table = pc.read_csv(data(name), parse_options=parse, convert_options=pc.ConvertOptions(column_types=types))
    return tuple(table[one].to_pylist() for one in names)


def lines(name: str) -> list[str]:
    """Read a packed text, line by line.

    Parameters
    ----------
    name : str
        Path inside the folder that ``MALGIL_DATA`` names.

    Returns
    -------
    list of str
        Without the line ends.
    """
    with gzip.open(data(name), "rt", encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file]


def tagged(name: str, form: int, *others: int) -> tuple[list[list[str]], ...]:
    """Read columns of a tagged text: a token a line, an empty line after each sentence, comments with ``#`` and a tab.

    Parameters
    ----------
    name : str
        Path inside the folder that ``MALGIL_DATA`` names.
    form, *others : int
        Numbers of the columns, from 0; rows of CoNLL-U whose number is not whole are left out.

    Returns
    -------
    tuple of list of list of str
        Sentences of each column.
    """
    wanted, is_conllu = (form, *others), ".conllu" in name
    found: tuple[list[list[str]], ...] = tuple([[]] for _ in wanted)
    for line in lines(name):
        cells = line.split("\t" if is_conllu else None)
        if not line.strip():
            for part in found:
                part.append([])
        elif not is_conllu or cells[0].isdigit():
            for part, place in zip(found, wanted, strict=True):
                part[-1].append(cells[place])
    return tuple([sentence for sentence in part if sentence] for part in found)


def word_vectors(texts: list[str], cut: Tokenizer, size: int = 200) -> Vectors:
    """Learn word vectors.

    Parameters
    ----------
    texts : list of str
        What to learn from.
    cut : Tokenizer
        How they are cut.
    size : int
        Numbers in a vector.

    Returns
    -------
    Vectors
        Of words that occur five times or more.
    """
    model = Word2Vec(dim=size, window=5, min_count=5, epochs=3, model="skipgram")
    return model.fit(cut.tokenize(texts)).vectors_


def imdb_vectors() -> Vectors:
    """Learn English word vectors from the 75,000 reviews of IMDb that are not for testing.

    Returns
    -------
    Vectors
        Of lower-case words.
    """
    texts = [text.replace("<br />", " ") for text in columns("imdb/train.tsv.gz", "text")[0]]
    return word_vectors(texts + lines("text/imdb_unlabelled.txt.gz"), tokenizer("word", lowercase=True))


def fit(model: Any, X: Any, y: Any) -> float:
    """Train.

    Parameters
    ----------
    model : estimator
        What learns.
    X, y : sequence
        From what.

    Returns
    -------
    float
        Seconds.
    """
    began = time.perf_counter()
    model.fit(X, y)
    return time.perf_counter() - began


def baseline(train: Sequence[Any], test: Sequence[Any]) -> tuple[Row, Any]:
    """Classify by TF-IDF and logistic regression.

    Parameters
    ----------
    train, test : pair of sequence
        Texts and labels of both parts.

    Returns
    -------
    row : Row
        Of the table.
    model : TfidfBaseline
        The trained baseline.
    """
    model = TfidfBaseline()
    seconds = fit(model, *train)
    right = accuracy(model.predict(test[0]), test[1])
    return Row("TF-IDF + logistic regression", {"accuracy": right, "train_s": seconds}, is_own=False), model


def with_vote(setting: str, model: Any, train: Sequence[Any], test: Sequence[Any]) -> list[Row]:
    """Train a network, and let it vote with the baseline.

    Parameters
    ----------
    setting : str
        What the network is.
    model : SequenceClassifier
        What learns.
    train, test : pair of sequence
        Texts and labels of both parts.

    Returns
    -------
    list of Row
        Network, mean of the network's and the baseline's probabilities, baseline.
    """
    seconds = fit(model, *train)
    line, tfidf = baseline(train, test)
    own = model.predict_proba(test[0])
    both = own + np.asarray(tfidf.predict_proba(test[0]))  # columns of both are the sorted classes
    single, voted = (accuracy(model.classes_[chances.argmax(1)].tolist(), test[1]) for chances in (own, both))
    return [
        Row(setting, {"accuracy": single, "train_s": seconds}),
        Row("mean of the network's and the baseline's probabilities", {"accuracy": voted}),
        line,
    ]


def accuracy(predicted: Sequence[Any], truth: Sequence[Any]) -> float:
    """Share of right answers.

    Parameters
    ----------
    predicted, truth : sequence, n of each
        Labels.

    Returns
    -------
    float
        In [0, 1].
    """
    return float(np.mean([a == b for a, b in zip(predicted, truth, strict=True)]))


def step_accuracy(predicted: Sequence[Sequence[Any]], truth: Sequence[Sequence[Any]]) -> float:
    """Share of right labels over all steps of all sequences.

    Parameters
    ----------
    predicted, truth : sequence of sequence, n of each
        Labels of each step.

    Returns
    -------
    float
        In [0, 1].
    """
    return accuracy([one for row in predicted for one in row], [one for row in truth for one in row])


def show(rows: Sequence[Row]) -> None:
    """Print a table.

    Parameters
    ----------
    rows : sequence of Row
        Baseline and networks.
    """
    for row in rows:
        print(f"{row.setting:<56}", "  ".join(f"{name} {value:.4f}" for name, value in row.figures.items()))
