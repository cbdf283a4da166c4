"""A payment as the message that a payment company sends to customs (CEB411)."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.trade import from_minor
from customs.domain.declaration import Enterprise
from customs.jurisdictions.cn.messages.papers import Message, Paper, Texts, stable_guid
from customs.jurisdictions.cn.messages.receipts import CHINA

PAYMENT = "CEB411"
NEW, CHANGED = "1", "2"
RESIDENT, RENMINBI = "1", "142"


@dataclass(frozen=True, slots=True)
class PaymentCase:
    """One payment in clear; the amount in fen."""

    number: str
    """What tells this message from any other: the same number makes the same bytes."""

    company: Enterprise
    transaction_no: str
    order_no: str
    platform: Enterprise
    payer_name: str
    payer_id_number: str
    payer_phone: str
    amount_minor: int
    paid_at: datetime
    written_at: datetime
    kind: str = NEW


def payment_paper(case: PaymentCase) -> Paper:
    """The paper of one payment."""
    return Paper(
        {
            "guid": stable_guid(case.number, PAYMENT),
            "appType": case.kind,
            "appTime": _moment(case.written_at),
            "appStatus": "2",
            "payCode": case.company.code,
            "payName": case.company.name,
            "payTransactionId": case.transaction_no,
            "orderNo": case.order_no,
            "ebpCode": case.platform.code,
            "ebpName": case.platform.name,
            "payerIdType": RESIDENT,
            "payerIdNumber": case.payer_id_number,
            "payerName": case.payer_name,
            "telephone": case.payer_phone,
            "amountPaid": str(from_minor(case.amount_minor, "CNY")),
            "currency": RENMINBI,
            "payTime": _moment(case.paid_at),
        }
    )


def payment_message(case: PaymentCase, transfer: Texts) -> Message:
    """The message of one payment."""
    guid = stable_guid(case.number, PAYMENT, "message")
    return Message(code=PAYMENT, guid=guid, papers=(payment_paper(case),), transfer=transfer)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y%m%d%H%M%S}"
