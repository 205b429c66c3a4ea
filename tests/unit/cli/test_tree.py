from __future__ import annotations

from rich.cells import cell_len

from malgil.cli.tree import folded

TREE = """\
BM25(배우 연기) = 12.5 = 낱말마다 나온 값의 합입니다 그리고 이 줄은 아주 깁니다
├─ 배우 = 7.25 = idf x tf / (tf + k1 (1 - b + b dl / avgdl))   (N = 3,000, df = 17)
│  └─ idf = 2.5
└─ 연기 = 5.25
   [A source with a long name, in a long book, 1994]"""


def test_short_lines_stay() -> None:
    assert folded("a = 1\n└─ b = 1", 80) == ["a = 1", "└─ b = 1"]


def test_folded_lines_fit_and_lose_nothing() -> None:
    lines = folded(TREE, 40)
    assert max(map(cell_len, lines)) <= 40
    assert "".join("".join(lines).split()).replace("│", "") == "".join(TREE.split()).replace("│", "")


def test_branches_go_on_beside_folded_lines() -> None:
    lines = folded(TREE, 40)
    place = lines.index(next(line for line in lines if line.startswith("├─ 배우")))
    assert lines[place + 1].startswith("│      ")
    assert lines[-1].startswith("       ")


def test_an_empty_text_has_no_lines() -> None:
    assert folded("", 40) == []
