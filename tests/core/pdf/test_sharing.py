"""A file drawn by several processes is the file that one process draws, byte for byte."""

from functools import partial

import pytest

from core.pdf import (
    A4,
    QR,
    Document,
    Form,
    Page,
    Paragraph,
    Slot,
    Text,
    Weight,
    merge,
    merge_from,
    sharing,
)
from core.pdf.drawing import Drawer
from core.pdf.press import Press

FORM = Form("list", A4, slots=(Slot("keeper", "区内企业 𠮷", 36, 60, 300, 30),))
NAMES = "王李张刘陈杨黄赵吴周"


def document(number, form=FORM):
    """Pages that differ in texts, symbol, weight, and in what the fonts lack."""
    page = Page(
        form,
        {"keeper": NAMES[number % 10] * 3},
        marks=(
            QR(f"https://example.org/t/{number}", 400, 20, 60),
            Text(NAMES[number // 10 % 10], 40, 200, weight=list(Weight)[number % 2]),
            Paragraph("𠮷 " * (number % 4) + "word " * 30, 40, 300, 60, 20),
        ),
    )
    return Document(f"L{number}", (page,) * (1 + number % 2))


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(sharing, "AT_A_TIME", 7)
    monkeypatch.setattr(sharing, "DRAWN_HERE", 5)


def in_parts(make, items, *, size):
    """What several processes do, in this one: each part by a drawer that knows no other."""
    press = Press("Batch")
    for start in range(0, len(items), size):
        press.take(sharing.draw_part(make, items[start : start + size]))
    return press.finish()


@pytest.mark.parametrize("size", [1, 4, 30])
def test_parts_drawn_apart_make_the_same_file_as_drawn_in_one_go(size):
    whole = merge(map(document, range(30)), title="Batch")

    assert in_parts(document, range(30), size=size) == whole
    assert [note.page for note in whole.notes if note.kind == "unknown"][:4] == [1, 2, 3, 4]


@pytest.mark.parametrize("processes", [1, 2])
def test_however_many_processes_draw_the_file_is_the_same(processes, small_parts):
    first = [document(98), document(99)]

    found = merge_from(range(40), document, title="Batch", first=first, processes=processes)

    assert found == merge([*first, *map(document, range(40))], title="Batch")


def test_a_short_file_starts_no_process(monkeypatch, small_parts):
    monkeypatch.setattr(sharing, "ProcessPoolExecutor", None)

    found = merge_from(range(11), document, title="Batch", processes=8)

    assert found == merge(map(document, range(11)), title="Batch")


def test_a_worker_that_may_have_no_children_draws_alone(monkeypatch, small_parts):
    monkeypatch.setattr(sharing, "ProcessPoolExecutor", None)
    monkeypatch.setattr(sharing, "current_process", lambda: type("", (), {"daemon": True}))

    assert merge_from(range(40), document, title="Batch", processes=8).page_count == 60


def test_a_part_is_only_drawn_when_its_turn_is_near(monkeypatch):
    taken = []
    parts = (taken.append(number) or [number] for number in range(50))

    drawn = sharing._drawn(parts, document, 1)
    next(drawn)

    assert taken == [0, 1]
    drawn.close()


def test_two_forms_of_one_name_are_refused_from_other_processes_too():
    other = Form("list", A4, slots=(Slot("keeper", "other", 36, 60, 300, 30),))
    press = Press("Batch")
    press.take(sharing.draw_part(document, [1]))

    with pytest.raises(ValueError, match="two forms are called 'list'"):
        press.take(sharing.draw_part(partial(document, form=other), [2]))


def test_a_drawer_tells_which_characters_it_drew():
    drawer = Drawer()
    sheaf = drawer.sheaf([drawer.draw(Document("L", (Page(marks=(Text("甲b", 40, 60),)),)))])

    assert sheaf.used[Weight.REGULAR] == set("甲b 1/")
    assert sheaf.used[Weight.BOLD] == {" "}
