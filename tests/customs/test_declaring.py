from datetime import timedelta

import pytest

from core import clock, invariants, ledger, tenancy
from core.domain.chart import AccountCode, TransferCode
from core.domain.transitions import StepNotAllowed
from core.ledger import Overdrawn
from core.models import Fact
from customs import services
from customs.domain.states import UnknownReturnCode
from customs.models import AnnualUse, Attempt, CustomsReceipt, Declaration, DeclarationBatch
from customs.services import AnswerBeforeDeclaration, BatchNotPossible
from tests.customs.shop import GUARANTEE_MINOR, OTHER_BUYER
from warehouse import services as warehouse
from warehouse.models import BookItem, DispatchOrder, Holding

pytestmark = pytest.mark.django_db


def declare(pool, *orders, key="b1"):
    return services.declare_batch(pool, orders, request_key=key)


def answer(order, status, minutes=5, raw="", **more):
    declaration = of(order)
    at = declaration.declared_at + timedelta(minutes=minutes)
    return services.receive_answer(declaration, status, at, raw, **more)


def of(order):
    with tenancy.as_operator("test"):
        return Declaration.objects.get(order=order)


def counters():
    return [(item.expected_out, item.actual_out) for item in BookItem.objects.order_by("item_no")]


def reserved(importer):
    with tenancy.as_operator("test"):
        rows = Holding.objects.filter(owner_id=importer.pk)
        return sum(rows.values_list("reserved_units", flat=True))


def guarantee_left(operator):
    return ledger.available(ledger.account(AccountCode.GUARANTEE, "CNY", owner=operator))


def broken_laws():
    return [
        finding
        for finding in invariants.check_all()
        if not finding.holds and finding.name.startswith(("customs", "warehouse"))
    ]


def test_declaring_numbers_without_gaps_and_takes_up_book_and_guarantee(take, stocked, operator):
    orders = [take(1), take(2, buyer=OTHER_BUYER)]

    batch = declare(stocked, *orders)

    assert (batch.number, batch.broker_id) == ("DB-2025-000001", stocked.broker_id)
    assert [of(order).cop_no for order in orders] == ["DEC-2025-000001", "DEC-2025-000002"]
    assert {of(order).state for order in orders} == {"declared"}
    assert counters()[0] == (3, 0)
    assert guarantee_left(operator) == GUARANTEE_MINOR - 2_275 - 4_550
    assert broken_laws() == []


def test_the_declaration_names_the_account_book_and_item_that_the_units_leave(take, stocked):
    order = take(1)

    declare(stocked, order)

    declaration = of(order)
    assert declaration.account_book == "L3105B25A001"
    assert declaration.lines.get().record_no == "1"


def test_asking_twice_with_one_key_declares_once(take, stocked):
    order = take(1)

    first, again = declare(stocked, order), declare(stocked, order)

    assert first == again
    assert Attempt.objects.count() == 1


def test_a_declared_order_cannot_be_declared_or_cancelled(take, stocked):
    order = take(1)
    declare(stocked, order)

    with pytest.raises(StepNotAllowed):
        declare(stocked, order, key="b2")
    with pytest.raises(StepNotAllowed):
        services.cancel_order(order)

    assert DeclarationBatch.objects.count() == 1


def test_an_empty_batch_is_refused(stocked):
    with pytest.raises(BatchNotPossible):
        declare(stocked)


def test_without_enough_guarantee_nothing_is_declared(take, stocked, operator):
    order = take(1)
    guarantee = ledger.account(AccountCode.GUARANTEE, "CNY", owner=operator)
    outside = ledger.account(AccountCode.EXTERNAL, "CNY", subject="customs")
    ledger.transfer(
        key="lower", debit=guarantee, credit=outside, amount_minor=GUARANTEE_MINOR - 2_274,
        code=TransferCode.GUARANTEE_RESERVED,
    )  # fmt: skip

    with pytest.raises(Overdrawn):
        declare(stocked, order)

    assert of(order).state == "draft"
    assert counters()[0] == (0, 0)
    assert DeclarationBatch.objects.count() == 0


def test_a_release_orders_the_dispatch_of_exactly_what_was_declared(take, stocked):
    order = take(2)
    declare(stocked, order)
    answer(order, "120", invt_no="310520251000000001")

    answer(order, "800", minutes=9)

    declaration = of(order)
    with tenancy.as_operator("test"):
        lines = [(line.product_id, line.units) for line in declaration.dispatch_order.lines.all()]
    assert declaration.state == "released"
    assert declaration.invt_no == "310520251000000001"
    assert lines == [(declaration.lines.get().product_id, 2)]
    assert broken_laws() == []


def test_a_release_that_comes_before_the_acceptance_counts_all_the_same(take, stocked):
    order = take(1)
    declare(stocked, order)

    answer(order, "800", minutes=9)
    late = answer(order, "120", minutes=5)

    assert of(order).state == "released"
    assert late.has_moved is False


def test_the_same_answer_twice_is_heard_once(take, stocked):
    order = take(1)
    declare(stocked, order)

    first, again = answer(order, "800"), answer(order, "800")

    assert first == again
    with tenancy.as_operator("test"):
        assert CustomsReceipt.objects.count() == 1
        assert DispatchOrder.objects.count() == 1


def test_a_refusal_frees_stock_book_year_and_guarantee(take, stocked, importer, operator):
    order = take(2)
    declare(stocked, order)

    answer(order, "100", raw="-621018 清单中购买人已用购买额度")

    declaration = of(order)
    assert (declaration.state, declaration.error_code) == ("refused", "-621018")
    assert reserved(importer) == 0
    assert counters()[0] == (0, 0)
    assert AnnualUse.objects.get().used_minor == 0
    assert guarantee_left(operator) == GUARANTEE_MINOR
    assert broken_laws() == []


def test_a_refused_order_can_be_declared_again_under_a_new_number(take, stocked, importer):
    order = take(2)
    declare(stocked, order)
    answer(order, "100", raw="-621013")

    with clock.at(of(order).declared_at + timedelta(hours=1)):
        declare(stocked, order, key="b2")
    answer(order, "800")

    declaration = of(order)
    assert (declaration.cop_no, declaration.state) == ("DEC-2025-000002", "released")
    attempts = declaration.attempts.order_by("number").values_list("number", "state")
    assert list(attempts) == [(1, "refused"), (2, "released")]
    assert AnnualUse.objects.get().used_minor == 50_000
    assert broken_laws() == []


def test_an_answer_to_an_earlier_attempt_does_not_touch_the_new_one(take, stocked):
    order = take(2)
    declare(stocked, order)
    first = of(order).declared_at
    answer(order, "100", raw="-621013")
    with clock.at(first + timedelta(hours=1)):
        declare(stocked, order, key="b2")

    late = services.receive_answer(of(order), "100", first + timedelta(minutes=6), "-621013")

    assert late.has_moved is False
    assert late.attempt.number == 1
    assert of(order).state == "declared"


def test_an_answer_older_than_the_declaration_is_refused(take, stocked):
    order = take(1)
    declare(stocked, order)

    with pytest.raises(AnswerBeforeDeclaration):
        answer(order, "120", minutes=-1)


def test_a_status_outside_the_table_is_refused_and_changes_nothing(take, stocked):
    order = take(1)
    declare(stocked, order)

    with pytest.raises(UnknownReturnCode):
        answer(order, "777")

    assert of(order).state == "declared"


def test_a_negative_status_is_a_refusal_of_the_system(take, stocked):
    order = take(1)
    declare(stocked, order)

    answer(order, "-621001", raw="-621001 清单报文校验失败")

    assert (of(order).state, of(order).error_code) == ("refused", "-621001")


def test_an_answer_is_kept_in_its_own_words_but_not_readable_in_the_table(take, stocked):
    order = take(1)
    declare(stocked, order)

    receipt = answer(order, "120", raw="海关入库 张三")

    assert services.words_of(receipt) == "海关入库 张三"
    assert "张三".encode() not in bytes(receipt.sealed_raw)


def test_a_released_declaration_stays_released_when_a_refusal_comes_late(take, stocked):
    order = take(1)
    declare(stocked, order)
    answer(order, "800")

    answer(order, "100", minutes=7, raw="-621018")

    assert of(order).state == "released"
    assert broken_laws() == []


def test_the_log_tells_of_declaration_and_release_without_naming_anybody(take, stocked):
    order = take(1)
    declare(stocked, order)
    answer(order, "120")
    answer(order, "800", minutes=9)

    names = Fact.objects.filter(name__startswith="customs.declaration").order_by("pk")
    assert list(names.values_list("name", flat=True)) == [
        "customs.declaration.declared",
        "customs.declaration.accepted",
        "customs.declaration.released",
    ]
    declaration = of(order)
    assert names.last().data == {
        "importer": order.importer_id,
        "declaration": declaration.pk,
        "order": order.pk,
        "order_no": "SH-0001",
        "cop_no": "DEC-2025-000001",
        "dispatch": declaration.dispatch_order_id,
        "invt_no": "",
        "error_code": "",
    }


def test_shipped_parcels_are_written_off_the_book_once(take, stocked):
    order = take(2)
    declare(stocked, order)
    answer(order, "800")
    with tenancy.as_operator("test"):
        warehouse.ship(warehouse.pick(of(order).dispatch_order))

    written, again = (services.write_off_shipped(stocked) for _ in range(2))

    assert (written, again) == (1, 0)
    assert counters()[0] == (0, 2)
    assert broken_laws() == []


def test_taxes_are_paid_over_thirty_days_after_release_and_the_guarantee_is_whole(
    take, stocked, operator, importer
):
    order = take(2)
    declare(stocked, order)
    answer(order, "800")
    trust = ledger.account(AccountCode.TAX_TRUST, "CNY", owner=importer)

    with clock.at(of(order).released_at + timedelta(days=30)):
        assert services.remit_taxes(stocked) == 0
    with clock.at(of(order).released_at + timedelta(days=31)):
        assert services.remit_taxes(stocked) == 4_550
        assert services.remit_taxes(stocked) == 0

    assert ledger.balance(trust) == 0
    assert guarantee_left(operator) == GUARANTEE_MINOR
    assert broken_laws() == []
