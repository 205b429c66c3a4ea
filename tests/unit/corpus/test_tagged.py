"""Files of labelled tokens: the forms that are in use, and what is wrong with others."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from malgil.corpus.tagged import Tagged, read_tagged, write_tagged
from malgil.errors import DataError, MissingError

CONLL = "말길 B-ORG\n은 O\n\n# # O\n좋다 O\n"
CONLLU = (
    "# text = 서울에 갔다\n"
    "1-2\t서울에\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "1\t서울\t서울\tPROPN\t_\t_\t2\t_\t_\t_\n"
    "2\t에\t에\tADP\t_\t_\t3\t_\t_\t_\n"
    "2.1\t_\t_\tVERB\t_\t_\t_\t_\t_\t_\n"
    "\n\n\n"
    "# text = 끝\n1\t끝\t끝\tNOUN\t_\t_\t0\t_\t_\t_\n"
)


def put(folder: Path, content: str | bytes, name: str = "a.conll") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "tokens", "tags"),
    [
        ("말길 B-ORG\n은 O\n\n좋다 O\n", [["말길", "은"], ["좋다"]], [["B-ORG", "O"], ["O"]]),
        ("a NN B-NP\r\n# # I-NP\r\n\r\n", [["a", "#"]], [["B-NP", "I-NP"]]),
        (CONLLU, [["서울", "에"], ["끝"]], [["PROPN", "ADP"], ["NOUN"]]),
        ("## 주석 : ##\n## 열 : 글\t표\n경\tB-OG\n \tO\n찰\tO", [["경", " ", "찰"]], [["B-OG", "O", "O"]]),
        ("#말길\tO\n# 주석\n😀\tO\n\n", [["#말길", "😀"]], [["O", "O"]]),
        ("하나\n둘\n\n셋\n", [["하나", "둘"], ["셋"]], [[], []]),
        ("\n\n가\tX\n\n\n", [["가"]], [["X"]]),
    ],
)
def test_forms(content: str, tokens: list[list[str]], tags: list[list[str]], tmp_path: Path) -> None:
    assert read_tagged(put(tmp_path, content)) == Tagged(tokens, tags)
    packed = put(tmp_path, gzip.compress(content.encode()), "a.conll.gz")
    assert read_tagged(packed).has_tags == any(tags)


def test_korean_of_older_windows(tmp_path: Path) -> None:
    assert read_tagged(put(tmp_path, "말길\tO\n".encode("cp949"))).tokens == [["말길"]]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    tokens, tags = [["말길", "을"], [], ["열다"]], [["B-X", "O"], [], ["O"]]
    write_tagged(tmp_path / "b.conll", tokens, tags)
    found = read_tagged(tmp_path / "b.conll")
    assert found == Tagged([tokens[0], tokens[2]], [tags[0], tags[2]])


@pytest.mark.parametrize(
    ("content", "match"),
    [("가\tO\n나\n", "a.conll:2: has 1 columns"), ("", "no token"), ("# nothing\n\n", "no token")],
)
def test_bad_files(content: str, match: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=match):
        read_tagged(put(tmp_path, content))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        read_tagged(tmp_path / "none.conll")
