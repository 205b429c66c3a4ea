"""Explanations: the terms give the value, and every rendering shows it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from malgil.explain import Explanation, show

IDF = Explanation("idf(배우)", 2.0, "ln(N / df)", "formula", numbers={"N": 8, "df": 1})
PRODUCT = Explanation("tf-idf(배우)", 0.5, "tf x idf", "product", (Explanation("tf(배우)", 0.25), IDF), source="notes")
SUM = Explanation("score", 0.5, "sum", "sum", (PRODUCT, Explanation("score(없다)", 0.0)))


def test_terms_give_the_value() -> None:
    assert SUM.wrong() == []


@pytest.mark.parametrize("combine", ["sum", "product"])
def test_a_wrong_value_is_named(combine: str) -> None:
    wrong = Explanation("total", 4.0, combine=combine, terms=(Explanation("a", 1.0), Explanation("b", 2.0)))  # type: ignore[arg-type]
    outer = Explanation("outer", 4.0, combine="sum", terms=(wrong,))
    assert outer.wrong() == ["total"]


def test_an_empty_sum_is_zero() -> None:
    assert Explanation("nothing", 0.0, combine="sum").wrong() == []
    assert Explanation("nothing", 1.0, combine="sum").wrong() == ["nothing"]


def test_text_is_a_tree_with_formula_numbers_and_source() -> None:
    assert SUM.to_text().splitlines() == [
        "score = 0.5 = sum",
        "├─ tf-idf(배우) = 0.5 = tf x idf",
        "│  ├─ tf(배우) = 0.25",
        "│  └─ idf(배우) = 2 = ln(N / df)   (N = 8, df = 1)",
        "│  [notes]",
        "└─ score(없다) = 0",
    ]


def test_markup_in_a_label_is_escaped() -> None:
    hostile = Explanation("<script>", 1.0, combine="sum", terms=(Explanation("<b>&", 1.0),))
    assert "<script>" not in hostile.to_html()
    assert "&lt;b&gt;&amp;" in hostile.to_html()
    ElementTree.fromstring(hostile.to_svg())


def test_bars_are_as_long_as_their_share() -> None:
    terms = (Explanation("a", 2.0), Explanation("b", 1.0), Explanation("c", -1.0))
    picture = ElementTree.fromstring(Explanation("sum", 2.0, combine="sum", terms=terms).to_svg())
    a, b, c = [float(bar.attrib["width"]) for bar in picture.iter("{http://www.w3.org/2000/svg}rect")]
    assert (a, c) == (pytest.approx(2 * b, abs=0.2), pytest.approx(b, abs=0.2))


def test_dictionary_holds_everything() -> None:
    row = SUM.to_dict()
    assert row["terms"][0]["terms"][1] == {
        "label": "idf(배우)",
        "value": 2.0,
        "combine": "formula",
        "formula": "ln(N / df)",
        "numbers": {"N": 8, "df": 1},
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567, "1,234,567"), (2.0, "2"), (0.1234567, "0.123457"), (float("inf"), "inf"), ("이름", "이름"), (-3, "-3")],
)
def test_numbers_as_people_read_them(value: float | str, text: str) -> None:
    assert show(value) == text
