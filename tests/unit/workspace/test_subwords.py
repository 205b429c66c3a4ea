"""A workspace whose tokens are learned pieces, or Kiwi's with words of the user."""

from __future__ import annotations

from pathlib import Path

import pytest

import malgil
from malgil.errors import DataError
from malgil.workspace import Recipe
from tests.property.tokenizer_table import CORPUS


def built(path: Path, **values: object) -> malgil.Workspace:
    (path / "a.txt").write_text("\n".join(CORPUS) + "\n", encoding="utf-8")
    recipe = Recipe().with_values({f"tokens.{key}": value for key, value in values.items()} | {"ngram": None})
    return malgil.build(malgil.read(str(path / "a.txt")), path / "ws", recipe)


@pytest.mark.parametrize("name", ["bpe", "unigram"])
def test_pieces_are_learned_from_the_cleaned_corpus_and_kept(name: str, tmp_path: Path) -> None:
    workspace = built(tmp_path, tokenizer=name, n_terms=100)
    again = malgil.Workspace.open(tmp_path / "ws")
    assert again.tokenizer == workspace.tokenizer
    assert again.vocabulary.terms.to_pylist() == workspace.vocabulary.terms.to_pylist()
    assert {hit.text for hit in again.search("영화를", k=3)} <= set(CORPUS)
    assert again.search("영화를", k=1)
    assert again.next("이", k=1)[0][0].startswith("▁")
    assert "영화" in again.blank("이 ___ 참 재미없다 ㅋㅋㅋ", k=1)[0].text


def test_the_same_corpus_gives_the_same_bytes(tmp_path: Path) -> None:
    manifests = []
    for part in ("one", "two"):
        (tmp_path / part).mkdir()
        built(tmp_path / part, tokenizer="unigram", n_terms=100)
        manifests.append((tmp_path / part / "ws" / "tokens" / "manifest.json").read_bytes())
    assert manifests[0] == manifests[1]


def test_words_of_the_user_in_the_recipe(tmp_path: Path) -> None:
    workspace = built(tmp_path, tokenizer="kiwi", stop_words=["영화/NNG"], user_words=["재미있다\tIC"])
    terms = workspace.vocabulary.terms.to_pylist()
    assert "영화" not in terms
    assert {"배우", "재미있다"} <= set(terms)


def test_a_bad_line_in_the_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Line 2 of the user dictionary"):
        Recipe().with_values({"tokens.user_words": ["말길", "가\tQQ"]})
