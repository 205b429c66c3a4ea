"""Every part under bfloat16: losses are float32, close to those without, and their gradients finite."""

from __future__ import annotations

import pytest
import torch

from malgil.nn.crf import LinearChainCRF
from malgil.nn.decoder import Decoder, DecoderConfig
from malgil.nn.encoded import Encoded
from malgil.nn.encoders import ENCODERS, EncoderConfig, build_encoder
from malgil.nn.heads import Head, class_losses
from malgil.nn.pooling import POOLINGS, build_pooling
from malgil.sequences.specials import BOS, EOS, PAD

KEEP = torch.tensor([[True, True, True], [False, True, True], [False, False, False]])


def close_and_learned(loss: object, *modules: torch.nn.Module) -> None:
    exact = loss()
    with torch.autocast("cpu", torch.bfloat16):
        found = loss()
    assert found.dtype == torch.float32
    # bfloat16 has eight bits: a few hundredths after several layers
    torch.testing.assert_close(found, exact, rtol=0.1, atol=0.1)
    found.backward()
    for module in modules:
        for name, parameter in module.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name


@pytest.mark.parametrize("kind", sorted(ENCODERS))
@pytest.mark.parametrize("causal", [False, True])
def test_encoders_and_chain(kind: str, causal: bool) -> None:
    torch.manual_seed(0)
    encoder = build_encoder(EncoderConfig(kind, 4, 4, causal=causal, layer_norm=True, widths=(2, 3)))
    head, crf, x = Head(encoder.output_size, 3), LinearChainCRF(3), torch.randn(3, 3, 4)
    tags = torch.tensor([[0, 1, 2], [0, 2, 2], [0, 0, 0]])
    close_and_learned(lambda: crf.loss(head(encoder(x, KEEP).y), tags, KEEP).sum(), encoder, head, crf)


@pytest.mark.parametrize("name", sorted(POOLINGS))
def test_poolings(name: str) -> None:
    torch.manual_seed(0)
    pooling, y = build_pooling(name, 4), torch.randn(3, 3, 4)
    head = Head(pooling.output_size, 2)

    def loss() -> torch.Tensor:
        wanted = torch.tensor([0, 1, 1])
        dtype = torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32
        encoded = Encoded(y.to(dtype), y[:, -1].to(dtype), ())
        return class_losses(head(pooling(encoded, KEEP)), wanted, smoothing=0.1).sum()

    close_and_learned(loss, pooling, head)


@pytest.mark.parametrize("attention", ["dot", "general", "additive"])
@pytest.mark.parametrize("input_feeding", [False, True])
def test_decoders(attention: str, input_feeding: bool) -> None:
    torch.manual_seed(0)
    config = DecoderConfig(
        "lstm", 8, 4, 4, 3, 4, attention=attention, input_feeding=input_feeding, copy=True, tied=True
    )
    decoder, vectors, source = Decoder(config), torch.randn(3, 3, 4), torch.tensor([[4, 5, 9], [0, 8, 7], [0, 0, 0]])
    tokens = torch.tensor([[BOS, 4, PAD], [BOS, 8, 7], [BOS, PAD, PAD]])
    targets = torch.tensor([[4, EOS, PAD], [8, 7, EOS], [EOS, PAD, PAD]])

    def loss() -> torch.Tensor:
        memory = decoder.memory(vectors, KEEP, source, 2)
        return decoder.loss(tokens, targets, decoder.begin(vectors[:, -1]), memory, smoothing=0.1)

    close_and_learned(loss, decoder)
