"""Tokenisers on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import malgil.tokenizers
from malgil.errors import ArtefactError, ParameterError
from malgil.store import Writer
from malgil.tokenizers import tokenizer
from malgil.tokenizers.saving import named_or_saved, ready
from tests.property.tokenizer_table import CORPUS, made

TEXT = "이 영화 참 재미있다 ㅋㅋ 👍🏽 Movie"


@pytest.mark.parametrize("name", malgil.tokenizers.TOKENIZERS)
def test_saved_is_opened(name: str, tmp_path: Path) -> None:
    cut = made(name)
    cut.save(tmp_path / "t")
    again = malgil.tokenizers.open(tmp_path / "t")
    assert again == cut
    assert again.split(TEXT) == cut.split(TEXT)
    assert {path.suffix for path in (tmp_path / "t").iterdir()} == {".json"}


def test_words_of_the_user_travel_with_it(tmp_path: Path) -> None:
    (tmp_path / "u.txt").write_text("말길\tNNP\n", encoding="utf-8")
    (tmp_path / "s.txt").write_text("을\n", encoding="utf-8")
    tokenizer("kiwi", user_words=tmp_path / "u.txt", stop_words=tmp_path / "s.txt").save(tmp_path / "t")
    (tmp_path / "u.txt").unlink()
    assert malgil.tokenizers.open(tmp_path / "t").split("말길을 열다") == ["말길", "열", "다"]


def test_another_kind_is_refused(tmp_path: Path) -> None:
    with Writer(tmp_path / "v", "vocabulary"):
        pass
    with pytest.raises(ArtefactError, match="'vocabulary', but 'tokenizer' was expected"):
        malgil.tokenizers.open(tmp_path / "v")


@pytest.mark.parametrize(
    "params", [None, {}, {"name": "wordz"}, {"name": "word", "later": 1}, {"name": "bpe", "learned": [1]}]
)
def test_what_a_newer_malgil_wrote_is_refused(params: object, tmp_path: Path) -> None:
    with Writer(tmp_path / "t", "tokenizer") as writer:
        writer.meta = {"tokenizer": params}
    with pytest.raises(ArtefactError, match="damaged or of a newer malgil"):
        malgil.tokenizers.open(tmp_path / "t")


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    tokenizer("word").save(tmp_path / "t")
    path = tmp_path / "t" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 999}), encoding="utf-8")
    with pytest.raises(ArtefactError, match="999"):
        malgil.tokenizers.open(tmp_path / "t")


def test_any_flipped_byte_is_found(tmp_path: Path) -> None:
    made("bpe").save(tmp_path / "t")
    path = tmp_path / "t" / "manifest.json"
    raw = path.read_bytes()
    for at in range(0, len(raw), 97):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        with pytest.raises(ArtefactError):
            malgil.tokenizers.open(tmp_path / "t")


def test_a_name_or_a_folder(tmp_path: Path) -> None:
    made("unigram").save(tmp_path / "t")
    assert named_or_saved("word") == tokenizer("word")
    assert named_or_saved(str(tmp_path / "t")) == made("unigram")
    with pytest.raises(ParameterError, match="whitespace, word"):
        named_or_saved(str(tmp_path / "none"))


def test_only_what_has_to_learn_asks_for_the_corpus() -> None:
    import pyarrow as pa

    assert ready(made("bpe"), lambda: pytest.fail("asked")) is made("bpe")
    unfitted = tokenizer("bpe")
    learned = ready(unfitted, lambda: [pa.array(CORPUS, pa.large_string())])
    assert learned == made("bpe")
    assert "learned" not in unfitted.params
