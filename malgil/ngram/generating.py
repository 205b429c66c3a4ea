"""Text from a model: one word after the other, drawn from the distribution that the words before leave."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.ngram.answering import LanguageModel
from malgil.ngram.sequence import END, UNKNOWN


class Sampling(NamedTuple):
    """How words are drawn.

    Parameters
    ----------
    temperature : float
        Probabilities are raised to the power ``1 / temperature``: below 1 likely words become likelier; 0 always takes
        the likeliest.
    top_k : int, optional
        Draw among the so many likeliest words only.
    top_p : float, optional
        Draw among the likeliest words that together have this probability only, in (0, 1].
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def check(self) -> None:
        """Refuse settings with which nothing can be drawn.

        Raises
        ------
        ParameterError
            If one is out of range.
        """
        if not (np.isfinite(self.temperature) and self.temperature >= 0):
            raise ParameterError("ngram.bad_temperature", value=self.temperature)
        if self.top_k is not None and self.top_k < 1:
            raise ParameterError("ngram.bad_top_k", value=self.top_k)
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ParameterError("ngram.bad_top_p", value=self.top_p)


def generate(
    model: LanguageModel, context: NDArray[np.int32], max_tokens: int, seed: int, sampling: Sampling
) -> list[int]:
    """Write on from a context.

    Parameters
    ----------
    model : Model
        The model.
    context : ndarray of int32, shape (n,)
        Numbers of the words before.
    max_tokens : int
        Words at most, >= 0.
    seed : int
        The same seed gives the same words.
    sampling : Sampling
        How to draw.

    Returns
    -------
    list of int
        Numbers of the new words; ends before ``</s>``. ``<unk>`` is never drawn.

    Raises
    ------
    ParameterError
        If a setting is out of range.
    """
    sampling.check()
    check_length(max_tokens)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ParameterError("ngram.bad_seed", value=seed)
    random = np.random.default_rng(seed)
    before, written = context[max(0, len(context) - model.order + 1) :], []
    for _ in range(max_tokens):
        word = _likeliest(model, before) if sampling.temperature == 0 else _draw(model, before, random, sampling)
        if word in (END, UNKNOWN):
            break
        written.append(word)
        before = np.append(before, np.int32(word))[-model.order :]
    return written


def check_length(max_tokens: int) -> int:
    """Refuse a number of words that cannot be written.

    Parameters
    ----------
    max_tokens : int
        What was asked for.

    Returns
    -------
    int
        The same.

    Raises
    ------
    ParameterError
        If it is no whole number of 0 or more.
    """
    if isinstance(max_tokens, bool) or not isinstance(max_tokens, int | np.integer) or max_tokens < 0:
        raise ParameterError("ngram.bad_max_tokens", value=max_tokens)
    return int(max_tokens)


def _likeliest(model: LanguageModel, context: NDArray[np.int32]) -> int:
    words = [word for word, _ in model.next_words(context, 2) if word != UNKNOWN]
    return words[0] if words else END


def _draw(model: LanguageModel, context: NDArray[np.int32], random: np.random.Generator, sampling: Sampling) -> int:
    probs = model.distribution(context)
    probs[UNKNOWN] = 0.0
    words = np.flatnonzero(probs)
    if sampling.top_k is not None or sampling.top_p is not None:
        words = words[np.argsort(-probs[words], kind="stable")]
    if sampling.top_k is not None:
        words = words[: sampling.top_k]
    if not len(words):
        return END
    kept = probs[words] / probs[words].max()
    kept = np.power(kept, 1.0 / sampling.temperature)
    reached = np.cumsum(kept)
    if sampling.top_p is not None:
        n = int(np.searchsorted(reached, sampling.top_p * reached[-1])) + 1
        words, reached = words[:n], reached[:n]
    at = int(np.searchsorted(reached, random.random() * reached[-1], side="right"))
    return int(words[min(at, len(words) - 1)])
