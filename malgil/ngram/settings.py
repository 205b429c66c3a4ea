"""Hyper-parameters of a model: what is refused, and what is made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from malgil.errors import ParameterError
from malgil.ngram.joining import UNITS
from malgil.ngram.model import MOST
from malgil.ngram.smoothing import SMOOTHINGS
from malgil.params import choose
from malgil.tokenizers import Tokenizer, tokenizer
from malgil.tokenizers.saving import named_or_saved

_LEAST_MEMORY = 16 << 20  # with less, a part is so small that the disk does nothing but seek


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
    _check_memory(params)
    if order is None:
        return
    if isinstance(order, bool) or not isinstance(order, int | np.integer) or not 1 <= order <= MOST:
        raise ParameterError("ngram.bad_order", value=order, most=MOST)
    choose(SMOOTHINGS, "smoothing", params["smoothing"])
    if not _are_limits(prune, int(order)):
        raise ParameterError("ngram.bad_prune", value=prune, order=order)
    if discount is not None and not (_is_amount(discount) and 0 < discount < 1):
        raise ParameterError("ngram.bad_discount_value", value=discount)
    if not _is_amount(params["add_k"]) or params["add_k"] == 0:
        raise ParameterError("ngram.bad_add_k", value=params["add_k"])
    if not _is_amount(params["prune_entropy"]):
        raise ParameterError("ngram.bad_prune_entropy", value=params["prune_entropy"])
    if params["prune_entropy"] > 0 and not SMOOTHINGS[params["smoothing"]].sums_to_one:
        raise ParameterError("ngram.no_entropy", smoothing=params["smoothing"])
    fallback = params["discount_fallback"]
    if fallback is not None and not _are_discounts(fallback):
        raise ParameterError("ngram.bad_fallback", value=fallback)


def bytes_of(memory: int | str) -> int:
    """Read an amount of memory.

    Parameters
    ----------
    memory : int or str
        Bytes, or a number with K, M, G or T for powers of 1024, such as ``"2G"`` or ``"1.5 GiB"``.

    Returns
    -------
    int
        Bytes.

    Raises
    ------
    ParameterError
        If it is no amount, or less than 16 MiB.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", str(memory), re.ASCII | re.IGNORECASE)
    is_amount = isinstance(memory, int | np.integer | str) and not isinstance(memory, bool)
    n_bytes = int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " ")) if found and is_amount else 0
    if n_bytes < _LEAST_MEMORY:
        raise ParameterError("ngram.bad_memory", value=memory)
    return n_bytes


def make_tokenizer(given: str | Mapping[str, Any] | Tokenizer) -> Tokenizer:
    """Make a tokeniser, or take one as it is.

    Parameters
    ----------
    given : str, dict or Tokenizer
        A name, a folder that `Tokenizer.save` wrote, a name with its options, or a tokeniser.

    Returns
    -------
    Tokenizer
        How to cut texts. By their names alone, the tokenisers that know no words mark what stands behind a blank:
        without that no text could be put together again.

    Raises
    ------
    ParameterError
        If it is none of these.
    """
    if isinstance(given, Mapping):
        options: dict[str, Any] = {"name": None, **given}
        return tokenizer(**options)
    if isinstance(given, str) and given in UNITS:
        return tokenizer(given, blanks=True)
    if isinstance(given, str) or not hasattr(given, "tokenize_blocks"):
        return named_or_saved(given)  # type: ignore[arg-type]
    return given


def _check_memory(params: Mapping[str, Any]) -> None:
    if params["memory"] is None:
        return
    bytes_of(params["memory"])
    if params["order"] is None or params["keep_corpus"]:
        raise ParameterError("ngram.corpus_in_memory", value=params["memory"])


def _is_amount(value: Any) -> bool:
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return is_number and bool(np.isfinite(value)) and bool(value >= 0)


def _are_limits(prune: object, order: int) -> bool:
    if not isinstance(prune, tuple | list) or len(prune) > order:
        return False
    counts = all(isinstance(n, int | np.integer) and not isinstance(n, bool) and n >= 0 for n in prune)
    return counts and list(prune) == sorted(prune) and (not prune or prune[0] == 0)


def _are_discounts(fallback: object) -> bool:
    if not isinstance(fallback, tuple | list) or not 1 <= len(fallback) <= 3:
        return False
    discounts = [fallback[min(k, len(fallback) - 1)] for k in range(3)]
    return all(_is_amount(discount) and discount <= count for count, discount in enumerate(discounts, start=1))
