"""Spacing: what goes in and out, and what is refused."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from malgil import Cleaner, Spacer
from malgil.clean import spacing_model
from malgil.clean.spacing_model import SpacingModel, load_model, trust
from malgil.errors import ArtefactError, DataError, ParameterError

SPACED = ["아버지가 방에 들어가신다.", "오늘은 날씨가 참 좋다.", "나는 학교에 가서 친구를 만났다."]


@pytest.mark.parametrize("text", SPACED)
def test_missing_blanks_come_in(text: str) -> None:
    assert Spacer().transform([text.replace(" ", "")]) == [text]


@pytest.mark.parametrize("text", SPACED)
def test_right_blanks_stay(text: str) -> None:
    assert Spacer().transform([text]) == [text]


def test_wrong_blanks_go() -> None:
    assert Spacer().transform(["오 늘은 날씨 가 참좋다."]) == ["오늘은 날씨가 참 좋다."]


def test_decomposed_text_stays_decomposed() -> None:
    raw = unicodedata.normalize("NFD", "오늘은날씨가참좋다.")
    assert Spacer().transform([raw]) == [unicodedata.normalize("NFD", "오늘은 날씨가 참 좋다.")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "가",
        "\n\t",
        "the movie is good",
        "thisisit",
        "ㅋㅋㅋ ㅠㅠ",
        "😀👍🏽 👨‍👩‍👧",
        "\x00",
        "שלום עולם",
        "1 234",
    ],
)
def test_what_is_not_korean_stays(text: str) -> None:
    assert Spacer().transform([text]) == [text]


def test_line_breaks_tabs_and_outer_blanks_stay() -> None:
    raw = "  나는학교에\n가서\t친구를 만났다.  "
    assert Spacer().transform([raw])[0].split("\n")[0] == "  나는 학교에"
    assert Spacer().transform([raw])[0].endswith("만났다.  ")
    assert "\n가서\t친구를" in Spacer().transform([raw])[0]


def test_no_blank_before_a_mark_or_inside_a_cluster() -> None:
    for raw in ("나는가\u0301방", "봄\u200d이다", "ᄒᆞᆫ글이다", "각\u11c0이다"):
        spaced = Spacer().transform([raw])[0]
        assert not any(f" {char}" in spaced for char in "\u0301\u200d\u119e\u11ab\u11c0")


def test_texts_come_back_in_order_for_any_number_of_workers() -> None:
    texts = [SPACED[i % 3].replace(" ", "") for i in range(9000)]
    expected = [SPACED[i % 3] for i in range(9000)]
    for n_jobs in (1, 3):
        blocks = Spacer().space_blocks(texts, n_jobs)
        assert [text for block in blocks for text in block.texts.to_pylist()] == expected


def test_a_long_line_is_spaced() -> None:
    raw = "오늘은날씨가참좋다." * 5000
    spaced = Spacer().transform([raw])[0]
    assert spaced.replace(" ", "") == raw and spaced.count(" ") > 10_000


def test_offsets_lead_back() -> None:
    block = next(Spacer().space_blocks(["참좋다"]))
    assert block.texts.to_pylist() == ["참 좋다"]
    low, high = block.offsets.to_raw([0, 0], [0, 2], [1, 4])
    assert (low.tolist(), high.tolist()) == ([0, 1], [1, 3])


def test_an_explanation_names_what_speaks_for_a_blank() -> None:
    reasons = Spacer().explain("참 좋다")
    assert [reason.label for reason in reasons] == ["참|좋다", "참좋|다"]
    assert reasons[0].value > 0 > reasons[1].value
    assert {"lean", "given", "참|좋다"} <= {term.label for term in reasons[0].terms}
    assert Spacer().explain("") == Spacer().explain("abc") == []


def test_spacing_is_a_step_of_a_recipe() -> None:
    assert Cleaner(["whitespace", "spacing"]).transform(["참좋다", "ok  go"]) == ["참 좋다", "ok go"]


def test_the_blanks_of_a_careful_text_are_trusted() -> None:
    scores = np.array([3.0, -3.0] * 20)
    careful = trust(scores, np.array([1, 0] * 20, np.uint8), np.array([0, 40]))
    random = trust(scores, np.array([1, 1, 0, 0] * 10, np.uint8), np.array([0, 40]))
    assert careful[0, 0] > 2 > random[0, 0] > -1
    assert careful[0, 1] < -1


def test_bad_input_is_refused() -> None:
    with pytest.raises(ParameterError):
        Spacer().transform("한 글")
    with pytest.raises(DataError):
        Spacer().transform([3])
    with pytest.raises(ParameterError, match="explain takes a string"):
        Spacer().explain(["글"])  # type: ignore[arg-type]


def test_a_damaged_model_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "spacing.npz"
    path.write_bytes(b"PK nothing")
    monkeypatch.setattr(spacing_model, "MODEL", path)
    load_model.cache_clear()
    with pytest.raises(ArtefactError, match="install the package again"):
        load_model()
    load_model.cache_clear()


@pytest.mark.parametrize(
    "change",
    [
        {"weights": np.zeros(1000, np.int8)},
        {"weights": np.zeros(1024, np.int32)},
        {"gaps": np.zeros(1024, np.int8)},
        {"gaps": np.full(1 << 19, 255, np.uint8), "weights": np.zeros(1 << 19, np.int8)},
        {"gaps": np.zeros(0, np.uint8), "weights": np.zeros(0, np.int8)},
        {"kinds": np.zeros(1, np.uint8)},
        {"kinds": np.full(2, 16, np.uint8)},
        {"words": np.frombuffer("한\n국어".encode(), np.uint8)},
    ],
)
def test_arrays_that_do_not_fit_are_refused(change: dict[str, np.ndarray]) -> None:
    arrays = {
        "words": np.frombuffer("한글\n국어".encode(), np.uint8),
        "kinds": np.zeros(2, np.uint8),
        "gaps": np.ones(1024, np.uint8),
        "weights": np.zeros(1024, np.int8),
        "scale": np.array(0.1),
    }
    assert SpacingModel(arrays).scale == 0.1
    with pytest.raises(ValueError, match="do not fit"):
        SpacingModel(arrays | change)


def test_no_blank_is_put_before_a_stop_and_one_may_go() -> None:
    found = Spacer().transform(["오늘날씨가좋네요. 문의: 내일", "정말 좋아요(최고)!", "갔다 ."])
    assert found == ["오늘 날씨가 좋네요. 문의: 내일", "정말 좋아요(최고)!", "갔다."]
