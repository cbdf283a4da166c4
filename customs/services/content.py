"""What the declarations of a batch say, put together from the tables; persons masked."""

from django.db.models import QuerySet
from django.utils import timezone

from core import vault
from core.models import Party
from customs.domain.assessment import Regime
from customs.domain.declaration import (
    DeclaredLine,
    DeclaredTaxes,
    Enterprise,
    RetailDeclaration,
)
from customs.models import Attempt, Declaration, DeclarationBatch, DeclarationLine

RETAIL_BONDED = "1210"
FROM_BONDED_AREA = "7"


def attempts_of(batch: DeclarationBatch) -> list[Attempt]:
    """The attempts of a batch with all that their prints need. Three queries."""
    return list(_whole(Attempt.objects.filter(batch=batch)).order_by("cop_no"))


def latest_attempt(declaration: Declaration) -> Attempt:
    """The latest attempt of a declaration with all that its messages need. Three queries."""
    rows = Attempt.objects.filter(declaration=declaration, cop_no=declaration.cop_no)
    return _whole(rows.select_related("batch__pool", "batch__broker")).get()


def _whole(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    rows = attempts.select_related(
        "declaration__importer",
        "declaration__guarantee__debit__owner",
        "declaration__order__platform",
        "declaration__order__buyer",
        "declaration__order__waybill__carrier",
        "declaration__order__waybill__consignee",
        "declaration__order__payment__company",
    )
    return rows.prefetch_related("declaration__lines__product")


def declaration_of(batch: DeclarationBatch, attempt: Attempt) -> RetailDeclaration:
    """An attempt as it was declared, without what customs answered."""
    declaration = attempt.declaration
    order, pool = declaration.order, batch.pool
    lines = sorted(declaration.lines.all(), key=lambda line: line.line_no)
    buyer = vault.masked(order.buyer)
    return RetailDeclaration(
        cop_no=attempt.cop_no,
        order_no=order.order_no,
        waybill_no=order.waybill.waybill_no,
        customs_district=pool.customs_district,
        port_district=pool.customs_district,
        declared_on=timezone.localtime(attempt.declared_at).date(),
        platform=enterprise(order.platform),
        importer=enterprise(declaration.importer),
        carrier=enterprise(order.waybill.carrier),
        broker=enterprise(batch.broker),
        keeper=Enterprise(pool.zone_code, _name(pool.keeper)),
        guarantor=_guarantor(declaration, pool.operator),
        account_book=declaration.account_book,
        buyer_name=buyer.get("name", ""),
        buyer_id_number=buyer.get("id_number", ""),
        buyer_phone=buyer.get("phone", ""),
        gross_weight_g=order.waybill.gross_weight_g,
        net_weight_g=sum(line.net_weight_g * line.units for line in lines),
        freight_minor=order.freight_minor,
        lines=tuple(_line(line) for line in lines),
        taxes=_taxes(declaration),
        trade_mode=RETAIL_BONDED,
        transport_mode=FROM_BONDED_AREA,
        is_simulated=pool.is_simulated,
    )


def _line(line: DeclarationLine) -> DeclaredLine:
    return DeclaredLine(
        line_no=line.line_no,
        record_no=line.record_no,
        hs_code=line.hs_code,
        name_zh=line.name_zh,
        specification=line.specification,
        units=line.units,
        unit=line.unit,
        statutory_quantity=line.statutory_quantity,
        statutory_unit=line.statutory_unit,
        price_minor=line.price_minor,
        origin=line.origin,
        second_quantity=line.second_quantity,
        second_unit=line.second_unit,
    )


def _taxes(declaration: Declaration) -> DeclaredTaxes:
    return DeclaredTaxes(
        dutiable_minor=declaration.dutiable_minor,
        duty_minor=declaration.duty_minor,
        consumption_tax_minor=declaration.consumption_tax_minor,
        vat_minor=declaration.vat_minor,
        is_within_limits=declaration.regime == Regime.WITHIN_LIMITS,
    )


def _guarantor(declaration: Declaration, operator: Party) -> Enterprise:
    held = declaration.guarantee
    owner = held.debit.owner if held is not None else None
    return enterprise(owner or operator)


def enterprise(party: Party) -> Enterprise:
    """A party by its customs registration and its Chinese name, where it has one."""
    return Enterprise(party.customs_code, _name(party))


def _name(party: Party) -> str:
    return party.name_zh or party.name
