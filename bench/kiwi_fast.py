"""The fast morpheme tagger beside Kiwi, on texts that it has not learnt from: agreement, speed, memory, time to load.

``python bench/kiwi_fast.py [N_REVIEWS] [--dry]``. Held out are a tenth of the distinct NSMC reviews and every tenth
petition, by the rule of ``tools/fast_morphemes.py``. Agreement is the F1 of (start, form, part of speech) with Kiwi.
Each tokeniser runs in a process of its own, over the same texts, several times; the seconds to the first answer
(loading Kiwi, compiling or reading kernels) are told apart. With ``--dry`` nothing is written.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import resource
import statistics
import sys
import time
import zlib
from typing import Any

import pyarrow.parquet as pq
from recording import quantile, real_data, version, write

N_RUNS = 3
WHO: dict[str, tuple[str, dict[str, Any]]] = {
    "kiwi-fast": ("malgil", {"name": "kiwi-fast"}),
    "kiwi-fast, fallback": ("malgil", {"name": "kiwi-fast", "fallback": True}),
    "kiwi": ("kiwipiepy", {"name": "kiwi"}),
}
CASES = ("NSMC reviews", "petitions")


def held_out(n_reviews: int) -> dict[str, list[str]]:
    """Read the texts that the tagger has not learnt from.

    Parameters
    ----------
    n_reviews : int
        How many reviews at most.

    Returns
    -------
    dict
        Case -> texts; empty without the data.
    """
    reviews, petitions = real_data("nsmc/reviews.parquet"), real_data("text/korean_petitions.jsonl.gz")
    if reviews is None or petitions is None:
        return {}
    column = pq.read_table(reviews, columns=["review"])["review"].to_pylist()
    chosen = [text for text in dict.fromkeys(column) if zlib.crc32(text.encode()) % 10 == 9]
    with gzip.open(petitions, "rt", encoding="utf-8") as file:
        contents = [json.loads(line)["content"] for line in file]
    return dict(zip(CASES, (chosen[:n_reviews], contents[9::10]), strict=True))


def measure(name: str, texts: dict[str, list[str]]) -> dict[str, Any]:
    """Run one tokeniser over all cases; for a process of its own.

    Parameters
    ----------
    name : str
        In `WHO`.
    texts : dict
        From `held_out`.

    Returns
    -------
    dict
        ``first``: seconds to the first text; ``peak_mb``; per case its seconds and its set of morphemes.
    """
    from malgil.tokenizers import tokenizer

    began = time.perf_counter()
    made = tokenizer(**WHO[name][1])
    made.tokenize(["영화를 봤다"])
    out: dict[str, Any] = {"first": time.perf_counter() - began}
    for case, column in texts.items():
        seconds = []
        for _ in range(N_RUNS):
            began = time.perf_counter()
            tokens = made.tokenize(column)
            seconds.append(time.perf_counter() - began)
        out[case] = seconds, tokens
    unit = 1 if sys.platform == "darwin" else 1024
    return out | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6}


def morphemes(tokens: Any) -> set[tuple[int, int, str, int]]:
    """Collect what is compared.

    Parameters
    ----------
    tokens : Tokens
        Of one case.

    Returns
    -------
    set of tuple
        Document, start, form, part of speech.
    """
    forms = tokens.forms.to_pylist()
    docs = (doc for doc, n in enumerate((tokens.indptr[1:] - tokens.indptr[:-1]).tolist()) for _ in range(n))
    columns = tokens.start.tolist(), tokens.ids.tolist(), tokens.tags.tolist()
    return {(doc, start, forms[i], tag) for doc, start, i, tag in zip(docs, *columns, strict=True)}


def row(name: str, case: str, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Make one row of the result file.

    Parameters
    ----------
    name, case : str
        Tokeniser and what it read.
    found : dict
        Name -> what `measure` gave.

    Returns
    -------
    dict
        The row.
    """
    seconds, tokens = found[name][case]
    mine, gold = morphemes(tokens), morphemes(found["kiwi"][case][1])
    figures = {"mean": statistics.fmean(seconds), "median": statistics.median(seconds), "p99": quantile(seconds, 0.99)}
    extra = {
        "F1": 2 * len(mine & gold) / (len(mine) + len(gold)),
        "morphemes_a_second": tokens.n_tokens / figures["median"],
        "seconds_to_first": found[name]["first"],
    }
    head = {"who": WHO[name][0], "version": version(WHO[name][0]), "case": case, "setting": name, "n_runs": N_RUNS}
    return {**head, **figures, "peak_mb": found[name]["peak_mb"], "figures": extra}


def main() -> None:
    """Measure both and write the result."""
    n_reviews = next((int(word) for word in sys.argv[1:] if word.isdigit()), 20_000)
    texts = held_out(n_reviews)
    if not texts:
        print("MALGIL_DATA names no folder with nsmc/reviews.parquet and the petitions: nothing measured.")
        return
    found = {}
    for name in WHO:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found[name] = pool.apply(measure, (name, texts))
    rows = [row(name, case, found) for case in CASES for name in WHO]
    for item in rows:
        extra = item["figures"]
        print(
            f"  {item['case']:<13} {item['setting']:<20} median {item['median']:.2f} s, F1 {extra['F1']:.4f}, "
            f"{extra['morphemes_a_second']:,.0f} morphemes/s, first {extra['seconds_to_first']:.2f} s, "
            f"peak {item['peak_mb']:,.0f} MB"
        )
    if "--dry" not in sys.argv:
        counts = [len(texts[case]) for case in CASES]
        write(
            "kiwi_fast",
            title={"en": "Fast Korean morphemes", "ko": "빠른 한국어 형태소 분석"},
            source={
                "en": f"{counts[0]:,} held-out NSMC reviews, {counts[1]:,} petitions",
                "ko": f"학습에 쓰지 않은 NSMC 영화평 {counts[0]:,}건과 청원 {counts[1]:,}건",
            },
            rows=rows,
        )


if __name__ == "__main__":
    main()
