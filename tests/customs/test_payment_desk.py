"""Payments on their way to customs: pressed once, answered, corrected, split and refunded."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from lxml import etree

from core import documents, jobs, tenancy
from core.domain.transitions import StepNotAllowed
from core.models import Party, Person
from customs import paper_queries, services
from customs.domain import payment_leg as pay
from customs.domain.payment_leg import PayerNotBuyer, RefundAbovePayment, SplitAbovePayment
from customs.jurisdictions.cn.messages.reading import read
from customs.models import ConsumerOrder, Declaration, PaperAnswer, PaymentLeg, PaymentStep
from tests.conftest import party
from tests.customs.shop import OTHER_BUYER
from tests.shared_data import oracle

pytestmark = pytest.mark.django_db
SCHEMA = "海关跨境进口业务节点报文定义202205.xsd"


class Company:
    """A payment company that answers what it is told to, and notes what it was asked."""

    asked: list = []  # noqa: RUF012  one for the module, emptied before each test
    says = "succeeded"

    def send(self, request):
        self.asked.append(("send", request.step, request.order_no, request.amount_minor))
        return ""

    def ask(self, request):
        self.asked.append(("ask", request.step, request.order_no, request.amount_minor))
        return self.says


@pytest.fixture(autouse=True)
def company(settings):
    settings.CUSTOMS_PAYMENT_GATEWAY = f"{__name__}.Company"
    Company.asked, Company.says = [], "succeeded"
    return Company


@pytest.fixture
def order(take):
    return take(1)


def leg_of(order):
    with tenancy.as_operator("test"):
        return PaymentLeg.objects.get(order=order)


def cause_of(order):
    with tenancy.as_operator("test"):
        fresh = ConsumerOrder.objects.select_related("payment", "pool").get(pk=order.pk)
        found = paper_queries.cause(fresh, PaymentLeg.objects.filter(order=order).first())
    return (found.refusal.code, found.step) if found else None


def pressed(order, *steps):
    for number, step in enumerate(steps):
        services.press(order, step, request_key=f"{order.pk}/{number}/{step}")
    return leg_of(order).state


def test_a_payment_is_pushed_asked_for_and_found(order, company):
    assert cause_of(order) == ("payment-not-pushed", "push")

    assert pressed(order, pay.PUSH) == pay.PROCESSING
    jobs.run_until_idle()
    assert cause_of(order) == ("payment-under-way", "query")
    assert pressed(order, pay.QUERY) == pay.SUCCESS

    assert cause_of(order) is None
    assert company.asked == [
        ("send", "push", "SH-0001", 27_275),
        ("ask", "query", "SH-0001", 27_275),
    ]


def test_the_same_press_twice_pushes_once(order, company):
    for _ in range(2):
        services.press(order, pay.PUSH, request_key="one")
    jobs.run_until_idle()

    assert leg_of(order).pushes == 1
    assert len(company.asked) == 1


def test_a_second_press_is_refused_while_the_first_is_under_way(order):
    pressed(order, pay.PUSH)

    for step in (pay.PUSH, pay.PUSH_AGAIN, pay.MODIFY):
        with pytest.raises(StepNotAllowed):
            services.press(order, step, request_key=f"again-{step}")
    assert leg_of(order).pushes == 1


def test_the_database_itself_takes_no_second_first_push(order):
    pressed(order, pay.PUSH)
    leg = leg_of(order)

    with pytest.raises(IntegrityError), transaction.atomic(), tenancy.as_operator("test"):
        step = PaymentStep.objects.get(leg=leg)
        step.pk, step.request_key = None, "other"
        step.save(force_insert=True)


def test_another_payer_is_found_before_anything_is_pushed(order, take):
    other = take(1, buyer=OTHER_BUYER)
    order.payment.payer = Person.objects.get(pk=other.buyer_id)
    order.payment.save()

    assert cause_of(order) == ("payer-not-buyer", None)
    with pytest.raises(PayerNotBuyer):
        pressed(order, pay.PUSH)
    with tenancy.as_operator("test"):
        assert not PaymentLeg.objects.exists()


def test_a_lost_payment_is_sent_again_as_it_was(order, company):
    pressed(order, pay.PUSH)
    company.says = "lost"
    assert pressed(order, pay.PUSH, pay.QUERY) == pay.EXCEPT
    assert cause_of(order) == ("payment-lost", "push_again")

    services.press(order, pay.PUSH_AGAIN, request_key="again")

    assert (leg_of(order).state, leg_of(order).pushes) == (pay.PROCESSING, 2)


def test_the_message_of_a_push_is_what_the_official_schema_takes(order):
    pressed(order, pay.PUSH)
    with tenancy.as_operator("test"):
        content = documents.content(PaymentStep.objects.get().document)

    head = read(content).message.papers[0].head
    assert (head["appType"], head["amountPaid"]) == ("1", "272.75")
    path = oracle("customs", "china", "xsd", SCHEMA)
    assert etree.XMLSchema(etree.parse(str(path))).validate(etree.fromstring(content))


def test_a_partial_refund_has_to_be_corrected_and_is_then_found(order):
    pressed(order, pay.PUSH, pay.QUERY)

    for _ in range(2):
        services.refund_part(order, 2_275, request_key="refund")
    assert cause_of(order) == ("payment-other-amount", "modify")
    services.press(order, pay.MODIFY, request_key="m")
    services.press(order, pay.QUERY, request_key="q")

    assert cause_of(order) is None
    assert leg_of(order).pushed_amount_minor == 25_000
    with tenancy.as_operator("test"):
        assert PaymentStep.objects.get(step="refund").amount_minor == 2_275
        corrected = PaymentStep.objects.get(step="modify")
    assert read(documents.content(corrected.document)).message.papers[0].head["appType"] == "2"


@pytest.mark.parametrize("amount", [27_275, 27_276, 0, -1])
def test_no_more_than_a_part_of_a_payment_is_refunded(order, amount):
    with pytest.raises(RefundAbovePayment):
        services.refund_part(order, amount, request_key="refund")

    assert cause_of(order) == ("payment-not-pushed", "push")


def test_a_refund_leaves_an_order_that_says_what_is_left(order):
    services.refund_part(order, 2_275, request_key="refund")

    order.refresh_from_db()
    assert (order.discount_minor, order.paid_minor) == (2_275, 25_000)
    with tenancy.as_operator("test"):
        assert PaymentStep.objects.get(step="refund").document is None


def test_customs_is_told_of_the_change_of_an_order_that_it_holds(order, stocked):
    pressed(order, pay.PUSH, pay.QUERY)
    services.declare_batch(stocked, [order], request_key="b1")

    services.refund_part(order, 2_275, request_key="refund")

    with tenancy.as_operator("test"):
        content = documents.content(PaymentStep.objects.get(step="refund").document)
    head = read(content).message.papers[0].head
    said = [head[name] for name in ("appType", "orderNo", "discount", "acturalPaid")]
    assert said == ["2", "SH-0001", "22.75", "250.00"]
    path = oracle("customs", "china", "xsd", SCHEMA)
    assert etree.XMLSchema(etree.parse(str(path))).validate(etree.fromstring(content))


def test_what_customs_has_let_go_keeps_its_amounts(order, stocked):
    services.declare_batch(stocked, [order], request_key="b1")
    with tenancy.as_operator("test"):
        declaration = Declaration.objects.get(order=order)
    services.receive_answer(declaration, "800", declaration.declared_at + timedelta(minutes=5))

    with pytest.raises(services.RefundAfterRelease):
        services.refund_part(order, 2_275, request_key="refund")
    order.refresh_from_db()
    assert (order.discount_minor, order.paid_minor) == (0, 27_275)


def test_a_split_payment_is_one_amount_through_one_company(take, stocked):
    orders = [take(1)]
    company = orders[0].payment.company
    services.split_payment(company, "WHOLE-1", 54_550, orders)

    with pytest.raises(services.SplitOtherwise):
        services.split_payment(company, "WHOLE-1", 54_551, orders)
    with pytest.raises(services.PartOfOtherCompany):
        services.split_payment(party(Party.Kind.PAYMENT, "other-pay"), "WHOLE-2", 54_550, [take(1)])


def test_parts_of_a_split_payment_stay_within_it(take, stocked):
    orders = [take(1), take(1)]
    company = orders[0].payment.company

    split = services.split_payment(company, "WHOLE-1", 54_550, orders)
    again = services.split_payment(company, "WHOLE-1", 54_550, orders)

    assert split.declared_minor == again.declared_minor == 54_550
    with pytest.raises(SplitAbovePayment):
        services.split_payment(company, "WHOLE-1", 54_550, [take(1)])
    services.refund_part(orders[0], 50, request_key="r")
    split.refresh_from_db()
    assert split.declared_minor == 54_500


def test_customs_saying_that_the_payment_does_not_exist_is_named_and_mended(order, stocked):
    pressed(order, pay.PUSH, pay.QUERY)
    services.declare_batch(stocked, [order], request_key="b1")
    with tenancy.as_operator("test"):
        declaration = Declaration.objects.get(order=order)
    at = declaration.declared_at + timedelta(minutes=5)

    services.receive_answer(declaration, "100", at, "-621003 支付信息不存在")

    assert cause_of(order) == ("customs-mislaid-payment", "push_again")
    services.press(order, pay.PUSH_AGAIN, request_key="a")
    services.press(order, pay.QUERY, request_key="b")
    assert cause_of(order) is None


def test_the_state_is_not_asked_of_nobody(order, settings):
    settings.CUSTOMS_PAYMENT_GATEWAY = ""
    pressed(order, pay.PUSH)

    with pytest.raises(services.NobodyToAsk):
        services.press(order, pay.QUERY, request_key="q")


def receipt(code, name, key, number, status, text=""):
    return (
        f"<{code}Message xmlns='http://www.chinaport.gov.cn/ceb' guid='g' version='1.0'>"
        f"<{name}><guid>g</guid><{key}>{number}</{key}><returnStatus>{status}</returnStatus>"
        f"<returnTime>20250501120000000</returnTime><returnInfo>{text}</returnInfo>"
        f"</{name}></{code}Message>"
    ).encode()


def test_receipts_of_papers_are_heard_once_and_move_the_payment(order, broker, settings):
    settings.CUSTOMS_PAYMENT_GATEWAY = ""
    said = [
        receipt("CEB312", "OrderReturn", "orderNo", "SH-0001", "120"),
        receipt("CEB412", "PaymentReturn", "payTransactionId", "PAY-SH-0001", "120"),
        receipt("CEB512", "LogisticsReturn", "logisticsNo", "YT-SH-0001", "100", "-504001 x"),
        receipt("CEB312", "OrderReturn", "orderNo", "SH-9999", "120"),
    ]

    taken = [services.receive_file(broker, "r.xml", content) for content in (*said, said[1])]

    assert [(each.papers, each.kept) for each in taken] == [(1, 0), (1, 0), (1, 0), (0, 1), (0, 0)]
    assert cause_of(order) is None
    assert leg_of(order).pushes == 0
    with tenancy.as_operator("test"):
        found = PaperAnswer.objects.order_by("paper").values_list("paper", "error_code")
        assert list(found) == [("order", ""), ("payment", ""), ("waybill", "-504001")]


def test_a_refused_payment_has_failed(order, broker):
    pressed(order, pay.PUSH)
    content = receipt("CEB412", "PaymentReturn", "payTransactionId", "PAY-SH-0001", "-401007")

    services.receive_file(broker, "r.xml", content)

    assert cause_of(order) == ("payment-failed", "modify")
