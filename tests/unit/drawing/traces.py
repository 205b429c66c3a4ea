"""Traces of made-up networks, one for each shape."""

from __future__ import annotations

import numpy as np

from malgil.drawing import CellWeights, Trace, Walk
from tests.naive.drawing import GATES, walk


def made(kind: str, n_steps: int, *, n_units: int = 4, reverse: bool = False, seed: int = 0) -> Walk:
    """Walk over random numbers with random weights."""
    rng = np.random.default_rng(seed)
    rows = GATES[kind] * n_units
    sees_state = not kind.startswith("min")
    weights = CellWeights(
        rng.normal(size=(rows, 3)),
        rng.normal(size=(rows if sees_state else 0, n_units)),
        rng.normal(size=rows),
        rng.normal(size=n_units) if kind == "gru" else None,
        rng.normal(size=(3, n_units)) if kind == "lstm" else None,
    )
    h, c = rng.normal(size=n_units), rng.normal(size=n_units)
    return walk(kind, rng.normal(size=(n_steps, 3)), weights, h, c, reverse)


def many_to_one(tokens: tuple[str, ...], **more: object) -> Trace:
    walks = (made("gru", len(tokens)), made("gru", len(tokens), reverse=True))
    shares = np.array([0.25, 0.75])
    return Trace(  # type: ignore[arg-type]
        "many_to_one", tokens, walks, ("긍정",), classes=("부정", "긍정"), class_probabilities=shares, **more
    )


def aligned(tokens: tuple[str, ...]) -> Trace:
    n = len(tokens)
    upper = made("lstm", n, seed=1)
    walks = (made("lstm", n), Walk("lstm", upper.h, 1, gates=upper.gates, x=upper.x, weights=upper.weights))
    return Trace("aligned", tokens, walks, tuple(f"Y{t}" for t in range(n)), np.linspace(0.5, 1.0, n))


def unaligned(tokens: tuple[str, ...], written: tuple[str, ...]) -> Trace:
    attention = np.full((len(written), len(tokens)), 1 / len(tokens))
    fed = ("<s>", *written[:-1])
    walks = (made("gru", len(tokens)), made("gru", len(tokens), reverse=True))
    decoder = (made("gru", len(written)),)
    return Trace("unaligned", tokens, walks, written, decoder=decoder, fed=fed, attention=attention)


def one_to_many(written: tuple[str, ...], is_fed: bool = True) -> Trace:
    fed = ("<s>", *written[:-1]) if is_fed else ()
    return Trace("one_to_many", ("장면",), (), written, decoder=(made("rnn_tanh", len(written)),), fed=fed)


def one_to_one() -> Trace:
    walks = (Walk("input", np.ones((1, 9))), Walk("mlp", np.zeros((1, 4)), 1))
    return Trace("one_to_one", ("문서",), walks, ("정치",), classes=("정치",), class_probabilities=np.array([1.0]))


SHAPED = {
    "one_to_one": one_to_one(),
    "one_to_many": one_to_many(("빨간", "원")),
    "many_to_one": many_to_one(("이", "영화", "좋다"), contributions=np.array([0.1, -0.2, 0.7])),
    "aligned": aligned(("나는", "학교에", "갔다")),
    "unaligned": unaligned(("나는", "갔다"), ("I", "went", ".")),
}
