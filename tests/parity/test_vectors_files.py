"""Files of vectors are byte for byte those of gensim and fastText, and both read what malgil writes."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from malgil import Vectors
from malgil.embeddings.fasttext_bin import read_model, write_model

UNKNOWN = ["모르는단어", "zzz", "가", "😀", "영화영화관"]


@pytest.fixture
def vectors() -> Vectors:
    random = np.random.default_rng(0)
    matrix = random.normal(size=(300, 9)) * 10.0 ** random.integers(-9, 6, size=(300, 1))
    matrix[:3, 0] = [1e-4, -0.0, 0.00390625]
    return Vectors([f"단어{n}" if n % 2 else f"wörd{n}" for n in range(300)], matrix, counts=np.arange(300, 0, -1))


@pytest.mark.parametrize(("name", "is_binary"), [("a.txt", False), ("a.w2v", True)])
def test_word2vec_files_are_those_of_gensim(vectors: Vectors, tmp_path: Path, name: str, is_binary: bool) -> None:
    models = pytest.importorskip("gensim.models")
    vectors.write(tmp_path / name)
    vectors.to_gensim().save_word2vec_format(tmp_path / "theirs", binary=is_binary)
    assert (tmp_path / name).read_bytes() == (tmp_path / "theirs").read_bytes()
    theirs = models.KeyedVectors.load_word2vec_format(tmp_path / name, binary=is_binary)
    assert theirs.index_to_key == list(vectors.keys)
    assert np.array_equal(theirs.vectors, vectors.matrix)


def test_gensim_takes_and_gives_vectors(vectors: Vectors) -> None:
    pytest.importorskip("gensim")
    keyed = vectors.to_gensim()
    again = Vectors.from_gensim(keyed)
    assert again.keys == vectors.keys
    assert np.array_equal(again.matrix, vectors.matrix)
    assert np.array_equal(np.asarray(again.counts), np.asarray(vectors.counts))
    for word in ("단어1", "wörd4"):
        theirs = keyed.most_similar(word, topn=5)
        assert [near.word for near in vectors.nearest(word, 5)] == [name for name, _ in theirs]
        np.testing.assert_allclose([n.score for n in vectors.nearest(word, 5)], [c for _, c in theirs], atol=1e-5)
    theirs = keyed.most_similar(positive=["단어3", "단어5"], negative=["단어1"], topn=3)
    assert [near.word for near in vectors.analogy("단어1", "단어3", "단어5", 3)] == [name for name, _ in theirs]
    assert vectors.odd_one_out(["단어1", "단어3", "wörd8"]) == keyed.doesnt_match(["단어1", "단어3", "wörd8"])


def test_texts_of_fasttext_and_glove_are_spelled_as_c_spells_them(vectors: Vectors, tmp_path: Path) -> None:
    vectors.write(tmp_path / "a.vec")
    vectors.write(tmp_path / "a.glove")
    rows = list(zip(vectors.keys, vectors.matrix.astype(float).tolist(), strict=True))
    vec = "".join(f"{word} " + "".join("%.5g " % x for x in row) + "\n" for word, row in rows)  # noqa: UP031 (C's own)
    assert (tmp_path / "a.vec").read_text("utf-8") == "300 9\n" + vec
    glove = "".join(word + "".join(" %f" % x for x in row) + "\n" for word, row in rows)  # noqa: UP031
    assert (tmp_path / "a.glove").read_text("utf-8") == glove
    np.testing.assert_allclose(Vectors.read(tmp_path / "a.vec").matrix, vectors.matrix, rtol=1e-4)


def train(folder: Path, **settings: Any) -> Any:
    """Train a tiny model of fastText, which now and then fails by chance on few texts."""
    fasttext = pytest.importorskip("fasttext")
    drawing = random.Random(0)
    syllables = "가나다라마바사아자차카타파하강산바람영화"
    made = ["".join(drawing.choices(syllables, k=drawing.randint(1, 3))) for _ in range(80)]
    lines = [" ".join(drawing.choices([*made, "영화", "재미", "the", "film"], k=8)) for _ in range(2000)]
    (folder / "corpus.txt").write_text("\n".join(lines), encoding="utf-8")
    for _ in range(20):
        try:
            path = str(folder / "corpus.txt")
            model = fasttext.train_unsupervised(path, dim=10, epoch=1, thread=1, verbose=0, **settings)
        except RuntimeError:
            continue
        if np.abs(model.get_input_matrix()).max() < 1e3:  # some builds read memory that nothing was written to
            return model
    pytest.skip("this build of fastText trains nothing here")


@pytest.mark.parametrize(("low", "high", "kind"), [(2, 4, "skipgram"), (1, 3, "cbow"), (0, 0, "skipgram")])
def test_models_of_fasttext_are_read_and_written(tmp_path: Path, low: int, high: int, kind: str) -> None:
    fasttext = pytest.importorskip("fasttext")
    model = train(tmp_path, minn=low, maxn=high, model=kind, bucket=3000)
    path = tmp_path / "a.bin"
    model.save_model(str(path))
    vectors = Vectors.read(path)
    assert list(vectors.keys) == model.get_words()
    assert np.array_equal(vectors.matrix, [model.get_word_vector(word) for word in vectors.keys])
    for word in UNKNOWN if high else []:
        np.testing.assert_allclose(vectors[word], model.get_word_vector(word), atol=1e-7)
    settings, keys, counts, inputs, outputs = read_model(path)
    write_model(tmp_path / "same.bin", keys, counts, [inputs], outputs, settings)
    assert (tmp_path / "same.bin").read_bytes() == path.read_bytes()
    vectors.write(tmp_path / "back.bin")
    again = fasttext.load_model(str(tmp_path / "back.bin"))
    for word in [*list(vectors.keys)[:50], *(UNKNOWN if high else [])]:
        np.testing.assert_allclose(again.get_word_vector(word), model.get_word_vector(word), atol=1e-6)


def test_ngrams_come_over_from_gensim(tmp_path: Path) -> None:
    loading = pytest.importorskip("gensim.models.fasttext")
    train(tmp_path, minn=2, maxn=3, bucket=500).save_model(str(tmp_path / "a.bin"))
    theirs = loading.load_facebook_vectors(tmp_path / "a.bin")
    vectors = Vectors.from_gensim(theirs)
    np.testing.assert_allclose(vectors["모르는단어"], theirs["모르는단어"], atol=1e-6)
