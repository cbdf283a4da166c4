"""Answers of customs to orders (CEB312), payments (CEB412) and waybills (CEB512)."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from core import tenancy
from core.models import Party
from customs.domain.payment_leg import outcome_of
from customs.jurisdictions.cn.messages.receipts import Receipt
from customs.models import ConsumerOrder, PaperAnswer
from customs.services import payment_desk
from customs.services.giving_back import error_code

PAPERS = {
    "CEB312": PaperAnswer.Paper.ORDER,
    "CEB412": PaperAnswer.Paper.PAYMENT,
    "CEB512": PaperAnswer.Paper.WAYBILL,
}
AT_A_TIME = 500


def hear_papers(receiver: Party, receipts: Sequence[Receipt]) -> tuple[int, int]:
    """Keep answers to the papers of orders in view: how many concern one, and how many were new."""
    answers = [each for each in receipts if each.code in PAPERS and each.at is not None]
    heard = new = 0
    for start in range(0, len(answers), AT_A_TIME):
        some = answers[start : start + AT_A_TIME]
        orders = _orders(receiver, some)
        for answer in some:
            order = orders.get((answer.code, answer.key))
            if order is not None:
                heard += 1
                new += _hear(order, answer)
    return heard, new


def _orders(receiver: Party, answers: Sequence[Receipt]) -> dict[tuple[str, str], ConsumerOrder]:
    """Orders in view by what each answer names. One query."""
    wanted: dict[str, set[str]] = {code: set() for code in PAPERS}
    for answer in answers:
        wanted[answer.code].add(answer.key)
    with tenancy.as_operator("answers of customs to papers"):
        rows = list(
            ConsumerOrder.objects.filter(
                Q(pool__broker=receiver) | Q(pool__operator=receiver),
            )
            .filter(
                Q(order_no__in=wanted["CEB312"])
                | Q(payment__transaction_no__in=wanted["CEB412"])
                | Q(waybill__waybill_no__in=wanted["CEB512"])
            )
            .select_related("payment", "waybill")
            .order_by("-pk")
        )
    found: dict[tuple[str, str], ConsumerOrder] = {}
    for row in rows:
        found["CEB312", row.order_no] = row
        found["CEB412", row.payment.transaction_no] = row
        found["CEB512", row.waybill.waybill_no] = row
    return found


@transaction.atomic
def _hear(order: ConsumerOrder, answer: Receipt) -> bool:
    paper, at = PAPERS[answer.code], answer.at
    if at is None:
        return False
    with tenancy.as_operator("answer of customs to a paper"):
        known = PaperAnswer.objects.filter(
            order=order, paper=paper, status=answer.status, answered_at=at
        )
        if known.exists():
            return False
        PaperAnswer(
            importer_id=order.importer_id,
            order=order,
            paper=paper,
            status=answer.status,
            error_code=error_code(f"{answer.status} {answer.text}"),
            answered_at=at,
        ).save(force_insert=True)
    outcome = outcome_of(answer.status) if paper == PaperAnswer.Paper.PAYMENT else None
    if outcome is not None:
        key = f"ceb412:{order.pk}/{answer.status}/{at.isoformat()}"
        payment_desk.hear_payment(order, outcome, request_key=key)
    return True
