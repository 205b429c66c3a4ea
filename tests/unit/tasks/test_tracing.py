"""Any estimator is traced by one call, and its answer explained; the terms sum to the score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

from scipy.sparse import csr_array

from malgil.drawing import Trace, draw, explain_unit
from malgil.errors import NotFittedError, ParameterError
from malgil.tasks.captioner import Captioner
from malgil.tasks.classifier import SequenceClassifier
from malgil.tasks.contributions import TOLERANCE
from malgil.tasks.generator import Generator
from malgil.tasks.language_model import RecurrentLM
from malgil.tasks.regressor import SequenceRegressor
from malgil.tasks.tagger import SequenceTagger
from malgil.tasks.tracing import explain_model, trace_model
from malgil.tasks.transducer import SequenceTransducer
from malgil.tasks.translator import Translator
from malgil.tasks.vector_classifier import VectorClassifier
from malgil.tasks.vector_regressor import VectorRegressor

SMALL: dict[str, Any] = {"epochs": 1, "hidden_size": 4, "embedding_size": 3, "validation": 0, "batch_size": 4}
PAIRS = (["나는 간다", "너는 간다", "나는 온다"], ["I go", "you go", "I come"])


def translator(**more: Any) -> Translator:
    return Translator(**SMALL, max_length=5, beam=2, **more).fit(*PAIRS)


def check_explanation(model: Any, x: Any, trace: Trace) -> None:
    opened = explain_model(model, x)
    assert opened.wrong() == []
    terms = opened.terms
    assert [term.label.partition(": ")[2] for term in terms[1:-1]] == list(trace.tokens)
    difference = opened.value - terms[0].value
    assert abs(terms[-1].value) <= TOLERANCE * abs(difference) + 1e-5
    shared = trace_model(model, x, contributions=True).contributions
    assert shared is not None and np.allclose(shared, [term.value for term in terms[1:-1]])


@pytest.mark.parametrize("encoder", ["gru", "cnn"])
@pytest.mark.parametrize("copy", [False, True])
def test_a_translation(encoder: str, copy: bool) -> None:
    model = translator(encoder=encoder, copy=copy)
    trace = trace_model(model, "나는 모르는 간다")
    assert trace.shape == "unaligned" and len(trace.tokens) == 3
    assert trace.attention is not None and trace.attention.shape == (len(trace.outputs), 3)
    assert np.allclose(trace.attention.sum(axis=1), 1, atol=1e-5)
    check_explanation(model, "나는 모르는 간다", trace)
    top = trace.top
    assert top is not None and np.isclose(explain_unit(top, len(top.h) - 1, 2).value, top.h[-1, 2], atol=1e-5)
    assert draw(trace, lang="ko").width > 0


def test_the_words_so_far_and_what_comes_next() -> None:
    model = RecurrentLM(**SMALL, encoder="lstm", min_count=1).fit(["이 영화 좋다", "이 영화 별로"])
    trace = trace_model(model, "이 영화")
    assert trace.shape == "aligned" and trace.tokens == ("<s>", "이", "영화") and len(trace.outputs) == 3
    word, probability = model.next("이 영화", k=1)[0][:2]
    if trace.outputs[-1] == word:
        assert trace.probabilities is not None and trace.probabilities[-1] == pytest.approx(probability, rel=1e-4)
    check_explanation(model, "이 영화", trace)
    assert trace_model(model, "").tokens == ("<s>",)


def test_a_text_for_a_label_and_for_a_picture() -> None:
    generator = Generator(**SMALL, max_length=4, beam=1).fit(["긍정", "부정"], ["좋은 영화", "나쁜 영화"])
    trace = trace_model(generator, "긍정", contributions=True)
    assert trace.shape == "one_to_many" and trace.tokens == ("긍정",) and trace.contributions is None
    with pytest.raises(ParameterError, match="Generator"):
        explain_model(generator, "긍정")
    images = np.zeros((2, 8, 8, 3), np.uint8)
    captioner = Captioner(**SMALL, max_length=4, beam=1, channels=(2, 2)).fit(images, ["빨간 원", "파란 원"])
    trace = trace_model(captioner, images[0])
    assert trace.shape == "one_to_many" and trace.tokens == ("image",) and trace.fed[0] == "<s>"
    assert draw(trace).width > 0


def test_what_cannot_be_traced_is_said() -> None:
    with pytest.raises(ParameterError, match="int"):
        trace_model(3, "x")
    with pytest.raises(NotFittedError):
        trace_model(Translator(), "x")


READ: dict[str, Any] = {
    "epochs": 1,
    "hidden_size": 4,
    "embedding_size": 3,
    "validation": 0,
    "verbose": False,
    "min_count": 1,
}
TEXTS, LABELS = ["정말 좋은 영화", "아주 나쁜 영화", "좋은 노래", "나쁜 노래"], ["긍정", "부정", "긍정", "부정"]


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention", "concat"])
def test_a_classifier(pooling: str) -> None:
    model = SequenceClassifier(**READ, tokenizer="word", pooling=pooling, characters="jamo").fit(TEXTS, LABELS)
    trace = trace_model(model, "좋은 모르는 영화")
    assert trace.shape == "many_to_one" and trace.tokens == ("좋은", "모르는", "영화")
    assert trace.outputs == (model.predict(["좋은 모르는 영화"])[0],) and set(trace.classes) == {"긍정", "부정"}
    assert trace.class_probabilities is not None and trace.class_probabilities.sum() == pytest.approx(1)
    check_explanation(model, "좋은 모르는 영화", trace)
    assert draw(trace, lang="ko").width > 0


@pytest.mark.parametrize("encoder", ["mlp", "cnn", "rnn", "minlstm"])
def test_an_empty_text_is_traced(encoder: str) -> None:
    model = SequenceClassifier(**READ, tokenizer="word", encoder=encoder).fit(TEXTS, LABELS)
    trace = trace_model(model, "", contributions=True)
    assert trace.tokens == () and draw(trace).width > 0


def test_a_regressor_of_series() -> None:
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(n, 2)) for n in (3, 4, 5)]
    model = SequenceRegressor(**READ).fit(series, [1.0, 2.0, 3.0])
    trace = trace_model(model, series[1])
    assert trace.shape == "many_to_one" and len(trace.tokens) == 4 and trace.classes == ()
    assert float(trace.outputs[0]) == pytest.approx(float(model.predict([series[1]])[0]), rel=1e-3)
    check_explanation(model, series[1], trace)


@pytest.mark.parametrize("crf", [False, True])
def test_a_tagger(crf: bool) -> None:
    tokens, tags = [["나는", "간다"], ["너는", "왔다", "!"]], [["N", "V"], ["N", "V", "S"]]
    model = SequenceTagger(**READ, crf=crf).fit(tokens, tags)
    trace = trace_model(model, tokens[1])
    assert trace.shape == "aligned" and trace.tokens == ("너는", "왔다", "!")
    assert list(trace.outputs) == list(model.predict([tokens[1]])[0])
    assert (trace.probabilities is None) == crf
    check_explanation(model, tokens[1], trace)


def test_a_transducer() -> None:
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(n, 2)) for n in (3, 4, 5)]
    model = SequenceTransducer(**READ).fit(series, [one.cumsum(axis=0)[:, :1] for one in series])
    trace = trace_model(model, series[2])
    assert trace.shape == "aligned" and len(trace.outputs) == 5
    check_explanation(model, series[2], trace)


def test_a_vector() -> None:
    rng = np.random.default_rng(0)
    X = csr_array(rng.random((6, 2000)) * (rng.random((6, 2000)) < 0.01))
    small = {"epochs": 1, "hidden_size": 4, "validation": 0, "verbose": False}
    classifier = VectorClassifier(**small).fit(X, ["정치", "경제"] * 3)
    trace = trace_model(classifier, X[:1])
    assert trace.shape == "one_to_one" and trace.outputs == (classifier.predict(X[:1])[0],)
    assert trace.walks[0].kind == "input" and trace.walks[0].n_units == 2000
    assert len(draw(trace).to_svg()) < 200_000  # 2,000 numbers are drawn as at most 1,024 cells
    regressor = VectorRegressor(**small).fit(X.toarray(), np.arange(6.0))
    trace = trace_model(regressor, X.toarray()[2])
    assert float(trace.outputs[0]) == pytest.approx(float(regressor.predict(X.toarray()[2:3])[0]), rel=1e-3)
    with pytest.raises(ParameterError, match="VectorRegressor"):
        explain_model(regressor, X.toarray()[2])
