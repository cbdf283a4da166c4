"""From one parcel to the papers that customs compares: order, payment, waybill, declaration.

Persons stand here in clear: the case is put together from the vault when messages are built.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.domain.trade import from_minor
from customs.domain.declaration import DeclaredLine, Enterprise, RetailDeclaration
from customs.jurisdictions.cn.codes import country_codes
from customs.jurisdictions.cn.messages.papers import Message, Paper, Texts, split, stable_guid
from customs.jurisdictions.cn.messages.payments import CHANGED, NEW, PaymentCase, payment_paper
from customs.jurisdictions.cn.messages.receipts import CHINA

HOME = "142"
"""China as country of departure: what leaves a bonded zone departs from within."""

RENMINBI = "142"
CARTON = "2"
RESIDENT = "1"
"""Kind of identity paper: the resident identity card; retail import takes no other."""


@dataclass(frozen=True, slots=True)
class Goods:
    """Numbers of a line's product that only the messages name."""

    sku: str
    gtin: str


@dataclass(frozen=True, slots=True)
class RetailCase:
    """A declared parcel with its three papers, everything in clear; amounts in fen."""

    declaration: RetailDeclaration
    declared_at: datetime
    goods: tuple[Goods, ...]
    goods_minor: int
    discount_minor: int
    tax_minor: int
    paid_minor: int
    payment_company: Enterprise
    transaction_no: str
    paid_at: datetime
    buyer_account: str
    """The buyer's account where the order was made."""

    consignee_name: str
    consignee_phone: str
    consignee_address: str
    is_change: bool = False
    """Whether the papers take the place of others that customs holds."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who hands the messages to the exchange."""

    enterprise: Enterprise
    exchange_id: str = ""
    """Its number in the exchange; blank where its own client fills it in."""

    @property
    def transfer(self) -> Texts:
        """The sender as every message ends."""
        return {
            "copCode": self.enterprise.code,
            "copName": self.enterprise.name,
            "dxpMode": "DXP",
            "dxpId": self.exchange_id,
        }


def messages(
    cases: Sequence[RetailCase], code: str, *, sender: Sender, reference: str
) -> list[Message]:
    """All cases as messages of a kind, at most 100 papers in each, numbered by the reference."""
    whole = Message(
        code=code,
        guid=stable_guid(reference, code),
        papers=tuple(_PAPERS[code](case) for case in cases),
        transfer=sender.transfer,
    )
    return list(split(whole))


def _order(case: RetailCase) -> Paper:
    declaration = case.declaration
    head = {
        **_opening(case, "CEB311"),
        "orderType": "I",
        "orderNo": declaration.order_no,
        **named("ebp", declaration.platform),
        **named("ebc", declaration.importer),
        "goodsValue": _cny(case.goods_minor),
        "freight": _cny(declaration.freight_minor),
        "discount": _cny(case.discount_minor),
        "taxTotal": _cny(case.tax_minor),
        "acturalPaid": _cny(case.paid_minor),
        "currency": RENMINBI,
        "buyerRegNo": case.buyer_account,
        **_buyer(case),
        **named("pay", case.payment_company),
        "payTransactionId": case.transaction_no,
        "consignee": case.consignee_name,
        "consigneeTelephone": case.consignee_phone,
        "consigneeAddress": case.consignee_address,
    }
    return Paper(head, tuple(_order_line(*pair) for pair in _lines(case)))


def _order_line(line: DeclaredLine, goods: Goods) -> Texts:
    return {
        "gnum": str(line.line_no),
        "itemNo": goods.sku[:30],
        "itemName": line.name_zh,
        "gmodel": line.specification or line.name_zh,
        "barCode": goods.gtin,
        "unit": line.unit,
        "qty": str(line.units),
        "price": _cny(line.price_minor),
        "totalPrice": _cny(line.total_minor),
        "currency": RENMINBI,
        "country": _country(line.origin),
    }


def _payment(case: RetailCase) -> Paper:
    declaration = case.declaration
    return payment_paper(
        PaymentCase(
            number=declaration.cop_no,
            company=case.payment_company,
            transaction_no=case.transaction_no,
            order_no=declaration.order_no,
            platform=declaration.platform,
            payer_name=declaration.buyer_name,
            payer_id_number=declaration.buyer_id_number,
            payer_phone=declaration.buyer_phone,
            amount_minor=case.paid_minor,
            paid_at=case.paid_at,
            written_at=case.declared_at,
        )
    )


def _waybill(case: RetailCase) -> Paper:
    declaration = case.declaration
    return Paper(
        {
            **_opening(case, "CEB511"),
            **named("logistics", declaration.carrier),
            "logisticsNo": declaration.waybill_no,
            "orderNo": declaration.order_no,
            "freight": _cny(declaration.freight_minor),
            "insuredFee": _cny(0),
            "currency": RENMINBI,
            "weight": _kilograms(declaration.gross_weight_g),
            "packNo": "1",
            "goodsInfo": "，".join(line.name_zh for line in declaration.lines)[:200],
            "consignee": case.consignee_name,
            "consigneeAddress": case.consignee_address,
            "consigneeTelephone": case.consignee_phone,
        }
    )


def _inventory(case: RetailCase) -> Paper:
    declaration = case.declaration
    head = {
        **_opening(case, "CEB621"),
        "orderNo": declaration.order_no,
        **named("ebp", declaration.platform),
        **named("ebc", declaration.importer),
        "logisticsNo": declaration.waybill_no,
        **named("logistics", declaration.carrier),
        "copNo": declaration.cop_no,
        "assureCode": declaration.guarantor.code,
        "emsNo": declaration.account_book,
        "ieFlag": "I",
        "declTime": f"{declaration.declared_on:%Y%m%d}",
        "customsCode": declaration.customs_district,
        "portCode": declaration.port_district,
        **_buyer(case),
        "consigneeAddress": case.consignee_address,
        **named("agent", declaration.broker),
        **named("area", declaration.keeper),
        **_shipment(declaration),
    }
    return Paper(head, tuple(_inventory_line(*pair) for pair in _lines(case)))


def _shipment(declaration: RetailDeclaration) -> Texts:
    return {
        "tradeMode": declaration.trade_mode,
        "trafMode": declaration.transport_mode,
        "country": HOME,
        "freight": _cny(declaration.freight_minor),
        "insuredFee": _cny(0),
        "currency": RENMINBI,
        "wrapType": CARTON,
        "packNo": "1",
        "grossWeight": _kilograms(declaration.gross_weight_g),
        "netWeight": _kilograms(declaration.net_weight_g),
    }


def _inventory_line(line: DeclaredLine, goods: Goods) -> Texts:
    second = line.second_quantity
    return {
        "gnum": str(line.line_no),
        "itemRecordNo": line.record_no,
        "itemNo": goods.sku[:20],
        "itemName": line.name_zh,
        "gcode": line.hs_code,
        "gname": line.name_zh,
        "gmodel": line.specification or line.name_zh,
        "barCode": goods.gtin,
        "country": _country(line.origin),
        "currency": RENMINBI,
        "qty": str(line.units),
        "unit": line.unit,
        "qty1": _plain(line.statutory_quantity),
        "unit1": line.statutory_unit,
        "qty2": _plain(second) if second is not None else "",
        "unit2": line.second_unit,
        "price": _cny(line.price_minor),
        "totalPrice": _cny(line.total_minor),
    }


_PAPERS: Mapping[str, Callable[[RetailCase], Paper]] = {
    "CEB311": _order,
    "CEB411": _payment,
    "CEB511": _waybill,
    "CEB621": _inventory,
}
KINDS = tuple(_PAPERS)
"""Messages that a batch gives rise to."""


def _opening(case: RetailCase, code: str) -> Texts:
    """What every paper begins with: whether it is new, declared rather than only stored."""
    return {
        "guid": stable_guid(case.declaration.cop_no, code),
        "appType": CHANGED if case.is_change else NEW,
        "appTime": moment(case.declared_at),
        "appStatus": "2",
    }


def _buyer(case: RetailCase) -> Texts:
    return {
        "buyerIdType": RESIDENT,
        "buyerIdNumber": case.declaration.buyer_id_number,
        "buyerName": case.declaration.buyer_name,
        "buyerTelephone": case.declaration.buyer_phone,
    }


def _lines(case: RetailCase) -> Iterator[tuple[DeclaredLine, Goods]]:
    return zip(case.declaration.lines, case.goods, strict=True)


def named(prefix: str, enterprise: Enterprise) -> Texts:
    """An enterprise in the two fields that a prefix names."""
    return {f"{prefix}Code": enterprise.code, f"{prefix}Name": enterprise.name}


def _country(alpha2: str) -> str:
    entry = country_codes().get(alpha2)
    return entry.code if entry else alpha2


def moment(at: datetime) -> str:
    """A time as customs reads it: that of Beijing, to the second."""
    return f"{at.astimezone(CHINA):%Y%m%d%H%M%S}"


def _cny(minor: int) -> str:
    return str(from_minor(minor, "CNY"))


def _kilograms(grams: int) -> str:
    return _plain(Decimal(grams) / 1000)


def _plain(quantity: Decimal) -> str:
    """At most five decimals, none that say nothing."""
    return f"{quantity:.5f}".rstrip("0").rstrip(".")
