"""Deliveries short, over, damaged or held back; their photos and claims."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from core import documents, facts, invariants, jobs
from core.domain.transitions import StepNotAllowed
from core.models import Fact, Party
from tests.conftest import party
from tests.warehouse import goods
from tests.warehouse.conftest import ARRIVED
from warehouse import services
from warehouse.domain.claims import Borne, Cause, MoreThanClaimed, NothingToClaim, shares_of
from warehouse.domain.receiving import CountDoesNotAddUp, ReceivedLine
from warehouse.models import BookItem, Claim, Holding, LotAtPlace, Photo
from warehouse.pictures import PhotoNotUsable, as_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(as_operator, account_book, consignment, order_line):
    counted = ReceivedLine(order_line.pk, 80, 5, 8, "L-1", quarantined=7, over=4)
    return goods.received(consignment, [counted], on=ARRIVED).lines.get()


def picture(size=(900, 600), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "tan").save(out, "JPEG", **more)
    return out.getvalue()


def test_every_unit_that_came_is_somewhere_and_the_book_carries_what_was_announced(line):
    units = dict(LotAtPlace.objects.values_list("place", "units"))
    item = BookItem.objects.get()

    assert units == {"bonded": 80, "quarantine": 16}
    assert (item.actual_in, item.expected_in) == (92, 0)
    assert [found for found in invariants.check_all("warehouse.") if not found.holds] == []


def test_only_good_units_are_shared_out(line):
    services.allocate(line.receipt)

    shared = Holding.objects.filter(place="bonded", units__gt=0)
    assert sum(shared.values_list("units", flat=True)) == 80


def test_what_is_held_back_counts_among_the_announced_and_what_is_over_does_not(
    as_operator, account_book, consignment, order_line
):
    counted = ReceivedLine(order_line.pk, 80, 5, 8, "L-1", quarantined=6, over=1)

    with pytest.raises(CountDoesNotAddUp):
        goods.received(consignment, [counted], on=ARRIVED)


def test_a_claim_is_the_missing_units_at_the_order_s_price(line):
    claim = services.make_claim(line, Cause.SHORT)

    assert (claim.units, claim.amount_minor, claim.currency) == (8, 8 * goods.PRICE_MINOR, "USD")
    assert (claim.number, claim.against, claim.party.code) == (
        "CL-2025-000001",
        "supplier",
        "waikato",
    )
    assert services.make_claim(line, Cause.SHORT) == claim


def test_damage_may_be_claimed_from_an_insurer(line):
    insurer = party(Party.Kind.SERVICE, "picc", name="PICC Ningbo")

    claim = services.make_claim(line, Cause.DAMAGED, insurer=insurer)

    told = Fact.objects.get(name="warehouse.claim.made").data
    assert (told["against"], told["party"], told["amount_minor"]) == (
        "insurer",
        insurer.pk,
        5 * goods.PRICE_MINOR,
    )
    assert claim.state == "made"


def test_nothing_is_claimed_that_the_count_does_not_show(received):
    with pytest.raises(NothingToClaim):
        services.make_claim(received.lines.get(), Cause.DAMAGED)

    assert not Claim.objects.exists()


def test_an_answer_is_given_once_and_within_the_claim(line):
    claim = services.make_claim(line, Cause.SHORT)

    with pytest.raises(MoreThanClaimed):
        services.answer_claim(claim, accepted_minor=claim.amount_minor + 1)
    answered = services.answer_claim(claim, accepted_minor=4000)
    with pytest.raises(StepNotAllowed):
        services.answer_claim(claim, accepted_minor=0)

    assert (answered.state, answered.accepted_minor) == ("accepted", 4000)
    facts.sequence()
    told = [fact.data for fact in facts.read(names=["warehouse.claim.answered"])]
    assert [(row["claim"], row["accepted_minor"]) for row in told] == [(claim.pk, 4000)]


def test_what_is_granted_goes_to_those_who_went_without(line, importer, stranger):
    services.allocate(line.receipt)

    services.answer_claim(services.make_claim(line, Cause.SHORT), accepted_minor=6_500)

    told = Fact.objects.get(name="warehouse.claim.answered").data
    assert (told["receipt"], told["accepted_minor"]) == (line.receipt_id, 6_500)
    assert told["shares"] == [[importer.pk, 6_000], [stranger.pk, 500]]


def test_a_share_of_a_claim_follows_units_lost_and_surplus_follows_what_was_paid():
    borne = Borne(missing_units=10, lost_units={1: 6, 2: 0}, cost_minor={1: 500, 2: 1500})

    assert borne.weights == {1: 6 * 2000 + 4 * 500, 2: 4 * 1500}
    assert shares_of(1000, borne) == {1: 700, 2: 300}
    assert shares_of(1000, Borne(5, {}, {})) == {}


def test_a_claim_s_paper_is_drawn_in_the_background(line):
    claim = services.make_claim(line, Cause.SHORT)

    jobs.run_until_idle()

    claim.refresh_from_db()
    assert documents.content(claim.document).startswith(b"%PDF")


def test_a_photo_is_kept_sealed_upright_and_without_place_data(line):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (29.0, 52.0, 0.0)}

    photo = services.keep_photo(line, as_photo(picture(exif=exif)))

    kept = Image.open(io.BytesIO(documents.content(photo.document)))
    assert (photo.document.is_sealed, kept.size, dict(kept.getexif())) == (True, (600, 900), {})
    services.keep_photo(line, as_photo(picture(exif=exif)))
    assert Photo.objects.count() == 1


def test_a_large_photo_becomes_small_enough_to_look_at():
    assert Image.open(io.BytesIO(as_photo(picture((5000, 2500))))).size == (2000, 1000)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff\xe0nothing", b"%PDF-1.7"])
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(PhotoNotUsable):
        as_photo(content)


def test_a_claim_against_an_insurer_is_made_on_the_receipt_s_page(client, operator_user, line):
    client.force_login(operator_user)
    page = reverse("warehouse:receipt", args=[line.receipt_id])
    make = reverse("warehouse:make-claim", args=[line.pk, "damaged"])

    client.post(make, {"insurer": " PICC Ningbo "})
    client.post(reverse("warehouse:make-claim", args=[line.pk, "short"]), {"insurer": ""})

    against = dict(Claim.objects.values_list("cause", "party__name"))
    assert against == {"damaged": "PICC Ningbo", "short": line.order_line.order.supplier.name}
    assert client.get(page).context["insurers"] == ["PICC Ningbo"]
    assert services.insurer_named("PICC Ningbo") == Claim.objects.get(cause="damaged").party
    assert "Insurer" in client.get(reverse("warehouse:claims")).text
