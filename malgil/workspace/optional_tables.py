"""Tables of the recipe whose stages are made only where they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from malgil.errors import ParameterError
from malgil.params import choose


def at_least(low: int, **values: int) -> None:
    """Refuse numbers that are too small.

    Parameters
    ----------
    low : int
        The smallest that is allowed.
    **values : int
        By the names of their keys in the recipe.

    Raises
    ------
    ParameterError
        If one is below `low`.
    """
    for name, value in values.items():
        if value < low:
            raise ParameterError("workspace.recipe_out_of_range", key=name, value=value, low=low)


@dataclass(frozen=True, kw_only=True)
class NgramTable:
    """``[ngram]``: the language model, made only where the recipe has this table.

    Parameters
    ----------
    order : int
        Length of the longest n-gram, 1 to 16.
    smoothing : str
        Name in `malgil.ngram.SMOOTHINGS`.
    prune : list of int
        For each order, n-grams that occur at most so often are left out; the last holds for higher orders too.
    """

    order: int = 3
    smoothing: str = "modified_kneser_ney"
    prune: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        from malgil.ngram import NgramLM
        from malgil.ngram.settings import check_settings

        check_settings(NgramLM(order=self.order, smoothing=self.smoothing, prune=tuple(self.prune)).get_params())


@dataclass(frozen=True, kw_only=True)
class VectorsTable:
    """``[vectors]``: word vectors, made only where the recipe has this table.

    Parameters
    ----------
    method : str
        Name in `malgil.embeddings.METHODS`.
    dim : int
        Length of a vector.
    window : int
        Largest distance of two neighbours.
    min_count : int
        Words that occur less often are left out.
    epochs : int
        Passes over the corpus; 0 is the method's own default.
    seed : int
        Of everything random.
    """

    method: str = "word2vec"
    dim: int = 100
    window: int = 5
    min_count: int = 5
    epochs: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        from malgil.embeddings.methods import METHODS

        choose(METHODS, "method", self.method)
        at_least(1, dim=self.dim, window=self.window, min_count=self.min_count)
        at_least(0, epochs=self.epochs, seed=self.seed)


@dataclass(frozen=True, kw_only=True)
class ModelTable:
    """``[model]``: classifiers of the corpus's labels, made only where the recipe has this table.

    Parameters
    ----------
    encoder : str
        Name in `malgil.tasks.names.ENCODERS` of the network that is trained beside TF-IDF and logistic regression where
        torch is installed, or ``"none"``.
    epochs : int
        Passes over the corpus; 0 is the network's own default.
    seed : int
        Of the split and of everything random.
    """

    encoder: str = "gru"
    epochs: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        from malgil.tasks.names import ENCODERS

        choose({"none": None, **dict.fromkeys(ENCODERS)}, "encoder", self.encoder)
        at_least(0, epochs=self.epochs, seed=self.seed)


#: Stages that are made only where they are asked for: name -> table.
OPTIONAL: dict[str, Any] = {"ngram": NgramTable, "vectors": VectorsTable, "model": ModelTable}
