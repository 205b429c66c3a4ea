"""Where a corpus may come from: files of every format and encoding, folders, globs, standard input, objects."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

import malgil
from malgil.corpus.files import sniff

TEXTS = ["첫 글", "둘째 글", ""]


def texts_of(source: object, **options: str) -> list[str]:
    return malgil.read(source, **options).to_table()["text"].to_pylist()


@pytest.mark.parametrize("format", ["txt", "csv", "tsv", "jsonl", "ndjson", "parquet", "arrow"])
@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_every_format_and_packing(tmp_path: Path, format: str, packing: str) -> None:
    path = tmp_path / f"말뭉치.{format}{packing}"
    malgil.corpus.write(malgil.read(TEXTS), path)
    corpus = malgil.read(path)
    assert corpus.to_table()["text"].to_pylist() == TEXTS
    assert corpus.facts["sources"][0]["packing"] == {"": None, ".gz": "gzip", ".zst": "zstd"}[packing]


def test_an_arrow_stream(tmp_path: Path) -> None:
    with pa.OSFile(str(tmp_path / "x.arrow"), "wb") as sink, pa.ipc.new_stream(sink, pa.schema({"text": "str"})) as out:
        out.write_batch(pa.record_batch({"text": TEXTS}))
    assert texts_of(tmp_path / "x.arrow") == TEXTS


def test_a_text_file_is_a_document_a_line(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes("가\r\n\n나\r다\n라".encode())
    assert texts_of(tmp_path / "x.txt") == ["가", "", "나\r다", "라"]


def test_quotes_in_tsv_are_data(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text('id\ttext\n1\t"가\n2\t나"",\n', encoding="utf-8")
    assert texts_of(tmp_path / "x.tsv") == ['"가', '나"",']


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_with_another_delimiter(tmp_path: Path, delimiter: str) -> None:
    rows = [["번호", "내용"], ["1", '"가, 나"'], ["2", "다"]]
    (tmp_path / "x.csv").write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    assert texts_of(tmp_path / "x.csv") == ["가, 나", "다"]


def test_an_empty_line_counts_only_in_a_single_column(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("text\n가\n\n나\n", encoding="utf-8")
    (tmp_path / "two.csv").write_text("id,text\r\n1,가\r\n\r\n2,나\r\n", encoding="utf-8")
    assert texts_of(tmp_path / "one.csv") == ["가", "", "나"]
    assert texts_of(tmp_path / "two.csv") == ["가", "나"]


@pytest.mark.parametrize(("name", "delimiter"), [("x.csv", ","), ("x.tsv", "\t")])
def test_a_carriage_return_inside_a_field_is_data(tmp_path: Path, name: str, delimiter: str) -> None:
    lines = ["id,text", "1,가\r나", '2,"다\r"', "", "3,라"]
    (tmp_path / name).write_bytes("\n".join(lines).replace(",", delimiter).encode())
    assert texts_of(tmp_path / name) == ["가\r나", "다\r" if delimiter == "," else '"다\r"', "라"]


def test_header_cells_without_or_with_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('\n,"긴 ""글""",n,n\n0,가,1,2\n', encoding="utf-8")
    corpus = malgil.read(tmp_path / "x.csv", text='긴 "글"')
    assert corpus.schema.names == ["id", "text", "column_1", "n", "n_2"]


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8+bom"),
        ("cp949", "cp949"),
        ("utf-16", "utf-16-le+bom"),
        ("utf-32", "utf-32-le+bom"),
    ],
)
@pytest.mark.parametrize("format", ["txt", "csv"])
def test_encodings_that_are_found(tmp_path: Path, codec: str, name: str, format: str) -> None:
    path = tmp_path / f"x.{format}.gz"
    path.write_bytes(gzip.compress("text\n똠방각하 펲시콜라\n".encode(codec)))
    corpus = malgil.read(path)
    assert corpus.to_table()["text"].to_pylist()[-1] == "똠방각하 펲시콜라"
    assert corpus.facts["encoding"] == name


@pytest.mark.parametrize("codec", ["euc-kr", "utf-16", "utf-8", "latin-1", "johab"])
def test_the_callers_encoding_goes_first(tmp_path: Path, codec: str) -> None:
    text = "café" if codec == "latin-1" else "가나다"
    (tmp_path / "x.txt").write_bytes(text.encode(codec))
    assert texts_of(tmp_path / "x.txt", encoding=codec) == [text]


def test_a_mark_is_no_text_even_if_the_caller_names_the_encoding(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes("가".encode("utf-8-sig"))
    assert texts_of(tmp_path / "x.txt", encoding="utf-8") == ["가"]


def test_a_folder_is_read_in_order_and_what_is_ignored_is_counted(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name, text in {
        "c.txt": "셋",
        "b/z.jsonl": '{"text": "둘"}',
        "a.csv": "text\n하나",
        "README.md": "아님",
    }.items():
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")
    (tmp_path / ".hidden" / "x.txt").write_text("아님\n", encoding="utf-8")
    corpus = malgil.read(tmp_path)
    assert corpus.to_table()["text"].to_pylist() == ["하나", "둘", "셋"]
    assert [source["name"] for source in corpus.facts["sources"]] == ["a.csv", "b/z.jsonl", "c.txt"]
    assert (corpus.facts["n_ignored_files"], corpus.facts["format"]) == (1, "csv, jsonl, txt")


def test_a_glob_takes_what_matches(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("x1.txt", "x2.txt", "y.txt", "x.md", "sub/x3.txt"):
        (tmp_path / name).write_text(f"{name}\n", encoding="utf-8")
    assert texts_of(str(tmp_path / "x*")) == ["x1.txt", "x2.txt"]
    corpus = malgil.read(tmp_path / "**" / "x*.txt")
    assert [source["name"] for source in corpus.facts["sources"]] == ["sub/x3.txt", "x1.txt", "x2.txt"]


def test_a_file_whose_name_looks_like_a_glob(tmp_path: Path) -> None:
    (tmp_path / "x[1].txt").write_text("가\n", encoding="utf-8")
    assert texts_of(tmp_path / "x[1].txt") == ["가"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("가\n나\n".encode(), ["가", "나"]),
        ('{"text": "가"}\n'.encode(), ["가"]),
        ("리뷰,별점\n가,1\n".encode("cp949"), ["가"]),
        ("id\ttext\n1\t가\n".encode(), ["가"]),
        (gzip.compress("가\n".encode(), mtime=0), ["가"]),
    ],
)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes, expected: list[str]) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    corpus = malgil.read("-")
    assert corpus.to_table()["text"].to_pylist() == expected
    assert corpus.facts["sources"][0]["name"] == "stdin"


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.parquet.zst"])
def test_tables_are_known_by_their_first_bytes(tmp_path: Path, name: str) -> None:
    malgil.corpus.write(malgil.read(["가"]), tmp_path / name)
    assert sniff(tmp_path / name)[0] == name.split(".")[1]


@pytest.mark.parametrize(
    "source",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, object),
        np.array(TEXTS, np.dtypes.StringDType()),
        {"text": TEXTS, "n": np.arange(3)},
        [{"본문": text, "n": number} for number, text in enumerate(TEXTS)],
        pa.array(TEXTS),
        pa.array(TEXTS).dictionary_encode(),
        pa.array(TEXTS, pa.string_view()),
        pa.chunked_array([TEXTS[:1], TEXTS[1:]]),
        pa.table({"text": TEXTS}),
        pa.record_batch({"text": TEXTS}),
        pa.table({"text": TEXTS}).to_reader(),
    ],
    ids=lambda source: type(source).__name__,
)
def test_objects_in_memory(source: object) -> None:
    assert texts_of(source) == TEXTS


def test_missing_texts_in_memory_are_empty() -> None:
    assert texts_of(["가", None]) == ["가", ""]
    assert texts_of(np.array(["가", None, float("nan")], object)) == ["가", "", ""]
    assert malgil.read(["가", None]).facts["n_null_texts"] == 1


def test_objects_that_speak_only_arrow_arrays() -> None:
    class Column:
        def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:
            return pa.array(TEXTS)

    assert texts_of(Column()) == TEXTS


def test_pandas() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"리뷰": TEXTS, "라벨": pd.Categorical(["긍정", "부정", None])}, index=[7, 5, 3])
    corpus = malgil.read(frame)
    assert corpus.schema.names == ["id", "text", "label"]
    assert corpus.to_table()["label"].to_pylist() == ["긍정", "부정", None]
    assert corpus.facts["sources"][0]["name"] == "pandas.DataFrame"
    assert texts_of(frame["리뷰"][::-1]) == TEXTS[::-1]
    assert texts_of(pd.Series(["가", None, float("nan"), pd.NA], dtype=object)) == ["가", "", "", ""]


def test_pandas_columns_that_arrow_refuses() -> None:
    pd = pytest.importorskip("pandas")
    with pytest.raises(malgil.errors.DataError, match=r"pandas\.Series, row 2: int, not str"):
        malgil.read(pd.Series(["가", 1], dtype=object))
    assert malgil.read(pd.DataFrame({"text": ["가", "나"], "x": ["1", 2]})).to_table()["x"].to_pylist() == ["1", "2"]


def test_polars() -> None:
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"리뷰": TEXTS, "n": [1, 2, 3]})
    assert malgil.read(frame).to_table().to_pylist()[1] == {"id": "1", "text": "둘째 글", "n": 2}
    assert texts_of(frame["리뷰"]) == TEXTS
    assert texts_of(pl.Series(TEXTS, dtype=pl.Categorical)) == TEXTS


def test_datasets_keep_their_selection() -> None:
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_dict({"document": TEXTS, "label": [0, 1, 0]})
    assert texts_of(data) == TEXTS
    assert texts_of(data.select([2, 0])) == ["", "첫 글"]
    with pytest.raises(malgil.errors.ParameterError, match="one split of a Hugging Face dataset"):
        malgil.read(datasets.DatasetDict(train=data))


def test_an_array_of_the_wrong_shape() -> None:
    with pytest.raises(malgil.errors.DataError, match="one-dimensional array of strings, this is int64"):
        malgil.read(np.arange(3))
