"""pain.002 reports of any version: what a bank says of the payments it was told to make."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from fx_settlement.domain import xml_tree as xml
from fx_settlement.domain.bank_statements import UnreadableStatement

REJECTED = "RJCT"
WHOLE = frozenset({"ACCP", "ACTC", "ACSP", "ACSC", "ACCC", "ACWC", "RJCT", "PDNG", "RCVD"})
"""Statuses of a group that hold for each of its payments; of the others only what is named."""


@dataclass(frozen=True)
class PaymentAnswer:
    """What a bank says of one payment, found by any of our references."""

    references: dict[str, str]
    status: str
    reason: str


@dataclass(frozen=True)
class StatusReport:
    """A bank's answer to one message: of its payments by name, and of all others together."""

    message: str
    original: str
    status: str
    payments: tuple[PaymentAnswer, ...]
    groups: dict[str, str]

    def status_of_others(self, payment_group: str) -> str:
        """The status of a payment that is not named itself; nothing where none is said."""
        said = self.groups.get(payment_group) or self.status
        return said if said in WHOLE else ""


def is_report(root: Element) -> bool:
    """Whether a document is a pain.002."""
    return any(xml.name(part) == "CstmrPmtStsRpt" for part in root)


def report(root: Element) -> StatusReport:
    """The report of a message.

    Raises:
        UnreadableStatement: it names no original message.
    """
    body = xml.child(root, "CstmrPmtStsRpt")
    if body is None or not (original := xml.text(body, "OrgnlGrpInfAndSts", "OrgnlMsgId")):
        raise UnreadableStatement(why="it answers no message", place="OrgnlGrpInfAndSts")
    return StatusReport(
        xml.text(body, "GrpHdr", "MsgId"),
        original,
        xml.text(body, "OrgnlGrpInfAndSts", "GrpSts"),
        tuple(_answer(node) for node in xml.children(body, "OrgnlPmtInfAndSts", "TxInfAndSts")),
        {
            xml.text(node, "OrgnlPmtInfId"): xml.text(node, "PmtInfSts")
            for node in xml.children(body, "OrgnlPmtInfAndSts")
        },
    )


def _answer(node: Element) -> PaymentAnswer:
    found = {
        "EndToEndId": xml.text(node, "OrgnlEndToEndId"),
        "InstrId": xml.text(node, "OrgnlInstrId"),
        "UETR": xml.text(node, "OrgnlUETR"),
        "AcctSvcrRef": xml.text(node, "AcctSvcrRef"),
    }
    codes = [xml.text(info, "Rsn", "Cd") or xml.text(info, "Rsn", "Prtry")
             for info in xml.children(node, "StsRsnInf")]  # fmt: skip
    told = [(line.text or "").strip() for line in xml.children(node, "StsRsnInf", "AddtlInf")]
    return PaymentAnswer(
        {name: value for name, value in found.items() if value},
        xml.text(node, "TxSts"),
        " ".join(each for each in (*codes, *told) if each),
    )
