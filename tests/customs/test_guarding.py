"""Orders that are not for personal use: limits set aside with an order, signs found and judged."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import clock, documents, invariants, sheets, tenancy, vault
from core.domain.errors import Refusal
from core.domain.transitions import StepNotAllowed
from core.models import Fact
from customs import guard_queries, services
from customs.domain.guard import OverPersonQuantity, plain_address, plain_phone
from customs.domain.papers import Buyer
from customs.models import Declaration, GuardCase, OrderTrace, PersonQuantity
from customs.services import OrderedLine, quantities
from imports.models import PositiveListLine, Product
from tests.customs import shop
from tests.customs.shop import BUYER, ORDERED_AT, OTHER_BUYER
from tests.customs.test_views import get, signed_in
from tests.warehouse import goods

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def person(number: int) -> Buyer:
    """A buyer of their own, whose identity number keeps its check character."""
    digits = f"11010119900101{number:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return Buyer(f"订购人{number}", digits + "10X98765432"[total % 11], "13800000000")


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("浙江省宁波市 北仑区1号", "浙江省宁波市北仑区１号", True),
        ("Road 1, Ningbo", "road 1 NINGBO", True),
        ("北仑区1号", "北仑区2号", False),
    ],
)
def test_width_spaces_and_case_do_not_tell_two_addresses_apart(one, other, are_same):
    assert (plain_address(one) == plain_address(other)) is are_same


def test_a_telephone_is_its_last_eleven_digits():
    assert plain_phone("+86 139-0000-0000") == plain_phone("１３９０００００００0") == "13900000000"


@pytest.fixture
def sugar(stocked, importer) -> Product:
    """Bags of sugar of 500 g, of which a person may buy 2 kg a year."""
    PositiveListLine.objects.create(
        code="1701",
        name_zh="食糖",
        remark="每人每年2千克",
        edition="2022",
        valid_from=date(2022, 3, 1),
        source="test",
        trust="high",
    )
    made = goods.product(
        "9400569000026",
        "Sugar",
        name_zh="食糖",
        hs_code="1701910000",
        net_weight_g=500,
        gross_weight_g=550,
        statutory_qty_per_unit=Decimal("0.5"),
    )
    shop.restock(stocked, importer, made)
    return made


def bags(sugar, count):
    return {"lines": (OrderedLine(sugar, count, 1_000),)}


def used():
    return list(PersonQuantity.objects.order_by("person_id").values_list("hs", "used", "most"))


@pytest.mark.django_db
def test_a_person_orders_no_more_of_listed_goods_than_a_year_allows(take, sugar):
    first = take(3, **bags(sugar, 3))
    with pytest.raises(OverPersonQuantity) as caught:
        take(2, **bags(sugar, 2))
    assert caught.value.reason_text() == (
        "HS 1701: a person may buy 2000 g in 2025; 1500 are used, 1000 wanted."
    )
    take(4, **bags(sugar, 4), buyer=OTHER_BUYER)
    assert used() == [("1701", 1_500, 2_000), ("1701", 2_000, 2_000)]

    services.cancel_order(first)
    assert used()[0] == ("1701", 0, 2_000)
    assert not [each for each in invariants.check_all("customs") if not each.holds]
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonQuantity.objects.update(used=2_001)


@pytest.mark.django_db
def test_what_customs_refuses_frees_the_quantity_and_takes_it_when_declared_again(
    take, sugar, stocked
):
    order = take(4, **bags(sugar, 4))
    services.declare_batch(stocked, [order], request_key="1")
    with tenancy.as_operator("test"):
        declaration = Declaration.objects.get(order=order)
    services.receive_answer(declaration, "-621018", clock.now() + timedelta(minutes=5))
    assert used() == [("1701", 0, 2_000)]

    services.declare_batch(stocked, [order], request_key="2")
    assert used() == [("1701", 2_000, 2_000)]
    assert not [each for each in invariants.check_all("customs") if not each.holds]


def listed_anew(remark, since):
    """The list allows another quantity from a day on."""
    row = PositiveListLine.objects.get(valid_before=None)
    PositiveListLine.objects.update(valid_before=since)
    row.pk, row.remark, row.edition, row.valid_from = None, remark, "2025", since
    row.save(force_insert=True)


def on_day(sugar, count, day):
    """Bags of sugar ordered on a day of 2025."""
    return {**bags(sugar, count), "ordered_at": datetime(2025, *day, 3, tzinfo=UTC)}


@pytest.mark.django_db
def test_a_quantity_raised_within_the_year_lets_more_in_from_its_day_on(take, sugar):
    listed_anew("每人每年3千克", date(2025, 4, 20))

    take(4, **on_day(sugar, 4, (4, 19)))
    with pytest.raises(OverPersonQuantity) as caught:
        take(1, **on_day(sugar, 1, (4, 19)))
    take(2, **on_day(sugar, 2, (4, 20)))
    with pytest.raises(OverPersonQuantity):
        take(1, **on_day(sugar, 1, (4, 21)))

    assert caught.value.params["most"] == 2_000
    assert used() == [("1701", 3_000, 3_000)]


@pytest.mark.django_db
def test_a_quantity_lowered_within_the_year_lets_less_in_and_leaves_what_was_bought(take, sugar):
    listed_anew("每人每年1千克", date(2025, 4, 20))

    take(3, **on_day(sugar, 3, (4, 19)))
    with pytest.raises(OverPersonQuantity) as caught:
        take(1, **on_day(sugar, 1, (4, 20)))
    take(2, **on_day(sugar, 2, (4, 20)), buyer=OTHER_BUYER)
    with pytest.raises(OverPersonQuantity):
        take(1, **on_day(sugar, 1, (4, 20)), buyer=OTHER_BUYER)

    assert caught.value.reason_text() == (
        "HS 1701: a person may buy 1000 g in 2025; 1500 are used, 500 wanted."
    )
    assert used() == [("1701", 1_500, 2_000), ("1701", 1_000, 1_000)]


@pytest.mark.django_db
def test_declared_again_an_order_is_measured_by_the_list_of_that_day(take, sugar, stocked):
    order = take(4, **bags(sugar, 4))
    services.declare_batch(stocked, [order], request_key="1")
    with tenancy.as_operator("test"):
        declaration = Declaration.objects.get(order=order)
    services.receive_answer(declaration, "-621018", clock.now() + timedelta(minutes=5))
    listed_anew("每人每年1千克", date(2025, 5, 1))

    with pytest.raises(OverPersonQuantity) as caught:
        services.declare_batch(stocked, [order], request_key="2")
    assert (caught.value.params["most"], used()) == (1_000, [("1701", 0, 2_000)])


@pytest.mark.django_db
def test_goods_listed_since_they_were_refused_count_towards_the_year_when_declared_again(
    take, sugar, stocked
):
    PositiveListLine.objects.update(valid_from=date(2025, 5, 2))
    order = take(3, **bags(sugar, 3))
    services.declare_batch(stocked, [order], request_key="1")
    with tenancy.as_operator("test"):
        declaration = Declaration.objects.get(order=order)
    services.receive_answer(declaration, "-621018", clock.now() + timedelta(minutes=5))
    assert used() == []

    with clock.at(clock.now() + timedelta(days=1)):
        services.declare_batch(stocked, [order], request_key="2")

    assert used() == [("1701", 1_500, 2_000)]
    assert not [each for each in invariants.check_all("customs") if not each.holds]


@pytest.mark.django_db
def test_units_that_come_back_give_their_quantity_back(take, sugar):
    order = take(4, **bags(sugar, 4))
    with tenancy.as_operator("test"):
        (line,) = Declaration.objects.get(order=order).lines.all()
        quantities.free(order, [(line, 3)])

    assert used() == [("1701", 500, 2_000)]


@pytest.fixture
def neighbours(take):
    """Five people who order to one address, a minute apart."""
    return [take(1, buyer=person(number)) for number in range(1, 6)]


def cases(broker):
    with tenancy.as_operator("test"):
        return [(row.sign, row.orders, row.state) for row in guard_queries.cases(broker)]


@pytest.mark.django_db
def test_people_at_one_address_are_a_case_once_and_again_only_when_there_are_more(
    neighbours, take, stocked, broker
):
    assert len(services.look_for_patterns(stocked)) == 2
    assert services.look_for_patterns(stocked) == []
    assert cases(broker) == [
        ("many-buyers-one-phone", 5, "open"),
        ("many-buyers-one-address", 5, "open"),
    ]

    for case in GuardCase.objects.all():
        services.decide_case(case, "dismiss", by=broker, reason="a dormitory")
    assert services.look_for_patterns(stocked) == []
    take(1, buyer=person(6))
    assert [case.count for case in services.look_for_patterns(stocked)] == [6, 6]


@pytest.mark.django_db
def test_other_signs_count_addresses_units_and_orders_below_the_limit(take, stocked, order_of):
    for number in range(6):
        said = order_of(5)
        parcel = replace(
            said.parcel, consignee_address=f"路{number}号", consignee_phone=f"{number}"
        )
        take(5, number=said.order_no, parcel=parcel)
    assert [case.sign for case in services.look_for_patterns(stocked)] == [
        "one-buyer-many-addresses"
    ]

    for number in range(3):
        take(19, buyer=person(number + 20))
    found = {case.sign: case.count for case in services.look_for_patterns(stocked)}
    assert found == {"goods-for-resale": 57, "split-below-limit": 3}


@pytest.mark.django_db
def test_cancelled_orders_and_old_ones_speak_for_nothing(neighbours, stocked):
    services.cancel_order(neighbours[0])
    assert [case.sign for case in services.look_for_patterns(stocked)] == ["many-buyers-one-phone"]
    assert services.look_for_patterns(stocked, date(2025, 6, 30)) == []

    with clock.at(ORDERED_AT + timedelta(days=402)):
        assert services.forget_traces() == 5
    assert not OrderTrace.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("whose", ["buyer", "consignee"])
def test_what_an_order_has_in_common_goes_with_a_person_who_is_erased(take, whose):
    gone, kept = take(1, buyer=person(1)), take(1, buyer=person(2))
    with tenancy.as_operator("test"):
        erased = gone.buyer if whose == "buyer" else gone.waybill.consignee
        vault.erase(erased)

    assert services.forget_traces() == 1
    assert list(OrderTrace.objects.values_list("order_id", flat=True)) == [kept.pk]


@pytest.mark.django_db
def test_only_what_was_upheld_is_reported_and_the_file_names_who_ordered(
    neighbours, stocked, broker
):
    case = services.look_for_patterns(stocked)[0]
    with pytest.raises(StepNotAllowed):
        services.report_case(case)
    with pytest.raises(Refusal) as caught:
        services.decide_case(case, "uphold", by=broker, reason=" ")
    assert caught.value.code == "reason-for-decision-missing"

    services.decide_case(case, "uphold", by=broker, reason="names were lent")
    reported = services.report_case(case)

    assert reported.report.is_sealed
    sheet = sheets.read("r.xlsx", documents.content(reported.report))
    assert len(sheet.rows) == 5
    row = dict(zip(sheet.headings, sheet.rows[0], strict=True))
    assert (row["订购人"], row["证件号码"], row["处理意见"]) == (
        "订购人1",
        person(1).id_number,
        "names were lent",
    )
    told = Fact.objects.filter(name__startswith="customs.guard.")
    assert all(BUYER.name not in str(fact.data) for fact in told)


@pytest.mark.django_db
def test_a_broker_looks_judges_and_takes_the_report_on_the_pages(neighbours, broker_user):
    client = signed_in(broker_user)
    client.post(reverse("customs:guard-look"))
    listed = get(broker_user, "guard").content.decode()
    assert "5 people ordered to one address within 30 days; 5 raise a question." in listed

    case = GuardCase.objects.get(sign="many-buyers-one-address")
    page = get(broker_user, "guard-case", case.pk).content.decode()
    assert "SH-0001" in page
    assert person(1).id_number not in page
    empty = client.post(reverse("customs:guard-decide", args=[case.pk, "uphold"]), {"reason": ""})
    assert empty.status_code == 422
    client.post(reverse("customs:guard-decide", args=[case.pk, "uphold"]), {"reason": "lent"})
    client.post(reverse("customs:guard-report", args=[case.pk]))
    file = get(broker_user, "guard-report-file", case.pk)
    assert (file.status_code, file.content[:2]) == (200, b"PK")
    assert Fact.objects.filter(name="customs.guard.downloaded").count() == 1
