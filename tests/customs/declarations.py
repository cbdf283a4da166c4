"""A retail declaration of one tin of formula and nineteen other lines at most."""

from datetime import date
from decimal import Decimal

from customs.domain.declaration import (
    DeclaredLine,
    DeclaredTaxes,
    Enterprise,
    RetailDeclaration,
)


def declared_line(line_no: int = 1) -> DeclaredLine:
    return DeclaredLine(
        line_no=line_no,
        record_no=str(line_no),
        hs_code="1901101000",
        name_zh="婴儿配方奶粉（3段）",
        specification="800克/罐 | Karicare Gold+",
        units=2,
        unit="122",
        statutory_quantity=Decimal("1.60000"),
        statutory_unit="035",
        price_minor=25_000,
        origin="NZ",
    )


def declaration(lines: int = 1) -> RetailDeclaration:
    return RetailDeclaration(
        cop_no="DEC-2026-000001",
        order_no="SH20260501-1",
        waybill_no="YT7423891123456",
        customs_district="3105",
        port_district="3105",
        declared_on=date(2026, 5, 1),
        platform=Enterprise("3105960001", "示例商城"),
        importer=Enterprise("310596K001", "Kowhai Trading Ltd"),
        carrier=Enterprise("3105980003", "示例速递"),
        broker=Enterprise("3105980001", "宁波示例报关有限公司"),
        keeper=Enterprise("3105W90001", "宁波北仑联仓"),
        guarantor=Enterprise("3105W90001", "宁波北仑联仓"),
        account_book="L3105B26A001",
        buyer_name="测****",
        buyer_id_number="110105**********2X",
        buyer_phone="138****0000",
        gross_weight_g=2_000,
        net_weight_g=1_600,
        freight_minor=0,
        lines=tuple(declared_line(n) for n in range(1, lines + 1)),
        taxes=DeclaredTaxes(50_000, 0, 0, 4_550, is_within_limits=True),
        trade_mode="1210",
        transport_mode="7",
    )
