"""Statistics of any texts agree with the slow versions, however the blocks are cut and merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from malgil import eda
from malgil.eda.characters import CLASSES, class_table
from malgil.eda.noise import PATTERNS, count_noise
from malgil.strings import string_buffers
from tests import strategies
from tests.naive import eda as naive

NOISY = st.lists(
    st.one_of(
        strategies.texts,
        st.sampled_from(
            ["a@b.kr ", "010-1234-5678", "www.a.b", "<br/>", "&lt;", "ㅋㅋㅋ", "!!!", " ", "02-123-4567", "HTTP://x "]
        ),
        st.text("@.-0123456789 <>&;a", max_size=14),
    ),
    max_size=6,
).map("".join)
CORPORA = st.lists(st.one_of(NOISY, st.sampled_from(["", " ", "같은 글", "같은  글"])), max_size=8)


def block(texts: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(texts, pa.large_string())], names=["text"])


@contextmanager
def mode(is_compiled: bool) -> Iterator[None]:
    """Run the kernels as they are, or as plain Python: hash arithmetic then overflows aloud."""
    from malgil.eda import _text_kernels as kernels

    with pytest.MonkeyPatch.context() as patch, np.errstate(over="ignore"):
        for name in () if is_compiled else ("scan_texts", "_code_point", "_finished"):
            patch.setattr(kernels, name, getattr(kernels, name).py_func)
        yield


def scan(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    from malgil.eda._text_kernels import scan_texts

    offsets, data = string_buffers(pa.array(texts, pa.large_string()))
    counts = np.zeros((len(texts), len(CLASSES) + 3), np.int32)
    exact, blind = np.zeros(len(texts), np.uint64), np.zeros(len(texts), np.uint64)
    runs = np.zeros(len(data) // 3 + 1, np.int32)
    kinds = CLASSES.index("space"), CLASSES.index("digit")
    n_runs = scan_texts(data, offsets, class_table(), *kinds, counts, exact, blind, runs)
    return counts, exact, blind, runs[:n_runs]


@pytest.mark.parametrize("is_compiled", [True, False], ids=["compiled", "plain"])
@given(texts=CORPORA)
def test_one_pass_finds_what_a_look_at_each_character_finds(is_compiled: bool, texts: list[str]) -> None:
    with mode(is_compiled):
        counts, exact, blind, runs = scan(texts)
    expected = naive.scan_texts(texts)
    for row, (classes, text, _, repeated) in enumerate(expected):
        assert dict(zip(CLASSES, counts[row].tolist(), strict=False)) == {name: classes[name] for name in CLASSES}
        assert counts[row, -1] == len(text)
        assert counts[row, -2] == len(repeated)
    assert [chr(code) for code in runs] == [character for row in expected for character in row[3]]
    same_text = {inked and text for _, text, inked, _ in expected}
    assert len({*exact.tolist()}) == len(same_text)
    assert len({*blind.tolist()}) == len({inked for _, _, inked, _ in expected})
    assert [value == 0 for value in blind] == [inked is None for _, _, inked, _ in expected]


@given(CORPORA, st.integers(0, 8), st.integers(0, 8))
def test_any_cut_into_blocks_and_any_order_of_merging_give_the_same(texts: list[str], one: int, two: int) -> None:
    first, second = sorted((min(one, len(texts)), min(two, len(texts))))
    parts = [eda.partial(block(part)) for part in (texts[:first], texts[first:second], texts[second:])]
    whole = eda.finish(eda.partial(block(texts)))
    for merged in (
        eda.merge(eda.merge(parts[0], parts[1]), parts[2]),
        eda.merge(parts[0], eda.merge(parts[1], parts[2])),
    ):
        found = eda.finish(merged)
        assert found.tallies == whole.tallies
        assert list(found.repeated.items()) == list(whole.repeated.items())
        assert found.exact.tolist() == whole.exact.tolist()
        assert found.n_chars.tolist() == whole.n_chars.tolist()


@given(CORPORA)
@example(["가", "가나", "㎎", "a\u0301", "\u0301", "ｶﾞ", "각"])
def test_tallies_are_what_one_counts_text_by_text(texts: list[str]) -> None:
    tallies = eda.finish(eda.partial(block(texts))).tallies
    rows = naive.scan_texts(texts)
    languages = Counter(naive.guess_language(text) for text in texts)
    assert tallies["docs"] == len(texts)
    assert tallies["bytes"] == sum(len(text.encode()) for text in texts)
    assert tallies["chars"] == sum(map(len, texts))
    assert tallies["check.blank"] == sum(inked is None for _, _, inked, _ in rows)
    assert tallies["check.not_nfc"] == sum(not naive.is_nfc(text) for text in texts)
    assert tallies["check.replacement"] == sum("\ufffd" in text for text in texts)
    assert tallies["check.jamo_only"] == sum(
        classes["jamo"] > 0 and not any(classes[name] for name in ("hangul", "latin", "han", "kana", "letter"))
        for classes, _, _, _ in rows
    )
    assert {name: tallies[f"language.{name}"] for name in ("ko", "en", "mixed", "other", "none")} == {
        name: languages[name] for name in ("ko", "en", "mixed", "other", "none")
    }


@given(CORPORA)
def test_noise_is_what_plain_regular_expressions_find(texts: list[str]) -> None:
    n_digits = np.array([naive.scan_texts([text])[0][0]["digit"] for text in texts], np.int32)
    found = count_noise(pa.array(texts, pa.large_string()), n_digits)
    assert found == {name: naive.count_noise(texts, pattern.regex) for name, pattern in PATTERNS.items()}
