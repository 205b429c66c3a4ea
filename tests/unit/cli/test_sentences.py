"""``malgil sentences``: one sentence a row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from malgil.cli.entry import main


def test_sentences_writes_one_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "a.csv", tmp_path / "b.jsonl"
    source.write_text("id,text\n가,비가 왔어요 그래서 늦었습니다.\n나,\n다,He came. She left.\n", encoding="utf-8")
    assert main(["sentences", str(source), "-o", str(out), "--lang", "en"]) == 0
    assert "4 sentences in 3 texts" in capsys.readouterr().out
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["text"], row["start"]) for row in rows] == [
        ("가", "비가 왔어요", 0),
        ("가", "그래서 늦었습니다.", 7),
        ("다", "He came.", 0),
        ("다", "She left.", 9),
    ]
