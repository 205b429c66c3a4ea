from __future__ import annotations

import json
import unicodedata

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil import sample
from malgil.sample import korean, typos
from malgil.sample.draw import Draw

SYLLABLES = st.integers(0xAC00, 0xD7A3).map(chr)


@settings(max_examples=40)
@given(n=st.integers(1, 900), text_lang=st.sampled_from(["both", "ko", "en"]), seed=st.integers(0, 2**63))
def test_every_sample_is_whole_and_its_truth_points_into_it(n: int, text_lang: str, seed: int) -> None:
    made = sample.generate(n, text_lang=text_lang, seed=seed)  # type: ignore[arg-type]
    table, truth = made.table, json.loads(json.dumps(made.truth))
    assert table.num_rows == n == truth["n"] == sum(truth["rows_by_lang"].values())
    text = dict(zip(table["id"].to_pylist(), table["text"].to_pylist(), strict=True))
    assert len(text) == n
    for fact in truth["exact_duplicates"]:
        assert len({text[id_] for id_ in fact["ids"]}) == 1
    for fact in truth["whitespace_duplicates"] + truth["near_duplicates"]:
        first, second = (text[id_] for id_ in fact["ids"])
        assert first != second
    assert all(text[id_] == "" for id_ in truth["empty"])
    assert all("\x00" not in each and not any("\ud800" <= char <= "\udfff" for char in each) for each in text.values())


@given(st.text(SYLLABLES, min_size=1, max_size=6), st.sampled_from(["이", "은", "을", "과"]))
def test_particles_agree_with_the_final_consonant(noun: str, particle: str) -> None:
    closed = len(unicodedata.normalize("NFD", noun[-1])) == 3
    attached = korean.attach(noun, particle)
    assert attached.startswith(noun)
    assert (attached[-1] == particle) == closed


@given(SYLLABLES, st.integers(0, 1000))
def test_a_slip_changes_at_most_one_jamo(syllable: str, seed: int) -> None:
    draw = Draw(np.random.Generator(np.random.PCG64(seed)))
    slipped = typos.slip_syllable(draw, syllable)
    before, after = (unicodedata.normalize("NFD", s).ljust(3) for s in (syllable, slipped))
    assert sum(a != b for a, b in zip(before, after, strict=True)) <= 1
