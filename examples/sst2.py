"""SST-2: is a sentence about a film praise? Words start from vectors learned from the reviews of IMDb."""

from common import Row, baseline, columns, fit, imdb_vectors, show

from malgil import SequenceClassifier


def rows() -> list[Row]:
    """Train on the training part, keep the best epoch by the dev part, test once.

    Returns
    -------
    list of Row
        Networks and baseline.
    """
    train, dev, test = (columns(f"classification/sst2_{part}.tsv.gz", "text", "label") for part in PARTS)
    vectors = imdb_vectors()
    found = []
    for setting, start in {"BiGRU, vectors of IMDb": vectors, "BiGRU, random vectors": None}.items():
        # The best of nine by the dev part: .848; all three poolings .835, half the rate .841, LSTM .830, CNN .835.
        model = SequenceClassifier(
            encoder="gru",
            tokenizer="word",
            vectors=start,
            hidden_size=300,
            pooling="max",
            dropout=0.6,
            epochs=6,
            learning_rate=1e-3,
            schedule="constant",
            validation=dev,
        )
        seconds = fit(model, *train)
        found.append(Row(setting, {"accuracy": model.score(*test), "train_s": seconds}))
    return [*found, baseline(train, test)[0]]


PARTS = ("train", "dev", "test")

if __name__ == "__main__":
    show(rows())
