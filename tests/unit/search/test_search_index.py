"""The index class: what it takes, what it finds, and how it says what cannot be done."""

from __future__ import annotations

import subprocess
import sys
import threading
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import malgil
from malgil import SearchIndex
from malgil.errors import DataError, ParameterError, TermNotFoundError
from malgil.search import Field, merging
from malgil.search.columns import read_numbers
from malgil.search.identifiers import Identifiers
from malgil.search.stored import StoredStrings

TEXTS = ["영화가 정말 좋다", "배우 연기가 좋다", "", "연기 연기 영화가"]
PLAIN = {"body": "word"}


def ids(index: SearchIndex, query: str, **options: Any) -> list[str]:
    return [hit.id for hit in index.search(query, **options)]


@pytest.fixture
def table() -> dict[str, list[Any]]:
    return {
        "id": ["가", "나", "다"],
        "title": ["봄날의 영화", "여름", "가을"],
        "text": ["정말 좋다", "영화는 별로", "배우가 좋다"],
        "rating": [9, 2, None],
    }


@pytest.mark.parametrize(
    "make",
    [list, tuple, np.array, pd.Series, pl.Series, pa.array, lambda t: pd.DataFrame({"text": t}), malgil.read],
    ids=["list", "tuple", "numpy", "pandas", "polars", "arrow", "frame", "corpus"],
)
def test_texts_come_in_many_forms(make: Any) -> None:
    index = SearchIndex.build(make(TEXTS), fields=PLAIN)
    assert ids(index, "연기가 영화가") == ["1", "0", "3"]
    assert [hit.text for hit in index.search("배우")] == [TEXTS[1]]
    assert index.info()["columns"] == {}


@pytest.mark.parametrize(
    "make", [dict, pd.DataFrame, pl.DataFrame, pa.table, malgil.read], ids=lambda make: make.__name__
)
def test_tables_keep_their_columns_and_types(make: Any, table: dict[str, list[Any]]) -> None:
    index = SearchIndex.build(make(table), fields={"body": Field("word"), "title": Field("word", 2.0, "title")})
    assert ids(index, "좋다") == ["가", "다"]
    assert ids(index, "title:여름") == ["나"]
    assert ids(index, "영화는 봄날의") == ["가", "나"]
    assert ids(index, "좋다", where="rating > 8") == ["가"]
    hit = index.search("title:여름")[0]
    assert hit.metadata == {"title": "여름", "rating": 2}
    assert hit.snippet.text == "영화는 별로"


def test_columns_without_a_text_are_named_by_the_fields() -> None:
    rows = {"제목": ["하나 둘", "셋"], "본문": ["가 나", "다 라"]}
    index = SearchIndex.build(rows, fields={"제목": Field("word", column="제목"), "본문": Field("word", column="본문")})
    assert [hit.text for hit in index.search("하나")] == ["가 나"]
    index.add({"제목": ["넷"], "본문": ["마"]})
    assert [hit.text for hit in index.search("제목:넷")] == ["마"]


def test_default_fields_suit_the_language() -> None:
    assert list(SearchIndex.build(["The movies were great"]).fields) == ["english", "word"]
    korean = SearchIndex.build(["독립영화제에 갔다", "삼성 휴대폰을 샀다", "책을 읽었다"])
    assert list(korean.fields) == ["morpheme", "bigram"]
    for query, way in (("영화", "word"), ("ㅅㅅ", "initials"), ("tkatjd", "keyboard"), ("삼셩", "typo")):
        hits = korean.search(query)
        assert (len(hits), hits[0].way) == (1, way)
        assert hits[0].highlights or way == "word"
        assert way in str(korean.explain(query, hits[0].id).to_dict()) or way == "word"
    assert korean.search("ㅅㅅ tkatjd", expand=False) == []
    assert ids(korean, "tkatjd", expand=["keyboard"]) == ids(korean, "ㅅㅅ", expand="initials") == ["1"]
    assert korean.search("tkatjd", expand={"typo"}) == []


def test_words_that_nobody_knows_get_their_nearest_spellings() -> None:
    index = SearchIndex.build(TEXTS, fields=PLAIN)
    hits = index.search("연기갸 뷁", expand=False)
    assert hits == []
    assert hits.nearest == {"연기갸": ["연기가", "연기"], "뷁": []}
    assert index.search("연기").nearest == {}


def test_highlights_are_places_in_the_raw_text() -> None:
    raw = unicodedata.normalize("NFD", "새 영화관, 영화!")
    index = SearchIndex.build([raw, "다른 글"], fields={"word": "word", "pairs": "bigram"})
    hit = index.search("영화")[0]
    shown = [unicodedata.normalize("NFC", raw[low:high]) for low, high in hit.highlights]
    assert shown == ["영화"]  # the word itself; pieces of words show only where no word does
    hit = index.search("영화관")[0]
    assert [unicodedata.normalize("NFC", raw[low:high]) for low, high in hit.highlights] == ["영화관"]
    assert index.search("pairs:화관")[0].highlights != []


def test_wishes() -> None:
    index = SearchIndex.build(["가 나 다", "가 다 나", "나 다", "가"], fields=PLAIN)
    assert ids(index, '"가 나"') == ["0"]
    assert ids(index, "다 -가") == ["2"]
    assert set(ids(index, "+가 나")) == {"0", "1", "3"}
    assert ids(index, '+가 -"가 나" -"가 다"') == ["3"]
    assert ids(index, "+없는말 가") == []
    assert set(ids(index, "-없는말 가")) == {"0", "1", "3"}
    assert set(ids(index, '"!!" 가')) == {"0", "1", "3"}  # what has no terms is asked of nobody


def test_a_required_word_of_several_terms_stands_as_a_whole() -> None:
    index = SearchIndex.build(["영화 관", "영화관", "관영화"], fields={"pairs": "bigram"})
    assert ids(index, "+영화관") == ["1"]
    assert set(ids(index, "영화 -영화관")) == {"0", "2"}


def test_the_way_is_that_of_the_document() -> None:
    index = SearchIndex.build(["영화 좋다", "배우 좋다", "연기"], fields=PLAIN)
    assert [(hit.id, hit.way) for hit in index.search("dudghk 배우")] == [("0", "keyboard"), ("1", "word")]


def test_an_explanation_is_the_score() -> None:
    index = SearchIndex.build(TEXTS, fields={"body": "word", "pairs": Field("bigram", 0.5)})
    for hit in index.search("연기가 영화 dudrl"):
        opened = index.explain("연기가 영화 dudrl", hit.id)
        assert opened.value == hit.score
        assert opened.wrong() == []
    with pytest.raises(TermNotFoundError, match="'9'"):
        index.explain("연기가", "9")


def test_k_may_exceed_the_corpus_and_not_be_below_one() -> None:
    index = SearchIndex.build(TEXTS, fields=PLAIN)
    assert len(index.search("연기가 영화가", k=99)) == 3
    docs, scores = index.search_batch(["연기가 영화가", "없는말"], k=5)
    assert docs.tolist() == [[1, 0, 3, -1, -1], [-1] * 5]
    assert (docs.dtype, scores.dtype) == (np.int64, np.float32)
    for k in (0, -1, 1.5, "3"):
        with pytest.raises(ParameterError, match="1 or more"):
            index.search("연기가", k)  # type: ignore[arg-type]
        with pytest.raises(ParameterError, match="1 or more"):
            index.search_batch(["연기가"], k)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields", [PLAIN, {"body": "bigram"}, {"a": "word", "b": "bigram"}], ids=lambda fields: str(fields)
)
def test_a_batch_answers_as_single_queries(fields: dict[str, str]) -> None:
    index = SearchIndex.build(TEXTS, fields=fields)
    queries = ["연기가 연기", "+연기 영화가", '"연기 연기"', "dudghkrk", "없는말", "", "영화가 -연기", "body:연기 좋다"]
    for expand in (True, False):
        for n_jobs in (1, 2, None):
            docs, scores = index.search_batch(queries, 3, n_jobs, expand=expand)
            for query, row, values in zip(queries, docs, scores, strict=True):
                hits = index.search(query, 3, expand=expand)
                assert row[: len(hits)].tolist() == [hit.doc for hit in hits]
                assert values[: len(hits)].tolist() == [float(np.float32(hit.score)) for hit in hits]
    with pytest.raises(ParameterError):
        index.search_batch(["연기", '"안 닫힌'])
    assert index.search_batch([], 3)[0].shape == (0, 3)


def test_nothing_in_nothing_out() -> None:
    for index in (SearchIndex.build([]), SearchIndex.build(["", " "], fields=PLAIN)):
        assert index.search("영화") == []
        assert index.search_batch(["영화"], 2)[0].tolist() == [[-1, -1]]
        assert index.suggest("영") == []
        index.add(["새 영화"], ids=["새"])
        assert [hit.id for hit in index.search("영화")] == ["새"]
        index.delete("새")
        assert index.search("영화") == []


def test_numbers_are_never_used_again() -> None:
    index = SearchIndex.build(["가", "나"], fields=PLAIN)
    index.delete(["1"])
    assert index.add(["다", "라"]).tolist() == [2, 3]
    index.delete(["3", "0", "2", "0"])
    assert len(index) == 0
    assert index.add(["마"]).tolist() == [4]
    assert ids(index, "마") == ["4"]


def test_an_update_puts_documents_at_the_end() -> None:
    index = SearchIndex.build({"id": ["가", "나"], "text": ["영화 하나", "영화 둘"], "n": [1, 2]}, fields=PLAIN)
    assert index.update({"id": ["가"], "text": ["영화 셋"], "n": [3]}).tolist() == [2]
    assert [(hit.id, hit.metadata["n"]) for hit in index.search("영화")] == [("나", 2), ("가", 3)]
    with pytest.raises(TermNotFoundError, match=r"'가나'"):
        index.update(["x", "y"], ids=["가", "가나"])
    with pytest.raises(ParameterError, match="needs the ids"):
        index.update(["x"])
    assert ids(index, "영화") == ["나", "가"]


def test_new_columns_and_other_types() -> None:
    index = SearchIndex.build({"id": ["가"], "text": ["영화"], "n": [1]}, fields=PLAIN)
    index.add({"id": ["나"], "text": ["영화"], "shop": ["서울"]})
    assert index.info()["columns"] == {"n": "int64", "shop": "large_string"}
    assert ids(index, "영화", where='shop == "서울"') == ["나"]
    assert ids(index, "영화", where="n is null") == ["나"]
    with pytest.raises(DataError, match=r"'n'.*int64"):
        index.add({"id": ["다"], "text": ["영화"], "n": ["많이"]})
    index.merge()
    assert ids(index, "영화", where="n == 1") == ["가"]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"texts": "한 문장"}, "list"),
        ({"texts": 3}, "int"),
        ({"texts": ["가", 3]}, "int"),
        ({"texts": ["가"], "fields": {}}, "at least one field"),
        ({"texts": ["가"], "fields": {"a b": "word"}}, "'a b'"),
        ({"texts": ["가"], "fields": {"body": "wrod"}}, "Did you mean 'word'"),
        ({"texts": ["가"], "fields": {"body": {"tokenizer": "word"}}}, "name"),
        ({"texts": ["가"], "fields": {"body": {"name": "word", "lower": True}}}, "lowercase"),
        ({"texts": ["가"], "fields": {"title": Field(column="title")}}, "'title'"),
        ({"texts": ["가"], "variant": "bm26"}, "bm25l"),
        ({"texts": ["가"], "k1": -1.0}, "k1=-1.0"),
        ({"texts": ["가"], "b": 2.0}, "b=2.0"),
        ({"texts": {"id": ["가", "가"], "text": ["하나", "둘"]}}, "가"),
    ],
)
def test_what_cannot_be_built(arguments: dict[str, Any], part: str, tmp_path: Path) -> None:
    with pytest.raises((ParameterError, DataError), match=part):
        SearchIndex.build(**arguments, path=tmp_path / "index")
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("options", [{"weight": 0}, {"weight": float("nan")}, {"tokenizer": 3}, {"column": ""}])
def test_what_is_no_field(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        Field(**options)


def test_what_cannot_be_added() -> None:
    index = SearchIndex.build({"id": ["가"], "text": ["영화"]}, fields=PLAIN)
    for new, names, part in (
        (["x"], ["가"], "already"),
        (["x", "y"], ["나", "나"], "twice"),
        (["x"], ["나", "다"], "2 ids for 1"),
        (["x"], [None], "missing"),
        (["x"], 3, "int"),
        (["\udc80"], ["나"], "surrogate"),
    ):
        with pytest.raises((DataError, ParameterError), match=part):
            index.add(new, ids=names)
    with pytest.raises(ParameterError, match="not known"):
        index.search("x", expand=["guess"])
    assert len(index) == 1


def test_merging_follows_its_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    assert merging.plan([], []) is None
    assert merging.plan([10] * 7, [10] * 7) is None
    assert merging.plan([5000, *[10] * 8], [5000, *[10] * 8]) == (1, 9)
    assert merging.plan([2000] * 8, [2000] * 8) == (0, 8)
    assert merging.plan([2000, 9000, *[2000] * 7], [2000, 9000, *[2000] * 7]) is None
    assert merging.plan([100, 49], [100, 100]) == (1, 2)
    assert [merging.tier(n) for n in (0, 1000, 1001, 8000, 8001)] == [0, 0, 1, 1, 2]
    with SearchIndex.build([], fields=PLAIN) as index:
        for number in range(40):
            index.add([f"영화 {number}"])
            index._editor.close()
            assert index.info()["n_segments"] < merging.FANOUT
        assert len(index.search("영화", k=99)) == 40


def test_searches_go_on_while_segments_are_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "FANOUT", 2)
    monkeypatch.setattr(merging, "_SMALLEST", 4)
    index = SearchIndex.build([f"영화 {n}" for n in range(20)], fields=PLAIN)
    faults: list[object] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            hits = index.search("영화", k=500)
            if len(hits) < 20 or len({hit.id for hit in hits}) != len(hits):
                faults.append(hits)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(40):
        index.add([f"영화 {number}"], ids=[f"새 {number}"])
        if number % 4 == 0:
            index.delete(f"새 {number}")
    index.close()
    is_over.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(index.search("영화", k=500)) == 50


def test_a_csv_file_has_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text,stars,zip,price\n1,영화,5,01234,1.5\n2,영화,,98765,-2\n", encoding="utf-8")
    index = SearchIndex.build(malgil.read(path), fields=PLAIN)
    assert index.info()["columns"] == {"stars": "int64", "zip": "large_string", "price": "double"}
    assert ids(index, "영화", where="stars >= 5 and price > 1") == ["1"]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [(["1", "-20", "0"], pa.int64()), (["1", "2.5", ""], pa.float64()), (["+1"], None), (["007"], None), ([""], None)],
)
def test_numbers_in_texts(values: list[str], wanted: pa.DataType | None) -> None:
    column = pa.chunked_array([pa.array(values, pa.large_string())])
    assert read_numbers(column).type == (wanted or pa.large_string())


def test_stored_strings_come_back_one_by_one() -> None:
    strings = ["", "가" * 5000, "한 줄\n두 줄", *map(str, range(5000)), "😀", ""]
    stored = StoredStrings.build([pa.array(strings, pa.large_string()), pa.array([], pa.large_string())])
    assert [stored[n] for n in range(len(stored))] == strings
    assert [text for block in stored.blocks() for text in block.to_pylist()] == strings
    again = StoredStrings.from_arrays(stored.arrays())
    assert again[1] == strings[1]


@pytest.mark.parametrize("name", ["indptr", "sizes", "first"])
def test_damaged_borders_of_strings_are_refused(name: str) -> None:
    arrays = StoredStrings.build([pa.array(["가나다"] * 9, pa.large_string())]).arrays()
    for value in (-1, 5, 1 << 40):
        with pytest.raises(DataError):
            damaged = StoredStrings.from_arrays({**arrays, name: np.full_like(arrays[name], value)})
            damaged[0]


@pytest.mark.parametrize("names", [None, ["b", "a", "가", "10"], ["0", "1", "2", "3"]])
def test_documents_are_found_by_id(names: list[str] | None) -> None:
    numbers = np.array([3, 4, 7, 9])
    given = None if names is None else [pa.array(names, pa.large_string())]
    known = Identifiers.build(numbers, given)
    wanted = names or ["3", "4", "7", "9"]
    assert [known[n] for n in range(4)] == wanted
    asked = [*wanted, "07", "x", "", "5", "-1", str(10**30)]
    for repeat in (1, 9):  # few are looked up one by one, many at once
        found = known.find(pa.array(asked * repeat, pa.large_string()))
        assert found.tolist() == [wanted.index(id) if id in wanted else -1 for id in asked] * repeat


def test_a_cold_search_loads_little(tmp_path: Path) -> None:
    SearchIndex.build(["독립영화제에 갔다"], tmp_path / "index")
    program = (
        "import sys\nfrom malgil import SearchIndex\n"
        f"print(SearchIndex.open({str(tmp_path / 'index')!r}).search('영화제 갔던')[0].snippet.text)\n"
        "print([name for name in ('numba', 'scipy', 'sklearn', 'kiwipiepy', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["독립영화제에 갔다", "[]"]
