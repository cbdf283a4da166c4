"""Gate passes (核放单, SAS121): which lists leave on which vehicle, and what the gate answers.

A pass of the way out stands on approved lists. Its weights are those of their goods, as the lists
say; vehicle and frame come on top. The pass is kept as it was sent, once per number. Its answers
are written down and move no units: the account book follows the lists.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from core import clock, documents, facts
from core.domain.errors import Refusal
from core.models import Document, Fact, Pool
from customs.jurisdictions.cn.messages.bonded_writing import (
    LIST,
    PASS,
    BondedMessage,
    Posting,
    from_parts,
    write_bonded,
)
from customs.jurisdictions.cn.messages.papers import Texts
from customs.jurisdictions.cn.messages.reading import Read, read
from customs.services.exit_lists import list_document

_OUT, _OVER_THE_SECOND_LINE, _BY_LISTS = "E", "3", "1"
_MANY_LISTS, _ONE_LIST = "1", "2"
ANSWERS = {"SAS221": "decided", "SAS223": "passed", "SAS224": "gate"}


class ListNotWritten(Refusal):
    """Raised when a pass names a list that was not written here."""

    code = "list-not-written"
    reason = "List {number} was not written here."
    remedy = "Write the list first, then the pass of the vehicle that takes it out."


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


@transaction.atomic
def write_gate_pass(
    pool: Pool,
    lists: Mapping[str, str],
    vehicle: Vehicle,
    *,
    number: str,
    sender: str,
    card: str = "",
) -> Document:
    """The pass by which lists leave on a vehicle, as sent; kept once per number.

    ``lists`` are our numbers of the lists with the numbers that customs gave them.

    Raises:
        ListNotWritten: one of the lists is not known.
        PassTakenOtherwise: the number was used for something else.
    """
    found = [_list(own) for own in sorted(lists)]
    head = _head(pool, [lists[own] for own in sorted(lists)], vehicle, number, found)
    earlier = documents.find(_key(number))
    if earlier is not None:
        return _refuse_if_different(earlier, number, head)
    message = BondedMessage(
        name=PASS,
        head=head,
        related=tuple(
            {"RtlBillTypecd": _BY_LISTS, "RtlBillNo": lists[own]} for own in sorted(lists)
        ),
        own={"OperCusRegCode": pool.keeper.customs_code},
    )
    document = documents.store(
        key=_key(number),
        content=write_bonded(message, Posting(number, sender, card, clock.now())),
        filename=f"{number}.xml",
        media_type="application/xml",
        owner=pool.keeper,
        subject=f"pool:{pool.pk}",
        is_sealed=True,
    )
    facts.append(
        "customs.pass.written",
        subject=f"pool:{pool.pk}",
        data={
            "pool": pool.pk,
            "number": number,
            "lists": sorted(lists.values()),
            "document": document.pk,
        },
    )
    return document


def _key(number: str) -> str:
    return f"customs.gate-pass:{number}"


def _list(number: str) -> BondedMessage:
    document = list_document(number)
    if document is None:
        raise ListNotWritten(number=number)
    return from_parts(LIST, read(documents.content(document)).parts)


def _refuse_if_different(earlier: Document, number: str, head: Texts) -> Document:
    written = from_parts(PASS, read(documents.content(earlier)).parts)
    if any(written.head.get(name) != head[name] for name in ("RltNo", "VehicleNo", "TotalWt")):
        raise PassTakenOtherwise(number=number)
    return earlier


def _head(
    pool: Pool,
    numbers: Sequence[str],
    vehicle: Vehicle,
    number: str,
    lists: Sequence[BondedMessage],
) -> dict[str, str]:
    keeper, operator = pool.keeper, pool.operator
    gross, net = (_weight(lists, name) for name in ("GrossWt", "NetWt"))
    return {
        "PassportTypecd": _OVER_THE_SECOND_LINE,
        "MasterCuscd": pool.customs_district,
        "DclTypecd": "1",
        "IoTypecd": _OUT,
        "BindTypecd": _MANY_LISTS if len(numbers) > 1 else _ONE_LIST,
        "RltTbTypecd": _BY_LISTS,
        "RltNo": "\\".join(numbers),
        "AreainEtpsno": keeper.customs_code[:10],
        "AreainEtpsNm": keeper.name_zh or keeper.name,
        "AreainEtpsSccd": keeper.uscc,
        "VehicleNo": vehicle.plate,
        "VehicleIcNo": vehicle.card,
        "VehicleWt": _plain(vehicle.weight_kg),
        "VehicleFrameWt": _plain(vehicle.frame_kg),
        "ContainerWt": "0",
        "TotalWt": _plain(vehicle.weight_kg + vehicle.frame_kg + gross),
        "TotalGrossWt": _plain(gross),
        "TotalNetWt": _plain(net),
        "DclErConc": vehicle.driver or operator.name_zh or operator.name,
        "DclEtpsno": operator.customs_code[:10],
        "DclEtpsNm": operator.name_zh or operator.name,
        "DclEtpsSccd": operator.uscc,
        "InputCode": operator.customs_code[:10],
        "InputName": operator.name_zh or operator.name,
        "InputSccd": operator.uscc,
        "EtpsPreentNo": number,
    }


def _weight(lists: Sequence[BondedMessage], name: str) -> Decimal:
    return sum((Decimal(line.get(name, "0")) for each in lists for line in each.lines), Decimal(0))


def _plain(kilograms: Decimal) -> str:
    return f"{kilograms.normalize():f}"


@transaction.atomic
def hear_pass(found: Read) -> int:
    """Write down what customs and the gate answer to passes written here; how many were new."""
    return sum(_hear(number, answer, result) for number, answer, result in _answers(found))


def _answers(found: Read) -> Iterator[tuple[str, str, str]]:
    """Our number of each pass that is answered, with which answer it is and its result."""
    if found.code in ANSWERS:
        for receipt in found.receipts:
            number = receipt.number("etpsPreentNo")
            yield number, ANSWERS[found.code], receipt.status


def _hear(number: str, answer: str, result: str) -> bool:
    if not number or documents.find(_key(number)) is None:
        return False
    subject = f"pass:{number}"
    data = {"number": number, "answer": answer, "result": result}
    said = Fact.objects.filter(name="customs.pass.answered", subject=subject)
    if any(fact.data == data for fact in said):
        return False
    facts.append("customs.pass.answered", subject=subject, data=data)
    return True
