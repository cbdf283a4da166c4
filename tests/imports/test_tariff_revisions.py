"""Prices that the operator enters over the published ones."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from imports import queries, services
from imports.domain.tariffs import Trust
from imports.models import TariffRevision, TariffRow
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march", "tariffs")
TODAY, LATER = date(2026, 3, 2), date(2026, 6, 1)


def revise(key="KCN_DOC", *, on=TODAY, price="550", **more):
    terms = {"source": "Quote 118 of the agent", "trust": "list-price", **more}
    return services.revise_tariff(
        TariffRow.objects.get(pk=key),
        valid_from=on,
        price=Decimal(price) if price else None,
        **terms,
    )


def test_an_entered_price_holds_from_its_day_on_with_its_source():
    published = queries.tariff_book(TODAY)["KCN_DOC"].price
    revise(on=LATER)

    assert queries.tariff_book(date(2026, 5, 31))["KCN_DOC"].price == published
    row = queries.tariff_book(LATER)["KCN_DOC"]
    assert (row.price, row.source, row.trust) == (550, "Quote 118 of the agent", Trust.LIST_PRICE)
    assert row.priced_on == LATER


def test_a_price_that_ends_gives_way_to_what_was_published():
    published = queries.tariff_book(TODAY)["KCN_DOC"].price
    revise(valid_before=LATER)

    assert queries.tariff_book(date(2026, 5, 31))["KCN_DOC"].price == 550
    assert queries.tariff_book(LATER)["KCN_DOC"].price == published


def test_of_two_prices_from_one_day_the_later_entry_holds():
    revise(price="550")
    revise(price="540")

    assert queries.tariff_book(TODAY)["KCN_DOC"].price == 540


def test_a_price_replaces_a_published_range():
    revise("INS_SEA", price="0.25")

    row = queries.tariff_book(TODAY)["INS_SEA"]
    assert (row.price, row.price_low, row.price_high, row.is_midpoint) == (
        Decimal("0.25"), None, None, False,
    )  # fmt: skip


def test_breaks_of_air_freight_are_entered_and_flown_by_the_next_break_rule():
    key = queries.terms("USLAX", TODAY).lane.air
    revise(key, price="3", breakpoints="45:3.00|100:2.00")

    book = queries.tariff_book(TODAY)
    assert book[key].breaks == ((Decimal(45), Decimal("3.00")), (Decimal(100), Decimal("2.00")))


@pytest.mark.parametrize("text", ["x", "45", "100:2|45:3", "45:0", "45:1|45:2", "-1:2"])
def test_breaks_that_cannot_be_read_leave_nothing_behind(text):
    with pytest.raises(services.TariffBreaksWrong):
        revise(breakpoints=text)
    assert TariffRevision.objects.count() == 0


def test_a_revision_without_price_and_breaks_is_declined():
    with pytest.raises(services.TariffHasNoPrice):
        revise(price="")


def test_what_was_entered_is_never_rewritten():
    revise()

    with pytest.raises(DatabaseError), transaction.atomic():
        TariffRevision.objects.update(price=1)


def test_a_consignment_keeps_the_price_of_its_day(pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=60)
    consignment = services.ship_order(factories.placed_order(pool), departed_on=TODAY)
    before = queries.rows_behind(consignment)
    revise("KCN_CLEAR", on=LATER, price="999")

    assert queries.rows_behind(consignment) == before


def test_the_operator_enters_a_price_on_the_page(client, operator_user):
    client.force_login(operator_user)
    address = reverse("imports:tariff", args=["KCN_DOC"])
    given = {"valid_from": "2026-03-02", "price": "550", "source": "Quote 118",
             "trust": "list-price"}  # fmt: skip

    assert "over 24 months old" in client.get(reverse("imports:tariffs")).content.decode()
    assert client.post(address, {**given, "source": ""}).status_code == 422
    assert client.post(address, {**given, "breakpoints": "x"}).status_code == 422
    assert client.post(address, given).url == address
    page = client.get(address).content.decode()
    assert "Quote 118" in page
    assert "550" in page
    assert "No tariff fits" in client.get(reverse("imports:tariffs"), {"q": "zz"}).content.decode()
