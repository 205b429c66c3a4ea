"""The fast morpheme tagger against its twin, and what holds for any text."""

from __future__ import annotations

from itertools import chain, pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.codepoints import decode
from malgil.tokenizers import _fast_kernels as kernels
from malgil.tokenizers import fast_kiwi, tokenizer
from malgil.tokenizers.fast_doubts import replace_doubtful
from malgil.tokenizers.fast_kiwi import read_morphemes
from malgil.tokenizers.fast_model import load_model
from malgil.tokenizers.kiwi import KiwiTokenizer
from malgil.tokenizers.morphemes import TAG_IDS, TAGS, load
from tests import strategies
from tests.naive import tokenizers_fast as naive
from tests.naive import tokenizers_fast_hashes as hashes

WORDS = st.sampled_from(
    ["영화를", "봤다", "했어요", "어려운", "ㅋㅋㅋ", "10,000원", "Movie", "정말", "입니다.", "안토니아스"]
)
KOREAN = st.lists(st.one_of(WORDS, st.text(strategies.SYLLABLES, max_size=3)), max_size=8).map(" ".join)
TEXTS = st.one_of(KOREAN, strategies.texts)
CONTEXT = ("near", "tag", "before", "part", "part_before", "rest", "word", "at", "next_word")


def strings(texts: list[str]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


def parts_of_labels() -> list[list[tuple[int, str | None]]]:
    model = load_model()
    given = ["".join(map(chr, row)) for row in np.split(model.text_points, model.text_indptr[1:-1])]
    flat = [(int(t), None if x < 0 else given[x]) for t, x in zip(model.part_tags, model.part_texts, strict=True)]
    return [flat[low:high] for low, high in pairwise(model.part_indptr)]


PARTS = parts_of_labels()


def labels_of(texts: list[str]) -> tuple[np.ndarray, ...]:
    points, model = decode(strings(texts)), load_model()
    symbols, indptr = model.symbols(points.points), points.indptr.astype(np.int64)
    labels, leads = np.empty(len(symbols), np.int32), np.empty(len(symbols), np.int32)
    suffixes = kernels.hash_suffixes(symbols, indptr)
    args = (model.choices, model.choice_indptr, model.opens(), model.weights, model.mask, labels, leads)
    kernels.label_points(symbols, indptr, suffixes, *args)
    return symbols, indptr, labels, leads


@settings(max_examples=60)
@given(texts=st.lists(TEXTS, max_size=4))
def test_label_points_and_hash_suffixes_are_those_of_the_twins(texts: list[str]) -> None:
    model = load_model()
    symbols, indptr, labels, leads = labels_of(texts)
    assert kernels.hash_suffixes(symbols, indptr).tolist() == naive.hash_suffixes(symbols.tolist(), indptr.tolist())
    rows = np.split(model.choices, model.choice_indptr[1:-1])
    choices, opens = [row.tolist() for row in rows], model.opens().tolist()
    wanted = [
        naive.label_points(symbols[low:high].tolist(), choices, opens, model.weights, model.mask)
        for low, high in pairwise(indptr)
    ]
    assert labels.tolist() == [label for row in wanted for label in row[0]]
    assert leads.tolist() == [lead for row in wanted for lead in row[1]]


@given(texts=st.lists(TEXTS, max_size=4))
def test_read_labels_writes_the_morphemes_of_the_twin(texts: list[str]) -> None:
    found, _ = read_morphemes(decode(strings(texts)), load_model())
    _, indptr, labels, _ = labels_of(texts)
    columns = ([found.forms[i] for i in found.ids], found.tags.tolist(), found.start.tolist(), found.end.tolist())
    rows = [
        naive.read_labels(text, labels[low:high].tolist(), PARTS, TAG_IDS["UN"])
        for text, low, high in zip(texts, indptr, indptr[1:], strict=False)
    ]
    assert list(zip(*columns, strict=True)) == list(chain.from_iterable(rows))
    assert found.lengths.tolist() == [len(row) for row in rows]


@given(near=st.lists(st.integers(0, 3000), min_size=7, max_size=7), numbers=st.data())
def test_fill_features_look_around_and_move_on_are_those_of_the_twins(near: list[int], numbers: st.DataObject) -> None:
    wide = st.integers(-(2**63), 2**63 - 1)
    values = [numbers.draw(st.integers(0, 99)) for _ in range(2)] + [numbers.draw(wide) for _ in range(4)]
    tag, before, part, part_before, rest, word = values
    at, next_word = numbers.draw(st.integers(0, 50)), numbers.draw(wide)
    context = np.array([*near, *values, at, next_word, 0], np.int64)
    twin = dict(zip(CONTEXT, (near, tag, before, part, part_before, rest, word, at, next_word), strict=True))
    out = np.empty(kernels.N_FEATURES, np.int64)
    kernels.fill_features(context, 2**22 - 1, out)
    assert out.tolist() == hashes.fill_features(twin, 2**22 - 1)
    opened = numbers.draw(st.integers(-1, 60))
    kernels.move_on(context, near[3], opened)
    naive.move_on(twin, near[3], opened)
    assert context[7:11].tolist() == [twin[name] for name in ("tag", "before", "part", "part_before")]
    symbols = np.array(near, np.int32)
    suffixes = kernels.hash_suffixes(symbols, np.array([0, 7]))
    for i in range(7):
        kernels.look_around(context, symbols, suffixes, 0, 7, i)
        naive.look_around(twin, near, suffixes.tolist(), i)
        assert context[:7].tolist() == twin["near"]
        if near[i]:
            assert context[11:15].tolist() == [twin[name] for name in ("rest", "word", "at", "next_word")]


@given(texts=st.lists(TEXTS, max_size=5))
def test_spans_cover_the_text_and_never_go_back(texts: list[str]) -> None:
    tokens = tokenizer("kiwi-fast").tokenize_block(strings(texts))
    for doc, text in enumerate(texts):
        spans = tokens.spans(doc)
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert spans == sorted(spans, key=lambda span: span[0])
        covered = {i for start, end in spans for i in range(start, end)}
        assert all(i in covered or char.isspace() for i, char in enumerate(text))


@given(texts=st.lists(TEXTS, min_size=1, max_size=5))
def test_a_text_has_the_same_morphemes_in_any_company(texts: list[str]) -> None:
    made = tokenizer("kiwi-fast")
    together = made.tokenize(texts)
    assert together.to_lists() == [made.split(text) for text in texts]
    for n_jobs in (1, 3):
        again = made.tokenize(texts, n_jobs=n_jobs)
        pairs = ((getattr(again, key), getattr(together, key)) for key in ("ids", "indptr", "start", "end", "tags"))
        assert all(np.array_equal(one, other) for one, other in pairs)
    assert all(tag < len(TAGS) for tag in together.tags)


@pytest.mark.parametrize("points", [1, 7, 40])
def test_threads_may_take_parts_of_any_size(points: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["", "영화를 봤다. 정말 좋았다 😀", "", "ㅋㅋ", "배우 연기가 좋은데 이야기는 별로", " ", "good 영화", ""]
    found, leads = read_morphemes(decode(strings(texts)), load_model(), n_jobs=1)
    monkeypatch.setattr(fast_kiwi, "_PART_POINTS", points)
    for n_jobs in (1, 3):
        again, again_leads = read_morphemes(decode(strings(texts)), load_model(), n_jobs)
        assert np.array_equal(again_leads, leads)
        assert again.forms == found.forms
        assert all(np.array_equal(one, other) for one, other in zip(again[1:], found[1:], strict=True))


def test_doubtful_sentences_are_those_of_kiwi_and_lose_nothing() -> None:
    texts = ["", "뷁 쀍 궭뷁을 췍했꿹다. 영화를 봤다.", "영화를 봤다. 정말 좋았다.", " 쿠쀼ㄺ뷁췌 \n 봤다", "ㅋㅋ"]
    asked, plain = (tokenizer("kiwi-fast", fallback=answer).tokenize(texts) for answer in (True, False))
    for doc, text in enumerate(texts):
        covered = {i for start, end in asked.spans(doc) for i in range(start, end)}
        assert covered >= {i for i, char in enumerate(text) if not char.isspace()}
        assert asked.spans(doc) == sorted(asked.spans(doc), key=lambda span: span[0])
        assert tokenizer("kiwi-fast", fallback=True).split(text) == asked.to_lists()[doc]
    assert asked.to_lists()[2] == plain.to_lists()[2]
    points = decode(strings(texts))
    found, leads = read_morphemes(points, load_model())
    kiwi = KiwiTokenizer().tokenize(texts)
    everything = replace_doubtful(found, points, np.zeros_like(leads), load())
    assert [everything.forms[i] for i in everything.ids][-1:] == kiwi.to_lists()[-1]
    assert replace_doubtful(found, points, np.full_like(leads, 99), load()) is found
