"""Suppliers' invoices: compared with order and receipt, paid, held, disputed, released."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.db.models import F, Sum

from core import clock, facts, ledger, rates
from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.domain.shares import lot_drawn, split_in_proportion
from core.models import User
from fx_settlement.domain.invoice_steps import INVOICE_STEPS
from fx_settlement.domain.three_way import InvoicedLine, OrderedLine, ThreeWay, compare
from fx_settlement.models import FeeRow, Obligation, SupplierInvoice, SupplierInvoiceLine
from fx_settlement.services import books
from fx_settlement.services.fees import fee_row
from imports.models import PurchaseOrder, PurchaseOrderLine
from warehouse.models import ReceiptLine

State = SupplierInvoice.State


class InvoiceRecordedOtherwise(Refusal):
    """Raised when an order's invoice is recorded again with other figures."""

    code = "invoice-recorded-otherwise"
    reason = "Order {order} has invoice {number} already, with other figures."
    remedy = "Dispute the invoice on record and ask the supplier for a credit note."


class BatchHasIt(Refusal):
    """Raised when an invoice is disputed whose payment is under way."""

    code = "invoice-in-a-batch"
    reason = "Invoice {number} is in a batch or paid already."
    remedy = "Give the batch up before it is sent, or settle the difference with a later invoice."


@transaction.atomic
def record_invoice(
    order: PurchaseOrder,
    number: str,
    lines: Mapping[int, InvoicedLine],
    *,
    invoiced_on: date,
    due_on: date,
    by: User | None = None,
) -> SupplierInvoice:
    """Write a supplier's invoice down and compare it with what was ordered and received.

    ``lines`` are by order line. Where it agrees, prices off within the tolerance are paid as
    billed; where it differs, everything owed for the order is held. An invoice that comes before
    its goods waits for the receipt.

    Raises:
        InvoiceRecordedOtherwise: the order has another invoice.
    """
    known = SupplierInvoice.objects.filter(order=order).first()
    total = sum(line.amount_minor for line in lines.values())
    if known is not None:
        if (known.number, known.amount_minor) != (number, total):
            raise InvoiceRecordedOtherwise(order=order.number, number=known.number)
        return known
    made = SupplierInvoice.objects.create(
        order=order,
        number=number,
        invoiced_on=invoiced_on,
        due_on=due_on,
        amount_minor=total,
        recorded_by=by,
    )
    SupplierInvoiceLine.objects.bulk_create(
        SupplierInvoiceLine(
            invoice=made, order_line_id=pk, units=line.units, amount_minor=line.amount_minor
        )
        for pk, line in sorted(lines.items())
    )
    data = {
        "invoice": made.pk,
        "order": order.pk,
        "amount_minor": total,
        "due_on": due_on.isoformat(),
    }
    facts.append("fx.invoice.recorded", subject=f"order:{order.pk}", data=data)
    compare_invoice(made)
    return made


def compare_invoice(invoice: SupplierInvoice) -> SupplierInvoice:
    """Compare an invoice that waited, once its goods are received."""
    owed = Obligation.objects.filter(order=invoice.order_id)
    if invoice.state != State.WAITING or not owed.exists():
        return invoice
    found = _compared(invoice)
    invoice.faults = [asdict(fault) for fault in found.faults]
    invoice.difference_minor = found.difference_minor
    _move(invoice, "match" if found.agrees else "differ")
    owed.filter(state=Obligation.State.OPEN).update(due_on=invoice.due_on)
    if found.agrees:
        _pay_difference(invoice)
    else:
        _hold(invoice, f"invoice {invoice.number} differs")
    data = {
        "invoice": invoice.pk,
        "order": invoice.order_id,
        "state": invoice.state,
        "difference_minor": found.difference_minor,
    }
    facts.append("fx.invoice.compared", subject=f"order:{invoice.order_id}", data=data)
    return invoice


def _compared(invoice: SupplierInvoice) -> ThreeWay:
    _, rule = fee_row(FeeRow.Kind.MATCH, invoice.order.currency, clock.today())
    missing = dict(
        ReceiptLine.objects.filter(order_line__order=invoice.order_id)
        .values_list("order_line_id")
        .annotate(missing=Sum(F("damaged") + F("short")))
        .order_by("order_line_id")
    )
    ordered = {
        pk: OrderedLine(units, minor, missing.get(pk, 0))
        for pk, units, minor in PurchaseOrderLine.objects.filter(
            order=invoice.order_id
        ).values_list("pk", "units", "amount_minor")
    }
    billed = {
        pk: InvoicedLine(units, minor)
        for pk, units, minor in invoice.lines.values_list("order_line_id", "units", "amount_minor")
    }
    return compare(ordered, billed, rule.fee)


def _move(invoice: SupplierInvoice, action: str, **columns: object) -> None:
    invoice.state = INVOICE_STEPS.next(invoice.state, action)
    for name, value in columns.items():
        setattr(invoice, name, value)
    invoice.save()


def _hold(invoice: SupplierInvoice, because: str) -> None:
    owed = Obligation.objects.filter(order=invoice.order_id, state=Obligation.State.OPEN)
    owed.update(state=Obligation.State.HELD, held_because=because[:200])


@transaction.atomic
def dispute(invoice: SupplierInvoice, *, because: str) -> SupplierInvoice:
    """Hold everything owed for an order until its invoice is released.

    Raises:
        BatchHasIt: a batch has it, or it is paid.
        StepNotAllowed: the invoice waits for its goods.
    """
    invoice.refresh_from_db(from_queryset=SupplierInvoice.objects.select_for_update())
    if invoice.state == State.DISPUTED:
        return invoice
    under_way = [Obligation.State.LOCKED, Obligation.State.PAID]
    if Obligation.objects.filter(order=invoice.order_id, state__in=under_way).exists():
        raise BatchHasIt(number=invoice.number)
    _move(invoice, "dispute", because=because[:200])
    _hold(invoice, because)
    data = {"invoice": invoice.pk, "order": invoice.order_id}
    facts.append("fx.invoice.disputed", subject=f"order:{invoice.order_id}", data=data)
    return invoice


@transaction.atomic
def release(
    invoice: SupplierInvoice, *, because: str, pays_difference: bool, by: User
) -> SupplierInvoice:
    """Let an invoice be paid that differed or was disputed: as ordered, or as billed.

    Raises:
        StepNotAllowed: it is neither.
    """
    invoice.refresh_from_db(from_queryset=SupplierInvoice.objects.select_for_update())
    if invoice.state == State.RELEASED:
        return invoice
    _move(invoice, "release", because=because[:200], released_by=by)
    held = Obligation.objects.filter(order=invoice.order_id, state=Obligation.State.HELD)
    held.update(state=Obligation.State.OPEN, held_because="")
    if pays_difference:
        _pay_difference(invoice)
    data = {
        "invoice": invoice.pk,
        "order": invoice.order_id,
        "is_difference_paid": invoice.is_difference_paid,
    }
    facts.append("fx.invoice.released", subject=f"order:{invoice.order_id}", data=data)
    return invoice


def _pay_difference(invoice: SupplierInvoice) -> None:
    """What is billed above or below the order, shared by what each importer owes; once."""
    if not invoice.difference_minor or invoice.is_difference_paid:
        return
    owed = list(
        Obligation.objects.filter(order=invoice.order_id, kind=Obligation.Kind.INVOICE).order_by(
            "pk"
        )
    )
    weights = {each.importer_id: each.amount_minor for each in owed}
    shares = split_in_proportion(
        invoice.difference_minor,
        weights,
        tie_break=lambda importer: lot_drawn(f"invoice:{invoice.pk}", importer),
    )
    like = {each.importer_id: each for each in owed}
    made = [
        _adjustment(like[importer], minor, invoice)
        for importer, minor in sorted(shares.items())
        if minor
    ]
    Obligation.objects.bulk_create(made)
    _book(invoice, made)
    invoice.is_difference_paid = True
    invoice.save(update_fields=["is_difference_paid"])


def _adjustment(like: Obligation, minor: int, invoice: SupplierInvoice) -> Obligation:
    mid = rates.mid(like.currency, books.HOME, invoice.invoiced_on)
    return Obligation(
        importer_id=like.importer_id,
        order_id=like.order_id,
        receipt_id=like.receipt_id,
        supplier_id=like.supplier_id,
        kind=Obligation.Kind.ADJUSTMENT,
        currency=like.currency,
        amount_minor=minor,
        raised_on=invoice.invoiced_on,
        due_on=invoice.due_on,
        benchmark_rate=mid.rate,
        benchmark_on=mid.on,
    )


def _book(invoice: SupplierInvoice, made: list[Obligation]) -> None:
    order = invoice.order
    payable = books.supplier_payable(order.supplier, order.currency)
    due = books.importers_due((each.importer_id for each in made), order.currency)
    specs = [
        spec
        for each in made
        for spec in books.move(
            f"fx.obligation:{each.pk}",
            debit=due[each.importer_id],
            credit=payable,
            amount_minor=each.amount_minor,
            code=TransferCode.GOODS,
        )
    ]
    ledger.transfer_many(specs, group=f"fx.invoice:{invoice.pk}")
