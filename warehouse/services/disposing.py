"""Disposal cases: opened by themselves, authorised, planned, executed, filed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet, Sum

from core import clock, documents, facts, numbering, tenancy
from core.models import Pool
from warehouse.domain.disposal import (
    DISPOSAL_STEPS,
    AuthorisationMissing,
    DisposalReason,
    EvidenceKind,
    EvidenceMissing,
    Way,
    check_extension,
    check_way,
    execute_by,
    keep_until,
    needed_to_file,
    papers_due,
)
from warehouse.domain.papers import PaperKind
from warehouse.domain.stock import INSIDE, Place
from warehouse.models import DisposalCase, DisposalEvidence, Holding, Lot
from warehouse.services import papers

OPEN = ("open", "authorised", "planned")


@dataclass(frozen=True)
class Due:
    """Units that must go, and why."""

    lot_id: int
    owner_id: int
    units: int
    reason: DisposalReason
    source: str


@transaction.atomic
def open_cases(pool: Pool, *, on: date | None = None) -> list[DisposalCase]:
    """Open a case for everything that expired or lies damaged; those opened now.

    Goods with an open case get no second one, and a cause opens one case only, so that running
    again opens nothing.
    """
    Pool.objects.select_for_update().get(pk=pool.pk)
    today = on or clock.today()
    return _open(pool, [*_expired(pool, today), *_damaged(pool)], today)


@transaction.atomic
def open_for_recall(recall_id: int, lot_ids: Iterable[int]) -> list[DisposalCase]:
    """Open cases for what lies in quarantine of recalled lots; once per recall."""
    opened = []
    lots = Lot.objects.filter(pk__in=list(lot_ids)).select_related(
        "receipt_line__receipt__consignment__pool"
    )
    for lot in lots.order_by("pk"):
        held = _held(Holding.objects.filter(lot=lot, place=Place.QUARANTINE))
        dues = [Due(*row, DisposalReason.RECALLED, f"recall:{recall_id}") for row in held]
        opened += _open(lot.receipt_line.receipt.consignment.pool, dues, clock.today())
    return opened


def _held(holdings: QuerySet[Holding]) -> list[tuple[int, int, int]]:
    """Lot, owner and units of some holdings. One query."""
    rows = holdings.filter(units__gt=0).order_by("lot_id", "owner_id")
    return list(rows.values_list("lot_id", "owner_id").annotate(Sum("units")))


def _of(pool: Pool) -> QuerySet[Holding]:
    return Holding.objects.filter(lot__receipt_line__receipt__consignment__pool=pool)


def _expired(pool: Pool, today: date) -> list[Due]:
    rows = _of(pool).filter(lot__expires_on__lt=today, place__in=sorted(INSIDE))
    return [Due(*row, DisposalReason.EXPIRED, "expiry") for row in _held(rows)]


def _damaged(pool: Pool) -> list[Due]:
    """What arrived damaged, and lies in quarantine still."""
    rows = _of(pool).filter(place=Place.QUARANTINE, lot__receipt_line__damaged__gt=0)
    damaged = dict(rows.order_by().values_list("lot_id", "lot__receipt_line__damaged").distinct())
    return [
        Due(lot, owner, min(units, damaged[lot]), DisposalReason.DAMAGED, "damage")
        for lot, owner, units in _held(rows)
    ]


def _open(pool: Pool, dues: list[Due], today: date) -> list[DisposalCase]:
    """Cases for what has none yet; the first cause of a lot and owner wins."""
    spots = {(due.lot_id, due.owner_id) for due in dues}
    known = DisposalCase.objects.filter(lot_id__in={lot for lot, _ in spots})
    taken = set(known.filter(state__in=OPEN).values_list("lot_id", "owner_id"))
    before = set(known.values_list("lot_id", "owner_id", "source"))
    fresh: dict[tuple[int, int], Due] = {}
    for due in dues:
        spot = (due.lot_id, due.owner_id)
        if spot not in taken and (*spot, due.source) not in before:
            fresh.setdefault(spot, due)
    numbers = numbering.next_numbers("DC", today.year, len(fresh)) if fresh else []
    made = DisposalCase.objects.bulk_create(
        DisposalCase(
            number=number,
            pool=pool,
            lot_id=due.lot_id,
            owner_id=due.owner_id,
            units=due.units,
            reason=due.reason,
            source=due.source,
            opened_on=today,
        )
        for number, due in zip(numbers, fresh.values(), strict=True)
    )
    facts.append_many([_fact("opened", case) for case in made])
    return made


def _fact(step: str, case: DisposalCase) -> tuple[str, str, dict[str, object]]:
    data = {
        "case": case.pk,
        "lot": case.lot_id,
        "owner": case.owner_id,
        "units": case.units,
        "reason": str(case.reason),
        "way": str(case.way),
    }
    return (f"warehouse.disposal.{step}", f"lot:{case.lot_id}", data)


def add_evidence(
    case: DisposalCase, kind: EvidenceKind, content: bytes, filename: str, media_type: str
) -> DisposalEvidence:
    """Keep a paper or recording of a case, sealed; the same file again is kept once."""
    document = documents.store(
        key=f"disposal/{case.pk}/{kind}/{sha256(content).hexdigest()}",
        content=content,
        filename=filename[:100],
        media_type=media_type,
        subject=f"disposal:{case.pk}",
        is_sealed=True,
    )
    kept, _ = DisposalEvidence.objects.get_or_create(
        case=case,
        kind=kind,
        document=document,
        defaults={"added_at": clock.now(), "actor": tenancy.actor()},
    )
    return kept


@transaction.atomic
def authorise(case: DisposalCase) -> DisposalCase:
    """Go on with the domestic agent's authorisation, which must be on file.

    Raises:
        AuthorisationMissing: it is not.
        StepNotAllowed: the case is beyond that.
    """
    case = _locked(case)
    case.state = DISPOSAL_STEPS.next(case.state, "authorise")
    if EvidenceKind.AUTHORISATION not in _on_file(case):
        raise AuthorisationMissing
    case.authorised_on = clock.today()
    case.save(update_fields=["state", "authorised_on"])
    return case


@transaction.atomic
def plan(
    case: DisposalCase, way: Way, *, cannot_return: str = "", destroyer: str = ""
) -> DisposalCase:
    """Choose the way out: the units wait in quarantine under a document of the account book.

    Raises:
        ReturnAbroadFirst, DestroyerUnknown: the way is not open.
        NotEnoughInPlace, NotEnoughInBook: the units are not there; nothing was planned.
        StepNotAllowed: the case is not authorised, or planned already.
    """
    case = _locked(case)
    case.state = DISPOSAL_STEPS.next(case.state, "plan")
    check_way(way, cannot_return, destroyer, _on_file(case))
    paper = papers.Paper(
        kind=PaperKind(way),
        lot=case.lot,
        owner=case.owner,
        units=case.units,
        reason=case.reason,
        request_key=f"disposal:{case.pk}",
        counterpart=destroyer,
    )
    case.paper = papers.draw_up(paper)
    case.way, case.cannot_return, case.destroyer = way, cannot_return.strip(), destroyer.strip()
    case.planned_on = clock.today()
    case.execute_by = execute_by(case.planned_on, is_extended=False)
    case.save()
    facts.append_many([_fact("planned", case)])
    return case


@transaction.atomic
def extend(case: DisposalCase) -> DisposalCase:
    """Have 30 more days, asked for seven days before the end at the latest.

    Raises:
        TooLateToExtend: it is too late, or there was one extension already.
        StepNotAllowed: the case is not planned.
    """
    case = _locked(case)
    DISPOSAL_STEPS.next(case.state, "execute")
    until = execute_by(case.planned_on, is_extended=False)  # type: ignore[arg-type]
    check_extension(until, clock.today(), is_extended=case.is_extended)
    case.is_extended = True
    case.execute_by = execute_by(case.planned_on, is_extended=True)  # type: ignore[arg-type]
    case.save(update_fields=["is_extended", "execute_by"])
    return case


@transaction.atomic
def execute(case: DisposalCase, *, scrap_income_minor: int = 0) -> DisposalCase:
    """Write down that the goods are destroyed or have left, and what the scrap brought.

    Raises:
        NotEnoughInPlace: the units are no longer in quarantine.
        StepNotAllowed: the case is not planned, or executed already.
    """
    case = _locked(case)
    case.state = DISPOSAL_STEPS.next(case.state, "execute")
    papers.execute(case.paper)  # type: ignore[arg-type]
    case.executed_on = clock.today()
    case.papers_by = papers_due(case.executed_on)
    case.keep_until = keep_until(case.executed_on)
    case.scrap_income_minor = scrap_income_minor
    case.save()
    facts.append_many([_fact("executed", case)])
    return case


@transaction.atomic
def file_papers(case: DisposalCase) -> DisposalCase:
    """Close a case: its papers went to customs, which wrote the units off.

    Raises:
        EvidenceMissing: the recording or the record is not on file.
        StepNotAllowed: the case is not executed.
    """
    case = _locked(case)
    case.state = DISPOSAL_STEPS.next(case.state, "file")
    held = _on_file(case)
    for kind in needed_to_file(Way(case.way)):
        if kind not in held:
            raise EvidenceMissing(kind=kind)
    papers.approve(case.paper)  # type: ignore[arg-type]
    case.filed_on = clock.today()
    case.save(update_fields=["state", "filed_on"])
    return case


@transaction.atomic
def drop(case: DisposalCase) -> DisposalCase:
    """End a case about which nothing is to be done, such as a false alarm.

    Raises:
        StepNotAllowed: it is planned already.
    """
    case = _locked(case)
    case.state = DISPOSAL_STEPS.next(case.state, "drop")
    case.save(update_fields=["state"])
    return case


def _on_file(case: DisposalCase) -> set[str]:
    return set(case.evidence.values_list("kind", flat=True))


def _locked(case: DisposalCase) -> DisposalCase:
    rows = DisposalCase.objects.select_for_update(of=("self",))
    return rows.select_related("lot", "owner", "paper").get(pk=case.pk)
