"""Reviews written for a label, judged by a classifier of real reviews that has to recover the label."""

from common import Row, accuracy, baseline, columns, fit, show

from malgil import Generator
from malgil.training.text_scores import distinct

N_TRAIN, N_WRITTEN = 40_000, 500


def rows() -> list[Row]:
    """Train on 40,000 short reviews, write 500 for each label, judge them by a classifier of all the reviews.

    Returns
    -------
    list of Row
        Generated texts, and real reviews of the test part under the same judge.
    """
    train, test = (columns(f"nsmc/{part}.tsv.gz", "document", "label") for part in ("train", "test"))
    short = [pair for pair in zip(*train, strict=True) if len(pair[0].split()) <= 12][:N_TRAIN]
    model = Generator(tokenizer={"name": "bpe", "n_terms": 8_000}, max_length=40, epochs=6, batch_size=128)
    seconds = fit(model, [label for _, label in short], [text for text, _ in short])
    judged, judge = baseline(train, test)
    written = {label: model.generate(label, N_WRITTEN, temperature=0.7, seed=1) for label in ("0", "1")}
    texts = [text for part in written.values() for text in part]
    right = accuracy(judge.predict(texts), [label for label, part in written.items() for _ in part])
    variety = distinct([text.split() for text in texts], 2)
    real = {
        "label recovered": judged.figures["accuracy"],
        "distinct-2": distinct([t.split() for t in test[0][:1000]], 2),
    }
    own = {"label recovered": right, "distinct-2": variety, "train_s": seconds}
    return [Row("generated reviews", own), Row("real reviews of the test part", real, is_own=False)]


if __name__ == "__main__":
    show(rows())
