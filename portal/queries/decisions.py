"""What waits for the operator's decision, from plan to proof."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.utils.translation import ngettext

from core.models import Job, Party
from core.web import locale
from customs import queries as customs_queries
from customs.domain.states import REFUSED
from customs.models import Declaration
from fx_settlement import queries as settlement_queries
from imports.models import Round
from portal.queries import books, exits
from warehouse import queries as warehouse_queries
from warehouse.queries import liens as lien_queries


@dataclass(frozen=True)
class Decision:
    """One thing that waits for the operator, and where to decide it."""

    what: str
    detail: str
    state: str
    address: str = ""


def decisions(operator: Party) -> list[Decision]:
    """What waits for the operator, in the order of the goods' way."""
    return [
        *_rounds(operator),
        *_arrivals(operator),
        *_receipts(operator),
        *_settlement(operator),
        *_standing(operator),
        *_liens(operator),
        *_declarations(operator),
        *_parcels(operator),
        *_exits(operator),
        *_house(),
    ]


def _rounds(operator: Party) -> Iterator[Decision]:
    rows = Round.objects.filter(pool__operator_id=operator.pk).annotate(orders_made=Count("orders"))
    for row in rows.exclude(state=Round.State.ORDERED).order_by("first_month"):
        months = f"{locale.month(row.first_month)} – {locale.month(row.last_month)}"
        if row.state == Round.State.OPEN:
            what = _("Add up the plans of round {code}").format(code=row.code)
        else:
            what = ngettext(
                "Place {count} order of round {code}",
                "Place {count} orders of round {code}",
                row.orders_made,
            ).format(count=row.orders_made, code=row.code)
        yield Decision(what, months, row.state, reverse("imports:round", args=[row.pk]))


def _arrivals(operator: Party) -> Iterator[Decision]:
    for row in warehouse_queries.awaited(operator):
        what = _("Count consignment {number} in").format(number=row.number)
        detail = _("arrived {day}").format(day=locale.day(row.arrived_on))
        yield Decision(
            what, detail, "arrived", reverse("warehouse:count", args=[row.consignment_id])
        )


def _receipts(operator: Party) -> Iterator[Decision]:
    for row in warehouse_queries.receipts(operator):
        if not row.is_allocated:
            what = _("Share out what consignment {number} brought").format(number=row.consignment)
            detail = _("{good} good, {damaged} damaged, {short} short of {expected} units").format(
                good=locale.number(row.good),
                damaged=locale.number(row.damaged),
                short=locale.number(row.short),
                expected=locale.number(row.expected),
            )
            yield Decision(
                what, detail, "received", reverse("warehouse:receipt", args=[row.receipt_id])
            )


NEXT_STEP = {
    "draft": _noop("Lock settlement batch {number}"),
    "locked": _noop("Ask for a rate for settlement batch {number}"),
    "quoted": _noop("Approve settlement batch {number}: a second person decides"),
    "approved": _noop("Convert the currency of settlement batch {number}"),
    "converted": _noop("Send settlement batch {number} to the bank"),
    "instructed": _noop("Read in what the bank answers to settlement batch {number}"),
    "accepted": _noop("Read in the statement that shows settlement batch {number} paid"),
    "part_rejected": _noop("See what the bank rejected of settlement batch {number}"),
    "settled": _noop("Charge settlement batch {number} to the importers"),
}


def _settlement(operator: Party) -> Iterator[Decision]:
    for due in settlement_queries.waiting_rows(operator):
        if due.amount_minor > 0:
            what = _("Open a settlement batch in {currency}").format(currency=due.currency)
            detail = _("{amount} are due to suppliers").format(
                amount=locale.money(due.amount_minor, due.currency)
            )
            yield Decision(what, detail, "open", reverse("settlement:batches"))
    for row in settlement_queries.batch_rows(operator):
        if row.state in NEXT_STEP:
            what = _(NEXT_STEP[row.state]).format(number=row.number)
            detail = locale.money(row.foreign_minor, row.currency)
            yield Decision(
                what, detail, row.state, reverse("settlement:batch", args=[row.batch_id])
            )


def _standing(operator: Party) -> Iterator[Decision]:
    for appeal in settlement_queries.appeals_of(settlement_queries.members_of(operator)):
        if appeal.state == "open":
            name = appeal.importer.name
            what = _("Answer the appeal of {importer}").format(importer=name)
            address = reverse("settlement:tier-of", args=[appeal.importer_id])
            yield Decision(what, appeal.because, "open", address)


def _liens(operator: Party) -> Iterator[Decision]:
    for lien in lien_queries.rows(operator):
        if lien.state in ("asked", "lifting"):
            what = _("Decide on lien {number}: a second person does").format(number=lien.number)
            detail = f"{lien.lot.number} · {locale.number(lien.units)}"
            yield Decision(what, detail, lien.state, reverse("warehouse:liens"))


def _parcels(operator: Party) -> Iterator[Decision]:
    counted = warehouse_queries.parcels_by_state(operator)
    if to_pick := counted.get("open", 0):
        what = ngettext(
            "{count} parcel waits to be picked", "{count} parcels wait to be picked", to_pick
        ).format(count=locale.number(to_pick))
        detail = _("Customs has released them.")
        yield Decision(what, detail, "released", reverse("warehouse:parcels"))
    if to_ship := counted.get("picked", 0):
        what = ngettext(
            "{count} parcel waits for the carrier", "{count} parcels wait for the carrier", to_ship
        ).format(count=locale.number(to_ship))
        yield Decision(what, _("Picked and packed."), "picked", reverse("warehouse:parcels"))


def _declarations(operator: Party) -> Iterator[Decision]:
    for waiting in customs_queries.waiting(operator):
        what = ngettext(
            "{count} consumer order waits to be declared",
            "{count} consumer orders wait to be declared",
            waiting.orders,
        ).format(count=locale.number(waiting.orders))
        yield Decision(what, waiting.pool, "taken", reverse("customs:batches"))
    refused = (
        Declaration.objects.filter(state=REFUSED, batch__pool__operator_id=operator.pk)
        .values_list("batch_id", "batch__number")
        .annotate(declarations=Count("pk"))
        .order_by("batch_id")
    )
    for batch_id, number, count in refused:
        what = ngettext(
            "{count} refused declaration of batch {number} waits to be mended",
            "{count} refused declarations of batch {number} wait to be mended",
            count,
        ).format(count=locale.number(count), number=number)
        detail = _("The batch page groups them by reason, with the fix.")
        yield Decision(what, detail, "refused", reverse("customs:batch", args=[batch_id]))


def _exits(operator: Party) -> Iterator[Decision]:
    for row in exits.unsettled(operator):
        what = _("Settle what remains with {importer}").format(importer=row.importer.name)
        detail = _("left on {day}").format(day=locale.day(row.on))
        yield Decision(what, detail, "open", reverse("exit", args=[row.importer_id]))


def _house() -> Iterator[Decision]:
    parked = Job.objects.filter(state=Job.State.PARKED).count()
    if parked:
        what = ngettext(
            "{count} piece of background work is parked",
            "{count} pieces of background work are parked",
            parked,
        ).format(count=parked)
        yield Decision(what, _("Read why, then try again."), "parked", reverse("jobs"))
    check = books.last_check()
    broken = check.broken if check else 0
    if check and broken:
        what = ngettext(
            "{count} law of the books is broken",
            "{count} laws of the books are broken",
            check.broken,
        ).format(count=broken)
        yield Decision(what, check.laws[0].sentence, "failed", reverse("books"))
