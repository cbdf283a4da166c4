"""Suppliers' links are mailed, sent again and revoked; papers go to those who may read them."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core import clock, jobs, vault
from core.links import LinkNotValid
from core.models import Fact, Job, Party
from imports import queries, services
from imports.models import Certificate, SupplierLink
from imports.services import shipping
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


def test_a_supplier_sends_papers_by_its_link_and_a_web_page_is_no_paper(order, monkeypatch):
    page = "/" + link_in(sent())
    browser = Client()

    def send(content):
        paper = SimpleUploadedFile("invoice.pdf", content)
        return browser.post(page, {"do": "paper", "kind": "invoice", "paper": paper})

    first, again, odd = send(PDF), send(PDF), send(b"<html>")
    monkeypatch.setattr(shipping, "MOST_PAPERS", 1)
    beyond = send(PDF + b" 2")

    assert [answer.status_code for answer in (first, again, odd, beyond)] == [302, 302, 422, 422]
    assert "neither a PDF" in odd.content.decode()
    assert "as many as are kept of one order" in beyond.content.decode()
    assert "Commercial invoice" in browser.get(page).content.decode()
    assert order.papers.get().document.is_sealed
    added = Fact.objects.get(name="imports.paper.added")
    assert added.actor == f"party:{order.supplier_id}"
    assert added.data["kind"] == "invoice"


# contacts, and links that end


def test_the_same_address_is_a_contact_once_and_may_come_back_after_it_ended(supplier):
    first = services.add_contact(supplier, email="sales@serum.example", language="en")
    again = services.add_contact(supplier, email=" sales@serum.example ", language="zh-hans")
    services.end_contact(first)
    later = services.add_contact(supplier, email="sales@serum.example", language="zh-hans")

    assert again == first
    assert later != first
    assert later.person == first.person
    assert queries.contacts_of(supplier) == [later]
    added = Fact.objects.filter(name="imports.contact.added").count()
    ended = Fact.objects.filter(name="imports.contact.ended").count()
    assert (added, ended) == (2, 1)


def test_the_operator_adds_and_ends_contacts_and_sees_them_masked(supplier, client, operator_user):
    client.force_login(operator_user)
    add = reverse("imports:supplier-add", args=[supplier.pk, "contact"])
    page = reverse("imports:supplier", args=[supplier.pk])

    wrong = client.post(add, {"email": "nowhere", "language": "en"})
    client.post(add, {"email": "may.chan@serum.example", "name": "May Chan", "language": "en"})
    shown = client.get(page).content.decode()
    contact = supplier.contacts.get()
    client.post(reverse("imports:contact-end", args=[contact.pk]))
    after = client.get(page).content.decode()

    assert wrong.status_code == 422
    assert "m****@serum.example" in shown or "@serum.example" in shown
    assert "may.chan@serum.example" not in shown
    assert "May Chan" not in shown
    assert "Write there no more" in shown
    assert "Write there no more" not in after


def test_a_supplier_is_recorded_with_its_address_in_the_vault_alone(operator_user, client):
    client.force_login(operator_user)
    sent = {"code": "SP-9", "name": "Ninth", "email": "ann@ninth.example", "country": "CN",
            "town": "Ningbo", "street": "1 Quay"}  # fmt: skip

    client.post(reverse("imports:suppliers"), sent)

    made = Party.objects.get(code="SP-9")
    (contact,) = queries.contacts_of(made)
    assert made.contact_email == ""
    assert contact.language == "zh-hans"
    assert vault.reveal(contact.person, "test")["email"] == "ann@ninth.example"


def test_a_link_that_has_ended_is_replaced_when_it_is_asked_for(order):
    old = order.links.get()
    token = services.order_address(order).strip("/").split("/")[-1]

    with clock.at(factories.FIXED_ON + timedelta(days=401)):
        with pytest.raises(LinkNotValid):
            services.order_of(token)
        new = services.open_link(order=order)
        assert services.open_link(order=order) == new

    old.refresh_from_db()
    assert old.revoked_at is not None
    assert new.revoked_at is None
    assert queries.newest_link(order=order) == new


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ({"order": None}, "a_link_is_for_an_order_or_a_request"),
        ({"sends": 0}, "a_sent_link_has_its_instant"),
    ],
)
def test_the_database_refuses_a_link_that_cannot_be(order, change, law):
    with pytest.raises(IntegrityError), transaction.atomic():
        SupplierLink.objects.filter(order=order).update(**change)
    link = SupplierLink.objects.get(order=order)
    assert law in {constraint.name for constraint in link._meta.constraints}
    assert (link.order_id, link.sends) == (order.pk, 1)


def test_each_invited_supplier_gets_its_own_letter_and_one_revoked_link_leaves_the_others(
    pool, supplier, serum, client, operator_user
):
    second = factories.supplier("second", country="CN")
    services.add_contact(supplier, email="a@one.example", language="en")
    services.add_contact(second, email="b@two.example", language="zh-hans")
    asked = services.ask_quotes(
        pool, lines={serum: 5}, suppliers=[supplier, second], answer_by=factories.FIXED_ON
    )
    client.force_login(operator_user)
    first, other = asked.invitations.order_by("pk")

    jobs.run_until_idle()
    client.post(reverse("imports:quote-link", args=[first.pk, "revoke"]))
    page = client.get(reverse("imports:quote-request", args=[asked.pk])).content.decode()

    assert [letter.to for letter in outbox.outbox] == [["a@one.example"], ["b@two.example"]]
    assert all(asked.number in letter.subject for letter in outbox.outbox)
    assert outbox.outbox[0].body != outbox.outbox[1].body
    assert services.quote_address(first) == ""
    assert services.quote_address(other).startswith("/imports/answer/quote/")
    assert "The link is revoked or has ended." in page
    assert "sent 1 time" in page


def test_the_operator_keeps_a_paper_of_a_product_and_every_member_finds_it(
    serum, client, operator_user, importer_user
):
    client.force_login(operator_user)
    add = reverse("imports:product-certificate", args=[serum.pk])
    sent = {"paper-kind": "health", "paper-number": "H-1", "paper-issuer": "MPI",
            "paper-issued_on": "2026-01-01", "paper-expires_on": "2026-04-01"}  # fmt: skip

    early = client.post(add, {**sent, "paper-expires_on": "2025-12-31"})
    odd = client.post(add, {**sent, "paper-paper": SimpleUploadedFile("a.pdf", b"<html>")})
    kept = client.post(add, {**sent, "paper-paper": SimpleUploadedFile("a.pdf", PDF)})
    client.force_login(importer_user)
    page = client.get(reverse("imports:product", args=[serum.pk])).content.decode()

    certificate = Certificate.objects.get()
    assert (early.status_code, odd.status_code) == (422, 422)
    assert kept.url == reverse("imports:product", args=[serum.pk])
    assert reverse("imports:certificate-paper", args=[certificate.pk]) in page
    assert "Add a paper" not in page
    assert client.post(add, sent).status_code == 404
