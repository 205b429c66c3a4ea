"""IMDb: is a long review praise? Words start from vectors learned from the same texts and the unlabelled ones."""

from common import Row, baseline, columns, fit, imdb_vectors, show

from malgil import SequenceClassifier


def rows() -> list[Row]:
    """Train on the training part, keep the best epoch by a tenth of it, test once.

    Returns
    -------
    list of Row
        Network and baseline.
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
        learning_rate=1e-3,
    )
    seconds = fit(model, *train)
    own = Row("BiGRU, vectors of IMDb, 400 words", {"accuracy": model.score(*test), "train_s": seconds})
    return [own, baseline(train, test)[0]]


if __name__ == "__main__":
    show(rows())
