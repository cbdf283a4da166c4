"""How long goods keep, how old they are and what they cost: an importer's own, and the pool's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import access, clock
from core.domain.calendar import add_months, month_start
from core.models import Party, Pool
from core.sheets import Cell, SheetOut
from core.web import charts, locale
from imports.models import Product
from warehouse import services, words, workbooks
from warehouse.domain import ageing
from warehouse.domain.ageing import PricedExit
from warehouse.domain.charges import Basis, ChargeKind
from warehouse.forms import EstimateForm, RateForm, ShelvesForm
from warehouse.models import ChargeRate
from warehouse.queries import ageing as stock
from warehouse.queries import book_positions, charging
from warehouse.queries import keeping as kept
from warehouse.queries.ageing import Ageing, LotInStock
from warehouse.queries.charging import BillLine
from warehouse.queries.keeping import KeptRow, OccupiedRow

MONTHS_SHOWN = 8
MOST_LINES = 100
MOST_DIGITS = 6
CM3_PER_LITRE = 1000
PRODUCTS_SHOWN = 12


def _party(request: HttpRequest) -> Party:
    return access.membership_of(request).party  # type: ignore[union-attr]


@dataclass(frozen=True)
class Shown:
    """A kept lot with its words."""

    row: KeptRow
    tone: str
    word: Promise
    exits: tuple[tuple[Promise, PricedExit], ...]


def _shown(rows: Sequence[KeptRow]) -> list[Shown]:
    return [
        Shown(
            row,
            *words.URGENCIES[row.urgency],
            exits=tuple((words.EXITS[each.way], each) for each in row.exits),
        )
        for row in rows
    ]


@access.action("warehouse.keeping.view")
@require_safe
def keeping(request: HttpRequest) -> HttpResponse:
    """What the importer owns: until when it keeps, its cost a day, its cover, its ways out."""
    party, today = _party(request), clock.today()
    if workbooks.is_wanted(request):
        return workbooks.answer("age-and-cover", [_kept_sheet(stock.own_stock(party, today))])
    found = stock.own_ageing(party, today, page=_page(request))
    return render(
        request, "warehouse/keeping.html", {**_ageing(found, today), **_by_cover(found.rows)}
    )


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return int(asked) if asked.isdecimal() and len(asked) < MOST_DIGITS else 1


def _ageing(found: Ageing, today: date) -> dict[str, Any]:
    lots = found.lots
    return {
        "rows": _shown(found.rows),
        "urgent": _shown(found.urgent),
        "page": found.page,
        "pages": found.pages,
        "earlier": found.page - 1,
        "later": found.page + 1 if found.page < found.pages else None,
        "units": sum(lot.units for lot in lots),
        "per_day": sum(lot.cost_per_day_fen for lot in lots),
        "worth": sum(lot.worth_fen for lot in lots),
        "at_risk": sum(lot.worth_fen for lot in found.urgent_lots),
        "ages": [str(word) for word in words.AGES],
        "by_age": [
            charts.Series(
                _("Units"), ageing.by_age(((lot.received_on, lot.units) for lot in lots), today)
            )
        ],
        **_by_last_sale(lots),
    }


def _by_last_sale(lots: Sequence[LotInStock]) -> dict[str, Any]:
    """Units by the month of their last safe sale, the next ones first."""
    units: Counter[date] = Counter()
    for lot in lots:
        if lot.last_safe_on:
            units[month_start(lot.last_safe_on)] += lot.units
    months = sorted(units)[:MONTHS_SHOWN]
    series = [charts.Series(_("Units"), [units[month] for month in months])]
    return {"safe_months": [locale.month(month) for month in months], "by_safe": series}


def _by_cover(rows: Sequence[KeptRow]) -> dict[str, Any]:
    """Days of cover by product, the shortest first."""
    days = {_named(row): row.cover_days for row in rows if row.cover_days is not None}
    first = sorted(days.items(), key=lambda product: (product[1], product[0]))[:PRODUCTS_SHOWN]
    return {"by_cover": [charts.Bar(name, {_("Days"): count}) for name, count in first]}


def _named(row: KeptRow) -> str:
    return row.product_zh if get_language() == "zh-hans" and row.product_zh else row.product


def _kept_sheet(rows: Sequence[KeptRow]) -> SheetOut:
    headings = [
        _("Importer"), _("GTIN"), _("Product"), _("Lot"), _("Received"), _("Use by"),
        _("Last safe sale"), _("State"), _("Units"), _("Reserved"), _("Free"), _("Quarantine"),
        _("Days of cover"), _("Cost a day, CNY"), _("Worth, CNY"), _("Best way out"),
    ]  # fmt: skip
    return SheetOut(_("Stock"), headings, [_kept_cells(row) for row in rows])


def _kept_cells(row: KeptRow) -> list[Cell]:
    best = str(words.EXITS[row.exits[0].way]) if row.exits else ""
    state = str(words.URGENCIES[row.urgency][1])
    return [
        row.owner, row.gtin, row.product, row.lot_no, row.received_on, row.expires_on,
        row.last_safe_on, state, row.units, row.reserved_units, row.free_units,
        row.quarantine_units, row.cover_days, charging.yuan(row.cost_per_day_fen),
        charging.yuan(row.worth_fen), best,
    ]  # fmt: skip


def _month(request: HttpRequest, months: Sequence[date]) -> date:
    """The month asked for, or the newest."""
    asked = request.GET.get("month", "")
    return next(
        (month for month in months if f"{month:%Y-%m}" == asked),
        months[0] if months else month_start(clock.today()),
    )


@access.action("warehouse.costs.view")
@require_safe
def costs(request: HttpRequest) -> HttpResponse:
    """An importer's bill of a month: each line with its lot, days, room, rate and source."""
    party = _party(request)
    months = charging.own_months(party)
    month = _month(request, months)
    lines = charging.bill_lines(charging.own_lines(party, month))
    if workbooks.is_wanted(request):
        return workbooks.answer(f"charges-{month:%Y-%m}", [_bill_sheet(lines)])
    context = {**_bill(lines, months, month), **_estimate(request, charging.pools_of(party))}
    return render(request, "warehouse/costs.html", context)


def _bill(
    lines: Sequence[BillLine], months: Sequence[date], month: date, *, most: int | None = None
) -> dict[str, Any]:
    """A month's sums over all its lines, and the first of them."""
    by_kind = charging.totals(lines)
    shown = lines[:most]
    return {
        "lines": [(line, words.CHARGE_KINDS[line.kind], words.BASES[line.basis]) for line in shown],
        "shown": len(shown),
        "all": len(lines),
        "totals": [(words.CHARGE_KINDS[kind], fen) for kind, fen in by_kind.items()],
        "charged": sum(line.amount_minor for line in lines if line.is_posted),
        "month": month,
        "months": [(f"{each:%Y-%m}", locale.month(each)) for each in months],
        "chosen": f"{month:%Y-%m}",
    }


def _bill_sheet(lines: Sequence[BillLine]) -> SheetOut:
    headings = [
        _("Importer"), _("Kind"), _("Product"), _("Lot"), _("From"), _("Days"), _("Unit days"),
        _("m³ days"), _("Rate, CNY"), _("Per"), _("Source"), _("Amount, CNY"), _("Corrects"),
    ]  # fmt: skip
    told: list[list[Cell]] = [
        [
            line.owner, str(words.CHARGE_KINDS[line.kind]), line.product, line.lot_no,
            line.first_on, line.days, line.unit_days, line.m3_days, line.price,
            str(words.BASES[line.basis]), line.source, charging.yuan(line.amount_minor),
            line.corrects,
        ]
        for line in lines
    ]  # fmt: skip
    return SheetOut(_("Charges"), headings, told)


@access.action("warehouse.overview.view")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The operator's warehouse: how full, how old, what expires, what came short, what drifts."""
    party, today = _party(request), clock.today()
    if workbooks.is_wanted(request):
        return workbooks.answer("warehouse", [_kept_sheet(stock.pool_stock(party, today))])
    found = stock.pool_ageing(party, today, page=_page(request))
    book = book_positions(party)
    context = {
        **_ageing(found, today),
        **_room(kept.occupancy(party)),
        "short": kept.short_receipts(party)[:10],
        "drift": sum(abs(row.reconciliation.drift_units) for row in book),
        "is_pool": True,
        "shelves_form": ShelvesForm(),
    }
    return render(request, "warehouse/overview.html", context)


def _room(zones: Sequence[OccupiedRow]) -> dict[str, Any]:
    """The zones, and a bar of room taken and left, in litres, for each whose room is known."""
    bars = [
        charts.Bar(
            f"{zone.warehouse} · {zone.zone}",
            {
                _("Taken"): zone.taken_cm3 // CM3_PER_LITRE,
                _("Left"): max(zone.room_cm3 - zone.taken_cm3, 0) // CM3_PER_LITRE,
            },
        )
        for zone in zones
        if zone.room_cm3
    ]
    return {"zones": zones, "by_room": bars}


@access.action("warehouse.shelves.enter")
@require_POST
def add_shelves(request: HttpRequest) -> HttpResponse:
    """Enter shelves of a zone in the newest pool's warehouse."""
    form = ShelvesForm(request.POST)
    pool = next(iter(kept.pools_led(_party(request))), None)
    if pool is None or not form.is_valid():
        messages.error(request, _("Write the warehouse and its shelves, one a line."))
        return redirect("warehouse:overview")
    told = form.cleaned_data
    house = services.open_warehouse(pool, told["warehouse"], told["warehouse"])
    if house.pool.operator_id != pool.operator_id:
        raise Http404
    zone = house.zones.get(place=told["place"], is_trade_measure=told["is_trade_measure"])
    room = int(told["room_m3"] * 1_000_000) if told["room_m3"] else None
    new = services.add_shelves(zone, told["codes"].splitlines(), room_cm3=room)
    said = ngettext("%(count)d shelf is new.", "%(count)d shelves are new.", new)
    messages.success(request, said % {"count": new})
    return redirect("warehouse:overview")


@access.action("warehouse.rate.enter")
@require_POST
def enter_rate(request: HttpRequest) -> HttpResponse:
    """Enter a dated rate in every pool that is led."""
    form = RateForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The rate is not complete: write price, day and source."))
        return redirect("warehouse:charges")
    told = form.cleaned_data
    is_posted = told["kind"] != ChargeKind.CAPITAL
    terms = services.RateTerms(
        **{**told, "kind": ChargeKind(told["kind"]), "basis": Basis(told["basis"])},
        is_posted=is_posted,
    )
    for pool in kept.pools_led(_party(request)):
        services.enter_rate(pool, terms)
    messages.success(request, _("The rate is entered."))
    return redirect("warehouse:charges")


def _estimate(request: HttpRequest, pools: Sequence[Pool]) -> dict[str, Any]:
    """What a stay will cost, if one was asked about."""
    form = EstimateForm(request.GET if "gtin" in request.GET else None)
    context: dict[str, Any] = {"estimate_form": form}
    if not (pools and form.is_bound and form.is_valid()):
        return context
    told = form.cleaned_data
    product = Product.objects.filter(gtin=told["gtin"].strip().zfill(14)).first()
    if product is None:
        form.add_error("gtin", _("No product has this GTIN."))
        return context
    made = services.estimate_job(pools[0], product, told["units"], told["days"])
    parts = [(words.CHARGE_KINDS[kind], fen) for kind, fen in made.by_kind.items()]
    return {**context, "estimate": made, "estimated": parts, "estimated_product": product}


@access.action("warehouse.charges.view")
@require_safe
def pool_charges(request: HttpRequest) -> HttpResponse:
    """What the pool charges by month, the rates behind it, and handling that no rate covers."""
    party = _party(request)
    periods = charging.periods(party)
    months = sorted({period.month for period in periods}, reverse=True)
    month = _month(request, months)
    lines = charging.bill_lines(charging.lines_of_pools(party, month))
    pools = kept.pools_led(party)
    missing = [
        (words.KINDS[row.kind], row)
        for pool in pools
        for row in charging.unbilled(pool, first=month, before=add_months(month, 1))
    ]
    if workbooks.is_wanted(request):
        told = [_bill_sheet(lines), workbooks.unbilled(missing)]
        return workbooks.answer(f"charges-{month:%Y-%m}", told)
    rates = ChargeRate.objects.filter(pool__in=pools).order_by("kind", "from_day", "-valid_from")
    context = {
        **_bill(lines, months, month, most=MOST_LINES),
        "unbilled": missing,
        "is_posted": any(row.posted_at for row in periods if row.month == month),
        "rates": [_rate(rate) for rate in rates],
        "rate_form": RateForm(initial={"valid_from": clock.today()}),
        **_estimate(request, pools),
    }
    return render(request, "warehouse/charges.html", context)


def _rate(rate: ChargeRate) -> tuple[ChargeRate, Promise, Promise, Promise | str]:
    touch = words.KINDS[rate.touch] if rate.touch else ""
    return rate, words.CHARGE_KINDS[rate.kind], words.BASES[rate.basis], touch
