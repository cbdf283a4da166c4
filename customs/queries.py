"""What the pages of declaring show, as plain rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from core.models import Job, Party, Pool
from core.web.naming import named
from customs.domain.measures import Measure
from customs.domain.states import LET_GO, LIVE, REFUSED
from customs.models import (
    Attempt,
    ConsumerOrder,
    CustomsReceipt,
    Declaration,
    DeclarationBatch,
    TariffMeasure,
)
from imports.models import GoodsRecord

ORDERS_ON_A_PAGE = 100


@dataclass(frozen=True)
class BatchRow:
    """One batch with how far customs has come with it."""

    batch_id: int
    number: str
    pool: str
    declared_at: datetime
    state: str
    declarations: int
    released: int
    refused: int

    @property
    def waiting(self) -> int:
        """Declarations that customs has neither released nor refused."""
        return self.declarations - self.released - self.refused


@dataclass(frozen=True)
class DeclarationRow:
    """One declaration of a batch as it was declared, with what became of that attempt."""

    cop_no: str
    order_no: str
    importer: str
    invt_no: str
    dutiable_minor: int
    tax_minor: int
    state: str
    error_code: str
    is_latest: bool = True
    """Whether the order was neither declared again nor cancelled since."""

    declaration_id: int = 0


@dataclass(frozen=True)
class RefusalGroup:
    """Refusals of a batch for one reason."""

    error_code: str
    count: int
    open_count: int
    """How many of them have not been declared again or cancelled."""


@dataclass(frozen=True)
class WaitingRow:
    """Orders of a pool that can be declared."""

    pool_id: int
    pool: str
    orders: int


@dataclass(frozen=True)
class OrderRow:
    """One consumer order of an importer; it has all three papers, or it would not be here."""

    order_id: int
    order_no: str
    platform: str
    ordered_at: datetime
    transaction_no: str
    waybill_no: str
    paid_minor: int
    tax_minor: int
    state: str
    cop_no: str
    error_code: str


@dataclass(frozen=True)
class AnswerRow:
    """One answer of customs to an order's declaration."""

    cop_no: str
    status: str
    error_code: str
    answered_at: datetime
    has_moved: bool


def visible_batches(party: Party) -> QuerySet[DeclarationBatch]:
    """Batches that a broker was given, or that belong to an operator's pools."""
    return DeclarationBatch.objects.filter(Q(broker=party) | Q(pool__operator=party))


def batches(party: Party) -> list[BatchRow]:
    """Batches in view, newest first. One query, whatever the size."""
    rows = (
        visible_batches(party)
        .annotate(
            all_of_it=Count("attempts"),
            let_go=Count("attempts", Q(attempts__state__in=sorted(LET_GO))),
            refused=Count("attempts", Q(attempts__state=REFUSED)),
        )
        .order_by("-pk")
        .values_list(
            "pk",
            "number",
            named("pool__"),
            "declared_at",
            "state",
            "all_of_it",
            "let_go",
            "refused",
        )
    )
    return [BatchRow(*row) for row in rows]


def declarations(batch: DeclarationBatch) -> list[DeclarationRow]:
    """Declarations of a batch by their numbers. One query."""
    tax = F("declaration__duty_minor") + F("declaration__consumption_tax_minor")
    rows = (
        Attempt.objects.filter(batch=batch)
        .order_by("cop_no")
        .values_list(
            "cop_no",
            "declaration__order__order_no",
            named("declaration__importer__"),
            "declaration__invt_no",
            "declaration__dutiable_minor",
            tax + F("declaration__vat_minor"),
            "state",
            "error_code",
            "declaration__cop_no",
            "declaration__state",
            "declaration_id",
        )
    )
    return [_declaration_row(*row) for row in rows]


def _declaration_row(*row: Any) -> DeclarationRow:
    """A row of :func:`declarations`; the number of customs belongs to the latest attempt only."""
    *shown, latest_no, latest_state, declaration_id = row
    is_latest = (latest_no, latest_state) == (row[0], row[6])
    found = replace(DeclarationRow(*shown), is_latest=is_latest, declaration_id=declaration_id)
    return found if latest_no == found.cop_no else replace(found, invt_no="")


def refusals(rows: Iterable[DeclarationRow]) -> list[RefusalGroup]:
    """Refused declarations by reason, the commonest first. No query."""
    refused = [row for row in rows if row.state == REFUSED]
    counted = Counter(row.error_code for row in refused)
    still_open = Counter(row.error_code for row in refused if row.is_latest)
    return [
        RefusalGroup(code, count, still_open[code])
        for code, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]


def is_being_answered(batch: DeclarationBatch) -> bool:
    """Whether simulated answers to a batch are on their way. One query."""
    jobs = Job.objects.filter(key=f"customs.simulated:{batch.pk}")
    return jobs.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists()


def pools(party: Party) -> QuerySet[Pool]:
    """Pools that a broker works for or an operator leads."""
    return Pool.objects.filter(Q(broker=party) | Q(operator=party))


def waiting(party: Party) -> list[WaitingRow]:
    """Orders taken and not yet declared, by pool in view. One query."""
    rows = (
        ConsumerOrder.objects.filter(state=ConsumerOrder.State.TAKEN, pool__in=pools(party))
        .values_list("pool_id", named("pool__"))
        .annotate(Count("pk"))
        .order_by("pool_id")
    )
    return [WaitingRow(*row) for row in rows]


def orders_to_declare(pool: Pool, most: int) -> list[ConsumerOrder]:
    """The oldest orders of a pool that were taken and not declared. One query."""
    rows = ConsumerOrder.objects.filter(pool=pool, state=ConsumerOrder.State.TAKEN)
    return list(rows.order_by("pk")[:most])


def orders_to_declare_again(
    batch: DeclarationBatch, error_code: str | None = None
) -> list[ConsumerOrder]:
    """Orders whose latest declaration is in the batch and was refused, for one reason or any.

    One query.
    """
    refused = Declaration.objects.filter(batch=batch, state=REFUSED)
    if error_code is not None:
        refused = refused.filter(error_code=error_code)
    return list(ConsumerOrder.objects.filter(declaration__in=refused).order_by("pk"))


def orders(
    importer: Party, *, before: int | None = None, limit: int = ORDERS_ON_A_PAGE
) -> list[OrderRow]:
    """An importer's newest orders, or those older than one. One query."""
    rows = ConsumerOrder.objects.filter(importer_id=importer.pk)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [
        OrderRow(*row)
        for row in rows.order_by("-pk").values_list(
            "pk",
            "order_no",
            named("platform__"),
            "ordered_at",
            "payment__transaction_no",
            "waybill__waybill_no",
            "paid_minor",
            "tax_minor",
            "declaration__state",
            "declaration__cop_no",
            "declaration__error_code",
        )[:limit]
    ]


def order_figures(importer: Party) -> dict[str, int]:
    """How many of an importer's orders wait, are with customs, were released or refused."""
    rows = Declaration.objects.filter(importer_id=importer.pk).values_list("state")
    counted = dict(rows.annotate(Count("pk")).order_by())
    with_customs = LIVE - LET_GO
    return {
        "waiting": counted.get("draft", 0),
        "with_customs": sum(n for state, n in counted.items() if state in with_customs),
        "released": sum(n for state, n in counted.items() if state in LET_GO),
        "refused": counted.get(REFUSED, 0),
    }


def confirmed_codes(product_ids: Iterable[int], zone_code: str) -> dict[int, str]:
    """HS codes that a broker confirmed in a zone, by product. One query."""
    in_force = GoodsRecord.objects.filter(
        product_id__in=set(product_ids), zone_code=zone_code, state=GoodsRecord.State.CONFIRMED
    )
    return dict(in_force.values_list("product_id", "hs_code"))


def order_in_view() -> QuerySet[ConsumerOrder]:
    """Orders of the importer in view with what their page shows."""
    return ConsumerOrder.objects.select_related(
        "platform",
        "importer",
        "pool",
        "buyer",
        "payment__company",
        "payment_leg__split",
        "waybill__carrier",
        "declaration__dispatch_order",
    )


def answers(declaration: Declaration) -> list[AnswerRow]:
    """Answers of customs to all attempts of a declaration, oldest first. One query."""
    rows = CustomsReceipt.objects.filter(attempt__declaration=declaration)
    return [
        AnswerRow(*row)
        for row in rows.order_by("answered_at", "pk").values_list(
            "attempt__cop_no", "status", "error_code", "answered_at", "has_moved"
        )
    ]


def prefixes(hs_codes: Iterable[str]) -> set[str]:
    """Codes and what they begin with, as measures name them."""
    return {code[:length] for code in hs_codes for length in range(2, len(code) + 1, 2)}


def measures(territory: str, hs_codes: Iterable[str], on: date) -> tuple[Measure, ...]:
    """Loaded measures in force on a day that begin one of the codes. One query."""
    return measures_between(territory, hs_codes, on, on)


def measures_between(
    territory: str, hs_codes: Iterable[str], first: date, last: date
) -> tuple[Measure, ...]:
    """Loaded measures in force on some day from first to last. One query."""
    rows = TariffMeasure.objects.filter(
        Q(valid_before__isnull=True) | Q(valid_before__gt=first),
        territory=territory,
        hs_prefix__in=sorted(prefixes(hs_codes)),
        valid_from__lte=last,
    )
    return tuple(row.as_measure() for row in rows.order_by("pk"))
