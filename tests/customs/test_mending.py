"""One refused declaration is mended within the limits of its fields, and declared again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core import clock, invariants, tenancy
from core.models import Fact
from customs import services
from customs.models import Declaration, DeclarationLine, Mending, Waybill
from customs.services import mending
from customs.services.taking import PaperUsedBefore
from tests.customs.test_desk_views import post, text
from tests.customs.test_views import get

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(take, stocked):
    """A declaration of two tins that customs refused for a field."""
    order = take(2)
    services.declare_batch(stocked, [order], request_key="1")
    with tenancy.as_operator("test"):
        declaration = Declaration.objects.get(order=order)
    at = clock.now() + timedelta(minutes=5)
    services.receive_answer(declaration, "100", at, "-621003 清单申报失败")
    declaration.refresh_from_db()
    return declaration


def page_values(declaration):
    """What the page would send if nothing were changed."""
    with tenancy.as_operator("test"):
        lines = list(DeclarationLine.objects.filter(declaration=declaration).order_by("line_no"))
        values = mending.values_of(Waybill.objects.get(order=declaration.order_id), lines)
    return {f"{element}-{line}": value for (line, element), value in values.items()}


def test_the_page_says_why_names_the_field_and_its_limits(refused, broker_user):
    assert f"/declarations/{refused.pk}/mend/" in text(get(broker_user, "batch", refused.batch_id))

    page = text(get(broker_user, "mend", refused.pk))

    for said in (
        "-621003",
        "The declaration was not taken",
        "-621003 清单申报失败",
        "Customs names this field.",
        "At most 60 characters; field logisticsNo of CEB621.",
        "At most 250 characters; field gname of CEB621.",
        'maxlength="510"',
        'value="YT-SH-0001"',
    ):
        assert said in page


def test_what_is_mended_is_noted_before_and_after_and_declared_again(refused, broker_user):
    sent = page_values(refused) | {
        "logisticsNo-0": "YT-NEW",
        "gname-1": "婴儿配方奶粉（三段）",
        "grossWeight-0": "2.45",
    }

    answered = post(broker_user, "mend", refused.pk, again="1", **sent)
    twice = post(broker_user, "mend", refused.pk, again="1", **sent)

    assert answered.status_code == 302
    assert twice.status_code == 422
    with tenancy.as_operator("test"):
        refused.refresh_from_db()
        waybill = Waybill.objects.get()
        line = refused.lines.get()
    assert (refused.state, refused.cop_no) == ("declared", "DEC-2025-000002")
    assert (waybill.waybill_no, waybill.gross_weight_g) == ("YT-NEW", 2_450)
    assert (line.name_zh, line.statutory_quantity) == ("婴儿配方奶粉（三段）", Decimal("1.6"))
    noted = Mending.objects.order_by("pk").values_list("line_no", "element", "before", "after")
    assert list(noted) == [
        (0, "grossWeight", "2.4", "2.45"),
        (0, "logisticsNo", "YT-SH-0001", "YT-NEW"),
        (1, "gname", "婴儿配方奶粉", "婴儿配方奶粉（三段）"),
    ]
    fact = Fact.objects.get(name="customs.declaration.mended")
    assert fact.data["fields"] == ["gname", "grossWeight", "logisticsNo"]
    page = text(get(broker_user, "mend", refused.pk))
    assert "Nothing to mend" in page
    assert "YT-NEW" in page
    assert not [each for each in invariants.check_all("customs") if not each.holds]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("gname-1", "字" * 251, "250"),
        ("gname-1", "", "required"),
        ("logisticsNo-0", "ＹＴ１", "half-width"),
        ("grossWeight-0", "1.59", "The goods weigh 1.600 kg net, the parcel 1.590 kg gross."),
        ("grossWeight-0", "0", "greater than or equal to 0.001"),
        ("qty2-1", "1", "the quantities and units do not go together"),
        ("unit1-1", "122", "the quantities and units do not go together"),
        ("unit-1", "999", "not one of the available choices"),
    ],
)
def test_a_value_that_its_field_or_the_others_do_not_allow_is_refused_and_nothing_changes(
    refused, broker_user, field, value, said
):
    sent = page_values(refused)

    answered = post(broker_user, "mend", refused.pk, again="1", **(sent | {field: value}))

    assert answered.status_code == 422
    assert said in answered.content.decode()
    assert page_values(refused) == sent
    assert not Mending.objects.exists()
    with tenancy.as_operator("test"):
        assert Declaration.objects.get().state == "refused"


def test_changes_may_be_noted_alone_and_the_same_again_notes_nothing(refused, broker, broker_user):
    sent = page_values(refused) | {"gmodel-1": "800克/罐/三段"}

    assert post(broker_user, "mend", refused.pk, **sent).status_code == 302
    assert mending.mend(refused, {(1, "gmodel"): "800克/罐/三段"}, by=broker) == []
    assert Mending.objects.get().before == "800克/罐"
    with pytest.raises(DatabaseError), transaction.atomic():
        Mending.objects.update(after="x")


def test_the_waybill_of_another_order_is_not_taken(refused, take, broker):
    take(1)

    with pytest.raises(PaperUsedBefore):
        mending.mend(refused, {(0, "logisticsNo"): "YT-SH-0002"}, by=broker)


def test_what_customs_has_is_not_mended(take, stocked, broker):
    order = take(1)
    services.declare_batch(stocked, [order], request_key="1")

    with pytest.raises(mending.NothingToMend):
        mending.mend(order.declaration, {(1, "gname"): "别的"}, by=broker)


def test_nobody_else_finds_the_page(refused, importer_user, stranger_user):
    assert get(importer_user, "mend", refused.pk).status_code == 404
    assert get(stranger_user, "mend", refused.pk).status_code == 404
