"""Printed lists (保税核注清单) and gate passes (核放单), each showing what its message says.

Fields: messages INV101 and SAS121 of the bonded system. The arrangement of the gate pass follows a
printed form of a working operator, seen 2019; no print of the list is published, so its
arrangement is ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from customs.domain.forms import ColumnSpec, FieldSpec, FormSpec, Sheet
from customs.jurisdictions.cn.codes import name_of
from customs.jurisdictions.cn.messages.papers import Texts

NOT_YET = "—"
DEMONSTRATION = "演示数据，非真实申报"

LIST_FORM = FormSpec(
    name="bonded-list",
    title="保税核注清单",
    rows=(
        (
            FieldSpec("customs_no", "核注清单编号", 5),
            FieldSpec("own_no", "企业内部清单编号", 5),
            FieldSpec("book", "账册编号", 5),
            FieldSpec("way", "进出口标志", 3),
            FieldSpec("list_type", "清单类型", 4),
            FieldSpec("entered_on", "录入日期", 3),
            FieldSpec("declared_on", "申报日期", 3),
        ),
        (
            FieldSpec("operator", "经营单位（编码 / 信用代码 / 名称）", 9),
            FieldSpec("receiver", "加工单位（编码 / 信用代码 / 名称）", 9),
        ),
        (
            FieldSpec("declarant", "申报单位（编码 / 信用代码 / 名称）", 9),
            FieldSpec("writer", "录入单位（编码 / 信用代码 / 名称）", 9),
        ),
        (
            FieldSpec("customs", "主管海关", 5),
            FieldSpec("port", "进出境关别", 5),
            FieldSpec("trade_mode", "监管方式", 5),
            FieldSpec("transport_mode", "运输方式", 4),
            FieldSpec("country", "启运 / 运抵国（地区）", 5),
            FieldSpec("is_declared", "报关标志", 3),
            FieldSpec("declaration_type", "报关单类型", 4),
            FieldSpec("entry_no", "报关单编号", 6),
        ),
    ),
    columns=(
        ColumnSpec("序号", 22, is_number=True),
        ColumnSpec("备案序号", 30, is_number=True),
        ColumnSpec("商品料号", 52),
        ColumnSpec("商品编码", 56),
        ColumnSpec("商品名称及规格型号", 160),
        ColumnSpec("申报数量 / 单位", 58, is_number=True),
        ColumnSpec("法定数量 / 单位", 66, is_number=True),
        ColumnSpec("单价", 50, is_number=True),
        ColumnSpec("总价 / 币制", 66, is_number=True),
        ColumnSpec("毛重 / 净重（千克）", 66, is_number=True),
        ColumnSpec("原产国（地区）", 52),
        ColumnSpec("征免", 44),
    ),
    lines_per_page=8,
    tax_rows=(
        (
            FieldSpec("lines", "商品项数"),
            FieldSpec("units", "申报总数量"),
            FieldSpec("gross", "总毛重（千克）"),
            FieldSpec("net", "总净重（千克）"),
            FieldSpec("value", "商品总价"),
            FieldSpec("bills", "随附电商清单"),
        ),
    ),
    closing_rows=(
        (
            FieldSpec("signed_by", "申报单位（签章）"),
            FieldSpec("signed_on", "经办人 / 日期"),
            FieldSpec("customs_note", "海关批注及签章"),
        ),
    ),
    statement="本清单内容与向海关申报的电子数据一致；申报单位对其真实性和准确性负责。",
    is_landscape=True,
    line_height=27,
)

PASS_FORM = FormSpec(
    name="gate-pass",
    title="核放单",
    rows=(
        (
            FieldSpec("customs_no", "核放单号", 8),
            FieldSpec("customs", "申报地海关", 5),
            FieldSpec("keeper", "区内企业（编码 / 名称）", 11),
        ),
        (
            FieldSpec("own_no", "单据内部编号", 8),
            FieldSpec("declarant_code", "申报单位", 5),
            FieldSpec("declarant", "申报单位名称", 11),
        ),
        (
            FieldSpec("way", "出入区标志", 5),
            FieldSpec("kind", "核放单类型", 7),
            FieldSpec("binding", "绑定类型", 5),
            FieldSpec("writer", "操作员", 7),
        ),
        (
            FieldSpec("pieces", "总件数", 5),
            FieldSpec("gross", "货物总毛重（千克）", 7),
            FieldSpec("net", "货物总净重（千克）", 5),
            FieldSpec("value", "总货值", 7),
        ),
        (
            FieldSpec("plate", "承运车牌号", 5),
            FieldSpec("card", "车辆 IC 卡号", 7),
            FieldSpec("vehicle", "车辆自重（千克）", 5),
            FieldSpec("frame", "车架重（千克）", 3),
            FieldSpec("total", "总重量（千克）", 4),
        ),
        (
            FieldSpec("declared_at", "申报时间", 8),
            FieldSpec("passed", "过卡情况", 5),
            FieldSpec("contact", "联系人及电话", 11),
        ),
    ),
    columns=(
        ColumnSpec("序号", 20, is_number=True),
        ColumnSpec("单证编号", 112),
        ColumnSpec("企业内部编号", 88),
        ColumnSpec("货物品名", 150),
        ColumnSpec("项数", 26, is_number=True),
        ColumnSpec("件数", 40, is_number=True),
        ColumnSpec("毛重（千克）", 56, is_number=True),
        ColumnSpec("净重（千克）", 56, is_number=True),
    ),
    lines_per_page=14,
    tax_rows=(),
    closing_rows=(
        (
            FieldSpec("signed_by", "申报单位（签章）"),
            FieldSpec("signed_on", "驾驶员 / 日期"),
            FieldSpec("customs_note", "卡口 / 海关批注及签章"),
        ),
    ),
    statement="凭本核放单在有效期内一次通过卡口；实际过卡重量以卡口地磅为准。",
    line_height=26,
)

_WAYS = {"I": "进口", "E": "出口"}
_GATES = {"I": "进区", "E": "出区"}
_LIST_TYPES = {
    "0": "普通清单",
    "1": "集报清单",
    "3": "先入区后报关",
    "4": "简单加工",
    "5": "保税展示交易",
    "6": "区内流转",
    "7": "区港联动",
    "8": "保税电商",
    "9": "一纳成品内销",
}
_DECLARED = {"1": "报关", "2": "非报关"}
_DECLARATIONS = {"1": "进口报关单", "2": "出口报关单", "3": "进境备案清单", "4": "出境备案清单"}
_PASS_KINDS = {
    "1": "先入区后报关",
    "2": "一线一体化进出区",
    "3": "二线进出区",
    "4": "非报关进出区",
    "5": "卡口登记货物",
    "6": "空车进出区",
}
_BINDINGS = {"1": "一车多票", "2": "一票一车", "3": "一票多车"}


@dataclass(frozen=True)
class Listed:
    """A list on a pass: its numbers and what was sent of its goods."""

    customs_no: str
    own_no: str
    lines: Sequence[Texts]


def list_sheet(
    head: Texts,
    lines: Sequence[Texts],
    *,
    bills: int,
    customs_no: str,
    entry_no: str = "",
    is_simulated: bool = False,
) -> Sheet:
    """A list as sent, written into its form; the bar code carries customs' number, or ours."""
    own_no = head.get("EtpsInnerInvtNo", "")
    return Sheet(
        form=LIST_FORM.name,
        number=customs_no or own_no,
        outline=f"{own_no}  {customs_no}".strip(),
        values={
            "customs_no": customs_no or NOT_YET,
            "own_no": own_no,
            "book": head.get("PutrecNo", ""),
            "way": _coded(_WAYS, head, "ImpexpMarkcd"),
            "list_type": _coded(_LIST_TYPES, head, "InvtType"),
            "entered_on": head.get("InputTime", ""),
            "declared_on": head.get("InvtDclTime", ""),
            "operator": _party(head, "BizopEtpsno", "BizopEtpsSccd", "BizopEtpsNm"),
            "receiver": _party(head, "RcvgdEtpsno", "RvsngdEtpsSccd", "RcvgdEtpsNm"),
            "declarant": _party(head, "DclEtpsno", "DclEtpsSccd", "DclEtpsNm"),
            "writer": _party(head, "InputCode", "InputCreditCode", "InputName"),
            "customs": name_of("districts_partial", head.get("DclPlcCuscd", "")),
            "port": name_of("districts_partial", head.get("ImpexpPortcd", "")),
            "trade_mode": name_of("trade_modes", head.get("SupvModecd", "")),
            "transport_mode": name_of("transport_modes", head.get("TrspModecd", "")),
            "country": name_of("countries", head.get("StshipTrsarvNatcd", "")),
            "is_declared": _coded(_DECLARED, head, "DclcusFlag"),
            "declaration_type": _coded(_DECLARATIONS, head, "DecType"),
            "entry_no": entry_no or NOT_YET,
            **_sums(lines),
            "bills": f"{bills:,} 份" if bills else NOT_YET,
        },
        lines=tuple(_line(line) for line in lines),
        footer=_footer(own_no, is_simulated=is_simulated),
    )


def pass_sheet(
    head: Texts,
    lists: Sequence[Listed],
    *,
    customs_no: str,
    is_passed: bool,
    is_simulated: bool = False,
) -> Sheet:
    """A gate pass as sent, written into its form, with a line for each list that it carries."""
    own_no = head.get("EtpsPreentNo", "")
    goods = [line for each in lists for line in each.lines]
    return Sheet(
        form=PASS_FORM.name,
        number=customs_no or own_no,
        outline=f"{own_no}  {customs_no}".strip(),
        values={
            "customs_no": customs_no or NOT_YET,
            "customs": name_of("districts_partial", head.get("MasterCuscd", "")),
            "keeper": f"{head.get('AreainEtpsno', '')}  {head.get('AreainEtpsNm', '')}",
            "own_no": own_no,
            "declarant_code": head.get("DclEtpsno", ""),
            "declarant": head.get("DclEtpsNm", ""),
            "way": _coded(_GATES, head, "IoTypecd"),
            "kind": _coded(_PASS_KINDS, head, "PassportTypecd"),
            "binding": _coded(_BINDINGS, head, "BindTypecd"),
            "writer": head.get("InputName", ""),
            "pieces": _sums(goods)["units"],
            "gross": head.get("TotalGrossWt", ""),
            "net": head.get("TotalNetWt", ""),
            "value": _sums(goods)["value"],
            "plate": head.get("VehicleNo", ""),
            "card": head.get("VehicleIcNo", "") or NOT_YET,
            "vehicle": head.get("VehicleWt", ""),
            "frame": head.get("VehicleFrameWt", ""),
            "total": head.get("TotalWt", ""),
            "declared_at": head.get("DclTime", "") or NOT_YET,
            "passed": "已过卡" if is_passed else "未过卡",
            "contact": head.get("DclErConc", ""),
        },
        lines=tuple(_carried(n, each) for n, each in enumerate(lists, start=1)),
        footer=_footer(own_no, is_simulated=is_simulated),
    )


def _carried(number: int, listed: Listed) -> tuple[str, ...]:
    sums = _sums(listed.lines)
    names = list(dict.fromkeys(line.get("GdsNm", "") for line in listed.lines))
    more = f" 等 {len(names)} 种" if len(names) > 1 else ""
    return (
        str(number),
        listed.customs_no,
        listed.own_no,
        f"{names[0] if names else ''}{more}",
        sums["lines"],
        sums["units"],
        sums["gross"],
        sums["net"],
    )


def _line(line: Texts) -> tuple[str, ...]:
    second = line.get("SecdLawfQty", "")
    more = f"\n{second} {_unit(line, 'SecdLawfUnitcd')}" if second else ""
    return (
        line.get("GdsSeqno", ""),
        line.get("PutrecSeqno", "") or line.get("GdsMtno", ""),
        line.get("GdsMtno", ""),
        line.get("Gdecd", ""),
        f"{line.get('GdsNm', '')}\n{line.get('GdsSpcfModelDesc', '')}",
        f"{line.get('DclQty', '')} {_unit(line, 'DclUnitcd')}",
        f"{line.get('LawfQty', '')} {_unit(line, 'LawfUnitcd')}{more}",
        line.get("DclUprcAmt", ""),
        f"{line.get('DclTotalAmt', '')}\n{_named('currencies', line.get('DclCurrcd', ''))}",
        f"{line.get('GrossWt', '')}\n{line.get('NetWt', '')}",
        name_of("countries", line.get("Natcd", "")),
        name_of("levy_modes", line.get("LvyrlfModecd", "")),
    )


def _sums(lines: Sequence[Texts]) -> dict[str, str]:
    currencies = {line.get("DclCurrcd", "") for line in lines}
    currency = _named("currencies", currencies.pop()) if len(currencies) == 1 else ""
    value = _total(lines, "DclTotalAmt")
    return {
        "lines": str(len(lines)),
        "units": _total(lines, "DclQty"),
        "gross": _total(lines, "GrossWt"),
        "net": _total(lines, "NetWt"),
        "value": f"{value} {currency}" if currency else NOT_YET,
    }


def _total(lines: Sequence[Texts], name: str) -> str:
    return f"{sum(Decimal(line.get(name) or '0') for line in lines):,}"


def _unit(line: Texts, name: str) -> str:
    return _named("units", line.get(name, ""))


def _named(list_name: str, code: str) -> str:
    return name_of(list_name, code).partition("(")[0]


def _coded(names: Mapping[str, str], head: Texts, field: str) -> str:
    code = head.get(field, "")
    return f"{names[code]}({code})" if code in names else code or NOT_YET


def _party(head: Texts, code: str, credit: str, name: str) -> str:
    return "  ".join(head[key] for key in (code, credit, name) if head.get(key))


def _footer(number: str, *, is_simulated: bool) -> str:
    return f"{number}  {DEMONSTRATION}" if is_simulated else number
