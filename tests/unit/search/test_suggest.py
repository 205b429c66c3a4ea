"""Words while they are typed."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from malgil.errors import ParameterError
from malgil.search.field_index import FieldIndex
from malgil.search.live_terms import LiveTerms
from malgil.search.suggest import Completer
from malgil.strings import string_array
from malgil.tokenizers import tokenizer

DOCS = [
    "영화 영화는 연기",
    "영화 음악 영웅",
    "영화는 영화 한국 핝 하나 학생",
    "한국 학사 괜찮은 the Movie",
    "않고 안하고 ㅎㅎ ㄱㅅ ㄳ",
]


def terms_of(docs: list[str], alive: list[bool] | None = None) -> LiveTerms:
    field = FieldIndex.build(tokenizer("word"), [string_array(docs)], n_jobs=1)
    return LiveTerms(field, None if alive is None else np.array(alive))


def suggest(typed: str, k: int = 10) -> list[str]:
    return [found.term for found in Completer([terms_of(DOCS)]).suggest(typed, k)]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("영화", ["영화", "영화는"]),
        ("영", ["영화", "영화는", "영웅"]),
        ("여", ["영화", "영화는", "연기", "영웅"]),
        ("영ㅎ", ["영화", "영화는"]),
        ("영호", ["영화", "영화는"]),
        ("영하", []),
        ("ㅇㅕㅇㅎ", ["영화", "영화는"]),
        ("한ㄱ", ["한국"]),
        ("한", ["한국", "하나", "핝"]),
        ("하", ["한국", "하나", "학사", "학생", "핝"]),
        ("학ㅅ", ["학사", "학생"]),
        ("핛", ["학사", "학생"]),
        ("고", ["괜찮은"]),
        ("괘", ["괜찮은"]),
        ("괜차", ["괜찮은"]),
        ("안ㅎ", ["안하고", "않고"]),
        ("않", ["안하고", "않고"]),
        ("ㅎ", ["한국", "ㅎㅎ", "하나", "학사", "학생", "핝"]),
        ("ㄳ", ["ㄱㅅ", "ㄳ"]),
        ("ㄱㅅ", ["ㄱㅅ"]),
        ("Mo", ["movie"]),
        ("없음", []),
        ("", []),
        (" ", []),
        ("\ud800", []),
    ],
)
def test_what_can_come(typed: str, wanted: list[str]) -> None:
    assert suggest(typed) == wanted
    assert suggest(unicodedata.normalize("NFD", typed)) == wanted


def test_most_frequent_first_then_by_code_points() -> None:
    found = Completer([terms_of(DOCS)]).suggest("영", 2)
    assert [tuple(pair) for pair in found] == [("영화", 3), ("영화는", 2)]


def test_deleted_documents_do_not_count() -> None:
    alive = [True, False, False, True, True]
    found = Completer([terms_of(DOCS, alive)]).suggest("영")
    assert [tuple(pair) for pair in found] == [("영화", 1), ("영화는", 1)]


def test_segments_add_up() -> None:
    parts = [terms_of(DOCS[:2]), terms_of(DOCS[2:], [False, True, True]), terms_of(["영웅 영웅", "영웅"])]
    found = Completer(parts).suggest("영")
    assert [tuple(pair) for pair in found] == [("영웅", 3), ("영화", 2), ("영화는", 1)]


def test_a_term_outside_of_the_best_may_tie_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("malgil.search.suggest._FEW", 3)
    docs = [*["가하"] * 5, "가가", "가가", "가나", "가나", "가다"]
    alive = [False, False, False, True, True, False, True, True, True, True]
    assert [tuple(found) for found in Completer([terms_of(docs, alive)]).suggest("가", 1)] == [("가나", 2)]


def test_no_segments_and_no_terms() -> None:
    assert Completer([]).suggest("영") == []
    assert Completer([terms_of([""])]).suggest("영") == []


def test_a_very_long_beginning() -> None:
    assert suggest("가" * 100_000) == []
    assert suggest("ㅎ" * 10_000) == []


@pytest.mark.parametrize("k", [0, -1, 1.5, True, None, "3"])
def test_a_number_that_means_nothing(k: Any) -> None:
    with pytest.raises(ParameterError, match="k="):
        Completer([]).suggest("영", k)


def test_only_text_is_completed() -> None:
    with pytest.raises(ParameterError, match="bytes"):
        Completer([]).suggest(b"a")  # type: ignore[arg-type]


def test_completion_loads_no_kernels(tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np\n"
        "from malgil.search.field_index import FieldIndex\n"
        "from malgil.search.live_terms import LiveTerms\n"
        "from malgil.search.suggest import Completer\n"
        "field = FieldIndex.from_arrays(dict(np.load(sys.argv[1])))\n"
        "assert Completer([LiveTerms(field)] * 2).suggest('영ㅎ')[0].df == 6\n"
        "print([name for name in ('numba', 'pandas', 'scipy', 'pyarrow.compute') if name in sys.modules])"
    )
    path = tmp_path / "field.npz"
    np.savez(path, **terms_of(DOCS).field.arrays())
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
