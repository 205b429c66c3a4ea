"""An index over learned pieces learns them from its documents, and keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from malgil import SearchIndex
from tests.property.tokenizer_table import CORPUS


@pytest.mark.parametrize("name", ["bpe", "unigram"])
def test_pieces_are_learned_and_travel_with_the_index(name: str, tmp_path: Path) -> None:
    SearchIndex.build(CORPUS, fields={"piece": name}, path=tmp_path / "i")
    index = SearchIndex.open(tmp_path / "i")
    assert index.fields["piece"].params["learned"]
    assert {hit.text for hit in index.search("배우가", k=2)} == {"배우가 좋다"}
    index.add(["배우가 참"])
    assert "배우가 참" in {hit.text for hit in index.search("배우가", k=3)}


def test_words_of_the_user_reach_the_query() -> None:
    field = {"name": "kiwi", "user_words": [["말길킹", "NNP", 0.0]], "stop_words": ["이"]}
    from malgil.search import Field

    index = SearchIndex.build(["말길킹을 봤다", "이 길을 봤다"], fields={"m": Field(field)})
    assert [hit.text for hit in index.search("말길킹", k=2)] == ["말길킹을 봤다"]
