"""The printed entry declaration: 进口货物报关单, and 进境货物备案清单 with the same boxes.

Where each box lies is data (``declaration_boxes.csv``); this says what stands in it. Six lines of
goods a page. What only the declarant can say (the confirmations, the bill, the nature of levy)
stays blank, for the declarant's hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from customs.domain.forms import Sheet
from customs.jurisdictions.cn.codes import code_list, country_codes, name_of
from customs.jurisdictions.cn.messages.papers import Texts
from customs.jurisdictions.cn.rates import table
from customs.jurisdictions.cn.zone_layouts import DEMONSTRATION

LINES_ON_A_PAGE = 6
DECLARATION, RECORD_LIST = "import-declaration", "entry-record-list"
TITLES = {
    DECLARATION: "中华人民共和国海关进口货物报关单",
    RECORD_LIST: "中华人民共和国海关进境货物备案清单",
}
PAGE = "page"
"""The box that says which page of how many this is."""

_TERMS = {"CIF": "1", "CFR": "2", "FOB": "3", "FCA": "3", "EXW": "7"}
_CARTONS = "22"


@dataclass(frozen=True)
class BoxSpec:
    """A box of the form in points from the top left corner of the page."""

    part: str
    name: str
    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Journey:
    """What the declaration says of how goods came, beyond what their list says."""

    consignor: str
    vessel: str
    departure_port: str
    arrival_port: str
    trade_country: str
    """Country of the seller, ISO 3166 alpha-2."""
    contract_no: str
    incoterm: str
    pieces: int
    gross_weight_g: int
    containers: Sequence[str] = ()
    entered_on: date | None = None
    freight: str = ""
    insurance: str = ""
    other_costs: str = ""


@cache
def boxes() -> tuple[BoxSpec, ...]:
    """Every box of the form, from the shipped layout."""
    height = 595.28
    return tuple(
        BoxSpec(
            row["part"],
            row["name"],
            row["label_zh"],
            float(row["x_pt"]),
            height - float(row["y_top_pt"]),
            float(row["width_pt"]),
            float(row["height_pt"]),
        )
        for row in table("declaration_boxes")
    )


def entry_sheet(
    head: Texts,
    lines: Sequence[Texts],
    journey: Journey,
    *,
    form: str,
    list_no: str,
    entry_no: str = "",
    is_simulated: bool = False,
) -> Sheet:
    """The declaration to which a list in leads, written out box by box."""
    own_no = head.get("EtpsInnerInvtNo", "")
    return Sheet(
        form=form,
        number=entry_no or own_no,
        outline=f"{own_no}  {TITLES[form]}",
        values={
            "pre_no": own_no,
            "entry_no": entry_no,
            **_parties(head, journey),
            **_way(head, journey),
            **_weights(lines, journey),
            "attached": f"保税核注清单:{list_no}" if list_no else "",
            "marks": _marks(journey),
            "declarant": "",
            "declaring_unit": _unit(head, "DclEtpsSccd", "DclEtpsNm"),
            "customs_note": "",
        },
        lines=tuple(_line(line, head) for line in lines),
        footer=DEMONSTRATION if is_simulated else "",
    )


def _parties(head: Texts, journey: Journey) -> dict[str, str]:
    receiver = _unit(head, "RvsngdEtpsSccd", "RcvgdEtpsNm")
    return {
        "consignee": _unit(head, "BizopEtpsSccd", "BizopEtpsNm"),
        "consignor": journey.consignor,
        "user_unit": receiver,
        "goods_place": head.get("RcvgdEtpsNm", ""),
        "account_book": head.get("PutrecNo", ""),
    }


def _way(head: Texts, journey: Journey) -> dict[str, str]:
    port = _coded("districts_partial", head.get("ImpexpPortcd", ""))
    return {
        "entry_district": port,
        "entered_on": f"{journey.entered_on:%Y%m%d}" if journey.entered_on else "",
        "declared_on": head.get("InvtDclTime", ""),
        "transport_mode": _coded("transport_modes", head.get("TrspModecd", "")),
        "vessel": journey.vessel,
        "bill_no": "",
        "trade_mode": _coded("trade_modes", head.get("SupvModecd", "")),
        "levy_nature": "",
        "licence": "",
        "departure_port": journey.departure_port,
        "contract_no": journey.contract_no,
        "trade_country": _country(journey.trade_country),
        "departure_country": _coded("countries", head.get("StshipTrsarvNatcd", "")),
        "transit_port": journey.departure_port,
        "entry_port": journey.arrival_port,
        "terms": _coded("delivery_terms", _TERMS.get(journey.incoterm, "")),
        "freight": journey.freight,
        "insurance": journey.insurance,
        "other_costs": journey.other_costs,
    }


def _weights(lines: Sequence[Texts], journey: Journey) -> dict[str, str]:
    net = sum((Decimal(line.get("NetWt") or "0") for line in lines), Decimal(0))
    goods = sum((Decimal(line.get("GrossWt") or "0") for line in lines), Decimal(0))
    gross = max(goods, Decimal(journey.gross_weight_g) / 1000)
    return {
        "wrap": _coded("wrap_types_2018", _CARTONS),
        "pieces": str(journey.pieces),
        "gross_weight": _plain(gross),
        "net_weight": _plain(net),
    }


def _marks(journey: Journey) -> str:
    numbers = ";".join(journey.containers)
    containers = f"  集装箱标箱数及号码:{len(journey.containers)};{numbers};" if numbers else ""
    return f"备注:N/M{containers}"


def _line(line: Texts, head: Texts) -> tuple[str, ...]:
    """Cells in the order of the form's columns; several lines in a cell stand under each other."""
    second = line.get("SecdLawfQty", "")
    quantities = (
        _quantity(line, "LawfQty", "LawfUnitcd"),
        _quantity(line, "SecdLawfQty", "SecdLawfUnitcd") if second else "",
        _quantity(line, "DclQty", "DclUnitcd"),
    )
    currency = name_of("currencies", line.get("DclCurrcd", "")).partition("(")[0]
    return (
        f"{line.get('GdsSeqno', '')}\n({line.get('PutrecSeqno', '')})",
        line.get("Gdecd", ""),
        f"{line.get('GdsNm', '')}\n{line.get('GdsSpcfModelDesc', '')}",
        "\n".join(text for text in quantities if text),
        f"{line.get('DclUprcAmt', '')}\n{line.get('DclTotalAmt', '')}\n{currency}",
        _coded_after("countries", line.get("Natcd", "")),
        _coded_after("countries", line.get("DestinationNatcd", "")),
        "",
        _coded_after("levy_modes", line.get("LvyrlfModecd", "")),
    )


def _quantity(line: Texts, quantity: str, unit: str) -> str:
    named = name_of("units", line.get(unit, "")).partition("(")[0]
    return f"{line.get(quantity, '')}{named}"


def _unit(head: Texts, credit: str, name: str) -> str:
    """A party as the form writes it: its credit code in brackets, its name."""
    code = head.get(credit, "")
    return f"({code}) {head.get(name, '')}" if code else head.get(name, "")


def _country(alpha2: str) -> str:
    entry = country_codes().get(alpha2)
    return f"({entry.code}) {entry.name_zh}" if entry else alpha2


def _coded(list_name: str, code: str) -> str:
    entry = code_list(list_name).get(code)
    return f"({code}) {entry.name_zh}" if entry else code


def _coded_after(list_name: str, code: str) -> str:
    entry = code_list(list_name).get(code)
    return f"{entry.name_zh}\n({code})" if entry else code


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
