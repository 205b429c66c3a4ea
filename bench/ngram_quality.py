"""How good n-gram models are: each smoothing on Korean reviews, guessed words, and modified Kneser-Ney beside KenLM.

``KENLM_BIN=FOLDER python bench/ngram_quality.py``. 690,000 reviews are learned from and the other 1,442 are scored:
words as white space cuts them, and morphemes as Kiwi does, those of the first 200,000 reviews. Perplexities count
unknown words and sentence ends, as KenLM's "including OOVs"; those of words and of morphemes are of different units and
do not compare. Nor do those with unknown words where single words are not interpolated: Katz leaves to one ``<unk>``
what the others share out among all words. ``BENCH_NGRAM_WORK`` names a folder where morphemes are kept between runs.

A word is guessed at places drawn with a fixed seed from the reviews that were not learned from: from the words to its
left only, and from both sides. A word that the model does not know is never guessed and counts as a miss.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from recording import real_data, version, write

from malgil import NgramLM
from malgil.ngram import SMOOTHINGS
from malgil.tokenizers import tokenizer

TITLE = {"en": "Quality of n-gram models", "ko": "n-gram 모델 품질"}
INPUT = {
    "en": "NSMC, 690,000 reviews to learn from and 1,442 to score; Penn Treebank",
    "ko": "NSMC(학습 690,000건, 평가 1,442건), Penn Treebank",
}
N_TRAIN, N_MORPHEMES = 690_000, 200_000
N_GUESSES, SEED = 2_000, 7
THRESHOLDS = (1e-9, 1e-8, 1e-7)
KENLM = os.environ.get("KENLM_BIN", "")


class Table:
    """The rows of the result file, as they come."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, case: str, setting: str, figures: dict[str, float], who: str = "malgil") -> None:
        """Note and show one result.

        Parameters
        ----------
        case : str
            On what.
        setting : str
            What was done.
        figures : dict of str to float
            The measures.
        who : str
            The package.
        """
        row = {"who": who, "version": version(who), "case": case, "setting": setting}
        self.rows.append(row | {"figures": {name: round(value, 4) for name, value in figures.items()}})
        shown = "   ".join(f"{name} {value:,.4f}" for name, value in figures.items())
        print(f"  {case:<24} {who:<7} {setting:<40} {shown}", flush=True)


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


def morphemes(texts: pa.LargeStringArray, name: str) -> pa.LargeStringArray:
    """Cut texts into morphemes, a blank between two; once, where a folder keeps them.

    Parameters
    ----------
    texts : pa.LargeStringArray
        The reviews.
    name : str
        Of the file that keeps them.

    Returns
    -------
    pa.LargeStringArray
        Forms of the morphemes.
    """
    folder = os.environ.get("BENCH_NGRAM_WORK")
    path = Path(folder) / f"{name}.txt" if folder else None
    if path is not None and path.exists():
        return pa.array(path.read_text(encoding="utf-8").split("\n"), pa.large_string())
    rows = [" ".join(form.replace(" ", "_") for form in row) for row in tokenizer("kiwi").tokenize(texts).to_lists()]
    if path is not None:
        path.write_text("\n".join(rows), encoding="utf-8")
    return pa.array(rows, pa.large_string())


def measure(lm: NgramLM, texts: pa.LargeStringArray) -> dict[str, float]:
    """Give the perplexities of a model.

    Parameters
    ----------
    lm : NgramLM
        Trained.
    texts : pa.LargeStringArray
        To score.

    Returns
    -------
    dict of str to float
        All tokens, and without unknown ones. For a model that finds tokens impossible, their share instead.
    """
    found = lm.perplexity(texts)
    impossible = float((lm.score_tokens(texts).log10_probs <= -90).mean())
    if impossible > 0:
        return {"share of tokens with probability 0": impossible}
    return {"perplexity": float(found), "without unknown": found.without_unknown}


def smoothings(table: Table, case: str, train: pa.LargeStringArray, test: pa.LargeStringArray) -> None:
    """Compare the smoothings.

    Parameters
    ----------
    table : Table
        Takes the rows.
    case : str
        The unit.
    train, test : pa.LargeStringArray
        To learn from, and to score.
    """
    for name, smoothing in SMOOTHINGS.items():
        if not smoothing.sums_to_one:
            continue
        for k in (1.0, 0.01) if name == "add_k" else (1.0,):
            lm = NgramLM(order=3, smoothing=name, add_k=k).fit(train)
            shown = f"{name}, k = {k:g}" if name == "add_k" else name
            table.add(f"{case}, order 3", shown, measure(lm, test))
    for name in ("modified_kneser_ney", "jelinek_mercer"):
        table.add(f"{case}, order 5", name, measure(NgramLM(order=5, smoothing=name).fit(train), test))


def pruning(table: Table, train: pa.LargeStringArray, test: pa.LargeStringArray) -> None:
    """Show what pruning by entropy saves and costs.

    Parameters
    ----------
    table : Table
        Takes the rows.
    train, test : pa.LargeStringArray
        To learn from, and to score.
    """
    for smoothing in ("modified_kneser_ney", "katz"):
        for threshold in (0.0, *THRESHOLDS):
            lm = NgramLM(order=3, smoothing=smoothing, prune_entropy=threshold).fit(train)
            base = lm._fitted.table.trie.base
            n_longer = float(base[-1] - base[1])
            figures = {"n-grams of 2 and 3 words": n_longer, "perplexity": float(lm.perplexity(test))}
            table.add("pruning by entropy", f"{smoothing}, {threshold:g}", figures)


def guess(table: Table, case: str, train: pa.LargeStringArray, test: pa.LargeStringArray) -> None:
    """Guess words from one side and from both.

    Parameters
    ----------
    table : Table
        Takes the rows.
    case : str
        The unit.
    train, test : pa.LargeStringArray
        To learn from, and to guess in.
    """
    lm = NgramLM(order=3).fit(train)
    lines = [line.split() for line in test.to_pylist()]
    places = [(row, at) for row, words in enumerate(lines) for at in range(len(words))]
    drawn = np.random.default_rng(SEED).choice(len(places), min(N_GUESSES, len(places)), replace=False)
    hits = {"left side only": np.zeros(2), "both sides": np.zeros(2)}
    for number in np.sort(drawn).tolist():
        row, at = places[number]
        left, word, right = " ".join(lines[row][:at]), lines[row][at], " ".join(lines[row][at + 1 :])
        for side, found in (("left side only", lm.next(left, k=7)), ("both sides", lm.blank(left, right, k=7))):
            words = [one for one, _ in found if one not in ("</s>", "<unk>")]
            hits[side] += word == words[0], word in words[:5]
    for side, (first, five) in hits.items():
        figures = {"accuracy@1": float(first) / len(drawn), "accuracy@5": float(five) / len(drawn)}
        table.add(f"guessed words, {case}", f"modified_kneser_ney, order 3, {side}", figures)


def treebank(table: Table) -> None:
    """Compare the perplexity of the Penn Treebank with KenLM's.

    Parameters
    ----------
    table : Table
        Takes the rows.
    """
    lines = {}
    for part in ("train", "test"):
        path = real_data(f"lm/ptb.{part}.txt.gz")
        assert path is not None
        with gzip.open(path, "rt", encoding="utf-8") as file:
            # the rare words of this corpus are one word, whose usual name both tools keep for words they do not know
            lines[part] = [" ".join(line.split()).replace("<unk>", "<rare>") for line in file]
    lm = NgramLM(order=5).fit(lines["train"])
    case, setting = "Penn Treebank", "modified Kneser-Ney, order 5"
    table.add(case, setting, {"perplexity": float(lm.perplexity(lines["test"]))})
    if not KENLM:
        print("  KenLM is left out: KENLM_BIN does not name the folder of its programs")
        return
    with tempfile.TemporaryDirectory() as name:
        model = Path(name) / "lm.arpa"
        _kenlm("lmplz", "-o", "5", "-S", "1G", "-T", name, "--arpa", str(model), text=lines["train"])
        said = _kenlm("query", "-v", "summary", str(model), text=lines["test"])
    perplexity = float(said.partition("Perplexity including OOVs:")[2].split()[0])
    table.add(case, setting, {"perplexity": perplexity}, who="kenlm")


def _kenlm(program: str, *args: str, text: list[str]) -> str:
    whole = "".join(f"{line}\n" for line in text).encode()
    done = subprocess.run([str(Path(KENLM) / program), *args], input=whole, capture_output=True, check=True)
    return done.stdout.decode()


def main() -> None:
    """Measure everything and write the result."""
    if real_data("nsmc") is None or real_data("lm") is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc and lm")
        return
    table, whole = Table(), reviews()
    train, test = whole.slice(0, N_TRAIN), whole.slice(N_TRAIN)
    smoothings(table, "NSMC words", train, test)
    pruning(table, train, test)
    guess(table, "words", train, test)
    cut = morphemes(train.slice(0, N_MORPHEMES), "train"), morphemes(test, "test")
    smoothings(table, "NSMC morphemes", *cut)
    guess(table, "morphemes", *cut)
    treebank(table)
    write("ngram_quality", title=TITLE, source=INPUT, rows=table.rows)


if __name__ == "__main__":
    main()
