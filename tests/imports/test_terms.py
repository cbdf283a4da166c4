"""The operator sets its pool's terms and a supplier's rebates; what held in the past stays."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from imports import queries, services
from imports.domain.purchase import Rebate
from imports.models import PlanningTerms, SupplierOffer, SupplierRebate
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")

TODAY = factories.FIXED_ON
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def as_operator(client, operator_user):
    client.force_login(operator_user)
    return client


def test_terms_hold_from_their_day_on_and_never_in_the_past(pool, as_operator):
    page = reverse("imports:terms")
    terms = {"equal_price_percent": 30, "raise_percent": 10, "cut_percent": 5,
             "plans_containers": "on"}  # fmt: skip

    set_ = as_operator.post(page, {**terms, "valid_from": TOMORROW})
    again = as_operator.post(page, {**terms, "valid_from": TOMORROW})
    past = as_operator.post(page, {**terms, "valid_from": TODAY - timedelta(days=1)})

    assert (set_.url, again.status_code, past.status_code) == (page, 422, 422)
    assert "Choose a later day" in past.content.decode()
    today, later = (PlanningTerms.objects.on(pool, day) for day in (TODAY, TOMORROW))
    assert (today.equal_price_percent, later.equal_price_percent) == (50, 30)
    assert (later.raise_percent, later.cut_percent, later.plans_containers) == (10, 5, True)
    assert PlanningTerms.objects.count() == 1


def test_a_rebate_replaces_the_one_from_as_many_units_and_others_stay(supplier, as_operator):
    add = reverse("imports:supplier-add", args=[supplier.pk, "rebate"])
    first = {"from_units": 100, "percent": "2.50", "valid_from": date(2026, 1, 1)}

    as_operator.post(add, first)
    as_operator.post(add, {**first, "from_units": 500, "percent": "4"})
    as_operator.post(add, {**first, "percent": "3", "valid_from": TOMORROW})
    refused = as_operator.post(add, {**first, "percent": "9"})
    shown = as_operator.get(reverse("imports:supplier", args=[supplier.pk])).content.decode()

    assert refused.status_code == 422
    assert queries.rebates([supplier.pk], TODAY) == {
        supplier.pk: (Rebate(100, Decimal("2.50")), Rebate(500, Decimal(4)))
    }
    assert queries.rebates([supplier.pk], TOMORROW)[supplier.pk][0] == Rebate(100, Decimal(3))
    assert SupplierRebate.objects.count() == 3
    assert shown.count("not in force") == 1


def test_an_offer_by_the_pallet_says_what_a_pallet_holds(supplier, serum, as_operator):
    page = reverse("imports:offer", args=[supplier.pk])
    offer = {"product": serum.pk, "currency": "USD", "incoterm": "FOB", "origin_port": "USLAX",
             "moq_units": 1, "pack_units": 6, "lead_time_days": 30, "prices": "1: 9.00",
             "valid_from": TODAY, "is_ordered_by_pallet": "on"}  # fmt: skip

    without = as_operator.post(page, offer)
    as_operator.post(page, {**offer, "pallet_units": 240})

    assert "Say how many units stand on a pallet." in without.content.decode()
    assert SupplierOffer.objects.get().is_ordered_by_pallet
    with pytest.raises(services.RebateNotLater):
        for _ in range(2):
            services.enter_rebate(supplier, from_units=5, percent=Decimal(1), valid_from=TODAY)
