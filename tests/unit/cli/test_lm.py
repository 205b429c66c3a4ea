"""Language models on the command line: trained, asked, scored, carried over; and what a person can get wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from malgil.cli import main
from malgil.ngram import NgramLM

TEXTS = ["이 영화 재밌다", "이 영화 별로", "이 노래 재밌다", "그 영화 정말 재밌다", "그 노래 정말 별로"]
TRAIN = ("--order", "2", "--smoothing", "witten_bell", "-q")


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALGIL_LANG", "en")
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> Done:
        code = main([str(word) for word in words])
        return Done(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with a corpus, a model of it, and two workspaces, one of them with a model."""
    folder = tmp_path_factory.mktemp("lm")
    (folder / "a.txt").write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    corpus = str(folder / "a.txt")
    assert main(["lm", "train", corpus, "-o", str(folder / "lm"), *TRAIN]) == 0
    word = ("--tokenizer", "word", "-q")
    assert main(["build", corpus, "-o", str(folder / "ws"), "--with", "ngram", *word]) == 0
    assert main(["build", corpus, "-o", str(folder / "plain"), *word]) == 0
    return folder


@pytest.fixture(scope="module")
def lm(home: Path) -> NgramLM:
    return NgramLM.open(home / "lm")


def _json(done: Done) -> Any:
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def test_training_says_what_was_made(home: Path, run: Run, tmp_path: Path) -> None:
    done = run("lm", "train", home / "a.txt", "-o", tmp_path / "lm", *TRAIN[:-1], "--prune", "0,1")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == f"{tmp_path / 'lm'}: 10 words, n-grams by length 10 + 5"
    assert NgramLM.open(tmp_path / "lm").prune == (0, 1)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (("--order", "none"), {"order": None}),
        (("--keep-corpus",), {"keep_corpus": True}),
        (("--memory", "1G"), {"memory": "1G"}),
        (("--prune-entropy", "1e-3"), {"prune_entropy": 1e-3}),
    ],
)
def test_training_hands_its_options_on(
    options: tuple[str, ...], settings: dict[str, Any], home: Path, run: Run, tmp_path: Path
) -> None:
    assert run("lm", "train", home / "a.txt", "-o", tmp_path / "lm", *TRAIN, *options) == Done(0, "", "")
    wanted = NgramLM(**{"order": 2, "smoothing": "witten_bell", **settings}).fit(TEXTS)
    rows = _json(run("next", tmp_path / "lm", "이", "--json"))
    assert [(row["word"], row["prob"]) for row in rows] == wanted.next("이")
    assert run("next", tmp_path / "lm", "이", "--explain").code == 0
    assert run("lm", "info", tmp_path / "lm").code == 0


def test_a_packed_model_answers_the_same(home: Path, lm: NgramLM, run: Run, tmp_path: Path) -> None:
    assert run("lm", "train", home / "a.txt", "-o", tmp_path / "lm", *TRAIN, "--compact") == Done(0, "", "")
    assert [row["word"] for row in _json(run("next", tmp_path / "lm", "이", "--json"))] == [w for w, _ in lm.next("이")]
    assert run("blank", tmp_path / "lm", "이 ___ ___").code == 2
    assert run("lm", "info", tmp_path / "lm").code == 0


def test_training_twice_gives_the_same_bytes(home: Path, run: Run, tmp_path: Path) -> None:
    for n in (1, 2):
        assert run("lm", "train", home / "a.txt", "-o", tmp_path / f"{n}", *TRAIN, "--workers", n).code == 0
    assert (tmp_path / "1" / "manifest.json").read_bytes() == (tmp_path / "2" / "manifest.json").read_bytes()
    assert (tmp_path / "1" / "manifest.json").read_bytes() == (home / "lm" / "manifest.json").read_bytes()


@pytest.mark.parametrize("command", [("next",), ("lm", "next")])
def test_next_words(command: tuple[str, ...], home: Path, lm: NgramLM, run: Run) -> None:
    rows = _json(run(*command, home / "lm", "이", "-k", 3, "--json"))
    assert [(row["word"], row["prob"]) for row in rows] == lm.next("이", k=3)
    done = run(*command, home / "lm", "이", "-k", 99)
    lines = done.out.splitlines()
    assert len(lines) == 9 and lines[0].startswith("0.4") and lines[0].endswith("영화") and "█" in lines[0]
    assert "(end of the sentence)" in done.out and "(unknown word)" in done.out and "</s>" not in done.out
    assert "(문장 끝)" in run(*command, home / "lm", "이", "-k", 99, "--lang", "ko").out


def test_next_words_open_to_their_chain(home: Path, lm: NgramLM, run: Run) -> None:
    done = run("next", home / "lm", "이", "-k", 2, "--explain")
    assert done.out.count("log10 P(") == 2 and "Witten" in done.out
    rows = _json(run("next", home / "lm", "이", "-k", 2, "--explain", "--json"))
    assert rows[0]["explanation"] == lm.explain("이", "영화").to_dict()


def test_the_beginning_of_a_sentence_needs_no_context(home: Path, lm: NgramLM, run: Run) -> None:
    assert [row["word"] for row in _json(run("next", home / "lm", "--json"))] == [word for word, _ in lm.next()]


@pytest.mark.parametrize("command", [("blank",), ("lm", "blank")])
def test_gaps(command: tuple[str, ...], home: Path, lm: NgramLM, run: Run) -> None:
    for text in ("이 ___ 재밌다", "이 ___ ___"):
        rows = _json(run(*command, home / "lm", text, "-k", 3, "--json"))
        assert rows == [{"words": [*f.words], "prob": f.prob, "text": f.text} for f in lm.fill(text, k=3)]
    assert "이 영화 재밌다" in run(*command, home / "lm", "이 ___ 재밌다", "-k", 3).out


def test_a_workspace_answers_as_well(home: Path, run: Run) -> None:
    rows = _json(run("next", home / "ws", "이", "--json"))
    assert rows == _json(run("lm", "next", home / "ws", "이", "--json"))
    assert rows == _json(run("lm", "next", home / "ws" / "ngram", "이", "--json"))
    assert _json(run("blank", home / "ws", "이 ___ 재밌다", "-k", 1, "--json"))[0]["text"] in (
        "이 영화 재밌다",
        "이 노래 재밌다",
    )
    assert _json(run("lm", "info", home / "ws", "--json"))["order"] == 3
    assert _json(run("info", home / "ws", "--json"))["ngram"]["order"] == 3
    assert "language model" in run("info", home / "ws").out
    assert run("check", home / "ws").code == 0


def test_score_is_the_perplexity(home: Path, lm: NgramLM, run: Run) -> None:
    facts = _json(run("lm", "score", home / "lm", home / "a.txt", "--json"))
    assert facts["perplexity"] == float(lm.perplexity(TEXTS)) and facts["n_unknown"] == 0
    assert "perplexity" in run("lm", "score", home / "lm", home / "a.txt").out
    assert "혼잡도" in run("lm", "score", home / "lm", home / "a.txt", "--lang", "ko").out


def test_generate(home: Path, lm: NgramLM, run: Run) -> None:
    for options, settings in (
        (("--seed", "4"), {"seed": 4}),
        (("--temperature", "0"), {"temperature": 0.0}),
        (("--beam", "3"), {"beam": 3}),
        (("--top-k", "2", "--top-p", "0.5", "--max-tokens", "3"), {"top_k": 2, "top_p": 0.5, "max_tokens": 3}),
    ):
        wanted = lm.generate("그", whole=True, **settings)
        assert run("lm", "generate", home / "lm", "그", *options) == Done(0, wanted + "\n", "")
        assert _json(run("lm", "generate", home / "lm", "그", *options, "--json")) == {"context": "그", "text": wanted}


def test_surprise(home: Path, lm: NgramLM, run: Run) -> None:
    text = "그  노래 재밌다 몰라"
    assert _json(run("lm", "surprise", home / "lm", text, "--json")) == lm.surprise(text).to_dict()
    done = run("lm", "surprise", home / "lm", text, "-k", 1)
    assert done.out.splitlines()[0] == text
    assert "몰라 (unknown word)" in done.out and "bits" in done.out


def test_surprising_words_are_coloured(lm: NgramLM) -> None:
    from malgil.cli.lm_surprise import coloured

    found = lm.surprise("그 노래 정말\n몰라")
    line = coloured(found)
    assert line.plain == "그 노래 정말 몰라"
    most = max(found.words, key=lambda word: word.bits)
    assert [line.plain[span.start : span.end] for span in line.spans if "red" in str(span.style)] == [most.word]


def test_arpa_both_ways(home: Path, lm: NgramLM, run: Run, tmp_path: Path) -> None:
    assert run("lm", "export", home / "lm", "-o", tmp_path / "a.arpa.gz") == Done(
        0, f"Written: {tmp_path / 'a.arpa.gz'}\n", ""
    )
    assert run("lm", "import", tmp_path / "a.arpa.gz", "-o", tmp_path / "b", "-q") == Done(0, "", "")
    again = _json(run("next", tmp_path / "b", "이", "--json"))
    assert [row["word"] for row in again] == [word for word, _ in lm.next("이")]
    assert [row["prob"] for row in again] == pytest.approx([prob for _, prob in lm.next("이")], rel=1e-5)


def test_info(home: Path, run: Run) -> None:
    facts = _json(run("lm", "info", home / "lm", "--json"))
    assert (facts["order"], facts["smoothing"], facts["tokenizer"], facts["n_words"]) == (
        2,
        "witten_bell",
        "whitespace",
        10,
    )
    assert list(facts["n_grams"]) == ["1", "2"] and facts["n_grams"]["1"] == 10
    assert "가장 긴 n-gram" in run("lm", "info", home / "lm", "--lang", "ko").out


@pytest.mark.parametrize("words", [("lm",), ("lm", "--help"), ("lm", "train", "--help"), ("next", "--help")])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_help_has_no_name_of_a_message_left(words: tuple[str, ...], lang: str, run: Run) -> None:
    done = run(*words, "--lang", lang) if words != ("lm",) else run(*words)
    assert (done.code == 0 and "malgil lm" in done.out) or "malgil next" in done.out
    assert not [word for word in ("lm_", "train_", "option_", "argument_", "next_k") if word in done.out]


LEARN = ("lm", "train", "{home}/a.txt", "-o", "x")
WRONG = {
    "no model": (("next", "none", "이"), "neither a language model nor a workspace", "언어 모델도 작업 공간도"),
    "workspace without one": (("next", "{home}/plain", "이"), "--with ngram", "--with ngram"),
    "gaps without one": (("blank", "{home}/plain", "이 ___"), "--with ngram", "--with ngram"),
    "a corpus as a model": (("lm", "info", "{home}/a.txt"), "neither a language model", "언어 모델도"),
    "an index as a model": (("lm", "info", "{home}/ws/index"), "holds 'index'", "종류가 다릅니다"),
    "no gap": (("blank", "{home}/lm", "이 영화"), "no gap", "빈칸이 없습니다"),
    "k of 0": (("next", "{home}/lm", "이", "-k", "0"), "k=0", "k=0"),
    "k of words": (("next", "{home}/lm", "이", "-k", "many"), "whole number", "정수"),
    "no beam": (("blank", "{home}/lm", "___ ___", "--beam", "0"), "beam=0", "beam=0"),
    "no words": (("lm", "generate", "{home}/lm", "--max-tokens", "-1"), "max_tokens=-1", "max_tokens=-1"),
    "temperature of words": (("lm", "generate", "{home}/lm", "--temperature", "hot"), "must be a number", "수여야"),
    "top-p above 1": (("lm", "generate", "{home}/lm", "--top-p", "2"), "top_p=2.0", "top_p=2.0"),
    "order 0": ((*LEARN, "--order", "0"), "order=0", "order=0"),
    "unknown smoothing": ((*LEARN, "--smoothing", "knesser_ney"), "'kneser_ney'", "'kneser_ney'"),
    "unknown tokeniser": ((*LEARN, "--tokenizer", "spaces"), "whitespace", "whitespace"),
    "order of words": ((*LEARN, "--order", "many"), "whole number", "정수"),
    "memory of words": ((*LEARN, "--memory", "much"), "memory='much'", "memory='much'"),
    "17 bits": ((*LEARN, *TRAIN, "--quantize", "17"), "quantize=17", "quantize=17"),
    "prune of words": ((*LEARN, "--prune", "a"), "--prune", "--prune"),
    "falling prune": ((*LEARN, "--prune", "0,2,1"), "prune=(0, 2, 1)", "prune=(0, 2, 1)"),
    "too little text": (LEARN, "discount_fallback", "discount_fallback"),
    "model onto the corpus": ((*LEARN[:-1], "{home}/a.txt", *TRAIN), "cannot be written", "쓸 수 없습니다"),
    "missing corpus": (("lm", "train", "none.csv", "-o", "x"), "no such file", "파일이나 폴더가 없습니다"),
    "nothing to score": (("lm", "score", "{home}/lm", "{home}/ws"), "no corpus files", "말뭉치 파일이 없"),
    "arpa that is none": (("lm", "import", "{home}/a.txt", "-o", "x"), "no ARPA file", "ARPA 파일이 아닙니다"),
    "missing arpa": (("lm", "import", "none.arpa", "-o", "x"), "no such file", "파일이 없습니다"),
    "export to no folder": (("lm", "export", "{home}/lm", "-o", "no/a.arpa"), "cannot be written", "쓸 수 없습니다"),
    "unknown command": (("lm", "trian"), "Did you mean 'train'?", "혹시 'train'"),
    "unknown stage": (("build", "{home}/a.txt", "-o", "x", "--with", "ngrams"), "ngram", "ngram"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "en", "ko"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_one_line(
    words: tuple[str, ...], en: str, ko: str, home: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = (home / "a.txt").read_bytes()
    for lang, part in (("en", en), ("ko", ko)):
        done = run(*(word.replace("{home}", str(home)) for word in words), "--lang", lang)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
        assert part in done.err
    assert list(tmp_path.iterdir()) == [] and (home / "a.txt").read_bytes() == before


@pytest.mark.parametrize(
    "text", ["", "!?…", "😀", "\udced\udca0", "\u110b\u1167", "가" * 10_000, "몰라 " * 2000, "<s> </s>"]
)
def test_any_question_has_an_answer(text: str, home: Path, run: Run) -> None:
    for path in (home / "lm", home / "ws"):
        for words in (["next", path], ["lm", "generate", path], ["lm", "surprise", path]):
            assert _json(run(*words, "--json", "--", text))
        assert _json(run("blank", path, "-k", 2, "--json", "--", f"{text[:100]} ___"))


def test_one_flipped_byte_of_a_model_is_found(home: Path, run: Run, tmp_path: Path) -> None:
    import shutil

    copy = shutil.copytree(home / "lm", tmp_path / "lm")
    for path in sorted(copy.iterdir()):
        content = path.read_bytes()
        path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        done = run("next", copy, "이")
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1) and path.name in done.err
        path.write_bytes(content)


def test_a_recurrent_model_is_asked_as_an_ngram_model_is(run: Run, home: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from malgil.tasks.language_model import RecurrentLM
    from malgil.tasks.mixture import MixtureLM

    path = tmp_path / "rnn"
    sizes = {"hidden_size": 8, "embedding_size": 8, "batch_size": 4, "validation": 0}
    lm = RecurrentLM(**sizes, epochs=2, min_count=1).fit(TEXTS * 4)
    lm.save(path)
    found = json.loads(run("next", path, "이 영화", "--json").out)
    assert [(row["word"], row["prob"]) for row in found] == lm.next("이 영화")
    assert "softmax" in run("next", path, "이", "-k", "1", "--explain").out
    assert json.loads(run("blank", path, "이 ___ 재밌다", "--json").out)[0]["words"] == list(
        lm.fill("이 ___ 재밌다")[0].words
    )
    written = json.loads(run("lm", "generate", path, "이", "--json").out)["text"]
    assert written == lm.generate("이", whole=True)
    scored = json.loads(run("lm", "score", path, home / "a.txt", "--json").out)
    assert scored["perplexity"] == pytest.approx(float(lm.perplexity(TEXTS)))
    facts = json.loads(run("lm", "info", path, "--json").out)
    assert (facts["encoder"], facts["direction"]) == ("lstm", "forward")
    assert facts["n_weights"] == sum(weight.numel() for weight in lm.network_.parameters())
    assert "weights" in run("lm", "info", path).out
    done = run("lm", "export", path, "-o", tmp_path / "a.arpa")
    assert done.code == 2
    assert "no n-grams to write" in done.err
    rows = json.loads(
        run("lm", "mix", home / "lm", path, "--held-out", home / "a.txt", "-o", tmp_path / "m", "--json").out
    )
    assert [row["model"] for row in rows] == [str(home / "lm"), str(path), str(tmp_path / "m")]
    assert rows[2]["perplexity"] <= min(rows[0]["perplexity"], rows[1]["perplexity"]) + 1e-6
    assert "perplexity" in run("lm", "mix", home / "lm", path, "--held-out", home / "a.txt", "-o", tmp_path / "m").out
    facts = json.loads(run("lm", "info", tmp_path / "m", "--json").out)
    assert facts["models"] == ["NgramLM", "RecurrentLM"]
    assert sum(facts["mixed_weights"]) == pytest.approx(1)
    opened = MixtureLM.open(tmp_path / "m")
    found = json.loads(run("next", tmp_path / "m", "이", "--json").out)
    assert [(row["word"], row["prob"]) for row in found] == opened.next("이")
    assert "model 1" in run("next", tmp_path / "m", "이", "-k", "1", "--explain").out
    assert json.loads(run("lm", "generate", tmp_path / "m", "이", "--json").out)["text"] == opened.generate(
        "이", whole=True
    )
    done = run("lm", "mix", home / "lm", path, "--held-out", home / "a.txt", "-o", path)
    assert (done.code, done.err.count("\n")) == (2, 1) and RecurrentLM.open(path).next("이") == lm.next("이")
    done = run("lm", "mix", tmp_path / "m", path, "--held-out", home / "a.txt", "-o", tmp_path / "n")
    assert (done.code, done.err.count("\n")) == (2, 1) and "cannot be mixed again" in done.err
