from io import BytesIO

import pytest
from pypdf import PdfReader

from core.pdf import (
    A4,
    MARGIN,
    Align,
    Column,
    Drawing,
    Facts,
    Heading,
    Note,
    Panel,
    Prose,
    Rows,
    Space,
    Table,
    flow,
    render,
)

COLUMNS = (Column("Source", 3), Column("CNY", 1, Align.RIGHT))


def texts(document):
    content = render(document).content
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def tables(document):
    return [[mark for mark in page.marks if isinstance(mark, Table)] for page in document.pages]


def test_blocks_stand_one_below_the_other_on_one_page():
    document = flow(
        "Statement",
        [Heading("Cost"), Facts([("Year", "2025")]), Rows(COLUMNS, [["Goods", "1.00"]])],
        header="Importer",
        footer="Bondpool",
    )

    (page,) = texts(document)
    for text in ["Cost", "Year", "2025", "Goods", "1.00", "Importer", "Bondpool", "1 / 1"]:
        assert text in page


def test_a_long_table_goes_on_over_pages_below_repeated_headings():
    rows = [[f"Row {number}", f"{number}.00"] for number in range(120)]

    pages = texts(flow("List", [Rows(COLUMNS, rows)]))

    assert len(pages) == 3
    assert all(page.startswith("Source") for page in pages)
    assert [page.count("Row ") for page in pages] == [43, 43, 34]


def test_only_the_last_row_of_a_long_table_is_its_total():
    rows = [[f"Row {number}", "1.00"] for number in range(60)]

    found = tables(flow("List", [Rows(COLUMNS, rows, total=True)]))

    assert [[table.total for table in page] for page in found] == [[False], [True]]


def test_columns_share_the_width_of_the_page():
    ((table,),) = tables(flow("List", [Rows(COLUMNS, [])]))

    widths = [column.width for column in table.columns]
    assert widths[0] == pytest.approx(3 * widths[1])
    assert sum(widths) == pytest.approx(A4.width - 2 * MARGIN)


def test_a_heading_is_not_left_alone_at_the_foot_of_a_page():
    pages = texts(flow("List", [Space(680), Prose("above"), Heading("Next"), Prose("below")]))

    assert ["Next" in page for page in pages] == [False, True]
    assert "below" in pages[1]


def test_long_prose_runs_over_pages_and_loses_no_word():
    words = [f"w{number}" for number in range(3000)]

    pages = texts(flow("Terms", [Prose(" ".join(words))]))

    body = " ".join(page.rsplit("\n", 1)[0] for page in pages).split()
    assert len(pages) > 1
    assert body == words


def test_line_ends_in_a_cell_are_kept():
    (page,) = texts(flow("List", [Rows(COLUMNS, [["first\nsecond", "1.00"]])]))

    assert "first\nsecond" in page


def test_a_drawing_is_set_where_it_fits_whole():
    tops = []

    def make(x, y, width):
        tops.append(y)
        return [Panel(x, y, width, 300)]

    document = flow("Chart", [Drawing(300, make), Drawing(300, make), Drawing(300, make)])

    assert len(document.pages) == 2
    assert tops[0] == tops[2] == MARGIN


def test_an_unknown_character_is_reported_from_a_flow_too():
    document = flow("List", [Prose("吉田𠮷"), Rows(COLUMNS, [["喆㐂𡈼", "1"]])])

    assert render(document).notes == (
        Note("List", 1, "unknown", "𠮷"),
        Note("List", 1, "unknown", "𡈼"),
    )
    assert "[U+20BB7]" in texts(document)[0]
