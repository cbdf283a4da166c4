"""A small pool year, from the first forecast to the last scan, told as facts that must hold."""

import pytest
from django.db.models import F, Sum

from core import facts, ledger, tenancy
from core.domain.chart import AccountCode
from core.models import Account
from customs.models import Declaration
from fx_settlement.models import Obligation, Payment
from imports.models import ForecastLine, OrderShare, PurchaseOrder, PurchaseOrderLine
from portal.demo.journal import Journal
from portal.demo.year import YearPlan, play
from warehouse.models import Lot, Movement, Receipt, UnitIdentity

SMALL = YearPlan(
    year=2025, seed=11, scale=4, importers=5, products=16, lines_per_importer=6, orders=36, buyers=12
)


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker):
    """One year for all stories of this file; they only read."""
    with django_db_blocker.unblock():
        outcome, _ = play(SMALL, Journal())
        with tenancy.as_operator("stories of a year"):
            yield outcome
