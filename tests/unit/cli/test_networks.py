"""``malgil train``, ``predict``, ``evaluate``, ``compare`` and ``build --with model`` with networks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from malgil.corpus import read
from malgil.corpus.tagged import read_tagged
from malgil.tasks.opening import open_predictor
from tests.unit.cli.test_commands import Run, run  # noqa: F401

pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

GOOD, BAD = ("정말 재밌다", "배우가 좋다 😀", "최고의 영화"), ("너무 지루하다", "돈이 아깝다", "최악의 영화")
ROWS = [((GOOD, BAD)[n % 2][n // 2 % 3], ("긍정", "부정")[n % 2]) for n in range(60)]
TAGGED = "서울 B-곳\n에 O\n갔다 O\n\n말길 B-이름\n군 I-이름\n왔다 O\n\n"
# Runs the command line with torch out of reach, and tells whether it was loaded all the same.
WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None
from malgil.cli import main
code = main(sys.argv[1:])
loaded = sorted(name for name, module in sys.modules.items() if name.split(".")[0] == "torch" and module is not None)
sys.exit(code if not loaded else 99)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("networks")


@pytest.fixture(autouse=True)
def _inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    Path("r.csv").write_text("id,text,label\n" + "".join(f"{n},{a},{b}\n" for n, (a, b) in enumerate(ROWS)), "utf-8")
    Path("t.conll").write_text(TAGGED * 8, "utf-8")


@pytest.fixture(scope="module")
def model(folder: Path) -> str:
    from malgil.cli import main

    Path(folder / "r.csv").write_text("text,label\n" + "".join(f"{a},{b}\n" for a, b in ROWS), "utf-8")
    words = ("train", "classify", folder / "r.csv", "-o", folder / "m", "--epochs", 8, "--tokenizer", "word", "-q")
    assert main([str(word) for word in words]) == 0
    return str(folder / "m")


def test_predicting_loads_no_torch(model: str) -> None:
    words = [sys.executable, "-c", WITHOUT_TORCH, "predict", model, "r.csv", "-o", "o.jsonl", "--probabilities"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    table = read("o.jsonl", label="label").to_table()
    assert sum(a == b for a, b in zip(table["predicted"].to_pylist(), table["label"].to_pylist(), strict=True)) > 50


def test_both_ways_give_the_same_probabilities(model: str) -> None:
    from malgil.tasks.saving import open_model

    texts = [*(text for text, _ in ROWS), "", "처음 보는 말", "\u1100\u1161 영화", "ㅋㅋㅋ 😀"]
    torchless, network = open_predictor(model), open_model(model)
    assert type(torchless) is not type(network)
    assert torchless.classes_ == list(network.classes_)
    assert torchless.predict_proba(texts) == pytest.approx(np.asarray(network.predict_proba(texts)), abs=1e-5)
    assert list(torchless.predict(texts)) == list(network.predict(texts))


def test_a_report_of_a_network(model: str, run: Run) -> None:  # noqa: F811
    assert json.loads(run("evaluate", model, "r.csv", "--json").out)["accuracy"] > 0.8


def test_tags(run: Run) -> None:  # noqa: F811
    done = run("train", "tag", "t.conll", "-o", "tags", "--epochs", 10, "-q")
    assert (done.code, done.err) == (0, "")
    assert run("predict", "tags", "t.conll", "-o", "o.conll").code == 0
    assert read_tagged("o.conll").tokens == read_tagged("t.conll").tokens
    report = json.loads(run("evaluate", "tags", "t.conll", "--json").out)
    assert report["chunks"]["n_true"] == 16
    assert "16 chunks" in run("evaluate", "tags", "t.conll").out
    assert run("predict", "tags", "r.csv", "-o", "o.csv", "-q").code == 0
    assert len(read("o.csv", text="text").to_table()["predicted"][0].as_py().split()) == 2


def test_a_classifier_grows_from_a_language_model(run: Run) -> None:  # noqa: F811
    small = ("--epochs", "2", "-q")
    assert run("train", "lm", "r.csv", "-o", "lm", "--tokenizer", "word", *small).code == 0
    found = run("train", "classify", "r.csv", "-o", "grown", "--pretrained", "lm", "--epochs", "4")
    assert found.code == 0 and found.err.count("\n") <= 6
    assert "60" in run("evaluate", "grown", "r.csv", "-o", "grown.json").out.splitlines()[-1]  # texts it has read
    assert json.loads(Path("grown.json").read_text("utf-8"))["accuracy"] > 0.5
    wrong = run("train", "tag", "t.conll", "-o", "x", "--pretrained", "lm")
    assert wrong.code == 2 and "--pretrained" in wrong.err
    cut = run("train", "classify", "r.csv", "-o", "x", "--pretrained", "lm", "--tokenizer", "char")
    assert cut.code == 2 and "tokenizer" in cut.err


def test_a_generator_reads_labels(run: Run) -> None:  # noqa: F811
    assert run("train", "generate", "r.csv", "-o", "writer", "--epochs", "1", "--tokenizer", "word", "-q").code == 0
    found = run("predict", "writer", "r.csv", "-o", "written.csv")
    assert found.code == 0 and "predicted" in Path("written.csv").read_text("utf-8").splitlines()[0]


def test_a_table_with_a_network(run: Run) -> None:  # noqa: F811
    done = run("compare", "r.csv", "--encoders", "mlp", "--epochs", 2, "--tokenizer", "word", "--json")
    assert [row["name"] for row in json.loads(done.out)] == ["tfidf", "mlp"]


def test_a_workspace_with_a_network(run: Run) -> None:  # noqa: F811
    Path("r.toml").write_text('[model]\nencoder = "mlp"\nepochs = 4\n', encoding="utf-8")
    assert run("build", "r.csv", "-o", "ws", "-r", "r.toml", "--tokenizer", "word", "-q").code == 0
    assert "mlp = " in run("info", "ws").out
    assert run("predict", "ws", "r.csv", "-o", "p.jsonl", "-q").code == 0
    assert run("check", "ws").code == 0
    assert (Path("ws") / "model" / "network" / "onnx" / "manifest.json").is_file()


def test_other_weights_than_those_exported_are_noticed(model: str, folder: Path) -> None:
    import shutil

    from malgil.errors import ArtefactError

    shutil.copytree(model, folder / "other", dirs_exist_ok=True)
    victim = next((folder / "other" / "onnx").glob("*.onnx"))
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(bytes(content))
    with pytest.raises(ArtefactError):
        open_predictor(folder / "other")


def test_any_setting_of_an_estimator(run: Run) -> None:  # noqa: F811
    small = ("--set", "hidden_size=8", "--set", "embedding_size=8", "--set", "encoder=gru", "--set", "min_count=1")
    done = run("train", "lm", "r.csv", "-o", "set-lm", "--text", "text", *small, "--epochs", 1)
    assert done.code == 0 and "batch_size" in done.err  # the corpus is smaller than a batch
    from malgil import RecurrentLM

    opened = RecurrentLM.open("set-lm")
    assert (opened.hidden_size, opened.encoder, opened.epochs) == (8, "gru", 1)
    for wrong, said in (
        ("hidden_sise=8", "hidden_size"),
        ("hidden_size", "NAME=VALUE"),
        ("checkpoints=x", "--set"),
        ("hidden_size=many", "hidden_size"),
    ):
        done = run("train", "lm", "r.csv", "-o", "set-other", "--text", "text", "--set", wrong, "-q")
        assert (done.code, done.err.count("\n")) == (2, 1) and said in done.err
    done = run("train", "classify", "r.csv", "-o", "set-line", "--encoder", "tfidf", "--set", "hidden_size=8", "-q")
    assert done.code == 2 and "hidden_size" in done.err
