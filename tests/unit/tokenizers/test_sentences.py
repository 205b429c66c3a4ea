"""Sentences: what ends one, in Korean and in English."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from malgil import sentences
from malgil.errors import ArtefactError, ParameterError
from malgil.tokenizers import borders

KOREAN = [
    "어제는 비가 왔어요 | 그래서 집에 있었습니다 | 책을 두 권 읽었어요",
    "배우들 연기가 정말 좋았다 | 다음 편도 기대된다",
    "진짜 재밌다ㅋㅋㅋ | 또 보고 싶다",
    "오늘 진짜 좋았어요~ | 내일 또 올게요!! | 감사합니다 😀 | 다음에 봬요",
    "일이 끝났다. | 그러나 3.5초가 남았다. | 점수는 1.5배다.",
    "문이 열렸다.그리고 | 그가 들어왔다.",
    '그는 "나는 간다. 너도 가라." 하고 말했다. | 모두 놀랐다.',
    "책(어제 샀다. 비싸다.)을 읽었다. | 재미있었다.",
    "값이 올랐다.[3] | 그래서 사지 않았다.",
    "1. 물을 끓인다. | 2. 면을 넣는다.",
    "바다 위에 배가 있다. | 배는 작다.",
    "내는 집에 있었데이 | 니는 어데 갔더노",
    "문을 열었습니다. | 불을 켰습니다. | 차를 끓였습니다. | 하마터면 넘어질 뻔 했답니다 | 골목 끝의 작은 가게 모습.",
    "문을 열었습니다. | 불을 켰습니다. | 차를 끓였습니다. | 다들 조용히 하십시오 | 회의의 마지막 순서.",
    "문을 열었습니다. | 불을 켰습니다. | 차를 끓였습니다. | 손님이 오셨습니다 하고 알렸습니다.",
]
ENGLISH = [
    "Dr. Kim met Mr. Lee at 3.5 p.m. on Monday. | They talked.",
    "The U.S. economy grew. | It shrank later.",
    "J. R. Smith lives on St. Marks Ave. in New York. | He is old.",
    'She said, "Stop! Now!" and left. | He stayed.',
    "Write to a.b@example.com or see https://example.com/x.y?z=1. | We answer.",
    "Wait... what is this? | I don't know.",
    "It ended at 5 p.m. | The crowd left.",
    "e.g. apples, pears etc. are fruit. | So are plums.",
]


@pytest.mark.parametrize("marked", [*ENGLISH, *(text for text in KOREAN if text != KOREAN[5])])
def test_sentences_end_where_they_should(marked: str) -> None:
    wanted = marked.split(" | ")
    assert [sentence.text for sentence in sentences([" ".join(wanted)])[0]] == wanted


def test_a_full_stop_without_white_space_ends_a_korean_sentence() -> None:
    assert [sentence.text for sentence in sentences(["문이 열렸다.그가 들어왔다."])[0]] == [
        "문이 열렸다.",
        "그가 들어왔다.",
    ]


def test_english_leaves_korean_endings_alone() -> None:
    text = "어제는 비가 왔어요 그래서 집에 있었습니다"
    assert len(sentences([text], "en")[0]) == 1
    assert len(sentences([text], "ko")[0]) == 2


def test_a_blank_line_ends_a_sentence() -> None:
    assert [sentence.text for sentence in sentences(["제목\n\n본문이 여기"])[0]] == ["제목", "본문이 여기"]


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ParameterError, match="lang"):
        sentences(["말길"], "fr")  # type: ignore[arg-type]


def test_long_runs_take_no_time_of_their_square() -> None:
    for piece in ("ㅋ", "! ", "(ㅋ) ", '"ㅋ" ', "가", "(", '"', "가. ", "a.", " \n"):
        text = piece * (200_000 // len(piece))
        assert "".join(s.text for s in sentences([text])[0]).replace(" ", "") == "".join(text.split())


def test_damaged_weights_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.npz"
    ones = np.ones(2, np.int8)
    np.savez(path, steps=ones, values=ones, size=np.int64(3), step=np.int64(1), bias=np.int64(0))
    monkeypatch.setattr(borders, "WEIGHTS", path)
    borders.load_weights.cache_clear()
    with pytest.raises(ArtefactError, match=r"w\.npz"):
        borders.load_weights()
    borders.load_weights.cache_clear()
