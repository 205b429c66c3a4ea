"""What augmentation adds to TF-IDF + logistic regression with 1,000 labelled reviews, method by method.

Five draws of 1,000 reviews out of the training set, all judged on the 30,000 test reviews. Both sides use the same
TF-IDF (words, and characters 1-4 within words) and choose the regularisation by cross-validation on the 1,000: copies
are made within each fold, of its training part alone. The word vectors that give the synonyms are trained here on all
reviews without labels, less the texts of the test set. How many copies, what share of the words and what weight was
chosen on the first 14,000 reviews of the same permutation of the training set, which are not used here. The interval is
that of Student's t for the mean of the five differences. The last row tells what the same vectors are worth without
augmentation: the mean of a review's vectors as features.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from recording import real_data, version, write
from scipy.sparse import csr_array, hstack
from scipy.stats import t as student

from malgil.embeddings import Vectors, Word2Vec
from malgil.sequences import Augmented, augment, nearest_synonyms
from malgil.sequences.eojeols import eojeols, without_particle

TITLE = {"en": "Augmentation with 1,000 labelled reviews", "ko": "라벨 1,000건일 때의 데이터 증강"}
INPUT = {"en": "NSMC, 5 draws of 1,000, 30,000 test reviews", "ko": "NSMC, 1,000건씩 5번, 테스트 리뷰 30,000건"}
N_DRAWS, N_LABELLED, N_FOLDS = 5, 1000, 3
N_CHOSEN_ON = 14_000  # reviews of the training set on which the settings were chosen
GRID = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
#: How each method is used: the settings, and the weight of a copy.
STRONG: tuple[dict[str, Any], float] = ({"times": 8, "rate": 1.0}, 0.3)
LIGHT: tuple[dict[str, Any], float] = ({"times": 2, "rate": 0.2}, 0.3)
USES = {
    "synonyms": STRONG,
    "insert": STRONG,
    **dict.fromkeys(("swap", "shuffle", "delete", "typo", "space", "mix"), LIGHT),
}

Make = Callable[[list[str], list[int]], Augmented]
Features = Callable[[list[str]], tuple[Any, Callable[[list[str]], Any]]]


class Texts(NamedTuple):
    """Labelled reviews.

    Parameters
    ----------
    texts : list of str
        The reviews.
    labels : ndarray of int64, shape (n,)
        1 for praise.
    """

    texts: list[str]
    labels: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> Texts:
        """Take some of them.

        Parameters
        ----------
        rows : ndarray of int64
            Which.

        Returns
        -------
        Texts
            In that order.
        """
        return Texts([self.texts[row] for row in rows.tolist()], self.labels[rows])


def read(name: str) -> Texts:
    """Read a part of the reviews.

    Parameters
    ----------
    name : {"train", "test"}
        Which one.

    Returns
    -------
    Texts
        All of it.
    """
    path = real_data(f"nsmc/{name}.tsv.gz")
    if path is None:
        raise FileNotFoundError("MALGIL_DATA does not name a folder with nsmc")
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")[1:]
    rows = [line.split("\t") for line in lines if line]
    return Texts([row[1] for row in rows], np.array([int(row[2]) for row in rows]))


def train_vectors(test: Texts) -> Vectors:
    """Learn word vectors of all reviews but those of the test set.

    Parameters
    ----------
    test : Texts
        What to leave out, whatever the white space.

    Returns
    -------
    Vectors
        Of words with five occurrences.
    """
    path = real_data("nsmc/reviews.parquet")
    unseen = {re.sub(r"\s", "", text) for text in test.texts}
    reviews = pq.read_table(path, columns=["review"])["review"].to_pylist()
    texts = [text for text in reviews if re.sub(r"\s", "", text) not in unseen]
    model = Word2Vec(dim=100, window=10, min_count=5, epochs=4, tokenizer="word", seed=0)
    return model.fit(texts).vectors_


def synonyms_for(vectors: Vectors, texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Look all words of the draws up at once.

    Parameters
    ----------
    vectors : Vectors
        Of words.
    texts : sequence of str
        The labelled reviews of all draws.

    Returns
    -------
    dict of str to tuple of str
        Ten neighbours at most, of a cosine of 0.6 at least.
    """
    words = {text[word.core_start : word.core_end] for text in texts for word in eojeols(text)}
    return nearest_synonyms(vectors, words | {stem for word in words for stem, _ in without_particle(word)}, 10, 0.6)


def tfidf(texts: list[str]) -> tuple[Any, Callable[[list[str]], Any]]:
    """Learn TF-IDF of words and of characters 1-4.

    Parameters
    ----------
    texts : list of str
        Reviews to train on.

    Returns
    -------
    matrix : csr_array
        Their weights.
    transform : callable
        Weighs other reviews.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(token_pattern=r"\w+", sublinear_tf=True)
    chars = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    matrix = csr_array(hstack([words.fit_transform(texts), chars.fit_transform(texts)]))
    return matrix, lambda other: csr_array(hstack([words.transform(other), chars.transform(other)]))


def mean_vectors(vectors: Vectors) -> Features:
    """Take the mean of a review's vectors for its features.

    Parameters
    ----------
    vectors : Vectors
        Of words.

    Returns
    -------
    callable
        Like `tfidf`.
    """

    def features(texts: list[str]) -> NDArray[np.float64]:
        zero = np.zeros((1, vectors.dim), np.float32)
        known = ([word for word in re.findall(r"\w+", text) if word in vectors] for text in texts)
        return np.array([(vectors[words] if words else zero).mean(axis=0) for words in known], np.float64)

    return lambda texts: (features(texts), features)


def accuracy(train: Texts, test: Texts, features: Features, make: Make | None = None, weight: float = 1.0) -> float:
    """Train on a draw and judge on the test set.

    Parameters
    ----------
    train, test : Texts
        Labelled reviews.
    features : callable
        Such as `tfidf`.
    make : callable, optional
        Makes the new texts.
    weight : float
        Of a new text; an original one has 1.

    Returns
    -------
    float
        Share of the test reviews that are told right.
    """
    folds = np.arange(len(train.texts)) % N_FOLDS
    right = np.zeros(len(GRID))
    for fold in range(N_FOLDS):
        held = train.take(np.flatnonzero(folds == fold))
        right += _judged(train.take(np.flatnonzero(folds != fold)), held, features, make, weight, GRID)
    return float(_judged(train, test, features, make, weight, GRID[int(right.argmax())])[0])


def _judged(
    train: Texts, test: Texts, features: Features, make: Make | None, weight: float, grid: float | Sequence[float]
) -> NDArray[np.float64]:
    """Accuracy for each strength of the regularisation."""
    from sklearn.linear_model import LogisticRegression

    texts, labels, weights = train.texts, train.labels, np.ones(len(train.texts))
    if make is not None:
        made = make(texts, labels.tolist())
        texts, labels = texts + made.texts, np.concatenate([labels, np.array(made.labels, np.int64)])
        weights = np.concatenate([weights, np.full(len(made), weight)])
    matrix, transform = features(texts)
    judged = transform(test.texts)
    models = (LogisticRegression(C=c, solver="liblinear") for c in np.atleast_1d(grid).tolist())
    return np.array([model.fit(matrix, labels, weights).score(judged, test.labels) for model in models])


def row(name: str, found: Sequence[float], plain: Sequence[float]) -> dict[str, Any]:
    """Describe the result of a method.

    Parameters
    ----------
    name : str
        What was done.
    found, plain : sequence of float
        Accuracy of each draw, with it and without.

    Returns
    -------
    dict
        A row of the result file, in percent and percentage points.
    """
    gains = 100 * (np.array(found) - np.array(plain))
    half = float(student.ppf(0.975, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains)))
    figures = {"accuracy_percent": 100 * float(np.mean(found)), "gain_points": float(gains.mean())}
    figures |= {"gain_low": float(gains.mean()) - half, "gain_high": float(gains.mean()) + half}
    print(f"  {name:<40}" + "   ".join(f"{key} {value:6.2f}" for key, value in figures.items()), flush=True)
    who = "scikit-learn" if name.startswith("TF-IDF") else "malgil"
    return {"who": who, "version": version(who), "case": "", "setting": name, "figures": figures}


def main() -> None:
    """Judge every method and write the result."""
    train, test = read("train"), read("test")
    order = np.random.default_rng(99).permutation(len(train.texts))[N_CHOSEN_ON:]
    draws = [train.take(order[low : low + N_LABELLED]) for low in range(0, N_DRAWS * N_LABELLED, N_LABELLED)]
    vectors = train_vectors(test)
    table = synonyms_for(vectors, [text for draw in draws for text in draw.texts])
    plain = [accuracy(draw, test, tfidf) for draw in draws]
    rows = []
    for name, (settings, weight) in USES.items():

        def make(texts: list[str], labels: list[int], name: str = name, settings: Any = settings) -> Augmented:
            return augment(texts, labels, methods=[name], synonyms=table, **settings)

        rows.append(row(f"{name} x{settings['times']}", [accuracy(d, test, tfidf, make, weight) for d in draws], plain))
    rows.append(row("TF-IDF + logistic regression", plain, plain))
    means = [accuracy(draw, test, mean_vectors(vectors)) for draw in draws]
    rows.append(row("mean of the same word vectors", means, plain))
    write("augmentation", title=TITLE, source=INPUT, rows=rows)


if __name__ == "__main__":
    main()
