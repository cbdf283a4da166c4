"""A British import declaration on paper, for the file; customs itself takes messages only.

Fields: the data elements (DE) of data sets H1 and H7; the arrangement is ours.
"""

from decimal import Decimal

from core.domain.trade import from_minor
from customs.domain.declaration import DeclaredLine, RetailDeclaration
from customs.domain.forms import ColumnSpec, FieldSpec, FormSpec, Sheet

NOT_YET = "—"

IMPORT_FORM = FormSpec(
    name="retail-import",
    title="UK import declaration (data sets H1 and H7)",
    rows=(
        (
            FieldSpec("cop_no", "LRN (2/5)"),
            FieldSpec("mrn", "MRN"),
            FieldSpec("order_no", "Trader reference (2/4)"),
            FieldSpec("declared_on", "Declared on"),
        ),
        (FieldSpec("exporter", "Exporter (3/1)"), FieldSpec("importer", "Importer (3/15)")),
        (FieldSpec("agent", "Declarant / representative (3/17, 3/19)"),),
        (
            FieldSpec("transport", "Transport document (2/3)"),
            FieldSpec("location", "Location of goods (5/23)"),
            FieldSpec("gross", "Gross mass, kg (6/5)"),
            FieldSpec("net", "Net mass, kg (6/1)"),
        ),
    ),
    columns=(
        ColumnSpec("Item", 24, is_number=True),
        ColumnSpec("Commodity code (6/14, 6/15)", 80),
        ColumnSpec("Description (6/8)", 190),
        ColumnSpec("Quantity", 60, is_number=True),
        ColumnSpec("Item amount, GBP (4/14)", 80, is_number=True),
        ColumnSpec("Origin (5/15)", 60),
    ),
    lines_per_page=12,
    tax_rows=(
        (
            FieldSpec("value", "Customs value, GBP"),
            FieldSpec("duty", "Duty (A00)"),
            FieldSpec("excise", "Excise"),
            FieldSpec("vat", "VAT (B00)"),
            FieldSpec("total", "Taxes"),
        ),
    ),
    closing_rows=((FieldSpec("signed", "Signed for the declarant"),),),
    statement="Taxes are our own assessment; the tax notification of customs decides.",
)


def import_sheet(declaration: RetailDeclaration) -> Sheet:
    """A declaration written into the form; amounts in GBP with two decimals."""
    return Sheet(
        form=IMPORT_FORM.name,
        number=declaration.cop_no,
        outline=f"{declaration.cop_no}  {declaration.order_no}",
        values={**_head(declaration), **_taxes(declaration)},
        lines=tuple(_line(line) for line in declaration.lines),
        footer=f"{declaration.cop_no}  Demonstration, not declared"
        if declaration.is_simulated
        else declaration.cop_no,
    )


def _head(declaration: RetailDeclaration) -> dict[str, str]:
    return {
        "cop_no": declaration.cop_no,
        "mrn": declaration.invt_no or NOT_YET,
        "order_no": declaration.order_no,
        "declared_on": declaration.declared_on.isoformat(),
        "exporter": declaration.platform.name,
        "importer": declaration.importer.name,
        "agent": declaration.broker.name,
        "transport": declaration.waybill_no,
        "location": declaration.customs_district,
        "gross": _kilograms(declaration.gross_weight_g),
        "net": _kilograms(declaration.net_weight_g),
    }


def _taxes(declaration: RetailDeclaration) -> dict[str, str]:
    taxes = declaration.taxes
    return {
        "value": _gbp(taxes.dutiable_minor),
        "duty": _gbp(taxes.duty_minor),
        "excise": _gbp(taxes.consumption_tax_minor),
        "vat": _gbp(taxes.vat_minor),
        "total": _gbp(taxes.total_minor),
    }


def _line(line: DeclaredLine) -> tuple[str, ...]:
    return (
        str(line.line_no),
        line.hs_code,
        f"{line.name_zh}\n{line.specification}" if line.specification else line.name_zh,
        str(line.units),
        _gbp(line.total_minor),
        line.origin,
    )


def _kilograms(grams: int) -> str:
    return f"{(Decimal(grams) / 1000).normalize():f}"


def _gbp(minor: int) -> str:
    return f"{from_minor(minor, 'GBP'):,}"
