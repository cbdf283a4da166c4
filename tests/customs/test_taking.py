from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from core import invariants, ledger, tenancy
from core.domain.chart import AccountCode
from core.domain.errors import Refusal
from core.domain.transitions import StepNotAllowed
from core.models import Account, Fact, Person
from customs import services
from customs.domain.assessment import (
    OverOrderLimit,
    OverPersonYearLimit,
    TaxCollectedDiffers,
)
from customs.models import AnnualUse, ConsumerOrder, Declaration, PaymentRecord, Waybill
from customs.services import (
    OrderedLine,
    OrderTakenOtherwise,
    PaperUsedBefore,
    commitments,
    taking,
)
from imports import services as imports
from imports.models import GoodsRecord
from tests.customs.shop import BUYER, OTHER_BUYER
from warehouse.domain.fefo import NotEnoughStock
from warehouse.models import Holding, Reservation

pytestmark = pytest.mark.django_db


def reserved(importer):
    with tenancy.as_operator("test"):
        rows = Holding.objects.filter(owner_id=importer.pk)
        return sum(rows.values_list("reserved_units", flat=True))


def in_trust(importer):
    return ledger.balance(ledger.account(AccountCode.TAX_TRUST, "CNY", owner=importer))


def broken_laws():
    return [finding.name for finding in invariants.check_all("customs") if not finding.holds]


def everything(importer):
    """What a refused order must leave as it was."""
    with tenancy.as_operator("test"):
        return (
            ConsumerOrder.objects.count(),
            Declaration.objects.count(),
            PaymentRecord.objects.count(),
            Waybill.objects.count(),
            Reservation.objects.count(),
            Person.objects.count(),
            Fact.objects.count(),
            list(AnnualUse.objects.values_list("used_minor", flat=True)),
            sum(Account.objects.values_list("credits_posted", flat=True)),
            reserved(importer),
        )


def test_a_taken_order_sets_aside_units_the_year_and_the_tax(take, importer):
    order = take(2)

    assert order.state == "taken"
    assert reserved(importer) == 2
    assert AnnualUse.objects.get().used_minor == 50_000
    assert in_trust(importer) == 4_550
    assert broken_laws() == []


def test_its_declaration_is_a_draft_with_the_assessment_told_step_by_step(take):
    declaration = take(2).declaration

    assert (declaration.state, declaration.vat_minor, declaration.duty_minor) == ("draft", 4_550, 0)
    assert [step["code"] for step in declaration.assessment["steps"]] == [
        "limits-within-limits",
        "dutiable-value",
        "duty",
        "consumption-tax",
        "vat",
        "rounding",
    ]


def test_the_same_order_sent_twice_is_taken_once(importer, order_of):
    intake = order_of(2)

    first = services.take_order(importer, intake)
    again = services.take_order(importer, intake)

    assert first == again
    assert reserved(importer) == 2
    assert in_trust(importer) == 4_550


def test_an_order_taken_by_another_process_after_the_look_is_found_and_not_refused(
    importer, order_of, monkeypatch
):
    intake = order_of(2)
    first = services.take_order(importer, intake)
    before = everything(importer)
    look, looks = taking._taken_before, []

    def look_too_early(*asked):
        looks.append(asked)
        return None if len(looks) == 1 else look(*asked)

    monkeypatch.setattr(taking, "_taken_before", look_too_early)

    assert services.take_order(importer, intake) == first
    assert len(looks) == 2
    assert everything(importer) == before


def test_the_same_number_with_another_content_is_refused(importer, order_of):
    intake = order_of(2)
    services.take_order(importer, intake)
    before = everything(importer)

    with pytest.raises(OrderTakenOtherwise):
        services.take_order(importer, replace(intake, buyer=OTHER_BUYER))

    assert everything(importer) == before


def test_another_seller_cannot_take_an_order_that_was_taken(stranger, importer, order_of):
    intake = order_of(2)
    services.take_order(importer, intake)

    with pytest.raises(OrderTakenOtherwise):
        services.take_order(stranger, intake)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ({"paid_minor": 1}, "order-sum-differs"),
        ({"goods_minor": 50_001, "tax_minor": 4_549}, "goods-sum-differs"),
        ({"buyer": replace(BUYER, name="无")}, "name-is-empty"),
    ],
)
def test_papers_that_break_a_rule_are_refused_and_change_nothing(importer, order_of, spoil, code):
    intake = replace(order_of(2), **spoil)
    before = everything(importer)

    with pytest.raises(Refusal) as refusal:
        services.take_order(importer, intake)

    assert refusal.value.code == code
    assert everything(importer) == before


def test_a_tax_that_the_rules_do_not_give_is_refused_beyond_a_cent(importer, order_of):
    services.take_order(importer, order_of(2, tax_minor=4_549))

    with pytest.raises(TaxCollectedDiffers) as refusal:
        services.take_order(importer, order_of(2, tax_minor=4_548))

    assert str(refusal.value.params["assessed"]) == "45.50"


def test_more_units_than_the_importer_owns_are_refused_and_nothing_stays_reserved(
    importer, order_of, honey, formula
):
    lines = (OrderedLine(formula, 1, 1_000), OrderedLine(honey, 101, 1_000))
    intake = order_of(lines=lines)
    before = everything(importer)

    with pytest.raises(NotEnoughStock):
        services.take_order(importer, intake)

    assert everything(importer) == before


def test_an_order_of_several_items_over_five_thousand_is_refused(importer, order_of):
    intake = order_of(2, price_minor=250_001, tax_minor=45_500)

    with pytest.raises(OverOrderLimit):
        services.take_order(importer, intake)


def test_a_person_may_buy_for_twenty_six_thousand_a_year_across_sellers(take, importer, order_of):
    for _ in range(5):
        take(2, price_minor=250_000)
    take(2, price_minor=50_000)
    before = everything(importer)

    with pytest.raises(OverPersonYearLimit):
        services.take_order(importer, order_of(1, price_minor=1))

    assert AnnualUse.objects.get().used_minor == 2_600_000
    assert everything(importer) == before


def test_the_database_refuses_what_two_orders_at_once_would_overlook(take):
    order = take(2)

    with pytest.raises(OverPersonYearLimit):
        commitments.use_year(order, 2_550_001, 2_600_000)
    commitments.use_year(order, 2_550_000, 2_600_000)

    assert AnnualUse.objects.get().used_minor == 2_600_000


def test_a_limit_changed_within_the_year_holds_from_its_day_and_leaves_what_was_bought(take):
    order = take(2)

    commitments.use_year(order, 2_550_000, 2_600_000)
    commitments.use_year(order, 100_000, 2_700_000)
    with pytest.raises(OverPersonYearLimit):
        commitments.use_year(order, 1, 2_700_000)
    with pytest.raises(OverPersonYearLimit):
        commitments.use_year(order, 1, 2_000_000)
    commitments.free_year(order, 700_001)
    commitments.use_year(order, 1, 2_000_000)

    row = AnnualUse.objects.get()
    assert (row.used_minor, row.limit_minor) == (2_000_000, 2_700_000)


def test_no_total_of_a_year_can_be_written_above_its_limit(take):
    take(2)

    with pytest.raises(IntegrityError), transaction.atomic():
        AnnualUse.objects.update(used_minor=2_600_001)


def test_another_person_has_a_year_of_its_own(take):
    take(2)
    take(2, buyer=OTHER_BUYER)

    assert list(AnnualUse.objects.values_list("used_minor", flat=True)) == [50_000, 50_000]


def test_one_payment_cannot_pay_two_orders(take, importer, order_of):
    first = order_of(2)
    services.take_order(importer, first)
    second = order_of(2)
    twice = replace(
        second, payment=replace(second.payment, transaction_no=first.payment.transaction_no)
    )

    with pytest.raises(PaperUsedBefore):
        services.take_order(importer, twice)


def test_no_table_of_customs_holds_a_name_or_number_of_a_person(take, importer):
    order = take(2)

    with tenancy.acting_for(importer):
        rows = [
            *ConsumerOrder.objects.values_list(),
            *Declaration.objects.values_list(),
            *Waybill.objects.values_list(),
            *PaymentRecord.objects.values_list(),
        ]
    text = repr(rows)

    assert order.buyer.masked["id_number"] == "110105**********2X"
    for secret in (BUYER.name, BUYER.id_number, BUYER.phone, "测试收货人", "测试路1号"):
        assert secret not in text


def test_a_cancelled_order_gives_everything_back(take, importer):
    order = take(2)

    services.cancel_order(order)

    assert order.state == "cancelled"
    assert (reserved(importer), in_trust(importer)) == (0, 0)
    assert AnnualUse.objects.get().used_minor == 0
    assert broken_laws() == []


def test_an_order_is_cancelled_once(take):
    order = take(2)
    services.cancel_order(order)

    with pytest.raises(StepNotAllowed):
        services.cancel_order(order)


def test_a_seller_does_not_see_the_orders_of_another(take, stranger):
    take(2)

    with tenancy.acting_for(stranger):
        assert list(ConsumerOrder.objects.all()) == []


def test_honey_and_formula_of_one_order_bear_their_own_rates(take, honey, formula):
    lines = (OrderedLine(formula, 1, 10_000), OrderedLine(honey, 1, 10_000))

    order = take(lines=lines)

    with tenancy.as_operator("test"):
        taxes = order.declaration.lines.order_by("line_no").values_list("vat_minor", flat=True)
    assert list(taxes) == [910, 630]


def test_a_product_is_declared_only_once_a_broker_confirmed_its_record(importer, order_of, formula):
    records = GoodsRecord.objects.filter(product=formula)
    records.update(state=GoodsRecord.State.SUBMITTED, decided_at=None)
    before = everything(importer)

    with pytest.raises(Refusal) as caught:
        services.take_order(importer, order_of(2, number="SH-1"))
    assert (caught.value.code, everything(importer)) == ("goods-not-confirmed", before)

    imports.confirm_record(records.get())
    assert services.take_order(importer, order_of(2, number="SH-1")).order_no == "SH-1"
