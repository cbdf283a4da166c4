"""What the operator finds on its home page: what needs a decision today."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.utils.translation import ngettext

from core.models import Job, Party, Pool
from core.web import locale
from customs import queries as customs_queries
from customs.domain.states import REFUSED
from customs.models import Declaration
from fx_settlement.models import SettlementBatch
from imports.models import Consignment, ForecastLine, Round
from portal.queries import books
from warehouse import queries as warehouse_queries
from warehouse.domain.stock import INSIDE
from warehouse.models import Holding


@dataclass(frozen=True)
class Decision:
    """One thing that waits for the operator, and where to decide it."""

    what: str
    detail: str
    state: str
    address: str = ""


@dataclass(frozen=True)
class Figures:
    """The pool at a glance."""

    planning_importers: int
    at_sea: int
    stored_units: int
    owners: int


def pool_in_view(operator: Party) -> Pool | None:
    """The operator's newest pool. One query."""
    return Pool.objects.filter(operator_id=operator.pk).order_by("-year", "-pk").first()


def figures(pool: Pool) -> Figures:
    """Importers with a plan, consignments under way, units in the warehouse. Three queries."""
    planning = ForecastLine.objects.filter(year=pool.year, version_before__isnull=True)
    stored = Holding.objects.filter(place__in=sorted(INSIDE), units__gt=0).aggregate(
        units=Sum("units"), owners=Count("owner", distinct=True)
    )
    return Figures(
        planning_importers=planning.values("importer_id").distinct().count(),
        at_sea=Consignment.objects.filter(pool=pool, arrived_on__isnull=True).count(),
        stored_units=stored["units"] or 0,
        owners=stored["owners"],
    )


def decisions(pool: Pool, operator: Party) -> list[Decision]:
    """What waits for the operator, in the order of the goods' way."""
    return [
        *_rounds(pool),
        *_arrivals(pool),
        *_receipts(operator),
        *_settlement(pool),
        *_declarations(operator),
        *_house(),
    ]


def _rounds(pool: Pool) -> Iterator[Decision]:
    rows = Round.objects.filter(pool=pool).annotate(orders_made=Count("orders"))
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


def _arrivals(pool: Pool) -> Iterator[Decision]:
    waiting = Consignment.objects.filter(pool=pool, arrived_on__isnull=False, receipt__isnull=True)
    rows = waiting.order_by("arrived_on", "pk").values_list("order_id", "number", "arrived_on")
    for order_id, number, arrived_on in rows:
        what = _("Count consignment {number} in").format(number=number)
        detail = _("arrived {day}").format(day=locale.day(arrived_on)) if arrived_on else ""
        yield Decision(what, detail, "arrived", reverse("imports:order", args=[order_id]))


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
    "converted": _noop("Pay the suppliers of settlement batch {number}"),
    "settled": _noop("Charge settlement batch {number} to the importers"),
}


def _settlement(pool: Pool) -> Iterator[Decision]:
    rows = SettlementBatch.objects.filter(pool=pool, state__in=NEXT_STEP).order_by("month", "pk")
    for batch_id, number, state, currency, minor in rows.values_list(
        "pk", "number", "state", "currency", "foreign_minor"
    ):
        what = _(NEXT_STEP[state]).format(number=number)
        detail = locale.money(minor, currency) if minor else currency
        yield Decision(what, detail, state, reverse("settlement:batch", args=[batch_id]))


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


def _house() -> Iterator[Decision]:
    parked = Job.objects.filter(Q(state=Job.State.PARKED)).count()
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
