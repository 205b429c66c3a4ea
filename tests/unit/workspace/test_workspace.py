"""What a workspace answers."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import malgil
from malgil.errors import ArtefactError, MissingError, ParameterError, TermNotFoundError
from malgil.workspace import Recipe, Workspace, build

TEXTS = ["배우 연기가 정말 좋다", "영화가 길다 배우", "음악 정말 좋다", "", "The Actor is good", "정말 정말 좋다"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("answers") / "ws"
    ids = ["가", "나", "다", "라", "마", "바"]
    rows = [{"id": id, "text": text} for id, text in zip(ids, TEXTS, strict=True)]
    return build(malgil.read(rows), folder, Recipe().with_values({"tokens.tokenizer": "word"}))


def test_hits_have_number_id_score_and_text(workspace: Workspace) -> None:
    hits = workspace.search("배우 연기가")
    assert [hit.id for hit in hits] == ["가", "나"]
    assert (hits[0].doc, hits[0].text, hits[0].way) == (0, TEXTS[0], "word")
    assert hits[0].highlights == [(0, 2), (3, 6)]
    assert hits[0].score > hits[1].score > 0


def test_a_query_is_split_as_the_corpus_was(workspace: Workspace) -> None:
    assert [hit.id for hit in workspace.search("  ACTOR\u200b!!")] == ["마"]


@pytest.mark.parametrize("query", ["", "없는말", "?!", "\u110b\u1167"])
def test_a_query_without_known_words_finds_nothing(workspace: Workspace, query: str) -> None:
    assert workspace.search(query) == []


def test_a_composed_query_finds_what_a_decomposed_one_does(workspace: Workspace) -> None:
    assert workspace.search("\u110c\u1165\u11bc\u1106\u1161\u11af") == workspace.search("정말")


def test_explained_scores_are_the_scores(workspace: Workspace) -> None:
    for hit in workspace.search("정말 좋다 정말 없는말"):
        explanation = workspace.explain(hit.id, query="정말 좋다 정말 없는말")
        assert explanation.value == hit.score
        assert explanation.wrong() == []


def test_explained_weights_are_the_weights(workspace: Workspace) -> None:
    explanation = workspace.explain("바", word="정말")
    assert explanation.value == pytest.approx(2 / 3 * math.log(6 / 3))
    assert explanation.wrong() == []


def test_distances_rise(workspace: Workspace) -> None:
    distances = [hit.score for hit in workspace.similar("바", measure="euclidean")]
    assert distances == sorted(distances)
    assert min(distances) > 0


@pytest.mark.parametrize("measure", ["cosine", "jaccard"])
def test_similar_documents_come_nearest_first_without_itself(workspace: Workspace, measure: str) -> None:
    hits = workspace.similar("바", k=3, measure=measure)
    assert hits[0].id == "다"
    assert "바" not in {hit.id for hit in hits}


def test_similar_to_a_text_equals_similar_to_the_document_with_that_text(workspace: Workspace) -> None:
    by_id = workspace.similar("바", k=2)
    by_text = [hit for hit in workspace.similar(text=TEXTS[5], k=3) if hit.id != "바"]
    assert [(hit.id, pytest.approx(hit.score)) for hit in by_id] == [(hit.id, hit.score) for hit in by_text]


def test_a_text_is_nearest_to_itself(workspace: Workspace) -> None:
    hit = workspace.similar(text=TEXTS[1], k=1)[0]
    assert (hit.id, hit.score) == ("나", pytest.approx(1.0))


def test_an_unknown_document_is_named(workspace: Workspace) -> None:
    with pytest.raises(TermNotFoundError, match="id '하'"):
        workspace.explain("하", word="정말")


def test_an_unknown_word_is_answered_with_the_nearest(workspace: Workspace) -> None:
    with pytest.raises(TermNotFoundError, match="Did you mean 'actor'"):
        workspace.explain("가", word="actr")


@pytest.mark.parametrize("arguments", [{}, {"word": "정말", "query": "정말"}])
def test_explain_takes_one_of_two(workspace: Workspace, arguments: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="either --word or --query"):
        workspace.explain("가", **arguments)


@pytest.mark.parametrize("arguments", [{}, {"id": "가", "text": "정말"}])
def test_similar_takes_one_of_two(workspace: Workspace, arguments: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="either --doc or --text"):
        workspace.similar(**arguments)


@pytest.mark.parametrize("k", [0, -1])
def test_no_results_cannot_be_asked_for(workspace: Workspace, k: int) -> None:
    with pytest.raises(ParameterError):
        workspace.search("정말", k)
    with pytest.raises(ParameterError):
        workspace.similar("가", k=k)


def test_more_than_there_is(workspace: Workspace) -> None:
    assert len(workspace.search("정말", 99)) == 3
    assert len(workspace.similar("가", k=99)) == 3
    assert len(workspace.similar("가", k=99, measure="euclidean")) == 5


def test_info_tells_the_sizes(workspace: Workspace) -> None:
    facts = workspace.info()
    assert (facts["n_docs"], facts["tokenizer"]) == (6, "word")
    assert facts["n_tokens"] == sum(len(text.split()) for text in TEXTS)


def test_a_report_in_another_language_keeps_the_workspace_sound(workspace: Workspace) -> None:
    english = workspace.report_path.read_bytes()
    assert workspace.write_report("ko").read_bytes() != english
    assert Workspace.open(workspace.path).check() == []
    assert workspace.write_report("en").read_bytes() == english


def test_no_workspace_there(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="malgil build"):
        Workspace.open(tmp_path / "no")


def test_an_edited_report_is_noticed(workspace: Workspace, tmp_path: Path) -> None:
    page = workspace.report_path.read_bytes()
    workspace.report_path.write_bytes(page + b" ")
    problems = workspace.check()
    workspace.report_path.write_bytes(page)
    assert [type(problem) for problem in problems] == [ArtefactError]
