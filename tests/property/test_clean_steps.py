"""Every cleaning step: exact offsets, nothing else touched, no text in need missed, nothing left to do twice."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.clean.boilerplate import RepeatedLines
from malgil.clean.steps import Learning, Step, make_step
from malgil.codepoints import decode, encode
from malgil.edits import replace_spans
from malgil.hangul.letters import letters_of
from tests.strategies import texts as plain_texts

PATTERNS = [{"name": "a", "pattern": "[ab가]+"}, {"name": "b", "pattern": "(.)x", "replacement": r"\1"}]
CASES: list[tuple[str, dict[str, Any]]] = [
    ("html", {}),
    *((name, {"mode": mode}) for name in ("urls", "emails") for mode in ("mask", "drop")),
    ("mojibake", {}),
    *(("emoji", {"mode": mode}) for mode in ("keep", "drop", "name")),
    *(("repeats", {"length": n}) for n in (1, 2, 3)),
    *(("personal", {"mode": mode}) for mode in ("mask", "report")),
    (
        "patterns",
        {"patterns": PATTERNS},
    ),
    *((name, {}) for name in ("nfkc", "width", "quotes", "case", "jamo")),
    *(("numbers", {"mode": mode}) for mode in ("ungroup", "zero")),
]
IDS = ["-".join([name, *(str(value)[:6] for value in options.values())]) for name, options in CASES]
#: Found again by definition: &amp;lt; is &lt; after one pass, and a drop joins what it stood between.
NOT_IDEMPOTENT = {"html", "urls", "emails", "emoji", "mojibake", "patterns", "jamo"}

HARD = st.sampled_from(
    (
        *(
            "<b>",
            "</p>",
            "<br/>",
            "<!-- 주석 -->",
            "&amp;",
            "&lt;",
            "&#44032;",
            "<script>",
            "</script>",
            "<기생충>",
            "a<b",
        ),
        *("https://ex.kr/가?x=(1).", "www.a.com을", "kim@naver.com", "hong@a.co.kr으로", "ì•ˆë…•", "¾È³ç", "Ã©"),
        *(
            "ㅎㅏㄴ",
            "ㅋㅋㅋㅋ",
            "와아아아",
            "!!!!",
            "1000000",
            "1,234,567",
            "010-1234-5678",
            "900101-1234567",
            "192.0.2.1",
        ),
        *(
            "👨‍👩‍👧‍👦👍🏽",
            "1️⃣",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "ＡＢ１",
            "ｶﾞ",
            "ﾡ",
            "㈜",
            "ﬁ",
            "“a”",
            "—",
            "ß",
            "İ",
            "\u1112\u1161\u11ab",
            "각\u11a8",
        ),
        *(
            "\x00\x00\x00",
            "אבג",
            "\u202e",
            "\n",
            "x",
            "aaa",
            "４１１１-1111-1111-1111",
            "2001:db8::1",
            "공일공-일이삼사-오육칠팔",
        ),
    )
)
texts = st.lists(st.one_of(HARD, plain_texts), max_size=8).map("".join)
blocks = st.lists(texts, max_size=4)


def step_of(name: str, options: dict[str, Any]) -> Step:
    step = make_step(name, options)
    assert not isinstance(step, Learning)
    return step


def block(raw: list[str]) -> pa.LargeStringArray:
    return pa.array(raw, pa.large_string())


def run(step: Step, raw: list[str]) -> list[str]:
    edit = step.apply(decode(block(raw)))
    return raw if edit is None else encode(edit.after).to_pylist()


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
@settings(max_examples=30)
@given(raw=blocks)
def test_offsets_are_exact_and_all_else_is_untouched(name: str, options: dict[str, Any], raw: list[str]) -> None:
    before = decode(block(raw))
    edit = step_of(name, options).apply(before)
    if edit is None:
        return
    after = edit.after
    assert after.n_rows == len(raw)
    assert len(edit.first) == len(edit.last) == len(after.points) == after.indptr[-1]
    assert (edit.first <= edit.last).all()
    assert (np.diff(edit.first) >= 0).all()
    assert (np.diff(edit.last) >= 0).all()
    row = after.rows_of(np.arange(len(after.points)))
    assert (before.rows_of(edit.first) == row).all()
    assert (before.rows_of(edit.last) == row).all()
    new = encode(after).to_pylist()
    assert edit.changed.tolist() == [a != b for a, b in zip(raw, new, strict=True)]
    # a text that did not change maps to itself
    kept = ~edit.changed[row]
    assert (edit.first[kept] == edit.last[kept]).all()
    assert (before.points[edit.first[kept]] == after.points[kept]).all()


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
@settings(max_examples=30)
@given(raw=blocks)
def test_a_text_that_is_not_in_need_stays(name: str, options: dict[str, Any], raw: list[str]) -> None:
    step = step_of(name, options)
    texts = block(["앞", *raw]).slice(1)
    needed = step.needs(texts)
    assert needed.dtype == np.bool_
    assert len(needed) == len(raw)
    assert step.apply(decode(block([text for text, need in zip(raw, needed, strict=True) if not need]))) is None


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
@settings(max_examples=20)
@given(raw=blocks)
def test_a_text_is_cleaned_alike_alone_and_among_others(name: str, options: dict[str, Any], raw: list[str]) -> None:
    step = step_of(name, options)
    assert run(step, raw) == [run(step, [text])[0] for text in raw]


@pytest.mark.parametrize(("name", "options"), [case for case in CASES if case[0] not in NOT_IDEMPOTENT])
@settings(max_examples=20)
@given(raw=blocks)
def test_twice_is_once(name: str, options: dict[str, Any], raw: list[str]) -> None:
    step = step_of(name, options)
    once = run(step, raw)
    assert run(step, once) == once


@given(blocks)
def test_nfkc_and_case_are_those_of_python(raw: list[str]) -> None:
    assert run(step_of("nfkc", {}), raw) == [unicodedata.normalize("NFKC", text) for text in raw]
    assert run(step_of("case", {}), raw) == [text.casefold() for text in raw]


@given(blocks, st.integers(1, 3))
def test_repeats_are_those_of_the_slow_version(raw: list[str], length: int) -> None:
    def shortened(text: str) -> str:
        runs = [(char, len(list(group))) for char, group in groupby(text)]
        return "".join(char * (n if keeps(char, n) else min(n, length)) for char, n in runs)

    def keeps(char: str, n: int) -> bool:
        category = unicodedata.category(char)
        return not (category[0] in "LPS" or category == "So") or (n == 3 and char in "wWIXCM")

    assert run(step_of("repeats", {"length": length}), raw) == [shortened(text) for text in raw]


@given(blocks)
def test_ungrouped_numbers_lose_only_commas(raw: list[str]) -> None:
    for old, new in zip(raw, run(step_of("numbers", {"mode": "ungroup"}), raw), strict=True):
        assert new.replace(",", "") == old.replace(",", "")
    assert run(step_of("numbers", {"mode": "zero"}), raw) == [re.sub("[0-9]", "0", text) for text in raw]


@given(st.lists(st.integers(0xAC00, 0xD7A3), min_size=1, max_size=6))
def test_syllables_spelled_with_letters_come_back(codes: list[int]) -> None:
    whole = "".join(map(chr, codes))
    spelled = "".join(map(letters_of, codes))
    made = run(step_of("jamo", {}), [spelled])[0]
    assert "".join(letters_of(ord(char)) if "가" <= char <= "힣" else char for char in made) == spelled
    assert run(step_of("jamo", {}), [unicodedata.normalize("NFD", whole)]) == [whole]


@given(st.lists(st.text("ab가 \n", max_size=12), max_size=6), st.data())
def test_spans_are_replaced_as_by_slices(raw: list[str], data: st.DataObject) -> None:
    before = decode(block(raw))
    low, high, made, expected = [], [], [], []
    for row, text in enumerate(raw):
        cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=4)))
        new, end = "", 0
        for start, stop in zip(cuts[::2], cuts[1::2], strict=False):
            written = data.draw(st.sampled_from(["", "x", "한글🇰🇷"]))
            low.append(int(before.indptr[row]) + start)
            high.append(int(before.indptr[row]) + stop)
            made.append(written)
            new, end = new + text[end:start] + written, stop
        expected.append(new + text[end:])
    edit = replace_spans(before, np.array(low, np.int64), np.array(high, np.int64), made)
    assert (edit is None) == (not low)
    if edit is not None:
        assert encode(edit.after).to_pylist() == expected


@given(
    st.lists(
        st.lists(st.sampled_from(["늘 같은 머리말", "본문 하나", "본문 둘입니다", "ㅋㅋ", ""]), max_size=4), max_size=8
    ),
    st.data(),
)
def test_boilerplate_is_learnt_in_any_parts(docs: list[list[str]], data: st.DataObject) -> None:
    raw = ["\n".join(lines) for lines in docs]
    step = make_step("boilerplate", {"min_docs": 2, "min_share": 0.4, "min_length": 3})
    assert isinstance(step, Learning)
    cut = data.draw(st.integers(0, len(raw)))
    whole = step.finish(step.partial(block(raw)))
    parts = step.finish(step.merge(step.partial(block(raw[:cut])), step.partial(block(raw[cut:]))))
    assert whole == parts
    assert isinstance(whole, RepeatedLines)
    several = [set(text.split("\n")) for text in raw if "\n" in text]
    repeated = {
        line
        for line in {line for lines in several for line in lines}
        if len(line) >= 3 and (n := sum(line in lines for lines in several)) >= 2 and n >= 0.4 * len(raw)
    }
    expected = []
    for text in raw:
        lines = text.split("\n")
        kept = [line for line in lines if line not in repeated] if len(lines) > 1 else lines
        expected.append(kept)
    assert [[line for line in text.split("\n") if line] for text in run(whole, raw)] == [
        [line for line in lines if line] for lines in expected
    ]
