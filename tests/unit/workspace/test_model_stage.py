"""The models of a workspace: made only where they are asked for, honest about their scores."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import malgil
from malgil.errors import ArtefactError, DataError, MissingError, ParameterError
from malgil.tasks.baseline import TfidfBaseline
from malgil.workspace import Recipe, Workspace, build
from malgil.workspace.label_model import LabelModel
from malgil.workspace.modelling import model_problems
from tests.unit.workspace.test_build import made, remade, tree

GOOD = ["정말 재밌다", "배우가 좋아요", "감동적인 영화", "최고의 음악", "another good film"]
BAD = ["너무 지루하다", "돈이 아까워요", "최악의 대본", "졸린 영화", "a dull film"]
DOCS = {
    "id": [f"문서{n}" for n in range(60)],
    "text": [f"{(GOOD, BAD)[n % 2][n // 2 % 5]} {n} \u200b" for n in range(60)],
    "label": [("긍정", "부정")[n % 2] if n != 7 else "" for n in range(60)],
}
RECIPE = Recipe().with_values({"tokens.tokenizer": "word", "model.encoder": "none"})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "ws"
    build(malgil.read(pa.table(DOCS)), folder, RECIPE, n_jobs=1)
    return folder


def test_a_workspace_without_the_stage_says_which_switch_makes_it(tmp_path: Path) -> None:
    workspace = build(malgil.read(pa.table(DOCS)), tmp_path / "ws", Recipe().with_values({"tokens.tokenizer": "word"}))
    with pytest.raises(MissingError, match="--with model"):
        _ = workspace.model
    assert workspace.info()["model"] is None


def test_labels_of_new_texts(built: Path) -> None:
    model = Workspace.open(built).model
    texts = pa.array(["재밌다!", "지루하다\u200b", ""], pa.large_string())
    probabilities = model.predict_proba(texts)
    assert [model.classes_[at] for at in probabilities[:2].argmax(1)] == ["긍정", "부정"]
    assert probabilities.sum(1) == pytest.approx(1)


def test_a_question_is_cleaned_as_the_corpus_was(built: Path) -> None:
    model = Workspace.open(built).model
    pair = pa.array(["정말 재밌다", "정\u200b말  재밌다"], pa.large_string())
    first, second = model.predict_proba(pair)
    assert first == pytest.approx(second, abs=1e-12)


def test_scores_come_from_documents_that_were_held_back(built: Path) -> None:
    facts = Workspace.open(built).model.facts
    assert (facts["n_train"], facts["n_test"], facts["n_unlabelled"]) == (54, 5, 1)
    assert facts["scores"]["baseline"]["accuracy"] == np.trace(facts["scores"]["baseline"]["confusion"]) / 5
    assert facts["best"] == "baseline"
    assert Workspace.open(built).info()["model"] == {"TF-IDF": "1.0000"}


def test_the_report_shows_them(built: Path) -> None:
    data = json.loads((next((built / "report").glob("report-*.json"))).read_text(encoding="utf-8"))["classifying"]
    assert data["models"][0]["name"] == "baseline"
    assert data["n_test"] == 5
    page = (built / "report.html").read_text(encoding="utf-8")
    assert 'id="model"' in page and "로지스틱" in page


def test_errors_are_quoted_with_personal_data_hidden(tmp_path: Path) -> None:
    texts = [f"좋다 {n}" if n % 2 else f"나쁘다 {n}" for n in range(60)]
    labels = [("부정", "긍정")[n % 2] for n in range(60)]
    labels = [label if at % 4 else "긍정" for at, label in enumerate(labels)]
    texts = [f"{text} 010-1234-5678" for text in texts]
    build(malgil.read(pa.table({"text": texts, "label": labels})), tmp_path / "ws", RECIPE)
    data = json.loads((next((tmp_path / "ws" / "report").glob("report-*.json"))).read_text(encoding="utf-8"))
    doubtful = data["classifying"]["doubtful"]
    assert doubtful and all("1234" not in row["text"] and row["label"] != row["predicted"] for row in doubtful)


def test_nothing_is_done_twice(built: Path, tmp_path: Path) -> None:
    plain = Recipe().with_values({"tokens.tokenizer": "word"})
    build(malgil.read(pa.table(DOCS)), tmp_path / "ws", plain)
    before = made(tmp_path / "ws")
    build(malgil.read(pa.table(DOCS)), tmp_path / "ws", RECIPE, n_jobs=2)
    assert remade(tmp_path / "ws", before) == {"model", "report"}
    assert tree(tmp_path / "ws") == tree(built)
    before = made(tmp_path / "ws")
    build(malgil.read(pa.table(DOCS)), tmp_path / "ws", RECIPE)
    assert remade(tmp_path / "ws", before) == set()


def test_damage_is_found_and_mended(built: Path, tmp_path: Path) -> None:
    build(malgil.read(pa.table(DOCS)), tmp_path / "ws", RECIPE)
    victim = next((tmp_path / "ws" / "model" / "baseline").glob("coef-*.npy"))
    content = bytearray(victim.read_bytes())
    content[-1] ^= 1
    victim.write_bytes(bytes(content))
    assert len(Workspace.open(tmp_path / "ws").check()) == 1
    with pytest.raises(ArtefactError):
        Workspace.open(tmp_path / "ws").model.predict_proba(pa.array(["재밌다"], pa.large_string()))
    build(malgil.read(pa.table(DOCS)), tmp_path / "ws", RECIPE)
    assert tree(tmp_path / "ws") == tree(built)


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ({"text": DOCS["text"]}, "no label column"),
        ({"text": DOCS["text"], "label": ["긍정", *[""] * 59]}, "Only 1 documents"),
        ({"text": DOCS["text"], "label": ["긍정"] * 60}, "two classes"),
    ],
)
def test_labels_that_teach_nothing(columns: dict[str, list[str]], match: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=match):
        build(malgil.read(pa.table(columns)), tmp_path / "ws", RECIPE)


def test_unknown_encoder() -> None:
    with pytest.raises(ParameterError, match="gru"):
        Recipe().with_values({"model.encoder": "grru"})


def test_a_network_that_torch_could_train_now_is_asked_for(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = built / "model"
    assert model_problems(model) == []
    facts = {"is_torch_missing": True}
    monkeypatch.setattr("malgil.workspace.modelling.open_artefact", lambda *_, **__: type("A", (), {"meta": facts}))
    for installed, n in ((True, 1), (False, 0)):
        monkeypatch.setattr("malgil.workspace.modelling.has_torch", lambda known=installed: known)
        assert len(model_problems(model)) == n


def test_a_description_that_lacks_its_scores(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = type("A", (), {"meta": {"best": "baseline"}})
    monkeypatch.setattr("malgil.workspace.label_model.open_artefact", lambda *_: empty)
    with pytest.raises(ArtefactError, match="damaged"):
        LabelModel(built, lambda texts: texts, lambda texts: [])


def test_the_baseline_by_itself(tmp_path: Path) -> None:
    model = TfidfBaseline().fit(DOCS["text"], [label or "부정" for label in DOCS["label"]])
    model.save(tmp_path / "m")
    opened = TfidfBaseline.open(tmp_path / "m")
    assert (opened.predict_proba(GOOD) == model.predict_proba(GOOD)).all()
    assert opened.predict(["재밌다"]) == ["긍정"]
    assert opened.predict_proba([]).shape == (0, 2)


def test_the_baseline_of_three_classes_is_that_of_scikit_learn() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    texts, labels = DOCS["text"], [n % 3 for n in range(60)]
    model = TfidfBaseline(features="char").fit(texts, labels)
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), sublinear_tf=True)
    matrix = vectorizer.fit_transform(texts)
    peer = LogisticRegression(C=3.0, max_iter=300).fit(matrix, labels)
    assert model.predict_proba(texts) == pytest.approx(peer.predict_proba(matrix), abs=2e-3)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: TfidfBaseline().fit(["가"], ["a", "b"]), "1 texts but 2 labels"),
        (lambda: TfidfBaseline().fit(["가", "나"], ["a", "a"]), "two classes"),
        (lambda: TfidfBaseline(features="chars").fit(["가", "나"], ["a", "b"]), "'char'"),
        (lambda: TfidfBaseline().predict(["가"]), "not learnt"),
    ],
)
def test_wrong_use_of_the_baseline(call: object, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        call()  # type: ignore[operator]
