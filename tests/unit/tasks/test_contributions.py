"""What each step adds to a score: the terms sum to the difference from the baseline, whatever the network."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402

from malgil.nn.encoders import ENCODERS, EncoderConfig, build_encoder  # noqa: E402
from malgil.nn.pooling import POOLINGS, build_pooling  # noqa: E402
from malgil.tasks.contributions import TOLERANCE, integrated_gradients  # noqa: E402


def scorer(kind: str, pooling: str, scale: float = 1.0) -> nn.Module:
    """Make an encoder, a pooling and a linear score."""

    class Scorer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = build_encoder(EncoderConfig(kind, 3, 4, num_layers=2))  # type: ignore[arg-type]
            self.pooling = build_pooling(pooling, self.encoder.output_size)
            self.head = nn.Linear(self.pooling.output_size, 1)

        def forward(self, x: Tensor) -> Tensor:
            keep = torch.ones(x.shape[:2], dtype=torch.bool)
            score: Tensor = self.head(self.pooling(self.encoder(x, keep), keep))[:, 0]
            return score

    torch.manual_seed(0)
    made = Scorer().eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter *= scale
    return made


@pytest.mark.parametrize("kind", ENCODERS)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_terms_sum_to_the_difference_within_a_hundredth(kind: str, pooling: str) -> None:
    score = scorer(kind, pooling)
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(1))
    found = integrated_gradients(score, x)
    with torch.no_grad():
        ends = [float(score(one[None])) for one in (x, torch.zeros_like(x))]
    assert (found.score, found.baseline) == pytest.approx(ends, abs=1e-6)
    assert abs(ends[0] - ends[1] - found.values.sum()) <= TOLERANCE * abs(ends[0] - ends[1]) + 1e-6


def test_a_bent_line_is_cut_finer() -> None:
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(1))
    straight, bent = (integrated_gradients(scorer("gru", "last", scale), x) for scale in (0.1, 6.0))
    assert straight.n_pieces == 8 < bent.n_pieces
    assert abs(bent.missed) <= TOLERANCE * abs(bent.score - bent.baseline)


def test_a_linear_score_is_shared_out_exactly() -> None:
    w = torch.tensor([[1.0, -2.0], [0.5, 0.0], [3.0, 1.0]])
    x = torch.tensor([[1.0, 1.0], [2.0, 5.0], [0.0, 0.0]])
    found = integrated_gradients(lambda batch: (batch * w).sum(dim=(1, 2)) + 7.0, x)
    assert found.values == pytest.approx([-1.0, 1.0, 0.0]) and found.baseline == 7.0


def test_a_step_through_a_threshold_is_found() -> None:
    x = torch.tensor([[1.0], [1.0]])
    found = integrated_gradients(lambda batch: torch.relu(batch[:, 0, 0] - 0.9) * 10 + batch[:, 1, 0], x)
    assert found.values == pytest.approx([1.0, 1.0], rel=0.02)


def test_no_difference_and_no_steps_give_no_error() -> None:
    assert integrated_gradients(lambda batch: batch.sum(dim=(1, 2)) * 0 + 2.0, torch.ones(2, 1)).values.tolist() == [
        0,
        0,
    ]
    empty = integrated_gradients(lambda batch: batch.sum(dim=(1, 2)), torch.ones(0, 3))
    assert empty.values.shape == (0,) and empty.missed == 0.0


def test_the_explanation_adds_up() -> None:
    score = scorer("lstm", "mean", 3.0)
    x = torch.randn(3, 3, generator=torch.Generator().manual_seed(1))
    found = integrated_gradients(score, x)
    opened = found.explain(["이", "영화", "ㅋㅋ"], "logit(긍정)")
    assert opened.wrong() == [] and opened.value == pytest.approx(found.score)
    assert [term.label for term in opened.terms[1:-1]] == ["1: 이", "2: 영화", "3: ㅋㅋ"]
    assert np.allclose([term.value for term in opened.terms[1:-1]], found.values)
    assert abs(opened.terms[-1].value) <= TOLERANCE * abs(found.score - found.baseline) + 1e-6
    assert "2: 영화" in opened.to_svg()
