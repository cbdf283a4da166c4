"""One list on several vehicles (一票多车): each has its own gate pass with what it carries.

What vehicles were given of a line is counted beside the line, and the database lets it not exceed
the list. A pass that is refused or taken back holds nothing any more; what passed the gate holds
its part for good.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from core import clock, facts, numbering
from core.domain.errors import Refusal
from customs.domain import zone
from customs.jurisdictions.cn.messages.bonded_writing import PASS, BondedMessage
from customs.jurisdictions.cn.messages.papers import Texts
from customs.models import ListedGoods, Load, ZonePaper
from customs.services import zone_papers
from customs.services.gate_passes import (
    BY_LISTS,
    Binding,
    Carried,
    ListsNotTogether,
    PassTakenOtherwise,
    Vehicle,
    head_of,
    locked_lists,
    plain,
)

_GRAMS = 1000


class NothingLoaded(Refusal):
    """Raised when a vehicle is to carry nothing of a list."""

    code = "nothing-loaded"
    reason = "The vehicle {plate} is given no unit of list {number}."
    remedy = "Say how many units of which line it carries."


class MoreThanListed(Refusal):
    """Raised when vehicles would carry more of a line than its list declares."""

    code = "more-than-listed"
    reason = "Line {line} of list {number}: {left} units are on no vehicle yet; {asked} were asked."
    remedy = "Load {left} units or fewer, or take another vehicle's pass back first."


class PassedBesidesOthers(Refusal):
    """Raised when a vehicle passed whose pass had ended, and others were given its goods since."""

    code = "passed-besides-others"
    reason = "Pass {pass_no} passed the gate, but other vehicles hold its units of list {number}."
    remedy = "Take the pass of the other vehicle back, then hand the receipt in again."


@transaction.atomic
def write_shared_pass(
    paper: ZonePaper,
    vehicle: Vehicle,
    units: Mapping[int, int],
    *,
    number: str = "",
    sender: str = "",
    card: str = "",
) -> ZonePaper:
    """The pass of one of several vehicles that carry a list; ``units`` by the list's line number.

    Kept once per number; without a number the pass gets the next one. Weights are the line's
    share for the units, in whole grams: the last vehicle takes what is left, so that all together
    weigh what the list says.

    Raises:
        ListsNotTogether: the list is not approved, or on the pass of one vehicle as a whole.
        NothingLoaded, MoreThanListed: the vehicle carries nothing, or more than is left.
        PassTakenOtherwise: the number was used for something else.
    """
    (listed,) = locked_lists([paper.number])
    wanted = {line: count for line, count in sorted(units.items()) if count > 0}
    earlier = zone_papers.find(zone.PASS, number)
    if earlier is not None:
        return _refuse_if_different(earlier, listed, vehicle, wanted)
    if listed.state not in zone.STANDS or not listed.customs_no or listed.gate_pass_id is not None:
        raise ListsNotTogether(number=listed.number)
    lines = {int(line["GdsSeqno"]): line for line in zone_papers.message_of(listed).lines}
    if not wanted or not wanted.keys() <= lines.keys():
        raise NothingLoaded(plate=vehicle.plate, number=listed.number)
    number = number or numbering.next_number("GP", clock.today().year)
    loads = _load(listed, goods_of(listed), wanted)
    return _keep(listed, vehicle, loads, lines, number=number, sender=sender, card=card)


def goods_of(listed: ZonePaper) -> dict[int, ListedGoods]:
    """The lines of a list as vehicles share them, by number; made at the first look."""
    rows = ListedGoods.objects.filter(paper=listed)
    found = {row.line_no: row for row in rows}
    if not found:
        ListedGoods.objects.bulk_create(
            ListedGoods(
                paper=listed,
                line_no=int(line["GdsSeqno"]),
                units=int(line["DclQty"]),
                gross_g=_grams(line["GrossWt"]),
                net_g=_grams(line["NetWt"]),
            )
            for line in zone_papers.message_of(listed).lines
        )
        found = {row.line_no: row for row in rows.all()}
    return found


def _grams(kilograms: str) -> int:
    return int(Decimal(kilograms) * _GRAMS)


def _load(
    listed: ZonePaper, goods: Mapping[int, ListedGoods], wanted: Mapping[int, int]
) -> list[Load]:
    loads = []
    for line_no, units in wanted.items():
        row = goods[line_no]
        left = row.units - row.loaded_units
        if units > left:
            raise MoreThanListed(line=line_no, number=listed.number, left=left, asked=units)
        load = Load(
            goods=row,
            units=units,
            gross_g=_share(row.gross_g, row.loaded_gross_g, row, units),
            net_g=_share(row.net_g, row.loaded_net_g, row, units),
        )
        if not _hold(load):
            raise MoreThanListed(line=line_no, number=listed.number, left=left, asked=units)
        loads.append(load)
    return loads


def _share(whole: int, loaded: int, row: ListedGoods, units: int) -> int:
    return zone.share_of_weight(whole, loaded, row.units, row.loaded_units, units)


def _hold(load: Load) -> bool:
    """Count a load beside its line; False where the line has no room for it."""
    room = ListedGoods.objects.filter(
        pk=load.goods_id,
        units__gte=F("loaded_units") + load.units,
        gross_g__gte=F("loaded_gross_g") + load.gross_g,
        net_g__gte=F("loaded_net_g") + load.net_g,
    )
    return bool(
        room.update(
            loaded_units=F("loaded_units") + load.units,
            loaded_gross_g=F("loaded_gross_g") + load.gross_g,
            loaded_net_g=F("loaded_net_g") + load.net_g,
        )
    )


def _keep(
    listed: ZonePaper,
    vehicle: Vehicle,
    loads: Sequence[Load],
    lines: Mapping[int, Texts],
    *,
    number: str,
    sender: str,
    card: str,
) -> ZonePaper:
    goods = tuple(
        _line(place, load, lines[load.goods.line_no]) for place, load in enumerate(loads, start=1)
    )
    carried = Carried([listed], _kilograms(loads, "gross_g"), _kilograms(loads, "net_g"))
    message = BondedMessage(
        name=PASS,
        head=head_of(carried, vehicle, number, Binding.MANY_VEHICLES),
        lines=goods,
        related=({"RtlBillTypecd": BY_LISTS, "RtlBillNo": listed.customs_no},),
        own={"OperCusRegCode": listed.pool.keeper.customs_code},
    )
    made = zone_papers.keep(
        zone.PASS, listed.way, listed.pool, message, number=number, sender=sender, card=card
    )
    for load in loads:
        load.gate_pass = made
    Load.objects.bulk_create(loads)
    facts.append(
        "customs.pass.written",
        subject=f"pool:{listed.pool_id}",
        data={
            "pool": listed.pool_id,
            "number": number,
            "lists": [listed.customs_no],
            "document": made.document_id,
        },
    )
    return made


def _kilograms(loads: Sequence[Load], name: str) -> Decimal:
    return Decimal(sum(getattr(load, name) for load in loads)) / _GRAMS


def _line(place: int, load: Load, listed: Texts) -> Texts:
    return {
        "PassportSeqNo": str(place),
        "RltGdsSeqno": str(load.goods.line_no),
        "GdsMtno": listed["GdsMtno"],
        "Gdecd": listed["Gdecd"],
        "GdsNm": listed["GdsNm"],
        "DclUnitcd": listed["DclUnitcd"],
        "DclQty": str(load.units),
        "GrossWt": plain(Decimal(load.gross_g) / _GRAMS),
        "NetWt": plain(Decimal(load.net_g) / _GRAMS),
    }


def _refuse_if_different(
    earlier: ZonePaper, listed: ZonePaper, vehicle: Vehicle, wanted: Mapping[int, int]
) -> ZonePaper:
    rows = earlier.loads.filter(goods__paper=listed)
    held = dict(rows.values_list("goods__line_no", "units"))
    plate = zone_papers.message_of(earlier).head.get("VehicleNo")
    if held != wanted or plate != vehicle.plate:
        raise PassTakenOtherwise(number=earlier.number)
    return earlier


def keep_what_passed(gate_pass: ZonePaper) -> None:
    """Give a vehicle that passed what its pass had let go of when it ended.

    Raises:
        PassedBesidesOthers: other vehicles were given it meanwhile.
    """
    for load in gate_pass.loads.filter(is_held=False).select_related("goods__paper"):
        if not _hold(load):
            raise PassedBesidesOthers(pass_no=gate_pass.number, number=load.goods.paper.number)
        load.is_held = True
        load.save(update_fields=["is_held"])


def passed_units(listed: ZonePaper) -> dict[int, int]:
    """Units of a list's lines that passed the gate on vehicles of their own, by line. One query."""
    rows = Load.objects.filter(goods__paper=listed, gate_pass__state=zone.PASSED)
    summed = rows.values_list("goods__line_no").annotate(Sum("units")).order_by()
    return Counter(dict(summed))


def shared_lists(gate_pass: ZonePaper) -> list[ZonePaper]:
    """The list that a vehicle carries a part of, if it does. One query."""
    rows = ZonePaper.objects.filter(goods__loads__gate_pass=gate_pass).distinct()
    return list(rows.select_related("consignment__pool", "gate_pass").order_by("pk"))
