"""The language that is spoken unless another is asked for."""

from __future__ import annotations

import threading

import pytest

from malgil.messages import default_language, speaking


def test_a_block_speaks_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALGIL_LANG", "en")
    heard: list[str] = []
    with speaking("ko"):
        with speaking("en"):
            assert default_language() == "en"
        assert default_language() == "ko"
        other = threading.Thread(target=lambda: heard.append(default_language()))
        other.start()
        other.join()
    assert default_language() == "en" and heard == ["en"]
