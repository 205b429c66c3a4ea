"""What the steps that are off would change: counted, and nothing else."""

from __future__ import annotations

import pyarrow as pa
import pytest

from malgil.clean import Cleaner, survey
from malgil.clean.survey import LOOKED_FOR


def strings(*texts: str) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


def test_each_step_is_counted_alone() -> None:
    counts = survey(strings("ㅋㅋㅋㅋㅋ", "와아아아!", " “말” ", "그대로"))
    assert (counts["repeats"], counts["quotes"], counts["whitespace"]) == (2, 1, 1)
    assert "control" not in counts


def test_steps_of_the_recipe_are_left_out() -> None:
    assert "repeats" not in survey(strings("ㅋㅋㅋㅋㅋ"), skip=["repeats"])


@pytest.mark.parametrize("name", LOOKED_FOR)
def test_the_count_is_what_the_step_would_do(name: str) -> None:
    texts = strings("ㅋㅋㅋㅋ “ＡＢ” 1,234", "a@b.kr http://b.kr 010-1234-5678", "<b>가</b> 😀", " ㅎㅏㄴ", "그대로")
    done = Cleaner([{"name": name, **LOOKED_FOR[name]}]).clean_block(texts)
    assert survey(texts, skip=set(LOOKED_FOR) - {name}) == ({name: done.counts[name]} if done.counts[name] else {})


def test_nothing_to_count() -> None:
    assert survey(strings()) == {}
