"""Goods that leave other than to a consumer do so under a document of their own."""

import pytest

from core import invariants
from core.domain.errors import Refusal
from warehouse import queries, services
from warehouse.domain.papers import NotEnoughInPlace, PaperAlreadyDone, PaperKind
from warehouse.models import BookDocument, BookItem, Holding, Lot
from warehouse.services import Paper


def paper(shelf, kind=PaperKind.DESTRUCTION, **more):
    fields = {"units": 7, "reason": "wet cartons", "request_key": "doc-1", **more}
    return Paper(kind=kind, lot=Lot.objects.get(), owner=shelf.importer, **fields)


def places(shelf):
    rows = Holding.objects.filter(owner=shelf.importer).exclude(units=0)
    return dict(rows.values_list("place", "units"))


def nothing_is_broken():
    return [law.name for law in invariants.check_all(only="warehouse.") if not law.holds] == []


def test_a_drawn_up_document_holds_its_units_in_quarantine_and_in_the_book(shelf):
    document = services.draw_up(paper(shelf))

    assert document.number == "DX-2025-000001"
    assert places(shelf) == {"bonded": 53, "quarantine": 7}
    assert BookItem.objects.get().expected_out == 7
    assert nothing_is_broken()


@pytest.mark.parametrize("kind", list(PaperKind))
@pytest.mark.parametrize("steps", [("execute", "approve"), ("approve", "execute")])
def test_execution_and_approval_come_in_either_order_and_no_drift_between(shelf, kind, steps):
    document = services.draw_up(paper(shelf, kind))

    for step in steps:
        getattr(services, step)(document)
        assert nothing_is_broken()
        getattr(services, step)(document)

    document.refresh_from_db()
    assert document.state == "closed"
    item = BookItem.objects.get()
    assert (item.actual_out, item.expected_out) == (7, 0)
    assert [row.reconciliation.physical for row in queries.book_positions(shelf.pool.operator)] == [
        93
    ]


def test_what_left_and_is_not_approved_is_a_named_position(shelf):
    services.execute(services.draw_up(paper(shelf, PaperKind.SAMPLE)))

    row = queries.book_positions(shelf.pool.operator)[0].reconciliation

    assert (row.removed_not_written_off, row.physical, row.drift_units) == (7, 93, 0)


def test_a_withdrawn_document_gives_its_units_back_to_the_book(shelf):
    document = services.withdraw(services.draw_up(paper(shelf)))

    assert document.state == "withdrawn"
    assert BookItem.objects.get().expected_out == 0
    with pytest.raises(PaperAlreadyDone):
        services.execute(document)


def test_what_happened_is_not_withdrawn(shelf):
    document = services.execute(services.draw_up(paper(shelf)))

    with pytest.raises(PaperAlreadyDone):
        services.withdraw(document)

    assert BookItem.objects.get().expected_out == 7


def test_two_documents_never_take_the_same_quarantined_units(shelf):
    services.draw_up(paper(shelf, units=55))

    with pytest.raises(NotEnoughInPlace) as refusal:
        services.draw_up(paper(shelf, units=6, request_key="doc-2"))

    assert refusal.value.params["free"] == 5
    assert BookDocument.objects.count() == 1


def test_units_that_are_declared_to_consumers_are_not_declared_again(shelf):
    services.book_expect_out(shelf.product, 95, "a declaration")

    with pytest.raises(Refusal) as refusal:
        services.draw_up(paper(shelf))

    assert refusal.value.code == "not-enough-in-book"


def test_the_same_document_asked_for_twice_is_drawn_up_once(shelf):
    first = services.draw_up(paper(shelf))

    assert services.draw_up(paper(shelf)) == first
    assert places(shelf) == {"bonded": 53, "quarantine": 7}
