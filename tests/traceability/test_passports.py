"""The ready answer: one query to read, never older than the events, the look or the day."""

from datetime import date, datetime, timedelta

import pytest

from core import clock, tenancy
from core.models import Appointment
from tests.traceability.conftest import SOLD, ZONE
from traceability import branding, projections, seals, services
from traceability.branding import Look
from traceability.domain import passport
from traceability.domain.verdict import Verdict
from traceability.models import Passport
from warehouse import services as warehouse
from warehouse.models import UnitIdentity

pytestmark = pytest.mark.django_db

AT = datetime(2025, 11, 9, 20, 15, tzinfo=ZONE)


def read(code: str, at: datetime = AT):
    return services.look_up(code, at=at, address="203.0.113.77", counts=False)


def test_reading_takes_one_query_once_somebody_asked(way, django_assert_num_queries):
    way.sell(way.codes[0], way.codes[1])
    first = read(way.codes[0])

    with django_assert_num_queries(1):
        assert read(way.codes[0]) == first
    with django_assert_num_queries(1):
        assert read(way.codes[1]).verdict is Verdict.GENUINE_FIRST


def test_all_units_of_a_lot_in_one_dispatch_share_one_row(way):
    way.sell(way.codes[0], way.codes[1])
    way.sell(way.codes[2])
    for code in way.codes:
        read(code)

    assert Passport.objects.count() == 3


def test_the_kept_answer_is_the_answer_put_together(way):
    way.sell(way.codes[0])
    read(way.codes[0])
    kept = passport.read(Passport.objects.get().body[seals.SEAL :])

    Passport.objects.all().delete()
    read(way.codes[0])

    assert passport.read(Passport.objects.get().body[seals.SEAL :]) == kept
    assert passport.read(passport.written(kept)) == kept


@pytest.mark.parametrize(
    ("state", "verdict"),
    [("void", Verdict.VOIDED), ("recalled", Verdict.RECALLED), ("applied", Verdict.NOT_RELEASED)],
)
def test_the_state_of_a_unit_is_never_remembered(way, state, verdict):
    way.sell(way.codes[0])
    read(way.codes[0])

    UnitIdentity.objects.filter(state="released").update(state=state)

    assert read(way.codes[0]).verdict is verdict


def test_new_events_of_a_dispatch_are_on_the_next_page(way):
    order = way.pack(way.codes[0])
    way.project()
    before = [step.kind for step in read(way.codes[0]).steps]

    with tenancy.as_operator("test"), clock.at(SOLD):
        warehouse.ship(order)
    way.project()

    assert before[-1] == "picked"
    assert [step.kind for step in read(way.codes[0]).steps] == [*before, "shipped"]


def test_a_new_look_is_on_the_next_page(way, importer):
    way.sell(way.codes[0])
    assert read(way.codes[0]).brand is None

    with tenancy.acting_for(importer):
        branding.set_look(importer, Look("#0b6b7a", "#5cc8d8", contact_en="Call us"))

    assert read(way.codes[0]).brand.contact.en == "Call us"


def test_who_answers_for_a_unit_is_asked_anew_each_day(way):
    way.sell(way.codes[0])
    assert read(way.codes[0]).seller.agent.en == "Beilun Agents"

    Appointment.objects.update(valid_before=date(2025, 11, 10))

    assert read(way.codes[0], at=AT + timedelta(days=2)).seller.agent is None


def test_dropping_the_events_drops_the_answers(way):
    way.sell(way.codes[0])
    read(way.codes[0])

    projections.drop_all()

    assert not Passport.objects.exists()
    assert read(way.codes[0]).steps == ()


def test_a_rebuilt_event_table_gives_the_same_page(way):
    way.sell(way.codes[0])
    before = read(way.codes[0])

    projections.rebuild()

    assert read(way.codes[0]) == before
