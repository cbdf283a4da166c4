"""Mending one refused declaration: values of its goods and its waybill, noted before and after.

What decides taxes or the buyer's year is not mended here: code and origin stand in the goods
record, quantities and prices in the order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from core import clock, facts, tenancy
from core.domain.errors import Phrase, Refusal
from core.models import Party
from customs.domain.states import REFUSED
from customs.models import Declaration, DeclarationBatch, DeclarationLine, Mending, Waybill
from customs.services.declaring import declare_batch
from customs.services.taking import PaperUsedBefore

HEAD = 0
_GRAMS = 1000


class NothingToMend(Refusal):
    """Raised when a declaration is to be mended that customs has not refused."""

    code = "nothing-to-mend"
    reason = "Declaration {number} is not refused; customs has it as it is, or has let it go."
    remedy = "Ask customs for a withdrawal or a return instead."


class WeightsDoNotFit(Refusal):
    """Raised when goods would weigh more than the parcel that holds them."""

    code = "weights-do-not-fit"
    reason = "The goods weigh {net} kg net, the parcel {gross} kg gross."
    remedy = "Enter the gross weight of the parcel as it was weighed."


class UnitsDoNotFit(Refusal):
    """Raised when a line's quantities and units do not go together."""

    code = "units-do-not-fit"
    reason = "Line {line}: the quantities and units do not go together."
    remedy = "Give the second quantity with its unit or neither; the same unit has one quantity."


@dataclass(frozen=True, slots=True)
class Mendable:
    """A value that can be mended: where it stands in the message, and where it is kept."""

    part: str
    element: str
    read: Callable[[Any], str]
    write: Callable[[Any, str], None]


def _attribute(element: str, name: str) -> Mendable:
    return Mendable(
        "InventoryList",
        element,
        lambda line: str(getattr(line, name) or ""),
        lambda line, text: setattr(line, name, text),
    )


def _quantity(element: str, name: str) -> Mendable:
    def write(line: DeclarationLine, text: str) -> None:
        setattr(line, name, Decimal(text) if text else None)

    return Mendable("InventoryList", element, lambda line: _plain(getattr(line, name)), write)


def _plain(quantity: Decimal | None) -> str:
    return "" if quantity is None else f"{quantity.normalize():f}"


def _weigh(waybill: Waybill, text: str) -> None:
    waybill.gross_weight_g = int(Decimal(text) * _GRAMS)


ON_A_LINE: Sequence[Mendable] = (
    _attribute("gname", "name_zh"),
    _attribute("gmodel", "specification"),
    _attribute("unit", "unit"),
    _quantity("qty1", "statutory_quantity"),
    _attribute("unit1", "statutory_unit"),
    _quantity("qty2", "second_quantity"),
    _attribute("unit2", "second_unit"),
)
ON_THE_HEAD: Sequence[Mendable] = (
    Mendable(
        "InventoryHead",
        "logisticsNo",
        lambda waybill: waybill.waybill_no,
        lambda waybill, text: setattr(waybill, "waybill_no", text),
    ),
    Mendable(
        "InventoryHead",
        "grossWeight",
        lambda waybill: _plain(Decimal(waybill.gross_weight_g) / _GRAMS),
        _weigh,
    ),
)

Values = Mapping[tuple[int, str], str]
"""Texts by line number (0: the head) and element."""


def values_of(waybill: Waybill, lines: Sequence[DeclarationLine]) -> dict[tuple[int, str], str]:
    """What a declaration says now of everything that can be mended."""
    found = {(HEAD, each.element): each.read(waybill) for each in ON_THE_HEAD}
    for line in lines:
        found |= {(line.line_no, each.element): each.read(line) for each in ON_A_LINE}
    return found


@transaction.atomic
def mend(declaration: Declaration, values: Values, *, by: Party) -> list[Mending]:
    """Change values of a refused declaration and note each, before and after; again: none.

    Texts are those of the message, as its validator takes them.

    Raises:
        NothingToMend: customs has not refused it.
        WeightsDoNotFit, UnitsDoNotFit, PaperUsedBefore: the values contradict each other, or the
            waybill is another order's.
    """
    with tenancy.as_operator("mend a refused declaration"):
        rows = Declaration.objects.select_for_update(of=("self",))
        current = rows.select_related("order__waybill").get(pk=declaration.pk)
        if current.state != REFUSED:
            raise NothingToMend(number=current.cop_no or str(current.pk))
        waybill = current.order.waybill
        lines = list(current.lines.order_by("line_no"))
        before = values_of(waybill, lines)
        changes = {key: text for key, text in values.items() if before.get(key, text) != text}
        if not changes:
            return []
        _change(waybill, lines, changes)
        _refuse_contradictions(waybill, lines, changes)
        waybill.save(update_fields=["waybill_no", "gross_weight_g"])
        for line in lines:
            line.save()
        return _note(current, changes, before, by)


@transaction.atomic
def declare_mended(declaration: Declaration, values: Values, *, by: Party) -> DeclarationBatch:
    """Mend a refused declaration and declare it again, as a batch of its own, or neither.

    The same page sent twice declares once.

    Raises:
        Refusal: as :func:`mend` and ``declare_batch`` say.
    """
    key = f"declaration:{declaration.pk}/again/{declaration.cop_no}"
    earlier = DeclarationBatch.objects.filter(request_key=key).first()
    if earlier is not None:
        return earlier
    mend(declaration, values, by=by)
    return declare_batch(declaration.order.pool, [declaration.order], request_key=key)


def _change(waybill: Waybill, lines: Sequence[DeclarationLine], changes: Values) -> None:
    for each in ON_THE_HEAD:
        if (HEAD, each.element) in changes:
            each.write(waybill, changes[HEAD, each.element])
    for line in lines:
        for each in ON_A_LINE:
            if (line.line_no, each.element) in changes:
                each.write(line, changes[line.line_no, each.element])


def _refuse_contradictions(
    waybill: Waybill, lines: Sequence[DeclarationLine], changes: Values
) -> None:
    net = sum(line.net_weight_g * line.units for line in lines)
    if waybill.gross_weight_g < net:
        kilograms = (f"{grams / _GRAMS:.3f}" for grams in (net, waybill.gross_weight_g))
        raise WeightsDoNotFit(net=next(kilograms), gross=next(kilograms))
    for line in lines:
        is_paired = bool(line.second_quantity) == bool(line.second_unit)
        is_one = line.unit != line.statutory_unit or line.statutory_quantity == line.units
        if not (is_paired and is_one):
            raise UnitsDoNotFit(line=line.line_no)
    if (HEAD, "logisticsNo") in changes:
        others = Waybill.objects.filter(carrier=waybill.carrier_id, waybill_no=waybill.waybill_no)
        if others.exclude(pk=waybill.pk).exists():
            raise PaperUsedBefore(paper=Phrase("waybill"), number=waybill.waybill_no)


def _note(declaration: Declaration, changes: Values, before: Values, by: Party) -> list[Mending]:
    made = Mending.objects.bulk_create(
        Mending(
            declaration=declaration,
            cop_no=declaration.cop_no,
            line_no=line_no,
            element=element,
            before=before[line_no, element],
            after=text,
            by=by,
            at=clock.now(),
        )
        for (line_no, element), text in sorted(changes.items())
    )
    facts.append(
        "customs.declaration.mended",
        subject=f"declaration:{declaration.pk}",
        data={
            "importer": declaration.importer_id,
            "declaration": declaration.pk,
            "cop_no": declaration.cop_no,
            "fields": sorted({element for _, element in changes}),
        },
    )
    return made
