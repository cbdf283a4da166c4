"""Suppliers' invoices: agreed, paid with their difference, held, disputed and released."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from core import invariants, ledger
from core.domain.transitions import StepNotAllowed
from fx_settlement import services
from fx_settlement.domain.batches import NothingToPay
from fx_settlement.domain.three_way import InvoicedLine
from fx_settlement.models import Obligation, PaymentLine, SupplierInvoice
from fx_settlement.services import BatchHasIt, InvoiceRecordedOtherwise, books
from tests.conftest import party, user_of

DATES = {"invoiced_on": date(2025, 3, 10), "due_on": date(2025, 3, 25)}


@pytest.fixture
def billed(trade):
    """The supplier bills so many units for so much, in cents."""

    def billed(units=100, minor=125_000, number="INV-77"):
        lines = {trade.line.pk: InvoicedLine(units, minor)}
        return services.record_invoice(trade.line.order, number, lines, **DATES)

    return billed


def states():
    return set(Obligation.objects.values_list("state", flat=True))


def broken():
    return {finding.name for finding in invariants.check_all("fx.") if not finding.holds}


def test_an_invoice_that_agrees_sets_the_due_day_and_is_named_to_the_supplier(
    owed, billed, batch, maker
):
    assert billed().state == "matched"

    services.lock(batch, by=maker)

    assert set(Obligation.objects.values_list("due_on", flat=True)) == {date(2025, 3, 25)}
    assert set(PaymentLine.objects.values_list("document", flat=True)) == {"INV-77"}


def test_a_difference_within_the_tolerance_is_paid_and_shared_to_the_cent(owed, billed):
    invoice = billed(minor=125_100)

    adjusted = Obligation.objects.filter(kind="adjustment")
    assert (invoice.state, invoice.difference_minor) == ("matched", 100)
    assert dict(adjusted.values_list("importer_id", "amount_minor")) == {
        owed.a.pk: 67,
        owed.b.pk: 33,
    }
    assert ledger.balance(books.supplier_payable(owed.supplier, "USD")) == 117_600
    assert broken() == set()


def test_an_invoice_that_differs_holds_everything_owed_for_the_order(owed, billed, batch, maker):
    invoice = billed(minor=130_000)

    assert invoice.state == "differs"
    assert invoice.faults == [
        {"line": owed.line.pk, "kind": "price", "expected": 125_000, "found": 130_000}
    ]
    assert states() == {"held"}
    with pytest.raises(NothingToPay):
        services.lock(batch, by=maker)


@pytest.mark.parametrize(("pays", "payable"), [(True, 122_500), (False, 117_500)])
def test_what_differs_is_released_as_billed_or_as_ordered(owed, billed, maker, pays, payable):
    invoice = billed(minor=130_000)

    services.release(invoice, because="price list of March", pays_difference=pays, by=maker)
    services.release(invoice, because="again", pays_difference=True, by=maker)

    assert (invoice.state, states()) == ("released", {"open"})
    assert ledger.balance(books.supplier_payable(owed.supplier, "USD")) == payable
    assert broken() == set()


def test_an_invoice_may_come_before_its_goods_and_is_compared_with_the_receipt(trade, billed):
    invoice = billed(units=94, minor=117_500)
    assert invoice.state == "waiting"

    services.raise_obligations(trade.receipt)

    invoice.refresh_from_db()
    assert (invoice.state, invoice.difference_minor) == ("matched", 0)


def test_an_invoice_is_recorded_once(owed, billed):
    first = billed()

    assert billed().pk == first.pk
    with pytest.raises(InvoiceRecordedOtherwise):
        billed(minor=125_001)


def test_a_dispute_holds_until_it_is_released(owed, billed, maker):
    invoice = services.dispute(billed(), because="wrong goods")
    assert states() == {"held"}

    services.release(invoice, because="settled by phone", pays_difference=False, by=maker)

    assert states() == {"open"}
    assert SupplierInvoice.objects.get().because == "settled by phone"


def test_what_a_batch_has_is_not_disputed_any_more(owed, billed, batch, maker):
    invoice = billed()
    services.lock(batch, by=maker)

    with pytest.raises(BatchHasIt):
        services.dispute(invoice, because="too late")

    assert SupplierInvoice.objects.get().state == "matched"


def test_an_invoice_that_waits_is_not_released(trade, billed, maker):
    with pytest.raises(StepNotAllowed):
        services.release(billed(), because="x", pays_difference=False, by=maker)


def test_the_database_releases_nothing_without_a_person_and_a_reason(owed, billed):
    billed(minor=130_000)

    for change in ({"state": "released"}, {"amount_minor": 1}, {"due_on": date(2025, 1, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SupplierInvoice.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.update(held_because="")


def test_the_customs_entry_is_written_onto_what_is_still_owed(owed, batch, maker):
    entry = {"number": "310120251012345678", "accepted_on": date(2025, 3, 9)}
    assert services.note_entry(owed.consignment, **entry) == 4
    assert services.note_entry(owed.consignment, **entry) == 0

    services.lock(batch, by=maker)

    assert set(PaymentLine.objects.values_list("entry_number", flat=True)) == {"310120251012345678"}
    with pytest.raises(services.EntryNotedOtherwise):
        services.note_entry(owed.consignment, "other", accepted_on=date(2025, 3, 9))


def test_goods_that_came_in_before_they_were_charged_are_owed_under_their_entry(trade):
    services.note_entry(trade.consignment, "310120251012345678", accepted_on=date(2025, 3, 9))

    owed = services.raise_obligations(trade.receipt)

    kept = Obligation.objects.filter(pk__in=[each.pk for each in owed])
    assert set(kept.values_list("entry_number", flat=True)) == {"310120251012345678"}


PAGE = "/settlement/invoices/"


def test_the_desk_writes_an_invoice_down_and_decides(owed, client, maker):
    client.force_login(maker)
    order, line = owed.line.order, owed.line
    at = f"{PAGE}{order.pk}/"
    form = {
        "number": "INV-1",
        "invoiced_on": "2025-03-10",
        "due_on": "2025-03-20",
        f"units_{line.pk}": "100",
        f"amount_{line.pk}": "1300.00",
    }
    early = client.post(f"{at}record/", {**form, "due_on": "2025-03-09"})
    nothing = client.post(f"{at}record/", {**form, f"amount_{line.pk}": "0"})

    client.post(f"{at}record/", form)

    html = client.get(at).content.decode()
    assert (early.status_code, nothing.status_code) == (422, 422)
    assert "US$1,250.00 were agreed, US$1,300.00 are billed" in html.replace("$1", "US$1").replace(
        "USUS", "US"
    )
    client.post(f"{at}release-billed/", {"because": ""})
    assert SupplierInvoice.objects.get().state == "differs"
    client.post(f"{at}release-billed/", {"because": "agreed by phone"})
    assert SupplierInvoice.objects.get().state == "released"
    client.post(f"{at}dispute/", {"because": "once more"})
    assert SupplierInvoice.objects.get().state == "disputed"
    assert client.post(f"{at}burn/", {"because": "x"}).status_code == 404
    assert order.number in client.get(PAGE).content.decode()
    client.force_login(user_of(party("operator", "elsewhere"), "operator"))
    assert client.get(at).status_code == 404
