"""The language of searching against its slow twins, and against input that nobody meant."""

from __future__ import annotations

import datetime
import unicodedata
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.errors import ParameterError
from malgil.search import where
from malgil.search.field_index import FieldIndex
from malgil.search.half_typed import stretches
from malgil.search.live_terms import LiveTerms
from malgil.search.nearest import nearest_terms
from malgil.search.query import Atom, parse
from malgil.search.snippets import densest, snippet
from malgil.search.suggest import Completer
from malgil.strings import string_array
from malgil.tokenizers import tokenizer
from tests.naive import search_language as naive
from tests.strategies import texts

# --- queries

signs = st.sampled_from([*"+-＋－:：\"“”「」『』\\ \u3000'(", "제목:", "body:", "영화", "\ud800", "3:30"])
scribbles = st.one_of(texts, st.lists(st.one_of(signs, texts), max_size=10).map("".join))
NAMES = ("제목", "body", unicodedata.normalize("NFD", "감독"))


@given(scribbles)
def test_any_text_is_a_query_or_a_clear_error(text: str) -> None:
    try:
        atoms = parse(text, NAMES).atoms
    except ParameterError as error:
        for lang in ("en", "ko"):
            first, line, carets = error.sentence(lang).splitlines()
            assert first and line.startswith("  ") and set(carets) <= {" ", "^"}
        assert 0 <= error.fields["start"] < error.fields["end"] <= len(text)  # type: ignore[operator, arg-type]
        return
    place = 0
    for atom in atoms:
        assert place <= atom.start < atom.end <= len(text) and atom.text
        assert text[place : atom.start].strip() == ""
        place = atom.end
    assert text[place:].strip() == ""


atom_texts = texts.filter(lambda text: text.strip() != "")


@st.composite
def atoms(draw: st.DrawFn) -> Atom:
    is_phrase = draw(st.booleans())
    text = draw(atom_texts)
    kind = draw(st.sampled_from(["must", "not"] if is_phrase else ["should", "must", "not"]))
    return Atom(text, kind, is_phrase, draw(st.sampled_from([None, *NAMES])), 0, 0)


def written(atom: Atom) -> str:
    text = "".join("\\" + char if char.isspace() or char in '+-＋－:："“”„＂「」『』\\' else char for char in atom.text)
    sign = {"should": "", "must": "" if atom.is_phrase else "+", "not": "-"}[atom.kind]
    return sign + (f"{atom.field}:" if atom.field else "") + (f'"{text}"' if atom.is_phrase else text)


@given(st.lists(atoms(), max_size=5))
def test_what_is_written_is_read(wanted: list[Atom]) -> None:
    wanted = [*wanted, Atom("영화", "should", False, None, 0, 0)]
    found = parse(" ".join(map(written, wanted)), NAMES).atoms
    assert [atom[:4] for atom in found] == [atom[:4] for atom in wanted]


# --- filters

DAYS = [
    datetime.datetime(2013, 12, 31, 23, 59, 59),
    datetime.datetime(2014, 1, 1),
    datetime.datetime(2014, 3, 1, 15, 5, 30),
]
MORE_DAYS = [
    datetime.datetime(2014, 3, 31, 23, 59, 59),
    datetime.datetime(2014, 4, 1),
    datetime.datetime(2015, 2, 28, 3),
]
VALUES: dict[str, list[Any]] = {
    "rating": [-3, 0, 9, 10, 2**60, None],
    "score": [-1.5, 0.0, 0.1, 9.5, float("nan"), None],
    "라벨": ["긍정", "부정", "긍", "", "a\"b\\c'd", "É", "👍🏽", None],
    "내 열": [True, False, None],
    "date": [*DAYS, *MORE_DAYS, None],
    "day": [*(moment.date() for moment in (*DAYS, *MORE_DAYS)), None],
}
TIMES = ["2013", "2014", "2014-03", "2014-12", "2014-03-01", "2014-03-31", "2014-03-01 15:05", "2014-03-01T15:05:30"]
COMPARISONS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def value_of(name: str) -> st.SearchStrategy[Any]:
    if name in {"date", "day"}:
        return st.sampled_from(TIMES)
    if name in {"rating", "score"}:
        return st.sampled_from([-3, 0, 9, 10, 9.5, 0.1, 2**60, 2**70, -(2**70), 1e-30])
    return st.sampled_from([value for value in VALUES[name] if value is not None])


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[Any, ...]:
    name = draw(st.sampled_from(sorted(VALUES)))
    value = value_of(name)
    forms = ["null", "in", "compare"]
    forms += ["contains", "startswith"] if name == "라벨" else []
    form = draw(st.sampled_from(forms + (["between"] if name != "내 열" else [])))
    if form == "null":
        return ("null", name)
    if form == "in":
        return ("in", name, *draw(st.lists(value, min_size=1, max_size=3)))
    if form == "between":
        return ("between", name, draw(value), draw(value))
    if form == "compare":
        return (draw(st.sampled_from(["==", "!="]) if name == "내 열" else COMPARISONS), name, draw(value))
    return (form, name, draw(st.sampled_from(["긍", "정", "", '"', "\\", "E\u0301"])))


trees = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner, inner),
    ),
    max_leaves=6,
)


def literal(name: str, value: Any) -> str:
    if name in {"date", "day"}:
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


def spelled(tree: tuple[Any, ...]) -> str:
    name, *rest = tree
    if name == "not":
        return f"not ({spelled(rest[0])})"
    if name in {"and", "or"}:
        return f" {name} ".join(f"({spelled(part)})" if part[0] == "or" else spelled(part) for part in rest)
    column = f"`{rest[0]}`"
    values = [literal(rest[0], value) for value in rest[1:]]
    if name == "null":
        return f"{column} is null"
    if name == "in":
        return f"{column} in ({', '.join(values)})"
    return f"{column} between {values[0]} and {values[1]}" if name == "between" else f"{column} {name} {values[0]}"


rows = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})


def table_of(drawn: list[dict[str, Any]], kinds: dict[str, pa.DataType]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in drawn], kinds[name]) for name in VALUES})


KINDS = {
    "rating": pa.int64(),
    "score": pa.float64(),
    "라벨": pa.string(),
    "내 열": pa.bool_(),
    "date": pa.timestamp("us"),
    "day": pa.date32(),
}
OTHER_KINDS = {
    "rating": pa.decimal128(25, 2),
    "score": pa.float64(),
    "라벨": pa.dictionary(pa.int8(), pa.large_string()),
    "내 열": pa.bool_(),
    "date": pa.timestamp("ns"),
    "day": pa.date64(),
}


def exact(tree: tuple[Any, ...]) -> tuple[Any, ...]:
    """Write texts of a condition in NFC, and numbers as the fractions that they are written as."""
    return tuple(
        exact(part)
        if isinstance(part, tuple)
        else unicodedata.normalize("NFC", part)
        if isinstance(part, str)
        else Fraction(repr(part))
        if isinstance(part, float) and tree[1] == "rating"
        else part
        for part in tree
    )


@given(trees, st.lists(rows, max_size=8), st.sampled_from([KINDS, OTHER_KINDS]))
@settings(max_examples=300)
def test_a_filter_holds_where_it_holds_for_the_row(
    tree: tuple[Any, ...], drawn: list[dict[str, Any]], kinds: dict[str, pa.DataType]
) -> None:
    table = table_of(drawn, kinds)
    condition = where.compile(spelled(tree), table.schema)
    wanted = [naive.holds(exact(tree), row) is True for row in drawn]
    assert condition.mask(table).tolist() == wanted
    halves = pa.concat_tables([table.slice(0, len(drawn) // 2), table.slice(len(drawn) // 2)])
    assert condition.mask(halves).tolist() == wanted


pieces = st.sampled_from(
    [
        *"()=<>!,`'\"“\\",
        *("rating", "라벨", "`내 열`", "date", "day", "없는열", "true", "9", "-3.5", "1e9", "2014-03", "2014-99", "=>"),
        *(
            "and",
            "or",
            "not",
            "in",
            "between",
            "is",
            "null",
            "contains",
            "2014년 3월",
            '"긍정"',
            "＞＝",
            "\ud800",
            "\x00",
        ),
    ]
)


@given(st.one_of(texts, st.lists(pieces, max_size=9).map(" ".join)))
def test_any_text_is_a_filter_or_a_clear_error(text: str) -> None:
    table = table_of([{name: values[0] for name, values in VALUES.items()}], KINDS)
    try:
        found = where.compile(text, table.schema).mask(table)
    except ParameterError as error:
        if text.strip():
            for lang in ("en", "ko"):
                first, line, carets = error.sentence(lang).splitlines()
                assert first and line.startswith("  ") and set(carets) <= {" ", "^"} and "^" in carets
            assert 0 <= error.fields["start"] <= error.fields["end"] <= len(text)  # type: ignore[operator, arg-type]
        return
    assert found.shape == (1,) and found.dtype == np.bool_


# --- snippets


@st.composite
def found_words(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    text = " ".join(draw(st.lists(texts, max_size=8)))
    place = st.integers(-2, len(text) + 2)
    return text, draw(st.lists(st.tuples(place, place), max_size=8))


@given(found_words(), st.integers(1, 40))
@settings(max_examples=300)
def test_a_snippet_is_a_part_with_whole_characters(case: tuple[str, list[tuple[int, int]]], length: int) -> None:
    text, spans = case
    found = snippet(text, spans, length)
    borders = naive.borders(text)
    assert found.text == text[found.start : found.end]
    assert {found.start, found.end} <= borders
    assert len(found.text) <= length or len(naive.borders(found.text)) == 2
    assert found.text or not text.strip()
    marked = {i for low, high in found.highlights for i in range(low, high)}
    everywhere = {i for low, high in spans for i in range(max(low, 0), min(high, len(text)))}
    assert marked == everywhere & set(range(found.start, found.end))
    ends = [place for span in found.highlights for place in span]
    assert ends == sorted(ends) and all(low < high for low, high in found.highlights)
    assert "".join(piece for piece, _ in found.pieces()) == found.text
    assert sum(len(piece) for piece, is_highlight in found.pieces() if is_highlight) == len(marked)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 6)), min_size=1, max_size=9), st.integers(1, 30))
def test_the_densest_part_is_shown(drawn: list[tuple[int, int]], length: int) -> None:
    text = "가나다 라마가 나다a " * 8
    spans = sorted({(low, low + n) for low, n in drawn})
    start, end = densest(text, spans, length)
    inside = [(low, high) for low, high in spans if low >= start and high <= end]
    wanted = naive.densest(text, spans, length)
    if wanted[1]:  # otherwise every word is longer than the snippet
        assert (len({text[low:high].casefold() for low, high in inside}), len(inside)) == wanted
        found = snippet(text, spans, length)
        assert found.start <= start and end <= found.end


# --- words half typed

beginnings = st.lists(
    st.one_of(
        st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
        st.sampled_from("ㄱㄲㄳㄴㄶㄹㄼㅂㅄㅅㅆㅇㅎㅏㅐㅗㅘㅜㅡㅣ"),
        st.sampled_from("하호한핝학핛값갑의으쀍aZ1é"),
    ),
    min_size=1,
    max_size=3,
).map("".join)


def fits(begun: str, term: str) -> bool:
    return any(term[: len(first)] >= first and term[: len(last)] <= last for first, last in stretches(begun))


@pytest.mark.parametrize(
    "begun",
    [*"ㅎㅆㅏㅗ하호한학핛값갂쐈의힣", "영ㅎ", "영호", "안ㅎ", "학ㅅ", "ㄱㅅ", "ㄳ", "aㅎ", "ㅇㅕㅇㅎ", "가1", "ㅋㅋㅎ"],
)
def test_every_syllable_that_can_come(begun: str) -> None:
    syllables = [chr(code) for code in range(0xAC00, 0xD7A4)]
    composed = naive.typed(naive.keys(begun))
    last = composed[-1]
    open_syllable = last
    if "가" <= last <= "힣":
        number = (ord(last) - 0xAC00) % 28
        kept = naive.FINALS.index(naive.TWO_KEYS.get(naive.FINALS[number], " ")[0].strip())
        open_syllable = chr(ord(last) - number + kept)
    for head in {composed[:-1], composed, composed[:-1] + open_syllable, begun, begun[:-1]}:
        wrong = [head + char for char in syllables if fits(begun, head + char) != naive.can_become(begun, head + char)]
        assert wrong == []


@given(beginnings, beginnings)
@settings(max_examples=400)
def test_what_can_come_of_it_is_in_the_stretches(begun: str, more: str) -> None:
    composed = naive.typed(naive.keys(begun))
    for term in (
        more,
        begun + more,
        composed[:-1] + more,
        composed + more,
        naive.typed(naive.keys(begun) + naive.keys(more)),
    ):
        assert fits(begun, term) == naive.can_become(begun, term)


@given(beginnings)
def test_decomposed_input_is_the_same(begun: str) -> None:
    assert stretches(unicodedata.normalize("NFD", begun)) == stretches(begun)


def live_terms(docs: list[list[str]], alive: list[bool] | None) -> LiveTerms:
    field = FieldIndex.build(tokenizer("whitespace"), [string_array([" ".join(doc) for doc in docs])], n_jobs=1)
    return LiveTerms(field, None if alive is None else np.array(alive, np.bool_))


words = st.one_of(
    beginnings, st.sampled_from(["영화", "영화는", "영호", "영", "여", "연기", "재밌다", "한국", "하나", "ㅎㅎ"])
)
words = words.filter(lambda word: tokenizer("whitespace").split(word) == [word])
segments = st.lists(st.lists(st.lists(words, max_size=5), min_size=1, max_size=5), min_size=1, max_size=3)


@given(segments, st.one_of(beginnings, words), st.integers(1, 5), st.randoms())
def test_completion_is_that_of_all_terms(case: list[list[list[str]]], begun: str, k: int, random: Any) -> None:
    parts, total = [], naive.Counter[str]()
    for docs in case:
        alive = [random.random() < 0.7 for _ in docs]
        is_whole = random.random() < 0.5
        parts.append(live_terms(docs, None if is_whole else alive))
        total += naive.frequencies(docs, [True] * len(docs) if is_whole else alive)
    begun = begun.lower()
    found = Completer(parts).suggest(begun, k)
    assert [tuple(pair) for pair in found] == naive.suggest(begun, total, k)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.booleans(), st.integers(1, 12))
@settings(max_examples=30)
def test_the_best_of_each_segment_are_the_best_of_all(seed: int, n_parts: int, has_deleted: bool, k: int) -> None:
    draw = np.random.default_rng(seed)
    parts, total = [], naive.Counter[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("malgil.search.suggest._FEW", 60)
        for _ in range(n_parts):
            docs = [[f"가{chr(0xAC00 + n)}" for n in draw.geometric(0.02, 8)] for _ in range(60)]
            alive = (draw.random(60) < 0.7).tolist() if has_deleted else None
            parts.append(live_terms(docs, alive))
            total += naive.frequencies(docs, alive or [True] * 60)
        found = Completer(parts).suggest("가", k)
    assert [tuple(pair) for pair in found] == naive.suggest("가", total, k)


# --- near spellings


@given(segments, words, st.integers(1, 4))
def test_near_terms_are_as_near_and_frequent_as_they_say(case: list[list[list[str]]], word: str, k: int) -> None:
    total = sum((naive.frequencies(docs, [True] * len(docs)) for docs in case), naive.Counter[str]())
    found = nearest_terms(word, [live_terms(docs, None) for docs in case], k)
    for near in found:
        assert near.term != word
        assert near.distance == naive.distance(naive.keys(word), naive.keys(near.term))
        assert near.df == total[near.term] > 0
    assert found == sorted(found, key=lambda near: (near.distance, -near.df, near.term)) and len(found) <= k


syllable_words = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=5)
letters = st.sampled_from("ㄱㄴㄹㅅㅆㅇㅎㅏㅐㅗㅣ")


@given(syllable_words, st.integers(0, 20), letters, st.sampled_from(["insert", "delete", "replace"]))
@settings(max_examples=300)
def test_one_wrong_stroke_is_always_found(term: str, place: int, letter: str, edit: str) -> None:
    pressed = naive.keys(term)
    place %= len(pressed)
    behind = pressed[place:] if edit == "insert" else pressed[place + 1 :]
    word = naive.typed(pressed[:place] + ("" if edit == "delete" else letter) + behind)
    is_near = naive.distance(naive.keys(word), pressed) == 1 and naive.keys(word)[:1] not in naive.VOWELS
    found = nearest_terms(word, [live_terms([[term]], None)])
    assert [near.term for near in found] == [term] or not is_near


@pytest.mark.parametrize("seed", range(3))
def test_all_near_terms_that_begin_alike_are_found(seed: int) -> None:
    draw = np.random.default_rng(seed)
    terms = sorted({"영" + "".join(draw.choice([*"화호하회나는이가"], draw.integers(1, 3))) for _ in range(60)})
    word = "영훠"
    wanted = [(term, naive.distance(naive.keys(word), naive.keys(term))) for term in terms if term != word]
    wanted = sorted((pair for pair in wanted if pair[1] <= 2), key=lambda pair: (pair[1], pair[0]))
    found = nearest_terms(word, [live_terms([[term] for term in terms], None)], k=100)
    assert [(near.term, near.distance) for near in found] == wanted
