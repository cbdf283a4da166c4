"""A retail declaration as it is printed and sent; persons appear masked only."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Enterprise:
    """A party with its registration at customs."""

    code: str
    name: str


@dataclass(frozen=True)
class DeclaredLine:
    """One line of goods; amounts in whole minor units."""

    line_no: int
    record_no: str
    hs_code: str
    name_zh: str
    specification: str
    units: int
    unit: str
    statutory_quantity: Decimal
    statutory_unit: str
    price_minor: int
    origin: str
    second_quantity: Decimal | None = None
    second_unit: str = ""

    @property
    def total_minor(self) -> int:
        """Price of the line."""
        return self.units * self.price_minor


@dataclass(frozen=True)
class DeclaredTaxes:
    """Taxes of a declaration in whole minor units."""

    dutiable_minor: int
    duty_minor: int
    consumption_tax_minor: int
    vat_minor: int
    is_within_limits: bool

    @property
    def total_minor(self) -> int:
        """All taxes."""
        return self.duty_minor + self.consumption_tax_minor + self.vat_minor


@dataclass(frozen=True)
class RetailDeclaration:
    """A declaration of one parcel for one consumer."""

    cop_no: str
    order_no: str
    waybill_no: str
    customs_district: str
    port_district: str
    declared_on: date
    platform: Enterprise
    importer: Enterprise
    carrier: Enterprise
    broker: Enterprise
    keeper: Enterprise
    guarantor: Enterprise
    account_book: str
    buyer_name: str
    buyer_id_number: str
    buyer_phone: str
    gross_weight_g: int
    net_weight_g: int
    freight_minor: int
    lines: tuple[DeclaredLine, ...]
    taxes: DeclaredTaxes
    trade_mode: str
    transport_mode: str
    pre_no: str = ""
    invt_no: str = ""
    is_simulated: bool = False
