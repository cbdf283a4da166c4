"""What an officer, an auditor or the desk itself sees of a pool: stock, trail, partners, times."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from core import clock, onboarding
from core.models import Fact, Party, Pool
from customs.domain.release_times import ReleaseCase, ReleaseTimes, release_times
from customs.domain.states import INSPECTED, LET_GO, REFUSED
from customs.models import (
    Attempt,
    CreditGrade,
    CustomsReceipt,
    Declaration,
    DeclarationLine,
    InspectionGrant,
)
from warehouse.domain.stock import INSIDE
from warehouse.models import BookItem, Holding, Lot
from warehouse.reconciling import reconciled

ROWS_ON_A_PAGE = 100
MOST_FACTS = 500
WINDOW = timedelta(days=365)
INSPECTING = "500"


@dataclass(frozen=True, slots=True)
class BookRow:
    """One item of the account book beside the shelves."""

    book: str
    item_no: int
    gtin: str
    product: str
    in_book: int
    on_shelves: int
    explained: int
    drift: int


@dataclass(frozen=True, slots=True)
class StockRow:
    """Units of one lot at one place, whoever owns them."""

    lot_id: int
    product: str
    gtin: str
    lot: str
    place: str
    units: int
    reserved: int
    received_on: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class DeclarationRow:
    """One declaration: its numbers, its state and its times."""

    declaration_id: int
    cop_no: str
    invt_no: str
    importer: str
    state: str
    declared_at: datetime | None
    released_at: datetime | None
    dutiable_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One party that works in a pool: how its papers stand, and what customs said of its goods."""

    party: Party
    papers: str
    declared: int
    released: int
    refused: int
    credit: CreditGrade | None = None
    """The grade that customs gives it on the day, where it was noted."""


def grants(operator: Party) -> QuerySet[InspectionGrant]:
    """Grants of an operator's pools, newest first."""
    rows = InspectionGrant.objects.filter(pool__operator=operator)
    return rows.select_related("pool", "granted_by").order_by("-pk")


def book(pool: Pool) -> list[BookRow]:
    """Each item of the pool's account books beside the shelves, as of now. Six queries."""
    items = BookItem.objects.filter(book__pool=pool).select_related("book", "product")
    return [
        BookRow(
            item.book.number,
            item.item_no,
            item.product.gtin,
            item.product.name_zh or item.product.name,
            row.counters.on_hand_units,
            row.physical,
            row.explained_units,
            row.drift_units,
        )
        for item, row in reconciled(items.order_by("book__number", "item_no"))
    ]


def stock(pool: Pool) -> list[StockRow]:
    """What lies in the pool now, lot by lot and place by place. One query."""
    rows = Holding.objects.filter(
        lot__book_item__book__pool=pool, place__in=sorted(INSIDE), units__gt=0
    )
    totals: Counter[tuple[Any, ...]] = Counter()
    reserved: Counter[tuple[Any, ...]] = Counter()
    for *key, units, held in rows.order_by("lot_id", "place").values_list(
        "lot_id", "lot__product__name_zh", "lot__product__gtin", "lot__number", "place",
        "lot__received_on", "lot__expires_on", "units", "reserved_units",
    ):  # fmt: skip
        totals[tuple(key)] += units
        reserved[tuple(key)] += held
    return [
        StockRow(lot, product, gtin, number, place, units, reserved[key], received_on, expires_on)
        for key, units in totals.items()
        for lot, product, gtin, number, place, received_on, expires_on in (key,)
    ]


def lot_number(pool: Pool, pk: int) -> str | None:
    """The number of a lot of a pool, whether or not units are left. One query."""
    rows = Lot.objects.filter(pk=pk, book_item__book__pool=pool)
    return rows.values_list("number", flat=True).first()


def declarations(
    pool: Pool, *, number: str = "", before: int | None = None, limit: int = ROWS_ON_A_PAGE
) -> list[DeclarationRow]:
    """Declarations of a pool, newest first, or those of a number. One query."""
    rows = _declared(pool)
    if number:
        rows = rows.filter(Q(cop_no=number) | Q(invt_no=number) | Q(order__order_no=number))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_declaration(row) for row in rows.order_by("-pk")[:limit]]


def declared_between(pool: Pool, first: date, last: date) -> QuerySet[Declaration]:
    """Declarations made from one day to another, both included, oldest first."""
    rows = _declared(pool).filter(declared_at__date__gte=first, declared_at__date__lte=last)
    return rows.order_by("pk")


def _declared(pool: Pool) -> QuerySet[Declaration]:
    rows = Declaration.objects.filter(order__pool=pool).exclude(cop_no="")
    return rows.select_related("importer", "order")


def _declaration(row: Declaration) -> DeclarationRow:
    return DeclarationRow(
        row.pk,
        row.cop_no,
        row.invt_no,
        row.importer.name,
        row.state,
        row.declared_at,
        row.released_at,
        row.dutiable_minor,
        row.tax_minor,
    )


def declaration(pool: Pool, pk: int) -> Declaration | None:
    """One declaration of a pool. One query."""
    return _declared(pool).filter(pk=pk).first()


def answers(declaration: Declaration) -> list[CustomsReceipt]:
    """Every answer of customs to it, oldest first. One query."""
    rows = CustomsReceipt.objects.filter(attempt__declaration=declaration)
    return list(rows.select_related("attempt").order_by("answered_at", "pk"))


def trail(subjects: Iterable[str]) -> list[Fact]:
    """What the log holds of subjects, in its order, with each fact's place. One query."""
    rows = Fact.objects.filter(subject__in=list(subjects)).select_related("entry")
    return list(rows.order_by("pk")[:MOST_FACTS])


def subjects_of(declaration: Declaration) -> list[str]:
    """Under which subjects the log speaks of a declaration."""
    found = [f"order:{declaration.order_id}", f"declaration:{declaration.pk}"]
    if declaration.batch_id:
        found.append(f"batch:{declaration.batch_id}")
    return found


def partners(pool: Pool, on: date) -> list[PartnerRow]:
    """Everybody who works in a pool: papers, credit, how its declarations fared in a year."""
    since = clock.now() - WINDOW
    rows = Attempt.objects.filter(declaration__order__pool=pool, declared_at__gte=since)
    counted: dict[int, Counter[str]] = {}
    for party, state, count in (
        rows.values_list("declaration__importer_id", "state").annotate(Count("pk")).order_by()
    ):
        counted.setdefault(party, Counter())[state] += count
    known = {pool.operator_id, pool.keeper_id, pool.broker_id, *counted}
    parties = Party.objects.filter(pk__in=known).prefetch_related("proofs").order_by("kind", "name")
    credit = grades(known, on)
    return [
        replace(_partner(party, counted.get(party.pk, Counter()), on), credit=credit.get(party.pk))
        for party in parties
    ]


def grades(parties: Iterable[int | None], on: date) -> dict[int, CreditGrade]:
    """The grades of parties that hold on a day: of each the newest, the last noted. One query."""
    rows = CreditGrade.objects.filter(party__in=[pk for pk in parties if pk], since__lte=on)
    return {row.party_id: row for row in rows.order_by("since", "pk")}


def _partner(party: Party, states: Counter[str], on: date) -> PartnerRow:
    found = onboarding.checks(party, on)
    worst = next((check.state for check in found if not check.is_passed), "")
    return PartnerRow(
        party,
        worst or ("expiring" if any(check.state == "expiring" for check in found) else "ok"),
        sum(states.values()),
        sum(states[state] for state in LET_GO),
        states[REFUSED],
    )


def times(pools: Iterable[Pool]) -> list[ReleaseTimes]:
    """Release times of a year's attempts by importer and code of the first line. One query."""
    first = DeclarationLine.objects.filter(declaration=OuterRef("declaration"), line_no=1)
    looked = CustomsReceipt.objects.filter(attempt=OuterRef("pk"), status=INSPECTING)
    rows = (
        Attempt.objects.filter(
            declaration__order__pool__in=list(pools), declared_at__gte=clock.now() - WINDOW
        )
        .annotate(hs=Subquery(first.values("hs_code")[:1]), looked=Exists(looked))
        .annotate(let_go=F("declaration__released_at"))
        .values_list(
            "declaration__importer__name", "hs", "state", "declared_at", "let_go", "looked"
        )
    )
    return release_times(
        ReleaseCase(
            importer,
            hs or "",
            let_go - declared_at if state in LET_GO and let_go else None,
            is_refused=state == REFUSED,
            is_inspected=looked or state == INSPECTED,
        )
        for importer, hs, state, declared_at, let_go, looked in rows.order_by()
    )


def gradable(operator: Party) -> QuerySet[Party]:
    """Who works in an operator's pools: operator, keepers, brokers, and importers that declared."""
    pools = Pool.objects.filter(operator=operator)
    declaring = Declaration.objects.filter(order__pool__in=pools).values("importer_id")
    return Party.objects.filter(
        Q(pk=operator.pk)
        | Q(pk__in=pools.values("keeper_id"))
        | Q(pk__in=pools.values("broker_id"))
        | Q(pk__in=declaring)
    ).order_by("kind", "name")
