"""IMDb: a language model of the 75,000 reviews that are not for testing, and a classifier grown from it.

``python examples/imdb_pretrained.py`` reads forward and backward and averages the two; with ``forward`` behind it, it
reads forward alone. The language models and the state of their training are kept (`pretraining.kept`), so that a second
call goes on where the first ended.
"""

import sys
from typing import Any

from common import Row, accuracy, baseline, columns, fit, lines, show
from pretraining import kept, language_model, read

from malgil import SequenceClassifier

BOTH = ("forward", "backward")
MODEL: dict[str, Any] = {
    "tokenizer": {"name": "word", "lowercase": True},
    "max_terms": 30_000,
    "softmax": "adaptive",
    "embedding_size": 256,
    "hidden_size": 512,
    "dropout": 0.1,
    "weight_drop": 0.1,
    "word_dropout": 0.02,
    "bptt": 64,
    "batch_size": 64,
    "epochs": 3,
    "learning_rate": 3e-3,
    "schedule": "one_cycle",
    "validation": 0.005,
    "verbose": True,
}


def texts_of(part: str) -> tuple[list[str], list[str]]:
    """Read labelled reviews.

    Parameters
    ----------
    part : {"train", "test"}
        Which.

    Returns
    -------
    tuple of list of str
        Texts and labels.
    """
    texts, labels = columns(f"imdb/{part}.tsv.gz", "text", "label")
    return [text.replace("<br />", " ") for text in texts], labels


def unlabelled() -> list[str]:
    """Read all reviews but those of the test part.

    Returns
    -------
    list of str
        75,000.
    """
    return texts_of("train")[0] + lines("text/imdb_unlabelled.txt.gz")


def rows(directions: tuple[str, ...] = BOTH) -> list[Row]:
    """Grow a classifier and set it beside TF-IDF; test once.

    Parameters
    ----------
    directions : tuple of str
        Language models to use.

    Returns
    -------
    list of Row
        Language models, grown network, baseline.
    """
    elders = [language_model(kept("imdb"), direction, unlabelled, **MODEL) for direction in directions]
    train, test = texts_of("train"), texts_of("test")
    model = SequenceClassifier(
        pretrained=elders, schedule="slanted", dropout=0.3, epochs=5, batch_size=32, max_length=400, unfreeze=1
    )
    seconds = fit(model, *train)
    right = accuracy(model.predict(test[0]).tolist(), test[1])
    setting, figures = (
        f"grown from a language model ({' and '.join(directions)})",
        {"accuracy": right, "train_s": seconds},
    )
    own = Row(setting, figures, history=model.history_)
    return [*(read(kept("imdb"), direction) for direction in directions), own, baseline(train, test)[0]]


if __name__ == "__main__":
    show(rows(tuple(sys.argv[1:]) or BOTH))
