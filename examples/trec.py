"""TREC questions, six classes: what is asked for, a number, a person, a place."""

from common import Row, baseline, columns, fit, show

from malgil import SequenceClassifier


def rows() -> list[Row]:
    """Train on the training part, test once.

    Returns
    -------
    list of Row
        Baseline and network.
    """
    train = columns("classification/trec_train.tsv.gz", "text", "label")
    test = columns("classification/trec_test.tsv.gz", "text", "label")
    model = SequenceClassifier(
        encoder="gru", tokenizer="word", characters="char", dropout=0.5, pooling="concat", epochs=10, batch_size=32
    )
    seconds = fit(model, *train)
    own = Row("BiGRU, words and their letters", {"accuracy": model.score(*test), "train_s": seconds})
    return [own, baseline(train, test)[0]]


if __name__ == "__main__":
    show(rows())
