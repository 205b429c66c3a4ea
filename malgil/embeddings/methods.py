"""Ways to train word vectors, by name, with the settings that all of them share."""

from __future__ import annotations

import importlib
from typing import Any

from malgil.params import choose

METHODS = {"word2vec": "Word2Vec", "fasttext": "FastText", "glove": "GloVe", "ppmi": "PPMI"}
"""Name -> class in `malgil.embeddings`."""


def estimator(method: str, *, epochs: int = 0, **settings: Any) -> Any:
    """Make an estimator.

    Parameters
    ----------
    method : str
        A key of `METHODS`.
    epochs : int
        Passes over the corpus; 0 is the method's own default, and what has no passes ignores it.
    **settings : object
        Others of its hyper-parameters.

    Returns
    -------
    object
        Not fitted: ``fit(texts, checkpoint=..., progress=...)`` gives it ``vectors_``.

    Raises
    ------
    ParameterError
        If there is no such method or hyper-parameter.
    """
    name = choose(METHODS, "method", method)
    made = getattr(importlib.import_module("malgil.embeddings"), name)()
    if epochs and "epochs" in made.get_params():
        settings["epochs"] = epochs
    return made.set_params(**settings)
