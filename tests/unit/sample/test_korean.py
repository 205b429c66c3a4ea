from __future__ import annotations

import pytest

from malgil.sample import endings, korean


@pytest.mark.parametrize(
    ("noun", "particle", "expected"),
    [
        ("소리", "이", "소리가"),
        ("음질", "이", "음질이"),
        ("소리", "은", "소리는"),
        ("음질", "은", "음질은"),
        ("연기", "을", "연기를"),
        ("화면", "과", "화면과"),
        ("OST", "이", "OST가"),
        ("음질", "도", "음질도"),
    ],
)
def test_particle_follows_the_last_sound(noun: str, particle: str, expected: str) -> None:
    assert korean.attach(noun, particle) == expected


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("좋", "좋아"),
        ("없", "없어"),
        ("깔끔하", "깔끔해"),
        ("예쁘", "예뻐"),
        ("안 아프", "안 아파"),
        ("크", "커"),
        ("가볍", "가벼워"),
        ("좁", "좁아"),
        ("얇", "얇아"),
        ("빠르", "빨라"),
        ("모르", "몰라"),
        ("듣", "들어"),
        ("긋", "그어"),
        ("낫", "나아"),
        ("졸", "졸아"),
        ("느리", "느려"),
        ("나오", "나와"),
        ("비우", "비워"),
        ("되", "돼"),
        ("뛰", "뛰어"),
        ("켜", "켜"),
        ("못 하겠", "못 하겠어"),
        ("살 걸 그러", "살 걸 그래"),
    ],
)
def test_infinitive_of_every_class_of_stems(stem: str, expected: str) -> None:
    assert korean.infinitive(stem) == expected


@pytest.mark.parametrize(
    ("entry", "forms"),
    [
        ("길다", ["길어요", "긺", "길다", "깁니다", "길네요"]),
        ("마음에 들다/v", ["마음에 들어요", "마음에 듦", "마음에 든다", "마음에 듭니다", "마음에 드네요"]),
        ("맛있다", ["맛있어요", "맛있음", "맛있다", "맛있습니다", "맛있네요"]),
        ("가볍다", ["가벼워요", "가벼움", "가볍다", "가볍습니다", "가볍네요"]),
        ("최고=", ["최고예요", "최고임", "최고다", "최고입니다", "최고네요"]),
        ("명품=", ["명품이에요", "명품임", "명품이다", "명품입니다", "명품이네요"]),
        ("장난 아니다", ["장난 아니에요", "장난 아님", "장난 아니다", "장난 아닙니다", "장난 아니네요"]),
        ("또 살 거=", ["또 살 거예요", "또 살 거임", "또 살 거다", "또 살 겁니다", "또 살 거네요"]),
    ],
)
def test_sentence_ends(entry: str, forms: list[str]) -> None:
    pred = korean.parse(entry)
    if pred.stem == "길":
        forms = [*forms[:4], "기네요"]
    assert [endings.end(pred, ending, "yo") for ending in ("yo", "eum", "da", "nida", "neyo")] == forms


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("좋다", "좋았어요"),
        ("예쁘다", "예뻤어요"),
        ("가볍다", "가벼웠어요"),
        ("최고=", "최고였어요"),
        ("명품=", "명품이었어요"),
        ("아니다", "아니었어요"),
        ("그러다", "그랬어요"),
    ],
)
def test_past(entry: str, expected: str) -> None:
    assert endings.end(korean.parse(entry), "yo", "yo", past=True) == expected


@pytest.mark.parametrize(
    ("entry", "ending", "expected"),
    [
        ("좋다", "nde", "좋은데"),
        ("가볍다", "nde", "가벼운데"),
        ("길다", "nde", "긴데"),
        ("맛있다", "nde", "맛있는데"),
        ("나오다/v", "nde", "나오는데"),
        ("최고=", "nde", "최고인데"),
        ("최고=", "eo_seo", "최고라서"),
        ("명품=", "eo_seo", "명품이라서"),
        ("명품=", "go", "명품이고"),
        ("최고=", "jiman", "최고지만"),
        ("느리다", "eo_seo", "느려서"),
    ],
)
def test_joining_ends(entry: str, ending: str, expected: str) -> None:
    assert endings.end(korean.parse(entry), ending, "yo") == expected


def test_marks_are_read_off_an_entry() -> None:
    assert korean.parse("~비싸다") == korean.Predicate("비싸", "adjective", "any", True, True)
    assert korean.parse("고장 나다/vP") == korean.Predicate("고장 나", "verb", "past", False, False)
    assert korean.parse("또 살 거=") == korean.Predicate("또 살 거", "noun", "present", False, False)


def test_past_only_predicates_have_no_present_forms() -> None:
    forms = endings.final_forms(korean.parse("고장 나다/vP"), "yo", 0.0)
    assert {form.text for form in forms} == {"고장 났어요", "고장 났네요"}


def test_negation_denies_an_adjective() -> None:
    said = {adverb + endings.end(pred, "yo", "yo") for adverb, pred in endings.negated(korean.parse("~비싸다"))}
    assert {"그다지 비싸지 않아요", "그렇게 비싸지는 않아요", "별로 안 비싸요"} <= said
