"""The importer's rounds, and the operator's, in the browser."""

from datetime import date

import pytest
from django.urls import reverse

from core import clock
from core.web import locale
from imports import queries, services
from imports.domain.commitments import Deadlines
from imports.models import Departure, Round
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")

DAYS = Deadlines(date(2026, 3, 4), date(2026, 3, 6), date(2026, 3, 8))


@pytest.fixture
def round_(pool, importer, stranger, supplier, serum):
    factories.offer(supplier, serum, {1: "10.00", 100: "8.00"}, pack_units=12)
    factories.plan(importer, serum, m04=30, tolerance_units=4)
    factories.plan(stranger, serum, m05=10, tolerance_units=50)
    return services.open_round(
        pool, first_month=date(2026, 4, 1), last_month=date(2026, 6, 1), deadlines=DAYS
    )


@pytest.fixture
def as_importer(client, importer_user):
    client.force_login(importer_user)
    return client


@pytest.fixture
def as_operator(client, operator_user):
    client.force_login(operator_user)
    return client


def text(client, name, *args):
    answer = client.get(reverse(f"imports:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_importer_sees_its_rounds_with_their_days(as_importer, round_):
    page = text(as_importer, "own_rounds")

    assert round_.code in page
    assert all(locale.day(day) in page for day in (DAYS.submission, DAYS.filling, DAYS.lock))
    assert "Your forecast is submitted on" in text(as_importer, "own_round", round_.pk)


def test_an_importer_sees_the_effect_of_a_change_before_it_saves_it(
    as_importer, round_, importer, serum
):
    services.submit_round(round_)
    where = reverse("imports:line", args=[round_.pk, serum.pk])

    seen = as_importer.get(where, {"units": "36", "tolerance_units": "0"}).content.decode()
    assert "What it does to the pool" in seen
    assert queries.commitments_of(round_, importer)[0].units == 30
    saved = as_importer.post(where, {"units": "36", "tolerance_units": "0"})

    assert saved.status_code == 302
    assert queries.commitments_of(round_, importer)[0].units == 36


def test_an_importer_tops_up_within_its_tolerance(as_importer, round_, importer, serum):
    services.start_filling(round_)
    page = text(as_importer, "own_round", round_.pk)
    assert 'max="4"' in page
    assert locale.money(60_00, "USD") in page

    where = reverse("imports:top_up", args=[round_.pk, serum.pk])
    refused = as_importer.post(where, {"more": "5"})
    taken = as_importer.post(where, {"more": "4"})

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert queries.commitments_of(round_, importer)[0].units == 34


def test_an_importer_sees_its_lines_also_while_rates_are_missing(as_importer, round_):
    services.submit_round(round_)

    with clock.at(date(2026, 3, 30)):
        assert "SERUM-1" in text(as_importer, "own_round", round_.pk)


def test_the_refusal_says_what_would_be_accepted(as_importer, round_, serum):
    services.start_filling(round_)

    answer = as_importer.post(
        reverse("imports:top_up", args=[round_.pk, serum.pk]), {"more": "400"}
    )

    assert "less is not possible any more in the fill phase" in answer.content.decode()


def test_the_operator_opens_a_round_with_its_three_days_or_with_none(as_operator, pool):
    form = {"first_month": "2026-04-01", "last_month": "2026-06-01", "lock_on": "2026-03-08"}
    where = reverse("imports:rounds")

    assert as_operator.post(where, form).status_code == 422
    assert not Round.objects.exists()
    days = {"submission_on": "2026-03-04", "filling_on": "2026-03-06"}
    assert as_operator.post(where, form | days).status_code == 302
    assert Round.objects.get().lock_on == DAYS.lock


def test_the_operator_may_hurry_a_round_through_its_phases(as_operator, round_):
    for step, state in (("start_filling", "filling"), ("lock", "locked")):
        assert as_operator.post(reverse(f"imports:{step}", args=[round_.pk])).status_code == 302
        round_.refresh_from_db()
        assert round_.state == state

    page = text(as_operator, "round", round_.pk)
    assert "2 importers are in the round" in page
    assert "Consolidate into orders" in page


def test_the_operator_sees_what_full_containers_would_save(
    as_operator, pool, importer, supplier, tariffs
):
    bulky = factories.product(7, volume_cm3=1_000_000, gross_weight_g=100_000)
    factories.offer(supplier, bulky)
    factories.plan(importer, bulky, m04=50)
    round_ = factories.quarter(pool)

    (row,) = services.containers_of(round_)

    # 64 m3 to a container
    assert (row.fill.containers, row.free_m3) == (1, 14)
    assert row.fill.empty_minor == row.fill.carriage_minor * 14 // 64
    assert dict(row.gains) == {
        importer.name: row.fill.carriage_minor - row.fill.carriage_minor * 50 // 64
    }
    assert "To full containers" in text(as_operator, "fill", round_.pk)


def test_the_operator_takes_an_importer_out_of_the_pool(as_operator, pool, round_, importer):
    services.submit_round(round_)
    assert "Nobody left" in text(as_operator, "departures")

    as_operator.post(reverse("imports:departures"), {"importer": importer.pk, "cause": "defaulted"})

    assert Departure.objects.get().importer_id == importer.pk
    page = text(as_operator, "departures")
    assert "failed to pay" in page
    assert importer.name in page


def test_a_round_of_months_that_nobody_planned_concerns_nobody(as_importer, pool):
    services.open_round(pool, first_month=date(2027, 1, 1), last_month=date(2027, 1, 1))

    assert "No round buys for you yet" in text(as_importer, "own_rounds")


@pytest.mark.parametrize("products", [1, 12])
def test_the_page_of_an_importers_round_costs_as_many_queries_for_many_lines(
    products, pool, importer, supplier, as_importer, django_assert_max_num_queries
):
    for number in range(products):
        of = factories.product(number + 10)
        factories.offer(supplier, of)
        factories.plan(importer, of, m04=1)
    round_ = factories.quarter(pool)
    services.submit_round(round_)
    text(as_importer, "own_round", round_.pk)

    with django_assert_max_num_queries(20):
        text(as_importer, "own_round", round_.pk)
