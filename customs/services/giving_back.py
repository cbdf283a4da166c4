"""What a granted withdrawal or a return gives back: stock, book, year, guarantee and taxes."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Sum
from django.utils import timezone

from core import facts, ledger
from core.domain.chart import AccountCode, TransferCode
from customs.domain.corrections import SETTLED, LineBack, collected_part, part_given_back
from customs.domain.states import STATES, WITHDRAW
from customs.models import ConsumerOrder, Correction, CorrectionLine, Declaration
from customs.services import commitments, quantities
from warehouse import services as warehouse
from warehouse.models import DispatchLine, ReturnCase
from warehouse.services import returning

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
    quantities.free_all(declaration.order, lines)
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


def expect_back(correction: Correction) -> list[ReturnCase]:
    """Have the warehouse await what comes back, lot by lot; again: the same cases.

    Raises:
        NotSentYet: the parcel has not left the warehouse.
    """
    wanted = _units_by_product(correction)
    cases = []
    sent = DispatchLine.objects.filter(order_id=correction.declaration.dispatch_order_id)
    for line in sent.order_by("pk"):
        key = f"customs.return:{correction.cop_no}/{line.pk}"
        units = min(wanted[line.product_id], line.units - _awaited(line, key))
        if units > 0:
            wanted[line.product_id] -= units
            asked_on = timezone.localtime(correction.asked_at).date()
            cases.append(returning.announce_return(line, units, request_key=key, on=asked_on))
    return cases


def _units_by_product(correction: Correction) -> Counter[int]:
    units: Counter[int] = Counter()
    for row in correction.lines.select_related("line"):
        units[row.line.product_id] += row.units
    return units


def _awaited(line: DispatchLine, key: str) -> int:
    """Units of a dispatch line that other returns bring back."""
    rows = ReturnCase.objects.filter(dispatch_line=line).exclude(state=ReturnCase.State.CANCELLED)
    return int(rows.exclude(request_key=key).aggregate(Sum("units"))["units__sum"] or 0)


def come_back(correction: Correction, on: date) -> None:
    """Take the units of a return into quarantine and into the account book they came from.

    Raises:
        NotSentYet: the parcel never left the warehouse.
    """
    for case in expect_back(correction):
        returning.receive_back(case, on=on)
        returning.approve_return(case, on=on)


def wait_no_longer(correction: Correction) -> None:
    """Tell the warehouse that nothing of a return will come any more."""
    start = f"customs.return:{correction.cop_no}/"
    for case in ReturnCase.objects.filter(request_key__startswith=start).order_by("pk"):
        if case.state == ReturnCase.State.ANNOUNCED:
            returning.cancel_return(case)


def restore(correction: Correction, on: date) -> None:
    """Give the returned part of year, taxes and guarantee back; all returns together give all."""
    declaration, order = correction.declaration, correction.declaration.order
    rows = list(correction.lines.select_related("line"))
    before = _settled_before(correction)
    value, tax = part_given_back(_line_back(row, before[row.line_id]) for row in rows)
    refund = _collected(declaration, tax)
    commitments.free_year(order, value)
    quantities.free(order, [(row.line, row.units) for row in rows])
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
