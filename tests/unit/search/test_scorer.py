"""The scorer on small corpora: worked examples, filters, explanations, bad input."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from malgil.errors import ParameterError
from malgil.search.clause import Clause
from malgil.search.field_index import FieldIndex
from malgil.search.scorer import Scorer, SegmentView
from malgil.tokenizers import tokenizer

DOCS = ["이 영화 참 좋다", "영화 영화 영화", "", "참 재밌는 영화 참"]


def field(docs: list[str]) -> FieldIndex:
    return FieldIndex.build(tokenizer("word"), [pa.array(docs, pa.large_string())], 1)


def scorer(variant: str = "lucene", alive: list[bool] | None = None, delta: float = 0.5) -> Scorer:
    mask = None if alive is None else np.array(alive)
    return Scorer(
        [SegmentView(np.array([3, 5, 6, 9]), {"body": field(DOCS)}, mask)], ["body"], variant, 1.5, 0.75, delta
    )


def ask(*words: str) -> list[Clause]:
    return [Clause("body", word) for word in words]


def test_a_score_by_hand() -> None:
    # avgdl = 11 / 4; 좋다 stands in one document of four, once among four words
    docs, scores = scorer().search(ask("좋다"))
    wanted = math.log(1 + 3.5 / 1.5) * 1 / (1 + 1.5 * (0.25 + 0.75 * 4 / (11 / 4)))
    assert docs.tolist() == [3]
    assert scores.tolist() == pytest.approx([wanted], rel=1e-14)


def test_an_absent_word_counts_in_bm25plus() -> None:
    docs, scores = scorer("bm25plus", delta=1.0).search(ask("영화", "좋다"))
    absent = math.log(5 / 1) * 1.0
    one = math.log(5 / 3)
    assert scores[docs == 5] == pytest.approx(absent + one * (2.5 * 3 / (3 + 1.5 * (0.25 + 0.75 * 3 / 2.75)) + 1))
    assert 6 not in docs


def test_cosine_of_a_document_with_itself_is_one() -> None:
    docs, scores = scorer("tfidf").search(
        [Clause("body", w, n) for w, n in (("참", 2.0), ("재밌는", 1.0), ("영화", 1.0))]
    )
    assert docs[0] == 9
    assert scores[0] == pytest.approx(1.0, rel=1e-12)


def test_a_word_of_every_document_is_found_without_weight() -> None:
    index = Scorer(
        [SegmentView(np.arange(2), {"body": field(["영화", "영화 영화"])}, None)], ["body"], "atire", 1.5, 0.75, 0
    )
    docs, scores = index.search(ask("영화"))
    assert (docs.tolist(), scores.tolist()) == ([0, 1], [0.0, 0.0])
    docs32, scores32 = index.search_batch([ask("영화")], 3)
    assert (docs32.tolist(), scores32.tolist()) == ([[0, 1, -1]], [[0.0, 0.0, 0.0]])


def test_nothing_is_found_honestly() -> None:
    for query in (ask("없다"), []):
        docs, scores = scorer().search(query)
        assert (len(docs), len(scores)) == (0, 0)
        docs, batch = scorer().search_batch([query, query], 2)
        assert (docs.tolist(), batch.tolist()) == ([[-1, -1]] * 2, [[0, 0]] * 2)


def test_an_index_without_segments() -> None:
    empty = Scorer([], ["body"], "lucene", 1.5, 0.75, 0.5)
    assert empty.df("body", "영화") == 0
    assert len(empty.search(ask("영화"))[0]) == 0
    assert empty.search_batch([ask("영화")], 2)[0].tolist() == [[-1, -1]]
    tokens = tokenizer("word").tokenize(["영화 참"], n_jobs=1)
    assert empty.search_tokens("body", tokens, 2)[0].tolist() == [[-1, -1]]


def test_deleted_documents_are_as_if_never_there() -> None:
    with_deletion = scorer(alive=[True, False, True, True])
    fresh = Scorer(
        [SegmentView(np.array([3, 6, 9]), {"body": field([DOCS[0], *DOCS[2:]])}, None)],
        ["body"],
        "lucene",
        1.5,
        0.75,
        0.5,
    )
    assert [a.tobytes() for a in with_deletion.search(ask("영화", "참"))] == [
        a.tobytes() for a in fresh.search(ask("영화", "참"))
    ]
    with pytest.raises(ParameterError, match="5"):
        with_deletion.explain(5, ask("영화"))


def test_a_filter_hides_and_changes_no_score() -> None:
    docs, scores = scorer().search(ask("영화"))
    few, few_scores = scorer().search(ask("영화"), 10, [np.array([True, False, True, True])])
    assert few.tolist() == [doc for doc in docs.tolist() if doc != 5]
    assert few_scores.tolist() == scores[docs != 5].tolist()


@pytest.mark.parametrize("variant", ["lucene", "bm25l", "tfidf"])
def test_an_explanation_reads_like_the_formula(variant: str) -> None:
    query = [Clause("body", "참", 2.0), Clause("body", "좋다", 0.5, "typo"), Clause("body", "없다")]
    opened = scorer(variant).explain(9, query)
    docs, scores = scorer(variant).search(query)
    assert opened.value == scores[docs == 9][0]
    assert opened.wrong() == []
    text = opened.to_text()
    assert "score(참)" in text
    assert "no document has this word" in text
    assert ("|document|" if variant == "tfidf" else "avgdl = 2.75") in text
    assert variant == "tfidf" or "tf = 2" in text


def test_an_explanation_says_which_way_a_word_was_found() -> None:
    assert "way = typo" in scorer().explain(3, [Clause("body", "좋다", 0.5, "typo")]).to_text()


def test_tokens_and_clauses_give_the_same() -> None:
    texts = ["영화 참 영화", "", "없는 말", "재밌는 영화"]
    tokens = tokenizer("word").tokenize(texts, n_jobs=1)
    found = scorer().search_tokens("body", tokens, 3)
    again = scorer().search_batch([ask(*text.split()) for text in texts], 3)
    assert [a.tobytes() for a in found] == [a.tobytes() for a in again]


@pytest.mark.parametrize("k", [0, -1, 1.5, "3"])
def test_a_bad_k(k: object) -> None:
    with pytest.raises(ParameterError, match="whole number"):
        scorer().search(ask("영화"), k)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="whole number"):
        scorer().search_batch([], k)  # type: ignore[arg-type]


@pytest.mark.parametrize("weight", [0.0, -1.0, math.nan, math.inf])
def test_a_bad_weight(weight: float) -> None:
    with pytest.raises(ParameterError, match="영화"):
        scorer().search([Clause("body", "영화", weight)])


def test_an_unknown_field_or_variant() -> None:
    with pytest.raises(ParameterError, match="body"):
        scorer().search([Clause("titel", "영화")])
    with pytest.raises(ParameterError, match="body"):
        scorer().df("titel", "영화")
    with pytest.raises(ParameterError, match="lucene"):
        scorer("lucine")


def test_an_unknown_document() -> None:
    with pytest.raises(ParameterError, match="4"):
        scorer().explain(4, ask("영화"))


def test_one_query_needs_no_compiled_code() -> None:
    code = """
import sys
import numpy as np
from malgil.search.clause import Clause
from malgil.search.field_index import FieldIndex
from malgil.search.scorer import Scorer, SegmentView
arrays = {"term_offsets": [0, 6], "term_data": list("영화".encode()), "indptr": [0, 1], "postings": [0],
          "position_indptr": [0, 1], "positions": [0], "dl": [1], "pair_tf": [1], "pair_dl": [1]}
kinds = {"postings": np.uint32, "pair_tf": np.int32, "pair_dl": np.int32}
index = FieldIndex.from_arrays({name: np.array(a, kinds.get(name, np.uint8)) for name, a in arrays.items()})
for variant in ("lucene", "tfidf"):
    scorer = Scorer([SegmentView(np.arange(1), {"body": index}, None)], ["body"], variant, 1.5, 0.75, 0.5)
    assert scorer.search([Clause("body", "영화")])[0].tolist() == [0]
    scorer.explain(0, [Clause("body", "영화")])
assert index.phrase([0]).tolist() == [0]
print(*sorted({"numba", "scipy", "sklearn", "kiwipiepy", "pandas"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
