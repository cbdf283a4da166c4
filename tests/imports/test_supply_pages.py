"""Pages of suppliers for the operator, and the page that suppliers open by a link."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Party
from imports import services
from imports.models import (
    BlanketAgreement,
    Certificate,
    Quote,
    QuoteAward,
    QuoteRequest,
    SupplierAddress,
    SupplierOffer,
)
from tests.imports import factories
from tests.imports.test_supply import enter, quoted

pytestmark = pytest.mark.usefixtures("in_march", "pool")
OFFER = {
    "currency": "USD", "incoterm": "FOB", "origin_port": "USLAX", "moq_units": 30,
    "pack_units": 6, "lead_time_days": 35, "prices": "30: 17.40\n240: 17.05",
    "valid_from": "2026-03-02",
}  # fmt: skip


@pytest.fixture
def as_operator(client, operator_user):
    client.force_login(operator_user)
    return client


def page_of(client, name, *args):
    return client.get(reverse(f"imports:{name}", args=args)).content.decode()


def test_a_supplier_is_added_and_a_wrong_postcode_is_said_in_the_form(as_operator):
    assert "No supplier yet" in page_of(as_operator, "suppliers")
    sent = {"code": "seto", "name": "Seto", "country": "JP", "town": "Osaka", "street": "1",
            "postcode": "1"}  # fmt: skip
    wrong = as_operator.post(reverse("imports:suppliers"), sent)
    right = as_operator.post(reverse("imports:suppliers"), {**sent, "postcode": "559-0034"})
    again = as_operator.post(reverse("imports:suppliers"), {**sent, "postcode": "559-0034"})

    assert "not a postcode of JP" in wrong.content.decode()
    assert right.url == reverse("imports:supplier", args=[Party.objects.get(code="seto").pk])
    assert "This code is taken." in again.content.decode()


def test_an_offer_is_entered_and_its_revision_starts_from_what_holds(as_operator, supplier, serum):
    address = reverse("imports:offer", args=[supplier.pk])
    wrong = as_operator.post(address, {**OFFER, "product": serum.pk, "prices": "30: x"})
    as_operator.post(address, {**OFFER, "product": serum.pk})
    first = SupplierOffer.objects.get()
    revised = as_operator.get(address, {"revises": first.pk}).content.decode()

    assert "is not a number of units and a price of USD" in wrong.content.decode()
    assert "30: 17.40\n240: 17.05" in revised
    assert "ends on the day from which this one is valid" in revised
    early = as_operator.post(address, {**OFFER, "product": serum.pk})
    assert "it cannot be replaced from" in early.content.decode()
    as_operator.post(address, {**OFFER, "product": serum.pk, "valid_from": "2026-04-01"})
    assert "Revise" in page_of(as_operator, "supplier", supplier.pk)
    assert SupplierOffer.objects.count() == 2


def test_an_address_a_paper_and_an_agreement_are_added_on_the_supplier_page(
    as_operator, supplier, serum
):
    def send(what, **fields):
        return as_operator.post(reverse("imports:supplier-add", args=[supplier.pk, what]), fields)

    span = {"valid_from": "2026-01-01", "valid_before": "2027-01-01"}
    send("address", kind="pickup", country="US", town="Oakland", street="Pier 9", **span)
    send("certificate", kind="health", number="H-1", issuer="Board", issued_on="2025-01-01",
         expires_on="2026-03-10")  # fmt: skip
    send("agreement", product=serum.pk, units=500, currency="USD", **span)
    vague = send("agreement", units=500, value=3, currency="USD", **span)
    page = page_of(as_operator, "supplier", supplier.pk)

    assert (SupplierAddress.objects.count(), Certificate.objects.count()) == (1, 1)
    assert BlanketAgreement.objects.get().units == 500
    assert (vague.status_code, send("nothing").status_code) == (422, 404)
    for text in ("Pier 9", "1 paper is expired or expires within 60 days", "expires soon", "500"):
        assert text in page


def test_a_request_is_opened_by_sku_and_unknown_ones_are_named(as_operator, supplier, serum):
    sent = {"lines": "SERUM-1: 100", "suppliers": [supplier.pk], "answer_by": "2026-03-20"}
    unknown = as_operator.post(reverse("imports:quotes"), {**sent, "lines": "NOPE: 5"})
    late = as_operator.post(reverse("imports:quotes"), {**sent, "answer_by": "2026-03-01"})
    opened = as_operator.post(reverse("imports:quotes"), sent)

    assert "No product has the SKU “NOPE”." in unknown.content.decode()
    assert "This day is over." in late.content.decode()
    assert opened.url == reverse("imports:quote-request", args=[QuoteRequest.objects.get().pk])
    assert "http://testserver/imports/answer/quote/" in as_operator.get(opened.url).content.decode()


@pytest.fixture
def request_(pool, supplier, serum):
    return services.ask_quotes(
        pool,
        lines={serum: 100, factories.product(2): 50},
        suppliers=[supplier],
        answer_by=date(2026, 3, 20),
    )


def filled(prefix, **changed):
    fields = {
        "currency": "USD", "incoterm": "FOB", "origin_port": "USLAX", "moq_units": 12,
        "pack_units": 6, "lead_time_days": 21, "prices": "12: 9.00", "valid_before": "2027-01-01",
        **changed,
    }  # fmt: skip
    return {f"{prefix}-{name}": value for name, value in fields.items()}


def untouched(prefix):
    return {f"{prefix}-currency": "USD", f"{prefix}-incoterm": "FOB", f"{prefix}-moq_units": 1,
            f"{prefix}-pack_units": 1}  # fmt: skip


def test_a_supplier_answers_one_line_without_signing_in_and_may_change_it(request_, serum):
    address = services.quote_address(request_.invitations.get())
    mine, other = request_.lines.order_by("product__sku")
    guest = Client()

    assert "100 units wanted" in guest.get(address).content.decode()
    wrong = guest.post(address, {**filled(mine.pk, prices="free"), **untouched(other.pk)})
    sent = guest.post(address, {**filled(mine.pk), **untouched(other.pk)})
    again = guest.get(address).content.decode()

    assert (wrong.status_code, sent.url) == (422, address)
    assert Quote.objects.get().line == mine
    assert "Your answer of" in again
    assert "12: 9.00" in again


def test_a_link_that_was_changed_opens_nothing(request_):
    address = services.quote_address(request_.invitations.get())

    assert Client().get(address[:-2] + "xx/").status_code in (403, 404, 422)


def test_after_the_last_day_the_page_takes_no_answer(request_):
    QuoteRequest.objects.update(asked_on=date(2026, 1, 1), answer_by=date(2026, 3, 1))
    address = services.quote_address(request_.invitations.get())
    line = request_.lines.first()

    assert "takes no more answers" in Client().get(address).content.decode()
    sent = Client().post(address, filled(line.pk))
    assert sent.status_code == 422
    assert Quote.objects.count() == 0


def test_the_operator_compares_and_awards(as_operator, request_, tariffs):
    line = request_.lines.order_by("product__sku").first()
    services.answer_quotes(request_.invitations.get(), {line.pk: quoted()})
    page = page_of(as_operator, "quote-request", request_.pk)
    address = reverse("imports:quote-award", args=[request_.pk])
    as_operator.post(address, {"quote": Quote.objects.get().pk})

    assert "lowest" in page
    assert "No answer yet" in page
    assert QuoteAward.objects.get().offer.supplier_id == Party.objects.get(kind="supplier").pk
    assert as_operator.post(address, {"quote": "x"}).status_code == 404


def test_the_product_page_shows_the_offers_in_force(as_operator, supplier, serum):
    enter(supplier, serum)

    assert "FOB USLAX" in page_of(as_operator, "product", serum.pk)
