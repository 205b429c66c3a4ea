"""Word2Vec and FastText from outside: what they give, go on from, refuse and leave behind."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from malgil.embeddings import FastText, Vectors, Word2Vec, _word2vec_kernels
from malgil.embeddings.blocks import block_seeds, rates
from malgil.embeddings.preparing import prepare
from malgil.embeddings.subwords import SENTENCE_END, Subwords
from malgil.embeddings.team import march
from malgil.errors import ArtefactError, DataError, MalgilError, ParameterError
from malgil.ragged import Ragged
from malgil.store import open_artefact
from malgil.tokenizers import tokenizer
from tests.naive import embeddings_word2vec as naive

TEXTS = ["이 영화 정말 좋다 😀", "그 노래 정말 좋다", "이 영화 별로 ㅋㅋ", "the 영화 was 좋다", "감 나무 한 그루"] * 12
SMALL: dict[str, Any] = {"dim": 8, "min_count": 1, "epochs": 2, "sample": 0}
CHAR: dict[str, Any] = {**SMALL, "buckets": 500}


def _bytes(model: Any) -> bytes:
    return bytes(model.vectors_.matrix.tobytes())


def test_words_come_by_falling_count() -> None:
    corpus = prepare(["나 가 나", "다 가 나", "라"], tokenizer("whitespace"), min_count=2)
    assert corpus.words.to_pylist() == ["나", "가"]
    assert (corpus.counts.tolist(), corpus.n_tokens) == ([3, 2], 7)
    assert (corpus.ids.tolist(), corpus.indptr.tolist()) == ([0, 1, 0, 1, 0], [0, 3, 5, 5])


@pytest.mark.parametrize("name", ["whitespace", "word", "bigram"])
def test_texts_tokens_and_lists_are_prepared_alike(name: str) -> None:
    cut = tokenizer(name)
    import pyarrow as pa

    tokens = next(iter(cut.tokenize_blocks([pa.array(TEXTS, pa.large_string())], 1)))
    ways = [prepare(given, cut, min_count=3) for given in (TEXTS, pa.array(TEXTS), tokens)]
    assert len({way.ids.tobytes() + way.indptr.tobytes() + way.counts.tobytes() for way in ways}) == 1
    assert len({tuple(way.words.to_pylist()) for way in ways}) == 1


def test_the_vocabulary_has_a_limit_and_known_words_stay() -> None:
    cut = tokenizer("whitespace")
    corpus = prepare(["나 가 나", "다 가 나"], cut, max_vocab=2)
    assert corpus.words.to_pylist() == ["나", "가"]
    more = prepare(["다 라 라 나"], cut, min_count=2, known=corpus.words)
    assert more.words.to_pylist() == ["나", "가", "라"]
    assert (more.counts.tolist(), more.ids.tolist()) == ([1, 0, 2], [2, 2, 0])


def test_missing_texts_are_empty_ones() -> None:
    assert prepare(["가 나", None], tokenizer("whitespace")).indptr.tolist() == [0, 2, 2]


def test_numbers_can_be_words() -> None:
    model = Word2Vec(**SMALL).fit(Ragged(np.array([7, 3, 7, 3], np.int32), np.array([0, 2, 4])))
    assert list(model.vectors_.keys) == ["3", "7"]


@pytest.mark.parametrize("options", [{}, {"model": "cbow"}, {"hs": True, "negative": 0}])
@pytest.mark.parametrize("kind", [Word2Vec, FastText])
def test_words_that_meet_come_near(kind: Any, options: dict[str, Any]) -> None:
    texts = ["왕 성 말", "여왕 성 말", "비 강 둑", "눈 강 둑", "책 붓 종이"] * 60
    own = {"buckets": 500} if kind is FastText else {}
    model = kind(dim=16, min_count=1, epochs=30, alpha=0.1, sample=0, **own, **options).fit(texts)
    assert model.vectors_.similarity("왕", "여왕") > model.vectors_.similarity("왕", "눈") + 0.2
    assert model.losses_[-1] < model.losses_[0]


@pytest.mark.parametrize(("kind", "options"), [(Word2Vec, SMALL), (FastText, CHAR)])
def test_a_seed_decides_every_bit(kind: Any, options: dict[str, Any]) -> None:
    one, same, other = (kind(seed=seed, **options).fit(TEXTS) for seed in (1, 1, 2))
    assert _bytes(one) == _bytes(same) != _bytes(other)


def test_running_freely_learns_too() -> None:
    model = Word2Vec(deterministic=False, n_jobs=2, **(SMALL | {"epochs": 20, "alpha": 0.1})).fit(TEXTS)
    assert model.losses_[-1] < model.losses_[0]
    assert np.isfinite(model.vectors_.matrix).all()


def test_a_long_sentence_and_one_word_again_and_again_stay_finite() -> None:
    texts = ["ㅋㅋ " * 3000, "가 나 " * 700]
    assert np.isfinite(Word2Vec(alpha=0.5, **SMALL).fit(texts).vectors_.matrix).all()


def test_learning_goes_on_with_new_words() -> None:
    model = Word2Vec(**SMALL).fit(TEXTS)
    before = list(model.vectors_.keys)
    again = model.vectors_["영화"].copy()
    model.partial_fit(["새 영화 나왔다"] * 5)
    assert list(model.vectors_.keys) == [*before, "나왔다", "새"]
    assert 0 < np.abs(model.vectors_["영화"] - again).max() < 0.2
    assert model.vectors_.counts is not None
    assert model.vectors_.counts[before.index("영화")] == 36 + 5
    assert np.array_equal(model.vectors_["그루"], Word2Vec(**SMALL).fit(TEXTS).vectors_["그루"])  # did not occur


def test_ngrams_go_on_with_new_words() -> None:
    model = FastText(**CHAR).fit(TEXTS)
    kept = model._learned
    model.partial_fit(["새로운 영화 나왔다"] * 5)
    new = model._learned
    places = new.bags.old
    assert len(places) == kept.bags.n_rows
    assert np.array_equal(new.bags.used[places[: len(kept.bags.used)]], kept.bags.used)
    first = new.bags.rows[new.bags.borders[0] : new.bags.borders[1]]
    assert np.array_equal(first, places[kept.bags.rows[kept.bags.borders[0] : kept.bags.borders[1]]])


def test_vectors_to_begin_with() -> None:
    options = SMALL | {"alpha": 1e-9, "min_alpha": 0}
    given = Vectors(["영화", "없다"], np.arange(16, dtype=np.float32).reshape(2, 8))
    model = Word2Vec(initial=given, **options).fit(TEXTS)
    assert model.vectors_["영화"] == pytest.approx(np.arange(8), abs=1e-4)
    with pytest.raises(ParameterError, match="8 dimensions"):
        Word2Vec(initial=given, **(options | {"dim": 9})).fit(TEXTS)
    given.matrix[0, 0] = np.nan
    with pytest.raises(DataError, match="영화"):
        Word2Vec(initial=given, **options).fit(TEXTS)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "no word"),
        (["", "  "], "no word"),
        (["가", "나", "가"], "No sentence has two words"),
        (["가 나"], "min_count=5"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(texts: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Word2Vec(min_count=5 if "min_count=5" in message else 1).fit(texts)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dim", 0), ("window", 0), ("window", 1.5), ("min_count", 0), ("epochs", 0), ("negative", 0), ("alpha", -0.1),
        ("alpha", float("nan")), ("alpha", 0), ("min_alpha", -1), ("min_alpha", 1.0), ("sample", -1), ("seed", -1),
        ("max_vocab", 0), ("model", "skip"), ("n_jobs", 0), ("units", "letter"), ("min_n", 0), ("min_n", 7),
        ("buckets", 0),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_refused(name: str, value: object) -> None:
    with pytest.raises(ParameterError) as caught:
        FastText(**(CHAR | {name: value})).fit(TEXTS)
    assert str(value) in str(caught.value)
    assert caught.value.sentence("ko")


@pytest.mark.parametrize("units", ["char", "jamo"])
@pytest.mark.parametrize("sizes", [(3, 6), (1, 2), (2, 2)])
def test_buckets_of_a_corpus_are_those_of_a_word(units: Any, sizes: tuple[int, int]) -> None:
    words = ["감동", "나무", "값", "ㅋㅋ", "the", "😀", "a", "각", SENTENCE_END]
    import pyarrow as pa

    model = FastText(units=units, min_n=sizes[0], max_n=sizes[1], buckets=997)
    hashed, borders = model._hashed(pa.array(words, pa.large_string()))
    table = Subwords(np.zeros((997, 1), np.float32), *sizes, units)
    for place, word in enumerate(words):
        assert hashed[borders[place] : borders[place + 1]].tolist() == table.ids(word).tolist()


def test_mean_rows_beside_its_twin() -> None:
    from malgil.embeddings._subword_kernels import mean_rows

    rows = np.random.default_rng(0).normal(size=(7, 8)).astype(np.float32)
    groups = [[0], [6, 6, 1], [2, 3, 4, 5, 0]]
    members, borders = np.concatenate(groups).astype(np.int32), np.array([0, 1, 4, 9])
    means = np.empty((3, 5), np.float32)
    mean_rows(rows, members, borders, means)
    assert means == pytest.approx(np.array(naive.mean_rows(rows, groups, 5)), rel=1e-6)


def test_bucket_ngrams_beside_its_twin() -> None:
    from malgil.embeddings._subword_kernels import bucket_ngrams

    words = ["<감동>", "<a>", "<ㅋㅋ😀>", ""]
    raw = [word.encode() for word in words]
    offsets, data = np.cumsum([0, *map(len, raw)]), np.frombuffer(b"".join(raw), np.uint8)
    for sizes in ((1, 3), (3, 6)):
        wanted = naive.bucket_ngrams(words, sizes, 101)
        borders, buckets = np.empty(5, np.int64), np.empty(sum(map(len, wanted)), np.int32)
        bucket_ngrams(offsets, data, sizes, 101, borders, buckets)
        assert [buckets[a:b].tolist() for a, b in pairwise(borders)] == wanted


def test_unknown_words_are_answered_by_their_ngrams() -> None:
    model = FastText(units="jamo", **CHAR).fit(TEXTS)
    assert "영화관" not in model.vectors_.keys
    assert model.vectors_["영화관"].shape == (8,)
    own = model._learned.weights[0][: len(model._learned.bags.used), :8]
    assert np.array_equal(model.vectors_.subwords.buckets[model._learned.bags.used], own)  # type: ignore[union-attr]


class _Broken(Exception):
    pass


class _Breaks:
    """Progress that breaks off after some rounds."""

    def __init__(self, after: int) -> None:
        self.left = after

    def start(self, stage: str, total: int | None) -> None:
        assert stage == "embeddings.words"

    def advance(self, n: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise _Broken

    def done(self) -> None:
        pass


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("error", [_Broken, KeyboardInterrupt])
def test_what_was_broken_off_goes_on_to_the_same_bits(
    tmp_path: Path, n_jobs: int, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("malgil.embeddings.checkpoints._SECONDS", 0.0)
    monkeypatch.setattr("malgil.embeddings.training._AT_ONCE", 1)
    monkeypatch.setattr("tests.unit.embeddings.test_word2vec._Broken", error)
    together: list[int] = []  # calls of the kernel in which several workers meet
    learn_rounds = _word2vec_kernels.learn_rounds
    monkeypatch.setattr(_word2vec_kernels, "learn_rounds", lambda *args: [learn_rounds(*args), together.append(1)][0])
    corpus = Ragged(np.random.default_rng(0).integers(0, 700, 9000, np.int32), np.arange(0, 9001, 9))
    options = SMALL | {"epochs": 3, "n_jobs": n_jobs}
    whole = Word2Vec(**options).fit(corpus)
    with pytest.raises(error):
        Word2Vec(**options).fit(corpus, checkpoint=tmp_path / "가", progress=_Breaks(5))
    kept = open_artefact(tmp_path / "가", "training_checkpoint", verify=True)
    assert kept.meta["epoch"] * 100 + kept.meta["round"] > 0
    again = Word2Vec(**options).fit(corpus, checkpoint=tmp_path / "가")
    assert bool(together) == (n_jobs > 1)
    assert _bytes(again) == _bytes(whole)
    assert again.losses_ == whole.losses_


_KILLED = """
import os, signal, sys
from malgil.embeddings import Word2Vec, checkpoints
checkpoints._SECONDS = 0.0
class Kill:
    n = 0
    def start(self, stage, total): pass
    def done(self): pass
    def advance(self, n):
        self.n += 1
        if self.n > 6: os.kill(os.getpid(), signal.SIGKILL)
texts = ["이 영화 정말 좋다", "그 노래 별로 ㅋㅋ"] * 40
Word2Vec(dim=8, min_count=1, epochs=3, sample=0).fit(texts, checkpoint=sys.argv[1], progress=Kill())
"""


def test_a_killed_process_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    texts = ["이 영화 정말 좋다", "그 노래 별로 ㅋㅋ"] * 40
    done = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path / "c")], check=False)
    assert done.returncode == -9
    options = SMALL | {"epochs": 3}
    assert _bytes(Word2Vec(**options).fit(texts, checkpoint=tmp_path / "c")) == _bytes(Word2Vec(**options).fit(texts))


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    Word2Vec(**SMALL).fit(TEXTS, checkpoint=tmp_path)
    for model, texts in ((Word2Vec(**SMALL, seed=1), TEXTS), (Word2Vec(**SMALL), TEXTS[1:])):
        with pytest.raises(ParameterError, match="other texts or settings"):
            model.fit(texts, checkpoint=tmp_path)
    part = next(tmp_path.glob("inputs*"))
    raw = bytearray(part.read_bytes())
    raw[-1] ^= 1
    part.write_bytes(raw)
    with pytest.raises(ArtefactError):
        Word2Vec(**SMALL).fit(TEXTS, checkpoint=tmp_path)


def test_workers_stop_when_one_fails() -> None:
    def work(worker: int, check: Any) -> None:
        for number in range(1000):
            if worker == 1 and number == 5:
                raise ValueError("여기까지")
            check()
            time.sleep(0.001)

    with pytest.raises(ValueError, match="여기까지"):
        march(work, 3)


def test_rates_fall_in_a_line_and_seeds_differ() -> None:
    assert rates(2, 2, 0.4, 0.0).ravel() == pytest.approx([0.4, 0.3, 0.2, 0.1])
    seeds = np.concatenate([block_seeds(s, e, np.arange(5)) for s in range(5) for e in range(5)])
    assert len(set(seeds.tolist())) == 125 and seeds[7] == block_seeds(0, 1, np.array([2]))[0]


def test_every_error_is_malgils() -> None:
    with pytest.raises(MalgilError):
        Word2Vec().fit("한 문장")


def test_free_workers_stop_when_one_fails() -> None:
    class Interrupted:
        told = 0

        def start(self, key: str, total: int | None = None) -> None: ...

        def advance(self, n: int) -> None:
            self.told += 1
            if self.told == 3:
                raise KeyboardInterrupt

        def done(self) -> None: ...

    watch: Any = Interrupted()
    model = Word2Vec(deterministic=False, n_jobs=2, **(SMALL | {"epochs": 5000}))
    with pytest.raises(KeyboardInterrupt):
        model.fit(TEXTS, progress=watch)
    assert watch.told < 1000


def test_workers_stop_when_no_more_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[threading.Thread] = []
    start = threading.Thread.start

    def start_two(thread: threading.Thread) -> None:
        if len(begun) == 2:
            raise RuntimeError("더는 없음")
        begun.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_two)
    with pytest.raises(RuntimeError, match="더는 없음"):
        march(lambda worker, check: check(), 4)
    for thread in begun:
        thread.join(10)
        assert not thread.is_alive()


def test_running_freely_keeps_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="deterministic"):
        Word2Vec(deterministic=False, **SMALL).fit(TEXTS, checkpoint=tmp_path / "c")


@pytest.mark.parametrize(("name", "value"), [("buckets", 100), ("units", "jamo"), ("max_n", 4), ("hs", True)])
def test_rows_that_would_stand_for_something_else_are_not_learned_on(name: str, value: Any) -> None:
    model = FastText(**CHAR).fit(TEXTS)
    setattr(model, name, value)
    with pytest.raises(ParameterError, match=name):
        model.partial_fit(TEXTS)


def test_a_tiny_rate_is_no_error() -> None:
    assert len(Word2Vec(**(SMALL | {"alpha": 1e-170, "min_alpha": 0.0})).fit(TEXTS).vectors_) > 0
