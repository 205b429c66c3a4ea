"""Traces of small networks: what stands in the picture is what the network computed."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402

from malgil.drawing import draw  # noqa: E402
from malgil.nn.decoder import DecoderConfig  # noqa: E402
from malgil.nn.embedding import Embedding  # noqa: E402
from malgil.nn.encoders import ENCODERS, EncoderConfig, build_encoder  # noqa: E402
from malgil.nn.mlp import MLP  # noqa: E402
from malgil.nn.pooling import POOLINGS, build_pooling  # noqa: E402
from malgil.sequences.specials import EOS  # noqa: E402
from malgil.tasks.network_tracing import Answer, share_out, trace_reading, trace_vector, trace_writing  # noqa: E402
from malgil.tasks.writing_network import TextSource, WordsSource, WritingNetwork  # noqa: E402

TOKENS = ("이", "영화", "좋다")
IDS = {"ids": torch.tensor([[4, 5, 6, 0]])}  # and a step of padding


class Reader(nn.Module):
    """Words to scores, of the whole or of each step."""

    def __init__(self, kind: str, pooling: str | None) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.embedding = Embedding(9, 3)
        self.encoder = build_encoder(EncoderConfig(kind, 3, 4))  # type: ignore[arg-type]
        size = int(self.encoder.output_size)  # type: ignore[arg-type]
        self.pooling = None if pooling is None else build_pooling(pooling, size)
        self.head = nn.Linear(size if self.pooling is None else self.pooling.output_size, 2)
        self.eval()

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        keep = batch["ids"] != 0
        encoded = self.encoder(self.embedding(batch["ids"]), keep)
        scores: Tensor = self.head(encoded.y if self.pooling is None else self.pooling(encoded, keep))
        return scores


@pytest.mark.parametrize("kind", ENCODERS)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_reader_of_one_answer(kind: str, pooling: str) -> None:
    network = Reader(kind, pooling)
    answer = Answer(("긍정",), None, ("부정", "긍정"), np.array([0.2, 0.8]))
    trace = trace_reading(network, network, IDS, TOKENS, answer, "GRU")
    assert trace.shape == "many_to_one" and trace.tokens == TOKENS
    assert trace.pooling is not None and trace.pooling.sum() == pytest.approx(1.0)
    keep = torch.ones(1, 3, dtype=torch.bool)
    with torch.no_grad():
        y = network.encoder(network.embedding(IDS["ids"][:, :3]), keep).y[0].numpy()
    assert np.allclose(np.concatenate([walk.h for walk in trace.walks], axis=1), y, atol=1e-5)
    assert draw(trace).width > 0
    assert not network.encoder._forward_pre_hooks


def test_a_reader_of_an_answer_for_each_step() -> None:
    network = Reader("lstm", None)
    trace = trace_reading(network, network, IDS, TOKENS, Answer(("N", "V", "A"), np.ones(3)))
    assert trace.shape == "aligned" and trace.pooling is None and len(trace.walks) == 2


@pytest.mark.parametrize("kind", ENCODERS)
@pytest.mark.parametrize("step", [None, 1])
def test_a_score_is_shared_out_among_the_words(kind: str, step: int | None) -> None:
    network = Reader(kind, "mean" if step is None else None)
    found = share_out(network, network, IDS, lambda scores: scores[:, 1] if step is None else scores[:, step, 1])
    with torch.no_grad():
        scores = network(IDS)
        nothing = network.embedding.weight.clone()
        network.embedding.weight.zero_()  # a text of zeros
        baseline = network(IDS)
        network.embedding.weight.copy_(nothing)
    pick = (0, 1) if step is None else (0, step, 1)
    assert found.values.shape == (3,)
    assert (found.score, found.baseline) == pytest.approx((float(scores[pick]), float(baseline[pick])), abs=1e-5)
    assert abs(found.missed) <= 0.01 * abs(found.score - found.baseline) + 1e-6


def test_a_vector_and_its_layers() -> None:
    torch.manual_seed(0)
    mlp = MLP(5, 4, 2).eval()
    x = torch.randn(5)
    trace = trace_vector(mlp, x, Answer(("정치",)), "문서")
    assert trace.shape == "one_to_one" and [walk.kind for walk in trace.walks] == ["input", "mlp", "mlp"]
    with torch.no_grad():
        assert np.allclose(trace.walks[-1].h[0], mlp(x[None])[0].numpy())
    assert draw(trace).width > 0


@pytest.mark.parametrize("kind", ["gru", "lstm", "minlstm"])
def test_a_writer_and_what_it_looked_at(kind: str) -> None:
    torch.manual_seed(0)
    source = TextSource(9, EncoderConfig("gru", 3, 4))
    config = DecoderConfig(kind, 9, source.output_size, source.memory_size, 3, 4)  # type: ignore[arg-type]
    network = WritingNetwork(source, config).eval()
    batch = {"source": torch.tensor([[4, 5, 6]])}
    trace = trace_writing(network, batch, TOKENS, [(7, "I"), (8, "saw"), (EOS, "</s>")])
    assert trace.shape == "unaligned" and trace.fed == ("<s>", "I", "saw") and trace.outputs == ("I", "saw", "</s>")
    assert trace.attention is not None and np.allclose(trace.attention.sum(axis=1), 1, atol=1e-6)
    with torch.no_grad():
        state, memory = network.begin(batch)
        wanted = network.decoder(torch.tensor([[2, 7, 8]]), state, memory).log_probs[0].exp()
    assert trace.probabilities is not None
    assert np.allclose(trace.probabilities, wanted[range(3), [7, 8, EOS]].numpy(), atol=1e-6)
    assert draw(trace, lang="ko").width > 0


def test_a_writer_from_a_label() -> None:
    torch.manual_seed(0)
    source = WordsSource(9, 4)
    config = DecoderConfig("gru", 9, source.output_size, 0, 3, 4, feedback=False)
    network = WritingNetwork(source, config).eval()
    trace = trace_writing(network, {"source": torch.tensor([[4]])}, ("긍정",), [(7, "좋다"), (EOS, "</s>")])
    assert trace.shape == "one_to_many" and trace.walks == () and trace.attention is None and trace.fed == ()
    assert draw(trace).width > 0
