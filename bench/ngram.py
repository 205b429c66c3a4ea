"""n-gram models: training, writing, scoring and asking, beside KenLM on the same Korean reviews.

``KENLM_BIN=FOLDER python bench/ngram.py [ORDER]``. 690,000 reviews split at white space are learned from. Every row is
timed in a process of its own; KenLM's programs are timed as whole processes, malgil within Python with its kernels
compiled, from texts as Arrow strings. KenLM answers from its probing tables, malgil from its memory-mapped artefact.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from recording import Contender, race, real_data, write

ORDER = int(os.environ.get("BENCH_NGRAM_ORDER", sys.argv[1] if len(sys.argv) > 1 else "3"))
N_TRAIN = 690_000
WORK = Path(os.environ.get("BENCH_NGRAM_WORK", "."))
KENLM = Path(os.environ.get("KENLM_BIN", "."))

Run = Callable[[], object]


def reviews() -> pa.LargeStringArray:
    """Load the texts, one blank between two words, as KenLM and malgil split them alike.

    Returns
    -------
    pa.LargeStringArray
        All reviews.
    """
    path = real_data("nsmc/reviews.parquet")
    assert path is not None
    column = pq.read_table(path, columns=["review"])["review"].to_pylist()
    return pa.array([" ".join((text or "").split()) for text in column], pa.large_string())


def _program(name: str, *args: str, text: Path) -> None:
    with text.open("rb") as source:
        quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([str(KENLM / name), *args], stdin=source, check=True, **quiet)


def _train(path: Path) -> None:
    order = ["-o", str(ORDER), "-S", "4G", "-T", str(WORK), "--arpa", str(path)]
    _program("lmplz", *order, text=WORK / "train.txt")


def train_malgil() -> Run:
    """Prepare malgil: texts to a model that has answered a question.

    Returns
    -------
    callable
        What is timed.
    """
    from malgil import NgramLM

    texts = reviews().slice(0, N_TRAIN)
    return lambda: NgramLM(order=ORDER).fit(texts).log10_prob("이 영화 정말")


def train_kenlm() -> Run:
    """Prepare KenLM: texts to probing tables.

    Returns
    -------
    callable
        What is timed.
    """

    def run() -> None:
        _train(WORK / "timed.arpa")
        _program("build_binary", "probing", str(WORK / "timed.arpa"), str(WORK / "kenlm.bin"), text=WORK / "train.txt")

    return run


def write_malgil() -> Run:
    """Prepare malgil: texts to an ARPA file.

    Returns
    -------
    callable
        What is timed.
    """
    from malgil import NgramLM

    texts = reviews().slice(0, N_TRAIN)
    return lambda: NgramLM(order=ORDER).fit(texts).write_arpa(WORK / "ours.arpa")


def write_kenlm() -> Run:
    """Prepare KenLM: texts to an ARPA file.

    Returns
    -------
    callable
        What is timed.
    """
    return lambda: _train(WORK / "timed.arpa")


def _score_malgil(n_jobs: int) -> Run:
    from malgil import NgramLM

    lm, texts = NgramLM.open(WORK / "model", verify=False), reviews().slice(0, N_TRAIN)
    lm.n_jobs = n_jobs
    return lambda: lm.perplexity(texts)


def score_malgil_one() -> Run:
    """Prepare malgil: the perplexity of all texts on one thread.

    Returns
    -------
    callable
        What is timed.
    """
    return _score_malgil(1)


def score_malgil_two() -> Run:
    """Prepare malgil: the perplexity of all texts on two threads.

    Returns
    -------
    callable
        What is timed.
    """
    return _score_malgil(2)


def score_kenlm() -> Run:
    """Prepare KenLM's ``query``, which has one thread and loads its tables each time.

    Returns
    -------
    callable
        What is timed.
    """
    return lambda: _program("query", "-v", "summary", str(WORK / "kenlm.bin"), text=WORK / "train.txt")


def _lines() -> list[str]:
    return [text for text in reviews().slice(N_TRAIN).to_pylist() if text]


def calls_malgil() -> Run:
    """Prepare malgil: a call for each of the other reviews.

    Returns
    -------
    callable
        What is timed.
    """
    from malgil import NgramLM

    lm, lines = NgramLM.open(WORK / "model", verify=False), _lines()
    return lambda: [lm.log10_prob(line) for line in lines]


def batch_malgil() -> Run:
    """Prepare malgil: one call for the other reviews.

    Returns
    -------
    callable
        What is timed.
    """
    from malgil import NgramLM

    lm, lines = NgramLM.open(WORK / "model", verify=False), pa.array(_lines(), pa.large_string())
    return lambda: lm.perplexity(lines)


def calls_kenlm() -> Run:
    """Prepare the ``kenlm`` module: a call for each of the other reviews.

    Returns
    -------
    callable
        What is timed.
    """
    model, lines = importlib.import_module("kenlm").Model(str(WORK / "kenlm.bin")), _lines()
    return lambda: [model.score(line) for line in lines]


PAIRS: dict[str, list[Contender]] = {
    "train": [Contender("malgil", train_malgil, "2 threads"), Contender("kenlm", train_kenlm, "lmplz + build_binary")],
    "arpa": [Contender("malgil", write_malgil, "2 threads"), Contender("kenlm", write_kenlm, "lmplz")],
    "score": [
        Contender("malgil", score_malgil_one, "1 thread"),
        Contender("kenlm", score_kenlm, "query, probing"),
        Contender("malgil", score_malgil_two, "2 threads"),
    ],
    "calls": [
        Contender("malgil", calls_malgil, "a call for each text"),
        Contender("kenlm", calls_kenlm, "a call for each text"),
        Contender("malgil", batch_malgil, "one call for all"),
    ],
}


def _prepare(work: Path) -> None:
    """Write the texts and malgil's model; KenLM's tables stay from the race of training."""
    from malgil import NgramLM

    texts = reviews().slice(0, N_TRAIN)
    (work / "train.txt").write_text("\n".join(texts.to_pylist()) + "\n", encoding="utf-8")
    NgramLM(order=ORDER).fit(texts).save(work / "model")


def _questions() -> dict[str, float]:
    """Median seconds of opening, of the next word and of a blanked word."""
    from malgil import NgramLM

    seconds: dict[str, list[float]] = {"open": [], "next": [], "blank": []}
    for _ in range(5):
        began = time.perf_counter()
        lm = NgramLM.open(WORK / "model", verify=False)
        seconds["open"].append(time.perf_counter() - began)
    split = [line.split() for line in _lines()]
    asked = [(words[: len(words) // 2], words[len(words) // 2 + 1 :]) for words in split if len(words) > 3]
    lm.blank("이 영화", "재밌다")
    for left, right in asked[:300]:
        sides = " ".join(left), " ".join(right)
        began = time.perf_counter()
        lm.next(sides[0])
        seconds["next"].append(time.perf_counter() - began)
        lm.blank(*sides)
        seconds["blank"].append(time.perf_counter() - began - seconds["next"][-1])
    return {name: statistics.median(values) for name, values in seconds.items()}


def main() -> None:
    """Measure and, for order 3, write ``bench/results/ngram.json``."""
    if real_data("nsmc/reviews.parquet") is None or not (KENLM / "lmplz").is_file():
        print("ngram: needs nsmc/reviews.parquet in MALGIL_DATA and KenLM's programs in KENLM_BIN; left out")
        return
    with tempfile.TemporaryDirectory() as folder:
        global WORK
        WORK = Path(folder)
        os.environ |= {"BENCH_NGRAM_WORK": folder, "BENCH_NGRAM_ORDER": str(ORDER)}
        with multiprocessing.get_context("spawn").Pool(1) as pool:  # what this process holds would count for all others
            pool.apply(_prepare, (WORK,))
        rows: dict[str, list[dict[str, Any]]] = {}
        for name, pair in PAIRS.items():
            print(f"{name}, order {ORDER}")
            rows[name] = race(pair, n_runs=1 if name in ("train", "arpa") else 3)
            for row in rows[name][1:]:
                print(f"    {row['median'] / rows[name][0]['median']:.2f} times malgil's first row: {row['setting']}")
        questions = _questions()
        print({name: f"{1e3 * value:.3g} ms" for name, value in questions.items()})
        title = {"en": "Text to an n-gram model that answers", "ko": "글에서 질문에 답하는 n-gram 모델까지"}
        source = {"en": f"{N_TRAIN:,} Korean film reviews", "ko": f"한국어 영화평 {N_TRAIN:,}건"}
        rows["train"][0]["extra"] = {"order": ORDER, **{f"{k}_seconds": v for k, v in questions.items()}}
        rows["train"][0]["extra"] |= {name: rows[name] for name in ("arpa", "score", "calls")}
        if ORDER == 3:
            print(f"  {write('ngram', title=title, source=source, rows=rows['train'])}")


if __name__ == "__main__":
    main()
