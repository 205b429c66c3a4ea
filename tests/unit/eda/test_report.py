"""The page: whole in both languages, self-contained, safe, the same each time."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from malgil.eda.data import ReportData
from malgil.eda.report import report_html, write_report
from malgil.errors import ArtefactError, ParameterError, StorageError
from tests.unit.eda.conftest import MakeData

MAX_BYTES = 3_000_000


@pytest.fixture(scope="session")
def page(lively: ReportData) -> str:
    return report_html(lively, "ko")


def without_style(page: str) -> str:
    return re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_nothing_is_loaded_from_outside(page: str) -> None:
    assert not re.findall(r"(?:src|href|action|data|poster)\s*=\s*[\"'](?!#)", page)
    assert not [url for url in re.findall(r"url\(([^)]{0,40})", page) if not url.startswith("data:font/woff;base64,")]
    assert "@import" not in page
    assert "://" not in page


def test_no_script_is_needed(page: str) -> None:
    assert "<script" not in page
    assert not re.findall(r"<[^>]+\son[a-z]+\s*=", page)


def test_both_languages_are_whole(page: str) -> None:
    korean, english = (page.count(f'<span class="{lang}" lang="{lang}">') for lang in ("ko", "en"))
    assert korean == english > 100
    for span in re.findall(r'<span class="en" lang="en">(.*?)</span>', page):
        assert span
        words_of_korean = set(re.findall(r"[가-힣]+", span))
        assert not words_of_korean, span


@pytest.mark.parametrize(
    "section", ["quality", "script", "length", "words", "laws", "dtm", "noise", "labels", "time", "method"]
)
def test_every_part_is_there_and_linked(page: str, section: str) -> None:
    assert f'<section id="{section}">' in page
    assert f'<a href="#{section}">' in page


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_language_asked_for_is_shown_first(lively: ReportData, lang: str) -> None:
    page = report_html(lively, lang)
    assert f'<html lang="{lang}">' in page
    assert re.findall(r'id="lang-(..)" checked', page) == [lang]


def test_an_unknown_language_is_refused(lively: ReportData) -> None:
    with pytest.raises(ParameterError, match="fr"):
        report_html(lively, "fr")


def test_texts_of_the_corpus_cannot_become_markup(make_data: MakeData) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    data = make_data([evil, evil, "b"] * 3, ["<b onclick='x'>&", "{{ 7*7 }}", "'\"><i>"] * 3)
    page = report_html(data, "en")
    assert "<script" not in page
    assert "<img" not in page
    assert "<b onclick" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7*7 }}" in page


def test_personal_data_do_not_enter_the_page(make_data: MakeData) -> None:
    text = "연락은 gildong.hong@example.co.kr 또는 010-9876-5432"
    data = make_data([text] * 3)
    assert data.noise["email"] == [3, 3]
    assert data.noise["phone"] == [3, 3]
    assert data.repeats[0].text == "연락은 ▒▒▒ 또는 ▒▒▒"


def test_a_word_that_is_an_address_is_hidden_too(make_data: MakeData) -> None:
    data = make_data(["gildong@example.co.kr 님"] * 3, ["a"] * 3, split="whitespace")
    assert [word.term for word in data.counted] == ["▒▒▒", "님"]
    assert "gildong" not in data.to_json()
    assert "gildong" not in report_html(data)


def test_the_page_is_small(page: str) -> None:
    assert len(page.encode()) < MAX_BYTES


def test_the_same_data_give_the_same_bytes(lively: ReportData, page: str) -> None:
    assert report_html(ReportData.from_json(lively.to_json()), "ko") == page


def test_the_number_of_workers_changes_nothing(make_data: MakeData) -> None:
    texts = [f"글 {number % 977} 말길 {'ㅋ' * (number % 5)}" for number in range(70_000)]
    labels = [str(number % 3) for number in range(70_000)]
    assert len({make_data(texts, labels, n_jobs=n_jobs).to_json() for n_jobs in (1, 2, 4)}) == 1


def test_the_font_inside_has_every_hangul_character_of_the_page(page: str) -> None:
    fonts = re.findall(r"data:font/woff;base64,([A-Za-z0-9+/=]+)", page)
    assert len(fonts) == 2
    shown = {
        ord(character) for character in without_style(page) if "가" <= character <= "힣" or "ㄱ" <= character <= "ㅣ"
    }
    assert shown
    for font in fonts:
        with TTFont(BytesIO(base64.b64decode(font))) as subset:
            assert shown <= set(subset.getBestCmap())


@pytest.mark.parametrize(
    "texts",
    [[], [""], ["", " ", "\n"], ["글"], ["!!!"], ["😀"], ["a"] * 3, ["가" * 50_000], ["ᄒ"], ["\x00"], ["a b", ""]],
    ids=["none", "empty", "blank", "one", "marks", "emoji", "same", "long", "jamo", "nul", "half"],
)
def test_a_corpus_with_next_to_nothing_has_a_page(make_data: MakeData, texts: list[str]) -> None:
    data = make_data(texts)
    assert ReportData.from_json(data.to_json()) == data
    for lang in ("en", "ko"):
        page = report_html(data, lang)
        assert "nan" not in re.findall(r"[a-z]+", without_style(page))
        assert f"<b>{len(texts):,}</b>" in page


def test_labels_and_times_may_be_missing_everywhere(make_data: MakeData) -> None:
    data = make_data(["a b", "b c"], [None, None], [None, None])
    assert (data.labels, data.timeline) == ([], None)
    assert '<section id="labels">' not in report_html(data, "en")


def test_many_labels_are_cut_to_the_largest(make_data: MakeData) -> None:
    labels = [f"label {number % 40}" for number in range(200)] + ["label 7"] * 9
    data = make_data([f"글 {label}" for label in labels], labels, [datetime(2024, 1, 1)] * len(labels))
    assert len(data.labels) == 12
    assert data.n_labels == 40
    assert "label 7" in {label.name for label in data.labels}
    assert data.timeline is not None
    assert sum(map(sum, data.timeline.counts)) == len(labels)


def test_a_word_that_only_one_label_uses_is_typical_of_it(lively: ReportData, make_data: MakeData) -> None:
    data = make_data(["배송 빠름", "배송 느림"] * 20, ["good", "bad"] * 20)
    assert [label.words[0] for label in data.labels] == ["느림", "빠름"]


def test_writing_leaves_one_whole_file(tmp_path: Path, lively: ReportData, page: str) -> None:
    target = tmp_path / "report.html"
    target.write_text("old", encoding="utf-8")
    write_report(target, lively, "ko")
    assert target.read_text(encoding="utf-8") == page
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_target_that_cannot_be_written_is_named(tmp_path: Path, lively: ReportData) -> None:
    with pytest.raises(StorageError, match="nowhere"):
        write_report(tmp_path / "nowhere" / "report.html", lively)


@pytest.mark.parametrize("damage", ["{", "{}", "[]", "null"])
def test_damaged_data_are_refused(damage: str) -> None:
    with pytest.raises(ArtefactError, match="Build the workspace again"):
        ReportData.from_json(damage)


def test_two_documents_alike_through_a_common_word_are_shown(make_data: MakeData) -> None:
    texts = [f"는 는 는 는 낱말{number}a 낱말{number}b 낱말{number}c 낱말{number}d" for number in range(30)]
    texts += [f"짧은 글 {number}" for number in range(10)]
    data = make_data(texts)
    assert data.pair is not None
    assert data.pair.words == ["는"]
    assert data.pair.ratios == [1.0]
    assert data.pair.cosine_counts == pytest.approx(16 / 20)
    assert data.pair.cosine_weights < 0.1
