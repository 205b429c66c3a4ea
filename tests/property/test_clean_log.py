"""Whatever the steps, the log of edits brings every raw text back, and the map leads into it."""

from __future__ import annotations

import json
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.clean import DEFAULT_STEPS, STEPS, Cleaned, Cleaner, log_edits, undo
from malgil.clean.log_file import LogFile, undo_blocks
from tests.naive import log as naive
from tests.strategies import texts as plain_texts

OPTIONS: dict[str, dict[str, Any]] = {
    "emoji": {"mode": "name"},
    "patterns": {"patterns": [{"name": "digits", "pattern": "[0-9]+", "replacement": "#"}]},
}
# the first needs a corpus, the others have tests of their own
NAMES = [name for name in STEPS if name not in ("boilerplate", "spacing", "spelling")]
HARD = st.sampled_from(
    (
        *(
            "\u200d",
            "\ufeff",
            "\u00ad",
            "\x00",
            "\u202e",
            "a\u0301\u0323",
            "\u1112\u1161\u11ab",
            "ㅎㅏㄴ",
            "ㅋㅋㅋㅋㅋ",
        ),
        *("와아아아!!!", "<p>가 &amp; 나</p>", "<br/>", "http://a.kr/?b=가", "kim@a.co.kr", "010-1234-5678", "ß", "İ"),
        *(
            "（１２３）ＡＢ",
            "ﾊﾝｸﾞﾙ",
            "“말”—‘길’",
            "1,234,567",
            "ì•ˆë…•",
            "caf\u00c3\u00a9",
            "👨‍👩‍👧",
            "🇰🇷",
            "שלום",
            "مرحبا",
            "\r\n \t",
        ),
    )
)
texts = st.lists(st.one_of(HARD, plain_texts), max_size=8).map("".join)
recipes = st.lists(st.sampled_from(NAMES), max_size=5, unique=True)


def entry(name: str) -> object:
    return {"name": name, **OPTIONS[name]} if name in OPTIONS else name


def clean(raw: list[str], names: list[str]) -> Cleaned:
    return Cleaner([entry(name) for name in names]).clean_block(pa.array(raw, pa.large_string()))


def check(raw: list[str], cleaned: Cleaned) -> None:
    log = log_edits(pa.array(raw, pa.large_string()), cleaned)
    assert undo(cleaned.texts, log).to_pylist() == raw
    edits = list(zip(log.doc.tolist(), log.start.tolist(), log.end.tolist(), log.raw.to_pylist(), strict=True))
    for doc, (before, after) in enumerate(zip(raw, cleaned.texts.to_pylist(), strict=True)):
        own = [edit[1:] for edit in edits if edit[0] == doc]
        assert naive.undo(after, own) == before
        assert bool(own) == (before != after)
        # neighbours that are both edited are one edit
        assert all(left[1] < right[0] for left, right in pairwise(own))
        at = np.arange(len(after))
        start, end = cleaned.to_raw(doc, at, at + 1)
        assert (start >= 0).all() and (start < end).all() and (end <= len(before)).all()


@given(st.lists(texts, max_size=4), recipes)
def test_the_log_restores_every_text(raw: list[str], names: list[str]) -> None:
    check(raw, clean(raw, names))


@pytest.mark.parametrize("name", NAMES)
@given(raw=st.lists(texts, max_size=3))
def test_the_log_restores_what_one_step_did(name: str, raw: list[str]) -> None:
    check(raw, clean(raw, [name]))


@given(st.lists(texts, max_size=5), st.integers(1, 3))
def test_a_log_file_restores_every_text_whatever_the_blocks(raw: list[str], size: int) -> None:
    whole = pa.array(raw, pa.large_string())
    ids = pa.array([str(i) for i in range(len(raw))], pa.large_string())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edits.jsonl"
        file, written = LogFile(path, len(raw)), []
        for low in range(0, len(raw), size):
            cleaned = Cleaner().clean_block(whole.slice(low, size))
            file.add(cleaned.texts, log_edits(whole.slice(low, size), cleaned), ids.slice(low, size))
            written.append(cleaned.texts)
        file.commit()
        again = pa.concat_arrays(written) if written else whole
        assert [text for block in undo_blocks([again], path) for text in block.to_pylist()] == raw
        lines = [json.loads(line) for line in path.read_bytes().splitlines()]
        assert [line["id"] for line in lines[1:-1]] == [str(line["doc"]) for line in lines[1:-1]]


@given(st.lists(texts, max_size=4), st.lists(st.sampled_from(DEFAULT_STEPS), min_size=1, max_size=3, unique=True))
def test_steps_one_by_one_have_the_same_map_as_together(raw: list[str], names: list[str]) -> None:
    from malgil.clean.chain import join_maps

    together, texts, offsets = clean(raw, names), pa.array(raw, pa.large_string()), None
    for name in names:
        step = Cleaner([name]).clean_block(texts)
        texts, offsets = step.texts, step.offsets if offsets is None else join_maps(offsets, step.offsets)
    assert offsets is not None and texts.equals(together.texts)
    for doc, text in enumerate(texts.to_pylist()):
        at = np.arange(len(text))
        expected = together.to_raw(doc, at, at + 1)
        assert [part.tolist() for part in offsets.to_raw(doc, at, at + 1)] == [part.tolist() for part in expected]
