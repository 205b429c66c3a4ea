"""GloVe beside the authors' own program: counting neighbours and training, from the same reviews, on two threads.

``GLOVE_BIN=FOLDER python bench/glove.py``. All reviews, split at white space; words that occur 5 times, window 5, 100
dimensions, x_max 10, 5 epochs. The authors' programs are timed as whole processes: ``vocab_count`` and ``cooccur`` for
the counts, ``shuffle`` and ``glove`` for the training, with two threads where they have threads. malgil is timed within
Python with its kernels compiled, from texts as Arrow strings to counts, and from counts to vectors. The quality of
each, the accuracy of logistic regression on mean vectors for three seeds, is measured by ``python bench/glove.py
quality``.
"""

from __future__ import annotations

import gzip
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from recording import Contender, race, real_data, write

WORK = Path(os.environ.get("BENCH_GLOVE_WORK", "."))
GLOVE = Path(os.environ.get("GLOVE_BIN", "."))
EPOCHS, WINDOW, DIM, X_MAX, MIN_COUNT, THREADS = 5, 5, 100, 10, 5, 2

Run = Callable[[], object]


def reviews() -> pa.LargeStringArray:
    """Load the texts, one blank between two words.

    Returns
    -------
    pa.LargeStringArray
        All reviews.
    """
    path = real_data("nsmc/reviews.parquet")
    assert path is not None
    column = pq.read_table(path, columns=["review"])["review"].to_pylist()
    return pa.array([" ".join((text or "").split()) for text in column], pa.large_string())


def _program(name: str, *args: str, source: str | None = None, target: str | None = None) -> None:
    with (WORK / (source or "nothing")).open("rb") as given, (WORK / (target or "nothing.out")).open("wb") as made:
        subprocess.run([str(GLOVE / name), *args], stdin=given, stdout=made, stderr=subprocess.DEVNULL, check=True)


def _count_theirs() -> None:
    _program("vocab_count", "-min-count", str(MIN_COUNT), "-verbose", "0", source="texts", target="vocab")
    settings = "-memory", "4", "-vocab-file", str(WORK / "vocab"), "-verbose", "0", "-window-size", str(WINDOW)
    _program("cooccur", *settings, source="texts", target="pairs")


def _train_theirs(seed: int = 1) -> None:
    _program("shuffle", "-memory", "4", "-verbose", "0", "-seed", str(seed), source="pairs", target="shuffled")
    files = (
        "-input-file",
        str(WORK / "shuffled"),
        "-vocab-file",
        str(WORK / "vocab"),
        "-save-file",
        str(WORK / "theirs"),
    )
    sizes = "-vector-size", str(DIM), "-iter", str(EPOCHS), "-x-max", str(X_MAX), "-threads", str(THREADS)
    _program("glove", *files, *sizes, "-binary", "0", "-verbose", "0", "-seed", str(seed))


def _model(seed: int = 0) -> Any:
    from malgil import GloVe

    return GloVe(dim=DIM, window=WINDOW, min_count=MIN_COUNT, x_max=X_MAX, epochs=EPOCHS, n_jobs=THREADS, seed=seed)


def count_malgil() -> Run:
    """Prepare malgil: texts to counts of neighbours.

    Returns
    -------
    callable
        What is timed.
    """
    from malgil.embeddings.cooccurrence import count_cooccurrences
    from malgil.embeddings.preparing import prepare
    from malgil.tokenizers import tokenizer

    texts, cut = reviews(), tokenizer("whitespace")

    def run() -> object:
        corpus = prepare(texts, cut, min_count=MIN_COUNT, n_jobs=THREADS)
        return count_cooccurrences(corpus.ragged, len(corpus.words), window=WINDOW, n_jobs=THREADS)

    return run


def count_theirs() -> Run:
    """Prepare the authors' programs: texts to counts of neighbours.

    Returns
    -------
    callable
        What is timed.
    """
    return _count_theirs


def _counted() -> Any:
    from malgil.embeddings.cooccurrence import count_cooccurrences
    from malgil.embeddings.preparing import prepare
    from malgil.tokenizers import tokenizer

    corpus = prepare(reviews(), tokenizer("whitespace"), min_count=MIN_COUNT)
    return count_cooccurrences(corpus.ragged, len(corpus.words), window=WINDOW)


def train_malgil() -> Run:
    """Prepare malgil: counts to vectors.

    Returns
    -------
    callable
        What is timed.
    """
    from malgil.embeddings.glove_training import start_tables, train_epoch
    from malgil.embeddings.pair_blocks import Rule, lay_out

    pairs = _counted()

    def run() -> object:
        tables, strips = start_tables(pairs.n_words, DIM, 0), lay_out(pairs, Rule(X_MAX, 0.75), 0, THREADS)
        for _ in range(EPOCHS):
            train_epoch(strips, tables, 0.05, THREADS)
        return tables.vectors("sum")

    return run


def train_theirs() -> Run:
    """Prepare the authors' programs: counts to vectors.

    Returns
    -------
    callable
        What is timed.
    """
    return _train_theirs


def _labelled(name: str) -> tuple[list[str], list[int]]:
    path = real_data(f"nsmc/{name}.tsv.gz")
    assert path is not None
    lines = gzip.decompress(path.read_bytes()).decode().split("\n")[1:]
    rows = [line.split("\t") for line in lines if line]
    return [row[1] for row in rows], [int(row[2]) for row in rows]


def accuracy(vectors: Any) -> float:
    """Learn to tell good reviews from bad ones by the mean of their vectors.

    Parameters
    ----------
    vectors : Vectors
        Word vectors.

    Returns
    -------
    float
        Share of right answers on the reviews that were held back.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from malgil import DocumentVectors

    means, model = DocumentVectors(vectors=vectors), make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    (texts, labels), (held_back, wanted) = _labelled("train"), _labelled("test")
    model.fit(means.fit_transform(texts).astype(np.float64), labels)  # in float32 its search does not converge
    return float(model.score(means.transform(held_back).astype(np.float64), wanted))


def _theirs() -> Any:
    from malgil import Vectors

    rows = [line.split(" ") for line in (WORK / "theirs.txt").read_text(encoding="utf-8").split("\n") if line]
    rows = [row for row in rows if row[0] != "<unk>"]
    return Vectors([row[0] for row in rows], np.array([row[1:] for row in rows], np.float32))


def quality(n_seeds: int) -> dict[str, list[float]]:
    """Measure the vectors of both.

    Parameters
    ----------
    n_seeds : int
        How many trainings of each.

    Returns
    -------
    dict
        Accuracies of each.
    """
    found: dict[str, list[float]] = {"malgil": [], "glove": []}
    for seed in range(1, n_seeds + 1):
        found["malgil"].append(accuracy(_model(seed).fit(reviews()).vectors_))
        _train_theirs(seed)
        found["glove"].append(accuracy(_theirs()))
        print(f"  seed {seed}: malgil {found['malgil'][-1]:.4f}, GloVe C {found['glove'][-1]:.4f}")
    return found


def main() -> None:
    """Measure and write ``bench/results/glove.json``."""
    global WORK
    if real_data("nsmc/reviews.parquet") is None or not (GLOVE / "cooccur").is_file():
        print("glove: needs nsmc/reviews.parquet in MALGIL_DATA and GloVe's programs in GLOVE_BIN; left out")
        return
    with tempfile.TemporaryDirectory() as folder:
        WORK = Path(folder)
        os.environ["BENCH_GLOVE_WORK"] = folder
        (WORK / "texts").write_text("\n".join(reviews().to_pylist()) + "\n", encoding="utf-8")
        (WORK / "nothing").touch()
        if "quality" in sys.argv[1:]:
            _count_theirs()
            print({who: statistics.fmean(values) for who, values in quality(3).items()})
            return
        pairs = {
            "count": [Contender("malgil", count_malgil, "2 threads"), Contender("GloVe C", count_theirs)],
            "train": [Contender("malgil", train_malgil, "2 threads"), Contender("GloVe C", train_theirs, "2 threads")],
        }
        rows: dict[str, list[dict[str, Any]]] = {}
        for case, (ours, theirs) in pairs.items():
            print(case)
            rows[case] = race([ours._replace(case=case)], n_runs=3)
            rows[case] += race([theirs._replace(case=case)], n_runs=1, n_warm=0)
            print(f"    {rows[case][1]['median'] / rows[case][0]['median']:.2f} times")
        title = {"en": "GloVe: neighbours and training", "ko": "GloVe: 이웃 세기와 학습"}
        source = {"en": "691,442 Korean film reviews, 5 epochs", "ko": "한국어 영화평 691,442건, 5 에폭"}
        print(f"  {write('glove', title=title, source=source, rows=rows['count'] + rows['train'])}")


if __name__ == "__main__":
    main()
