"""What the order, the payment and the waybill must agree on before a parcel is declared.

Source of the rules, where no other is named: the interface of the customs system for retail
import (message set CEB, edition 202205) and GACC announcement 2018 No. 194, in force 2019-01-01.
"""

from collections.abc import Iterator
from datetime import date

from core.domain.errors import Phrase, Refusal
from core.domain.trade import from_minor
from customs.domain.identity import resident_number_is_valid
from customs.domain.jurisdiction import Params, Rule
from customs.domain.papers import OrderedGoods, Papers
from customs.jurisdictions.cn.codes import code_list

INTERFACE = "GACC interface for retail import, edition 202205"
SUPERVISION = "GACC announcement 2018 No. 194, read in secondary sources"
CONFIRMED = "our own: who declares answers for the code; " + SUPERVISION
PLAUSIBLE = "our own: nobody pays for an order that is not made yet"
IN_FORCE = date(2019, 1, 1)
EMPTY_NAMES = frozenset({"", "空", "无", "/", "-"})
MAX_LINES = 99


class OrderNumbersDiffer(Refusal):
    """Raised when payment or waybill name another order."""

    code = "order-numbers-differ"
    reason = "Order {order_no}: the {paper} names order {other}."
    remedy = "Send the {paper} that belongs to the order."


class PaidAmountDiffers(Refusal):
    """Raised when the payment company received another amount than the order says."""

    code = "paid-amount-differs"
    reason = "Order {order_no} says {paid} CNY were paid; the payment is {payment} CNY."
    remedy = "Correct the amount on the order or send the right payment."


class OrderSumDiffers(Refusal):
    """Raised when goods, freight, tax and discount do not make the amount paid."""

    code = "order-sum-differs"
    reason = "Order {order_no}: the parts make {sum} CNY; {paid} CNY were paid."
    remedy = "Correct goods, freight, tax or discount so that they make what was paid."


class GoodsSumDiffers(Refusal):
    """Raised when the lines do not make the value of the goods."""

    code = "goods-sum-differs"
    reason = "Order {order_no}: the lines make {lines} CNY; the goods are given as {goods} CNY."
    remedy = "Correct a price, a number of units or the value of the goods."


class BuyerIsNotPayer(Refusal):
    """Raised when somebody else paid."""

    code = "buyer-is-not-payer"
    reason = "Order {order_no}: the person who paid is not the person who ordered."
    remedy = "Have the order paid from an account of the person who ordered."


class BadIdentityNumber(Refusal):
    """Raised when the buyer's identity number fails its check character."""

    code = "bad-identity-number"
    reason = "Order {order_no}: the buyer's identity number does not pass its check character."
    remedy = "Ask the buyer for the number as printed on the identity card."


class NameIsEmpty(Refusal):
    """Raised when a name that customs reads says nothing."""

    code = "name-is-empty"
    reason = "Order {order_no}: {what} has no name that customs accepts."
    remedy = "Give the full name; a stroke or a word for “none” is not accepted."


class LinesNotNumbered(Refusal):
    """Raised when lines are not numbered from 1 without gaps, or are too many."""

    code = "lines-not-numbered"
    reason = "Order {order_no}: lines run {numbers}; they must run from 1 to {most} at most."
    remedy = "Number the lines from 1 without gaps, and split orders that are longer."


class BadQuantity(Refusal):
    """Raised when a line has no units, no statutory quantity, or half of the second one."""

    code = "bad-quantity"
    reason = "Order {order_no}, line {line}: {fault}."
    remedy = "Correct the units of the order or the quantities in the product's customs data."


class UnknownUnit(Refusal):
    """Raised when a unit is not in the unit table of customs."""

    code = "unknown-unit"
    reason = "Order {order_no}, line {line}: “{unit}” is not a unit code of customs."
    remedy = "Choose a unit from the unit table in the product's customs data."


class BadHSCodeForRetail(Refusal):
    """Raised when a line's HS code does not have the ten digits of the Chinese tariff."""

    code = "hs-code-not-ten-digits"
    reason = "Order {order_no}, line {line}: HS code “{hs_code}” does not have ten digits."
    remedy = "Enter the ten digits of the Chinese tariff in the product's customs data."


class NotInAccountBook(Refusal):
    """Raised when a product has no number in the account book."""

    code = "not-in-account-book"
    reason = "Order {order_no}, line {line}: the product has no record number in the account book."
    remedy = "Have the keeper record the product in the account book first."


class GoodsNotConfirmed(Refusal):
    """Raised when no broker has confirmed what customs is told of a product."""

    code = "goods-not-confirmed"
    reason = "Order {order_no}, line {line}: no broker has confirmed the goods record of “{name}”."
    remedy = "Submit the product's goods record for the zone and have the broker confirm it."


class HSCodeNotConfirmed(Refusal):
    """Raised when a product's HS code is another than the one that a broker confirmed."""

    code = "hs-code-not-confirmed"
    reason = "Order {order_no}, line {line}: HS {hs_code} is not the confirmed code {confirmed}."
    remedy = "Submit the goods record with the new code and have the broker confirm it."


class WeightsDoNotFit(Refusal):
    """Raised when the net weight is nil or above the gross weight."""

    code = "weights-do-not-fit"
    reason = "Order {order_no}: net weight {net} g and gross weight {gross} g do not fit."
    remedy = "Correct the weight on the waybill or the net weight of the product."


class NotOneParcel(Refusal):
    """Raised when a declaration would cover other than one parcel."""

    code = "not-one-parcel"
    reason = "Order {order_no}: the waybill has {pieces} pieces; a declaration covers one parcel."
    remedy = "Pack the order as one parcel, or have it split into orders of one parcel each."


class NumberNotPlain(Refusal):
    """Raised when a number that customs compares holds other characters than plain ones."""

    code = "number-not-plain"
    reason = "Order {order_no}: “{number}” is not a number that customs can compare."
    remedy = "Use at most 60 unaccented letters, digits and hyphens, without spaces."


class PaidBeforeOrdered(Refusal):
    """Raised when the payment is earlier than the order."""

    code = "paid-before-ordered"
    reason = "Order {order_no} was made at {ordered_at}, after its payment at {paid_at}."
    remedy = "Correct the time of the order or send the right payment."


def _order_numbers(papers: Papers) -> Params | None:
    for paper, other in (
        (Phrase("payment"), papers.payment.order_no),
        (Phrase("waybill"), papers.waybill.order_no),
    ):
        if other != papers.order.order_no:
            return {"order_no": papers.order.order_no, "paper": paper, "other": other}
    return None


def _paid_amount(papers: Papers) -> Params | None:
    paid, payment = papers.order.paid_minor, papers.payment.amount_minor
    if paid == payment:
        return None
    return {"order_no": papers.order.order_no, "paid": _cny(paid), "payment": _cny(payment)}


def _order_sum(papers: Papers) -> Params | None:
    order = papers.order
    total = order.goods_minor + order.freight_minor + order.tax_minor - order.discount_minor
    if total == order.paid_minor:
        return None
    return {"order_no": order.order_no, "sum": _cny(total), "paid": _cny(order.paid_minor)}


def _goods_sum(papers: Papers) -> Params | None:
    order = papers.order
    lines = sum(goods.total_minor for goods in order.goods)
    if lines == order.goods_minor:
        return None
    return {"order_no": order.order_no, "lines": _cny(lines), "goods": _cny(order.goods_minor)}


def _buyer_and_payer(papers: Papers) -> Params | None:
    buyer, payer = papers.order.buyer, papers.payment.payer
    if (buyer.name, buyer.id_number.upper()) == (payer.name, payer.id_number.upper()):
        return None
    return {"order_no": papers.order.order_no}


def _identity_number(papers: Papers) -> Params | None:
    if resident_number_is_valid(papers.order.buyer.id_number):
        return None
    return {"order_no": papers.order.order_no}


def _names(papers: Papers) -> Params | None:
    names = [
        (Phrase("the buyer"), papers.order.buyer.name),
        (Phrase("the consignee"), papers.waybill.consignee_name),
        (Phrase("the address"), papers.waybill.consignee_address),
        *(
            (Phrase("line {line}", line=goods.line_no), goods.name_zh)
            for goods in papers.order.goods
        ),
    ]
    for what, name in names:
        if name.strip() in EMPTY_NAMES:
            return {"order_no": papers.order.order_no, "what": what}
    return None


def _numbering(papers: Papers) -> Params | None:
    numbers = [goods.line_no for goods in papers.order.goods]
    if numbers == list(range(1, len(numbers) + 1)) and 1 <= len(numbers) <= MAX_LINES:
        return None
    shown = ", ".join(map(str, numbers[:5])) or "—"
    return {"order_no": papers.order.order_no, "numbers": shown, "most": MAX_LINES}


def _quantities(papers: Papers) -> Params | None:
    for goods in papers.order.goods:
        for fault in _quantity_faults(goods):
            return {"order_no": papers.order.order_no, "line": goods.line_no, "fault": fault}
    return None


def _quantity_faults(goods: OrderedGoods) -> Iterator[Phrase]:
    if goods.units <= 0:
        yield Phrase("it has no units")
    if goods.price_minor < 0:
        yield Phrase("its price is below zero")
    if goods.statutory_quantity <= 0:
        yield Phrase("it has no statutory quantity")
    if bool(goods.second_unit) != bool(goods.second_quantity):
        yield Phrase("second unit and second quantity come together or not at all")


def _units(papers: Papers) -> Params | None:
    known = code_list("units")
    for goods in papers.order.goods:
        for unit in (goods.declared_unit, goods.statutory_unit, goods.second_unit or "035"):
            if unit not in known:
                return {"order_no": papers.order.order_no, "line": goods.line_no, "unit": unit}
    return None


def _hs_codes(papers: Papers) -> Params | None:
    for goods in papers.order.goods:
        if len(goods.hs_code) != 10 or not (goods.hs_code.isascii() and goods.hs_code.isdigit()):
            return {
                "order_no": papers.order.order_no,
                "line": goods.line_no,
                "hs_code": goods.hs_code,
            }
    return None


def _account_book(papers: Papers) -> Params | None:
    for goods in papers.order.goods:
        if not goods.item_record_no:
            return {"order_no": papers.order.order_no, "line": goods.line_no}
    return None


def _goods_record(papers: Papers) -> Params | None:
    for goods in papers.order.goods:
        if not goods.confirmed_hs_code:
            return {
                "order_no": papers.order.order_no,
                "line": goods.line_no,
                "name": goods.name_zh,
            }
    return None


def _confirmed_code(papers: Papers) -> Params | None:
    for goods in papers.order.goods:
        if goods.confirmed_hs_code not in ("", goods.hs_code):
            return {
                "order_no": papers.order.order_no,
                "line": goods.line_no,
                "hs_code": goods.hs_code,
                "confirmed": goods.confirmed_hs_code,
            }
    return None


def _weights(papers: Papers) -> Params | None:
    net, gross = papers.net_weight_g, papers.waybill.gross_weight_g
    if 0 < net <= gross:
        return None
    return {"order_no": papers.order.order_no, "net": net, "gross": gross}


def _parcel(papers: Papers) -> Params | None:
    if papers.waybill.pieces == 1:
        return None
    return {"order_no": papers.order.order_no, "pieces": papers.waybill.pieces}


def _plain_numbers(papers: Papers) -> Params | None:
    for number in (
        papers.order.order_no,
        papers.payment.transaction_no,
        papers.waybill.waybill_no,
    ):
        if not _is_plain(number):
            return {"order_no": papers.order.order_no, "number": number}
    return None


def _is_plain(number: str) -> bool:
    return 0 < len(number) <= 60 and number.isascii() and number.replace("-", "").isalnum()


def _times(papers: Papers) -> Params | None:
    ordered_at, paid_at = papers.order.ordered_at, papers.payment.paid_at
    if ordered_at <= paid_at:
        return None
    return {
        "order_no": papers.order.order_no,
        "ordered_at": ordered_at.isoformat(timespec="minutes"),
        "paid_at": paid_at.isoformat(timespec="minutes"),
    }


def _cny(minor: int) -> str:
    return str(from_minor(minor, "CNY"))


RULES = (
    Rule(NumberNotPlain, INTERFACE, IN_FORCE, _plain_numbers),
    Rule(OrderNumbersDiffer, SUPERVISION, IN_FORCE, _order_numbers),
    Rule(LinesNotNumbered, INTERFACE, IN_FORCE, _numbering),
    Rule(BadQuantity, INTERFACE, IN_FORCE, _quantities),
    Rule(BadHSCodeForRetail, INTERFACE, IN_FORCE, _hs_codes),
    Rule(UnknownUnit, INTERFACE, IN_FORCE, _units),
    Rule(NotInAccountBook, INTERFACE, IN_FORCE, _account_book),
    Rule(GoodsNotConfirmed, CONFIRMED, IN_FORCE, _goods_record),
    Rule(HSCodeNotConfirmed, CONFIRMED, IN_FORCE, _confirmed_code),
    Rule(NameIsEmpty, INTERFACE, IN_FORCE, _names),
    Rule(GoodsSumDiffers, INTERFACE, IN_FORCE, _goods_sum),
    Rule(OrderSumDiffers, INTERFACE, IN_FORCE, _order_sum),
    Rule(PaidAmountDiffers, SUPERVISION, IN_FORCE, _paid_amount),
    Rule(PaidBeforeOrdered, PLAUSIBLE, IN_FORCE, _times),
    Rule(BuyerIsNotPayer, SUPERVISION, IN_FORCE, _buyer_and_payer),
    Rule(BadIdentityNumber, "GB 11643-1999; " + SUPERVISION, IN_FORCE, _identity_number),
    Rule(WeightsDoNotFit, INTERFACE, IN_FORCE, _weights),
    Rule(NotOneParcel, INTERFACE, IN_FORCE, _parcel),
)
"""Rules in the order in which a broker would want to hear of them."""
