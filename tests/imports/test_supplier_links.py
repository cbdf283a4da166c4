"""Suppliers' links are mailed, sent again and revoked; papers go to those who may read them."""

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse

from core import jobs, vault
from core.links import LinkNotValid
from core.models import Fact, Job
from imports import services
from imports.models import SupplierLink
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march", "tariffs")

PDF = b"%PDF-1.7 paper"


@pytest.fixture
def order(pool, importer, supplier, serum):
    services.add_contact(supplier, email="sales@serum.example", name="May Chan", language="zh-hans")
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=30)
    return factories.placed_order(pool)


def sent(times=1):
    jobs.run_until_idle()
    assert len(outbox.outbox) == times
    return outbox.outbox[-1]


def link_in(letter):
    return next(line for line in letter.body.splitlines() if line.startswith("http")).split("/", 3)[
        -1
    ]


def test_a_placed_order_is_mailed_to_its_supplier_in_the_contacts_language(order):
    letter = sent()

    assert letter.to == ["sales@serum.example"]
    assert order.number in letter.subject
    assert "地址" in letter.body
    assert order.number in Client().get("/" + link_in(letter)).content.decode()
    stored = [*Job.objects.values_list("args", flat=True), *Fact.objects.values_list("data")]
    assert "serum.example" not in str(stored)


def test_a_revoked_link_opens_nothing_and_the_next_one_does(order, client, operator_user):
    old = "/" + link_in(sent())
    client.force_login(operator_user)
    step = {
        name: reverse("imports:order-link", args=[order.pk, name])
        for name in ("make", "send", "revoke")
    }

    client.post(step["revoke"])
    revoked = Client().get(old)
    shown = client.get(reverse("imports:order-supplier", args=[order.pk])).content.decode()
    client.post(step["send"])
    new = "/" + link_in(sent(2))
    again = Client().get(new)
    client.post(step["send"])

    assert revoked.status_code in (403, 404, 422)
    assert "Make a new link and send it" in shown
    assert new != old
    assert again.status_code == 200
    assert sent(3).to == ["sales@serum.example"]
    assert SupplierLink.objects.filter(order=order).count() == 2
    names = Fact.objects.filter(name__startswith="imports.link.").order_by("pk")
    assert [name.rpartition(".")[2] for name in names.values_list("name", flat=True)] == [
        "made", "sent", "revoked", "made", "sent", "sent"
    ]  # fmt: skip


def test_a_link_that_is_revoked_before_its_letter_leaves_is_not_sent(order):
    services.revoke_link(order.links.get())

    jobs.run_until_idle()

    assert outbox.outbox == []
    with pytest.raises(services.LinkRevoked):
        services.revoke_link(order.links.get())


def test_without_contacts_nothing_is_sent_and_the_link_is_there_to_hand_over(order, supplier):
    contact = supplier.contacts.get()
    services.end_contact(contact)
    services.end_contact(contact)

    with pytest.raises(services.NobodyToWriteTo):
        services.send_link(order.links.get())
    jobs.run_until_idle()

    assert outbox.outbox == []
    assert services.order_address(order).startswith("/imports/answer/order/")


def test_an_erased_contact_is_written_to_no_more(order, supplier):
    vault.erase(supplier.contacts.get().person)

    jobs.run_until_idle()

    assert outbox.outbox == []
    with pytest.raises(services.NobodyToWriteTo):
        services.send_link(order.links.get())


def test_a_link_of_a_request_does_not_open_an_order(order, pool, supplier, serum):
    asked = services.ask_quotes(
        pool, lines={serum: 5}, suppliers=[supplier], answer_by=factories.FIXED_ON
    )
    address = services.quote_address(asked.invitations.get())

    with pytest.raises(LinkNotValid):
        services.order_of(address.strip("/").split("/")[-1])


def test_papers_are_handed_to_operator_and_broker_and_each_reading_is_recorded(
    order, client, operator_user, broker_user, serum, importer_user
):
    paper = services.add_paper(order, kind="invoice", content=PDF)
    certificate = services.keep_certificate(
        kind="health", number="H1", issuer="MPI", issued_on=factories.FIXED_ON, expires_on=None,
        product=serum, content=PDF,
    )  # fmt: skip
    pages = [reverse("imports:paper", args=[paper.pk]),
             reverse("imports:certificate-paper", args=[certificate.pk])]  # fmt: skip

    met = {}
    for user in (operator_user, broker_user, importer_user):
        client.force_login(user)
        met[user.username] = [client.get(page).status_code for page in pages]
    handed = client.get(pages[1])

    assert list(met.values()) == [[200, 200], [200, 200], [404, 200]]
    assert (handed.content, handed["Content-Type"]) == (PDF, "application/pdf")
    assert "attachment" in handed["Content-Disposition"]
    read = Fact.objects.filter(name="imports.paper.read").order_by("pk")
    assert [fact.data["paper"] for fact in read] == [paper.pk, paper.pk]
    assert len({fact.actor for fact in read}) == 2
    assert Fact.objects.filter(name="imports.certificate.read").count() == 4
