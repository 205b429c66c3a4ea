"""Every command on a real workspace, from the sample corpus to an explained score."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from malgil.cli import main

QUERY = "배송 빠르고"


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALGIL_LANG", "en")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> Done:
        code = main([str(word) for word in words])
        return Done(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "reviews.csv"
    assert main(["sample", "-n", "300", "-o", str(path), "-q"]) == 0
    return path


@pytest.fixture(scope="module")
def workspace(reviews: Path) -> Path:
    path = reviews.parent / "reviews.malgil"
    assert main(["build", str(reviews), "-o", str(path), "--tokenizer", "word", "-q"]) == 0
    return path


@pytest.fixture(scope="module")
def word(workspace: Path) -> str:
    """Name a word that many documents have."""
    from malgil.workspace import Workspace

    return Workspace.open(workspace).vocabulary.term(3)


@pytest.fixture(scope="module")
def doc(workspace: Path, word: str) -> str:
    from malgil.workspace import Workspace

    return Workspace.open(workspace).search(word)[0].id


def test_sample_writes_the_facts_beside_the_reviews(reviews: Path) -> None:
    with reviews.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 301
    assert json.loads((reviews.parent / "truth.json").read_text(encoding="utf-8"))


def test_the_same_seed_gives_the_same_sample(reviews: Path, run: Run, tmp_path: Path) -> None:
    assert run("sample", "-n", 300, "--seed", 0, "-o", tmp_path / "again.csv").code == 0
    assert (tmp_path / "again.csv").read_bytes() == reviews.read_bytes()


@pytest.mark.parametrize("options", [["-n", "0"], ["--text-lang", "fr"]])
def test_a_sample_that_cannot_be_made_is_refused(options: list[str], run: Run, tmp_path: Path) -> None:
    done = run("sample", *options, "-o", tmp_path / "x.csv")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert not (tmp_path / "x.csv").exists()


def test_build_says_what_it_built(reviews: Path, run: Run, tmp_path: Path) -> None:
    done = run("build", reviews, "-o", tmp_path / "w", "--tokenizer", "word")
    assert (done.code, done.err) == (0, "")
    assert "300 documents" in done.out
    assert str(tmp_path / "w" / "report.html") in done.out
    assert (tmp_path / "w" / "report.html").is_file()


def test_build_goes_into_the_current_folder_by_default(
    reviews: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("build", reviews, "--tokenizer", "word", "-q") == Done(0, "", "")
    assert (tmp_path / "reviews.malgil" / "manifest.json").is_file()


def test_build_obeys_the_recipe(reviews: Path, run: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "r.toml"
    recipe.write_text('[tokens]\ntokenizer = "whitespace"\n', encoding="utf-8")
    assert run("build", reviews, "-o", tmp_path / "w", "-r", recipe, "-q").code == 0
    assert json.loads(run("info", tmp_path / "w", "--json").out)["tokenizer"] == "whitespace"


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--tokenizer", "kiwii"], "kiwi"),
        (["-r", "none.toml"], "no such recipe file"),
        (["--workers", "0"], "1 or more"),
        (["--text", "nosuch"], "nosuch"),
        (["--encoding", "nosuch"], "nosuch"),
    ],
)
def test_a_wrong_option_of_build_is_one_line(
    options: list[str], part: str, reviews: Path, run: Run, tmp_path: Path
) -> None:
    done = run("build", reviews, "-o", tmp_path / "w", *options)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert part in done.err


def test_a_missing_corpus_is_one_line(run: Run, tmp_path: Path) -> None:
    done = run("build", tmp_path / "none.csv", "-o", tmp_path / "w")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "none.csv" in done.err


def test_a_recipe_key_that_is_unknown_is_said_in_korean(reviews: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text("[tokens]\ntokeniser = 'word'\n", encoding="utf-8")
    done = run("build", reviews, "-o", tmp_path / "w", "-r", tmp_path / "r.toml", "--lang", "ko")
    assert done.code == 2
    assert "항목은 없습니다" in done.err


def test_search_shows_the_best_first(workspace: Path, word: str, run: Run) -> None:
    done = run("search", workspace, word, "-k", 3)
    assert (done.code, done.err) == (0, "")
    assert word in done.out
    assert done.out.lstrip().startswith("1 ")


def test_search_json_is_a_list_of_hits(workspace: Path, word: str, run: Run) -> None:
    done = run("search", workspace, word, "-k", 4, "--json")
    rows = json.loads(done.out)
    assert [list(row) for row in rows] == [["doc", "id", "score", "text", "way", "highlights"]] * 4
    assert [type(rows[0][name]) for name in rows[0]] == [int, str, float, str, str, list]
    low, high = rows[0]["highlights"][0]
    assert rows[0]["text"][low:high].lower() == word
    assert done.err == ""


def test_search_explains_every_score(workspace: Path, word: str, run: Run) -> None:
    rows = json.loads(run("search", workspace, word, "-k", 2, "--json", "--explain").out)
    assert [row["explanation"]["value"] for row in rows] == pytest.approx([row["score"] for row in rows])
    assert f"({word})" in run("search", workspace, word, "-k", 2, "--explain").out


@pytest.mark.parametrize("query", ["", "뷁쀍", "\udcff"])
def test_a_query_that_finds_nothing_says_so(query: str, workspace: Path, run: Run) -> None:
    done = run("search", workspace, query)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Nothing found.\n")
    assert ("No document has" in done.out) == (query != "")
    assert json.loads(run("search", workspace, query, "--json").out) == []


@pytest.mark.parametrize("command", [["search", "WS", "q"], ["similar", "WS", "--text", "q"]])
@pytest.mark.parametrize("k", [0, -3])
def test_k_below_one_is_refused(command: list[str], k: int, workspace: Path, run: Run) -> None:
    done = run(*[str(workspace) if word == "WS" else word for word in command], "-k", k)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert f"k={k}" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["search", "q"],
        ["similar", "--doc", "1"],
        ["explain", "--doc", "1", "--word", "x"],
        ["report"],
        ["info"],
        ["check"],
    ],
)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_folder_that_is_no_workspace_is_one_line(words: list[str], lang: str, run: Run, tmp_path: Path) -> None:
    done = run(words[0], tmp_path / "none", *words[1:], "--lang", lang)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert ("다음 명령으로 만드세요" if lang == "ko" else "Make one with") in done.err


@pytest.mark.parametrize("measure", ["cosine", "euclidean", "jaccard"])
def test_similar_documents_of_a_document(measure: str, workspace: Path, doc: str, run: Run) -> None:
    rows = json.loads(run("similar", workspace, "--doc", doc, "--measure", measure, "-k", 5, "--json").out)
    assert len(rows) == 5
    assert doc not in [row["id"] for row in rows]


def test_similar_documents_of_a_text(workspace: Path, word: str, run: Run) -> None:
    done = run("similar", workspace, "--text", word, "-k", 2)
    assert (done.code, done.err) == (0, "")
    assert word in done.out


@pytest.mark.parametrize("options", [[], ["--doc", "1", "--text", "x"]])
def test_similar_takes_either_a_document_or_a_text(options: list[str], workspace: Path, run: Run) -> None:
    done = run("similar", workspace, *options)
    assert (done.code, done.out) == (2, "")
    assert "either --doc or --text" in done.err


def test_an_unknown_measure_is_refused(workspace: Path, run: Run) -> None:
    done = run("similar", workspace, "--text", "x", "--measure", "cosin")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "cosine" in done.err


@pytest.mark.parametrize("words", [["similar", "--doc", "none"], ["explain", "--doc", "none", "--word", "x"]])
def test_an_unknown_document_is_refused(words: list[str], workspace: Path, run: Run) -> None:
    done = run(words[0], workspace, *words[1:])
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "'none'" in done.err


def test_an_unknown_word_is_refused_in_korean(workspace: Path, doc: str, run: Run) -> None:
    done = run("explain", workspace, "--doc", doc, "--word", "없는낱말없는", "--lang", "ko")
    assert (done.code, done.out) == (2, "")
    assert "단어가 없습니다" in done.err


def test_explain_fills_in_the_formula(workspace: Path, doc: str, word: str, run: Run) -> None:
    text = run("explain", workspace, "--doc", doc, "--word", word).out
    assert text.startswith(f"tf-idf({word}) = ")
    assert "ln(N / df)   (N = 300, df = " in text
    assert run("explain", workspace, "--doc", doc, "--query", word).code == 0


def test_explain_json_is_the_nested_explanation(workspace: Path, doc: str, word: str, run: Run) -> None:
    row = json.loads(run("explain", workspace, "--doc", doc, "--word", word, "--json").out)
    assert row["combine"] == "product"
    assert row["value"] == pytest.approx(row["terms"][0]["value"] * row["terms"][1]["value"])


@pytest.mark.parametrize("options", [[], ["--word", "a", "--query", "b"]])
def test_explain_takes_either_a_word_or_a_query(options: list[str], workspace: Path, doc: str, run: Run) -> None:
    done = run("explain", workspace, "--doc", doc, *options)
    assert (done.code, done.out) == (2, "")
    assert "either --word or --query" in done.err


def test_explain_draws_pictures_and_pages(workspace: Path, doc: str, word: str, run: Run, tmp_path: Path) -> None:
    files = {"--svg": tmp_path / "a.svg", "--html": tmp_path / "a.html"}
    words = [part for pair in files.items() for part in pair]
    assert run("explain", workspace, "--doc", doc, "--word", word, *words).code == 0
    assert files["--svg"].read_text(encoding="utf-8").startswith("<svg ")
    assert word in files["--html"].read_text(encoding="utf-8")


def test_a_picture_that_cannot_be_written_is_one_line(
    workspace: Path, doc: str, word: str, run: Run, tmp_path: Path
) -> None:
    done = run("explain", workspace, "--doc", doc, "--word", word, "--svg", tmp_path / "no" / "a.svg")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


def test_report_is_written_in_the_language_asked_for(workspace: Path, run: Run, tmp_path: Path) -> None:
    copy = shutil.copytree(workspace, tmp_path / "w")
    done = run("report", copy, "--lang", "ko")
    assert (done.code, done.out, done.err) == (0, f"{copy / 'report.html'}\n", "")
    assert '<html lang="ko"' in (copy / "report.html").read_text(encoding="utf-8")
    assert run("check", copy).code == 0


def test_info_shows_the_sizes(workspace: Path, run: Run) -> None:
    assert json.loads(run("info", workspace, "--json").out)["n_docs"] == 300
    assert "300" in run("info", workspace).out
    assert "문서 수" in run("info", workspace, "--lang", "ko").out


def test_check_passes_a_sound_workspace(workspace: Path, run: Run) -> None:
    assert run("check", workspace) == Done(0, f"{workspace}: every checksum is right.\n", "")


def test_check_names_every_damaged_file(workspace: Path, run: Run, tmp_path: Path) -> None:
    copy = shutil.copytree(workspace, tmp_path / "w")
    damaged = sorted((copy / "counts").glob("*.npy"))[:2]
    for path in damaged:
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
    done = run("check", copy)
    assert (done.code, done.out) == (2, "")
    assert [path.name in line for path, line in zip(damaged, sorted(done.err.splitlines()), strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ".csv.gz"])
def test_clean_keeps_the_other_columns(suffix: str, run: Run, tmp_path: Path) -> None:
    from malgil.corpus import read

    source, target = tmp_path / "a.csv", tmp_path / f"b{suffix}"
    source.write_text("text,stars\n  재밌다\t정말 ,5\nok,3\n", encoding="utf-8")
    done = run("clean", source, "-o", target, "--show", 3)
    assert done.code == 0
    assert "\n+ 재밌다 정말\n" in done.out
    assert "2 texts, 1 of them changed" in done.out
    table = read(target).to_table()
    assert table["text"].to_pylist() == ["재밌다 정말", "ok"]
    assert [str(value) for value in table["stars"].to_pylist()] == ["5", "3"]


def test_tokens_as_lists(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("말길을 열다\n\nA b, c!\n", encoding="utf-8")
    done = run("tokens", tmp_path / "a.txt", "-o", tmp_path / "b.jsonl", "--tokenizer", "word", "--show", 1)
    assert done.code == 0
    assert done.out.splitlines()[:2] == ["말길을 열다", "  말길을 | 열다"]
    rows = [json.loads(line) for line in (tmp_path / "b.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["tokens"] for row in rows if row["tokens"]] == [["말길을", "열다"], ["a", "b", "c"]]


def test_tokens_as_lines(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("말길을 열다\nA b, c!\n", encoding="utf-8")
    assert run("tokens", tmp_path / "a.txt", "-o", tmp_path / "b.txt", "--tokenizer", "word", "-q") == Done(0, "", "")
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == "말길을 열다\na b c\n"


@pytest.mark.parametrize(("weight", "value"), [("count", 2.0), ("textbook", 2 / 3 * 0.6931471805599453)])
def test_vectorize_into_a_scipy_file(weight: str, value: float, run: Run, tmp_path: Path) -> None:
    from scipy.sparse import load_npz

    (tmp_path / "a.txt").write_text("가 가 나\n나\n", encoding="utf-8")
    options = ["--tokenizer", "word", "--weight", weight]
    done = run("vectorize", tmp_path / "a.txt", "-o", tmp_path / "m.npz", *options)
    assert (done.code, done.err) == (0, "")
    assert "2 x 2" in done.out
    assert (tmp_path / "m.terms.txt").read_text(encoding="utf-8") == "가\n나\n"
    assert load_npz(tmp_path / "m.npz").toarray()[0, 0] == pytest.approx(value)


def test_vectorize_into_a_folder(run: Run, tmp_path: Path) -> None:
    from malgil.vectorize import Weights
    from malgil.vocab import Vocabulary

    (tmp_path / "a.txt").write_text("가 가 나\n나\n", encoding="utf-8")
    assert run("vectorize", tmp_path / "a.txt", "-o", tmp_path / "m", "--weight", "sklearn", "-q") == Done(0, "", "")
    assert Vocabulary.open(tmp_path / "m" / "vocabulary").terms.to_pylist() == ["가", "나"]
    assert Weights.open(tmp_path / "m" / "counts").variant == "sklearn"


def test_an_unknown_weight_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("가\n", encoding="utf-8")
    done = run("vectorize", tmp_path / "a.txt", "-o", tmp_path / "m", "--weight", "bm26")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "count, textbook, sklearn" in done.err


@pytest.mark.parametrize("command", ["clean", "tokens"])
def test_an_unknown_format_is_refused(command: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("가\n", encoding="utf-8")
    done = run(command, tmp_path / "a.txt", "-o", tmp_path / "b.xlsx")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "b.xlsx" in done.err
