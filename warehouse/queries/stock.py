"""Whose units lie where: positions, stock and the way of each lot. One query each."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from core.models import Party
from imports.models import Product
from warehouse.domain.stock import INSIDE, Place
from warehouse.models import Holding, Lot, Movement


@dataclass(frozen=True)
class Position:
    """Units of one lot that an importer owns inside the warehouse.

    ``reserved_units`` and ``free_units`` split those on the shelves; packed and quarantined
    units are owned as well.
    """

    product_id: int
    gtin: str
    name: str
    name_zh: str
    lot_id: int
    lot_no: str
    expires_on: date | None
    owned_units: int
    bonded_units: int
    reserved_units: int
    packed_units: int
    quarantine_units: int

    @property
    def free_units(self) -> int:
        """Units on the shelves that are not promised."""
        return self.bonded_units - self.reserved_units


def _units_at(place: Place) -> Coalesce:
    return Coalesce(Sum("units", filter=Q(place=place)), 0)


def positions(importer: Party) -> list[Position]:
    """What an importer owns inside the warehouse, by product and lot. One query."""
    rows = (
        Holding.objects.filter(owner_id=importer.pk, place__in=sorted(INSIDE))
        .values_list(
            "lot__product_id",
            "lot__product__gtin",
            "lot__product__name",
            "lot__product__name_zh",
            "lot_id",
            "lot__number",
            "lot__expires_on",
        )
        .annotate(
            owned=Sum("units"),
            bonded=_units_at(Place.BONDED),
            reserved=Sum("reserved_units"),
            packed=_units_at(Place.PACKED),
            quarantine=_units_at(Place.QUARANTINE),
        )
        .filter(owned__gt=0)
        .order_by("lot__product__name", F("lot__expires_on").asc(nulls_last=True), "lot_id")
    )
    return [Position(*row) for row in rows]


def free_units(importer: Party, product: Product, *, last_day_from: date) -> int:
    """Units of a product that an importer could reserve, alive until a day. One query."""
    lives = Q(lot__expires_on__isnull=True) | Q(lot__expires_on__gte=last_day_from)
    rows = Holding.objects.filter(
        lives, owner_id=importer.pk, place=Place.BONDED, lot__product=product
    )
    return int(rows.aggregate(free=Coalesce(Sum(F("units") - F("reserved_units")), 0))["free"])


@dataclass(frozen=True)
class StockRow:
    """Units of one owner at one place, by product and expiry."""

    owner_id: int
    owner: str
    place: str
    product_id: int
    product: str
    expires_on: date | None
    units: int
    reserved_units: int


def stock(*, inside_only: bool = True) -> list[StockRow]:
    """Units by owner, place, product and expiry, of whoever is in view. One query."""
    rows = Holding.objects.exclude(units=0)
    if inside_only:
        rows = rows.filter(place__in=sorted(INSIDE))
    found = (
        rows.values_list(
            "owner_id", "owner__name", "place", "lot__product_id", "lot__product__name"
        )
        .annotate(expires_on=F("lot__expires_on"))
        .annotate(total=Sum("units"), reserved=Sum("reserved_units"))
        .order_by(
            "lot__product__name", F("expires_on").asc(nulls_last=True), "owner__name", "place"
        )
    )
    return [StockRow(*row) for row in found]


@dataclass(frozen=True)
class HistoryRow:
    """One movement of a lot, as told to the owner in view."""

    movement_id: int
    moved_on: date
    made_at: datetime
    kind: str
    units: int
    from_owner: str
    from_place: str
    to_owner: str
    to_place: str
    reference: str


def lot_history(lot: Lot, *, owner: Party | None = None) -> list[HistoryRow]:
    """A lot's movements, oldest first; with ``owner``, only those it took part in. One query."""
    rows = Movement.objects.filter(lot=lot)
    if owner is not None:
        rows = rows.filter(Q(from_owner_id=owner.pk) | Q(to_owner_id=owner.pk))
    found = rows.order_by("pk").values_list(
        "pk",
        "moved_on",
        "made_at",
        "kind",
        "units",
        "from_owner__name",
        "from_place",
        "to_owner__name",
        "to_place",
        "reference",
    )
    return [HistoryRow(*row) for row in found]


def lots_of(party: Party) -> QuerySet[Lot]:
    """Lots that a party may look at: those it has or had units of, or whose pool it leads."""
    moved = Movement.objects.filter(
        Q(from_owner_id=party.pk) | Q(to_owner_id=party.pk), lot=OuterRef("pk")
    )
    leads = Q(receipt_line__receipt__consignment__pool__operator_id=party.pk)
    return Lot.objects.filter(leads | Exists(moved)).select_related("product")
