"""NSMC: a language model of all reviews but those of the test part, and classifiers grown from it.

They get 1,000, 10,000 or all labels.

``python examples/nsmc_pretrained.py`` reads forward and backward and averages the two; with ``forward`` behind it, it
reads forward alone. The language models and the state of their training are kept (`pretraining.kept`), so that a second
call goes on where the first ended.
"""

import sys
from typing import Any

import pyarrow.parquet as pq
from common import Row, accuracy, baseline, columns, data, fit, show
from pretraining import kept, language_model, read

from malgil import SequenceClassifier

FEW = (1_000, 10_000, 150_000)
BOTH = ("forward", "backward")
MODEL: dict[str, Any] = {
    "tokenizer": "kiwi-fast",
    "max_terms": 30_000,
    "embedding_size": 256,
    "hidden_size": 512,
    "softmax": "adaptive",
    "dropout": 0.1,
    "weight_drop": 0.1,
    "word_dropout": 0.02,
    "bptt": 32,
    "batch_size": 128,
    "epochs": 3,
    "learning_rate": 3e-3,
    "schedule": "one_cycle",
    "validation": 0.005,
    "verbose": True,
}


def unlabelled() -> list[str]:
    """Read the reviews whose numbers are not in the test part.

    Returns
    -------
    list of str
        In the order of their numbers.
    """
    table = pq.read_table(data("nsmc/reviews.parquet"), columns=["review_id", "review"])
    left_out = set(columns("nsmc/test.tsv.gz", "id")[0])
    pairs = zip(table["review_id"].to_pylist(), table["review"].to_pylist(), strict=True)
    return [text for number, text in pairs if number not in left_out and text.strip()]


def rows(directions: tuple[str, ...] = BOTH) -> list[Row]:
    """Grow classifiers and set them beside the same data without pre-training; test once each.

    Parameters
    ----------
    directions : tuple of str
        Language models to use.

    Returns
    -------
    list of Row
        Language models; for each number of labels: grown network, network without pre-training, baseline.
    """
    train, test = (columns(f"nsmc/{part}.tsv.gz", "document", "label") for part in ("train", "test"))
    elders = [language_model(kept("nsmc"), direction, unlabelled, **MODEL) for direction in directions]
    found = [read(kept("nsmc"), direction) for direction in directions]
    for n in FEW:
        part = train[0][:n], train[1][:n]
        share = 0.05 if n > 20_000 else 0.1
        grown = SequenceClassifier(
            pretrained=elders, schedule="slanted", dropout=0.3, epochs=5, batch_size=64, validation=share, unfreeze=1
        )
        plain = SequenceClassifier(
            tokenizer="kiwi-fast", characters="jamo", dropout=0.5, epochs=4, batch_size=64, validation=share
        )
        for name, model in {"grown from a language model": grown, "BiGRU, not pre-trained": plain}.items():
            seconds = fit(model, *part)
            right = accuracy(model.predict(test[0]).tolist(), test[1])
            figures = {"accuracy": right, "train_s": seconds}
            found.append(Row(f"{name}, {n:,} labels", figures, history=model.history_))
        line = baseline(part, test)[0]
        found.append(line._replace(setting=f"{line.setting}, {n:,} labels"))
    return found


if __name__ == "__main__":
    show(rows(tuple(sys.argv[1:]) or BOTH))
