"""Compact models: packed, quantised, on disk, and what they refuse."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from malgil import NgramLM
from malgil.errors import ArtefactError, ParameterError
from malgil.ngram import _compact_kernels as columns
from malgil.ngram.packing import pack_table
from malgil.store import Writer, open_artefact

TEXTS = ["이 영화 재밌다", "이 영화 별로", "이 노래 재밌다", "", "\u1112\u1161\u11ab글 ㅋㅋ 😀"]
ASKED = [*TEXTS, "모름 이 노래", "이"]


def _zipf() -> list[str]:
    random = np.random.default_rng(3)
    weights = 1.0 / np.arange(1, 1501)
    draws = random.choice(1500, size=(400, 6), p=weights / weights.sum())
    return [" ".join(f"말{word}" for word in row) for row in draws]


@pytest.fixture
def lm() -> NgramLM:
    return NgramLM(order=3, smoothing="witten_bell").fit(TEXTS)


@pytest.fixture
def saved(lm: NgramLM, tmp_path: Path) -> Path:
    lm.compact().save(tmp_path / "lm")
    return tmp_path / "lm"


def test_a_saved_compact_model_answers_the_same(lm: NgramLM, saved: Path) -> None:
    opened = NgramLM.open(saved)
    assert opened.get_params() == {**lm.get_params(), "tokenizer": opened.get_params()["tokenizer"]}
    for some in (opened, pickle.loads(pickle.dumps(opened)), lm.compact()):
        assert some.perplexity(ASKED) == lm.perplexity(ASKED)
        assert some.log10_prob(ASKED).tolist() == lm.log10_prob(ASKED).tolist()
        assert some.next("이 영화", k=99) == lm.next("이 영화", k=99)
        assert some.blank("이", "재밌다", k=99) == lm.blank("이", "재밌다", k=99)
        assert some.generate("이", seed=3) == lm.generate("이", seed=3)
    assert opened.explain("이 영화", "노래").value == lm.explain("이 영화", "노래").value


def test_a_compact_model_takes_less_and_fewer_bits_still_less() -> None:
    lm = NgramLM(order=3).fit(_zipf())
    table = lm._fitted.table
    sizes = [pack_table(table, quantize).bits.nbytes for quantize in (None, 8, 4)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] < sum(array.nbytes for array in (*table.trie, table.log10_probs, table.log10_backoffs)) / 1.3
    costs = [lm.compact(quantize).perplexity(_zipf()) / lm.perplexity(_zipf()) for quantize in (None, 8, 2)]
    assert costs[0] == 1.0
    assert abs(costs[1] - 1) < 0.001 < abs(costs[2] - 1) < 0.1


def test_a_model_of_an_arpa_file_can_be_packed(lm: NgramLM, tmp_path: Path) -> None:
    lm.write_arpa(tmp_path / "lm.arpa")
    read = NgramLM.read_arpa(tmp_path / "lm.arpa")
    assert read.compact().perplexity(ASKED) == read.perplexity(ASKED)


@pytest.mark.parametrize("quantize", [0, 1, 17, 2.5, "8"])
def test_bits_that_cannot_be(lm: NgramLM, quantize: Any) -> None:
    with pytest.raises(ParameterError, match="from 2 to 16"):
        lm.compact(quantize)


def test_what_only_a_table_can_do(saved: Path, tmp_path: Path) -> None:
    opened = NgramLM.open(saved)
    for ask in (
        lambda: opened.write_arpa(tmp_path / "lm.arpa"),
        opened.compact,
        lambda: opened.partial_fit(TEXTS),
    ):
        with pytest.raises(ParameterError):
            ask()


def test_a_flipped_byte_and_a_cut_file(saved: Path) -> None:
    for path in sorted(saved.glob("*")):
        content = path.read_bytes()
        for damaged in (content[:-3] + bytes([content[-3] ^ 1]) + content[-2:], content[:-3]):
            path.write_bytes(damaged)
            with pytest.raises(ArtefactError):
                NgramLM.open(saved)
        path.write_bytes(content)
    assert NgramLM.open(saved).next("이")
    manifest = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    (saved / "manifest.json").write_text(json.dumps(manifest | {"format": 99}), encoding="utf-8")
    with pytest.raises(ArtefactError, match="format 99"):
        NgramLM.open(saved)


def _resave(saved: Path, name: str, change: Any) -> None:
    artefact = open_artefact(saved, "ngram")
    with Writer(saved, "ngram") as writer:
        writer.meta = artefact.meta
        writer.strings("words", artefact.strings("words"))
        for part in artefact.parts:
            if not part.startswith("words."):
                array = np.array(artefact[part])
                writer.array(part, np.ascontiguousarray(change(array)) if part == name else array)


def _set(row: int, column: int, value: int) -> Any:
    def change(fields: np.ndarray) -> np.ndarray:
        fields[row, column] = value
        return fields

    return change


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("bits", lambda a: a[:-3]),
        ("bits", lambda a: a.astype(np.int64)),
        ("fields", lambda a: a[:, :-1]),
        ("fields", lambda a: a[:0]),
        ("fields", _set(0, columns.N_NODES, 99)),
        ("fields", _set(1, columns.N_NODES, 10**6)),
        ("fields", _set(1, columns.LABEL_WIDTH, 58)),
        ("fields", _set(1, columns.FIRST, 10**6)),
        ("fields", _set(1, columns.PROB, -1)),
        ("fields", _set(2, columns.PROB + 3, 10**6)),
        ("fields", _set(0, columns.BACKOFF, 10**6)),
        ("fields", _set(0, columns.N_HIGHS, 10**6)),
        ("fields", _set(0, columns.N_HIGHS, -1)),
        ("fields", _set(0, columns.HIGH, 10**6)),
        ("fields", _set(0, columns.HIGH, -1)),
        ("highs", lambda a: a[:0].astype(np.int32)),
        ("values", lambda a: a[:0]),
        ("cells", lambda a: a[1:]),
        ("cells", lambda a: a | np.uint64(31)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(saved: Path, name: str, change: Any) -> None:
    _resave(saved, name, change)
    with pytest.raises(ArtefactError, match="damaged"):
        NgramLM.open(saved)


@pytest.mark.parametrize("name", ["bits", "highs"])
def test_numbers_that_lead_astray_crash_nothing(saved: Path, name: str) -> None:
    random = np.random.default_rng(0)
    for _ in range(8):
        _resave(saved, name, lambda a: random.integers(0, 2**62, a.shape).astype(a.dtype))
        opened = NgramLM.open(saved)
        opened.score_tokens(ASKED)
        opened.next("이 영화", k=5)
        opened.blank("이", "재밌다", k=5)
        opened.explain("이 영화", "재밌다")
