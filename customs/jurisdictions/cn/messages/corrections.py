"""A withdrawal or a return as the message that asks customs for it (CEB623, CEB625)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from customs.domain.declaration import RetailDeclaration
from customs.jurisdictions.cn.messages.papers import Message, Paper, Texts, stable_guid
from customs.jurisdictions.cn.messages.retail import RESIDENT, Sender, moment, named

WITHDRAWAL, GOODS_BACK = "CEB623", "CEB625"


@dataclass(frozen=True, slots=True)
class CorrectionCase:
    """What is asked, in clear: the declaration with its buyer, and units by line that come back."""

    declaration: RetailDeclaration
    cop_no: str
    asked_at: datetime
    reason: str
    units: Mapping[int, int]


def correction_message(case: CorrectionCase, code: str, sender: Sender) -> Message:
    """The message that asks for one withdrawal or return."""
    lines = _lines(case) if code == GOODS_BACK else ()
    return Message(
        code=code,
        guid=stable_guid(case.cop_no, code),
        papers=(Paper(_head(case, code), lines),),
        transfer=sender.transfer,
    )


def _head(case: CorrectionCase, code: str) -> Texts:
    declaration = case.declaration
    return {
        "guid": stable_guid(case.cop_no, code, "paper"),
        "appType": "1",
        "appTime": moment(case.asked_at),
        "appStatus": "2",
        "customsCode": declaration.customs_district,
        "orderNo": declaration.order_no,
        **named("ebp", declaration.platform),
        **named("ebc", declaration.importer),
        "logisticsNo": declaration.waybill_no,
        **named("logistics", declaration.carrier),
        "copNo": case.cop_no,
        "preNo": declaration.pre_no,
        "invtNo": declaration.invt_no,
        "buyerIdType": RESIDENT,
        "buyerIdNumber": declaration.buyer_id_number,
        "buyerName": declaration.buyer_name,
        "buyerTelephone": declaration.buyer_phone,
        **named("agent", declaration.broker),
        "reason": case.reason,
    }


def _lines(case: CorrectionCase) -> tuple[Texts, ...]:
    """Lines that come back, by their numbers in the declaration."""
    return tuple(
        {
            "gnum": str(line.line_no),
            "gcode": line.hs_code,
            "gname": line.name_zh,
            "qty": str(case.units[line.line_no]),
            "unit": line.unit,
        }
        for line in case.declaration.lines
        if case.units.get(line.line_no)
    )
