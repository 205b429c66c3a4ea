"""Writing word by word against every text there is."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.errors import ParameterError
from malgil.nn import beam
from malgil.nn.beam import beam_search, best_places, length_penalty
from malgil.nn.searching import Limits, Sampling, draw, greedy, sample
from tests.naive import nn_parts as naive

FIRST, LAST = 0, 1
N_WORDS = 4
LIMITS = Limits(max_length=4, last=LAST, banned=(FIRST,))


class Writer:
    """A language model by tables: the next word depends on the last two, and on the row's own table."""

    def __init__(self, seed: int, n_rows: int, levels: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        scores = torch.randn(n_rows, N_WORDS, N_WORDS, N_WORDS, generator=generator, dtype=torch.float64) * 2
        # few levels make many equal probabilities
        self.tables = torch.log_softmax((scores * levels).round() / levels if levels else scores, dim=-1)

    def state(self) -> tuple[torch.Tensor, tuple[torch.Tensor]]:
        rows = torch.arange(len(self.tables)).view(1, -1, 1)
        return rows, (torch.zeros_like(rows),)

    def __call__(self, tokens: torch.Tensor, state: tuple) -> tuple[torch.Tensor, tuple, torch.Tensor]:
        rows, (before,) = state
        log_probs = self.tables[rows[0, :, 0], before[0, :, 0], tokens]
        weights = torch.stack([rows[0, :, 0].double(), tokens.double()], dim=1)
        return log_probs, (rows, (tokens.view(1, -1, 1),)), weights

    def log_prob(self, row: int, text: tuple[int, ...], ended: bool = True) -> float:
        words = [FIRST, FIRST, *text, *([LAST] if ended else [])]
        return sum(self.tables[row, a, b, c].item() for a, b, c in zip(words, words[1:], words[2:], strict=False))


def firsts(n_rows: int) -> torch.Tensor:
    return torch.full((n_rows,), FIRST)


@given(st.integers(0, 500), st.integers(1, 3), st.sampled_from([0.0, 0.6, 1.0]), st.integers(1, 3))
@settings(max_examples=30)
def test_a_wide_beam_finds_the_best_of_all_texts(seed: int, n_rows: int, penalty: float, n_best: int) -> None:
    writer = Writer(seed, n_rows)
    found = beam_search(writer, firsts(n_rows), writer.state(), LIMITS, beam=64, penalty=penalty, n_best=n_best)
    for row in range(n_rows):
        wanted = naive.best_texts(lambda text, row=row: writer.log_prob(row, text), (2, 3), 4, penalty)[:n_best]
        assert [tuple(text.tokens) for text in found[row]] == [text for _, text in wanted]
        np.testing.assert_allclose([text.score for text in found[row]], [score for score, _ in wanted])
        for text in found[row]:
            assert text.ended
            assert text.log_prob == pytest.approx(writer.log_prob(row, tuple(text.tokens)))
            assert text.weights is None if not text.tokens else text.weights[:, 0].eq(row).all()
            if text.tokens:  # the weights of a word are those of the step that read the word before
                assert text.weights[:, 1].tolist() == [FIRST, *text.tokens[:-1]]


@given(st.integers(0, 500), st.integers(1, 4), st.sampled_from([0, 1]))
def test_a_beam_of_one_is_greedy(seed: int, n_rows: int, levels: int) -> None:
    writer = Writer(seed, n_rows, levels)
    narrow = beam_search(writer, firsts(n_rows), writer.state(), LIMITS, beam=1, penalty=0.0)
    for row, text in enumerate(greedy(writer, firsts(n_rows), writer.state(), LIMITS)):
        assert narrow[row][0].tokens == text.tokens
        assert narrow[row][0].ended == text.ended
        assert narrow[row][0].log_prob == pytest.approx(text.log_prob)
        assert text.log_prob == pytest.approx(writer.log_prob(row, tuple(text.tokens), text.ended))


@given(st.integers(0, 500), st.integers(1, 6), st.sampled_from([0, 1]))
def test_other_rows_change_nothing(seed: int, width: int, levels: int) -> None:
    writer = Writer(seed, 4, levels)
    together = beam_search(writer, firsts(4), writer.state(), LIMITS, beam=width, n_best=width)
    for row in range(4):
        alone = Writer(seed, 4, levels)
        alone.tables = alone.tables[row : row + 1]
        (single,) = beam_search(alone, firsts(1), alone.state(), LIMITS, beam=width, n_best=width)
        assert [text[:4] for text in single] == [text[:4] for text in together[row]]


@given(st.integers(0, 500), st.integers(1, 3), st.sampled_from([0.0, 1.0]))
def test_stopping_early_loses_nothing(seed: int, n_best: int, penalty: float) -> None:
    writer = Writer(seed, 2)

    def search() -> list[list[tuple[object, ...]]]:
        limits = Limits(8, LAST, (FIRST,))
        found = beam_search(writer, firsts(2), writer.state(), limits, beam=3, penalty=penalty, n_best=n_best)
        return [[text[:4] for text in texts] for texts in found]

    early = search()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beam, "_is_done", lambda ends, bound, n_best: False)
        assert search() == early


def test_words_that_end_are_no_longer_asked() -> None:
    asked = []

    def step(tokens: torch.Tensor, state: tuple) -> tuple[torch.Tensor, tuple, None]:
        asked.append(len(tokens))
        return torch.tensor([[-9.0, -0.01, -5.0]]).expand(len(tokens), 3), state, None

    (text,) = beam_search(step, firsts(1), (), Limits(50, LAST, (FIRST,)), beam=2, penalty=0.0)[0]
    assert (text.tokens, text.weights, len(asked)) == ([], None, 1)


def test_equal_texts_come_in_the_order_of_their_words() -> None:
    def step(tokens: torch.Tensor, state: tuple) -> tuple[torch.Tensor, tuple, None]:
        flat = torch.full((len(tokens), 4), math.log(0.25))
        return flat, state, None

    texts = beam_search(step, firsts(1), (), Limits(2, LAST, (FIRST,)), beam=4, penalty=0.0, n_best=3)[0]
    assert [text.tokens for text in texts] == [[], [2], [3]]
    assert greedy(step, firsts(1), (), Limits(2, LAST, (FIRST, LAST)))[0].tokens == [2, 2]


def test_a_text_that_never_ends_is_cut_and_says_so() -> None:
    def step(tokens: torch.Tensor, state: tuple) -> tuple[torch.Tensor, tuple, torch.Tensor]:
        return (
            torch.tensor([[-torch.inf, -torch.inf, -0.5, -1.0]]).expand(len(tokens), 4),
            state,
            torch.ones(len(tokens), 3),
        )

    for text in (
        beam_search(step, firsts(1), (), Limits(3, LAST, (FIRST,)), beam=2)[0][0],
        greedy(step, firsts(1), (), Limits(3, LAST, (FIRST,)))[0],
    ):
        assert text.tokens == [2, 2, 2]
        assert not text.ended
        assert text.log_prob == pytest.approx(-1.5)
        assert text.weights.shape == (3, 3)


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, -math.inf]), min_size=1, max_size=9), st.data())
def test_best_places_are_the_first_of_equal_ones(values: list[float], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(values)))
    found, places = best_places(torch.tensor([values, values[::-1]]), n)
    for row, numbers in enumerate([values, values[::-1]]):
        wanted = sorted(range(len(numbers)), key=lambda place: (-numbers[place], place))[:n]
        assert places[row].tolist() == wanted
        assert found[row].tolist() == [numbers[place] for place in wanted]


@given(
    st.lists(st.integers(-6, 0), min_size=1, max_size=6),
    st.sampled_from([0.5, 1.0, 2.0]),
    st.sampled_from([None, 1, 2, 9]),
    st.sampled_from([0.05, 0.5, 0.9, 1.0]),
)
@settings(max_examples=40)
def test_words_are_drawn_as_often_as_they_should(
    scores: list[int], temperature: float, top_k: int | None, top_p: float
) -> None:
    n = 2000
    generator = torch.Generator().manual_seed(0)
    log_probs = torch.tensor(scores, dtype=torch.float32).expand(n, -1)
    words = draw(log_probs, Sampling(temperature, top_k, top_p), generator)
    shares = np.bincount(words.numpy(), minlength=len(scores)) / n
    wanted = naive.drawn_shares(scores, temperature, top_k, top_p)
    assert not shares[np.array(wanted) == 0].any()
    # five standard deviations of a share of n draws
    assert np.abs(shares - wanted).max() <= 5 * math.sqrt(0.25 / n)


def test_same_seed_draws_the_same_text() -> None:
    writer = Writer(3, 5)

    def text(seed: int) -> list[list[int]]:
        generator = torch.Generator().manual_seed(seed)
        limits = Limits(20, LAST, (FIRST,))
        drawn = sample(writer, firsts(5), writer.state(), limits, sampling=Sampling(1.5), generator=generator)
        assert all(
            t.log_prob == pytest.approx(writer.log_prob(r, tuple(t.tokens), t.ended)) for r, t in enumerate(drawn)
        )
        return [t.tokens for t in drawn]

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_banned_words_are_never_written() -> None:
    writer, generator = Writer(0, 3), torch.Generator().manual_seed(0)
    limits = Limits(6, LAST, (FIRST, 2))
    for texts in (
        [texts[0] for texts in beam_search(writer, firsts(3), writer.state(), limits)],
        greedy(writer, firsts(3), writer.state(), limits),
        sample(writer, firsts(3), writer.state(), limits, sampling=Sampling(), generator=generator),
    ):
        assert {word for text in texts for word in text.tokens} <= {3}


def test_the_penalty_is_that_of_the_paper() -> None:
    assert length_penalty(1, 0.6) == 1
    assert length_penalty(7, 1.0) == 2
    assert length_penalty(30, 0.0) == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: Limits(0),
        lambda: Sampling(temperature=0),
        lambda: Sampling(temperature=math.nan),
        lambda: Sampling(top_k=0),
        lambda: Sampling(top_p=0),
        lambda: Sampling(top_p=1.5),
        lambda: beam_search(Writer(0, 1), firsts(1), (), LIMITS, beam=0),
        lambda: beam_search(Writer(0, 1), firsts(1), (), LIMITS, penalty=-1),
        lambda: beam_search(Writer(0, 1), firsts(1), (), LIMITS, beam=2, n_best=3),
    ],
)
def test_wrong_settings_are_refused(make: object) -> None:
    with pytest.raises(ParameterError):
        make()


def test_a_vocabulary_wider_than_the_beam_whose_words_are_all_as_likely() -> None:
    # equal numbers at the border are settled by a sort, whose first columns do not lie side by side in memory
    def step(tokens: torch.Tensor, state: tuple) -> tuple[torch.Tensor, tuple, None]:
        return torch.full((len(tokens), 12), -math.log(12), dtype=torch.float64), state, None

    state = (torch.zeros(1, 2, 1), (torch.zeros(1, 2, 1),))
    limits = Limits(max_length=2, last=LAST, banned=(FIRST,))
    for texts in beam_search(step, firsts(2), state, limits, beam=2, penalty=0.0, n_best=2):
        assert [text.tokens for text in texts] == [[], [2]]
        np.testing.assert_allclose([text.log_prob for text in texts], [-math.log(12), -2 * math.log(12)])
