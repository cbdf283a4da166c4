"""The desk's pages: three papers with their lights, and withdrawals and returns."""

import pytest
from django.urls import reverse

from core import jobs, tenancy
from customs import paper_queries, services
from customs.models import Correction, PaymentLeg
from tests.customs.shop import OTHER_BUYER
from tests.customs.test_correcting import declared, hear, sent
from tests.customs.test_views import get, signed_in

__all__ = ["declared", "sent"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(take, stocked):
    stocked.is_simulated = True
    stocked.save()
    return take(1)


def post(user, name, *args, **data):
    return signed_in(user).post(reverse(f"customs:{name}", args=args), data)


def text(answered):
    assert answered.status_code == 200, answered.content.decode()[:500]
    return answered.content.decode()


def test_a_broker_sends_a_payment_and_asks_for_it_by_the_named_buttons(order, broker_user):
    listed = text(get(broker_user, "papers"))
    assert "The payment of order SH-0001 was not sent to customs yet." in listed
    page = text(get(broker_user, "paper", order.pk))
    assert "Send payment" in page

    post(broker_user, "press", order.pk, "push", key=f"{order.pk}/0")
    post(broker_user, "press", order.pk, "push", key=f"{order.pk}/0")
    assert "Ask for the state" in text(get(broker_user, "paper", order.pk))
    post(broker_user, "press", order.pk, "query", key=f"{order.pk}/1")

    assert "Customs has the payment" in text(get(broker_user, "paper", order.pk))
    with tenancy.as_operator("test"):
        assert PaymentLeg.objects.get().pushes == 1


def test_a_refund_shows_what_differs_and_the_button_that_mends_it(order, broker_user):
    services.press(order, "push", request_key="a")
    services.press(order, "query", request_key="b")

    assert post(broker_user, "refund", order.pk, key="1", amount="12.345").status_code == 422
    assert post(broker_user, "refund", order.pk, key="1", amount="12.30").status_code == 302

    page = text(get(broker_user, "paper", order.pk))
    assert "272.75 CNY were sent; paid less refunded makes 260.45 CNY." in page
    assert "Correct payment" in page
    assert "differs" in page
    assert "SH-0001" in text(
        signed_in(broker_user).get(reverse("customs:papers") + "?show=trouble")
    )


def test_one_payment_is_told_to_pay_two_orders(take, order, broker_user):
    other = take(1)
    said = {"company": order.payment.company_id, "transaction_no": "WHOLE-9", "paid": "545.50"}

    unknown = post(broker_user, "split-payment", orders="SH-0001 SH-9", **said)
    done = post(broker_user, "split-payment", orders=f"SH-0001\n{other.order_no}", **said)

    assert unknown.status_code == 422
    assert "No order SH-9 is in your pools" in unknown.content.decode()
    assert done.status_code == 302
    page = text(get(broker_user, "split-payment"))
    assert all(said in page for said in ("WHOLE-9", "SH-0001", other.order_no, "545.50"))
    assert "A part of payment WHOLE-9" in text(get(broker_user, "paper", order.pk))


def test_the_message_of_a_push_is_downloaded_and_an_unknown_step_is_not(order, broker_user):
    services.press(order, "push", request_key="a")
    with tenancy.as_operator("test"):
        step = PaymentLeg.objects.get().steps.get()

    found = get(broker_user, "payment-message", order.pk, step.pk)
    assert b"CEB411Message" in found.content
    assert get(broker_user, "payment-message", order.pk, step.pk + 1).status_code == 404
    assert post(broker_user, "press", order.pk, "succeeded", key="1").status_code == 404


@pytest.mark.parametrize("orders", [1, 4])
def test_the_list_of_papers_costs_two_queries_whatever_its_length(
    take, stocked, broker, orders, django_assert_num_queries
):
    for number in range(orders):
        made = take(1, buyer=OTHER_BUYER)
        services.press(made, "push", request_key=str(number))

    with tenancy.as_operator("test"), django_assert_num_queries(2):
        rows = paper_queries.paper_rows(broker)
    assert [row.cause.step for row in rows] == ["query"] * orders


def test_nothing_to_mend_is_said_so(order, broker_user):
    shown = signed_in(broker_user).get(reverse("customs:papers") + "?show=trouble")

    assert "Nothing needs mending" in text(shown)


def test_a_declaration_is_found_by_either_number_and_withdrawn(declared, broker_user):
    for number in ("DEC-2025-000001", "31052025I000000001"):
        found = signed_in(broker_user).get(reverse("customs:corrections"), {"number": number})
        assert found.status_code == 302
    assert "No declaration of this number is yours." in text(
        signed_in(broker_user).get(reverse("customs:corrections"), {"number": "DEC-1"})
    )

    page = text(signed_in(broker_user).get(found.url))
    assert "Ask for the withdrawal" in page
    asked = signed_in(broker_user).post(found.url, {"reason": "buyer cancelled"})

    page = text(signed_in(broker_user).get(asked.url))
    assert "WDR-2025-000001" in page
    assert "Send the message to customs" in page
    with tenancy.as_operator("test"):
        correction = Correction.objects.get()
    assert b"CEB623Message" in get(broker_user, "correction-message", correction.pk).content


def test_units_that_come_back_are_chosen_by_line_and_bounded(sent, broker_user):
    where = reverse("customs:ask-correction", args=[sent.declaration.pk])

    refused = signed_in(broker_user).post(where, {"line_1": "4", "reason": "x"})
    assert refused.status_code == 422
    asked = signed_in(broker_user).post(where, {"line_1": "2", "reason": "not wanted"})

    assert asked.status_code == 302
    with tenancy.as_operator("test"):
        correction = Correction.objects.get()
    hear(correction, "399")
    page = text(signed_in(broker_user).get(asked.url))
    assert "They are back" in page
    assert post(broker_user, "goods-back", correction.pk, on="2025-13-01").status_code == 422
    assert post(broker_user, "goods-back", correction.pk, on="2025-05-20").status_code == 302
    assert "45.50" in text(signed_in(broker_user).get(asked.url))
    assert "RET-2025-000001" in text(get(broker_user, "corrections"))


def test_without_a_number_of_customs_nothing_can_be_asked(take, stocked, broker_user):
    order = take(1)
    services.declare_batch(stocked, [order], request_key="b1")

    page = text(get(broker_user, "ask-correction", order.declaration.pk))

    assert "Customs has given no number yet" in page


def test_a_refused_withdrawal_says_why(declared, broker_user):
    correction = services.ask_withdrawal(declared.declaration, reason="x", request_key="w")
    hear(correction, "100", "-621005 x")

    page = text(get(broker_user, "correction", correction.pk))

    assert "Customs refused it." in page
    assert "The value is above the limit for one order" in page


def test_late_returns_are_closed_by_the_daily_look(sent):
    correction = hear(
        services.ask_return(sent.declaration, {1: 1}, reason="x", request_key="r"), "399"
    )
    jobs.order("customs.close_late_returns", key="look-1")
    jobs.run_until_idle()
    with tenancy.as_operator("test"):
        assert Correction.objects.get(pk=correction.pk).state == "granted"


@pytest.mark.parametrize("page", ["papers", "corrections"])
def test_an_importer_does_not_find_the_desk(importer_user, page):
    assert get(importer_user, page).status_code == 404
