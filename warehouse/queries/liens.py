"""Liens as pages show them, and what may be put under one."""

from django.db.models import F, QuerySet

from core.models import Party
from warehouse.domain.stock import Place
from warehouse.models import Holding, Lien

SHOWN = 100


def liens_of(operator: Party) -> QuerySet[Lien]:
    """Liens in an operator's pools: the gate."""
    rows: QuerySet[Lien] = Lien.objects.filter(pool__operator_id=operator.pk)
    return rows


def rows(operator: Party) -> list[Lien]:
    """An operator's liens, newest first, with lot, product and owner. One query."""
    found = liens_of(operator).select_related("lot__product", "importer", "asked_by", "set_by")
    return list(found.order_by("-pk")[:SHOWN])


def in_force(importer: Party) -> list[Lien]:
    """Liens that hold an importer's units now, by number. One query."""
    held = Lien.objects.filter(
        importer_id=importer.pk, state__in=[Lien.State.SET, Lien.State.LIFTING]
    )
    return list(held.select_related("lot__product").order_by("number"))


def free_holdings(operator: Party) -> QuerySet[Holding]:
    """Importers' free units on the shelves of an operator's pools."""
    held: QuerySet[Holding] = Holding.objects.filter(
        lot__receipt_line__receipt__consignment__pool__operator_id=operator.pk,
        place=Place.BONDED,
        units__gt=F("reserved_units"),
    )
    mine = held.exclude(owner_id=operator.pk).select_related("lot__product", "owner")
    return mine.order_by("lot__number", "pk")
