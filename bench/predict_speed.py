"""How many reviews a second a finished classifier answers, cutting into morphemes included.

The networks are as large as in ``examples/nsmc.py`` and ``examples/nsmc_pretrained.py``, and trained for a moment: how
well they answer does not change how long it takes.
"""

from __future__ import annotations

import importlib
import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from recording import ROOT, quantile, version, write

from malgil import RecurrentLM, SequenceClassifier

N_TRAIN, N_ASKED, N_RUNS = 2_000, 10_000, 5


def models(texts: list[str], labels: list[str]) -> dict[str, SequenceClassifier]:
    """Train the classifiers.

    Parameters
    ----------
    texts, labels : list of str
        A few reviews.

    Returns
    -------
    dict of str to SequenceClassifier
        By what they are.
    """
    shared: dict[str, Any] = {"epochs": 1, "verbose": False, "validation": 0.0}
    lm = RecurrentLM(tokenizer="kiwi-fast", embedding_size=256, hidden_size=512, min_count=1, **shared).fit(texts)
    made = {
        "BiGRU 2 x 256, morphemes and jamo": SequenceClassifier(tokenizer="kiwi-fast", characters="jamo", **shared),
        "BiGRU 2 x 256, morphemes": SequenceClassifier(tokenizer="kiwi-fast", **shared),
        "LSTM 512, grown from a language model": SequenceClassifier(pretrained=lm, **shared),
    }
    return {name: model.fit(texts, labels) for name, model in made.items()}


def main() -> None:
    """Ask the classifiers, and write the result."""
    if "MALGIL_DATA" not in os.environ:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc")
        return
    sys.path.insert(0, str(ROOT / "examples"))
    columns = importlib.import_module("common").columns
    train, test = (columns(f"nsmc/{part}.tsv.gz", "document", "label") for part in ("train", "test"))
    rows: list[dict[str, Any]] = []
    for name, model in models(train[0][:N_TRAIN], train[1][:N_TRAIN]).items():
        times = []
        for run in range(N_RUNS + 1):
            began = time.perf_counter()
            model.predict(test[0][:N_ASKED])
            if run:
                times.append(time.perf_counter() - began)
        median, peak = statistics.median(times), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        row: dict[str, Any] = {"who": "malgil", "version": version("malgil"), "case": name, "setting": "NSMC"}
        row |= {"n_runs": N_RUNS, "mean": statistics.fmean(times), "median": median, "p99": quantile(times, 0.99)}
        row |= {"peak_mb": peak / (1e6 if sys.platform == "darwin" else 1e3)}
        rows.append(row | {"extra": {"reviews_per_s": round(N_ASKED / median)}})
        print(f"  {name:<42} {N_ASKED / median:8,.0f} reviews/s", flush=True)
    write(
        "predict_speed",
        title={"en": "Classifiers at work: 10,000 reviews", "ko": "분류기가 리뷰 1만 건에 답하는 시간"},
        source={"en": "the test part of NSMC, all threads", "ko": "NSMC 시험 부분, 모든 스레드"},
        rows=rows,
    )


if __name__ == "__main__":
    main()
