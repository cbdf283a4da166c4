"""Complaints: made from a trace page, told to who answers for the unit, answered in public."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _noop

from core import clock, documents, facts, jobs, links, notices, numbering, tenancy, vault
from core.domain.errors import Refusal
from core.domain.masking import mask_strays
from core.models import Appointment, Document
from core.models.notice import Notice
from traceability import queries
from traceability.domain import codes
from traceability.models import Complaint
from traceability.services import code_hmac, guesses, note_guess
from warehouse.models import UnitIdentity
from warehouse.pictures import as_photo

ANSWER_DAYS = 5
"""Days in which the seller answers; afterwards the operator is told. A rule of the house."""

MOST_AN_HOUR = 5
LINK, KEPT = "complaint", timedelta(days=3 * 365)
TOLD, LATE = "traceability.complaint.made", "traceability.complaint.overdue"
SWEEP = "traceability.sweep_complaints"
jobs.daily.append(SWEEP)

notices.register(
    TOLD,
    notices.Kind(
        Notice.Level.DUE,
        _noop("A consumer complains about {product}, lot {lot} ({number})."),
        _noop("Answer it on its page by the day given; the answer is public."),
        is_mailed=True,
    ),
)
notices.register(
    LATE,
    notices.Kind(
        Notice.Level.ALARM,
        _noop("Complaint {number} has no answer in time."),
        _noop("Answer it in the seller's place, and speak with the seller."),
        is_mailed=True,
    ),
)


class TooManyComplaints(Refusal):
    """Raised when one address complains again and again."""

    code = "too-many-complaints"
    reason = "{tries} complaints were sent from this connection just now."
    remedy = "Wait ten minutes, then send the next one."


class NothingToComplainOf(Refusal):
    """Raised when a complaint names no unit of ours or says nothing."""

    code = "nothing-to-complain-of"
    reason = "The complaint names no code that was issued, or says nothing."
    remedy = "Scan the code again and write in a few words what is wrong."


class AlreadyAnswered(Refusal):
    """Raised when a complaint is answered twice."""

    code = "complaint-answered"
    reason = "Complaint {number} was answered already."
    remedy = "An answer is public and stays; write to the consumer's shop if more is to be said."


@dataclass(frozen=True)
class Wrong:
    """What a consumer says is wrong; contact and photo may be missing."""

    kind: str
    text: str
    contact: str = ""
    photo: bytes = b""


@dataclass(frozen=True)
class Shown:
    """A complaint as its handlers read it: the text with numbers of persons starred."""

    complaint: Complaint
    text: str
    contact: str


@dataclass(frozen=True)
class PublicAnswer:
    """An answered complaint as everybody may read it."""

    kind: str
    made_on: date
    answered_on: date
    answer: str


@transaction.atomic
def complain(typed: str, wrong: Wrong, *, at: datetime, address: str) -> Complaint:
    """Keep a complaint about the unit of a code, and tell who answers for it.

    Raises:
        NotACode, BadCheck, NothingToComplainOf, PhotoNotUsable, TooManyComplaints: nothing is kept.
    """
    code = codes.read_code(typed)
    photo = as_photo(wrong.photo) if wrong.photo else b""
    with tenancy.as_operator("a consumer complains", actor="public"):
        identity = queries.unit_by_hash(code_hmac(code))
        if identity is None or not wrong.text.strip():
            raise NothingToComplainOf
        origin = f"complaint {address}"
        if (tries := guesses(origin, at)) >= MOST_AN_HOUR:
            raise TooManyComplaints(tries=tries)
        note_guess(origin, at)
        made: Complaint = _keep(identity, wrong, photo, at)
        _tell(made)
        return made


def _keep(identity: UnitIdentity, wrong: Wrong, photo: bytes, at: datetime) -> Complaint:
    number = numbering.next_number("CP", at.year)
    line = identity.dispatch_line
    made: Complaint = Complaint.objects.create(
        number=number,
        identity=identity,
        operator=identity.lot.book_item.book.pool.operator,
        importer_id=line.order.importer_id if line else None,
        kind=wrong.kind,
        person=vault.keep({"text": wrong.text.strip()[:1000], "contact": wrong.contact[:100]}),
        photo=_photo(number, photo) if photo else None,
        made_at=at,
        answer_by_on=timezone.localtime(at).date() + timedelta(days=ANSWER_DAYS),
    )
    data = {"complaint": made.pk, "unit": identity.pk, "lot": identity.lot_id, "kind": made.kind}
    facts.append("traceability.complaint.made", subject=f"complaint:{made.pk}", data=data)
    return made


def _photo(number: str, content: bytes) -> Document:
    return documents.store(
        key=f"traceability.complaint:{number}",
        content=content,
        filename=f"{number}.jpg",
        media_type="image/jpeg",
        subject=f"complaint:{number}",
        is_sealed=True,
    )


def _tell(made: Complaint) -> None:
    lot = made.identity.lot
    product = lot.product
    told = {made.importer_id or made.operator_id, *_agents(made)}
    for party_id in sorted(told):
        notices.tell(
            party_id,
            TOLD,
            key=_key(made, party_id),
            params={
                "product": notices.both(product.name, product.name_zh),
                "lot": lot.number,
                "number": made.number,
            },
            address=reverse("complaint", args=[made.pk]),
            due_on=made.answer_by_on,
        )


def _key(complaint: Complaint, party_id: int) -> str:
    """What names the notice of a complaint to one party; the agent's has its own."""
    first = complaint.importer_id or complaint.operator_id
    own = f"{TOLD}/{complaint.pk}"
    return own if party_id == first else f"{own}/{party_id}"


def _agents(made: Complaint) -> list[int]:
    """The domestic agents of the seller on the day of the complaint. One query."""
    if made.importer_id is None:
        return []
    agents = Appointment.objects.in_force(timezone.localtime(made.made_at).date()).filter(
        importer_id=made.importer_id, kind=Appointment.Kind.DOMESTIC_AGENT
    )
    return list(agents.values_list("party_id", flat=True))


def public_link(made: Complaint) -> str:
    """Where the consumer finds the answer: a signed address that names no person."""
    return reverse("complaint-answer", args=[links.token(LINK, {"complaint": made.pk})])


def by_link(token: str) -> Complaint:
    """The complaint of a consumer's link. One query.

    Raises:
        LinkNotValid: changed, or older than three years.
    """
    number = links.read(LINK, token, max_age=KEPT)["complaint"]
    with tenancy.as_operator("a consumer reads the answer", actor="public"):
        found: Complaint = Complaint.objects.select_related("identity__lot__product").get(pk=number)
        return found


@transaction.atomic
def answer(complaint: Complaint, text: str, *, by: str) -> Complaint:
    """Answer a complaint in public, once.

    Raises:
        AlreadyAnswered: it has its answer.
        NothingToComplainOf: the answer is empty.
    """
    if not text.strip():
        raise NothingToComplainOf
    done = Complaint.objects.filter(pk=complaint.pk, state=Complaint.State.MADE).update(
        state=Complaint.State.ANSWERED,
        answer=mask_strays(text.strip())[:500],
        answered_by=by,
        answered_at=clock.now(),
    )
    if not done:
        raise AlreadyAnswered(number=complaint.number)
    told = {complaint.importer_id or complaint.operator_id, *_agents(complaint)}
    keys = [_key(complaint, party_id) for party_id in sorted(told)]
    notices.settle_many([*keys, f"{LATE}/{complaint.pk}"])
    data = {"complaint": complaint.pk}
    facts.append("traceability.complaint.answered", subject=f"complaint:{complaint.pk}", data=data)
    complaint.refresh_from_db()
    return complaint


def sweep_overdue(today: date) -> int:
    """Tell operators of complaints whose day has passed; each once. How many are new."""
    rows = Complaint.objects.filter(
        state=Complaint.State.MADE, answer_by_on__lt=today, overdue_at__isnull=True
    )
    found = list(rows.order_by("pk")[:500])
    for each in found:
        _tell_late(each)
    return len(found)


@transaction.atomic
def _tell_late(late: Complaint) -> None:
    mine = Complaint.objects.filter(pk=late.pk, overdue_at__isnull=True)
    if mine.update(overdue_at=clock.now()):
        notices.tell(
            late.operator_id,
            LATE,
            key=f"{LATE}/{late.pk}",
            params={"number": late.number},
            address=reverse("complaint", args=[late.pk]),
        )


def shown(complaint: Complaint) -> Shown:
    """A complaint for who handles it; after an erasure without text."""
    try:
        fields = vault.reveal(complaint.person, f"complaint {complaint.number}")
    except vault.PersonErased:
        fields = {}
    return Shown(
        complaint,
        text=mask_strays(fields.get("text", "")),
        contact=vault.masked(complaint.person).get("contact", ""),
    )


def answers_about(gtin: str, lot_number: str) -> list[PublicAnswer]:
    """The public answers about a lot, the newest first. One query."""
    with tenancy.as_operator("anybody reads answers about a lot", actor="public"):
        rows = Complaint.objects.filter(
            identity__lot__number=lot_number,
            identity__lot__product__gtin=gtin,
            state=Complaint.State.ANSWERED,
        )
        return [
            PublicAnswer(
                kind=row.kind,
                made_on=timezone.localtime(row.made_at).date(),
                answered_on=timezone.localtime(row.answered_at).date(),
                answer=row.answer,
            )
            for row in rows.order_by("-answered_at")[:20]
        ]
