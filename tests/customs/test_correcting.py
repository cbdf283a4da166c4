"""Withdrawals and returns end to end, and taxes settled by the bills of customs."""

from datetime import date, timedelta

import pytest
from lxml import etree

from core import clock, documents, invariants, ledger, tenancy
from core.domain.chart import AccountCode
from core.domain.transitions import StepNotAllowed
from core.models import Fact
from customs import services
from customs.domain.corrections import MoreThanWasSent, NothingComesBack, TooLateToReturn
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.validating import validate
from customs.models import AnnualUse, Correction, Declaration, DeclarationLine, TaxBill
from customs.services.taxing import SecondTaxBill
from tests.customs.shop import GUARANTEE_MINOR, TODAY
from tests.shared_data import oracle
from warehouse import services as warehouse
from warehouse.domain.returning import NotSentYet
from warehouse.models import Holding, ReturnCase
from warehouse.queries import free_units

pytestmark = pytest.mark.django_db
SCHEMA = "海关跨境进口业务节点报文定义202205.xsd"
INVT_NO = "31052025I000000001"


def fresh(order):
    with tenancy.as_operator("test"):
        return Declaration.objects.select_related("guarantee", "dispatch_order").get(order=order)


def answer(order, status, minutes=5):
    declaration = fresh(order)
    at = declaration.declared_at + timedelta(minutes=minutes)
    services.receive_answer(declaration, status, at, invt_no=INVT_NO)
    return fresh(order)


def broken():
    return [law.name for law in invariants.check_all() if not law.holds]


def balance(code, owner):
    return ledger.balance(ledger.account(code, "CNY", owner=owner))


def used():
    return AnnualUse.objects.get().used_minor


def ask_withdrawal(order, key="w1"):
    return services.ask_withdrawal(fresh(order), reason="buyer changed mind", request_key=key)


def ask_return(order, units, key="r1"):
    return services.ask_return(fresh(order), units, reason="not wanted", request_key=key)


def hear(correction, status, raw="", minutes=60):
    at = correction.asked_at + timedelta(minutes=minutes)
    services.receive_correction(correction, status, at, raw)
    with tenancy.as_operator("test"):
        return Correction.objects.get(pk=correction.pk)


@pytest.fixture
def declared(take, stocked):
    """An order of three tins that customs has received and numbered."""
    order = take(3)
    services.declare_batch(stocked, [order], request_key="b1")
    answer(order, "120")
    return order


@pytest.fixture
def sent(declared):
    """The same, released and shipped."""
    declaration = answer(declared, "800", 10)
    with tenancy.as_operator("test"):
        warehouse.ship(warehouse.pick(declaration.dispatch_order))
    return declared


def schema():
    path = oracle("customs", "china", "xsd", SCHEMA)
    return etree.XMLSchema(etree.parse(str(path)))


def test_a_granted_withdrawal_gives_everything_back_and_cancels_the_order(
    declared, importer, operator, formula, platform_balance
):
    assert used() == 75_000
    correction = ask_withdrawal(declared)
    assert fresh(declared).state == "accepted"

    settled = hear(correction, "399")

    assert (settled.state, settled.value_minor, settled.tax_minor) == ("settled", 75_000, 6_825)
    assert fresh(declared).state == "cancelled"
    assert used() == 0
    assert platform_balance() == 0
    assert balance(AccountCode.GUARANTEE, operator) == GUARANTEE_MINOR
    with tenancy.acting_for(importer):
        assert free_units(importer, formula, last_day_from=TODAY) == 100
    assert broken() == []


@pytest.fixture
def platform_balance(importer):
    return lambda: balance(AccountCode.TAX_TRUST, importer)


def test_a_refused_withdrawal_leaves_the_declaration_as_it_was(declared):
    correction = ask_withdrawal(declared)

    refused = hear(correction, "100", "-623003 清单已放行")

    assert (refused.state, refused.error_code) == ("refused", "-623003")
    assert fresh(declared).state == "accepted"
    assert ask_withdrawal(declared, key="w2").pk != correction.pk
    assert broken() == []


def test_answers_of_customs_to_a_withdrawn_declaration_no_longer_move_it(declared):
    hear(ask_withdrawal(declared), "399")

    assert answer(declared, "300", 90).state == "cancelled"
    assert broken() == []


def test_customs_cannot_grant_what_it_released_meanwhile(declared):
    correction = ask_withdrawal(declared)
    answer(declared, "800", 20)

    with pytest.raises(StepNotAllowed):
        hear(correction, "399")

    assert fresh(declared).state == "released"
    with tenancy.as_operator("test"):
        assert Correction.objects.get().state == "asked"
    assert broken() == []


def test_what_cannot_be_asked_is_refused_and_writes_nothing(take, stocked, declared, sent):
    draft = take(1)
    for kind, order, refusal in (
        (ask_withdrawal, sent, StepNotAllowed),
        (lambda o: ask_return(o, {1: 1}), draft, services.NotReleased),
        (lambda o: ask_return(o, {1: 4}), sent, MoreThanWasSent),
        (lambda o: ask_return(o, {2: 1}), sent, NothingComesBack),
        (lambda o: ask_return(o, {}), sent, NothingComesBack),
    ):
        with pytest.raises(refusal):
            kind(order)
    services.declare_batch(stocked, [draft], request_key="b2")
    with pytest.raises(services.NoNumberOfCustoms):
        ask_withdrawal(draft)
    with tenancy.as_operator("test"):
        assert not Correction.objects.exists()
        assert not DeclarationLine.objects.filter(returned_units__gt=0).exists()


def test_one_request_at_a_time_and_the_same_key_is_the_same_request(sent):
    first = ask_return(sent, {1: 1})

    assert ask_return(sent, {1: 1}).pk == first.pk
    with pytest.raises(services.CorrectionOpen):
        ask_return(sent, {1: 1}, key="r2")


def test_a_return_in_time_gives_back_its_part_of_tax_year_guarantee_and_stock(
    sent, importer, operator, formula, platform_balance
):
    correction = hear(ask_return(sent, {1: 1}), "399")
    assert (correction.state, used(), platform_balance()) == ("granted", 75_000, 6_825)

    with clock.at(correction.asked_at + timedelta(days=10)):
        settled = services.take_goods_back(correction)
        assert services.take_goods_back(correction).pk == settled.pk

    assert (settled.state, settled.value_minor, settled.tax_minor) == ("settled", 25_000, 2_275)
    assert used() == 50_000
    assert platform_balance() == 4_550
    assert balance(AccountCode.GUARANTEE, operator) == GUARANTEE_MINOR - 4_550
    with tenancy.as_operator("test"):
        quarantine = Holding.objects.get(owner=importer, place="quarantine")
        assert quarantine.units == 1
        assert quarantine.lot.book_item.counters.on_hand_units == 101
    assert broken() == []


def test_two_returns_bring_all_back_and_nothing_is_left_to_pay(
    sent, stocked, operator, platform_balance
):
    for number, units in enumerate((1, 2)):
        correction = hear(ask_return(sent, {1: units}, key=f"r{number}"), "399")
        services.take_goods_back(correction)

    assert (used(), platform_balance()) == (0, 0)
    assert balance(AccountCode.GUARANTEE, operator) == GUARANTEE_MINOR
    with pytest.raises(MoreThanWasSent):
        ask_return(sent, {1: 1}, key="r9")
    with clock.at(fresh(sent).released_at + timedelta(days=31)):
        assert services.remit_taxes(stocked) == 0
    assert broken() == []


def test_goods_that_come_back_on_day_forty_six_stay_taxed(sent, stocked, platform_balance):
    correction = hear(ask_return(sent, {1: 3}), "399")

    late = services.take_goods_back(correction, on=date(2025, 6, 16))

    assert (late.state, late.tax_minor, used()) == ("late", 0, 75_000)
    with clock.at(fresh(sent).released_at + timedelta(days=46)):
        assert services.remit_taxes(stocked) == 6_825
    assert broken() == []


def test_an_open_return_keeps_its_taxes_from_being_paid_until_it_is_too_late(sent, stocked):
    correction = hear(ask_return(sent, {1: 3}), "399")

    with clock.at(fresh(sent).released_at + timedelta(days=40)):
        assert services.remit_taxes(stocked) == 0
        assert services.close_late_returns([correction]) == 0
        with tenancy.as_operator("test"):
            assert ReturnCase.objects.get().state == "announced"
    with clock.at(fresh(sent).released_at + timedelta(days=46)):
        assert services.close_late_returns([correction]) == 1
        with tenancy.as_operator("test"):
            assert ReturnCase.objects.get().state == "cancelled"
        assert services.remit_taxes(stocked) == 6_825
    assert broken() == []


def test_a_return_cannot_be_asked_for_on_day_thirty_one(sent):
    with clock.at(fresh(sent).released_at + timedelta(days=31)), pytest.raises(TooLateToReturn):
        ask_return(sent, {1: 1})


def test_goods_that_never_left_cannot_come_back(declared):
    answer(declared, "800", 10)
    correction = hear(ask_return(declared, {1: 1}), "399")

    with pytest.raises(NotSentYet):
        services.take_goods_back(correction)


@pytest.mark.parametrize("code", ["CEB623", "CEB625"])
def test_the_request_is_a_message_that_the_official_schema_takes(request, code):
    order = request.getfixturevalue("declared" if code == "CEB623" else "sent")
    correction = ask_withdrawal(order) if code == "CEB623" else ask_return(order, {1: 2})

    content = documents.content(correction.document)

    message = read(content).message
    assert message.code == code
    assert message.papers[0].head["copNo"] == correction.cop_no
    assert message.papers[0].head["buyerName"] == "测试订购人"
    assert [line["qty"] for line in message.papers[0].lines] == (["2"] if code == "CEB625" else [])
    assert validate(content, may_be_unsigned=True).is_valid
    faults = list(errors_but_signature(content))
    assert faults == []


def errors_but_signature(content):
    found = schema()
    found.validate(etree.fromstring(content))
    return (e.message for e in found.error_log if "Signature" not in e.message)


def receipts(code, name, *said):
    inside = "".join(
        f"<{name}><copNo>{cop_no}</copNo><returnStatus>{status}</returnStatus>"
        f"<returnTime>20250501{time}000</returnTime><returnInfo>{text}</returnInfo></{name}>"
        for cop_no, status, time, text in said
    )
    start = f"<{code}Message xmlns='http://www.chinaport.gov.cn/ceb' guid='g' version='1.0'>"
    return f"{start}{inside}</{code}Message>".encode()


def test_receipts_in_files_reach_their_requests_once(declared, broker, operator):
    correction = ask_withdrawal(declared)
    content = receipts(
        "CEB624",
        "InvtCancelReturn",
        (correction.cop_no, "399", "110000", "ok"),
        (correction.cop_no, "120", "100000", "in"),
        ("WDR-2025-000099", "399", "110000", "other"),
    )

    first = services.receive_file(broker, "a.xml", content)
    again = services.receive_file(broker, "a.xml", content)

    assert (first.corrected, first.kept, first.refused) == (2, 1, ())
    assert again.corrected == 0
    assert fresh(declared).state == "cancelled"


def bill(number="T1", status="1", vat="68.25", invt_no=INVT_NO, pay="", code="CEB816"):
    amounts = (
        f"<customsTax>0</customsTax><valueAddedTax>{vat}</valueAddedTax>"
        "<consumptionTax>0.000</consumptionTax>"
        if code == "CEB816"
        else ""
    )
    head = "TaxHeadRd" if code == "CEB816" else "TaxHeadStatus"
    return (
        f"<{code}Message xmlns='http://www.chinaport.gov.cn/ceb' guid='g' version='1.0'><Tax>"
        f"<{head}><guid>g</guid><returnTime>20250501120000000</returnTime>"
        f"<invtNo>{invt_no}</invtNo><taxNo>{number}</taxNo>{amounts}<status>{status}</status>"
        f"<entDutyNo>{pay}</entDutyNo></{head}></Tax></{code}Message>"
    ).encode()


def give(broker, content):
    received = services.receive_file(broker, "bill.xml", content)
    return (received.billed, received.kept, [r.refusal.code for r in received.refused])


def test_a_tax_bill_is_kept_once_and_its_state_only_rises(sent, broker):
    assert give(broker, bill()) == (1, 0, [])
    assert give(broker, bill()) == (0, 0, [])
    assert give(broker, bill(status="2", code="CEB818", pay="P-1")) == (1, 0, [])
    assert give(broker, bill()) == (0, 0, [])

    with tenancy.as_operator("test"):
        kept = TaxBill.objects.get()
        assert (kept.status, kept.payment_no, kept.total_minor) == ("2", "P-1", 6_825)


def test_bills_of_others_and_bills_that_say_no_amount_are_not_kept(sent, broker):
    assert give(broker, bill(invt_no="31052025I000000077")) == (0, 1, [])
    assert give(broker, bill(vat="many")) == (0, 0, ["tax-bill-not-read"])
    assert give(broker, bill()) == (1, 0, [])
    assert give(broker, bill(number="T2")) == (0, 0, [SecondTaxBill.code])
    assert give(broker, bill(status="3", code="CEB818")) == (1, 0, [])
    assert give(broker, bill(number="T2")) == (1, 0, [])


@pytest.mark.parametrize(("vat", "paid"), [("68.26", 6_826), ("68.24", 6_824), ("68.25", 6_825)])
def test_what_the_bill_says_is_paid_and_the_platform_bears_the_difference(
    sent, stocked, broker, operator, platform_balance, vat, paid
):
    give(broker, bill(vat=vat))

    with clock.at(fresh(sent).released_at + timedelta(days=31)):
        assert services.remit_taxes(stocked) == paid

    assert platform_balance() == 0
    assert balance(AccountCode.GUARANTEE, operator) == GUARANTEE_MINOR
    fact = Fact.objects.get(name="customs.tax.remitted")
    assert fact.data["difference_minor"] == paid - 6_825
    assert broken() == []


def test_a_return_tells_later_stages_which_goods_came_back(sent, formula):
    services.take_goods_back(hear(ask_return(sent, {1: 2}), "399"))

    fact = Fact.objects.get(name="customs.correction.settled")
    assert fact.data["goods"] == [[formula.pk, 2]]
    assert (fact.data["value_minor"], fact.data["tax_minor"]) == (50_000, 4_550)
