"""Asking customs to withdraw a declaration or to take goods back, and following its answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import clock, documents, keys, numbering, tenancy, vault
from core.domain.errors import Refusal
from core.models import Document
from customs import territories
from customs.domain import corrections
from customs.domain.corrections import (
    CANCEL,
    CORRECTION_STEPS,
    GRANTED,
    REFUSED,
    RETURN,
    SETTLED,
    Corrections,
    MoreThanWasSent,
    NothingComesBack,
    after_correction,
)
from customs.domain.states import LET_GO, STATES, WITHDRAW
from customs.jurisdictions.cn.messages.corrections import (
    GOODS_BACK,
    WITHDRAWAL,
    CorrectionCase,
    correction_message,
)
from customs.jurisdictions.cn.messages.retail import Sender
from customs.jurisdictions.cn.messages.signing import write_signed
from customs.models import (
    Correction,
    CorrectionAnswer,
    CorrectionLine,
    Declaration,
    DeclarationLine,
)
from customs.services import giving_back
from customs.services.content import declaration_of, enterprise, latest_attempt
from customs.services.signing import configured_signer
from warehouse.models import DispatchOrder

CODES = {CANCEL: WITHDRAWAL, RETURN: GOODS_BACK}
_SERIES = {CANCEL: "WDR", RETURN: "RET"}


class NoNumberOfCustoms(Refusal):
    """Raised when customs has not given the declaration a number yet."""

    code = "no-number-of-customs"
    reason = "Customs has given declaration {number} no number (清单编号) yet."
    remedy = "Take in the receipts of customs first, then ask again."


class NotReleased(Refusal):
    """Raised when goods are to come back that customs has not released."""

    code = "not-released"
    reason = "Declaration {number} is “{state}”; only released goods can come back."
    remedy = "Before release, ask customs to withdraw the declaration instead."


class CorrectionOpen(Refusal):
    """Raised when a declaration has a request that customs has not finished."""

    code = "correction-open"
    reason = "Request {number} about this declaration is still open."
    remedy = "Wait for the answer of customs to it."


class CorrectionsNotTaken(Refusal):
    """Raised in a territory that takes neither withdrawals nor returns from here."""

    code = "corrections-not-taken"
    reason = "{territory} takes no withdrawals or returns from here."
    remedy = "Ask customs in its own system."


def ask_withdrawal(declaration: Declaration, *, reason: str, request_key: str) -> Correction:
    """Ask customs to withdraw a declaration that it has not released; nothing moves until it does.

    The same key again returns the first request.

    Raises:
        StepNotAllowed: it is not with customs, or released.
        NoNumberOfCustoms, CorrectionOpen, CorrectionsNotTaken: it cannot be asked now.
    """
    return _ask(declaration, CANCEL, {}, reason=reason, request_key=request_key)


def ask_return(
    declaration: Declaration, units: Mapping[int, int], *, reason: str, request_key: str
) -> Correction:
    """Ask customs to take back units by line number of a released declaration.

    The units are set aside at once, so that no two returns bring the same ones back. The same key
    again returns the first request.

    Raises:
        NotReleased, TooLateToReturn, NothingComesBack, MoreThanWasSent: it cannot come back.
        NoNumberOfCustoms, CorrectionOpen, CorrectionsNotTaken: it cannot be asked now.
    """
    return _ask(declaration, RETURN, units, reason=reason, request_key=request_key)


@transaction.atomic
def _ask(
    declaration: Declaration,
    kind: str,
    units: Mapping[int, int],
    *,
    reason: str,
    request_key: str,
) -> Correction:
    with tenancy.as_operator("ask customs for a correction"):
        earlier: Correction | None = Correction.objects.filter(request_key=request_key).first()
        if earlier is not None:
            return earlier
        current = _locked(declaration.pk)
        _refuse_impossible(current, kind)
        lines = _set_aside(current, units) if kind == RETURN else []
        correction = Correction(
            importer_id=current.importer_id,
            declaration=current,
            kind=kind,
            cop_no=numbering.next_number(_SERIES[kind], clock.today().year),
            reason=reason,
            request_key=request_key,
            asked_at=clock.now(),
        )
        correction.save(force_insert=True)
        CorrectionLine.objects.bulk_create(
            CorrectionLine(correction=correction, line=line, units=count) for line, count in lines
        )
        correction.document = _write(correction, {line.line_no: count for line, count in lines})
        correction.save(update_fields=["document"])
        giving_back.tell(
            "customs.correction.asked", correction, units=sum(count for _, count in lines)
        )
        return correction


def _locked(pk: int) -> Declaration:
    return (  # type: ignore[no-any-return]
        Declaration.objects.select_for_update(of=("self",))
        .select_related("order__pool", "order__buyer", "importer", "guarantee", "dispatch_order")
        .get(pk=pk)
    )


def terms_of(declaration: Declaration) -> Corrections:
    """What the declaration's territory says of withdrawals and returns.

    Raises:
        CorrectionsNotTaken: it takes none.
    """
    territory = territories.of(declaration.order.pool)
    if territory.corrections is None:
        raise CorrectionsNotTaken(territory=territory.name)
    return territory.corrections


def _refuse_impossible(declaration: Declaration, kind: str) -> None:
    rules = terms_of(declaration)
    number = declaration.cop_no or str(declaration)
    if kind == CANCEL:
        STATES.next(declaration.state, WITHDRAW)
    elif declaration.state not in LET_GO or declaration.released_at is None:
        raise NotReleased(number=number, state=declaration.state)
    else:
        released_on = timezone.localtime(declaration.released_at).date()
        rules.terms(released_on).refuse_late(released_on, clock.today())
    if not declaration.invt_no:
        raise NoNumberOfCustoms(number=number)
    waiting = declaration.corrections.filter(state__in=sorted(corrections.OPEN)).first()
    if waiting is not None:
        raise CorrectionOpen(number=waiting.cop_no)


def _set_aside(
    declaration: Declaration, units: Mapping[int, int]
) -> list[tuple[DeclarationLine, int]]:
    """Count units as coming back; the database lets no line bring back more than it declared."""
    wanted = {line_no: count for line_no, count in units.items() if count > 0}
    lines = {line.line_no: line for line in declaration.lines.select_related("product")}
    if not wanted or not wanted.keys() <= lines.keys():
        raise NothingComesBack(number=declaration.cop_no)
    for line_no, count in sorted(wanted.items()):
        line = lines[line_no]
        room = DeclarationLine.objects.filter(pk=line.pk, returned_units__lte=F("units") - count)
        if not room.update(returned_units=F("returned_units") + count):
            line.refresh_from_db()
            left = line.units - line.returned_units
            raise MoreThanWasSent(line=line_no, left=left, asked=count)
    return [(lines[line_no], count) for line_no, count in sorted(wanted.items())]


def _write(correction: Correction, units: Mapping[int, int]) -> Document:
    """The request as the message that customs reads, sealed: the buyer stands there in clear."""
    declaration = correction.declaration
    attempt = latest_attempt(declaration)
    batch = attempt.batch
    buyer = vault.reveal(declaration.order.buyer, "correction of a declaration")
    case = CorrectionCase(
        declaration=replace(
            declaration_of(batch, attempt),
            pre_no=declaration.pre_no,
            invt_no=declaration.invt_no,
            buyer_name=buyer.get("name", ""),
            buyer_id_number=buyer.get("id_number", ""),
            buyer_phone=buyer.get("phone", ""),
        ),
        cop_no=correction.cop_no,
        asked_at=correction.asked_at,
        reason=correction.reason,
        units=units,
    )
    sender = Sender(enterprise(batch.broker), settings.CUSTOMS_EXCHANGE_ID)
    message = correction_message(case, CODES[correction.kind], sender)
    return documents.store(
        key=f"customs.correction:{correction.cop_no}",
        content=write_signed(message, configured_signer()),
        filename=f"{CODES[correction.kind]}-{correction.cop_no}.xml",
        media_type="application/xml",
        owner=batch.broker,
        subject=f"correction:{correction.pk}",
        is_sealed=True,
    )


@transaction.atomic
def receive_correction(
    correction: Correction, status: str, at: datetime, raw: str = ""
) -> CorrectionAnswer:
    """Keep an answer to a request and follow it, if it leads further; again: no change.

    A granted withdrawal gives stock, book, year, guarantee and taxes back at once.

    Raises:
        StepNotAllowed: customs grants the withdrawal of what it had released.
    """
    with tenancy.as_operator("answer of customs to a correction"):
        declaration = _locked(correction.declaration_id)
        current = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
        known: CorrectionAnswer | None = current.answers.filter(
            status=status, answered_at=at
        ).first()
        if known is not None:
            return known
        current.declaration = declaration
        return _hear(current, status, at, raw)


def _hear(correction: Correction, status: str, at: datetime, raw: str) -> CorrectionAnswer:
    was = correction.state
    now = after_correction(was, terms_of(correction.declaration).meaning(status))
    error_code = giving_back.error_code(raw) if now == REFUSED else ""
    answer = CorrectionAnswer(
        importer_id=correction.importer_id,
        correction=correction,
        status=status,
        error_code=error_code,
        answered_at=at,
        received_at=clock.now(),
        has_moved=now != was,
        sealed_raw=keys.ring().seal(
            "vault", raw.encode(), f"customs.correction:{correction.cop_no}/{status}".encode()
        ),
    )
    answer.save(force_insert=True)
    if now != was:
        correction.state, correction.answered_at, correction.error_code = now, at, error_code
        _follow(correction)
    return answer


def _follow(correction: Correction) -> None:
    if correction.state == REFUSED:
        _let_go_of_units(correction)
        giving_back.tell("customs.correction.refused", correction, error_code=correction.error_code)
    elif correction.state == GRANTED:
        giving_back.tell("customs.correction.granted", correction)
        if correction.kind == CANCEL:
            giving_back.withdraw(correction)
        elif _has_left(correction.declaration):
            giving_back.expect_back(correction)
    correction.save()


def _has_left(declaration: Declaration) -> bool:
    dispatch = declaration.dispatch_order
    return dispatch is not None and dispatch.state == DispatchOrder.State.SHIPPED


def _let_go_of_units(correction: Correction) -> None:
    for row in correction.lines.all():
        DeclarationLine.objects.filter(pk=row.line_id).update(
            returned_units=F("returned_units") - row.units
        )


@transaction.atomic
def take_goods_back(correction: Correction, *, on: date | None = None) -> Correction:
    """Note that the goods of a granted return are back in the zone, and settle it.

    In time, the taxes go back, the buyer's year and the guarantee are restored, and the units lie
    in quarantine and in the account book. Later than that the units come back and the taxes stay.
    Again: no change.

    Raises:
        StepNotAllowed: customs has not granted the return.
        NotSentYet: the parcel never left the warehouse.
    """
    with tenancy.as_operator("take goods back"):
        declaration = _locked(correction.declaration_id)
        current = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
        if current.back_on is not None:
            return current  # type: ignore[no-any-return]
        current.declaration = declaration
        day = on or clock.today()
        released_on = timezone.localtime(declaration.released_at).date()
        is_late = day > terms_of(declaration).terms(released_on).last_day_back(released_on)
        current.state = CORRECTION_STEPS.next(current.state, "miss" if is_late else "settle")
        current.back_on = day
        giving_back.come_back(current, day)
        if current.state == SETTLED:
            giving_back.restore(current, day)
        else:
            giving_back.tell("customs.correction.late", current)
        current.save()
        return current  # type: ignore[no-any-return]


@transaction.atomic
def close_late_returns(rows: Sequence[Correction], *, on: date | None = None) -> int:
    """Close granted returns whose goods were not back by the last day; how many were closed."""
    day, closed = on or clock.today(), 0
    with tenancy.as_operator("close late returns"):
        for row in rows:
            declaration = _locked(row.declaration_id)
            current = Correction.objects.select_for_update(of=("self",)).get(pk=row.pk)
            released_on = timezone.localtime(declaration.released_at).date()
            current.declaration = declaration
            last = terms_of(declaration).terms(released_on).last_day_back(released_on)
            if current.state == GRANTED and day > last:
                current.state = CORRECTION_STEPS.next(current.state, "miss")
                current.save()
                giving_back.wait_no_longer(current)
                giving_back.tell("customs.correction.late", current)
                closed += 1
    return closed
