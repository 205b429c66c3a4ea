"""Networks as ONNX graphs give what torch gives, for any batch and any length."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

torch = pytest.importorskip("torch")
runtime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")

from malgil.nn.characters import CharacterEncoder  # noqa: E402
from malgil.nn.crf import LinearChainCRF  # noqa: E402
from malgil.nn.dropouts import Dropouts  # noqa: E402
from malgil.nn.embedding import Embedding  # noqa: E402
from malgil.nn.encoders import ENCODERS, EncoderConfig, build_encoder  # noqa: E402
from malgil.nn.lstm import LSTM  # noqa: E402
from malgil.nn.pooling import POOLINGS, build_pooling  # noqa: E402
from malgil.nn.rnn import RNN  # noqa: E402
from malgil.tasks.names import ENCODERS as NAMES  # noqa: E402
from malgil.tasks.onnx_encoders import encode, stack  # noqa: E402
from malgil.tasks.onnx_graph import Graph, Slot  # noqa: E402
from malgil.tasks.onnx_networks import Anatomy, Ending, network_to_onnx  # noqa: E402
from malgil.tasks.onnx_parts import embed, pool, rows_of  # noqa: E402
from malgil.tasks.onnx_running import best_tags, open_session, run_rows  # noqa: E402

E, H = 3, 4
LENGTHS = [[5, 2, 1, 0], [3], [1, 1]]


def shaken(module: torch.nn.Module) -> torch.nn.Module:
    """Draw every parameter anew, so that none is at a value that hides a mistake."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)
    return module.eval()


def run(add: Callable[..., dict[str, str]]) -> Callable[[np.ndarray, list[int]], dict[str, np.ndarray]]:
    graph = Graph()
    outputs = add(graph, "x", rows_of(graph, "lengths", "x"))
    for name, value in outputs.items():
        graph.named(value, name)
    shapes = {"y": ["B", "T", "D"]}
    slots = [Slot(name, "float32", shapes.get(name, ["B", "D"])) for name in outputs]
    content = graph.to_bytes("test", [Slot("x", "float32", ["B", "T", E]), Slot("lengths", "int64", ["B"])], slots)
    session = runtime.InferenceSession(content)
    return lambda x, lengths: dict(zip(outputs, session.run(None, {"x": x, "lengths": np.array(lengths)}), strict=True))


def batches() -> list[tuple[np.ndarray, torch.Tensor, list[int]]]:
    rng = np.random.default_rng(0)
    out = []
    for lengths in LENGTHS:
        x = rng.normal(size=(len(lengths), max(lengths), E)).astype(np.float32)
        keep = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
        out.append((x, keep, lengths))
    return out


def assert_equal_outputs(encoder: torch.nn.Module) -> None:
    session = run(lambda graph, x, rows: dict(zip(("y", "last"), encode(graph, x, rows, encoder), strict=True)))
    for x, keep, lengths in batches():
        with torch.no_grad():
            wanted = encoder(torch.from_numpy(x), keep)
        found = session(x, lengths)
        assert found["y"] == pytest.approx(wanted.y.numpy(), abs=1e-5)
        assert found["last"] == pytest.approx(wanted.last.numpy(), abs=1e-5)


def test_the_names_are_those_of_the_encoders() -> None:
    assert set(NAMES) == set(ENCODERS)


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("extra", [False, True])
def test_every_encoder(kind: str, extra: bool) -> None:
    options = (
        {"num_layers": 2, "residual": True, "layer_norm": True, "dropouts": Dropouts(zoneout=0.3)} if extra else {}
    )
    assert_equal_outputs(shaken(build_encoder(EncoderConfig(kind, E, H, widths=(1, 2, 3), **options))))


@pytest.mark.parametrize("kind", ["cnn", "gru"])
def test_causal_encoders(kind: str) -> None:
    for layer_norm in (False, True):
        config = EncoderConfig(kind, E, H, 3, causal=True, layer_norm=layer_norm, widths=(2, 3))
        assert_equal_outputs(shaken(build_encoder(config)))


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("layer_norm", [False, True])
def test_activations(activation: str, layer_norm: bool) -> None:
    assert_equal_stack(RNN(E, H, 1, True, activation=activation, layer_norm=layer_norm))


@pytest.mark.parametrize("options", [{}, {"layer_norm": True}, {"dropouts": Dropouts(zoneout=0.2)}])
def test_peepholes(options: dict[str, object]) -> None:
    assert_equal_stack(LSTM(E, H, 2, True, peepholes=True, **options))


def assert_equal_stack(cell: torch.nn.Module) -> None:
    shaken(cell)
    session = run(lambda graph, x, rows: {"y": stack(graph, x, rows, cell)})
    for x, keep, lengths in batches():
        masked = torch.from_numpy(x) * keep[:, :, None]
        with torch.no_grad():
            wanted = cell(masked, keep)[0]
        assert session(masked.numpy(), lengths)["y"] == pytest.approx(wanted.numpy(), abs=1e-5)


@pytest.mark.parametrize("name", POOLINGS)
def test_every_pooling(name: str) -> None:
    encoder = shaken(build_encoder(EncoderConfig("gru", E, H)))
    pooling = shaken(build_pooling(name, encoder.output_size))

    def add(graph: Graph, x: str, rows: object) -> dict[str, str]:
        return {"pooled": pool(graph, *encode(graph, x, rows, encoder), rows, pooling)}

    session = run(add)
    for x, keep, lengths in batches():
        with torch.no_grad():
            wanted = pooling(encoder(torch.from_numpy(x), keep), keep)
        assert session(x, lengths)["pooled"] == pytest.approx(wanted.numpy(), abs=1e-5)


def test_the_same_network_gives_the_same_bytes() -> None:
    encoder = shaken(build_encoder(EncoderConfig("gru", E, H, layer_norm=True)))
    made = []
    for _ in range(2):
        graph = Graph()
        graph.named(encode(graph, "x", rows_of(graph, "lengths", "x"), encoder)[1], "last")
        made.append(
            graph.to_bytes(
                "a",
                [Slot("x", "float32", ["B", "T", E]), Slot("lengths", "int64", ["B"])],
                [Slot("last", "float32", ["B", "D"])],
            )
        )
    assert made[0] == made[1]


@pytest.mark.parametrize("is_spelled", [False, True])
def test_words_and_their_characters(is_spelled: bool) -> None:
    table = np.array([[0, 0, 0], [1, 0, 0], [2, 3, 1], [3, 2, 0]])
    embedding, characters = shaken(Embedding(4, 3)), shaken(CharacterEncoder(table, 4, size=5, widths=(2, 3)))
    graph = Graph()
    slots = [Slot("words", "int64", ["B", "T"])] + [Slot("spellings", "int64", ["B", "T", "C"])] * is_spelled
    graph.named(embed(graph, "words", embedding, characters, "spellings" if is_spelled else ""), "x")
    session = runtime.InferenceSession(graph.to_bytes("words", slots, [Slot("x", "float32", ["B", "T", 8])]))
    words = np.array([[2, 3, 1], [0, 2, 0]])
    feed = {"words": words} | ({"spellings": table[words]} if is_spelled else {})
    with torch.no_grad():
        letters = torch.from_numpy(table[words] if is_spelled else words)
        wanted = torch.cat([embedding(torch.from_numpy(words)), characters(letters)], dim=2)
    assert session.run(None, feed)[0] == pytest.approx(wanted.numpy(), abs=1e-5)


def test_the_best_path_is_that_of_the_chain() -> None:
    chain = shaken(LinearChainCRF(3))
    emissions = np.random.default_rng(2).normal(size=(1, 6, 3)).astype(np.float32)
    wanted = chain.decode(torch.from_numpy(emissions), torch.ones(1, 6, dtype=torch.bool)).tags[0]
    parts = (tensor.detach().numpy() for tensor in (chain.transitions, chain.start, chain.end))
    assert best_tags(emissions[0], *parts).tolist() == wanted.tolist()


@pytest.mark.parametrize("pooling", ["concat", None])
@pytest.mark.parametrize("output", ["probabilities", "scores", "values"])
def test_whole_networks(pooling: str | None, output: str) -> None:
    table = np.array([[0, 0], [1, 0], [2, 3], [3, 2]])
    embedding, characters = shaken(Embedding(4, 3)), shaken(CharacterEncoder(table, 4, size=5, widths=(2,)))
    encoder = shaken(build_encoder(EncoderConfig("gru", 8, H)))
    pooled = None if pooling is None else shaken(build_pooling(pooling, encoder.output_size))
    head = shaken(torch.nn.Linear(encoder.output_size if pooled is None else pooled.output_size, 3))
    anatomy = Anatomy(embedding, characters, False, encoder, pooled, head)
    session = open_session(network_to_onnx(anatomy, Ending(output, temperature=2.0, shift=1.0, scale=3.0)))
    rows = [np.array([2, 3, 1]), np.array([], np.int64), np.array([3])]
    for row, found in zip(rows, run_rows(session, {"words": rows}), strict=True):
        words = torch.from_numpy(row)[None]
        with torch.no_grad():
            x = torch.cat([embedding(words), characters(words)], dim=2)
            keep = torch.ones(words.shape, dtype=torch.bool)
            if not len(row):
                continue
            y = encoder(x, keep)
            scores = head(y.y if pooled is None else pooled(y, keep))[0]
        shares = torch.softmax(scores / 2, dim=-1)
        wanted = {"probabilities": shares, "scores": scores, "values": scores * 3 + 1}[output]
        assert found[0] == pytest.approx(wanted.numpy(), abs=1e-5)


def test_a_network_of_numbers() -> None:
    encoder = shaken(build_encoder(EncoderConfig("minlstm", E, H)))
    head = shaken(torch.nn.Linear(encoder.output_size, 2))
    session = open_session(network_to_onnx(Anatomy(None, None, False, encoder, None, head, E), Ending("scores")))
    row = np.random.default_rng(0).normal(size=(4, E)).astype(np.float32)
    with torch.no_grad():
        wanted = head(encoder(torch.from_numpy(row)[None], torch.ones(1, 4, dtype=torch.bool)).y)[0]
    assert run_rows(session, {"numbers": [row, row[:2]]})[0][0] == pytest.approx(wanted.numpy(), abs=1e-5)
