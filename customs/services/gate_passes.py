"""Gate passes (核放单, SAS121): which lists go through the gate on which vehicle.

A pass stands on approved lists. Its weights are those of their goods, as the lists say; vehicle
and frame come on top. The pass is kept as it was sent, once per number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from core import clock, facts, numbering
from core.domain.errors import Refusal
from core.models import Pool
from customs.domain import zone
from customs.domain.zone import ListNotWritten
from customs.jurisdictions.cn.messages.bonded_writing import PASS, BondedMessage
from customs.jurisdictions.cn.messages.papers import Texts
from customs.models import Load, ZonePaper
from customs.services import zone_papers

_KINDS = {zone.IN: "1", zone.OUT: "3"}
"""Goods that enter first and are declared then (先入区后报关), and that leave over the second line.

Source: passes of a working operator, 2019."""

_IO = {zone.IN: "I", zone.OUT: "E"}
BY_LISTS = "1"


class Binding(StrEnum):
    """How lists and vehicles are bound (``BindTypecd``): 一车多票, 一票一车, 一票多车."""

    MANY_LISTS = "1"
    ONE_LIST = "2"
    MANY_VEHICLES = "3"


class ListsNotTogether(Refusal):
    """Raised when lists cannot go on one pass."""

    code = "lists-not-together"
    reason = "List {number} is not approved, is on a pass already, or goes another way or pool."
    remedy = "Choose approved lists of one pool that go the same way and are on no pass."


class PassTakenOtherwise(Refusal):
    """Raised when a pass's number was used for other lists or another vehicle."""

    code = "pass-taken-otherwise"
    reason = "Gate pass {number} was written before with other lists or another vehicle."
    remedy = "Give a further pass a number of its own."


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What takes goods through the gate; weights in kilograms."""

    plate: str
    card: str
    weight_kg: Decimal
    frame_kg: Decimal = Decimal(0)
    driver: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a vehicle carries: its lists, in order, and the goods' weights in kilograms."""

    lists: Sequence[ZonePaper]
    gross_kg: Decimal
    net_kg: Decimal


@transaction.atomic
def write_gate_pass(
    pool: Pool,
    lists: Sequence[str],
    vehicle: Vehicle,
    *,
    number: str = "",
    sender: str = "",
    card: str = "",
) -> ZonePaper:
    """The pass by which lists go through the gate on a vehicle, as sent; kept once per number.

    ``lists`` are our numbers of approved lists; without a number the pass gets the next one.

    Raises:
        ListNotWritten: one of the lists is not known.
        ListsNotTogether: a list is not approved, on a pass already, or goes another way.
        PassTakenOtherwise: the number was used for something else.
    """
    carried = locked_lists(lists)
    earlier = zone_papers.find(zone.PASS, number)
    if earlier is None:
        _refuse_unfit(pool, carried)
    number = number or numbering.next_number("GP", clock.today().year)
    binding = Binding.MANY_LISTS if len(carried) > 1 else Binding.ONE_LIST
    head = head_of(_weighed(carried), vehicle, number, binding)
    if earlier is not None:
        return _refuse_if_different(earlier, number, head)
    message = BondedMessage(
        name=PASS,
        head=head,
        related=tuple({"RtlBillTypecd": BY_LISTS, "RtlBillNo": row.customs_no} for row in carried),
        own={"OperCusRegCode": pool.keeper.customs_code},
    )
    paper = zone_papers.keep(
        zone.PASS, carried[0].way, pool, message, number=number, sender=sender, card=card
    )
    ZonePaper.objects.filter(pk__in=[row.pk for row in carried]).update(gate_pass=paper)
    facts.append(
        "customs.pass.written",
        subject=f"pool:{pool.pk}",
        data={
            "pool": pool.pk,
            "number": number,
            "lists": sorted(row.customs_no for row in carried),
            "document": paper.document_id,
        },
    )
    return paper


def locked_lists(numbers: Sequence[str]) -> list[ZonePaper]:
    """Lists by our numbers, locked, in the order of their numbers.

    Raises:
        ListNotWritten: one of them is not known, or none is named.
    """
    rows = ZonePaper.objects.select_for_update(of=("self",)).filter(
        kind=zone.LIST, number__in=numbers
    )
    found = {
        row.number: row
        for row in rows.select_related("pool__keeper", "pool__operator").order_by("pk")
    }
    for number in numbers:
        if number not in found:
            raise ListNotWritten(number=number)
    if not found:
        raise ListNotWritten(number="–")
    return sorted(found.values(), key=lambda row: row.number)


def _refuse_unfit(pool: Pool, lists: Sequence[ZonePaper]) -> None:
    way = lists[0].way
    shared = set(
        Load.objects.filter(goods__paper__in=lists, is_held=True).values_list(
            "goods__paper_id", flat=True
        )
    )
    for row in lists:
        is_free = row.gate_pass_id is None and row.pk not in shared
        is_fit = row.state in zone.STANDS and row.customs_no and is_free
        if not is_fit or row.way != way or row.pool_id != pool.pk:
            raise ListsNotTogether(number=row.number)


def _refuse_if_different(earlier: ZonePaper, number: str, head: Texts) -> ZonePaper:
    written = zone_papers.message_of(earlier)
    if any(written.head.get(name) != head[name] for name in ("RltNo", "VehicleNo", "TotalWt")):
        raise PassTakenOtherwise(number=number)
    return earlier


def _weighed(lists: Sequence[ZonePaper]) -> Carried:
    messages = [zone_papers.message_of(row) for row in lists]
    return Carried(lists, _weight(messages, "GrossWt"), _weight(messages, "NetWt"))


def head_of(carried: Carried, vehicle: Vehicle, number: str, binding: Binding) -> dict[str, str]:
    """The head of a pass: what goes through the gate, on what, and what all of it weighs."""
    lists, pool = carried.lists, carried.lists[0].pool
    keeper, operator = pool.keeper, pool.operator
    gross, net = carried.gross_kg, carried.net_kg
    return {
        "PassportTypecd": _KINDS[lists[0].way],
        "MasterCuscd": pool.customs_district,
        "DclTypecd": "1",
        "IoTypecd": _IO[lists[0].way],
        "BindTypecd": binding.value,
        "RltTbTypecd": BY_LISTS,
        "RltNo": "\\".join(row.customs_no for row in lists),
        "AreainEtpsno": keeper.customs_code[:10],
        "AreainEtpsNm": zone_papers.named(keeper),
        "AreainEtpsSccd": keeper.uscc,
        "VehicleNo": vehicle.plate,
        "VehicleIcNo": vehicle.card,
        "VehicleWt": plain(vehicle.weight_kg),
        "VehicleFrameWt": plain(vehicle.frame_kg),
        "ContainerWt": "0",
        "TotalWt": plain(vehicle.weight_kg + vehicle.frame_kg + gross),
        "TotalGrossWt": plain(gross),
        "TotalNetWt": plain(net),
        "DclErConc": vehicle.driver or zone_papers.named(operator),
        "DclEtpsno": operator.customs_code[:10],
        "DclEtpsNm": zone_papers.named(operator),
        "DclEtpsSccd": operator.uscc,
        "InputCode": operator.customs_code[:10],
        "InputName": zone_papers.named(operator),
        "InputSccd": operator.uscc,
        "EtpsPreentNo": number,
        "DclTime": timezone.localtime(clock.now()).strftime("%Y-%m-%d %H:%M:%S"),
    }


def _weight(lists: Sequence[BondedMessage], name: str) -> Decimal:
    return sum((Decimal(line.get(name, "0")) for each in lists for line in each.lines), Decimal(0))


def plain(kilograms: Decimal) -> str:
    """Kilograms without decimals that say nothing."""
    return f"{kilograms.normalize():f}"
