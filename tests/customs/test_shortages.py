"""Units that a book's close finds missing are taxed in full, and the operator says which tax."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from core import clock, rates, tenancy
from warehouse.models import AccountBook, CloseLine
from warehouse.services import closing

pytestmark = pytest.mark.django_db

AFTER = date(2026, 1, 5)


@pytest.fixture
def missing(stocked, formula):
    """Seven tins of a hundred are missing at the close of the book."""
    came = date(2025, 3, 10)
    rates.load([("USD", came, Decimal(1)), ("CNY", came, Decimal("7.2"))])
    book = AccountBook.objects.get(items__product=formula)
    with clock.at(AFTER), tenancy.as_operator("test"):
        close = closing.open_close(book)
        lines = {line.item.product_id: line for line in CloseLine.objects.filter(close=close)}
        counted = {line.pk: 100 for line in lines.values()}
        counted[lines[formula.pk].pk] = 93
        closing.finish_count(closing.enter_counts(close, counted))
        yield lines[formula.pk]


def test_missing_units_are_taxed_in_full_step_by_step(client, operator_user, missing):
    client.force_login(operator_user)

    page = client.get(reverse("customs:shortages"))

    # seven tins at USD 12.50 × 7.2: duty of 15 % on 630.00, VAT of 13 % on 724.50
    (row,) = page.context["rows"]
    assert (row.missing, row.total_minor) == (7, 94_50 + 94_19)
    assert "Duty at 15 %, of which 100 % are levied: 94.50 CNY." in page.text


def test_the_assessed_tax_is_confirmed_or_another_stated_with_its_reason(
    client, operator_user, missing
):
    client.force_login(operator_user)
    address = reverse("customs:state-shortage", args=[missing.pk])

    client.post(address)
    missing.refresh_from_db()
    assert (missing.tax_minor, missing.assessed_minor) == (188_69, 188_69)
    assert missing.assessment["regime"] == "full"
    assert client.post(address, {"amount": "100.00"}).status_code == 422
    client.post(address, {"amount": "100.00", "because": "decision 12 of Beilun customs"})

    missing.refresh_from_db()
    assert (missing.tax_minor, missing.assessed_minor) == (100_00, 188_69)
    assert "decision 12" in client.get(reverse("customs:shortages")).text
