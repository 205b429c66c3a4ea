"""IMDb: is a long review praise? Words start from vectors learned from the same texts and the unlabelled ones."""

import numpy as np
from common import Row, accuracy, baseline, columns, fit, imdb_vectors, show

from malgil import SequenceClassifier


def rows() -> list[Row]:
    """Train on the training part, keep the best epoch by a tenth of it, test once.

    Returns
    -------
    list of Row
        Network, vote of network and baseline, baseline.
    """
    train, test = (columns(f"imdb/{part}.tsv.gz", "text", "label") for part in ("train", "test"))
    train, test = (([text.replace("<br />", " ") for text in texts], labels) for texts, labels in (train, test))
    model = SequenceClassifier(
        encoder="gru",
        tokenizer={"name": "word", "lowercase": True},
        vectors=imdb_vectors(),
        hidden_size=128,
        dropout=0.5,
        max_length=400,
        epochs=4,
    )
    seconds = fit(model, *train)
    line, tfidf = baseline(train, test)
    chances = model.predict_proba(test[0])
    single = accuracy(model.classes_[chances.argmax(1)].tolist(), test[1])
    both = (chances + np.asarray(tfidf.predict_proba(test[0]))) / 2  # both keep the classes in sorted order
    voted = accuracy(model.classes_[both.argmax(1)].tolist(), test[1])
    return [
        Row("BiGRU, vectors of IMDb, 400 words", {"accuracy": single, "train_s": seconds}),
        Row("mean of the network's and the baseline's chances", {"accuracy": voted}),
        line,
    ]


if __name__ == "__main__":
    show(rows())
