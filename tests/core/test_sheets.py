import csv
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import sheets
from core.sheets import SheetOut, xlsx_reading

HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(1+1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1+1",
    "'=1",
    '=HYPERLINK("http://a.example","x")',
    "http://a.example",
]
CELLS = st.text(alphabet="ab0=+-@,;\t'\" 宁．\n", max_size=6).map(str.strip)


def workbook(rows, headings=("SKU", "January")):
    return sheets.write_xlsx([SheetOut("Plan", headings, rows)])


def repacked(content, change, *, name="xl/worksheets/sheet1.xml"):
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, change(data) if part.filename == name else data)
    return out.getvalue()


def with_part(content, name, data):
    out = BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


# reading


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_every_encoding_that_chinese_spreadsheets_are_saved_in(encoding):
    sheet = sheets.read("计划.csv", "货号,一月\nA-1,12\n".encode(encoding))

    assert sheet == sheets.Sheet(["货号", "一月"], [["A-1", "12"]], 2)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_one_in_the_headings(separator):
    text = f'SKU{separator}"Name, long; with\tall"\nA-1{separator}x\n'

    assert sheets.read("p.csv", text.encode()).rows == [["A-1", "x"]]


def test_a_number_comes_back_as_it_was_typed():
    content = workbook([[12, Decimal("12.10")], [Decimal("0.0000001"), 999_999_999_999_999]])

    assert sheets.read("p.xlsx", content).rows == [["12", "12.1"], ["0.0000001", "999999999999999"]]


def test_dates_and_truth_come_back_as_plain_text():
    content = workbook([[date(2025, 3, 1), True]])

    assert sheets.read("p.xlsx", content).rows == [["2025-03-01", "TRUE"]]


def test_rows_keep_the_numbers_that_the_file_shows():
    content = b"\n\nSKU,January\nA-1,1\n\nA-2,2\n\n\n"

    sheet = sheets.read("p.csv", content)

    assert sheet.first_row_number == 4
    assert sheet.rows == [["A-1", "1"], ["", ""], ["A-2", "2"]]


def test_a_workbook_that_starts_lower_down_keeps_its_row_numbers():
    book = openpyxl.Workbook()
    book.active["B3"] = "SKU"
    book.active["B4"] = "A-1"
    out = BytesIO()
    book.save(out)

    sheet = sheets.read("p.xlsx", out.getvalue())

    assert (sheet.headings, sheet.rows, sheet.first_row_number) == (["", "SKU"], [["", "A-1"]], 4)


def test_a_hidden_sheet_is_passed_over():
    book = openpyxl.Workbook()
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Plan").append(["SKU"])
    out = BytesIO()
    book.save(out)

    assert sheets.read("p.xlsx", out.getvalue()).headings == ["SKU"]


def test_short_rows_are_filled_and_a_row_with_too_many_cells_is_named():
    assert sheets.read("p.csv", b"a,b,c\n1\n2,3,,,,\n").rows == [["1", "", ""], ["2", "3", ""]]

    with pytest.raises(sheets.RowDoesNotFit) as refusal:
        sheets.read("p.csv", b"a,b\n1,2\n1,2,3\n")
    assert refusal.value.params == {"row": 3, "cells": 3, "headings": 2}


def test_a_number_that_the_spreadsheet_has_rounded_is_refused_with_its_place():
    content = repacked(
        workbook([["A-1", 77]]), lambda xml: xml.replace(b"77", b"330102199001011234")
    )

    with pytest.raises(sheets.DigitsLost) as refusal:
        sheets.read("p.xlsx", content)
    assert refusal.value.params == {"row": 2, "column": "B"}


# refusing


@dataclass
class Work:
    """What was done to a workbook: bytes unpacked of its parts, rows that the parser laid out."""

    unpacked_bytes: int = 0
    rows_laid_out: int = 0


@pytest.fixture
def work(monkeypatch):
    done = Work()
    unpack, parse = ZipFile.read, xlsx_reading.lines

    def read(archive, part, *more):
        found = unpack(archive, part, *more)
        done.unpacked_bytes += len(found)
        return found

    def lines(content):
        found = parse(content)
        done.rows_laid_out += len(found)
        return found

    monkeypatch.setattr("core.sheets.workbook.ZipFile.read", read)
    monkeypatch.setattr("core.sheets.xlsx_reading.lines", lines)
    return done


def refused(refusal, name, content):
    with pytest.raises(refusal):
        sheets.read(name, content)


def test_an_archive_that_unpacks_to_hundreds_of_megabytes_is_refused_unopened(work):
    filler = b"<row><c><v>1</v></c></row>" * 4_000_000

    refused(sheets.SheetBomb, "p.xlsx", with_part(workbook([]), "xl/more.xml", filler))
    assert work == Work()


def test_an_archive_packed_too_tightly_is_refused(work):
    content = with_part(workbook([]), "xl/more.xml", b"0" * 20_000_000)

    refused(sheets.SheetBomb, "p.xlsx", content)
    assert work == Work()


def test_an_archive_of_a_hundred_parts_is_refused(work):
    content = workbook([])
    for number in range(100):
        content = with_part(content, f"xl/part{number}.xml", b"x")

    refused(sheets.SheetBomb, "p.xlsx", content)
    assert work == Work()


def test_two_cells_at_the_far_ends_of_a_sheet_are_refused_before_they_are_laid_out(work):
    content = repacked(workbook([["A-1", 1]]), lambda xml: xml.replace(b'"B2"', b'"XFD1048576"'))

    refused(sheets.SheetBomb, "p.xlsx", content)
    assert work.rows_laid_out == 0


@pytest.mark.parametrize(
    "cell",
    [
        b"<c ",
        b'<c t=\'r="A1"\' r="XFD1048576" ',
        b'<c t=\' r="A1"\' r="XFD1048576" ',
        b"<c r='XFD1048576' ",
        b'<c r="&#88;FD1048576" ',
        b'<x:c r="xfd1" ',
    ],
)
def test_a_cell_that_hides_where_it_stands_is_refused(cell, work):
    content = repacked(workbook([["A-1", 1]]), lambda xml: xml.replace(b'<c r="B2" ', cell))
    content = repacked(content, lambda xml: xml.replace(b'<c r="B2">', cell + b">"))

    refused(sheets.SheetUnreadable, "p.xlsx", content)
    assert work.rows_laid_out == 0


def test_a_sheet_in_an_encoding_that_hides_its_cells_is_read_as_empty(work):
    def far(xml):
        text = xml.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
        return text.replace('"B2"', '"XFD1048576"').encode("utf-16")

    refused(sheets.SheetEmpty, "p.xlsx", repacked(workbook([["A-1", 1]]), far))
    assert work.rows_laid_out == 0


def test_a_text_that_looks_like_a_cell_is_a_text():
    assert sheets.read("p.xlsx", workbook([["<c r=x>:c ", 1]])).rows == [["<c r=x>:c", "1"]]


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.xml", "xl\\x.xml", "a/../../b"])
def test_an_archive_with_names_that_point_outside_is_refused(name, work):
    refused(sheets.SheetUnreadable, "p.xlsx", with_part(workbook([]), name, b"x"))
    assert work == Work()


def test_a_size_that_lies_is_found_by_its_checksum():
    content = bytearray(with_part(workbook([]), "xl/more.xml", b"0" * 5000))
    end = content.rindex(b"PK\x01\x02")
    content[end + 24 : end + 28] = (10).to_bytes(4, "little")

    with pytest.raises(sheets.SheetUnreadable):
        sheets.read("p.xlsx", bytes(content))


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("p.pdf", b"%PDF", sheets.WrongKindOfFile),
        ("p.xls", b"\xd0\xcf\x11\xe0", sheets.WrongKindOfFile),
        ("p.xlsx", b"SKU,January", sheets.WrongKindOfFile),
        ("p.csv", b"PK\x03\x04rest", sheets.WrongKindOfFile),
        ("p", b"SKU", sheets.WrongKindOfFile),
        ("p.xlsx", b"PK\x03\x04rest", sheets.SheetUnreadable),
        ("p.csv", b"a,b\0c", sheets.SheetUnreadable),
        ("p.csv", b"\xff\x80\x80", sheets.SheetUnreadable),
        ("p.csv", b'a,"b', sheets.SheetUnreadable),
        ("p.csv", b"", sheets.SheetEmpty),
        ("p.csv", b"\n , ,\n", sheets.SheetEmpty),
        ("p.csv", b"a" + b",b" * 256, sheets.SheetTooWide),
        ("p.csv", b"," * 20_000_000, sheets.SheetTooWide),
        ("p.csv", b"a" * 25_000_001, sheets.SheetTooLarge),
    ],
)
def test_what_is_not_a_readable_sheet_is_refused_for_its_own_reason(name, content, refusal, work):
    refused(refusal, name, content)
    assert work == Work()


def test_an_archive_without_a_sheet_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")

    with pytest.raises(sheets.SheetUnreadable):
        sheets.read("p.xlsx", out.getvalue())


@pytest.mark.parametrize("name", ["p.csv", "p.xlsx"])
def test_more_rows_than_allowed_are_refused_and_exactly_as_many_are_read(name):
    rows = [["A-1", "1"], ["A-2", "2"], ["A-3", "3"]]
    content = sheets.write_csv(["a", "b"], rows) if name == "p.csv" else workbook(rows)

    assert len(sheets.read(name, content, max_rows=3).rows) == 3
    with pytest.raises(sheets.TooManyRows) as refusal:
        sheets.read(name, content, max_rows=2)
    assert refusal.value.params == {"rows": 3, "limit": 2}


# writing


def test_no_text_becomes_a_formula_or_a_link_in_a_workbook():
    content = workbook([[text, text] for text in HOSTILE], headings=["=1+1", "+1"])

    with zipfile.ZipFile(BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml


@pytest.mark.parametrize("text", [text for text in HOSTILE if not text.startswith("http")])
def test_a_risky_text_in_a_csv_starts_with_an_apostrophe(text):
    line = sheets.write_csv(["a"], [[text]]).decode("utf-8-sig")
    cell = list(csv.reader(StringIO(line, newline="")))[1][0]

    assert cell == "'" + text


@pytest.mark.parametrize("text", ["-5", "+5", "-5.25", "12", "A-1", "it's", "", "宁波"])
def test_a_plain_number_or_word_in_a_csv_is_left_alone(text):
    assert sheets.write_csv(["a", "b"], [[text, "x"]]) == f"\ufeffa,b\r\n{text},x\r\n".encode()


def test_cells_of_every_kind_are_written_exactly():
    row = [None, True, 12, Decimal("12.10"), date(2025, 3, 1), "x"]

    assert sheets.write_csv(["h"] * 6, [row]).endswith(b"\r\n,TRUE,12,12.10,2025-03-01,x\r\n")


@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=5))
def test_what_was_exported_is_imported_unchanged(rows):
    rows.append(["end", "end"])

    csv_back = sheets.read("p.csv", sheets.write_csv(["SKU", "January"], rows))
    xlsx_back = sheets.read("p.xlsx", workbook(rows))

    assert csv_back.rows == rows
    assert xlsx_back.rows == rows


def test_numbers_are_numbers_in_a_workbook_and_none_loses_a_digit():
    content = workbook([[Decimal("1234.50"), 12345678901234567890]])

    cells = next(openpyxl.load_workbook(BytesIO(content)).active.iter_rows(min_row=2))

    assert [cell.value for cell in cells] == [1234.5, "12345678901234567890"]


def test_a_workbook_has_its_sheets_headings_and_formats():
    content = sheets.write_xlsx(
        [
            SheetOut("Plan/2025", ["SKU", "CNY"], [["A-1", Decimal("1.5")]], ["", "#,##0.00"]),
            SheetOut("", ["x"], []),
        ]
    )

    book = openpyxl.load_workbook(BytesIO(content))
    assert book.sheetnames == ["Plan 2025", "2"]
    assert book["Plan 2025"]["B2"].number_format == "#,##0.00"
    assert book["Plan 2025"].freeze_panes == "A2"


def test_the_same_rows_give_the_same_bytes_at_any_time():
    content = workbook([["A-1", 1]])

    with zipfile.ZipFile(BytesIO(content)) as archive:
        stamps = {part.date_time for part in archive.infolist()}
        properties = archive.read("docProps/core.xml")
    assert content == workbook([["A-1", 1]])
    assert stamps == {(1980, 1, 1, 0, 0, 0)}
    assert set(re.findall(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}", properties)) == {b"2000-01-01"}


def test_an_apostrophe_anywhere_in_a_csv_changes_no_other_cell():
    plain = sheets.read("a.csv", b"a,b\n 1 ,x\n")
    marked = sheets.read("a.csv", b"a,b\n 1 ,x\n'=2,it's\n")

    assert marked.rows[: len(plain.rows)] == plain.rows
    assert marked.rows[-1] == ["=2", "it's"]
