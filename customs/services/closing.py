"""What follows a release: units written off the account book, taxes paid to customs."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from core import clock, tenancy
from core.models import Pool
from customs.models import Declaration, DeclarationLine
from customs.services import commitments
from warehouse import services as warehouse
from warehouse.domain.book import BookStep
from warehouse.models import DispatchOrder

AT_A_TIME = 500


@transaction.atomic
def write_off_shipped(pool: Pool, on: date | None = None) -> int:
    """Write released parcels that have left the zone off the account book; how many were.

    At most 500 a call, oldest first, so a caller goes on until it gets 0.
    """
    with tenancy.as_operator("write shipped parcels off the account book"):
        rows = list(
            Declaration.objects.select_for_update(of=("self",))
            .filter(
                order__pool=pool,
                written_off_on__isnull=True,
                dispatch_order__state=DispatchOrder.State.SHIPPED,
            )
            .order_by("pk")[:AT_A_TIME]
        )
        day = on or clock.today()
        bookings = commitments.bookings(_with_lines(rows))
        warehouse.book_many(BookStep.ACTUAL_OUT, bookings, on=day)
        Declaration.objects.filter(pk__in=[row.pk for row in rows]).update(written_off_on=day)
        return len(rows)


def _with_lines(
    declarations: Sequence[Declaration],
) -> list[tuple[Declaration, list[DeclarationLine]]]:
    lines: dict[int, list[DeclarationLine]] = {row.pk: [] for row in declarations}
    rows = DeclarationLine.objects.filter(declaration__in=list(lines)).select_related("product")
    for line in rows.order_by("pk"):
        lines[line.declaration_id].append(line)
    return [(row, lines[row.pk]) for row in declarations]
