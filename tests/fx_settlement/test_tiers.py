"""Reviews from real records: limits in the ledger, falls and rises, appeals, pages."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import clock, invariants, ledger
from core.domain.chart import AccountCode, TransferCode
from core.ledger import Overdrawn
from core.models import Fact, Notice, Score
from fx_settlement import queries, services
from fx_settlement.domain.tiers import Event
from fx_settlement.models import DeclarationCount, FundingRequest, TierReview, TierTerms
from fx_settlement.services import (
    AppealAnswered,
    AppealedAlready,
    NotTheNewestReview,
    limits,
    tiers,
)
from tests.conftest import user_of
from tests.fx_settlement.conftest import RECEIVED

FOUNDING = 500_000_00


@pytest.fixture
def joined(trade):
    """Both importers, reviewed on their first day."""
    services.review_all()
    return trade


def newest(importer):
    return queries.latest_reviews([importer.pk])[importer.pk]


def exposure(importer):
    return ledger.account(AccountCode.EXPOSURE, "CNY", importer)


def commit(importer, minor, key="commitment/1/1/1"):
    return ledger.hold(
        key=key,
        debit=exposure(importer),
        credit=ledger.account(AccountCode.EXTERNAL, "CNY"),
        amount_minor=minor,
        code=TransferCode.COMMITMENT,
        group=key.rpartition("/")[0],
    )


def asked(trade, importer, minor=1_000_00, due=RECEIVED):
    return services.ask_for(importer.pk, trade.pool, FundingRequest.Kind.GOODS, minor, due_on=due)


def paid_in_time(trade, importer, times):
    for number in range(times):
        services.receive(asked(trade, importer), 1_000_00, reference=f"paid {number}")


def test_a_member_begins_in_tier_1_with_the_founding_limit_and_the_ledger_holds_it_to_it(joined):
    review = newest(joined.a)

    assert (review.tier, review.was, review.limit_minor) == (1, None, FOUNDING)
    commit(joined.a, FOUNDING)
    with pytest.raises(Overdrawn):
        commit(joined.a, 1, key="commitment/2/1/1")
    assert queries.exposures([joined.a.pk])[joined.a.pk] == queries.ExposureRow(
        FOUNDING, FOUNDING, 0
    )
    assert services.review_all() == 0


def test_a_missed_payment_lowers_tier_and_limit_at_once_and_payment_brings_the_limit_back(joined):
    request = asked(joined, joined.a)
    commit(joined.a, 200_000_00)
    with clock.at(RECEIVED + timedelta(days=1)):
        services.mark_late()
        services.mark_late()

        fallen = newest(joined.a)
        assert (fallen.event, fallen.about) == (Event.MISSED, request.number)
        assert (fallen.limit_minor, fallen.late_minor) == (0, 1_000_00)
        # what is committed cannot be taken back; not a fen more can be committed
        assert queries.exposures([joined.a.pk])[joined.a.pk].free_minor == 0
        with pytest.raises(Overdrawn):
            commit(joined.a, 1, key="commitment/2/1/1")
        ledger.void_group("commitment/1/1")
        tiers.settle_down()
        assert ledger.available(exposure(joined.a)) == 0

        services.receive(request, 1_000_00, reference="at last")
    caught_up = newest(joined.a)
    assert (caught_up.event, caught_up.tier, caught_up.late_minor) == ("caught_up", 1, 0)
    # it has missed once and has not risen since: nothing is carried without cover
    assert caught_up.limit_minor == 0
    assert newest(joined.b).limit_minor == FOUNDING
    assert [law for law in invariants.check_all() if not law.holds] == []


def test_a_deposit_covers_commitments_fen_for_fen(joined):
    request = services.ask_for(
        joined.a.pk, joined.pool, FundingRequest.Kind.DEPOSIT, 7_000_00, due_on=RECEIVED
    )
    services.receive(request, 3_000_00, reference="part")

    assert newest(joined.a).limit_minor == FOUNDING + 3_000_00


def test_two_good_quarters_raise_a_tier_by_one_and_an_appeal_can_give_it_back(
    joined, checker, importer
):
    paid_in_time(joined, joined.a, 24)
    Score.objects.create(
        importer_id=joined.a.pk, kind="forecast", about="round:1", on=RECEIVED, value=Decimal("0.8")
    )
    DeclarationCount.objects.create(importer_id=joined.a.pk, released=98, refused=2)
    for day in (date(2025, 4, 1), date(2025, 7, 1)):
        with clock.at(day):
            assert services.review_all() == 2
            assert services.review_all() == 0
    risen = newest(joined.a)
    assert (risen.about, risen.was, risen.tier) == ("2025-Q2", 1, 2)
    # 45 x .8987, 25 x .8, 15, 15 x .98
    assert risen.score == Decimal("90.14")

    with clock.at(date(2025, 7, 2)):
        asked(joined, joined.a, due=date(2025, 7, 1))
        services.mark_late()
        fallen, user = newest(joined.a), user_of(importer, "importer", "appeals")
        assert (fallen.was, fallen.tier) == (2, 1)
        with pytest.raises(NotTheNewestReview):
            services.appeal(risen, because="no", by=user)
        made = services.appeal(fallen, because="The bank was closed.", by=user)
        assert services.appeal(fallen, because="The bank was closed.", by=user).pk == made.pk
        with pytest.raises(AppealedAlready):
            services.appeal(fallen, because="Something else.", by=user)
        services.answer_appeal(made, grants=True, answer="So it was.", by=checker)
        services.answer_appeal(made, grants=True, answer="So it was.", by=checker)
        with pytest.raises(AppealAnswered):
            services.answer_appeal(made, grants=False, answer="No.", by=checker)
    again = newest(joined.a)
    assert (again.event, again.was, again.tier) == ("appeal", 1, 2)
    assert Notice.objects.filter(kind="settlement.appeal.answered").count() == 1


def test_the_database_refuses_two_steps_up_a_rewritten_review_and_an_answer_to_oneself(
    joined, importer
):
    row = newest(joined.a)
    columns = {
        f.attname: getattr(row, f.attname)
        for f in TierReview._meta.concrete_fields
        if f.name != "id"
    }
    jump = columns | {"event": "quarter", "about": "x", "was": 1, "tier": 3}
    user = user_of(importer, "importer", "appeals")
    made = services.appeal(row, because="Why?", by=user)
    for wrong in (
        lambda: TierReview.objects.create(**jump),
        lambda: TierReview.objects.filter(pk=row.pk).update(tier=5),
        lambda: services.answer_appeal(made, grants=True, answer="Because.", by=user),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_what_was_paid_is_free_to_be_committed_again(joined, closed):
    round_id = joined.line.order.round_id
    group = f"commitment/{round_id}/{joined.a.pk}"
    ledger.post(commit(joined.a, 6_000_00, key=f"{group}/1"), amount_minor=5_900_00)

    assert limits.give_back([joined.a.pk]) == 5_900_00
    assert limits.give_back([joined.a.pk]) == 0
    assert ledger.available(exposure(joined.a)) == FOUNDING


def test_money_that_is_due_is_reminded_of_once_before_and_every_week_after(joined):
    request = asked(joined, joined.a, due=RECEIVED + timedelta(days=3))
    for days in (0, 1, 4, 5, 11):
        with clock.at(RECEIVED + timedelta(days=days)):
            services.mark_late()
    kinds = Notice.objects.filter(key__contains=f"/{request.pk}/").order_by("pk")

    assert [(each.kind, each.settled_at is None) for each in kinds] == [
        ("settlement.funding.due", False),
        ("settlement.funding.late", False),
        ("settlement.funding.late", True),
    ]
    services.cancel(request)
    assert not kinds.filter(settled_at__isnull=True).exists()


def test_an_importer_reads_its_reasons_and_appeals_and_the_operator_answers(
    client, joined, importer, operator
):
    services.fund(joined.a, joined.pool, 1, reference="opens the account")
    client.force_login(user_of(importer, "importer", "reads"))
    page = client.get(reverse("settlement:tier")).content.decode()
    assert "nothing was due yet: history is earned, not assumed" in page
    assert "CN¥500,000.00" in page or "¥500,000.00" in page
    client.post(reverse("settlement:appeal"), {"because": "We paid <b>early</b>."})

    client.force_login(user_of(operator, "operator", "answers"))
    page = client.get(reverse("settlement:tiers")).content.decode()
    assert "We paid &lt;b&gt;early&lt;/b&gt;." in page
    assert "Answer the appeal of Kowhai Trading" in client.get("/home/").content.decode()
    made = newest(joined.a).appeal
    answered = client.post(
        reverse("settlement:answer-appeal", args=[made.pk]),
        {"verdict": "decline", "answer": "Nothing was due."},
    )
    assert answered.status_code == 302
    made.refresh_from_db()
    assert (made.state, made.answer) == ("declined", "Nothing was due.")
    assert Fact.objects.filter(name="fx.appeal.answered").count() == 1


def test_schedules_and_weights_are_loaded_by_one_command_as_often_as_wanted(db):
    for _ in range(2):
        out = StringIO()
        call_command("load_fees", stdout=out)

    assert TierTerms.objects.count() == 1
    assert "1  rows of tier terms" in out.getvalue()
