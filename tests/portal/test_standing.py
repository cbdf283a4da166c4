"""The public record: who stands on it, what strangers read there, and how it is left."""

from datetime import UTC, date, datetime

import pytest

from core import accounts, clock, facts, tenancy
from core.models import Agreement, Party, Proof, StandingChoice
from fx_settlement import services
from portal.queries.standing import public_record
from tests.conftest import party

NOON = datetime(2025, 5, 1, 4, 0, tzinfo=UTC)
LATER = datetime(2025, 6, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def that_day():
    with clock.at(NOON):
        yield


def version(pool, number, *, shows, day=date(2025, 1, 1)):
    return Agreement.objects.create(
        pool=pool,
        version=number,
        text="We share.",
        text_zh="我们共享。",
        in_force_from=day,
        shows_standing=shows,
    )


@pytest.fixture
def on_record(pool, importer, importer_user):
    accounts.accept(version(pool, 1, shows=True), party=importer, user=importer_user)
    return importer


def names():
    return [row.name for row in public_record()]


def test_a_party_stands_on_the_record_from_the_day_it_agreed(on_record, stranger):
    [row] = public_record()

    assert (row.name, row.on_record_since, row.released, row.refused) == (
        "Kowhai Trading",
        NOON,
        0,
        0,
    )


def test_an_agreement_that_says_nothing_of_standing_shows_nobody(pool, importer, importer_user):
    accounts.accept(version(pool, 1, shows=False), party=importer, user=importer_user)

    assert names() == []


def test_a_newer_version_that_is_not_accepted_ends_what_the_older_allowed(pool, on_record):
    version(pool, 2, shows=True)

    assert names() == []


def test_a_version_that_is_not_yet_in_force_changes_nothing(pool, on_record):
    version(pool, 2, shows=False, day=date(2025, 12, 1))

    assert names() == ["Kowhai Trading"]


def test_who_takes_its_standing_off_is_gone_with_the_next_look(client, on_record, importer_user):
    assert "Kowhai Trading" in client.get("/standing/").content.decode()
    client.force_login(importer_user)

    client.post("/standing/choice/", {"show": "no"})

    client.logout()
    assert "Kowhai Trading" not in client.get("/standing/").content.decode()


def test_who_comes_back_stands_there_from_the_day_it_came_back(on_record, importer_user):
    accounts.choose_standing(on_record, is_shown=False, user=importer_user)
    with clock.at(LATER):
        accounts.choose_standing(on_record, is_shown=True, user=importer_user)

    assert [row.on_record_since for row in public_record()] == [LATER]


def test_a_tier_is_read_by_strangers_only_while_its_importer_lets_them(
    client, on_record, importer_user
):
    with tenancy.as_operator("test"):
        services.review_all()

    def seen():
        return [(row.tier, row.on_record_since) for row in public_record()]

    before = seen()
    accounts.choose_standing(on_record, is_shown=True, with_tier=True, user=importer_user)
    shown, page = seen(), client.get("/standing/").content.decode()
    accounts.choose_standing(on_record, is_shown=True, user=importer_user)

    assert (before, shown, seen()) == ([(None, NOON)], [(1, NOON)], [(None, NOON)])
    assert "tier 1 of 5, reviewed 1 May 2025" in page


def test_a_choice_made_twice_is_one_choice_and_one_fact(on_record, importer_user):
    for _ in range(2):
        accounts.choose_standing(on_record, is_shown=False, user=importer_user)

    assert StandingChoice.objects.count() == 1
    assert [f.data["is_shown"] for f in facts.Fact.objects.filter(name="core.standing.chosen")] == [
        False
    ]


def test_nobody_can_put_a_party_on_the_record_whose_agreement_does_not_allow_it(
    pool, importer, importer_user
):
    accounts.accept(version(pool, 1, shows=False), party=importer, user=importer_user)
    accounts.choose_standing(importer, is_shown=True, user=importer_user)

    assert names() == []


def test_strangers_read_until_when_papers_hold_and_never_their_numbers(client, on_record):
    Proof.objects.create(
        party=on_record,
        kind=Proof.Kind.LICENCE,
        number="LICENCE-7788",
        valid_until=date(2027, 3, 31),
        checked_at=NOON,
    )
    page = client.get("/standing/").content.decode()

    assert "business licence: in order 31 Mar 2027" in page
    assert "LICENCE-7788" not in page
    assert on_record.customs_code not in page


def test_a_supplier_that_agreed_shows_counts_of_units_instead(pool, operator_user):
    supplier = party(Party.Kind.SUPPLIER, "waikato", country="NZ")
    accounts.accept(version(pool, 1, shows=True), party=supplier, user=operator_user)

    [row] = public_record()

    assert (row.announced_units, row.failing_units, row.released) == (0, 0, None)


def test_the_record_costs_the_same_whatever_its_length(
    pool, on_record, importer_user, django_assert_num_queries
):
    agreement = Agreement.objects.get()
    for number in range(20):
        other = party(Party.Kind.IMPORTER, f"seller-{number}")
        accounts.accept(agreement, party=other, user=importer_user)

    accounts.choose_standing(on_record, is_shown=True, with_tier=True, user=importer_user)
    with django_assert_num_queries(9):
        assert len(public_record()) == 21
