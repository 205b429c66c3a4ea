"""How well word vectors agree with people, beside gensim on the same tokens, settings and number of seeds.

Korean: WordSim-353 in Korean, over Kiwi's morphemes of the petitions and of NSMC. English: MTurk-771 over the words of
IMDb. Then whole words beside n-grams of jamo on the Korean pairs, where a pair with a word that has no vector counts as
one of no likeness, and the analogies of each language with the share that could be asked.
"""

from __future__ import annotations

import gzip
import json
import math
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pc
import pyarrow.parquet as pq
from recording import real_data, version, write

from malgil.embeddings import FastText, Vectors, Word2Vec
from malgil.embeddings.evaluation import Section, evaluate_analogies, evaluate_similarity, find_word, spearman
from malgil.embeddings.question_sets import read_test_set
from malgil.tokenizers import tokenizer
from malgil.tokens import Tokens

SETTINGS: dict[str, Any] = {"window": 5, "min_count": 5, "negative": 5, "sample": 1e-3, "epochs": 5}
N_SEEDS = int(os.environ.get("BENCH_SEEDS", "3"))
NEEDED = ("nsmc/reviews.parquet", "text/korean_petitions.jsonl.gz", "wordsim/ws353_ko.csv", "imdb/train.tsv.gz")

Sentences = list[list[str]]


def korean_tokens() -> Tokens:
    """Split the petitions and all reviews into morphemes.

    Returns
    -------
    Tokens
        One document a text.
    """
    with gzip.open(_path("text/korean_petitions.jsonl.gz"), "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["content"] for line in lines]
    texts += pq.read_table(_path("nsmc/reviews.parquet"))["review"].to_pylist()
    return tokenizer("kiwi").tokenize(texts)


def english_tokens() -> Tokens:
    """Split the reviews of IMDb, those without labels too, into words.

    Returns
    -------
    Tokens
        One document a text.
    """
    options = pc.ParseOptions(delimiter="\t", quote_char=False)
    texts: list[str] = []
    for part in ("train", "test"):
        table = pc.read_csv(_path(f"imdb/{part}.tsv.gz"), parse_options=options)
        texts += [text.replace("<br />", " ") for text in table["text"].to_pylist()]
    with gzip.open(_path("text/imdb_unlabelled.txt.gz"), "rt", encoding="utf-8") as lines:
        texts += list(lines)
    return tokenizer("word", lowercase=True).tokenize(texts)


def _path(name: str) -> Path:
    path = real_data(name)
    if path is None:
        raise FileNotFoundError(f"MALGIL_DATA does not name a folder with {name}")
    return path


def malgil_vectors(tokens: Tokens, model: str, seed: int) -> Vectors:
    """Train malgil's vectors.

    Parameters
    ----------
    tokens : Tokens
        The corpus.
    model : {"skipgram", "cbow"}
        What predicts what.
    seed : int
        Of the random numbers.

    Returns
    -------
    Vectors
        Of whole words.
    """
    vectors: Vectors = Word2Vec(model=model, seed=seed, **SETTINGS).fit(tokens).vectors_  # type: ignore[arg-type]
    return vectors


def gensim_vectors(sentences: Sentences, model: str, seed: int) -> Vectors:
    """Train gensim's vectors.

    Parameters
    ----------
    sentences : list of list of str
        The same corpus.
    model : {"skipgram", "cbow"}
        What predicts what.
    seed : int
        Of the random numbers.

    Returns
    -------
    Vectors
        Of whole words.
    """
    import gensim

    options = {"vector_size": 100, "sg": int(model == "skipgram"), "workers": 2, "seed": seed + 1, **SETTINGS}
    found = gensim.models.Word2Vec(sentences, **options).wv
    return Vectors(found.index_to_key, found.vectors)


def agreement(vectors: list[Vectors], name: str) -> dict[str, float]:
    """Judge the vectors of several seeds by a test set.

    Parameters
    ----------
    vectors : list of Vectors
        One for each seed.
    name : str
        File of the word pairs.

    Returns
    -------
    dict
        Mean rank correlation, its least and greatest, and the share of the pairs that it covers.
    """
    pairs: Any = read_test_set(_path(name))
    found = [evaluate_similarity(one, pairs) for one in vectors]
    values = [one.spearman for one in found]
    spread = {"least": round(min(values), 4), "most": round(max(values), 4)}
    return {"spearman": round(float(np.mean(values)), 4), **spread, "covered": round(found[0].covered_ratio, 4)}


def all_pairs(vectors: Vectors, name: str) -> float:
    """Judge vectors by all pairs of a test set; those with a word that has no vector are of no likeness.

    Parameters
    ----------
    vectors : Vectors
        Of words, perhaps with n-grams.
    name : str
        File of the word pairs.

    Returns
    -------
    float
        Rank correlation.
    """
    cosines, scores = [], []
    pairs: Any = read_test_set(_path(name))
    for pair in pairs:
        a, b = (find_word(vectors, word) for word in pair[:2])
        cosines.append(0.0 if a is None or b is None else float(vectors.similarity(a, b)))
        scores.append(pair[2])
    return float(spearman(np.array([cosines]), np.array([scores], np.float64))[0])


def analogies(vectors: Vectors, name: str) -> dict[str, float]:
    """Ask analogies.

    Parameters
    ----------
    vectors : Vectors
        Of words.
    name : str
        File of the questions.

    Returns
    -------
    dict
        Share of right answers among those asked, and the share of the questions that could be.
    """
    sections: list[Section] = read_test_set(_path(name))  # type: ignore[assignment]
    answered = evaluate_analogies(vectors, sections)
    asked, n = sum(one.n_covered for one in answered), sum(one.n_questions for one in answered)
    right = sum(one.n_correct for one in answered) / asked if asked else math.nan
    return {"analogies": round(right, 4), "asked": round(asked / n, 4)}


def compare(tokens: Tokens, pairs: str, questions: str, case: str) -> list[dict[str, Any]]:
    """Compare malgil with gensim on one corpus, skip-gram and CBOW.

    Parameters
    ----------
    tokens : Tokens
        The corpus.
    pairs, questions : str
        Files of the word pairs and of the analogies.
    case : str
        What to call it.

    Returns
    -------
    list of dict
        Rows of the table.
    """
    sentences = tokens.to_lists()
    rows = []
    for model in ("skipgram", "cbow"):
        makers: dict[str, Callable[[int], Vectors]] = {
            "malgil": partial(malgil_vectors, tokens, model),
            "gensim": partial(gensim_vectors, sentences, model),
        }
        for who, make in makers.items():
            found = [make(seed) for seed in range(N_SEEDS)]
            figures = agreement(found, pairs) | analogies(found[0], questions)
            print(f"  {case} {model} {who} {figures}", flush=True)
            rows.append(_row(f"{case}, {model}", who, f"{N_SEEDS} seed{'s' * (N_SEEDS > 1)}", figures))
    return rows


def jamo(tokens: Tokens) -> list[dict[str, Any]]:
    """Compare whole words with n-grams of characters and of jamo on all Korean pairs.

    Parameters
    ----------
    tokens : Tokens
        The Korean corpus.

    Returns
    -------
    list of dict
        Rows of the table.
    """
    rows = []
    makers: dict[str, Callable[[], Any]] = {
        "whole words": lambda: Word2Vec(**SETTINGS),
        "n-grams of characters": lambda: FastText(min_n=1, max_n=4, **SETTINGS),
        "n-grams of jamo": lambda: FastText(units="jamo", min_n=3, max_n=5, **SETTINGS),
    }
    for case, make in makers.items():
        vectors = make().fit(tokens).vectors_
        figures = {"spearman": round(all_pairs(vectors, "wordsim/ws353_ko.csv"), 4)}
        print(f"  {case} {figures}", flush=True)
        rows.append(_row(f"WS353-ko, all pairs, {case}", "malgil", "1 seed", figures))
    return rows


def _row(case: str, who: str, setting: str, figures: dict[str, float]) -> dict[str, Any]:
    return {"who": who, "version": version(who), "case": case, "setting": setting, "figures": figures}


def main() -> None:
    """Measure, write the result."""
    if any(real_data(name) is None for name in NEEDED):
        print(f"  skipped: MALGIL_DATA does not name a folder with {', '.join(NEEDED)}")
        return
    korean = korean_tokens()
    rows = compare(korean, "wordsim/ws353_ko.csv", "wordsim/analogy_ko.txt.gz", "WS353-ko")
    rows += jamo(korean)
    del korean
    rows += compare(english_tokens(), "wordsim/en_mturk-771.tsv", "wordsim/questions-words.txt.gz", "MTurk-771")
    write(
        "vectors_quality",
        title={"en": "Word vectors beside judgements of people", "ko": "사람의 판단과 비교한 단어 벡터"},
        source={
            "en": "Korean: morphemes of the petitions and of NSMC; English: IMDb",
            "ko": "한국어: 청원과 NSMC의 형태소, 영어: IMDb",
        },
        rows=rows,
    )


if __name__ == "__main__":
    main()
