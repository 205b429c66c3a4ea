"""A fitted vectoriser on disk: parameters as JSON, features and weights as arrays that open by memory map."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from malgil.errors import ArtefactError, ParameterError
from malgil.store import Artefact, Writer, open_artefact
from malgil.vectorize.known import Known
from malgil.vectorize.lexicon import Lexicon

KIND = "vectorizer"
V = TypeVar("V")
_PLAIN = (str, int, float, bool, type(None))


def save_vectorizer(vectorizer: Any, known: Known, path: str | Path) -> None:
    """Write a fitted vectoriser.

    Parameters
    ----------
    vectorizer : CountVectorizer or TfidfVectorizer
        Fitted, or with a given vocabulary.
    known : Known
        Its features.
    path : str or Path
        The folder.

    Raises
    ------
    ParameterError
        If a parameter or feature cannot be written down, such as a callable.
    """
    params = {name: _to_json(name, value) for name, value in vectorizer.get_params(deep=False).items()}
    lexicon = known.lexicon
    if lexicon is None:
        terms = known.names().tolist()
        if not all(isinstance(term, str) for term in terms):
            raise ParameterError("vectorize.cannot_save", name="vocabulary_", value=type(terms[0]).__name__)
        lexicon = Lexicon("", pa.array(terms, pa.large_string()))
    with Writer(path, KIND) as writer:
        writer.meta = {"class": type(vectorizer).__name__, "params": params, "unit": lexicon.unit}
        writer.meta["is_fixed"] = vectorizer.vocabulary is not None
        writer.strings("forms", lexicon.forms)
        if lexicon.run is not None and lexicon.columns is not None:
            writer.array("depths", lexicon.run[0].astype(np.uint8))
            writer.array("symbols", np.ascontiguousarray(lexicon.run[1]))
            writer.array("columns", lexicon.columns)
        weights = getattr(vectorizer, "_tfidf", None)
        if weights is not None:
            writer.meta["n_docs"] = vectorizer._n_docs
            for name, array in (("idf", getattr(weights, "idf_", None)), ("df", vectorizer._df)):
                if array is not None:
                    writer.array(name, array)


def open_vectorizer(kind: type[V], path: str | Path) -> V:
    """Open a saved vectoriser.

    Parameters
    ----------
    kind : type
        Its class.
    path : str or Path
        The folder.

    Returns
    -------
    CountVectorizer or TfidfVectorizer
        Ready to transform.

    Raises
    ------
    ArtefactError
        If it is of another class, or damaged.
    """
    artefact = open_artefact(path, KIND)
    try:
        name, params, unit = (artefact.meta[key] for key in ("class", "params", "unit"))
        if name != kind.__name__:
            raise ArtefactError("house.other_kind", path=artefact.path, found=name, wanted=kind.__name__)
        params = {key: _from_json(value) for key, value in params.items()}
        vectorizer: Any = kind(**params)
        lexicon = _lexicon(artefact, unit)
        vectorizer.fixed_vocabulary_ = artefact.meta["is_fixed"]
        if hasattr(vectorizer, "_transformer"):
            _open_weights(vectorizer, artefact, len(lexicon))
    except (KeyError, TypeError, IndexError) as error:
        raise ArtefactError("vectorize.damaged", path=artefact.path, reason=error) from error
    vectorizer._known = Known(lexicon)
    return vectorizer  # type: ignore[no-any-return]


def _open_weights(vectorizer: Any, artefact: Artefact, n_features: int) -> None:
    vectorizer._tfidf = vectorizer._transformer()
    vectorizer._tfidf.n_features_in_ = n_features
    vectorizer._n_docs = artefact.meta["n_docs"]
    if "idf" in artefact:
        vectorizer._tfidf.idf_ = artefact["idf"]
    if "df" in artefact:
        vectorizer._df = artefact["df"]
    for array in (getattr(vectorizer._tfidf, "idf_", None), vectorizer._df):
        if array is not None and len(array) != n_features:
            raise ArtefactError("vectorize.damaged", path=artefact.path, reason="idf")


def _lexicon(artefact: Artefact, unit: str) -> Lexicon:
    forms = artefact.strings("forms")
    if "depths" not in artefact:
        return Lexicon(unit, forms)
    depths, symbols, columns = (artefact[name] for name in ("depths", "symbols", "columns"))
    n = len(depths)
    # What a kernel will trust: a list that begins with a unigram, deepens by one at a time, and names known forms.
    rises = n == 0 or (int(depths[0]) == 1 and bool((np.diff(depths.astype(np.int64)) <= 1).all()))
    is_known = n == 0 or (int(symbols.min()) >= 0 and (unit != "word" or int(symbols.max()) < len(forms)))
    if len(symbols) != n or len(columns) != n or not rises or not is_known or (n and int(depths.min()) < 1):
        raise ArtefactError("vectorize.damaged", path=artefact.path, reason="n-grams")
    return Lexicon(unit, forms, np.stack([depths.astype(np.int32), symbols]), columns)


def _to_json(name: str, value: Any) -> Any:
    if name == "dtype":
        return {"dtype": np.dtype(value).str}
    if name == "ngram_range":
        return {"tuple": [int(n) for n in value]}
    if isinstance(value, Mapping):
        return {"terms": sorted(value, key=value.__getitem__)}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return list(value)
    if not isinstance(value, _PLAIN):
        raise ParameterError("vectorize.cannot_save", name=name, value=type(value).__name__)
    return value


def _from_json(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "dtype" in value:
        return np.dtype(value["dtype"]).type
    return tuple(value["tuple"]) if "tuple" in value else value["terms"]
