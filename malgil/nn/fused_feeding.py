"""Input feeding on the fast path: a cell whose input at each step ends with the decoder's output of the step before.

The products of W_x must wait for that output, so they are made in the walk; all else is that of `malgil.nn.fused`.
`Decoder` walks the same steps readably, and is what this is tested against.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from malgil.nn import fused
from malgil.nn.attention import ATTENTIONS, AdditiveAttention, Attention, Memory
from malgil.nn.dropouts import kept
from malgil.nn.encoded import State
from malgil.nn.fused_cells import STEPS, MakeSteps
from malgil.nn.fused_frame import Call, Frame, as_columns, as_rows, bits
from malgil.nn.fused_looking import Looking, Sight
from malgil.nn.fused_part import Part
from malgil.nn.fused_walk import Walk
from malgil.nn.masks import first_and_last
from malgil.nn.stack import Recurrent
from malgil.nn.sweep import NO_NOISE, Course, Weights


class Fed(NamedTuple):
    """What came of a walk.

    Parameters
    ----------
    outputs : Tensor of float32, shape (B, S, H)
        Of the decoder.
    weights : Tensor of float32, shape (B, S, N)
        Attention.
    state : State
        Of the cell behind the last step.
    feed : Tensor of float32, shape (B, H)
        Output of the last real step.
    """

    outputs: Tensor
    weights: Tensor
    state: State
    feed: Tensor


class _Fixed(NamedTuple):
    """What has no gradients: which places of the memory are real, masks of dropout on what is fed and on states."""

    keep: Tensor
    drop_feed: Tensor | None
    drop_state: Tensor | None


def covers(cell: Recurrent, x: Tensor, state: tuple[State, Tensor], memory: Memory, attention: Attention) -> bool:
    """Whether `read` may be used: one layer without layer norm, on a CPU, with dropout on input and output only.

    What does not fit together is left to the steps walked one by one, whose products say so.

    Parameters
    ----------
    cell : Recurrent
        Of the decoder.
    x : Tensor, shape (B, S, E)
        Vectors of the words.
    state : tuple of State and Tensor
        As for `read`.
    memory : Memory
        What it looks at.
    attention : Attention
        How it looks.

    Returns
    -------
    bool
        False where the steps must be walked one by one.
    """
    config, others = cell.config, cell.config.dropouts
    if config.kind not in STEPS or config.num_layers > 1 or config.layer_norm or config.residual:
        return False
    if others.zoneout or (cell.training and (others.recurrent or others.weight)):
        return False
    if type(attention) not in ATTENTIONS.values() or not memory.values.shape[1]:
        return False
    if any(len(part) != len(x) for part in (memory.values, state[1], *(s[0] for s in _flat(state[0])))):
        return False
    return fused.covers(config.kind, x, cell.layer(0).weights(), Course(), NO_NOISE)


def read(
    cell: Recurrent,
    x: Tensor,
    keep: Tensor,
    state: tuple[State, Tensor],
    memory: Memory,
    looks: tuple[Attention, Tensor],
) -> Fed:
    """Walk a decoder over given words.

    Parameters
    ----------
    cell : Recurrent
        Ask `covers` first.
    x : Tensor, shape (B, S, E)
        Vectors of the words.
    keep : Tensor of bool, shape (B, S)
        Which are real.
    state : tuple of State and Tensor, shape (B, H)
        Of the cell, and what is fed into the first step.
    memory : Memory
        What it looks at.
    looks : tuple of Attention and Tensor, shape (H, D + H)
        Scores, and the weights that combine context and state.

    Returns
    -------
    Fed
        The same numbers as step by step; where chance drops something, others of the same kind.
    """
    (attention, combine), (first, feed) = looks, state
    n_words = x.shape[2]
    drop_x, drop_state = _masks(cell, x)
    x = x.float() if drop_x is None else x.float() * drop_x[:, :, :n_words]
    fixed = _Fixed(memory.keep, None if drop_x is None else drop_x[:, :, n_words:], drop_state)
    sight = Sight(memory.values, memory.keys, combine)
    if isinstance(attention, AdditiveAttention):
        sight = sight._replace(project=attention.project_query.weight, v=attention.v)
    states = [s[0] for s in _flat(first)]
    given: tuple[Tensor | None, ...] = (x, feed, *sight, *states, *cell.layer(0).weights()[:-1])
    low = torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32
    learns = torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in given)
    course = Course(None if bool(keep.all()) else keep)
    call = Call(cell.config.kind, low, learns, course, NO_NOISE, len(states))
    if learns:
        outputs, shares, *last = _Feeding.apply(call, fixed, *given)
    else:  # as in `fused.sweep_ways`: threads may not write to tensors of inference mode
        with torch.inference_mode(False), torch.no_grad():
            outputs, shares, *last = _walk(call, fixed, given)[1]
    ends = tuple(s.unsqueeze(0) for s in last)
    newest = outputs[torch.arange(len(x)), first_and_last(keep)[1]]
    newest = torch.where(keep.any(dim=1, keepdim=True), newest, feed)
    return Fed(outputs, shares, ends if len(ends) > 1 else ends[0], newest)


def _flat(state: State) -> tuple[Tensor, ...]:
    """Give the states of a cell, (1, B, H) each."""
    return cast(tuple[Tensor, ...], state if isinstance(state, tuple) else (state,))


def _masks(cell: Recurrent, x: Tensor) -> list[Tensor | None]:
    """Draw dropout of inputs, words and feed side by side, and of states: for every step anew."""
    drops, hidden = cell.config.dropouts, cell.config.hidden_size
    return [
        kept(x.new_empty(*x.shape[:2], size, dtype=torch.float32), chance) if cell.training and chance else None
        for size, chance in ((x.shape[2] + hidden, drops.input), (hidden, drops.output))
    ]


class _FedPart(Part):
    """Rows of a batch whose steps see the output of the step before."""

    def __init__(self, looking: Looking, feed: Tensor, drop: Tensor | None, *made: Any) -> None:
        super().__init__(*made)
        self.looking, self.feed, self.drop = looking, feed, drop
        self.real = torch.from_numpy(self.frame.columns)[0, :-1, : self.frame.n_rows].unsqueeze(2)  # (T, B, 1)

    def forward(self, x: Tensor, keep: Tensor | None, weights: tuple[Tensor, Tensor], rows: Tensor, y: Tensor) -> None:
        """Walk all steps; see `Part`. The last columns of `x` are room for what is fed."""
        from malgil.nn._norm_kernels import turn

        frame, steps, (w_x, w_h) = self.frame, self.steps, weights
        n, hidden, inputs = frame.n_rows, frame.hidden, rows.view(frame.n_steps, frame.width, -1)
        as_rows(x, frame, keep, inputs)
        self.w_feed = w_x[:, -hidden:].t().contiguous()
        projected, products = bits(self.on_x.buffer), self.on_x.buffer[:, : steps.n_gates].flatten(1, 2)
        masked, each, of_h = bits(self.masked), list(self.masked), self.on_h.flat
        feed, h_rows = self.feed, torch.empty(n, hidden)
        for t in range(frame.n_steps):
            inputs[t, :n, -hidden:] = feed if self.drop is None else feed * self.drop[:, t]
            torch.mm(w_x, inputs[t].t(), out=products[t])
            torch.mm(w_h, each[t % len(each)], out=of_h[t % len(of_h)])
            h = steps.forward(t, projected, self.on_h.normalise(t), masked)
            turn(t, h, frame.columns, h_rows.numpy())
            feed = torch.where(self.real[t] > 0, self.looking.forward(t, h_rows), feed)
        y.copy_(self.looking.outputs)

    def backward(self, d_y: Tensor, d_states: Sequence[Tensor], w_h: Tensor, into: tuple[Tensor, ...]) -> None:
        """Walk back through all steps; see `Part`."""
        frame, steps = self.frame, self.steps
        n, shape = frame.n_rows, (frame.hidden, frame.width)
        d_last = [as_columns(d, frame.width) for d in d_states]
        steps.start_back(d_last)
        product, through = torch.zeros(shape, dtype=frame.low), torch.empty(shape, dtype=frame.low)
        product_array, d_outputs = bits(product), d_y.transpose(0, 1)
        d_feed, d_h = torch.zeros(n, frame.hidden), torch.zeros(shape)
        for t in reversed(range(frame.n_steps)):
            real = self.real[t]  # padding is 0 where it comes from the cell, and hands on what it was fed
            d_past = d_feed * (1 - real)
            d_seen = self.looking.backward(t, d_outputs[t] + d_feed * real)
            d_h[:, :n] = (d_seen * real).t()
            steps.backward(t, product_array, d_h.numpy())
            torch.mm(w_h, steps.d_gates[t, steps.on_h].flatten(0, 1), out=product)
            torch.mm(self.w_feed, steps.d_gates[t, steps.on_x].flatten(0, 1), out=through)
            d_now = through[:, :n].t()
            d_feed = d_past + (d_now if self.drop is None else d_now * self.drop[:, t])
        d_last[0] += self.enters * product
        self.d_feed = d_feed
        self.d_first = [d[:, :n].t() for d in d_last]
        self._lay_out(into)


def _walk(call: Call, fixed: _Fixed, given: Sequence[Tensor | None]) -> tuple[Walk, tuple[Tensor, ...]]:
    """Walk forward: outputs, shares and last states."""
    x, feed, *seen = given[: 2 + len(Sight._fields)]
    states = given[2 + len(Sight._fields) :][: call.n_states]
    weights = Weights(*given[-len(Weights._fields[:-1]) :])  # type: ignore[arg-type]
    sight = Sight(*seen)  # type: ignore[arg-type]
    assert x is not None and feed is not None

    def make_part(make_steps: MakeSteps, frame: Frame, first: Sequence[Tensor], weights: Weights) -> Part:
        rows = frame.rows
        own = sight._replace(values=sight.values[rows], keys=sight.keys[rows])
        keep, drop_feed, drop_state = (None if part is None else part[rows] for part in fixed)
        looking = Looking(own, keep, drop_state, frame.n_steps, call.low)  # type: ignore[arg-type]
        return _FedPart(looking, feed[rows].detach().float(), drop_feed, make_steps, frame, first, weights)

    room = torch.nn.functional.pad(x.detach(), (0, feed.shape[1]))
    with torch.autocast("cpu", enabled=False):
        walk = Walk(STEPS[call.kind], call, room, states, weights, make_part)  # type: ignore[arg-type]
        outputs, *last = walk.forward()
    shares = torch.cat([part.looking.shares.transpose(0, 1) for part in _fed(walk)])
    return walk, (outputs, shares, *last)


def _fed(walk: Walk) -> list[_FedPart]:
    return walk.parts  # type: ignore[return-value]


class _Feeding(torch.autograd.Function):
    """`read` where gradients are wanted."""

    @staticmethod
    def forward(ctx: Any, call: Call, fixed: _Fixed, *given: Tensor | None) -> tuple[Tensor, ...]:
        ctx.call, ctx.fixed = call, fixed
        ctx.walk, found = _walk(call, fixed, given)
        ctx.save_for_backward(*given)  # so that weights changed in between are noticed
        return found

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor, d_shares: Tensor, *d_states: Tensor) -> tuple[Tensor | None, ...]:
        given, walk, ctx.walk = ctx.saved_tensors, ctx.walk, None
        if walk is None:  # a walk goes back but once, over what it has kept
            walk, _ = _walk(ctx.call, ctx.fixed, given)
        with torch.autocast("cpu", enabled=False):
            for part in _fed(walk):
                part.looking.start_back(d_shares[part.frame.rows])
            d_x, d_first, by_name = walk.backward(d_outputs, d_states)
            (d_values, d_keys), shared = _joined([part.looking.gradients() for part in _fed(walk)])
        d_feed = torch.cat([part.d_feed for part in _fed(walk)])
        d_weights = map(by_name.get, Weights._fields[:-1])
        found = (d_x[:, :, : given[0].shape[2]], d_feed, d_values, d_keys, *shared, *d_first, *d_weights)
        return (
            None,
            None,
            *(None if t is None or d is None else d.to(t.dtype) for t, d in zip(given, found, strict=True)),
        )


def _joined(parts: Sequence[Sequence[Tensor | None]]) -> tuple[list[Tensor], list[Tensor | None]]:
    """Put the memory's gradients one behind the other, and add up those of the weights."""
    memory, weights = zip(*(part[:2] for part in parts), strict=True), zip(*(part[2:] for part in parts), strict=True)
    sums = [None if each[0] is None else torch.stack([d.float() for d in each]).sum(0) for each in weights]
    return [torch.cat(each) for each in memory], sums
