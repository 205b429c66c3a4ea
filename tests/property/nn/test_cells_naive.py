"""Every sweep gives what the papers' formulas give, whatever options are on."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from malgil.nn import plain
from malgil.nn.sweep import KINDS, Course, Noise, Norm, Weights
from tests.naive import nn as naive


def _weights(
    rng: np.random.Generator, kind: str, hidden: int, inputs: int, has_norm: bool, has_peepholes: bool
) -> dict:
    facts = KINDS[kind]
    rows = len(facts.gates) * hidden
    is_lstm = kind == "lstm"
    shapes = {
        "w_x": (rows, inputs),
        "w_h": (rows if facts.sees_state else 0, hidden),
        "b": (rows,),
        "b_n": (hidden,) if kind == "gru" else None,
        "peepholes": (3, hidden) if is_lstm and has_peepholes else None,
        "gain_x": (rows,) if has_norm else None,
        "gain_h": (rows if facts.sees_state else 0,) if has_norm else None,
        "gain_c": (hidden,) if has_norm and is_lstm else None,
        "bias_c": (hidden,) if has_norm and is_lstm else None,
    }
    return {name: None if shape is None else rng.normal(size=shape) for name, shape in shapes.items()}


def _tensors(weights: dict) -> Weights:
    t = {name: None if value is None else torch.from_numpy(value) for name, value in weights.items()}
    norm = None if t["gain_x"] is None else Norm(t["gain_x"], t["gain_h"], t["gain_c"], t["bias_c"])
    return Weights(t["w_x"], t["w_h"], t["b"], t["b_n"], t["peepholes"], norm)


@st.composite
def cases(draw: st.DrawFn, kind: str) -> naive.Given:
    n_rows, n_steps = draw(st.integers(1, 3)), draw(st.integers(0, 5))
    hidden, inputs = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    masks = st.none() | arrays(bool, (n_rows, n_steps))
    n_states = len(KINDS[kind].states)
    drawn_zone = tuple(rng.integers(0, 2, (n_rows, n_steps, hidden)).astype(float) for _ in range(n_states))
    return naive.Given(
        x=rng.normal(size=(n_rows, n_steps, inputs)),
        state=tuple(rng.normal(size=(n_rows, hidden)) for _ in range(n_states)),
        weights=_weights(rng, kind, hidden, inputs, draw(st.booleans()), draw(st.booleans())),
        keep=draw(masks),
        reset=draw(masks),
        reverse=draw(st.booleans()),
        recurrent=draw(st.sampled_from([None, rng.integers(0, 2, (n_rows, hidden)) * 2.0])),
        zone=draw(st.sampled_from([(), drawn_zone, (0.3,) * n_states, (None,) * n_states])),
    )


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=60)
def test_a_sweep_is_the_formula_at_every_step(kind: str, data: st.DataObject) -> None:
    case = data.draw(cases(kind))
    y, last = naive.sweep(kind, case)
    as_tensor = {
        name: None if getattr(case, name) is None else torch.from_numpy(getattr(case, name))
        for name in ("x", "keep", "reset", "recurrent")
    }
    zone = tuple(torch.from_numpy(one) if isinstance(one, np.ndarray) else one for one in case.zone)
    found, state = plain.sweep(
        kind,
        as_tensor["x"],
        tuple(torch.from_numpy(part) for part in case.state),
        _tensors(case.weights),
        Course(as_tensor["keep"], as_tensor["reset"], case.reverse),
        Noise(as_tensor["recurrent"], zone),
    )
    np.testing.assert_allclose(found.numpy(), y, rtol=1e-10, atol=1e-12)
    for part, wanted in zip(state, last, strict=True):
        np.testing.assert_allclose(part.numpy(), wanted, rtol=1e-10, atol=1e-12)


@given(seed=st.integers(0, 2**32 - 1), n_steps=st.integers(1, 6))
@settings(max_examples=20)
def test_the_textbook_gradient_of_the_simple_network(seed: int, n_steps: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = {"x": (n_steps, 2), "h_0": (3,), "w_x": (3, 2), "w_h": (3, 3), "b": (3,)}
    values = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    d_y = rng.normal(size=(n_steps, 3))
    t = {name: torch.from_numpy(value).requires_grad_() for name, value in values.items()}
    y, _ = plain.sweep(
        "rnn_tanh", t["x"][None], (t["h_0"][None],), Weights(t["w_x"], t["w_h"], t["b"]), Course(), Noise()
    )
    y.backward(torch.from_numpy(d_y)[None])
    for name, wanted in naive.backward_rnn(**values, d_y=d_y).items():
        np.testing.assert_allclose(t[name].grad.numpy(), wanted, rtol=1e-9, atol=1e-11)
