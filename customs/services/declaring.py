"""Declaring orders to customs in batches, the refused ones among them again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from core import clock, facts, jobs, ledger, numbering, tenancy
from core.domain.errors import Refusal
from core.models import Document, Job, Pool, Transfer
from customs import notices, territories
from customs.domain.states import DECLARED, REFUSED, STATES
from customs.models import (
    Attempt,
    ConsumerOrder,
    Declaration,
    DeclarationBatch,
    DeclarationLine,
)
from customs.services import commitments, quantities
from warehouse import services as warehouse
from warehouse.domain.book import BookStep

MOST_IN_A_BATCH = 500

_DECLARED_FIELDS = (
    "state",
    "takes",
    "batch",
    "cop_no",
    "pre_no",
    "invt_no",
    "declared_at",
    "error_code",
    "account_book",
    "guarantee",
)


class BatchNotPossible(Refusal):
    """Raised when a batch is empty, too long, or holds orders of another pool."""

    code = "batch-not-possible"
    reason = "{count} orders of pool {pool} were found for the batch; it takes 1 to {most}."
    remedy = "Choose orders of one pool, and split long lists."


class NotADemonstration(Refusal):
    """Raised when simulated answers are asked for in a pool that trades in earnest."""

    code = "not-a-demonstration"
    reason = "Batch {batch} is no demonstration; only customs itself can answer it."
    remedy = "Wait for the answer of customs."


class FilesNotReady(Refusal):
    """Raised when the files of a batch are asked for before they are made."""

    code = "files-not-ready"
    reason = "The files of batch {batch} are still being made."
    remedy = "Wait until the page of the batch offers them."


@transaction.atomic
def declare_batch(
    pool: Pool, orders: Iterable[ConsumerOrder], *, request_key: str
) -> DeclarationBatch:
    """Declare orders of a pool to customs as one batch for its broker; files follow as a job.

    Numbers run without gaps. Account book and guarantee are taken up for each declaration; what
    customs had refused reserves stock and yearly limit anew. The same key again returns the batch.

    Raises:
        BatchNotPossible: no order, too many, or orders of another pool.
        StepNotAllowed: an order is declared already, released or cancelled.
        NotEnoughStock, NotEnoughInBook, Overdrawn: what has to be taken up is not there.
    """
    earlier = DeclarationBatch.objects.filter(request_key=request_key).first()
    if earlier is not None:
        return earlier
    with tenancy.as_operator("declare a batch"):
        declarations = _locked(pool, orders)
        lines = _lines(declarations)
        quotas = _quotas(pool, declarations, lines)
        for declaration in declarations:
            _make_ready(declaration, lines[declaration.pk], quotas)
        batch = _open_batch(pool, request_key)
        _number(batch, declarations)
        _enter_book(declarations, lines)
        _hold_guarantees(pool, declarations)
        _write(batch, declarations)
        batch.job = jobs.order(
            "customs.build_batch", key=f"customs.batch:{batch.pk}", batch=batch.pk
        )
        batch.save(update_fields=["job"])
        notices.tell_assigned(batch, len(declarations))
        return batch


def _locked(pool: Pool, orders: Iterable[ConsumerOrder]) -> list[Declaration]:
    wanted = {order.pk for order in orders}
    rows = list(
        Declaration.objects.select_for_update(of=("self",))
        .filter(order_id__in=wanted, order__pool=pool)
        .select_related("order__buyer", "importer")
        .order_by("pk")
    )
    if not 1 <= len(rows) <= MOST_IN_A_BATCH or len(rows) != len(wanted):
        raise BatchNotPossible(count=len(rows), pool=pool.code, most=MOST_IN_A_BATCH)
    return rows


def _lines(declarations: Sequence[Declaration]) -> dict[int, list[DeclarationLine]]:
    found: dict[int, list[DeclarationLine]] = {row.pk: [] for row in declarations}
    rows = DeclarationLine.objects.filter(declaration__in=list(found)).select_related("product")
    for line in rows.order_by("declaration_id", "line_no"):
        found[line.declaration_id].append(line)
    return found


def _quotas(
    pool: Pool,
    declarations: Sequence[Declaration],
    lines: Mapping[int, Sequence[DeclarationLine]],
) -> quantities.Quotas:
    """What the list of today allows a person of the goods that customs had refused."""
    refused = [row for row in declarations if row.state == REFUSED]
    codes = {line.hs_code for row in refused for line in lines[row.pk]}
    return quantities.quotas_in(pool, codes, clock.today()) if codes else {}


def _make_ready(
    declaration: Declaration, lines: Sequence[DeclarationLine], quotas: quantities.Quotas
) -> None:
    """Check the step; what was refused takes up its stock and its part of the year again."""
    was = declaration.state
    declaration.state = STATES.next(was, "declare")
    if was == REFUSED:
        notices.settle_refused(declaration)
        declaration.takes += 1
        commitments.reserve_stock(declaration, lines, minimum_expiry=None)
        limit = territories.of(declaration.order.pool).person_year_limit_minor(clock.today())
        commitments.use_year(declaration.order, declaration.dutiable_minor, limit)
        quantities.take_again(declaration.order, lines, quotas)


def _open_batch(pool: Pool, request_key: str) -> DeclarationBatch:
    return DeclarationBatch.objects.create(
        pool=pool,
        broker=pool.broker,
        number=numbering.next_number("DB", clock.today().year),
        declared_at=clock.now(),
        request_key=request_key,
    )


def _number(batch: DeclarationBatch, declarations: Sequence[Declaration]) -> None:
    numbers = numbering.next_numbers("DEC", clock.today().year, len(declarations))
    for declaration, number in zip(declarations, numbers, strict=True):
        declaration.batch = batch
        declaration.cop_no = number
        declaration.declared_at = batch.declared_at
        declaration.pre_no = declaration.invt_no = declaration.error_code = ""
        declaration.guarantee = None


def _enter_book(
    declarations: Sequence[Declaration], lines: Mapping[int, Sequence[DeclarationLine]]
) -> None:
    """Promise the units of a batch to leave, and note from which book and item they will."""
    bookings = commitments.bookings((row, lines[row.pk]) for row in declarations)
    booked = warehouse.book_many(BookStep.EXPECT_OUT, bookings)
    items = {
        (booking.reference, booking.product_id): movements[0].item
        for booking, movements in zip(bookings, booked, strict=True)
    }
    changed = []
    for declaration in declarations:
        own = lines[declaration.pk]
        first = items[declaration.cop_no, own[0].product_id]
        declaration.account_book = first.book.number
        for line in own:
            record_no = str(items[declaration.cop_no, line.product_id].item_no)
            if line.record_no != record_no:
                line.record_no = record_no
                changed.append(line)
    DeclarationLine.objects.bulk_update(changed, ["record_no"])


def _hold_guarantees(pool: Pool, declarations: Sequence[Declaration]) -> None:
    specs = commitments.guarantee_specs(pool, declarations, clock.today())
    held = ledger.transfer_many(specs, kind=Transfer.Kind.PENDING)
    by_key = {row.key: row for row in held}
    for declaration in declarations:
        declaration.guarantee = by_key.get(f"{declaration.cop_no}/guarantee")


def _write(batch: DeclarationBatch, declarations: Sequence[Declaration]) -> None:
    earlier = dict(
        Attempt.objects.filter(declaration__in=declarations)
        .values_list("declaration_id", "number")
        .order_by("number")
    )
    Attempt.objects.bulk_create(
        Attempt(
            declaration=row,
            batch=batch,
            number=earlier.get(row.pk, 0) + 1,
            cop_no=row.cop_no,
            declared_at=batch.declared_at,
            state=DECLARED,
        )
        for row in declarations
    )
    Declaration.objects.bulk_update(
        declarations,
        _DECLARED_FIELDS,
    )
    ConsumerOrder.objects.filter(declaration__in=declarations).update(
        state=ConsumerOrder.State.DECLARED
    )
    facts.append_many([_fact(batch, row) for row in declarations])


def _fact(batch: DeclarationBatch, row: Declaration) -> tuple[str, str, dict[str, Any]]:
    data = {
        "importer": row.importer_id,
        "order": row.order_id,
        "order_no": row.order.order_no,
        "declaration": row.pk,
        "batch": batch.pk,
        "cop_no": row.cop_no,
    }
    return ("customs.declaration.declared", f"declaration:{row.pk}", data)


def hand_over(batch: DeclarationBatch) -> Document:
    """The archive of a batch that is built; the log keeps who took it."""
    if batch.archive is None:
        raise FilesNotReady(batch=batch.number)
    facts.append(
        "customs.batch.downloaded",
        subject=f"batch:{batch.pk}",
        data={"batch": batch.pk, "document": batch.archive.pk},
    )
    notices.settle_assigned(batch)
    return batch.archive


def order_simulated_answers(batch: DeclarationBatch) -> Job:
    """Ask for simulated answers to a demonstration's batch; they come in the background.

    Raises:
        NotADemonstration: the pool trades in earnest.
    """
    if not batch.pool.is_simulated:
        raise NotADemonstration(batch=batch.number)
    return jobs.order(
        "customs.simulate_answers", key=f"customs.simulated:{batch.pk}", batch=batch.pk
    )
