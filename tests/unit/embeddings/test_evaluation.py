"""Judging vectors by word pairs and analogies, and drawing them."""

from __future__ import annotations

import gzip
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from malgil import Vectors
from malgil.eda.word_map import lay_out, write_map
from malgil.embeddings import Pair, Section, Subwords, evaluate_analogies, evaluate_similarity, project, read_test_set
from malgil.errors import DataError, MissingError, ParameterError

WORDS = ["왕", "여왕", "남자", "여자", "책", "fbi"]
MATRIX = np.array([[1, 0, 0.1, 0], [1, 1, 0.1, 0], [0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1], [0.1, 0, 0, 0.9]])


@pytest.fixture
def vectors() -> Vectors:
    return Vectors(WORDS, MATRIX)


def test_agreement_with_people(vectors: Vectors) -> None:
    cosines = [("왕", "여왕"), ("왕", "책"), ("책", "FBI"), ("남자", "여자")]
    pairs = [Pair(a, b, vectors.similarity(a, b.lower()) * 3) for a, b in cosines]
    found = evaluate_similarity(vectors, [*pairs, ("왕", "없는말", 1.0)])
    assert found.spearman == pytest.approx(1.0)
    assert (found.n_covered, found.n_pairs, found.covered_ratio) == (4, 5, 0.8)
    turned = evaluate_similarity(vectors, [(a, b, -score) for a, b, score in pairs])
    assert turned.spearman == pytest.approx(-1.0)
    assert turned.low == pytest.approx(-1.0)


def test_the_interval_is_drawn_by_its_seed() -> None:
    random = np.random.default_rng(0)
    vectors = Vectors([f"말{n}" for n in range(60)], random.normal(size=(60, 3)))
    pairs = [
        (f"말{n}", f"말{n + 30}", vectors.similarity(f"말{n}", f"말{n + 30}") + random.normal()) for n in range(30)
    ]
    one, two = evaluate_similarity(vectors, pairs), evaluate_similarity(vectors, pairs, seed=1)
    assert one == evaluate_similarity(vectors, pairs)
    assert (one.low, one.high) != (two.low, two.high)
    assert one.low < one.spearman < one.high
    assert one.spearman == two.spearman


def test_too_few_pairs_say_nothing(vectors: Vectors) -> None:
    found = evaluate_similarity(vectors, [("왕", "책", 1.0), ("모름", "책", 1.0)])
    assert np.isnan(found.spearman)
    assert (found.n_covered, found.n_pairs) == (1, 2)
    assert evaluate_similarity(vectors, []).covered_ratio == 0.0


def test_ngrams_cover_unknown_words(vectors: Vectors) -> None:
    able = Vectors(WORDS, MATRIX, subwords=Subwords(np.eye(4, dtype=np.float32), 2, 3))
    pairs = [("왕", "처음보는말", 1.0), ("왕", "책", 2.0), ("책", "여자", 3.0)]
    assert evaluate_similarity(able, pairs).n_covered == 3
    assert evaluate_similarity(vectors, pairs).n_covered == 2


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_analogies_by_section(vectors: Vectors, method: str) -> None:
    good, bad = ("남자", "왕", "여자", "여왕"), ("남자", "왕", "여자", "책")
    sections = [Section("성별", [good, bad, ("남자", "왕", "여자", "몰라")]), Section("빈 곳", [])]
    first, second = evaluate_analogies(vectors, sections, method=method)
    assert first == ("성별", 1, 2, 3)
    assert first.accuracy == 0.5
    assert first.covered_ratio == pytest.approx(2 / 3)
    assert np.isnan(second.accuracy)
    with pytest.raises(ParameterError):
        evaluate_analogies(vectors, sections, method="4cos")


@pytest.mark.parametrize(
    "text", ["a,b,score\n왕,책,6.42\n", "왕\t책\t6.42", "# 머리\n왕 책 6.42\r\n", "\ufeff왕;책;6.42"]
)
def test_pairs_are_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").write_text(text, encoding="utf-8")
    assert read_test_set(tmp_path / "a") == [Pair("왕", "책", 6.42)]


def test_analogies_are_read(tmp_path: Path) -> None:
    text = ": 성별\n남자 왕 여자 여왕\n: 나라\nAthens Greece Oslo Norway\n"
    (tmp_path / "a").write_bytes(gzip.compress(text.encode()))
    found = read_test_set(tmp_path / "a")
    wanted = [
        Section("성별", [("남자", "왕", "여자", "여왕")]),
        Section("나라", [("Athens", "Greece", "Oslo", "Norway")]),
    ]
    assert found == wanted
    (tmp_path / "a").write_text("a b c d\n")
    assert read_test_set(tmp_path / "a") == [Section("", [("a", "b", "c", "d")])]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no word pairs"),
        (b"a,b,score\n", "no word pairs"),
        (b"a,b,1\nc,d\n", "line 2"),
        (b"a,b,1\nc,d,x\n", "line 2"),
        (b": x\na b c\n", "line 2"),
        (b"\xff\xfe", "UTF-8"),
        (b"\x1f\x8b\x00", "UTF-8"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_test_set(tmp_path / "a")
    with pytest.raises(MissingError):
        read_test_set(tmp_path / "b")


def test_the_plane_keeps_what_differs_most() -> None:
    turn = np.linspace(0, 1, 7)
    rows = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(7)]).astype(np.float32)
    places = project(rows)
    assert places.shape == (7, 2)
    centred = rows - rows.mean(axis=0)
    np.testing.assert_allclose(places @ places.T, centred @ centred.T, atol=1e-6)
    assert project(rows[:1]).tolist() == [[0, 0]]
    assert project(np.zeros((0, 3), np.float32)).shape == (0, 2)
    with pytest.raises(ParameterError):
        project(rows, "umap")


def test_neighbours_stay_neighbours() -> None:
    random = np.random.default_rng(0)
    rows = np.vstack([random.normal(5 * np.eye(4)[k], 0.1, (8, 4)) for k in range(2)]).astype(np.float32)
    places = project(rows, "tsne")
    assert places.tolist() == project(rows, "tsne").tolist()
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (apart.argmin(axis=1) // 8).tolist() == [0] * 8 + [1] * 8
    assert project(rows[:3], "tsne").shape == (3, 2)


def test_labels_do_not_cover_one_another() -> None:
    words = [f"낱말{n}" for n in range(120)] + ["😀"]
    labels = lay_out(words, np.random.default_rng(0).normal(size=(121, 2)))
    boxes = np.array([(t.left, t.baseline - 12, t.left + 30, t.baseline + 3) for t in labels if t.left == t.left])
    assert 60 < len(boxes) < 120
    assert labels[0].left == labels[0].left
    assert labels[-1].left != labels[-1].left
    for k, (left, top, right, bottom) in enumerate(boxes):
        others = np.delete(boxes, k, axis=0)
        covers = (others[:, 0] < right) & (others[:, 2] > left) & (others[:, 1] < bottom) & (others[:, 3] > top)
        assert not covers.any()


def test_maps_are_drawn(tmp_path: Path) -> None:
    words = ["왕", "<책>", "fish & chips"]
    for name in ("a.svg", "a.png"):
        assert write_map(tmp_path / name, words, np.array([[0, 0], [1, 1], [2, 0.5]])) == 3
        before = (tmp_path / name).read_bytes()
        write_map(tmp_path / name, words, np.array([[0, 0], [1, 1], [2, 0.5]]))
        assert (tmp_path / name).read_bytes() == before
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")] == words
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ParameterError):
        write_map(tmp_path / "a.jpg", words, np.zeros((3, 2)))
    assert write_map(tmp_path / "none.svg", [], np.zeros((0, 2))) == 0


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "kind", "n"),
    [
        ("ws353_ko.csv", Pair, 353),
        ("en_ws-353-all.tsv", Pair, 353),
        ("en_mturk-771.tsv", Pair, 771),
        ("analogy_ko.txt.gz", Section, 10_000),
        ("questions-words.txt.gz", Section, 19_544),
    ],
)
def test_published_sets_are_read_whole(data_dir: Path, name: str, kind: type, n: int) -> None:
    found = read_test_set(data_dir / "wordsim" / name)
    assert all(isinstance(row, kind) for row in found)
    assert sum(len(row.questions) if isinstance(row, Section) else 1 for row in found) == n
