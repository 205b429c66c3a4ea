"""The tables say of every code point what Python says."""

from __future__ import annotations

import pytest

from malgil.tokenizers.characters import CASED, CHANGES, IGNORABLE, TOKEN, characters

EVERY = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def test_words_are_of_alphanumeric_characters_and_the_low_line() -> None:
    kind = characters("word", False).kind
    wrong = [code for code in EVERY if (kind[code] == TOKEN) != (chr(code).isalnum() or chr(code) == "_")]
    assert wrong == []


def test_white_space_is_what_str_split_takes_for_it() -> None:
    kind = characters("whitespace", False).kind
    assert [code for code in EVERY if (kind[code] == TOKEN) != bool(chr(code).split())] == []


def test_surrogates_belong_to_no_token() -> None:
    assert not characters("whitespace", True).kind[0xD800:0xE000].any()


def test_lower_case_is_that_of_str() -> None:
    kind, lower, longer, growth = characters("word", True)
    for code in EVERY:
        small = chr(code).lower()
        changed = bool(kind[code] & CHANGES)
        assert changed == (small != chr(code))
        if changed:
            got = [lower[code]] if lower[code] >= 0 else [part for part in longer[-1 - lower[code]] if part >= 0]
            assert "".join(map(chr, got)) == small
            assert len(small.encode()) <= growth * len(chr(code).encode())


def test_the_context_of_a_final_sigma_is_that_of_str() -> None:
    kind = characters("word", True).kind
    for code in EVERY:
        is_cased = (chr(code) + "Σ").lower()[-1] == "ς"
        is_skipped = not is_cased and ("A" + chr(code) + "Σ").lower()[-1] == "ς"
        assert (bool(kind[code] & CASED), bool(kind[code] & IGNORABLE)) == (is_cased, is_skipped)


@pytest.mark.parametrize("lowercase", [True, False])
def test_tables_are_made_once_and_cannot_be_changed(lowercase: bool) -> None:
    tables = characters("word", lowercase)
    assert characters("word", lowercase) is tables
    assert not any(table.flags.writeable for table in tables[:3])
