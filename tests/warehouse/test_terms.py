"""Pages of terms and purchases: what is written wrongly is refused in its field, or by the law."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import tenancy
from core.models import Party
from tests.conftest import party
from warehouse.domain.ageing import KeepingTerms
from warehouse.domain.ownership import Cause
from warehouse.domain.papers import NotEnoughInPlace
from warehouse.domain.releasing import NoReleaseTerms
from warehouse.models import ChannelLife, KeepingTerm, Lot, OwnershipTransfer
from warehouse.services import buying, releasing
from warehouse.services.keeping import TermsStand, set_terms

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)


@pytest.fixture
def operator_client(client, operator_user):
    client.force_login(operator_user)
    return client


def purchase(shelf, **more):
    fields = {
        "lot": Lot.objects.get(),
        "seller": shelf.importer,
        "units": 5,
        "cause": Cause.ABANDONED,
        "discount_minor": 0,
        "request_key": uuid4().hex,
        **more,
    }
    return buying.Purchase(**fields)


def test_terms_are_set_once_a_day_and_never_changed(pool):
    first = set_terms(pool, KeepingTerms(), valid_from=MAY)

    assert set_terms(pool, KeepingTerms(), valid_from=MAY) == first
    with pytest.raises(TermsStand):
        set_terms(pool, KeepingTerms(warn_days=1), valid_from=MAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeepingTerm.objects.update(warn_days=1)
    assert KeepingTerm.objects.get().as_terms == KeepingTerms()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("offer_percent", "101"),
        ("clearance_days", "-1"),
        ("return_case", "1.234"),
        ("valid_from", "tomorrow"),
        ("pool", "999999"),
    ],
)
def test_what_is_no_term_is_refused_in_its_field(operator_client, pool, field, value):
    address = reverse("warehouse:terms")
    initial = operator_client.get(address).context["form"].initial
    told = {name: str(each) for name, each in initial.items()}

    answer = operator_client.post(address, {**told, "pool": pool.pk, field: value})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not KeepingTerm.objects.exists()


def test_a_promise_of_another_importer_is_not_seen(client, importer, stranger, importer_user):
    party(Party.Kind.PLATFORM, "mall", name="Example Mall")
    with tenancy.as_operator("test"):
        ChannelLife.objects.create(
            importer_id=stranger.pk, channel="mall", valid_from=MAY, minimum_days=77
        )
    client.force_login(importer_user)

    page = client.get(reverse("warehouse:channels"))

    assert page.context["rows"] == []
    assert "77" not in page.text


def test_the_pool_buys_no_more_than_is_free_and_only_with_terms(shelf):
    with pytest.raises(NoReleaseTerms):
        buying.buy_in(purchase(shelf))
    releasing.set_terms(shelf.pool, valid_from=date(2025, 1, 1), fee_cap_minor=30)

    with pytest.raises(NotEnoughInPlace):
        buying.buy_in(purchase(shelf, units=61))
    assert not OwnershipTransfer.objects.exists()

    once = purchase(shelf, request_key="once")
    first = buying.buy_in(once)
    assert buying.buy_in(once) == first
    assert (first.units, first.buyer_id, first.cause) == (5, shelf.pool.operator_id, "abandoned")


def test_a_form_without_a_lot_buys_nothing(operator_client, shelf):
    told = {"holding": "", "cause": "sale", "units": "0", "discount": "-1", "request_key": "k"}

    answer = operator_client.post(reverse("warehouse:buy"), told)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"holding", "cause", "units", "discount"}
    assert not OwnershipTransfer.objects.exists()


@pytest.mark.parametrize("asked", ["0", "-1", "abc", "2", "99999999999999", ""])
def test_a_page_that_is_not_there_is_the_nearest_one(operator_client, shelf, asked):
    answer = operator_client.get(reverse("warehouse:overview"), {"page": asked})

    assert answer.status_code == 200
    assert (answer.context["page"], answer.context["pages"]) == (1, 1)
