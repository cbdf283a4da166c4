"""Importers are told of sheets that need mending and of rounds that wait for their plans."""

from datetime import date

import pytest

from core import notices, sheets
from core.models import Notice
from imports import services
from imports.domain.forecasts import TEMPLATE_HEADINGS
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


def send(importer, march):
    row = ["SERUM-1", "", "", 2026, 0, march, *[0] * 11]
    content = sheets.write_csv(TEMPLATE_HEADINGS, [row])
    return services.upload_forecast(importer, "plan.csv", content)


def told_to(user, importer):
    return [(row.what, row.address) for row in notices.of(user, [importer.pk])]


def test_a_sheet_with_faults_is_told_until_a_later_one_is_published(importer, importer_user, serum):
    first, second = send(importer, "ten"), send(importer, "2.5")

    assert told_to(importer_user, importer) == [
        (
            "Your forecast sheet for 2026 has 1 faults; nothing was published.",
            f"/imports/plan/uploads/{second.pk}/",
        )
    ]
    assert Notice.objects.filter(key__endswith=f"/{first.pk}", settled_at=None).count() == 0

    services.publish(send(importer, 10))

    assert told_to(importer_user, importer) == []


def test_a_round_asks_every_importer_for_its_plan_until_it_is_consolidated(
    importer, importer_user, stranger, pool, supplier, serum
):
    factories.load_rates(date(2026, 3, 2))
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=100)

    opened = services.open_round(pool, first_month=date(2026, 4, 1), last_month=date(2026, 6, 1))

    assert Notice.objects.filter(settled_at=None).count() == 2
    assert told_to(importer_user, importer) == [
        ("Round ningbo-2025-2026-04 buys for Apr 2026 to Jun 2026.", "/imports/plan/")
    ]

    services.consolidate_round(opened)

    assert Notice.objects.filter(settled_at=None).count() == 0
