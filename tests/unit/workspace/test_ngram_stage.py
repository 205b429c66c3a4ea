"""The language model of a workspace: made only where it is asked for, and like every other stage where it is."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path

import pytest

import malgil
from malgil.errors import ArtefactError, MissingError, ParameterError
from malgil.ngram import NgramLM
from malgil.workspace import Recipe, Workspace, build
from tests.unit.workspace.test_build import DOCS, WORD, corpus, made, remade, tree

NGRAM = WORD.with_values({"ngram.order": 2})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ngram") / "ws"
    build(corpus(), folder, NGRAM, n_jobs=1)
    return folder


def test_a_workspace_without_the_stage_says_which_switch_makes_it(tmp_path: Path) -> None:
    workspace = build(corpus(), tmp_path / "ws", WORD)
    assert not (tmp_path / "ws" / "ngram").exists()
    for ask in (lambda: workspace.next("배우"), lambda: workspace.blank("배우 ___"), lambda: workspace.lm):
        with pytest.raises(MissingError, match="--with ngram"):
            ask()
    assert workspace.info()["ngram"] is None


def test_answers_are_those_of_a_model_of_the_same_texts(built: Path) -> None:
    workspace = Workspace.open(built)
    cleaned = malgil.Cleaner().transform(DOCS["text"])
    lm = NgramLM(order=2, tokenizer={"name": "word", "lowercase": True}, discount_fallback=(0.5, 1.0, 1.5)).fit(cleaned)
    assert workspace.next("정말", k=99) == lm.next("정말", k=99)
    assert workspace.blank("배우 ___ 정말 좋다", k=3) == lm.fill("배우 ___ 정말 좋다", k=3)
    assert workspace.check() == []
    assert workspace.info()["ngram"] == {"order": 2, "smoothing": "modified_kneser_ney", "prune": []}


def test_a_question_is_cleaned_as_the_corpus_was(built: Path) -> None:
    workspace = Workspace.open(built)
    assert workspace.next(" \u110c\u1165\u11bc\u1106\u1161\u11af\u200b") == workspace.next("정말")
    text = "영화는\u200b  \u110c\u1165\u11bc\u1106\u1161\u11af 좋다"
    words = workspace.lm.surprise(text).words
    assert [text[word.start : word.end] for word in words[:-1]] == [
        "영화는",
        "\u110c\u1165\u11bc\u1106\u1161\u11af",
        "좋다",
    ]
    assert [word.is_known for word in words] == [False, True, True, True]
    assert workspace.next("", k=3) == workspace.next("\u200b", k=3)


def test_wrong_questions_are_refused(built: Path) -> None:
    workspace = Workspace.open(built)
    with pytest.raises(ParameterError, match="no gap"):
        workspace.blank("배우 정말")
    with pytest.raises(ParameterError, match="k=0"):
        workspace.next("배우", k=0)


@pytest.mark.parametrize("n_jobs", [1, 2, 4])
def test_same_bytes_for_any_number_of_workers(built: Path, tmp_path: Path, n_jobs: int) -> None:
    build(corpus(), tmp_path / "ws", NGRAM, n_jobs=n_jobs)
    assert tree(tmp_path / "ws") == tree(built)


def test_nothing_is_done_twice_and_switching_on_makes_two_stages(built: Path, tmp_path: Path) -> None:
    build(corpus(), tmp_path / "ws", WORD)
    plain, before = tree(tmp_path / "ws"), made(tmp_path / "ws")
    build(corpus(), tmp_path / "ws", NGRAM)
    assert remade(tmp_path / "ws", before) == {"ngram", "report"}
    assert tree(tmp_path / "ws") == tree(built)
    before = made(tmp_path / "ws")
    build(corpus(), tmp_path / "ws", NGRAM)
    assert remade(tmp_path / "ws", before) == set()
    build(corpus(), tmp_path / "ws", WORD)
    assert tree(tmp_path / "ws") == plain


@pytest.mark.parametrize(
    ("key", "value", "stages"),
    [
        ("ngram.order", 3, {"ngram", "report"}),
        ("ngram.smoothing", "witten_bell", {"ngram", "report"}),
        ("ngram.prune", [0, 1], {"ngram", "report"}),
        ("index.k1", 2.0, {"index"}),
    ],
)
def test_a_changed_recipe_redoes_what_depends_on_it(tmp_path: Path, key: str, value: object, stages: set[str]) -> None:
    build(corpus(), tmp_path / "ws", NGRAM)
    before, changed = made(tmp_path / "ws"), NGRAM.with_values({key: value})
    build(corpus(), tmp_path / "ws", changed)
    assert remade(tmp_path / "ws", before) == stages
    assert Recipe.load(tmp_path / "ws" / "recipe.toml") == changed


def _die_after(folder: Path, name: str) -> None:
    """Build in a process that is killed when a file of this stage has been brought to the disk."""
    real = os.fsync

    def fsync(handle: int) -> None:
        real(handle)
        if f"/{name}/" in str(Path(f"/proc/self/fd/{handle}").readlink()):
            os.kill(os.getpid(), 9)

    os.fsync = fsync
    build(corpus(), folder, NGRAM)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs the names of open files")
def test_killed_in_the_stage_and_built_again_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die_after, args=(tmp_path / "ws", "ngram"))
    process.start()
    process.join()
    assert process.exitcode == -9
    finished = made(tmp_path / "ws")
    assert "index" in finished and "ngram" not in finished
    build(corpus(), tmp_path / "ws", NGRAM)
    assert tree(tmp_path / "ws") == tree(built)
    assert not remade(tmp_path / "ws", finished) & set(finished)


def test_a_damaged_model_is_found_and_made_again(built: Path, tmp_path: Path) -> None:
    build(corpus(), tmp_path / "ws", NGRAM)
    path = next((tmp_path / "ws" / "ngram").glob("labels-*.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    assert len(Workspace.open(tmp_path / "ws").check()) == 1
    with pytest.raises(ArtefactError, match="labels"):
        Workspace.open(tmp_path / "ws").next("배우")
    build(corpus(), tmp_path / "ws", NGRAM)
    assert tree(tmp_path / "ws") == tree(built)


def test_marks_of_sentences_in_a_text_do_not_stop_a_build(tmp_path: Path) -> None:
    recipe = NGRAM.with_values({"tokens.tokenizer": "whitespace"})
    workspace = build(malgil.read(["가 <s> 나 </s>", "가 나", "<unk>"]), tmp_path / "ws", recipe)
    assert workspace.next("가", k=1)[0][0] == "나"


def test_korean_morphemes_without_kiwi_at_the_question(tmp_path: Path) -> None:
    texts = ["배송이 정말 빨랐어요", "배송이 늦어서 별로였어요", "배송이 빨라요", "연기가 정말 아름다웠어요"]
    workspace = build(malgil.read(texts), tmp_path / "ws", Recipe().with_values({"ngram": None}))
    assert workspace.recipe.tokens.tokenizer == "kiwi"
    assert workspace.lm.tokenizer.split("배송이 늦어서") == workspace.tokenizer.split("배송이 늦어서")
    assert workspace.next("배송", k=1)[0][0] == "이"
    assert workspace.blank("배송이 ___어서 별로였어요", k=1)[0].text == "배송이 늦어서 별로였어요"
    assert workspace.lm.generate("배송", beam=4, whole=True) == "배송이 빨라요"


def test_the_report_shows_what_follows(built: Path) -> None:
    data = json.loads(next((built / "report").glob("report-*.json")).read_text(encoding="utf-8"))["continuations"]
    assert (data["order"], data["smoothing"]) == (2, "modified_kneser_ney")
    first = data["contexts"][0]
    assert first["left"] == "정말"
    assert [*zip(first["words"], first["probs"], strict=True)] == [
        pair for pair in Workspace.open(built).next("정말", k=6) if pair[0] != "<unk>"
    ][:5]
    page = (built / "report.html").read_text(encoding="utf-8")
    assert '<section id="ngram">' in page and "(end of the sentence)" in page and "(문장 끝)" in page
