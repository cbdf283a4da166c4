"""What a receipt makes importers owe to suppliers, and what shortages give back."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import F, Sum

from core import facts, ledger, rates
from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.ledger import TransferSpec
from fx_settlement.domain.credit import MissingUnits, credit_by_importer
from fx_settlement.models import EntryNumber, Obligation, SupplierInvoice
from fx_settlement.services import books
from fx_settlement.services.claims import follow_claims
from fx_settlement.services.invoices import compare_invoice
from imports.models import Consignment, OrderShare, PurchaseOrder, PurchaseOrderLine
from warehouse.models import AllocationShare, Receipt, ReceiptLine


class NotAllocatedYet(Refusal):
    """Raised when a receipt is charged before its units were shared out."""

    code = "not-allocated-yet"
    reason = "Receipt {receipt} has not been allocated; nobody knows yet who went short."
    remedy = "Allocate the receipt, then charge it."


@dataclass
class _Bill:
    """What each importer owes for one order, and what it gets back."""

    invoiced: Counter[int] = field(default_factory=Counter)
    credited: Counter[int] = field(default_factory=Counter)


@transaction.atomic
def raise_obligations(receipt: Receipt) -> list[Obligation]:
    """One invoice per importer and order in a receipt, and one credit note for what is missing.

    An importer owes its cost share of each order line; units short or damaged are credited to
    those who went without. Both add up to the orders' lines exactly. Called again it returns the
    first call's obligations and writes nothing.

    Raises:
        NotAllocatedYet: the receipt's units have not been shared out.
    """
    earlier = list(Obligation.objects.filter(receipt=receipt).order_by("pk"))
    if earlier:
        return earlier
    if not AllocationShare.objects.filter(receipt=receipt).exists():
        raise NotAllocatedYet(receipt=receipt.pk)
    bills = _bills(receipt)
    orders = PurchaseOrder.objects.select_related("supplier", "round__pool").in_bulk(bills)
    made = [
        obligation
        for order_id, bill in sorted(bills.items())
        for obligation in _obligations(receipt, orders[order_id], bill)
    ]
    Obligation.objects.bulk_create(made)
    _book(made)
    facts.append_many([_fact(each) for each in made])
    for invoice in SupplierInvoice.objects.filter(order__in=orders).order_by("pk"):
        compare_invoice(invoice)
    follow_claims(receipt)
    entry = EntryNumber.objects.filter(consignment=receipt.consignment_id).first()
    if entry is not None:
        note_entry(receipt.consignment, entry.number, accepted_on=entry.accepted_on)
    return made


class EntryNotedOtherwise(Refusal):
    """Raised when a consignment that came in under one entry is said to come in under another."""

    code = "entry-noted-otherwise"
    reason = "Consignment {consignment} came in under entry {number}."
    remedy = "Check the number; an accepted entry does not change."


@transaction.atomic
def note_entry(consignment: Consignment, number: str, *, accepted_on: date) -> int:
    """Write the customs entry that goods came in under onto what is owed for them, now or later.

    What is locked or paid already keeps what the bank was told. How many were written.

    Raises:
        EntryNotedOtherwise: another number was noted.
    """
    noted, _ = EntryNumber.objects.get_or_create(
        consignment=consignment, defaults={"number": number, "accepted_on": accepted_on}
    )
    if noted.number != number:
        raise EntryNotedOtherwise(consignment=consignment.number, number=noted.number)
    owed = Obligation.objects.filter(receipt__consignment=consignment)
    waiting = owed.filter(state__in=[Obligation.State.OPEN, Obligation.State.HELD])
    return waiting.exclude(entry_number=number).update(entry_number=number)


def _bills(receipt: Receipt) -> dict[int, _Bill]:
    """Invoices and credits by order; four queries."""
    missing = _missing(receipt)
    lines = PurchaseOrderLine.objects.in_bulk(missing)
    costs, lost = _costs(receipt, missing), _lost(receipt)
    bills: dict[int, _Bill] = defaultdict(_Bill)
    for line_id, missing_units in sorted(missing.items()):
        line, paid = lines[line_id], costs[line_id]
        back = credit_by_importer(
            MissingUnits(line.unit_price_minor, missing_units, lost[line_id], paid)
        )
        bills[line.order_id].invoiced.update(paid)
        bills[line.order_id].credited.update(back)
    return bills


def _missing(receipt: Receipt) -> dict[int, int]:
    rows = ReceiptLine.objects.filter(receipt=receipt).values_list("order_line_id")
    return dict(rows.annotate(missing=Sum(F("damaged") + F("short"))).order_by("order_line_id"))


def _costs(receipt: Receipt, line_ids: Mapping[int, int]) -> dict[int, dict[int, int]]:
    """Cost by order line and importer; the buffer costs its owner nothing and has no part."""
    costs: dict[int, dict[int, int]] = defaultdict(dict)
    shares = OrderShare.objects.filter(line_id__in=line_ids, cost_minor__gt=0)
    for line_id, owner_id, minor in shares.values_list("line_id", "owner_id", "cost_minor"):
        costs[line_id][owner_id] = minor
    return costs


def _lost(receipt: Receipt) -> dict[int, dict[int, int]]:
    lost: dict[int, dict[int, int]] = defaultdict(dict)
    for share in AllocationShare.objects.filter(receipt=receipt):
        lost[share.order_line_id][share.owner_id] = share.asked_units - share.granted_units
    return lost


def _obligations(receipt: Receipt, order: PurchaseOrder, bill: _Bill) -> list[Obligation]:
    mid = rates.mid(order.currency, books.HOME, order.ordered_on or receipt.received_on)
    signed = [(Obligation.Kind.INVOICE, *owed) for owed in bill.invoiced.items()]
    signed += [(Obligation.Kind.CREDIT_NOTE, who, -minor) for who, minor in bill.credited.items()]
    return [
        Obligation(
            importer_id=importer_id,
            order=order,
            receipt=receipt,
            supplier_id=order.supplier_id,
            kind=kind,
            currency=order.currency,
            amount_minor=minor,
            raised_on=receipt.received_on,
            due_on=receipt.received_on,
            benchmark_rate=mid.rate,
            benchmark_on=mid.on,
        )
        for kind, importer_id, minor in sorted(signed)
        if minor
    ]


def _book(obligations: list[Obligation]) -> None:
    """The ledger: an invoice makes the importer owe and the supplier due; a credit the reverse."""
    specs: list[TransferSpec] = []
    for order, own in groupby(obligations, key=attrgetter("order")):
        each_of_order = list(own)
        payable = books.supplier_payable(order.supplier, order.currency)
        due = books.importers_due((each.importer_id for each in each_of_order), order.currency)
        for each in each_of_order:
            is_invoice = each.kind == Obligation.Kind.INVOICE
            specs += books.move(
                f"fx.obligation:{each.pk}",
                debit=due[each.importer_id],
                credit=payable,
                amount_minor=each.amount_minor,
                code=TransferCode.GOODS if is_invoice else TransferCode.CREDIT_NOTE,
            )
    ledger.transfer_many(specs, group=f"fx.receipt:{obligations[0].receipt_id}")


def _fact(each: Obligation) -> tuple[str, str, dict[str, object]]:
    data: dict[str, object] = {
        "obligation": each.pk,
        "order": each.order_id,
        "importer": each.importer_id,
        "supplier": each.supplier_id,
        "kind": each.kind,
        "currency": each.currency,
        "amount_minor": each.amount_minor,
    }
    return ("fx.obligation.raised", f"order:{each.order_id}", data)
