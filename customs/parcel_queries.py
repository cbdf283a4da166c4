"""Parcels one by one as a spreadsheet tells them: numbers, customs' answer, times, amounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from core.domain.errors import Refusal
from core.models import Pool
from core.web.naming import named
from customs.domain.release_times import minutes_up
from customs.models import Declaration

MOST_PARCELS = 20_000
"""Rows of one download; a day of a busy zone has more, and is taken in parts."""


class TooManyParcels(Refusal):
    """Raised when a download would hold more parcels than one file takes."""

    code = "too-many-parcels"
    reason = "More than {most} parcels were declared from {first} to {last}."
    remedy = "Choose fewer days, or one pool."


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """One declared parcel; amounts in minor units, weight in grams, nobody named."""

    cop_no: str
    invt_no: str
    order_no: str
    waybill_no: str
    pool: str
    currency: str
    importer: str
    platform: str
    state: str
    error_code: str
    declared_at: datetime
    released_at: datetime | None
    gross_weight_g: int
    dutiable_minor: int
    duty_minor: int
    consumption_tax_minor: int
    vat_minor: int
    exit_list: str
    written_off_on: date | None

    @property
    def tax_minor(self) -> int:
        """All taxes as assessed."""
        return self.duty_minor + self.consumption_tax_minor + self.vat_minor

    @property
    def minutes(self) -> int | None:
        """From the latest declaration to the release, rounded up; None before it."""
        if self.released_at is None:
            return None
        return minutes_up(self.released_at - self.declared_at)


def parcels(pools: Iterable[Pool], first: date, last: date) -> list[ParcelRow]:
    """Parcels of pools declared from one day to another, both included, oldest first. One query.

    Raises:
        TooManyParcels: one file does not take so many.
    """
    rows = Declaration.objects.filter(
        order__pool__in=list(pools), declared_at__date__gte=first, declared_at__date__lte=last
    ).exclude(cop_no="")
    found = [
        ParcelRow(*row)
        for row in rows.order_by("declared_at", "pk").values_list(
            "cop_no", "invt_no", "order__order_no", "order__waybill__waybill_no",
            "order__pool__code", "order__pool__currency", named("importer__"),
            named("order__platform__"), "state", "error_code", "declared_at", "released_at",
            "order__waybill__gross_weight_g", "dutiable_minor", "duty_minor",
            "consumption_tax_minor", "vat_minor", "exit_list__number", "written_off_on",
        )[: MOST_PARCELS + 1]
    ]  # fmt: skip
    if len(found) > MOST_PARCELS:
        raise TooManyParcels(most=MOST_PARCELS, first=first.isoformat(), last=last.isoformat())
    return found
