"""Hyper-parameters of a model: what is refused, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from malgil.errors import ParameterError
from malgil.ngram.model import MOST
from malgil.ngram.smoothing import SMOOTHINGS
from malgil.params import choose
from malgil.tokenizers import Tokenizer, tokenizer


def check_settings(params: Mapping[str, Any]) -> None:
    """Refuse hyper-parameters that no model can have.

    Parameters
    ----------
    params : mapping
        Those of `NgramLM`, by name.

    Raises
    ------
    ParameterError
        If one cannot be used.
    """
    order, prune, discount = params["order"], params["prune"], params["discount"]
    if isinstance(order, bool) or not isinstance(order, int | np.integer) or not 1 <= order <= MOST:
        raise ParameterError("ngram.bad_order", value=order, most=MOST)
    choose(SMOOTHINGS, "smoothing", params["smoothing"])
    counts = all(isinstance(n, int | np.integer) and n >= 0 for n in prune)
    if not counts or len(prune) > order or list(prune) != sorted(prune) or (len(prune) and prune[0] > 0):
        raise ParameterError("ngram.bad_prune", value=prune, order=order)
    if discount is not None and not 0 < discount < 1:
        raise ParameterError("ngram.bad_discount_value", value=discount)
    fallback = params["discount_fallback"]
    if fallback is not None and not _are_discounts(fallback):
        raise ParameterError("ngram.bad_fallback", value=fallback)


def make_tokenizer(given: str | Mapping[str, Any] | Tokenizer) -> Tokenizer:
    """Make a tokeniser, or take one as it is.

    Parameters
    ----------
    given : str, dict or Tokenizer
        A name, a name with its options, or a tokeniser.

    Returns
    -------
    Tokenizer
        How to cut texts.
    """
    if isinstance(given, str):
        return tokenizer(given)
    return tokenizer(**given) if isinstance(given, Mapping) else given


def _are_discounts(fallback: tuple[float, ...]) -> bool:
    n = len(fallback)
    return 1 <= n <= 3 and all(0 <= fallback[min(k, n - 1)] <= k + 1 for k in range(3))
