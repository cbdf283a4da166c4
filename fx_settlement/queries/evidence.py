"""What an importer's records show a bank: orders, receipts, stock, payments and its tier."""

from collections.abc import Iterator
from datetime import date

from django.db.models import F, Sum

from core.domain.trade import from_minor
from core.models import Party
from fx_settlement.domain.evidence import EvidenceRow
from fx_settlement.models import FundingRequest, Obligation
from fx_settlement.queries.tiers import HOME, latest_reviews
from imports.models import OrderShare
from warehouse.domain.stock import INSIDE
from warehouse.models import AllocationShare, Holding
from warehouse.queries.liens import in_force
from warehouse.services import pricing


def evidence_rows(importer: Party, on: date) -> list[EvidenceRow]:
    """Everything that an evidence file holds, section by section. Some twelve queries."""
    return [
        *_standing(importer),
        *_orders(importer),
        *_receipts(importer),
        *_stock(importer, on),
        *_liens(importer),
        *_payments(importer),
        *_requests(importer),
    ]


def _cny(minor: int) -> str:
    return str(from_minor(minor, HOME))


def _standing(importer: Party) -> Iterator[EvidenceRow]:
    yield EvidenceRow("importer", importer.joined_on, importer.code, importer.name)
    newest = latest_reviews([importer.pk]).get(importer.pk)
    if newest is not None:
        said = f"tier {newest.tier} of 5, score {newest.score} of 100, weights {newest.terms.key}"
        yield EvidenceRow("tier", newest.on, newest.event, said)
        yield EvidenceRow(
            "limit", newest.on, newest.bound, "limit", amount_cny=_cny(newest.limit_minor)
        )
        paid = f"{newest.on_time} of {newest.due} requests paid in time"
        yield EvidenceRow("punctuality", newest.on, "", paid)


def _orders(importer: Party) -> Iterator[EvidenceRow]:
    shares = OrderShare.objects.filter(owner_id=importer.pk).exclude(line__order__state="draft")
    rows = shares.values_list(
        "line__order__ordered_on", "line__order__number", "line__order__supplier__name",
        "line__order__currency",
    ).annotate(units=Sum("units"), cost=Sum("cost_minor"))  # fmt: skip
    for day, number, supplier, currency, units, cost in rows.order_by("line__order__number"):
        amount = str(from_minor(cost, currency))
        yield EvidenceRow("order", day, number, supplier, units, currency, amount)


def _receipts(importer: Party) -> Iterator[EvidenceRow]:
    shares = AllocationShare.objects.filter(owner_id=importer.pk)
    rows = shares.order_by("receipt_id", "order_line_id").values_list(
        "receipt__received_on", "receipt__consignment__number", "order_line__product__name",
        "granted_units", "asked_units",
    )  # fmt: skip
    for day, number, product, granted, asked in rows:
        yield EvidenceRow("receipt", day, number, f"{product}, {asked} asked", granted)


def _stock(importer: Party, on: date) -> Iterator[EvidenceRow]:
    held = Holding.objects.filter(owner_id=importer.pk, place__in=sorted(INSIDE), units__gt=0)
    rows = held.select_related("lot__product", "lot__receipt_line__receipt")
    found = list(rows.order_by("lot__number", "pk"))
    basis = pricing.basis_of({row.lot_id: row.lot for row in found}.values(), on=on)
    for row in found:
        until = f", keeps until {row.lot.expires_on}" if row.lot.expires_on else ""
        said = f"{row.lot.product.name}, {row.place}, {row.reserved_units} promised{until}"
        cost = int(row.units * basis[row.lot_id].landed)
        yield EvidenceRow(
            "stock", row.lot.received_on, row.lot.number, said, row.units, amount_cny=_cny(cost)
        )


def _liens(importer: Party) -> Iterator[EvidenceRow]:
    for row in in_force(importer):
        said = f"{row.cause}, {row.holder or 'the operator'}, lot {row.lot.number}"
        yield EvidenceRow("lien", row.set_on, row.number, said, row.units)


def _payments(importer: Party) -> Iterator[EvidenceRow]:
    paid = Obligation.objects.filter(importer_id=importer.pk, payment__settled_on__isnull=False)
    rows = paid.order_by("payment__settled_on", "pk").values_list(
        "payment__settled_on", "payment__reference", "order__number", "supplier__name",
        "entry_number", "currency", "amount_minor", "cny_minor",
    )  # fmt: skip
    for day, wire, order, supplier, entry, currency, minor, cny in rows:
        said = f"{order}, {supplier}" + (f", customs entry {entry}" if entry else "")
        amount = str(from_minor(minor, currency))
        yield EvidenceRow("payment", day, wire, said, None, currency, amount, _cny(cny))


def _requests(importer: Party) -> Iterator[EvidenceRow]:
    rows = FundingRequest.objects.filter(importer_id=importer.pk).exclude(state="cancelled")
    named = rows.annotate(left=F("amount_minor") - F("paid_minor")).order_by("number")
    for row in named:
        late = f", late since {row.late_since}" if row.late_since else ""
        said = f"{row.kind}, {row.state}{late}"
        yield EvidenceRow(
            "request", row.due_on, row.number, said, None, HOME, _cny(row.amount_minor)
        )
