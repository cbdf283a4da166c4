"""An importer leaves: its operator and itself see what remains between it and the pool."""

from datetime import date

import pytest
from django.urls import reverse

from core import clock, tenancy
from fx_settlement import services as settlement
from imports import services
from imports.models import PurchaseOrder
from portal.queries.exits import departure_of, exit_statement, unsettled
from tests.imports import factories

TODAY = date(2026, 3, 2)


@pytest.fixture
def left(pool, importer, stranger):
    """300 units under way and 40 in a locked round, when the importer leaves."""
    factories.load_rates(TODAY)
    services.load_tariffs()
    with clock.at(TODAY), tenancy.as_operator("test"):
        serum = factories.product(1)
        factories.offer(factories.supplier(), serum)
        factories.plan(importer, serum, m04=300, m07=40)
        factories.placed_order(pool)
        later = factories.quarter(pool, date(2026, 7, 1), date(2026, 9, 1))
        services.lock_round(later)
        yield services.depart(importer, pool, "left")


def test_an_exit_names_what_is_locked_what_is_under_way_and_what_could_go_back(left):
    found = exit_statement(left)

    assert found.rounds == [("ningbo-2025-2026-07", 40)]
    assert [(order.units, order.cost_minor) for order in found.orders] == [(300, 3_000_00)]
    assert (found.stock, found.owed, found.asked, found.free_minor) == ([], [], [], 0)
    assert not found.is_settled


def test_only_its_operator_and_itself_find_the_statement(
    left, client, operator_user, importer_user, importer, stranger, pool
):
    page = reverse("exit", args=[importer.pk])

    met = {}
    for user in (operator_user, importer_user):
        client.force_login(user)
        met[user.username] = client.get(page)
        assert f'href="{page}"' in client.get(reverse("home")).content.decode()
    client.force_login(operator_user)

    assert [answer.status_code for answer in met.values()] == [200, 200]
    assert "Not everything is settled yet" in met[operator_user.username].content.decode()
    assert "Sell it to the pool" not in met[importer_user.username].content.decode()
    assert client.get(reverse("exit", args=[stranger.pk])).status_code == 404
    assert departure_of(importer.pk, seen_by=stranger) is None


def test_what_remains_is_a_decision_of_the_operator_until_goods_and_debts_are_gone(
    left, pool, operator, importer
):
    assert [each.importer_id for each in unsettled(operator)] == [importer.pk]

    with tenancy.as_operator("test"):
        PurchaseOrder.objects.update(state=PurchaseOrder.State.ARRIVED)
    assert unsettled(operator) == []
    assert exit_statement(left).orders == []

    settlement.fund(importer, pool, 5_000_00, reference="exit")
    found = exit_statement(left)
    assert (found.balance_minor, found.held_minor, found.free_minor) == (5_000_00, 0, 5_000_00)


def test_who_fails_to_pay_is_out_of_the_locked_round_too(pool, importer, stranger):
    factories.load_rates(TODAY)
    with clock.at(TODAY), tenancy.as_operator("test"):
        serum = factories.product(1)
        factories.offer(factories.supplier(), serum)
        factories.plan(importer, serum, m07=40)
        later = factories.quarter(pool, date(2026, 7, 1), date(2026, 9, 1))
        services.lock_round(later)
        gone = services.depart(importer, pool, "defaulted")

        found = exit_statement(gone)

    assert (found.rounds, found.orders, found.limit_used_minor) == ([], [], 0)
    assert found.is_settled


def test_a_settled_exit_says_that_nothing_remains(pool, importer, client, operator_user):
    with clock.at(TODAY), tenancy.as_operator("test"):
        services.depart(importer, pool, "left")
    client.force_login(operator_user)

    page = client.get(reverse("exit", args=[importer.pk])).content.decode()

    assert "Nothing remains between the pool and the importer" in page
    assert "Its account is empty." in page
    assert reverse("exit", args=[importer.pk]) not in client.get(reverse("home")).content.decode()
