import re
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from core.pdf import (
    A4_LANDSCAPE,
    QR,
    Align,
    Barcode,
    Box,
    Column,
    Document,
    Form,
    Grid,
    Note,
    Page,
    Paragraph,
    Slot,
    Table,
    Text,
    Weight,
    embedding,
    merge,
    render,
)
from core.pdf.drawing import Drawer
from core.pdf.fonts import typeface

GRID = Grid(36, 200, (Column("项号", 40), Column("总价", 100, Align.RIGHT)), 14, 30, 6)
FORM = Form(
    "list",
    A4_LANDSCAPE,
    slots=(Slot("keeper", "区内企业", 36, 60, 300, 30),),
    marks=(Text("备案清单", 420, 40, size=14, weight=Weight.BOLD, align=Align.CENTRE), GRID),
)
PAGE = Page(
    FORM,
    {"keeper": "宁波镕喆堃䶮有限公司"},
    marks=(
        GRID.cells([["1", "1,234.50"], ["2", "77.00"]]),
        Barcode("310520251234567890", 500, 40, 180, 36),
        QR("https://example.org/t/ABC", 720, 20, 60),
    ),
)


def pages(pdf):
    return PdfReader(BytesIO(pdf.content)).pages


def one(*marks):
    return render(Document("One", (Page(marks=marks),)))


def test_what_is_drawn_can_be_read_back_character_for_character():
    drawn = pages(render(Document("L1", (PAGE,))))[0].extract_text()

    for text in ["备案清单", "区内企业", "宁波镕喆堃䶮有限公司", "1,234.50", "1 / 1"]:
        assert text in drawn


def test_every_font_in_a_file_is_embedded_as_a_subset():
    fonts = pages(render(Document("L1", (PAGE,))))[0]["/Resources"]["/Font"]

    assert len(fonts) == 2
    for font in fonts.values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in descendant["/FontDescriptor"].get_object()
        assert font.get_object()["/BaseFont"][7:8] == "+"


def test_the_same_input_gives_the_same_bytes():
    assert render(Document("L1", (PAGE, PAGE))) == render(Document("L1", (PAGE, PAGE)))


def test_a_page_of_a_form_costs_under_four_kilobytes():
    few = [Document(f"L{n}", (PAGE,)) for n in range(10)]
    many = [Document(f"L{n}", (PAGE,)) for n in range(110)]

    grown = len(merge(many, title="B").content) - len(merge(few, title="B").content)

    assert grown / 100 < 4096


def test_a_form_is_drawn_once_however_many_pages_use_it():
    found = pages(render(Document("L1", (PAGE, PAGE, PAGE))))

    forms = {str(page["/Resources"]["/XObject"].raw_get("/FormXob.list")) for page in found}
    assert len(found) == 3
    assert len(forms) == 1


def test_two_forms_may_not_share_a_name():
    other = replace(FORM, slots=())

    with pytest.raises(ValueError, match="two forms are called 'list'"):
        render(Document("L1", (PAGE, Page(other))))


def test_pages_are_numbered_within_their_document_and_listed_in_the_outline():
    pdf = merge([Document("L1 甲", (PAGE, PAGE)), Document("L2", (PAGE,))], title="Batch")
    reader = PdfReader(BytesIO(pdf.content))

    assert pdf.page_count == 3
    assert [page.extract_text().split("\n")[-1] for page in reader.pages] == [
        "1 / 2",
        "2 / 2",
        "1 / 1",
    ]
    assert [
        (entry.title, reader.get_destination_page_number(entry)) for entry in reader.outline
    ] == [
        ("L1 甲", 0),
        ("L2", 2),
    ]
    assert reader.metadata.title == "Batch"


def test_a_page_takes_the_size_of_its_form_and_else_its_own():
    found = pages(render(Document("L1", (PAGE, Page()))))

    assert [round(float(page.mediabox.width)) for page in found] == [842, 595]


def test_a_character_outside_the_fonts_is_printed_as_its_code_and_reported():
    pdf = one(Text("吉田𠮷", 40, 60))

    assert "吉田[U+20BB7]" in pages(pdf)[0].extract_text()
    assert pdf.notes == (Note("One", 1, "unknown", "𠮷"),)


def test_a_value_too_long_for_its_box_is_reported():
    pdf = one(Box("Remarks", "word " * 200, 40, 60, 80, 24))

    assert pdf.notes == (Note("One", 1, "shortened", "word " * 200),)


def test_notes_name_the_page_in_the_whole_file():
    clean = Document("A", (Page(), Page()))
    rare = Document("B", (Page(marks=(Text("𠮷", 40, 60),)),))

    assert [(note.document, note.page) for note in merge([clean, rare], title="x").notes] == [
        ("B", 3)
    ]


def test_a_table_wraps_its_cells_and_cuts_none():
    table = Table(
        36,
        60,
        (Column("Source", 90), Column("CNY", 70, Align.RIGHT)),
        (("a long name of a source that needs several lines", "1,000.00"), ("Total", "1,000.00")),
        total=True,
    )

    pdf = one(table)

    drawn = pages(pdf)[0].extract_text().split()
    assert "several" in drawn
    assert drawn.count("1,000.00") == 2
    assert pdf.notes == ()


def test_an_empty_value_draws_nothing():
    pdf = one(Paragraph("", 36, 60, 100, 20), Box("Label", "", 36, 100, 100, 20))

    assert "Label" in pages(pdf)[0].extract_text()


def test_characters_whose_bytes_mean_something_in_a_file_are_read_back():
    signs = set(b"\n\r()\\")
    known = sorted(typeface(Weight.REGULAR).known)
    awkward = [each for each in known if signs & set(each.encode("utf-16-be"))]

    drawn = pages(one(Text("".join(awkward), 0, 60, size=1)))[0].extract_text()

    assert len(awkward) > 20
    assert drawn.split("\n")[0] == "".join(awkward)


def test_a_text_drawn_again_in_its_place_is_noted_on_every_page():
    page = Page(marks=(Box("Remarks", "𠮷 " * 200, 40, 60, 80, 24),))

    notes = render(Document("One", (page, page))).notes

    assert [(note.page, note.kind) for note in notes] == [
        (1, "unknown"),
        (1, "shortened"),
        (2, "unknown"),
        (2, "shortened"),
    ]


@given(texts=st.lists(st.sampled_from(["甲", "乙 (a)", "𠮷", "one two " * 9, ""]), max_size=9))
def test_a_page_is_the_same_bytes_whatever_was_drawn_before_it(texts):
    marks = [Paragraph(text, 40, 60 + 9 * n, 50, 18) for n, text in enumerate(texts)]
    document = Document("One", tuple(Page(marks=(mark, *marks)) for mark in marks))

    drawer = Drawer()
    together = [drawer.draw(document) for _ in range(2)]

    assert together == [Drawer().draw(document)] * 2


def test_texts_remembered_are_forgotten_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(embedding, "_MOST_PLACED", 3)
    drawer = Drawer()
    page = Page(marks=tuple(Paragraph(str(n), 40, 60, 50, 18) for n in range(8)))

    drawn = drawer.draw(Document("One", (page,)))

    assert [len(font.placed) for font in drawer.fonts.values()] == [2, 0]
    assert drawn == Drawer().draw(Document("One", (page,)))


def test_a_file_says_where_each_of_its_objects_begins():
    content = render(Document("One", (PAGE, Page()))).content

    (start,) = re.findall(rb"startxref\n(\d+)\n%%EOF\n$", content)
    places = re.findall(rb"(\d{10}) 00000 n ", content[int(start) :])
    assert len(places) > 10
    for number, place in enumerate(places, start=1):
        assert content[int(place) :].startswith(b"%d 0 obj\n" % number)
