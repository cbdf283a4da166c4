"""Suppliers, offers that are never rewritten, quotes beside each other, agreements."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core import clock
from core.domain.transitions import StepNotAllowed
from core.links import LinkNotValid
from core.models import Fact, Party
from imports import queries, services
from imports.domain.supply import Break, PostcodeWrong, Standing
from imports.models import (
    BlanketAgreement,
    Certificate,
    PriceTier,
    Quote,
    QuoteAward,
    QuoteRequest,
    SupplierAddress,
    SupplierOffer,
)
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")
TODAY = date(2026, 3, 2)
LATER = date(2026, 6, 1)
PDF = b"%PDF-1.7 one page"


def enter(supplier, product, *, on=TODAY, price=1_000, **more):
    terms = {
        "currency": "USD",
        "incoterm": "FOB",
        "origin_port": "USLAX",
        "moq_units": 1,
        "pack_units": 6,
        "lead_time_days": 30,
        "valid_before": None,
        **more,
    }
    return services.enter_offer(
        supplier=supplier, product=product, breaks=[Break(1, price)], valid_from=on, **terms
    )


def quoted(price=900, **more):
    terms = {
        "currency": "USD",
        "incoterm": "FOB",
        "origin_port": "USLAX",
        "moq_units": 1,
        "pack_units": 1,
        "lead_time_days": 20,
        "valid_before": date(2027, 1, 1),
        "breaks": (Break(1, price),),
        **more,
    }
    return services.QuoteTerms(**terms)


@pytest.fixture
def asked(pool, supplier, serum):
    other = factories.supplier("other-house")
    return services.ask_quotes(
        pool, lines={serum: 100}, suppliers=[supplier, other], answer_by=date(2026, 3, 20)
    )


def answer(asked, code, *args, **more):
    invited = asked.invitations.get(supplier__code=code)
    return services.answer_quotes(invited, {asked.lines.get().pk: quoted(*args, **more)})


def test_a_supplier_is_recorded_with_the_parts_of_its_address():
    made = services.add_supplier(
        code="seto", name="Seto", name_zh="", email="", country="JP", province="", town="Osaka",
        street="Nanko-kita 2-14", postcode="559-0034",
    )  # fmt: skip

    assert (made.kind, SupplierAddress.objects.get().postcode) == (Party.Kind.SUPPLIER, "559-0034")
    made.refresh_from_db()
    assert (made.street, made.town) == ("Nanko-kita 2-14", "Osaka")


def test_a_wrong_postcode_leaves_no_supplier_behind():
    with pytest.raises(PostcodeWrong):
        services.add_supplier(
            code="seto", name="Seto", name_zh="", email="", country="JP", province="",
            town="Osaka", street="Nanko-kita 2-14", postcode="1",
        )  # fmt: skip
    assert not Party.objects.filter(code="seto").exists()


def test_the_address_that_holds_is_the_latest_of_its_kind(supplier):
    parts = {"kind": "pickup", "country": "US", "province": "CA", "street": "Pier 1"}
    for day, town in ((date(2026, 1, 1), "Long Beach"), (LATER, "Oakland")):
        services.set_address(supplier, valid_from=day, town=town, postcode="", **parts)

    assert [row.town for row in queries.addresses_of(supplier, TODAY)] == ["Long Beach"]
    assert [row.town for row in queries.addresses_of(supplier, LATER)] == ["Oakland"]
    supplier.refresh_from_db()
    assert supplier.town == ""


def test_a_revised_offer_ends_the_one_before_and_both_stay_on_record(supplier, serum):
    first = enter(supplier, serum)
    second = enter(supplier, serum, on=LATER, price=950)

    first.refresh_from_db()
    assert (first.valid_before, second.valid_before) == (LATER, None)
    assert [row.pk for row in queries.offers_of(serum, date(2026, 5, 31))] == [first.pk]
    assert [row.pk for row in queries.offers_of(serum, LATER)] == [second.pk]
    assert Fact.objects.filter(name="imports.offer.entered").last().data["ended"] == [first.pk]


def test_the_past_of_an_offer_is_not_replaced(supplier, serum):
    enter(supplier, serum, on=LATER)

    with pytest.raises(services.OfferNotLater):
        enter(supplier, serum, on=LATER)
    with pytest.raises(services.OfferNotLater):
        enter(supplier, serum, on=TODAY)
    assert SupplierOffer.objects.get().valid_before is None


@pytest.mark.parametrize("changed", [{"moq_units": 9}, {"incoterm": "EXW"}, {"currency": "EUR"}])
def test_the_database_refuses_to_rewrite_an_offer(supplier, serum, changed):
    enter(supplier, serum)

    with pytest.raises(DatabaseError), transaction.atomic():
        SupplierOffer.objects.update(**changed)
    with pytest.raises(DatabaseError), transaction.atomic():
        PriceTier.objects.update(price=Decimal(1))


def test_papers_warn_sixty_days_before_they_end(supplier, serum):
    for number, last in (("A", date(2026, 3, 1)), ("B", date(2026, 5, 1)), ("C", None)):
        services.keep_certificate(
            kind="health", number=number, issuer="Board", issued_on=date(2025, 1, 1),
            expires_on=last, supplier=supplier, product=serum if number == "C" else None,
            content=PDF if number == "A" else b"",
        )  # fmt: skip

    rows = {row.number: row.standing for row in queries.certificates(TODAY, supplier=supplier)}
    assert rows == {"A": Standing.EXPIRED, "B": Standing.EXPIRING, "C": Standing.VALID}
    assert [(row.code, row.warnings) for row in queries.suppliers(TODAY)] == [("serum-house", 2)]


def test_a_paper_that_is_no_paper_is_declined_and_nothing_is_kept(supplier):
    with pytest.raises(services.NotAPaper):
        services.keep_certificate(
            kind="origin", number="A", issuer="B", issued_on=TODAY, expires_on=None,
            supplier=supplier, content=b"<html>",
        )  # fmt: skip
    assert Certificate.objects.count() == 0


def test_each_supplier_answers_by_a_link_of_its_own(asked):
    first, second = asked.invitations.order_by("pk")
    token = services.quote_address(first).strip("/").split("/")[-1]

    assert services.invitation_of(token) == first
    assert services.quote_address(second) != services.quote_address(first)
    with pytest.raises(LinkNotValid):
        services.invitation_of(token[:-1] + ("A" if token[-1] != "A" else "B"))


def test_a_changed_answer_is_a_new_version_and_the_same_answer_is_kept_once(asked):
    answer(asked, "serum-house", 900)
    assert answer(asked, "serum-house", 900) == []

    (second,) = answer(asked, "serum-house", 880)

    assert (second.version, Quote.objects.count()) == (2, 2)
    assert asked.invitations.get(supplier__code="serum-house").answered_at is not None


def test_answers_are_taken_until_the_last_day_and_not_after_it(asked):
    with clock.at(date(2026, 3, 20)):
        answer(asked, "serum-house")
    with clock.at(date(2026, 3, 21)), pytest.raises(services.RequestIsOver):
        answer(asked, "serum-house", 100)
    assert Quote.objects.count() == 1


def test_a_request_needs_products_and_suppliers(pool, supplier, serum):
    for lines, suppliers in (({}, [supplier]), ({serum: 1}, [])):
        with pytest.raises(services.NothingToQuote):
            services.ask_quotes(pool, lines=lines, suppliers=suppliers, answer_by=LATER)
    assert QuoteRequest.objects.count() == 0


def test_quotes_stand_beside_each_other_by_what_a_unit_costs_landed(asked, tariffs):
    answer(asked, "serum-house", 1_000)
    answer(asked, "other-house", 900, moq_units=300, pack_units=24)

    ((line, rows),) = queries.comparison(asked, TODAY)

    assert line.units == 100
    by_supplier = {row.supplier: row for row in rows}
    cheap, dear = by_supplier["Other-House"], by_supplier["Serum-House"]
    assert (cheap.units, dear.units) == (312, 100)
    # goods at 7 CNY a dollar: 63.00 and 70.00; carriage is the rest
    assert cheap.landed_fen > 63_00
    assert dear.landed_fen > 70_00
    assert [row.is_best for row in rows] == [True, False]


def test_a_quote_from_where_no_rate_reaches_says_why_and_stands_last(asked, tariffs):
    answer(asked, "serum-house", 1_000, currency="GBP")
    answer(asked, "other-house", 5_000)

    ((_, rows),) = queries.comparison(asked, TODAY)

    assert [row.supplier for row in rows] == ["Other-House", "Serum-House"]
    assert (rows[1].landed_fen, rows[1].why_not.code) == (None, "rate-too-old")


def test_the_chosen_quote_becomes_an_offer_and_closes_the_request(asked, serum, supplier):
    earlier = enter(supplier, serum, on=date(2026, 1, 1))
    (quote,) = answer(asked, "serum-house", breaks=(Break(1, 900), Break(600, 850)))

    award = services.award_quote(quote)

    earlier.refresh_from_db()
    asked.refresh_from_db()
    assert (earlier.valid_before, asked.state) == (TODAY, QuoteRequest.State.AWARDED)
    assert award.offer.valid_before == date(2027, 1, 1)
    tiers = [(tier.from_units, tier.price.amount) for tier in award.offer.tiers.all()]
    assert tiers == [(1, Decimal("9.00")), (600, Decimal("8.50"))]


def test_a_line_is_awarded_once(asked):
    (first,), (second,) = answer(asked, "serum-house"), answer(asked, "other-house")
    services.award_quote(first)

    with pytest.raises(StepNotAllowed):
        services.award_quote(second)
    assert (QuoteAward.objects.count(), SupplierOffer.objects.count()) == (1, 1)


def test_a_line_of_a_longer_request_is_awarded_once_too(pool, supplier, serum):
    request = services.ask_quotes(
        pool,
        lines={serum: 10, factories.product(2): 10},
        suppliers=[supplier],
        answer_by=LATER,
    )
    line = request.lines.get(product=serum)
    (quote,) = services.answer_quotes(request.invitations.get(), {line.pk: quoted()})
    services.award_quote(quote)

    with pytest.raises(services.LineAwarded):
        services.award_quote(quote)
    request.refresh_from_db()
    assert request.state == QuoteRequest.State.OPEN


def test_orders_call_an_agreement_off_and_warn_beyond_it(pool, importer, supplier, serum):
    terms = {"supplier": supplier, "valid_from": date(2026, 1, 1), "valid_before": LATER}
    services.agree(pool=pool, product=serum, units=50, currency="", value_minor=None, **terms)
    services.agree(
        pool=pool, product=None, units=None, currency="USD", value_minor=1_000_00, **terms
    )
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=60)
    order = factories.placed_order(pool)

    by_units, by_value = sorted(queries.agreements([pool]), key=lambda row: row.currency)

    assert (by_units.used.called, by_units.used.remaining, by_units.used.over) == (60, -10, 10)
    assert (by_value.used.called, by_value.used.remaining) == (order.total_minor, 400_00)


def test_the_database_wants_units_of_a_product_or_a_value(pool, supplier):
    with pytest.raises(DatabaseError), transaction.atomic():
        BlanketAgreement.objects.create(
            pool=pool, supplier_id=supplier.pk, number="BA-1", units=5, valid_from=TODAY,
            valid_before=LATER,
        )  # fmt: skip
