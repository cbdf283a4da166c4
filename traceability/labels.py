"""Label batches: ordered by an operator, issued by a job, printed from the key whenever wanted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F

from core import clock, facts, jobs, keys, numbering
from core.domain.errors import Refusal
from core.jobs import JobContext
from core.models import Party
from traceability import queries
from traceability.domain.derived_codes import derived_codes, pin_of
from traceability.domain.label import Label, label_address
from traceability.domain.plausibility import refuse_implausible
from traceability.models import LabelBatch
from traceability.services import code_hmac
from warehouse.models import Lot
from warehouse.services import apply_labels, issue_labels, labels_by_state, void_labels

MOST = 100_000
AT_A_TIME = 2_000
TASK = "traceability.issue_labels"


class LabelsOutOfRange(Refusal):
    """Raised when labels are named that a batch does not have."""

    code = "labels-out-of-range"
    reason = "Batch {batch} has labels 1 to {units}; {first} to {last} were named."
    remedy = "Name a first and a last label inside the batch, the first not after the last."


class LabelsNotReady(Refusal):
    """Raised when labels are wanted of a batch that is still being issued."""

    code = "labels-not-ready"
    reason = "Of batch {batch} {issued} of {units} labels are issued so far."
    remedy = "Wait until all are issued; the page shows how far it is."


class NoSuchBatch(Refusal):
    """Raised when labels of a batch are named that nobody ordered here."""

    code = "no-such-label-batch"
    reason = "There is no label batch “{batch}” here."
    remedy = "Take the number from the page of the labels, as LB-2025-000001."


@dataclass(frozen=True)
class Printed:
    """One label with its number in the batch; ``pin`` is empty where the batch has none."""

    number: int
    label: Label
    pin: str


@transaction.atomic
def order_labels(lot: Lot, units: int, *, has_pin: bool = False, request_key: str) -> LabelBatch:
    """Order labels for units of a lot; a job issues them. The same request orders once.

    Raises:
        ChainImplausible: the lot's records contradict each other; nothing is printed of it.
        LabelsOutOfRange: none, or more than a batch may have.
    """
    earlier = LabelBatch.objects.filter(request_key=request_key).first()
    if earlier is not None:
        return earlier
    if not 1 <= units <= MOST:
        raise LabelsOutOfRange(batch="", units=MOST, first=1, last=units)
    refuse_implausible(queries.claims(lot))
    number = numbering.next_number("LB", clock.today().year)
    batch = LabelBatch.objects.create(
        number=number,
        lot=lot,
        units=units,
        has_pin=has_pin,
        request_key=request_key,
        ordered_at=clock.now(),
    )
    batch.job = jobs.order(TASK, key=f"{TASK}:{batch.pk}", batch=batch.pk)
    batch.save(update_fields=["job"])
    data = {"batch": batch.pk, "lot": lot.pk, "units": units, "pin": has_pin}
    facts.append("traceability.labels.ordered", subject=f"lot:{lot.pk}", data=data)
    return batch


def issue_step(job: JobContext) -> bool:
    """Issue the next labels of a batch; whether all are issued. May come twice.

    Raises:
        MoreCodesThanUnits: the lot has too few units without a code; the rest is not issued.
    """
    batch = LabelBatch.objects.select_related("lot").get(pk=job.args["batch"])
    first = batch.issued_units + 1
    before = min(first + AT_A_TIME, batch.units + 1)
    with transaction.atomic():
        mine = LabelBatch.objects.filter(pk=batch.pk, issued_units=first - 1)
        if mine.update(issued_units=F("issued_units") + before - first):
            issue_labels(batch.lot, _hmacs(batch, first, before))
    job.progress(before - 1, batch.units)
    return before > batch.units


def _codes(batch: LabelBatch, first: int, before: int) -> Iterator[str]:
    ring = keys.ring()
    return derived_codes(lambda data: ring.hmac("codes", data), batch.number, first, before)


def _hmacs(batch: LabelBatch, first: int, before: int) -> list[bytes]:
    return [code_hmac(code) for code in _codes(batch, first, before)]


def codes_named(operator: Party, lines: Iterable[str]) -> list[str]:
    """Codes that lines name: one on a line, or labels of a batch as “LB-2025-000001 1-500”.

    Raises:
        NoSuchBatch: a batch that the operator's pools do not have.
        LabelsOutOfRange: the batch has no such labels.
    """
    found = []
    for line in lines:
        said = _RANGE.fullmatch(line.strip())
        found += _range(operator, said[1], int(said[2]), int(said[3])) if said else line.split()
    return found


def _range(operator: Party, number: str, first: int, last: int) -> list[str]:
    rows = LabelBatch.objects.filter(lot__book_item__book__pool__operator=operator)
    batch = rows.filter(number=number.upper()).first()
    if batch is None:
        raise NoSuchBatch(batch=number)
    _refuse_range(batch, first, last)
    return list(_codes(batch, first, last + 1))


_RANGE = re.compile(r"(LB-\d{4}-\d{6})\s+(\d{1,6})\s*[-–]\s*(\d{1,6})", re.IGNORECASE | re.ASCII)


def pin(code: str) -> str:
    """The digits under the panel of a label with this code."""
    ring = keys.ring()
    return pin_of(lambda data: ring.hmac("codes", data), code)


def printed(batch: LabelBatch, first: int = 1, last: int | None = None) -> Iterator[Printed]:
    """Labels of a batch to print, by their numbers, both included.

    Raises:
        LabelsOutOfRange, LabelsNotReady: before any label is made.
    """
    last = batch.units if last is None else last
    _refuse_range(batch, first, last)
    if not batch.is_issued:
        raise LabelsNotReady(batch=batch.number, issued=batch.issued_units, units=batch.units)
    return _printed(batch, first, last)


def _printed(batch: LabelBatch, first: int, last: int) -> Iterator[Printed]:
    lot, product = batch.lot, batch.lot.product
    for number, code in enumerate(_codes(batch, first, last + 1), start=first):
        label = Label(
            code=code,
            gtin=product.gtin,
            address=label_address(product.gtin, code, settings.PUBLIC_HOST),
            product=product.name,
            lot_number=lot.number,
            expires_on=lot.expires_on,
        )
        yield Printed(number, label, pin(code) if batch.has_pin else "")


def apply(batch: LabelBatch, first: int, last: int) -> int:
    """Labels of a range now stick on units; how many.

    Raises:
        LabelsOutOfRange, LabelsNotIssued: nothing is applied.
    """
    _refuse_range(batch, first, last)
    return apply_labels(batch.lot, _hmacs(batch, first, last + 1))


def void(batch: LabelBatch, first: int, last: int) -> int:
    """Labels of a range that were spoilt or left over; how many were still waiting.

    Raises:
        LabelsOutOfRange: nothing is voided.
    """
    _refuse_range(batch, first, last)
    return void_labels(batch.lot, _hmacs(batch, first, last + 1))


def states(batch: LabelBatch) -> dict[str, int]:
    """How many labels of a batch are in each state. One query for 500 labels."""
    return labels_by_state(batch.lot, _hmacs(batch, 1, batch.issued_units + 1))


def _refuse_range(batch: LabelBatch, first: int, last: int) -> None:
    if not 1 <= first <= last <= batch.units:
        raise LabelsOutOfRange(batch=batch.number, units=batch.units, first=first, last=last)


def batches_of(operator: Party) -> list[LabelBatch]:
    """The newest label batches of an operator's pools. One query."""
    rows = LabelBatch.objects.filter(lot__book_item__book__pool__operator=operator)
    return list(rows.select_related("lot__product", "job").order_by("-pk")[:100])


def lots_of(operator: Party) -> list[Lot]:
    """Lots whose units may get labels, the newest first. One query."""
    rows = Lot.objects.filter(book_item__book__pool__operator=operator)
    return list(rows.select_related("product").order_by("-pk")[:300])
