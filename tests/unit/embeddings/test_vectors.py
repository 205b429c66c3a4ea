"""A set of vectors: asking, saving, changing numbers."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from malgil import Vectors
from malgil.embeddings import Subwords, measure_loss
from malgil.embeddings.subwords import spell_jamo
from malgil.errors import ArtefactError, DataError, ParameterError, StorageError, TermNotFoundError

WORDS = ["왕", "여왕", "남자", "여자", "책", "영화"]
MATRIX = np.array(
    [[1, 0, 0.1, 0], [1, 1, 0.1, 0], [0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1], [0.1, 0, 0, 0.9]], np.float32
)


@pytest.fixture
def vectors() -> Vectors:
    return Vectors(WORDS, MATRIX, counts=[6, 5, 4, 3, 2, 1], meta={"method": "손으로"})


def test_words_are_looked_up(vectors: Vectors) -> None:
    assert vectors["여왕"].tolist() == MATRIX[1].tolist()
    assert vectors["여왕"].dtype == np.float32
    assert vectors[["책", "왕"]].tolist() == MATRIX[[4, 0]].tolist()
    assert vectors[[]].shape == (0, 4)
    assert "여왕" in vectors
    assert unicodedata.normalize("NFD", "여왕") in vectors
    assert "여" not in vectors
    assert 3 not in vectors
    assert (len(vectors), vectors.dim) == (6, 4)
    assert list(vectors.keys) == WORDS == vectors.keys
    assert vectors.keys[:2] == ["왕", "여왕"]
    assert vectors.keys[-1] == "영화"


def test_what_is_looked_up_is_a_copy(vectors: Vectors) -> None:
    vectors["왕"][:] = 7
    assert vectors["왕"].tolist() == MATRIX[0].tolist()


def test_near_words_come_first(vectors: Vectors) -> None:
    assert vectors.nearest("책", 1)[0].word == "영화"
    assert [near.word for near in vectors.nearest([0, 0, 0, 2.0], 2)] == ["책", "영화"]
    assert len(vectors.nearest("책", 99)) == 5
    assert vectors.similarity("책", "책") == pytest.approx(1.0)


def test_equal_words_stand_by_place() -> None:
    same = Vectors(list("나가다라"), np.ones((4, 3)))
    assert [near.word for near in same.nearest("가", 9)] == ["나", "다", "라"]
    assert [near.word for near in same.nearest("가", 1)] == ["나"]


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_an_analogy(vectors: Vectors, method: str) -> None:
    assert vectors.analogy("남자", "왕", "여자", 1, method=method)[0].word == "여왕"  # type: ignore[arg-type]


def test_the_odd_one_out(vectors: Vectors) -> None:
    assert vectors.odd_one_out(["왕", "여왕", "책"]) == "책"


def test_a_vector_without_length_is_like_nothing() -> None:
    vectors = Vectors(["빈", "꽉", "찬"], [[0, 0], [1, 0], [1, 1]])
    assert vectors.similarity("빈", "꽉") == 0.0
    assert [near.score for near in vectors.nearest("빈", 2)] == [0.0, 0.0]
    assert vectors.normalized()["빈"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("word", "near"),
    [("여황", "여왕"), ("영하", "영화"), ("ㅇㅕㅇ화", "영화"), ("dudghk", ""), ("", ""), ("\ud800", "")],
)
def test_an_unknown_word_is_told_with_near_spellings(vectors: Vectors, word: str, near: str) -> None:
    with pytest.raises(TermNotFoundError) as caught:
        vectors[word]
    assert near in str(caught.value)
    assert ("Near spellings" in str(caught.value)) == bool(near)
    with pytest.raises(KeyError):
        vectors.nearest(word)


@pytest.mark.parametrize(
    "ask",
    [
        lambda v: v.nearest("왕", 0),
        lambda v: v.nearest("왕", 1.5),
        lambda v: v.nearest([1.0, 2.0]),
        lambda v: v.nearest([1.0, 2.0, 3.0, np.nan]),
        lambda v: v.nearest(None),
        lambda v: v.analogy("왕", "책", "영화", method="3cosdiv"),
        lambda v: v.odd_one_out(["왕", "책"]),
        lambda v: v.odd_one_out("왕여왕"),
        lambda v: v[7],
    ],
)
def test_a_wrong_question_is_refused(vectors: Vectors, ask: object) -> None:
    with pytest.raises(ParameterError):
        ask(vectors)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("keys", "matrix", "kind"),
    [
        (["가", "가"], np.ones((2, 2)), DataError),
        (["가", "나"], [[1.0, np.nan], [0, 0]], DataError),
        (["가", "나"], [[1e39, 1], [0, 0]], DataError),
        (["가"], np.ones((2, 2)), ParameterError),
        (["가", 3], np.ones((2, 2)), ParameterError),
        ([None], np.ones((1, 2)), ParameterError),
        (pa.array(["가", None]), np.ones((2, 2)), ParameterError),
        (["가"], np.ones(2), ParameterError),
        (["가"], np.ones((1, 0)), ParameterError),
        (["가"], [["x"]], ParameterError),
        (["가", "나"], [[1], [1, 2]], ParameterError),
    ],
)
def test_vectors_that_are_none_are_refused(keys: object, matrix: object, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        Vectors(keys, matrix)  # type: ignore[arg-type]


def test_no_words_at_all() -> None:
    empty = Vectors([], np.zeros((0, 3)))
    assert empty.nearest([1, 0, 0]) == []
    with pytest.raises(TermNotFoundError):
        empty["가"]


def test_saved_is_opened(vectors: Vectors, tmp_path: Path) -> None:
    vectors.save(tmp_path / "v")
    opened = Vectors.open(tmp_path / "v")
    assert opened.keys == vectors.keys
    assert opened.matrix.tolist() == vectors.matrix.tolist()
    assert np.asarray(opened.counts).tolist() == [6, 5, 4, 3, 2, 1]
    assert opened.meta == {"method": "손으로"}
    assert opened.nearest("왕") == vectors.nearest("왕")
    assert not opened.matrix.flags.owndata
    before = {path.name: path.read_bytes() for path in (tmp_path / "v").iterdir()}
    opened.save(tmp_path / "v")
    assert {path.name: path.read_bytes() for path in (tmp_path / "v").iterdir()} == before


def test_every_flipped_byte_is_found(vectors: Vectors, tmp_path: Path) -> None:
    vectors.save(tmp_path / "v")
    for path in sorted((tmp_path / "v").iterdir()):
        content = path.read_bytes()
        for at in range(0, len(content), max(1, len(content) // 7)):
            path.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
            with pytest.raises(ArtefactError):
                Vectors.open(tmp_path / "v")
        path.write_bytes(content)
    assert Vectors.open(tmp_path / "v").keys == WORDS


def test_parts_that_do_not_fit_are_refused_without_checksums(vectors: Vectors, tmp_path: Path) -> None:
    vectors.save(tmp_path / "v")
    (order,) = (tmp_path / "v").glob("order-*")
    np.save(order, np.array([9, 1, 2, 3, 4, 5], np.int32))
    with pytest.raises(ArtefactError, match="damaged"):
        Vectors.open(tmp_path / "v", verify=False)


def test_what_is_no_set_of_vectors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError):
        Vectors.open(tmp_path / "nothing")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError):
        Vectors(["가"], [[1.0]]).save(tmp_path / "file")


def test_smaller_numbers_and_what_they_lose(tmp_path: Path) -> None:
    matrix = np.random.default_rng(0).normal(size=(500, 40))
    vectors = Vectors([f"말{n}" for n in range(500)], matrix)
    losses = []
    for name, made in {"float16": vectors.to_float16(), "int8": vectors.to_int8()}.items():
        made.save(tmp_path / name)
        opened = Vectors.open(tmp_path / name)
        assert opened.matrix.dtype == name
        assert opened["말3"].dtype == np.float32
        assert opened.nearest("말3", 5) == made.nearest("말3", 5)
        losses.append(measure_loss(vectors, opened))
    half, quarter = losses
    assert 0 < half.cosine_error < quarter.cosine_error < 0.01
    assert quarter.kept_ratio < half.kept_ratio <= 1.0
    assert quarter.kept_ratio > 0.8
    assert measure_loss(vectors, vectors) == (0.0, 0.0, 1.0)
    with pytest.raises(DataError):
        Vectors(["큰"], [[1e6]]).to_float16()


def test_unknown_words_are_answered_by_their_ngrams(tmp_path: Path) -> None:
    buckets = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    vectors = Vectors(WORDS, MATRIX, subwords=Subwords(buckets, 2, 3, "jamo"))
    vectors.save(tmp_path / "v")
    opened = Vectors.open(tmp_path / "v")
    assert "여왕님" not in opened
    assert opened["여왕님"].tolist() == vectors["여왕님"].tolist() != MATRIX[1].tolist()
    assert len(opened.nearest("여왕님", 3)) == 3
    assert opened.similarity("여왕님", "왕") == vectors.similarity("왕", "여왕님")
    with pytest.raises(ParameterError):
        Vectors(WORDS, MATRIX, subwords=Subwords(np.ones((5, 3), np.float32)))


def test_syllables_are_spelled_in_three_letters() -> None:
    assert spell_jamo("나무 값 a") == "ㄴㅏ∅ㅁㅜ∅ ㄱㅏㅄ a"


def test_a_graph_finds_the_same_words() -> None:
    pytest.importorskip("usearch")
    vectors = Vectors([f"말{n}" for n in range(300)], np.random.default_rng(0).normal(size=(300, 8)))
    for asked in ("말3", vectors["말3"] + 1):
        near, exact = vectors.nearest(asked, 5, approximate=True), vectors.nearest(asked, 5)
        assert [one.word for one in near] == [one.word for one in exact]
        np.testing.assert_allclose([one.score for one in near], [one.score for one in exact])
    with pytest.raises(ParameterError):
        vectors.nearest("말3", 0, approximate=True)


def test_saved_ngrams_of_another_length_are_refused(vectors: Vectors, tmp_path: Path) -> None:
    vectors.subwords = Subwords(np.ones((18, 2), np.float32), 1, 2)  # as no set of vectors can be made
    vectors.save(tmp_path / "v")
    with pytest.raises(ArtefactError, match="damaged"):
        Vectors.open(tmp_path / "v")
