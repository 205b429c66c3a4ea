"""IMDb: is a long review praise? Words start from vectors learned from the same texts and the unlabelled ones."""

from common import Row, columns, imdb_vectors, show, with_vote

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
    return with_vote("BiGRU, vectors of IMDb, 400 words", model, train, test)


if __name__ == "__main__":
    show(rows())
