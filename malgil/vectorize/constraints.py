"""What each parameter of a vectoriser may be, checked when learning begins, with scikit-learn's wording."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np

from malgil.errors import ParameterError
from malgil.messages import render
from malgil.params import Parametrised


class Constraint(NamedTuple):
    """One rule.

    Parameters
    ----------
    allows : callable
        Value -> whether it may be.
    wanted : str
        The rule in words.
    """

    allows: Callable[[Any], bool]
    wanted: str


def _one_of(*names: str | None, also_callable: bool = False) -> Constraint:
    words = "a str among {" + ", ".join(sorted(repr(name) for name in names if name is not None)) + "}"
    words += " or a callable" if also_callable else ""
    words += " or None" if None in names else ""
    return Constraint(lambda value: _is_named(value, names) or (also_callable and callable(value)), words)


def _is_named(value: object, names: tuple[str | None, ...]) -> bool:
    return value is None or isinstance(value, str) if value in names else False


def _is_int(value: object, low: float, high: float = np.inf) -> bool:
    return isinstance(value, Integral) and low <= int(value) <= high


def _is_document_count(value: object) -> bool:
    return _is_int(value, 1) or (isinstance(value, Real) and not isinstance(value, Integral) and 0 <= float(value) <= 1)


_FLAG = Constraint(
    lambda value: isinstance(value, bool | np.bool_), "an instance of 'bool' or an instance of 'numpy.bool'"
)
_CALLABLE = Constraint(lambda value: value is None or callable(value), "a callable or None")
_COUNT = Constraint(_is_document_count, "a float in the range [0.0, 1.0] or an int in the range [1, inf)")
_LARGEST = int(np.iinfo(np.int32).max)

CONSTRAINTS: dict[str, Constraint] = {
    "input": _one_of("filename", "file", "content"),
    "encoding": Constraint(lambda value: isinstance(value, str), "an instance of 'str'"),
    "decode_error": _one_of("strict", "ignore", "replace"),
    "strip_accents": _one_of("ascii", "unicode", None, also_callable=True),
    "lowercase": _FLAG,
    "preprocessor": _CALLABLE,
    "tokenizer": Constraint(
        lambda value: value is None or callable(value) or isinstance(value, str),
        "a callable, the name of a tokenizer of malgil or None",
    ),
    "stop_words": Constraint(
        lambda value: value is None or isinstance(value, list) or value == "english",
        "a str among {'english'}, an instance of 'list' or None",
    ),
    "token_pattern": Constraint(lambda value: value is None or isinstance(value, str), "an instance of 'str' or None"),
    "ngram_range": Constraint(lambda value: isinstance(value, tuple), "an instance of 'tuple'"),
    "analyzer": _one_of("word", "char", "char_wb", also_callable=True),
    "max_df": _COUNT,
    "min_df": _COUNT,
    "max_features": Constraint(
        lambda value: value is None or _is_int(value, 1), "an int in the range [1, inf) or None"
    ),
    "vocabulary": Constraint(
        lambda value: value is None or isinstance(value, Mapping) or hasattr(value, "__iter__"),
        "an instance of 'collections.abc.Mapping', an object implementing '__iter__' or None",
    ),
    "binary": _FLAG,
    "n_features": Constraint(lambda value: _is_int(value, 1, _LARGEST - 1), f"an int in the range [1, {_LARGEST})"),
    "norm": _one_of("l1", "l2", None),
    "alternate_sign": _FLAG,
    "use_idf": _FLAG,
    "smooth_idf": _FLAG,
    "sublinear_tf": _FLAG,
    "weighting": Constraint(lambda value: value is None or isinstance(value, str), "an instance of 'str' or None"),
    "n_jobs": Constraint(lambda value: value is None or _is_int(value, 1), "an int in the range [1, inf) or None"),
}


def check_parameters(estimator: Parametrised) -> None:
    """Check every parameter of an estimator that has a rule.

    Parameters
    ----------
    estimator : Parametrised
        Any estimator of this stage.

    Raises
    ------
    ParameterError
        Naming the first parameter that breaks its rule.
    """
    for name, value in estimator.get_params(deep=False).items():
        rule = CONSTRAINTS.get(name)
        if rule is not None and not rule.allows(value):
            raise ParameterError(
                "vectorize.bad_parameter", name=name, kind=type(estimator).__name__, wanted=rule.wanted, value=value
            )


def warn_of_unused(unused: Iterable[tuple[str, str]]) -> None:
    """Warn of parameters that have no effect.

    Parameters
    ----------
    unused : iterable of (str, str)
        The parameter, and which other one is the cause.
    """
    for name, reason in unused:
        warnings.warn(render("vectorize.unused_parameter", name=name, reason=reason), stacklevel=4)


def unused_beside_weighting(estimator: Parametrised) -> Iterable[tuple[str, str]]:
    """List what a weighting by name overrules.

    Parameters
    ----------
    estimator : Parametrised
        One that has a parameter `weighting`.

    Yields
    ------
    (str, str)
        A parameter that was changed, and the reason why that has no effect.
    """
    for field in fields(estimator):  # type: ignore[arg-type]
        if field.name in ("norm", "use_idf", "smooth_idf", "sublinear_tf"):
            if getattr(estimator, field.name) != field.default:
                yield field.name, "'weighting' is not None"
