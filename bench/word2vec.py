"""Train word vectors from raw texts, beside gensim and, where it was built, word2vec.c; quality beside speed.

Every contender reads the same reviews, builds the vocabulary of their white-space words and passes over them five
times. The original program is found through ``WORD2VEC_C``, the path of its binary; it reads a file of lines.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pc
from numpy.typing import NDArray
from recording import Contender, race, real_data, write

SETTINGS: dict[str, Any] = {"window": 5, "min_count": 5, "negative": 5, "sample": 1e-3, "epochs": 5}
DIM = 100
N_SEEDS = 3


def reviews(part: str) -> tuple[list[str], NDArray[np.int64]]:
    """Read reviews and whether they praise.

    Parameters
    ----------
    part : {"train", "test"}
        Which.

    Returns
    -------
    texts : list of str
        Raw reviews.
    labels : ndarray of int64
        1 for praise.

    Raises
    ------
    FileNotFoundError
        If ``MALGIL_DATA`` names no folder with them.
    """
    path = real_data(f"nsmc/{part}.tsv.gz")
    if path is None:
        raise FileNotFoundError(f"MALGIL_DATA does not name a folder with nsmc/{part}.tsv.gz")
    options = pc.ParseOptions(delimiter="\t", quote_char=False)
    table = pc.read_csv(path, parse_options=options, convert_options=pc.ConvertOptions(strings_can_be_null=False))
    return table["document"].to_pylist(), table["label"].to_numpy()


def corpus() -> list[str]:
    """Read all reviews.

    Returns
    -------
    list of str
        Those to train a classifier on, then those to test it on.
    """
    return reviews("train")[0] + reviews("test")[0]


def malgil_model(model: str, *, deterministic: bool = True, seed: int = 0) -> Callable[[], Any]:
    """Prepare malgil.

    Parameters
    ----------
    model : {"skipgram", "cbow"}
        What predicts what.
    deterministic : bool
        Whether threads wait for each other.
    seed : int
        Of the random numbers.

    Returns
    -------
    callable
        From texts to vectors.
    """
    from malgil import Word2Vec

    texts = corpus()
    options = {"dim": DIM, "model": model, "deterministic": deterministic, "seed": seed, "n_jobs": 2, **SETTINGS}
    return lambda: Word2Vec(**options).fit(texts).vectors_


def gensim_model(model: str, seed: int = 0) -> Callable[[], Any]:
    """Prepare gensim.

    Parameters
    ----------
    model : {"skipgram", "cbow"}
        What predicts what.
    seed : int
        Of the random numbers.

    Returns
    -------
    callable
        From texts to vectors.
    """
    from gensim.models import Word2Vec

    texts = corpus()
    options = {"vector_size": DIM, "sg": int(model == "skipgram"), "workers": 2, "seed": seed + 1, **SETTINGS}
    return lambda: Word2Vec([text.split() for text in texts], **options).wv


def original_model(model: str) -> Callable[[], Any]:
    """Prepare the original program.

    Parameters
    ----------
    model : {"skipgram", "cbow"}
        What predicts what.

    Returns
    -------
    callable
        From a file of texts to a file of vectors.
    """
    folder = Path(tempfile.mkdtemp())
    (folder / "texts").write_text("".join(" ".join(text.split()) + "\n" for text in corpus()), encoding="utf-8")
    command = [os.environ["WORD2VEC_C"], "-train", folder / "texts", "-output", folder / "vectors", "-size", str(DIM)]
    command += ["-window", "5", "-negative", "5", "-hs", "0", "-sample", "1e-3", "-iter", "5", "-min-count", "5"]
    command += ["-threads", "2", "-cbow", str(int(model == "cbow")), "-alpha", "0.025", "-binary", "1"]
    return lambda: subprocess.run([str(part) for part in command], check=True, capture_output=True)


def accuracy(vectors: Any) -> float:
    """Measure vectors by what a logistic regression tells from their mean over a review.

    Parameters
    ----------
    vectors : mapping
        Word -> vector.

    Returns
    -------
    float
        Share of the test reviews told right.
    """
    from sklearn.linear_model import LogisticRegression

    sides = []
    for part in ("train", "test"):
        texts, labels = reviews(part)
        rows = np.zeros((len(texts), DIM), np.float32)
        for row, text in enumerate(texts):
            found = [vectors[word] for word in text.split() if word in vectors]
            rows[row] = np.mean(found, axis=0) if found else 0
        sides.append((rows, labels))
    scale = sides[0][0].std()
    model = LogisticRegression(max_iter=300).fit(sides[0][0] / scale, sides[0][1])
    return float(model.score(sides[1][0] / scale, sides[1][1]))


def quality(make: Callable[..., Callable[[], Any]], model: str) -> dict[str, float]:
    """Measure the vectors of several seeds.

    Parameters
    ----------
    make : callable
        Model, seed -> function that trains.
    model : {"skipgram", "cbow"}
        What predicts what.

    Returns
    -------
    dict
        Mean accuracy.
    """
    found = []
    for seed in range(N_SEEDS):
        vectors = make(model, seed=seed)()
        known = {word: vectors[word] for word in (vectors.keys if hasattr(vectors, "matrix") else vectors.key_to_index)}
        found.append(accuracy(known))
    return {"accuracy": round(float(np.mean(found)), 4)}


def main() -> None:
    """Race, measure, write the result."""
    if real_data("nsmc/train.tsv.gz") is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc/train.tsv.gz")
        return
    two, free = "2 threads", partial(malgil_model, "skipgram", deterministic=False)
    contenders = [
        Contender("malgil", partial(malgil_model, "skipgram"), two, "skip-gram"),
        Contender("gensim", partial(gensim_model, "skipgram"), two, "skip-gram"),
        Contender("malgil", free, "2 threads, free-running", "skip-gram, free-running"),
        Contender("malgil", partial(malgil_model, "cbow"), two, "CBOW"),
        Contender("gensim", partial(gensim_model, "cbow"), two, "CBOW"),
    ]
    if "WORD2VEC_C" in os.environ:
        contenders.insert(2, Contender("word2vec.c", partial(original_model, "skipgram"), two, "skip-gram"))
    rows = race(contenders, n_runs=1, n_warm=1, n_rounds=3)
    peer = next(row for row in rows if row["who"] == "gensim")
    for row in rows:
        model = "cbow" if row["case"] == "CBOW" else "skipgram"
        makers: dict[str, Callable[..., Callable[[], Any]]] = {"malgil": malgil_model, "gensim": gensim_model}
        maker = makers.get(row["who"])
        if maker is not None and "free" not in row["case"]:
            row["figures"] = quality(maker, model)
    again = {key: value for key, value in peer.items() if key != "figures"}
    rows.append(again | {"case": "skip-gram, free-running"})  # the same run, for its ratio
    write(
        "word2vec",
        title={
            "en": "Word2Vec, 100 dimensions, 5 passes, from raw texts",
            "ko": "Word2Vec 100차원, 5회 학습(원문부터)",
        },
        source={"en": "180,000 reviews (NSMC)", "ko": "리뷰 180,000건(NSMC)"},
        rows=rows,
    )


if __name__ == "__main__":
    main()
