"""A file is what is in it, whatever it is called."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from heritage.errors import UnreadableFileError
from heritage.ingest.formats import FORMATS, Row, Table, format_of, tables_of
from heritage.problems import Problem

Writer = Callable[..., Path]

ROWS = [
    {"id_no": 23, "name_en": "Palmyra", "note": "one, two"},
    {"id_no": 21, "name_en": "Aleppo", "note": 'so "called"'},
]

PROTECTED = "EncryptedPackage".encode("utf-16-le")
"""What a workbook with a password has among its parts."""


def table_of(path: Path) -> Table:
    """The one table of a file."""
    (table,) = tables_of(str(path), format_of(str(path)))
    return table


def values(table: Table) -> list[dict[str, Any]]:
    return [dict(row.values) for row in table.rows]


def texts(rows: Sequence[Mapping[str, object]]) -> list[dict[str, str]]:
    return [{key: str(value) for key, value in row.items()} for row in rows]


def workbook(*rows: Sequence[object], sheets: int = 1) -> bytes:
    book = openpyxl.Workbook()
    for number in range(1, sheets):
        book.create_sheet(f"Sheet {number}", 0)
    sheet = book.worksheets[-1]
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize("format", ["csv", "json", "jsonl", "xlsx", "xml"])
def test_each_format_is_recognised_and_gives_the_same_rows(format: str, write: Writer) -> None:
    path = write(ROWS, format)

    assert format == format_of(str(path))
    assert texts(ROWS) == texts(values(table_of(path)))


def test_a_name_tells_nothing(write: Writer, tmp_path: Path) -> None:
    for format in ("csv", "xlsx", "json"):
        path = tmp_path / f"{format}.xls"
        write(ROWS, format).rename(path)

        assert format == format_of(str(path))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"SQLite format 3\0\x10\0", "SQLite"),
        (bytes(range(256)) * 4, "neither text nor a workbook"),
        (b"<!DOCTYPE html><html><table><tr><td>id_no", "web page"),
        (b"<table><tr><td>id_no</td></tr></table>", "web page"),
        (b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "2003"),
        (archive("readme.txt"), "holds no workbook"),
        (archive("word/document.xml"), "Word"),
        (archive("content.xml", "mimetype"), "OpenDocument"),
        (archive("xl/workbook.xml"), "damaged"),
        (workbook(["id_no", "name_en"], [23, "Palmyra"])[:-100], "damaged"),
        (workbook(["id_no", "name_en"], [23, "Palmyra"])[:200], "damaged"),
        (workbook([1, 2], [3, 4]), "row of headers"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + PROTECTED, "password"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(40), "damaged"),
        ("1,2\n3,4\n", "headers"),
        ("just a line of words", "headers"),
        ("[1, 2, 3]", "list of objects"),
        ('{"id_no": 23}', "list of objects"),
        ('[{"id_no": 23}, {"id', "line 1, column 18"),
        ("[" * 100_000, "nested too deep"),
        ("<query><row><id_no>23</id_no></row>", "not well formed"),
        ("<query></query>", "without any rows"),
        ("<query><row><id_no>&eacute;</id_no></row></query>", "not well formed"),
        ('<!DOCTYPE q [<!ENTITY a "aa">]><query><row><id>&a;</id></row></query>', "DTD"),
        ('<!DOCTYPE q SYSTEM "file:///etc/hosts"><query><row><id>1</id></row></query>', "DTD"),
        (b"\xff\xfe" + "id_no".encode("utf-16-le") + b"x", "UTF-16"),
    ],
)  # fmt: skip
def test_what_holds_no_rows_is_refused_in_plain_words(
    content: bytes | str, reason: str, write: Writer
) -> None:
    path = write(content)

    with pytest.raises(UnreadableFileError) as caught:
        table_of(path)

    assert reason in caught.value.reason
    assert str(path) in str(caught.value)


def test_what_is_no_file_is_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="folder"):
        format_of(str(tmp_path))
    with pytest.raises(UnreadableFileError, match="no such file"):
        format_of(str(tmp_path / "missing.csv"))
    with pytest.raises(UnreadableFileError):
        format_of("\0")


def test_every_truncation_of_a_workbook_ends_in_rows_or_a_reason(write: Writer) -> None:
    whole = workbook(["id_no", "name_en"], [23, "Palmyra"])
    for length in range(0, len(whole), 97):
        with pytest.raises(UnreadableFileError):
            table_of(write(whole[:length]))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str, write: Writer) -> None:
    rows = [{"id_no": "1", "name_en": "a, b; c | d", "note": "x"} for _ in range(3)]

    assert rows == values(table_of(write(rows, delimiter=delimiter)))


def test_the_delimiter_that_excel_names_is_believed(write: Writer) -> None:
    table = table_of(write("sep=;\nid_no;name_en\n23;a,b,c\n"))

    assert [{"id_no": "23", "name_en": "a,b,c"}] == values(table)
    assert (2, 3) == (table.header, table.rows[0].number)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_numbered_by_the_line_on_which_they_begin(end: str, write: Writer) -> None:
    text = f'id_no,name_en{end}1,"two{end}lines"{end}{end}2,b{end}'

    assert [2, 5] == [row.number for row in table_of(write(text)).rows]


def test_rows_that_do_not_fit_their_headers_are_told_and_left_out(write: Writer) -> None:
    table = table_of(write("id_no,name_en,iso\n1,a,sy\n2,b\n3,c,d,sy\n4,e,sy,,\n5,f,sy\n"))

    assert ["1", "4", "5"] == [row["id_no"] for row in values(table)]
    assert [("unreadable-row", 3), ("unreadable-row", 4)] == [
        (problem.code, problem.origin.row) for problem in table.problems
    ]


def test_a_quote_that_is_never_closed_costs_its_own_row_only(write: Writer) -> None:
    lines = [f"{number},name {number},sy" for number in range(1, 2000)]
    lines[9] = '10,"name 10,sy'
    table = table_of(write("id_no,name_en,iso\n" + "\n".join(lines)))

    assert [10 + 1] == [problem.origin.row for problem in table.problems]
    assert 1998 == len(table.rows)


def test_a_long_cell_is_read(write: Writer) -> None:
    rows = [{"id_no": "1", "name_en": "a", "components_list": "x" * 300_000}]

    assert rows == values(table_of(write(rows)))


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_titles_above_the_headers_are_passed_over(format: str, write: Writer) -> None:
    if format == "csv":
        path = write('World Heritage List\n\n"as of 2019"\nid_no,name_en,note\n23,Palmyra,x\n')
    else:
        row = {"id_no": 23, "name_en": "Palmyra", "note": "x"}
        path = write([row], "xlsx", above=[["World Heritage List"], [], ["2019"]])
    table = table_of(path)

    assert (4, 5, "Palmyra") == (table.header, table.rows[0].number, values(table)[0]["name_en"])


def test_every_sheet_with_headers_is_a_table(write: Writer) -> None:
    path = write(workbook(["id_no", "name_en"], [23, "Palmyra"], sheets=3))

    assert ["Sheet"] == [table.name for table in tables_of(str(path), "xlsx")]


def test_a_sheet_without_its_dimensions_is_read_whole(write: Writer) -> None:
    out = io.BytesIO()
    whole = zipfile.ZipFile(io.BytesIO(workbook(["id_no", "name_en"], [23, "Palmyra"])))
    with whole, zipfile.ZipFile(out, "w") as copy:
        for name in whole.namelist():
            text = whole.read(name)
            copy.writestr(
                name, text.replace(b'<dimension ref="A1:B2" />', b'<dimension ref="A1"/>')
            )
    assert out.getvalue() != workbook(["id_no", "name_en"], [23, "Palmyra"])

    assert [{"id_no": 23, "name_en": "Palmyra"}] == values(table_of(write(out.getvalue())))


def test_cells_keep_their_types_and_days_are_iso_text(write: Writer) -> None:
    day, moment = dt.datetime(1980, 1, 2), dt.datetime(1980, 1, 2, 3, 4)  # noqa: DTZ001 - cells have no zone
    path = write(
        workbook(list("abcdef"), [1, 2.5, True, None, day, moment], [None] * 6, list("ghijkl"))
    )
    table = table_of(path)

    first = [1, 2.5, True, None, "1980-01-02", "1980-01-02T03:04:00"]
    assert first == list(table.rows[0].values.values())
    assert [2, 4] == [row.number for row in table.rows]


def test_headers_that_are_there_twice_are_kept_apart(write: Writer) -> None:
    table = table_of(write("id_no,name,name,\n1,a,b,c\n"))

    assert ("id_no", "name", "name (2)", "") == table.columns


def test_values_without_a_header_are_kept_for_the_source_to_report(write: Writer) -> None:
    table = table_of(write(workbook(["id_no", "name_en"], [1, "a", "stray"])))

    assert {"id_no": 1, "name_en": "a", "": "stray"} == values(table)[0]


@pytest.mark.parametrize(
    "document",
    [
        ROWS,
        {"results": ROWS, "total_count": 2},
        {"query": {"rows": 2, "row": ROWS}},
        {"records": [{"recordid": "a", "fields": row} for row in ROWS]},
        {"records": [{"record": {"id": "a", "fields": row}} for row in ROWS]},
        {"features": [{"type": "Feature", "properties": row, "geometry": None} for row in ROWS]},
        [list(ROWS[0]), *[list(row.values()) for row in ROWS]],
        {"columns": list(ROWS[0]), "index": [0, 1], "data": [list(row.values()) for row in ROWS]},
        {name: {str(i): row[name] for i, row in enumerate(ROWS)} for name in ROWS[0]},
        {str(i): row for i, row in enumerate(ROWS)},
    ],
)  # fmt: skip
def test_json_rows_are_found_however_they_are_wrapped(document: object, write: Writer) -> None:
    path = write(json.dumps(document, indent=1))

    assert ROWS == values(table_of(path))


def test_nested_json_becomes_plain_columns(write: Writer) -> None:
    row = {"id": 1, "point": {"lon": 2.5, "lat": 3}, "states": ["A", "B"], "parts": [{"x": 1}]}
    (plain,) = values(table_of(write(json.dumps([row]))))

    assert {"id": 1, "point.lon": 2.5, "point.lat": 3} == {k: plain[k] for k in list(plain)[:3]}
    assert ("A, B", '[{"x": 1}]') == (plain["states"], plain["parts"])


def test_objects_with_a_key_twice_are_told_and_left_out(write: Writer) -> None:
    table = table_of(write('[{"id_no": 1}, {"id_no": 2, "id_no": 3}, 4, {"id_no": 5}]'))

    assert [1, 5] == [row["id_no"] for row in values(table)]
    assert [2, 3] == [problem.origin.row for problem in table.problems]


def test_xml_rows_are_numbered_and_deeper_elements_named_by_their_way(write: Writer) -> None:
    table = table_of(
        write(
            "<query><row><id>1</id><place><poi><lat>2</lat></poi><poi><lat>3</lat></poi></place>"
            "</row><row><id>a&amp;<![CDATA[<b>]]></id><empty/></row></query>"
        )
    )

    assert [
        Row(1, {"id": "1", "place.poi.lat": "2"}),
        Row(2, {"id": "a&<b>", "empty": None}),
    ] == list(table.rows)


def test_xml_in_another_encoding_than_it_declares_is_repaired(write: Writer) -> None:
    text = '<?xml version="1.0" encoding="UTF-8"?><q><row><id>é</id></row><row><id>è</id></row></q>'
    table = table_of(write(text, encoding="latin-1"))

    assert ["é", "è"] == [row["id"] for row in values(table)]
    assert ["repaired-text"] == [problem.code for problem in table.problems]


def test_xml_in_an_encoding_that_it_declares_is_read(write: Writer) -> None:
    text = '<?xml version="1.0" encoding="windows-1251"?><q><row><id>Кремль</id></row></q>'
    table = table_of(write(text, encoding="cp1251"))

    assert (["Кремль"], ()) == ([row["id"] for row in values(table)], table.problems)


def test_every_format_has_a_reader_that_is_recognised() -> None:
    assert ["csv", "json", "jsonl", "xls", "xlsx", "xml"] == sorted(FORMATS)


def test_problems_of_formats_name_their_file(write: Writer) -> None:
    path = write("id_no,name_en\n1,a,b\n")
    (problem,) = table_of(path).problems

    assert isinstance(problem, Problem)
    assert (str(path), 2) == (problem.origin.file, problem.origin.row)
