"""``check_books`` as a user runs it: silent books, and each law broken by an intruder."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from core import facts, invariants, ledger
from core.domain.chart import AccountCode, TransferCode
from tests.intruder import change_by_sql

facts.register("test.thing.counted", fields={"units"})


@pytest.fixture
def small_books(importer):
    """One paid-in amount, one hold and two sequenced facts."""
    bank = ledger.account(AccountCode.BANK, "CNY")
    escrow = ledger.account(AccountCode.ESCROW, "CNY", importer)
    ledger.transfer(
        key="in", debit=bank, credit=escrow, amount_minor=500, code=TransferCode.FUNDING
    )
    ledger.hold(key="hold", debit=escrow, credit=bank, amount_minor=200, code=TransferCode.GOODS)
    facts.append_many([("test.thing.counted", f"thing:{n}", {"units": n}) for n in range(2)])
    facts.sequence()


def run_check() -> tuple[int, dict]:
    out = StringIO()
    try:
        call_command("check_books", "--json", stdout=out, stderr=StringIO())
    except SystemExit as end:
        return end.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_books_in_order_pass_every_law(small_books):
    code, report = run_check()

    assert code == 0
    assert report["broken"] == 0
    assert report["checked"] == len(invariants.registry)


CHANGES = {
    "a balance": (
        "UPDATE core_account SET credits_posted = credits_posted + 1 WHERE code = 'escrow'",
        "core.totals_equal_transfers",
    ),
    "a held balance": (
        "UPDATE core_account SET debits_pending = 0 WHERE code = 'escrow'",
        "core.totals_equal_transfers",
    ),
    "a transfer": (
        "UPDATE core_transfer SET amount_minor = 499 WHERE kind = 'single'",
        "core.totals_equal_transfers",
    ),
    "a transfer's currency": (
        "UPDATE core_transfer SET currency = 'USD' WHERE kind = 'single'",
        "core.transfers_fit_accounts",
    ),
    "a removed transfer": (
        "DELETE FROM core_transfer WHERE kind = 'pending'",
        "core.totals_equal_transfers",
    ),
    "a fact": (
        "UPDATE core_fact SET name = 'test.thing.lost' WHERE subject = 'thing:1'",
        "core.facts_match_leaves",
    ),
}


@pytest.mark.parametrize(("sql", "law"), CHANGES.values(), ids=CHANGES)
def test_one_change_behind_the_books_back_is_named(sql, law, small_books):
    change_by_sql(sql)

    code, report = run_check()

    assert code == 1
    assert report["first_broken"] == law


def test_a_missing_trigger_is_named(small_books):
    name = "core_transfer_refuses_delete"
    with connection.cursor() as cursor:
        on = " ON core_transfer" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on}")

    code, report = run_check()

    assert (code, report["first_broken"]) == (1, "core.triggers_in_place")
    assert name in report["findings"][0]["violations"][0]
