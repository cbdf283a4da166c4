"""A year's statement, checked by hand on a pool of one order."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from core import clock, jobs, ledger, tenancy
from core.models import Transfer
from fx_settlement import services
from fx_settlement.domain.statement import Component
from fx_settlement.models import FeeInvoice
from fx_settlement.services import books
from tests.conftest import user_of


@pytest.fixture
def year(closed, owed):
    """The order paid, its charges and the year's storage shared."""
    needs = services.charges_needed(owed.consignment)
    services.fund_shortfalls(owed.pool, needs, reference="charges")
    services.share_charges(owed.consignment)
    services.fund_shortfalls(
        owed.pool, services.storage_needed(owed.pool, 2025), reference="storage"
    )
    with clock.at(date(2025, 12, 31)):
        services.charge_storage(owed.pool, 2025)
    return owed


def pooled(made):
    return {line.component.value: line.pooled_minor for line in made.lines}


def alone(made):
    return {line.component.value: line.alone_minor for line in made.lines}


def test_pooled_figures_are_what_the_ledger_charged(year):
    assert pooled(services.statement(year.a, 2025)) == {
        "goods": 5_639_98,
        "freight": 666_67,
        "insurance": 0,
        "handling": 333_33,
        "agency": 533_33,
        "storage": 64_15,
        "wires-and-conversion": 28_20 + 133_33,
        "operator-fee": 0,
    }


def test_alone_is_the_same_60_units_at_the_first_tier_by_the_cheapest_way(year):
    made = services.statement(year.a, 2025)

    # 60 x USD 14.00 = 840.00; at 7.2 = 6,048.00; margin 0.5 % = 30.24; wire 50 + 150
    figures = alone(made)
    assert made.units == 60
    assert figures["goods"] == 6_048_00
    assert figures["wires-and-conversion"] == 30_24 + 200_00
    assert figures["agency"] == 800_00
    assert figures["storage"] == 64_15
    assert figures["operator-fee"] == 0


def test_the_reasons_stand_apart_from_the_total(year):
    reasons = services.statement(year.a, 2025).reasons

    # 60 x (14.00 - 12.50) = USD 90.00 at 7.2
    assert reasons.price_tiers_minor == 648_00
    # the surplus that A paid for: 833.33 - 60 x 12.50 = USD 83.33 at 7.2; alone leaves nothing over
    assert reasons.minimum_orders_minor == -599_98


def test_the_saving_is_alone_less_pooled_inside_its_range(year):
    made = services.statement(year.a, 2025)

    assert made.pooled_minor == 7_398_99
    assert made.saving.minor == made.alone.minor - 7_398_99
    assert made.saving.low <= made.saving.minor <= made.saving.high


def test_every_row_used_is_listed_once_with_its_trust(year):
    made = services.statement(year.a, 2025)
    keys = [row.key for row in made.rows]

    assert len(keys) == len(set(keys))
    assert {"LCL_LAX_SHA_2015B", "AGENT_MIN", "BW_STORAGE", "WIRE_TT_CN", "FX_MARGIN_USD"} <= set(
        keys
    )
    assert "LCL_LAX_SHA_2015B" in {row.key for row in made.old_rows}
    assert made.trust.value == "assumed"


def test_an_importer_sees_its_own_year_and_in_its_own_name(year):
    as_operator = services.statement(year.a, 2025)

    with tenancy.acting_for(year.a):
        assert services.statement(year.a, 2025) == as_operator


def test_an_importer_gets_nothing_of_a_stranger_even_when_it_asks_by_name(year):
    with tenancy.acting_for(year.b):
        made = services.statement(year.a, 2025)

    assert (made.units, made.pooled_minor, made.rows) == (0, 0, ())


def test_outside_of_any_scope_there_is_no_statement(pool, importer):
    with pytest.raises(tenancy.NobodyInView):
        services.statement(importer, 2025)


def test_a_year_without_a_pool_is_a_statement_of_zeros(year):
    made = services.statement(year.a, 2019)

    assert (made.units, made.pooled_minor, made.alone.minor) == (0, 0, 0)


def test_the_operators_fee_stays_inside_what_the_pool_saves(year):
    before = services.statement(year.a, 2025)
    services.fund_shortfalls(year.pool, services.operator_fees(year.pool), reference="fee")

    fees = services.charge_operator_fee(year.pool)

    after = services.statement(year.a, 2025)
    # 2 % of CNY 5,639.98, far below half of the saving
    assert fees[year.a.pk] == 112_80
    assert after.line(Component.OPERATOR_FEE).pooled_minor == 112_80
    assert after.saving.minor == before.saving.minor - 112_80
    assert ledger.balance(books.operator_income(year.pool)) == sum(fees.values())


def test_the_operators_fee_is_charged_once(year):
    services.fund_shortfalls(year.pool, services.operator_fees(year.pool), reference="fee")
    first = services.charge_operator_fee(year.pool)
    transfers = Transfer.objects.count()

    with clock.at(date(2025, 12, 31)):
        again = services.charge_operator_fee(year.pool)

    assert (again, Transfer.objects.count()) == (first, transfers)


def test_the_operators_fee_is_billed_to_each_importer_and_each_reads_its_own(
    year, client, importer, stranger, operator
):
    services.fund_shortfalls(year.pool, services.operator_fees(year.pool), reference="fee")
    fees = services.charge_operator_fee(year.pool)
    services.charge_operator_fee(year.pool)
    bills = {row.importer_id: row for row in FeeInvoice.objects.all()}
    assert {who: row.amount_minor for who, row in bills.items()} == fees
    with pytest.raises(DatabaseError), transaction.atomic():
        FeeInvoice.objects.update(amount_minor=1)

    mine = bills[year.a.pk]
    client.force_login(user_of(importer, "importer", "reads"))
    assert client.get(f"/settlement/money/invoices/{mine.pk}/").status_code == 404
    jobs.run_until_idle()
    assert mine.number in client.get("/settlement/money/").content.decode()
    assert client.get(f"/settlement/money/invoices/{mine.pk}/").content.startswith(b"%PDF")
    client.force_login(user_of(stranger, "importer", "strange"))
    assert client.get(f"/settlement/money/invoices/{mine.pk}/").status_code == 404
    client.force_login(user_of(operator, "operator", "leads"))
    assert mine.number in client.get("/settlement/funding/").content.decode()
    assert client.get(f"/settlement/funding/invoices/{mine.pk}/").status_code == 200


def test_the_pool_adds_up_and_every_fen_has_an_owner(year):
    summary = services.pool_summary(year.pool)
    each = [services.statement(who, 2025) for who in (year.a, year.b)]

    assert summary.importers == 2
    assert summary.units == 90
    assert summary.pooled_minor == sum(made.pooled_minor for made in each)
    assert summary.saving_minor == sum(made.saving.minor for made in each)
    assert summary.unallocated_minor_units == 0
