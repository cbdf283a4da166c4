"""The operator says by which measure a charge is shared, until the consignment arrives."""

from datetime import date

import pytest
from django.urls import reverse

from core.models import Fact
from imports import queries, services
from imports.domain.charge_bases import Basis, NoManualParts
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march", "tariffs")


@pytest.fixture
def consignment(pool, importer, stranger, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=2_000)
    factories.plan(stranger, serum, m05=6_000)
    return services.ship_order(factories.placed_order(pool), departed_on=date(2026, 3, 4))


def test_a_charge_is_shared_by_another_measure_or_by_hand(consignment, importer):
    charge = consignment.charges.order_by("pk").first()

    services.choose_basis(charge, Basis.EQUAL)
    assert (charge.basis, charge.manual_parts) == ("equal", {})
    services.choose_basis(charge, Basis.MANUAL, manual_parts={importer.pk: 3})

    assert (charge.basis, charge.manual_parts) == ("manual", {str(importer.pk): 3})
    facts = Fact.objects.filter(name="imports.charge.basis_chosen").order_by("pk")
    assert [fact.data["basis"] for fact in facts] == ["equal", "manual"]


def test_by_hand_somebody_of_the_consignment_must_have_a_part(consignment, operator, importer):
    charge = consignment.charges.order_by("pk").first()

    for parts in ({}, {importer.pk: 0}, {10**6: 5}):
        with pytest.raises(NoManualParts):
            services.choose_basis(charge, Basis.MANUAL, manual_parts=parts)
    charge.refresh_from_db()
    assert charge.basis != "manual"


def test_the_operator_sees_what_a_basis_changes_before_it_is_chosen(
    consignment, client, operator_user, importer, stranger
):
    charge = consignment.charges.filter(basis="value").first()
    page = reverse("imports:charge", args=[charge.pk])
    now = queries.charge_shares(charge, queries.measures_of(consignment))
    client.force_login(operator_user)

    tried = client.get(page, {"basis": "equal"}).content.decode()
    charge.refresh_from_db()
    assert charge.basis == "value"
    refused = client.post(page, {"basis": "manual"})
    chosen = client.post(page, {"basis": "equal"})

    assert "Share it in equal parts" in tried
    assert refused.status_code == 422
    assert "nobody of this consignment" in refused.content.decode()
    assert chosen.url == reverse("imports:order", args=[consignment.order_id])
    charge.refresh_from_db()
    then = queries.charge_shares(charge, queries.measures_of(consignment))
    assert sum(then.values()) == sum(now.values()) == charge.amount_cny_minor
    assert abs(then[importer.pk] - then[stranger.pk]) <= 1
    assert now[stranger.pk] > 2 * now[importer.pk]


def test_of_a_line_that_travels_in_parts_each_has_its_part(pool, importer, stranger, supplier):
    first, second = factories.product(8), factories.product(9)
    for of in (first, second):
        factories.offer(supplier, of)
    factories.plan(importer, first, m04=100)
    factories.plan(stranger, second, m04=100)
    order = factories.placed_order(pool)
    lines = {line.product_id: line.pk for line in order.lines.all()}

    part = services.ship_order(
        order,
        departed_on=date(2026, 3, 4),
        units={lines[first.pk]: 25, lines[second.pk]: 100},
    )

    measures = queries.measures_of(part)
    assert (measures[importer.pk].units, measures[stranger.pk].units) == (25, 100)


def test_after_the_arrival_the_bases_stand(consignment):
    charge = consignment.charges.order_by("pk").first()
    before = charge.basis
    services.arrive(consignment, on=date(2026, 3, 20))

    with pytest.raises(services.ChargeIsFixed):
        services.choose_basis(charge, Basis.EQUAL)
    charge.refresh_from_db()
    assert charge.basis == before
    assert not Fact.objects.filter(name="imports.charge.basis_chosen").exists()
