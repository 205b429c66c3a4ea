"""NSMC: does bfloat16 cost accuracy? The same network with the same seeds in both precisions."""

import statistics

from common import Row, columns, fit, show

from malgil import SequenceClassifier

N_TRAIN, SEEDS = 30_000, (0, 1, 2)


def rows() -> list[Row]:
    """Train on 30,000 reviews with three seeds, test each once on the whole test part.

    Returns
    -------
    list of Row
        Mean and standard deviation of the accuracies of each precision.
    """
    train, test = (columns(f"nsmc/{part}.tsv.gz", "document", "label") for part in ("train", "test"))
    found = []
    for precision in ("bfloat16", "float32"):
        rights, seconds = [], []
        for seed in SEEDS:
            model = SequenceClassifier(
                tokenizer="kiwi-fast", dropout=0.5, epochs=3, batch_size=64, precision=precision, seed=seed
            )
            seconds.append(fit(model, train[0][:N_TRAIN], train[1][:N_TRAIN]))
            rights.append(model.score(*test))
        figures = {"accuracy": statistics.fmean(rights), "deviation": statistics.stdev(rights)}
        setting = f"BiGRU in {precision}, {N_TRAIN:,} reviews, three seeds"
        found.append(Row(setting, figures | {"train_s": statistics.fmean(seconds)}, is_own=precision == "bfloat16"))
    return found


if __name__ == "__main__":
    show(rows())
