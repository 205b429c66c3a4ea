"""Sentence borders: Korean beside Kiwi's own splitter and a punctuation baseline, English beside other splitters.

``python bench/sentences.py``. Korean: Kiwi's public sets; a text is its lines joined. Each gold sentence scores the F1
of characters (white space left out) of the predicted sentence that overlaps it best, each predicted sentence serving
one gold sentence; a text's scores are multiplied by min(1, gold / predicted), and averaged over all gold sentences
(``normalised_f1``). English: runs of ten sentences of the Brown corpus, put back from tokens to text (what ends in
a colon, semicolon or comma, which Brown counts as sentences, goes with what follows); ``f1`` is of borders. Speed is
that of the same texts, one thread each.
"""

from __future__ import annotations

import gzip
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from recording import real_data, version, write

import malgil

Span = tuple[int, int]
Splitter = Callable[[list[str]], list[list[Span]]]
N_ENGLISH = 20_000
N_REPEATS = 5


def by_malgil(texts: list[str]) -> list[list[Span]]:
    """Split with malgil, one thread."""
    return [[(s.start, s.end) for s in row] for row in malgil.sentences(texts, n_jobs=1)]


def by_punctuation(texts: list[str]) -> list[list[Span]]:
    """Split behind full stops, question marks and exclamation marks before white space."""
    pattern = re.compile(r"\S(?:.*?[.!?]+(?=\s|$)|.*$)", re.DOTALL)
    return [[match.span() for match in pattern.finditer(text)] for text in texts]


def by_kiwi() -> Splitter:
    """Kiwi's own splitter, one thread."""
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=1)
    return lambda texts: [[(s.start, s.end) for s in row] for row in kiwi.split_into_sents(texts)]


def located(split: Callable[[str], list[str]]) -> Splitter:
    """Give the spans of a splitter that gives strings."""

    def run(texts: list[str]) -> list[list[Span]]:
        out = []
        for text in texts:
            spans, at = [], 0
            for sentence in split(text):
                words = sentence.split()
                if not words:
                    continue
                start = text.index(words[0], at)
                for word in words:
                    at = text.index(word, at) + len(word)
                spans.append((start, at))
            out.append(spans)
        return out

    return run


def by_pysbd() -> Splitter:
    """Split with pysbd."""
    import pysbd

    return located(pysbd.Segmenter(language="en", clean=False).segment)


def by_segtok() -> Splitter:
    """Split with segtok."""
    from segtok.segmenter import split_single

    return located(lambda text: list(split_single(text)))


def by_syntok() -> Splitter:
    """Split with syntok."""
    from syntok import segmenter

    def run(texts: list[str]) -> list[list[Span]]:
        out = []
        for text in texts:
            rows = [sentence for paragraph in segmenter.analyze(text) for sentence in paragraph]
            out.append([(row[0].offset, row[-1].offset + len(row[-1].value)) for row in rows if row])
        return out

    return run


def by_nltk() -> Splitter:
    """Split with nltk's Punkt, untrained: its models are downloads."""
    from nltk.tokenize.punkt import PunktSentenceTokenizer

    punkt = PunktSentenceTokenizer()
    return lambda texts: [list(punkt.span_tokenize(text)) for text in texts]


def korean(folder: Path) -> dict[str, list[list[str]]]:
    """Read Kiwi's sets: file -> texts -> gold sentences."""
    sets = {}
    for path in sorted(folder.glob("*.txt")):
        groups = re.split(r"\n[^\S\n]*\n+", path.read_text(encoding="utf-8"))
        texts = [[line for line in group.split("\n") if line.strip()] for group in groups]
        sets[path.stem] = [text for text in texts if text]
    return sets


def _visible(text: str, start: int, end: int) -> set[int]:
    return {at for at in range(start, end) if not text[at].isspace()}


def scores(gold: list[str], predicted: list[Span]) -> tuple[list[float], float]:
    """F1 of each gold sentence of a text, and what normalises them."""
    text, borders = "".join(gold), [0]
    for line in gold:
        borders.append(borders[-1] + len(line))
    truth = [_visible(text, low, high) for low, high in pairwise(borders)]
    found = [part for span in predicted if (part := _visible(text, *span))]
    pairs = [(len(g & p), i, j) for i, g in enumerate(truth) for j, p in enumerate(found) if g & p]
    values, used = [0.0] * len(truth), set[int]()
    matched = set[int]()
    for overlap, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if i not in matched and j not in used:
            matched.add(i)
            used.add(j)
            values[i] = 2 * overlap / (len(truth[i]) + len(found[j]))
    return values, min(1.0, len(truth) / max(len(found), 1))


def judge_korean(split: Splitter, sets: dict[str, list[list[str]]]) -> dict[str, dict[str, float]]:
    """Score a splitter on each file, and on all lines."""
    plain: defaultdict[str, list[float]] = defaultdict(list)
    normal: defaultdict[str, list[float]] = defaultdict(list)
    for name, texts in sets.items():
        for gold, predicted in zip(texts, split(["".join(text) for text in texts]), strict=True):
            values, factor = scores(gold, predicted)
            for key in (name, "all"):
                plain[key] += values
                normal[key] += [value * factor for value in values]
    mean = {key: sum(values) / len(values) for key, values in plain.items()}
    return {key: {"f1": mean[key], "normalised_f1": sum(normal[key]) / len(normal[key])} for key in mean}


def detokenise(words: list[str]) -> str:
    """Put words of the Brown corpus back together as print has them."""
    text = " ".join(words)
    text = re.sub(r"``\s*", '"', text)
    text = re.sub(r"\s*''", '"', text)
    text = re.sub(r"\s+([.,;:?!)\]}])(?:\s\1)?(?=\s|$|\")", r"\1", text)
    return re.sub(r"([(\[{])\s+", r"\1", text)


def english(folder: Path) -> list[list[str]]:
    """Read runs of ten sentences of one file of the Brown corpus."""

    def sentences() -> Iterator[tuple[str, str]]:
        with gzip.open(folder / "brown_tagged.tsv.gz", "rt", encoding="utf-8") as file:
            next(file)
            for line in file:
                source, _, tagged = line.rstrip("\n").split("\t")
                yield source, detokenise([token.rpartition("/")[0] for token in tagged.split(" ")])

    runs: list[list[str]] = []
    last = ""
    for n, (source, sentence) in enumerate(sentences()):
        if n == N_ENGLISH:
            break
        goes_on = source == last and runs[-1][-1][-1] in ";:,"
        if goes_on:
            runs[-1][-1] += " " + sentence
            continue
        if source != last or len(runs[-1]) == 10:
            runs.append([])
        runs[-1].append(sentence)
        last = source
    return runs


def judge_english(split: Splitter, runs: list[list[str]]) -> dict[str, float]:
    """Precision, recall and F1 of borders within texts; a border is the first character of a sentence."""
    hits = n_found = n_gold = 0
    for gold, predicted in zip(runs, split([" ".join(run) for run in runs]), strict=True):
        ends, at = set[int](), 0
        for sentence in gold[:-1]:
            at += len(sentence) + 1
            ends.add(at)
        found = {start for start, _ in predicted[1:]}
        hits += len(ends & found)
        n_found += len(found)
        n_gold += len(ends)
    precision, recall = hits / max(n_found, 1), hits / n_gold
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(precision + recall, 1e-9)}


def per_second(split: Splitter, texts: list[str], n_sentences: int, n_runs: int = N_REPEATS) -> float:
    """Gold sentences a second, the median run."""
    split(texts[:2])
    seconds = []
    for _ in range(n_runs):
        began = time.perf_counter()
        split(texts)
        seconds.append(time.perf_counter() - began)
    return n_sentences / sorted(seconds)[n_runs // 2]


def row(who: str, case: str, figures: dict[str, float]) -> dict[str, Any]:
    """Make one row of the result file, and show it."""
    shown = "   ".join(f"{name} {value:,.4g}" for name, value in figures.items())
    print(f"  {who:<12} {case:<22} {shown}", flush=True)
    return {"who": who, "version": version(who), "case": case, "setting": "1 thread", "figures": figures}


def measure() -> list[dict[str, Any]]:
    """Run everything."""
    sentences, tagging = real_data("kiwi/sentences"), real_data("tagging")
    if sentences is None or tagging is None:
        raise SystemExit("Set MALGIL_DATA to the folder of the data sets.")
    rows = []
    sets = korean(sentences)
    flat = ["".join(text) for texts in sets.values() for text in texts]
    n_lines = sum(len(text) for texts in sets.values() for text in texts)
    for who, split in (("malgil", by_malgil), ("kiwipiepy", by_kiwi()), ("punctuation", by_punctuation)):
        judged = judge_korean(split, sets)
        judged["all"]["sentences_per_second"] = per_second(split, flat, n_lines)
        rows += [row(who, f"Korean, {name}", judged[name]) for name in ("all", *sets)]
    runs = english(tagging)
    texts = [" ".join(run) for run in runs]
    peers = {"pysbd": by_pysbd, "segtok": by_segtok, "syntok": by_syntok, "nltk": by_nltk}
    for who, make in ({"malgil": lambda: by_malgil} | peers | {"punctuation": lambda: by_punctuation}).items():
        try:
            split = make()
        except ImportError:
            print(f"  {who:<12} is not installed")
            continue
        part = slice(None) if who in ("malgil", "punctuation") else slice(0, 200)
        speed = per_second(split, texts[part], sum(map(len, runs[part])), 1 if who == "pysbd" else 3)
        rows.append(row(who, "English, Brown", judge_english(split, runs) | {"sentences_per_second": speed}))
    return rows


if __name__ == "__main__":
    write(
        "sentences",
        rows=measure(),
        title={"en": "Sentence borders", "ko": "문장 경계"},
        source={
            "en": "Kiwi's public sentence sets; the first 20,000 sentences of the Brown corpus, ten a text",
            "ko": "Kiwi 공개 문장 분리 평가 세트와 브라운 말뭉치 첫 20,000문장(글마다 열 문장)",
        },
    )
