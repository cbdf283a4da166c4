"""Disposal cases: opened by themselves, led step by step, with evidence that stays."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import clock, facts, invariants, jobs
from core.domain.transitions import StepNotAllowed
from core.web import locale
from tests.warehouse import goods
from tests.warehouse.conftest import ARRIVED
from warehouse import services
from warehouse.domain.disposal import (
    AuthorisationMissing,
    DestroyerUnknown,
    EvidenceKind,
    EvidenceMissing,
    ReturnAbroadFirst,
    Way,
)
from warehouse.models import BookItem, DisposalCase, DisposalEvidence, Holding, Lot
from warehouse.services import disposing

pytestmark = pytest.mark.django_db

LATER = date(2026, 10, 5)


@pytest.fixture
def case(as_operator, account_book, consignment, order_line):
    """Eight units arrived damaged and lie in quarantine, in the operator's trust."""
    counted = goods.counted(order_line, good=92, damaged=8)
    receipt = goods.received(consignment, [counted], on=ARRIVED)
    services.allocate(receipt)
    (opened,) = disposing.open_cases(consignment.pool)
    return opened


def evidence(case, *kinds):
    for kind in kinds:
        content = f"{kind} of {case.pk}".encode()
        disposing.add_evidence(case, EvidenceKind(kind), content, f"{kind}.pdf", "application/pdf")


@pytest.fixture
def authorised(case):
    evidence(case, "authorisation")
    return disposing.authorise(case)


def test_damage_opens_a_case_once(case, pool):
    assert (case.reason, case.units, case.number) == ("damaged", 8, "DC-2025-000001")
    assert disposing.open_cases(pool) == []


def test_expiry_opens_a_case_for_each_owner(shelf):
    opened = disposing.open_cases(shelf.pool, on=LATER)

    assert {(case.owner_id, case.units, case.reason) for case in opened} == {
        (shelf.importer.pk, 60, "expired"),
        (shelf.stranger.pk, 30, "expired"),
        (shelf.pool.operator_id, 10, "expired"),
    }
    assert disposing.open_cases(shelf.pool, on=date(2026, 9, 30)) == []


def test_a_recall_opens_a_case_for_what_it_blocked(shelf):
    lot = Lot.objects.get()
    services.block_lots([lot], reference="recall:7")
    data = {"recall": 7, "lots": [lot.pk]}
    facts.append("traceability.recall.opened", subject="recall:7", data=data)
    facts.sequence()

    facts.catch_up()
    facts.catch_up()
    jobs.run_until_idle()

    cases = DisposalCase.objects.order_by("-units")
    assert [(case.units, case.reason, case.source) for case in cases] == [
        (60, "recalled", "recall:7"),
        (30, "recalled", "recall:7"),
        (10, "recalled", "recall:7"),
    ]


def test_nothing_goes_on_without_the_agent_s_authorisation(case):
    with pytest.raises(AuthorisationMissing):
        disposing.authorise(case)
    with pytest.raises(StepNotAllowed):
        disposing.plan(case, Way.RETURN_ABROAD)

    case.refresh_from_db()
    assert (case.state, case.paper) == ("open", None)


def test_return_abroad_comes_first(authorised):
    with pytest.raises(ReturnAbroadFirst):
        disposing.plan(authorised, Way.DESTRUCTION)
    with pytest.raises(DestroyerUnknown):
        disposing.plan(authorised, Way.DESTRUCTION, cannot_return="too damaged to travel")
    with pytest.raises(IntegrityError), transaction.atomic():
        DisposalCase.objects.update(way="destruction")

    planned = disposing.plan(authorised, Way.RETURN_ABROAD)
    assert (planned.paper.kind, planned.execute_by) == ("return_abroad", date(2025, 5, 9))


def test_a_destruction_is_led_to_its_end_and_its_evidence_stays(authorised):
    evidence(authorised, "licence", "contract")
    planned = disposing.plan(
        authorised, Way.DESTRUCTION, cannot_return="too damaged to travel", destroyer="Green Fire"
    )
    with clock.at(date(2025, 5, 2)):
        assert disposing.extend(planned).execute_by == date(2025, 6, 8)
    with clock.at(date(2025, 5, 20)):
        done = disposing.execute(planned, scrap_income_minor=12_00)
        with pytest.raises(EvidenceMissing):
            disposing.file_papers(done)
        evidence(done, "video", "record")
        closed = disposing.file_papers(done)

    # 2 June is the Dragon Boat festival
    assert (closed.papers_by, closed.keep_until) == (date(2025, 6, 11), date(2028, 5, 20))
    assert Holding.objects.get(place="destroyed").units == 8
    assert BookItem.objects.get().counters.on_hand_units == 92
    assert [law.name for law in invariants.check_all("warehouse.") if not law.holds] == []
    with pytest.raises(IntegrityError), transaction.atomic():
        DisposalEvidence.objects.all().delete()


def test_goods_are_in_one_open_case_and_a_dropped_one_makes_room(case):
    with pytest.raises(IntegrityError), transaction.atomic():
        DisposalCase.objects.create(
            number="DC-X", pool=case.pool, lot=case.lot, owner=case.owner, units=1,
            reason="other", source="by hand", opened_on=ARRIVED,
        )  # fmt: skip

    assert disposing.drop(case).state == "dropped"


def test_a_case_is_led_from_its_page(client, operator_user, case):
    client.force_login(operator_user)

    def step(name, **sent):
        return client.post(reverse("warehouse:disposal-step", args=[case.pk, name]), sent)

    assert case.number in client.get(reverse("warehouse:disposals")).text
    assert step("authorise").status_code == 422
    evidence(case, "authorisation")
    step("authorise")
    assert step("plan", way="burn").status_code == 404
    step("plan", way="return_abroad")
    page = client.get(reverse("warehouse:disposal", args=[case.pk])).text
    assert "The goods are gone" in page
    assert locale.day(date(2025, 5, 9)) in page
    step("execute")
    assert (
        "Record of what was done" in client.get(reverse("warehouse:disposal", args=[case.pk])).text
    )
    kept = DisposalEvidence.objects.get()
    got = client.get(reverse("warehouse:evidence", args=[kept.pk]))
    assert got.content == f"authorisation of {case.pk}".encode()
    wrong = client.post(reverse("warehouse:add-evidence", args=[case.pk]), {"kind": "video"})
    assert wrong.status_code == 422
