"""Classifiers that go on from language models."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from malgil import RecurrentLM, SequenceClassifier
from malgil.errors import ArtefactError, NotFittedError, ParameterError
from malgil.ragged import Ragged
from malgil.tasks.fingerprints import count_known, fingerprints
from malgil.tasks.grown_network import turned_rows
from malgil.tokenizers import tokenizer

GOOD, BAD = (
    ["정말 재밌다", "너무 재밌어요 👍", "꿀잼 ㅋㅋ 최고다"],
    ["정말 지루하다", "너무 지루해요", "노잼 ㅠㅠ 별로다"],
)
TEXTS = (GOOD + BAD) * 8
LABELS = (["긍정"] * 3 + ["부정"] * 3) * 8
SMALL: dict[str, Any] = {"embedding_size": 8, "hidden_size": 12, "min_count": 1, "verbose": False, "device": "cpu"}
FINE: dict[str, Any] = {"epochs": 9, "batch_size": 8, "learning_rate": 0.02, "verbose": False, "validation": 0.0}


def _lm(**given: Any) -> RecurrentLM:
    return RecurrentLM(**SMALL | {"epochs": 3, "batch_size": 4, "validation": 0.0, "dropout": 0.1} | given).fit(TEXTS)


@pytest.fixture(scope="module")
def forward() -> RecurrentLM:
    return _lm(num_layers=2, weight_drop=0.1, word_dropout=0.1)


@pytest.fixture(scope="module")
def backward() -> RecurrentLM:
    return _lm(direction="backward", encoder="gru", hidden_size=9)


def test_it_begins_with_the_weights_of_the_language_model(forward: RecurrentLM) -> None:
    model = SequenceClassifier(pretrained=forward, unfreeze=99, **FINE | {"epochs": 20}).fit(TEXTS, LABELS)
    arm = model.network_.front
    for name in ("embedding", "encoder"):
        wanted = getattr(forward.network_, name).state_dict()
        assert all(torch.equal(found, wanted[key]) for key, found in getattr(arm, name).state_dict().items())
    assert model.score(TEXTS, LABELS) > 0.9  # the head alone has learned


def test_it_reads_what_the_language_model_read(forward: RecurrentLM) -> None:
    model = SequenceClassifier(pretrained=forward, **FINE | {"epochs": 1}).fit(TEXTS, LABELS)
    text = "정말 꿀잼 처음"
    read = model.reader_.read([text])
    tokens = forward._tokenizer.tokenize([text])
    numbers = forward.words_.numbers(tokens.forms)[tokens.ids]
    assert read.words is not None and read.words.tolist() == [2, *(numbers + 1).tolist()]
    assert model.reader_.tokens_of(text) == ["<s>", "정말", "꿀잼", "처음"]


def test_both_directions(forward: RecurrentLM, backward: RecurrentLM, tmp_path: Path) -> None:
    model = SequenceClassifier(pretrained=[forward, backward], schedule="slanted", **FINE).fit(TEXTS, LABELS)
    assert model.score(TEXTS, LABELS) == 1
    chances = model.predict_proba([*GOOD, ""])
    np.testing.assert_allclose(chances.sum(1), 1)
    each = []
    for arm in model.network_.arms:
        with torch.no_grad():
            keep = torch.tensor([[True, True, True]])
            words = torch.from_numpy(model.reader_.read(GOOD[:1]).words.astype(np.int64))[None]  # type: ignore[union-attr]
            each.append(arm.scores({"words": words, "keep": keep}).softmax(1)[0].numpy())
    np.testing.assert_allclose(chances[0], np.mean(each, 0), atol=1e-5)
    model.save(tmp_path / "m")
    again = SequenceClassifier.open(tmp_path / "m")
    assert np.array_equal(again.predict_proba(GOOD), model.predict_proba(GOOD))
    assert again.explain("정말 재밌다").label.endswith(" 1/2")
    for _ in range(2):  # every time
        with pytest.raises(ParameterError, match="pretrained"):
            again.fit(TEXTS, LABELS)
    report = again.report([" ".join(GOOD[0]), "처음 보는 글", "처음 보는 글"], ["긍정", "긍정", "부정"])
    assert report["n_seen"] == 1  # spaces do not make another text
    assert np.array_equal(again.seen_, forward.seen_) and len(again.seen_) == 6
    assert again.ancestors_ == model.ancestors_ and again.ancestors_[1].is_backward
    assert again.trace("정말 재밌다").tokens[0] == "<s>"


def test_a_folder_gives_the_same_bits(forward: RecurrentLM, tmp_path: Path) -> None:
    forward.save(tmp_path / "lm")
    found = [
        SequenceClassifier(pretrained=given, **FINE | {"epochs": 2}).fit(TEXTS, LABELS).predict_proba(BAD)
        for given in (forward, tmp_path / "lm", str(tmp_path / "lm"))
    ]
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])


def test_explanations(forward: RecurrentLM, backward: RecurrentLM) -> None:
    for elder, first in ((forward, "2: 정말"), (backward, "2: 재밌다")):
        model = SequenceClassifier(pretrained=elder, **FINE).fit(TEXTS, LABELS)
        found = model.explain("정말 재밌다")
        assert found.value == pytest.approx(sum(term.value for term in found.terms))
        assert found.terms[2].label == first


def test_lists_of_tokens(forward: RecurrentLM) -> None:
    X = [text.split() for text in TEXTS]
    model = SequenceClassifier(pretrained=forward, **FINE | {"epochs": 15}).fit(X, LABELS)
    assert model.score(X, LABELS) > 0.9


def test_words_are_turned_around_behind_the_first() -> None:
    words = torch.tensor([[2, 5, 6, 7], [2, 8, 0, 0], [2, 0, 0, 0]])
    keep = torch.tensor([[True] * 4, [True, True, False, False], [True, False, False, False]])
    assert turned_rows(words, keep).tolist() == [[2, 7, 6, 5], [2, 8, 0, 0], [2, 0, 0, 0]]
    assert torch.equal(turned_rows(turned_rows(words, keep), keep), words)


def test_what_is_refused(forward: RecurrentLM, tmp_path: Path) -> None:
    for name, value in {"tokenizer": "word", "hidden_size": 7, "characters": "jamo", "encoder": "lstm"}.items():
        with pytest.raises(ParameterError, match=name):
            SequenceClassifier(pretrained=forward, **{name: value}).fit(TEXTS, LABELS)
    with pytest.raises(NotFittedError):
        SequenceClassifier(pretrained=RecurrentLM()).fit(TEXTS, LABELS)
    with pytest.raises(ArtefactError):
        SequenceClassifier(pretrained=tmp_path / "none").fit(TEXTS, LABELS)
    for bad in (3, [], [3]):
        with pytest.raises(ParameterError, match="pretrained"):
            SequenceClassifier(pretrained=bad).fit(TEXTS, LABELS)
    with pytest.raises(ParameterError, match="tokenizer"):
        SequenceClassifier(pretrained=[forward, _lm(tokenizer="word", epochs=1)]).fit(TEXTS, LABELS)
    with pytest.raises(ParameterError, match="words"):
        SequenceClassifier(pretrained=[forward, _lm(min_count=9, epochs=1)]).fit(TEXTS, LABELS)
    with pytest.raises(ParameterError, match="numbers"):
        SequenceClassifier(pretrained=forward).fit([np.ones((2, 3))] * 4, ["a", "b"] * 2)
    with pytest.raises(ParameterError):
        SequenceClassifier(pretrained=forward, **FINE | {"epochs": 1}).fit(TEXTS, LABELS).export(tmp_path / "m.onnx")


@pytest.mark.parametrize("encoder", ["rnn", "lstm", "gru", "mingru", "minlstm", "cnn", "mlp"])
def test_each_layer_learns_by_itself(encoder: str) -> None:
    elder = _lm(encoder=encoder, num_layers=2, epochs=1)
    model = SequenceClassifier(pretrained=elder, **FINE | {"epochs": 1}).fit(TEXTS, LABELS)
    layers = model.network_.layers()
    assert len(layers) == 4  # words, two layers, and what is new
    assert sum(map(len, layers)) == len(list(model.network_.parameters()))


def test_fingerprints() -> None:
    texts = ["정말 재밌다", unicodedata.normalize("NFD", "정말재밌다"), "ㅋㅋ 👍", "", "  "]
    known = fingerprints(texts)
    assert len(known) == 2 and known.dtype == np.uint64 and (np.diff(known.astype(object)) > 0).all()
    assert count_known([*texts, "다른 글"], known) == 3
    assert count_known([text.split() for text in texts], known) == 3
    tokens = tokenizer("whitespace").tokenize(texts)
    assert np.array_equal(fingerprints(tokens), known)
    assert len(fingerprints(Ragged(np.array([3, 1, 3], np.int32), np.array([0, 2, 3])))) == 2


def test_an_opened_classifier_learns_anew_with_its_language_model(forward: RecurrentLM, tmp_path: Path) -> None:
    SequenceClassifier(pretrained=forward, **FINE | {"epochs": 1}).fit(TEXTS, LABELS).save(tmp_path / "m")
    again = SequenceClassifier.open(tmp_path / "m").set_params(pretrained=forward)
    assert again.fit(TEXTS, LABELS).ancestors_ and again.fit(TEXTS, LABELS).ancestors_
