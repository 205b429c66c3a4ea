"""CoNLL-2000: noun, verb and other base phrases, from words joined to their part of speech, or from words alone.

Words start from vectors learned from reviews of IMDb.
"""

import numpy as np
from common import Row, fit, imdb_vectors, show, tagged
from lines import most_frequent

from malgil import SequenceTagger, Vectors
from malgil.training.chunks import chunk_scores

WORD, POS, CHUNK = 0, 1, 2


def joined(words: list[list[str]], pos: list[list[str]]) -> list[list[str]]:
    """Write each word's part of speech behind it, where the letters' encoder reads it too.

    Parameters
    ----------
    words, pos : list of list of str
        Of each sentence.

    Returns
    -------
    list of list of str
        ``word_POS``.
    """
    return [[f"{a}_{b}" for a, b in zip(*pair, strict=True)] for pair in zip(words, pos, strict=True)]


def of_forms(vectors: Vectors, sentences: list[list[str]]) -> Vectors:
    """Give forms such as ``Dogs_NNS`` the vectors of their words in lower case.

    Parameters
    ----------
    vectors : Vectors
        Of words in lower case.
    sentences : list of list of str
        The forms, with a part of speech or without.

    Returns
    -------
    Vectors
        Of the forms whose words are known.
    """
    word_of = {form: form.rsplit("_", 1)[0].lower() for sentence in sentences for form in sentence}
    known = sorted(form for form, word in word_of.items() if word in vectors)
    return Vectors(known, np.stack([vectors[word_of[form]] for form in known]))


def rows() -> list[Row]:
    """Train on the training part, keep the best epoch by a tenth of it, test once.

    Returns
    -------
    list of Row
        Networks, and the most frequent label of each part of speech.
    """
    words, pos, chunks = tagged("tagging/conll2000_train.txt.gz", WORD, POS, CHUNK)
    test_words, test_pos, truth = tagged("tagging/conll2000_test.txt.gz", WORD, POS, CHUNK)
    inputs = {
        "BiGRU + CRF, words joined to their part of speech": (joined(words, pos), joined(test_words, test_pos)),
        "BiGRU + CRF, words alone": (words, test_words),
    }
    found, vectors = [], imdb_vectors()
    for setting, (X, X_test) in inputs.items():
        model = SequenceTagger(crf=True, vectors=of_forms(vectors, X), dropout=0.5, epochs=10, batch_size=32)
        seconds = fit(model, X, chunks)
        found.append(Row(setting, {"chunk F1": chunk_scores(truth, model.predict(X_test)).f1, "train_s": seconds}))
    usual = chunk_scores(truth, most_frequent((pos, chunks), test_pos)).f1
    return [*found, Row("most frequent label of the part of speech", {"chunk F1": usual}, is_own=False)]


if __name__ == "__main__":
    show(rows())
