"""n-gram models: training, writing, scoring and asking, beside KenLM on the same Korean reviews.

``KENLM_BIN=FOLDER python bench/ngram.py [ORDER ...]``; all is written where no order is named. 690,000 reviews split at
white space are learned from, the other ones are what a call or a batch scores. Every row is timed in a process of its
own; KenLM's programs are timed as whole processes, malgil within Python with its kernels compiled. A model in memory is
what the resident memory of a process grows by when it is opened and has scored all reviews; files count with all that
is in them.
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
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from recording import Contender, race, real_data, write

N_TRAIN = 690_000
WORK = Path(os.environ.get("BENCH_NGRAM_WORK", "."))
KENLM = Path(os.environ.get("KENLM_BIN", "."))
TRIE = ("-a", "255", "trie")
TABLES = {"probing": ("probing",), "trie": TRIE, "trie8": ("-q", "8", "-b", "8", *TRIE)}

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


def _train(order: int, path: Path) -> None:
    options = ["-o", str(order), "-S", "4G", "-T", str(WORK), "--arpa", str(path)]
    _program("lmplz", *options, text=WORK / "train.txt")


def _binary(order: int, kind: str) -> Path:
    return WORK / f"kenlm{order}.{kind}"


def _build(order: int, kind: str) -> None:
    paths = str(WORK / f"kenlm{order}.arpa"), str(_binary(order, kind))
    _program("build_binary", *TABLES[kind], *paths, text=WORK / "train.txt")


def _lines() -> list[str]:
    return [text for text in reviews().slice(N_TRAIN).to_pylist() if text]


def _open(name: str, n_jobs: int = 1) -> Any:
    from malgil import NgramLM

    lm = NgramLM.open(WORK / name, verify=False)
    lm.n_jobs = n_jobs
    return lm


def train_malgil(order: int) -> Run:
    """Prepare malgil: texts to a model that has answered a question.

    Parameters
    ----------
    order : int
        Longest n-gram.

    Returns
    -------
    callable
        What is timed.
    """
    from malgil import NgramLM

    texts = reviews().slice(0, N_TRAIN)
    return lambda: NgramLM(order=order).fit(texts).log10_prob("이 영화 정말")


def train_kenlm(order: int) -> Run:
    """Prepare KenLM: texts to probing tables.

    Parameters
    ----------
    order : int
        Longest n-gram.

    Returns
    -------
    callable
        What is timed.
    """

    def run() -> None:
        _train(order, WORK / f"kenlm{order}.arpa")
        _build(order, "probing")

    return run


def write_malgil(order: int) -> Run:
    """Prepare malgil: texts to an ARPA file.

    Parameters
    ----------
    order : int
        Longest n-gram.

    Returns
    -------
    callable
        What is timed.
    """
    from malgil import NgramLM

    texts = reviews().slice(0, N_TRAIN)
    return lambda: NgramLM(order=order).fit(texts).write_arpa(WORK / "ours.arpa")


def write_kenlm(order: int) -> Run:
    """Prepare KenLM: texts to an ARPA file.

    Parameters
    ----------
    order : int
        Longest n-gram.

    Returns
    -------
    callable
        What is timed.
    """
    return lambda: _train(order, WORK / f"kenlm{order}.arpa")


def score_malgil(name: str, n_jobs: int) -> Run:
    """Prepare malgil: the perplexity of all texts.

    Parameters
    ----------
    name : str
        Folder of the model.
    n_jobs : int
        Threads.

    Returns
    -------
    callable
        What is timed.
    """
    lm, texts = _open(name, n_jobs), reviews().slice(0, N_TRAIN)
    return lambda: lm.perplexity(texts)


def score_kenlm(order: int, kind: str) -> Run:
    """Prepare KenLM's ``query``, which has one thread and loads its tables each time.

    Parameters
    ----------
    order : int
        Longest n-gram.
    kind : str
        A key of `TABLES`.

    Returns
    -------
    callable
        What is timed.
    """
    return lambda: _program("query", "-v", "summary", str(_binary(order, kind)), text=WORK / "train.txt")


def calls_malgil(order: int) -> Run:
    """Prepare malgil: a call for each of the other reviews.

    Parameters
    ----------
    order : int
        Longest n-gram.

    Returns
    -------
    callable
        What is timed.
    """
    lm, lines = _open(f"model{order}"), _lines()
    return lambda: [lm.log10_prob(line) for line in lines]


def batch_malgil(order: int, n_jobs: int, is_arrow: bool) -> Run:
    """Prepare malgil: one call for the other reviews, a number for each.

    Parameters
    ----------
    order : int
        Longest n-gram.
    n_jobs : int
        Threads.
    is_arrow : bool
        Whether the texts are Arrow strings instead of a list.

    Returns
    -------
    callable
        What is timed.
    """
    lm, lines = _open(f"model{order}", n_jobs), _lines()
    texts: object = pa.array(lines, pa.large_string()) if is_arrow else lines
    return lambda: lm.log10_prob(texts)


def calls_kenlm(order: int) -> Run:
    """Prepare the ``kenlm`` module: a call for each of the other reviews.

    Parameters
    ----------
    order : int
        Longest n-gram.

    Returns
    -------
    callable
        What is timed.
    """
    model, lines = importlib.import_module("kenlm").Model(str(_binary(order, "probing"))), _lines()
    return lambda: [model.score(line) for line in lines]


def _race(case: str, contenders: list[tuple[str, Run, str]], n_runs: int) -> list[dict[str, Any]]:
    """Time contenders; a program needs no run to warm it, since its files are in the cache already."""
    rows = []
    for who, prepare, setting in contenders:
        n_warm = int(who == "malgil" or n_runs > 1)
        rows += race([Contender(who, prepare, setting, case)], n_runs=n_runs, n_warm=n_warm)  # type: ignore[arg-type]
    for row in rows[1:]:
        print(f"    {row['median'] / rows[0]['median']:.2f} times malgil's first row: {row['who']} {row['setting']}")
    return rows


def _prepare(order: int) -> None:
    """Write the texts and malgil's models."""
    from malgil import NgramLM

    texts = reviews().slice(0, N_TRAIN)
    (WORK / "train.txt").write_text("\n".join(texts.to_pylist()) + "\n", encoding="utf-8")
    lm = NgramLM(order=order).fit(texts)
    lm.save(WORK / f"model{order}")
    lm.compact().save(WORK / f"compact{order}")
    lm.compact(quantize=8).save(WORK / f"compact{order}.8")


def _resident() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6


def _grown(name: str) -> float:
    """Megabytes that a process grows by when it opens a model and scores all reviews."""
    texts = reviews().slice(0, N_TRAIN)
    if "kenlm" in name:
        kenlm = importlib.import_module("kenlm")
        before = _resident()
        model = kenlm.Model(str(WORK / name))
        for line in texts.slice(0, 20_000).to_pylist():  # all of it is in memory from the beginning
            model.score(line)
        return _resident() - before
    from malgil import NgramLM

    warm = NgramLM(order=2, smoothing="witten_bell").fit(["이 영화 정말"])
    for small in (warm, warm.compact()):
        small.perplexity(texts)
    before = _resident()
    lm = _open(name)
    lm.perplexity(texts)
    return _resident() - before


def _questions(name: str) -> dict[str, float]:
    """Median seconds of opening, of the next word and of a blanked word; perplexity of the other reviews."""
    from malgil import NgramLM

    seconds: dict[str, list[float]] = {"open": [], "open_unverified": [], "next": [], "blank": []}
    for verify, kind in [(None, "open"), (False, "open_unverified")] * 5:
        began = time.perf_counter()
        lm = NgramLM.open(WORK / name, verify=verify)
        seconds[kind].append(time.perf_counter() - began)
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
    medians = {f"{kind}_seconds": statistics.median(values) for kind, values in seconds.items()}
    return medians | {"perplexity": float(lm.perplexity(_lines()))}


def _size(path: Path) -> float:
    parts = path.iterdir() if path.is_dir() else [path]
    return sum(part.stat().st_size for part in parts) / 1e6


def _apart(function: Callable[..., Any], *args: object) -> Any:
    """Call in a process of its own: what this one holds would count for all others."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, args)


def _measure(order: int) -> list[dict[str, Any]]:
    """All rows of one order."""
    _apart(_prepare, order)
    model, compact = f"model{order}", f"compact{order}"
    probing = ("kenlm", partial(score_kenlm, order, "probing"), "query, probing")
    trie, trie8 = (("kenlm", partial(score_kenlm, order, kind), f"query, {kind}") for kind in ("trie", "trie8"))
    rows = _race(
        f"order {order}: text to a model that answers",
        [
            ("malgil", partial(train_malgil, order), "2 threads"),
            ("kenlm", partial(train_kenlm, order), "lmplz + build_binary"),
        ],
        1,
    )
    rows += _race(
        f"order {order}: text to an ARPA file",
        [("malgil", partial(write_malgil, order), "2 threads"), ("kenlm", partial(write_kenlm, order), "lmplz")],
        1,
    )
    for kind in ("trie", "trie8"):
        _build(order, kind)
    rows += _race(
        f"order {order}: scoring {N_TRAIN:,} texts",
        [
            ("malgil", partial(score_malgil, model, 1), "1 thread"),
            probing,
            ("malgil", partial(score_malgil, model, 2), "2 threads"),
        ],
        3,
    )
    rows += _race(
        f"order {order}: scoring {N_TRAIN:,} texts, compact",
        [
            ("malgil", partial(score_malgil, compact, 1), "1 thread"),
            trie,
            ("malgil", partial(score_malgil, f"{compact}.8", 1), "8 bits, 1 thread"),
            trie8,
        ],
        1,
    )
    kenlm = ("kenlm", partial(calls_kenlm, order), "a call for each text")
    rows += _race(
        f"order {order}: a call for each text",
        [("malgil", partial(calls_malgil, order), "a call for each text"), kenlm],
        21,
    )
    batches = [
        ("malgil", partial(batch_malgil, order, n, arrow), f"{'Arrow' if arrow else 'list'}, {n} thread{'s'[: n - 1]}")
        for n, arrow in ((2, True), (1, True), (2, False), (1, False))
    ]
    rows += _race(f"order {order}: many texts in one call", [batches[0], kenlm, *batches[1:]], 21)
    names = [model, compact, f"{compact}.8", *(f"kenlm{order}.{kind}" for kind in TABLES)]
    extra: dict[str, Any] = {"memory_mb": {name: _apart(_grown, name) for name in names}}
    extra["file_mb"] = {name: _size(WORK / name) for name in names}
    extra |= {name: _apart(_questions, name) for name in names[:3]}
    rows[0]["extra"] = extra
    for name, values in extra.items():
        print(f"  {name:<12}", {key: float(f"{value:.4g}") for key, value in values.items()})
    return rows


def main() -> None:
    """Measure and, for all orders, write ``bench/results/ngram.json``."""
    if real_data("nsmc/reviews.parquet") is None or not (KENLM / "lmplz").is_file():
        print("ngram: needs nsmc/reviews.parquet in MALGIL_DATA and KenLM's programs in KENLM_BIN; left out")
        return
    orders = [int(order) for order in sys.argv[1:]]
    rows: list[dict[str, Any]] = []
    for order in orders or (3, 5):
        with tempfile.TemporaryDirectory() as folder:
            global WORK
            WORK = Path(folder)
            os.environ["BENCH_NGRAM_WORK"] = folder
            rows += _measure(order)
    if not orders:
        title = {"en": "n-gram models from text", "ko": "글에서 만드는 n-gram 모델"}
        source = {"en": f"{N_TRAIN:,} Korean film reviews", "ko": f"한국어 영화평 {N_TRAIN:,}건"}
        print(f"  {write('ngram', title=title, source=source, rows=rows)}")


if __name__ == "__main__":
    main()
