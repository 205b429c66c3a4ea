"""Recipes: every default written out, every mistake answered with what was meant."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from malgil.errors import DataError, MissingError, ParameterError
from malgil.tokenizers import TOKENIZERS
from malgil.tokenizers.saving import ready
from malgil.workspace import Recipe
from malgil.workspace.recipe import TokensTable, make_tokenizer


def load(tmp_path: Path, text: str) -> Recipe:
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return Recipe.load(path)


def test_defaults_written_out_are_read_back(tmp_path: Path) -> None:
    assert load(tmp_path, Recipe().to_toml()) == Recipe()


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    recipe = load(tmp_path, '[tokens]\ntokenizer = "word"\n[index]\nk1 = 2\n')
    assert (recipe.tokens.tokenizer, recipe.index.k1, recipe.index.b) == ("word", 2.0, Recipe().index.b)


def test_an_unknown_key_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"\[tokens\] has no key 'tokeniser'.*Did you mean 'tokenizer'"):
        load(tmp_path, '[tokens]\ntokeniser = "word"\n')


def test_an_unknown_table_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"no table \[token\].*Did you mean 'tokens'"):
        load(tmp_path, '[token]\ntokenizer = "word"\n')


def test_an_unknown_table_without_keys_is_found_too(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"no table \[words\]"):
        load(tmp_path, "[words]\n")


@pytest.mark.parametrize("text", ["[ngram]\n", "ngram.order = 3\n", "[ngram]\nprune = []\n"])
def test_the_table_of_an_optional_stage_asks_for_it(tmp_path: Path, text: str) -> None:
    assert Recipe().ngram is None and "ngram" not in Recipe().to_dict()
    recipe = load(tmp_path, text)
    assert recipe.to_dict()["ngram"] == {"order": 3, "smoothing": "modified_kneser_ney", "prune": []}
    assert load(tmp_path, recipe.to_toml()) == recipe


def test_a_key_of_an_optional_stage_is_sent_there_too(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"outside every table.*\[ngram\]"):
        load(tmp_path, "smoothing = 'katz'\n")


def test_a_key_outside_its_table_is_sent_there(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"outside every table.*\[index\]"):
        load(tmp_path, "k1 = 1.2\n")


@pytest.mark.parametrize(
    "line",
    [
        "tokens.tokenizer = 3",
        "tokens.lowercase = 'yes'",
        "index.k1 = true",
        "clean.steps = 'nfc'",
        "clean.steps = [1]",
        "ngram.prune = ['a']",
    ],
)
def test_a_value_of_another_type_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ParameterError, match="must be of type"):
        load(tmp_path, line)


@pytest.mark.parametrize(
    "line",
    [
        "tokens.tokenizer = 'kiwy'",
        "clean.steps = ['nfd']",
        "counts.weighting = 'tfidf'",
        "index.variant = 'bm26'",
        "index.b = 1.5",
        "index.k1 = -1.0",
        "vocabulary.min_count = 0",
        "vocabulary.max_terms = -1",
        "report.top_words = 0",
        "ngram.order = 0",
        "ngram.smoothing = 'kneser'",
        "ngram.prune = [1]",
    ],
)
def test_a_value_that_no_stage_takes_is_refused_before_any_work(tmp_path: Path, line: str) -> None:
    with pytest.raises(ParameterError):
        load(tmp_path, line)


def test_a_broken_file_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 2"):
        load(tmp_path, "[tokens]\ntokenizer word\n")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_bytes("# 말뭉치\n".encode("cp949"))
    with pytest.raises(DataError, match="is not UTF-8"):
        Recipe.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"no\.toml"):
        Recipe.load(tmp_path / "no.toml")


@pytest.mark.parametrize("name", TOKENIZERS)
def test_every_tokeniser_can_be_that_of_a_workspace(name: str) -> None:
    made = ready(make_tokenizer(TokensTable(tokenizer=name)), lambda: [pa.array(["aBC abc"], pa.large_string())])
    assert made.name == name
    assert "bc" in "".join(made.split("aBC"))
