"""Charges of consignments and of storage, shared to the fen."""

from datetime import date

import pytest
from django.db.models import Sum

from core import bulk, clock, ledger
from core.ledger import Overdrawn
from core.models import Transfer
from fx_settlement import services
from fx_settlement.models import ChargeShare
from fx_settlement.services import books
from warehouse.models import ChargePeriod


@pytest.fixture
def funded(trade):
    services.fund_shortfalls(
        trade.pool, services.charges_needed(trade.consignment), reference="charges"
    )
    return trade


def shares(party):
    rows = ChargeShare.objects.filter(importer_id=party.pk).order_by("code")
    return dict(rows.values_list("code").annotate(Sum("amount_minor")))


def test_carriage_goes_by_volume_and_agency_by_value(funded):
    services.share_charges(funded.consignment)

    # volume 60 : 30; value 833.33 : 416.67
    assert shares(funded.a) == {"freight": 666_67, "handling": 333_33, "agency": 533_33}
    assert shares(funded.b) == {"freight": 333_34, "handling": 166_67, "agency": 266_67}


def test_the_operators_buffer_bears_no_charge(funded, operator):
    services.share_charges(funded.consignment)

    assert not ChargeShare.objects.filter(importer_id=operator.pk).exists()
    total = sum(ChargeShare.objects.values_list("amount_minor", flat=True))
    assert total == 1_000_01 + 500_00 + 800_00


def test_charges_of_many_importers_are_kept_as_those_of_few(funded, monkeypatch):
    monkeypatch.setattr(bulk, "FEW", 0)

    made = services.share_charges(funded.consignment)

    assert list(ChargeShare.objects.order_by("pk")) == made
    assert shares(funded.a) == {"freight": 666_67, "handling": 333_33, "agency": 533_33}
    assert {(row.pool, row.source, row.on) for row in made} == {
        (funded.pool, f"charge:{row.charge_id}", clock.today()) for row in made
    }


def test_escrow_pays_and_the_services_are_owed(funded):
    services.share_charges(funded.consignment)

    assert ledger.balance(books.service_payable(funded.pool)) == 2_300_01
    assert ledger.balance(books.escrow(funded.a, funded.pool)) == 0


def test_sharing_twice_charges_once(funded):
    first = services.share_charges(funded.consignment)
    transfers = Transfer.objects.count()

    again = services.share_charges(funded.consignment)

    assert [share.pk for share in again] == [share.pk for share in first]
    assert Transfer.objects.count() == transfers


def test_a_deposit_too_small_is_refused_and_nobody_is_charged(trade):
    needs = services.charges_needed(trade.consignment)
    services.fund(trade.a, trade.pool, needs[trade.a.pk], reference="a")

    with pytest.raises(Overdrawn):
        services.share_charges(trade.consignment)

    assert not ChargeShare.objects.exists()
    assert ledger.balance(books.escrow(trade.a, trade.pool)) == needs[trade.a.pk]


def test_a_deposit_that_is_there_is_not_asked_for_again(funded):
    needs = services.charges_needed(funded.consignment)

    assert services.shortfalls(funded.pool, needs) == {}
    assert services.fund_shortfalls(funded.pool, needs, reference="charges") == 0


YEAR_S_END = date(2025, 12, 31)


def test_storage_is_charged_from_receipt_by_the_day(trade):
    # received 2025-03-10: 297 days of 2025; A holds 60 units of 2,400 cm3, B 30; CNY 1.50 a m3 day
    needs = services.storage_needed(trade.pool, 2025)
    services.fund_shortfalls(trade.pool, needs, reference="storage")

    with clock.at(YEAR_S_END):
        services.charge_storage(trade.pool, 2025)

    assert needs == {trade.a.pk: 64_15, trade.b.pk: 32_08}
    assert shares(trade.a) == {"storage": 64_15}
    assert ChargeShare.objects.filter(importer_id=trade.a.pk).count() == 10
    assert ledger.balance(books.service_payable(trade.pool)) == 96_23


def test_storage_of_a_year_is_charged_once(trade):
    needs = services.storage_needed(trade.pool, 2025)
    services.fund_shortfalls(trade.pool, needs, reference="storage")

    for day in (date(2025, 6, 30), YEAR_S_END, date(2026, 1, 5)):
        with clock.at(day):
            services.charge_storage(trade.pool, 2025)

    assert ledger.balance(books.service_payable(trade.pool)) == 96_23


def test_a_month_that_a_deposit_does_not_cover_stays_open(trade):
    with clock.at(date(2025, 3, 31)), pytest.raises(Overdrawn):
        services.charge_month(trade.pool, date(2025, 3, 1))

    assert not ChargeShare.objects.exists()
    assert not ChargePeriod.objects.filter(posted_at__isnull=False).exists()
