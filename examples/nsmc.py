"""NSMC: is a review praise? No vectors or texts from elsewhere; a single network, and its vote with the baseline."""

import numpy as np
from common import Row, accuracy, baseline, columns, fit, show

from malgil import SequenceClassifier


def rows() -> list[Row]:
    """Train on the training part, keep the best epoch by a tenth of it, test once.

    Returns
    -------
    list of Row
        Network, vote of network and baseline, baseline.
    """
    train, test = (columns(f"nsmc/{part}.tsv.gz", "document", "label") for part in ("train", "test"))
    model = SequenceClassifier(
        encoder="gru", tokenizer="kiwi-fast", characters="jamo", dropout=0.5, epochs=4, batch_size=128, validation=0.05
    )
    seconds = fit(model, *train)
    line, tfidf = baseline(train, test)
    chances = model.predict_proba(test[0])
    single = accuracy(model.classes_[chances.argmax(1)].tolist(), test[1])
    both = (chances + np.asarray(tfidf.predict_proba(test[0]))) / 2  # both keep the classes in sorted order
    voted = accuracy(model.classes_[both.argmax(1)].tolist(), test[1])
    return [
        Row("BiGRU, morphemes and their jamo", {"accuracy": single, "train_s": seconds}),
        Row("mean of the network's and the baseline's chances", {"accuracy": voted}),
        line,
    ]


if __name__ == "__main__":
    show(rows())
