"""NSMC: is a review praise? No vectors or texts from elsewhere; a single network, and its vote with the baseline."""

from common import Row, columns, show, with_vote

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
    return with_vote("BiGRU, morphemes and their jamo", model, train, test)


if __name__ == "__main__":
    show(rows())
