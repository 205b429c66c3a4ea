"""``malgil train``, ``predict``, ``evaluate``, ``compare`` with the model that needs no torch, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from malgil.corpus import read
from malgil.tasks.reading import read_examples, read_images
from tests.unit.cli.test_commands import Run, run  # noqa: F401

GOOD, BAD = ("정말 재밌다", "배우가 좋다", "최고의 영화"), ("너무 지루하다", "돈이 아깝다", "최악의 영화")
ROWS = [((GOOD, BAD)[n % 2][n // 2 % 3], ("긍정", "부정")[n % 2]) for n in range(40)]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = "".join(f"{n},{text},{label},{n % 10}\n" for n, (text, label) in enumerate(ROWS))
    Path("r.csv").write_text("id,text,label,predicted\n" + lines + "x,모름,,1\n", encoding="utf-8")


@pytest.fixture
def model(run: Run) -> str:  # noqa: F811
    assert run("train", "classify", "r.csv", "-o", "m", "--encoder", "tfidf", "-q").code == 0
    return "m"


def test_a_model_is_trained_without_torch(run: Run) -> None:  # noqa: F811
    done = run("train", "classify", "r.csv", "-o", "m", "--encoder", "tfidf")
    assert (done.code, "learnt from 40 examples" in done.out, "1 without a label" in done.out) == (0, True, True)
    assert "without torch" in done.out


@pytest.mark.parametrize("name", ["o.csv", "o.tsv", "o.jsonl", "o.parquet"])
def test_answers_stand_behind_the_rows(name: str, model: str, run: Run) -> None:  # noqa: F811
    done = run("predict", model, "r.csv", "-o", name, "--probabilities")
    assert (done.code, "41 rows" in done.out) == (0, True)
    table = read(name, label="label").to_table()
    names = ["predicted", "predicted_2", "probability", "p_긍정", "p_부정"]
    assert table.column_names[-5:] == names
    assert table["predicted_2"].to_pylist()[:40] == [label for _, label in ROWS]
    shares = np.array([[float(v) for v in table[name].to_pylist()] for name in names[2:]])
    assert shares[0] == pytest.approx(shares[1:].max(0))
    assert shares[1:].sum(0) == pytest.approx(1)


def test_a_report(model: str, run: Run) -> None:  # noqa: F811
    done = run("evaluate", model, "r.csv", "-o", "report.json")
    assert done.code == 0
    assert "accuracy 1.0000" in done.out and "1 without a label" in done.out
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["confusion"] == [[20, 0], [0, 20]]
    korean = run("evaluate", model, "r.csv", "--lang", "ko").out
    assert "정확도 1.0000" in korean and "재현율" in korean
    assert json.loads(run("evaluate", model, "r.csv", "--json").out)["n_left_out"] == 1


def test_the_surest_errors_and_unknown_labels_are_shown(model: str, run: Run) -> None:  # noqa: F811
    Path("t.csv").write_text("text,label\n정말 재밌다,부정\n최악의 영화,부정\n배우가 좋다,중립\n", encoding="utf-8")
    out = run("evaluate", model, "t.csv", "--show", 1).out
    assert "중립" in out.splitlines()[1]
    assert sum("정말 재밌다" in line or "배우가 좋다" in line for line in out.splitlines()) == 1


def test_many_classes_do_not_flood_the_screen(run: Run) -> None:  # noqa: F811
    lines = "".join(f"글{n % 35} 말,반{n % 35}\n" for n in range(105))
    Path("many.csv").write_text("text,label\n" + lines, encoding="utf-8")
    assert run("train", "classify", "many.csv", "-o", "many", "--encoder", "tfidf", "-q").code == 0
    out = run("evaluate", "many", "many.csv").out
    assert "5 rarer classes" in out and "by row" not in out


def test_one_table(run: Run) -> None:  # noqa: F811
    done = run("compare", "r.csv", "--encoders", "", "-o", "c.json")
    assert (done.code, "learnt from 36 texts, tested on 4" in done.out, "TF-IDF" in done.out) == (0, True, True)
    assert json.loads(Path("c.json").read_text(encoding="utf-8"))["models"][0]["name"] == "tfidf"
    rows = json.loads(run("compare", "r.csv", "--encoders", "", "--test", "r.csv", "--json").out)
    assert rows[0]["accuracy"] == 1


def test_a_workspace_answers(run: Run) -> None:  # noqa: F811
    Path("r.toml").write_text('[model]\nencoder = "none"\n', encoding="utf-8")
    done = run("build", "r.csv", "-o", "ws", "-r", "r.toml", "--tokenizer", "word")
    assert (done.code, "malgil predict ws" in done.out) == (0, True)
    assert run("predict", "ws", "r.csv", "-o", "o.jsonl", "-q").code == 0
    assert read("o.jsonl", label="label").to_table()["predicted_2"].to_pylist()[:40] == [label for _, label in ROWS]
    assert run("predict", "ws/model", "r.csv", "-o", "inner.jsonl", "-q").code == 0
    assert Path("inner.jsonl").read_bytes() == Path("o.jsonl").read_bytes()
    assert run("evaluate", "ws", "r.csv", "--json").code == 0
    assert "라벨 모델" in run("info", "ws", "--lang", "ko").out
    assert run("check", "ws").code == 0


@pytest.mark.parametrize(
    ("words", "en", "ko"),
    [
        (("train", "sort", "r.csv", "-o", "m"), "classify", "classify"),
        (
            ("train", "tag", "r.csv", "-o", "m", "--encoder", "tfidf"),
            "belongs to the task classify",
            "classify 과제에만",
        ),
        (("train", "classify", "plain.txt", "-o", "m", "--encoder", "tfidf"), "no label column", "라벨 열이 없습니다"),
        (("train", "classify", "empty.csv", "-o", "m", "--encoder", "tfidf"), "no text carries", "하나도 없습니다"),
        (("train", "classify", "one.csv", "-o", "m", "--encoder", "tfidf"), "two classes", "클래스가 둘"),
        (("train", "regress", "r.csv", "-o", "m"), "not a number", "숫자가 필요합니다"),
        (("train", "tag", "plain.txt", "-o", "m"), "without labels", "라벨이 없습니다"),
        (("train", "translate", "r.csv", "-o", "m"), "--target", "--target"),
        (("train", "translate", "r.csv", "-o", "m", "--target", "one.csv"), "has 41 texts", "41건"),
        (("train", "caption", "r.csv", "-o", "m"), "not an .npz", ".npz 파일이 아닙니다"),
        (("train", "caption", "empty.npz", "-o", "m"), "no array 'images'", "배열 'images'가 없습니다"),
        (("train", "caption", "bare.npz", "-o", "m"), "2 images but 0", "2장인데"),
        (("train", "caption", "none.npz", "-o", "m"), "no such file", "파일이나 폴더가 없습니다"),
        (("predict", "nowhere", "r.csv", "-o", "o.csv"), "no model is here", "모델이 없습니다"),
        (("predict", "m", "r.csv", "-o", "r.csv"), "r.csv", "r.csv"),
        (("predict", "m", "r.csv", "-o", "o.xyz"), "o.xyz", "o.xyz"),
        (("predict", "ws", "r.csv", "-o", "o.csv"), "--with model", "--with model"),
        (("evaluate", "m", "plain.txt"), "no label column", "라벨 열"),
        (("compare", "r.csv", "--encoders", "grru"), "Did you mean 'gru'", "'gru'"),
        (("compare", "one.csv", "--encoders", ""), "only 1 labelled", "1건뿐"),
    ],
)
def test_mistakes_are_one_line(words: tuple[str, ...], en: str, ko: str, run: Run, model: str) -> None:  # noqa: F811
    Path("plain.txt").write_text("말길\n열다\n", encoding="utf-8")
    Path("empty.csv").write_text("text,label\n말,\n길,\n", encoding="utf-8")
    Path("one.csv").write_text("text,label\n말길,긍정\n", encoding="utf-8")
    np.savez("empty.npz", other=np.zeros(1))
    np.savez("bare.npz", images=np.zeros((2, 8, 8, 3), np.uint8))
    if words[1] == "ws":
        assert run("build", "r.csv", "-o", "ws", "--tokenizer", "word", "-q").code == 0
    for lang, part in (("en", en), ("ko", ko)):
        done = run(*words, "--lang", lang)
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert part in done.err
    assert not Path("o.csv").exists()


def test_pictures_and_pairs_are_read() -> None:
    np.savez("a.npz", images=np.zeros((2, 8, 8, 3), np.uint8), captions=np.array(["빨간 원", "파란 원"]))
    assert read_examples("caption", "a.npz").y == ["빨간 원", "파란 원"]
    assert read_images(Path("a.npz"))["images"].shape == (2, 8, 8, 3)
    Path("p.csv").write_text("text,번역\n하나,one\n둘,\n", encoding="utf-8")
    assert read_examples("translate", "p.csv", target="번역", text="text")[:2] == (["하나", "둘"], ["one", ""])
    Path("a.txt").write_text("하나\n둘\n", encoding="utf-8")
    Path("b.txt").write_text("one\ntwo\n", encoding="utf-8")
    assert read_examples("translate", "a.txt", target="b.txt").y == ["one", "two"]
    assert read_examples("lm", "a.txt")[:2] == (["하나", "둘"], [])
    assert read_examples("generate", "r.csv").X[:2] == ["긍정", "부정"]
    Path("n.csv").write_text("text,label\n하나,1.5\n둘,2\n", encoding="utf-8")
    assert read_examples("regress", "n.csv").y == [1.5, 2.0]
