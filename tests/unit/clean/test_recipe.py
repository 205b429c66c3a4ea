"""Cleaning recipes: one language for files, Python and builds; every mistake answered in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from malgil.clean import STEPS, Cleaner, read_recipe
from malgil.clean.scanned import ScannedStep
from malgil.clean.steps import DEFAULT_STEPS, Step, make_step
from malgil.codepoints import CodePoints
from malgil.edits import Edit, keep_points
from malgil.errors import DataError, MalgilError, MissingError, NotFittedError, ParameterError
from malgil.workspace import Recipe


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


TOML = """
[clean]
steps = ["control", {name = "whitespace"}]

[clean.drop]
empty = true
"""
LONG = """
[[clean.steps]]
name = "control"

[[clean.steps]]
name = "whitespace"

[clean.drop]
empty = true
"""


@pytest.mark.parametrize("text", [TOML, LONG])
def test_a_file_a_table_and_a_build_say_the_same(text: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    table = {"steps": ["control", "whitespace"], "drop": {"empty": True}}
    assert read_recipe(path) == read_recipe(str(path)) == read_recipe(table)
    assert read_recipe(Recipe.load(path).clean.recipe) == read_recipe(path)
    assert Cleaner(path).transform([" 가\u200b  나 "]) == ["가 나"]


def test_what_a_file_leaves_out_has_its_default(tmp_path: Path) -> None:
    recipe = read_recipe(write(tmp_path, "[clean.drop]\nempty = true\n"))
    assert [name for name, _ in recipe.steps] == list(DEFAULT_STEPS)
    assert recipe.drop.empty and not read_recipe().drop.empty


def test_a_recipe_written_out_by_a_build_is_read_back(tmp_path: Path) -> None:
    path = write(tmp_path, TOML)
    again = write(tmp_path, Recipe.load(path).to_toml())
    assert read_recipe(again) == read_recipe(Recipe.load(path).clean.recipe)


@pytest.mark.parametrize(
    ("recipe", "part"),
    [
        (["contrl"], "Did you mean 'control'"),
        ([{"name": "whitespaces"}], "Did you mean 'whitespace'"),
        ([{"name": "control", "lenght": 2}], "no option 'lenght'"),
        ([{"lenght": 2}], "Step 1"),
        ([3], "Step 1"),
        (["nfc", "nfc"], "twice"),
        ({"step": ["nfc"]}, "Did you mean 'steps'"),
        ({"steps": "nfc"}, "a list of step names"),
        ({"steps": {"nfc": {}}}, "a list of step names"),
        ({"steps": [], "drop": {"emty": True}}, "Did you mean 'empty'"),
        ({"steps": [], "drop": {"empty": "yes"}}, "must be of type bool"),
        ({"steps": [], "drop": {"shorter_than": True}}, "must be of type int"),
        ({"steps": [], "drop": {"languages": "ko"}}, "must be of type list"),
        ({"steps": [], "drop": {"languages": ["kr"]}}, "languages='kr'"),
        ({"steps": [], "drop": {"duplicates": "nearly"}}, "Did you mean 'near'"),
        ({"steps": [], "drop": {"near_threshold": 2}}, "0"),
        ({"steps": [], "drop": {"shorter_than": -1}}, "0 or more"),
        ({"steps": [], "drop": {"shorter_than": 9, "longer_than": 5}}, "all of them"),
        ({"steps": [], "drop": True}, "as a table"),
        ("nfc", "a list of step names"),
        (7, "no cleaning recipe"),
    ],
)
def test_a_mistake_is_answered_in_one_sentence(recipe: object, part: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Cleaner(recipe).fit()  # type: ignore[arg-type]
    assert part in str(caught.value)
    assert caught.value.sentence("ko") != str(caught.value)


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("[cleen]\nsteps = []\n", ParameterError, "no table [clean]"),
        ("steps = ['nfc']\n", ParameterError, "no table [clean]"),
        ("clean = 3\n", ParameterError, "no table [clean]"),
        ("[clean\n", DataError, "line 1"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(text: str, kind: type[MalgilError], part: str, tmp_path: Path) -> None:
    with pytest.raises(kind) as caught:
        Cleaner(write(tmp_path, text)).fit()
    assert part in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"no\.toml"):
        Cleaner(tmp_path / "no.toml").fit()


def test_a_changed_recipe_is_read_again() -> None:
    cleaner = Cleaner(["control"])
    assert cleaner.transform([" 가\u200b"]) == [" 가"]
    assert cleaner.set_params(recipe=["whitespace"]).transform([" 가\u200b"]) == ["가\u200b"]


def test_lone_surrogates_are_refused_in_one_sentence() -> None:
    with pytest.raises(DataError, match="surrogate"):
        Cleaner().transform(["가", "나\ud800"])


@pytest.mark.parametrize("name", [name for name in STEPS if name != "patterns"])
def test_every_step_is_made_without_options(name: str) -> None:
    step = make_step(name)
    if isinstance(step, Step):
        assert step.needs(pa.array([], pa.large_string())).tolist() == []


def test_scanned_steps_have_bits_of_their_own() -> None:
    bits = [step.bit for name in DEFAULT_STEPS if isinstance(step := make_step(name), ScannedStep)]
    assert len(bits) == 3 and len(set(bits)) == 3 and all(bit.bit_count() == 1 and bit < 128 for bit in bits)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Removes the characters that open more than one text of the corpus, to test what learning needs."""

    least: int = 2

    def partial(self, texts: pa.LargeStringArray) -> list[str]:
        return [text[0] for text in texts.to_pylist() if text]

    def merge(self, first: list[str], second: list[str]) -> list[str]:
        return first + second

    def finish(self, learned: list[str]) -> Ready:
        return Ready(letters=tuple(letter for letter in learned if learned.count(letter) >= self.least))


@dataclass(frozen=True, kw_only=True)
class Ready:
    """What `Seen` makes."""

    letters: tuple[str, ...]

    def needs(self, texts: pa.LargeStringArray) -> np.ndarray:
        return np.ones(len(texts), np.bool_)

    def apply(self, before: CodePoints) -> Edit | None:
        return keep_points(before, ~np.isin(before.points, [ord(letter) for letter in self.letters]))

    def count(self, before: CodePoints) -> dict[str, int]:
        return {"letters": int(np.isin(before.points, [ord(letter) for letter in self.letters]).sum())}


@pytest.fixture
def learning(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    monkeypatch.setitem(STEPS, "seen", (__name__, "Seen"))
    return ["whitespace", "seen"]


def test_a_step_that_learns_sees_what_the_steps_before_it_leave(learning: list[object]) -> None:
    cleaner = Cleaner(learning).fit([" 가나", "가다", "라"])
    assert cleaner.transform([" 가라", "나"]) == ["라", "나"]
    assert Cleaner(learning).fit_transform([" 가나", "가다"]) == ["나", "다"]
    assert cleaner.learns and not Cleaner().learns


def test_a_step_that_learns_asks_for_the_corpus(learning: list[object]) -> None:
    with pytest.raises(NotFittedError, match="'seen'"):
        Cleaner(learning).transform(["가"])
    with pytest.raises(ParameterError, match="'seen'"):
        Cleaner(learning).fit()
    assert Cleaner(learning).fit([]).transform(["가"]) == ["가"]


def test_a_question_is_cleaned_without_the_steps_that_learn(learning: list[object]) -> None:
    block = Cleaner(learning).for_questions().clean_block(pa.array([" 가 나 "], pa.large_string()))
    assert block.texts.to_pylist() == ["가 나"]


def test_what_a_step_counts_is_told_by_kind(learning: list[object]) -> None:
    cleaned = Cleaner(learning).fit(["가", "가나"]).clean_block(pa.array(["가가", "나"], pa.large_string()))
    assert cleaned.found == {"seen.letters": 2}
    assert cleaned.counts == {"whitespace": 0, "seen": 1}


def test_the_step_behind_sees_what_the_step_before_it_made(learning: list[object]) -> None:
    cleaner = Cleaner(["seen", "whitespace"]).fit(["가 ", "가"])
    cleaned = cleaner.clean_block(pa.array(["나 가 다", "가 가", "라"], pa.large_string()))
    assert cleaned.texts.to_pylist() == ["나 다", "", "라"]
    start, end = cleaned.to_raw([0, 0, 0], [0, 1, 2], [1, 2, 3])
    assert list(zip(start.tolist(), end.tolist(), strict=True)) == [(0, 1), (1, 4), (4, 5)]
