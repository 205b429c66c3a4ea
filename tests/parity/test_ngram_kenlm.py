"""Modified Kneser-Ney beside KenLM: its programs where ``KENLM_BIN`` names their folder, its numbers where not."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from malgil.ngram import NgramLM
from malgil.ngram.arpa_reading import read_arpa

GOLDEN = Path(__file__).parents[1] / "golden" / "ngram_kenlm.json"
FALLBACK = (0.5, 1.0, 1.5)
# lmplz computes in float32; the issue asks for 1e-5 in log10
TOLERANCE = 1e-5


def corpus(n_words: int, n_sentences: int, seed: int) -> list[str]:
    """Draw sentences whose words are as unevenly frequent as real ones; some are empty."""
    random = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, n_words + 1)
    words = ["이", "영화", "참", "ㅋㅋ", "\u1112\u1161\u11ab", "😀", *(f"말{i}" for i in range(6, n_words))]
    lengths = random.integers(0, 12, n_sentences)
    return [" ".join(random.choice(words, size=n, p=weights / weights.sum())) for n in lengths]


def run(program: str, *args: str, text: str = "") -> str:
    """Run one of KenLM's programs."""
    folder = os.environ.get("KENLM_BIN")
    if not folder:
        pytest.skip("KENLM_BIN names no folder with KenLM's programs")
    done = subprocess.run([str(Path(folder) / program), *args], input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


CASES = {
    "plain": ([], {}),
    "fallback": (["--discount_fallback"], {"discount_fallback": FALLBACK}),
    "to_unk": (["--interpolate_unigrams", "0"], {"interpolate_unigrams": False}),
    "pruned": (["--prune", "0", "1"], {"prune": (0, 1)}),
}


@pytest.mark.parametrize("order", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("case", CASES)
def test_every_probability_and_backoff_is_that_of_lmplz(tmp_path: Path, order: int, case: str) -> None:
    options, params = CASES[case]
    texts = corpus(4000, 9000, seed=order)
    texts += texts[:1500] + texts[:400] + texts[:100]  # so that long n-grams come again
    if case == "fallback":  # a closed vocabulary, where discounts fail and the last words are frequent
        texts = corpus(12, 60, seed=order)
    arpa = tmp_path / "kenlm.arpa"
    fixed = ["-o", str(order), "-S", "50M", "-T", str(tmp_path), "--arpa", str(arpa)]
    run("lmplz", *fixed, *options, text="\n".join([*texts, ""]))
    ours, theirs = NgramLM(order=order, **params).fit(texts).model_.table, read_arpa(arpa).table
    assert all(np.array_equal(a, b) for a, b in zip(ours.trie, theirs.trie, strict=True))
    assert np.abs(ours.log10_probs - theirs.log10_probs).max() < TOLERANCE
    assert np.abs(ours.log10_backoffs - theirs.log10_backoffs).max() < TOLERANCE


def test_perplexity_is_that_of_query(tmp_path: Path) -> None:
    train, test = corpus(3000, 6000, seed=1), corpus(3300, 200, seed=2)
    lm = NgramLM(order=3).fit(train)
    lm.write_arpa(tmp_path / "ours.arpa")
    shown = run("query", "-v", "summary", str(tmp_path / "ours.arpa"), text="\n".join([*test, ""]))
    numbers = [float(line.split("\t")[1]) for line in shown.splitlines() if "\t" in line]
    found = lm.perplexity(test)
    assert [float(f"{n:.6g}") for n in numbers[:2]] == [float(f"{n:.6g}") for n in (found, found.without_unknown)]
    assert numbers[2:] == [found.n_unknown, found.n_tokens]


def test_numbers_that_kenlm_gave() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    for case in golden["cases"]:
        lm = NgramLM(order=case["order"], **CASES[case["case"]][1]).fit(golden["corpus"])
        for text, wanted in case["ngrams"].items():
            model = lm.model_
            numbers = [_number(lm, word) for word in text.split(" ")]
            node = model.node(np.array(numbers, np.int32))
            assert model.table.log10_probs[node] == pytest.approx(wanted[0], abs=TOLERANCE)
            if len(numbers) < lm.order:
                assert model.table.log10_backoffs[node] == pytest.approx(wanted[1], abs=TOLERANCE)
        assert model.table.trie.base[-1] == len(case["ngrams"])
        found = lm.perplexity(golden["test"])
        assert [found, found.without_unknown] == pytest.approx(case["perplexity"], rel=1e-6)


def _number(lm: NgramLM, word: str) -> int:
    from malgil.strings import string_array

    special = {"<unk>": 0, "<s>": 1, "</s>": 2}
    return special[word] if word in special else int(lm.model_.words.numbers(string_array([word]))[0])


def test_our_files_open_in_kenlm(tmp_path: Path) -> None:
    kenlm = pytest.importorskip("kenlm")
    train, test = corpus(300, 900, seed=3), corpus(330, 60, seed=4)
    lm = NgramLM(order=4, discount_fallback=FALLBACK).fit(train)
    lm.write_arpa(tmp_path / "ours.arpa")
    model = kenlm.Model(str(tmp_path / "ours.arpa"))
    for text in test:
        assert lm.log10_prob(text) == pytest.approx(model.score(text), abs=1e-4)
        orders = [order for _, order, _ in model.full_scores(text)]
        assert lm.score_tokens([text]).orders.tolist() == orders
