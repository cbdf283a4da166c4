"""The printed retail import declaration (跨境电子商务零售进口申报清单).

Field list: message CEB621 of the interface for retail import, edition 202205. The authority
publishes no print template; the arrangement is ours.
"""

from decimal import Decimal

from core.domain.trade import from_minor
from customs.domain.declaration import DeclaredLine, Enterprise, RetailDeclaration
from customs.domain.forms import ColumnSpec, FieldSpec, FormSpec, Sheet
from customs.jurisdictions.cn.codes import country_codes, name_of

CHINA = "142"
RENMINBI = "142"
CARTON = "2"
NOT_YET = "—"

RETAIL_FORM = FormSpec(
    name="retail-import",
    title="海关跨境电子商务零售进口申报清单",
    rows=(
        (
            FieldSpec("pre_no", "预录入编号", 5),
            FieldSpec("invt_no", "清单编号", 5),
            FieldSpec("order_no", "订单编号", 5),
            FieldSpec("cop_no", "企业内部编号", 5),
        ),
        (
            FieldSpec("customs", "申报海关", 5),
            FieldSpec("port", "口岸海关", 5),
            FieldSpec("entered_on", "进口日期", 5),
            FieldSpec("declared_on", "申报日期", 5),
        ),
        (
            FieldSpec("platform", "电商平台（代码 / 名称）"),
            FieldSpec("importer", "电商企业（代码 / 名称）"),
        ),
        (
            FieldSpec("carrier", "物流企业（代码 / 名称）"),
            FieldSpec("broker", "申报企业（代码 / 名称）"),
        ),
        (
            FieldSpec("keeper", "区内企业（代码 / 名称）"),
            FieldSpec("guarantor", "担保企业（代码 / 名称）"),
        ),
        (
            FieldSpec("account_book", "账册编号", 5),
            FieldSpec("waybill_no", "运单编号", 5),
            FieldSpec("trade_mode", "监管方式", 5),
            FieldSpec("transport_mode", "运输方式", 5),
        ),
        (
            FieldSpec("buyer_name", "订购人", 5),
            FieldSpec("buyer_id_number", "订购人证件号码（身份证）", 5),
            FieldSpec("buyer_phone", "订购人电话", 5),
            FieldSpec("country", "起运国（地区）", 5),
        ),
        (
            FieldSpec("wrap", "包装种类", 3),
            FieldSpec("pieces", "件数", 2),
            FieldSpec("gross_weight", "毛重（千克）", 3),
            FieldSpec("net_weight", "净重（千克）", 3),
            FieldSpec("freight", "运费", 3),
            FieldSpec("insurance", "保费", 3),
            FieldSpec("currency", "币制", 3),
        ),
    ),
    columns=(
        ColumnSpec("序号", 22, is_number=True),
        ColumnSpec("账册备案料号", 40),
        ColumnSpec("商品编码", 58),
        ColumnSpec("商品名称及规格型号", 138),
        ColumnSpec("数量及单位", 56, is_number=True),
        ColumnSpec("法定数量及单位", 62, is_number=True),
        ColumnSpec("单价", 48, is_number=True),
        ColumnSpec("总价", 52, is_number=True),
        ColumnSpec("原产国（地区）", 47),
    ),
    lines_per_page=8,
    tax_rows=(
        (
            FieldSpec("dutiable", "完税价格"),
            FieldSpec("duty", "应征关税（预估）"),
            FieldSpec("consumption_tax", "应征消费税（预估）"),
            FieldSpec("vat", "应征增值税（预估）"),
            FieldSpec("tax_total", "税款合计（预估）"),
            FieldSpec("tax_regime", "计税方式"),
        ),
    ),
    closing_rows=(
        (
            FieldSpec("signed_by", "申报单位（签章）"),
            FieldSpec("signed_on", "报关人员 / 日期"),
            FieldSpec("customs_note", "海关批注及签章"),
        ),
    ),
    statement="预估税款按申报数据计算，以海关电子税单为准。申报单位对以上内容的真实性和准确性负责。",
)


def retail_sheet(declaration: RetailDeclaration) -> Sheet:
    """A declaration written into the form; amounts in CNY with two decimals."""
    return Sheet(
        form=RETAIL_FORM.name,
        number=declaration.cop_no,
        outline=f"{declaration.cop_no}  {declaration.order_no}",
        values={
            **_numbers_and_days(declaration),
            **_parties(declaration),
            **_parcel(declaration),
            **_taxes(declaration),
        },
        lines=tuple(_line(line) for line in declaration.lines),
        footer=_footer(declaration),
    )


def _numbers_and_days(declaration: RetailDeclaration) -> dict[str, str]:
    declared_on = declaration.declared_on.isoformat()
    return {
        "pre_no": declaration.pre_no or NOT_YET,
        "invt_no": declaration.invt_no or NOT_YET,
        "order_no": declaration.order_no,
        "cop_no": declaration.cop_no,
        "customs": name_of("districts_partial", declaration.customs_district),
        "port": name_of("districts_partial", declaration.port_district),
        "entered_on": declared_on,
        "declared_on": declared_on,
        "account_book": declaration.account_book,
        "waybill_no": declaration.waybill_no,
        "trade_mode": name_of("trade_modes", declaration.trade_mode),
        "transport_mode": name_of("transport_modes", declaration.transport_mode),
    }


def _parties(declaration: RetailDeclaration) -> dict[str, str]:
    return {
        "platform": _enterprise(declaration.platform),
        "importer": _enterprise(declaration.importer),
        "carrier": _enterprise(declaration.carrier),
        "broker": _enterprise(declaration.broker),
        "keeper": _enterprise(declaration.keeper),
        "guarantor": _enterprise(declaration.guarantor),
        "buyer_name": declaration.buyer_name,
        "buyer_id_number": declaration.buyer_id_number,
        "buyer_phone": declaration.buyer_phone,
    }


def _parcel(declaration: RetailDeclaration) -> dict[str, str]:
    return {
        "country": name_of("countries", CHINA),
        "wrap": name_of("wrap_types", CARTON),
        "pieces": "1",
        "gross_weight": _kilograms(declaration.gross_weight_g),
        "net_weight": _kilograms(declaration.net_weight_g),
        "freight": _cny(declaration.freight_minor),
        "insurance": _cny(0),
        "currency": name_of("currencies", RENMINBI),
    }


def _taxes(declaration: RetailDeclaration) -> dict[str, str]:
    taxes = declaration.taxes
    return {
        "dutiable": _cny(taxes.dutiable_minor),
        "duty": _cny(taxes.duty_minor),
        "consumption_tax": _cny(taxes.consumption_tax_minor),
        "vat": _cny(taxes.vat_minor),
        "tax_total": _cny(taxes.total_minor),
        "tax_regime": "限额内，按 70% 计征" if taxes.is_within_limits else "超限额单件，全额计征",
    }


def _line(line: DeclaredLine) -> tuple[str, ...]:
    origin = country_codes().get(line.origin)
    return (
        str(line.line_no),
        line.record_no,
        line.hs_code,
        f"{line.name_zh}\n{line.specification}" if line.specification else line.name_zh,
        f"{line.units} {_unit(line.unit)}",
        _statutory(line),
        _cny(line.price_minor),
        _cny(line.total_minor),
        f"{origin.name_zh}({origin.code})" if origin else line.origin,
    )


def _statutory(line: DeclaredLine) -> str:
    first = f"{_plain(line.statutory_quantity)} {_unit(line.statutory_unit)}"
    if line.second_quantity is None:
        return first
    return f"{first}\n{_plain(line.second_quantity)} {_unit(line.second_unit)}"


def _unit(code: str) -> str:
    return name_of("units", code).partition("(")[0]


def _enterprise(enterprise: Enterprise) -> str:
    return f"{enterprise.code or NOT_YET}  {enterprise.name}"


def _footer(declaration: RetailDeclaration) -> str:
    return (
        f"{declaration.cop_no}  演示数据，非真实申报"
        if declaration.is_simulated
        else declaration.cop_no
    )


def _kilograms(grams: int) -> str:
    return _plain(Decimal(grams) / 1000)


def _plain(quantity: Decimal) -> str:
    """Up to five decimals, none that say nothing."""
    text = f"{quantity:.5f}".rstrip("0")
    return text.rstrip(".")


def _cny(minor: int) -> str:
    return f"{from_minor(minor, 'CNY'):,}"
