"""Complaints: kept encrypted, told to who answers, answered once and in public."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock, documents, links, vault
from core.models import Fact, Notice
from tests.attacks.world import a_picture
from tests.conftest import party, user_of
from traceability import complaints, services
from traceability.complaints import Wrong
from traceability.domain.codes import check_character
from traceability.models import Complaint
from warehouse.pictures import PhotoNotUsable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day", "pool_in_view")]

WRONG = Wrong("quality", "It smells of 13812345678 plastic.", "lin@buyers.example")
NEVER_ISSUED = "0" * 15 + check_character("0" * 15)


@pytest.fixture
def sold(way) -> str:
    way.sell(way.codes[0])
    return way.codes[0]


@pytest.fixture
def made(sold) -> Complaint:
    return complaints.complain(sold, WRONG, at=clock.now(), address="203.0.113.7")


def test_a_complaint_goes_to_the_seller_and_its_agent_with_a_day(made, importer):
    told = Notice.objects.get(kind=complaints.TOLD, party_id=importer.pk)
    agent = Notice.objects.exclude(pk=told.pk).get(kind=complaints.TOLD)

    assert (made.number, made.importer_id) == ("CP-2025-000001", importer.pk)
    assert (told.party_id, told.due_on) == (importer.pk, made.answer_by_on)
    assert (agent.party.name, agent.due_on) == ("Beilun Agents", made.answer_by_on)
    assert made.answer_by_on == clock.today() + timedelta(days=5)


def test_one_about_a_unit_that_nobody_sold_goes_to_the_operator(way, operator):
    made = complaints.complain(way.codes[1], WRONG, at=clock.now(), address="")

    assert made.importer_id is None
    assert Notice.objects.get(kind=complaints.TOLD).party_id == operator.pk


def test_what_the_consumer_wrote_lies_in_the_vault_alone_and_can_be_erased(made):
    before = complaints.shown(made)
    vault.erase(made.person)
    made.person.refresh_from_db()

    told = [fact.data for fact in Fact.objects.filter(name__startswith="traceability.complaint")]
    assert "smells" not in str(told)
    assert before.text == "It smells of 138******78 plastic."
    assert before.contact.count("*") > 3
    assert (complaints.shown(made).text, complaints.shown(made).contact) == ("", "")


def test_an_answer_is_public_and_stays(made):
    complaints.answer(made, "We test the lot.", by="user:1")

    with pytest.raises(complaints.AlreadyAnswered, match=made.number):
        complaints.answer(made, "No.", by="user:1")
    told = complaints.answers_about(made.identity.product.gtin, made.identity.lot.number)
    assert [(each.kind, each.answer) for each in told] == [("quality", "We test the lot.")]
    assert not Notice.objects.filter(kind=complaints.TOLD, settled_at__isnull=True).exists()


def test_the_operator_hears_once_of_a_day_that_passed(made, operator):
    late = made.answer_by_on + timedelta(days=1)

    swept = [complaints.sweep_overdue(day) for day in (made.answer_by_on, late, late)]

    assert swept == [0, 1, 0]
    assert Notice.objects.get(kind=complaints.LATE).party_id == operator.pk


@pytest.mark.parametrize(
    ("code", "wrong", "refusal"),
    [
        (NEVER_ISSUED, WRONG, complaints.NothingToComplainOf),
        (None, Wrong("copy", "  "), complaints.NothingToComplainOf),
        (None, Wrong("copy", "x", photo=b"<svg/>"), PhotoNotUsable),
        ("12", WRONG, services.codes.NotACode),
    ],
)
def test_what_cannot_be_handled_is_refused_and_not_kept(sold, code, wrong, refusal):
    with pytest.raises(refusal):
        complaints.complain(code or sold, wrong, at=clock.now(), address="")

    assert not Complaint.objects.exists()


def test_one_address_cannot_flood_the_house(sold):
    for _ in range(complaints.MOST_AN_HOUR):
        complaints.complain(sold, WRONG, at=clock.now(), address="203.0.113.9")

    with pytest.raises(complaints.TooManyComplaints):
        complaints.complain(sold, WRONG, at=clock.now(), address="203.0.113.9")
    assert Complaint.objects.count() == complaints.MOST_AN_HOUR


def test_a_consumer_sends_a_photo_and_finds_the_answer_under_a_link(client, sold, importer_user):
    photo = SimpleUploadedFile("p.jpg", a_picture(), "image/jpeg")
    sent = {"kind": "damaged", "text": "The seal is broken.", "photo": photo}

    answer = client.post(f"/t/{sold}/complain", sent)
    waiting = client.get(answer.url).content.decode()
    made = Complaint.objects.get()
    client.force_login(importer_user)
    page = client.get(f"/complaints/{made.pk}/").content.decode()
    client.post(f"/complaints/{made.pk}/", {"answer": "We send a new one."})
    told = client.get(answer.url).content.decode()

    assert answer.status_code == 302
    assert "We have your complaint" in waiting
    assert "The seal is broken." in page
    assert documents.content(made.photo).startswith(b"\xff\xd8\xff")
    assert client.get(f"/complaints/{made.pk}/photo.jpg")["Content-Type"] == "image/jpeg"
    assert ("We send a new one." in told, "The seal" in told) == (True, False)
    assert made.number in client.get("/complaints/").content.decode()


def test_the_sellers_domestic_agent_reads_and_answers_for_it(client, made):
    agent = Notice.objects.exclude(party_id=made.importer_id).get(kind=complaints.TOLD).party
    client.force_login(user_of(agent, "broker"))

    client.post(f"/complaints/{made.pk}/", {"answer": "We take it back."})

    assert "We take it back." in client.get(f"/complaints/{made.pk}/").content.decode()
    assert made.number in client.get("/complaints/").content.decode()


def test_another_seller_does_not_find_it(client, made):
    client.force_login(user_of(party("importer", "other"), "importer"))

    assert client.get(f"/complaints/{made.pk}/").status_code == 404


def test_a_changed_link_shows_nothing(client, made):
    with pytest.raises(links.LinkNotValid):
        complaints.by_link("changed")

    assert client.get("/answers/changed").status_code != 200


def test_an_empty_form_says_what_is_missing(client, sold):
    answer = client.post(f"/t/{sold}/complain", {"kind": "copy", "text": ""})

    assert (answer.status_code, Complaint.objects.count()) == (422, 0)
