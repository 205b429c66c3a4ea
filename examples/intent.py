"""3i4K: what a Korean utterance wants: to state, to ask, to command."""

import numpy as np
from common import Row, baseline, columns, fit, show

from malgil import SequenceClassifier


def rows() -> list[Row]:
    """Train on nine tenths of the texts, test once on the others; a text stands in one part only.

    Returns
    -------
    list of Row
        Network and baseline.
    """
    pairs = zip(*columns("classification/korean_intent_3i4k_train_val.tsv.gz", "text", "label"), strict=True)
    label_of = dict(sorted(pairs))
    texts = list(label_of)
    order = np.random.default_rng(0).permutation(len(texts)).tolist()
    drawn = [texts[place] for place in order]
    n_test = len(drawn) // 10
    test, train = ((part, [label_of[text] for text in part]) for part in (drawn[:n_test], drawn[n_test:]))
    model = SequenceClassifier(encoder="gru", tokenizer="kiwi-fast", characters="jamo", dropout=0.5, epochs=6)
    seconds = fit(model, *train)
    own = Row("BiGRU, morphemes and their jamo", {"accuracy": model.score(*test), "train_s": seconds})
    return [own, baseline(train, test)[0]]


if __name__ == "__main__":
    show(rows())
