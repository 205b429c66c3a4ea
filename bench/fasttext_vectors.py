"""Train vectors of words and their n-grams, beside Facebook's fastText.

Both read the same reviews from the beginning, build the vocabulary and the n-grams of 3 to 6 characters of its words in
2,000,000 buckets, and pass over the reviews five times. fastText reads a file of lines.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recording import Contender, race, real_data, write
from word2vec import corpus


def malgil_vectors() -> Callable[[], Any]:
    """Prepare malgil.

    Returns
    -------
    callable
        From texts to vectors.
    """
    from malgil import FastText

    texts = corpus()
    return lambda: FastText(n_jobs=2, sample=1e-4, alpha=0.05).fit(texts).vectors_


def fasttext_vectors() -> Callable[[], Any]:
    """Prepare fastText, with its own defaults for skip-gram.

    Returns
    -------
    callable
        From a file of texts to a model.
    """
    fasttext: Any = importlib.import_module("fasttext")

    path = Path(tempfile.mkdtemp()) / "texts"
    path.write_text("".join(" ".join(text.split()) + "\n" for text in corpus()), encoding="utf-8")
    options: dict[str, Any] = {"model": "skipgram", "dim": 100, "ws": 5, "neg": 5, "epoch": 5, "minCount": 5}
    return lambda: fasttext.train_unsupervised(str(path), thread=2, lr=0.05, t=1e-4, verbose=0, **options)


def main() -> None:
    """Race, write the result."""
    if real_data("nsmc/train.tsv.gz") is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc/train.tsv.gz")
        return
    contenders = [
        Contender("malgil", malgil_vectors, "2 threads"),
        Contender("fasttext-wheel", fasttext_vectors, "2 threads"),
    ]
    write(
        "fasttext_vectors",
        title={
            "en": "fastText, 100 dimensions, 5 passes, from raw texts",
            "ko": "fastText 100차원, 5회 학습(원문부터)",
        },
        source={"en": "180,000 reviews (NSMC)", "ko": "리뷰 180,000건(NSMC)"},
        rows=race(contenders, n_runs=2, n_warm=1),
    )


if __name__ == "__main__":
    main()
