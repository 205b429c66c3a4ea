"""Bad input: each fault is one error that says what, where and what to do, and nothing is lost in silence."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import malgil
from malgil.corpus import delimited
from malgil.corpus.files import reading
from malgil.errors import DataError, MalgilError, MissingError, ParameterError, StorageError
from malgil.messages import catalogue

Put = Callable[[str, str | bytes], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def put(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return put


def fault(path: object, **options: str) -> str:
    with pytest.raises(MalgilError) as caught:
        malgil.read(path, **options)
    assert "\n" not in str(caught.value)
    assert caught.value.sentence("ko")
    return str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"없음\.csv: there is no such file"):
        malgil.read(tmp_path / "없음.csv")


def test_a_glob_without_matches(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"\*\.csv: no file matches"):
        malgil.read(tmp_path / "*.csv")


def test_a_folder_without_corpora(put: Put, tmp_path: Path) -> None:
    put("notes.md", "가")
    assert "no corpus files here. What can be read: .txt .csv" in fault(tmp_path)


def test_an_unknown_suffix(put: Put) -> None:
    assert "x.xlsx: the format cannot be told from the name" in fault(put("x.xlsx", "가"))


@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.tsv", "x.jsonl"])
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file(put: Put, name: str, content: bytes) -> None:
    assert "no documents in it" in fault(put(name, content))


def test_a_blank_file(put: Put) -> None:
    assert "no documents in it" in fault(put("x.csv", "\n\r\n\n"))


def test_a_header_without_rows(put: Put) -> None:
    assert "there are columns (id, text) but no rows" in fault(put("x.csv", "id,text\n"))


def test_a_table_without_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "x.parquet")
    assert "there are columns (text) but no rows" in fault(tmp_path / "x.parquet")


def test_no_documents_in_a_list() -> None:
    assert "no rows" in fault([])


def test_no_text_column(put: Put) -> None:
    message = fault(put("x.csv", "날짜,값\n2024-01-01,3\n2024-01-02,4\n"))
    assert "no column looks like text (columns: 날짜, 값). Name it with --text COLUMN." in message


def test_two_text_columns(put: Put) -> None:
    path = put(
        "x.csv",
        "Q,A\n오늘은 무엇을 먹을까요,집에서 국수를 끓여 드세요\n비가 오려나 모르겠네,우산을 꼭 챙기시면 됩니다\n",
    )
    assert "more than one column could be the text (Q, A). Choose with --text" in fault(path)
    assert malgil.read(path, text="A").facts["columns"]["text"] == "A"


def test_a_column_that_is_not_there(put: Put) -> None:
    with pytest.raises(ParameterError, match=r"no column 'reveiw' for --text \(columns: id, review\)\. Did you mean"):
        malgil.read(put("x.csv", "id,review\n1,가\n"), text="reveiw")


def test_a_text_column_of_numbers() -> None:
    assert "column 'n' holds int64, not text" in fault({"text": ["가"], "n": [1]}, text="n")


def test_a_nested_label() -> None:
    assert "column 'n' holds list<" in fault(pa.table({"text": ["가"], "n": [[1]]}), label="n")


def test_a_wrong_encoding_names_byte_and_offset(put: Put) -> None:
    path = put("x.txt", "가나다".encode("cp949"))
    assert "byte 0xb0 at offset 0 is not utf-8" in fault(path, encoding="utf-8")


def test_no_encoding_is_guessed(put: Put) -> None:
    path = put("x.txt", "Ещё один отзыв о фильме, очень хороший.\n".encode("koi8-r") * 5 + b"\xff\n")
    message = fault(path)
    assert "is not UTF-8, and offset" in message
    assert "confirm with --encoding" in message


def test_bytes_of_no_encoding(put: Put) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("malgil.corpus.encodings._proposal", lambda chunks: None)
        assert "Name the encoding with --encoding" in fault(put("x.txt", b"\x80\x81\xff"))


def test_an_encoding_that_does_not_exist(put: Put) -> None:
    path = put("x.txt", "가")
    assert "Encoding 'euckr9' is not known" in fault(path, encoding="euckr9")
    assert "Encoding 'base64' is not known" in fault(path, encoding="base64")


def test_a_gzip_that_is_cut_off(put: Put) -> None:
    data = gzip.compress("글\n".encode() * 10_000 + bytes(range(1, 127)))
    assert "x.txt.gz: the compressed file ends too early" in fault(put("x.txt.gz", data[:-20]))


def test_a_gzip_with_a_wrong_checksum(put: Put) -> None:
    data = bytearray(gzip.compress("글\n".encode() * 100))
    data[-6] ^= 1
    assert "x.txt.gz: the file is damaged" in fault(put("x.txt.gz", bytes(data)))


def test_a_gzip_that_is_none(put: Put) -> None:
    assert "x.csv.gz: the file is damaged" in fault(put("x.csv.gz", "id,text\n1,가\n"))


def test_a_zstandard_that_is_cut_off_or_none(put: Put) -> None:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        packed.write("".join(f"글 {number}\n" for number in range(9999)).encode())
    data = sink.getvalue().to_pybytes()
    assert "a.txt.zst: the compressed file ends too early" in fault(put("a.txt.zst", data[: len(data) // 2]))
    assert "b.txt.zst: the file is damaged" in fault(put("b.txt.zst", "가나다"))


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.parquet.gz"])
def test_a_damaged_table(put: Put, name: str) -> None:
    content = b"PAR1 this is no table"
    assert "the file is damaged" in fault(put(name, gzip.compress(content) if name.endswith("gz") else content))


def test_a_parquet_with_a_flipped_page(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": [f"글 {n}" for n in range(5000)]}), path, compression="zstd")
    data = bytearray(path.read_bytes())
    data[4:400] = bytes(396)
    path.write_bytes(data)
    assert "x.parquet: the file is damaged" in fault(path)


def test_a_parquet_whose_text_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    faulty = pa.array([b"ok", b"\xb0\xa1", b"ok"], pa.binary())
    strings = pa.StringArray.from_buffers(3, faulty.buffers()[1], faulty.buffers()[2])
    pq.write_table(pa.table({"text": strings}), path)
    assert "row 2: a text is not valid UTF-8" in fault(path)


def test_ragged_rows_name_row_and_line(put: Put) -> None:
    path = put("x.csv", 'id,text\n1,"두\n줄"\n\n2,나,더\n3,다\n')
    assert "row 2 (line 5): 3 fields where the header has 2" in fault(path)


def test_ragged_rows_go_to_the_rejects(put: Put, tmp_path: Path) -> None:
    path, rejects = put("x.tsv", 'id\ttext\n1\t"가\n2\n3\t다\t라\n4\t마\n'), tmp_path / "rejects.jsonl"
    corpus = malgil.read(path, rejects=rejects)
    assert corpus.to_table()["text"].to_pylist() == ['"가', "마"]
    assert corpus.facts["n_rejected"] == 2
    found = [json.loads(line) for line in rejects.read_text(encoding="utf-8").splitlines()]
    assert [(row["row"], row["raw"]) for row in found] == [(2, "2"), (3, "3\t다\t라")]
    assert found[0]["file"] == str(path)
    assert "1 fields where the header has 2" in found[0]["reason"]


@pytest.mark.parametrize(
    "rows",
    [
        '1,가,0\n2,"나,1\n3,다,0\n',  # open to the end
        '1,가,0\n2,"나,1\n3,"다",0\n',  # open to the next quoted field
        '1,가,0\n2,"나"쁘다,1\n3,다,0\n',  # closed in the middle
        '1,가,0\n2,"나,1\n3,다 5",0\n',  # closed by an inch sign: three fields, but a row is swallowed
    ],
)
def test_a_stray_quote_names_the_row_where_it_opens(put: Put, tmp_path: Path, rows: str) -> None:
    path, rejects = put("x.csv", f"id,text,label\n{rows}"), tmp_path / "rejects.jsonl"
    assert "row 2 (line 3): a quote opens here and is not closed" in fault(path)
    corpus = malgil.read(path, rejects=rejects)
    assert corpus.to_table()["id"].to_pylist() == ["1", "3"]
    (row,) = [json.loads(line) for line in rejects.read_text(encoding="utf-8").splitlines()]
    assert (row["row"], row["raw"]) == (2, rows.splitlines()[1])


def test_a_stray_quote_is_counted_past_fields_of_several_lines(put: Put, tmp_path: Path) -> None:
    path = put("x.csv", 'id,a,text\n1,가,"나\n나"\n2,다,라\n3,"마\n마","바"사\n4,아,자\n5,차,"카\n')
    assert "row 3 (line 5): a quote opens here" in fault(path, text="text")
    rejects = tmp_path / "rejects.jsonl"
    assert malgil.read(path, text="text", rejects=rejects).to_table()["id"].to_pylist() == ["1", "2", "4"]
    found = [json.loads(line) for line in rejects.read_text(encoding="utf-8").splitlines()]
    assert [row["raw"] for row in found] == ['3,"마', '마","바"사', '5,차,"카']
    assert "row 6 (line 8)" in found[-1]["reason"]


def test_a_quote_is_not_looked_for_without_end(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_RECORD", 1000)
    path = put("x.csv", 'id,text\n1,"가\n' + "나\n" * 1_500_000)
    assert "row 1 (line 2): a quote opens here" in fault(path)


def test_a_quote_in_the_header(put: Put) -> None:
    assert "a quote in the header line is not closed" in fault(put("x.csv", 'id,"text\n1,가\n2,나\n'))


def test_a_field_of_several_lines_is_no_stray_quote(put: Put) -> None:
    path = put("x.csv", 'id,text\n1,"서론\n그리고, 본론"\n2,"가\n\n""나"""\n')
    assert malgil.read(path).to_table()["text"].to_pylist() == ["서론\n그리고, 본론", '가\n\n"나"']


def test_quotes_inside_a_bare_field_are_data(put: Put) -> None:
    path = put("x.csv", 'id,text\n1,화면 5" 이상\n2,그는 "네" 했다\n')
    assert malgil.read(path).to_table()["text"].to_pylist() == ['화면 5" 이상', '그는 "네" 했다']


def test_invalid_json_names_line_and_column(put: Put, tmp_path: Path) -> None:
    path, rejects = put("x.jsonl", '{"text": "가"}\n{"text": 나}\n["다"]\n{"text": "라"}\n'), tmp_path / "r.jsonl"
    assert "line 2, column 10: not JSON (Expecting value)" in fault(path)
    assert malgil.read(path, rejects=rejects).to_table()["text"].to_pylist() == ["가", "라"]
    found = [json.loads(line) for line in rejects.read_text(encoding="utf-8").splitlines()]
    assert [(row["row"], row["raw"]) for row in found] == [(2, '{"text": 나}'), (3, '["다"]')]
    assert "not an object" in found[1]["reason"]


def test_json_too_deep_or_too_long_is_invalid(put: Put) -> None:
    assert "not JSON" in fault(put("x.jsonl", '{"text": ' + "[" * 100_000 + "]" * 100_000 + "}\n"))
    assert "not JSON" in fault(put("y.jsonl", '{"text": ' + "9" * 10_000 + "}\n"))


def test_rejects_that_leave_nothing(put: Put, tmp_path: Path) -> None:
    path = put("x.jsonl", "가\n나\n")
    assert "not one row can be used" in fault(path, rejects=str(tmp_path / "r.jsonl"))


def test_a_source_without_rejects_empties_the_file(put: Put, tmp_path: Path) -> None:
    rejects = put("r.jsonl", "old")
    malgil.read(put("x.txt", "가\n"), rejects=rejects)
    assert rejects.read_bytes() == b""


def test_rejects_that_cannot_be_written(put: Put, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        malgil.read(put("x.txt", "가\n"), rejects=tmp_path / "no" / "r.jsonl")


def test_duplicate_ids_name_both_rows(put: Put) -> None:
    path = put("x.csv", "id,text\n7,가\n8,나\n7,다\n")
    assert "rows 1 and 3 have the same id '7' in column 'id'" in fault(path)
    assert malgil.read(path, id="row").to_table()["id"].to_pylist() == ["0", "1", "2"]


def test_duplicate_ids_in_two_files_name_both(put: Put, tmp_path: Path) -> None:
    put("a.csv", "id,text\n7,가\n8,나\n")
    put("b.csv", "id,text\n9,가\n8,나\n")
    message = fault(tmp_path)
    assert "a.csv row 2 and " in message
    assert "b.csv row 2 have the same id '8'" in message


def test_duplicate_ids_of_a_named_column() -> None:
    rows = {"text": ["가", "나"], "user_id": [1, 1]}
    assert "rows 1 and 2 have the same id '1' in column 'user_id'" in fault(rows, id="user_id")


def test_a_missing_id() -> None:
    assert "row 2: there is no id in column 'id'" in fault({"text": ["가", "나"], "id": [1, None]})


def test_ids_whose_hashes_collide_are_not_duplicates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("malgil.corpus.survey.suspects", lambda hashes: next(iter(hashes)))
    assert malgil.read({"id": ["a", "b"], "text": ["가", "나"]}).facts["columns"]["id"] == "id"


def test_a_time_that_is_none() -> None:
    rows = {"text": ["가", "나"], "쓴 날": ["2024-03-01", "03/04/2024"]}
    assert "row 2: '03/04/2024' in column '쓴 날' is not a time" in fault(rows, time="쓴 날")


@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.tsv", "x.jsonl", "x.parquet"])
def test_a_document_of_ten_megabytes(tmp_path: Path, name: str) -> None:
    long = "가나다라마 " * 660_000
    path = tmp_path / name
    malgil.corpus.write(pa.table({"text": ["하나", long, "셋"]}), path)
    assert [len(text) for text in malgil.read(path).to_table()["text"].to_pylist()] == [2, len(long), 1]


@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.tsv", "x.jsonl", "x.parquet", "x.arrow"])
def test_nul_bytes_and_decomposed_hangul_are_kept(tmp_path: Path, name: str) -> None:
    texts = ["가\x00나", "\u1112\u1161\u11ab\u1100\u1173\u11af"]
    malgil.corpus.write(pa.table({"text": texts}), tmp_path / name)
    assert malgil.read(tmp_path / name).to_table()["text"].to_pylist() == texts


def test_a_lone_surrogate_in_json(put: Put, tmp_path: Path) -> None:
    path, rejects = put("x.jsonl", '{"text": "\\ud83d\\ude00"}\n{"text": "가\\ud800"}\n'), tmp_path / "r.jsonl"
    assert "row 2: the text holds half of a surrogate pair" in fault(path)
    assert malgil.read(path, rejects=rejects).to_table()["text"].to_pylist() == ["😀"]
    assert json.loads(rejects.read_text(encoding="utf-8"))["raw"] == '{"text": "가\ud800"}'


def test_a_lone_surrogate_in_a_list(tmp_path: Path) -> None:
    assert "list, row 2: the text holds half of a surrogate pair" in fault(["가", "\ud800"])
    corpus = malgil.read(["가", "\ud800", None], rejects=tmp_path / "r.jsonl")
    assert corpus.to_table()["text"].to_pylist() == ["가", ""]


def test_a_list_of_something_else(tmp_path: Path) -> None:
    assert "list, row 2: int, not str" in fault(["가", 7])
    assert "list, row 2: not an object" in fault([{"text": "가"}, "나"])
    assert malgil.read(["가", 7], rejects=tmp_path / "r.jsonl").facts["n_rejected"] == 1


def test_files_of_a_folder_that_do_not_fit_together(put: Put, tmp_path: Path) -> None:
    put("a.csv", "id,text\n1,가\n")
    put("b.csv", "id,메모\n2,나\n")
    assert "b.csv: this file lacks the text column 'text' of the others (its columns: id, 메모)" in fault(tmp_path)


def test_a_file_that_may_not_be_read() -> None:
    with pytest.raises(DataError, match=r"x\.txt: cannot be read \(Permission denied\)"), reading("x.txt"):
        raise PermissionError(13, "Permission denied")


def test_an_object_without_texts() -> None:
    assert "malgil cannot read texts from this type" in fault(object())
    assert "malgil cannot read texts from this type" in fault(42)


def test_bytes_as_a_path() -> None:
    assert "A path must be text" in fault(b"x.csv")


def test_standard_input_leaves_no_file_behind(tmp_path: Path) -> None:
    script = "import malgil; print(malgil.read('-').to_table().to_pylist())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        input="id,text\n1,가\n".encode(),
        capture_output=True,
        check=True,
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": ".", "PYTHONIOENCODING": "utf-8"},
    )
    assert done.stdout.decode().strip() == "[{'id': '1', 'text': '가'}]"
    assert list(tmp_path.iterdir()) == []


def test_every_message_has_both_languages() -> None:
    assert all(set(message) == {"en", "ko"} for message in catalogue("corpus").values())
