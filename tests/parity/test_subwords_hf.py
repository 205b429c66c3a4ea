"""Hugging Face tokenizers with the same table find the same pieces, but for a mark alone and for unknown runs.

A mark that the peer leaves by itself goes to the piece behind it here, and each unknown character is a token.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.tokenizer_table import CORPUS, made

peers = pytest.importorskip("tokenizers")
WORDS = st.lists(
    st.text(st.sampled_from("영화가참재미있다없이배우좋thegodㅋ😀鬱é"), min_size=1, max_size=12),
    min_size=1,
    max_size=5,
)


def peer(name: str) -> Any:
    learned = made(name).params["learned"]
    if name == "bpe":
        merges = [tuple(merge.split(" ")) for merge in learned]
        pieces = {char for text in CORPUS for char in text if char != " "} | {"▁"} | {"".join(pair) for pair in merges}
        model = peers.models.BPE({piece: at for at, piece in enumerate(sorted(pieces))}, merges, unk_token=None)
    else:
        model = peers.models.Unigram([("<unk>", 0.0), *map(tuple, learned)], unk_id=0)
    theirs = peers.Tokenizer(model)
    theirs.pre_tokenizer = peers.pre_tokenizers.Metaspace()
    return theirs


def pieces_of(encoding: Any, text: str, known: dict[str, int]) -> list[str]:
    """Its pieces, with marks joined and unknown runs taken apart."""
    out: list[str] = []
    for piece, (low, high) in zip(encoding.tokens, encoding.offsets, strict=True):
        out += [piece] if piece in known else list(text[low:high].replace(" ", ""))
    joined: list[str] = []
    for piece in out:
        if joined and joined[-1] == "▁":
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


@pytest.mark.parametrize("name", ["bpe", "unigram"])
@settings(deadline=None)
@given(words=WORDS)
def test_same_pieces(name: str, words: list[str]) -> None:
    theirs = peer(name)
    if name == "bpe":  # it drops what it does not know; here that is a token
        words = [word.replace("鬱", "").replace("é", "") or "영" for word in words]
    text = " ".join(words)
    assert made(name).split(text) == pieces_of(theirs.encode(text), text, theirs.get_vocab())


@pytest.mark.parametrize("name", ["bpe", "unigram"])
def test_the_peer_learns_the_same_table(name: str) -> None:
    model = peers.models.BPE() if name == "bpe" else peers.models.Unigram()
    theirs = peers.Tokenizer(model)
    theirs.pre_tokenizer = peers.pre_tokenizers.Metaspace()
    if name == "bpe":
        trainer = peers.trainers.BpeTrainer(vocab_size=8000, min_frequency=2, show_progress=False)
    else:
        trainer = peers.trainers.UnigramTrainer(
            vocab_size=8001, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False
        )
    theirs.train_from_iterator(CORPUS, trainer)
    pieces = {piece for piece in theirs.get_vocab() if piece != "<unk>"}
    learned = made(name).params["learned"]
    mine = {merge.replace(" ", "") for merge in learned} if name == "bpe" else {piece for piece, _ in learned}
    assert {piece for piece in pieces if len(piece) > 1} == {piece for piece in mine if len(piece) > 1}
