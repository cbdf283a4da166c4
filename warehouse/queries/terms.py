"""Terms: of storage by lot, of keeping by pool, of channels; documents, and what the pool buys."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet, Sum

from core.models import Party
from warehouse.domain.stock import INSIDE, Place
from warehouse.domain.terms import Term, term_ends_on
from warehouse.models import BookDocument, ChannelLife, Holding, KeepingTerm, OwnershipTransfer

SHOWN = 100


@dataclass(frozen=True)
class TermRow:
    """A lot that is still inside, and until when it may be."""

    lot_id: int
    lot_no: str
    product: str
    product_zh: str
    units: int
    ends_on: date
    days_left: int
    is_pressing: bool


def storage_terms(operator: Party, *, on: date) -> list[TermRow]:
    """Lots inside an operator's warehouses, the first term to end first. One query."""
    rows = (
        Holding.objects.filter(
            place__in=sorted(INSIDE),
            lot__book_item__book__pool__operator_id=operator.pk,
            lot__book_item__book__storage_months__isnull=False,
        )
        .values_list(
            "lot_id",
            "lot__number",
            "lot__product__name",
            "lot__product__name_zh",
            "lot__received_on",
            "lot__book_item__book__storage_months",
        )
        .annotate(inside=Sum("units"))
        .filter(inside__gt=0)
        .order_by("lot__received_on", "lot_id")
    )
    found = [_term(*row, on=on) for row in rows]
    return sorted(found, key=lambda row: (row.ends_on, row.lot_id))


def _term(
    lot_id: int,
    number: str,
    name: str,
    name_zh: str,
    received_on: date,
    months: int,
    units: int,
    *,
    on: date,
) -> TermRow:
    term = Term(term_ends_on(received_on, months), on)
    return TermRow(
        lot_id, number, name, name_zh, units, term.ends_on, term.days_left, term.is_pressing
    )


def papers_of(operator: Party) -> QuerySet[BookDocument]:
    """Documents of an operator's pools: the gate."""
    return BookDocument.objects.filter(pool__operator_id=operator.pk)


def paper_rows(operator: Party) -> list[BookDocument]:
    """Documents, newest first, with lot, product and owner. One query."""
    rows = papers_of(operator).select_related("lot__product", "owner")
    return list(rows.order_by("-pk")[:SHOWN])


def channels() -> list[tuple[str, str]]:
    """The shop platforms, by code: the channels through which importers sell. One query."""
    rows = Party.objects.filter(kind=Party.Kind.PLATFORM, is_active=True).order_by("name")
    return list(rows.values_list("code", "name"))


def promises(importer: Party) -> list[ChannelLife]:
    """What an importer's channels promise, the newest first. One query."""
    rows = ChannelLife.objects.filter(importer_id=importer.pk)
    return list(rows.order_by("channel", "-valid_from"))


def keeping_terms(operator: Party) -> list[KeepingTerm]:
    """The terms of keeping of an operator's pools, the newest first. One query."""
    rows = KeepingTerm.objects.filter(pool__operator_id=operator.pk).select_related("pool")
    return list(rows.order_by("-valid_from", "pool__code"))


def free_of_importers(operator: Party) -> QuerySet[Holding]:
    """Importers' units on an operator's shelves that are not promised: the gate of a purchase."""
    rows = Holding.objects.filter(
        place=Place.BONDED,
        units__gt=F("reserved_units"),
        lot__receipt_line__receipt__consignment__pool__operator_id=operator.pk,
    )
    found: QuerySet[Holding] = rows.exclude(owner_id=operator.pk).select_related(
        "owner", "lot__product", "lot__receipt_line__receipt__consignment__pool"
    )
    return found.order_by("owner__name", "lot__product__name", "lot_id")


def bought_in(operator: Party) -> list[OwnershipTransfer]:
    """What an operator took over from importers, the newest first. One query."""
    rows = OwnershipTransfer.objects.filter(buyer_id=operator.pk)
    lot = "movement__lot"
    shown = rows.select_related(
        "seller", f"{lot}__product", f"{lot}__receipt_line__receipt__consignment__pool"
    )
    return list(shown.order_by("-pk")[:SHOWN])
