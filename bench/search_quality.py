"""How good the answers are: three English test collections and Korean questions, beside bm25s, in one run.

For each collection the plain index of the peers first: malgil and bm25s score the same tokens, so their measures must
be equal, and the script stops if they are not. Then malgil's default fields; for Korean beside BM25 over Kiwi's
morphemes of paragraphs and questions, which malgil's own query side answers without loading Kiwi.

The default weight of pairs of syllables was chosen on other data, the petitions: ``python bench/search_quality.py
--choose`` shows by titles as queries for their texts how little depends on it.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from recording import real_data, version, write

from malgil import SearchIndex
from malgil.search.defaults import default_fields
from malgil.search.fields import Field
from malgil.tokenizers import tokenizer

TITLE = {"en": "Quality of search", "ko": "검색 품질"}
INPUT = {"en": "Cranfield, CISI, CACM; KorQuAD 1.0 dev", "ko": "Cranfield, CISI, CACM, KorQuAD 1.0 dev"}
K = 10
TOLERANCE = 0.002  # bm25s adds up in float32, which orders a few ties otherwise
_SIGNS = re.compile(r'(["“”„＂「」『』\\+＋－:：-])')

Rankings = list[NDArray[np.int64]]


class Collection(NamedTuple):
    """A test collection.

    Parameters
    ----------
    name : str
        What it is called.
    docs : list of str
        The documents.
    queries : list of str
        The queries that have judgements.
    grades : list of dict of int to int
        For each query the relevant documents, with grades above 0.
    """

    name: str
    docs: list[str]
    queries: list[str]
    grades: list[dict[int, int]]


def english(name: str) -> Collection:
    """Read Cranfield, CISI or CACM.

    Parameters
    ----------
    name : {"Cranfield", "CISI", "CACM"}
        Which one.

    Returns
    -------
    Collection
        Title and text of the documents.
    """
    folder = _folder() / name.lower()
    with gzip.open(folder / "docs.jsonl.gz", "rt", encoding="utf-8") as file:
        docs = [json.loads(line) for line in file]
    rows = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    queries = {str(row["id"]): row["text"] for row in map(json.loads, rows)}
    number = {str(doc["id"]): place for place, doc in enumerate(docs)}
    grades: dict[str, dict[int, int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, doc, grade, *_ = line.split("\t")
        if int(grade) > 0:
            grades.setdefault(query, {})[number[doc]] = int(grade)
    texts = [doc["text"] if doc["text"].startswith(doc["title"]) else f"{doc['title']} {doc['text']}" for doc in docs]
    return Collection(name, texts, [queries[query] for query in grades], list(grades.values()))


def korquad() -> Collection:
    """Read KorQuAD: a question's only answer is the paragraph that it was asked about.

    Returns
    -------
    Collection
        Equal paragraphs are one document.
    """
    with gzip.open(_folder() / "korquad_dev" / "KorQuAD_v1.0_dev.json.gz", "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    number: dict[str, int] = {}
    queries, grades = [], []
    for paragraph in (paragraph for article in articles for paragraph in article["paragraphs"]):
        doc = number.setdefault(paragraph["context"], len(number))
        queries += [row["question"] for row in paragraph["qas"]]
        grades += [{doc: 1} for _ in paragraph["qas"]]
    return Collection("KorQuAD", list(number), queries, grades)


def _folder() -> Path:
    folder = real_data("retrieval")
    assert folder is not None
    return folder


def ndcg(ranking: NDArray[np.int64], grades: dict[int, int]) -> float:
    """Normalised discounted cumulative gain of the first ten; the gain is the grade.

    Parameters
    ----------
    ranking : ndarray of int64
        Documents, the best first.
    grades : dict of int to int
        Grades of the relevant ones.

    Returns
    -------
    float
        In [0, 1].
    """
    gained = sum(grades.get(doc, 0) / math.log2(place + 2) for place, doc in enumerate(ranking[:K].tolist()))
    best = sum(grade / math.log2(place + 2) for place, grade in enumerate(sorted(grades.values(), reverse=True)[:K]))
    return gained / best


def average_precision(ranking: NDArray[np.int64], grades: dict[int, int]) -> float:
    """Mean precision at the places of the relevant documents; one that is not found has 0.

    Parameters
    ----------
    ranking : ndarray of int64
        All documents found.
    grades : dict of int to int
        The relevant ones.

    Returns
    -------
    float
        In [0, 1].
    """
    places = [place for place, doc in enumerate(ranking.tolist(), start=1) if doc in grades]
    return sum(n / place for n, place in enumerate(places, start=1)) / len(grades)


def reciprocal_rank(ranking: NDArray[np.int64], grades: dict[int, int]) -> float:
    """One over the place of the first relevant document, 0 where it is not among ten.

    Parameters
    ----------
    ranking : ndarray of int64
        Documents, the best first.
    grades : dict of int to int
        The relevant ones.

    Returns
    -------
    float
        In [0, 1].
    """
    return next((1 / place for place, doc in enumerate(ranking[:K].tolist(), start=1) if doc in grades), 0.0)


def recall(ranking: NDArray[np.int64], grades: dict[int, int]) -> float:
    """Share of the relevant documents that are among the first ten.

    Parameters
    ----------
    ranking : ndarray of int64
        Documents, the best first.
    grades : dict of int to int
        The relevant ones.

    Returns
    -------
    float
        In [0, 1].
    """
    return sum(doc in grades for doc in ranking[:K].tolist()) / len(grades)


Measure = Callable[[NDArray[np.int64], dict[int, int]], float]
ENGLISH: dict[str, Measure] = {"nDCG@10": ndcg, "MAP": average_precision}
KOREAN: dict[str, Measure] = {"MRR@10": reciprocal_rank, "recall@10": recall}


def by_malgil(collection: Collection, fields: dict[str, Any] | None, k: int) -> Rankings:
    """Rank with `malgil.SearchIndex`, signs of the query language taken as plain characters.

    Parameters
    ----------
    collection : Collection
        What is searched.
    fields : dict, optional
        As for `SearchIndex.build`.
    k : int
        Documents a query.

    Returns
    -------
    list of ndarray of int64
        Documents of each query, the best first.
    """
    index = SearchIndex.build(collection.docs, fields=fields)
    queries = [_SIGNS.sub(r"\\\1", query) for query in collection.queries]
    docs, _ = index.search_batch(queries, k, expand=False)
    return [row[row >= 0] for row in docs]


def by_bm25s(docs: Sequence[Sequence[str]], queries: Sequence[Sequence[str]]) -> Rankings:
    """Rank given tokens with bm25s.

    Parameters
    ----------
    docs, queries : sequence of sequence of str
        Tokens.

    Returns
    -------
    list of ndarray of int64
        All documents with a score, the best first, equal ones by number.
    """
    import bm25s

    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    index.index([list(doc) for doc in docs], show_progress=False)
    rankings = []
    for query in queries:
        known = [word for word in query if word in index.vocab_dict]
        scores = index.get_scores(known) if known else np.zeros(len(docs))
        order = np.argsort(-scores, kind="stable")
        rankings.append(order[: np.count_nonzero(scores > 0)])
    return rankings


def judge(rankings: Rankings, collection: Collection, measures: dict[str, Measure]) -> dict[str, float]:
    """Average each measure over the queries.

    Parameters
    ----------
    rankings : list of ndarray of int64
        Of each query.
    collection : Collection
        The judgements.
    measures : dict of str to callable
        What to measure.

    Returns
    -------
    dict of str to float
        Rounded to four digits.
    """
    pairs = list(zip(rankings, collection.grades, strict=True))
    return {name: round(float(np.mean([measure(*pair) for pair in pairs])), 4) for name, measure in measures.items()}


class Table:
    """The rows of the result file, as they come."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, who: str, setting: str, collection: Collection, figures: dict[str, float]) -> dict[str, float]:
        """Note and show one result.

        Parameters
        ----------
        who : str
            The package.
        setting : str
            What it did.
        collection : Collection
            On what.
        figures : dict of str to float
            The measures.

        Returns
        -------
        dict of str to float
            The same figures.
        """
        row = {"who": who, "version": version(who), "case": collection.name, "setting": setting}
        self.rows.append(row | {"n_queries": len(collection.queries), "figures": figures})
        shown = "   ".join(f"{name} {value:.4f}" for name, value in figures.items())
        print(f"  {collection.name:<10} {who:<7} {setting:<44} {shown}")
        return figures


def check_equal(one: dict[str, float], other: dict[str, float]) -> None:
    """Stop where the same tokens give other measures.

    Parameters
    ----------
    one, other : dict of str to float
        The measures.

    Raises
    ------
    RuntimeError
        If they differ by more than ties explain.
    """
    if any(abs(one[name] - other[name]) > TOLERANCE for name in one):
        raise RuntimeError(f"the same tokens, other measures: {one}, {other}")


def run_plain(table: Table, collection: Collection, name: str, measures: dict[str, Measure], k: int) -> None:
    """Measure malgil and bm25s on the same tokens.

    Parameters
    ----------
    table : Table
        Takes the rows.
    collection : Collection
        What is searched.
    name : str
        The tokeniser.
    measures : dict of str to callable
        What to measure.
    k : int
        Documents a query.
    """
    cut = tokenizer(name)
    tokens = [[cut.split(text) for text in texts] for texts in (collection.docs, collection.queries)]
    ours = judge(by_malgil(collection, {"body": name}, k), collection, measures)
    theirs = judge(by_bm25s(*tokens), collection, measures)
    table.add("malgil", f"BM25, {name}", collection, ours)
    table.add("bm25s", f"BM25, {name}", collection, theirs)
    check_equal(ours, theirs)


def run_english(table: Table, name: str) -> None:
    """Measure one English collection.

    Parameters
    ----------
    table : Table
        Takes the rows.
    name : str
        The collection.
    """
    collection = english(name)
    run_plain(table, collection, "word", ENGLISH, len(collection.docs))
    ranked = by_malgil(collection, None, len(collection.docs))
    table.add("malgil", "default fields (English stems)", collection, judge(ranked, collection, ENGLISH))


def run_korean(table: Table) -> None:
    """Measure the Korean questions.

    Parameters
    ----------
    table : Table
        Takes the rows.
    """
    collection = korquad()
    run_plain(table, collection, "whitespace", KOREAN, K)
    for tags in ("all", "content"):
        cut = tokenizer("kiwi", tags=tags, lowercase=True)
        tokens = [cut.tokenize(texts).to_lists() for texts in (collection.docs, collection.queries)]
        figures = judge(by_bm25s(*tokens), collection, KOREAN)
        table.add("bm25s", f"BM25, Kiwi on both sides, {tags} morphemes", collection, figures)
    defaults = default_fields([pa.array(collection.docs, pa.large_string())])
    for name, field in defaults.items():
        ranked = by_malgil(collection, {name: field}, K)
        table.add("malgil", f"only the field {name} of the default", collection, judge(ranked, collection, KOREAN))
    ranked = by_malgil(collection, None, K)
    table.add("malgil", "default fields (morphemes and bigrams)", collection, judge(ranked, collection, KOREAN))


def choose() -> None:
    """Show how the titles of petitions find their texts, by the weight of pairs of syllables."""
    path = real_data("text/korean_petitions.jsonl.gz")
    assert path is not None
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    texts, queries = [row["content"] for row in rows], [_SIGNS.sub(r"\\\1", row["title"]) for row in rows]
    collection = Collection("petitions", texts, queries, [{number: 1} for number in range(len(rows))])
    scores = {}
    for name, field in default_fields([pa.array(texts, pa.large_string())]).items():
        index = SearchIndex.build(texts, fields={name: Field(field.tokenizer)})
        docs, values = index.search_batch(queries, len(texts), expand=False)
        scores[name] = np.zeros((len(queries), len(texts)), np.float32)
        np.put_along_axis(scores[name], np.where(docs < 0, 0, docs), np.where(docs < 0, 0, values), 1)
    for weight in (0.0, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0):
        total = scores["morpheme"] + weight * scores["bigram"]
        ranked = list(np.argsort(-total, axis=1, kind="stable")[:, :K])
        Table().add("malgil", f"weight of bigrams {weight}", collection, judge(ranked, collection, KOREAN))


def main() -> None:
    """Measure everything and write the result."""
    if real_data("retrieval") is None:
        print("  skipped: MALGIL_DATA does not name a folder with retrieval")
        return
    if "--choose" in sys.argv[1:]:
        choose()
        return
    table = Table()
    for name in ("Cranfield", "CISI", "CACM"):
        run_english(table, name)
    run_korean(table)
    write("search_quality", title=TITLE, source=INPUT, rows=table.rows)


if __name__ == "__main__":
    main()
