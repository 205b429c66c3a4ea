"""Several models as one: each word's probabilities are added up, with weights that fit other texts best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.errors import ArtefactError, DataError, ParameterError
from malgil.explain import Explanation
from malgil.ngram.lm import NgramLM
from malgil.ngram.predicting import check_k, distribution
from malgil.ngram.saving import KIND as MODEL
from malgil.ngram.scoring import Perplexity, TokenScores, Total, as_tokens
from malgil.ngram.sequence import BEGIN, N_SPECIALS, SPECIALS, UNKNOWN
from malgil.store import Writer, open_artefact
from malgil.strings import string_array
from malgil.tokenizers.subwords import shown_params

Floats = NDArray[np.float64]
KIND = "ngram_mixture"
_LN10 = float(np.log(10.0))
_MOST_STEPS = 1000
_ENOUGH = 1e-9  # gain of a step, in nats a word, that is not worth another


class _Union(NamedTuple):
    """The words of all models.

    Parameters
    ----------
    strings : pa.LargeStringArray
        The three special words, then all others by their bytes.
    places : list of ndarray of int32
        For each model the number of each of its words in the union.
    n_strange : ndarray of int64, shape (n_models,)
        Words of the union that a model does not know.
    """

    strings: pa.LargeStringArray
    places: list[NDArray[np.int32]]
    n_strange: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MixtureLM:
    r"""Linear interpolation of n-gram models.

    Parameters
    ----------
    models : tuple of NgramLM
        At least one, trained; all cut texts alike.
    weights : ndarray of float64, shape (n_models,)
        Weight of each model; they sum to 1.
    log_probs : tuple of float
        How the weights were found: mean natural logarithm of a held-out token's probability, before the first step of
        EM and after each. Empty for weights that were given.

    Notes
    -----
    .. math:: P(w \mid h) = \sum_m \lambda_m P_m(w \mid h)

    The vocabulary is that of all models together. What a model gives to ``<unk>`` is shared out in equal parts among
    the words that only other models know and ``<unk>`` itself, so that the mixture sums to 1 again.

    References
    ----------
    .. [1] Jelinek, Mercer, "Interpolated estimation of Markov source parameters from sparse data", Pattern Recognition
       in Practice, 1980.
    """

    models: tuple[NgramLM, ...]
    weights: Floats
    log_probs: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        check_models(self.models)
        weights = np.asarray(self.weights, np.float64)
        fits = weights.shape == (len(self.models),) and bool((weights >= 0).all())
        if not fits or not np.isclose(weights.sum(), 1.0):
            raise ParameterError("ngram.bad_weights", value=self.weights, n=len(self.models))
        object.__setattr__(self, "weights", weights)

    def score_tokens(self, texts: object) -> TokenScores:
        """Score every token.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document.

        Returns
        -------
        TokenScores
            For each token and sentence end; the order is the longest with which any model answered.
        """
        scored, logs = _scores(self.models, self._union, texts)
        scaled, top = _scaled(logs)
        with np.errstate(divide="ignore"):
            mixed = top + np.log10(scaled @ self.weights)
        ids = np.zeros(len(mixed), np.int32)
        for part, places in zip(scored, self._union.places, strict=True):
            ids = np.maximum(ids, places[part.ids])
        return scored[0]._replace(ids=ids, log10_probs=mixed, orders=np.max([part.orders for part in scored], axis=0))

    def score(self, texts: object, y: object = None) -> float:
        """Mean log-probability of a token, sentence ends included.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document.
        y : object, optional
            Not used.

        Returns
        -------
        float
            Natural logarithm, <= 0.
        """
        return -float(np.log(self.perplexity(texts)))

    def log10_prob(self, text: str) -> float:
        """Probability of one sentence.

        Parameters
        ----------
        text : str
            The sentence.

        Returns
        -------
        float
            Sum of log10 of the probabilities of its words and of ``</s>``.
        """
        return float(self.score_tokens([text]).log10_probs.sum())

    def perplexity(self, texts: object) -> Perplexity:
        """Perplexity of texts: unknown words and sentence ends count.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document.

        Returns
        -------
        Perplexity
            A float, with the perplexity ``without_unknown`` words beside it: those that no model knows.
        """
        scores = self.score_tokens(texts)
        unknown = scores.ids == UNKNOWN
        sums = float(scores.log10_probs.sum()), float(scores.log10_probs[~unknown].sum())
        return Total(*sums, len(unknown), int(np.count_nonzero(unknown))).perplexity()

    def next(self, context: str = "", k: int = 10) -> list[tuple[str, float]]:
        """Find the likeliest next words.

        Parameters
        ----------
        context : str
            The sentence so far, from its beginning.
        k : int
            How many, >= 1; may exceed the vocabulary.

        Returns
        -------
        list of (str, float)
            Words and probabilities, falling; equal ones by the words' bytes. ``</s>`` is the end of the sentence.
        """
        probs = self._distribution(context)
        best = np.argsort(-probs, kind="stable")
        best = best[best != BEGIN][: check_k(k)]
        return [(str(self._union.strings[int(i)].as_py()), float(probs[i])) for i in best]

    def explain(self, context: str, word: str) -> Explanation:
        """Open the probability of a word after a context.

        Parameters
        ----------
        context : str
            The sentence so far, from its beginning.
        word : str
            The word, or ``</s>``.

        Returns
        -------
        Explanation
            The sum of each model's weight times its probability, which is opened in turn.
        """
        terms = []
        for number, (lm, weight) in enumerate(zip(self.models, self.weights.tolist(), strict=True)):
            chain = lm.explain(context, word)
            parts = [Explanation("weight", weight, "fits the held-out texts best")]
            parts.append(Explanation("p", 10.0**chain.value, "10^(log10 P)", "formula", (chain,)))
            n_shares = int(self._union.n_strange[number]) + 1
            if word != "</s>" and n_shares > 1 and not lm._fitted.words.is_known(word):
                numbers: dict[str, float | int | str] = {"words": n_shares}
                parts.append(Explanation("share of <unk>", 1.0 / n_shares, "1 / words", "formula", numbers=numbers))
            value = float(np.prod([part.value for part in parts]))
            terms.append(Explanation(f"model {number}", value, "weight x p", "product", tuple(parts)))
        total = sum((term.value for term in terms), 0.0)
        return Explanation(f"P({word} | {context})", total, "sum over models", "sum", tuple(terms))

    def save(self, path: str | Path) -> None:
        """Write the weights as an artefact, and each model as one in a folder inside.

        Parameters
        ----------
        path : str or Path
            The folder.
        """
        for number, lm in enumerate(self.models):
            lm.save(_folder(path, number))
        digests = [
            open_artefact(_folder(path, number), MODEL, verify=False).digest for number in range(len(self.models))
        ]
        with Writer(path, KIND) as writer:
            writer.meta = {"weights": self.weights.tolist(), "log_probs": list(self.log_probs), "models": digests}

    @classmethod
    def open(cls, path: str | Path, *, verify: bool | None = None) -> Self:
        """Open a saved mixture.

        Parameters
        ----------
        path : str or Path
            The folder.
        verify : bool, optional
            Compare checksums, as in `malgil.store.open_artefact`.

        Returns
        -------
        MixtureLM
            Ready to answer.

        Raises
        ------
        ArtefactError
            If it is missing, damaged or of another kind, or a model is not the one it was saved with.
        """
        artefact = open_artefact(path, KIND, verify=verify)
        try:
            weights, log_probs, digests = (artefact.meta[name] for name in ("weights", "log_probs", "models"))
            for number, digest in enumerate(digests):
                if open_artefact(_folder(path, number), MODEL, verify=False).digest != digest:
                    raise ArtefactError(
                        "ngram.damaged", path=_folder(path, number), reason="not the model of the mixture"
                    )
            models = tuple(NgramLM.open(_folder(path, number), verify=verify) for number in range(len(digests)))
            return cls(models, np.array(weights, np.float64), tuple(float(value) for value in log_probs))
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, ArtefactError):
                raise
            raise ArtefactError("ngram.damaged", path=path, reason=error) from error

    @cached_property
    def _union(self) -> _Union:
        return _join(self.models)

    def _distribution(self, context: str) -> Floats:
        probs = np.zeros(len(self._union.strings))
        for lm, weight, places, n in zip(self.models, self.weights, *self._union[1:], strict=True):
            own = weight * distribution(lm._fitted, lm._numbers(context, before=True))
            mine = np.full(len(probs), own[UNKNOWN] / (n + 1))
            mine[places[1:]] = own[1:]
            probs += mine
        return probs


def mix(models: Sequence[NgramLM], held_out: object) -> MixtureLM:
    """Mix models with the weights that predict some texts best.

    Parameters
    ----------
    models : sequence of NgramLM
        At least one, trained; all cut texts alike.
    held_out : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        Texts from which no model has learned. One sentence a document.

    Returns
    -------
    MixtureLM
        The mixture.

    Raises
    ------
    DataError
        If there is nothing to score.
    ParameterError
        If there is no model, or two cut texts differently.

    Examples
    --------
    >>> film = NgramLM(order=2, smoothing="witten_bell").fit(["이 영화 재밌다", "이 영화 별로"])
    >>> song = NgramLM(order=2, smoothing="witten_bell").fit(["이 노래 좋다", "그 노래 좋다"])
    >>> mix([film, song], ["이 영화 좋다", "이 노래 재밌다", "그 노래 좋다"]).weights.round(2).tolist()
    [0.32, 0.68]
    """
    check_models(models)
    _, logs = _scores(models, _join(models), held_out)
    if not len(logs):
        raise DataError("ngram.nothing_to_score")
    return MixtureLM(tuple(models), *mix_weights(logs))


def mix_weights(log10_probs: Floats) -> tuple[Floats, tuple[float, ...]]:
    r"""Find the weights of models by EM.

    Parameters
    ----------
    log10_probs : ndarray of float64, shape (n_tokens, n_models)
        What each model gives to each token; n_tokens > 0.

    Returns
    -------
    weights : ndarray of float64, shape (n_models,)
        They sum to 1.
    log_probs : tuple of float
        Mean natural logarithm of a token's probability, before the first step and after each. It never falls.

    Notes
    -----
    .. math:: \lambda_m \leftarrow \frac{1}{T} \sum_t \frac{\lambda_m p_{tm}}{\sum_k \lambda_k p_{tk}}

    All models begin alike; the likelihood has one maximum, so that does not matter. Steps follow until one gains less
    than 1e-9 nats a token.
    """
    probs, top = _scaled(log10_probs)
    weights = np.full(probs.shape[1], 1.0 / probs.shape[1])
    log_probs: list[float] = []
    for _ in range(_MOST_STEPS):
        mixed = probs @ weights
        log_probs.append(float(np.log(mixed).mean() + top.mean() * _LN10))
        if len(log_probs) > 1 and log_probs[-1] - log_probs[-2] < _ENOUGH:
            break
        weights = weights * (probs / mixed[:, None]).mean(axis=0)
    return weights / weights.sum(), tuple(log_probs)


def check_models(models: Sequence[NgramLM]) -> None:
    """Refuse models that cannot be mixed.

    Parameters
    ----------
    models : sequence of NgramLM
        At least one, trained; all cut texts alike.

    Raises
    ------
    NotFittedError
        If one has not learned.
    ParameterError
        If there is none, or two cut texts differently.
    """
    if not len(models):
        raise ParameterError("ngram.no_models")
    cuts = [dict(lm._tokenizer.params) for lm in models if lm._fitted]
    for cut in cuts[1:]:
        if cut != cuts[0]:
            raise ParameterError("ngram.other_tokenizer", one=shown_params(cuts[0]), other=shown_params(cut))


def _folder(path: str | Path, number: int) -> Path:
    return Path(path) / f"model{number}"


def _scaled(log10_probs: Floats) -> tuple[Floats, Floats]:
    """Probabilities of each token, the largest of them 1, and log10 of what they were divided by."""
    top = log10_probs.max(axis=1)
    return 10.0 ** (log10_probs - top[:, None]), top


def _join(models: Sequence[NgramLM]) -> _Union:
    known = [lm._fitted.words.strings.slice(N_SPECIALS) for lm in models]
    words = pa.chunked_array(known, pa.large_string()).unique().sort()
    strings = pa.concat_arrays([string_array(list(SPECIALS)), words])
    special = np.arange(N_SPECIALS)
    places = [np.append(special, pc.index_in(part, words).to_numpy() + N_SPECIALS).astype(np.int32) for part in known]
    return _Union(strings, places, np.array([len(words) - len(part) for part in known]))


def _scores(models: Sequence[NgramLM], union: _Union, texts: object) -> tuple[list[TokenScores], Floats]:
    """Log10 of the probability that each model gives to each token, of shape (n_tokens, n_models)."""
    tokens = as_tokens(texts, models[0]._tokenizer, models[0].n_jobs)
    scored = [lm.score_tokens(tokens) for lm in models]
    logs = np.stack([part.log10_probs for part in scored], axis=1)
    for column, part in enumerate(scored):
        logs[part.ids == UNKNOWN, column] -= np.log10(union.n_strange[column] + 1)
    return scored, logs
