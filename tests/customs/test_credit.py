"""Credit grades of partners: noted with day and source, seen by offices, nothing else follows."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core import clock
from core.models import Fact
from customs import inspection_queries
from customs.domain.credit import GradeBeforeMeasures
from customs.models import CreditGrade
from customs.services import crediting, inspecting
from tests.customs.test_desk_views import post, text
from tests.customs.test_views import get

pytestmark = pytest.mark.django_db
SPRING = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
SOURCE = "credit.customs.gov.cn, read 2026-05-30"


@pytest.fixture(autouse=True)
def spring(may_day):
    with clock.at(SPRING):
        yield


def note(party, grade, since, by, source=SOURCE):
    return crediting.note_grade(party, grade, since, source=source, by=by)


def grade_of(pool, party, on):
    (row,) = (each for each in inspection_queries.partners(pool, on) if each.party == party)
    return row.credit.grade if row.credit else None


def test_the_grade_of_a_day_is_the_newest_that_holds_and_the_last_noted(pool, broker, operator):
    note(broker, "certified", date(2026, 4, 1), operator)
    note(broker, "dishonest", date(2026, 5, 20), operator)
    note(broker, "regular", date(2026, 5, 20), operator, source="corrected by customs")

    days = (date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 19), date(2026, 5, 20))
    assert [grade_of(pool, broker, day) for day in days] == [
        None,
        "certified",
        "certified",
        "regular",
    ]
    assert grade_of(pool, operator, days[-1]) is None


def test_the_same_grade_again_is_the_first_and_none_is_ever_changed(broker, operator):
    first = note(broker, "advanced", date(2026, 4, 1), operator)

    assert note(broker, "advanced", date(2026, 4, 1), operator).pk == first.pk
    assert Fact.objects.get(name="customs.credit.noted").data == {
        "party": broker.pk,
        "grade": "advanced",
        "since": "2026-04-01",
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        CreditGrade.objects.update(grade="regular")


@pytest.mark.parametrize("since", [date(2026, 3, 31), date(2026, 6, 2)])
def test_no_grade_is_older_than_the_five_or_of_a_day_to_come(broker, operator, since):
    with pytest.raises(GradeBeforeMeasures):
        note(broker, "regular", since, operator)

    assert not CreditGrade.objects.exists()


def test_there_is_no_sixth_grade(broker, operator):
    with pytest.raises(IntegrityError), transaction.atomic():
        note(broker, "excellent", date(2026, 4, 1), operator)


def test_the_operator_notes_a_grade_and_an_office_sees_it_with_what_follows(
    pool, operator, operator_user
):
    said = {"party": pool.broker_id, "grade": "dishonest", "source": SOURCE}
    early = post(operator_user, "note-grade", since="2026-03-01", **said)
    noted = post(operator_user, "note-grade", since="2026-05-20", **said)

    assert (early.status_code, noted.status_code) == (422, 302)
    assert "the five grades hold from" in early.content.decode()
    granted = inspecting.grant(pool, office="Ningbo customs", days=7, by=operator)
    address = reverse("inspection:overview", args=[inspecting.token(granted)])
    page = text(Client().get(address))
    for shown in ("dishonest enterprise", SOURCE, "may run no return centre", "not noted"):
        assert shown in page


def test_only_partners_of_the_operators_pools_are_graded_and_only_by_it(
    pool, stranger, operator_user, broker_user
):
    said = {"grade": "regular", "since": "2026-05-20", "source": SOURCE}

    assert post(operator_user, "note-grade", party=stranger.pk, **said).status_code == 422
    assert post(broker_user, "note-grade", party=pool.broker_id, **said).status_code == 404
    assert not CreditGrade.objects.exists()
    assert "Credit of a partner" in text(get(operator_user, "inspections"))
