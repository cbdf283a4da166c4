"""Lists and gate passes in view, and what waits for one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from core.models import Fact, Party, Pool
from customs.domain import zone
from customs.domain.states import LET_GO
from customs.models import Declaration, Load, ZonePaper
from imports.models import Consignment
from warehouse.models import DispatchOrder, Receipt

ROWS_ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """One paper with how far it is."""

    paper_id: int
    number: str
    customs_no: str
    kind: str
    way: str
    state: str
    pool: str
    written_at: datetime
    about: str
    """The consignment that a list brings, or the pass that a list is on."""
    lists: int
    vehicles: int
    """Vehicles among which a list is shared."""


def papers_in_view(party: Party) -> QuerySet[ZonePaper]:
    """Papers of the pools that a broker works for or an operator leads."""
    return ZonePaper.objects.filter(Q(pool__broker=party) | Q(pool__operator=party))


def pools_in_view(party: Party) -> QuerySet[Pool]:
    """Pools that a broker works for or an operator leads, newest first."""
    rows = Pool.objects.filter(Q(broker=party) | Q(operator=party))
    return rows.order_by("-year", "pk")


def rows(party: Party, kind: str, *, before: int | None = None) -> list[ZoneRow]:
    """Papers of a kind, newest first. One query."""
    found = papers_in_view(party).filter(kind=kind)
    if before is not None:
        found = found.filter(pk__lt=before)
    found = found.select_related("pool", "consignment", "gate_pass").annotate(
        n=Count("lists", distinct=True),
        parts=Count("loads__goods__paper", distinct=True),
        vehicles=Count(
            "goods__loads__gate_pass", filter=Q(goods__loads__is_held=True), distinct=True
        ),
    )
    return [_row(paper) for paper in found.order_by("-pk")[:ROWS_ON_A_PAGE]]


def _row(paper: ZonePaper) -> ZoneRow:
    about = paper.consignment.number if paper.consignment else ""
    return ZoneRow(
        paper_id=paper.pk,
        number=paper.number,
        customs_no=paper.customs_no,
        kind=paper.kind,
        way=paper.way,
        state=paper.state,
        pool=paper.pool.code,
        written_at=paper.written_at,
        about=about or (paper.gate_pass.number if paper.gate_pass else ""),
        lists=getattr(paper, "n", 0) + getattr(paper, "parts", 0),
        vehicles=getattr(paper, "vehicles", 0),
    )


def lists_for_a_pass(pool: Pool) -> list[ZonePaper]:
    """Approved lists of a pool that are on no pass, oldest first. One query."""
    shared = Load.objects.filter(goods__paper=OuterRef("pk"), is_held=True)
    found = ZonePaper.objects.filter(
        ~Exists(shared),
        pool=pool,
        kind=zone.LIST,
        state__in=sorted(zone.STANDS),
        gate_pass__isnull=True,
    ).exclude(customs_no="")
    return list(found.select_related("consignment").order_by("pk")[:ROWS_ON_A_PAGE])


def consignments_to_list(party: Party) -> list[Consignment]:
    """Counted consignments that no list brings into the book, oldest first. One query."""
    live = ZonePaper.objects.filter(consignment=OuterRef("pk")).exclude(
        state__in=[zone.REFUSED, zone.CANCELLED]
    )
    counted = Receipt.objects.filter(consignment=OuterRef("pk"))
    found = Consignment.objects.filter(Exists(counted), ~Exists(live))
    found = found.filter(Q(pool__broker=party) | Q(pool__operator=party))
    return list(found.select_related("pool").order_by("pk")[:ROWS_ON_A_PAGE])


@dataclass(frozen=True, slots=True)
class Leaving:
    """Released parcels of a pool that have left and are on no list."""

    pool_id: int
    pool: str
    parcels: int


def leaving(party: Party) -> list[Leaving]:
    """Pools with parcels that wait for a list out. One query."""
    found = _unlisted().filter(Q(order__pool__broker=party) | Q(order__pool__operator=party))
    counted = found.values_list("order__pool_id", "order__pool__code").annotate(Count("pk"))
    return [Leaving(*row) for row in counted.order_by("order__pool_id")]


def _unlisted() -> QuerySet[Declaration]:
    return Declaration.objects.filter(
        state__in=sorted(LET_GO),
        exit_list__isnull=True,
        written_off_on__isnull=True,
        dispatch_order__state=DispatchOrder.State.SHIPPED,
    ).exclude(invt_no="")


def declarations_to_list(pool: Pool, most: int) -> list[Declaration]:
    """Released parcels of a pool that left and are on no list, oldest first. One query."""
    return list(_unlisted().filter(order__pool=pool).order_by("pk")[:most])


def answers(paper: ZonePaper) -> Sequence[Fact]:
    """What was heard of a paper, newest first: the states that it reached. One query."""
    found = Fact.objects.filter(name="customs.zone.moved", subject=f"{paper.kind}:{paper.number}")
    return list(found.order_by("-pk"))


@dataclass(frozen=True, slots=True)
class SharedGoods:
    """A line of a list, and how much of it is on no vehicle yet."""

    line_no: int
    name: str
    units: int
    left: int


@dataclass(frozen=True, slots=True)
class VehiclePart:
    """A vehicle that carries a part of a list."""

    pass_id: int
    number: str
    state: str
    units: int
    gross_g: int


def shared_goods(paper: ZonePaper, lines: Iterable[Mapping[str, str]]) -> list[SharedGoods]:
    """The lines of a list as it was sent, with what no vehicle carries yet. One query."""
    loaded = dict(paper.goods.values_list("line_no", "loaded_units"))
    return [
        SharedGoods(
            int(line["GdsSeqno"]),
            line["GdsNm"],
            int(line["DclQty"]),
            int(line["DclQty"]) - loaded.get(int(line["GdsSeqno"]), 0),
        )
        for line in lines
    ]


def vehicles_of(paper: ZonePaper) -> list[VehiclePart]:
    """Vehicles that were given a part of a list, in the order of their passes. One query."""
    rows = Load.objects.filter(goods__paper=paper)
    summed = rows.values_list("gate_pass_id", "gate_pass__number", "gate_pass__state")
    found = summed.annotate(Sum("units"), Sum("gross_g")).order_by("gate_pass_id")
    return [VehiclePart(*row) for row in found]


def lists_on(gate_pass: ZonePaper) -> list[ZonePaper]:
    """Lists that a pass carries, whole or in part. One query."""
    found = ZonePaper.objects.filter(Q(gate_pass=gate_pass) | Q(goods__loads__gate_pass=gate_pass))
    return list(found.distinct().order_by("pk"))


def loads_of(gate_pass: ZonePaper) -> list[Load]:
    """What a vehicle carries of a list that several share, line by line. One query."""
    return list(gate_pass.loads.select_related("goods").order_by("goods__line_no"))


def may_be_shared(paper: ZonePaper) -> bool:
    """Whether a list may go on several vehicles: approved, and on no pass as a whole."""
    is_open = paper.state in zone.STANDS and bool(paper.customs_no)
    return paper.kind == zone.LIST and is_open and paper.gate_pass_id is None
