"""Parts of speech of UD English LinES, from words and their letters."""

from collections import Counter, defaultdict

from common import Row, fit, show, step_accuracy, tagged

from malgil import SequenceTagger

FORM, UPOS = 1, 3


def most_frequent(train: tuple[list[list[str]], ...], sentences: list[list[str]]) -> list[list[str]]:
    """Give each word its most frequent label, unknown words the most frequent of all.

    Parameters
    ----------
    train : pair of list of list of str
        Words and labels.
    sentences : list of list of str
        Words to label.

    Returns
    -------
    list of list of str
        Labels.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for words, labels in zip(*train, strict=True):
        for word, label in zip(words, labels, strict=True):
            counts[word][label] += 1
    usual = {word: found.most_common(1)[0][0] for word, found in counts.items()}
    other = sum(counts.values(), Counter()).most_common(1)[0][0]
    return [[usual.get(word, other) for word in words] for words in sentences]


def rows() -> list[Row]:
    """Train on the training part, keep the best epoch by the dev part, test once.

    Returns
    -------
    list of Row
        Network, and each word's most frequent label.
    """
    train, dev, test = (tagged(f"tagging/en_lines-ud-{part}.conllu.gz", FORM, UPOS) for part in PARTS)
    model = SequenceTagger(dropout=0.5, epochs=8, batch_size=32, validation=dev)
    seconds = fit(model, *train)
    own = {"accuracy": step_accuracy(model.predict(test[0]), test[1]), "train_s": seconds}
    usual = {"accuracy": step_accuracy(most_frequent(train, test[0]), test[1])}
    return [Row("BiGRU, words and their letters", own), Row("most frequent label of the word", usual, is_own=False)]


PARTS = ("train", "dev", "test")

if __name__ == "__main__":
    show(rows())
