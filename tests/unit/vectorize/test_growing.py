"""Learning piece by piece: the same as at once, in memory that the texts do not fill."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import malgil
from malgil.errors import DataError, ParameterError
from malgil.vectorize import documents, growing
from tests.unit.vectorize.test_vectorizers import REVIEWS, SETTINGS, same

KINDS = [malgil.CountVectorizer, malgil.TfidfVectorizer]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_fit_is_fit_transform(kind: Any, setting: dict[str, Any]) -> None:
    one, other = kind(**setting), kind(**setting)
    matrix = other.fit_transform(REVIEWS)
    assert same(one.fit(REVIEWS).transform(REVIEWS), matrix)
    assert one.vocabulary_ == other.vocabulary_


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_many_small_pieces(kind: Any, setting: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    many = [f"{review} {'가나다라마바사'[i % 7]}{i % 50}" for i, review in enumerate(REVIEWS * 20)]
    wanted = kind(**setting).fit_transform(many)
    monkeypatch.setattr(documents, "BLOCK_ROWS", 3)
    monkeypatch.setattr(growing, "_WORD_PIECE", 3)
    for texts in (many, iter(many), malgil.read(many)):
        assert same(kind(**setting, n_jobs=2).fit(texts).transform(many), wanted)
    grown = kind(**setting)
    for text in many:
        grown.partial_fit([text])
    assert same(grown.transform(many), wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_text_among_the_pieces(kind: Any) -> None:
    odd = [*REVIEWS, "lone \ud800 surrogate 재밌다"]
    grown = kind().partial_fit(REVIEWS[:2]).partial_fit(odd[2:]).partial_fit(REVIEWS)
    wanted = kind().fit(odd + REVIEWS)
    assert grown.vocabulary_ == wanted.vocabulary_
    assert same(grown.transform(odd), wanted.transform(odd))


def test_other_parameters_between_pieces() -> None:
    grown = malgil.CountVectorizer().partial_fit(REVIEWS[:2])
    grown.set_params(ngram_range=(2, 2)).partial_fit(REVIEWS[2:])
    assert {"영화", "하나 재밌다"} <= {*grown.vocabulary_} or "영화" in grown.vocabulary_
    assert "최고 the" not in grown.vocabulary_
    assert "배우 좋고" in grown.vocabulary_


def test_a_callable_grows_too() -> None:
    grown = malgil.CountVectorizer(analyzer=str.split)
    for review in REVIEWS:
        grown.partial_fit([review])
    assert grown.vocabulary_ == malgil.CountVectorizer(analyzer=str.split).fit(REVIEWS).vocabulary_


def test_frequent_enough_only_later() -> None:
    grown = malgil.CountVectorizer(min_df=2).partial_fit(["영화"])
    with pytest.raises(ParameterError, match="Vocabulary is empty"):
        grown.transform(["영화"])
    assert grown.partial_fit(["영화 배우"]).get_feature_names_out().tolist() == ["영화"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_given_vocabulary_grows_in_frequencies_alone(kind: Any) -> None:
    given = {"vocabulary": ["재밌다", "배우", "결말"]}
    grown, whole = kind(**given), kind(**given).fit(REVIEWS)
    for review in REVIEWS:
        grown.partial_fit([review])
    assert same(grown.transform(REVIEWS), whole.transform(REVIEWS))
    assert same(whole.transform(REVIEWS), kind(**given).fit_transform(REVIEWS))


def test_what_was_fitted_whole_cannot_grow(tmp_path: Path) -> None:
    fitted = malgil.CountVectorizer().fit(REVIEWS)
    fitted.save(tmp_path / "v")
    for one in (fitted, malgil.CountVectorizer.open(tmp_path / "v")):
        with pytest.raises(ParameterError, match="partial_fit cannot go on"):
            one.partial_fit(["더"])


def test_fit_begins_anew_after_partial_fit() -> None:
    grown = malgil.TfidfVectorizer().partial_fit(REVIEWS).fit(["새로운 시작"])
    assert grown.get_feature_names_out().tolist() == ["새로운", "시작"]


@pytest.mark.parametrize("nothing", [[], ["", " "]])
def test_nothing_to_learn(nothing: list[str]) -> None:
    for kind in KINDS:
        with pytest.raises(DataError, match="empty vocabulary"):
            kind().fit(nothing)
        with pytest.raises(ParameterError, match="Vocabulary is empty"):
            kind().partial_fit(nothing).get_feature_names_out()


def test_an_iterator_is_passed_over_once() -> None:
    def once() -> Iterator[str]:
        yield from REVIEWS

    assert malgil.CountVectorizer().fit(once()).vocabulary_ == malgil.CountVectorizer().fit(REVIEWS).vocabulary_


PROGRAM = """
import sys, threading, time
from pathlib import Path
import malgil
from malgil.vectorize import documents, transform_to

def memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) << 10

class Lines:
    def __iter__(self):
        with path.open(encoding="utf-8") as file:
            yield from file

def watch():
    while True:
        peak[0] = max(peak[0], memory())
        time.sleep(0.002)

folder, documents.BLOCK_BYTES = Path(sys.argv[1]), 1 << 21
path, piece = folder / "corpus.txt", Path(sys.argv[1]) / "piece.txt"
text = piece.read_bytes()
with path.open("wb") as file:
    for _ in range(100):
        file.write(text)
warm = malgil.TfidfVectorizer().fit(["말길 바다"])
transform_to(warm, ["말길"], folder / "warm")
before, peak = memory(), [0]
threading.Thread(target=watch, daemon=True).start()
fitted = malgil.TfidfVectorizer().fit(Lines())
matrix = transform_to(fitted, Lines(), folder / "matrix")
print(path.stat().st_size, peak[0] - before, matrix.shape[0], fitted.idf_.sum())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell a process its memory")
def test_a_file_larger_than_the_memory_that_it_takes(tmp_path: Path) -> None:
    words = [f"{a}{b}{c}" for a in "가나다라마바사" for b in "강산들말글" for c in "은는이가도만을"]
    lines = [" ".join(words[(i * 7 + k * k * (i % 11 + 1)) % len(words)] for k in range(40)) for i in range(2500)]
    (tmp_path / "piece.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    run = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True)
    size, peak, n_docs, idf = (float(value) for value in run.stdout.split())
    assert size > 95e6
    assert peak < size / 2
    assert n_docs == 100 * len(lines)
    assert idf == pytest.approx(malgil.TfidfVectorizer().fit(lines * 100).idf_.sum())
