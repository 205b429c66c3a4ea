"""Room of the fused cells: lent to one call at a time, and lent again."""

from __future__ import annotations

import torch

from malgil.nn import LSTM
from malgil.nn.fused_room import Room


def test_buffers_in_use_do_not_overlap() -> None:
    rooms = [Room(), Room()]
    shapes = ((64, 512), (3, 100, 128), (1 << 15,), (2, 3))
    lent = [room.empty(*shape, dtype=dtype) for room in rooms for shape in shapes for dtype in (torch.float32,) * 2]
    for number, tensor in enumerate(lent):
        tensor.fill_(number)
    for number, tensor in enumerate(lent):
        assert tensor.is_contiguous() and (tensor == number).all()
    assert [t.shape for t in lent[: 2 * len(shapes) : 2]] == [torch.Size(s) for s in shapes]


def test_what_a_call_leaves_behind_is_lent_again() -> None:
    room = Room()
    first = room.empty(300, 1000)
    place = first.data_ptr()
    del first, room
    again = Room().empty(1000, 700, dtype=torch.bfloat16)  # its bytes fit in the same power of two
    assert again.data_ptr() == place
    assert again.shape == (1000, 700) and again.dtype == torch.bfloat16


def test_small_and_vast_buffers_are_not_kept() -> None:
    for n in (0, 100, (1 << 24) + 1):
        room = Room()
        room.empty(n)
        assert not room._lent


def test_results_outlive_the_calls_that_come_after() -> None:
    torch.manual_seed(0)
    cell = LSTM(40, 48)
    xs = [torch.randn(80, 20, 40, requires_grad=True) for _ in range(3)]
    found = []
    for x in xs:
        y, (h, c) = cell(x)
        y.square().mean().backward()
        found.append((y, h, c, x.grad))
    copies = [[t.detach().clone() for t in each] for each in found]
    for x in xs:
        cell(x)[0].sum().backward()
    for each, x, copied in zip(found, xs, copies, strict=True):
        assert all(torch.equal(t, s) for t, s in zip(each[:3], copied[:3], strict=True))
        again = cell(x)[0]
        assert torch.equal(again, copied[0])


def test_graphs_that_live_side_by_side_do_not_disturb_each_other() -> None:
    torch.manual_seed(1)
    cell = LSTM(40, 48)
    xs = [torch.randn(80, 20, 40, requires_grad=True) for _ in range(2)]
    alone = []
    for x in xs:
        (d,) = torch.autograd.grad(cell(x)[0].square().sum(), x)
        alone.append(d)
    outputs = [cell(x)[0] for x in xs]
    for x, y, d in zip(xs, outputs, alone, strict=True):
        for _ in range(2):  # a graph that is kept can be walked back twice
            (again,) = torch.autograd.grad(y.square().sum(), x, retain_graph=True)
            assert torch.equal(again, d)
