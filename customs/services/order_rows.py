"""The rows of an order and its declaration as plain values, however many are written at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from core.models import Party
from customs.domain.assessment import Assessment
from customs.domain.papers import Buyer
from customs.domain.states import DRAFT
from customs.services import quantities
from customs.services.grounds import Grounds
from customs.services.intake import OrderIntake, Parcel, as_declared

Row = dict[str, Any]
"""Values by attribute; rows of one model name the same attributes in the same order."""


def buyer_fields(buyer: Buyer) -> dict[str, str]:
    """What the vault keeps of a buyer."""
    return {"name": buyer.name, "id_number": buyer.id_number, "phone": buyer.phone}


def consignee_fields(parcel: Parcel) -> dict[str, str]:
    """What the vault keeps of whoever gets a parcel."""
    return {
        "name": parcel.consignee_name,
        "phone": parcel.consignee_phone,
        "address": parcel.consignee_address,
    }


def people_of(intakes: Sequence[OrderIntake]) -> list[dict[str, str]]:
    """Buyer and consignee of each order, in turn."""
    return [
        fields
        for intake in intakes
        for fields in (buyer_fields(intake.buyer), consignee_fields(intake.parcel))
    ]


def order_row(importer: Party, intake: OrderIntake, buyer_id: int, print_of_it: bytes) -> Row:
    """The order itself."""
    return {
        "importer_id": importer.pk,
        "pool_id": intake.pool.pk,
        "platform_id": intake.platform.pk,
        "order_no": intake.order_no,
        "buyer_id": buyer_id,
        "ordered_at": intake.ordered_at,
        "goods_minor": intake.goods_minor,
        "freight_minor": intake.freight_minor,
        "discount_minor": intake.discount_minor,
        "tax_minor": intake.tax_minor,
        "paid_minor": intake.paid_minor,
        "intake_hmac": print_of_it,
    }


def line_rows(order_id: int, intake: OrderIntake) -> Iterator[Row]:
    """The lines of an order as they were ordered."""
    for number, line in enumerate(intake.lines, start=1):
        yield {
            "order_id": order_id,
            "line_no": number,
            "product_id": line.product.pk,
            "units": line.units,
            "price_minor": line.price_minor,
        }


def payment_row(order_id: int, intake: OrderIntake, payer_id: int) -> Row:
    """The payment as its company reported it."""
    return {
        "order_id": order_id,
        "company_id": intake.payment.company.pk,
        "transaction_no": intake.payment.transaction_no,
        "payer_id": payer_id,
        "amount_minor": intake.payment.amount_minor,
        "paid_at": intake.payment.paid_at,
    }


def waybill_row(order_id: int, intake: OrderIntake, consignee_id: int) -> Row:
    """The parcel as its carrier reported it."""
    return {
        "order_id": order_id,
        "carrier_id": intake.parcel.carrier.pk,
        "waybill_no": intake.parcel.waybill_no,
        "consignee_id": consignee_id,
        "gross_weight_g": intake.parcel.gross_weight_g,
    }


def declaration_row(order_id: int, importer: Party, assessment: Assessment) -> Row:
    """The draft of the declaration, with its taxes and how they came about."""
    return {
        "importer_id": importer.pk,
        "order_id": order_id,
        "state": DRAFT,
        "regime": assessment.regime.value,
        "dutiable_minor": assessment.dutiable_minor,
        "duty_minor": assessment.duty_minor,
        "consumption_tax_minor": assessment.consumption_tax_minor,
        "vat_minor": assessment.vat_minor,
        "assessment": assessment.as_json(),
    }


def declared_rows(
    declaration_id: int, intake: OrderIntake, grounds: Grounds, assessment: Assessment
) -> Iterator[Row]:
    """The lines of a declaration: what is true of the products today, and their taxes."""
    taxes = {line.line_no: line for line in assessment.lines}
    for line, goods in zip(intake.lines, grounds.papers.order.goods, strict=True):
        tax = taxes[goods.line_no]
        yield {
            "declaration_id": declaration_id,
            "product_id": line.product.pk,
            "specification": line.product.model_zh,
            "origin": line.product.origin,
            "dutiable_minor": tax.dutiable_minor,
            "duty_minor": tax.duty_minor,
            "consumption_tax_minor": tax.consumption_tax_minor,
            "vat_minor": tax.vat_minor,
            **quantities.held(grounds.quotas, line.product),
            **as_declared(goods),
        }
