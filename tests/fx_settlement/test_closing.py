"""A month's end: payables revalued and back, what was bought told, and the month shut for good."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core import clock, invariants, ledger, rates
from core.domain.chart import AccountCode, TransferCode
from core.ledger import MonthClosed
from core.models import ClosedMonth, Fact, Transfer
from fx_settlement import queries, services
from fx_settlement.models import ExchangeDifference, Obligation
from fx_settlement.services import MonthNotOver, MonthOutOfTurn
from tests.conftest import user_of

MARCH, APRIL, MAY = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)


@pytest.fixture
def moved(owed):
    """The order was booked at 7.2; the mid is 7.3 at March's end and 7.1 at April's."""
    for day, cny in ((date(2025, 3, 31), "7.3"), (date(2025, 4, 30), "7.1")):
        rates.load([("USD", day, Decimal(1)), ("CNY", day, Decimal(cny))])
    return owed


def of(owner, code, owed):
    return ledger.balance(ledger.account(code, "CNY", owner, f"pool:{owed.pool.pk}"))


def on_day(day, code):
    rows = Transfer.objects.filter(on=day, code=code).order_by("key")
    return list(rows.values_list("amount_minor", flat=True))


def test_open_payables_are_revalued_on_the_last_day_and_back_on_the_first(moved, maker):
    with clock.at(APRIL):
        services.close_month(MARCH, by=maker)

    # A owes USD 783.33: 5,639.98 at 7.2 (invoice 5,999.98 less a credit of 360.00), 5,718.31 at 7.3
    rows = {row.importer_id: row for row in ExchangeDifference.objects.all()}
    a, b = rows[moved.a.pk], rows[moved.b.pk]
    assert (a.open_minor, a.booked_minor, a.closing_minor) == (783_33, 5_639_98, 5_718_31)
    assert (a.unrealised_minor, b.unrealised_minor) == (78_33, 39_17)
    assert (a.rate, a.rate_on) == (Decimal("7.3"), date(2025, 3, 31))
    posted = [39_17, 78_33]
    assert sorted(on_day(date(2025, 3, 31), "revaluation")) == posted
    assert sorted(on_day(APRIL, "revaluation")) == posted
    assert of(moved.a, AccountCode.FX_UNREALISED, moved) == 0
    assert Fact.objects.get(name="fx.month.closed").data["unrealised_minor"] == 117_50


def test_what_is_bought_realises_its_difference_once_and_no_margin(moved, maker, checker):
    with clock.at(APRIL):
        services.close_month(MARCH)
    with clock.at(date(2025, 4, 30)):
        draft = services.open_batch(moved.pool, "USD", APRIL)
        services.fund_shortfalls(moved.pool, services.deposits_needed(draft), reference="x")
        services.lock(draft, by=maker)
        services.quote(draft)
        services.approve(draft, by=checker)
        services.convert(draft)
    with clock.at(MAY):
        services.close_month(APRIL)
        services.close_month(APRIL)

    # USD 1,175 at 7.1 instead of 7.2: 117.50 cheaper; the margin of 0.5 % is no difference of rates
    told = queries.differences_in(APRIL, moved.pool.operator)
    assert sum(row.realised_minor for row in told) == -117_50
    assert {row.open_minor for row in told} == {0}
    gains = [of(who, AccountCode.FX_REALISED, moved) for who in (moved.a, moved.b)]
    assert gains == [78_34, 39_16]
    assert of(moved.a, AccountCode.FX_VALUATION, moved) == -78_34
    assert [row.month for row in queries.differences_of(moved.a)] == [APRIL, MARCH]
    findings = invariants.check_all("fx.") + invariants.check_all("core.closed")
    assert [each.violations for each in findings if not each.holds] == []


def test_months_are_closed_one_after_the_other_once_they_are_over(moved):
    with clock.at(date(2025, 3, 31)), pytest.raises(MonthNotOver):
        services.close_month(MARCH)
    with clock.at(MAY), pytest.raises(MonthOutOfTurn):
        services.close_month(APRIL)

    assert services.next_month() == MARCH
    assert not ClosedMonth.objects.exists()
    assert not Transfer.objects.filter(code=TransferCode.REVALUATION).exists()


def test_the_database_refuses_what_is_posted_in_a_closed_month(moved):
    with clock.at(APRIL):
        services.close_month(MARCH)
        old = Transfer.objects.first()
        late = {
            field.attname: getattr(old, field.attname)
            for field in Transfer._meta.concrete_fields
            if field.name not in ("id", "key")
        }

        with pytest.raises(IntegrityError, match="closed month"), transaction.atomic():
            Transfer.objects.create(**late, key="late")
        with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
            ClosedMonth.objects.update(open_from=MARCH)
    with pytest.raises(MonthClosed), clock.at(date(2025, 3, 20)):
        services.fund(moved.a, moved.pool, 5, reference="with a clock that is behind")


def test_what_comes_late_counts_on_the_first_open_day(moved):
    with clock.at(date(2025, 4, 9)):
        services.close_month(MARCH)

        services.fund(moved.a, moved.pool, 5_00, reference="late", on=date(2025, 3, 30))

    assert Transfer.objects.get(amount_minor=5_00, code="funding").on == APRIL


def test_the_accounts_of_differences_are_held_to_what_rates_did(moved, approved_late):
    Obligation.objects.filter(importer=moved.a).update(benchmark_rate=Decimal("7.0"))

    broken = [each.name for each in invariants.check_all("fx.") if not each.holds]

    assert broken == ["fx.differences_are_what_rates_did"]


@pytest.fixture
def approved_late(moved, maker, checker):
    draft = services.open_batch(moved.pool, "USD", MARCH)
    services.fund_shortfalls(moved.pool, services.deposits_needed(draft), reference="x")
    for step, by in (("lock", maker), ("quote", maker), ("approve", checker), ("convert", maker)):
        draft.refresh_from_db()
        services.take_step(draft, step, by=by, version=draft.version)
    with clock.at(APRIL):
        services.close_month(MARCH)


def test_the_operator_closes_a_month_from_its_page_and_the_importer_sees_its_part(
    moved, maker, client
):
    client.force_login(maker)
    with clock.at(date(2025, 3, 31)):
        assert "not over yet" in client.get("/settlement/months/").content.decode()
    with clock.at(APRIL):
        assert "CN¥117.50" in client.get("/settlement/months/").content.decode()
        client.post("/settlement/months/2025/3/close/")

        assert "CN¥78.33" in client.get("/settlement/months/2025/3/").content.decode()
        assert client.get("/settlement/months/2025/13/").status_code == 404
        assert client.post("/settlement/months/2025/4/close/").status_code == 422
        client.force_login(user_of(moved.a, "importer", "seller"))
        assert "CN¥78.33" in client.get("/settlement/money/").content.decode()
