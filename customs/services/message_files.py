"""A batch as the XML files that customs reads, put together in clear from the vault."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from core import tenancy, vault
from core.models import Person
from customs.jurisdictions.cn.messages.faults import Finding
from customs.jurisdictions.cn.messages.retail import (
    Goods,
    RetailCase,
    Sender,
    messages,
)
from customs.jurisdictions.cn.messages.signing import write_signed
from customs.jurisdictions.cn.messages.validating import validate
from customs.models import Attempt, Declaration, DeclarationBatch
from customs.services.content import attempts_of, declaration_of, enterprise, latest_attempt
from customs.services.signing import configured_signer

DECLARATIONS, ORDERS = "CEB621", "CEB311"


@dataclass(frozen=True, slots=True)
class MessageFile:
    """One XML file, with what our own check found of it."""

    name: str
    content: bytes
    papers: int
    is_signed: bool
    is_valid: bool
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, object]:
        """The file as the manifest lists it."""
        return {
            "name": self.name,
            "papers": self.papers,
            "is_signed": self.is_signed,
            "is_valid": self.is_valid,
            "findings": [finding.as_json() for finding in self.findings],
        }


def write_messages(
    batch: DeclarationBatch, attempts: Sequence[Attempt], code: str
) -> list[tuple[str, bytes]]:
    """The XML files of one kind by name, at most 100 papers in each, signed where a signer is set.

    Orders of persons whose data was erased are left out; :func:`left_out` names them.
    """
    with tenancy.as_operator("write the messages of a batch"):
        cases = [_case(batch, attempt) for attempt in attempts if not _is_erased(attempt)]
    sender = Sender(enterprise(batch.broker), settings.CUSTOMS_EXCHANGE_ID)
    signer = configured_signer()
    found = messages(cases, code, sender=sender, reference=batch.number)
    return [
        (f"{code}-{number}.xml", write_signed(message, signer))
        for number, message in enumerate(found, start=1)
    ]


def checked(name: str, content: bytes) -> MessageFile:
    """A file with what our check finds; one that is still to be signed may lack the signature."""
    verdict = validate(content, may_be_unsigned=True)
    return MessageFile(
        name, content, verdict.papers, verdict.is_signed, verdict.is_valid, verdict.findings
    )


def left_out(attempts: Sequence[Attempt]) -> list[str]:
    """Declarations that cannot be written, because the person's data was erased on request."""
    return [attempt.cop_no for attempt in attempts if _is_erased(attempt)]


def files_of(batch: DeclarationBatch, codes: Sequence[str]) -> list[MessageFile]:
    """The XML files of several kinds, each checked."""
    attempts = attempts_of(batch)
    return [
        checked(name, content)
        for code in codes
        for name, content in write_messages(batch, attempts, code)
    ]


def changed_order(declaration: Declaration, number: int, at: datetime) -> bytes:
    """The order of a declaration as a change of the one that customs holds, signed where set."""
    attempt = latest_attempt(declaration)
    case = replace(_case(attempt.batch, attempt), is_change=True, declared_at=at)
    sender = Sender(enterprise(attempt.batch.broker), settings.CUSTOMS_EXCHANGE_ID)
    reference = f"{attempt.cop_no}/change/{number}"
    (message,) = messages([case], ORDERS, sender=sender, reference=reference)
    return write_signed(message, configured_signer())


def _is_erased(attempt: Attempt) -> bool:
    order = attempt.declaration.order
    people: tuple[Person, ...] = (order.buyer, order.waybill.consignee)
    return any(person.erased_at is not None for person in people)


def _case(batch: DeclarationBatch, attempt: Attempt) -> RetailCase:
    order = attempt.declaration.order
    buyer = vault.reveal(order.buyer, "declaration to customs")
    consignee = vault.reveal(order.waybill.consignee, "declaration to customs")
    masked = declaration_of(batch, attempt)
    lines = sorted(attempt.declaration.lines.all(), key=lambda line: line.line_no)
    return RetailCase(
        declaration=replace(
            masked,
            buyer_name=buyer.get("name", ""),
            buyer_id_number=buyer.get("id_number", ""),
            buyer_phone=buyer.get("phone", ""),
        ),
        declared_at=attempt.declared_at,
        goods=tuple(Goods(line.product.sku, line.product.gtin) for line in lines),
        goods_minor=order.goods_minor,
        discount_minor=order.discount_minor,
        tax_minor=order.tax_minor,
        paid_minor=order.paid_minor,
        payment_company=enterprise(order.payment.company),
        transaction_no=order.payment.transaction_no,
        paid_at=order.payment.paid_at,
        buyer_account=f"P{order.buyer_id}",
        consignee_name=consignee.get("name", ""),
        consignee_phone=consignee.get("phone", ""),
        consignee_address=consignee.get("address", ""),
    )
