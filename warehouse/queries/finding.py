"""From what a scanner read to the lot, the location, the parcel or the consignment it names."""

from collections.abc import Sequence

from django.db.models import F, QuerySet

from core.domain.errors import Refusal
from core.models import Party
from imports.models import Consignment, ConsignmentLine
from warehouse.domain.labels import BadSSCC, Label, read_label, read_sscc
from warehouse.domain.stock import Place
from warehouse.models import DispatchOrder, Location, Lot, LotAtPlace, Stowage
from warehouse.queries.parcels import parcels_of
from warehouse.queries.receipts import awaited_of


class NothingSoNamed(Refusal):
    """Raised when a scan names nothing that the operator's warehouses hold."""

    code = "nothing-so-named"
    reason = "There is no {thing} “{value}” here."
    remedy = "Look at the label and scan it again."


class SeveralLots(Refusal):
    """Raised when a label does not say which of several lots it stands for."""

    code = "several-lots"
    reason = "{lots} lots of {gtin} are there: {numbers}."
    remedy = "Scan the label that shows the lot's number."


def location_named(operator: Party, text: str) -> Location:
    """The shelf or pallet that a label names. Two queries at most.

    Raises:
        NothingSoNamed: there is none in the operator's warehouses.
    """
    rows = Location.objects.select_related("zone__warehouse").filter(
        zone__warehouse__pool__operator_id=operator.pk
    )
    found = rows.filter(code__iexact=text.strip()).first()
    if found is None:
        found = rows.filter(code=_as_sscc(text)).first()
    if found is None:
        raise NothingSoNamed(thing="location", value=text[:60])
    return found


def _as_sscc(text: str) -> str:
    try:
        return read_sscc(text)
    except BadSSCC:
        return ""


def parcel_named(operator: Party, text: str) -> DispatchOrder:
    """The parcel that a slip names, by its number or reference. One query.

    Raises:
        NothingSoNamed: the operator's pools send no such parcel.
    """
    rows = parcels_of(operator)
    found = (rows.filter(number=text.strip()) | rows.filter(reference=text.strip())).first()
    if found is None:
        raise NothingSoNamed(thing="parcel", value=text[:60])
    return found


def awaited_named(operator: Party, text: str) -> Consignment:
    """The arrived and uncounted consignment of that number. One query.

    Raises:
        NothingSoNamed: none waits under it.
    """
    found: Consignment | None = awaited_of(operator).filter(number=text.strip()).first()
    if found is None:
        raise NothingSoNamed(thing="consignment", value=text[:60])
    return found


def announced_line(consignment: Consignment, label: Label) -> ConsignmentLine:
    """The line of a consignment that a carton belongs to. One query.

    Raises:
        NothingSoNamed: the consignment does not carry the product.
    """
    rows = ConsignmentLine.objects.filter(
        consignment=consignment, order_line__product__gtin=label.gtin
    )
    found: ConsignmentLine | None = rows.order_by("pk").first()
    if found is None:
        raise NothingSoNamed(thing="product", value=label.gtin)
    return found


def lot_named(
    operator: Party, text: str, *, source: Location | None = None, place: str = Place.BONDED
) -> tuple[Lot, Label]:
    """The lot that a carton's label names, among those in a location, or those on the floor.

    Raises:
        LabelUnreadable: the text is no label.
        NothingSoNamed, SeveralLots: no lot fits, or more than one.
    """
    label = read_label(text)
    rows = Lot.objects.select_related("product", "receipt_line").filter(
        receipt_line__receipt__consignment__pool__operator_id=operator.pk,
        product__gtin=label.gtin,
    )
    if label.lot_no:
        rows = rows.filter(number=label.lot_no)
    found = list(_lying(rows, source, place).order_by("expires_on", "pk")[:5])
    return _only(found, label, text), label


def _lying(rows: QuerySet[Lot], source: Location | None, place: str) -> QuerySet[Lot]:
    if source is not None:
        stowed = Stowage.objects.filter(location=source, units__gt=0)
        return rows.filter(pk__in=stowed.values("lot_id"))
    waiting = LotAtPlace.objects.filter(place=place, units__gt=F("stowed_units"))
    return rows.filter(pk__in=waiting.values("lot_id"))


def _only(found: Sequence[Lot], label: Label, text: str) -> Lot:
    if not found:
        raise NothingSoNamed(thing="lot", value=text[:60])
    if len(found) > 1:
        numbers = ", ".join(lot.number for lot in found)
        raise SeveralLots(lots=len(found), gtin=label.gtin, numbers=numbers)
    return found[0]
