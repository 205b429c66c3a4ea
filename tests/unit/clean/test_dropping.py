"""Drop rules: which texts go, for which reason, and in favour of which other."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from malgil.clean import REASONS, Cleaner
from malgil.clean.dropping import DropRules, find_dropped
from malgil.clean.languages import LANGUAGES, guess_languages
from malgil.codepoints import decode


def reasons(texts: list[str], **rules: Any) -> list[str]:
    dropped = Cleaner({"steps": [], "drop": rules}).dropped(texts)
    return ["" if place < 0 else REASONS[place] for place in dropped.reason.tolist()]


def test_without_rules_every_text_stays() -> None:
    assert reasons(["", " ", "가", "가"]) == ["", "", "", ""]
    assert DropRules().is_idle and not Cleaner().drops


def test_empty_texts_go() -> None:
    assert reasons(["", " \n\u3000", "가", "."], empty=True) == ["empty", "empty", "", ""]


def test_lengths_count_code_points() -> None:
    texts = ["가", "가나", "가나다", "👍", "👍👍"]
    assert reasons(texts, shorter_than=2) == ["short", "", "", "short", ""]
    assert reasons(texts, longer_than=2) == ["", "", "long", "", ""]


def test_rules_judge_what_cleaning_leaves() -> None:
    dropped = Cleaner({"drop": {"shorter_than": 3}}).dropped(
        ["  가\u200b  ", unicodedata.normalize("NFD", "한글"), "가나다"]
    )
    assert dropped.kept.tolist() == [2]


def test_the_first_of_equal_texts_stays() -> None:
    texts = ["가 나", "가나", "다", "가 나", "가\n나", "", ""]
    assert reasons(texts, duplicates="exact") == ["", "", "", "duplicate", "", "", ""]
    assert reasons(texts, duplicates="blanks") == ["", "duplicate", "", "duplicate", "duplicate", "", ""]
    dropped = Cleaner({"steps": [], "drop": {"duplicates": "blanks"}}).dropped(texts)
    assert dropped.twin.tolist() == [-1, 0, -1, 0, 0, -1, -1]
    assert dropped.counts == {"duplicate": 3}


def test_a_text_left_out_for_another_reason_is_no_twin() -> None:
    texts = ["짧다", "짧다", "이 글은 충분히 길다"]
    assert reasons(texts, duplicates="exact", shorter_than=5) == ["short", "short", ""]


def test_nearly_equal_texts_go_but_not_the_far_end_of_a_chain() -> None:
    first = "배송이 정말 빠르고 포장도 꼼꼼해서 아주 만족합니다"
    texts = [first, first + "!!", "전혀 다른 이야기입니다", "배송이 정말 빠르고 포장도 꼼꼼해서 아주 만족했어요"]
    assert reasons(texts, duplicates="near") == ["", "near_duplicate", "", "near_duplicate"]
    words = [f"말{chr(0xAC00 + 100 * i)}" for i in range(40)]
    chain = [" ".join(words[low : low + 20]) for low in range(0, 20, 4)]
    left = [i for i, reason in enumerate(reasons(chain, duplicates="near")) if not reason]
    assert left[0] == 0 and 1 not in left and len(left) > 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("정말 재밌다", "ko"),
        ("이 movie 정말 good", "ko"),
        (unicodedata.normalize("NFD", "정말 재밌다"), "ko"),
        ("ㅋㅋㅋㅋ", "ko"),
        ("a fine film", "en"),
        ("Good", "en"),
        ("La La Land!!", "en"),
        ("z", "en"),
        ("blog.example.com/no", "en"),
        ("Café was nice and the staff were good", "en"),
        ("Das ist nicht mein Film, aber er war sehr schön", "de"),
        ("Ce film est très beau et je l'aime", "fr"),
        ("La película es muy buena y no la olvido", "es"),
        ("Non è un bel film, ma mi piace", "it"),
        ("O filme é muito bom e eu não esqueço", "pt"),
        ("De film is niet zo goed maar het verhaal wel", "nl"),
        ("Film ini sangat bagus dan saya suka", "id"),
        ("Phim này rất hay và tôi thích", "vi"),
        ("Bu film çok güzel ve ben sevdim", "tr"),
        ("To jest bardzo dobry film, ale nie dla mnie", "pl"),
        ("这部电影很好看", "zh"),
        ("この映画は面白い", "ja"),
        ("Очень хороший фильм", "ru"),
        ("فيلم جميل", "ar"),
        ("ภาพยนตร์", "th"),
        ("ქართული", "other"),
        ("12:30 👍!!", "none"),
        ("", "none"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert LANGUAGES[guess_languages(decode(pa.array([text], pa.large_string())))[0]] == language


def test_texts_in_no_wanted_language_go() -> None:
    texts = ["재밌다", "Das ist aber nicht gut", "Great", "★★★", "映画です"]
    assert reasons(texts, languages=["ko", "en"]) == ["", "language", "", "", "language"]


def test_rows_do_not_leak_into_each_other() -> None:
    texts = ["재밌다", "", "good film", "この映画", ""]
    guessed = guess_languages(decode(pa.array(texts, pa.large_string())))
    assert [LANGUAGES[i] for i in guessed] == ["ko", "none", "en", "ja", "none"]


@pytest.mark.parametrize("duplicates", ["exact", "blanks", "near"])
def test_workers_and_blocks_change_nothing(duplicates: str) -> None:
    rng = np.random.default_rng(0)
    words = ["좋아요", "배송", "빠르고", "아주", "the", "film", " "]
    texts = [" ".join(rng.choice(words, 3)) for _ in range(300)]
    rules = DropRules(empty=True, shorter_than=5, duplicates=duplicates)
    whole = find_dropped([pa.array(texts, pa.large_string())], rules, n_jobs=1)
    blocks = [pa.array(texts[low : low + 37], pa.large_string()) for low in range(0, 300, 37)]
    parts = find_dropped(blocks, rules, n_jobs=3)
    assert whole.reason.tolist() == parts.reason.tolist() and whole.twin.tolist() == parts.twin.tolist()
    assert 0 < len(whole.kept) < 300


def test_no_corpus_no_decision() -> None:
    assert find_dropped([], DropRules(duplicates="near")).counts == {}


def test_duplicates_of_the_sample_are_found() -> None:
    from malgil.sample import generate

    made = generate(4000, seed=3)
    ids = made.table["id"].to_pylist()
    dropped = Cleaner({"drop": {"duplicates": "near"}}).dropped(made.table["text"])
    gone = {ids[row] for row in np.flatnonzero(~dropped.is_kept)}
    for kind, least in (("exact_duplicates", 1.0), ("whitespace_duplicates", 1.0), ("near_duplicates", 0.95)):
        groups = [fact["ids"] for fact in made.truth[kind]]
        assert sum(len(gone & set(group)) >= len(group) - 1 for group in groups) >= least * len(groups) > 0
