"""The trace of any estimator, and its answer explained: how each one's input becomes a batch, and its answer words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from malgil.drawing import Trace
from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.ngram.sequence import BEGIN
from malgil.sequences.specials import BOS, EOS
from malgil.strings import string_array
from malgil.tasks.captioner import Captioner
from malgil.tasks.generator import Generator, keywords_of
from malgil.tasks.language_model import RecurrentLM
from malgil.tasks.network_tracing import Answer, Pick, Scores, share_out, trace_reading, trace_vector, trace_writing
from malgil.tasks.reading_examples import ReadExamples
from malgil.tasks.sequence_estimator import SequenceEstimator
from malgil.tasks.stream import SHIFT
from malgil.tasks.text_writer import TextWriter
from malgil.tasks.translator import Translator
from malgil.tasks.vector_estimator import VectorEstimator
from malgil.tasks.writing_examples import Sources
from malgil.training.examples import Batch


class Case(NamedTuple):
    """One input, answered.

    Parameters
    ----------
    network : nn.Module
        In evaluation.
    scores : callable
        How it answers.
    batch : dict of str to Tensor
        The input as one row.
    pick : callable, optional
        The score that stands behind the answer; None where no sequence is read.
    label : str
        Its name.
    trace : Trace
        What the network did.
    """

    network: nn.Module
    scores: Scores
    batch: Batch
    pick: Pick | None
    label: str
    trace: Trace


def trace_model(model: Any, x: Any, *, contributions: bool = False) -> Trace:
    """Run a fitted estimator on one input and keep everything it computed.

    Parameters
    ----------
    model : estimator
        One of `malgil.tasks`.
    x : str, list of str or ndarray
        One input, as the estimator's `predict` takes a list of them; for a language model the words so far.
    contributions : bool
        Whether to work out, too, what each step adds to the score of the answer, where a sequence is read.

    Returns
    -------
    Trace
        States, gates, attention and answers as arrays.

    Raises
    ------
    NotFittedError
        If the estimator has not learned yet.
    ParameterError
        If it is no network that can be traced.
    """
    case = _case(model, x)
    if not contributions or case.pick is None or not case.trace.tokens:
        return case.trace
    shared = share_out(case.network, case.scores, case.batch, case.pick)
    return replace(case.trace, contributions=shared.values)


def explain_model(model: Any, x: Any) -> Explanation:
    """Share the score of an estimator's answer out among the steps of its input.

    Parameters
    ----------
    model : estimator
        One of `malgil.tasks` that reads a sequence.
    x : str, list of str or ndarray
        One input.

    Returns
    -------
    Explanation
        By integrated gradients from an input of padding: of the class's logit or of the value; of a model that answers
        at each step, of the sum over steps; of a text that is written, of its log-probability.

    Raises
    ------
    NotFittedError
        If the estimator has not learned yet.
    ParameterError
        If it reads no sequence.
    """
    case = _case(model, x)
    if case.pick is None:
        raise ParameterError("drawing.no_trace", name=type(model).__name__)
    return share_out(case.network, case.scores, case.batch, case.pick).explain(case.trace.tokens, case.label)


def _case(model: Any, x: Any) -> Case:
    for kind, opener in _OPENERS.items():
        if isinstance(model, kind):
            return opener(model, x)
    raise ParameterError("drawing.no_trace", name=type(model).__name__)


def _reader(model: SequenceEstimator, x: Any) -> Case:
    network: Any = getattr(model._trained, "front", model._trained)  # says so where nothing was learned
    batch = _on_device(network, ReadExamples(model.reader_.read([x])).batch(np.array([0])))
    n_steps = int(batch["keep"].sum())
    tokens = model.reader_.tokens_of(x)[:n_steps]
    if getattr(network, "is_backward", False):
        tokens[1:] = tokens[:0:-1]
    with torch.no_grad():
        scores = network.scores(batch)[0]
    is_whole, is_class = network.pooling is not None, network.config.wanted == "classes"
    answer = _whole(model, [x]) if is_whole else _by_step(model, x, scores[:n_steps])
    name = f"{type(model).__name__} · {model.encoder.upper()}"
    trace = trace_reading(network, network.scores, batch, tokens, answer, name)
    if is_whole:
        number = int(scores.argmax()) if is_class else 0
        label = f"logit({answer.outputs[0]})" if is_class else "value"
        if (n_arms := len(getattr(model._trained, "arms", ()))) > 1:
            label += f" 1/{n_arms}"  # of the first arm alone
        return Case(network, network.scores, batch, lambda found: found[:, number], label, trace)
    wanted = network.answers(batch)[:, :n_steps, None] if is_class else None

    def pick(found: Tensor) -> Tensor:
        kept = found[:, :n_steps]
        return (kept if wanted is None else kept.gather(2, wanted.expand(len(kept), -1, -1))).sum(dim=(1, 2))

    return Case(network, network.scores, batch, pick, "Σ_t logit(y_t)" if is_class else "Σ_t value", trace)


def _whole(model: Any, X: Any) -> Answer:
    if not hasattr(model, "classes_"):
        return Answer((f"{float(model.predict(X)[0]):.4g}",))
    shares = np.asarray(model.predict_proba(X)[0], np.float64)
    return Answer((str(model.predict(X)[0]),), None, tuple(map(str, model.classes_)), shares)


def _by_step(model: Any, x: Any, scores: Tensor) -> Answer:
    answers = model.predict([x])[0][: len(scores)]
    if model._trained.config.wanted == "values":
        return Answer(tuple(" ".join(f"{v:.3g}" for v in np.atleast_1d(value)) for value in np.asarray(answers)))
    if model._trained.crf is not None:  # the scores of single steps are no probabilities there
        return Answer(tuple(map(str, answers)))
    return Answer(tuple(map(str, answers)), torch.softmax(scores, dim=1).amax(dim=1).double().cpu().numpy())


def _vector(model: VectorEstimator, x: Any) -> Case:
    network: Any = model._trained
    row = x.toarray() if hasattr(x, "toarray") else np.asarray(x, np.float32)
    row = row.reshape(1, -1)
    answer = _whole(model, row)
    vector = torch.from_numpy(row[0].astype(np.float32)).to(next(network.parameters()).device)
    trace = trace_vector(network.mlp, vector, answer, "vector", type(model).__name__)
    return Case(network, network.scores, {"vectors": vector[None]}, None, "", trace)


def _translator(model: Translator, x: Any) -> Case:
    model._trained  # noqa: B018  # says so where nothing was learned
    return _written(
        model, model._sources(model._inputs([x])), model.source_.split(x), f"Translator · {model.encoder.upper()}"
    )


def _captioner(model: Captioner, x: Any) -> Case:
    model._trained  # noqa: B018
    images = model._inputs(np.asarray(x)[None])
    return _written(model, model._sources(images), ("image" if images.ndim == 4 else "vector",), "Captioner")


def _generator(model: Generator, x: Any) -> Case:
    model._trained  # noqa: B018
    words = keywords_of(x)
    return _written(model, model._sources(model._inputs([x])), words, "Generator")


def _written(model: TextWriter, sources: Sources, tokens: Sequence[str], name: str) -> Case:
    network, row = model._trained, np.array([0])
    batch = _on_device(network, sources.batch(row))
    with torch.no_grad():
        found = network.write(batch, model._search())[0]
    extra = sources.extras[0]
    written = [(number, (*model.target_.forms([number], extra), "</s>")[0]) for number in found.tokens]
    written += [(EOS, "</s>")] * found.ended
    targets = torch.tensor([[number for number, _ in written]], device=batch[sources.name].device)
    inputs = torch.cat([torch.full_like(targets[:, :1], BOS), targets[:, :-1]], dim=1)

    def scores(rows: Batch) -> Tensor:
        n = len(rows[sources.name])
        state, memory = network.begin(rows)
        log_probs = network.decoder(inputs.expand(n, -1), state, memory).log_probs
        chosen: Tensor = log_probs.gather(2, targets[..., None].expand(n, -1, 1))[..., 0]
        return chosen

    trace = trace_writing(network, batch, tokens, written, name)
    pick = (lambda chosen: chosen.sum(dim=1)) if trace.shape == "unaligned" else None
    return Case(network, scores, batch, pick, "ln P(y)", trace)


def _language_model(model: RecurrentLM, x: Any) -> Case:
    """Take the words so far; above each stands the word that the model thinks comes next."""
    network = model._trained
    forms = model._tokenizer.split(x) if isinstance(x, str) else list(x)
    numbers = np.append(BEGIN, model.words_.numbers(string_array(forms))).astype(np.int64) + SHIFT
    batch = _on_device(network, {"inputs": torch.from_numpy(numbers)[None]})

    def scores(rows: Batch) -> Tensor:
        outputs, _ = network.read(rows["inputs"], torch.ones_like(rows["inputs"], dtype=torch.bool))
        return network.judge(outputs)  # type: ignore[no-any-return]

    with torch.no_grad():
        likely, places = scores(batch)[0].exp().max(dim=1)
    terms = model.words_.strings.to_pylist()
    answer = Answer(tuple(terms[place - SHIFT] for place in places.tolist()), likely.double().cpu().numpy())
    name = f"RecurrentLM · {model.encoder.upper()}"
    trace = trace_reading(network, scores, batch, ("<s>", *forms), answer, name)
    last = int(places[-1])
    return Case(network, scores, batch, lambda found: found[:, -1, last], f"ln P({answer.outputs[-1]})", trace)


def _on_device(network: nn.Module, batch: Batch) -> Batch:
    device = next(network.parameters()).device
    return {name: values.to(device) for name, values in batch.items()}


_OPENERS: dict[type, Callable[[Any, Any], Case]] = {
    SequenceEstimator: _reader,
    VectorEstimator: _vector,
    Translator: _translator,
    Captioner: _captioner,
    Generator: _generator,
    RecurrentLM: _language_model,
}
