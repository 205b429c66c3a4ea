"""NSMC: the rating of a review, 1 to 10, by regression; words start from vectors learned from the other reviews."""

from typing import Any

import numpy as np
import pyarrow.parquet as pq
from common import Row, data, fit, show, word_vectors
from numpy.typing import NDArray

from malgil import SequenceRegressor, TfidfVectorizer, VectorRegressor
from malgil.tokenizers import tokenizer

N_TRAIN, N_TEST = 60_000, 10_000
ALPHAS = (0.5, 1.0, 2.0, 4.0, 8.0)


def rmse(predicted: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """Root of the mean squared error.

    Parameters
    ----------
    predicted, truth : ndarray of float64, shape (n,)
        Ratings.

    Returns
    -------
    float
        In stars.
    """
    return float(np.sqrt(np.mean((np.asarray(predicted) - truth) ** 2)))


def best_ridge(X: Any, y: NDArray[np.float64]) -> Any:
    """Choose the strength of ridge regression on the last twentieth of the training part.

    Parameters
    ----------
    X : sparse matrix, shape (n, n_terms)
        Weights of terms.
    y : ndarray of float64, shape (n,)
        Ratings.

    Returns
    -------
    Ridge
        Not fitted.
    """
    from sklearn.linear_model import Ridge

    low = len(y) * 19 // 20
    tried = [Ridge(alpha).fit(X[:low], y[:low]) for alpha in ALPHAS]
    return Ridge(min(tried, key=lambda line: rmse(line.predict(X[low:]), y[low:])).alpha)


def rows() -> list[Row]:
    """Train on 60,000 reviews, test once on 10,000 whose texts are not among them.

    Of another 10,000, the vectors were right by 2.18 stars and ridge regression by 2.22; without letters 2.19.

    Returns
    -------
    list of Row
        Network on text, network on TF-IDF, ridge regression on TF-IDF.
    """
    table = pq.read_table(data("nsmc/reviews.parquet"), columns=["review", "rating"])
    rating_of = dict(zip(table["review"].to_pylist(), table["rating"].to_pylist(), strict=True))
    texts = [text for text in sorted(rating_of) if text.strip()]
    order_of_all = np.random.default_rng(0).permutation(len(texts))
    order = order_of_all[: N_TRAIN + N_TEST]
    drawn, ratings = [texts[place] for place in order], np.array([rating_of[texts[place]] for place in order], float)
    train, test, y, truth = drawn[:N_TRAIN], drawn[N_TRAIN:], ratings[:N_TRAIN], ratings[N_TRAIN:]
    others = [texts[place] for place in np.delete(order_of_all, slice(N_TRAIN, N_TRAIN + N_TEST))]
    network = SequenceRegressor(
        tokenizer="kiwi-fast",
        characters="jamo",
        vectors=word_vectors(others, tokenizer("kiwi-fast")),
        dropout=0.5,
        epochs=4,
        batch_size=128,
        validation=0.05,
    )
    seconds, rated = fit(network, train, y), network.predict(test)
    setting = "BiGRU, morphemes and their jamo, vectors of the other reviews"
    found = [Row(setting, {"RMSE": rmse(rated, truth), "train_s": seconds})]
    weights = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, max_features=100_000, sublinear_tf=True)
    X, X_test = weights.fit_transform(train), weights.transform(test)
    dense, line = VectorRegressor(epochs=3, batch_size=128), best_ridge(X, y)
    line_seconds, dense_seconds = fit(line, X, y), fit(dense, X, y)
    found.append(Row("perceptron on TF-IDF", {"RMSE": rmse(dense.predict(X_test), truth), "train_s": dense_seconds}))
    by_line = {"RMSE": rmse(line.predict(X_test), truth), "train_s": line_seconds}
    found.append(Row("mean of BiGRU and ridge regression", {"RMSE": rmse((rated + line.predict(X_test)) / 2, truth)}))
    return [*found, Row("ridge regression on TF-IDF", by_line, is_own=False)]


if __name__ == "__main__":
    show(rows())
