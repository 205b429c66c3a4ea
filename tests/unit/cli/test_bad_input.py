"""What a person can get wrong: always one clear line, exit code 2, and nothing lost."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pytest

from malgil.cli import main
from malgil.workspace.sealing import locked

GOOD = "id,text\n1,배우 연기가 좋다\n2,영화가 길다\n3,배우가 좋다\n"
WORD = ("--tokenizer", "word", "-q")
BUILD = ("build", "{input}", "-o", "ws", *WORD)
TWO = "Q,A\n오늘은 무엇을 먹을까요,집에서 국수를 끓여 드세요\n비가 오려나 모르겠네,우산을 꼭 챙기시면 됩니다\n"


class Case(NamedTuple):
    """A file, a command line on it, and parts of what must be said in English and in Korean."""

    content: str | bytes | None
    name: str
    words: tuple[str, ...]
    en: str
    ko: str


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> Done:
        code = main([str(word) for word in words])
        return Done(code, *capsys.readouterr())

    return call


def put(name: str, content: str | bytes | None) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def assert_one_line(done: Done, part: str) -> None:
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert part in done.err


def _zstd(text: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        packed.write(text.encode())
    return bytes(sink.getvalue())


LINES = "".join(f"글 하나 {number}\n" for number in range(9999))
SOURCES = {
    "missing file": Case(None, "none.csv", BUILD, "no such file or folder", "파일이나 폴더가 없습니다"),
    "glob without matches": Case(None, "*.none", BUILD, "no file matches", "패턴에 맞는 파일이 없습니다"),
    "name without end": Case(None, "x" * 5000 + ".csv", BUILD, "File name too long", "File name too long"),
    "folder without corpora": Case("x", "d/notes.md", ("build", "d", *WORD), "no corpus files", "말뭉치 파일이 없"),
    "unknown format": Case("x", "a.xlsx", BUILD, "format cannot be told", "형식을 알 수 없습니다"),
    "empty file": Case("", "a.csv", BUILD, "no documents in it", "문서가 하나도 없습니다"),
    "empty packed file": Case(gzip.compress(b""), "a.txt.gz", BUILD, "no documents in it", "문서가 하나도 없습니다"),
    "empty parquet": Case("", "a.parquet", BUILD, "damaged", "손상"),
    "header only": Case("id,text\n", "a.csv", BUILD, "but no rows", "행이 없습니다"),
    "no text column": Case("날짜,값\n2024-01-01,3\n", "a.csv", BUILD, "no column looks like text", "열을 찾지 못"),
    "two text columns": Case(TWO, "a.csv", BUILD, "(Q, A)", "둘 이상"),
    "3000 columns": Case(",".join(f"c{n}" for n in range(3000)) + "\n", "a.csv", BUILD, "c18, c19, …)", "c19, …)"),
    "encoding of nobody": Case(b"\x80\x81\xff" * 9, "a.txt", BUILD, "not UTF-8", "UTF-8"),
    "wrong --encoding": Case(GOOD.encode("cp949"), "a.csv", (*BUILD, "--encoding", "utf-8"), "0xb9", "0xb9"),
    "unknown --encoding": Case(GOOD, "a.csv", (*BUILD, "--encoding", "utf9"), "'utf9'", "알 수 없는 인코딩"),
    "utf-16 cut in two": Case("가나".encode("utf-16") + b"\x01", "a.txt", BUILD, "offset 6", "오프셋 6"),
    "truncated gzip": Case(gzip.compress(LINES.encode())[:-20], "a.txt.gz", BUILD, "ends too early", "중간에 끊"),
    "gzip that is none": Case(GOOD, "a.csv.gz", BUILD, "damaged", "손상"),
    "truncated zstandard": Case(_zstd(LINES)[:500], "a.txt.zst", BUILD, "ends too early", "중간에 끊"),
    "stray quote": Case('id,text\n1,가\n2,"나\n3,다\n', "a.csv", BUILD, "row 2 (line 3)", "2행(파일의 3번째 줄)"),
    "ragged row": Case("id,text\n1,가\n2,나,더\n", "a.csv", BUILD, "row 2 (line 3): 3 fields", "2행(파일의 3번째 줄)"),
    "invalid JSON": Case('{"text": "가"}\n{"text": 나}\n', "a.jsonl", BUILD, "line 2, column 10", "JSON이 아닙니다"),
    "JSON array": Case('[{"text": "가"}]\n', "a.jsonl", BUILD, "not an object", "1행"),
    "lone surrogate": Case('{"text": "가\\ud800"}\n', "a.jsonl", BUILD, "surrogate", "서로게이트"),
    "surrogate in UTF-8": Case(b"ab\xed\xa0\x80\n", "a.txt", (*BUILD, "--encoding", "utf-8"), "0xed", "0xed"),
    "duplicate ids": Case("id,text\n7,가\n7,나\n", "a.csv", BUILD, "rows 1 and 2 have the same id", "id가 같습니다"),
    "all texts null": Case('{"text": null}\n', "a.jsonl", BUILD, "No token was found", "찾지 못했습니다"),
    "all texts empty": Case("id,text\n1,\n2,\n", "a.csv", BUILD, "No token was found", "찾지 못했습니다"),
    "emoji only": Case("😀😀\n👍🏽\n", "a.txt", BUILD, "--tokenizer", "--tokenizer"),
    "NUL bytes only": Case(b"\0\0\0\n", "a.txt", BUILD, "No token was found", "찾지 못했습니다"),
    "no such column": Case(GOOD, "a.csv", (*BUILD, "--text", "txet"), "Did you mean 'text'?", "혹시 'text'"),
    "a time that is none": Case(
        "text,t\n가,x\n", "a.csv", (*BUILD, "--time", "t"), "is not a time", "시각으로 읽을 수"
    ),
    "no workers": Case(GOOD, "a.csv", (*BUILD, "--workers", "0"), "1 or more", "1 이상"),
    "unknown tokeniser": Case(GOOD, "a.csv", ("build", "{input}", "--tokenizer", "kiwii"), "'kiwi'", "'kiwi'"),
    "workspace is the input": Case(GOOD, "a.csv", ("build", "{input}", "-o", "{input}"), "is a file", "파일입니다"),
    "workspace in a full folder": Case(GOOD, "d/a.csv", ("build", "d", "-o", "d"), "not a workspace", "아닌 파일"),
    "workspace under a file": Case(GOOD, "a.csv", ("build", "{input}", "-o", "{input}/ws"), "Not a directory", "쓸 수"),
    "no name for a workspace": Case(GOOD, "a.csv", ("build", "{input}", "-o", ""), "not a workspace", "아닌 파일"),
    "clean onto the input": Case(GOOD, "a.csv", ("clean", "{input}", "-o", "{input}"), "overwritten", "덮어쓰게"),
    "clean into the input": Case(GOOD, "d/a.csv", ("clean", "d", "-o", "{input}"), "overwritten", "덮어쓰게"),
    "tokens onto the input": Case(GOOD, "a.csv", ("tokens", "{input}", "-o", "./{input}"), "overwritten", "덮어쓰게"),
    "terms onto the input": Case(LINES, "a.terms.txt", ("vectorize", "{input}", "-o", "a.npz"), "overwr", "덮어쓰게"),
    "no such folder": Case(
        GOOD, "a.csv", ("clean", "{input}", "-o", "no/b.csv"), "cannot be written", "쓸 수 없습니다"
    ),
    "rejects onto the input": Case(GOOD, "a.csv", (*BUILD, "--rejects", "{input}"), "overwritten", "덮어쓰게"),
    "rejects without a name": Case(GOOD, "a.csv", (*BUILD, "--rejects", ""), "Is a directory", "쓸 수 없습니다"),
    "rejects in no folder": Case(GOOD, "a.csv", (*BUILD, "--rejects", "no/r.jsonl"), "no/r.jsonl: cannot", "쓸 수"),
    "rejects are the output": Case(
        GOOD, "a.csv", ("clean", "{input}", "-o", "b.csv", "--rejects", "b.csv"), "the same file", "같은 파일"
    ),
}


@pytest.mark.parametrize("case", SOURCES.values(), ids=SOURCES)
def test_a_bad_source_is_one_line_and_nothing_is_lost(case: Case, run: Run) -> None:
    path = put(case.name, case.content)
    words = [word.replace("{input}", case.name) for word in case.words]
    for lang, part in (("en", case.en), ("ko", case.ko)):
        assert_one_line(run(*words, "--lang", lang), part)
    assert case.content is None or path.read_bytes() == put("again", case.content).read_bytes()
    assert not list(Path().rglob("*.part"))
    assert not (Path("ws") / "manifest.json").exists()


RECIPES = {
    "unknown key": ('[tokens]\ntokeniser = "word"', "Did you mean 'tokenizer'?", "혹시 'tokenizer'"),
    "unknown table": ('[token]\ntokenizer = "word"', "Did you mean 'tokens'?", "혹시 'tokens'"),
    "wrong type": ('[index]\nk1 = "big"', "of type float", "float"),
    "list of numbers": ("[clean]\nsteps = [1]", "list of str", "list of str"),
    "out of range": ("[index]\nb = 2", "r.toml: b=2.0", "r.toml: b=2.0"),
    "not a number": ("[index]\nk1 = nan", "k1=nan", "k1=nan"),
    "unknown choice": ('[counts]\nweighting = "sklearm"', "'sklearn'", "'sklearn'"),
    "unknown step": ('[clean]\nsteps = ["nfcc"]', "r.toml: step='nfcc'", "혹시 'nfc'"),
    "no table": ('tokenizer = "word"', "[tokens]", "[tokens]"),
    "array of tables": ('[[tokens]]\ntokenizer = "word"', "must be one table", "하나여야"),
    "broken": ("[tokens\n", "line 1", "line 1"),
    "binary": (b"\x89PNG\r\n", "is not UTF-8", "UTF-8이 아닙니다"),
    "nothing left": ("[vocabulary]\nmin_count = 1000", "No word occurs 1000 times", "1000번"),
    "missing": (None, "no such recipe file", "레시피 파일이 없습니다"),
}


@pytest.mark.parametrize(("content", "en", "ko"), RECIPES.values(), ids=RECIPES)
def test_a_bad_recipe_is_one_line(content: str | bytes | None, en: str, ko: str, run: Run) -> None:
    put("a.csv", GOOD)
    put("r.toml", content)
    for lang, part in (("en", en), ("ko", ko)):
        assert_one_line(run("build", "a.csv", "-o", "ws", "-r", "r.toml", "--lang", lang, *WORD), part)


def test_a_recipe_may_begin_with_a_byte_order_mark(run: Run) -> None:
    put("a.csv", GOOD)
    put("r.toml", b"\xef\xbb\xbf[tokens]\ntokenizer = 'word'\n")
    assert run("build", "a.csv", "-o", "ws", "-r", "r.toml", "-q") == Done(0, "", "")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "a.csv").write_text(GOOD, encoding="utf-8")
    assert main(["build", str(folder / "a.csv"), "-o", str(folder / "ws"), *WORD]) == 0
    return folder / "ws"


QUESTIONS = {
    "no workspace": (("search", "none", "배우"), "neither a workspace nor", "작업 공간도 검색 색인도 없습니다"),
    "long name": (("search", "x" * 300, "배우"), "File name too long", "File name too long"),
    "k of 0": (("search", "{ws}", "배우", "-k", "0"), "1 or more", "1 이상"),
    "negative k": (("similar", "{ws}", "--doc", "1", "-k", "-3"), "1 or more", "1 이상"),
    "k of words": (("search", "{ws}", "배우", "-k", "many"), "whole number", "정수"),
    "unknown document": (("similar", "{ws}", "--doc", "99"), "'99'", "'99'"),
    "document of no bytes": (("similar", "{ws}", "--doc", ""), "''", "''"),
    "document that is no text": (("explain", "{ws}", "--doc", "\udced", "--word", "배우"), "id", "id"),
    "unknown measure": (("similar", "{ws}", "--doc", "1", "--measure", "cosin"), "'cosine'", "'cosine'"),
    "neither": (("similar", "{ws}",), "--text", "--text"),
    "both": (("explain", "{ws}", "--doc", "1", "--word", "가", "--query", "나"), "--query", "--query"),
    "unknown word": (("explain", "{ws}", "--doc", "1", "--word", "배우우"), "'배우'", "혹시 '배우'"),
    "picture into no folder": (
        ("explain", "{ws}", "--doc", "1", "--word", "배우", "--svg", "no/x.svg"), "cannot be written", "쓸 수 없습니다",
    ),
    "page without a name": (
        ("explain", "{ws}", "--doc", "1", "--word", "배우", "--html", ""), "Is a directory", "쓸 수 없습니다",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("words", "en", "ko"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_bad_question_is_one_line(words: tuple[str, ...], en: str, ko: str, built: Path, run: Run) -> None:
    for lang, part in (("en", en), ("ko", ko)):
        assert_one_line(run(*(word.replace("{ws}", str(built)) for word in words), "--lang", lang), part)


@pytest.mark.parametrize("query", ["", "!?…", "😀", "\udced\udca0\udc80", "배우 " * 10_000, "가" * 100_000, "없는말"])
def test_any_query_has_an_answer(query: str, built: Path, run: Run) -> None:
    for words in (["search", built, "--json", "--", query], ["similar", built, f"--text={query}", "--json"]):
        done = run(*words)
        assert (done.code, done.err) == (0, "")
        assert isinstance(json.loads(done.out), list)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def parts(workspace: Path) -> list[str]:
    found = (path for path in workspace.rglob("*") if path.is_file() and path.name not in (".lock", "build.log"))
    return sorted(str(path.relative_to(workspace)) for path in found)


def test_one_flipped_byte_anywhere_is_found(built: Path, run: Run) -> None:
    names = parts(built)
    assert len(names) > 30
    for name in names:
        shutil.copytree(built, "ws")
        flip(Path("ws") / name)
        for lang in ("en", "ko"):
            assert_one_line(run("check", "ws", "--lang", lang), str(Path("ws") / name))
        for words in (["search", "ws", "배우", "--explain"], ["similar", "ws", "--doc", "1"], ["info", "ws"]):
            done = run(*words)
            assert done.code == 0 or assert_one_line(done, name) is None
        shutil.rmtree("ws")


@pytest.mark.parametrize("part", ["corpus", "tokens", "index", "report.html"])
def test_a_damaged_workspace_is_mended_by_building_again(part: str, built: Path, run: Run) -> None:
    shutil.copytree(built, "ws")
    for name in parts(Path("ws")):
        if name.startswith(part):
            flip(Path("ws") / name)
    assert run("build", built.parent / "a.csv", "-o", "ws", *WORD) == Done(0, "", "")
    assert {name: (Path("ws") / name).read_bytes() for name in parts(Path("ws"))} == {
        name: (built / name).read_bytes() for name in parts(built)
    }


@pytest.mark.parametrize(("lang", "part"), [("en", "Upgrade malgil"), ("ko", "malgil을")])
def test_a_workspace_of_a_newer_format(lang: str, part: str, built: Path, run: Run) -> None:
    shutil.copytree(built, "ws")
    manifest = Path("ws/manifest.json")
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"format": 1', '"format": 9'), encoding="utf-8")
    for words in (["search", "ws", "배우"], ["info", "ws"], ["check", "ws"], ["report", "ws"]):
        assert_one_line(run(*words, "--lang", lang), part)


@pytest.mark.parametrize(("lang", "part"), [("en", "another malgil"), ("ko", "다른 malgil")])
def test_two_builds_into_one_workspace(lang: str, part: str, built: Path, run: Run) -> None:
    shutil.copytree(built, "ws")
    with locked(Path("ws")):
        assert_one_line(run("build", built.parent / "a.csv", "-o", "ws", "--lang", lang, *WORD), part)
        assert_one_line(run("report", "ws", "--lang", lang), part)
    assert run("search", "ws", "배우").code == 0


COMMANDS = [
    ("build", "a.csv", "-o", "new", *WORD),
    ("clean", "a.csv", "-o", "b.csv"),
    ("tokens", "a.csv", "-o", "b.jsonl", *WORD),
    ("vectorize", "a.csv", "-o", "m", *WORD),
    ("vectorize", "a.csv", "-o", "m.npz", *WORD),
    ("sample", "-n", "5", "-o", "s.csv"),
    ("explain", "{ws}", "--doc", "1", "--word", "배우", "--svg", "x.svg"),
    ("build", "a.csv", "-o", "new", "--rejects", "r.jsonl", *WORD),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words))
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_full_or_read_only_disk_leaves_nothing_half_written(
    words: tuple[str, ...], number: int, built: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    put("a.csv", GOOD)
    words = tuple(word.replace("{ws}", str(built)) for word in words)
    monkeypatch.setattr(os, "fsync", fail)
    assert_one_line(run(*words, "--lang", "en"), os.strerror(number))
    assert_one_line(run(*words, "--lang", "ko"), "쓸 수 없습니다")
    assert {path.name for path in Path().iterdir()} <= {"a.csv", "new", "m"}
    assert not [name for folder in ("new", "m") for name in parts(Path(folder))]


def test_a_file_that_changes_while_it_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from malgil.corpus import sources

    path, real = put("a.csv", GOOD), sources.detect

    def meanwhile(*arguments: object) -> object:
        with path.open("a", encoding="utf-8") as file:
            file.write("4,하나 더\n")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sources, "detect", meanwhile)
    assert_one_line(run("build", "a.csv", "-o", "ws", "--lang", "en", *WORD), "changed while it was being read")
    assert_one_line(run("build", "a.csv", "-o", "ws", "--lang", "ko", *WORD), "읽는 동안")


GOOD_SOURCES = {
    "CP949": (GOOD.encode("cp949"), "a.csv", 3),
    "UTF-16": (GOOD.encode("utf-16"), "a.csv", 3),
    "NUL bytes": (b"a\0b\nc\n", "a.txt", 2),
    "null texts": ('{"text": "가"}\n{"text": null}\n', "a.jsonl", 2),
    "one document": ("하나", "a.txt", 1),
    "one word": ("가\n가\n가 가\n", "a.txt", 3),
    "Zstandard": (_zstd(LINES), "a.txt.zst", 9999),
    "NFD name": (GOOD, "\u1112\u1161\u11ab.csv", 3),
    "blanks in the name": (GOOD, "한글 이름.csv", 3),
    "line end in the name": (GOOD, "a\nb.csv", 3),
    "name that is not UTF-8": (GOOD, os.fsdecode(b"\xff.csv"), 3),
    "column called time": ("text,time\n가,2024-01-01\n나,글쎄\n", "a.csv", 2),
    "column called label": ('{"text": "가", "label": [1]}\n', "a.jsonl", 1),
}


@pytest.mark.parametrize(("content", "name", "n_docs"), GOOD_SOURCES.values(), ids=GOOD_SOURCES)
def test_odd_but_good_sources_are_read(content: str | bytes, name: str, n_docs: int, run: Run) -> None:
    try:
        put(name, content)
    except (OSError, UnicodeError):
        pytest.skip("this system has no such names")
    assert run("build", f"./{name}", "-o", "ws", *WORD) == Done(0, "", "")
    assert json.loads(run("info", "ws", "--json").out)["n_docs"] == n_docs
    for words in (["search", "ws", "가"], ["similar", "ws", "--text", "가"], ["check", "ws"], ["report", "ws"]):
        assert run(*words).code == 0


STREAMS = {
    "csv": (GOOD.encode(), 3),
    "csv in UTF-16": (GOOD.encode("utf-16"), 3),
    "json lines": ('{"text": "가"}\n{"text": "나"}\n'.encode(), 2),
    "json lines in UTF-16": ('{"text": "가"}\n{"text": "나"}\n'.encode("utf-16"), 2),
    "plain": ("가\n나\n".encode(), 2),
    "gzip": (gzip.compress(GOOD.encode()), 3),
    "binary": (b"\x80\x81\xff" * 9, None),
    "empty": (b"", None),
    "cut off": (gzip.compress(LINES.encode())[:-20], None),
}


@pytest.mark.parametrize(("content", "n_docs"), STREAMS.values(), ids=STREAMS)
def test_standard_input(content: bytes, n_docs: int | None, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    done = run("build", "-", "-o", "ws", *WORD)
    if n_docs is None:
        assert_one_line(done, "-: ")
    else:
        assert done == Done(0, "", "")
        assert json.loads(run("info", "ws", "--json").out)["n_docs"] == n_docs


def test_standard_input_that_is_closed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert_one_line(run("build", "-", "-o", "ws", *WORD), "no documents")


def test_a_folder_for_temporary_files_that_is_full(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tempfile.mkstemp", fail)
    for lang, part in (("en", "set TMPDIR"), ("ko", "TMPDIR 환경 변수")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x")))
        assert_one_line(run("build", "-", "-o", "ws", "--lang", lang, *WORD), part)


def test_a_run_without_standard_output_is_no_fault(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["search", str(built), "배우", "--json"]) == 0


def test_rows_that_cannot_be_used_go_to_the_rejects(run: Run) -> None:
    put("a.csv", "id,text\n1,가\n2,나,더\n3,다\n")
    assert run("build", "a.csv", "-o", "ws", "--rejects", "r.jsonl", *WORD) == Done(0, "", "")
    assert json.loads(run("info", "ws", "--json").out)["corpus"]["n_rejected"] == 1
    assert [json.loads(line)["raw"] for line in Path("r.jsonl").read_text(encoding="utf-8").splitlines()] == ["2,나,더"]


def test_a_workspace_beside_its_corpora_is_no_corpus(run: Run) -> None:
    put("d/a.csv", GOOD)
    for source in ("d", "d", "**/*"):
        assert run("build", source, "-o", "d/ws", *WORD) == Done(0, "", "")
        assert json.loads(run("info", "d/ws", "--json").out)["n_docs"] == 3


def test_a_word_of_a_megabyte_takes_no_time_and_leaves_the_report_small(run: Run) -> None:
    put("a.txt", "a" * (1 << 20) + " b\n" + "가" * (1 << 19) + " b\n")
    assert run("build", "a.txt", "-o", "ws", *WORD) == Done(0, "", "")
    assert Path("ws/report.html").stat().st_size < 1 << 20
    assert run("search", "ws", "b").code == 0


def test_a_lack_of_memory_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("malgil.cli.entry._run", fail)
    assert_one_line(run("search", "ws", "x", "--lang", "en"), "not enough memory")
    assert_one_line(run("search", "ws", "x", "--lang", "ko"), "메모리가 부족합니다")
