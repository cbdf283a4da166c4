"""Transfers in batches: an operator pays many suppliers from many importers' escrow."""

from collections.abc import Callable, Iterator
from itertools import count

from django.db import transaction

from benchmarks.drivers import write_bare
from benchmarks.ways import Way, Ways
from core import clock, ledger, tenancy
from core.domain.chart import AccountCode, TransferCode
from core.models.ledger import Account, Transfer
from tests.conftest import party

IMPORTERS, SUPPLIERS = 40, 25
BATCH = 1_000
PLAIN = 400
COLUMNS = (
    "key", "group", "debit_id", "credit_id", "currency", "amount_minor", "kind", "code", "memo",
    "on", "actor", "made_at",
)  # fmt: skip
_run = count(1)


def accounts() -> tuple[list[Account], list[Account]]:
    """Escrow accounts filled beyond all that will leave them, and suppliers' accounts."""
    outside = ledger.account(AccountCode.EXTERNAL, "EUR")
    escrow = [
        ledger.account(AccountCode.ESCROW, "EUR", party("importer", f"importer-{number}"))
        for number in range(IMPORTERS)
    ]
    payable = [
        ledger.account(AccountCode.SUPPLIER_PAYABLE, "EUR", party("supplier", f"s-{number}"))
        for number in range(SUPPLIERS)
    ]
    for each in escrow:
        ledger.transfer(
            key=f"fund-{each.pk}", debit=outside, credit=each, amount_minor=10**12,
            code=TransferCode.FUNDING,
        )  # fmt: skip
    return escrow, payable


def specs(
    escrow: list[Account], payable: list[Account], count_of: int
) -> Iterator[ledger.TransferSpec]:
    """Transfers with keys that no run used before."""
    run = next(_run)
    for number in range(count_of):
        yield ledger.TransferSpec(
            key=f"run-{run}/{number}",
            debit=escrow[number % IMPORTERS],
            credit=payable[number % SUPPLIERS],
            amount_minor=100 + number % 900,
            code=TransferCode.GOODS,
        )


def batches(rows: list[ledger.TransferSpec]) -> Iterator[list[ledger.TransferSpec]]:
    """The transfers as callers bring them."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def plain(rows: list[ledger.TransferSpec]) -> None:
    """One save for each, in the same transactions."""
    for batch in batches(rows):
        with transaction.atomic():
            for spec in batch:
                Transfer(**_fields(spec)).save(force_insert=True)


def bare(rows: list[ledger.TransferSpec]) -> None:
    """The driver's own bulk way; the database's constraints and triggers are the same."""
    for batch in batches(rows):
        values = [tuple(_fields(spec).values()) for spec in batch]
        with transaction.atomic():
            write_bare("core_transfer", COLUMNS, values)


def ours(rows: list[ledger.TransferSpec]) -> None:
    """The product's own ledger."""
    for batch in batches(rows):
        ledger.transfer_many(batch, group="benchmark")


def _fields(spec: ledger.TransferSpec) -> dict[str, object]:
    values = (
        spec.key, "benchmark", spec.debit.pk, spec.credit.pk, "EUR", spec.amount_minor, "single",
        str(spec.code), "", clock.today(), tenancy.actor(), clock.now(),
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def ways(size: int) -> Ways:
    """Each way writes transfers of its own to the same accounts."""
    escrow, payable = accounts()
    waiting: list[ledger.TransferSpec] = []

    def way(write: Callable[[list[ledger.TransferSpec]], None], items: int) -> Way:
        def prepare() -> None:
            waiting[:] = specs(escrow, payable, items)

        def run() -> None:
            write(waiting)

        return Way(run, items, prepare)

    return {
        "ours": way(ours, size),
        "plain": way(plain, min(size, PLAIN)),
        "limit": way(bare, size),
    }
