"""Rows written in bulk are the rows that the plain way writes."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from core import bulk, ledger
from core.domain.chart import AccountCode, TransferCode
from core.models.fact import Fact, LogEntry, LogNode
from core.models.ledger import Account, Transfer
from core.models.party import Party
from tests.conftest import party

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, 8, 30, 0, 125_000, tzinfo=UTC)
FACT = ("name", "subject", "data", "actor", "at", "recorded_at", "salt")
TRANSFER = (
    "key", "debit_id", "credit_id", "currency", "amount_minor", "code", "memo", "group", "kind",
    "on", "actor", "made_at",
)  # fmt: skip
MANY = bulk.FEW + 5


def fact_rows(count: int) -> list[tuple[object, ...]]:
    return [
        (
            "warehouse.lot.received", f"lot:{n}", {"lot": n, "name": "奶粉\n\\N\t'", "none": None},
            "user:3", AT, AT, bytes(range(16)),
        )
        for n in range(count)
    ]  # fmt: skip


def transfer_rows(count: int, prefix: str = "t") -> list[tuple[object, ...]]:
    outside = ledger.account(AccountCode.EXTERNAL, "EUR")
    bank = ledger.account(AccountCode.BANK, "EUR")
    return [
        (
            f"{prefix}{n}", outside.pk, bank.pk, "EUR", n + 1, TransferCode.FUNDING, "", "g",
            Transfer.Kind.SINGLE, date(2026, 5, 1), "system", AT,
        )
        for n in range(count)
    ]  # fmt: skip


def without_id(model, names):
    return list(model.objects.order_by("pk").values(*names))


@pytest.mark.parametrize("count", [0, 1, bulk.FEW, MANY])
def test_facts_written_in_bulk_are_those_written_plainly(count):
    rows = fact_rows(count)

    made = bulk.create(Fact, FACT, rows)

    written = without_id(Fact, FACT)
    plainly = Fact.objects.bulk_create([Fact(**dict(zip(FACT, row, strict=True))) for row in rows])
    assert [row.pk for row in made] == [row.pk - count for row in plainly]
    assert without_id(Fact, FACT)[count:] == written


def test_transfers_written_in_bulk_move_what_they_move_plainly():
    made = bulk.create(Transfer, TRANSFER, transfer_rows(MANY))

    assert list(Transfer.objects.order_by("pk")) == made
    assert [row.amount_minor for row in made] == list(range(1, MANY + 1))
    assert {row.code for row in Transfer.objects.all()} == {"funding"}
    assert [account.credits_posted for account in Account.objects.order_by("pk")] == [0, 325]


def test_ids_go_on_where_the_plain_way_stopped_and_it_goes_on_after_them():
    bulk.create(Transfer, TRANSFER, transfer_rows(2))
    first = Transfer.objects.latest("pk").pk

    made = bulk.create(Transfer, TRANSFER, transfer_rows(MANY, "u"))
    after = bulk.create(Transfer, TRANSFER, transfer_rows(1, "v"))

    assert [row.pk for row in [*made, *after]] == list(range(first + 1, first + MANY + 2))


def test_the_objects_returned_are_those_read_back():
    (made, *_) = bulk.create(Fact, FACT, fact_rows(MANY))
    read = Fact.objects.get(pk=made.pk)

    assert {name: getattr(made, name) for name in FACT} == {
        name: getattr(read, name) if name != "salt" else bytes(read.salt) for name in FACT
    }


def test_a_row_that_the_database_refuses_leaves_nothing_behind():
    rows = transfer_rows(MANY)
    rows[-1] = rows[0]

    with pytest.raises(IntegrityError):
        ledger_like(rows)

    assert not Transfer.objects.exists()


def ledger_like(rows):
    """Within a savepoint, as a service holds it."""
    with transaction.atomic():
        bulk.create(Transfer, TRANSFER, rows)


def test_rows_without_an_id_of_their_own_are_written_as_they_are():
    made = bulk.create(Fact, FACT, fact_rows(MANY))

    bulk.insert(
        LogEntry,
        ("position", "fact_id", "leaf_hash"),
        [(place, fact.pk, bytes([place] * 32)) for place, fact in enumerate(made)],
    )
    bulk.insert(LogNode, ("level", "index", "hash"), [])

    assert [(row.position, row.fact_id) for row in LogEntry.objects.order_by("position")] == [
        (place, fact.pk) for place, fact in enumerate(made)
    ]
    assert bytes(LogEntry.objects.get(position=7).leaf_hash) == bytes([7] * 32)


@pytest.mark.parametrize("count", [0, 1, MANY])
def test_rows_changed_in_bulk_are_those_changed_plainly(count, django_assert_num_queries):
    changed = ("name", "is_active", "joined_on")
    one, other = ([party("supplier", f"{way}-{n}") for n in range(count)] for way in "ab")
    values = [(f"奶粉 '{n}", n % 2 == 0, date(2026, 5, 1) if n % 3 else None) for n in range(count)]

    with django_assert_num_queries(1 if count else 0):
        written = bulk.update(
            Party, changed, [(row.pk, *own) for row, own in zip(one, values, strict=True)]
        )

    for row, own in zip(other, values, strict=True):
        Party.objects.filter(pk=row.pk).update(**dict(zip(changed, own, strict=True)))
    first, second = (
        list(Party.objects.filter(code__startswith=way).order_by("pk").values_list(*changed))
        for way in ("a-", "b-")
    )
    assert (written, first) == (count, second)


def test_a_change_that_the_database_refuses_changes_no_row():
    one, other = party("supplier", "a"), party("supplier", "b")

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.update(Party, ["code"], [(one.pk, "c"), (other.pk, "c")])

    assert list(Party.objects.order_by("code").values_list("code", flat=True)) == ["a", "b"]


def test_a_row_that_is_not_any_more_what_it_was_is_left_as_it_is():
    rows = [(party("supplier", f"s-{n}", town="Hamilton").pk, "Ningbo") for n in range(MANY)]
    Party.objects.filter(pk=rows[3][0]).update(town="Napier")

    written = bulk.update(Party, ["town"], rows, still={"town": "Hamilton", "kind": "supplier"})

    assert written == MANY - 1
    assert list(Party.objects.exclude(town="Ningbo").values_list("pk", "town")) == [
        (rows[3][0], "Napier")
    ]


def test_rows_may_be_written_in_another_order_than_their_ids():
    rows = fact_rows(3)

    made = bulk.create(Fact, FACT, rows, written_by=lambda row: [-int(row[1].split(":")[1])])

    assert [row.subject for row in made] == ["lot:0", "lot:1", "lot:2"]
    assert [row.pk for row in made] == sorted(row.pk for row in made)
    assert list(Fact.objects.order_by("pk")) == made
