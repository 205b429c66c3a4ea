"""Vectors of words and their letters, heads, perceptrons and images."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from malgil.errors import ParameterError
from malgil.nn import images
from malgil.nn.characters import CharacterEncoder
from malgil.nn.embedding import Embedding
from malgil.nn.heads import Head, TiedHead, class_losses
from malgil.nn.images import ImageEncoder
from malgil.nn.mlp import MLP
from malgil.sequences.specials import PAD
from tests.naive import nn_parts as naive

TERMS = ["<pad>", "<unk>", "영화", "영", "화면이", "정말"]


def spelled(terms: list[str], length: int = 4) -> tuple[np.ndarray, dict[str, int]]:
    letters = {letter: place for place, letter in enumerate(sorted({c for t in terms[2:] for c in t}), start=1)}
    table = np.zeros((len(terms), length), np.int32)
    for row, term in enumerate(terms[2:], start=2):
        table[row, : len(term)] = [letters[letter] for letter in term]
    return table, letters


def test_padding_is_the_vector_0_and_is_not_learned() -> None:
    embedding = Embedding(5, 3)
    found = embedding(torch.tensor([[PAD, 2, 2], [1, PAD, 4]]))
    assert found.shape == (2, 3, 3)
    assert not found[0, 0].any()
    assert torch.equal(found[0, 1], embedding.weight[2])
    found.sum().backward()
    assert not embedding.weight.grad[PAD].any()
    assert embedding.weight.grad[2].tolist() == [2, 2, 2]


def test_starting_vectors_are_taken_over_where_they_are_numbers() -> None:
    vectors = np.ones((4, 2))
    vectors[2, 1] = math.nan
    weight = Embedding(4, 2, vectors, frozen=True).weight
    assert not weight.requires_grad
    assert torch.equal(weight[[1, 3]], torch.ones(2, 2))
    assert weight[2].isfinite().all()
    assert not weight[PAD].any()
    with pytest.raises(ParameterError, match=r"\(4, 2\).*\(5, 2\)"):
        Embedding(5, 2, vectors)


def test_word_dropout_takes_all_occurrences_of_a_word_or_none() -> None:
    embedding = Embedding(200, 2, word_dropout=0.5)
    ids = torch.arange(1, 200).repeat(3, 1)
    found = embedding(ids)
    gone = (found == 0).all(dim=2)
    assert torch.equal(gone[0], gone[1])
    assert 0.3 < gone[0].float().mean() < 0.7
    torch.testing.assert_close(found[~gone], 2 * embedding.weight[ids[~gone]])
    assert torch.equal(embedding.eval()(ids), embedding.weight[ids])


def test_a_word_has_the_vector_of_its_letters() -> None:
    table, letters = spelled(TERMS)
    encoder = CharacterEncoder(table, len(letters) + 1, 6).eval()
    found = encoder(torch.tensor([[2, 4, 0], [3, 1, 2]]))
    assert found.shape == (2, 3, 6)
    assert torch.equal(found[0, 0], found[1, 2])
    assert not found[0, 2].any()
    assert not found[1, 1].any()
    alone = encoder.spell(torch.tensor([[letters["영"], letters["화"]]]))  # fewer places, same word
    torch.testing.assert_close(alone[0], found[0, 0])


def test_words_outside_the_table_can_be_spelled() -> None:
    table, letters = spelled(TERMS)
    encoder = CharacterEncoder(table, len(letters) + 1, 6).eval()
    words = torch.tensor([[2, 5], [4, 0]])
    torch.testing.assert_close(encoder(torch.from_numpy(table)[words].long()), encoder(words))


def test_character_table_is_saved_with_the_weights() -> None:
    table, letters = spelled(TERMS)
    encoder = CharacterEncoder(table, len(letters) + 1, 6)
    assert torch.equal(encoder.state_dict()["table"], torch.from_numpy(table))


def test_letters_are_learned() -> None:
    table, letters = spelled(TERMS)
    encoder = CharacterEncoder(table, len(letters) + 1, 6)
    encoder(torch.tensor([[2, 4, 5, 0]])).sum().backward()
    grad = encoder.characters.weight.grad
    assert not grad[0].any()
    assert grad[1:].any()


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_losses_are_those_of_the_formula(smoothing: float) -> None:
    torch.manual_seed(0)
    scores, targets = torch.randn(4, 3, dtype=torch.float64), torch.tensor([0, 2, 1, 1])
    weights = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)
    found = class_losses(scores, targets, smoothing=smoothing, class_weights=weights)
    for row in range(4):
        log_probs = [math.log(share) for share in naive.softmax(scores[row].tolist())]
        wanted = naive.log_loss(log_probs, int(targets[row]), smoothing) * weights[targets[row]].item()
        assert found[row].item() == pytest.approx(wanted)


def test_heads_give_float32_under_autocast() -> None:
    x = torch.randn(2, 3, 4)
    with torch.autocast("cpu", torch.bfloat16):
        assert Head(4, 2)(x).dtype == torch.float32
        assert TiedHead(4, 5, 4)(x, torch.randn(5, 4)).dtype == torch.float32


def test_tied_head_scores_with_the_words_own_vectors() -> None:
    weight, x = torch.randn(5, 3), torch.randn(2, 4)
    head = TiedHead(4, 5, 3)
    torch.testing.assert_close(head(x, weight), x @ head.project.weight.T @ weight.T + head.bias)
    assert len(list(TiedHead(3, 5, 3).parameters())) == 1


def test_a_perceptron_is_layers_of_the_formula() -> None:
    mlp, x = MLP(3, 4, 2), torch.randn(5, 3)
    hidden = x
    for layer in mlp.layers:
        hidden = (hidden @ layer.weight.T + layer.bias).clamp(min=0)
    torch.testing.assert_close(mlp(x), hidden)
    assert mlp.output_size == 4
    assert MLP(3, 4, 0)(x) is x


def test_sparse_vectors_are_taken_as_they_are() -> None:
    mlp = MLP(6, 4, 2)
    places, values = torch.tensor([[0, 0, 2], [1, 5, 0]]), torch.tensor([1.0, 2.0, 3.0])
    x = torch.sparse_coo_tensor(places, values, (3, 6), check_invariants=True)
    torch.testing.assert_close(mlp(x), mlp(x.to_dense()))
    mlp(x).sum().backward()
    assert mlp.layers[0].weight.grad.any()
    torch.testing.assert_close(MLP(6, 4, 0)(x), x.to_dense())
    with torch.autocast("cpu", torch.bfloat16):
        assert mlp(x).isfinite().all()


@pytest.mark.parametrize("depth", [1, 2])
def test_an_image_is_the_same_whatever_stands_beside_it(depth: int) -> None:
    encoder = ImageEncoder(8, (8, 16), depth=depth).double()
    assert sum(isinstance(part, torch.nn.Conv2d) for part in encoder.modules()) == 2 * depth + 1
    drawn = torch.rand(3, 3, 16, 20, dtype=torch.float64)
    encoder(drawn)  # the running means move
    encoder.eval()
    seen, alone = encoder(drawn), encoder(drawn[1:2])
    assert seen.vector.shape == (3, 8)
    assert seen.grid.shape == (3, 4 * 5, 8)
    torch.testing.assert_close(seen.vector[1], alone.vector[0])
    torch.testing.assert_close(seen.grid[1], alone.grid[0])


def test_a_batch_of_images_is_normalised() -> None:
    torch.manual_seed(0)
    norm = images.BatchNorm(3).double()
    x = torch.randn(4, 3, 2, 5, dtype=torch.float64) * 3 + 7
    y = norm(x)
    torch.testing.assert_close(y.mean(dim=(0, 2, 3)), torch.zeros(3, dtype=torch.float64), atol=1e-12, rtol=0)
    torch.testing.assert_close(
        y.std(dim=(0, 2, 3), correction=0), torch.ones(3, dtype=torch.float64), rtol=1e-5, atol=0
    )
    mean, variance = x.mean(dim=(0, 2, 3)) / 10, 0.9 + x.var(dim=(0, 2, 3)) / 10
    torch.testing.assert_close(norm.running_mean, mean)
    torch.testing.assert_close(norm.running_var, variance)
    single = norm(x[:1, :, :1, :1])  # training goes on with a last batch of one place
    torch.testing.assert_close(single[0, :, 0, 0], (x[0, :, 0, 0] - mean) / (variance + norm.eps).sqrt())
    torch.testing.assert_close(norm.running_mean, mean)


def test_where_something_stands_can_be_seen() -> None:
    torch.manual_seed(0)
    encoder = ImageEncoder(8, (8,))
    left, right = torch.zeros(2, 1, 3, 12, 12)
    left[:, :, 4:8, 2:6] = 1
    right[:, :, 4:8, 6:10] = 1
    # the same picture moved by whole cells of the grid: only the coordinates tell them apart
    assert not torch.allclose(encoder(left).vector, encoder(right).vector, atol=1e-3)


def test_edges_do_not_know_their_colours() -> None:
    seen = []
    for channel in (0, 2):
        image = torch.zeros(1, 3, 6, 7)
        image[:, channel, 2:4, 2:5] = 0.9
        seen.append(images._edges(image))
    assert torch.equal(*seen) and seen[0].shape == (1, 1, 6, 7)
    assert seen[0][0, 0, 2, 2] == pytest.approx(4 * (0.9 - 4 * 0.9 / 9)) and not seen[0][0, 0, 0].any()


def test_bytes_are_colours() -> None:
    encoder = ImageEncoder(4, (8,))
    drawn = torch.randint(0, 256, (2, 3, 8, 8), dtype=torch.uint8)
    torch.testing.assert_close(encoder(drawn).vector, encoder(drawn / 255).vector)


def test_frames_are_images_in_a_row() -> None:
    encoder = ImageEncoder(4, (8,))
    clips = torch.rand(2, 3, 3, 8, 8)
    keep = torch.tensor([[True, True, False], [True, True, True]])
    trained = encoder.frames(clips, keep)
    clips[0, 2] = 9.0  # what is not real counts nowhere
    torch.testing.assert_close(encoder.frames(clips, keep), trained)
    encoder.eval()
    frames = encoder.frames(clips, keep)
    assert frames.shape == (2, 3, 4)
    assert not frames[0, 2].any()
    torch.testing.assert_close(frames[1, 2], encoder(clips[1, 2:3]).vector[0])
