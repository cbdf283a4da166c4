"""Answers of customs: heard once, kept as received, followed only upwards."""

import re
from datetime import datetime

from django.db import transaction

from core import clock, facts, keys, ledger, tenancy
from core.domain.errors import Refusal
from customs import notices, territories
from customs.domain.states import (
    ACCEPTED,
    CANCELLED,
    HELD,
    INSPECTED,
    LET_GO,
    REFUSED,
    UnknownReturnCode,
    after_answer,
)
from customs.models import Attempt, ConsumerOrder, CustomsReceipt, Declaration
from customs.services import commitments, payment_desk, quantities
from warehouse import services as warehouse

_TOLD = (ACCEPTED, INSPECTED, HELD)
"""Answers on the way to release that others are told of."""
_ERROR_CODE = re.compile(r"-\d{4,6}")


class AnswerBeforeDeclaration(Refusal):
    """Raised when an answer is older than anything that was declared."""

    code = "answer-before-declaration"
    reason = "An answer of {at} speaks of a declaration first made at {declared_at}."
    remedy = "Check to which declaration the answer belongs."


@transaction.atomic
def receive_answer(
    declaration: Declaration,
    status: str,
    at: datetime,
    raw: str = "",
    *,
    pre_no: str = "",
    invt_no: str = "",
    cop_no: str = "",
) -> CustomsReceipt:
    """Keep an answer of customs and follow it, if it leads further than what is known.

    The same answer again returns what is kept and changes nothing. Answers given before the
    latest attempt are kept with the attempt that they speak of: the one that ``cop_no`` names,
    else the latest that was made by then.

    Raises:
        UnknownReturnCode: the status is not in the territory's table.
        AnswerBeforeDeclaration: nothing had been declared by then.
    """
    with tenancy.as_operator("answer of customs"):
        current = (
            Declaration.objects.select_for_update(of=("self",))
            .select_related("order__pool", "importer", "guarantee")
            .get(pk=declaration.pk)
        )
        named = current.attempts.filter(cop_no=cop_no).first() if cop_no else None
        attempt = named or _attempt_at(current, at)
        known = attempt.receipts.filter(status=status, answered_at=at).first()
        if known is not None:
            return known
        return _hear(current, attempt, status, at, raw, pre_no, invt_no)


def _attempt_at(declaration: Declaration, at: datetime) -> Attempt:
    attempts = list(declaration.attempts.order_by("number"))
    spoken_of = [attempt for attempt in attempts if attempt.declared_at <= at]
    if not spoken_of:
        first = attempts[0].declared_at.isoformat() if attempts else "—"
        raise AnswerBeforeDeclaration(at=at.isoformat(), declared_at=first)
    return spoken_of[-1]


def _hear(
    declaration: Declaration,
    attempt: Attempt,
    status: str,
    at: datetime,
    raw: str,
    pre_no: str,
    invt_no: str,
) -> CustomsReceipt:
    state = _state_meant(declaration, status)
    was = declaration.state
    is_current = attempt.cop_no == declaration.cop_no
    now = after_answer(was, state) if is_current else was
    error_code = _error_code(raw) if state == REFUSED else ""
    receipt = _keep(attempt, declaration, status, at, raw, error_code, has_moved=now != was)
    if is_current:
        declaration.pre_no = pre_no or declaration.pre_no
        declaration.invt_no = invt_no or declaration.invt_no
    if now != was:
        _follow(declaration, attempt, was=was, now=now, at=at, error_code=error_code)
        if now == REFUSED:
            payment_desk.note_missing(declaration, raw)
    elif was == CANCELLED:
        attempt.state = after_answer(attempt.state, state)
        attempt.save(update_fields=["state"])
    if is_current:
        declaration.save()
    return receipt


def _state_meant(declaration: Declaration, status: str) -> str:
    """The state that a status leads to; any negative status is a refusal by the system."""
    if status.startswith("-"):
        return REFUSED
    known = territories.of(declaration.order.pool).return_codes.get(status)
    if known is None:
        raise UnknownReturnCode(status=status)
    return known.state


def _error_code(raw: str) -> str:
    found = _ERROR_CODE.search(raw)
    return found.group() if found else ""


def _keep(
    attempt: Attempt,
    declaration: Declaration,
    status: str,
    at: datetime,
    raw: str,
    error_code: str,
    *,
    has_moved: bool,
) -> CustomsReceipt:
    receipt = CustomsReceipt(
        importer_id=declaration.importer_id,
        attempt=attempt,
        status=status,
        error_code=error_code,
        answered_at=at,
        received_at=clock.now(),
        has_moved=has_moved,
        sealed_raw=keys.ring().seal("vault", raw.encode(), _context(attempt, status)),
    )
    receipt.save(force_insert=True)
    return receipt


def words_of(receipt: CustomsReceipt) -> str:
    """An answer in customs' own words."""
    context = _context(receipt.attempt, receipt.status)
    return keys.ring().unseal("vault", bytes(receipt.sealed_raw), context).decode()


def _context(attempt: Attempt, status: str) -> bytes:
    return f"customs.answer:{attempt.cop_no}/{status}".encode()


def _follow(
    declaration: Declaration, attempt: Attempt, *, was: str, now: str, at: datetime, error_code: str
) -> None:
    declaration.state = attempt.state = now
    declaration.error_code = attempt.error_code = error_code
    attempt.save(update_fields=["state", "error_code"])
    if now == REFUSED:
        _give_back(declaration)
        _tell("customs.declaration.refused", declaration)
        notices.tell_refused(declaration)
    elif now in LET_GO and was not in LET_GO:
        _let_go(declaration, at)
        _tell("customs.declaration.released", declaration)
    elif now in _TOLD:
        _tell(f"customs.declaration.{now}", declaration)


def _give_back(declaration: Declaration) -> None:
    """Free everything that the refused declaration had taken up; the taxes stay in trust."""
    lines = list(declaration.lines.select_related("product"))
    commitments.free_stock(declaration, lines)
    commitments.free_year(declaration.order, declaration.dutiable_minor)
    quantities.free_all(declaration.order, lines)
    for product, units in commitments.units_by_product(lines):
        warehouse.book_release_out(product, units, declaration.cop_no)
    if declaration.guarantee is not None:
        ledger.void(declaration.guarantee)
    _set_order(declaration, ConsumerOrder.State.REFUSED)


def _let_go(declaration: Declaration, at: datetime) -> None:
    """Have the warehouse pick and ship what customs released; the guarantee now stands for it."""
    lines = list(declaration.lines.all())
    declaration.dispatch_order = warehouse.dispatch(
        declaration.importer, declaration.cop_no, commitments.reservations(declaration, lines)
    )
    declaration.released_at = at
    if declaration.guarantee is not None:
        ledger.post(declaration.guarantee)
    _set_order(declaration, ConsumerOrder.State.RELEASED)


def _set_order(declaration: Declaration, state: str) -> None:
    ConsumerOrder.objects.filter(pk=declaration.order_id).update(state=state)


def _tell(name: str, declaration: Declaration) -> None:
    facts.append(
        name,
        subject=f"declaration:{declaration.pk}",
        data={
            "importer": declaration.importer_id,
            "declaration": declaration.pk,
            "order": declaration.order_id,
            "order_no": declaration.order.order_no,
            "cop_no": declaration.cop_no,
            "dispatch": declaration.dispatch_order_id,
            "invt_no": declaration.invt_no,
            "error_code": declaration.error_code,
        },
    )
