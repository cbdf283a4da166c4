"""What a granted withdrawal or a return gives back: stock, book, year, guarantee and taxes."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Sum

from core import facts, ledger
from core.domain.chart import AccountCode, TransferCode
from core.domain.errors import Refusal
from customs.domain.corrections import SETTLED, LineBack, collected_part, part_given_back
from customs.domain.states import STATES, WITHDRAW
from customs.models import ConsumerOrder, Correction, CorrectionLine, Declaration
from customs.services import commitments
from warehouse import services as warehouse
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import BookItem, DispatchLine, DispatchOrder, Movement
from warehouse.services import booking, moving


class NotShipped(Refusal):
    """Raised when goods are to come back that never left."""

    code = "not-shipped"
    reason = "The parcel of declaration {number} has not left the warehouse."
    remedy = "Note the goods as back once the parcel was sent and came back."


_ERROR_CODE = re.compile(r"-\d{4,6}")


def error_code(raw: str) -> str:
    """The code in the words of a refusal."""
    found = _ERROR_CODE.search(raw)
    return found.group() if found else ""


def withdraw(correction: Correction) -> None:
    """Undo a declaration that customs lets us withdraw; the order is cancelled with it.

    Raises:
        StepNotAllowed: customs released it meanwhile.
    """
    declaration = correction.declaration
    state = STATES.next(declaration.state, WITHDRAW)
    lines = list(declaration.lines.select_related("product"))
    commitments.free_stock(declaration, lines)
    commitments.free_year(declaration.order, declaration.dutiable_minor)
    for product, units in commitments.units_by_product(lines):
        warehouse.book_release_out(product, units, declaration.cop_no)
    if declaration.guarantee is not None:
        ledger.void(declaration.guarantee)
    commitments.refund_tax(declaration.order)
    Declaration.objects.filter(pk=declaration.pk).update(state=state)
    ConsumerOrder.objects.filter(pk=declaration.order_id).update(
        state=ConsumerOrder.State.CANCELLED
    )
    correction.state = SETTLED
    correction.value_minor = declaration.dutiable_minor
    correction.tax_minor = declaration.order.tax_minor
    _tell_settled(correction, ())


def come_back(correction: Correction, on: date) -> None:
    """Put the units of a return into quarantine and into the account book they came from.

    Raises:
        NotShipped: the parcel never left the warehouse.
    """
    dispatch = correction.declaration.dispatch_order
    if dispatch is None or dispatch.state != DispatchOrder.State.SHIPPED:
        raise NotShipped(number=correction.declaration.cop_no)
    wanted = _units_by_product(correction)
    moves: list[moving.Move] = []
    into_book: Counter[BookItem] = Counter()
    sent = DispatchLine.objects.filter(order=dispatch).select_related("lot__book_item")
    for line in sent.order_by("pk"):
        units = min(wanted[line.product_id], line.units - _back_already(line))
        if units > 0:
            wanted[line.product_id] -= units
            into_book[line.lot.book_item] += units
            moves.append(_move(correction, line, units))
    moving.lock([(move.lot_id, correction.importer_id) for move in moves])
    moving.record(moves, on=on)
    booking.book_in(expected=into_book, arrived=into_book, reference=correction.cop_no, on=on)


def _units_by_product(correction: Correction) -> Counter[int]:
    units: Counter[int] = Counter()
    for row in correction.lines.select_related("line"):
        units[row.line.product_id] += row.units
    return units


def _back_already(line: DispatchLine) -> int:
    rows = Movement.objects.filter(request_key__startswith=_key(line, ""))
    return int(rows.aggregate(Sum("units"))["units__sum"] or 0)


def _key(line: DispatchLine, number: str) -> str:
    return f"customs.return:{line.pk}/{number}"


def _move(correction: Correction, line: DispatchLine, units: int) -> moving.Move:
    return moving.Move(
        kind=MovementKind.RETURN,
        lot_id=line.lot_id,
        units=units,
        source=moving.Spot(correction.importer_id, Place.CONSUMER),
        target=moving.Spot(correction.importer_id, Place.QUARANTINE),
        request_key=_key(line, correction.cop_no),
        reference=correction.cop_no,
    )


def restore(correction: Correction, on: date) -> None:
    """Give the returned part of year, taxes and guarantee back; all returns together give all."""
    declaration, order = correction.declaration, correction.declaration.order
    rows = list(correction.lines.select_related("line"))
    before = _settled_before(correction)
    value, tax = part_given_back(_line_back(row, before[row.line_id]) for row in rows)
    refund = _collected(declaration, tax)
    commitments.free_year(order, value)
    ledger.transfer_many(
        [*_refund(correction, refund), *_guarantee(correction, tax)],
        group=f"customs.return:{correction.cop_no}",
        on=on,
    )
    Declaration.objects.filter(pk=declaration.pk).update(
        returned_value_minor=F("returned_value_minor") + value,
        returned_tax_minor=F("returned_tax_minor") + tax,
    )
    correction.value_minor, correction.tax_minor = value, refund
    _tell_settled(correction, rows)


def _settled_before(correction: Correction) -> Counter[int]:
    rows = CorrectionLine.objects.filter(
        correction__declaration_id=correction.declaration_id, correction__state=SETTLED
    ).exclude(correction=correction)
    return Counter(dict(rows.values_list("line_id").annotate(Sum("units")).order_by()))


def _line_back(row: CorrectionLine, before: int) -> LineBack:
    line = row.line
    return LineBack(
        line_no=line.line_no,
        units=line.units,
        back_before=before,
        back_now=row.units,
        value_minor=line.dutiable_minor,
        tax_minor=line.duty_minor + line.consumption_tax_minor + line.vat_minor,
    )


def _collected(declaration: Declaration, tax: int) -> int:
    """What of the taxes collected goes with assessed taxes that go back now."""
    collected, assessed = declaration.order.tax_minor, declaration.tax_minor
    before = declaration.returned_tax_minor
    return collected_part(collected, assessed, before + tax) - collected_part(
        collected, assessed, before
    )


def _refund(correction: Correction, refund: int) -> list[ledger.TransferSpec]:
    order = correction.declaration.order
    currency = order.pool.currency
    if not refund:
        return []
    trust = ledger.account(AccountCode.TAX_TRUST, currency, owner=order.importer)
    clearing = ledger.account(AccountCode.PLATFORM_CLEARING, currency, owner=order.platform)
    key = f"customs.return:{correction.cop_no}/tax"
    return [ledger.TransferSpec(key, trust, clearing, refund, TransferCode.REFUND)]


def _guarantee(correction: Correction, tax: int) -> list[ledger.TransferSpec]:
    held = correction.declaration.guarantee
    if held is None or not tax:
        return []
    key = f"{correction.cop_no}/guarantee-restored"
    return [ledger.TransferSpec(key, held.credit, held.debit, tax, TransferCode.GUARANTEE_RESERVED)]


def tell(name: str, correction: Correction, **more: Any) -> None:
    """Write down what became of a request, for the log, the shop and later stages."""
    declaration = correction.declaration
    data = {
        "importer": correction.importer_id,
        "order": declaration.order_id,
        "order_no": declaration.order.order_no,
        "declaration": declaration.pk,
        "correction": correction.pk,
        "kind": str(correction.kind),
        "cop_no": correction.cop_no,
        **more,
    }
    facts.append(name, subject=f"declaration:{declaration.pk}", data=data)


def _tell_settled(correction: Correction, rows: Sequence[CorrectionLine]) -> None:
    goods = [[row.line.product_id, row.units] for row in rows]
    tell(
        "customs.correction.settled",
        correction,
        value_minor=correction.value_minor,
        tax_minor=correction.tax_minor,
        dispatch=correction.declaration.dispatch_order_id,
        goods=goods,
    )
