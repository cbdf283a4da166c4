"""Orders as shops send them and as they read them back."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from customs.domain.papers import Buyer
from customs.domain.plain_orders import PlainLine, PlainOrder, PlainParcel, PlainPayment
from portal.api.shapes import Code, Instant, LongText, Money, Number, Said, Text, Units, minor


class PersonIn(Said):
    """A person as named on a paper."""

    name: Text
    id_number: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{6,18}$")]
    phone: Annotated[str, Field(pattern=r"^[0-9 +()-]{0,30}$")] = ""

    def as_buyer(self) -> Buyer:
        """The person as the rules read it."""
        return Buyer(self.name, self.id_number, self.phone)


class LineIn(Said):
    """Units of a product, by SKU or GTIN, at the price of one unit without tax."""

    product: Annotated[str, Field(pattern=r"^[A-Za-z0-9._/-]{1,40}$")]
    units: Units
    price: Money


class PaymentIn(Said):
    """What the payment company reports; ``order_no`` as the payment names it."""

    company: Code
    transaction_no: Number
    order_no: Number | None = None
    payer: PersonIn
    amount: Money
    paid_at: Instant


class ConsigneeIn(Said):
    """To whom the parcel goes."""

    name: Text
    phone: Annotated[str, Field(pattern=r"^[0-9 +()-]{1,30}$")]
    address: LongText


class WaybillIn(Said):
    """What the carrier reports; ``order_no`` as the waybill names it."""

    carrier: Code
    waybill_no: Number
    order_no: Number | None = None
    consignee: ConsigneeIn
    gross_weight_g: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    pieces: Annotated[int, Field(strict=True, ge=1, le=999)] = 1


class OrderIn(Said):
    """A consumer order with its payment and its waybill: the three papers of one parcel.

    ``goods`` + ``freight`` + ``tax`` − ``discount`` make ``paid``. Parties are named by their
    code in the pool or by their customs registration.
    """

    pool: Code
    platform: Code
    order_no: Number
    ordered_at: Instant
    buyer: PersonIn
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=99)]
    goods: Money
    freight: Money = "0.00"
    discount: Money = "0.00"
    tax: Money
    paid: Money
    payment: PaymentIn
    waybill: WaybillIn
    minimum_expiry: date | None = None

    def as_plain(self) -> PlainOrder:
        """The order with amounts in fen, before any name is looked up."""
        return PlainOrder(
            pool=self.pool,
            platform=self.platform,
            order_no=self.order_no,
            ordered_at=self.ordered_at,
            buyer=self.buyer.as_buyer(),
            lines=tuple(PlainLine(x.product, x.units, minor(x.price)) for x in self.lines),
            goods_minor=minor(self.goods),
            freight_minor=minor(self.freight),
            discount_minor=minor(self.discount),
            tax_minor=minor(self.tax),
            paid_minor=minor(self.paid),
            payment=_payment(self.payment, self.order_no),
            parcel=_parcel(self.waybill, self.order_no),
            minimum_expiry=self.minimum_expiry,
        )


def _payment(paid: PaymentIn, order_no: str) -> PlainPayment:
    return PlainPayment(
        company=paid.company,
        transaction_no=paid.transaction_no,
        order_no=paid.order_no or order_no,
        payer=paid.payer.as_buyer(),
        amount_minor=minor(paid.amount),
        paid_at=paid.paid_at,
    )


def _parcel(sent: WaybillIn, order_no: str) -> PlainParcel:
    return PlainParcel(
        carrier=sent.carrier,
        waybill_no=sent.waybill_no,
        order_no=sent.order_no or order_no,
        consignee_name=sent.consignee.name,
        consignee_phone=sent.consignee.phone,
        consignee_address=sent.consignee.address,
        gross_weight_g=sent.gross_weight_g,
        pieces=sent.pieces,
    )


class Reason(BaseModel):
    """Why customs refused, and what can be done."""

    code: str
    reason: str
    remedy: str


class OrdersIn(Said):
    """Several orders of one shop, each with its papers."""

    orders: Annotated[list[OrderIn], Field(min_length=1, max_length=100)]


class Declined(BaseModel):
    """Why one order of several was not taken: as its refusal would have said alone."""

    code: str
    status: int
    detail: str
    remedy: str


class OutcomeOut(BaseModel):
    """What became of one order of several, in the place in which it was sent."""

    order_no: str
    platform: str
    state: Annotated[str, Field(examples=["taken", "refused"])]
    refusal: Declined | None


class OutcomesOut(BaseModel):
    """What became of several orders."""

    taken: int
    refused: int
    items: list[OutcomeOut]


class Light(BaseModel):
    """One of the three papers: whether it agrees with the other two, and what customs has of it.

    ``customs`` is ``dark`` (not heard of), ``amber`` (under way), ``green`` (received) or ``red``
    (to be mended).
    """

    number: str
    state: str
    customs: str


class Lights(BaseModel):
    """The three papers behind a declaration."""

    order: Light
    payment: Light
    waybill: Light


class Cause(Reason):
    """Why customs cannot find a payment, and the button of the broker's desk that mends it.

    ``step`` is ``push``, ``query``, ``push_again``, ``modify``, or nothing where a person has to
    act; ``button`` is its name in the reader's language.
    """

    step: str | None
    button: str


class PaymentOut(BaseModel):
    """A payment on its way to customs: its state, what was sent, and what is wrong with it."""

    state: str
    pushes: int
    expected: str
    sent: str | None
    refunded: str
    split_of: str | None
    cause: Cause | None


class Answer(BaseModel):
    """One answer of customs."""

    at: datetime
    cop_no: str
    status: str
    meaning: str
    refusal: Reason | None


class DeclarationOut(BaseModel):
    """The declaration of an order: its state, its taxes, and every answer of customs."""

    state: str
    cop_no: str
    invt_no: str
    declared_at: datetime | None
    released_at: datetime | None
    regime: str
    dutiable: str
    duty: str
    consumption_tax: str
    vat: str
    refusal: Reason | None
    answers: list[Answer]


class LineOut(BaseModel):
    """One line of an order."""

    sku: str
    gtin: str
    units: int
    price: str


class OrderOut(BaseModel):
    """An order with everything that is known of it; persons are left out."""

    order_no: str
    platform: str
    pool: str
    ordered_at: datetime
    state: str
    can_cancel: bool
    currency: str
    goods: str
    freight: str
    discount: str
    tax: str
    paid: str
    lines: list[LineOut]
    papers: Lights
    payment: PaymentOut
    declaration: DeclarationOut
    dispatch: str | None


class OrderRowOut(BaseModel):
    """An order in a list; ``state`` is that of its declaration."""

    order_no: str
    platform: str
    ordered_at: datetime
    transaction_no: str
    waybill_no: str
    paid: str
    tax: str
    state: str
    cop_no: str
    refusal: Reason | None
