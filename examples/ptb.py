"""Penn Treebank: perplexity of an LSTM, of n-grams, of both together, and of the LSTM with a neural cache.

``python examples/ptb.py`` trains for about two hours on two cores; the state of the training is kept
(`pretraining.kept`), so that a second call goes on where the first ended. ``large`` behind it is the setting for a GPU.
"""

import sys
from typing import Any

from common import Row, fit, lines, show
from pretraining import kept, language_model, read

from malgil import CachedLM, NgramLM, RecurrentLM, mix

SMALL: dict[str, Any] = {
    "embedding_size": 400,
    "hidden_size": 650,
    "num_layers": 2,
    "dropout": 0.45,
    "weight_drop": 0.3,
    "word_dropout": 0.1,
    "bptt": 40,
    "batch_size": 32,
    "epochs": 36,
    "learning_rate": 3e-3,
    "weight_decay": 0.1,
    "schedule": "one_cycle",
}
LARGE: dict[str, Any] = {
    "embedding_size": 400,
    "hidden_size": 1_150,
    "num_layers": 3,
    "dropout": 0.4,
    "weight_drop": 0.5,
    "word_dropout": 0.1,
    "activation_regularization": 2.0,
    "temporal_regularization": 1.0,
    "bptt": 70,
    "batch_size": 20,
    "epochs": 500,
    "optimizer": "ntasgd",
    "learning_rate": 30.0,
    "weight_decay": 1.2e-6,
    "clip": 0.25,
}
SETTINGS = {"small": SMALL, "large": LARGE}


def part(name: str) -> list[str]:
    """Read a part.

    Parameters
    ----------
    name : {"train", "valid", "test"}
        Which.

    Returns
    -------
    list of str
        Sentences. The mark of rare words is a word here, as it is in all results on this text.
    """
    return [line.strip().replace("<unk>", "unk") for line in lines(f"lm/ptb.{name}.txt.gz")]


def rows(size: str = "small") -> list[Row]:
    """Train on the training part, fit weights and cache to the validation part, test once.

    Parameters
    ----------
    size : {"small", "large"}
        Which setting.

    Returns
    -------
    list of Row
        How training went; perplexities of the test part.
    """
    train, valid, test = part("train"), part("valid"), part("test")
    common: dict[str, Any] = {"min_count": 1, "stateful": True, "validation": valid, "verbose": True}
    path = language_model(kept("ptb") / size, "forward", lambda: train, **common, **SETTINGS[size])
    lm, counted = RecurrentLM.open(path), NgramLM(order=5)
    seconds = fit(counted, train, None)
    cached, both = CachedLM(lm, size=2_000).fit(valid), mix([counted, lm], valid)
    return [
        read(kept("ptb") / size, "forward"),
        Row(f"LSTM, {size}", {"perplexity": lm.perplexity(test)}),
        Row(f"LSTM, {size}, with a cache of 2,000 words", {"perplexity": cached.perplexity(test)}),
        Row(f"LSTM, {size}, mixed with n-grams", {"perplexity": both.perplexity(test)}),
        Row("n-grams of up to 5 words", {"perplexity": counted.perplexity(test), "train_s": seconds}, is_own=False),
    ]


if __name__ == "__main__":
    show(rows(*sys.argv[1:]))
