"""What order, invoice and transport document must agree on before goods are declared in Britain.

Source of the rules: the data elements (DE) of the customs declaration service, data sets H1 and H7.
"""

from datetime import date

from core.domain.errors import Refusal
from core.domain.trade import from_minor
from customs.domain.jurisdiction import Params, Rule
from customs.domain.papers import Papers

IN_FORCE = date(2021, 1, 1)
CDS = "HMRC customs declaration service, import data sets H1 and H7"
COMMODITY_DIGITS = 10
MOST_ITEMS = 99
REFERENCE = 35


class GbCommodityCode(Refusal):
    """Raised when a line's commodity code does not have the ten digits of the British tariff."""

    code = "gb-commodity-code-not-ten-digits"
    reason = "Order {order_no}, line {line}: commodity code “{hs_code}” does not have ten digits."
    remedy = "Enter the ten digits of the British tariff in the product's customs data."


class GbItemsDoNotSum(Refusal):
    """Raised when item charges do not make the total invoiced."""

    code = "gb-items-do-not-sum"
    reason = "Order {order_no}: the items make {lines} GBP; {goods} GBP are invoiced."
    remedy = "Correct a price, a number of units or the total of the invoice."


class GbWeightsDoNotFit(Refusal):
    """Raised when the net mass is nil or above the gross mass."""

    code = "gb-weights-do-not-fit"
    reason = "Order {order_no}: net mass {net} g and gross mass {gross} g do not fit."
    remedy = "Correct the gross mass on the transport document or the net mass of the product."


class GbNoDescription(Refusal):
    """Raised when an item has no description of its goods."""

    code = "gb-no-description"
    reason = "Order {order_no}, line {line}: the goods are not described."
    remedy = "Describe the goods in the product's customs data."


class GbItemsNotNumbered(Refusal):
    """Raised when items are not numbered from 1 without gaps, or are too many."""

    code = "gb-items-not-numbered"
    reason = "Order {order_no}: {count} items must be numbered from 1, and be {most} at most."
    remedy = "Number the items from 1 without gaps, and split longer orders."


class GbReferenceTooLong(Refusal):
    """Raised when a reference is empty or longer than its element."""

    code = "gb-reference-does-not-fit"
    reason = "Order {order_no}: “{number}” does not fit; a reference has 1 to {most} characters."
    remedy = "Give the order and the transport document a shorter number."


def _digits(papers: Papers) -> Params | None:
    for goods in papers.order.goods:
        is_code = goods.hs_code.isascii() and goods.hs_code.isdigit()
        if not is_code or len(goods.hs_code) != COMMODITY_DIGITS:
            return {
                "order_no": papers.order.order_no,
                "line": goods.line_no,
                "hs_code": goods.hs_code,
            }
    return None


def _sums(papers: Papers) -> Params | None:
    lines = sum(goods.total_minor for goods in papers.order.goods)
    if lines == papers.order.goods_minor:
        return None
    return {
        "order_no": papers.order.order_no,
        "lines": str(from_minor(lines, "GBP")),
        "goods": str(from_minor(papers.order.goods_minor, "GBP")),
    }


def _weights(papers: Papers) -> Params | None:
    if 0 < papers.net_weight_g <= papers.waybill.gross_weight_g:
        return None
    return {
        "order_no": papers.order.order_no,
        "net": papers.net_weight_g,
        "gross": papers.waybill.gross_weight_g,
    }


def _descriptions(papers: Papers) -> Params | None:
    for goods in papers.order.goods:
        if not goods.name_zh.strip():
            return {"order_no": papers.order.order_no, "line": goods.line_no}
    return None


def _numbers(papers: Papers) -> Params | None:
    numbers = [goods.line_no for goods in papers.order.goods]
    if numbers and numbers == list(range(1, len(numbers) + 1)) and len(numbers) <= MOST_ITEMS:
        return None
    return {"order_no": papers.order.order_no, "count": len(numbers), "most": MOST_ITEMS}


def _references(papers: Papers) -> Params | None:
    for number in (papers.order.order_no, papers.waybill.waybill_no):
        if not 1 <= len(number) <= REFERENCE:
            return {"order_no": papers.order.order_no, "number": number, "most": REFERENCE}
    return None


RULES = (
    Rule(GbReferenceTooLong, f"{CDS}: DE 2/1 and 2/5", IN_FORCE, _references),
    Rule(GbItemsNotNumbered, f"{CDS}: DE 1/6", IN_FORCE, _numbers),
    Rule(GbCommodityCode, f"{CDS}: DE 6/14 and 6/15", IN_FORCE, _digits),
    Rule(GbNoDescription, f"{CDS}: DE 6/8", IN_FORCE, _descriptions),
    Rule(GbItemsDoNotSum, f"{CDS}: DE 4/11 and 4/14", IN_FORCE, _sums),
    Rule(GbWeightsDoNotFit, f"{CDS}: DE 6/1 and 6/5", IN_FORCE, _weights),
)
