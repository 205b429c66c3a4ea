"""Language models of any kind as one, asked as each of them is. No torch, unless one of them needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ArtefactError, DataError, ParameterError
from malgil.ngram.answering import LanguageModel
from malgil.ngram.asking import Asking
from malgil.ngram.lm import NgramLM
from malgil.ngram.measuring import Measuring
from malgil.ngram.mixing import Mixed, mix_weights, mixed_log10
from malgil.ngram.saving import KIND as NGRAM
from malgil.ngram.scoring import as_tokens
from malgil.ngram.sequence import BEGIN, frame
from malgil.store import Writer, open_artefact
from malgil.tasks.saving import KIND as NETWORK
from malgil.tasks.saving import open_model
from malgil.tokenizers.subwords import shown_params

if TYPE_CHECKING:
    from malgil.tasks.language_model import RecurrentLM

Member: TypeAlias = "NgramLM | RecurrentLM"
Floats = NDArray[np.float64]
KIND = "ngram_mixture"


@dataclass(eq=False)
class MixtureLM(Measuring, Asking):
    r"""Linear interpolation of language models.

    Parameters
    ----------
    models : tuple of NgramLM or RecurrentLM
        At least one, trained, reading forward; all cut texts alike.
    weights : ndarray of float64, shape (n_models,)
        Weight of each model; they sum to 1.
    log_probs : tuple of float
        How the weights were found: mean natural logarithm of a held-out token's probability, before the first step of
        EM and after each. Empty for weights that were given.

    Attributes
    ----------
    model_ : Mixed
        The words of all models, and their probabilities.

    Notes
    -----
    .. math:: P(w \mid h) = \sum_m \lambda_m P_m(w \mid h)

    See `malgil.ngram.mixing.Mixed`. `fill` takes one gap, and there is no `evidence`: ask the models themselves.
    """

    models: tuple[Member, ...]
    weights: Floats
    log_probs: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        check_models(self.models)
        self.weights = np.asarray(self.weights, np.float64)
        fits = self.weights.shape == (len(self.models),) and bool((self.weights >= 0).all())
        if not fits or not np.isclose(self.weights.sum(), 1.0):
            raise ParameterError("ngram.bad_weights", value=self.weights, n=len(self.models))
        self.tokenizer = self.models[0]._tokenizer
        # torch has threads of its own, and remembers states: no two threads may ask a network
        self.n_jobs = self.models[0].n_jobs if all(isinstance(lm, NgramLM) for lm in self.models) else 1
        self.model_ = Mixed([lm._answering for lm in self.models], self.weights)

    @property
    def _scoring(self) -> LanguageModel:
        scoring = [lm._scoring for lm in self.models]
        fresh = any(one is not lm._answering for one, lm in zip(scoring, self.models, strict=True))
        return Mixed(scoring, self.weights) if fresh else self.model_

    def perplexities(self, texts: object) -> Floats:
        """Perplexity of texts under each model alone and under the mixture.

        Parameters
        ----------
        texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document.

        Returns
        -------
        ndarray of float64, shape (n_models + 1,)
            The mixture's last. All of them over the words of the mixture, so that they can be compared: a model's own
            `perplexity` is too small where it takes many words for one, ``<unk>``.

        Raises
        ------
        DataError
            If there is nothing to score.
        """
        logs = _held_out(Mixed([lm._scoring for lm in self.models], self.weights), self.models, texts)
        whole = np.column_stack([logs, mixed_log10(logs, self.weights)])
        perplexities: Floats = 10.0 ** -whole.mean(axis=0)
        return perplexities

    def save(self, path: str | Path) -> None:
        """Write the weights as an artefact, and each model as one in a folder inside.

        Parameters
        ----------
        path : str or Path
            The folder.
        """
        for number, lm in enumerate(self.models):
            lm.save(_folder(path, number))
        kinds = [NGRAM if isinstance(lm, NgramLM) else NETWORK for lm in self.models]
        digests = [open_artefact(_folder(path, number), kind, verify=False).digest for number, kind in enumerate(kinds)]
        with Writer(path, KIND) as writer:
            writer.meta = {"weights": self.weights.tolist(), "log_probs": list(self.log_probs)}
            writer.meta |= {"models": digests, "kinds": kinds}

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
        MissingError
            If one of the models is a network and torch is not installed.
        """
        artefact = open_artefact(path, KIND, verify=verify)
        try:
            weights, log_probs, digests = (artefact.meta[name] for name in ("weights", "log_probs", "models"))
            kinds = artefact.meta.get("kinds", [NGRAM] * len(digests))  # older files hold n-gram models alone
            models = tuple(
                _open_member(_folder(path, number), kind, digest, verify)
                for number, (kind, digest) in enumerate(zip(kinds, digests, strict=True))
            )
            return cls(models, np.array(weights, np.float64), tuple(float(value) for value in log_probs))
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, ArtefactError):
                raise
            raise ArtefactError("ngram.damaged", path=path, reason=error) from error


def mix(models: Sequence[Any], held_out: object) -> MixtureLM:
    """Mix models with the weights that predict some texts best.

    Parameters
    ----------
    models : sequence of NgramLM or RecurrentLM
        At least one, trained, reading forward; all cut texts alike.
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
        If there is no model, two cut texts differently, or one reads backward.

    Examples
    --------
    >>> film = NgramLM(order=2, smoothing="witten_bell").fit(["이 영화 재밌다", "이 영화 별로"])
    >>> song = NgramLM(order=2, smoothing="witten_bell").fit(["이 노래 좋다", "그 노래 좋다"])
    >>> mix([film, song], ["이 영화 좋다", "이 노래 재밌다", "그 노래 좋다"]).weights.round(2).tolist()
    [0.32, 0.68]
    """
    check_models(models)
    mixed = Mixed([lm._scoring for lm in models], np.full(len(models), 1 / len(models)))
    return MixtureLM(tuple(models), *mix_weights(_held_out(mixed, models, held_out)))


def check_models(models: Sequence[Any]) -> None:
    """Refuse models that cannot be mixed.

    Parameters
    ----------
    models : sequence of NgramLM or RecurrentLM
        What was given.

    Raises
    ------
    NotFittedError
        If one has not learned.
    ParameterError
        If there is none, two cut texts differently, one reads backward or is itself a mixture.
    """
    if not len(models):
        raise ParameterError("ngram.no_models")
    for lm in models:
        if isinstance(lm, MixtureLM):
            raise ParameterError("ngram.mixed_already")
    cuts = [dict(lm._tokenizer.params) for lm in models if lm._answering]
    for cut in cuts[1:]:
        if cut != cuts[0]:
            raise ParameterError("ngram.other_tokenizer", one=shown_params(cuts[0]), other=shown_params(cut))
    for lm in models:
        if not isinstance(lm, NgramLM):
            lm._needs_forward("mix")


def _folder(path: str | Path, number: int) -> Path:
    return Path(path) / f"model{number}"


def _held_out(mixed: Mixed, models: Sequence[Member], texts: object) -> Floats:
    """Log10 of the probability that each model gives to each token, of shape (n_tokens, n_models)."""
    tokens = as_tokens(texts, models[0]._tokenizer, models[0].n_jobs)
    ids = frame(mixed.words.numbers(tokens.forms)[tokens.ids], tokens.indptr)
    logs: Floats = mixed.each(ids)[0][ids != BEGIN]
    if not len(logs):
        raise DataError("ngram.nothing_to_score")
    return logs


def _open_member(path: Path, kind: str, digest: str, verify: bool | None) -> Member:
    if open_artefact(path, kind, verify=False).digest != digest:
        raise ArtefactError("ngram.damaged", path=path, reason="not the model of the mixture")
    return NgramLM.open(path, verify=verify) if kind == NGRAM else open_model(path)
