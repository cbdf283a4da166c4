"""The operator says by which measure a charge is shared, until the consignment arrives."""

from datetime import date

import pytest

from core.models import Fact
from imports import services
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


def test_after_the_arrival_the_bases_stand(consignment):
    charge = consignment.charges.order_by("pk").first()
    before = charge.basis
    services.arrive(consignment, on=date(2026, 3, 20))

    with pytest.raises(services.ChargeIsFixed):
        services.choose_basis(charge, Basis.EQUAL)
    charge.refresh_from_db()
    assert charge.basis == before
    assert not Fact.objects.filter(name="imports.charge.basis_chosen").exists()
