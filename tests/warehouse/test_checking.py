"""Every night the account book is compared with the shelves, and what drifts has a name."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core import clock, jobs
from core.models import Notice
from tests.warehouse.conftest import ARRIVED
from warehouse import services
from warehouse.domain.papers import PaperKind
from warehouse.domain.terms import Term, term_ends_on
from warehouse.models import BookCheck, BookDocument, Holding, Lot
from warehouse.services import Paper, checking

NEXT_DAY = ARRIVED + timedelta(days=1)


def test_a_clean_night_is_written_down_once(shelf, pool):
    first = checking.check_book(pool)

    assert [row.drift_units for row in first] == [0]
    assert checking.check_book(pool) == first
    assert not Notice.objects.filter(kind="warehouse.book.drift").exists()


def test_parcels_on_their_way_and_documents_are_no_drift(shelf, pool):
    held = services.reserve(shelf.importer, shelf.product, 4, "order")
    order = services.pick(services.dispatch(shelf.importer, "parcel-1", held))
    services.ship(order)
    paper = Paper(PaperKind.SAMPLE, Lot.objects.get(), shelf.importer, 2, "quality", "k")
    services.execute(services.draw_up(paper))

    assert [row.drift_units for row in checking.check_book(pool)] == [0]


def test_a_write_off_that_nobody_bears_alarms_with_its_own_name(shelf, pool):
    checking.check_book(pool)
    services.book_expect_out(shelf.product, 3, "nobody's")
    services.book_actual_out(shelf.product, 3, "nobody's")

    with clock.at(NEXT_DAY):
        (row,) = checking.check_book(pool)

    assert (row.drift_units, row.behind) == (-3, "actual_out 3 nobody's")
    alarm = Notice.objects.get(kind="warehouse.book.drift")
    assert (alarm.party_id, alarm.level) == (pool.operator_id, "alarm")
    assert alarm.params["behind"] == "actual_out 3 nobody's"


def test_drift_without_a_stray_is_blamed_on_what_came_after_the_last_clean_night(shelf, pool):
    checking.check_book(pool)
    held = services.reserve(shelf.importer, shelf.product, 1, "order")
    services.pick(services.dispatch(shelf.importer, "parcel-9", held))
    item = Lot.objects.get().book_item

    assert checking.what_is_behind(item, 5) == "pick 1 parcel-9"
    assert checking.what_is_behind(item, 0) == "pick 1 parcel-9"


def test_the_job_of_the_night_compares_and_warns(shelf, pool):
    with clock.at(date(2026, 12, 20)):
        jobs.order_daily()
        jobs.run_until_idle()

    assert BookCheck.objects.count() == 1
    told = Notice.objects.get(kind="warehouse.book.term")
    assert (told.due_on, told.params["lot"]) == (date(2027, 3, 10), "L-1")


@pytest.mark.parametrize(
    ("received_on", "months", "ends_on"),
    [
        (date(2025, 3, 10), 24, date(2027, 3, 10)),
        (date(2025, 1, 31), 13, date(2026, 2, 28)),
        (date(2023, 12, 1), 12, date(2024, 12, 1)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
    ],
)
def test_a_term_of_months_ends_on_its_day_or_the_months_last(received_on, months, ends_on):
    assert term_ends_on(received_on, months) == ends_on


def test_ninety_days_before_its_end_a_term_is_pressing():
    assert not Term(date(2025, 6, 30), date(2025, 3, 31)).is_pressing
    assert Term(date(2025, 6, 30), date(2025, 4, 1)).is_pressing


def test_the_operator_sees_terms_and_positions_on_the_account_book(client, shelf, operator_user):
    client.force_login(operator_user)

    with clock.at(date(2027, 3, 11)):
        page = client.get(reverse("warehouse:account-book"))

    assert [(row.lot_no, row.days_left) for row in page.context["terms"]] == [("L-1", -1)]


def test_the_operator_draws_up_a_document_and_follows_it(client, shelf, operator_user):
    client.force_login(operator_user)
    page = reverse("warehouse:papers")
    holding = Holding.objects.get(owner=shelf.importer, place="bonded")
    sent = {
        "kind": "destruction", "holding": holding.pk, "units": 3, "reason": "wet",
        "counterpart": "Burner Ltd", "request_key": "k",
    }  # fmt: skip
    client.post(page, sent)
    client.post(page, sent)
    step = reverse("warehouse:paper-step", args=[BookDocument.objects.get().pk])
    client.post(step, {"step": "execute"})
    client.post(step, {"step": "approve"})

    ((row, _),) = client.get(page).context["rows"]
    assert (row.units, row.state) == (3, "closed")
    refused = client.post(page, {**sent, "units": 99, "request_key": "k2"})
    assert refused.status_code == 422
