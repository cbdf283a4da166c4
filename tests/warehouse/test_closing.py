"""The close of an account book, from the blind count to the filing."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from core import clock, documents, jobs, rates
from core.domain.transitions import StepNotAllowed
from core.models import Fact
from warehouse import services
from warehouse.domain.closing import (
    CycleNotEnded,
    DifferencesUnexplained,
    ExtensionTooLate,
    ItemsNotCounted,
    StatedWithoutReason,
    TaxNotStated,
)
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import BookClose, CloseLine, Lot
from warehouse.services import closing, moving
from warehouse.services.closing import Assessed, CountedBefore, NothingMissing

pytestmark = pytest.mark.django_db

NEW_YEAR = date(2026, 1, 2)


def ship(shelf, units, reference, *, is_booked=True):
    """A parcel of the importer that leaves, and is written off or not."""
    held = services.reserve(shelf.importer, shelf.product, units, reference)
    services.ship(services.pick(services.dispatch(shelf.importer, reference, held)))
    if is_booked:
        services.book_expect_out(shelf.product, units, reference)
        services.book_actual_out(shelf.product, units, reference)


@pytest.fixture
def traded(shelf):
    """100 units came; 10 left and are off, 4 left and are not, 2 were missed at a count."""
    rates.load([("USD", date(2025, 3, 10), Decimal(1)), ("CNY", date(2025, 3, 10), Decimal("7.2"))])
    ship(shelf, 10, "parcel-1")
    with clock.at(date(2025, 6, 7)):
        ship(shelf, 4, "parcel-2", is_booked=False)
    lot = Lot.objects.get()
    owner = shelf.importer.pk
    miss = moving.Move(
        kind=MovementKind.MISS,
        lot_id=lot.pk,
        units=2,
        source=moving.Spot(owner, Place.BONDED),
        target=moving.Spot(owner, Place.MISSING),
        request_key="miss-1",
        reference="count:1",
    )
    moving.record([miss], on=date(2025, 9, 1))
    return shelf


@pytest.fixture
def close(traded, account_book):
    with clock.at(NEW_YEAR):
        yield closing.open_close(account_book)


def count(close, units):
    closing.enter_counts(close, {CloseLine.objects.get(close=close).pk: units})
    return closing.finish_count(close)


def behind(close):
    line = CloseLine.objects.get(close=close)
    rows = line.causes.order_by("on", "pk")
    return [(cause.kind, cause.units, cause.on, cause.reference) for cause in rows]


def test_a_book_is_not_closed_before_its_cycle_ends(traded, account_book):
    with pytest.raises(CycleNotEnded):
        closing.open_close(account_book)

    assert not BookClose.objects.exists()


def test_every_unit_of_a_difference_is_dated_to_the_movement_behind_it(close):
    # 100 came, 14 left, 2 are missing: 84 are there and one of them is not found now
    count(close, 83)

    line = CloseLine.objects.get()
    assert (line.book_units, line.counted_units, line.difference) == (90, 83, -7)
    assert behind(close) == [
        ("left_not_written_off", -4, date(2025, 6, 7), "parcel-2"),
        ("missed_at_a_count", -2, date(2025, 9, 1), "count:1"),
        ("closing_count", -1, NEW_YEAR, ""),
    ]
    assert line.causes.get(kind="missed_at_a_count").movement.kind == "miss"


def test_equal_stock_needs_no_reason(close, traded):
    count(close, 90)

    assert sum(units for _, units, _, _ in behind(close)) == 0
    assert closing.file_close(close).state == "filed"


def test_a_count_is_blind_and_entered_once(close):
    line = CloseLine.objects.get()
    closing.enter_counts(close, {line.pk: 83})
    closing.enter_counts(close, {line.pk: 83})

    with pytest.raises(CountedBefore):
        closing.enter_counts(close, {line.pk: 90})

    line.refresh_from_db()
    assert (line.counted_units, line.book_units) == (83, None)


def test_an_item_that_nobody_counted_stops_the_close(close):
    with pytest.raises(ItemsNotCounted):
        closing.finish_count(close)

    assert BookClose.objects.get().state == "counting"


def explained(line, minor=110_25, **more):
    closing.give_reason(line, "broken")
    return closing.state_tax(line, Assessed(110_25, {"steps": []}), stated_minor=minor, **more)


def test_a_shortage_is_filed_with_its_reason_and_its_tax_and_not_without(close):
    count(close, 83)
    line = CloseLine.objects.get()

    with pytest.raises(DifferencesUnexplained):
        closing.file_close(close)
    closing.give_reason(line, "broken")
    with pytest.raises(TaxNotStated):
        closing.file_close(close)
    explained(line)

    assert closing.unit_worth(line) == 90_00
    assert closing.file_close(close).filed_on == NEW_YEAR


def test_another_tax_than_the_assessed_one_says_why(close):
    count(close, 83)
    line = CloseLine.objects.get()

    with pytest.raises(StatedWithoutReason):
        explained(line, 100_00)
    with pytest.raises(StatedWithoutReason):
        closing.state_tax(line, None, stated_minor=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        CloseLine.objects.update(tax_minor=1)
    line = explained(line, 100_00, because="decision 12 of Beilun customs")

    assert (line.tax_minor, line.assessed_minor) == (100_00, 110_25)


def test_nothing_is_taxed_where_nothing_is_missing(close):
    count(close, 91)

    with pytest.raises(NothingMissing):
        explained(CloseLine.objects.get())


def test_a_filed_close_never_changes(close):
    count(close, 83)
    explained(CloseLine.objects.get())
    closing.file_close(close)

    with pytest.raises(StepNotAllowed):
        closing.give_reason(CloseLine.objects.get(), "other")
    with pytest.raises(IntegrityError), transaction.atomic():
        CloseLine.objects.update(reason="other")
    assert closing.accept_close(close).state == "closed"
    assert Fact.objects.get(name="warehouse.close.filed").data["items"] == 1


def test_more_time_is_asked_for_once_and_before_the_sixty_days_are_over(close):
    with clock.at(date(2026, 3, 2)), pytest.raises(ExtensionTooLate):
        closing.extend(close)
    extended = closing.extend(close)

    assert extended.file_by == date(2026, 3, 31)
    with pytest.raises(ExtensionTooLate):
        closing.extend(close)


def test_the_filing_is_drawn_as_a_paper_and_a_workbook_with_every_list(close):
    count(close, 83)
    explained(CloseLine.objects.get())
    closing.file_close(close)

    jobs.run_until_idle()

    close.refresh_from_db()
    assert documents.content(close.paper).startswith(b"%PDF")
    book = load_workbook(io.BytesIO(documents.content(close.sheet)))
    pages = {
        name: list(book[name].iter_rows(min_row=2, values_only=True)) for name in book.sheetnames
    }
    assert pages["Closing stock"][0][3:8] == (90, 83, -7, "tax is paid", "broken")
    assert [row[1] for row in pages["Lists of the cycle"]][1:] == ["parcel-1"]
    assert len(pages["Differences"]) == 3


def test_the_close_is_led_from_its_page(client, operator_user, traded, account_book):
    client.force_login(operator_user)
    with clock.at(NEW_YEAR):
        assert "Begin the close" in client.get(reverse("warehouse:closes")).text
        opened = client.post(reverse("warehouse:open-close", args=[account_book.pk]))
        close = BookClose.objects.get()
        line = CloseLine.objects.get()
        page = client.get(opened.url)
        assert [row.book_units for row, _ in page.context["rows"]] == [None]

        def step(name, **sent):
            return client.post(reverse("warehouse:close-step", args=[close.pk, name]), sent)

        step("count", **{f"line-{line.pk}": "83"})
        step("finish")
        assert "left, not written off" in client.get(opened.url).text
        assert step("file").status_code == 422
        step("reason", line=line.pk, reason="broken")
        assert "tax not stated" in client.get(opened.url).text
        client.post(
            reverse("customs:state-shortage", args=[line.pk]), {"amount": "1", "because": "ruled"}
        )
        step("file")
        assert step("fly").status_code == 404
        jobs.run_until_idle()
        for kind in ("pdf", "xlsx"):
            got = client.get(reverse("warehouse:close-file", args=[close.pk, kind]))
            assert got["Content-Disposition"].endswith(f'T3105W000001.{kind}"')
